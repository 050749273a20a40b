# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows that the simulation catches mistakes: makes them one by one, each in a copy of the collection, and plays seeds
until one breaks an invariant. Prints a table."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_UTILS = Path("plugins/module_utils")
_SEEDS = 20_000


class Mistake(t.NamedTuple):
    """A text of a file, and what stands there by mistake."""

    what: str
    file: str
    right: str
    wrong: str


MISTAKES = (
    Mistake("trust the first look", "_part.py", "self.after = reading", "self.after = self.after or reading"),
    Mistake("take stopping for stopped", "_states.py", "state not in _ENDED", 'state not in (*_ENDED, "stopping")'),
    Mistake("call changed what was accepted", "_part.py", "return self.acted or (", "return self.accepted or ("),
    Mistake(
        "believe an unsure stop",
        "_part.py",
        'if self.unsure and (reading.state == "stopping" or self._shows_a_stop(reading)):',
        "if self.unsure:",
    ),
    Mistake(
        "drop the last batch",
        "_halt.py",
        "for start in range(0, len(keys), size)",
        "for start in range(0, len(keys) - size, size)",
    ),
    Mistake(
        "name one id too many",
        "_halt.py",
        "size = self.adapter.stop_limit or 1",
        "size = (self.adapter.stop_limit or 1) + 1",
    ),
    Mistake(
        "stop again without a look",
        "_halt.py",
        "yield self._pause(backoff(attempt, self.rng))\n            yield from self._look()",
        "yield self._pause(backoff(attempt, self.rng))",
    ),
    Mistake("stop again for ever", "_halt.py", "            attempt += 1\n", ""),
    Mistake(
        "forget children that come late",
        "_halt.py",
        "error = self.read_error\n            if self.adapter.parts_are_operations:",
        "error = self.read_error\n            if False:",
    ),
    Mistake("do not wait", "_halt.py", "while self._is_worth_waiting() and", "while not self._is_worth_waiting() and"),
    Mistake(
        "wait a whole interval before the end",
        "_halt.py",
        "yield Pause(min(self.options.wait_interval, max(so_far, _SOON), max(deadline.left, 0.0) / 2))",
        "yield Pause(self.options.wait_interval)",
    ),
    Mistake("stop in check mode", "_halt.py", "if not self.options.check_mode:", "if True:"),
    Mistake(
        "stop the known ones of unknown ids",
        "_halt.py",
        "if missing and not self.options.ignore_not_found:",
        "if False:",
    ),
    Mistake(
        "ignore expected_name",
        "_halt.py",
        "if self.options.expected_name not in (None, self.operation.name):",
        "if False:",
    ),
    Mistake(
        "be silent about a failure",
        "_halt.py",
        'report.failed = unverified or report.outcome in ("failed", "still_running")',
        "report.failed = unverified",
    ),
    Mistake(
        "swap before and after",
        "_report.py",
        '"before": part.before.state if part and part.before else None',
        '"before": part.after.state if part and part.after else None',
    ),
    Mistake(
        "order outcomes wrongly",
        "_states.py",
        '    "failed",\n    "still_running",\n',
        '    "still_running",\n    "failed",\n',
    ),
    Mistake(
        "ask for an id twice",
        "_module.py",
        "return tuple(map(sys.intern, dict.fromkeys(given)))",
        "return tuple(given)",
    ),
    Mistake(
        "stop an operation twice",
        "_inflight_cancel.py",
        "merged[key] = _joined(merged[key], order) if key in merged else order",
        "merged[(*key, len(merged))] = order  # type: ignore[index]",
    ),
    Mistake(
        "ignore the guard", "_bulk.py", "self._ready.append((driven, refusal))", "self._ready.append((driven, None))"
    ),
    Mistake(
        "let the first one pass the guard",
        "_bulk.py",
        "if not gates or len(gates) < sum(lane.live for lane in self.lanes):",
        "if not gates:",
    ),
    Mistake("give each the reading of another", "_bulk.py", "found[look.target.id]))", "next(iter(found.values()))))"),
    Mistake(
        "take a cut list for whole", "_adapter.py", "and not listed[look.target.id].shows(look.expected)", "and False"
    ),
    Mistake(
        "give up all lanes for one",
        "_bulk.py",
        "while lane.jobs:\n                lane.jobs.take().give_up(error)",
        "for lane in self.lanes:\n              while lane.jobs:\n                lane.jobs.take().give_up(error)",
    ),
    Mistake(
        "fall over one answer",
        "_bulk.py",
        "            except _FALLS as fall:",
        "            except ZeroDivisionError as fall:",
    ),
    Mistake(
        "send a lost stop again",
        "_http.py",
        "again = NOTHING_DONE | MAY_HAVE_ACTED if repeatable else NOTHING_DONE",
        "again = NOTHING_DONE | MAY_HAVE_ACTED",
    ),
    Mistake("go past a deadline", "_http.py", "if deadline and wait >= deadline.left:", "if False:"),
)


def main() -> int:
    print("| mistake | caught by | first seed |\n|---|---|---|")
    missed = 0
    for mistake in MISTAKES:
        found = _seek(mistake)
        missed += found is None
        invariant, seed = found or ("nothing", "-")
        print(f"| {mistake.what} | {invariant} | {seed} |", flush=True)
    return min(missed, 1)


def _seek(mistake: Mistake) -> tuple[str, str] | None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "ansible_collections" / "cloudops" / "halt"
        for part in ("plugins", "tests/unit", "tests/simulation"):
            shutil.copytree(_ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        file = copy / _UTILS / mistake.file
        text = file.read_text()
        assert text.count(mistake.right) == 1, f"{mistake.file} has not once: {mistake.right}"
        file.write_text(text.replace(mistake.right, mistake.wrong))
        command = [sys.executable, "-m", "ansible_collections.cloudops.halt.tests.simulation", f"--seeds={_SEEDS}"]
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PYTHONPATH": folder}, capture_output=True, text=True, check=False
        )
    found = re.search(r"^seed (\d+) breaks ([\w ]+):", done.stdout, re.MULTILINE)
    assert found or not done.returncode, done.stderr
    return (found[2], found[1]) if found else None


if __name__ == "__main__":
    sys.exit(main())
