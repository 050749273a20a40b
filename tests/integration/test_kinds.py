# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Automation executions, image tasks and stack group operations, as a user stops them."""

from __future__ import annotations

import json
import re

import pytest

EXECUTION = "cloudops.halt.automation_execution_cancel"
EXECUTION_INFO = "cloudops.halt.automation_execution_info"
TASK = "cloudops.halt.image_task_cancel"
TASK_INFO = "cloudops.halt.image_task_info"
OPERATION = "cloudops.halt.stack_group_operation_stop"
OPERATION_INFO = "cloudops.halt.stack_group_operation_info"

SOON = {"wait_interval": 0.1, "wait_timeout": 20}


class Alibaba:
    """Alibaba Cloud of an emulator, for kinds that the fixture of the same name does not start."""

    def __init__(self, cloud, ansible):
        self.cloud, self.ansible = cloud, ansible
        self.settings = cloud.settings
        self.connection = {name: value for name, value in cloud.connection.items() if name != "provider"}

    def start(self, kind, **description):
        return self.cloud._control("POST", "operations", {"provider": "alibaba", "kind": kind, **description})["id"]

    def status(self, operation_id):
        return self.cloud._control("GET", f"operations/{operation_id}")["status"]

    def asked(self, action):
        """The parameters of every such call so far."""
        return [each["parameters"] for each in self.cloud.requests(action=action)]

    def play(self, *tasks):
        """The results of (module, options) or (module, options, keywords), each run whatever became of the others."""
        written = [
            {module: options, "ignore_errors": True, **(keywords[0] if keywords else {})}
            for module, options, *keywords in tasks
        ]
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {"group/cloudops.halt.alibaba": self.connection},
            "tasks": written,
        }
        playbook = self.ansible.folder / "kinds.json"
        playbook.write_text(json.dumps([play]))
        run = self.ansible.run("ansible-playbook", str(playbook), environment={"ANSIBLE_STDOUT_CALLBACK": "minimal"})
        assert (run.returncode, len(run.results)) == (0, len(tasks)), run.output
        self.output = run.stdout
        return run.results


@pytest.fixture
def kinds(alibaba, ansible):
    return Alibaba(alibaba, ansible)


def verdict(result):
    return result["outcome"], result["changed"], result["failed"]


def test_the_way_of_a_user_with_each_kind(kinds, ansible):
    ids = {
        "execution_id": kinds.start("automation_execution", name="restart-fleet"),
        "task_id": kinds.start("image_task", action="ExportImage"),
        "operation_id": kinds.start("stack_group_operation", group="landing-zone", accounts=["1", "2"]),
    }

    run = ansible.playbook("targets/kinds/kinds.yml", cloud=kinds.connection, **ids)

    assert run.returncode == 0, run.output[-4000:]
    assert [kinds.status(each) for each in ids.values()] == ["Cancelled", "Deleted", "STOPPED"]
    for action, name, wanted in (
        ("CancelExecution", "ExecutionId", "execution_id"),
        ("CancelTask", "TaskId", "task_id"),
        ("StopStackGroupOperation", "OperationId", "operation_id"),
    ):
        assert [parameters[name] for parameters in kinds.asked(action)] == [ids[wanted]], "one stop, of the right one"


