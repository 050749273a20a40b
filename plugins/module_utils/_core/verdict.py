# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What came of one target: what became of every part and of the whole, whether it changed anything, and whether it
failed."""

from __future__ import annotations

from collections.abc import Mapping

from . import messages
from .errors import AMBIGUOUS
from .model import StopOptions
from .part import WHOLE
from .record import Record
from .report import Report, build
from .states import Outcome, is_in_flight, overall
from .warnings import nothing_ignored, stopped_before


class Verdict:
    """Judges a target by what is known of it. Each method is one way in which its flow ends."""

    def __init__(self, record: Record, options: StopOptions) -> None:
        self.record = record
        self.options = options
        self.adapter = record.adapter
        self.target = record.target

    def excluded(self) -> Report:
        """Left alone because somebody asked for that, which is no failure. By its id it is so without a look."""
        report = self.refused(messages.excluded(self.target, self.record.operation))
        report.failed = False
        return report

    def refused(self, msg: str, outcome: Outcome = "skipped") -> Report:
        """A guard keeps everything as it is."""
        kept: dict[str, Outcome] = dict.fromkeys(self.record.parts, "skipped")
        report = build(self.record, outcome, self._by_part(kept, unread="skipped"))
        report.failed, report.msg = True, msg
        return report

    def not_found(self) -> Report:
        """The provider does not know it."""
        absent = self.adapter.absent(self.target)
        if absent and self.options.ignore_not_found:
            self.record.warnings.append(nothing_ignored(self.target, absent))
        report = build(self.record, "not_found", dict.fromkeys(self.target.instance_ids, "not_found"))
        report.failed = not self.options.ignore_not_found
        report.msg = messages.not_found(self.adapter, self.target, report)
        return report

    def unreadable(self) -> Report:
        """Too little could be read to decide."""
        error = self.record.error
        if error and error.code == AMBIGUOUS:
            report = self.refused(messages.ambiguous(self.adapter, self.target, error))
            report.error = error
            return report
        parts = self.record.parts.items()
        read: dict[str, Outcome] = {k: "failed" if part.was_in_flight else "already_finished" for k, part in parts}
        report = build(self.record, "failed", self._by_part(read))
        report.failed, report.error = True, error
        report.msg = messages.unreadable(self.adapter, self.target, report)
        return report

    def nothing_in_flight(self) -> Report:
        """There was nothing to stop."""
        ended: dict[str, Outcome] = dict.fromkeys(self.record.parts, "already_finished")
        outcomes = self._by_part({**ended, **self._spared()})
        report = build(self.record, overall(outcomes.values()), outcomes)
        report.failed = self.options.fail_if_not_running and report.outcome == "already_finished"
        report.msg = messages.nothing_in_flight(self.adapter, self.target, report)
        self._name_children(report)
        return report

    def final(self, timeout: float | None) -> Report:
        """It was stopped, or would be in check mode. C(timeout) is the wait_timeout that ran out, if it did."""
        record, options = self.record, self.options
        outcomes = self._by_part(self._outcomes(wait=options.wait))
        outcome = overall(outcomes.values())
        if earlier := self._stopped_before(outcomes):
            record.warnings.append(stopped_before(self.target, earlier))
        if record.is_cut_short and outcome in ("stopped", "finished_meanwhile"):
            # Nobody knows what became of the others.
            outcome = "stop_requested"
        report = build(self.record, outcome, outcomes)
        report.changed = "would_stop" in outcomes.values() if options.check_mode else self._changed
        unverified = outcome == "stop_requested" and options.wait and not options.check_mode
        unstopped = record.is_cut_short and self.adapter.parts_are_operations
        report.failed = unverified or unstopped or outcome in ("failed", "still_running")
        if report.failed:
            if record.shortfall and record.is_cut_short and not record.error:
                record.error = messages.list_cut_short(self.target, record.shortfall, self.adapter)
            refusals = (part.refusal for key, part in record.parts.items() if outcomes[key] == "failed")
            report.error = next(refusals, record.error)
        still = [key for key, came in outcomes.items() if came == "still_running" and key != WHOLE]
        whole = outcomes.get(WHOLE, outcome)
        report.msg = messages.verdict(self.adapter, self.target, report, whole, still, timeout, record.error)
        self._name_children(report)
        return report

    def so_far(self) -> Report:
        """What is known while the flow has not come to its end."""
        outcomes = self._outcomes(wait=False)
        for key, outcome in outcomes.items():
            if outcome == "stop_requested" and not self.record.was_asked(key):
                outcomes[key] = "still_running"
        outcomes = self._by_part(outcomes)
        report = build(self.record, overall(outcomes.values() or ("failed",)), outcomes)
        report.changed, report.failed = self._changed, True
        report.msg = messages.cut_short(self.target, report)
        return report

    @property
    def _changed(self) -> bool:
        """Whether a stop was accepted for something that was in flight."""
        return any(part.changed for part in self.record.parts.values())

    def _outcomes(self, *, wait: bool) -> dict[str, Outcome]:
        """What became of every part that is known."""
        parts, check_mode = self.record.parts.items(), self.options.check_mode
        return {**{key: part.outcome(wait=wait, check_mode=check_mode) for key, part in parts}, **self._spared()}

    def _stopped_before(self, outcomes: Mapping[str, Outcome]) -> int:
        """How many at least of the parts that count as stopped were stopped before, as nobody else can have ended that
        early."""
        parts = {key: part for key, part in self.record.parts.items() if key != WHOLE}
        unread = sum(outcomes[key] == "stopped" and part.before is None for key, part in parts.items())
        alone = sum(outcomes[key] in ("finished_meanwhile", "already_finished") for key in parts)
        return max(min(self.record.over - alone, unread), 0) if self.record.is_complete else 0

    def _spared(self) -> dict[str, Outcome]:
        """The parts that were left alone and live on."""
        parts = self.record.parts.items()
        return {k: "skipped" for k, part in parts if is_in_flight(part.now.state) and self.record.is_spared(k)}

    def _by_part(self, outcomes: Mapping[str, Outcome], unread: Outcome = "failed") -> dict[str, Outcome]:
        """These outcomes, and what became of every instance that was named and is not among them: the operation does
        not have it, or nobody could read it."""
        is_known = self.record.operation and not self.record.lacks_named
        return {**dict.fromkeys(self.target.instance_ids, "not_found" if is_known else unread), **outcomes}

    def _name_children(self, report: Report) -> None:
        """Say which children live on, where nobody asked for their stop."""
        if not self.record.only_names_children:
            return
        living = [key for key, reading in self.record.readings.items() if is_in_flight(reading.state)]
        report.left_behind["living_children"] = living
        if living:
            report.msg += f" {messages.children_go_on(living)}"
