# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What came of one target: every part of it, counted, compared and warned about."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from .adapter import Adapter
from .errors import ApiError
from .model import Operation
from .part import WHOLE, Part
from .record import Record, Times
from .states import Outcome, count
from .warnings import cut_short_list, unknown_status

# Parts that a diff shows one by one. Of more, it tells how many are in each state.
MOST_ROWS = 100


@dataclass
class Report:
    """What came of one target."""

    outcome: Outcome
    operation: Operation | None
    msg: str = ""
    changed: bool = False
    failed: bool = False
    rows: list[dict[str, t.Any]] = field(default_factory=list)
    """What became of each part."""
    listed: str = "all"
    """Which of them a result has, as in O(return_instances)."""
    summary: dict[str, t.Any] = field(default_factory=dict)
    times: Times = field(default_factory=Times)
    request_ids: list[str] = field(default_factory=list)
    states: Callable[[], dict[str, t.Any]] = dict
    """Tells the states before and after."""
    left_behind: dict[str, t.Any] = field(default_factory=dict)
    error: ApiError | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def diff(self) -> dict[str, t.Any]:
        """The states before and after. Large, and rarely wanted."""
        return self.states()

    def as_result(self, adapter: Adapter[t.Any], *, diff: bool) -> dict[str, t.Any]:
        """What the module returns, but for C(failed) and the warnings, which Ansible sets."""
        return {
            "msg": self.msg,
            "changed": self.changed,
            "outcome": self.outcome,
            "operation": {**self.operation.as_result(), **adapter.place} if self.operation else None,
            **({adapter.parts_key: self._listed} if adapter.parts_key else {}),
            **self.left_behind,
            "summary": self.summary,
            "request_ids": self.request_ids,
            **({"diff": self._table()} if diff else {}),
            **({"error": self.error.as_result()} if self.error else {}),
        }

    @property
    def _listed(self) -> list[dict[str, t.Any]]:
        if self.listed == "not_stopped":
            return [row for row in self.rows if row["outcome"] != "stopped"]
        return [] if self.listed == "none" else self.rows

    def _table(self) -> dict[str, t.Any]:
        """The RV(diff) of a result. Ansible shows the headers, which tell the diffs of a loop apart."""
        brief = self.diff_rows > MOST_ROWS
        table: dict[str, t.Any] = {side: counted(states) if brief else states for side, states in self.diff.items()}
        if self.operation:
            header = f"{self.operation.kind} {self.operation.id}"
            table.update(before_header=header, after_header=header)
        return table

    @property
    def diff_rows(self) -> int:
        """How many parts the diff has."""
        return sum(len(states) for states in self.diff.get("before", {}).values() if not isinstance(states, str))


def build(record: Record, outcome: Outcome, outcomes: Mapping[str, Outcome]) -> Report:
    """A report of the C(outcomes) of all parts."""
    adapter, target, operation, parts = record.adapter, record.target, record.operation, record.parts
    by_part = {key: came for key, came in outcomes.items() if key != WHOLE}
    keys = target.instance_ids or tuple(by_part)
    report = Report(
        outcome=outcome,
        operation=operation,
        rows=[_row(adapter.part_id(key), parts.get(key), by_part[key]) for key in keys],
        summary={
            **count(by_part.values() if keys else [outcome]),
            "requested": len(keys) or 1,
        },
        times=record.times,
        request_ids=record.request_ids,
        states=partial(_diff, parts, outcomes, adapter.parts_key or "parts"),
        left_behind=record.left_behind,
        warnings=[*_warnings(adapter, operation, parts), *record.warnings],
    )
    if record.shortfall and operation:
        report.warnings.append(cut_short_list(operation.id, record.shortfall))
    return report


def _row(names: Mapping[str, str], part: Part | None, outcome: Outcome) -> dict[str, t.Any]:
    row: dict[str, t.Any] = {
        **names,
        "before": part.before.state if part and part.before else None,
        "after": part.after.state if part and part.after else None,
        "status": part.now.status if part else None,
        "outcome": outcome,
    }
    if part and part.now.exit_code is not None:
        row["exit_code"] = part.now.exit_code
    error = part and (str(part.refusal) if outcome == "failed" else part.now.error)
    if error:
        row["error"] = error
    return row


def _diff(parts: Mapping[str, Part], outcomes: Mapping[str, Outcome], parts_key: str) -> dict[str, t.Any]:
    """States before and after. What was not looked at afterwards has the state that the stop is to bring about."""
    before = {key: part.before.state if part.before else None for key, part in parts.items()}
    expected = {"would_stop": "stopped", "stop_requested": "stopping"}
    after = {key: expected.get(outcomes.get(key, ""), part.now.state) for key, part in parts.items()}
    return {"before": _states(before, parts_key), "after": _states(after, parts_key)}


def _states(found: dict[str, t.Any], parts_key: str) -> dict[str, t.Any]:
    whole = found.pop(WHOLE, None)
    return {**({"state": whole} if whole else {}), **({parts_key: found} if found else {})}


def counted(states: Mapping[str, t.Any]) -> dict[str, str]:
    """A side of a diff with how many parts are in each state, in place of the parts."""
    return {key: value if isinstance(value, str) else _numbers(value) for key, value in states.items()}


def _numbers(states: Mapping[str, str | None]) -> str:
    numbers = Counter(state or "not read" for state in states.values())
    return ", ".join(f"{number} {state}" for state, number in sorted(numbers.items()))


def _warnings(adapter: Adapter[t.Any], operation: Operation | None, parts: Mapping[str, Part]) -> list[str]:
    unknown = sorted({part.now.status for part in parts.values() if part.now.state == "unknown"})
    own = operation.warnings if operation else ()
    return [*own, *(unknown_status(adapter.title, status) for status in unknown)]


def outcomes_of(adapter: Adapter[t.Any], report: Report) -> list[Outcome]:
    """What a target counts for among many: each of its parts, or itself where it has none that was asked for."""
    rows = [] if adapter.parts_only_show else report.rows
    return [row["outcome"] for row in rows] or [report.outcome]
