# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the flows in a scene, with a record of all that was asked for, told and done."""

from __future__ import annotations

import random
import typing as t
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import dropwhile, islice, takewhile
from types import SimpleNamespace

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._core.halt import Halt
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Operation, Page, Reading, StopOptions
from ansible_collections.cloudops.halt.plugins.module_utils._core.record import Record
from ansible_collections.cloudops.halt.plugins.module_utils._core.report import Report
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import State
from ansible_collections.cloudops.halt.plugins.module_utils._core.steps import Fetch, Flow, Gate, Look, Stop
from ansible_collections.cloudops.halt.plugins.module_utils._engine.bulk import Bulk
from ansible_collections.cloudops.halt.plugins.module_utils._engine.workers import Alone, Workers
from ansible_collections.cloudops.halt.plugins.module_utils._module.many_cancel import (
    _Exclusion,
    _guard,
    _limit,
    _Order,
    _preview,
    _recall,
    _result,
)

from .adapter import Nimbus
from .provider import Traits
from .scene import Scene, guard_module
from .world import WHOLE, Affair, Killed, SimulatedWorkers, StopMade, Told, is_in_flight, needs_stop

# More events than any run has that ends.
_ENDLESS = 20_000


class EndingCrew(SimulatedWorkers):
    """Notices a run that goes on for ever."""

    waits = 0

    def wait(self, seconds: float | None) -> None:
        self.waits += 1
        assert self.waits < _ENDLESS, "the run does not end"
        super().wait(seconds)


class Watched(Halt):
    """A flow that notes what it asks for, and what it is told."""

    log: list[StopMade | Told]
    gates: list[str | None]
    """What the guard has answered so far, whoever asked."""
    passed = 0
    """How many answers of the guard there were when this one had its own."""

    def flow(self) -> Flow[Report]:
        steps, answer = super().flow(), None
        while True:
            try:
                step = steps.send(answer)
            except StopIteration as end:
                report: Report = end.value
                return report
            begun = self.clock.monotonic()
            answer = yield step
            deadline = getattr(step, "deadline", None)
            left = deadline.left if deadline else None
            if isinstance(step, Gate):
                self.passed = len(self.gates)
            self.log.append(Told(begun, self.clock.monotonic(), step, answer, left))


class Sight(t.NamedTuple):
    """What was shown at one moment."""

    at: float
    states: dict[str, State]
    names: list[str]
    """Of the parts that are operations."""


def whole_of(operation: Operation, parts: Iterable[State]) -> State:
    """The state of an operation, of which these C(parts) were seen."""
    living = list(filter(is_in_flight, parts))
    if is_in_flight(operation.state) or not (operation.status_may_come_early and living):
        return operation.state
    return "running" if any(map(needs_stop, living)) else "stopping"


