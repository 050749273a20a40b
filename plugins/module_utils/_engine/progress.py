# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""How far a bulk stop is, in one line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

from .._core import messages
from .._core.clock import Clock
from .._core.halt import Halt
from .._core.part import WHOLE, Part
from .._core.report import outcomes_of


class Progress:
    """Writes a line for each tick. Whether anybody reads them, or they can be written, does not matter to the stop."""

    def __init__(self, path: str, halts: Sequence[Halt], clock: Clock) -> None:
        self._path = path
        self._halts = halts
        self._clock = clock

    def tick(self) -> None:
        try:
            # Not to be read by others, although it holds numbers only.
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(self.line() + "\n")
        except OSError:
            pass

    def line(self) -> str:
        """What moves: C(Read 412 of 953 operations.), or later C(410 of 953 ended, 540 asked to stop, 3 failed, waited
        12 s of 300 s.)."""
        read = sum(halt.record.operation is not None or halt.report is not None for halt in self._halts)
        counts = Counter(word for halt in self._halts for word in _words_of(halt))
        told = [f"Read {read} of {len(self._halts)} operations{self._silence()}"]
        if not (counts[_ASKED] or counts[_ENDED] or counts[_FAILED]):
            return f"{told[0]}."
        if read == len(self._halts):
            told.clear()
        told.append(f"{counts[_ENDED]} of {counts.total()} ended")
        told += [f"{counts[word]} {word}" for word in (_ASKED, _WAITS, _FAILED, _LEFT_ALONE) if counts[word]]
        waited = [halt for halt in self._halts if halt.deadline and not halt.report]
        if waited:
            first = max(waited, key=lambda halt: halt.options.wait_timeout - _left(halt))
            seconds = first.options.wait_timeout - _left(first)
            told.append(f"waited {seconds:.0f} s of {first.options.wait_timeout:g} s")
        return ", ".join(told) + "."

    def _silence(self) -> str:
        """The places that alone have not answered yet."""
        waiting = [halt.adapter for halt in self._halts if not halt.report and not halt.adapter.has_answered]
        if not any(halt.adapter.has_answered for halt in self._halts):
            waiting.clear()
        silent = list(dict.fromkeys(adapter.place for adapter in waiting))
        return f" (no answer yet from {messages.listing(silent)})" if silent else ""


def _left(halt: Halt) -> float:
    return max(halt.deadline.left, 0.0) if halt.deadline else 0.0


_ENDED = "ended"
# A stop was accepted, and the end was not read yet.
_ASKED = "asked to stop"
_WAITS = "not asked yet"
_FAILED = "failed"
_LEFT_ALONE = "left alone"
_WORD: dict[str, str] = {
    "would_stop": _WAITS,
    "stop_requested": _ASKED,
    "still_running": _ASKED,
    "stopped": _ENDED,
    "already_finished": _ENDED,
    "finished_meanwhile": _ENDED,
    "not_found": _LEFT_ALONE,
    "skipped": _LEFT_ALONE,
    "failed": _FAILED,
}


def _words_of(halt: Halt) -> list[str]:
    """One word for each part of a target, or for the target itself where it has none that counts."""
    if halt.report:
        return [_WORD[outcome] for outcome in outcomes_of(halt.adapter, halt.report)]
    keys = [key for key, part in halt.record.parts.items() if key != WHOLE and not part.follows] or (
        [WHOLE] if WHOLE in halt.record.parts else []
    )
    if not keys:
        # Not read yet.
        return [_WAITS] * (len(halt.target.instance_ids) or 1)
    return [_LEFT_ALONE if halt.record.is_spared(key) else _word_of(halt.record.parts[key]) for key in keys]


def _word_of(part: Part) -> str:
    outcome = part.outcome(wait=True, check_mode=False)
    asked = part.accepted or part.implied
    return _WAITS if outcome in ("still_running", "stop_requested") and not asked else _WORD[outcome]
