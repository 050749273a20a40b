# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the role bulk_cancel shows before a stop, and what it says came of it. Pure: it is given what the modules have
returned, and returns text and data."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Mapping, Sequence

from .._core.messages import bulk_verdict, how_many, one_line
from .._core.times import utc_text_of
from .columns import columns, duration, oldest
from .report import total
from .request import PLAN_SCHEMA, PLAN_TARGET, PREFIX, VARIABLES
from .text import markdown

Result = Mapping[str, t.Any]

# Rows of a table, and ids of a list, that are shown at most.
_MOST_ROWS = 20
_MOST_IDS = 10
# Operations whose ids stand in the preview.
_FEW = 5
# Options that are plain English words, too: these only count with what follows an option.
_AMBIGUOUS = (
    "name",
    "kinds",
    "exclude",
    "scopes",
    "targets",
    "rate",
    "wait",
    "progress",
    "report",
    "reason",
    "plan",
    "stats",
)
_PLAIN = "|".join(name for name in VARIABLES if name not in _AMBIGUOUS)
_OPTION = re.compile(rf"(?<![\w.])({_PLAIN}|(?:{'|'.join(_AMBIGUOUS)})(?=[=:\[]))(?!\w)")


def as_variables(text: str) -> str:
    """A message of a module, with the role's variables in place of the options."""
    return _OPTION.sub(lambda match: PREFIX + match[1], text)


def preview(request: Result, found: Result, shown: Result, now: float) -> list[str]:
    """What would be stopped, in lines to decide on. C(found) is the result of the search, C(shown) that of the stop in
    check mode; either may have been skipped."""
    results = shown.get("results") or []
    told = [as_variables(found["msg"])] if found.get("msg") else []
    if results:
        told.append(_sentence(shown))
    lines = [" ".join(told)] if told else []
    lines += _since(request, found, results)
    if results:
        lines += [*_faults(results), *_table(results, now), *_few_ids(results)]
    elif shown.get("msg"):
        lines.append(as_variables(shown["msg"]))
    lines += _left_alone("Excluded", found.get("excluded") or [])
    lines += _left_alone("Left alone as schedules", found.get("scheduled") or [])
    lines += [f"{PREFIX}exclude: {word} matches nothing." for word in _excluded_nothing(found, shown)]
    return [one_line(line) for line in lines]


def outcome(request: Result, found: Result, shown: Result, stopped: Result, check_mode: bool, now: float) -> Result:
    """The RV(bulk_cancel_result) of the role. The stop was skipped in check mode, and where nobody has confirmed it."""
    was_stopped = stopped.get("results") is not None
    done = stopped if was_stopped or _has_broken(stopped, "results") else shown
    results = [{**result, "msg": as_variables(result["msg"])} for result in done.get("results") or []]
    errors = found.get("errors") or []
    not_searched = _has_broken(found, "operations")
    not_looked = _has_broken(done, "results")
    nothing = request["mode"] == "selection" and not (results or not_searched or not_looked)
    refused = _unconfirmed(request, check_mode or was_stopped, results)
    failed = bool(
        refused
        or errors
        or not_searched
        or not_looked
        or any(result["failed"] for result in results)
        or (not nothing and not results)
        or done.get("interrupted")
    )
    told = [found["msg"]] if found.get("msg") and (nothing or errors) else []
    told += [_not_searched(request, found)] if not_searched else []
    told += [_verdict(found, done)] if done.get("msg") and not nothing else []
    told += [*_since(request, found, results), *([refused] if refused else [])]
    summary = done.get("summary") or {"requested": 0}
    if "calls" in summary:
        # Those of the search and of the preview, too.
        summary = {**summary, "calls": total([each.get("calls") for each in (found, shown, stopped)])}
    still_running = done.get("still_running") or []
    result = {
        "changed": bool(done.get("changed")) if was_stopped or check_mode else False,
        "failed": failed,
        "msg": one_line(as_variables(" ".join(told))),
        "summary": summary,
        "results": results,
        "still_running": still_running,
        "errors": errors,
        "excluded": found.get("excluded") or [],
        "excluded_nothing": _excluded_nothing(found, done),
        "scheduled": found.get("scheduled") or [],
        "searched": found.get("searched") or [],
        "warnings": _warnings(found, done),
        "plan": _plan(request, found, shown.get("results") or [], now),
    }
    about = {"reason": request["reason"], "check_mode": check_mode or summary.get("would_stop")}
    return {**result, "markdown": markdown({**result, **about})}


def _has_broken(result: Result, key: str) -> bool:
    """Whether a task was run and has not come as far as to return this. Its C(failed) is of no use: the role lets no
    task fail before its end, and Ansible notes such a task as one that has not failed."""
    return bool(result) and not result.get("skipped") and key not in result


# What is said


def _not_searched(request: Result, found: Result) -> str:
    where = "" if request["has_scopes"] else f" {PREFIX}scopes says where to search."
    return f"{found.get('msg') or ''}{where} Nothing was stopped."


def _verdict(found: Result, done: Result) -> str:
    """What came of the targets, where words that have excluded something in the search are no surprise."""
    if done.get("interrupted") or not done.get("results"):
        return str(done["msg"])
    failures = [result["msg"] for result in done["results"] if result["failed"]]
    return bulk_verdict(done["summary"], failures, _excluded_nothing(found, done))


def _sentence(shown: Result) -> str:
    operations = shown["summary"]["operations"]
    would, instances = operations["would_stop"], shown["summary"]["would_stop"]
    counting = f" ({instances} instances and children)" if instances != would else ""
    others = ", ".join(
        f"{count} {name.replace('_', ' ')}"
        for name, count in operations.items()
        if count and name not in ("would_stop", "requested")
    )
    return f"Would stop {how_many(would, 'operation')}{counting}{'; ' + others if others else ''}."


