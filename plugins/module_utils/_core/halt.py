# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The one flow for every kind: read, decide, stop, wait, report. It knows no provider, makes no call and keeps no time:
it yields what it wants done (see _steps.py), so that the same flow serves one target and thousands side by side."""

from __future__ import annotations

import random
import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from . import messages
from .adapter import Adapter
from .clock import Clock, Deadline
from .errors import (
    MAY_HAVE_ACTED,
    NOTHING_DONE,
    PASSING,
    ApiError,
)
from .model import Operation, Reading, StopCall, Target
from .part import WHOLE, Part
from .report import Report, Times, build
from .retry import backoff
from .states import (
    Outcome,
    State,
    is_in_flight,
    needs_stop,
    overall,
)
from .steps import Fetch, Flow, Gate, LeftBehind, Look, Pause, Sent, Stop
from .warnings import cut_short_list, parts_unknown

# Seconds that another look while waiting needs, and that the first one should have.
_FIRST_LOOK = 1.0
_LAST_LOOK = 0.1
# The part of the time to wait that is kept to read the parts of what goes on, at least.
_KEPT_FOR_PARTS = 1 / 8
# The first pause between two looks while waiting, in seconds.
_SOON = 0.25
# Looks after a stop call that was refused or lost for good, before what they show is believed.
_DOUBTS = 4


@dataclass(frozen=True)
class StopOptions:
    """How to stop; the names are those of the modules' options."""

    wait: bool = True
    wait_timeout: float = 300.0
    wait_interval: float = 2.0
    fail_if_not_running: bool = False
    ignore_not_found: bool = False
    return_instances: str = "all"
    expected_name: str | None = None
    retries: int = 5
    check_mode: bool = False


Excludes = Callable[[str, "str | None"], bool]


