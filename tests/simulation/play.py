# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays seeds: the scene of each, one of the ways to run it, and the invariants."""

from __future__ import annotations

import random
import traceback
import typing as t
from collections import Counter
from collections.abc import Callable

from . import invariants
from .run import Run, run
from .scene import Scene, draw
from .world import needs_stop


class Broken(Exception):
    """A seed whose run breaks an invariant."""

    def __init__(self, seed: int, invariant: str, why: str) -> None:
        super().__init__(f"seed {seed} breaks {invariant}: {why}\nTo see it: make simulate SEED={seed}")
        self.seed, self.invariant, self.why = seed, invariant, why


class Play:
    """One seed. C(scenes) and C(runs) remain, to be counted and shown."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.scenes: list[Scene] = []
        self.runs: list[Run] = []
        rng = random.Random(-1 - seed)
        self.way: Callable[[random.Random], None] = rng.choices(
            (self.once, self.again, self.killed, self.predicted, self.apart), (8, 3, 3, 3, 2)
        )[0]
        self._doing = "the run"
        self._rng = rng

    def play(self) -> None:
        """Raises Broken."""
        try:
            self.way(self._rng)
        except AssertionError as error:
            raise Broken(self.seed, self._doing, str(error) or traceback.format_exc(limit=-1)) from error
        except Exception as error:
            raise Broken(self.seed, self._doing, f"{type(error).__name__}: {error}") from error

    # The ways

    def once(self, rng: random.Random) -> None:
        scene = self._draw()
        self._run(scene, check_mode=rng.random() < 0.05, alone=len(scene.orders) == 1 and rng.random() < 0.5)

    def again(self, rng: random.Random) -> None:
        scene = self._draw()
        self._run(scene)
        self._end(scene)

    def killed(self, rng: random.Random) -> None:
        scene = self._draw()
        if self._run(scene, lives_for=rng.randint(1, 25)).was_killed:
            self._end(scene)

    def predicted(self, rng: random.Random) -> None:
        predicted = self._run(self._draw(still=True), check_mode=True)
        rests = predicted if rng.random() < 0.5 and predicted.result.get("changed") else None
        done = self._run(self._draw(still=True), preview=rests)
        self._check(invariants.check_mode_predicts_the_run, predicted, done)

    def apart(self, rng: random.Random) -> None:
        together = self._draw()
        # Both depend on all that is there.
        together.most, together.exclude = None, ()
        found = self._run(together)
        for number in range(len(together.providers)):
            scene = self._draw()
            scene.most, scene.exclude = None, ()
            orders = [order for order in scene.orders if order.adapter.at is scene.providers[number]]  # type: ignore[attr-defined]
            self._check(invariants.a_lane_is_as_well_off_alone, found, self._run(scene, orders=orders))

    # Their steps

    def _draw(self, *, still: bool = False) -> Scene:
        self._doing = "the scene"
        scene = draw(self.seed, still=still)
        self.scenes.append(scene)
        return scene

    def _run(self, scene: Scene, **how: t.Any) -> Run:
        self._doing = "the run"
        found = run(scene, **how)
        self.runs.append(found)
        for invariant in invariants.KILLED_RUN if found.was_killed else invariants.EVERY_RUN:
            self._check(invariant, found)
        return found

    def _end(self, scene: Scene) -> None:
        """Run twice more in a world that has become calm."""
        calm: dict[str, t.Any] = {"wait": True, "wait_timeout": 60.0, "wait_interval": 1.0}
        scene.most = None
        scene.calm_down()
        now = scene.clock.now
        needed = {
            order.target.id: {
                key for key, thing in invariants.asked_of(order, affair).items() if needs_stop(thing.at(now))
            }
            for order in scene.orders
            if (affair := scene.affair_of(order))
        }
        self._check(invariants.work_is_ended, self._run(scene, **calm), needed)
        scene.calm_down()
        self._check(invariants.nothing_is_left_to_do, self._run(scene, **calm))

    def _check(self, invariant: Callable[..., None], *found: t.Any) -> None:
        self._doing = invariant.__name__
        invariant(*found)


def play(seed: int, tally: Counter[str]) -> None:
    """Play one seed, and count what happened. Raises Broken."""
    game = Play(seed)
    game.play()
    tally["seeds"] += 1
    tally[f"way: {game.way.__name__}"] += 1
    for found in game.runs:
        tally["runs"] += 1
        tally["refused by the guard"] += found.was_refused
        tally["killed"] += found.was_killed
        tally["asked the guard again"] += len(found.gates) > 1
        for one in found.ones:
            tally["operations"] += 1
            tally["excluded operations"] += invariants.is_left_alone(one)
            tally["excluded children"] += sum(found.excludes_part(one, key) for key in one.rows)
            tally[f"shape: {one.traits.shape}"] += 1
            tally["changed"] += one.report.changed
            tally.update(f"outcome: {row['outcome']}" for row in one.report.rows or [{"outcome": one.report.outcome}])
    for scene in game.scenes:
        for provider in scene.providers:
            tally["requests"] += len(provider.exchanges)
            tally.update(f"request: {made.action}" for made in provider.exchanges)
            tally.update(f"fault: {made.answer}" for made in provider.exchanges if made.answer != "ok")
