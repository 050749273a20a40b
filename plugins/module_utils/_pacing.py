# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Keep below a provider's rate limit instead of running into it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline

# A little more than the second that the provider counts in, because the way there takes varying time.
_WINDOW = 1.02


class Pacer:
    """Lets at most the given number of calls of one action go within any second. Actions without a rate go at once."""

    def __init__(self, rates: Mapping[str, int], clock: Clock) -> None:
        self._rates = rates
        self._clock = clock
        self._sent: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait(self, action: str, deadline: Deadline | None = None) -> bool:
        """Return when a call of C(action) may go, and count it; False, at once, if that is not before the deadline."""
        rate = self._rates.get(action)
        if rate is None:
            return True
        sent = self._sent[action]
        if len(sent) >= rate:
            pause = sent[0] + _WINDOW - self._clock.monotonic()
            if deadline and pause >= deadline.left:
                return False
            if pause > 0:
                self._clock.sleep(pause)
            sent.popleft()
        sent.append(self._clock.monotonic())
        return True
