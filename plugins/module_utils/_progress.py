# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""How far a bulk stop is, in one line."""

from __future__ import annotations

import os
import typing as t
from collections import Counter
from collections.abc import Sequence

from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock
from ansible_collections.cloudops.halt.plugins.module_utils._halt import Halt
from ansible_collections.cloudops.halt.plugins.module_utils._part import WHOLE
from ansible_collections.cloudops.halt.plugins.module_utils._report import outcomes_of


class Progress:
    """Writes a line for each tick. Whether anybody reads them, or they can be written, does not matter to the stop."""

    def __init__(self, path: str, halts: Sequence[Halt], calls: t.Callable[[], int], clock: Clock) -> None:
        self._path = path
        self._halts = halts
        self._calls = calls
        self._clock = clock
        self._started = clock.monotonic()
        self._first_done: tuple[float, int] | None = None
        """When something was done first, and how much that was: the pace is measured from then on."""

    def tick(self) -> None:
        try:
            # Not to be read by others, although it holds numbers only.
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(self.line() + "\n")
        except OSError:
            pass

    def line(self) -> str:
        """As in C(120 / 500 done: 100 stopped, 15 over, 5 failed, 380 still running (20 asked to stop); 19.8 calls/s;
        about 35 s left)."""
        counts = Counter(word for halt in self._halts for word in _words_of(halt))
        counts[_LEFT] += counts[_ASKED]
        asked = counts.pop(_ASKED, 0)
        total, left = sum(counts.values()), counts[_LEFT]
        seconds = self._clock.monotonic() - self._started
        told = ", ".join(f"{counts[word]} {word}" for word in _WORDS if counts[word] or word in ("stopped", _LEFT))
        told += f" ({asked} asked to stop)" if asked else ""
        line = f"{total - left} / {total} done: {told}; {self._calls() / max(seconds, 0.001):.1f} calls/s"
        pace = self._pace(seconds, total - left)
        return line + (f"; about {left / pace:.0f} s left" if left and pace else "")

    def _pace(self, seconds: float, done: int) -> float | None:
        """What is done in a second, once that can be told."""
        if not done:
            return None
        if self._first_done is None:
            self._first_done = (seconds, done)
        since, already = self._first_done
        return (done - already) / (seconds - since) if done > already and seconds > since else None


_LEFT = "still running"
# Of those: a stop was accepted, and the end was not read yet.
_ASKED = "asked to stop"
_WORDS = ("stopped", "over", "left alone", "failed", _LEFT)
_WORD: dict[str, str] = {
    "stop_requested": _ASKED,
    "stopped": "stopped",
    "already_finished": "over",
    "finished_meanwhile": "over",
    "not_found": "left alone",
    "skipped": "left alone",
    "failed": "failed",
}


def _words_of(halt: Halt) -> list[str]:
    """One word for each part of a target, or for the target itself where it has none that counts."""
    if halt.report:
        # Only what a stop was accepted for is called still_running in the end.
        return [
            _ASKED if outcome == "still_running" else _WORD.get(outcome, _LEFT)
            for outcome in outcomes_of(halt.adapter, halt.report)
        ]
    parts = [part for key, part in halt.parts.items() if key != WHOLE and not part.follows] or [
        part for key, part in halt.parts.items() if key == WHOLE
    ]
    if not parts:
        # Not read yet.
        return [_LEFT] * (len(halt.target.instance_ids) or 1)
    return [
        _WORD.get(part.outcome(wait=True, check_mode=False), _ASKED if part.accepted or part.implied else _LEFT)
        for part in parts
    ]
