# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Time, as something that is handed in: real in a module, simulated in a test."""

from __future__ import annotations

import time
import typing as t


class Clock(t.Protocol):
    """What the flow and the clients ask of time."""

    def monotonic(self) -> float:
        """Seconds that only go forward; for durations and deadlines."""

    def wall(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z; for signatures and ages."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class SystemClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Deadline:
    """A moment that must not be overrun."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until the deadline; negative once it has passed."""
        return self._end - self._clock.monotonic()
