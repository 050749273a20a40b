# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Who makes the calls: threads side by side in a module, or one after the other in simulated time."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock

if t.TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Work = Callable[[], None]


class Crew(t.Protocol):
    """Does pieces of work. None of them raises."""

    most: int
    """Pieces that it can do side by side."""

    def start(self, work: Work, done: Work) -> None:
        """Do C(work), now or later, and then C(done) within a later C(wait)."""

    def wait(self, seconds: float | None) -> None:
        """Return when some work is done, or when the time has passed; C(None) is for as long as it takes."""


class Alone:
    """Does everything itself, at once, in whatever time the clock has."""

    most = 1

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._done: list[Work] = []

    def start(self, work: Work, done: Work) -> None:
        work()
        self._done.append(done)

    def wait(self, seconds: float | None) -> None:
        finished, self._done = self._done, []
        if not finished and seconds:
            self._clock.sleep(seconds)
        for done in finished:
            done()


class Threads:
    """Does up to C(most) pieces side by side, in real time."""

    def __init__(self, clock: Clock, most: int) -> None:
        self.most = most
        self._clock = clock
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[Future[None], Work] = {}

    def start(self, work: Work, done: Work) -> None:
        if self._pool is None:
            # Not needed by modules that only read, and not quick to import.
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(self.most, thread_name_prefix="call")
        self._under_way[self._pool.submit(work)] = done

    def wait(self, seconds: float | None) -> None:
        if not self._under_way:
            if seconds:
                self._clock.sleep(seconds)
            return
        from concurrent.futures import FIRST_COMPLETED, wait

        finished = wait(self._under_way, seconds, FIRST_COMPLETED).done
        for future in finished:
            done = self._under_way.pop(future)
            future.result()
            done()
