# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that follows from a seed: providers, what runs there, what goes wrong, and what is asked for."""

from __future__ import annotations

import math
import random
import typing as t
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import StopOptions, Target
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import State
from ansible_collections.cloudops.halt.plugins.module_utils._module.many_cancel import _merged, _Order
from ansible_collections.cloudops.halt.plugins.module_utils._module.single import instance_ids

from .adapter import Nimbus
from .provider import Provider, Shape, Traits
from .world import START, Affair, SimulatedClock, Thing

_STATES: tuple[State, ...] = (
    *("running", "running", "running", "pending", "pending", "scheduled", "unknown"),
    *("succeeded", "failed", "stopped"),
)
# Of some of these others are the pattern.
_NAMES = ("nightly", "nightly", "hourly", "nightl[y]")
_CHILD_NAMES = ("step", "step1", "step[1]", "hourly")
_OUTAGES: tuple[ErrorClass, ...] = ("throttled", "unreachable", "lost", "transient", "auth", "denied", "unexpected")


@dataclass
class Scene:
    """One world, and what is asked for in it."""

    clock: SimulatedClock
    providers: list[Provider]
    orders: list[_Order]
    """Each operation once, as the module merges them."""
    most: int | None
    """The guard's C(max_targets)."""
    concurrency: int
    exclude: tuple[str, ...] = ()
    """Words for what must be left alone, by name or id."""
    patience: float = math.inf
    """Seconds that the gate waits for what does not answer."""

    def affair_of(self, order: _Order) -> Affair | None:
        return t.cast(Nimbus, order.adapter).at.affairs.get(order.target.id)

    def calm_down(self) -> None:
        """Much later all trouble is over, and nothing happens any more unless it is made to."""
        self.clock.now += 300.0
        for provider in self.providers:
            traits = provider.traits
            traits.fault_rate, traits.lag, traits.outages, traits.page_cut_at = 0.0, 0.0, (), None
            traits.latency, traits.request_timeout = min(traits.latency, 1.0), 10.0
            for affair in provider.affairs.values():
                affair.gone, affair.whole_lag = (0.0, 0.0), 0.0
                affair.log.clear()
                for thing in affair.things.values():
                    thing.settle(self.clock.now)


