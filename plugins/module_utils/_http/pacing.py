# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Keep below a provider's rate limit instead of running into it."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from .._core.clock import Clock, Deadline

# What is added to the time that the provider counts in, because the way there takes varying time: seconds, and no more
# than this part of it.
_MARGIN = 0.04
# What is left of a rate after each throttling, how much of it comes back in a second, and how long one throttling
# stands for others: calls that were under way together are throttled together.
_SLOWER, _RECOVERY, _ONE_EVENT = 0.8, 0.1, 0.5
_SLOWEST = 1.0


@dataclass(frozen=True)
class Rate:
    """So many calls within any so many seconds. The number may be a fraction: 2.5 in one second are 2 in 0.8."""

    calls: float
    seconds: float = 1.0

    @property
    def a_second(self) -> float:
        return self.calls / self.seconds

    @property
    def at_once(self) -> int:
        """The most calls that may come at one moment."""
        return max(1, int(self.calls))


class _Bucket:
    """The calls of one kind, which keep several rates together. A throttling lowers the first of them for a while."""

    def __init__(self, rates: Sequence[Rate]) -> None:
        self._first, *self._others = rates
        self._share = 1.0
        self._slowed = -math.inf
        self._starts: deque[float] = deque(maxlen=max(rate.at_once for rate in rates))

    def next_start(self, now: float) -> float:
        """The first moment at which another call may go."""
        start = max(now, self._starts[-1]) if self._starts else now
        for rate in (self._first_at(now), *self._others):
            if len(self._starts) >= rate.at_once:
                window = rate.at_once / rate.a_second
                start = max(start, self._starts[-rate.at_once] + window + _MARGIN * min(1.0, window))
        return start

    def take(self, start: float) -> None:
        self._starts.append(start)

    def slow_down(self, now: float) -> None:
        if now - self._slowed >= _ONE_EVENT:
            self._share = max(self._share_at(now) * _SLOWER, min(1.0, _SLOWEST / self._first.a_second))
            self._slowed = now

    def _share_at(self, now: float) -> float:
        return min(1.0, self._share + _RECOVERY * (now - self._slowed))

    def _first_at(self, now: float) -> Rate:
        return Rate(self._first.calls * self._share_at(now), self._first.seconds)


class Pacer:
    """Spaces calls out. All clients of a process share one, and threads may use it side by side.

    C(rate) replaces the rates that the callers know, in calls a second; 0 lifts them.
    """

    def __init__(self, clock: Clock, rate: float | None = None) -> None:
        self._clock = clock
        self._override = None if rate is None else [Rate(rate)] if rate else []
        self._buckets: dict[Hashable, _Bucket] = {}
        self._lock = threading.Lock()

    def wait(self, key: Hashable, rates: Sequence[Rate], deadline: Deadline | None = None) -> bool:
        """Return when a call of this C(key) may go, and count it; False, at once, if not before the deadline.

        All C(rates) are kept; without one the call goes at once.
        """
        rates = rates if self._override is None else self._override
        if not rates:
            return True
        with self._lock:
            bucket = self._buckets.setdefault(key, _Bucket(rates))
            now = self._clock.monotonic()
            start = bucket.next_start(now)
            if deadline and start > now and start - now >= deadline.left:
                return False
            bucket.take(start)
        if start > now:
            self._clock.sleep(start - now)
        return True

    def slow_down(self, key: Hashable) -> None:
        """The provider has throttled a call of this C(key)."""
        with self._lock:
            if key in self._buckets:
                self._buckets[key].slow_down(self._clock.monotonic())
