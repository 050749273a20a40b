# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The report as a page shows it: every text, in its order. The template puts marks around them and computes nothing.

Pure: it is given the data of a report, of which anything may be missing or null.
"""

from __future__ import annotations

import json
import re
import shlex
import typing as t
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from .._core.times import parse_time
from .request import PLAN_TARGET
from .text import (
    BAD,
    Result,
    counted_parts,
    headline,
    masked,
    masked_text,
    noun_of_parts,
    parts_of,
    plain,
    plural,
    rank,
    word_of,
)

View = dict[str, t.Any]

_MEANING = {
    "failed": "A call to the provider failed, so it may still be running.",
    "still_running": "It was still in flight at the last read.",
    "stop_requested": "The stop was accepted. The end has not been verified.",
    "would_stop": "A confirmed run would stop it.",
    "stopped": "It was in flight, and a later read shows that the stop has ended it.",
    "finished_meanwhile": "It ended by itself before or while it was being stopped.",
    "already_finished": "It had already ended at the first read.",
    "not_found": "The provider does not know it.",
    "skipped": "A safeguard prevented the stop.",
}
_ATTENTION = ("failed", "still_running", "not_found", "skipped")

# Rows of a table, or groups of tables, before the rest is folded.
_FOLD = 50
# From how many on there is a search, and a name at a place that has enough of them gets a heading of its own.
_MANY = 20
_GROUP = 5
# Ids that stand in the row of their operation.
_BRIEF = 2
_MOST_CAUSES = 10
_UNSEEN = "What is running there of these kinds was neither seen nor stopped."
_MOST_EXAMPLES = 5
_MOST_WARNINGS = 20
# Ids that a command to copy names. Of more, it reads report.json.
_MOST_WORDS = 12
# What Ansible would take for a template.
_TEMPLATE = re.compile(r"\{[{%#]")
# A chart tells something if the stops of many took this many seconds.
_LONG = 10
_CHART = (1000, 200)
_ADHOC = "ansible localhost -m cloudops.halt."


@dataclass(frozen=True)
class _Operation:
    """One operation, with what is asked of it often."""

    number: int
    result: Result
    word: str
    id: str
    name: str
    kind: str
    provider: str
    region: str
    account: str

    @property
    def place(self) -> str:
        account = f" · {self.account}" if self.account else ""
        return f"{plain(self.kind)} · {self.provider}/{self.region}{account}"

    @property
    def needs_attention(self) -> bool:
        """Not where it was left alone on request, or may be unknown."""
        return self.word not in ("skipped", "not_found") or bool(self.result.get("failed", True))

    @property
    def anchor(self) -> str:
        return f"op-{self.number}"


Consoles = Mapping[str, Mapping[str, str]]


def view(data: Result, consoles: Consoles, *, show_accounts: bool = False, plan: str = "") -> View:
    """The page of a report. C(consoles) has the addresses of the providers' own consoles, by provider and kind; C(plan)
    is the path of the plan beside it, if there is one."""
    return _Page(data, consoles, show_accounts, plan).view()


class _Page:
    def __init__(self, data: Result, consoles: Consoles, show_accounts: bool, plan: str) -> None:
        self.data = data
        self.consoles = consoles
        self.plan = plan
        self.account: t.Callable[[object], str] = (lambda text: str(text or "")) if show_accounts else masked
        self.text: t.Callable[[object], str] = str if show_accounts else masked_text
        self.preview = bool(data.get("check_mode"))
        self.results: Sequence[Result] = data.get("results") or []
        self.errors: Sequence[Result] = data.get("errors") or []
        self.told = {""}
        self.started = parse_time(data.get("started"))
        self.operations = [self._operation(number, result) for number, result in enumerate(self.results, 1)]

    def view(self) -> View:
        first, second = headline(self.data)
        troubled = self.errors or self.data.get("failed") or any(each.word in BAD for each in self.operations)
        # First: what it says of many is not said of each again.
        attention = self._attention()
        groups, more_groups = self._groups()
        parts = sum(len(parts_of(result)) for result in self.results)
        return {
            "title": self.data.get("title") or "Bulk stop",
            "mood": "preview" if self.preview else "trouble" if troubled else "fine",
            "first": first,
            "second": self.text(second),
            "cards": self._cards(),
            "attention": attention,
            "warnings": self._warnings(),
            "facts": self._facts(),
            "places": self._places(),
            "left_alone": self._left_alone(),
            "chart": self._chart(),
            "groups": groups,
            "more_groups": more_groups,
            "searchable": len(self.operations) >= _MANY or parts >= _MANY,
            "number": plural(len(self.operations), "operation"),
        }

    def _operation(self, number: int, result: Result) -> _Operation:
        target, operation = (result.get(name) or {} for name in ("target", "operation"))

        def either(name: str, otherwise: str = "unknown") -> str:
            return str(target.get(name) or operation.get(name) or otherwise)

        return _Operation(
            number=number,
            result=result,
            word=word_of(result),
            id=either("id", "no id"),
            name=str(operation.get("name") or ""),
            kind=either("kind"),
            provider=either("provider"),
            region=either("region"),
            account=self.account(either("account", "")),
        )

    # The numbers

    def _cards(self) -> list[View]:
        """How many operations, and how many of their parts, have each outcome."""
        operations = Counter(each.word for each in self.operations)
        parts = Counter(word_of(part) for result in self.results for part in counted_parts(result))
        cards = []
        for word in sorted(operations.keys() | parts.keys(), key=lambda word: (rank(word), word)):
            one, many = noun_of_parts([r for r in self.results if any(word_of(p) == word for p in counted_parts(r))])
            number, unit = (operations[word], ("operation", "operations"))
            below = plural(parts[word], one, many) if parts[word] else ""
            if not number:
                number, unit, below = parts[word], (one, many), ""
            cards.append(
                {
                    "word": word,
                    "number": f"{number:,}",
                    "label": plain(word),
                    "unit": unit[number != 1],
                    "below": below,
                    "meaning": _MEANING.get(word, ""),
                }
            )
        return cards

    # What needs attention

    def _attention(self) -> list[View]:
        """What went wrong, by its cause, and what to do about it."""
        causes: dict[tuple[t.Any, ...], list[_Operation]] = {}
        for each in self.operations:
            words = [word for word in _ATTENTION if self._has(each, word)] if each.needs_attention else []
            if words:
                error = each.result.get("error") or {}
                causes.setdefault((words[0], error.get("code"), error.get("action"), each.provider), []).append(each)
        shown = sorted(causes.items(), key=lambda cause: (rank(cause[0][0]), -len(cause[1])))
        found = [self._cause(word, them) for (word, *_rest), them in shown[:_MOST_CAUSES]]
        if len(shown) > _MOST_CAUSES:
            more = sum(len(them) for _cause, them in shown[_MOST_CAUSES:])
            found[-1]["more"] += f" {plural(more, 'operation')} with other causes are in the table."
        found += self._not_searched()
        left = self.data.get("still_running") or []
        if left and not self.preview:
            self._add_step(found, self._stop_again(left))
        if self.preview and self.plan:
            command = f"ansible-playbook cloudops.halt.stop_plan -e plan={shlex.quote(self.plan)}"
            found.append(_step("To stop exactly what is shown here, run this.", command))
        return found

    @staticmethod
    def _add_step(found: list[View], step: View) -> None:
        """Below the last that a stop again may help."""
        places = [number for number, each in enumerate(found) if each["word"] in BAD]
        if places:
            found[places[-1]].update(say=step["say"], command=step["command"])
        else:
            found.append(step)

    @staticmethod
    def _has(each: _Operation, word: str) -> bool:
        return each.word == word or any(part.get("outcome") == word for part in counted_parts(each.result))

    def _cause(self, word: str, them: Sequence[_Operation]) -> View:
        first = them[0].result
        error = first.get("error") or {}
        self.told.add(_bare(them[0]))
        said = str(first.get("msg") or _complaint(error) or _MEANING[word])
        about = [
            ("Call", error.get("action")),
            ("Code", error.get("code")),
            ("HTTP status", error.get("http_status")),
            ("Request ids", _requests(them[0])),
        ]
        return {
            "word": word,
            "label": plain(word),
            "count": plural(len(them), "operation"),
            "said": self.text(said if len(them) == 1 else f"The first one: {said}"),
            "about": [(term, self.text(text)) for term, text in about if text and str(text) not in said],
            "operations": [
                {**self._named(each), "place": each.place, "anchor": each.anchor} for each in them[:_MOST_EXAMPLES]
            ],
            "more": f"and {len(them) - _MOST_EXAMPLES:,} more" if len(them) > _MOST_EXAMPLES else "",
            "say": "",
            "command": "",
        }

    def _named(self, each: _Operation) -> View:
        return {"name": each.name, "id": each.id, "link": self._console(each)}

    def _console(self, each: _Operation) -> str:
        """Where the provider's own console shows it, if the provider says where that is."""
        form = self.consoles.get(each.provider, {}).get(each.kind, "")
        return form.format(region=quote(each.region, safe=""), id=quote(each.id, safe=""))

    def _not_searched(self) -> list[View]:
        found: dict[tuple[str, str], list[Result]] = {}
        for each in self.errors:
            error = each.get("error") or {}
            cause = str((error.get("code") if isinstance(error, Mapping) else error) or "no reason given")
            found.setdefault((str(each.get("provider") or "unknown"), cause), []).append(each)
        return [self._silent(them) for them in found.values()]

    def _silent(self, them: Sequence[Result]) -> View:
        places = [f"{each.get('provider') or 'unknown'}/{each.get('region') or 'unknown'}" for each in them]
        error = them[0].get("error") or {}
        named = Counter(
            f"{plain(each.get('kind') or 'every kind')} · {place}" for each, place in zip(them, places, strict=True)
        )
        shown = list(named)[:_MOST_EXAMPLES]
        options = {"scopes": list(dict.fromkeys(places))}
        names = (self.data.get("selection") or {}).get("name")
        return {
            "word": "not_searched",
            "label": "not searched",
            "count": plural(len(set(places)), "region"),
            "said": f"{_UNSEEN} {self.text(_complaint(error))}".strip(),
            "about": [],
            "operations": [{"name": each, "id": "", "link": "", "place": "", "anchor": ""} for each in shown],
            "more": f"and {len(named) - len(shown):,} more" if len(named) > len(shown) else "",
            "say": f"Search there again.{self._whose_keys()}",
            "command": _adhoc("inflight_info", {**options, **({"name": names} if names else {})}),
        }

    def _stop_again(self, left: Sequence[Result]) -> View:
        """The targets as words, or the file that has them where these are too many, or would have to be quoted."""
        say = f"Stop what is left. This looks before it stops.{self._whose_keys()}"
        kept = [name for name in PLAN_TARGET if name != "account"]
        targets = [{name: target[name] for name in kept if target.get(name)} for target in left]
        named = sum(1 + len(each.get("instance_ids", ())) for each in targets)
        command = _adhoc("inflight_cancel", {"targets": targets}) if named <= _MOST_WORDS else ""
        if not command:
            say += " Run this in the folder of the report."
            file = '(lookup("ansible.builtin.file", "report.json") | from_json)'
            command = f"{_ADHOC}inflight_cancel -a 'targets={{{{ {file}.still_running }}}}'"
        return _step(say, command)

    def _whose_keys(self) -> str:
        """What a command cannot say, since a report has no profiles."""
        searched = self.data.get("searched") or []
        used = {(str(each.get("place")).partition("/")[0], each.get("account")) for each in searched}
        targets = [result.get("target") or {} for result in self.results]
        used |= {(str(each.get("provider")), each.get("account")) for each in (*self.errors, *targets)}
        named = [provider for provider, account in used if account]
        several = len(named) > len(set(named))
        return " Several accounts of a provider were used: add scopes with the profile of each." if several else ""

    def _warnings(self) -> list[str]:
        told = [str(each) for each in self.data.get("warnings") or []]
        told += [f"The exclusion {each} matches nothing." for each in self.data.get("excluded_nothing") or [] if each]
        more = len(told) - _MOST_WARNINGS
        shown = [self.text(each) for each in told[:_MOST_WARNINGS]]
        return shown + ([f"And {more:,} more, in report.json."] if more > 0 else [])

    # What was asked

    def _facts(self) -> list[tuple[str, str]]:
        data = self.data
        finished = parse_time(data.get("finished"))
        summary = data.get("summary") or {}
        selection = (data.get("selection") or {}).items()
        chosen = [f"{plain(key)}: {_value(value)}" for key, value in selection if value not in (None, False, "", [])]
        calls = summary.get("calls")
        stops = summary.get("stop_calls")
        facts = [
            ("Reason", data.get("reason")),
            ("Started by", data.get("by")),
            ("Job", data.get("job")),
            ("Host", data.get("host") if data.get("host") != "localhost" else ""),
            ("Selected", "; ".join(chosen)),
            ("Started", _moment(self.started)),
            ("Finished", _moment(finished) + self._took(finished)),
            ("Stops accepted", self._accepted()),
            ("Calls", f"{calls:,}" + (f", of which {stops:,} to stop" if stops else "") if _is_number(calls) else ""),
        ]
        return [(term, self.text(text)) for term, text in facts if text]

    def _took(self, finished: datetime | None) -> str:
        if not finished or not self.started or finished < self.started:
            return ""
        return f" (after {_duration((finished - self.started).total_seconds())})"

    def _accepted(self) -> str:
        seconds = self._seconds("stop_accepted")
        if not seconds:
            return ""
        first, last = _duration(seconds[0]), _duration(seconds[-1])
        return f"{first} after the start" if first == last else f"{first} to {last} after the start"

    def _seconds(self, look: str, words: Sequence[str] = ()) -> list[float]:
        """When this happened to operations, in seconds from the start, in order."""
        found = []
        for each in self.operations:
            moment = parse_time((each.result.get("times") or {}).get(look))
            if moment and self.started and (not words or each.word in words):
                found.append(max(0.0, (moment - self.started).total_seconds()))
        return sorted(found)

    def _places(self) -> View | None:
        """Where it looked, the places with the most first."""
        rows = [
            {
                "place": str(each.get("place") or "unknown"),
                "account": self.account(each.get("account")),
                **_counts_of(each),
            }
            for each in sorted(
                self.data.get("searched") or [],
                key=lambda each: (-_whole(each.get("matched")), -_whole(each.get("seen")), str(each.get("place"))),
            )
        ]
        return {"chunks": list(_chunks(rows, _MANY))} if rows else None

    def _left_alone(self) -> list[View]:
        told = []
        for key, one, what in (
            ("excluded", "operation", "excluded on request"),
            ("scheduled", "schedule", "left alone"),
        ):
            operations = self.data.get(key) or []
            if operations:
                told.append({"what": f"{plural(len(operations), one)} {what}", "rows": list(map(_left, operations))})
        return told

    def _chart(self) -> View | None:
        """How stops and ends came in over time, where there is something to see."""
        accepted = self._seconds("stop_accepted")
        ended = self._seconds("read_last", ("stopped", "finished_meanwhile"))
        every = [*accepted, *ended]
        if len(accepted) < _MANY or max(every) - min(every) < _LONG:
            return None
        span, most = max(every), max(len(accepted), len(ended))
        return {
            "accepted": _steps(accepted, span, most),
            "ended": _steps(ended, span, most),
            "span": _duration(span),
            "most": f"{most:,}",
            "said": f"Stops of {len(accepted):,} operations were accepted, and {len(ended):,} were verified as ended.",
        }

    # Every operation

    def _groups(self) -> tuple[list[View], View | None]:
        """The operations by name and place, the worst first. Few have no headings, but their names beside them."""
        few = len(self.operations) < _MANY
        by: dict[tuple[t.Any, ...], list[_Operation]] = {}
        for each in self.operations:
            key = () if few else (each.word in _ATTENTION, each.name, each.place)
            by.setdefault(key, []).append(each)
        found: dict[tuple[t.Any, ...], list[_Operation]] = {}
        for key, them in by.items():
            found.setdefault(key if len(them) >= _GROUP else key[:1], []).extend(them)
        groups = sorted(found.items(), key=lambda group: (min(rank(each.word) for each in group[1]), -len(group[1])))
        shown: list[View] = []
        room = _FOLD
        for key, them in groups:
            # Few have no heading, and where all have a name of their own it would say nothing.
            named = key[1:] or ("Others" if any(key[1:] for key, _them in groups) else "", "")
            shown.append(self._group(named, them, is_open=len(them) <= room or not shown, has_heading=not few))
            room -= len(them)
        if len(shown) <= _FOLD:
            return shown, None
        return shown[:_FOLD], {"groups": shown[_FOLD:], "title": _range(_FOLD + 1, len(shown), "Groups")}

    def _group(self, named: tuple[str, ...], them: list[_Operation], *, is_open: bool, has_heading: bool) -> View:
        name, place = named
        them.sort(key=lambda each: (rank(each.word), each.name, each.place))
        counts = Counter(each.word for each in them)
        rows = [self._row(each, mixed=not place) for each in them]
        return {
            "name": name,
            "place": place,
            "counts": [(word, f"{number:,} {plain(word)}") for word, number in counts.items()],
            "open": is_open,
            "heading": has_heading,
            "chunks": [
                {"rows": chunk, "title": _range(number * _FOLD + 1, number * _FOLD + len(chunk), "Rows")}
                for number, chunk in enumerate(_chunks(rows, _FOLD))
            ],
        }

    def _row(self, each: _Operation, *, mixed: bool) -> View:
        result = each.result
        times = result.get("times") or {}
        parts = parts_of(result)
        one, many = noun_of_parts([result]) if counted_parts(result) else ("place", "places")
        fates = self._fates(parts)
        # What fits into the row has no fold of its own.
        brief = len(parts) <= _BRIEF and len(fates) == 1 and not fates[0]["own"]
        return {
            "anchor": each.anchor,
            "word": each.word,
            "label": plain(each.word),
            "id": each.id,
            "link": "",
            "name": each.name if mixed else "",
            "place": each.place if mixed else "",
            "parts": plural(len(parts), one, many) if parts and not brief else "",
            "ids": fates[0]["ids"] if brief else [],
            "age": self._age(result.get("operation") or {}),
            "accepted": self._clock(times.get("stop_accepted")),
            "last": self._clock(times.get("read_last")),
            **self._trouble(each),
            "fates": [] if brief else fates,
        }

    def _trouble(self, each: _Operation) -> View:
        """What was not said above, where what is the same of many stands once."""
        if each.word not in _ATTENTION or _bare(each) in self.told:
            return {"said": "", "requests": ""}
        return {"said": self.text(each.result.get("msg") or ""), "requests": _requests(each)}

    def _fates(self, parts: Sequence[Result]) -> list[View]:
        """Parts with the same end, the worst first."""
        fates: dict[tuple[t.Any, ...], list[str]] = {}
        for part in parts:
            keys = (part.get("outcome"), part.get("before"), part.get("after"), part.get("status"))
            error = part.get("error")
            key = (*keys, part.get("exit_code"), _complaint(error) if error else "")
            fates.setdefault(key, []).append(self._part_id(part))
        found = []
        for (word, before, after, status, code, error), ids in sorted(fates.items(), key=lambda fate: rank(fate[0][0])):
            about = [
                f"{before or 'not read'} → {after or 'not read'}",
                str(status or ""),
                f"exit code {code}" if code is not None else "",
                self.text(error),
            ]
            found.append(
                {
                    "word": str(word),
                    "label": f"{len(ids):,} {plain(word or after)}",
                    "said": " · ".join(filter(None, about)),
                    "ids": ids,
                    "own": code is not None or bool(error),
                }
            )
        return found

    def _part_id(self, part: Result) -> str:
        pair = [self.account(part.get("account_id")), str(part.get("region_id") or "")]
        own = part.get("instance_id") or part.get("execution_id")
        return str(own or "/".join(filter(None, pair)) or "no id")

    def _age(self, operation: Result) -> str:
        """How old it was when the run began."""
        created = parse_time(operation.get("created"))
        if not created or not self.started or created > self.started:
            return ""
        return _duration((self.started - created).total_seconds())

    def _clock(self, text: object) -> str:
        """The time of day in UTC, with the date where it is another."""
        moment = parse_time(text)
        if not moment:
            return ""
        same = self.started and moment.date() == self.started.date()
        return f"{moment:%H:%M:%S}" if same else f"{moment:%Y-%m-%d %H:%M}"


