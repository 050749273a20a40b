# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider: what it shows of its operations, how it takes a stop, and all that goes wrong on the way."""

from __future__ import annotations

import math
import random
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import State

from .world import Affair, SimulatedClock, StopMade

PAGE_SIZE = 3

Shape = t.Literal["instances", "tasks", "pairs", "family"]


class Trouble(Exception):
    """A call that goes wrong, in the words of the client's error classes."""

    def __init__(self, error_class: ErrorClass, code: str = "Trouble") -> None:
        super().__init__(error_class)
        self.error_class = error_class
        self.code = code


class Crash(ValueError):
    """An answer that the client cannot make sense of, and falls over."""


Fault = tuple[ErrorClass | t.Literal["crash"], t.Literal["before", "after", "late"]]

# What the client's classes promise: after an answer of another class nothing was done.
_HONEST_AFTER = ("lost", "transient", "crash")
CLASSES: tuple[ErrorClass | t.Literal["crash"], ...] = (
    *("finished", "not_found", "denied", "bad_input", "unexpected", "crash"),
    *("throttled", "transient", "lost", "unreachable") * 2,
)


@dataclass
class Traits:
    """What is particular to one provider."""

    shape: Shape
    stop_limit: int | None = None
    refuses_ended: bool = False
    stop_may_show_as_failed: bool = False
    read_many_limit: int = 0
    cut_at: int | None = None
    """How many parts a list inside of a list shows at most."""
    unknown_is_an_error: bool = False
    lag: float = 0.0
    """How old a reading may be."""
    latency: float = 0.0
    request_timeout: float = 10.0
    retries: int = 0
    fault_rate: float = 0.0
    lies: bool = False
    """Errors may come after the provider acted, whatever their class promises."""
    tells_ends: bool = False
    """Whether the list of the parts says when each has ended."""
    skew: float = 0.0
    """Seconds by which the provider's clock is ahead."""
    page_cut_at: int | None = None
    """How many rows a page of parts has at most, whatever their total."""
    outages: tuple[tuple[float, float, ErrorClass], ...] = ()
    """From when till when every call fails, and how."""


@dataclass
class Exchange:
    """One request and its answer, or what came in its place."""

    action: str
    ids: tuple[str, ...]
    begun: float
    allowed: float
    """Seconds that the client waits."""
    ended: float = 0.0
    answer: str = "ok"


@dataclass
class Provider:
    """The other end of a lane."""

    name: str
    traits: Traits
    affairs: dict[str, Affair]
    clock: SimulatedClock
    rng: random.Random
    exchanges: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.owners = {affair.id: affair for affair in self.affairs.values()}
        for affair in self.affairs.values():
            if affair.parts_are_operations:
                self.owners.update(dict.fromkeys(affair.parts, affair))

    def exchange(self, action: str, parameters: Mapping[str, t.Any], allowed: float) -> dict[str, t.Any]:
        """Make a request. Raises Trouble or Crash."""
        begun = self.clock.now
        ids = tuple(parameters["ids"])
        self._page = parameters.get("page", 0)
        made = Exchange(action, ids, begun, allowed)
        self.exchanges.append(made)
        if allowed <= 0:
            # The client does not even ask.
            made.answer, made.ended = "lost", begun
            raise Trouble("lost")
        stop = StopMade(ids[0], tuple(parameters["instance_ids"]), begun) if action == "Stop" else None
        if stop:
            self.owners[stop.operation_id].log.append(stop)
        there, back = self._ways(made)
        took = there + back
        try:
            answer = self._answer(action, ids, stop, begun + there, self._fault(made))
            if took > allowed:
                raise Trouble("lost")
        except Exception as trouble:
            made.answer = trouble.error_class if isinstance(trouble, Trouble) else "crash"
            took = self._took(made, took)
            raise
        else:
            told = {"RequestId": f"r-{self.name}-{len(self.exchanges)}", "at": self._wall(begun + there)}
            return {**told, **answer}
        finally:
            if stop:
                stop.answer = made.answer
            self.clock.now = made.ended = begun + took

    def _answer(
        self, action: str, ids: Sequence[str], stop: StopMade | None, now: float, fault: Fault | None
    ) -> dict[str, t.Any]:
        answer: dict[str, t.Any] = {}
        if fault is None or fault[1] != "before":
            if stop:
                self._stop(stop, now + (self.rng.uniform(0, 10) if fault and fault[1] == "late" else 0.0))
            else:
                answer = self._read(action, ids, now - self._age())
        if fault:
            raise Crash("nobody expects this") if fault[0] == "crash" else Trouble(fault[0])
        return answer

    def _stop(self, stop: StopMade, now: float) -> None:
        affair = self.owners[stop.operation_id]
        if not affair.is_known(now):
            raise Trouble("not_found")
        if self.traits.refuses_ended and not affair.is_in_flight(stop, now):
            raise Trouble("finished")
        affair.stop(stop, now)

    def _read(self, action: str, ids: Sequence[str], now: float) -> dict[str, t.Any]:
        known = {i: self.affairs[i] for i in ids if i in self.affairs and self.affairs[i].is_known(now)}
        if not known and self.traits.unknown_is_an_error:
            raise Trouble("not_found")
        if action == "Parts":
            return {
                "found": {i: self._listed(affair, now) for i, affair in known.items()},
                "ended": self._ends(known, now),
            }
        return {"found": {i: (affair, *self._shown(affair, now)) for i, affair in known.items()}}

    def _listed(self, affair: Affair, now: float) -> tuple[dict[str, State], int]:
        """A page of the parts, and how many there are."""
        parts = affair.parts_at(now)
        rows = list(parts.items())[self._page : self._page + PAGE_SIZE]
        return dict(rows[: self.traits.page_cut_at]), len(parts)

    def _ends(self, known: Mapping[str, Affair], now: float) -> dict[str, float]:
        """When parts have ended, by the clock of the provider."""
        if not self.traits.tells_ends:
            return {}
        things = {key: thing for affair in known.values() for key, thing in affair.parts.items()}
        ended = {key: thing.ended_at(now) for key, thing in things.items()}
        return {key: self._wall(moment) for key, moment in ended.items() if moment is not None}

    def _wall(self, now: float) -> float:
        """The time that the provider tells, in whole seconds."""
        return math.floor(now + self.traits.skew)

    def _shown(self, affair: Affair, now: float) -> tuple[State, dict[str, State]]:
        parts = [] if self.traits.shape == "family" else list(affair.parts_at(now).items())
        return affair.whole_at(now), dict(parts[: self.traits.cut_at])

    # What is left to chance

    def _ways(self, made: Exchange) -> tuple[float, float]:
        """Seconds that a request takes there and back."""
        there, back = (self.traits.latency * self.rng.uniform(0.2, 1.0) for _way in range(2))
        return there, back

    def _took(self, made: Exchange, took: float) -> float:
        """Seconds until a request has failed."""
        return made.allowed if made.answer == "lost" else min(took, made.allowed)

    def _age(self) -> float:
        """How old a reading is."""
        return self.rng.choice((0.0, self.traits.lag))

    def _fault(self, made: Exchange) -> Fault | None:
        """What goes wrong with a request."""
        for begins, ends, error_class in self.traits.outages:
            if begins <= made.begun < ends:
                return error_class, "before"
        if self.rng.random() >= self.traits.fault_rate:
            return None
        what = self.rng.choice(CLASSES)
        if self.traits.lies or what in _HONEST_AFTER:
            return what, self.rng.choice(("before", "after", "late"))
        return what, "before"
