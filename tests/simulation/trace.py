# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened in a seed, line by line, for people."""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Iterator

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Operation, Page
from ansible_collections.cloudops.halt.plugins.module_utils._core.steps import Sent

from .play import Play
from .run import Run
from .scene import Scene
from .world import START, Told


def trace(game: Play) -> Iterator[str]:
    """Every scene with its world, every request and every step of the flows, and every report."""
    yield f"seed {game.seed}, way: {game.way.__name__}"
    for scene in game.scenes:
        yield f"\nScene: concurrency {scene.concurrency}, max_targets {scene.most}, exclude {scene.exclude}"
        for provider in scene.providers:
            yield f"{provider.name}: {provider.traits}"
            for affair in provider.affairs.values():
                yield f"  {affair.id}: {affair.name}, gone={affair.gone}, early={affair.early}, lag={affair.whole_lag}"
                yield from (f"    {key or 'whole'}: {thing}" for key, thing in affair.things.items())
        for order in scene.orders:
            yield f"asked for: {order.target}, {order.options}"
        yield from (line for _at, _number, line in sorted(_events(scene)))
    for found in game.runs:
        yield from _reports(found)


def _events(scene: Scene) -> Iterator[tuple[float, int, str]]:
    """When each ended, a number, and its line."""
    number = itertools.count()
    for provider in scene.providers:
        for made in provider.exchanges:
            what = f"{provider.name}   request {made.action} {' '.join(made.ids)}: {made.answer}"
            yield made.ended, next(number), _line(made.begun, made.ended, what)
        for affair in provider.affairs.values():
            for told in affair.log:
                if isinstance(told, Told):
                    what = f"{provider.name} {affair.id} {_asked(told.step)} -> {_answer(told.answer)}"
                    yield told.ended, next(number), _line(told.begun, told.ended, what)


def _line(begun: float, ended: float, what: str) -> str:
    return f"{begun - START:9.3f} {ended - START:9.3f} {what}"


def _asked(step: t.Any) -> str:
    named = [" ".join(call.instance_ids) or call.operation_id for call in getattr(step, "calls", ())]
    return f"{type(step).__name__} {'; '.join(named)}".rstrip()


def _answer(answer: t.Any) -> str:
    if isinstance(answer, Operation):
        return " ".join([answer.state, *(f"{key}={reading.state}" for key, reading in answer.parts.items())])
    if isinstance(answer, list):
        return ", ".join(map(_answer, answer))
    if isinstance(answer, Page):
        return " ".join(f"{key}={reading.state}" for key, reading in answer.parts.items())
    if isinstance(answer, Sent):
        return answer.error.error_class if answer.error else "accepted"
    return answer.error_class if isinstance(answer, ApiError) else str(answer)


def _reports(found: Run) -> Iterator[str]:
    yield f"\nRun: refused {found.was_refused}"
    for one in found.ones:
        report = one.report
        yield f"  {one.order.target.id}: {report.outcome}, changed={report.changed}, failed={report.failed}"
        yield f"    {report.msg}"
        yield from (f"    {key}: {row['before']} -> {row['after']}: {row['outcome']}" for key, row in one.rows.items())
