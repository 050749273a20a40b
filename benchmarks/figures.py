# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures: a median with its range."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from .process import Run


@dataclass(frozen=True)
class Figure:
    """What several measurements of one thing gave."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def scaled(self, factor: float) -> Figure:
        return Figure(tuple(value * factor for value in self.values))

    def less(self, other: Figure) -> Figure:
        """What is left above the median of another figure."""
        return Figure(tuple(value - other.median for value in self.values))

    def text(self, digits: int) -> str:
        """For a cell of a table."""
        if not self.values:
            return ""
        median = f"{self.median:.{digits}f}"
        if len(self.values) == 1:
            return median
        return f"{median} ({min(self.values):.{digits}f}–{max(self.values):.{digits}f})"


@dataclass(frozen=True)
class Line:
    """One contender in one setting."""

    who: str
    seconds: Figure
    cpu: Figure = field(default=Figure(()))
    peak: Figure = field(default=Figure(()))
    calls: int | None = None
    least: int | None = None
    """Calls that the task needs at least."""
    note: str = ""
    busiest: int = 0
    """How often the call must be made that must be made most."""


def line(who: str, runs: Sequence[Run], calls: int, least: int, note: str = "", factor: float = 1.0) -> Line:
    """The line of these runs; C(factor) scales time and calls up to what was not run whole."""
    return Line(
        who,
        Figure(tuple(run.seconds for run in runs)).scaled(factor),
        Figure(tuple(run.cpu for run in runs)).scaled(factor),
        Figure(tuple(run.peak for run in runs)),
        round(calls * factor),
        least,
        note,
    )


def line_of_loop(who: str, start: Run, loop: Run, calls: int, least: int, note: str, factor: float) -> Line:
    """The line of a loop of tasks: what it took beyond the C(start) of Ansible, scaled."""
    alone = Run(loop.seconds - start.seconds, loop.cpu - start.cpu, loop.peak)
    return line(who, [alone], calls, least, note, factor)
