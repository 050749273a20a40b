# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The one flow for every kind: read, decide, stop, wait, report. It knows no provider, makes no call and keeps no time:
it yields what it wants done (see steps.py), so that the same flow serves one target and thousands side by side. What is
known meanwhile is kept in record.py, and verdict.py says what came of it."""

from __future__ import annotations

import random
import typing as t
from collections.abc import Callable

from . import messages
from .adapter import Adapter
from .clock import Clock, Deadline
from .errors import MAY_HAVE_ACTED, NOTHING_DONE, PASSING, RATE_KEPT, ApiError
from .model import Cursor, StopCall, StopOptions, Target
from .part import WHOLE
from .record import Record
from .report import Report
from .retry import backoff
from .states import is_in_flight, needs_stop
from .steps import Fetch, Flow, Gate, LeftBehind, Look, Pause, Sent, Stop
from .verdict import Verdict
from .warnings import parts_unknown

# Seconds that another look while waiting needs, and that the first one should have.
_FIRST_LOOK = 1.0
_LAST_LOOK = 0.1
# The part of the time to wait that is kept to read the parts of what goes on, at least.
_KEPT_FOR_PARTS = 1 / 8
# The first pause between two looks while waiting, in seconds.
_SOON = 0.25
# Pages that are read side by side before what they show is stopped.
_BETWEEN = 16
# Looks after a stop call that was refused or lost for good, before what they show is believed.
_DOUBTS = 4

Refused = list[tuple[list[str], ApiError]]
"""Batches whose stop call was not accepted, and why."""


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
        self.record = Record(adapter, target, clock)
        self.counts = False
        """Whether somebody wants to know how many instances there are, before any of them is stopped."""
        self.compares_names = False
        """Whether somebody compares words with all names, those of children too, before anything is stopped."""
        self.deadline: Deadline | None = None
        """When waiting ends, once the first stop was sent."""
        self.closing: Deadline | None = None
        """One request later, when everything has ended."""
        self.timed_out = False
        self.report: Report | None = None
        """What came of it, once that is known."""

    def flow(self) -> Flow[Report]:
        started = self.clock.monotonic()
        report = yield from self._steps()
        report.msg = messages.one_line(report.msg)
        report.listed = self.options.return_instances
        first = report.times.first_stop
        report.summary["seconds"] = round(self.clock.monotonic() - started, 3)
        report.summary["seconds_to_first_stop"] = None if first is None else round(first - started, 3)
        self.report = report
        return report

    def so_far(self) -> Report:
        """What is known, also while the flow has not come to its end."""
        return self.report or Verdict(self.record, self.options).so_far()

    def _steps(self) -> Flow[Report]:
        record, options, verdict = self.record, self.options, Verdict(self.record, self.options)
        if record.excludes(self.target.id, None):
            return verdict.excluded()
        yield from self._look()
        if record.operation is None:
            return verdict.unreadable() if record.error else verdict.not_found()
        # Where it is no matter which of the named instances there are, none waits for the others to be read.
        flows = (options.ignore_not_found or record.members_are_known) and record.lacks_named
        flows = flows and is_in_flight(record.known.state)
        if not flows:
            yield from self._read_what_decides()
            if record.error:
                return verdict.unreadable()
        if options.expected_name not in (None, record.known.name):
            return verdict.refused(messages.wrong_name(record.known, str(options.expected_name)))
        if objection := self.adapter.objection(record.known):
            return verdict.refused(objection)
        if record.missing and not (options.ignore_not_found or flows):
            return verdict.refused(messages.not_part_of(record.known, record.missing), "not_found")
        if record.was_in_flight or flows:
            record.is_ready = True
            refusal = yield Gate()
            if record.excludes(self.target.id, record.known.name):
                return verdict.excluded()
            if refusal:
                return verdict.refused(refusal)
        if flows:
            yield from self._read_parts() if options.check_mode else self._read_and_stop()
            if record.error and not record.was_in_flight:
                return verdict.unreadable()
        # All that was in flight may have to be left alone.
        was_in_flight = record.was_in_flight
        if was_in_flight and not options.check_mode:
            record.decided = True
            yield from self._stop()
            if options.wait and (not record.error or record.error.error_class in PASSING):
                yield from self._wait()
        yield from self._account()
        if not was_in_flight:
            return verdict.nothing_in_flight()
        yield from self._list_left_behind()
        return verdict.final(options.wait_timeout if self.timed_out else None)

    # Read

    def _look(self, deadline: Deadline | None = None) -> Flow[None]:
        """Read the operation as a whole."""
        self.record.saw((yield Look(self.target, deadline or self.closing)))

    def _look_closely(self) -> Flow[None]:
        """Read the whole, and the parts if it does not tell of those that matter."""
        yield from self._look()
        if not self.record.error and self.record.parts_are_due:
            yield from self._read_parts()

    def _read_what_decides(self) -> Flow[None]:
        """What is needed to decide and did not come with the whole: its parts, unless the whole calls for a stop by
        itself; or only their number, if that is limited."""
        record = self.record
        if record.shows_all or record.only_names_children or (self.target.instance_ids and not record.lacks_named):
            return
        whole_decides = not self.target.instance_ids and needs_stop(record.known.state)
        children_first = self.adapter.parts_are_operations and (self.counts or self.compares_names)
        if not whole_decides or children_first:
            yield from self._read_parts()
        elif self.counts and not self.adapter.parts_only_show and record.known.total is None:
            yield from self._count()

    def _count(self) -> Flow[None]:
        """Learn how many parts there are, from the first page of them if the provider says so."""
        (page,) = yield Fetch(self.record.known, self.adapter.pages(self.record.known).next())
        if isinstance(page, ApiError) or page.total is None:
            yield from self._read_parts()
        else:
            self.record.saw_page(page)

    def _read_parts(
        self, deadline: Deadline | None = None, *, between: Callable[[], Flow[None]] | None = None
    ) -> Flow[None]:
        """Read the parts, page by page, and side by side where the provider allows it; a few of them, if there is
        something to do C(between). What came before an error or the end of the time remains."""
        record, named = self.record, self.target.instance_ids
        pages = self.adapter.pages(record.known, record.readings)
        wanted = set(named)
        limit = None if self.options.wait and not self.options.check_mode else self.adapter.request_timeout
        error: ApiError | None = None
        waiting: list[Cursor] = []
        while not error and (wanted or not named) and (waiting or (waiting := [*pages.next()])):
            cursors = waiting[: _BETWEEN if between else None]
            del waiting[: len(cursors)]
            answers = yield Fetch(record.known, cursors, deadline or self.closing, limit)
            for cursor, answer in zip(cursors, answers, strict=True):
                if isinstance(answer, ApiError):
                    error = answer
                    continue
                pages.add(cursor, answer)
                record.saw_page(answer)
                wanted -= answer.parts.keys()
            if between:
                yield from between()
        # Of a list that was not read to its end nobody knows whether it is whole.
        shortfall = pages.shortfall if not error and (wanted or not named) else None
        if shortfall and wanted:
            # They may be among those that the list leaves out.
            error = messages.list_cut_short(self.target, shortfall, self.adapter)
        record.saw_list(error, shortfall)

    # Stop

    def _stop(self) -> Flow[None]:
        """Stop what needs it: the instances that were named, or the operation as a whole and then what outlives it."""
        keys = self.record.needy
        if self.target.instance_ids:
            yield from self._stop_late()
        elif self.adapter.stop_limit is not None:
            # Its parts can be stopped apart, so that one of them may need it though the whole is stopping.
            yield from self._stop_batches([keys] if keys else [])
        elif WHOLE in keys:
            yield from self._stop_batches([[WHOLE]])
            self.record.accept_with_whole(keys)
        if self.adapter.parts_are_operations and self.target.include_children:
            if self.record.judged:
                yield from self._look_closely()
            yield from self._stop_late()

    def _read_and_stop(self) -> Flow[None]:
        """Read the instances that were named, and stop each batch as soon as its readings are there."""
        refused: Refused = []

        def stop() -> Flow[None]:
            refused.extend((yield from self._send(self._batches())))

        yield from stop()
        yield from self._read_parts(between=stop)
        self.record.decided = True
        yield from self._send_again(refused)

    def _batches(self) -> list[list[str]]:
        """What each call is to stop, of what still needs it."""
        keys = self.record.judge()
        size = self.adapter.stop_limit or 1
        return [keys[start : start + size] for start in range(0, len(keys), size)]

    def _stop_late(self) -> Flow[None]:
        """Stop what was not asked to stop yet, each once: children that were born since, instances that could not be
        read before."""
        yield from self._stop_batches(self._batches())

    def _stop_batches(self, batches: list[list[str]]) -> Flow[None]:
        """Send one stop call a batch, and again what is refused."""
        if batches:
            refused = yield from self._send(batches)
            yield from self._send_again(refused)

    def _send_again(self, refused: Refused) -> Flow[None]:
        """After a refusal look again, and send again what that is of use for."""
        if self.options.wait and self.deadline is None:
            # That must not go on for longer than the time to wait.
            self._start_the_clock()
        attempt = 0
        while refused:
            passing = [error for _batch, error in refused if error.error_class in NOTHING_DONE | MAY_HAVE_ACTED]
            if passing:
                # Before the look, so that what is sent again rests on a fresh one.
                yield self._pause(max(self.adapter.wait_after(error, attempt) for error in passing))
            yield from self._look_closely()
            again: list[list[str]] = []
            given_up: Refused = []
            for batch, error in refused:
                left = self.record.left(batch)
                next_batches = self._to_send_again(batch, left, error, attempt)
                again += next_batches
                if left and not next_batches:
                    given_up.append((left, error))
            yield from self._give_up(given_up)
            # That may have taken a while, and looks.
            batches = [left for left in map(self.record.left, again) if left]
            refused = yield from self._send(batches)
            attempt += 1

    def _send(self, batches: list[list[str]]) -> Flow[Refused]:
        """One stop call a batch; returns what was refused."""
        if not batches:
            return []
        calls = [self._call(batch) for batch in batches]
        answers: list[Sent] = yield Stop(calls, self.record.request_ids, self.closing)
        for batch, sent in zip(batches, answers, strict=True):
            self.record.sent(batch, sent)
        return [(batch, sent.error) for batch, sent in zip(batches, answers, strict=True) if sent.error]

    def _call(self, batch: list[str]) -> StopCall:
        within = self.record.known.within
        if self.target.instance_ids:
            return StopCall(self.target.id, batch, within)
        if WHOLE in batch or not self.adapter.parts_are_operations:
            return StopCall(self.target.id, within=within)
        return StopCall(batch[0], within=within)

    def _to_send_again(self, batch: list[str], left: list[str], error: ApiError, attempt: int) -> list[list[str]]:
        """Whether a stop is sent again: the batches to send, after a look, in place of one that was refused; C(left)
        of it still needs a stop."""
        if not left or self._time_is_over:
            return []
        if error.error_class in NOTHING_DONE and attempt < self.options.retries:
            return [left]
        # Without a look, nothing else may be sent again.
        if self.record.error:
            return []
        if error.error_class in MAY_HAVE_ACTED and attempt < self.options.retries:
            return [left]
        if not self.target.instance_ids:
            return []
        fewer = len(left) < len(batch) and attempt <= self.options.retries
        if fewer and error.error_class in ("not_found", "finished", "denied"):
            # What the provider refused may be what has ended meanwhile.
            return [left]
        if len(left) > 1 and error.error_class == "not_found":
            # One instance that is gone must not shield the others: find it by halves.
            half = len(left) // 2
            return [left[:half], left[half:]]
        return []

    def _give_up(self, refused: Refused) -> Flow[None]:
        """No stop will be sent again for these. Where the refusal and the look contradict each other, or a lost call
        may still work late, look a little longer before what was seen is believed."""
        record, doubtful = self.record, list[str]()
        for keys, error in refused:
            for key in keys:
                record.parts[key].refused = error
                if error.error_class == "finished" or (record.parts[key].unsure and not record.error):
                    doubtful.append(key)
        for doubt in range(_DOUBTS):
            if not record.left(doubtful) or self._time_is_over:
                return
            yield self._pause(backoff(doubt, self.rng))
            yield from self._look_closely()
        for key in doubtful:
            # Seen in flight for so long, it was not stopped; unseen, it may have been.
            record.parts[key].unsure &= record.error is not None

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
        record = self.record
        deadline = self.deadline or self._start_the_clock()
        # What was read before the stop is no account of what came of it.
        record.list_was_read = False
        kept = self.options.wait_timeout * _KEPT_FOR_PARTS
        # Children that have come while others were stopped.
        yield from self._stop_late()
        yield from self._look(self.closing if deadline.left < _FIRST_LOOK else deadline)
        error = record.error
        while True:
            if not record.error and (record.parts_are_due or (deadline.left <= kept and record.parts_are_unread)):
                yield from self._read_parts(deadline)
            if not self._is_worth_waiting() or deadline.left <= _LAST_LOOK:
                break
            if not record.error or record.error.code != RATE_KEPT:
                error = record.error
            # Children that have come since.
            yield from self._stop_late()
            so_far = self.options.wait_timeout - deadline.left
            yield Pause(min(self.options.wait_interval, max(so_far, _SOON), max(deadline.left, 0.0) / 2))
            yield from self._look(deadline)
        self.timed_out = deadline.left <= _LAST_LOOK
        if record.error and (deadline.left <= 0 or record.error.code == RATE_KEPT):
            # That the last look was cut short is no news: what came of the one before is.
            record.error = error

    def _is_worth_waiting(self) -> bool:
        record = self.record
        if record.error:
            return record.error.error_class in PASSING
        return any(part.is_awaited and not record.is_spared(key) for key, part in record.parts.items())

    # Account

    def _account(self) -> Flow[None]:
        """Read the parts for the report, if nothing made that necessary before. Where nobody waits for their end, and
        for children that are only to be named, it is no fault of the stop that they cannot be read."""
        record = self.record
        if record.error or not record.parts_are_unread or self.options.return_instances == "none":
            return
        yield from self._read_parts()
        only_told = record.only_names_children or not (self.closing or self.adapter.parts_are_operations)
        if record.error and only_told:
            record.warnings.append(parts_unknown(self.target, record.error))
            record.error = None

    def _list_left_behind(self) -> Flow[None]:
        record = self.record
        closing = self.closing or Deadline(self.clock, self.adapter.request_timeout)
        parts = [key for key, part in record.parts.items() if key != WHOLE and part.was_in_flight]
        error = yield LeftBehind(record.known, parts, record.left_behind, closing)
        if error:
            record.warnings.append(messages.left_behind_unknown(self.target, error, self.adapter))