@pytest.mark.parametrize("children_on_cancel", ["live", "cancelled"])
def test_an_execution_is_stopped_with_its_children_and_tells_what_may_live_on(kinds, children_on_cancel):
    kinds.settings(children_on_cancel=children_on_cancel)
    command = kinds.cloud.run(name="behind it")
    parent = kinds.start("automation_execution", name="restart-fleet", invocation_ids=[command.id])
    child, done = (
        kinds.start("automation_execution", name="child", parent=parent, status=status) for status in (None, "Success")
    )
    grandchild = kinds.start("automation_execution", name="grandchild", parent=child)
    options = {"execution_id": parent, "include_children": True, **SOON}

    listed, children, shown, preview, first, second = kinds.play(
        (EXECUTION_INFO, {}),
        (EXECUTION_INFO, {"parent_execution_id": parent}),
        (EXECUTION_INFO, {"execution_id": parent, "include_children": True}),
        (EXECUTION, options, {"check_mode": True, "diff": True}),
        (EXECUTION, options, {"diff": True}),
        (EXECUTION, options),
    )

    assert [each["id"] for each in listed["operations"]] == [parent], "children are not listed without their parent"
    assert [each["id"] for each in children["operations"]] == [child]
    assert children["operations"][0]["parent_execution_id"] == parent
    (operation,) = shown["operations"]
    assert {each["execution_id"]: each["state"] for each in operation["children"]} == {
        child: "running",
        grandchild: "running",
        done: "succeeded",
    }

    assert verdict(preview) == ("would_stop", True, False)
    assert {each["execution_id"]: each["outcome"] for each in preview["children"]} == {
        child: "would_stop",
        grandchild: "would_stop",
        done: "already_finished",
    }
    assert verdict(first) == ("stopped", True, False)
    assert {each["execution_id"]: (each["before"], each["after"], each["outcome"]) for each in first["children"]} == {
        child: ("running", "stopped", "stopped"),
        grandchild: ("running", "stopped", "stopped"),
        done: ("succeeded", "succeeded", "already_finished"),
    }
    assert first["operation"]["instances_total"] == 3
    assert (first["summary"]["stopped"], first["summary"]["already_finished"]) == (2, 1)
    for each in (child, grandchild):
        assert len(re.findall(rf'^\+ .*"{each}": "stopped"', kinds.output, re.MULTILINE)) == 2, "foretold, and done"
    assert verdict(second) == ("already_finished", False, False)

    stopped = [parameters["ExecutionId"] for parameters in kinds.asked("CancelExecution")]
    alone = [child, grandchild] if children_on_cancel == "live" else []
    assert (stopped[0], sorted(stopped[1:])) == (parent, sorted(alone))
    assert first["summary"]["stop_calls"] == len(first["request_ids"]) == len(stopped)

    for result in (preview, first):
        (invocation,) = result["invocations"]
        assert invocation == {
            "invocation_id": command.id,
            "region": kinds.connection["region"],
            "status": "Running",
            "task_name": invocation["task_name"],
        }
    assert kinds.cloud.stops(command) == []


def test_an_execution_alone_and_a_trigger(kinds):
    parent = kinds.start("automation_execution", name="restart-fleet", children=1)
    trigger = kinds.start("automation_execution", name="every-hour", category="TimerTrigger")
    approval = kinds.start("automation_execution", name="release", status="Waiting")

    alone, schedules, runs, stopped, approved = kinds.play(
        (EXECUTION, {"execution_id": parent, **SOON}),
        (EXECUTION_INFO, {"is_schedule": True}),
        (EXECUTION_INFO, {"is_schedule": False}),
        (EXECUTION, {"execution_id": trigger, **SOON}),
        (EXECUTION, {"execution_id": approval, **SOON}),
    )

    assert verdict(alone) == ("stopped", True, False)
    assert (alone["children"], alone["operation"]["instances_total"]) == ([], None)
    assert [each["ExecutionId"] for each in kinds.asked("CancelExecution")] == [parent, trigger, approval]
    shown = [(each["id"], each["state"], each["category"]) for each in schedules["operations"]]
    assert shown == [(trigger, "scheduled", "TimerTrigger")]
    assert [(each["id"], each["state"]) for each in runs["operations"]] == [(approval, "running")]
    assert verdict(stopped) == verdict(approved) == ("stopped", True, False)
    assert stopped["operation"]["is_schedule"] and not approved["operation"]["is_schedule"]


def test_an_image_task_of_another_action_is_refused_without_a_call(kinds):
    kinds.settings(
        cancel_task_codes="2017",
        cancelled_task_status="Failed",
        task_set="list",
        task_action_spelling="IMPORT_IMAGE",
        task_times="minutes",
    )
    other = kinds.start("image_task", action="RedeployInstance", support_cancel=True)
    finished = kinds.start("image_task", action="ImportImage", status="Finished", support_cancel=True)
    running = kinds.start("image_task", action="ImportImage", resource_id="m-1")

    refused, preview, listed, ended, stopped = kinds.play(
        (TASK, {"task_id": other}),
        (TASK, {"task_id": other}, {"check_mode": True}),
        (TASK_INFO, {}),
        (TASK, {"task_id": finished}),
        (TASK, {"task_id": running, "expected_name": "ImportImage", **SOON}),
    )

    for result in (refused, preview):
        assert verdict(result) == ("skipped", False, True)
        assert other in result["msg"] and "ImportImage and ExportImage" in result["msg"]
        assert result["request_ids"] == []
    assert [(each["id"], each["name"], each["resource_id"]) for each in listed["operations"]] == [
        (running, "ImportImage", "m-1")
    ]
    assert verdict(ended) == ("already_finished", False, False)
    # What a cancelled task ends as is not documented; here it is Failed, and that was our doing.
    assert verdict(stopped) == ("stopped", True, False)
    assert stopped["operation"]["status"] == "Failed"
    assert [each["TaskId"] for each in kinds.asked("CancelTask")] == [running]


