# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The one flow for every kind: read, decide, stop, wait, report. It knows no provider."""

from __future__ import annotations

import random
import typing as t
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ansible_collections.cloudops.halt.plugins.module_utils import _words as words
from ansible_collections.cloudops.halt.plugins.module_utils._adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._errors import MAY_HAVE_ACTED, PASSING, ApiError, ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._http import backoff
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Reading, Target
from ansible_collections.cloudops.halt.plugins.module_utils._part import WHOLE, Part
from ansible_collections.cloudops.halt.plugins.module_utils._report import Report, build
from ansible_collections.cloudops.halt.plugins.module_utils._states import (
    Outcome,
    State,
    is_in_flight,
    needs_stop,
    overall,
)

# Seconds: what the first look while waiting has in any case, and when there is no time for another.
_FIRST_LOOK = 1.0
_LAST_LOOK = 0.1

# Stop calls that fail one after the other for the way to the provider, before the rest is given up.
_HOPELESS = 3
_NO_WAY: frozenset[ErrorClass] = frozenset(("lost", "unreachable", "throttled"))

StopCall = Callable[[list[str]], None]


@dataclass(frozen=True)
class StopOptions:
    """How to stop; the names are those of the modules' options."""

    wait: bool = True
    wait_timeout: float = 300.0
    wait_interval: float = 2.0
    fail_if_not_running: bool = False
    ignore_not_found: bool = False
    expected_name: str | None = None
    retries: int = 5
    check_mode: bool = False


def halt(adapter: Adapter[t.Any], target: Target, options: StopOptions, clock: Clock, rng: random.Random) -> Report:
    """Stop C(target) and report on every part of it. A failed call is part of the report, never an exception."""
    return _Run(adapter, target, options, clock, rng).run()


