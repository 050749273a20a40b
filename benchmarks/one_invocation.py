# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bulk stop of instances by name: few and many, with and without the provider's limit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from .at_once import WORKERS
from .cloud import Setting
from .figures import Line, line, line_of_loop
from .playbook import ModuleProcess, play
from .process import Run
from .report import Table
from .scene import BULK, MODULE, PROVIDERS, Invocation, Stage, module_process, script

RATE = 20
# What would take longer in sequence, in seconds of latency, is measured on fewer instances, and scaled.
_LONGEST_SEQUENCE, _FEWER = 6.0, 2_000
# Items of a loop, whose time an item does not depend on how many there are, unless there are very many instances.
_ITEMS, _MOST_LOOPED = 5, 10_000
# What needs more calls is measured once.
_FEW_CALLS = 500


@dataclass(frozen=True)
class Case:
    """One line of the table, for each contender."""

    invocation: Invocation
    setting: Setting

    @property
    def title(self) -> str:
        rate = f"{self.setting.rate} calls/s" if self.setting.rate else "no limit"
        return (
            f"{PROVIDERS[self.invocation.provider].title}, {self.invocation.count:,} instances, {self.latency}, {rate}"
        )

    @property
    def latency(self) -> str:
        return f"{self.setting.latency * 1000:.0f} ms"

    @property
    def repeats(self) -> int:
        return 1 if self.invocation.least_by_name > _FEW_CALLS else 3


def cases(quick: bool) -> Iterator[Case]:
    """All that is measured."""
    if quick:
        yield Case(Invocation("tencent", 1_000), Setting(0.05))
        return
    for count in (1_000, 100_000):
        yield Case(Invocation("tencent", count), Setting())
    yield Case(Invocation("tencent", 10_000), Setting(0.05, RATE))
    for provider in PROVIDERS:
        yield Case(Invocation(provider, 10_000), Setting(0.05))


def tables(stage: Stage, quick: bool) -> list[Table]:
    """One a case."""
    processes: dict[tuple[Invocation, int], ModuleProcess] = {}
    return [Table.of_lines(case.title, _lines(stage, case, processes)) for case in cases(quick)]


def _lines(stage: Stage, case: Case, processes: dict[tuple[Invocation, int], ModuleProcess]) -> list[Line]:
    print(case.title, file=sys.stderr, flush=True)
    key = (case.invocation, case.setting.rate)
    if key not in processes:
        processes[key] = _process(stage, case)
    lines = [_ours(stage, case, processes[key]), _sequence(stage, case), _pool(stage, case)]
    # Where instances are read page by page, an item would read those of all others, too.
    if case.invocation.count <= _MOST_LOOPED and PROVIDERS[case.invocation.provider].instances_come_along:
        lines.append(_loop(stage, case))
    return lines


def _process(stage: Stage, case: Case) -> ModuleProcess:
    invocation = case.invocation
    target = {"kind": "cloud_invocation", "id": invocation.id, "instance_ids": invocation.instance_ids}
    connection = stage.cloud.connection(invocation.provider)
    task = {BULK: {"targets": [{**target, **connection}], "rate": case.setting.rate, "progress": 0}}
    # Made where it is fast: the process is the same.
    return module_process(stage, Setting(), [invocation.described], task)


def _ours(stage: Stage, case: Case, module: ModuleProcess) -> Line:
    invocation = case.invocation
    runs = stage.repeat(case.repeats, case.setting, [invocation.described], module.run)
    return line("`inflight_cancel`, one task", runs, stage.calls, invocation.least_by_name, _times(case.repeats))


def _sequence(stage: Stage, case: Case) -> Line:
    whole, setting = case.invocation, case.setting
    seconds = whole.least_by_name * max(setting.latency, 1 / setting.rate if setting.rate else 0)
    part = whole if seconds <= _LONGEST_SEQUENCE else Invocation(whole.provider, _FEWER)
    measured, calls = _script_alone(stage, setting, part)
    note = "once"
    if part != whole:
        # The start of the process does not grow: it is in a run on a single group of ids, too.
        one = Invocation(whole.provider, PROVIDERS[whole.provider].limit)
        start, first_calls = _script_alone(stage, setting, one)
        factor = (whole.count - one.count) / (part.count - one.count)
        measured = Run(
            start.seconds + (measured.seconds - start.seconds) * factor,
            start.cpu + (measured.cpu - start.cpu) * factor,
            measured.peak,
        )
        calls = round(first_calls + (calls - first_calls) * factor)
        note = f"once, on {part.count:,}, and scaled but for the start"
    return line("SDK script, in sequence", [measured], calls, whole.least_by_name, note)


def _script_alone(stage: Stage, setting: Setting, invocation: Invocation) -> tuple[Run, int]:
    """One run in sequence, and its calls."""
    (run,) = stage.repeat(1, setting, [invocation.described], lambda: script(stage.cloud, invocation, 1))
    return run, stage.calls


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _pool(stage: Stage, case: Case) -> Line:
    invocation = case.invocation
    runs = stage.repeat(1, case.setting, [invocation.described], lambda: script(stage.cloud, invocation, WORKERS))
    return line(f"SDK script, {WORKERS} threads", runs, stage.calls, invocation.least_by_name, "once")


def _loop(stage: Stage, case: Case) -> Line:
    """A task for every group of ids that one stop call takes, in a loop; without what Ansible needs to start."""
    whole = case.invocation
    size = PROVIDERS[whole.provider].limit
    items = min(_ITEMS, -(-whole.count // size))
    part = Invocation(whole.provider, items * size)
    ids = part.instance_ids
    options = {**stage.cloud.connection(whole.provider), "invocation_id": part.id, "instance_ids": "{{ item }}"}
    loop = {MODULE: options, "loop": [ids[start : start + size] for start in range(0, len(ids), size)]}
    start = play([{"ansible.builtin.meta": "noop"}])
    (run,) = stage.repeat(1, case.setting, [part.described], lambda: play([loop]))
    factor = whole.count / part.count
    who = f"loop of `cloud_invocation_cancel`, {size} ids each"
    note = "once" if factor == 1 else f"once, {items} items, scaled"
    return line_of_loop(who, start, run, stage.calls, whole.least_by_name, note, factor)
