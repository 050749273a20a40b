# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is particular to automation executions, image tasks and stack group operations. All else is in the matrix."""

from __future__ import annotations

import pytest

from ..support.modules import play
from ..support.results import ids, verdict

EXECUTION = "cloudops.halt.automation_execution_cancel"
EXECUTION_INFO = "cloudops.halt.automation_execution_info"
TASK = "cloudops.halt.image_task_cancel"
TASK_INFO = "cloudops.halt.image_task_info"
OPERATION = "cloudops.halt.stack_group_operation_stop"
OPERATION_INFO = "cloudops.halt.stack_group_operation_info"


@pytest.fixture
def task(alibaba):
    """A function that writes a task."""

    def task(module, keywords=None, **options):
        return {module: {**alibaba.connection, **options}, **(keywords or {})}

    return task


def asked(alibaba, action, name):
    """One parameter of every such call so far."""
    return [each["parameters"][name] for each in alibaba.requests(action=action)]


@pytest.mark.parametrize("children_on_cancel", ["live", "cancelled"])
def test_an_execution_is_stopped_with_its_children_and_tells_what_may_live_on(alibaba, task, children_on_cancel):
    alibaba.settings(children_on_cancel=children_on_cancel)
    command = alibaba.run(name="behind it")
    parent = alibaba.start("automation_execution", name="restart-fleet", invocation_ids=[command.id])
    child, done = (
        alibaba.start("automation_execution", name="child", parent=parent, status=status, age=age)
        for status, age in ((None, 0), ("Success", 60))
    )
    grandchild = alibaba.start("automation_execution", name="grandchild", parent=child)
    stop = {"execution_id": parent, "include_children": True}

    listed, children, shown, preview, first, second = play(
        task(EXECUTION_INFO),
        task(EXECUTION_INFO, parent_execution_id=parent),
        task(EXECUTION_INFO, **stop),
        task(EXECUTION, {"check_mode": True, "diff": True}, **stop),
        task(EXECUTION, {"diff": True}, **stop),
        task(EXECUTION, **stop),
    )

    assert ids(listed) == [parent], "children are not listed without their parent"
    assert [(each["id"], each["parent_execution_id"]) for each in children["operations"]] == [(child, parent)]
    (operation,) = shown["operations"]
    states = {each["execution_id"]: each["state"] for each in operation["children"]}
    assert states == {child: "running", grandchild: "running", done: "succeeded"}
    assert verdict(preview) == ("would_stop", True, False)
    foretold = {each["execution_id"]: each["outcome"] for each in preview["children"]}
    assert foretold == {child: "would_stop", grandchild: "would_stop", done: "already_finished"}
    assert verdict(first) == ("stopped", True, False)
    assert {each["execution_id"]: (each["before"], each["after"], each["outcome"]) for each in first["children"]} == {
        # The stop of their parent was sent before they were read.
        child: (None, "stopped", "stopped"),
        grandchild: (None, "stopped", "stopped"),
        done: (None, "succeeded", "already_finished"),
    }
    assert first["operation"]["instances_total"] == 3
    assert (first["summary"]["stopped"], first["summary"]["already_finished"]) == (2, 1)
    assert preview["diff"]["before"]["children"] == states
    assert first["diff"]["after"]["children"] == {child: "stopped", grandchild: "stopped", done: "succeeded"}
    assert verdict(second) == ("already_finished", False, False)

    stopped = asked(alibaba, "CancelExecution", "ExecutionId")
    alone = [child, grandchild] if children_on_cancel == "live" else []
    assert (stopped[0], sorted(stopped[1:])) == (parent, sorted(alone))
    assert first["summary"]["stop_calls"] == len(first["request_ids"]) == len(stopped)
    left = {"invocation_id": command.id, "region": alibaba.region, "status": "Running"}
    for result in (preview, first):
        (invocation,) = result["invocations"]
        assert invocation == {**left, "task_name": invocation["task_name"]}
    assert alibaba.stops(command) == []


def test_an_image_task_of_another_action_is_refused_without_a_call(alibaba, task):
    alibaba.settings(
        cancel_task_codes="2017",
        cancelled_task_status="Failed",
        task_set="list",
        task_action_spelling="IMPORT_IMAGE",
        task_times="minutes",
    )
    other = alibaba.start("image_task", action="RedeployInstance", support_cancel=True)
    finished = alibaba.start("image_task", action="ImportImage", status="Finished", support_cancel=True)
    running = alibaba.start("image_task", action="ImportImage", resource_id="m-1")

    refused, preview, listed, ended, stopped = play(
        task(TASK, task_id=other),
        task(TASK, {"check_mode": True}, task_id=other),
        task(TASK_INFO),
        task(TASK, task_id=finished),
        task(TASK, task_id=running, expected_name="ImportImage"),
    )

    for result in (refused, preview):
        assert verdict(result) == ("skipped", False, True)
        assert other in result["msg"] and "ImportImage and ExportImage" in result["msg"]
        assert result["request_ids"] == []
    found = [(each["id"], each["name"], each["resource_id"]) for each in listed["operations"]]
    assert found == [(running, "ImportImage", "m-1")]
    assert verdict(ended) == ("already_finished", False, False)
    # What a cancelled task ends as is not documented; here it is Failed, and that was our doing.
    assert (verdict(stopped), stopped["operation"]["status"]) == (("stopped", True, False), "Failed")
    assert stopped["summary"]["requested"] == stopped["summary"]["stopped"] == 1, "though it has no parts"
    assert asked(alibaba, "CancelTask", "TaskId") == [running]


def test_a_stack_group_operation_is_told_by_account_and_region_before_and_after(alibaba, task):
    alibaba.settings(ros_pairs_in_flight="cut")
    operation = alibaba.start(
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
    failed = alibaba.start("stack_group_operation", group="sandbox", status="FAILED")
    look = {"operation_id": operation, "include_results_by_target": True}

    listed, named, ended, before, first, after = play(
        task(OPERATION_INFO),
        task(OPERATION_INFO, stack_group_name="sandbox"),
        task(OPERATION_INFO, name="sand*", state=["failed"]),
        task(OPERATION_INFO, **look),
        task(OPERATION, {"diff": True}, operation_id=operation),
        task(OPERATION_INFO, **look),
    )

    assert (ids(listed), ids(named), ids(ended)) == ([operation], [], [failed])
    (read,) = before["operations"]
    assert (read["action"], read["description"], read["stack_group_name"]) == ("UPDATE", "roll out", "landing-zone")
    pairs = [(each["account_id"], each["region_id"], each["state"]) for each in read["results_by_target"]]
    assert pairs == [("1", "cn-beijing", "succeeded"), ("2", "cn-beijing", "running")]
    assert verdict(first) == ("stopped", True, False)
    became = {
        each["account_id"]: (each["region_id"], each["before"], each["after"], each["outcome"])
        for each in first["results_by_target"]
    }
    assert became == {
        # They were read after the stop, and no list says when they ended.
        "1": ("cn-beijing", None, "succeeded", "finished_meanwhile"),
        "2": ("cn-beijing", None, "stopped", "stopped"),
        "3": ("cn-hangzhou", None, "stopped", "stopped"),
    }
    assert first["diff"]["after"]["results_by_target"]["2/cn-beijing"] == "stopped"
    assert first["summary"]["requested"] == 3
    (read,) = after["operations"]
    assert [each["state"] for each in read["results_by_target"]] == ["succeeded", "stopped", "stopped"]
    assert asked(alibaba, "StopStackGroupOperation", "OperationId") == [operation]
