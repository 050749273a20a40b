# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a process: how long it took, and what it used."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launcher.py")
# Seconds that something may take to be seen, and between two glances.
_PATIENCE, _GLANCE = 180.0, 0.1
_UNITS_IN_MB = 1024 if sys.platform == "linux" else 1024 * 1024


@dataclass(frozen=True)
class Run:
    """What one run took."""

    seconds: float
    cpu: float
    """Seconds of processor time, of the process and of all that it has started."""
    peak: float
    """The most memory that one of them had in use at once, in MB."""
    output: str = ""


class Failed(Exception):
    """A process did not do what was measured."""


def run(command: Sequence[str], stdin: str = "", environment: Mapping[str, str] | None = None) -> Run:
    """Run this to its end. Raises Failed."""
    # Files, because a pipe that is full would hold up what is measured.
    with (
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryDirectory() as at,
    ):
        given.write(stdin)
        given.seek(0)
        used = Path(at) / "used"
        launch = [sys.executable, "-I", "-S", str(_LAUNCHER), str(used), *command]
        done = subprocess.run(launch, stdin=given, stdout=out, stderr=subprocess.STDOUT, env=environment, check=False)
        out.seek(0)
        output = out.read()
        if done.returncode:
            raise Failed(f"{' '.join(command)}: {output[-4000:]}")
        seconds, cpu, peak = json.loads(used.read_text())
        return Run(seconds, cpu, peak / _UNITS_IN_MB, output)


def until(
    seen: Callable[[], object],
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    end: Callable[[], None] | None = None,
) -> float:
    """Run this until something is C(seen), and then C(end) it, or let it be terminated. Returns when it began, in
    seconds since 1970. Raises Failed if nothing is seen.
    """
    with tempfile.TemporaryFile("w+") as out:
        began = time.time()
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            while not seen():
                if process.poll() is not None or time.time() - began > _PATIENCE:
                    out.seek(0)
                    raise Failed(f"{' '.join(command)}: {out.read()[-4000:]}")
                time.sleep(_GLANCE)
        finally:
            (end or process.terminate)()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return began