def _bare(each: _Operation) -> str:
    """What is said of an operation, without what is its own."""
    error = each.result.get("error") or {}
    said = str(each.result.get("msg") or "")
    parts = (part.get("instance_id") or part.get("execution_id") for part in counted_parts(each.result))
    for own in (each.id, error.get("request_id"), *parts):
        said = said.replace(str(own), "…") if own else said
    return said


def _requests(each: _Operation) -> str:
    """The provider's ids of the calls to stop it, for its support."""
    error = each.result.get("error") or {}
    found = dict.fromkeys([*(each.result.get("request_ids") or ()), error.get("request_id")])
    return ", ".join(str(request) for request in found if request)


def _adhoc(module: str, options: Mapping[str, t.Any]) -> str:
    """A command for a shell; nothing where Ansible would run what somebody has called an operation."""
    if any(_TEMPLATE.search(text) or not text.isprintable() for text in _texts(options)):
        return ""
    return f"{_ADHOC}{module} -a {shlex.quote(json.dumps(options))}"


def _texts(value: t.Any) -> list[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    return [text for each in value for text in _texts(each)] if isinstance(value, (list, tuple)) else [str(value)]


def _step(say: str, command: str) -> View:
    return {
        "word": "",
        "label": "",
        "count": "",
        "said": "",
        "about": [],
        "operations": [],
        "more": "",
        "say": say,
        "command": command,
    }


def _complaint(error: t.Any) -> str:
    if isinstance(error, Mapping):
        return ": ".join(str(error[key]) for key in ("code", "message") if error.get(key)) or "No reason was given."
    return str(error or "No reason was given.")


def _left(operation: Result) -> View:
    place = f"{plain(operation.get('kind'))} · {operation.get('provider') or '?'}/{operation.get('region') or '?'}"
    return {"name": str(operation.get("name") or ""), "id": str(operation.get("id") or ""), "place": place}


def _counts_of(place: Result) -> View:
    """What was seen at a place, where a search may have failed wholly or for some kinds."""
    not_searched = place.get("not_searched")
    if not_searched and not place.get("kinds") and not place.get("seen"):
        return {"seen": "not searched", "matched": ""}
    seen, matched = (f"{_whole(place.get(name)):,}" for name in ("seen", "matched"))
    return {"seen": f"{seen} (in part)" if not_searched else seen, "matched": matched}


def _value(value: t.Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "yes" if value is True else str(value)


def _whole(value: object) -> int:
    return int(value) if _is_number(value) else 0  # type: ignore[call-overload]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def _duration(seconds: float) -> str:
    """As in C(45 s), C(3 min 5 s), C(54 min), C(2 h 10 min), C(3 d 4 h)."""
    whole = int(seconds) if seconds < 600 else int(seconds // 60 * 60)
    for size, unit, small, below in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // small
            return f"{whole // size} {unit} {rest} {below}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def _chunks(rows: Sequence[t.Any], size: int) -> Iterable[Sequence[t.Any]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _range(first: int, last: int, what: str) -> str:
    return f"{what} {first:,} to {last:,}"


def _steps(seconds: Sequence[float], span: float, most: int) -> str:
    """A line that rises by one at each of these moments."""
    width, height = _CHART
    counts = Counter(int(second) for second in seconds)
    line, number = f"M0 {height}", 0
    for second in sorted(counts):
        number += counts[second]
        line += f"H{second / span * width:.0f}V{height - number / most * (height - 5):.0f}"
    return f"{line}H{width}"
