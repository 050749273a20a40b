# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the mistakes of mistakes.yml one by one, each in a copy of the checkout, and see that a test fails which passes
without it. Prints a table, and writes it into README.md once every mistake is caught."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .table import README, ROOT, SIMULATION, Mistake, mistakes

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
    rows, missed = [], []
    print(HEAD, end="")
    with ThreadPoolExecutor(options.at_a_time) as pool:
        for mistake, caught in zip(wanted, pool.map(seek, wanted), strict=True):
            rows.append(f"| {mistake.area} | {mistake.what} | {caught or 'NOTHING'} |\n")
            print(rows[-1], end="", flush=True)
            if not caught:
                missed.append(mistake.what)
    if missed:
        print(f"\nNot caught: {'; '.join(missed)}", file=sys.stderr)
        return 1
    if not options.word:
        before, _, _ = README.read_text().partition(HEAD)
        README.write_text(before + HEAD + "".join(rows))
    return 0


def seek(mistake: Mistake) -> str | None:
    """What catches it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        file = copy / mistake.file
        right = file.read_text()
        mistake.make(copy)
        if mistake.tests == (SIMULATION,):
            return simulated(Path(folder))
        selected = mistake.selected(copy)
        assert selected, f"{mistake.what}: none of its tests is there"
        failed = tested(copy, *selected)
        if failed is None:
            return None
        file.write_text(right)
        assert tested(copy, failed) is None, f"{failed} fails without a mistake, too"
        return f"`{failed.partition('[')[0]}`"


def copied(folder: Path) -> Path:
    """A copy of the checkout, which counts as the installed collection, too."""
    subprocess.run([sys.executable, str(ROOT / "tests" / "stage.py"), str(folder)], check=True)
    copy = folder / "ansible_collections" / "cloudops" / "halt"
    (copy / "build").mkdir()
    (copy / "build" / "collections").symlink_to(folder)
    (copy / "MANIFEST.json").write_text("{}")
    return copy


def simulated(folder: Path) -> str | None:
    command = [sys.executable, "-m", "ansible_collections.cloudops.halt.tests.simulation", f"--seeds={SEEDS}"]
    done = run(command, folder, PYTHONPATH=str(folder))
    found = re.search(r"^seed (\d+) breaks ([\w ]+):", done.stdout, re.MULTILINE)
    assert found or not done.returncode, done.stdout[-4000:]
    return f"simulation, seed {found[1]}: {found[2]}" if found else None


def tested(copy: Path, *selected: str) -> str | None:
    """The first test that fails."""
    done = run([sys.executable, "-m", "pytest", "-n", "0", "-x", "-p", "no:cacheprovider", *selected], copy)
    if done.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (\S+::.*?)(?: - .*)?$", done.stdout, re.MULTILINE)
    # Whatever keeps the tests from being read is not one of these mistakes.
    assert found, done.stdout[-4000:]
    return found[1]


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
