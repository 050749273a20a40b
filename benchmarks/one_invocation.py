# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bulk stop on one invocation: more and more instances, near and far, with and without the provider's limit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from .cloud import Setting
from .figures import Figure, Line, line
from .playbook import play
from .report import Table
from .scene import BULK, LIMITS, MODULE, TITLES, Invocation, Stage, module_process, script

LATENCIES = (0.0, 0.05, 0.2)
RATE = 20
WORKERS = 16
_SIZES = (100, 1_000, 10_000, 100_000)
# Scripts and loops that would take longer are measured on fewer instances, and scaled.
_LONGEST_SEQUENCE = 10_000
_ITEMS = 5


@dataclass(frozen=True)
class Case:
    """One line of the table, for each contender."""

    invocation: Invocation
    setting: Setting

    @property
    def title(self) -> str:
        rate = f"{self.setting.rate} calls/s" if self.setting.rate else "no limit"
        return f"{TITLES[self.invocation.provider]}, {self.invocation.count:,} instances, {self.latency}, {rate}"

    @property
    def latency(self) -> str:
        return f"{self.setting.latency * 1000:.0f} ms"

    @property
    def repeats(self) -> int:
        return 1 if self.invocation.count > 10_000 else 3


def cases(quick: bool) -> Iterator[Case]:
    """All that is measured."""
    if quick:
        yield Case(Invocation("tencent", 1_000), Setting(latency=0.05))
        return
    for rate, count, latency in itertools.product((0, RATE), _SIZES, LATENCIES):
        # At the limit 100,000 take a minute wherever the provider is.
        if count <= 10_000 or not rate or latency == 0.05:
            yield Case(Invocation("tencent", count), Setting(latency, rate))
    for count in (1_000, 10_000):
        yield Case(Invocation("alibaba", count), Setting(0.05))


def tables(stage: Stage, quick: bool) -> list[Table]:
    """One a case."""
    return [Table.of_lines(case.title, _lines(stage, case)) for case in cases(quick)]


def _lines(stage: Stage, case: Case) -> list[Line]:
    return [_ours(stage, case), _sequence(stage, case), _pool(stage, case), _loop(stage, case)]


def _ours(stage: Stage, case: Case) -> Line:
    invocation, setting = case.invocation, case.setting
    target = {"kind": "cloud_invocation", "id": invocation.id, "instance_ids": invocation.instance_ids}
    connection = stage.cloud.connection(invocation.provider)
    task = {BULK: {"targets": [{**target, **connection}], "rate": setting.rate, "progress": 0}}
    # Made where it is fast: the process is the same.
    module = module_process(stage, Setting(), [invocation.described], task)
    runs = stage.repeat(case.repeats, setting, [invocation.described], module.run)
    return line("`inflight_cancel`, one task", runs, stage.calls, invocation.least_calls, f"{case.repeats} runs")


def _sequence(stage: Stage, case: Case) -> Line:
    whole, setting = case.invocation, case.setting
    part = whole
    if whole.count > _LONGEST_SEQUENCE and (setting.latency or setting.rate):
        part = Invocation(whole.provider, _LONGEST_SEQUENCE)
    runs = stage.repeat(1, setting, [part.described], lambda: script(stage.cloud, part, 1))
    note = "1 run" if part == whole else f"1 run on {part.count:,}, scaled"
    return line("SDK script, in sequence", runs, stage.calls, whole.least_calls, note, whole.count / part.count)


def _pool(stage: Stage, case: Case) -> Line:
    invocation = case.invocation
    runs = stage.repeat(1, case.setting, [invocation.described], lambda: script(stage.cloud, invocation, WORKERS))
    return line(f"SDK script, {WORKERS} threads", runs, stage.calls, invocation.least_calls, "1 run")


def _loop(stage: Stage, case: Case) -> Line:
    """A task for every group of ids that one stop call takes, in a loop; without what Ansible needs to start."""
    whole = case.invocation
    size = LIMITS[whole.provider]
    items = min(_ITEMS, -(-whole.count // size))
    part = Invocation(whole.provider, items * size)
    ids = part.instance_ids
    options = {**stage.cloud.connection(whole.provider), "invocation_id": part.id, "instance_ids": "{{ item }}"}
    loop = {MODULE: options, "loop": [ids[start : start + size] for start in range(0, len(ids), size)]}
    start = play([{"ansible.builtin.meta": "noop"}]).seconds
    (run,) = stage.repeat(1, case.setting, [part.described], lambda: play([loop]))
    factor = whole.count / part.count
    timed = line("", [run], stage.calls, whole.least_calls, factor=factor)
    return Line(
        f"loop of `cloud_invocation_cancel`, {size} ids each",
        timed.seconds.less(_figure(start * factor)),
        calls=timed.calls,
        least=timed.least,
        note="1 run" if factor == 1 else f"1 run of {items} items, scaled",
    )


def _figure(value: float) -> Figure:
    return Figure((value,))
