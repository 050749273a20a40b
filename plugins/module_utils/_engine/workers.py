# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Who makes the calls: threads side by side in a module, or one after the other in simulated time."""

from __future__ import annotations

import queue
import threading
import typing as t
from collections.abc import Callable
from contextlib import suppress

from .._core.clock import Clock

Work = Callable[[], None]

CALL = "call"
"""The name of the threads that make calls."""

# The longest wait, in seconds, of the thread that handles signals.
_NAP = 1.0


class Workers(t.Protocol):
    """Does pieces of work. None of them raises."""

    most: int
    """Pieces that it can do side by side."""

    def start(self, work: Work, done: Work) -> None:
        """Do C(work), now or later, and then C(done) within a later C(wait)."""

    def wait(self, seconds: float | None) -> None:
        """Return when some work is done, when the time has passed, or before; C(None) is for as long as it takes."""


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
    """Does up to C(most) pieces side by side, each in a thread of its own, in real time.

    What is under way does not keep the module from ending.
    """

    def __init__(self, clock: Clock, most: int) -> None:
        self.most = most
        self.under_way = 0
        self._clock = clock
        self._finished: queue.SimpleQueue[tuple[Work, BaseException | None]] = queue.SimpleQueue()

    def start(self, work: Work, done: Work) -> None:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                self._finished.put((done, error))
            else:
                self._finished.put((done, None))

        self.under_way += 1
        threading.Thread(target=run, name=CALL, daemon=True).start()

    def wait(self, seconds: float | None) -> None:
        if not self.under_way:
            if seconds:
                self._clock.sleep(seconds)
            return
        with suppress(queue.Empty):
            # Not for long: a signal that another thread has taken is only seen when this one wakes up.
            finished = self._finished.get(timeout=_NAP if seconds is None else min(seconds, _NAP))
            while True:
                self.under_way -= 1
                done, error = finished
                if error:
                    raise error
                done()
                finished = self._finished.get_nowait()