def _faults(results: Sequence[Result]) -> list[str]:
    """Why some of them would not be stopped."""
    told = list(dict.fromkeys(as_variables(result["msg"]) for result in results if result["failed"]))
    more = len(told) - _MOST_IDS
    return told[:_MOST_IDS] + ([f"and {more} more that failed"] if more > 0 else [])


def _table(results: Sequence[Result], now: float) -> list[str]:
    """Operations by name, kind and place, with the instances and the age of the oldest."""
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for result in results:
        if result["outcome"] == "would_stop":
            target, operation = result["target"], result["operation"]
            key = (operation["name"] or "-", target["kind"], f"{target['provider']}/{target['region']}")
            groups.setdefault(key, []).append(result)
    rows = [("NAME", "KIND", "REGION", "OPERATIONS", "INSTANCES", "OLDEST")]
    for key, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:_MOST_ROWS]:
        instances = sum(len(result.get("instances") or ()) for result in group)
        first = oldest([result["operation"] for result in group], now)
        rows.append((*key, str(len(group)), str(instances or "-"), duration(first)))
    if len(rows) == 1:
        return []
    more = len(groups) - _MOST_ROWS
    return columns(rows) + ([f"and {more} more names and regions"] if more > 0 else [])


def _few_ids(results: Sequence[Result]) -> list[str]:
    """Of a few, which one can compare. The plan has those of many."""
    ids = [result["target"]["id"] for result in results if result["outcome"] == "would_stop"]
    return [f"Ids: {', '.join(ids)}."] if 0 < len(ids) <= _FEW else []


def _left_alone(what: str, operations: Sequence[Result]) -> list[str]:
    if not operations:
        return []
    named = [f"{each['name'] or 'without a name'} ({each['id']})" for each in operations[:_MOST_IDS]]
    more = len(operations) - len(named)
    return [f"{what}: {', '.join(named)}{f' and {more} more' if more > 0 else ''}."]


def _excluded_nothing(found: Result, done: Result) -> list[str]:
    """The words that have excluded nothing in the search, and no child in the stop."""
    nothing = [each["excluded_nothing"] for each in (found, done) if each.get("excluded_nothing") is not None]
    return [word for word in (nothing[0] if nothing else []) if all(word in each for each in nothing)]


def _warnings(found: Result, done: Result) -> list[str]:
    """What the modules have warned about, but for words that exclude nothing, which are told by themselves."""
    warnings = [*(found.get("warnings") or ()), *(done.get("warnings") or ())]
    return [as_variables(each) for each in dict.fromkeys(warnings) if not each.startswith("exclude: ")]


def _since(request: Result, found: Result, results: Iterable[Result]) -> list[str]:
    """What has come or gone since a plan was made."""
    if not request["plan"]:
        return []
    planned = {target["id"] for target in request["plan"]["targets"]}
    come = [each for each in found.get("operations") or [] if each["id"] not in planned]
    gone = [each["target"]["id"] for each in results if each["outcome"] in ("already_finished", "not_found")]
    told = []
    if come:
        names = ", ".join(f"{each['name']} ({each['id']})" for each in come[:_MOST_IDS])
        told.append(f"Since the plan, {how_many(len(come), 'operation')} appeared and will not be stopped: {names}.")
    if gone:
        told.append(f"Since the plan, {how_many(len(gone), 'operation')} ended: {', '.join(gone[:_MOST_IDS])}.")
    return told


def _unconfirmed(request: Result, is_done: bool, results: Sequence[Result]) -> str:
    would = any(result["outcome"] == "would_stop" for result in results)
    if is_done or request["confirmed"] or not would:
        return ""
    way_out = f"check the preview, then run it again with {PREFIX}confirm=true"
    exactly = "" if request["plan"] else f" To stop exactly what the preview shows, also pass its plan in {PREFIX}plan."
    return f"Nothing was stopped, because the stop has not been confirmed: {way_out}.{exactly}"


# The plan


def _plan(request: Result, found: Result, results: Sequence[Result], now: float) -> dict[str, t.Any] | None:
    """What a later run would stop, without any key."""
    if request["plan"]:
        return dict(request["plan"])
    targets = [
        {**{name: result["target"][name] for name in PLAN_TARGET if result["target"].get(name)}, **_name_of(result)}
        for result in results
        if result["outcome"] == "would_stop"
    ]
    if not targets:
        return None
    return {
        "schema": PLAN_SCHEMA,
        "created": utc_text_of(now),
        "selection": request["selection"],
        "exclude": request["exclude"],
        "scopes": _plan_scopes(request, found, targets),
        "targets": targets,
    }


def _plan_scopes(request: Result, found: Result, targets: Sequence[Result]) -> list[t.Any]:
    """Where a later run looks: the scopes as they were given, or else, with a region that came from elsewhere, the
    places that were found."""
    given = request["scopes"]
    if given and all(scope.get("region") for scope in given):
        return [
            f"{scope['provider']}/{scope['region']}" if scope.keys() == {"provider", "region"} else scope
            for scope in given
        ]
    places = found.get("searched") or [{"place": f"{each['provider']}/{each['region']}"} for each in targets]
    return list(dict.fromkeys(place["place"] for place in places))


def _name_of(result: Result) -> dict[str, t.Any]:
    return {"name": result["operation"]["name"]} if result["operation"] and result["operation"]["name"] else {}
