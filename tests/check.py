#!/usr/bin/env python3
# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run everything that has to be true, say what came of each stage and how long it took, and fail if one failed.

    tests/check.py [--versions] 2.19/3.11 2.16/3.11 ...

The first ansible-core whose Python is here runs the whole suite. The others run what a version can change: the tests
with real Ansible, and ansible-test. With --versions that is all. The suite has the machine for itself, since its times
are measured; the rest runs two stages at a time.
"""

from __future__ import annotations

import argparse
import glob
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "check"
AT_A_TIME = 2


@dataclass
class Stage:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    failed: bool = False
    closing: str = ""
    """The last line of pytest."""

    @property
    def log(self) -> Path:
        return LOGS / f"{re.sub('[^a-z0-9.]+', '-', self.name)}.log"

    def run(self) -> None:
        begun = time.monotonic()
        # What this make was called with is not meant for those that are called here.
        environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKEOVERRIDES")}
        with self.log.open("wb") as log:
            done = subprocess.run(
                self.command,
                cwd=ROOT,
                env={**environment, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        self.failed = done.returncode != 0
        self.seconds = time.monotonic() - begun
        text = self.log.read_text(errors="replace")
        closings = re.findall(
            r"^=* ?(\d+ (?:passed|failed|skipped|error).* in [\d.]+s.*?)(?: =+)?$", text, re.MULTILINE
        )
        self.closing = closings[-1] if closings else ""
        if self.failed:
            print("\n".join(text.splitlines()[-200:]), file=sys.stderr, flush=True)
        print(self, flush=True)

    def __str__(self) -> str:
        counts = self.closing.partition(" in ")[0]
        said = "FAILED" if self.failed else "passed"
        line = f"{self.name:32} {said} {self.seconds:5.0f} s   {counts}".rstrip()
        return f"{line}   see {self.log.relative_to(ROOT)}" if self.failed else line


class Version:
    """An ansible-core on a Python, in an environment of its own."""

    def __init__(self, text: str) -> None:
        self.name = text
        self.core, _, number = text.partition("/")
        self.python = python_of(number)
        self.venv = f"build/versions/{self.core}"

    def make(self, stage: str, target: str, arguments: str = "") -> Stage:
        settings = [f"CORE={self.core}", f"VENV={self.venv}", f"PYTHON={self.python}", f"ARGS={arguments}"]
        return Stage(f"{stage}, {self.name}", ["make", target, *settings])

    def ansible_test(self, command: str, *arguments: str) -> Stage:
        command_line = ["tests/ansible-test.sh", command, *arguments]
        return Stage(f"ansible-test {command}, {self.name}", command_line, {"VENV": self.venv})


def python_of(number: str) -> str | None:
    """The interpreter of a version such as 3.12, also where pyenv keeps it without having it in the path."""
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    for candidate in (f"python{number}", *glob.glob(f"{pyenv}/versions/{number}.*/bin/python")):
        try:
            subprocess.run([candidate, "-c", "import ensurepip, venv"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    return None


def run(lanes: Iterable[list[Stage]]) -> list[Stage]:
    """Run the stages of a lane one after the other, and lanes side by side."""

    def run_lane(lane: list[Stage]) -> list[Stage]:
        for stage in lane:
            stage.run()
        return lane

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return [stage for lane in pool.map(run_lane, lanes) for stage in lane]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", action="store_true", help="leave out what depends on no version")
    parser.add_argument("version", nargs="+", type=Version)
    options = parser.parse_args()
    here = [each for each in options.version if each.python]
    missing = [each.name for each in options.version if not each.python]
    if not here:
        sys.exit(f"None of these Pythons is here: {', '.join(missing)}")
    first, *others = here
    LOGS.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()

    set_ups = [each.make("set-up", f"{each.venv}/journeys.done") for each in others]
    suite = first.make("test", "test")
    stages = run([[first.make("set-up", f"{first.venv}/test.done" if options.versions else "setup")], set_ups])
    stages += run([[suite]])
    one_process = "-n 1"
    lanes = [
        [
            each.make("journeys", "journeys", one_process),
            each.ansible_test("sanity"),
            each.ansible_test("units", "--num-workers", "1"),
        ]
        for each in others
    ]
    lanes += [
        [first.ansible_test("sanity"), first.ansible_test("units", "--num-workers", "1")],
        [first.ansible_test("integration")],
    ]
    if not options.versions:
        lanes.insert(0, [first.make("release-check", "release-check", one_process)])
        lanes.insert(1, [first.make("drill", "drill"), first.make("linters", "linters")])
    stages += run(lanes)

    skipped = re.findall(r"^SKIPPED .*", suite.log.read_text(errors="replace"), re.MULTILINE)
    failed = [stage.name for stage in stages if stage.failed]
    print("", *stages, sep="\n")
    for name in missing:
        print(f"{name:32} NOT RUN: this Python is not here")
    print(f"The stages took {sum(stage.seconds for stage in stages):.0f} s, in {time.monotonic() - begun:.0f} s.")
    print(f"The whole suite, on ansible-core {first.name}:", *skipped, f"== {suite.closing} ==", sep="\n")
    print(f"FAILED: {'; '.join(failed)}" if failed else "Everything passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
