# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What a report says first, in words, on the page as well as in a chat. Pure: it is given the data of a report."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Mapping, Sequence

from .._core.messages import one_line
from .._core.states import OUTCOMES

Result = Mapping[str, t.Any]

# What became of one or of many, as in "2 operations are still running". The worst comes first.
_CLAUSES = {
    "failed": ("could not be stopped",) * 2,
    "still_running": ("is still running", "are still running"),
    "stop_requested": ("was asked to stop", "were asked to stop"),
    "would_stop": ("would be stopped",) * 2,
    "stopped": ("was stopped", "were stopped"),
    "finished_meanwhile": ("ended by itself meanwhile", "ended by themselves meanwhile"),
    "already_finished": ("had already ended",) * 2,
    "not_found": ("was not found", "were not found"),
    "skipped": ("was left alone", "were left alone"),
}
BAD = ("failed", "still_running")
_GOOD = ("would_stop", "stopped", "stop_requested")
_REST = ("finished_meanwhile", "already_finished", "not_found", "skipped")

_MOST_LINES = 10
_MOST_IDS = 3
# The id of a key, or of an account at a provider that has no other names for them.
_KEY = re.compile(r"(?=\D*\d)[A-Za-z0-9]{12,}")
_ACCOUNT = re.compile(r"(?<![\w-])\d{12,16}(?![\w-])")
_MARKS = re.compile(r"([\\`*_\[\]<>|])")


def parts_of(result: Result) -> Sequence[Result]:
    """The instances, children, or accounts and regions of a result."""
    return result.get("instances") or result.get("children") or result.get("results_by_target") or []


def counted_parts(result: Result) -> Sequence[Result]:
    """Those that have an end of their own; accounts and regions only show how far an operation is."""
    return result.get("instances") or result.get("children") or []


def word_of(result: Result) -> str:
    """The outcome; for what was only listed, the state."""
    operation = result.get("operation") or {}
    return str(result.get("outcome") or operation.get("state") or "unknown")


def rank(word: str) -> int:
    """The place of an outcome among all, the worst first."""
    return OUTCOMES.index(word) if word in OUTCOMES else len(OUTCOMES)


def plural(number: int, one: str, many: str = "") -> str:
    """As in C(1 operation), C(2,000 operations)."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def noun_of_parts(results: Sequence[Result]) -> tuple[str, str]:
    """What the parts of these are called, as one and as many."""
    found = {name for name in ("instances", "children") for result in results if result.get(name)}
    if found == {"instances"}:
        return "instance", "instances"
    return ("child", "children") if found == {"children"} else ("instance or child", "instances and children")


def listed(words: Sequence[str]) -> str:
    """As in C(one, two and three)."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def headline(data: Result) -> tuple[str, str]:
    """The first sentence of a report, with the worst in it, and the second, which may be empty."""
    results = data.get("results") or []
    noun = ("operation", "operations")
    counts = Counter(map(word_of, results))
    if len(results) == 1 and results[0].get("instances"):
        counts = Counter(map(word_of, results[0]["instances"]))
        noun = noun_of_parts(results)
    preview = bool(data.get("check_mode"))
    clauses = _Clauses(counts, noun)
    groups = []
    for words in (_GOOD, BAD, _REST) if preview else (BAD, _GOOD, _REST):
        groups.append(clauses.of(words))
        if words is BAD:
            groups[-1] += _places(data)
    in_flight = sum(number for word, number in counts.items() if word not in _CLAUSES)
    if in_flight:
        groups.append([f"{plural(in_flight, *noun)} {'is' if in_flight == 1 else 'are'} in flight"])
    first, *others = [group for group in groups if group] or [[]]
    if list(counts) == ["stopped"] and counts["stopped"] > 1 and not others and len(first) == 1:
        first = [f"all {first[0]}"]
    nothing = "nothing was stopped" if data.get("failed") and not preview else "nothing was found to stop"
    second = [_sentence(listed([clause for group in others for clause in group]))]
    if preview:
        second.insert(0, "Nothing has been stopped.")
    if _needs_words(data, counts):
        second.append(str(data.get("msg") or ""))
    said = listed(first) or nothing
    return f"Preview: {said}." if preview else _sentence(said), " ".join(filter(None, second))


