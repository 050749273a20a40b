# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation that works through accounts and regions: pairs of both, some at once, region after region."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .description import LIST, NUMBER, SECONDS, STRING, Types, check
from .instance import ENDED, Phase
from .operation import Course, SimpleOperation, Step, Words, seconds
from .settings import BadRequest


@dataclass
class Pair:
    """What an operation does in one account and region. Without a course it has not been reached."""

    account: str
    region: str
    run_seconds: float | None
    final_status: str
    course: Course | None = None

    def step_at(self, moment: float) -> Step | None:
        if self.course is None or self.course.steps[0].at > moment:
            return None
        return self.course.at(moment)

    def start(self, at: float, running: str) -> float:
        end = at + seconds(self.run_seconds)
        self.course = Course(Step(at, running), Step(end, self.final_status))
        return end


@dataclass(kw_only=True)
class PairedOperation(SimpleOperation):
    # The statuses of a pair; `stopped` is that of one which was left out.
    pair_words: Words
    # How the operation and its pairs fail.
    failed: str = "FAILED"
    action: str
    pairs: list[Pair]
    # How many accounts of a region are worked on at once, and how many of them may fail.
    concurrent: int = 1
    tolerance: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def cuts(self) -> bool:
        """Whether a stop cuts off the pairs in flight, instead of letting them finish."""
        return False

    def begin(self, at: float) -> Step:
        """Plan the pairs from this moment on, region by region. Returns how it will end by itself."""
        failed, ends = False, [at]
        for region in dict.fromkeys(pair.region for pair in self.pairs):
            failed = self._begin_region([pair for pair in self.pairs if pair.region == region], max(ends))
            ends += [pair.course.end for pair in self.pairs if pair.course]
            if failed:
                break
        end = max(ends)
        for pair in self.pairs:
            if pair.course is None:  # too many failures before it
                pair.course = Course(Step(end, self.pair_words.stopped))
        return Step(end, self.failed if failed else self.words.succeeded)

    def _begin_region(self, pairs: list[Pair], at: float) -> bool:
        """Whether more of these pairs fail than may."""
        lanes = [at] * self.concurrent
        for pair in pairs:
            if pair.course:  # put into its state by the control interface
                continue
            start = heapq.heappop(lanes)
            if self._failures(pairs, start) > self.tolerance:
                break
            heapq.heappush(lanes, pair.start(start, self.pair_words.running))
        return self._failures(pairs, float("inf")) > self.tolerance

    def _failures(self, pairs: list[Pair], moment: float) -> int:
        ends = (pair.course.steps[-1] for pair in pairs if pair.course)
        return sum(1 for step in ends if step.status == self.failed and step.at <= moment)

    def halt(self, now: float) -> None:
        """A stop is accepted: pairs in flight finish or are cut off, pairs not reached are left out."""
        if self.has_ended(now) or self.stop_accepted_at is not None:
            return
        self.stop_accepted_at = now
        if self.phase_at(now) is not Phase.UNKNOWN:
            self.wind_down(now)

    def wind_down(self, now: float) -> None:
        ends, words = [now + self.pace.stopping_seconds], self.pair_words
        for pair in self.pairs:
            step = pair.step_at(now)
            if pair.course is None or step is None or words.phase(step.status) is Phase.WAITING:
                pair.course = Course(Step(now, words.stopped))
            elif words.phase(step.status) is Phase.RUNNING:
                if self.cuts:
                    pair.course.go_on(now, Step(now, words.stopping), Step(ends[0], words.stopped))
                elif pair.run_seconds is None:  # one that would never finish does so at the pace of stopping
                    pair.course.go_on(now, Step(ends[0], pair.final_status))
                ends.append(pair.course.end)
        self.course.go_on(now, Step(now, self.words.stopping), Step(max(ends), self.words.stopped))

    def _end(self, now: float, status: str | None) -> None:
        if self.has_ended(now):
            return
        final = status or self.pace.final_status
        super()._end(now, final)
        phase, words = self.words.phase(final), self.pair_words
        known = words.stopped if phase is Phase.STOPPED else final if phase in ENDED else words.succeeded
        for pair in self.pairs:
            step = pair.step_at(now)
            if pair.course is None or step is None or words.phase(step.status) is Phase.WAITING:
                pair.course = Course(Step(now, known if known == words.succeeded else words.stopped))
            elif words.phase(step.status) not in ENDED:
                pair.course.go_on(now, Step(now, known))

    def set_course(self, status: str | None, now: float) -> None:
        """A described status is the state from its creation until now; the pairs follow."""
        created, phase = self.created, self.words.phase(status or self.words.pending)
        if phase in ENDED:
            ended = self.pair_words.stopped if phase is Phase.STOPPED else status or ""
            for pair in self.pairs:
                pair.course = pair.course or Course(Step(created, ended))
        elif phase is Phase.WAITING:
            begin = (now if status else created) + seconds(self.pace.pending_seconds)
            self.course = Course(Step(created, self.words.pending), Step(begin, self.words.running), self.begin(begin))
        else:
            end, running = self.begin(now), self.pair_words.running
            for pair in self.pairs:  # the first have been at it since its creation
                if pair.course and pair.course.steps[0] == Step(now, running):
                    pair.course.steps[0] = Step(created, running)
            self.course = Course(Step(created, status or ""))
            if phase is Phase.RUNNING:
                self.course.go_on(now, end)
            elif phase is Phase.STOPPING:
                self.wind_down(now)
                self.course.steps = [Step(created, self.words.stopping), self.course.steps[-1]]

    def describe(self, now: float) -> dict[str, Any]:
        steps = [(pair, pair.step_at(now)) for pair in self.pairs]
        return super().describe(now) | {
            "action": self.action,
            "pairs": [
                {"account": pair.account, "region": pair.region, "status": step.status if step else None}
                for pair, step in steps
            ],
        }


