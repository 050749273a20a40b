# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C and kill: nothing is left running, nothing is left half done, and another run completes the work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ..support.processes import marked, wait_until

# Seconds after a signal within which everything must be gone. Machines of tests are slow; a user waits for less.
SOON = 10
PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
MODULES = Path("ansible_collections", "cloudops", "halt", "plugins", "modules")


class Started:
    """A program that is interrupted. It is known by a marker, and so is everything that it starts."""

    def __init__(self, ansible, *command):
        self.marker = f"HALT_TEST_MARKER={ansible.folder}"
        (ansible.folder / "remote").mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=ansible.folder,
            env={
                **ansible.environment,
                **dict([self.marker.split("=", 1)]),
                "PYTHONPATH": ansible.environment["ANSIBLE_COLLECTIONS_PATH"],
                # Where Ansible puts the options of a module while it runs.
                "ANSIBLE_REMOTE_TMP": str(ansible.folder / "remote"),
                "ANSIBLE_VERBOSITY": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A group of its own, as a shell makes one for each command.
            start_new_session=True,
        )

    def interrupt(self, number, *, whole_group):
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


def playbook(ansible, *tasks):
    path = ansible.folder / "playbook.json"
    path.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    return path


def leaves(ansible, secret):
    """Files with the secret in them, apart from the playbook that gave it."""
    files = (path for path in ansible.folder.rglob("*") if path.is_file() and path.name != "playbook.json")
    return [path for path in files if secret.encode() in path.read_bytes()]


@pytest.fixture
def commands(tencent):
    """Commands whose stops take a while: not all of them are sent when the first is, nor seen to work."""
    tencent.settings(stopping_seconds=4)
    return [tencent.run(name="nightly-cleanup", count=2) for _ in range(5)]


@pytest.mark.parametrize(
    ("number", "whole_group"),
    [
        *((number, whole_group) for number in (signal.SIGINT, signal.SIGTERM) for whole_group in (False, True)),
        # To a group it would be the system's own work.
        (signal.SIGKILL, False),
    ],
)
def test_an_interrupted_stop_leaves_nothing_running_and_is_completed_by_another(
    ansible, tencent, commands, number, whole_group
):
    targets = [tencent.target(command) for command in commands]
    task = {"cloudops.halt.inflight_cancel": {"targets": targets, "wait_interval": 0.2, "progress": 0.5}}

    slow = {"cloudops.halt.inflight_cancel": {**task["cloudops.halt.inflight_cancel"], "rate": 1}}
    with Started(ansible, PLAYBOOK, playbook(ansible, slow)) as started:
        wait_until(tencent.stops)
        started.interrupt(number, whole_group=whole_group)
        started.end()
    sent = len(tencent.stops())
    assert sent < len(commands) and started.process.returncode != 0
    if number != signal.SIGKILL:
        assert not leaves(ansible, tencent.keys["default"]["access_key_secret"])
    time.sleep(1.2)
    assert len(tencent.stops()) == sent, "nobody goes on"

    again = ansible.run("ansible-playbook", str(playbook(ansible, task)))
    assert again.returncode == 0, again.output
    assert {status for command in commands for status in tencent.statuses(command).values()} == {"TERMINATED"}


@pytest.mark.parametrize(("number", "whole_group"), [(signal.SIGKILL, False), (signal.SIGHUP, True)])
def test_a_single_module_ends_with_ansible_too(ansible, tencent, number, whole_group):
    """Ansible itself leaves its workers and modules running when it is killed, or its terminal is closed."""
    command = tencent.run(stopping_seconds=60)

    with Started(ansible, PLAYBOOK, playbook(ansible, tencent.cancel(command))) as started:
        wait_until(tencent.stops)
        started.interrupt(number, whole_group=whole_group)
        started.end()
    assert not leaves(ansible, tencent.keys["default"]["access_key_secret"])


def test_an_interrupted_role_leaves_no_half_report(ansible, tencent, commands):
    report = ansible.folder / "report"
    variables = {
        "bulk_cancel_select": {"name": "nightly-*"},
        "bulk_cancel_scopes": [tencent.connection],
        "bulk_cancel_confirm": True,
        "bulk_cancel_wait_interval": 0.2,
        "bulk_cancel_report": str(report),
    }
    role = {"ansible.builtin.include_role": {"name": "cloudops.halt.bulk_cancel"}}
    task = {**role, "vars": variables}
    slow = {**role, "vars": {**variables, "bulk_cancel_rate": 1}}

    with Started(ansible, PLAYBOOK, playbook(ansible, slow)) as started:
        wait_until(tencent.stops)
        started.interrupt(signal.SIGINT, whole_group=True)
        started.end()
    assert not report.exists()
    assert not leaves(ansible, tencent.keys["default"]["access_key_secret"])

    again = ansible.run("ansible-playbook", str(playbook(ansible, task)))
    assert again.returncode == 0, again.output
    assert {status for command in commands for status in tencent.statuses(command).values()} == {"TERMINATED"}
    assert json.loads((report / "report.json").read_text())["failed"] is False
    assert (report / "report.html").read_text().rstrip().endswith("</html>")


def by_hand(ansible, installed_collections, module, options):
    """A module as `python module.py arguments.json` runs it."""
    path = ansible.folder / "arguments.json"
    path.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
    return Started(ansible, installed_collections / MODULES / f"{module}.py", path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("module", ["inflight_cancel", "cloud_invocation_cancel", "inflight_info"])
def test_a_module_run_by_hand_says_that_it_was_interrupted(ansible, installed_collections, tencent, module, number):
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

    with by_hand(ansible, installed_collections, module, {**options, "request_timeout": 60}) as started:
        wait_until(tencent.stops if stops else tencent.requests)
        time.sleep(0.5)
        started.interrupt(number, whole_group=False)
        stdout, stderr = started.end()

    result = json.loads(stdout)
    told = "1 stop call, which may have worked. Run it again" if stops else "No stop was sent"
    assert (result["failed"], result["changed"]) == (True, stops)
    assert result["msg"].startswith("Interrupted before the end.") and told in result["msg"]
    assert result["calls"]["tencent"]["DescribeInvocations"] >= 1
    assert result["calls"]["tencent"].get("CancelInvocation", 0) == int(stops)
    assert not stderr


def test_a_module_that_was_started_with_nohup_goes_on(ansible, installed_collections, tencent):
    command = tencent.run(stopping_seconds=1)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        options = {**tencent.connection, "invocation_id": command.id}
        with by_hand(ansible, installed_collections, "cloud_invocation_cancel", options) as started:
            wait_until(tencent.stops)
            started.interrupt(signal.SIGHUP, whole_group=False)
            stdout, _stderr = started.end()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert json.loads(stdout)["outcome"] == "stopped"


def test_a_module_ends_when_nobody_reads_its_result(ansible, installed_collections, tencent):
    """As one does whose Ansible was killed, or whose connection is gone."""
    command = tencent.run(stopping_seconds=60)
    options = {"targets": [tencent.target(command)]}

    with by_hand(ansible, installed_collections, "inflight_cancel", options) as started:
        wait_until(tencent.stops)
        started.process.stdout.close()
        wait_until(lambda: not marked(started.marker), SOON)
        assert started.process.stderr.read() == ""
        started.process.stdout = None
