# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a process: how long it took, and what it used."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """What one run took."""

    seconds: float
    cpu: float
    """Seconds of processor time, of the process and of all that it has started."""
    peak: float
    """The most memory that was in use at once, in MB."""
    output: str = ""


class Failed(Exception):
    """A process did not do what was measured."""


def run(command: Sequence[str], stdin: str = "", environment: Mapping[str, str] | None = None) -> Run:
    """Run this to its end. Raises Failed."""
    # Files, because a pipe that is full would hold up what is measured.
    with (
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        given.write(stdin)
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=given, stdout=out, stderr=err, env=environment)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise Failed(f"{command}: {out.read()[-2000:]}\n{err.read()[-2000:]}")
        unit = 1024 if sys.platform == "linux" else 1024 * 1024
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, out.read())
