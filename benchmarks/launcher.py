# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command and writes what it used to a file. Usage: launcher.py FILE COMMAND...

A process of its own, because the system counts the memory of whoever starts a process as used by what is started: so it
is small, and imports little.
"""

import json
import os
import sys
import time


def main() -> int:
    file, *command = sys.argv[1:]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    _pid, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    with open(file, "w") as told:
        json.dump([seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss], told)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
