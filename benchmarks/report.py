# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .figures import Figure, Line


@dataclass(frozen=True)
class Table:
    """One table of the results, and the figures in it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    lines: Sequence[Line] = ()

    @classmethod
    def of_lines(cls, title: str, lines: Sequence[Line]) -> Table:
        """A line for each contender; the ratio is to the first of ours."""
        ours = next((line for line in lines if "inflight_cancel" in line.who or "stop, verified" in line.who), lines[0])
        head = ["", "times ours", "seconds", "CPU seconds", "peak MB", "calls", "of the least", "measured"]
        rows = [
            [
                line.who,
                f"{line.seconds.median / ours.seconds.median:.2f}",
                line.seconds.text(2),
                line.cpu.text(2),
                line.peak.text(0),
                "" if line.calls is None else f"{line.calls:,}",
                f"{line.calls / line.least:.2f}" if line.calls and line.least else "",
                line.note,
            ]
            for line in lines
        ]
        return cls(title, head, rows, lines=lines)

    def markdown(self) -> str:
        bar = " | ".join("---" for _name in self.head)
        rows = [f"| {' | '.join(row)} |" for row in (self.head, *self.rows)]
        return "\n".join([f"### {self.title}", "", rows[0], f"| {bar} |", *rows[1:], ""])
