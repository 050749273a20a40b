# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""One part of a target, from the first look at it to the last. Pure: it is told what was seen and done."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import ApiError
from .model import Reading
from .states import Outcome, State, is_in_flight, needs_stop

# The part of a target that is the operation as a whole. No other part has an empty id.
WHOLE = ""


@dataclass(slots=True)
class Part:
    """One thing that is to end: a part of the operation, or the operation as a whole."""

    before: Reading | None
    """As seen last before the first stop call; None if it was not read by then. Then it counts as in flight, unless it
    turns out to have ended before."""
    ends_alone: tuple[State, ...] = ("succeeded", "failed")
    """The states in which it ends without a stop."""
    follows: Part | None = None
    """The whole, if this part cannot be stopped apart from it and only shows how far it is."""
    stopped_at: float | None = None
    """No later than when the provider accepted the stop of the whole, by its own clock, where this part was not read
    before."""
    was_over: bool = False
    """Whether it is seen to have ended before that."""
    after: Reading | None = None
    """As last seen since the last stop call for it."""
    accepted: bool = False
    """Whether the provider accepted a stop."""
    implied: bool = False
    """Whether it accepted one of the whole that was one of this part, too. Then the change is that of the whole."""
    acted: bool = False
    """Whether it is seen to have been in flight when the stop was accepted."""
    unsure: bool = False
    """Whether a stop call was sent of which nobody knows whether it acted."""
    refused: ApiError | None = None
    """Why no stop was accepted, for good."""

    def accept(self, *, is_proof: bool) -> None:
        """A stop was accepted. C(is_proof): the provider accepts none for what has ended."""
        self.accepted = True
        self.acted = self.acted or is_proof
        # What was seen before this call says nothing about the moment of acceptance.
        self.after = None

    def accept_with(self, whole: Part) -> None:
        """The accepted stop of the C(whole) was one of this part, too."""
        self.implied = True
        if whole.after is None and is_in_flight(self.now.state):
            # Nobody has looked since. An end that was seen before remains one.
            self.after = None

    def see(self, reading: Reading) -> None:
        if self.unsure and self.before and (reading.state == "stopping" or self._shows_a_stop(reading)):
            # The call is seen to have worked. What was not seen before may have been stopped by somebody else.
            self.accepted = self.acted = True
            self.refused = None
        if self.after is None and None not in (self.stopped_at, reading.ended):
            self.was_over = reading.ended <= self.stopped_at  # type: ignore[operator]
        if self.accepted and self.after is None and not self.was_over and not self._ended_by_itself(reading):
            self.acted = True
        if not self.was_in_flight and is_in_flight(reading.state):
            # What was seen first was out of date, or it runs again.
            self.before, self.was_over = reading, False
        self.after = reading

    @property
    def now(self) -> Reading:
        return self.after or self.before or Reading("", "unknown")

    @property
    def was_in_flight(self) -> bool:
        return is_in_flight(self.before.state) if self.before else not self.was_over

    @property
    def needed_stop(self) -> bool:
        if self.follows:
            return self.was_in_flight and self.follows.needed_stop
        return needs_stop(self.before.state) if self.before else not self.was_over

    @property
    def changed(self) -> bool:
        if self.follows:
            return False
        # Where nobody looked again, the provider's word is all there is.
        return self.acted or (self.accepted and self.after is None)

    @property
    def refusal(self) -> ApiError | None:
        """Why no stop was accepted that would have been one of this part, for good. None once that is of no matter."""
        return self._led.refused if is_in_flight(self._led.now.state) else None

    @property
    def is_awaited(self) -> bool:
        """Whether it may still end by a stop."""
        return is_in_flight(self.now.state) and (self._led.unsure or not self.refusal)

    def outcome(self, *, wait: bool, check_mode: bool) -> Outcome:
        """What became of it, in one word."""
        if not self.was_in_flight:
            return "already_finished"
        if self.after and not is_in_flight(self.after.state):
            return "stopped" if self._shows_a_stop(self.after) and self._led.was_stopped else "finished_meanwhile"
        if self.refusal:
            return "failed"
        if check_mode and self.needed_stop:
            return "would_stop"
        return "still_running" if self.after and wait else "stop_requested"

    @property
    def was_stopped(self) -> bool:
        """Whether a stop was asked for, by us or before, and nothing else is known to have ended it."""
        asked = self.accepted or self.implied or (self.before is not None and self.before.state == "stopping")
        return asked and not self._ended_by_itself(self.now)

    @property
    def _led(self) -> Part:
        """The part whose stop is the stop of this one."""
        return self.follows or self

    def _ended_by_itself(self, reading: Reading) -> bool:
        return reading.state in self.ends_alone

    def _shows_a_stop(self, reading: Reading) -> bool:
        return not is_in_flight(reading.state) and not self._ended_by_itself(reading)
