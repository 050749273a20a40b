# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time, calls that overlap in it, and what is true: the things that run at a provider. Their states are functions of
time, because calls that overlap are made one after the other, each in a time of its own."""

from __future__ import annotations

import heapq
import itertools
import typing as t
from collections.abc import Sequence
from dataclasses import dataclass, field

from ansible_collections.cloudops.halt.plugins.module_utils._core.states import State
from ansible_collections.cloudops.halt.plugins.module_utils._engine.workers import Work

# The key of an operation as a whole among its parts.
WHOLE = ""
START = 1_000_000.0


# Not the product's own words for it, which may be wrong.
def is_in_flight(state: State) -> bool:
    """Whether something in this state may still act."""
    return state not in ("succeeded", "failed", "stopped")


def needs_stop(state: State) -> bool:
    """Whether nothing has stopped it yet."""
    return is_in_flight(state) and state != "stopping"


class SimulatedClock:
    """Time that passes only when somebody sleeps or a call takes a while. Its wall clock is set now and then."""

    def __init__(self, jumps: Sequence[tuple[float, float]] = ()) -> None:
        """Each of C(jumps) is a moment, and the seconds by which the wall clock is set then."""
        self.now = START
        self._jumps = jumps

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now + sum(seconds for moment, seconds in self._jumps if moment <= self.now)

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


class Killed(Exception):
    """The process is gone."""


class SimulatedWorkers:
    """Makes calls that overlap. Each is made at once, in a time of its own that begins when one of the workers is free;
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


@dataclass
class Thing:
    """Something that runs: what it is doing, when it ends by itself, and how it takes a stop."""

    state: State = "running"
    starts: float | None = None
    """When it begins to run, if it is pending."""
    ends: float | None = None
    ends_as: State = "succeeded"
    stop_takes: float = 1.0
    stopped_as: State = "stopped"
    goes_on_as: State | None = None
    """The state that it shows after a stop that does not interrupt it."""
    stopped_at: float | None = None
    appears: float = 0.0
    """From when on it is shown."""

    def at(self, now: float) -> State:
        if not is_in_flight(self.state):
            return self.state
        done = self._stop_done
        if self.ends is not None and now >= self.ends and (done is None or self.ends < done):
            return self.ends_as
        if done is not None and now >= done:
            return self.stopped_as
        if self.stopped_at is not None and now >= self.stopped_at:
            return self.goes_on_as or "stopping"
        return "running" if self.starts is not None and now >= self.starts else self.state

    def ended_at(self, now: float) -> float | None:
        """When it ended; None if it is in flight."""
        if is_in_flight(self.at(now)):
            return None
        if not is_in_flight(self.state):
            return START - 50.0
        done = self._stop_done
        return (
            self.ends
            if self.at(now) == self.ends_as and self.ends is not None and (done is None or self.ends < done)
            else done
        )

    def stop(self, now: float) -> None:
        if is_in_flight(self.at(now)):
            # Calls that overlap may come here in any order.
            self.stopped_at = min(self.stopped_at or now, now)

    def settle(self, now: float) -> None:
        """From now on it changes by a stop only, and heeds that."""
        if is_in_flight(self.at(now)):
            self.ends = self.goes_on_as = None

    @property
    def _stop_done(self) -> float | None:
        return None if self.stopped_at is None or self.goes_on_as else self.stopped_at + self.stop_takes


@dataclass
class StopMade:
    """One stop request as it went at the provider, which the client may know nothing of."""

    operation_id: str
    ids: tuple[str, ...]
    begun: float
    answer: str = "ok"
    acted_at: float | None = None
    met: frozenset[str] = frozenset()
    """What it met in flight."""
    met_in_need: frozenset[str] = frozenset()
    """The part of it that nothing had stopped before."""


class Told(t.NamedTuple):
    """One thing that the flow asked for, and what it was told."""

    begun: float
    ended: float
    step: t.Any
    answer: t.Any
    left: float | None
    """Seconds that were left when the answer came, if there was a deadline."""


@dataclass
class Affair:
    """One operation at a provider."""

    id: str
    name: str
    whole: Thing | None
    """None if it is no more than its parts."""
    parts: dict[str, Thing]
    parts_are_operations: bool = False
    early: bool = False
    """Its status may speak of an end while parts are in flight."""
    whole_lag: float = 0.0
    """How far its status as a whole lags behind its parts."""
    stop_is_for_parts: bool = True
    """A stop of the whole is one of its parts, too."""
    gone: tuple[float, float] = (0.0, 0.0)
    """From when till when the provider does not know it."""
    objection: str | None = None
    part_names: dict[str, str] = field(default_factory=dict)
    """Of parts that are operations."""
    log: list[StopMade | Told] = field(default_factory=list)
    """What was asked for and done, in this order."""

    @property
    def things(self) -> dict[str, Thing]:
        return {**({WHOLE: self.whole} if self.whole else {}), **self.parts}

    def is_known(self, now: float) -> bool:
        return not self.gone[0] <= now < self.gone[1]

    def parts_at(self, now: float) -> dict[str, State]:
        return {key: thing.at(now) for key, thing in self.parts.items() if thing.appears <= now}

    def whole_at(self, now: float) -> State:
        now -= self.whole_lag
        return self.whole.at(now) if self.whole else _sum(list(self.parts_at(now).values()), early=self.early)

    def is_in_flight(self, made: StopMade, now: float) -> bool:
        return any(is_in_flight(thing.at(now)) for thing in self._meant(made).values())

    def stop(self, made: StopMade, now: float) -> None:
        """A stop comes here: of the instances that it names, of a child, or of the whole."""
        things = self._meant(made)
        made.acted_at = now
        made.met = frozenset(key for key, thing in things.items() if is_in_flight(thing.at(now)))
        made.met_in_need = frozenset(key for key in made.met if needs_stop(things[key].at(now)))
        for thing in things.values():
            thing.stop(now)
        if WHOLE in made.met and self.stop_is_for_parts:
            for thing in self.parts.values():
                thing.stop(now)

    def _meant(self, made: StopMade) -> dict[str, Thing]:
        if made.ids:
            return {key: self.parts[key] for key in made.ids if key in self.parts}
        if made.operation_id != self.id:
            return {made.operation_id: self.parts[made.operation_id]}
        return {WHOLE: self.whole} if self.whole else self.parts


_ORDER: tuple[State, ...] = (
    *("stopping", "running", "unknown", "pending", "scheduled"),
    *("failed", "succeeded", "stopped"),
)


def _sum(states: list[State], *, early: bool) -> State:
    ended = [state for state in states if not is_in_flight(state)]
    return min((early and ended) or states or ["pending"], key=_ORDER.index)
