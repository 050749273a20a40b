# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command on one instance: a state machine in time.

What has happened is a list of steps, what will happen is an iterator of steps. An event (a stop, a forced end) replaces
the future and never touches the past, so the state at any moment up to now is a pure function of that moment.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum


class Phase(Enum):
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    STOPPING = "stopping"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"
    # A word that no document knows. It stays until the control interface ends it, whatever is asked of it.
    UNKNOWN = "unknown"


ENDED = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.STOPPED})


@dataclass(frozen=True)
class Words:
    """A provider's per-instance statuses."""

    phases: Mapping[str, Phase]
    # Shown one after the other, for equal shares of the time before the run.
    waiting: tuple[str, ...]
    # What an instance shows whose agent cannot be reached: (seconds since creation, status).
    unreachable: tuple[tuple[float, str], ...]
    running: str
    stopping: str
    succeeded: str
    failed: str
    timeout: str
    cancelled: str
    terminated: str
    # How a stop ends that never reached the agent, when the time limit of the run is over.
    lost: str
    # Empty where a run on an instance is never periodic.
    scheduled: str = ""
    # Final words that say that the run never started.
    never_started: frozenset[str] = frozenset()

    def phase(self, status: str) -> Phase:
        return self.phases.get(status, Phase.UNKNOWN)


@dataclass(frozen=True)
class Plan:
    """What will become of a run that nobody stops. None means for ever."""

    pending_seconds: float | None = 0.0
    run_seconds: float | None = None
    stopping_seconds: float = 0.0
    timeout: float | None = None
    exit_code: int = 0
    online: bool = True
    # Seconds between two runs of a schedule; infinite for a schedule that never comes due by itself.
    interval: float | None = None


@dataclass(frozen=True)
class Step:
    at: float
    status: str
    exit_code: int | None = None


@dataclass(frozen=True)
class Snapshot:
    """One instance as seen at one moment."""

    status: str
    phase: Phase
    since: float
    started: float | None
    ended: float | None
    stop_accepted_at: float | None
    exit_code: int | None
    runs: int


@dataclass(frozen=True)
class Run:
    """One run of a schedule."""

    number: int
    started: float
    ended: float | None
    exit_code: int | None


