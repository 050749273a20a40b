# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Worlds to stop things in: simulated time, one operation with its parts, and what can go wrong with a call."""

from __future__ import annotations

import random
import typing as t
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from ansible_collections.cloudops.halt.plugins.module_utils._adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._bulk import halt
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection, Platform
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ApiError, ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._halt import StopOptions
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query, Reading, Target
from ansible_collections.cloudops.halt.plugins.module_utils._pacing import Pacer
from ansible_collections.cloudops.halt.plugins.module_utils._report import Report
from ansible_collections.cloudops.halt.plugins.module_utils._states import State, is_in_flight


class SimulatedClock:
    """Time that passes only when somebody sleeps or a call takes a while."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


@dataclass
class Run:
    """One command on one instance: what it is doing, when it ends by itself, and how it takes a stop."""

    state: State = "running"
    ends: float | None = None
    ends_as: State = "succeeded"
    stop_takes: float = 1.0
    goes_on: bool = False
    """A stop does not interrupt it."""
    status: str | None = None
    """What the provider calls its state, if not by our word."""
    stopped_at: float | None = None
    begins: float = 0.0
    """From when on it is shown."""
    stopped_as: State = "stopped"

    def at(self, now: float) -> State:
        if not is_in_flight(self.state):
            return self.state
        if self.stopped_at is not None and now >= self.stopped_at and not self.goes_on:
            return self.stopped_as if now >= self.stopped_at + self.stop_takes else "stopping"
        return self.ends_as if self.ends is not None and now >= self.ends else self.state

    def stop(self, now: float) -> bool:
        """Whether this stop came while it was in flight."""
        in_flight = is_in_flight(self.at(now))
        if in_flight and self.stopped_at is None:
            self.stopped_at = now
        return in_flight


def error(error_class: ErrorClass, code: str = "Trouble", request_id: str | None = "r-err") -> ApiError:
    return ApiError(
        "something is wrong",
        code=code,
        error_class=error_class,
        provider="nimbus",
        action="Stop",
        request_id=request_id,
    )


def nothing(*_arguments: object) -> None:
    """No event."""


class World(Adapter[t.Any]):
    """A provider with one operation. It knows the truth, so that a test can compare the report with it.

    The hooks C(before_read), C(before_stop) and C(after_stop) get the number of the call; what they raise, the caller
    sees. C(before_stop) and C(after_stop) get the ids, too: the provider acts between the two.
    """

    kind = "cloud_invocation"
    platform = Platform("nimbus", "Nimbus Cloud", (), (), (), (), (), vault=t.cast(t.Any, None))
    id_option = "invocation_id"
    stop_action = "Stop"
    stop_limit: t.ClassVar[int | None] = 3
    permission = "nimbus:Stop"
    parts_key: t.ClassVar[str | None] = "instances"
    goes_on = "Nimbus Cloud lets started work go on."
    foreign_ids = {"x-": "a thing of another cloud"}  # noqa: RUF012
    status_may_come_early = True

    def __init__(
        self,
        runs: dict[str, Run] | Run,
        whole: Run | None = None,
        *,
        latency: float = 0.0,
        name: str | None = "nightly",
    ) -> None:
        self.clock = SimulatedClock()
        self._requests: Counter[str] = Counter()
        super().__init__(SimpleNamespace(calls=self._requests, connection=SimpleNamespace(region="here")))
        self.whole = runs if isinstance(runs, Run) else whole
        self.runs = {} if isinstance(runs, Run) else runs
        self.latency = latency
        self.name = name
        self.exists = True
        self.is_schedule = False
        self.stale_for = 0.0
        """How long reads show the past after a stop."""
        self.overall: State | None = None
        """What the operation as a whole is said to be, if not what its runs add up to."""
        self.stops: list[tuple[str, ...]] = []
        """The ids of each stop call that was answered well."""
        self.hit_in_flight = False
        """Whether a stop call that was answered well met something in flight."""
        self.read_deadlines: list[Deadline | None] = []
        self.asked_for_left_behind: tuple[tuple[str, ...], float] | None = None
        """The parts that were asked about, and how much time there was."""
        self.before_read: Callable[[int], None] = nothing
        self.before_stop: Callable[[int, Sequence[str]], None] = nothing
        self.after_stop: Callable[[int, Sequence[str]], None] = nothing

    # What the flow uses

    @classmethod
    def connect(cls, connection: Connection, clock: Clock, rng: random.Random, pacer: Pacer | None = None) -> World:
        raise NotImplementedError

    def read(self, target: Target, deadline: Deadline | None = None, known: Collection[str] = ()) -> Operation | None:
        self._requests["Read"] += 1
        self.read_deadlines.append(deadline)
        if deadline and deadline.left < self.latency:
            self.clock.sleep(max(0.0, deadline.left))
            raise error("lost", "ConnectionLost")
        self.clock.sleep(self.latency)
        self.before_read(self._requests["Read"])
        if not self.exists:
            return None
        now = self.clock.now - self.stale_for
        states = {instance_id: run.at(now) for instance_id, run in self.runs.items() if run.begins <= now}
        state = self.overall or (self.whole.at(now) if self.whole else self._sum(list(states.values())))
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=target.id,
            name=self.name,
            status=(self.whole.status if self.whole else None) or state.upper(),
            state=state,
            is_schedule=self.is_schedule,
            status_may_come_early=self.status_may_come_early,
            parts={i: Reading(self.runs[i].status or state.upper(), state) for i, state in states.items()},
        )

    def _listed(self, query: Query) -> Iterator[Operation]:
        raise NotImplementedError

    def stop(self, operation_id: str, instance_ids: Sequence[str], request_ids: list[str]) -> None:
        self._requests["Stop"] += 1
        number = self._requests["Stop"]
        self.clock.sleep(self.latency)
        request_ids.append(f"r-{number}")
        self.before_stop(number, instance_ids)
        in_flight = any([run.stop(self.clock.now) for run in self._meant(operation_id, instance_ids)])
        if self.refuses_ended and not in_flight:
            raise error("finished", "Ended")
        self.after_stop(number, instance_ids)
        self.stops.append(self._named(operation_id, instance_ids))
        self.hit_in_flight = self.hit_in_flight or in_flight

    def _meant(self, operation_id: str, instance_ids: Sequence[str]) -> list[Run]:
        whole = [self.whole] if self.whole else []
        return [self.runs[i] for i in instance_ids] or [*self.runs.values(), *whole]

    def _named(self, operation_id: str, instance_ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(instance_ids)

    @staticmethod
    def _sum(states: list[State]) -> State:
        order: tuple[State, ...] = (
            *("stopping", "running", "unknown", "pending", "scheduled"),
            *("failed", "succeeded", "stopped"),
        )
        return min(states, key=order.index)

    # What a test uses

    def halt(self, *instance_ids: str, seed: int = 0, **options: object) -> Report:
        """One run of the flow."""
        target = Target("op-1", instance_ids, include_children=self.parts_are_operations)
        return halt(self, target, StopOptions(**options), self.clock, random.Random(seed))  # type: ignore[arg-type]

    @property
    def stop_calls(self) -> int:
        return self._requests["Stop"]

    @property
    def reads(self) -> int:
        return self._requests["Read"]


class Task(World):
    """One operation without parts, at a provider that refuses to stop what has ended."""

    stop_limit = None
    refuses_ended = True
    stop_may_show_as_failed = True
    whole: Run


class Pairs(World):
    """One operation whose parts cannot be stopped apart from it: they hear of the stop of the whole."""

    stop_limit = None
    status_may_come_early = False
    parts_key = "results_by_target"
    whole: Run

    def read(self, target: Target, deadline: Deadline | None = None, known: Collection[str] = ()) -> Operation | None:
        for run in self.runs.values():
            run.stopped_at = self.whole.stopped_at
        return super().read(target, deadline, known)

    def _meant(self, operation_id: str, instance_ids: Sequence[str]) -> list[Run]:
        return [self.whole]


class Family(World):
    """One operation with children that are operations of their own, at a provider that refuses to stop what has
    ended."""

    stop_limit = None
    refuses_ended = True
    status_may_come_early = False
    parts_key = "children"
    parts_are_operations = True
    whole: Run

    def _meant(self, operation_id: str, instance_ids: Sequence[str]) -> list[Run]:
        return [self.whole if operation_id == "op-1" else self.runs[operation_id]]

    def _named(self, operation_id: str, instance_ids: Sequence[str]) -> tuple[str, ...]:
        return (operation_id,)

    def left_behind(self, operation: Operation, parts: Sequence[str], deadline: Deadline) -> dict[str, t.Any]:
        self.asked_for_left_behind = (tuple(parts), deadline.left)
        return {}


def outcomes(report: Report) -> dict[str, str]:
    """Outcome by instance; fails if an instance is reported twice."""
    found = {row["instance_id"]: row["outcome"] for row in report.rows}
    assert len(found) == len(report.rows)
    return found