class _Run:
    def __init__(
        self, adapter: Adapter[t.Any], target: Target, options: StopOptions, clock: Clock, rng: random.Random
    ) -> None:
        self.adapter = adapter
        self.target = target
        self.options = options
        self.clock = clock
        self.rng = rng
        self.started = clock.monotonic()
        self.operation: Operation | None = None
        self.parts: dict[str, Part] = {}
        self.request_ids: list[str] = []
        self.read_error: ApiError | None = None
        """Why the last look failed, if it did."""

    def run(self) -> Report:
        self._look()
        if self.operation is None:
            return self._unreadable() if self.read_error else self._not_found()
        if self.options.expected_name not in (None, self.operation.name):
            return self._refusal("skipped", words.wrong_name(self.operation, str(self.options.expected_name)))
        objection = self.adapter.objection(self.operation)
        if objection:
            return self._refusal("skipped", objection)
        missing = [i for i in self.target.instance_ids if i not in self.operation.parts]
        if missing and not self.options.ignore_not_found:
            return self._refusal("not_found", words.not_part_of(self.operation, missing), missing)
        if not any(part.was_in_flight for part in self.parts.values()):
            return self._nothing_in_flight(missing)
        if not self.options.check_mode:
            self._stop()
            if self.options.wait and (not self.read_error or self.read_error.error_class in PASSING):
                self._wait()
        return self._verdict(missing)

    # Read

    def _look(self, deadline: Deadline | None = None) -> None:
        """Read the operation. If that fails, keep what is known and why it failed."""
        self.read_error = None
        try:
            operation = self.adapter.look_up(self.target, deadline)
        except ApiError as error:
            self.read_error = error
            return
        if operation is None:
            if self.operation is not None:
                self.read_error = words.vanished(self.operation)
            return
        first = self.operation is None
        self.operation = operation
        for key, reading in self._readings(operation).items():
            if first:
                self.parts[key] = Part(reading, self._ends_alone())
            elif key not in self.parts:
                if self.target.instance_ids:
                    # Reported as not found, and never asked to stop.
                    continue
                # What only shows up now was stopped with the whole, if that was.
                whole = self.parts.get(WHOLE)
                self.parts[key] = Part(None, self._ends_alone(), accepted=whole is not None and whole.accepted)
            if not first:
                self.parts[key].see(reading)

    def _readings(self, operation: Operation) -> dict[str, Reading]:
        if self.target.instance_ids:
            return {i: operation.parts[i] for i in self.target.instance_ids if i in operation.parts}
        return {WHOLE: operation.whole, **operation.parts}

    def _ends_alone(self) -> tuple[State, ...]:
        """In which states something of this kind ends without a stop."""
        return ("succeeded",) if self.adapter.stop_may_show_as_failed else ("succeeded", "failed")

    # Stop

    def _stop(self) -> None:
        """Stop what needs it: the instances that were named, or the operation as a whole and then what outlives it."""
        keys = [key for key, part in self.parts.items() if part.needed_stop]
        if self.target.instance_ids:
            size = self.adapter.stop_limit or 1
            batches = [keys[start : start + size] for start in range(0, len(keys), size)]
            self._stop_batches(batches, lambda batch: self.adapter.stop(self.target.id, batch, self.request_ids))
            return
        if self.adapter.stop_limit is not None:
            # Its parts can be stopped apart, so that one of them may need it though the whole is stopping.
            self._stop_batches([keys] if keys else [], self._stop_whole)
        elif WHOLE in keys:
            self._stop_batches([[WHOLE]], self._stop_whole)
            self._share_fate_of_whole(keys)
        if self.operation and self.operation.parts_are_operations and self.operation.parts:
            self._look()
            others = [[key] for key, part in self.parts.items() if key != WHOLE and needs_stop(part.now.state)]
            self._stop_batches(others, lambda batch: self.adapter.stop(batch[0], [], self.request_ids))

    def _stop_whole(self, _batch: list[str]) -> None:
        self.adapter.stop(self.target.id, [], self.request_ids)

    def _share_fate_of_whole(self, keys: list[str]) -> None:
        """The stop of the whole was the stop of the parts that needed one, whether it was accepted or refused."""
        whole = self.parts[WHOLE]
        for key in keys:
            if whole.accepted:
                self.parts[key].accept()
            elif self.operation and not self.operation.parts_are_operations:
                self.parts[key].refused = whole.refused

    def _stop_batches(self, batches: list[list[str]], stop: StopCall) -> None:
        """Send one stop call a batch. After a refusal look again, and send again what that is of use for."""
        attempt = 0
        while batches:
            refused = self._send(batches, stop)
            if not refused:
                return
            if any(error.error_class in MAY_HAVE_ACTED for _batch, error in refused):
                # Before the look, so that what is sent again rests on a fresh one.
                self.clock.sleep(backoff(attempt, self.rng))
            self._look()
            batches = [again for batch, error in refused for again in self._after_refusal(batch, error, attempt)]
            attempt += 1

    def _send(self, batches: list[list[str]], stop: StopCall) -> list[tuple[list[str], ApiError]]:
        """One stop call a batch; returns what was refused, and why."""
        refused: list[tuple[list[str], ApiError]] = []
        failures = 0
        for batch in batches:
            if refused and (refused[-1][1].error_class == "auth" or failures >= _HOPELESS):
                # What was rejected or lost again and again will be for the rest, too.
                refused.append((batch, refused[-1][1]))
                continue
            try:
                stop(batch)
            except ApiError as error:
                refused.append((batch, error))
                failures = failures + 1 if error.error_class in _NO_WAY else 0
                for key in batch:
                    self.parts[key].unsure |= error.error_class in MAY_HAVE_ACTED
            else:
                failures = 0
                for key in batch:
                    self.parts[key].accept()
        return refused

    def _after_refusal(self, batch: list[str], error: ApiError, attempt: int) -> list[list[str]]:
        """The batches to send again, after a look, in place of one that was refused."""
        left = [key for key in batch if needs_stop(self.parts[key].now.state)]
        if not left:
            return []
        # Without a look, nothing may be sent again.
        if not self.read_error:
            if error.error_class in MAY_HAVE_ACTED and attempt < self.options.retries:
                return [left]
            if len(left) < len(batch) and error.error_class in ("not_found", "finished", "denied"):
                # What the provider refused may be what has ended meanwhile.
                return [left]
            if len(left) > 1 and error.error_class == "not_found" and self.target.instance_ids:
                # One instance that is gone must not shield the others: find it by halves.
                half = len(left) // 2
                return [left[:half], left[half:]]
        for key in left:
            self.parts[key].refused = error
            # Seen in flight after all tries, it was not stopped; unseen, it may have been.
            self.parts[key].unsure &= self.read_error is not None
        return []

    # Wait

    def _wait(self) -> None:
        """Look until every part has ended, or until the time is over.

        The looks come closer together towards the end, so that the last one tells of the end. Each must be done by the
        deadline; only the first has a second in any case, since without one look nothing would be known.
        """
        deadline = Deadline(self.clock, self.options.wait_timeout)
        self._look(Deadline(self.clock, max(self.options.wait_timeout, _FIRST_LOOK)))
        error = self.read_error
        while self._is_worth_waiting() and deadline.left > _LAST_LOOK:
            error = self.read_error
            self.clock.sleep(min(self.options.wait_interval, deadline.left / 2))
            self._look(deadline)
        if self.read_error and not error and deadline.left <= 0:
            # That the last look was cut short is no news after one that was not.
            self.read_error = None

    def _is_worth_waiting(self) -> bool:
        if self.read_error:
            return self.read_error.error_class in PASSING
        return any(self._is_awaited(part) for part in self.parts.values())

    def _is_awaited(self, part: Part) -> bool:
        return is_in_flight(part.now.state) and (part.unsure or not part.refused)

    # Report

    def _verdict(self, missing: Collection[str]) -> Report:
        left_behind, warnings = self._left_behind()
        outcomes = {
            key: part.outcome(wait=self.options.wait, check_mode=self.options.check_mode)
            for key, part in self.parts.items()
        }
        report = self._report(overall(outcomes.values()), outcomes, missing)
        if self.options.check_mode:
            report.changed = "would_stop" in outcomes.values()
        else:
            report.changed = any(part.changed for part in self.parts.values())
            unverified = self.options.wait and report.outcome == "stop_requested"
            report.failed = unverified or report.outcome in ("failed", "still_running")
        if report.failed:
            report.error = next((part.refused for part in self.parts.values() if part.refused), self.read_error)
        still = [key for key, outcome in outcomes.items() if outcome == "still_running" and key != WHOLE]
        report.msg = words.verdict(self.adapter, self.target, report, still, self.options.wait_timeout, self.read_error)
        report.left_behind = left_behind
        report.warnings += warnings
        return report

    def _left_behind(self) -> tuple[dict[str, t.Any], list[str]]:
        """What lives on elsewhere, or a warning that it could not be read."""
        if self.operation is None:
            return {}, []
        try:
            return self.adapter.left_behind(self.operation), []
        except ApiError as error:
            return {}, [words.left_behind_unknown(self.operation, error, self.adapter)]

    def _nothing_in_flight(self, missing: Collection[str]) -> Report:
        outcomes: dict[str, Outcome] = dict.fromkeys(self.parts, "already_finished")
        report = self._report("already_finished" if outcomes else "not_found", outcomes, missing)
        report.failed = self.options.fail_if_not_running and report.outcome == "already_finished"
        report.msg = words.nothing_in_flight(self.adapter, self.target, report)
        return report

    def _refusal(self, outcome: Outcome, msg: str, missing: Collection[str] = ()) -> Report:
        """A guard keeps everything as it is."""
        report = self._report(outcome, dict.fromkeys(self.parts, "skipped"), missing)
        report.failed, report.msg = True, msg
        return report

    def _not_found(self) -> Report:
        report = self._report("not_found", {}, self.target.instance_ids)
        report.failed = not self.options.ignore_not_found
        report.msg = words.not_found(self.adapter, self.target, report)
        return report

    def _unreadable(self) -> Report:
        report = self._report("failed", dict.fromkeys(self.target.instance_ids, "failed"))
        report.failed, report.error = True, self.read_error
        report.msg = words.unreadable(self.adapter, self.target, report)
        return report

    def _report(self, outcome: Outcome, outcomes: Mapping[str, Outcome], missing: Collection[str] = ()) -> Report:
        report = build(outcome, self.adapter, self.target, self.operation, self.parts, outcomes, missing)
        report.request_ids = self.request_ids
        report.summary["seconds"] = round(self.clock.monotonic() - self.started, 3)
        return report
