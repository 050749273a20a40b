# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A crew whose calls overlap in simulated time."""

from __future__ import annotations

import heapq
import itertools

from ansible_collections.cloudops.halt.plugins.module_utils._crew import Work

from .world import SimulatedClock


class Killed(Exception):
    """The process is gone."""


class SimulatedCrew:
    """Makes calls that overlap. Each is made at once, in a time of its own that begins when one of the crew is free;
    its end is told when the time of the others has come as far."""

    def __init__(self, clock: SimulatedClock, most: int = 64, *, lives_for: float = float("inf")) -> None:
        """C(lives_for) is the number of calls after which it is killed."""
        self.most = most
        self._clock = clock
        self._lives_for = lives_for
        self._free_at = [clock.now] * most
        self._under_way: list[tuple[float, int, Work]] = []
        self._number = itertools.count(1)

    def start(self, work: Work, done: Work) -> None:
        now = self._clock.now
        self._clock.now = max(now, heapq.heappop(self._free_at))
        number = next(self._number)
        work()
        heapq.heappush(self._free_at, self._clock.now)
        heapq.heappush(self._under_way, (self._clock.now, number, done))
        self._clock.now = now
        if number >= self._lives_for:
            raise Killed

    def wait(self, seconds: float | None) -> None:
        until = self._under_way[0][0] if self._under_way else None
        if until is None or (seconds is not None and self._clock.now + seconds < until):
            assert seconds is not None, "nothing is under way, and nothing will ever happen"
            self._clock.now += seconds
            return
        self._clock.now = max(self._clock.now, until)
        while self._under_way and self._under_way[0][0] <= self._clock.now:
            heapq.heappop(self._under_way)[2]()
