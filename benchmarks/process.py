# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a process: how long it took, and what it used."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launcher.py")
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