@dataclass
class One:
    """One target of a run that has ended."""

    order: _Order
    affair: Affair | None
    log: list[StopMade | Told]
    report: Report
    passed: int = 0
    """Which answer of the guard was for this one, from 1; 0 if it had none."""

    @property
    def lane(self) -> str:
        return t.cast(Nimbus, self.order.adapter).at.name

    @property
    def traits(self) -> Traits:
        return t.cast(Nimbus, self.order.adapter).at.traits

    @property
    def is_family(self) -> bool:
        """Its parts are operations of their own."""
        return self.traits.shape == "family"

    @property
    def ids(self) -> tuple[str, ...]:
        return self.order.target.instance_ids

    @property
    def options(self) -> StopOptions:
        return self.order.options

    @cached_property
    def stops(self) -> list[StopMade]:
        return [each for each in self.log if isinstance(each, StopMade)]

    @cached_property
    def told(self) -> list[Told]:
        return [each for each in self.log if isinstance(each, Told)]

    @cached_property
    def seen(self) -> list[Sight]:
        """What the looks and the pages showed, one after the other."""
        sights: list[Sight] = []
        latest: Operation | None = None
        known: dict[str, State] = {}
        for told in self.told:
            shown: dict[str, Reading] = {}
            if isinstance(told.answer, Operation):
                latest = told.answer
                shown.update(latest.parts)
            elif isinstance(told.step, Fetch) and (pages := [page for page in told.answer if isinstance(page, Page)]):
                for page in pages:
                    shown.update(page.parts)
            else:
                continue
            known.update((key, reading.state) for key, reading in shown.items())
            states = {key: reading.state for key, reading in shown.items()}
            if latest and (isinstance(told.answer, Operation) or not is_in_flight(latest.state)):
                whole = whole_of(latest, known.values())
                # What was read before keeps nothing alive.
                if whole == latest.state or whole == whole_of(latest, (reading.state for reading in shown.values())):
                    states[WHOLE] = whole
            sights.append(Sight(told.ended, states, [str(reading.name) for reading in shown.values()]))
        return sights

    @cached_property
    def decided(self) -> float:
        """When it was decided what to stop."""
        passed = (told.ended for told in self.told if isinstance(told.step, Gate) and told.answer is None)
        return float("inf") if self.options.check_mode else next(passed, float("inf"))

    @cached_property
    def flowing(self) -> list[Told]:
        """The steps that stop the instances that were named while they are read; none if all were read before."""
        after = islice(dropwhile(lambda told: not isinstance(told.step, Gate), self.told), 1, None)
        steps = list(takewhile(lambda told: isinstance(told.step, (Fetch, Stop)), after))
        return steps if self.ids and any(isinstance(told.step, Fetch) for told in steps) else []

    def decided_on(self, key: str) -> float:
        """When it was decided whether to stop this part."""
        if not self.flowing:
            return self.decided
        first = next((sight.at for sight in self.seen if key in sight.states), float("inf"))
        was_late = first > self.flowing[-1].ended and self.rows[key]["outcome"] == "not_found"
        return self.decided if was_late else max(self.decided, first)

    @cached_property
    def seen_before(self) -> dict[str, State]:
        """How everything was when that was decided."""
        keys = {key for sight in self.seen for key in sight.states}
        decided = {key: self.decided_on(key) for key in (keys & {*self.ids} if self.ids else keys)}
        return {
            key: state
            for sight in self.seen
            for key, state in sight.states.items()
            if sight.at <= decided.get(key, self.decided)
        }

    def keys_until(self, moment: float | None) -> Iterator[str]:
        """The ids and names that were known of it, and of the children that are to be stopped with it."""
        yield self.order.target.id
        for told in self.told:
            if isinstance(told.answer, Operation) and (moment is None or told.ended <= moment):
                yield str(told.answer.name)
        for sight in self.seen:
            if self.is_family and self.order.target.include_children and (moment is None or sight.at <= moment):
                yield from sight.states.keys() - {WHOLE}
                yield from sight.names

    def seen_after(self, made: StopMade) -> Iterator[Sight]:
        """What was seen after this stop."""
        after = [each.ended for each in self.log[self.log.index(made) :] if isinstance(each, Told)]
        return (sight for sight in self.seen if sight.at in after)

    @cached_property
    def rows(self) -> dict[str, dict[str, t.Any]]:
        return {next(iter(row.values())): row for row in self.report.rows}

    @cached_property
    def looks(self) -> list[Told]:
        return [each for each in self.told if isinstance(each.step, Look)]


@dataclass
class Run:
    """What came of a scene."""

    scene: Scene
    ones: list[One] = field(default_factory=list)
    result: dict[str, t.Any] = field(default_factory=dict)
    preview: dict[str, t.Any] = field(default_factory=dict)
    """What the next run may rest on, if this one was in check mode."""
    rests_on: Run | None = None
    """The one in check mode that this one rests on."""
    gates: list[str | None] = field(default_factory=list)
    """What the guard answered, each time that it was asked."""
    gate_opened: float | None = None
    """When it was asked first."""
    begun: float = 0.0
    was_killed: bool = False
    first_exchange: dict[str, int] = field(default_factory=dict)
    """How many exchanges there were before, by provider."""

    @property
    def is_previewed(self) -> bool:
        """Whether nothing has to be counted or compared again before the first stop."""
        return self.rests_on is not None

    @property
    def was_refused(self) -> bool:
        """The guard kept everything as it was, or what came late."""
        return any(self.gates)

    @cached_property
    def patterns(self) -> list[str]:
        """The words of the exclusion that were nobody's name or id when the guard was asked."""
        if self.rests_on:
            return self.rests_on.patterns
        if not self.scene.exclude:
            return []
        known = {key for one in self.ones for key in one.keys_until(self.gate_opened)}
        return [word for word in self.scene.exclude if word not in known]

    def excludes(self, *keys: str | None) -> bool:
        """Whether what has this id and this name must be left alone."""
        own = [key for key in keys if key]
        return any(key in self.scene.exclude or any(fnmatchcase(key, word) for word in self.patterns) for key in own)

    def excludes_part(self, one: One, key: str) -> bool:
        """Whether this child must be left alone. No other part has an id or a name for words."""
        names = one.affair.part_names if one.affair else {}
        return key in names and self.excludes(key, names[key])


