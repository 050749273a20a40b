# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation without instances: its course in time, and what the store and the control interface ask of it.

A course is what has happened and what will: moments, each with a status. An event (a stop, a forced end) replaces the
future and never touches the past, so the status at any moment up to now is a function of that moment alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .description import SECONDS, STRING, Types, check
from .instance import ENDED, Phase
from .settings import BadRequest
from .wire import Call
from .world import World

T = TypeVar("T", bound="SimpleOperation")


@dataclass(frozen=True)
class Words:
    """A service's statuses. `SCHEDULED` is the phase of what idles until something outside happens."""

    phases: Mapping[str, Phase]
    pending: str
    running: str
    # Between an accepted stop and the end by it.
    stopping: str
    succeeded: str
    stopped: str

    def phase(self, status: str) -> Phase:
        return self.phases.get(status, Phase.UNKNOWN)


@dataclass(frozen=True)
class Pace:
    """What will become of an operation that nobody stops. None means for ever."""

    pending_seconds: float | None
    run_seconds: float | None
    stopping_seconds: float
    # What it ends as by itself.
    final_status: str


@dataclass(frozen=True)
class Step:
    at: float
    status: str


class Course:
    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)

    def at(self, moment: float) -> Step:
        return next((step for step in reversed(self.steps) if step.at <= moment), self.steps[0])

    @property
    def end(self) -> float:
        """When its last step comes, as far as is known now."""
        return self.steps[-1].at

    def go_on(self, now: float, *steps: Step) -> None:
        self.steps = [step for step in self.steps if step.at <= now] + list(steps)


def course(words: Words, pace: Pace, *, created: float, now: float, status: str | None = None) -> Course:
    """With a status, that is the state from its creation until now; the pace goes on from there."""
    if status is None:
        return Course(Step(created, words.pending), *_run(words, pace, created + seconds(pace.pending_seconds)))
    first, phase = Step(created, status), words.phase(status)
    if phase in (Phase.WAITING, Phase.SCHEDULED):
        return Course(first, *_run(words, pace, now + seconds(pace.pending_seconds)))
    if phase is Phase.RUNNING:
        return Course(first, Step(now + seconds(pace.run_seconds), pace.final_status))
    if phase is Phase.STOPPING:
        return Course(first, Step(now + pace.stopping_seconds, words.stopped))
    return Course(first)


def _run(words: Words, pace: Pace, start: float) -> tuple[Step, Step]:
    return Step(start, words.running), Step(start + seconds(pace.run_seconds), pace.final_status)


def seconds(value: float | None) -> float:
    return math.inf if value is None else value


@dataclass(kw_only=True)
class SimpleOperation:
    provider: str
    kind: str
    words: Words
    world: World
    id: str
    sequence: int
    region: str
    name: str
    created: float
    course: Course
    pace: Pace
    stop_accepted_at: float | None = None

    def status_at(self, moment: float) -> str:
        return self.course.at(moment).status

    def phase_at(self, moment: float) -> Phase:
        return self.words.phase(self.status_at(moment))

    def has_ended(self, moment: float) -> bool:
        return self.phase_at(moment) in ENDED

    def ended_at(self, moment: float) -> float | None:
        return self.course.at(moment).at if self.has_ended(moment) else None

    def started_at(self, moment: float) -> float | None:
        running = (step.at for step in self.course.steps if step.at <= moment and step.status == self.words.running)
        return next(running, None)

    def stop(self, now: float, final: str, delay: float) -> None:
        """A stop is accepted. What has ended or shows an unknown word stays as it is."""
        if self.has_ended(now) or self.stop_accepted_at is not None:
            return
        self.stop_accepted_at = now
        if self.phase_at(now) is not Phase.UNKNOWN:
            between = (Step(now, self.words.stopping),) if delay else ()
            self.course.go_on(now, *between, Step(now + delay, final))

    def finish(self, now: float, instance_ids: list[str] | None = None, status: str | None = None) -> None:
        """It ends now, by itself."""
        if instance_ids:
            raise BadRequest(f"{self.id} has no instances.")
        if status is not None and self.words.phase(status) not in (*ENDED, Phase.UNKNOWN):
            raise BadRequest(f"{status!r} is no status to end with.")
        self._end(now, status)

    def _end(self, now: float, status: str | None) -> None:
        if not self.has_ended(now):
            self.course.go_on(now, Step(now, status or self.pace.final_status))

    def overtake(self, call: Call) -> None:
        """The fault `finish_first`: the target of a stop ends by itself just before it is handled."""
        if call.finish_first:
            self._end(call.now, call.finish_first.status)

    def describe(self, now: float) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "provider": self.provider,
            "region": self.region,
            "id": self.id,
            "name": self.name,
            "status": self.status_at(now),
            "phase": self.phase_at(now).value,
            "created": self.created,
            "started": self.started_at(now),
            "ended": self.ended_at(now),
            "stop_accepted_at": self.stop_accepted_at,
        }


def find(world: World, call: Call, sort: type[T], operation_id: str) -> T | None:
    """The operation that this call means: of this sort, in its region, and known at the moment it speaks of."""
    found = world.find(call.provider, operation_id)
    if isinstance(found, sort) and found.region == call.region and found.created <= call.now:
        return found
    return None


# From the control interface, and from clients that start something

_FIELDS: dict[str, Types] = {
    **dict.fromkeys(("provider", "kind", "region", "id", "name", "status", "final_status"), STRING),
    **dict.fromkeys(("age", "pending_seconds", "run_seconds", "stopping_seconds"), SECONDS),
}


def basis(
    world: World,
    words: Words,
    description: dict[str, Any],
    own_fields: Mapping[str, Types],
    *,
    make_id: Callable[[], str],
    id_form: str,
) -> dict[str, Any]:
    """The arguments of a SimpleOperation, but provider, kind and name; a description may also have `own_fields`."""
    check(description, {**_FIELDS, **own_fields}, "An operation")
    given = {name: value for name, value in description.items() if value is not None}
    operation_id, status, now = given.get("id") or make_id(), given.get("status"), world.clock.now()
    if not re.fullmatch(id_form, operation_id):
        raise BadRequest(f"{operation_id!r} does not look like an id of this kind.")
    final_status = given.get("final_status", words.succeeded)
    if words.phase(final_status) not in (*ENDED, Phase.UNKNOWN):
        raise BadRequest(f"{final_status!r} is no status to end with.")
    settings = world.settings
    pace = Pace(
        # A described status lasts until the description says otherwise.
        pending_seconds=description.get("pending_seconds", None if status else settings.pending_seconds),
        run_seconds=description.get("run_seconds", settings.run_seconds),
        stopping_seconds=given.get("stopping_seconds", settings.stopping_seconds),
        final_status=final_status,
    )
    created = now - given.get("age", 0.0)
    return {
        "words": words,
        "world": world,
        "id": operation_id,
        "sequence": world.next_number(),
        "region": given["region"],
        "created": created,
        "course": course(words, pace, created=created, now=now, status=status),
        "pace": pace,
        "stop_accepted_at": created if status and words.phase(status) is Phase.STOPPING else None,
    }
