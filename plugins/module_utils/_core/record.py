# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What is known of one target: what was read of it, and what was asked of it. Pure: it makes no call, and is told."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from .adapter import Adapter
from .clock import Clock
from .errors import MAY_HAVE_ACTED, ApiError
from .model import Operation, Page, Reading, Target
from .part import WHOLE, Part
from .states import State, is_in_flight, needs_stop
from .steps import Sent
from .times import utc_text_of

Excludes = Callable[[str, "str | None"], bool]


@dataclass
class Times:
    """When things happened, in seconds since 1970; None for what did not."""

    read: float | None = None
    """The first look."""
    stop_accepted: float | None = None
    """The first stop call that was accepted."""
    read_last: float | None = None
    """The last look."""
    first_stop: float | None = None
    """The first stop call, by the clock that only goes forward."""

    def as_result(self) -> dict[str, str | None]:
        """The RV(results[].times) of a result."""
        return {name: utc_text_of(getattr(self, name)) for name in ("read", "stop_accepted", "read_last")}


class Record:
    """One target, from the first look at it to the last."""

    def __init__(self, adapter: Adapter[t.Any], target: Target, clock: Clock) -> None:
        self.adapter = adapter
        self.target = target
        self.clock = clock
        self.excludes: Excludes = lambda identifier, name: False
        """Whether somebody wants this operation or child left alone, by its id and its name."""
        self.counted: tuple[int, int] | None = None
        """How many operations and instances a preview has just counted, if there was one that read it."""
        self.members_are_known = False
        """Whether it has found all instances that are named."""
        self.operation: Operation | None = None
        self.readings: dict[str, Reading] = {}
        """All parts of the operation, as last read."""
        self.parts: dict[str, Part] = {}
        """The parts that are to end."""
        self.times = Times()
        self.error: ApiError | None = None
        """Why the last look failed, if it did."""
        self.over = 0
        """How many parts had ended before anything was stopped, where the provider counts them."""
        self.shows_all = False
        """Whether the last look at the whole told all that there is to tell of the parts, too."""
        self.list_was_read = False
        """Whether the list of the parts was read to its end, as long as it is."""
        self.is_complete = False
        """Whether all parts were read, so that it is known which ones there are."""
        self.shortfall: str | None = None
        """How much the provider's list of the parts lacked when it was read last."""
        self.is_ready = False
        """Whether all was read that decides."""
        self.decided = False
        """Whether it was decided what to stop."""
        self.judged: set[str] = set()
        """The parts for which a stop call was sent, and the named instances that need none."""
        self.whole_stopped = False
        """Whether the provider accepted a call that names no instance."""
        self.stopped_at: float | None = None
        """When it did so first, by its own clock, if no earlier call may have acted."""
        self.request_ids: list[str] = []
        self.left_behind: dict[str, t.Any] = {}
        """What the stop does not reach, for the result."""
        self.warnings: list[str] = []

    # What it tells

    @property
    def known(self) -> Operation:
        """The operation, which has been read by now."""
        return t.cast(Operation, self.operation)

    @property
    def missing(self) -> list[str]:
        """The instances that were named, and that the operation did not have when it was decided what to stop."""
        return [key for key in self.target.instance_ids if key not in self.parts]

    @property
    def lacks_named(self) -> bool:
        """Whether instances were named that nobody has read yet, though they may be part of the operation."""
        return not (self.shows_all or self.is_complete or self.readings.keys() >= set(self.target.instance_ids))

    @property
    def only_names_children(self) -> bool:
        return self.adapter.parts_are_operations and not self.target.include_children

    @property
    def parts_are_due(self) -> bool:
        """Whether the parts must be read to know how far the target is."""
        if self.shows_all:
            return False
        if self.adapter.parts_are_operations:
            return self.target.include_children
        return bool(self.target.instance_ids) or not is_in_flight(self.known.state)

    @property
    def parts_are_unread(self) -> bool:
        """Whether nobody has read the parts yet, though the provider lists them."""
        return not self.list_was_read and not self.shows_all

    @property
    def is_cut_short(self) -> bool:
        """Whether there may be parts that nobody has read."""
        named = self.target.instance_ids or self.only_names_children
        return not named and self.known.parts_are_listed and not self.is_complete

    @property
    def was_in_flight(self) -> bool:
        """Whether anything that may be stopped was in flight when it was seen first."""
        return any(
            part.was_in_flight and not part.follows and not self.is_spared(key) for key, part in self.parts.items()
        )

    @property
    def weight(self) -> tuple[int, int]:
        """How many operations and how many instances are about to be stopped, as far as anybody knows."""
        if self.counted and not self.is_ready:
            return self.counted
        if self.operation is None:
            return 1, len(self.target.instance_ids)
        if self.excludes(self.target.id, self.operation.name):
            return 0, 0
        known, read = self.counted or (0, 0), self._weight
        return max(known[0], read[0]), max(known[1], read[1])

    @property
    def _weight(self) -> tuple[int, int]:
        """The same, by what was read here."""
        needy = [key for key, part in self.parts.items() if part.needed_stop and not part.follows]
        if self.adapter.parts_are_operations:
            return max(sum(not self.is_spared(key) for key in needy), 1), 0
        unread = len(self.missing) if self.lacks_named else 0
        if not self.target.instance_ids and not self.adapter.parts_only_show:
            unread = max((self.known.total or 0) - len(self.readings), 0)
        return 1, sum(key != WHOLE for key in needy) + unread

    @property
    def needy(self) -> list[str]:
        """The parts that needed a stop when that was decided."""
        return [key for key, part in self.parts.items() if part.needed_stop and not self.is_spared(key)]

    def left(self, batch: Sequence[str]) -> list[str]:
        """Those of a batch that need a stop, as last seen."""
        return [key for key in batch if needs_stop(self.parts[key].now.state)]

    def judge(self) -> list[str]:
        """What still needs a stop, of the instances that were named and of children. Each child is told until a call
        was sent for it, each instance is judged once."""
        if not (self.target.instance_ids or self.adapter.parts_are_operations):
            return []
        keys = [key for key in self.parts if key != WHOLE and key not in self.judged and not self.is_spared(key)]
        self.judged.update(keys if self.target.instance_ids else ())
        return self.left(keys)

    def is_spared(self, key: str) -> bool:
        """Whether a part is an operation of its own that somebody wants left alone."""
        return self.adapter.parts_are_operations and key != WHOLE and self.excludes(key, self.parts[key].now.name)

    def was_asked(self, key: str) -> bool:
        """Whether a stop that was accepted is one of this part."""
        part = self.parts[key]
        return part.accepted or part.implied or (part.follows is not None and part.follows.accepted)

    # What was read

    def saw(self, answer: Operation | ApiError | None) -> None:
        """The answer to a look at the whole. If it is none, what is known remains."""
        self.error = answer if isinstance(answer, ApiError) else None
        if answer is None and self.operation is not None:
            self.error = _vanished(self.operation)
        if not isinstance(answer, Operation):
            return
        expected: Collection[str] = self.target.instance_ids or (self.readings if self.is_complete else ())
        self.shows_all = answer.tells(expected)
        self.over = self.over if self.decided else answer.over or 0
        self.readings.update(answer.parts)
        total = answer.total or (self.operation.total if self.operation else None)
        self.operation = replace(answer, parts=self.readings, total=total)
        self._see_whole(parts_are_fresh=self.shows_all)
        self._see(answer.parts)

    def saw_page(self, page: Page) -> None:
        """A page of the list of the parts."""
        self.operation = replace(self.known, total=page.total or self.known.total)
        self.readings.update(page.parts)
        self._see(page.parts)

    def saw_list(self, error: ApiError | None, shortfall: str | None) -> None:
        """All pages of that list have come, or those before an C(error)."""
        if not is_in_flight(self.known.state):
            # Its own status may have come before the end of its parts.
            self._see_whole(parts_are_fresh=not error)
        self.error, self.shortfall = error, shortfall
        self.list_was_read = not error
        # The provider may count more by now than anybody has read.
        is_known = self.is_complete and (self.target.instance_ids or (self.known.total or 0) <= len(self.readings))
        self.is_complete = bool(is_known or not (error or shortfall))

    def _see_whole(self, *, parts_are_fresh: bool) -> None:
        """What was just read of the whole. If its own status is an end, and parts are in flight that were read before
        the stop, nobody knows: that is no reading."""
        now = self.clock.wall()
        self.times.read = self.times.read or now
        self.times.read_last = now
        whole = self.known.whole
        is_open = self.decided and not parts_are_fresh and whole.state != self.known.state
        if not self.target.instance_ids and not is_open:
            self._see_part(WHOLE, whole)

    def _see(self, readings: Mapping[str, Reading]) -> None:
        """What was just read of some parts."""
        if self.target.instance_ids:
            for key in self.target.instance_ids:
                # Reported as not found, and never asked to stop, if it was not there when that was decided.
                if key in readings and (key in self.parts or not self.decided or self.lacks_named):
                    self._see_part(key, readings[key])
        elif not self.only_names_children:
            for key, reading in readings.items():
                self._see_part(key, reading)

    def _see_part(self, key: str, reading: Reading) -> None:
        part = self.parts.get(key)
        if part is None:
            is_late = self.decided and not self.target.instance_ids
            self.parts[key] = self._newcomer(key, reading) if is_late else self._part(key, reading)
        elif self.decided or key in self.judged:
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
        part, whole = self._part(key, None), self.parts[WHOLE]
        if self.adapter.parts_are_operations:
            part.implied = whole.accepted
        else:
            part.accepted = self.whole_stopped or whole.accepted
            part.refused, part.unsure = whole.refused, whole.unsure
        part.stopped_at = self.stopped_at
        part.see(reading)
        return part

    # What was asked of it

    def sent(self, batch: Sequence[str], answer: Sent) -> None:
        """The answer to the stop call for this batch."""
        self.judged.update(batch)
        if answer.begun is not None:
            self.times.first_stop = min(self.times.first_stop or answer.begun, answer.begun)
        if answer.error is None:
            self.times.stop_accepted = min(self.times.stop_accepted or answer.at, answer.at)
            self._accept(batch, answer.provider_at)
        elif answer.was_sent and answer.error.error_class in MAY_HAVE_ACTED:
            for key in batch:
                self.parts[key].unsure = True

    def _accept(self, batch: Sequence[str], provider_at: float | None) -> None:
        """An accepted call was for this batch; that of a whole also for what has shown up since the first look."""
        since: list[str] = []
        if WHOLE in batch and not self.parts[WHOLE].unsure:
            self.stopped_at = self.stopped_at or provider_at
        if not self.target.instance_ids and not self.adapter.parts_are_operations:
            self.whole_stopped = True
            since = [key for key, part in self.parts.items() if part.before is None and is_in_flight(part.now.state)]
        for key in dict.fromkeys([*batch, *since]):
            self.parts[key].accept(is_proof=self.adapter.refuses_ended)

    def accept_with_whole(self, keys: Sequence[str]) -> None:
        """An accepted stop of the whole was one of these parts, too, which needed it."""
        whole = self.parts[WHOLE]
        if whole.accepted:
            for key in keys:
                if key != WHOLE:
                    self.parts[key].accept_with(whole)


def _vanished(operation: Operation) -> ApiError:
    return ApiError(
        f"{operation.id} was there before, and is not any more",
        code="NotFound",
        error_class="not_found",
        provider=operation.provider,
        action="read",
    )