def run(
    scene: Scene,
    *,
    orders: Sequence[_Order] | None = None,
    lives_for: float = float("inf"),
    alone: bool = False,
    preview: Run | None = None,
    **changes: t.Any,
) -> Run:
    """Stop what the scene asks for, or these C(orders) of it, with these C(changes) of its options. It is killed after
    C(lives_for) calls. C(alone): as the modules for one operation do, one call after the other. C(preview): what was
    run in check mode just before."""
    orders = [replace(o, options=replace(o.options, **changes)) for o in (scene.orders if orders is None else orders)]
    first_exchange = {each.name: len(each.exchanges) for each in scene.providers}
    found = Run(scene, first_exchange=first_exchange, begun=scene.clock.now, rests_on=preview)
    exclusion = _Exclusion(scene.exclude)
    try:
        limit = _limit(guard_module(scene), orders, exclusion)
    except OptionError as error:
        # Too many were named: the module ends here.
        found.gates.append(str(error))
        return found
    halts = [_watched(scene, order, exclusion, found.gates) for order in orders]
    records = [halt.record for halt in halts]
    if preview:
        module: t.Any = SimpleNamespace(params={"preview": preview.preview}, check_mode=False)
        assert _recall(module, orders, records, exclusion)
        for halt in halts:
            halt.counts, halt.compares_names = halt.counts and not any(halt.record.counted or ()), False
    guard = _guard(exclusion, [] if preview else records, limit)

    def watched_guard(counted: Sequence[Record]) -> str | None:
        if found.gate_opened is None:
            found.gate_opened = scene.clock.now
        found.gates.append(guard(counted))
        return found.gates[-1]

    workers: Workers = Alone(scene.clock) if alone else EndingCrew(scene.clock, lives_for=lives_for)
    is_guarded = scene.exclude or limit is not None
    bulk = Bulk(
        halts,
        scene.clock,
        workers,
        concurrency=scene.concurrency,
        guard=watched_guard if is_guarded else None,
        patience=0.0 if preview else scene.patience,
    )
    try:
        reports = bulk.run()
    except Killed:
        found.was_killed = True
        reports = [halt.so_far() for halt in halts]
    else:
        assert len(reports) == len(orders), "a target has no report"
        exclusion.learn(records)
    found.ones = [
        One(order, scene.affair_of(order), halt.log, report, halt.passed)
        for order, halt, report in zip(orders, halts, reports, strict=True)
    ]
    adapters = {id(order.adapter): order.adapter for order in orders}
    places: t.Any = type("", (), {"adapters": list(adapters.values())})
    found.preview = _preview(orders, records, reports, exclusion)
    found.result = _result(guard_module(scene), orders, reports, places, exclusion)
    return found


def _watched(scene: Scene, order: _Order, exclusion: _Exclusion, gates: list[str | None]) -> Watched:
    # The same chances whichever others are there.
    halt = Watched(order.adapter, order.target, order.options, scene.clock, random.Random(order.target.id))
    affair = scene.affair_of(order)
    halt.log = affair.log if affair else []
    halt.gates = gates
    halt.record.excludes = exclusion.has
    halt.counts, halt.compares_names = scene.most is not None, bool(scene.exclude)
    return halt
