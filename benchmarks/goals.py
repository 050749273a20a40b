# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The goals, and what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from .figures import Line
from .many import RATE
from .report import Table

Goal = tuple[str, str, str, bool]
"""What, the goal, what was measured, and whether it is met."""


def markdown(tables: Sequence[Table]) -> str:
    """A table of the goals, as far as they were measured."""
    rows = [[what, goal, measured, "met" if met else "**missed**"] for what, goal, measured, met in _goals(tables)]
    return Table("Goals", ["what", "goal", "measured", ""], rows).markdown().replace("###", "##", 1)


def _goals(tables: Sequence[Table]) -> Iterator[Goal]:
    titled = {table.title: table for table in tables}
    for title, table in titled.items():
        if title.startswith("One stop: the task"):
            yield from _of_tasks(table)
        elif title.startswith("One stop at Alibaba Cloud"):
            yield _beside_script(table, "Alibaba Cloud", 0.8)
        elif title.startswith("One stop at Tencent Cloud"):
            yield _beside_script(table, "Tencent Cloud", 1.2)
        elif "10,000 instances" in title and f"{RATE} calls/s" in title:
            yield _paced(title, table.lines[0], table.lines[0].calls or 0)
        elif "10,000 instances, 50 ms, no limit" in title:
            ratio = table.lines[1].seconds.median / table.lines[0].seconds.median
            yield f"{title}: beside the SDK in sequence", "at least 10 times faster", f"{ratio:.1f}", ratio >= 10
        elif title.startswith("500 operations"):
            one, loop = table.lines
            yield _paced(title, one, one.busiest)
            ratio = loop.seconds.median / one.seconds.median
            yield f"{title}: beside a loop of tasks", "at least 20 times faster", f"{ratio:.1f}", ratio >= 20
    yield from _growth(titled)
    calls = [
        (line.calls / line.least, title)
        for title, table in titled.items()
        for line in table.lines
        if line.calls and line.least and (line.who.startswith("`inflight_cancel`") or line.who == "one stop, verified")
    ]
    if calls:
        most, title = max(calls)
        yield "calls, of the least", "at most 1.2", f"{most:.2f} ({title})", most <= 1.2


def _of_tasks(table: Table) -> Iterator[Goal]:
    smallest = table.figures["ansible.builtin.uri, one request"].median
    for name, figure in table.figures.items():
        if "verified" in name:
            ratio = figure.median / smallest
            yield f"{name}: the task, beside `uri`", "at most 1.3 times", f"{ratio:.2f}", ratio <= 1.3


def _beside_script(table: Table, where: str, most: float) -> Goal:
    ours = next(line for line in table.lines if line.who == "one stop, verified")
    ratio = ours.seconds.median / table.lines[-1].seconds.median
    what = f"one stop at {where}, verified: the process, beside the script on the SDK"
    return what, f"at most {most} times", f"{ratio:.2f}", ratio <= most


def _paced(title: str, line: Line, calls: int) -> Goal:
    most = 1.05 * calls / RATE + 1
    took = line.seconds.median
    return title, f"at most {most:.2f} s (1.05 × {calls} calls / {RATE} + 1)", f"{took:.2f} s", took <= most


def _growth(titled: dict[str, Table]) -> Iterator[Goal]:
    few, many = (titled.get(f"Tencent Cloud, {count} instances, 0 ms, no limit") for count in ("1,000", "100,000"))
    if few is None or many is None:
        return
    less, more = few.lines[0], many.lines[0]
    for what, before, after in (("time", less.seconds, more.seconds), ("memory", less.peak, more.peak)):
        times = after.median / before.median
        yield f"from 1,000 to 100,000 instances: {what}", "at most 100 times", f"{times:.0f}", math.floor(times) <= 100
    peak = more.peak.median
    yield "100,000 instances: peak memory", "under 150 MB", f"{peak:.0f} MB", peak < 150