def draw(seed: int, *, still: bool = False) -> Scene:
    """The scene of this seed. C(still): nothing goes wrong, and nothing happens by itself."""
    rng = random.Random(seed)
    clock = SimulatedClock([(START + rng.uniform(0, 30), rng.uniform(-4000, 4000))] if rng.random() < 0.2 else [])
    options = _options(rng, still=still)
    budget = rng.randint(1, 8)
    lanes = min(budget, rng.choice((1, 1, 2, 3)))
    counts = [budget // lanes + (number < budget % lanes) for number in range(lanes)]
    providers: list[Provider] = []
    orders: list[_Order] = []
    for lane, count in enumerate(counts):
        provider = _provider(rng, clock, lane, count, still=still)
        providers.append(provider)
        orders += _orders(rng, provider, options)
    rng.shuffle(orders)
    most = rng.choice((1, 3, 10)) if rng.random() < 0.1 else None
    concurrency = rng.choice((1, 2, 4, 16))
    exclude = _exclude(rng, providers)
    if rng.random() < 0.1:
        orders.insert(rng.randint(0, len(orders)), _through_another_connection(rng.choice(orders)))
    # Nobody knows what a word means before every name is known.
    waits = still or exclude or rng.random() < 0.3
    patience = math.inf if waits else rng.choice((0.1, 1.0, 10.0))
    return Scene(clock, providers, _merged(orders), most, concurrency, exclude, patience)


def _through_another_connection(order: _Order) -> _Order:
    adapter = t.cast(Nimbus, order.adapter)
    return replace(order, adapter=Nimbus(adapter.at, request_timeout=adapter.request_timeout + 1.0))


def _exclude(rng: random.Random, providers: Sequence[Provider]) -> tuple[str, ...]:
    if rng.random() < 0.75:
        return ()
    affairs = [affair for provider in providers for affair in provider.affairs.values()]
    children = [key for affair in affairs for key in affair.part_names]
    words = [*(affair.id for affair in affairs), *children, *_NAMES, *_CHILD_NAMES]
    # Some are patterns for several, and for what comes later.
    words += ["hour*", "op-?-1", "c-0-*", "*-2", "step*", "[nh]ightly", "nothing"]
    return tuple(dict.fromkeys(rng.choices(words, k=rng.randint(1, 3))))


def _options(rng: random.Random, *, still: bool) -> dict[str, t.Any]:
    options = {
        "wait": rng.random() < 0.85,
        "wait_timeout": rng.choice((0.0, 1.0, rng.uniform(0, 12), rng.uniform(5, 30))),
        "wait_interval": rng.choice((0.5, 1.0, 2.0, 7.0)),
        "fail_if_not_running": rng.random() < 0.15,
        "ignore_not_found": rng.random() < 0.3,
        "retries": rng.randint(0, 3),
    }
    return {**options, "wait_timeout": 120.0} if still else options


def _provider(rng: random.Random, clock: SimulatedClock, lane: int, count: int, *, still: bool) -> Provider:
    shape: Shape = rng.choice(("instances", "instances", "tasks", "pairs", "family"))
    traits = Traits(
        shape=shape,
        stop_limit=rng.randint(2, 4) if shape == "instances" else None,
        refuses_ended=rng.random() < {"tasks": 0.8, "family": 0.8}.get(shape, 0.1),
        stop_may_show_as_failed=shape == "tasks" and rng.random() < 0.5,
        read_many_limit=rng.choice((0, 0, 2, 3, 100)),
        cut_at=rng.choice((None, None, 1, 2)),
        unknown_is_an_error=rng.random() < 0.5,
        lag=rng.choice((0.0, 0.0, 0.0, 0.5, 3.0)),
        latency=rng.choice((0.02, 0.1, 0.5, 3.0)),
        request_timeout=rng.choice((10.0, 10.0, 4.0)),
        retries=rng.randint(0, 2),
        fault_rate=rng.choice((0.0, 0.0, 0.03, 0.15, 0.4)),
        tells_ends=rng.random() < 0.7,
        skew=rng.choice((0.0, -900.0, 40.0)),
        page_cut_at=2 if rng.random() < 0.1 else None,
        lies=rng.random() < 0.1,
        outages=_outages(rng),
    )
    names = [f"op-{lane}-{number}" for number in range(count)]
    affairs = {name: _affair(rng, name, traits, still=still) for name in names}
    if still:
        traits.lag, traits.fault_rate, traits.outages, traits.latency = 0.0, 0.0, (), min(traits.latency, 1.0)
        # What the run learns after the stop, check mode has read before.
        traits.tells_ends, traits.page_cut_at = True, None
    return Provider(f"p{lane}", traits, affairs, clock, random.Random(rng.random()))


def _outages(rng: random.Random) -> tuple[tuple[float, float, ErrorClass], ...]:
    if rng.random() < 0.85:
        return ()
    begins = START + rng.choice((0.0, rng.uniform(0, 10)))
    return ((begins, begins + rng.uniform(0.5, 40), rng.choice(_OUTAGES)),)


def _affair(rng: random.Random, name: str, traits: Traits, *, still: bool) -> Affair:
    has_parts = traits.shape != "tasks"
    prefix = "c" if traits.shape == "family" else "i"
    count = rng.choice((1, 2, 3, 8)) if has_parts else 0
    if traits.shape == "family" and rng.random() < 0.2:
        count = 0
    parts = {f"{prefix}-{name[3:]}-{number}": _thing(rng, traits, may_come_later=True) for number in range(count)}
    affair = Affair(
        id=name,
        name=rng.choice(_NAMES),
        whole=None if traits.shape == "instances" else _thing(rng, traits),
        parts=parts,
        parts_are_operations=traits.shape == "family",
        early=traits.shape == "instances" and rng.random() < 0.5,
        whole_lag=rng.choice((0.0, 0.0, 0.0, 2.0)) if traits.shape == "instances" else 0.0,
        stop_is_for_parts=traits.shape != "family" or rng.random() < 0.5,
        objection="It must not be stopped." if rng.random() < 0.03 else None,
    )
    if affair.parts_are_operations:
        affair.part_names = {key: rng.choice(_CHILD_NAMES) for key in parts}
    if affair.whole and affair.stop_is_for_parts:
        for thing in parts.values():
            thing.stopped_at = affair.whole.stopped_at or thing.stopped_at
    if rng.random() < 0.08:
        begins = START + rng.choice((0.0, rng.uniform(0, 10)))
        affair.gone = (begins, begins + rng.uniform(0.5, 20))
    if still:
        affair.gone, affair.whole_lag = (0.0, 0.0), 0.0
        for thing in affair.things.values():
            thing.appears, thing.starts = 0.0, None
            if thing.stopped_at:
                # Seen as stopping by all first looks, it ends while the run waits.
                thing.stop_takes = 60.0
            thing.settle(START)
    return affair


def _thing(rng: random.Random, traits: Traits, *, may_come_later: bool = False) -> Thing:
    later = may_come_later and rng.random() < {"instances": 0.1, "family": 0.3}.get(traits.shape, 0.0)
    by_a_failure = traits.stop_may_show_as_failed and rng.random() < 0.5
    thing = Thing(
        state=rng.choice(_STATES),
        ends=START + rng.uniform(0.01, rng.choice((3, 30))) if rng.random() < 0.4 else None,
        ends_as=rng.choice(("succeeded", "failed")),
        stop_takes=rng.choice((0.0, rng.uniform(0, 3), rng.uniform(0, 20))),
        stopped_as="failed" if by_a_failure else "stopped",
        goes_on_as=rng.choice(("running", "stopping")) if rng.random() < 0.15 else None,
    )
    if later:
        thing.appears = START + rng.uniform(0.1, 15)
        thing.state, thing.ends = "running", thing.ends and thing.ends + 15
    if thing.state == "pending" and rng.random() < 0.5:
        thing.starts = START + rng.uniform(0, 10)
    if not later and rng.random() < 0.1:
        # Somebody else has stopped it.
        thing.stopped_at = START - 5.0
    return thing


def _orders(rng: random.Random, provider: Provider, options: dict[str, t.Any]) -> list[_Order]:
    adapter = Nimbus(provider)
    orders = []
    for affair in provider.affairs.values():
        # One for all that name it, because the module refuses two.
        expected = rng.choice((affair.name, affair.name, affair.name, "other")) if rng.random() < 0.1 else None
        for _repeat in range(2 if rng.random() < 0.1 else 1):
            orders.append(_order(rng, adapter, affair, StopOptions(**options, expected_name=expected)))
    if rng.random() < 0.05:
        orders.append(_Order(adapter, "", Target(f"op-{provider.name}-unknown"), StopOptions(**options)))
    return orders


def _order(rng: random.Random, adapter: Nimbus, affair: Affair, options: StopOptions) -> _Order:
    ids: Sequence[str] = ()
    if adapter.at.traits.shape == "instances" and rng.random() < 0.5:
        ids = rng.choices(list(affair.parts), k=rng.randint(1, 8))
        if rng.random() < 0.15:
            ids.insert(rng.randint(0, len(ids)), f"i-unknown-{affair.id}")
    target = Target(affair.id, instance_ids(ids), adapter.parts_are_operations and rng.random() < 0.8)
    return _Order(adapter, "", target, options)


def guard_module(scene: Scene) -> t.Any:
    """What the module's own guard asks of the module."""
    return SimpleNamespace(params={"max_targets": scene.most}, _diff=True)