class Halt:
    """The stop of one target. C(flow) does it, and returns a report on every part of the target: a failed call is part
    of the report, never an exception."""

    def __init__(
        self, adapter: Adapter[t.Any], target: Target, options: StopOptions, clock: Clock, rng: random.Random
    ) -> None:
        self.adapter = adapter
        self.target = target
        self.options = options
        self.clock = clock
        self.rng = rng
        self.operation: Operation | None = None
        self.shows_all = False
        """Whether the last look at the whole told all that there is to tell of the parts, too."""
        self.readings: dict[str, Reading] = {}
        """All parts of the operation, as last read."""
        self.parts: dict[str, Part] = {}
        """The parts that are to end."""
        self.decided = False
        """Whether it was decided what to stop."""
        self.called: set[str] = set()
        """The parts for which a stop call was sent."""
        self.whole_stopped = False
        """Whether the provider accepted a call that names no instance."""
        self.stopped_at: float | None = None
        """When it did so first, by its own clock, if no earlier call may have acted."""
        self.request_ids: list[str] = []
        self.times = Times()
        self.read_error: ApiError | None = None
        """Why the last look failed, if it did."""
        self.deadline: Deadline | None = None
        """When waiting ends, once the first stop was sent."""
        self.closing: Deadline | None = None
        """One request later, when everything has ended."""
        self.timed_out = False
        self.parts_were_read = False
        """Whether the list of the parts was read to its end, as long as it is."""
        self.was_told = False
        """Whether all parts were read, so that it is known which ones there are."""
        self.shortfall: str | None = None
        """How much the provider's list of the parts lacked when it was read last."""
        self.counts = False
        """Whether somebody wants to know how many instances there are, before any of them is stopped."""
        self.compares_names = False
        """Whether somebody compares words with all names, those of children too, before anything is stopped."""
        self.excludes: Excludes = lambda identifier, name: False
        """Whether somebody wants this operation or child left alone, by its id and its name."""
        self.left_behind: dict[str, t.Any] = {}
        """What the stop does not reach, for the result."""
        self.warnings: list[str] = []
        self.report: Report | None = None
        """What came of it, once that is known."""

    def flow(self) -> Flow[Report]:
        started = self.clock.monotonic()
        report = yield from self._steps()
        report.times, report.request_ids = self.times, self.request_ids
        report.msg = messages.one_line(report.msg)
        report.summary["seconds"] = round(self.clock.monotonic() - started, 3)
        first = self.times.first_stop
        report.summary["seconds_to_first_stop"] = None if first is None else round(first - started, 3)
        report.listed = self.options.return_instances
        self.report = report
        return report

    def _steps(self) -> Flow[Report]:
        if self.excludes(self.target.id, None):
            return self._excluded()
        yield from self._look()
        if self.operation is None:
            return self._unreadable() if self.read_error else self._not_found()
        yield from self._read_what_decides()
        if self.read_error:
            return self._unreadable()
        missing = [i for i in self.target.instance_ids if i not in self.readings]
        if self.options.expected_name not in (None, self.operation.name):
            msg = messages.wrong_name(self.operation, str(self.options.expected_name))
            return self._refusal("skipped", msg, missing)
        objection = self.adapter.objection(self.operation)
        if objection:
            return self._refusal("skipped", objection, missing)
        if missing and not self.options.ignore_not_found:
            return self._refusal("not_found", messages.not_part_of(self.operation, missing), missing)
        if self._was_in_flight:
            refusal = yield Gate()
            if self.excludes(self.target.id, self.operation.name):
                return self._excluded(missing)
            if refusal:
                return self._refusal("skipped", refusal, missing)
        # All that was in flight may have to be left alone.
        was_in_flight = self._was_in_flight
        if was_in_flight and not self.options.check_mode:
            self.decided = True
            yield from self._stop()
            if self.options.wait and (not self.read_error or self.read_error.error_class in PASSING):
                yield from self._wait()
        yield from self._account()
        if not was_in_flight:
            return self._nothing_in_flight(missing)
        yield from self._list_left_behind()
        return self._verdict(missing)

    # Read

    def _look(self, deadline: Deadline | None = None) -> Flow[None]:
        """Read the operation as a whole. If that fails, keep what is known and why it failed."""
        answer = yield Look(self.target, deadline or self.closing)
        self.read_error = answer if isinstance(answer, ApiError) else None
        if self.read_error:
            return
        if answer is None:
            if self.operation is not None:
                self.read_error = messages.vanished(self.operation)
            return
        self.shows_all = answer.tells(self._expected)
        self.readings.update(answer.parts)
        total = answer.total or (self.operation and self.operation.total)
        self.operation = replace(answer, parts=self.readings, total=total)
        self._see_whole(parts_are_fresh=self.shows_all)
        self._see(answer.parts)

    @property
    def _known(self) -> Operation:
        """The operation, which has been read by now."""
        return t.cast(Operation, self.operation)

    def _look_closely(self) -> Flow[None]:
        """Read the whole, and the parts if it does not tell of those that matter."""
        yield from self._look()
        if not self.read_error and self._parts_are_due:
            yield from self._read_parts()

    @property
    def _parts_are_due(self) -> bool:
        """Whether the parts must be read to know how far the target is."""
        if self.shows_all:
            return False
        if self.adapter.parts_are_operations:
            return self.target.include_children
        return bool(self.target.instance_ids) or not is_in_flight(self._known.state)

    @property
    def _expected(self) -> Collection[str]:
        """The parts that a reading must show; none if nobody knows them yet."""
        return self.target.instance_ids or (self.readings if self.was_told else ())

    def _read_what_decides(self) -> Flow[None]:
        """What is needed to decide and did not come with the whole: its parts, unless the whole calls for a stop by
        itself; or only their number, if that is limited."""
        if self.shows_all:
            return
        whole_decides = not self.target.instance_ids and needs_stop(self._known.state)
        if self._only_names_children:
            return
        children_first = self.adapter.parts_are_operations and (self.counts or self.compares_names)
        if not whole_decides or children_first:
            yield from self._read_parts()
        elif self.counts and not self.adapter.parts_only_show and self._known.total is None:
            yield from self._count()

    def _count(self) -> Flow[None]:
        """Learn how many parts there are, from the first page of them if the provider says so."""
        (page,) = yield Fetch(self._known, self.adapter.pages(self._known).next())
        if isinstance(page, ApiError) or page.total is None:
            yield from self._read_parts()
        else:
            self.operation = replace(self._known, total=page.total)
            self.readings.update(page.parts)
            self._see(page.parts)

    def _read_parts(self, deadline: Deadline | None = None) -> Flow[None]:
        """Read the parts, page by page, and side by side where the provider allows it. What came before an error or
        the end of the time remains."""
        pages = self.adapter.pages(self._known, self.readings)
        wanted = set(self.target.instance_ids)
        limit = None if self.options.wait and not self.options.check_mode else self.adapter.request_timeout
        error: ApiError | None = None
        while not error and (wanted or not self.target.instance_ids) and (cursors := pages.next()):
            answers = yield Fetch(self._known, cursors, deadline or self.closing, limit)
            for cursor, answer in zip(cursors, answers, strict=True):
                if isinstance(answer, ApiError):
                    error = answer
                    continue
                pages.add(cursor, answer)
                self.operation = replace(self._known, total=answer.total or self._known.total)
                self.readings.update(answer.parts)
                self._see(answer.parts)
                wanted -= answer.parts.keys()
        if not is_in_flight(self._known.state):
            # Its own status may have come before the end of its parts.
            self._see_whole(parts_are_fresh=not error)
        # Of a list that was not read to its end nobody knows whether it is whole.
        self.shortfall = pages.shortfall if not error and (wanted or not self.target.instance_ids) else None
        if self.shortfall and wanted:
            # They may be among those that the list leaves out.
            error = messages.list_cut_short(self.target, self.shortfall, self.adapter)
        self.read_error = error
        self.parts_were_read = not error
        # The provider may count more by now than anybody has read.
        is_known = self.was_told and (self._known.total or 0) <= len(self.readings)
        self.was_told = is_known or not (error or self.shortfall)

    def _see_whole(self, *, parts_are_fresh: bool) -> None:
        """What was just read of the whole. If its own status is an end, and parts are in flight that were read before
        the stop, nobody knows: that is no reading."""
        now = self.clock.wall()
        self.times.read = self.times.read or now
        self.times.read_last = now
        whole = self._known.whole
        is_open = self.decided and not parts_are_fresh and whole.state != self._known.state
        if not self.target.instance_ids and not is_open:
            self._see_part(WHOLE, whole)

    def _see(self, readings: Mapping[str, Reading]) -> None:
        """What was just read of some parts."""
        if self.target.instance_ids:
            for key in self.target.instance_ids:
                # Reported as not found, and never asked to stop, if it was not there when that was decided.
                if key in readings and (key in self.parts or not self.decided):
                    self._see_part(key, readings[key])
        elif self.target.include_children or not self.adapter.parts_are_operations:
            # Otherwise they are only named.
            for key, reading in readings.items():
                self._see_part(key, reading)

    def _see_part(self, key: str, reading: Reading) -> None:
        part = self.parts.get(key)
        if part is None:
            self.parts[key] = self._newcomer(key, reading) if self.decided else self._part(key, reading)
        elif self.decided:
            part.see(reading)
        else:
            part.before = reading

    def _part(self, key: str, before: Reading | None) -> Part:
        ends_alone: tuple[State, ...] = (
            ("succeeded",) if self.adapter.stop_may_show_as_failed else ("succeeded", "failed")
        )
        follows = self.parts[WHOLE] if key != WHOLE and self.adapter.parts_only_show else None
        return Part(before, ends_alone, follows)

    def _newcomer(self, key: str, reading: Reading) -> Part:
        """A part that is read for the first time after a stop. It was stopped with the whole, but one that is an
        operation of its own needs its own stop if it lives on."""
        part = self._part(key, None)
        if self.adapter.parts_are_operations:
            part.implied = self.parts[WHOLE].accepted
        else:
            whole = self.parts[WHOLE]
            part.accepted = self.whole_stopped or whole.accepted
            part.refused, part.unsure = whole.refused, whole.unsure
        part.stopped_at = self.stopped_at
        part.see(reading)
        return part

    # Stop

    @property
    def weight(self) -> tuple[int, int]:
        """How many operations and how many instances are about to be stopped, as far as anybody knows."""
        if self.operation is None:
            return 1, len(self.target.instance_ids)
        if self.excludes(self.target.id, self.operation.name):
            return 0, 0
        needy = [key for key, part in self.parts.items() if part.needed_stop and not part.follows]
        if self.adapter.parts_are_operations:
            return max(sum(not self.is_spared(key) for key in needy), 1), 0
        unread = 0
        if not self.target.instance_ids and not self.adapter.parts_only_show:
            unread = max((self.operation.total or 0) - len(self.readings), 0)
        return 1, sum(key != WHOLE for key in needy) + unread

    @property
    def _was_in_flight(self) -> bool:
        """Whether anything that may be stopped was in flight when it was seen first."""
        return any(
            part.was_in_flight and not part.follows and not self.is_spared(key) for key, part in self.parts.items()
        )

    def is_spared(self, key: str) -> bool:
        """Whether a part is an operation of its own that somebody wants left alone."""
        return self.adapter.parts_are_operations and key != WHOLE and self.excludes(key, self.parts[key].now.name)

    def _stop(self) -> Flow[None]:
        """Stop what needs it: the instances that were named, or the operation as a whole and then what outlives it."""
        keys = [key for key, part in self.parts.items() if part.needed_stop and not self.is_spared(key)]
        if self.target.instance_ids:
            size = self.adapter.stop_limit or 1
            yield from self._stop_batches([keys[start : start + size] for start in range(0, len(keys), size)])
        elif self.adapter.stop_limit is not None:
            # Its parts can be stopped apart, so that one of them may need it though the whole is stopping.
            yield from self._stop_batches([keys] if keys else [])
        elif WHOLE in keys:
            yield from self._stop_batches([[WHOLE]])
            self._accept_with_whole(keys)
        if self.adapter.parts_are_operations and self.target.include_children:
            if self.called:
                yield from self._look_closely()
            yield from self._stop_children()

    def _stop_children(self) -> Flow[None]:
        """Stop the parts that are operations of their own and live on, each once."""
        if not self.adapter.parts_are_operations:
            return
        living = (
            key
            for key, part in self.parts.items()
            if key not in (WHOLE, *self.called) and needs_stop(part.now.state) and not self.is_spared(key)
        )
        yield from self._stop_batches([[key] for key in living])

    def _accept_with_whole(self, keys: list[str]) -> None:
        """An accepted stop of the whole was one of the parts that needed it, too."""
        if self.parts[WHOLE].accepted:
            for key in keys:
                if key != WHOLE:
                    self.parts[key].accept_with(self.parts[WHOLE])

    def _call(self, batch: list[str]) -> StopCall:
        within = self.operation.within if self.operation else ""
        if self.target.instance_ids:
            return StopCall(self.target.id, batch, within)
        if WHOLE in batch or not self.adapter.parts_are_operations:
            return StopCall(self.target.id, within=within)
        return StopCall(batch[0], within=within)

    def _stop_batches(self, batches: list[list[str]]) -> Flow[None]:
        """Send one stop call a batch. After a refusal look again, and send again what that is of use for."""
        attempt = 0
        while batches:
            refused = yield from self._send(batches)
            if not refused:
                return
            passing = [error for _batch, error in refused if error.error_class in NOTHING_DONE | MAY_HAVE_ACTED]
            if passing:
                # Before the look, so that what is sent again rests on a fresh one.
                yield self._pause(max(self.adapter.wait_after(error, attempt) for error in passing))
            yield from self._look_closely()
            again: list[list[str]] = []
            doubtful: list[tuple[list[str], ApiError]] = []
            for batch, error in refused:
                left = self._left(batch)
                next_batches = self._next_batches(batch, left, error, attempt)
                again += next_batches
                if left and not next_batches:
                    doubtful.append((left, error))
            yield from self._give_up(doubtful)
            # That may have taken a while, and looks.
            batches = [left for left in map(self._left, again) if left]
            attempt += 1

    def _send(self, batches: list[list[str]]) -> Flow[list[tuple[list[str], ApiError]]]:
        """One stop call a batch; returns what was refused, and why."""
        answers: list[Sent] = yield Stop([self._call(batch) for batch in batches], self.request_ids, self.closing)
        self.called.update(key for batch in batches for key in batch)
        if self.options.wait and self.deadline is None:
            # What is sent again must not go on for longer than the time to wait.
            self._start_the_clock()
        refused: list[tuple[list[str], ApiError]] = []
        for batch, sent in zip(batches, answers, strict=True):
            if sent.error:
                refused.append((batch, sent.error))
            if sent.error is None:
                self._accept(batch, sent.provider_at)
            for key in batch:
                if sent.error and sent.was_sent and sent.error.error_class in MAY_HAVE_ACTED:
                    self.parts[key].unsure = True
            if sent.begun is not None:
                self.times.first_stop = min(self.times.first_stop or sent.begun, sent.begun)
            if sent.error is None:
                self.times.stop_accepted = min(self.times.stop_accepted or sent.at, sent.at)
        return refused

    def _accept(self, batch: list[str], provider_at: float | None) -> None:
        """An accepted call was for this batch; that of a whole also for what has shown up since the first look."""
        since: list[str] = []
        if WHOLE in batch and not self.parts[WHOLE].unsure:
            self.stopped_at = self.stopped_at or provider_at
        if not self.target.instance_ids and not self.adapter.parts_are_operations:
            self.whole_stopped = True
            since = [key for key, part in self.parts.items() if part.before is None and is_in_flight(part.now.state)]
        for key in dict.fromkeys([*batch, *since]):
            self.parts[key].accept(is_proof=self.adapter.refuses_ended)

    def _left(self, batch: list[str]) -> list[str]:
        return [key for key in batch if needs_stop(self.parts[key].now.state)]

    def _next_batches(self, batch: list[str], left: list[str], error: ApiError, attempt: int) -> list[list[str]]:
        """The batches to send, after a look, in place of one that was refused; C(left) of it still needs a stop."""
        if not left or self._time_is_over:
            return []
        if error.error_class in NOTHING_DONE and attempt < self.options.retries:
            return [left]
        # Without a look, nothing else may be sent again.
        if self.read_error:
            return []
        if error.error_class in MAY_HAVE_ACTED and attempt < self.options.retries:
            return [left]
        fewer = len(left) < len(batch) and self.target.instance_ids and attempt <= self.options.retries
        if fewer and error.error_class in ("not_found", "finished", "denied"):
            # What the provider refused may be what has ended meanwhile.
            return [left]
        if len(left) > 1 and error.error_class == "not_found" and self.target.instance_ids:
            # One instance that is gone must not shield the others: find it by halves.
            half = len(left) // 2
            return [left[:half], left[half:]]
        return []

    def _give_up(self, refused: Sequence[tuple[list[str], ApiError]]) -> Flow[None]:
        """No stop will be sent again for these. Where the refusal and the look contradict each other, or a lost call
        may still work late, look a little longer before what was seen is believed."""
        for keys, error in refused:
            for key in keys:
                self.parts[key].refused = error
        doubtful = [
            key
            for keys, error in refused
            for key in keys
            if error.error_class == "finished" or (self.parts[key].unsure and not self.read_error)
        ]
        for doubt in range(_DOUBTS):
            if not self._left(doubtful) or self._time_is_over:
                return
            yield self._pause(backoff(doubt, self.rng))
            yield from self._look_closely()
        for key in doubtful:
            # Seen in flight for so long, it was not stopped; unseen, it may have been.
            self.parts[key].unsure &= self.read_error is not None

    # Wait

    @property
    def _time_is_over(self) -> bool:
        return self.deadline is not None and self.deadline.left <= 0

    def _pause(self, seconds: float) -> Pause:
        return Pause(min(seconds, max(self.deadline.left, 0.0)) if self.deadline else seconds)

    def _start_the_clock(self) -> Deadline:
        timeout = self.options.wait_timeout
        self.deadline = Deadline(self.clock, timeout)
        self.closing = Deadline(self.clock, timeout + self.adapter.request_timeout)
        return self.deadline

    def _wait(self) -> Flow[None]:
        """Look until every part has ended, or until the time is over.

        Most stops take effect soon, so that the first looks come soon: a pause is as long as it has taken so far, up to
        the interval. The looks come closer together again towards the end, so that the last one tells of the end. Each
        must be done by the deadline; only the first has a request's time in any case, since without one look nothing
        would be known.
        """
        deadline = self.deadline or self._start_the_clock()
        # What was read before the stop is no account of what came of it.
        self.parts_were_read = False
        kept = self.options.wait_timeout * _KEPT_FOR_PARTS
        # Children that have come while others were stopped.
        yield from self._stop_children()
        yield from self._look(self.closing if deadline.left < _FIRST_LOOK else deadline)
        error = self.read_error
        while True:
            if not self.read_error and (self._parts_are_due or (deadline.left <= kept and self._parts_are_unread)):
                yield from self._read_parts(deadline)
            if not self._is_worth_waiting() or deadline.left <= _LAST_LOOK:
                break
            error = self.read_error
            # Children that have come since.
            yield from self._stop_children()
            so_far = self.options.wait_timeout - deadline.left
            yield Pause(min(self.options.wait_interval, max(so_far, _SOON), max(deadline.left, 0.0) / 2))
            yield from self._look(deadline)
        self.timed_out = deadline.left <= _LAST_LOOK
        if self.read_error and deadline.left <= 0:
            # That the last look was cut short is no news: what came of the one before is.
            self.read_error = error

    @property
    def _parts_are_unread(self) -> bool:
        """Whether nobody has read the parts yet, though the provider lists them."""
        return not self.parts_were_read and not self.shows_all

    def _is_worth_waiting(self) -> bool:
        if self.read_error:
            return self.read_error.error_class in PASSING
        return any(part.is_awaited and not self.is_spared(key) for key, part in self.parts.items())

    # Report

    def _account(self) -> Flow[None]:
        """Read the parts for the report, if nothing made that necessary before. Where nobody waits for their end, and
        for children that are only to be named, it is no fault of the stop that they cannot be read."""
        if self.read_error or not self._parts_are_unread or self.options.return_instances == "none":
            return
        yield from self._read_parts()
        only_told = self._only_names_children or not (self.closing or self.adapter.parts_are_operations)
        if self.read_error and only_told:
            self.warnings.append(parts_unknown(self.target, self.read_error))
            self.read_error = None

    @property
    def _only_names_children(self) -> bool:
        return self.adapter.parts_are_operations and not self.target.include_children

    def _list_left_behind(self) -> Flow[None]:
        closing = self.closing or Deadline(self.clock, self.adapter.request_timeout)
        parts = [key for key, part in self.parts.items() if key != WHOLE and part.was_in_flight]
        error = yield LeftBehind(self._known, parts, self.left_behind, closing)
        if error:
            self.warnings.append(messages.left_behind_unknown(self.target, error, self.adapter))

    def _verdict(self, missing: Collection[str]) -> Report:
        outcomes = self._outcomes(wait=self.options.wait)
        outcome = overall(outcomes.values())
        if self._is_cut_short and outcome in ("stopped", "finished_meanwhile"):
            # Nobody knows what became of the others.
            outcome = "stop_requested"
        report = self._report(outcome, outcomes, missing)
        unstopped = self.adapter.parts_are_operations and self._is_cut_short
        if self.options.check_mode:
            report.changed = "would_stop" in outcomes.values()
            report.failed = unstopped
        else:
            report.changed = any(part.changed for part in self.parts.values())
            unverified = self.options.wait and report.outcome == "stop_requested"
            report.failed = unverified or unstopped or report.outcome in ("failed", "still_running")
        if report.failed and self.shortfall and self._is_cut_short and not self.read_error:
            self.read_error = messages.list_cut_short(self.target, self.shortfall, self.adapter)
        if report.failed:
            refusals = (self.parts[key].refusal for key, outcome in outcomes.items() if outcome == "failed")
            report.error = next(refusals, self.read_error)
        still = [key for key, outcome in outcomes.items() if outcome == "still_running" and key != WHOLE]
        timeout = self.options.wait_timeout if self.timed_out else None
        report.msg = messages.verdict(self.adapter, self.target, report, still, timeout, self.read_error)
        self._name_children(report)
        return report

    @property
    def _is_cut_short(self) -> bool:
        """Whether there may be parts that nobody has read."""
        named = self.target.instance_ids or self._only_names_children
        return not named and self._known.parts_are_listed and not self.was_told

    def _outcomes(self, *, wait: bool) -> dict[str, Outcome]:
        """What became of every part."""
        outcomes = {
            key: part.outcome(wait=wait, check_mode=self.options.check_mode) for key, part in self.parts.items()
        }
        return {**outcomes, **self._spared()}

    def _spared(self) -> dict[str, Outcome]:
        """The parts that were left alone and live on."""
        return {
            key: "skipped" for key, part in self.parts.items() if is_in_flight(part.now.state) and self.is_spared(key)
        }

    def _name_children(self, report: Report) -> None:
        """Say which children live on, where nobody asked for their stop."""
        if not self._only_names_children:
            return
        living = [key for key, reading in self.readings.items() if is_in_flight(reading.state)]
        report.left_behind["living_children"] = living
        if living:
            report.msg += f" {messages.children_go_on(living)}"

    def so_far(self) -> Report:
        """What is known while the flow has not come to its end."""
        if self.report:
            return self.report
        if self.operation is None:
            report = self._report("failed", dict.fromkeys(self.target.instance_ids, "failed"), ())
        else:
            outcomes: dict[str, Outcome] = dict.fromkeys(self.target.instance_ids, "failed")
            outcomes |= {
                key: "still_running" if outcome == "stop_requested" and not self._was_asked(key) else outcome
                for key, outcome in self._outcomes(wait=False).items()
            }
            report = self._report(overall(outcomes.values()), outcomes, ())
        report.changed = any(part.changed for part in self.parts.values())
        report.failed, report.times, report.request_ids = True, self.times, self.request_ids
        report.msg = messages.cut_short(self.target, report)
        return report

    def _was_asked(self, key: str) -> bool:
        part = self.parts[key]
        return part.accepted or part.implied or (part.follows is not None and part.follows.accepted)

    def _nothing_in_flight(self, missing: Collection[str]) -> Report:
        outcomes: dict[str, Outcome] = {**dict.fromkeys(self.parts, "already_finished"), **self._spared()}
        report = self._report("already_finished" if outcomes else "not_found", outcomes, missing)
        report.failed = self.options.fail_if_not_running and report.outcome == "already_finished"
        report.msg = messages.nothing_in_flight(self.adapter, self.target, report)
        self._name_children(report)
        return report

    def _excluded(self, missing: Collection[str] = ()) -> Report:
        """Left alone because somebody asked for that, which is no failure. By its id it is so without a look."""
        report = self._refusal("skipped", "", missing)
        report.failed = False
        report.msg = messages.excluded(self.target, self.operation)
        return report

    def _refusal(self, outcome: Outcome, msg: str, missing: Collection[str] = ()) -> Report:
        """A guard keeps everything as it is."""
        report = self._report(outcome, dict.fromkeys(self.target.instance_ids or self.parts, "skipped"), missing)
        report.failed, report.msg = True, msg
        return report

    def _not_found(self) -> Report:
        report = self._report("not_found", {}, self.target.instance_ids)
        report.failed = not self.options.ignore_not_found
        report.msg = messages.not_found(self.adapter, self.target, report)
        return report

    def _unreadable(self) -> Report:
        outcomes: dict[str, Outcome] = dict.fromkeys(self.target.instance_ids, "failed")
        for key, part in self.parts.items():
            outcomes[key] = "failed" if part.was_in_flight else "already_finished"
        report = self._report("failed", outcomes, ())
        report.failed, report.error = True, self.read_error
        report.msg = messages.unreadable(self.adapter, self.target, report)
        return report

    def _report(self, outcome: Outcome, outcomes: Mapping[str, Outcome], missing: Collection[str]) -> Report:
        report = build(outcome, self.adapter, self.target, self.operation, self.parts, outcomes, missing)
        report.left_behind = self.left_behind
        report.warnings += self.warnings
        if self.shortfall and self.operation:
            report.warnings.append(cut_short_list(self.operation.id, self.shortfall))
        return report