# From the control interface

FIELDS: dict[str, Types] = {
    "action": STRING,
    **dict.fromkeys(("accounts", "regions", "pairs"), LIST),
    **dict.fromkeys(("max_concurrent", "failure_tolerance"), NUMBER),
}
_PAIR_FIELDS: dict[str, Types] = {
    **dict.fromkeys(("account", "region", "status", "final_status"), STRING),
    "run_seconds": SECONDS,
}


def described(
    given: dict[str, Any], basis: dict[str, Any], words: Words, actions: tuple[str, ...], account: str, now: float
) -> dict[str, Any]:
    """What a PairedOperation has beside its `basis`, from a description without null; `words` are those of a pair."""
    action = given.get("action", actions[0])
    if action not in actions:
        raise BadRequest(f"action is one of {', '.join(actions)}.")
    if given.get("max_concurrent", 1) < 1:
        raise BadRequest("max_concurrent is at least 1.")
    return {
        "pair_words": words,
        "action": action,
        "pairs": list(_pairs(given, basis, words, account, now)),
        "concurrent": given.get("max_concurrent", 1),
        "tolerance": given.get("failure_tolerance", 0),
    }


def _pairs(given: dict[str, Any], basis: dict[str, Any], words: Words, account: str, now: float) -> Iterator[Pair]:
    """Either `pairs`, each of which may have its own status and pace, or all `accounts` in all `regions`."""
    created, pace = basis["created"], basis["pace"]
    accounts, regions = given.get("accounts", [account]), given.get("regions", [basis["region"]])
    if not all(isinstance(each, str) for each in (*accounts, *regions)):
        raise BadRequest("accounts and regions are texts.")
    crossed = [{"account": account, "region": region} for region in regions for account in accounts]
    described = given.get("pairs", crossed)
    if not described:
        raise BadRequest("An operation has at least one account and region.")
    for each in described:
        if not isinstance(each, dict) or not each.get("account") or not each.get("region"):
            raise BadRequest("A pair is an object with an account and a region.")
        check(each, _PAIR_FIELDS, "A pair")
        run_seconds, final = each.get("run_seconds", pace.run_seconds), each.get("final_status", pace.final_status)
        pair = Pair(each["account"], each["region"], run_seconds, final)
        status = each.get("status")
        if status and words.phase(status) is Phase.RUNNING:
            pair.course = Course(Step(created, status), Step(now + seconds(run_seconds), final))
        elif status and words.phase(status) is Phase.STOPPING:
            pair.course = Course(Step(created, status), Step(now + pace.stopping_seconds, words.stopped))
        elif status:
            pair.course = Course(Step(created, status))
        yield pair
