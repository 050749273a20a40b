# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the mistakes of mistakes.yml one by one, each in a copy of the checkout, and see that a test fails which passes
without it. The test that the table in README.md names is tried first, then all of its area. Prints a table, and writes
it into README.md once every mistake is caught."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .table import README, ROOT, SIMULATION, Mistake, mistakes, published

SEEDS = 20_000
# In seconds. What ends no more is caught by the time limit of pytest before.
LONGEST = 600
HEAD = "| area | mistake | caught by |\n|---|---|---|\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="mistakes", description=__doc__)
    parser.add_argument("-k", dest="word", default="", help="only those with this word in their area or name")
    parser.add_argument("-n", dest="at_a_time", type=int, default=2, help="how many at a time")
    options = parser.parse_args()
    wanted = [each for each in mistakes() if options.word.lower() in f"{each.area}: {each.what}".lower()]
    last_time = published()
    known = [last_time.get((each.area, each.what), "") for each in wanted]
    rows, tests, begun = [], [], time.monotonic()
    print(HEAD, end="")
    with ThreadPoolExecutor(options.at_a_time) as pool:
        for mistake, caught in zip(wanted, pool.map(seek, wanted, known), strict=True):
            tests += [caught] if caught and "::" in caught else []
            rows.append(f"| {mistake.area} | {mistake.what} | {caught or 'NOTHING'} |\n")
            print(rows[-1], end="", flush=True)
    problems = [row.strip() for row in rows if "NOTHING" in row] + without_mistakes(tests)
    print(f"\n{len(rows)} mistakes in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    if problems:
        print("", *problems, sep="\n", file=sys.stderr)
        return 1
    if not options.word:
        before, _, _ = README.read_text().partition(HEAD)
        README.write_text(before + HEAD + "".join(rows))
    return 0


def seek(mistake: Mistake, known: str) -> str | None:
    """The test, or the seed and the invariant, that catches it. C(known) caught it the last time, if anything did."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        mistake.make(copy)
        if mistake.tests == (SIMULATION,):
            seed = re.match(r"simulation, seed (\d+):", known)
            caught = simulated(Path(folder), f"--seed={seed[1]}") if seed else None
            return caught or simulated(Path(folder), f"--seeds={SEEDS}")
        selected = mistake.selected(copy)
        assert selected, f"{mistake.what}: none of its tests is there"
        failed = failures(copy, "-x", known) if is_there(copy, known) else []
        return next(iter(failed or failures(copy, "-x", *selected)), None)


def is_there(copy: Path, test: str) -> bool:
    file, _, name = test.partition("::")
    return bool(name) and (copy / file).is_file() and f"def {name.rpartition('::')[2]}(" in (copy / file).read_text()


def without_mistakes(tests: list[str]) -> list[str]:
    """What fails where there is no mistake, and so shows nothing."""
    if not tests:
        return []
    with tempfile.TemporaryDirectory() as folder:
        failed = failures(copied(Path(folder)), *dict.fromkeys(tests))
    return [f"{test} fails without a mistake, too" for test in failed]


def copied(folder: Path) -> Path:
    """A copy of the checkout, which counts as the installed collection, too."""
    subprocess.run([sys.executable, str(ROOT / "tests" / "stage.py"), str(folder)], check=True)
    copy = folder / "ansible_collections" / "cloudops" / "halt"
    (copy / "build").mkdir()
    (copy / "build" / "collections").symlink_to(folder)
    (copy / "MANIFEST.json").write_text("{}")
    return copy


def simulated(folder: Path, seeds: str) -> str | None:
    command = [sys.executable, "-m", "ansible_collections.cloudops.halt.tests.simulation", seeds]
    done = run(command, folder, PYTHONPATH=str(folder))
    found = re.search(r"^seed (\d+) breaks ([\w ]+):", done.stdout, re.MULTILINE)
    assert found or not done.returncode, done.stdout[-4000:]
    return f"simulation, seed {found[1]}: {found[2]}" if found else None


def failures(copy: Path, *selected: str) -> list[str]:
    """The tests that fail, without their parameters."""
    done = run([sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *selected], copy)
    found = re.findall(r"^(?:FAILED|ERROR) (\S+?::[^\[\s]+)", done.stdout, re.MULTILINE)
    # Whatever keeps the tests from being read is not one of these mistakes.
    assert found or not done.returncode, done.stdout[-4000:]
    return found


def run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main())
