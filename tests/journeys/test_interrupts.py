# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C and kill: nothing is left running, nothing is left half done, and another run completes the work."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ..support.ansible import PLAYBOOK
from ..support.emulated import CANCEL_MANY
from ..support.modules import play
from ..support.processes import marked, wait_until

# Seconds after a signal within which everything must be gone. Machines of tests are slow; a user waits for less.
SOON = 60
MODULES = Path("ansible_collections", "cloudops", "halt", "plugins", "modules")


@contextlib.contextmanager
def signals(on_hangup):
    """What is started meanwhile begins with these. The tests themselves may run under nohup or in the background, where
    signals are ignored by inheritance."""
    wanted = {signal.SIGHUP: on_hangup, signal.SIGINT: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Started:
    """A program that is interrupted. It is known by a marker, and so is everything that it starts."""

    def __init__(self, ansible, *command, on_hangup=signal.SIG_DFL):
        self.marker = f"HALT_TEST_MARKER={ansible.folder}"
        (ansible.folder / "remote").mkdir(exist_ok=True)
        environment = {
            **ansible.environment,
            "HALT_TEST_MARKER": str(ansible.folder),
            "PYTHONPATH": ansible.environment["ANSIBLE_COLLECTIONS_PATH"],
            # Where Ansible puts the options of a module while it runs.
            "ANSIBLE_REMOTE_TMP": str(ansible.folder / "remote"),
            "ANSIBLE_VERBOSITY": "1",
        }
        with signals(on_hangup):
            self.process = subprocess.Popen(
                [sys.executable, *map(str, command)],
                cwd=ansible.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                # A group of its own, as a shell makes one for each command.
                start_new_session=True,
            )

    def interrupt(self, number, *, whole_group=False):
        (os.killpg if whole_group else os.kill)(self.process.pid, number)

    def end(self):
        """What was printed until everything was gone."""
        stdout, stderr = self.process.communicate(timeout=SOON)
        wait_until(lambda: not marked(self.marker), SOON)
        assert "Traceback" not in stdout + stderr, stdout + stderr
        return stdout, stderr

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in marked(self.marker):
            os.kill(pid, signal.SIGKILL)
        self.process.communicate()


def leaves(ansible, secret):
    """Files with the secret in them, apart from the playbook that gave it."""
    files = (path for path in ansible.folder.rglob("*") if path.is_file() and path.name != "playbook.json")
    return [path for path in files if secret.encode() in path.read_bytes()]


def role(tencent, report):
    variables = {"name": "nightly-*", "scopes": [tencent.connection], "confirm": True, "rate": 2}
    variables["report"] = str(report)
    return {
        "ansible.builtin.include_role": {"name": "cloudops.halt.bulk_cancel"},
        "vars": {f"bulk_cancel_{name}": value for name, value in variables.items()},
    }


@pytest.mark.parametrize(
    ("of_role", "number", "whole_group"),
    [
        (False, signal.SIGINT, False),
        (True, signal.SIGINT, True),
        (False, signal.SIGTERM, False),
        (False, signal.SIGTERM, True),
        # To a group it would be the system's own work.
        (False, signal.SIGKILL, False),
    ],
)
def test_an_interrupted_stop_leaves_nothing_running_and_is_completed_by_another(
    ansible, tencent, of_role, number, whole_group
):
    # Not all of the stops are sent when the first is, nor seen to work.
    commands = [tencent.run(name="nightly-cleanup", count=2, stopping_seconds=4) for _ in range(5)]
    stop = {"targets": [tencent.target(command) for command in commands], "wait_interval": 0.2}
    report = ansible.folder / "report"
    task = role(tencent, report) if of_role else {CANCEL_MANY: {**stop, "progress": 0.5, "rate": 1}}

    with Started(ansible, PLAYBOOK, ansible.write(task)) as started:
        wait_until(tencent.stops)
        started.interrupt(number, whole_group=whole_group)
        started.end()

    sent = len(tencent.stops())
    assert sent < len(commands) and started.process.returncode != 0
    if number != signal.SIGKILL:
        assert not leaves(ansible, tencent.keys["default"]["access_key_secret"])
    assert not list(report.rglob("*")), "no half report"
    time.sleep(1.2)
    assert len(tencent.stops()) == sent, "nobody goes on"

    (again,) = play({CANCEL_MANY: stop})
    assert not again["failed"], again["msg"]
    assert {status for command in commands for status in tencent.statuses(command).values()} == {"TERMINATED"}


@pytest.mark.parametrize(("number", "whole_group"), [(signal.SIGKILL, False), (signal.SIGHUP, True)])
def test_a_single_module_ends_with_ansible_too(ansible, tencent, number, whole_group):
    """Ansible itself leaves its workers and modules running when it is killed, or its terminal is closed."""
    command = tencent.run(stopping_seconds=60)

    with Started(ansible, PLAYBOOK, ansible.write(tencent.cancel(command))) as started:
        wait_until(tencent.stops)
        started.interrupt(number, whole_group=whole_group)
        started.end()
    assert not leaves(ansible, tencent.keys["default"]["access_key_secret"])


def by_hand(ansible, module, options, **how):
    """A module as `python module.py arguments.json` runs it."""
    path = ansible.folder / "arguments.json"
    path.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
    collections = Path(ansible.environment["ANSIBLE_COLLECTIONS_PATH"])
    return Started(ansible, collections / MODULES / f"{module}.py", path, **how)


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("inflight_cancel", signal.SIGINT),
        ("inflight_cancel", signal.SIGHUP),
        ("cloud_invocation_cancel", signal.SIGTERM),
        ("inflight_info", signal.SIGINT),
    ],
)
def test_a_module_run_by_hand_says_that_it_was_interrupted(ansible, tencent, module, number):
    """Even where a call hangs, and none of what it waits for will come."""
    command = tencent.run(stopping_seconds=60)
    stops = module != "inflight_info"
    # The emulator tells of a call once it has ended, so the first one works.
    tencent.fault("hang", seconds=60, action="DescribeInvocations" if stops else None, after=1, times=None)
    options = {
        "inflight_cancel": {"targets": [tencent.target(command)]},
        "cloud_invocation_cancel": {**tencent.connection, "invocation_id": command.id},
        "inflight_info": {**tencent.connection, "instance_ids": [*command.instance_ids, "ins-another1"]},
    }[module]

    with by_hand(ansible, module, {**options, "request_timeout": 60}) as started:
        wait_until(tencent.stops if stops else tencent.requests)
        time.sleep(0.5)
        started.interrupt(number)
        stdout, stderr = started.end()

    result = json.loads(stdout)
    told = "1 stop call, which may have worked. Run it again" if stops else "No stop was sent"
    assert (result["failed"], result["changed"]) == (True, stops)
    assert result["msg"].startswith("Interrupted before the end.") and told in result["msg"]
    assert result["calls"]["tencent"]["DescribeInvocations"] >= 1
    assert result["calls"]["tencent"].get("CancelInvocation", 0) == int(stops)
    assert not stderr


def test_a_module_that_was_started_with_nohup_goes_on(ansible, tencent):
    command = tencent.run(stopping_seconds=1)
    options = {**tencent.connection, "invocation_id": command.id}

    with by_hand(ansible, "cloud_invocation_cancel", options, on_hangup=signal.SIG_IGN) as started:
        wait_until(tencent.stops)
        started.interrupt(signal.SIGHUP)
        stdout, _stderr = started.end()

    assert json.loads(stdout)["outcome"] == "stopped"


def test_a_module_ends_when_nobody_reads_its_result(ansible, tencent):
    """As one does whose Ansible was killed, or whose connection is gone."""
    command = tencent.run(stopping_seconds=60)

    with by_hand(ansible, "inflight_cancel", {"targets": [tencent.target(command)]}) as started:
        wait_until(tencent.stops)
        started.process.stdout.close()
        wait_until(lambda: not marked(started.marker), SOON)
        assert started.process.stderr.read() == ""
        started.process.stdout = None
