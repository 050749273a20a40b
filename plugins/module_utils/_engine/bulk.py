# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Many targets side by side: what the flows ask for is joined, spread over workers, paced and guarded. It knows no
provider."""

from __future__ import annotations

import heapq
import itertools
import math
import random
import typing as t
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from .._core import messages
from .._core.adapter import Adapter, stop_calls
from .._core.clock import Clock, Deadline
from .._core.errors import ApiError, ErrorClass
from .._core.halt import Halt
from .._core.model import Cursor, Noted, Operation, Page, StopCall, StopOptions, Target
from .._core.record import Record
from .._core.report import Report
from .._core.steps import Fetch, Gate, LeftBehind, Look, Pause, Sent, Step, Stop
from .workers import Alone, Workers

# Calls of one lane that fail one after the other for the way to the provider, before what waits there is given up.
_HOPELESS = 3
_NO_WAY: frozenset[ErrorClass] = frozenset(("lost", "unreachable", "throttled"))

# How a call falls over an answer that no adapter expects. It must not take with it what is known of all the others.
_FALLS = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)

# Calls that may be under way at once in one lane, unless the user says otherwise.
CONCURRENCY = 16

Asked = t.TypeVar("Asked")

Guard = Callable[[Sequence[Record]], "str | None"]
"""Given what is known of those that may be stopped: None, or why none of them may. It may say what to leave alone."""


def halt(
    adapter: Adapter[t.Any],
    target: Target,
    options: StopOptions,
    clock: Clock,
    rng: random.Random,
    workers: Workers | None = None,
) -> Report:
    """Stop one target."""
    run = Halt(adapter, target, options, clock, rng)
    (report,) = Bulk([run], clock, workers or Alone(clock)).run()
    return counted(report, adapter)


def counted(report: Report, adapter: Adapter[t.Any]) -> Report:
    """The report with the calls that were made."""
    report.summary.update(calls=sum(adapter.calls.values()), stop_calls=stop_calls([adapter]))
    return report


@dataclass
class _Driven:
    """One flow and how far it is."""

    halt: Halt
    lane: _Lane
    steps: t.Any = None
    report: Report | None = None
    at_gate: bool = False
    """Whether it waits for the guard."""
    has_passed: bool = False
    """Whether the guard has let it pass."""


@dataclass
class _Job:
    """One call: what makes it, and who is told of its end. Given up, the error of another call is its own."""

    row: str
    call: Callable[[], t.Any]
    done: Callable[[t.Any], None]
    give_up: Callable[[ApiError], None]
    deadline: Deadline | None = None
    """When it must be done, if it must."""


class _Queue:
    """The calls that wait in a lane, in a row for each purpose. The rows take turns: stops must not wait until
    everything has been read, nor what was stopped first, whose time runs, until everything has been stopped."""

    def __init__(self) -> None:
        self._rows: dict[str, deque[_Job]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._rows.values()))

    def add(self, job: _Job) -> None:
        self._rows.setdefault(job.row, deque()).append(job)

    def take(self) -> _Job:
        row = next(row for row, jobs in self._rows.items() if jobs)
        # To the end: the next turn is another's.
        self._rows[row] = jobs = self._rows.pop(row)
        return jobs.popleft()


@dataclass
class _Lane:
    """The calls through one adapter: to one service, in one region, with one identity."""

    adapter: Adapter[t.Any]
    live: int = 0
    """Flows that are not done yet."""
    looks: list[tuple[_Driven, Look]] = field(default_factory=list)
    """Held back for a moment, to be made together."""
    looks_due: float = 0.0
    """When they wait no longer for others."""
    jobs: _Queue = field(default_factory=_Queue)
    under_way: int = 0
    failures: int = 0
    """Calls that found no way to the provider, one after the other."""

    @property
    def is_idle(self) -> bool:
        return not self.jobs and not self.under_way


class Bulk:
    """Drives flows until all of them are done."""

    def __init__(
        self,
        halts: Sequence[Halt],
        clock: Clock,
        workers: Workers,
        *,
        concurrency: int = CONCURRENCY,
        guard: Guard | None = None,
        patience: float = math.inf,
        silent: Collection[str] = (),
        on_tick: Callable[[], None] | None = None,
        tick: float = 5.0,
    ) -> None:
        """C(concurrency) is the number of calls under way at once in one lane. The C(guard) is asked once all
        flows have read what decides, or after C(patience) seconds, and then again for those that come later. Places
        that are known to be C(silent), as in C(PROVIDER/REGION), have no patience until they answer.
        C(on_tick) is called every C(tick) seconds while something runs."""
        self.clock = clock
        self.workers = workers
        self.guard = guard
        self.on_tick = on_tick
        self.tick = tick
        lanes: dict[int, _Lane] = {}
        self.driven = [_Driven(halt, lanes.setdefault(id(halt.adapter), _Lane(halt.adapter))) for halt in halts]
        self.lanes = list(lanes.values())
        self.concurrency = concurrency
        self._silent = silent
        self._patience_ends = clock.monotonic() + patience
        self._refusal: str | None = None
        self._ready: deque[tuple[_Driven, t.Any]] = deque()
        self._pauses: list[tuple[float, int, _Driven]] = []
        self._number = itertools.count()

    def run(self) -> list[Report]:
        """The reports, in the order of the targets."""
        for driven in self.driven:
            driven.lane.live += 1
            driven.steps = driven.halt.flow()
            self._ready.append((driven, None))
        next_tick = self.clock.monotonic() + self.tick
        while self._advance():
            self._leave_silent_places()
            self._dispatch()
            now = self.clock.monotonic()
            if self.on_tick and now >= next_tick:
                self.on_tick()
                next_tick = now + self.tick
            self.workers.wait(self._seconds_to_wait(next_tick))
            self._end_pauses()
            self._open_gate()
        return [driven.report for driven in self.driven if driven.report]

    # The flows

    def _advance(self) -> bool:
        """Take every flow as far as it goes without a call. Returns whether any is left."""
        while self._ready:
            driven, answer = self._ready.popleft()
            if driven.report:
                # It was left, and is answered too late.
                continue
            try:
                step = driven.steps.send(answer)
            except StopIteration as end:
                driven.report = end.value
                driven.lane.live -= 1
            else:
                self._take(driven, step)
            if not self._ready:
                self._open_gate()
        return any(lane.live for lane in self.lanes)

    def _take(self, driven: _Driven, step: Step) -> None:
        lane = driven.lane
        if isinstance(step, Look):
            due = self.clock.monotonic() + self._patience(driven, step)
            lane.looks_due = min(lane.looks_due, due) if lane.looks else due
            lane.looks.append((driven, step))
        elif isinstance(step, Stop):
            self._stop(driven, step)
        elif isinstance(step, Pause):
            until = self.clock.monotonic() + step.seconds
            heapq.heappush(self._pauses, (until, next(self._number), driven))
        elif isinstance(step, Gate):
            if self.guard:
                driven.at_gate = True
            else:
                self._ready.append((driven, None))
        elif isinstance(step, Fetch):
            self._fetch(driven, step)
        else:
            lane.jobs.add(self._left_behind(driven, step))

    def _open_gate(self) -> None:
        """Let the flows pass the gate, or send them back, once every flow is there or done, or has had its time. What
        has not been read by then counts as what it names."""
        waiting = [driven for driven in self.driven if driven.at_gate]
        if not waiting or not self.guard:
            return
        counted = [driven for driven in self.driven if driven.has_passed or not driven.report]
        is_complete = all(driven.has_passed or driven.at_gate or self._is_silent(driven) for driven in counted)
        if not is_complete and self.clock.monotonic() < self._patience_ends:
            return
        self._refusal = self._refusal or self.guard([driven.halt.record for driven in counted])
        for driven in waiting:
            driven.at_gate, driven.has_passed = False, True
            self._ready.append((driven, self._refusal))

    def _leave_silent_places(self) -> None:
        """A preview does not wait for a place that has not answered at all, once it is done with all others."""
        waiting = [driven for driven in self.driven if not driven.report]
        is_over = self.clock.monotonic() >= self._patience_ends or all(map(self._is_silent, waiting))
        if not is_over or len(waiting) == len(self.driven):
            return
        if all(driven.halt.options.check_mode and not driven.lane.adapter.has_answered for driven in waiting):
            self._ready.extend((driven, messages.no_answer(driven.lane.adapter)) for driven in waiting)

    def _is_silent(self, driven: _Driven) -> bool:
        """Whether nothing has been heard of its place for a while."""
        adapter = driven.lane.adapter
        return bool(self._silent) and adapter.scope in self._silent and not adapter.has_answered

    def _end_pauses(self) -> None:
        now = self.clock.monotonic()
        while self._pauses and self._pauses[0][0] <= now:
            self._ready.append((heapq.heappop(self._pauses)[2], None))

    def _seconds_to_wait(self, next_tick: float) -> float | None:
        moments = [until for until, _number, _driven in self._pauses[:1]]
        moments += [lane.looks_due for lane in self.lanes if lane.looks]
        if self.clock.monotonic() < self._patience_ends:
            moments.append(self._patience_ends)
        if self.on_tick:
            moments.append(next_tick)
        if self._ready:
            moments.append(0.0)
        soonest = min(moments, default=math.inf)
        return None if soonest == math.inf else max(0.0, soonest - self.clock.monotonic())

    # The calls

    def _stop(self, driven: _Driven, step: Stop) -> None:
        adapter = driven.lane.adapter

        def job(call: StopCall, answered: Callable[[Sent], None]) -> _Job:
            noted = Noted(step.request_ids)
            begun = took = 0.0

            def stop() -> None:
                nonlocal begun, took
                begun = self.clock.monotonic()
                adapter.stop(call, noted, step.deadline)
                took = self.clock.monotonic() - begun

            return _Job(
                "stops",
                stop,
                lambda result: answered(Sent(_error(result), self.clock.wall(), _accepted_at(noted, took), begun)),
                lambda error: answered(Sent(error, was_sent=False)),
            )

        self._side_by_side(driven, step.calls, job)

    def _fetch(self, driven: _Driven, step: Fetch) -> None:
        adapter = driven.lane.adapter

        def job(cursor: Cursor, answered: Callable[[Page | ApiError], None]) -> _Job:
            def page() -> Page:
                # Its time begins when its turn has come.
                deadline = step.deadline or (Deadline(self.clock, step.limit) if step.limit else None)
                return adapter.page(step.operation, cursor, deadline)

            return _Job("pages in time" if step.deadline else "pages", page, answered, answered, step.deadline)

        self._side_by_side(driven, step.cursors, job)

    def _side_by_side(
        self, driven: _Driven, calls: Sequence[Asked], job: Callable[[Asked, Callable[[t.Any], None]], _Job]
    ) -> None:
        """A job for each call, whose answers the flow gets together and in order."""
        answers: list[t.Any] = [None] * len(calls)
        left = len(calls)

        def answered(number: int, answer: t.Any) -> None:
            nonlocal left
            answers[number] = answer
            left -= 1
            if not left:
                self._ready.append((driven, answers))

        for number, call in enumerate(calls):
            driven.lane.jobs.add(job(call, partial(answered, number)))
        if not calls:
            self._ready.append((driven, answers))

    def _left_behind(self, driven: _Driven, step: LeftBehind) -> _Job:
        adapter = driven.lane.adapter
        return self._answering(
            driven,
            "left behind",
            lambda: adapter.left_behind(step.operation, step.parts, step.found, step.deadline),
            step.deadline,
        )

    def _look(self, driven: _Driven, look: Look) -> _Job:
        adapter = driven.lane.adapter
        return self._answering(
            driven,
            _row_of_looks(look.deadline),
            lambda: adapter.look_up(look.target, look.deadline),
            look.deadline,
        )

    def _answering(self, driven: _Driven, row: str, call: Callable[[], t.Any], deadline: Deadline | None) -> _Job:
        """A job whose result is what the flow waits for."""

        def answer(result: t.Any) -> None:
            self._ready.append((driven, result))

        return _Job(row, call, answer, answer, deadline)

    def _glance(self, lane: _Lane, looks: list[tuple[_Driven, Look]]) -> _Job:
        """One reading for several flows; whom it does not show looks by himself."""
        deadlines = [look.deadline for _driven, look in looks if look.deadline]
        deadline = min(deadlines, key=lambda each: each.left, default=None)

        def seen(found: dict[str, Operation] | ApiError) -> None:
            for driven, look in looks:
                if isinstance(found, ApiError) or look.target.id not in found:
                    lane.jobs.add(self._look(driven, look))
                else:
                    self._ready.append((driven, found[look.target.id]))

        def give_up(error: ApiError) -> None:
            self._ready.extend((driven, error) for driven, _look in looks)

        return _Job(
            _row_of_looks(deadline),
            lambda: lane.adapter.read_many([look.target for _driven, look in looks], deadline),
            seen,
            give_up,
            deadline,
        )

    def _dispatch(self) -> None:
        for lane in self.lanes:
            self._join_looks(lane)
        # The workers is shared by those that are not done, so that one whose calls hang takes none from the others.
        live = sum(lane.live > 0 for lane in self.lanes)
        share = max(1, min(self.concurrency, self.workers.most // (live or 1)))
        for lane in self.lanes:
            while lane.jobs and lane.under_way < share:
                self._start(lane, lane.jobs.take())

    def _join_looks(self, lane: _Lane) -> None:
        """Turn looks that were held back into jobs, once waiting for others is of no use."""
        if not lane.looks or not (lane.is_idle or self.clock.monotonic() >= lane.looks_due):
            return
        looks, lane.looks = lane.looks, []
        together = looks if len(looks) >= lane.adapter.read_many_least and lane.adapter.read_many_limit else []
        for driven, look in () if together else looks:
            lane.jobs.add(self._look(driven, look))
        while together:
            lane.jobs.add(self._glance(lane, together[: lane.adapter.read_many_limit]))
            del together[: lane.adapter.read_many_limit]

    def _patience(self, driven: _Driven, look: Look) -> float:
        """Seconds that a look waits for others to be made with it."""
        if not driven.lane.adapter.read_many_limit or driven.lane.live < 2:
            return 0.0
        seconds = driven.halt.options.wait_interval
        return min(seconds, max(look.deadline.left, 0.0) / 2) if look.deadline else seconds

    def _start(self, lane: _Lane, job: _Job) -> None:
        result: t.Any = None

        def work() -> None:
            nonlocal result
            try:
                result = job.call()
            except ApiError as error:
                result = error
            except _FALLS as fall:
                result = ApiError(
                    f"the answer could not be made sense of ({type(fall).__name__}: {fall})",
                    code="NotUnderstood",
                    # It came, and yet nobody knows what the call has done.
                    error_class="lost",
                    provider=lane.adapter.provider,
                    action=job.row,
                )

        def done() -> None:
            lane.under_way -= 1
            job.done(result)
            self._judge(lane, job, _error(result))

        lane.under_way += 1
        self.workers.start(work, done)

    def _judge(self, lane: _Lane, job: _Job, error: ApiError | None) -> None:
        """What is rejected, or finds no way again and again, will be for all that waits in this lane, too."""
        if error and error.error_class in _NO_WAY:
            # A call that had to be done by some moment may have failed for that alone.
            lane.failures += job.deadline is None
        else:
            lane.failures = 0
        if error and (error.error_class == "auth" or lane.failures >= _HOPELESS):
            while lane.jobs:
                lane.jobs.take().give_up(error)
            lane.failures = 0


def _row_of_looks(deadline: Deadline | None) -> str:
    return "looks in time" if deadline else "looks"


def _accepted_at(noted: Noted, took: float) -> float | None:
    """No later than when the provider accepted a call that took so long, by its own clock. It tells whole seconds, of
    when it wrote the answer and of when something ended alike."""
    return None if noted.at is None else noted.at - took - 1.0


def _error(result: t.Any) -> ApiError | None:
    return result if isinstance(result, ApiError) else None
