# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The goals, and what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from .at_once import (
    DEAD_PLACE,
    FIRST_STOP,
    LATENCIES,
    LONG_WAY,
    ROLE_BESIDE_DEAD,
    account_title,
)
from .figures import Line
from .many import RATE
from .report import Table
from .scene import PROVIDERS

Goal = tuple[str, str, str, bool]
"""What, the goal, what was measured, and whether it is met."""

# How many times as long as the script on the SDK one stop may take.
_BESIDE_SCRIPT = {"Alibaba Cloud": 0.8, "AWS": 1.2, "Tencent Cloud": 1.2}
# How many times faster it has to be than that in sequence. Two thirds of the calls at AWS are for pages, of which each
# has the token of the next.
_BESIDE_SEQUENCE = {"Alibaba Cloud": 10.0, "AWS": 1.3, "Tencent Cloud": 10.0}


# Why a goal is missed that has this in its name.
_REASONS = {
    "beside `uri`": "A module of its own starts a Python, loads Ansible's part, `requests` and 66 modules of the"
    " collection, out of a package of 400 kB that holds the code of all providers. `uri` loads neither of the last two,"
    " and makes one request instead of four.",
    "beside the script": "The script loads the vendor's library, and no Ansible: `ping`, a module that does nothing,"
    " takes longer than the script at Tencent Cloud. At Alibaba Cloud the library is heavier, so that the two are close"
    " to the goal, on one side or the other.",
    "in sequence": "Without a limit of the rate, latency is no longer what takes the time: more than half of it is"
    " processor time of the one process, which reads and judges 10,000 rows twice. To start takes 0.4 s.",
    "by name": "Every instance is kept twice, as what was read and as what became of it.",
}


def markdown(tables: Sequence[Table]) -> str:
    """A table of the goals, as far as they were measured, and why some are missed."""
    goals = list(_goals(tables))
    rows = [[what, goal, measured, "met" if met else "**missed**"] for what, goal, measured, met in goals]
    table = Table("Goals", ["what", "goal", "measured", ""], rows).markdown().replace("###", "##", 1)
    missed = [what for what, _goal, _measured, met in goals if not met]
    reasons = [f"- {key}: {why}" for key, why in _REASONS.items() if any(key in what for what in missed)]
    return "\n".join([table, "Why goals are missed:", "", *reasons, ""]) if reasons else table


def _goals(tables: Sequence[Table]) -> Iterator[Goal]:
    titled = {table.title: table for table in tables}
    yield from _at_once(titled)
    for title, table in titled.items():
        if title.startswith("One stop: the task"):
            yield from _of_tasks(table)
        elif title.startswith("One stop at "):
            yield _beside_script(table, title.removeprefix("One stop at ").partition(":")[0])
        elif ", 10,000 instances" in title and f"{RATE} calls/s" in title:
            yield _paced(title, table.lines[0], table.lines[0].calls or 0)
        elif "10,000 instances, 50 ms, no limit" in title:
            ratio = table.lines[1].seconds.median / table.lines[0].seconds.median
            least = _BESIDE_SEQUENCE[title.partition(",")[0]]
            yield (
                f"{title}: beside the SDK in sequence",
                f"at least {least:g} times faster",
                f"{ratio:.1f}",
                ratio >= least,
            )
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


def _at_once(titled: dict[str, Table]) -> Iterator[Goal]:
    if FIRST_STOP in titled:
        call, trips = (max(titled[FIRST_STOP].figures[name].values) for name in ("call", "trips"))
        what = "the first stop of a whole invocation, 10 to 100,000 instances"
        yield what, "among the first 2 calls", f"call {call:.0f} at most", call <= 2
        yield (
            f"{what}, {max(LATENCIES) * 1000:.0f} ms",
            "at most 2.2 round trips after the first call",
            f"{trips:.2f}",
            trips <= 2.2,
        )
    for provider, about in PROVIDERS.items():
        for latency in LATENCIES:
            table = titled.get(account_title(provider, 10_000, latency, about.rate))
            if table:
                yield _paced(table.title, table.lines[0], 10_000 // about.limit, about.rate, 2.5, "pages")
    if DEAD_PLACE in titled:
        for who, figure in titled[DEAD_PLACE].figures.items():
            limit = 25 if who == ROLE_BESIDE_DEAD else 12
            what = f"a dead place beside a healthy one: {who}"
            yield what, f"first stop within {limit} s", f"{figure.median:.1f} s", figure.median <= limit
    if LONG_WAY in titled:
        most, allowed = titled[LONG_WAY].figures["most"].median, PROVIDERS["tencent"].rate
        what = f"{LONG_WAY[0].lower()}{LONG_WAY[1:]}: arrivals of one call within a second"
        yield what, f"at most {allowed}", f"{most:.0f}", most <= allowed
    large = titled.get(account_title("tencent", 100_000, 0.0, 0))
    if large:
        peak = large.lines[0].peak.median
        yield "100,000 instances of a whole invocation: peak memory", "under 190 MB", f"{peak:.0f} MB", peak < 190


def _of_tasks(table: Table) -> Iterator[Goal]:
    smallest = table.figures["ansible.builtin.uri, one request"].median
    for name, figure in table.figures.items():
        if "verified" in name:
            ratio = figure.median / smallest
            yield f"{name}: the task, beside `uri`", "at most 1.3 times", f"{ratio:.2f}", ratio <= 1.3


def _beside_script(table: Table, where: str) -> Goal:
    most = _BESIDE_SCRIPT[where]
    ours = next(line for line in table.lines if line.who == "one stop, verified")
    ratio = ours.seconds.median / table.lines[-1].seconds.median
    what = f"one stop at {where}, verified: the process, beside the script on the SDK"
    return what, f"at most {most} times", f"{ratio:.2f}", ratio <= most


def _paced(what: str, line: Line, calls: int, rate: int = RATE, more: float = 1, sort: str = "calls") -> Goal:
    most = 1.05 * calls / rate + more
    took = line.seconds.median
    return what, f"at most {most:.2f} s (1.05 × {calls} {sort} / {rate} + {more:g})", f"{took:.2f} s", took <= most


def _growth(titled: dict[str, Table]) -> Iterator[Goal]:
    few, many = (titled.get(f"Tencent Cloud, {count} instances, 0 ms, no limit") for count in ("1,000", "100,000"))
    if few is None or many is None:
        return
    less, more = few.lines[0], many.lines[0]
    for what, before, after in (("time", less.seconds, more.seconds), ("memory", less.peak, more.peak)):
        times = after.median / before.median
        yield (
            f"from 1,000 to 100,000 instances by name: {what}",
            "at most 100 times",
            f"{times:.0f}",
            math.floor(times) <= 100,
        )
    peak = more.peak.median
    yield "100,000 instances by name: peak memory", "under 190 MB", f"{peak:.0f} MB", peak < 190
