# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules in playbooks and on the command line: defaults, settings, what is shown, and what goes wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

from ..support.emulated import CANCEL, CANCEL_MANY, INFO, INFO_MANY
from ..support.results import ids, verdict

# ansible-test runs it, too, with each module in a process of its own.
KINDS = Path(__file__).parents[1] / "integration" / "targets" / "kinds" / "kinds.yml"
OURS = "cloudops.halt"
SOON = {"wait_timeout": 20, "wait_interval": 0.1}


def test_the_way_of_a_user_with_each_kind(ansible, alibaba):
    started = {
        "invocation_id": alibaba.run(count=2, name="runaway").id,
        "execution_id": alibaba.start("automation_execution", name="restart-fleet"),
        "task_id": alibaba.start("image_task", action="ExportImage"),
        "operation_id": alibaba.start("stack_group_operation", group="landing-zone", accounts=["1", "2"]),
    }
    connection = {name: value for name, value in alibaba.connection.items() if name != "provider"}

    run = ansible.in_workers(str(KINDS), "-e", json.dumps({"cloud": connection, **started}))

    assert run.returncode == 0, run.output[-4000:]
    stops = ("StopInvocation", "CancelExecution", "CancelTask", "StopStackGroupOperation")
    named = [[each["parameters"].values() for each in alibaba.requests(action=action)] for action in stops]
    for (parameters,), started_id in zip(named, started.values(), strict=True):
        assert started_id in parameters, "one stop, of the right one"


def test_the_command_line_of_the_readme(ansible, alibaba):
    """Keys of the environment, all else on one line; run from a folder that has nothing to do with the collection."""
    command = alibaba.run(count=2)
    keys = {alibaba.words.env[name]: value for name, value in alibaba.keys["default"].items()}
    place = f"provider={alibaba.provider} region={alibaba.region} endpoint_url={alibaba.url}"
    line = f"{place} invocation_id={command.id} wait_interval=0.1"

    first, second = (ansible.adhoc(CANCEL, line, environment=keys) for _ in range(2))

    assert (first.returncode, verdict(first.result)) == (0, ("stopped", True, False))
    assert first.stdout.startswith("localhost | CHANGED =>")
    assert (second.returncode, verdict(second.result)) == (0, ("already_finished", False, False))
    assert second.stdout.startswith("localhost | SUCCESS =>")
    assert len(alibaba.stops()) == 1


def test_a_command_line_over_both_clouds(ansible, alibaba, tencent):
    commands = [cloud.run(age=age) for cloud, age in ((alibaba, 60), (tencent, 30))]
    environment = {
        cloud.words.env[name]: value
        for cloud in (alibaba, tencent)
        for name, value in {**cloud.keys["session"], "endpoint_url": cloud.url, "region": cloud.region}.items()
    }
    scopes = json.dumps({"scopes": [{"provider": "alibaba"}, {"provider": "tencent"}]})

    run = ansible.adhoc(INFO_MANY, scopes, "-vvvv", environment=environment)

    assert (run.returncode, ids(run.result)) == (0, [each.id for each in commands]), run.output
    for cloud in (alibaba, tencent):
        for secret in ("access_key_secret", "security_token"):
            assert cloud.keys["session"][secret] not in run.output


def test_options_come_before_the_environment_of_a_task_and_that_before_the_one_outside(ansible, tencent):
    def exported(key):
        settings = {"region": tencent.region, "endpoint_url": tencent.url, **tencent.keys[key]}
        return {tencent.words.env[name]: value for name, value in settings.items()}

    place = {"provider": tencent.provider}
    task = {INFO: place, "environment": exported("denied")}
    key, address = tencent.keys["default"], {"region": tencent.region, "endpoint_url": tencent.url}

    outside, of_task, of_options, of_defaults = ansible.play(
        {INFO: place},
        task,
        {INFO: tencent.connection, "environment": exported("denied")},
        {**task, "module_defaults": {"group/cloudops.halt.all": key, "group/cloudops.halt.tencent": address}},
        environment=exported("session"),
    ).results

    assert [each["failed"] for each in (outside, of_task, of_options, of_defaults)] == [False, True, False, False]
    assert [each["key"] for each in tencent.requests()] == ["session", "denied", "default", "default"]


