# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that a stop of many shows while it works."""

from __future__ import annotations

import re
import subprocess
import sys

from ..support.ansible import PLAYBOOK
from ..support.emulated import CANCEL_MANY

LINE = re.compile(r"^localhost: \d of 4 ended, .*\bwaited \d s of 300 s\.$", re.ASCII | re.MULTILINE)


def slow_stop(tencent, progress, count, **keywords):
    """A task that takes three seconds."""
    target = tencent.target(tencent.run(count=count, stopping_seconds=3))
    return {CANCEL_MANY: {"targets": [target], "wait_interval": 0.1, "progress": progress}, **keywords}


def test_it_is_shown_if_it_is_wanted_and_a_task_in_the_background_works_as_well(ansible, tencent):
    playbook = ansible.write(
        slow_stop(tencent, 0.5, 4, name="Loud"),
        slow_stop(tencent, 0, 5, name="Quiet"),
        slow_stop(tencent, 0.2, 6, name="Background", **{"async": 60, "poll": 1}),
    )
    # Ansible looks for "~" in two ways, and in the environment of the tests they differ.
    environment = {"ANSIBLE_STDOUT_CALLBACK": "minimal", "ANSIBLE_ASYNC_DIR": str(ansible.folder / "jobs")}
    # In the background Ansible starts Python without quotes, and the path of a checkout may have a blank.
    (ansible.folder / "venv").symlink_to(sys.prefix)
    python = f"ansible_python_interpreter={ansible.folder / 'venv' / 'bin' / 'python'}"

    run = ansible.run("ansible-playbook", "-e", python, str(playbook), environment=environment)

    assert run.returncode == 0, run.output
    assert [run.results[number]["summary"]["stopped"] for number in (0, 1, -1)] == [4, 5, 6]
    assert len(LINE.findall(run.stderr)) >= 2
    assert not LINE.search(run.stdout), "a program may read that"
    assert not re.search("of [56] ended", run.output), "only the first task shows any"
    assert not list(ansible.folder.rglob("halt-progress")), "the lines leave nothing behind"


def test_a_reader_that_leaves_early_does_not_end_the_stop(ansible, tencent):
    command = tencent.run(count=4, stopping_seconds=2)
    task = {CANCEL_MANY: {"targets": [tencent.target(command)], "wait_interval": 0.1, "progress": 0.2}}

    with subprocess.Popen(
        [sys.executable, PLAYBOOK, ansible.write(task)],
        cwd=ansible.folder,
        env=ansible.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as started:
        assert started.stdout is not None
        started.stdout.readline()
        started.stdout.close()
        started.wait(60)

    assert set(tencent.statuses(command).values()) == {"TERMINATED"}
