# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The report of the role bulk_cancel as data, and as a table for spreadsheets. Pure."""

from __future__ import annotations

import csv
import io
import typing as t
from collections.abc import Iterable, Mapping, Sequence

from .._core.times import utc_text_of

Result = Mapping[str, t.Any]

_REPORT_SCHEMA = "cloudops.halt.bulk_cancel/1"
_COLUMNS = (
    *("provider", "kind", "region", "account", "operation_id", "name", "part", "before", "after", "status"),
    *("outcome", "exit_code", "error", "created", "stop_accepted"),
)
# What a spreadsheet takes for a formula.
_FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def report(request: Result, result: Result, host: str, check_mode: bool, now: float) -> dict[str, t.Any]:
    """What C(report.json) has; C(result) is the outcome of the role."""
    kept = (
        *("excluded", "excluded_nothing", "scheduled", "searched", "changed", "failed", "msg", "warnings", "errors"),
        *("summary", "results", "still_running"),
    )
    return {
        "schema": _REPORT_SCHEMA,
        "title": "Bulk stop",
        "reason": request["reason"] or None,
        # Ansible tells of --check only, and not of the check_mode of a play or a block.
        "check_mode": check_mode or result["summary"].get("would_stop", 0) > 0,
        "host": host,
        "started": request["started"],
        "finished": utc_text_of(now),
        "selection": request["selection"],
        **{name: result[name] for name in kept},
    }


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
    parts = result.get("instances") or result.get("children") or result.get("results_by_target") or [whole]
    for part in parts:
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
