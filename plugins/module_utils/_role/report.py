# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The report of a stop as data, and as a table for spreadsheets. Pure."""

from __future__ import annotations

import csv
import io
import typing as t
from collections.abc import Iterable, Mapping, Sequence

from .._core.kinds import OWN_OPTIONS
from .._core.states import LIVING, OUTCOMES
from .._core.times import utc_text_of
from .text import counted_parts, parts_of, word_of

Result = Mapping[str, t.Any]

_REPORT_SCHEMA = "cloudops.halt.bulk_cancel/1"
_COLUMNS = (
    *("provider", "kind", "region", "account", "operation_id", "name", "part", "before", "after", "status"),
    *("outcome", "exit_code", "error", "created", "stop_accepted"),
)
# What was asked to stop and was not read back as ended.
_LISTS = ("excluded", "excluded_nothing", "scheduled", "searched", "warnings", "errors", "results", "still_running")
# What a spreadsheet takes for a formula.
_FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def report(given: t.Any, about: Result, now: float) -> dict[str, t.Any]:
    """What C(report.json) has of a registered result of any module, of a loop, of a list of them, or of the role.

    C(about) has RV(title), RV(reason), RV(selection) and the like, as far as they are known.
    """
    found = [_as_many(result) for result in _each(given)]
    whole = found[0] if len(found) == 1 else _together(found)
    return {
        "schema": _REPORT_SCHEMA,
        "title": about.get("title") or "Bulk stop",
        "reason": about.get("reason") or None,
        "by": about.get("by") or None,
        "job": about.get("job") or None,
        # Ansible tells of --check only, and not of the check_mode of a play or a block.
        "check_mode": bool(about.get("check_mode") or whole["summary"].get("would_stop")),
        "host": about.get("host"),
        "started": about.get("started") or None,
        "finished": utc_text_of(now),
        "selection": about.get("selection") or None,
        **whole,
    }


def _each(given: t.Any) -> list[Result]:
    """The results of a list, or of a loop, as Ansible registers it. Raises ValueError."""
    if isinstance(given, Mapping) and "summary" not in given and isinstance(given.get("results"), list):
        given = given["results"]
    if isinstance(given, list):
        return [result for each in given for result in _each(each)]
    if not isinstance(given, Mapping):
        raise ValueError("it is neither a registered result of a module of this collection nor a list of them")
    return [given]


def _as_many(result: Result) -> dict[str, t.Any]:
    """The result of one module in the form of inflight_cancel."""
    results = result.get("results")
    if results is None:
        results = [_one(each) for each in result.get("operations") or []]
        if "operation" in result and "outcome" in result:
            results = [_one(result["operation"] or {}, result)]
    own = {name: list(result.get(name) or []) for name in _LISTS}
    own["still_running"] = own["still_running"] if "still_running" in result else _left(results)
    summary = result.get("summary") if isinstance((result.get("summary") or {}).get("operations"), Mapping) else None
    return {
        **own,
        "results": results,
        "changed": bool(result.get("changed")),
        "failed": bool(result.get("failed")),
        "msg": str(result.get("msg") or ""),
        "summary": summary or _count(results, result.get("calls")),
    }


def _one(operation: Result, result: Result | None = None) -> dict[str, t.Any]:
    """One operation in the form of inflight_cancel; it was only listed, if there is no result."""
    target = {name: operation.get(name) for name in ("kind", "provider", "region", "account", "id")}
    target |= {name: operation[name] for name in OWN_OPTIONS if operation.get(name)}
    return {**(result or {}), "target": target, "operation": operation}


def _left(results: Sequence[Result]) -> list[dict[str, t.Any]]:
    """What a next run would have to stop."""
    left = []
    for result in results:
        if result.get("outcome") in LIVING:
            ids = [part["instance_id"] for part in result.get("instances") or () if part.get("outcome") in LIVING]
            left.append({**result["target"], **({"instance_ids": ids} if ids else {})})
    return left


def _together(found: Sequence[Result]) -> dict[str, t.Any]:
    results = [each for one in found for each in one["results"]]
    return {
        **{name: [each for one in found for each in one[name]] for name in _LISTS},
        "changed": any(one["changed"] for one in found),
        "failed": any(one["failed"] for one in found),
        "msg": " ".join(one["msg"] for one in found if one["msg"]),
        "summary": _count(results, [one["summary"].get("calls") for one in found]),
    }


def _count(results: Sequence[Result], calls: t.Any) -> dict[str, t.Any]:
    parts = [word_of(part) for result in results for part in counted_parts(result) or [result]]
    words = list(map(word_of, results))
    return {
        **{name: parts.count(name) for name in OUTCOMES},
        "requested": len(parts),
        "calls": total(calls),
        "operations": {**{name: words.count(name) for name in OUTCOMES}, "requested": len(words)},
    }


def total(calls: t.Any) -> int:
    """Calls as numbers, by provider and call, or lists of both."""
    if isinstance(calls, Mapping):
        calls = list(calls.values())
    return sum(map(total, calls)) if isinstance(calls, list) else int(calls or 0)


def table(results: Iterable[Result] | None) -> str:
    """What C(report.csv) has: a row for each part of each result, and one for a result that has none."""
    text = io.StringIO(newline="")
    # Everything is quoted, because what else has to be is not the same for every reader.
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for result in results or ():
        writer.writerows(map(_cell, row) for row in _rows(result))
    return text.getvalue()


def _rows(result: Result) -> Iterable[Sequence[t.Any]]:
    target, operation, times = (result.get(name) or {} for name in ("target", "operation", "times"))
    place = [target.get(name) or operation.get(name) for name in ("provider", "kind", "region")]
    first = [*place, target.get("account"), target.get("id") or operation.get("id"), operation.get("name")]
    last = [operation.get("created"), times.get("stop_accepted")]
    whole = {
        "after": operation.get("state"),
        "status": operation.get("status"),
        "outcome": result.get("outcome"),
        "error": result.get("error"),
    }
    for part in parts_of(result) or [whole]:
        own = [part.get(name) for name in ("before", "after", "status", "outcome", "exit_code")]
        yield [*first, _part_id(part), *own, _error(part.get("error")), *last]


def _part_id(part: Result) -> str:
    pair = filter(None, (part.get("account_id"), part.get("region_id")))
    return part.get("instance_id") or part.get("execution_id") or "/".join(pair)


def _error(error: t.Any) -> t.Any:
    if isinstance(error, Mapping):
        return ": ".join(filter(None, (error.get("code"), error.get("message"))))
    return error


def _cell(value: t.Any) -> t.Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; a number stays a number."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_BEGINNINGS) else value
