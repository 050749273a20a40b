# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The providers of the simulation, with a world and with troubles that a test writes down."""

from __future__ import annotations

import itertools
import random
import typing as t
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import StopOptions, Target
from ansible_collections.cloudops.halt.plugins.module_utils._core.report import Report
from ansible_collections.cloudops.halt.plugins.module_utils._engine.bulk import halt

from ..simulation.adapter import Nimbus
from ..simulation.provider import Exchange, Fault, Provider, Shape, Traits, Trouble
from ..simulation.world import Affair, SimulatedClock, StopMade, Thing

Hook = Callable[[int, Sequence[str]], object]
"""Called with the number of a call among those of its action, and the ids that it names. What it raises, the client
sees."""

_TRAITS: dict[Shape, dict[str, t.Any]] = {
    "instances": {"stop_limit": 3},
    "tasks": {"refuses_ended": True, "stop_may_show_as_failed": True},
    "pairs": {},
    "family": {"refuses_ended": True},
}


def nothing(_number: int, _ids: Sequence[str]) -> None:
    """No event."""


def fails(
    error_class: ErrorClass, *numbers: int, since: int = 1, naming: str | None = None, code: str = "Trouble"
) -> Hook:
    """Calls fail: those with these C(numbers), or all C(since) one; of them those that are C(naming) an id."""

    def hook(number: int, ids: Sequence[str]) -> None:
        if (number in numbers if numbers else number >= since) and (naming is None or naming in ids):
            raise Trouble(error_class, code)

    return hook


class Fleet(Provider):
    """A provider with many operations: of each either its parts, or what it is as a whole."""

    def __init__(
        self,
        clock: SimulatedClock,
        operations: Mapping[str, Mapping[str, Thing] | Thing],
        shape: Shape = "instances",
        *,
        name: str = "nimbus",
        whole: Thing | None = None,
        before_read: Hook = nothing,
        before_page: Hook = nothing,
        before_read_many: Hook = nothing,
        before_stop: Hook = nothing,
        **traits: t.Any,
    ) -> None:
        affairs = {
            key: Affair(
                key,
                "nightly",
                things if isinstance(things, Thing) else whole,
                {} if isinstance(things, Thing) else dict(things),
                parts_are_operations=shape == "family",
                stop_is_for_parts=shape != "family",
            )
            for key, things in operations.items()
        }
        # Longer than anything takes that is not to fail.
        traits = {"request_timeout": 1000.0, **_TRAITS[shape], **traits}
        super().__init__(name, Traits(shape, **traits), affairs, clock, random.Random(0))
        self.before_read = before_read
        self.before_page = before_page
        self.before_read_many = before_read_many
        self.before_stop = before_stop
        self.adapter = Nimbus(self)
        self._count: Counter[str] = Counter()

    # What goes wrong

    def _ways(self, made: Exchange) -> tuple[float, float]:
        return self.traits.latency, 0.0

    def _took(self, made: Exchange, took: float) -> float:
        return min(took, made.allowed)

    def _age(self) -> float:
        return self.traits.lag

    def _answer(
        self, action: str, ids: Sequence[str], stop: StopMade | None, now: float, fault: Fault | None
    ) -> dict[str, t.Any]:
        self._count[action] += 1
        hooks = {
            "Describe": self.before_read,
            "Parts": self.before_page,
            "DescribeMany": self.before_read_many,
            "Stop": self.before_stop,
        }
        hooks.get(action, nothing)(self._count[action], stop.ids if stop else ids)
        return super()._answer(action, ids, stop, now, fault)

    # What a test sees

    @property
    def stops(self) -> list[tuple[str, ...]]:
        """What each stop call named that was answered well: instances, or else nothing or the operation."""
        made = [each for affair in self.affairs.values() for each in affair.log if isinstance(each, StopMade)]
        is_family = self.traits.shape == "family"
        return [(each.operation_id,) if is_family else each.ids for each in made if each.answer == "ok"]

    @property
    def stop_calls(self) -> int:
        return self.adapter.calls["Stop"]

    @property
    def reads(self) -> int:
        return self.adapter.calls["Describe"]

    @property
    def glances(self) -> int:
        return self.adapter.calls["DescribeMany"]

    @property
    def most_at_once(self) -> int:
        """How many calls were under way at one moment."""
        events = [(made.begun, 1) for made in self.exchanges] + [(made.ended, -1) for made in self.exchanges]
        return max(itertools.accumulate(change for _moment, change in sorted(events)), default=0)


class World(Fleet):
    """A provider with one operation."""

    shape: Shape = "instances"

    def __init__(self, things: Mapping[str, Thing] | Thing, whole: Thing | None = None, **how: t.Any) -> None:
        super().__init__(SimulatedClock(), {"op-1": things}, self.shape, whole=whole, **how)
        self.affair = self.affairs["op-1"]
        self.parts = self.affair.parts

    def halt(self, *instance_ids: str, **options: t.Any) -> Report:
        """One run of the flow."""
        target = Target("op-1", instance_ids, include_children=self.shape == "family")
        return halt(self.adapter, target, StopOptions(**options), self.clock, random.Random(0))


class Pairs(World):
    """Parts that cannot be stopped apart: they hear of the stop of the whole, which decides."""

    shape = "pairs"


class Family(World):
    """Parts that are operations of their own, at a provider that refuses to stop what has ended."""

    shape = "family"


def verdict(report: Report) -> tuple[str, bool, bool]:
    return report.outcome, report.changed, report.failed


def outcomes(report: Report) -> dict[str, str]:
    """Outcome by part; fails if one is reported twice."""
    found = {row["instance_id"]: row["outcome"] for row in report.rows}
    assert len(found) == len(report.rows)
    return found
