# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many operations and calls side by side in simulated time."""

from __future__ import annotations

import heapq
import itertools
import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from ansible_collections.cloudops.halt.plugins.module_utils._adapter import shown
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._crew import Work
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Target
from ansible_collections.cloudops.halt.plugins.module_utils._pacing import Pacer
from ansible_collections.cloudops.halt.plugins.module_utils._steps import Look

from .simulation import Run, SimulatedClock, Task, World, error, nothing


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


class Fleet(World):
    """A provider with many operations, each of them a world of its own."""

    one: t.ClassVar[type[World]] = World

    def __init__(
        self,
        clock: SimulatedClock,
        operations: Mapping[str, dict[str, Run] | Run],
        *,
        latency: float = 0.0,
        glance_limit: int = 0,
        pacer: Pacer | None = None,
    ) -> None:
        super().__init__({}, latency=latency)
        self.clock = clock
        self.operations = {key: self.one(runs) for key, runs in operations.items()}
        for world in self.operations.values():
            world.clock = clock
        self.glance_limit = glance_limit  # type: ignore[misc]
        self.before_glance: Callable[[int], None] = nothing
        self.hidden: set[str] = set()
        """What a glance does not show."""
        self.cut_at: int | None = None
        """How many parts of an operation a glance shows at most."""
        self.spans: list[tuple[float, float]] = []
        """When each call began and ended."""
        self._pacer = pacer

    def read(self, target: Target, deadline: Deadline | None = None, known: Collection[str] = ()) -> Operation | None:
        self._pass("Read", deadline, self.before_read)
        return self._see(target)

    def glance(self, looks: Sequence[Look], deadline: Deadline | None) -> dict[str, Operation]:
        assert len(looks) <= self.glance_limit
        self._pass("Glance", deadline, self.before_glance)
        seen = {look.target.id: self._see(look.target) for look in looks if look.target.id not in self.hidden}
        cut = {
            key: replace(operation, parts=dict([*operation.parts.items()][: self.cut_at]))
            for key, operation in seen.items()
            if operation
        }
        return self._shown(looks, cut)

    def stop(self, operation_id: str, instance_ids: Sequence[str], request_ids: list[str]) -> None:
        number = self._pass("Stop", None, nothing)
        request_ids.append(f"r-{number}")
        self.before_stop(number, instance_ids)
        self.operations[operation_id].stop(operation_id, instance_ids, [])
        self.after_stop(number, instance_ids)

    def _shown(self, looks: Sequence[Look], listed: dict[str, Operation]) -> dict[str, Operation]:
        return shown(looks, listed)

    def _see(self, target: Target) -> Operation | None:
        return self.operations[target.id].read(target) if target.id in self.operations else None

    def _pass(self, action: str, deadline: Deadline | None, event: Callable[[int], None]) -> int:
        """Take the time of a call, and let happen what may happen to it."""
        if self._pacer and not self._pacer.wait((id(self), action), None, deadline):
            raise error("throttled", "RateKept")
        self._requests[action] += 1
        begun = self.clock.now
        in_time = deadline is None or deadline.left >= self.latency
        self.clock.sleep(self.latency if in_time or deadline is None else max(0.0, deadline.left))
        self.spans.append((begun, self.clock.now))
        if not in_time:
            raise error("lost", "ConnectionLost")
        event(self._requests[action])
        return self._requests[action]

    @property
    def runs_by_target(self) -> dict[str, list[Run]]:
        return {
            key: [*world.runs.values(), *([world.whole] if world.whole else [])]
            for key, world in self.operations.items()
        }

    @property
    def glances(self) -> int:
        return self._requests["Glance"]

    @property
    def most_at_once(self) -> int:
        """How many calls were under way at one moment."""
        events = sorted([(begun, 1) for begun, _ended in self.spans] + [(ended, -1) for _begun, ended in self.spans])
        return max(itertools.accumulate(change for _moment, change in events), default=0)


class Tasks(Fleet):
    """A provider with many operations that have no parts."""

    one = Task
    stop_limit = Task.stop_limit
    refuses_ended = Task.refuses_ended
    stop_may_show_as_failed = Task.stop_may_show_as_failed
    parts_key = None

    def _shown(self, looks: Sequence[Look], listed: dict[str, Operation]) -> dict[str, Operation]:
        return listed