class _Clauses:
    """Says what is counted once, in the first clause."""

    def __init__(self, counts: Mapping[str, int], noun: tuple[str, str]) -> None:
        self._counts = counts
        self._noun: tuple[str, str] | None = noun

    def of(self, words: Sequence[str]) -> list[str]:
        return [self._clause(word, self._counts[word]) for word in words if self._counts.get(word)]

    def _clause(self, word: str, number: int) -> str:
        counted = plural(number, *self._noun) if self._noun else f"{number:,}"
        self._noun = None
        return f"{counted} {_CLAUSES[word][number != 1]}"


def _places(data: Result) -> list[str]:
    failed = {
        (f"{error.get('provider')}/{error.get('region')}", error.get("account")) for error in data.get("errors") or []
    }
    answered = {(each.get("place"), each.get("account")) for each in data.get("searched") or [] if each.get("kinds")}
    silent, partly = len(failed - answered), len(failed & answered)
    clauses = [f"{plural(silent, 'region')} could not be searched"] if silent else []
    if partly:
        counted = f"{partly:,}" if silent else plural(partly, "region")
        clauses.append(f"{counted} {'was' if partly == 1 else 'were'} searched only in part")
    return clauses


def _needs_words(data: Result, counts: Mapping[str, int]) -> bool:
    """Whether the numbers alone do not say why a run failed, or why it found nothing."""
    told = any(counts.get(word) for word in (*BAD, "not_found")) or data.get("errors")
    return not counts or bool(data.get("failed") and not told)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


# What others may not read


def masked(account: object) -> str:
    """An account as anybody may read it: a name as it is, an id by its ends."""
    text = str(account or "")
    return f"{text[:4]}…{text[-4:]}" if _KEY.fullmatch(text) else text


def masked_text(text: object) -> str:
    """A message without the numbers of accounts that it may repeat."""
    return _ACCOUNT.sub(lambda found: masked(found[0]), str(text))


# For a chat, a mail or a ticket


def markdown(data: Result) -> str:
    """A few lines: what happened, what needs attention, and why it was run."""
    first, second = headline(data)
    lines = [f"**{_escaped(first)}** {_escaped(second)}".strip(), *_bullets(data)]
    run = [
        f"{name}: {_escaped(data[key])}"
        for key, name in (("title", "Run"), ("reason", "Reason"), ("by", "Started by"), ("job", "Job"))
        if data.get(key)
    ]
    return "\n".join([*lines, *(["", " · ".join(run)] if run else [])])


def _bullets(data: Result) -> list[str]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for result in data.get("results") or []:
        word = word_of(result)
        if word in BAD or word == "would_stop":
            target, operation = (result.get(name) or {} for name in ("target", "operation"))
            place = f"{plain(target.get('kind'))}, {target.get('provider')}/{target.get('region')}"
            groups.setdefault((word, str(operation.get("name") or ""), place), []).append(str(target.get("id")))
    lines = []
    for (word, name, place), ids in sorted(groups.items(), key=lambda group: (rank(group[0][0]), -len(group[1]))):
        number = f"{len(ids):,} × " if len(ids) > 1 else ""
        more = f" and {len(ids) - _MOST_IDS:,} more" if len(ids) > _MOST_IDS else ""
        named = ", ".join(f"`{one_line(each).replace('`', '')}`" for each in ids[:_MOST_IDS])
        lines.append(f"- {plain(word)}: {number}{_escaped(name)} {named}{more} ({_escaped(place)})".replace("  ", " "))
    unsearched: dict[tuple[str, str], list[str]] = {}
    for error in data.get("errors") or []:
        why = (error.get("error") or {}).get("code") or "no reason given"
        where = f"{error.get('provider')}/{error.get('region')}"
        unsearched.setdefault((where, why), []).append(plain(error.get("kind")))
    for (where, why), kinds in unsearched.items():
        lines.append(f"- not searched: {_escaped(where)}, {_escaped(', '.join(kinds))}: {_escaped(why)}")
    more_lines = len(lines) - _MOST_LINES
    return lines[:_MOST_LINES] + ([f"- and {more_lines:,} more lines like these"] if more_lines > 0 else [])


def plain(word: object) -> str:
    """As in C(still running) for C(still_running)."""
    return str(word or "unknown").replace("_", " ")


def _escaped(text: object) -> str:
    return _MARKS.sub(r"\\\1", one_line(masked_text(text)))