def test_a_stack_group_operation_is_told_by_account_and_region_before_and_after(kinds):
    kinds.settings(ros_pairs_in_flight="cut")
    operation = kinds.start(
        "stack_group_operation",
        group="landing-zone",
        action="UPDATE",
        description="roll out",
        pairs=[
            {"account": "1", "region": "cn-beijing", "status": "SUCCEEDED"},
            {"account": "2", "region": "cn-beijing", "status": "RUNNING"},
            {"account": "3", "region": "cn-hangzhou"},
        ],
    )
    kinds.start("stack_group_operation", group="sandbox", status="FAILED")
    options = {"operation_id": operation, **SOON}

    listed, named, ended, shown, first, after = kinds.play(
        (OPERATION_INFO, {}),
        (OPERATION_INFO, {"stack_group_name": "sandbox"}),
        (OPERATION_INFO, {"name": "sand*", "state": ["failed"]}),
        (OPERATION_INFO, {"operation_id": operation, "include_results_by_target": True}),
        (OPERATION, options, {"diff": True}),
        (OPERATION_INFO, {"operation_id": operation, "include_results_by_target": True}),
    )

    assert [each["id"] for each in listed["operations"]] == [operation]
    assert named["operations"] == []
    assert [(each["name"], each["state"]) for each in ended["operations"]] == [("sandbox", "failed")]
    (read,) = shown["operations"]
    assert (read["action"], read["description"], read["stack_group_name"]) == ("UPDATE", "roll out", "landing-zone")
    assert [(each["account_id"], each["region_id"], each["state"]) for each in read["results_by_target"]] == [
        ("1", "cn-beijing", "succeeded"),
        ("2", "cn-beijing", "running"),
    ]

    assert verdict(first) == ("stopped", True, False)
    pairs = {
        (each["account_id"], each["region_id"]): (each["before"], each["after"], each["outcome"])
        for each in first["results_by_target"]
    }
    assert pairs == {
        ("1", "cn-beijing"): ("succeeded", "succeeded", "already_finished"),
        ("2", "cn-beijing"): ("running", "stopped", "stopped"),
        # Not shown before the stop, because it had not been reached.
        ("3", "cn-hangzhou"): (None, "stopped", "stopped"),
    }
    assert re.search(r'^\+ .*"2/cn-beijing": "stopped"', kinds.output, re.MULTILINE)
    assert first["summary"]["requested"] == 3
    (read,) = after["operations"]
    assert [each["state"] for each in read["results_by_target"]] == [
        "succeeded",
        "stopped",
        "stopped",
    ]
    assert len(kinds.asked("StopStackGroupOperation")) == 1


@pytest.mark.parametrize(
    ("module", "option", "kind"),
    [
        (EXECUTION, "execution_id", "automation_execution"),
        (TASK, "task_id", "image_task"),
        (OPERATION, "operation_id", "stack_group_operation"),
    ],
)
def test_one_line_stops_one_of_each_kind(kinds, ansible, module, option, kind):
    target = kinds.start(kind)
    keys = {kinds.cloud.words.env[name]: value for name, value in kinds.cloud.keys["default"].items()}
    line = f"region={kinds.connection['region']} endpoint_url={kinds.cloud.url} {option}={target} wait_interval=0.1"

    run = ansible.adhoc(module, line, environment=keys)

    assert run.returncode == 0, run.output
    assert verdict(run.result) == ("stopped", True, False)
    assert run.stdout.startswith("localhost | CHANGED =>")
