# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real runs of Ansible with the built and installed collection."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .cloud import ROOT
from .process import Run, run, until

Task = dict[str, Any]


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_REMOTE_TMP": str(folder / "remote"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "benchmarks" / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "task_times",
        "TASK_TIMES": str(folder / "task_times"),
        "NO_PROXY": "127.0.0.1",
    }


def _command(folder: Path, tasks: Sequence[Task]) -> list[str]:
    playbook = folder / "playbook.json"
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]))
    return [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook)]


def _play(folder: Path, tasks: Sequence[Task], environment: dict[str, str]) -> Run:
    return run(_command(folder, tasks), environment=environment)


def play_until(seen: Callable[[], object], end: Callable[[], None], tasks: Sequence[Task]) -> float:
    """One playbook of these tasks until something is C(seen), and then to the end that C(end) brings about. Returns
    when it began, in seconds since 1970. Raises Failed."""
    with tempfile.TemporaryDirectory() as name:
        return until(seen, _command(Path(name), tasks), _environment(Path(name)), end)


def play(tasks: Sequence[Task]) -> Run:
    """One playbook of these tasks. Raises Failed if one of them fails."""
    with tempfile.TemporaryDirectory() as name:
        return _play(Path(name), tasks, _environment(Path(name)))


def task_times(tasks: Sequence[Task]) -> dict[str, list[float]]:
    """The seconds of each task, by its name, which several tasks may share."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _play(folder, tasks, _environment(folder))
        times: dict[str, list[float]] = defaultdict(list)
        for line in (folder / "task_times").read_text().splitlines():
            told = json.loads(line)
            times[told["task"]].append(told["seconds"])
        return times


class ModuleProcess:
    """The file that Ansible makes of a task and has Python run, options included; to be run again and again."""

    def __init__(self, task: Task) -> None:
        (module,) = task
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _play(folder, [task], {**_environment(folder), "ANSIBLE_KEEP_REMOTE_FILES": "true"})
            (file,) = folder.rglob(f"AnsiballZ_{module.rpartition('.')[2]}.py")
            self._program = file.read_text()

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._program)

    def run(self) -> Run:
        """Raises Failed."""
        with tempfile.TemporaryDirectory() as name:
            return run(self._command(Path(name)), environment=_environment(Path(name)))

    def until(self, seen: Callable[[], object]) -> float:
        """Run it until something is C(seen). Returns when it began, in seconds since 1970. Raises Failed."""
        with tempfile.TemporaryDirectory() as name:
            return until(seen, self._command(Path(name)), _environment(Path(name)))

    def _command(self, folder: Path) -> list[str]:
        file = folder / "module.py"
        file.write_text(self._program)
        return [sys.executable, str(file)]