class Instance:
    __slots__ = ("_future", "_next", "_past", "_seen", "instance_id", "plan", "stop_accepted_at", "task_id", "words")

    def __init__(
        self,
        instance_id: str,
        task_id: str,
        words: Words,
        plan: Plan,
        *,
        created: float,
        now: float,
        status: str | None = None,
    ) -> None:
        """With a status, that is the state from its creation until now; the plan goes on from there."""
        self.instance_id = instance_id
        self.task_id = task_id
        self.words = words
        self.plan = plan
        self.stop_accepted_at: float | None = None
        self._past: list[Step] = []
        self._seen: tuple[tuple[int, float | None], Snapshot] | None = None
        if status is None:
            self._set_future(self._course(created))
        else:
            if words.phase(status) is Phase.STOPPING:
                self.stop_accepted_at = created
            self._set_future(self._course_from(status, created, now))
        self._advance(created)

    # Reading

    def phase_at(self, moment: float) -> Phase:
        return self.words.phase(self.status_at(moment))

    def status_at(self, moment: float) -> str:
        return self._steps_until(moment)[-1].status

    def at(self, moment: float) -> Snapshot:
        steps = self._steps_until(moment)
        stop = self.stop_accepted_at if (self.stop_accepted_at or math.inf) <= moment else None
        # The past only grows, so that this says it all. Large invocations are looked at again and again.
        key = len(steps), stop
        if self._seen is None or self._seen[0] != key:
            self._seen = key, self._snapshot(steps, stop)
        return self._seen[1]

    def _snapshot(self, steps: list[Step], stop: float | None) -> Snapshot:
        last = steps[-1]
        phase = self.words.phase(last.status)
        starts = [step.at for step in steps if step.status == self.words.running]
        if not starts and phase in ENDED and last.status not in self.words.never_started:
            starts = [last.at]  # put into this state from outside: it must have run
        return Snapshot(
            status=last.status,
            phase=phase,
            since=last.at,
            started=starts[-1] if starts else None,
            ended=last.at if phase in ENDED else None,
            stop_accepted_at=stop,
            exit_code=next((step.exit_code for step in reversed(steps) if step.exit_code is not None), None),
            runs=len(starts),
        )

    def runs_at(self, moment: float) -> list[Run]:
        steps = self._steps_until(moment)
        runs: list[Run] = []
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            if step.status == self.words.running:
                ended, exit_code = (after.at, after.exit_code) if after else (None, None)
                runs.append(Run(len(runs) + 1, step.at, ended, exit_code))
        return runs

    # Events

    def stop(self, now: float, *, interrupt: bool) -> None:
        """A stop is accepted: work that has not started is cancelled, a run is ended only if `interrupt` says so."""
        phase = self.phase_at(now)
        if phase in ENDED:
            return
        if self.stop_accepted_at is None:
            self.stop_accepted_at = now
        if phase in (Phase.WAITING, Phase.SCHEDULED):
            self._set_future(self._stopping(now, begun=False))
        elif phase is Phase.RUNNING and interrupt:
            self._set_future(self._stopping(now, begun=True))
        elif phase is Phase.RUNNING and self.plan.interval is not None and self._next is not None:
            # The run in progress goes on; with its end the schedule is over.
            self._set_future(iter([replace(self._next, status=self.words.terminated)]))

    def finish(self, now: float, status: str | None = None) -> None:
        """It ends now, by itself."""
        if self.phase_at(now) in ENDED:
            return
        by_itself = self.words.succeeded if self.plan.exit_code == 0 else self.words.failed
        self._set_future(iter([self._end(now, status or by_itself)]))

    # The courses of events

    def _course(self, start: float) -> Iterator[Step]:
        if not self.plan.online:
            for delay, word in self.words.unreachable:
                yield Step(start + delay, word)
        elif self.plan.interval is not None:
            yield Step(start, self.words.scheduled)
            yield from self._schedule(start + self.plan.interval)
        else:
            pending = self.plan.pending_seconds
            share = math.inf if pending is None else pending / len(self.words.waiting)
            for number, word in enumerate(self.words.waiting):
                yield Step(start + share * number if number else start, word)
            yield from self._run(math.inf if pending is None else start + pending)

    def _course_from(self, status: str, created: float, now: float) -> Iterator[Step]:
        phase = self.words.phase(status)
        if phase in ENDED:
            yield self._end(created, status)
            return
        yield Step(created, status)
        if phase is Phase.SCHEDULED and self.plan.interval is not None:
            yield from self._schedule(now + self.plan.interval)
        elif phase is Phase.RUNNING and self.plan.interval is not None:
            yield from self._schedule(now, begun=True)
        elif phase is Phase.RUNNING:
            yield self._end_of_run(now)
        elif phase is Phase.STOPPING:
            yield from self._stopping(now, begun=True)
        elif phase is Phase.WAITING and not self.plan.online:
            for delay, word in self.words.unreachable[1:]:
                yield Step(now + delay, word)
        elif phase is Phase.WAITING and self.plan.pending_seconds is not None:
            yield from self._run(now + self.plan.pending_seconds)

    def _run(self, start: float) -> Iterator[Step]:
        yield Step(start, self.words.running)
        yield self._end_of_run(start)

    def _end_of_run(self, start: float) -> Step:
        length, limit = _seconds(self.plan.run_seconds), _seconds(self.plan.timeout)
        if length > limit:
            return self._end(start + limit, self.words.timeout)
        return self._end(start + length, self.words.succeeded if self.plan.exit_code == 0 else self.words.failed)

    def _end(self, at: float, status: str) -> Step:
        phase = self.words.phase(status)
        if phase is Phase.SUCCEEDED:
            return Step(at, status, 0)
        # Only a run that ended by itself has an exit code.
        return Step(at, status, (self.plan.exit_code or 1) if status == self.words.failed else None)

    def _schedule(self, due: float, *, begun: bool = False) -> Iterator[Step]:
        interval = self.plan.interval or math.inf
        length = min(_seconds(self.plan.run_seconds), _seconds(self.plan.timeout))
        while True:
            if not begun:
                yield Step(due, self.words.running)
            begun = False
            yield Step(due + length, self.words.scheduled, self.plan.exit_code)
            if math.isinf(due + length):
                return
            due += interval * max(1, math.ceil(length / interval))  # a run that takes too long skips its successors

    def _stopping(self, start: float, *, begun: bool) -> Iterator[Step]:
        yield Step(start, self.words.stopping)
        if self.plan.online or not begun:
            final = self.words.terminated if begun else self.words.cancelled
            yield Step(start + self.plan.stopping_seconds, final)
        else:  # the agent never hears of it
            yield Step(start + _seconds(self.plan.timeout), self.words.lost)

    # Keeping past and future apart

    def _set_future(self, future: Iterator[Step]) -> None:
        self._future = future
        self._next = next(future, None)

    def _advance(self, moment: float) -> None:
        while self._next is not None and self._next.at <= moment:
            self._past.append(self._next)
            self._next = next(self._future, None)

    def _steps_until(self, moment: float) -> list[Step]:
        self._advance(moment)
        past = self._past
        if past[-1].at <= moment:
            return past
        return past[: max(1, bisect_right(past, moment, key=lambda step: step.at))]


def _seconds(value: float | None) -> float:
    return math.inf if value is None else value