def test_verbose_output_tells_the_calls_and_the_diff_the_states(ansible, alibaba, aws, tencent):
    """As Ansible shows it without further settings, to somebody who runs a playbook with -v and --diff."""
    many, few, one, last = alibaba.run(count=120), tencent.run(count=2), aws.run(), tencent.run(count=1)
    stop = {CANCEL: {**tencent.connection, **SOON, "invocation_id": last.id}}
    bulk = {CANCEL_MANY: {**SOON, "targets": [alibaba.target(many), tencent.target(few), aws.target(one)]}}
    unknown = {CANCEL: {**tencent.connection, **SOON, "invocation_id": tencent.words.unknown_id}}
    tasks = [{INFO: tencent.connection}, {**stop, "check_mode": True}, stop, bulk, unknown]

    shown = ansible.run("ansible-playbook", "-v", "--diff", str(ansible.write(*tasks))).output

    lines = re.findall(r"^(?:ok|changed|fatal): \[localhost\].*? => (\{.*\})$", shown, re.MULTILINE)
    results = [json.loads(line) for line in lines]
    assert [each.get("outcome") for each in results] == [None, "would_stop", "stopped", None, "not_found"]
    assert results[2]["calls"]["tencent"]["CancelInvocation"] == 1
    made = Counter(each["action"] for cloud in (alibaba, aws, tencent) for each in cloud.requests())
    assert sum((Counter(calls) for each in results for calls in each["calls"].values()), Counter()) == made
    assert results[3]["summary"]["calls"] == sum(sum(each.values()) for each in results[3]["calls"].values())
    assert shown.count(f"--- before: cloud_invocation {last.id}\n") == 2, "foretold, and done"
    (instance_id,) = last.instance_ids
    for line in (rf'^-  .*"{instance_id}": "running"', rf'^\+  .*"{instance_id}": "stopped"'):
        assert len(re.findall(line, shown, re.MULTILINE)) == 2
    assert '-    "state": "running"' in shown and '+    "state": "stopped"' in shown
    changes = re.findall(r'^[-+] +"cloud_invocation .*', shown, re.MULTILINE)
    assert len(changes) == 6, "one line for each target, before and after"
    assert any("stopped, instances: 120 stopped" in line for line in changes)
    assert not re.search(r"[^\n -~]", shown.replace("\t", " ")), "nothing that a terminal would obey"


def test_what_goes_wrong_is_said_plainly(ansible, alibaba, tencent, bare_python):
    """Some of what the tests in this process show, as Ansible tells it; and a machine without the requests library."""
    command = tencent.run(count=2)
    bare = {"vars": {"ansible_python_interpreter": bare_python}}
    missing = r"Failed to import the required Python library \(requests\) on .*Python .*bin/python"
    place, nowhere = alibaba.connection, alibaba.place(region=None)
    cases = [
        (tencent.cancel(command, instance_ids=[None]), "instance_ids"),
        ({f"{OURS}.automation_execution_cancel": {**nowhere, "execution_id": "exec-1"}}, "region is missing.*_ID"),
        ({f"{OURS}.image_task_cancel": {**place, "task_id": "t-1", "task": "x"}}, "Unsupported parameters .*: task"),
        ({f"{OURS}.stack_group_operation_stop": {**place, "operation_id": "op-1"}, **bare}, missing),
        ({f"{OURS}.image_task_info": place, **bare}, missing),
    ]

    run = ansible.play(*(task for task, _ in cases))

    for (_, said), result in zip(cases, run.results, strict=True):
        assert (result["failed"], result.get("changed", False)) == (True, False)
        assert re.search(said, result["msg"]), result["msg"]
        assert "\n" not in result["msg"]
    assert "Traceback" not in run.output and "MODULE FAILURE" not in run.output
    assert tencent.requests() == alibaba.requests() == []
