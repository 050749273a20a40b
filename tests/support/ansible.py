# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real `ansible` and `ansible-playbook` runs of the built and installed collection.

A run takes a second, a task half of one, so a test describes many tasks and runs them as one playbook.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .emulated import Task

# What a whole run may take; a module that hangs must not hang the tests.
LONGEST_RUN = 240

# Its path, for those who start it themselves.
PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
# ansible-playbook where no module takes a process of its own. Its folder has an "ansible.py", which is not to be found.
IN_WORKERS = ("python", "-P", str(Path(__file__).with_name("in_workers.py")))

Result = dict[str, Any]


@dataclass
class Run:
    """What a run of Ansible left behind."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return f"{self.stdout}\n{self.stderr}"

    @property
    def words(self) -> str:
        """The output without line breaks, which older releases of Ansible put into their warnings."""
        return " ".join(self.output.split())

    @cached_property
    def results(self) -> list[Result]:
        """The results of the collection's modules, in the order of their tasks."""
        found: list[Result] = []
        for answer in re.finditer(r"^localhost \| ([A-Z]+)!? => (?=\{)", self.stdout, re.MULTILINE):
            result, _ = json.JSONDecoder().raw_decode(self.stdout, answer.end())
            if "censored" not in result:
                found.append({**result, "failed": answer[1] == "FAILED"})
        return found

    @property
    def result(self) -> Result:
        assert len(self.results) == 1, self.output
        return self.results[0]


class Ansible:
    """Runs Ansible as a user does: in a folder of its own, with an environment that the test knows whole."""

    def __init__(self, folder: Path, collections: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "NO_PROXY": "127.0.0.1",
        }

    def run(self, *command: str, environment: dict[str, str] | None = None) -> Run:
        done = subprocess.run(
            [str(Path(sys.executable).with_name(command[0])), *command[1:]],
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def in_workers(self, *arguments: str, environment: dict[str, str] | None = None) -> Run:
        """`ansible-playbook` where no module takes a process of its own: see in_workers.py."""
        return self.run(*IN_WORKERS, *arguments, environment=environment)

    def write(self, *tasks: Task, name: str = "playbook.json", **keywords: Any) -> Path:
        """A playbook of these tasks, with keywords of the play."""
        path = self.folder / name
        play = {"hosts": "localhost", "gather_facts": False, **keywords, "tasks": tasks}
        path.write_text(json.dumps([play]))
        return path

    def adhoc(
        self, module: str, arguments: dict[str, Any] | str, *flags: str, environment: dict[str, str] | None = None
    ) -> Run:
        """`ansible localhost -m ...`"""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        return self.run("ansible", "localhost", "-m", module, "-a", text, *flags, environment=environment)

    def play(self, *tasks: Task, flags: tuple[str, ...] = (), environment: dict[str, str] | None = None) -> Run:
        """One playbook of all these tasks. It goes on after a failure, and brings back every module's result."""
        # A task of ours always has a result; what sets the scene is silent.
        ours = [any(name.startswith("cloudops.halt.") for name in task) for task in tasks]
        written = [
            {**task, "ignore_errors": True} if is_ours else {**task, "no_log": True, "check_mode": False}
            for task, is_ours in zip(tasks, ours, strict=True)
        ]
        # The callback of ad-hoc commands prints every result whole, and as JSON.
        environment = {"ANSIBLE_STDOUT_CALLBACK": "minimal", **(environment or {})}
        run = self.run("ansible-playbook", *flags, str(self.write(*written)), environment=environment)
        assert (run.returncode, len(run.results)) == (0, sum(ours)), run.output
        return run
