# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Keep below a provider's rate limit instead of running into it."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Hashable

from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline

# A little longer than the time that the provider counts in, because the way there takes varying time.
_MARGIN = 1.04
# What is left of a rate after each throttling, how much of it comes back in a second, and how long one throttling
# stands for others: calls that were under way together are throttled together.
_SLOWER, _RECOVERY, _ONE_EVENT = 0.8, 0.1, 0.5
_SLOWEST = 1.0


class _Bucket:
    """The calls of one kind: at most so many within any second, fewer for a while after a throttling."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._share = 1.0
        self._slowed = -math.inf
        self._starts: deque[float] = deque(maxlen=max(1, int(rate)))

    def next_start(self, now: float) -> float:
        """The first moment at which another call may go."""
        rate = self._rate_at(now)
        count = max(1, int(rate))
        if len(self._starts) < count:
            return now
        return max(now, self._starts[-1], self._starts[-count] + count / rate * _MARGIN)

    def take(self, start: float) -> None:
        self._starts.append(start)

    def slow_down(self, now: float) -> None:
        if now - self._slowed >= _ONE_EVENT:
            self._share = max(self._rate_at(now) / self._rate * _SLOWER, min(1.0, _SLOWEST / self._rate))
            self._slowed = now

    def _rate_at(self, now: float) -> float:
        return self._rate * min(1.0, self._share + _RECOVERY * (now - self._slowed))


class Pacer:
    """Spaces calls out. All clients of a process share one, and threads may use it side by side.

    C(rate) replaces the rates that the callers know, in calls a second; 0 lifts them.
    """

    def __init__(self, clock: Clock, rate: float | None = None) -> None:
        self._clock = clock
        self._override = rate
        self._buckets: dict[Hashable, _Bucket] = {}
        self._lock = threading.Lock()

    def wait(self, key: Hashable, rate: float | None, deadline: Deadline | None = None) -> bool:
        """Return when a call of this C(key) may go, and count it; False, at once, if not before the deadline.

        C(rate) is in calls a second; without one the call goes at once.
        """
        rate = rate if self._override is None else self._override
        if not rate:
            return True
        with self._lock:
            bucket = self._buckets.setdefault(key, _Bucket(rate))
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
