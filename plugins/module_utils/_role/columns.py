# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Tables of text for a terminal, and the ages in them. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from .._core.times import parse_time


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """A line for each row, with the cells of a column below each other."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def age(operation: Mapping[str, t.Any], now: float) -> float | None:
    """In seconds; None if it is not known."""
    created = parse_time(operation.get("created"))
    return now - created.timestamp() if created else None


def duration(seconds: float | None) -> str:
    """As in C(3h5m), in one piece, since YAML breaks long lines at a blank; a dash for nothing."""
    if seconds is None or seconds < 0:
        return "-"
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if days:
        return f"{days}d{hours % 24}h"
    if hours:
        return f"{hours}h{minutes % 60}m"
    return f"{minutes}m" if minutes else f"{int(seconds)}s"


def oldest(operations: Sequence[Mapping[str, t.Any]], now: float) -> float | None:
    """The age of the oldest whose age is known; None if there is none."""
    return max((known for each in operations if (known := age(each, now)) is not None), default=None)
