# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stop of many operations of mixed kinds: one task, beside a loop of modules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .cloud import Setting
from .figures import Line, line, line_of_loop
from .playbook import Task, play
from .report import Table
from .scene import BULK, Stage, module_process

RATE = 20
_SETTING = Setting(rate=RATE)
_SIZES = (10, 100, 500)
_LOOP = 25


@dataclass(frozen=True)
class _Kind:
    kind: str
    provider: str
    module: str
    id_option: str
    prefix: str
    at_once: int = 1
    """Operations that one call can read by their ids."""
    others: int = 0
    """Calls that each needs besides one to read it, one to stop it, and one to read it again: for the parts that it
    consists of, and for what it has started elsewhere."""

    def least(self, count: int) -> int:
        """Calls that it takes to stop so many."""
        return count * (1 + self.others) + 2 * math.ceil(count / self.at_once)

    def busiest(self, count: int) -> int:
        """How many of them are of one sort."""
        return max(count, 2 * math.ceil(count / self.at_once))


_KINDS = (
    _Kind("cloud_invocation", "alibaba", "cloud_invocation_cancel", "invocation_id", "t-hz0bench{:07}", others=1),
    _Kind("cloud_invocation", "tencent", "cloud_invocation_cancel", "invocation_id", "inv-{:08}", 100, others=1),
    _Kind("automation_execution", "alibaba", "automation_execution_cancel", "execution_id", "exec-{:016}", others=2),
    _Kind("image_task", "alibaba", "image_task_cancel", "task_id", "t-img{:012}", 50),
    _Kind(
        "stack_group_operation",
        "alibaba",
        "stack_group_operation_stop",
        "operation_id",
        "6da106ca-1784-4a6f-a7e1-{:012}",
        others=2,
    ),
)


@dataclass(frozen=True)
class _Operation:
    of: _Kind
    number: int

    @property
    def id(self) -> str:
        return self.of.prefix.format(self.number)

    @property
    def described(self) -> dict[str, Any]:
        own: dict[str, Any] = {"count": 1} if self.of.kind == "cloud_invocation" else {}
        return {"provider": self.of.provider, "kind": self.of.kind, "id": self.id, **own}


def tables(stage: Stage, quick: bool) -> list[Table]:
    """One a size."""
    return [_table(stage, count, 1 if quick else 3) for count in (_SIZES[:1] if quick else _SIZES)]


def _table(stage: Stage, count: int, repeats: int) -> Table:
    operations = [_Operation(_KINDS[number % len(_KINDS)], number) for number in range(count)]
    least = sum(kind.least(count // len(_KINDS)) for kind in _KINDS)
    busiest = max(kind.busiest(count // len(_KINDS)) for kind in _KINDS)
    descriptions = [each.described for each in operations]
    targets = [{"kind": each.of.kind, "id": each.id, **stage.cloud.connection(each.of.provider)} for each in operations]
    module = module_process(stage, Setting(), descriptions, {BULK: {"targets": targets, "rate": RATE, "progress": 0}})
    runs = stage.repeat(repeats, _SETTING, descriptions, module.run)
    note = f"{repeats} times; the busiest call must be made {busiest} times, which takes {busiest / RATE:g} s"
    lines = [
        replace(line("`inflight_cancel`, one task", runs, stage.calls, least, note), busiest=busiest),
        _loop(stage, operations, least),
    ]
    return Table.of_lines(f"{count} operations of five kinds, 0 ms, {RATE} calls/s", lines)


def _loop(stage: Stage, operations: Sequence[_Operation], least: int) -> Line:
    part = operations[:_LOOP]
    tasks: list[Task] = [_task(stage, kind, [each.id for each in part if each.of == kind]) for kind in _KINDS]
    start = play([{"ansible.builtin.meta": "noop"}])
    (run,) = stage.repeat(1, _SETTING, [each.described for each in part], lambda: play(tasks))
    factor = len(operations) / len(part)
    note = "once" if factor == 1 else f"once, {len(part)} items, scaled"
    return line_of_loop("loop of the modules", start, run, stage.calls, least, note, factor)


def _task(stage: Stage, kind: _Kind, ids: Sequence[str]) -> Task:
    connection = stage.cloud.connection(kind.provider)
    return {f"cloudops.halt.{kind.module}": {**connection, kind.id_option: "{{ item }}"}, "loop": list(ids)}
