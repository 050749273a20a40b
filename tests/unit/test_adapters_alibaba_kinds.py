# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba Cloud's executions, image tasks and stack group operations, on answers written by hand."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba import client as alibaba_client
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.automation_execution import (
    AlibabaAutomationExecution,
)
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.errors import error_class
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.image_task import AlibabaImageTask
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.oos import OOS
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.ros import ROS
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.stack_group_operation import (
    AlibabaStackGroupOperation,
)
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._model import Query, Reading, Target
from ansible_collections.cloudops.halt.plugins.module_utils._states import STATES
from ansible_collections.cloudops.halt.plugins.module_utils._steps import Look

from ._adapters import JSON, MISSING, FakeAlibaba, for_a_while, planted, spots
from ._wire import FakeClock, connection

ALL = frozenset(STATES)
UNKNOWN = dict.fromkeys(("Hibernating", "running", ""), "unknown")
OPERATION = "6da106ca-1784-4a6f-a7e1-000000000001"


def _made(adapter, service, answers):
    client = FakeAlibaba(connection("cn-hangzhou"), service, FakeClock(), random.Random(0))
    client.script(answers)
    return adapter(client), client


def oos(*answers):
    """The adapter and its client."""
    return _made(AlibabaAutomationExecution, OOS, answers)


def image(*answers):
    return _made(AlibabaImageTask, ECS, answers)


def ros(*answers):
    return _made(AlibabaStackGroupOperation, ROS, answers)


def refused(code, http_status=400):
    return ApiError(
        "no", code=code, error_class=error_class(code, http_status), provider="alibaba", action="a", http_status=400
    )


# Answers


def execution(execution_id="exec-1", **more):
    return {
        "ExecutionId": execution_id,
        "ParentExecutionId": "",
        "IsParent": False,
        "Status": "Running",
        "StatusMessage": "",
        "WaitingStatus": "",
        "TemplateName": "restart-fleet",
        "Category": "Other",
        "CreateDate": "2024-01-02T03:04:05Z",
        "StartDate": "2024-01-02T03:04:06Z",
        "EndDate": "",
        "Parameters": {"loop": "{}"},
        "Counters": {"Total": 1},
        **more,
    }


def executions(*items, token=""):
    return {"RequestId": "r-1", "MaxResults": 50, "NextToken": token, "TotalCount": 0, "Executions": list(items)}


def step(task_id="task-exec-1", **more):
    return {
        "TaskExecutionId": task_id,
        "ExecutionId": "exec-1",
        "ChildExecutionId": "",
        "TaskName": "clean",
        "TaskAction": "ACS::ECS::RunCommand",
        "Status": "Running",
        **more,
    }


def steps(*items, token=""):
    return {"RequestId": "r-1", "MaxResults": 50, "NextToken": token, "TaskExecutions": list(items)}


def invocations(*items):
    return {"RequestId": "r-1", "TaskExecutionInvocations": list(items)}


def invocation(invocation_id="t-1", **more):
    return {"InvocationId": invocation_id, "RegionId": "cn-beijing", "Status": "Running", **more}


def task(task_id="t-1", **more):
    return {
        "TaskId": task_id,
        "TaskAction": "ExportImage",
        "TaskStatus": "Processing",
        "SupportCancel": "true",
        "CreationTime": "2024-01-02T03:04:05Z",
        "FinishedTime": "",
        "ResourceId": "m-1",
        **more,
    }


def tasks(*items, total=None):
    return {
        "RequestId": "r-1",
        "RegionId": "cn-hangzhou",
        "PageNumber": 1,
        "PageSize": 100,
        "TotalCount": len(items) if total is None else total,
        "TaskSet": {"Task": list(items)},
    }


def operation(operation_id=OPERATION, **more):
    return {
        "OperationId": operation_id,
        "StackGroupId": "fd0ddef9-9540-4b42-a464-000000000001",
        "StackGroupName": "landing-zone",
        "Action": "UPDATE",
        "Status": "RUNNING",
        "OperationDescription": "roll out",
        "CreateTime": "2024-01-02T03:04:05",
        "EndTime": "",
        **more,
    }


def got(**more):
    return {"RequestId": "r-1", "StackGroupOperation": operation(**more)}


def _numbered(name, items, total):
    return {"RequestId": "r-1", "TotalCount": len(items) if total is None else total, name: list(items)}


def results(*items, total=None):
    return _numbered("StackGroupOperationResults", items, total)


def result(account="1234567890123456", region="cn-beijing", status="RUNNING", reason=""):
    return {"AccountId": account, "RegionId": region, "Status": status, "StatusReason": reason}


def operations(*items, total=None):
    return _numbered("StackGroupOperations", items, total)


def groups(*names, total=None):
    return _numbered("StackGroups", [{"StackGroupName": name, "Status": "ACTIVE"} for name in names], total)


# Reading one operation


def test_an_execution_is_read_from_a_list_of_one():
    adapter, client = oos(executions(execution(StatusMessage="half way", ParentExecutionId="exec-0")))
    found = adapter.read(Target("exec-1"))
    assert found.as_result() == {
        "kind": "automation_execution",
        "provider": "alibaba",
        "region": "cn-hangzhou",
        "id": "exec-1",
        "name": "restart-fleet",
        "status": "Running",
        "state": "running",
        "created": "2024-01-02T03:04:05Z",
        "finished": None,
        "is_schedule": False,
        "instances_total": None,
        "category": "Other",
        "parent_execution_id": "exec-0",
        "status_message": "half way",
    }
    assert client.asked == [
        ("ListExecutions", {"ExecutionId": "exec-1", "IncludeChildExecution": True, "MaxResults": 50})
    ]


def test_an_image_task_is_read_from_the_documented_nesting():
    adapter, client = image(tasks(task()))
    found = adapter.read(Target("t-1"))
    assert found.as_result() == {
        "kind": "image_task",
        "provider": "alibaba",
        "region": "cn-hangzhou",
        "id": "t-1",
        "name": "ExportImage",
        "status": "Processing",
        "state": "running",
        "created": "2024-01-02T03:04:05Z",
        "finished": None,
        "is_schedule": False,
        "instances_total": None,
        "resource_id": "m-1",
    }
    assert client.asked == [("DescribeTasks", {"TaskIds": "t-1", "PageSize": 100})]


def test_a_stack_group_operation_is_read_with_its_pairs_of_account_and_region():
    failed = result("2", "cn-hangzhou", "FAILED", "no such role")
    adapter, client = ros(got(), results(result(), failed))
    found = adapter.read(Target(OPERATION))
    assert found.as_result() == {
        "kind": "stack_group_operation",
        "provider": "alibaba",
        "region": "cn-hangzhou",
        "id": OPERATION,
        "name": "landing-zone",
        "status": "RUNNING",
        "state": "running",
        "created": "2024-01-02T03:04:05Z",
        "finished": None,
        "is_schedule": False,
        "instances_total": 2,
        "stack_group_name": "landing-zone",
        "action": "UPDATE",
        "description": "roll out",
    }
    assert found.parts == {
        "1234567890123456/cn-beijing": Reading("RUNNING", "running"),
        "2/cn-hangzhou": Reading("FAILED", "failed", error="no such role"),
    }
    asked = {"OperationId": OPERATION, "PageNumber": 1, "PageSize": 50}
    assert client.asked == [
        ("GetStackGroupOperation", {"OperationId": OPERATION}),
        ("ListStackGroupOperationResults", asked),
    ]


OOS_STATES = {
    "Started": "pending",
    "Queued": "pending",
    "Pending": "pending",
    "Running": "running",
    "Waiting": "running",
    "Success": "succeeded",
    "Failed": "failed",
    "Cancelled": "stopped",
    "Skipped": "succeeded",
}
TASK_STATES = {
    "Waiting": "pending",
    "Processing": "running",
    "Paused": "running",
    "Finished": "succeeded",
    "Failed": "failed",
    "Deleted": "stopped",
}
ROS_STATES = {
    "QUEUED": "pending",
    "RUNNING": "running",
    "STOPPING": "stopping",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "STOPPED": "stopped",
}


@pytest.mark.parametrize(("status", "state"), [*OOS_STATES.items(), *UNKNOWN.items()])
def test_the_status_of_an_execution_has_its_state(status, state):
    child = execution("exec-2", Status=status)
    adapter, _ = oos(executions(execution(Status=status, IsParent=True)), executions(child))
    found = adapter.read(Target("exec-1", include_children=True))
    assert (found.status, found.state) == (status, state)
    assert (found.parts["exec-2"].status, found.parts["exec-2"].state) == (status, state)


@pytest.mark.parametrize(("status", "state"), [*TASK_STATES.items(), *UNKNOWN.items()])
def test_the_status_of_an_image_task_has_its_state(status, state):
    found = image(tasks(task(TaskStatus=status)))[0].read(Target("t-1"))
    assert (found.status, found.state) == (status, state)


@pytest.mark.parametrize(("status", "state"), [*ROS_STATES.items(), *UNKNOWN.items()])
def test_the_status_of_a_stack_group_operation_and_of_its_pairs_has_its_state(status, state):
    found = ros(got(Status=status), results(result(status=status)))[0].read(Target(OPERATION))
    assert (found.status, found.state) == (status, state)
    assert [(reading.status, reading.state) for reading in found.parts.values()] == [(status, state)]


@pytest.mark.parametrize("category", ["TimerTrigger", "EventTrigger", "AlarmTrigger"])
def test_a_trigger_is_a_schedule_and_is_scheduled_while_it_waits(category):
    for status, state in (("Waiting", "scheduled"), ("Running", "running"), ("Cancelled", "stopped")):
        adapter, _ = oos(executions(execution(Category=category, Status=status, WaitingStatus=category)))
        found = adapter.read(Target("exec-1"))
        assert (found.is_schedule, found.state, found.details["category"]) == (True, state, category)


@pytest.mark.parametrize("category", ["Other", "", None, ["TimerTrigger"]])
def test_what_waits_for_an_approval_is_no_schedule(category):
    found = oos(executions(execution(Category=category, Status="Waiting", WaitingStatus="Approve")))[0]
    read = found.read(Target("exec-1"))
    assert (read.is_schedule, read.state) == (False, "running")


def test_the_message_of_an_execution_is_an_error_only_of_a_failure():
    children = [execution(f"exec-{status}", Status=status, StatusMessage="hm") for status in ("Running", "Failed")]
    adapter, _ = oos(executions(execution(IsParent=True)), executions(*children))
    parts = adapter.read(Target("exec-1", include_children=True)).parts
    assert {each: reading.error for each, reading in parts.items()} == {"exec-Running": None, "exec-Failed": "hm"}


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("ImportImage", "ImportImage"),
        ("IMPORT_IMAGE", "ImportImage"),
        ("ExportImage", "ExportImage"),
        ("EXPORT_IMAGE", "ExportImage"),
        ("export_image", "ExportImage"),
        ("RedeployInstance", "RedeployInstance"),
        ("MODIFY_DISK_SPEC", "MODIFY_DISK_SPEC"),
        ("", ""),
    ],
)
def test_an_action_has_one_spelling_and_only_two_may_be_cancelled(spelling, name):
    adapter, _ = image(tasks(task(TaskAction=spelling)))
    found = adapter.read(Target("t-1"))
    assert found.name == name
    objection = adapter.objection(found)
    if name in ("ImportImage", "ExportImage"):
        assert objection is None
    else:
        assert "t-1" in objection and name in objection and "ImportImage and ExportImage" in objection


def test_other_kinds_object_to_nothing():
    for adapter, target in (
        (oos(executions(execution(Category="TimerTrigger")))[0], "exec-1"),
        (ros(got(Action="DELETE"), results())[0], OPERATION),
    ):
        assert adapter.objection(adapter.read(Target(target))) is None


def test_tasks_are_found_in_the_list_form_of_the_task_set_too():
    answer = {**tasks(), "TaskSet": [{"Task": [task("t-0"), task("t-1")]}], "TotalCount": 2}
    assert image(answer)[0].read(Target("t-1")).id == "t-1"
    assert [found.id for found in image(answer, tasks())[0].find(Query())] == ["t-0", "t-1"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04Z", "2024-01-02T03:04:00Z"),
        ("2024-01-02T03:04:05", "2024-01-02T03:04:05Z"),
        ("2024-01-02T11:04:05+08:00", "2024-01-02T03:04:05Z"),
        ("", None),
        (None, None),
        (1704164645, None),
        ("yesterday", None),
    ],
)
def test_times_are_read_with_minutes_only_and_without_a_zone(written, read):
    for adapter, target in (
        (oos(executions(execution(CreateDate=written, StartDate=written, EndDate=written)))[0], "exec-1"),
        (image(tasks(task(CreationTime=written, FinishedTime=written)))[0], "t-1"),
        (ros(got(CreateTime=written, EndTime=written), results())[0], OPERATION),
    ):
        found = adapter.read(Target(target))
        assert (found.created, found.finished) == (read, read)


def test_the_start_of_an_execution_stands_in_for_its_creation():
    found = oos(executions(execution(CreateDate=None)))[0].read(Target("exec-1"))
    assert found.created == "2024-01-02T03:04:06Z"


# Children


def family(tree):
    """Answers for a tree of executions, by parent."""

    def answer(action, parameters):
        assert action == "ListExecutions"
        if "ExecutionId" in parameters:
            return executions(execution(parameters["ExecutionId"], IsParent=True))
        children = tree[parameters["ParentExecutionId"]]
        return executions(*[execution(child, IsParent=child in tree) for child in children])

    return answer


def parents_asked(client):
    return [asked["ParentExecutionId"] for _, asked in client.asked if "ParentExecutionId" in asked]


def test_children_are_read_only_if_they_are_asked_for():
    adapter, client = oos(executions(execution(IsParent=True)))
    assert adapter.read(Target("exec-1")).parts == {}
    assert len(client.asked) == 1


def test_children_of_children_are_children_too():
    tree = {"exec-1": ["exec-2", "exec-3"], "exec-2": ["exec-4"], "exec-4": ["exec-5"]}
    adapter, client = oos(family(tree))
    found = adapter.read(Target("exec-1", include_children=True))
    assert list(found.parts) == ["exec-2", "exec-4", "exec-5", "exec-3"]
    assert found.as_result()["instances_total"] == 4
    assert parents_asked(client) == ["exec-1", "exec-2", "exec-4"]


@pytest.mark.parametrize(
    "tree",
    [
        {"exec-1": ["exec-1", "exec-2"], "exec-2": []},
        {"exec-1": ["exec-2"], "exec-2": ["exec-2", "exec-1"]},
        {"exec-1": ["exec-2", "exec-3"], "exec-2": ["exec-3"], "exec-3": ["exec-2", "exec-1"]},
    ],
)
def test_a_family_in_circles_is_walked_once(tree):
    adapter, client = oos(family(tree))
    parts = adapter.read(Target("exec-1", include_children=True)).parts
    assert set(parts) == set(tree) - {"exec-1"} | {child for each in tree.values() for child in each} - {"exec-1"}
    assert len(parents_asked(client)) == len(set(parents_asked(client)))


def test_pages_of_children_are_followed_and_each_counts_once():
    adapter, client = oos(
        executions(execution(IsParent=True)),
        executions(execution("exec-2"), execution(None), token="next"),
        executions(execution("exec-2"), execution("exec-3")),
    )
    assert list(adapter.read(Target("exec-1", include_children=True)).parts) == ["exec-2", "exec-3"]
    assert [asked.get("NextToken") for _, asked in client.asked] == [None, None, "next"]


def test_a_child_outlives_its_parent():
    children = [execution("exec-2")]
    adapter, _ = oos(executions(execution(IsParent=True, Status="Cancelled")), executions(*children))
    found = adapter.read(Target("exec-1", include_children=True))
    assert (found.whole.state, found.parts["exec-2"].state) == ("stopped", "running")


@pytest.mark.parametrize("status", ["Success", "Failed", "Cancelled"])
def test_what_a_child_that_has_ended_had_started_is_not_asked_for(status):
    children = executions(execution("exec-2", IsParent=True, Status=status), execution("exec-3"))
    adapter, client = oos(executions(execution(IsParent=True)), children)
    assert list(adapter.read(Target("exec-1", include_children=True)).parts) == ["exec-2", "exec-3"]
    assert parents_asked(client) == ["exec-1"]


def test_what_was_seen_below_a_child_is_still_seen_when_that_has_ended():
    def answer(action, parameters):
        return {
            "exec-1": executions(execution("exec-1", IsParent=True)),
            "exec-1's": executions(execution("exec-2", IsParent=True, Status="Cancelled")),
            "exec-3": executions(execution("exec-3", IsParent=True)),
            "exec-3's": executions(execution("exec-4"), execution("exec-5", Status="Failed")),
            "exec-6": executions(execution("exec-7")),
        }[parameters.get("ExecutionId") or f"{parameters['ParentExecutionId']}'s"]

    adapter, client = oos(answer)
    known = ("exec-2", "exec-3", "exec-4", "exec-6")
    found = adapter.read(Target("exec-1", include_children=True), None, known)
    assert {each: reading.state for each, reading in found.parts.items()} == {
        "exec-2": "stopped",
        "exec-3": "running",
        "exec-4": "running",
        "exec-5": "failed",
    }
    assert len(client.asked) == 5


# What is not there


@pytest.mark.parametrize(
    ("make", "answer", "wanted"),
    [
        (oos, executions(), "exec-1"),
        (oos, executions(execution("exec-2")), "exec-1"),
        (oos, executions(execution(["exec-1"])), "exec-1"),
        (image, tasks(), "t-1"),
        (image, tasks(task("T-1"), task(None)), "t-1"),
        (image, tasks(task("t-1"), task("t-2")), "t-1,t-2"),
    ],
)
def test_an_answer_without_the_target_is_not_the_target(make, answer, wanted):
    adapter, client = make(answer)
    assert adapter.read(Target(wanted)) is None
    assert len(client.asked) == 1


@pytest.mark.parametrize("found", [{}, {"StackGroupOperation": None}, {"StackGroupOperation": [operation()]}])
def test_an_answer_without_the_operation_that_was_asked_for_is_not_taken_for_not_found(found):
    """An unknown id is an error of its own at ROS."""
    adapter, _ = ros({"RequestId": "r-1", **found})
    with pytest.raises(ApiError) as caught:
        adapter.look_up(Target(OPERATION))
    assert (caught.value.code, caught.value.error_class) == ("NotAnAnswer", "lost")


@pytest.mark.parametrize(
    ("make", "code", "http_status"),
    [
        (oos, "EntityNotExist.Execution", 404),
        (image, "InvalidTaskId.NotFound", 400),
        (ros, "StackGroupOperationNotFound", 404),
    ],
)
def test_an_error_that_says_not_found_is_not_found(make, code, http_status):
    assert make(refused(code, http_status))[0].look_up(Target("x")) is None


@pytest.mark.parametrize("make", [oos, image, ros])
def test_another_error_of_a_read_is_passed_on(make):
    error = refused("User.NoPermission", 401)
    adapter, _ = make(error)
    with pytest.raises(ApiError) as caught:
        adapter.look_up(Target("x"))
    assert caught.value is error


@pytest.mark.parametrize(
    ("make", "answers"),
    [
        (oos, [executions(token="a"), executions(execution(IsParent=True)), executions(token="b"), executions()]),
        (image, [tasks(task("t-1"))]),
        (ros, [got(), results(*[result()] * 50, total=60), results(total=60)]),
    ],
)
def test_the_deadline_is_handed_to_every_call_of_a_read(make, answers):
    adapter, client = make(*answers)
    deadline = Deadline(FakeClock(), 5)
    adapter.read(Target({oos: "exec-1", image: "t-1", ros: OPERATION}[make], include_children=True), deadline)
    assert client.how == [(True, deadline)] * len(answers)


# Numbered pages


def test_pairs_are_read_to_the_last_page():
    rows = [result(str(number), "cn-hangzhou") for number in range(120)]
    pages = [results(*rows[start : start + 50], total=120) for start in (0, 50, 100)]
    adapter, client = ros(got(), *pages)
    assert list(adapter.read(Target(OPERATION)).parts) == [f"{number}/cn-hangzhou" for number in range(120)]
    assert [asked["PageNumber"] for action, asked in client.asked if "Results" in action] == [1, 2, 3]


@pytest.mark.parametrize(
    ("sizes", "total", "asked"),
    [
        ([50, 50], 100, 2),
        ([50, 0], 500, 2),
        ([50, 7], None, 2),
        ([20, 20, 20], 60, 3),
        ([50, 50, 50], "150", 3),
        ([0], 0, 1),
    ],
)
def test_a_numbered_list_ends_by_its_total_or_without_one_by_a_page_that_is_not_full(sizes, total, asked):
    pages = [{**results(*[result()] * size), "TotalCount": total} for size in sizes]
    adapter, client = ros(got(), *pages)
    adapter.read(Target(OPERATION))
    assert len(client.asked) == 1 + asked


def test_numbered_pages_without_end_end_with_an_error(monkeypatch):
    monkeypatch.setattr(alibaba_client, "MOST_PAGES", 7)
    for adapter, client in (image(lambda *_: tasks(task(), total=10**9)), ros(lambda *_: groups("x", total=10**9))):
        with pytest.raises(ApiError) as caught:
            list(adapter.find(Query()))
        assert (caught.value.code, caught.value.error_class) == ("EndlessList", "unexpected")
        assert len(client.asked) <= 14


# Listing


# What moves on between two of these questions is in the answer to the later one.
OOS_LIFE_CYCLE = ["Started", "Pending", "Queued", "Running", "Waiting", "Running"]


@pytest.mark.parametrize("move", [("Started", "Running"), ("Running", "Waiting"), ("Waiting", "Running")])
@pytest.mark.parametrize("after", range(6))
def test_what_moves_on_between_the_questions_is_not_missed(move, after):
    asked = itertools.count()

    def answer(action, parameters):
        status = move[next(asked) >= after]
        return executions(execution()) if parameters["Status"] == status else executions()

    assert [found.id for found in oos(answer)[0].find(Query())] == ["exec-1"]


def test_executions_in_flight_are_asked_for_by_status_children_left_out():
    adapter, client = oos(lambda *_: executions())
    assert list(adapter.find(Query())) == []
    assert [asked.pop("Status") for _, asked in client.asked] == OOS_LIFE_CYCLE
    assert all(each == ("ListExecutions", {"Depth": "RootDepth", "MaxResults": 50}) for each in client.asked)


@pytest.mark.parametrize("states", [frozenset(("running", "failed")), frozenset(("unknown",)), ALL])
def test_executions_of_other_states_are_asked_for_at_once(states):
    adapter, client = oos(lambda *_: executions(execution(Status="Hibernating")))
    assert [found.state for found in adapter.find(Query(states=states))] == ["unknown"]
    assert client.asked == [("ListExecutions", {"Depth": "RootDepth", "MaxResults": 50})]


def test_children_are_listed_by_their_parent():
    adapter, client = oos(lambda *_: executions())
    list(adapter.find(Query(states=ALL, details={"parent_execution_id": "exec-1"})))
    assert client.asked == [("ListExecutions", {"ParentExecutionId": "exec-1", "MaxResults": 50})]


def test_executions_are_listed_once_over_all_pages_and_questions():
    def answer(action, parameters):
        if parameters["Status"] != "Running":
            return executions(execution("exec-1"), execution(None))
        if "NextToken" in parameters:
            return executions(execution("exec-2"), execution("exec-3"))
        return executions(execution("exec-1"), execution("exec-2"), token="next")

    assert [found.id for found in oos(answer)[0].find(Query())] == ["exec-1", "exec-2", "exec-3"]


def test_a_filter_that_the_documents_lack_may_be_refused():
    def answer(action, parameters):
        return refused("InvalidParameter.Status") if parameters["Status"] == "Queued" else executions(execution())

    assert [found.id for found in oos(answer)[0].find(Query())] == ["exec-1"]


@pytest.mark.parametrize(("status", "code"), [("Running", "InvalidParameter.Status"), ("Queued", "User.NoPermission")])
def test_any_other_refusal_of_a_list_is_passed_on(status, code):
    adapter, _ = oos(lambda _, parameters: refused(code) if parameters["Status"] == status else executions())
    with pytest.raises(ApiError, match="no"):
        list(adapter.find(Query()))


@pytest.mark.parametrize("query", [Query(), Query(states=ALL)])
def test_image_tasks_are_asked_for_by_action_in_all_statuses(query):
    adapter, client = image(lambda *_: tasks())
    assert list(adapter.find(query)) == []
    asked = {"PageNumber": 1, "PageSize": 100}
    assert client.asked == [
        ("DescribeTasks", {"TaskAction": "ImportImage", **asked}),
        ("DescribeTasks", {"TaskAction": "ExportImage", **asked}),
    ]


def test_image_tasks_are_listed_once_and_tasks_of_other_actions_not_at_all():
    def answer(action, parameters):
        if parameters["TaskAction"] == "ImportImage":
            return tasks(task("t-1", TaskAction="IMPORT_IMAGE"), task("t-9", TaskAction="RedeployInstance"))
        if parameters["PageNumber"] == 1:
            return tasks(*[task(f"t-{number}") for number in range(1, 101)], total=102)
        return tasks(task("t-100"), task("t-101"), task(None), total=102)

    found = [each.id for each in image(answer)[0].find(Query())]
    assert found == [f"t-{number}" for number in range(1, 102)]


def test_stack_group_operations_are_listed_over_all_active_groups():
    def answer(action, parameters):
        if action == "ListStackGroups":
            page = parameters["PageNumber"]
            return groups(*[f"g-{number}" for number in range(page * 50 - 50, min(page * 50, 60))], total=60)
        return operations(operation(f"op-of-{parameters['StackGroupName']}"), operation(None))

    adapter, client = ros(answer)
    assert [found.id for found in adapter.find(Query())] == [f"op-of-g-{number}" for number in range(60)]
    listed = [asked for action, asked in client.asked if action == "ListStackGroups"]
    assert listed == [{"Status": "ACTIVE", "PageNumber": page, "PageSize": 50} for page in (1, 2)]


def test_stack_group_operations_of_one_group_need_no_list_of_groups():
    adapter, client = ros(operations(operation()))
    (found,) = adapter.find(Query(details={"stack_group_name": "landing-zone"}))
    assert (found.id, found.details["stack_group_name"]) == (OPERATION, "landing-zone")
    asked = {"StackGroupName": "landing-zone", "PageNumber": 1, "PageSize": 50}
    assert client.asked == [("ListStackGroupOperations", asked)]


def test_stack_group_operations_are_listed_once_though_the_list_shifts_while_paged():
    """A new operation moves the last of the first page to the second."""
    pages = [[operation(f"op-{number}") for number in range(start, start + 50)] for start in (0, 49)]
    adapter, _ = ros(lambda _, parameters: operations(*pages[parameters["PageNumber"] - 1], total=100))
    found = [each.id for each in adapter.find(Query(details={"stack_group_name": "landing-zone"}))]
    assert found == [f"op-{number}" for number in range(99)]


def test_a_stack_group_that_is_deleted_meanwhile_does_not_hide_the_others():
    def answer(action, parameters):
        if action == "ListStackGroups":
            return groups("gone", "landing-zone")
        return refused("StackGroupNotFound", 404) if parameters["StackGroupName"] == "gone" else operations(operation())

    assert [found.id for found in ros(answer)[0].find(Query())] == [OPERATION]


def test_a_stack_group_that_was_named_and_is_not_there_is_an_error():
    adapter, _ = ros(refused("StackGroupNotFound", 404))
    with pytest.raises(ApiError) as caught:
        list(adapter.find(Query(details={"stack_group_name": "mistyped"})))
    assert caught.value.error_class == "not_found"


@pytest.mark.parametrize(
    "make",
    [
        lambda: oos(lambda *_: executions(execution(), token="more")),
        lambda: image(lambda *_: tasks(task(), total=200)),
    ],
)
def test_listing_is_lazy(make):
    adapter, client = make()
    next(iter(adapter.find(Query())))
    assert len(client.asked) == 1


# Many at once


def looks(*targets):
    return [Look(target if isinstance(target, Target) else Target(target)) for target in targets]


def test_many_executions_are_read_from_the_lists_of_what_is_in_flight():
    def answer(action, parameters):
        if parameters["Status"] != "Running":
            return executions()
        return executions(execution("exec-1"), execution("exec-9"), execution("exec-2", ParentExecutionId="exec-0"))

    adapter, client = oos(answer)
    deadline = Deadline(FakeClock(), 5)
    found = adapter.glance(looks("exec-1", "exec-2", "exec-3"), deadline)
    assert {key: operation.id for key, operation in found.items()} == {"exec-1": "exec-1", "exec-2": "exec-2"}
    assert [asked.pop("Status") for _, asked in client.asked] == OOS_LIFE_CYCLE
    assert all(asked == {"IncludeChildExecution": True, "MaxResults": 50} for _, asked in client.asked)
    assert client.how == [(True, deadline)] * len(OOS_LIFE_CYCLE)
    assert adapter.glance_least >= len(OOS_LIFE_CYCLE)


def test_an_execution_whose_children_count_is_read_by_itself():
    adapter, _ = oos(lambda *_: executions())
    alone, together = looks(Target("exec-1", include_children=True), "exec-1")
    assert not adapter.can_glance(alone) and adapter.can_glance(together)


def test_no_more_pages_of_executions_are_read_for_many_than_one_by_one():
    tokens = itertools.count()
    adapter, client = oos(
        lambda *_: executions(*[execution(f"exec-{n}") for n in range(50)], token=f"token-{next(tokens)}")
    )
    adapter.glance(looks(*[f"exec-{n}" for n in range(8)]), None)
    assert len(client.asked) == 8


def test_a_status_that_the_list_does_not_know_is_no_obstacle_to_reading_many():
    def answer(action, parameters):
        return refused("InvalidParameter.Status") if parameters["Status"] == "Queued" else executions(execution())

    assert set(oos(answer)[0].glance(looks("exec-1"), None)) == {"exec-1"}


def test_many_image_tasks_are_read_by_their_ids_in_one_call():
    ids = [f"t-{number}" for number in range(100)]
    adapter, client = image(tasks(*[task(each) for each in ids[:-1]], task("t-other"), task("T-1")))
    deadline = Deadline(FakeClock(), 5)
    found = adapter.glance(looks(*ids, "t-5"), deadline)
    assert list(found) == ids[:-1]
    assert client.asked == [("DescribeTasks", {"TaskIds": ",".join(ids), "PageSize": 100})]
    assert client.how == [(True, deadline)]
    assert adapter.glance_limit == 100


def test_stack_group_operations_can_only_be_read_one_by_one():
    adapter, client = ros({})
    assert (adapter.glance_limit, adapter.glance(looks(OPERATION), None), client.asked) == (0, {}, [])


@pytest.mark.parametrize("make", [oos, image])
def test_the_error_of_a_joined_reading_is_passed_on(make):
    adapter, _ = make(lambda *_: refused("Throttling.User"))
    with pytest.raises(ApiError):
        adapter.glance(looks("exec-1"), None)


# Stopping


@pytest.mark.parametrize(
    ("make", "asked"),
    [
        (oos, ("CancelExecution", {"ExecutionId": "x-1"})),
        (image, ("CancelTask", {"TaskId": "x-1"})),
        (ros, ("StopStackGroupOperation", {"OperationId": "x-1"})),
    ],
)
def test_a_stop_names_the_operation_and_is_never_repeated_blindly(make, asked):
    adapter, client = make({"RequestId": "r-9"})
    request_ids: list[str] = []
    adapter.stop("x-1", (), request_ids)
    assert (client.asked, client.how, request_ids) == ([asked], [(False, None)], ["r-9"])
    assert (adapter.stop_action, adapter.stop_limit) == (asked[0], None)


@pytest.mark.parametrize("make", [oos, image, ros])
def test_an_error_of_a_stop_is_passed_on(make):
    error = refused("ExecutionCancelFailed", 403)
    with pytest.raises(ApiError) as caught:
        make(error)[0].stop("x-1", (), [])
    assert caught.value is error


def test_parts_are_named_by_what_they_are():
    assert oos({})[0].part_id("exec-2") == {"execution_id": "exec-2"}
    assert ros({})[0].part_id("1234567890123456/cn-beijing") == {
        "account_id": "1234567890123456",
        "region_id": "cn-beijing",
    }
    keys = [adapter.parts_key for adapter, _ in (oos({}), image({}), ros({}))]
    assert keys == ["children", None, "results_by_target"]


def test_only_a_cancelled_image_task_may_show_as_failed():
    assert [adapter.stop_may_show_as_failed for adapter, _ in (oos({}), image({}), ros({}))] == [False, True, False]


@pytest.mark.parametrize(
    ("make", "foreign"),
    [
        (oos, ["t-hz0example0001", "inv-example1"]),
        (image, ["exec-example0001", "inv-example1"]),
        (ros, ["t-hz0example0001", "inv-example1", "exec-example0001"]),
    ],
)
def test_an_id_of_something_else_is_refused_before_any_call(make, foreign):
    adapter, client = make({})
    for identifier in foreign:
        with pytest.raises(OptionError, match=f"^{adapter.id_option}: {identifier} is the id of a"):
            adapter.check(Target(identifier))
    for identifier in ({oos: "exec-1", image: "t-1", ros: OPERATION}[make], "anything"):
        adapter.check(Target(identifier))
    assert client.asked == []


# What is left behind

SOON = Deadline(FakeClock(), 60)


def test_the_invocations_behind_commands_are_listed_and_no_other_task_is_asked_about():
    other = step("task-exec-2", TaskAction="ACS::ECS::RebootInstance", TaskName="reboot")
    answers = {"ListTaskExecutions": [steps(step(), other, token="next"), steps(step("task-exec-3", TaskName="loop"))]}
    answers["ListTaskExecutionInvocations"] = [
        invocations(invocation("t-1", Status="Running"), invocation("t-2", RegionId="", Status=None)),
        invocations(),
    ]
    adapter, client = oos(lambda action, _: answers[action].pop(0))
    left = adapter.left_behind(adapter._operation(execution()), [], SOON)
    assert left == {
        "invocations": [
            {"invocation_id": "t-1", "region": "cn-beijing", "status": "Running", "task_name": "clean"},
            {"invocation_id": "t-2", "region": "cn-hangzhou", "status": "", "task_name": "clean"},
        ]
    }
    of_tasks = {"ExecutionId": "exec-1", "IncludeChildTaskExecution": True, "MaxResults": 50}
    assert client.asked == [
        ("ListTaskExecutions", of_tasks),
        ("ListTaskExecutionInvocations", {"TaskExecutionId": "task-exec-1"}),
        ("ListTaskExecutions", {**of_tasks, "NextToken": "next"}),
        ("ListTaskExecutionInvocations", {"TaskExecutionId": "task-exec-3"}),
    ]


def test_what_the_children_that_count_have_started_is_asked_for_too_and_in_time():
    def answer(action, parameters):
        if action == "ListTaskExecutions":
            return steps(step(f"task-of-{parameters['ExecutionId']}"))
        return invocations(invocation(f"t-of-{parameters['TaskExecutionId']}"))

    adapter, client = oos(answer)
    parent = replace(adapter._operation(execution()), parts={"exec-2": None, "exec-3": None})
    left = adapter.left_behind(parent, ["exec-3"], SOON)
    assert [each["invocation_id"] for each in left["invocations"]] == ["t-of-task-of-exec-1", "t-of-task-of-exec-3"]
    assert client.how == [(True, SOON)] * 4


def test_other_kinds_leave_nothing_behind_that_could_be_read():
    for adapter, client in (image({}), ros({})):
        assert adapter.left_behind(None, [], SOON) == {}
        assert client.asked == []


# Error codes of the references, both generations


CODES = {
    # OOS
    "ExecutionCancelFailed": (403, "finished"),
    "EntityNotExist.Execution": (404, "not_found"),
    "User.NoPermission": (401, "denied"),
    "InvalidStsToken": (400, "auth"),
    "ExpiredStsToken": (400, "auth"),
    "InvalidAccountType": (400, "denied"),
    "InvalidVersion": (400, "bad_input"),
    "InvalidAction.NotFound": (400, "bad_input"),
    # Image tasks
    "MissingParameter": (400, "bad_input"),
    "InvalidRegionId.NotFound": (400, "bad_input"),
    "RegionId.NotFound": (400, "bad_input"),
    "InvalidTaskId.NotFound": (400, "not_found"),
    "InvalidTaskId.IncorrectTaskStatus": (403, "finished"),
    "IncorrectTaskStatus": (403, "finished"),
    "InvalidTaskId.TaskActionNotSupport": (403, "denied"),
    "TaskActionNotSupport": (400, "denied"),
    "CancelTaskFailed": (403, "denied"),
    # Stack groups
    "StackGroupOperationNotFound": (404, "not_found"),
    "StackGroupNotFound": (404, "not_found"),
    "StackGroupOperationInProgress": (409, "transient"),
    "InvalidParameter": (400, "bad_input"),
    "MultipleParameter": (400, "bad_input"),
    "Invalid": (400, "bad_input"),
    "InvalidValue": (400, "bad_input"),
    "InvalidIdempotenceParameter": (400, "bad_input"),
    "MismatchNextToken": (400, "bad_input"),
    "NotSupported": (400, "bad_input"),
    "LastTokenProcessing": (400, "transient"),
    "RequestLimitExceeded": (400, "bad_input"),
    "AssumeRoleFailure": (400, "denied"),
    "Forbidden": (403, "denied"),
    "InternalError": (500, "transient"),
    "ServiceUnavailable": (503, "transient"),
    "Throttling": (400, "throttled"),
    "Throttling.User": (400, "throttled"),
}


@pytest.mark.parametrize("spell", [str, str.lower, str.upper])
@pytest.mark.parametrize("code", CODES)
def test_a_code_has_its_class_in_any_case_and_with_any_http_status(code, spell):
    http_status, expected = CODES[code]
    # The generations and the pages disagree on the HTTP status.
    assert {error_class(spell(code), each) for each in (http_status, 400, 403, 500)} == {expected}


# Nonsense

OOS_ANSWERS = {
    "ListExecutions": executions(execution(Status="Failed", StatusMessage="no", IsParent=True), execution("exec-2")),
    "ListTaskExecutions": steps(step()),
    "ListTaskExecutionInvocations": invocations(invocation()),
}
IMAGE_ANSWERS = {"DescribeTasks": tasks(task(TaskStatus="Finished", FinishedTime="2024-01-02T03:06Z"))}
ROS_ANSWERS = {
    "GetStackGroupOperation": got(Status="FAILED", EndTime="2024-01-02T03:06:00"),
    "ListStackGroupOperationResults": results(result(status="FAILED", reason="no")),
    "ListStackGroups": groups("landing-zone"),
    "ListStackGroupOperations": operations(operation()),
}


def check_all_ways(adapter, target):
    """Whatever an adapter reads from its answers is of the right type; only an error of ours may come."""
    for read in (
        lambda: [adapter.read(Target(target, include_children=True))],
        lambda: adapter.find(Query(states=ALL)),
        lambda: adapter.find(Query()),
        lambda: adapter.find(Query(details={"parent_execution_id": "exec-1", "stack_group_name": "landing-zone"})),
    ):
        try:
            for found in read():
                if found:
                    check_operation(adapter, found)
        except ApiError as error:
            assert error.code in ("EndlessList", "NotAnAnswer")


def check_operation(adapter, found):
    shown = found.as_result()
    assert shown["state"] in STATES and found.whole.state in STATES
    assert isinstance(shown.pop("is_schedule"), bool)
    assert isinstance(shown.pop("instances_total"), (int, type(None)))
    assert all(isinstance(value, (str, type(None))) for value in shown.values())
    for moment in filter(None, (found.created, found.finished)):
        datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ")
    assert isinstance(adapter.objection(found), (str, type(None)))
    for part, reading in found.parts.items():
        assert isinstance(part, str) and part
        assert all(isinstance(value, str) for value in adapter.part_id(part).values())
        assert isinstance(reading.status, str) and reading.state in STATES
        assert reading.exit_code is None and isinstance(reading.error, (str, type(None)))


def test_what_nonsense_replaces_is_read_without_it():
    """The answers of the nonsense tests are good ones, so that these reach every place."""
    for (adapter, client), target, answers in (
        (oos(for_a_while(OOS_ANSWERS)), "exec-1", OOS_ANSWERS),
        (image(for_a_while(IMAGE_ANSWERS)), "t-1", IMAGE_ANSWERS),
        (ros(for_a_while(ROS_ANSWERS)), OPERATION, ROS_ANSWERS),
    ):
        found = adapter.read(Target(target, include_children=True))
        assert (found.id, len(found.parts) > 0) == (target, adapter.parts_key is not None)
        assert list(adapter.find(Query(states=ALL)))
        adapter.left_behind(found, [], SOON)
        assert {action for action, _ in client.asked} == set(answers)


def _spoilt(answers, spot, other):
    action, path = spot
    return for_a_while({**answers, action: planted(answers[action], path, other)})


@given(spots(OOS_ANSWERS), JSON | st.just(MISSING))
@example(("ListExecutions", ("Executions", 0, "CreateDate")), "0001-01-01T00:00:00+05:00")
@example(("ListExecutions", ("Executions", 1, "IsParent")), "true")
def test_anything_in_place_of_any_field_of_an_execution_never_raises(spot, other):
    answer = _spoilt(OOS_ANSWERS, spot, other)
    adapter, _ = oos(answer)
    check_all_ways(adapter, "exec-1")
    adapter, _ = oos(_spoilt(OOS_ANSWERS, spot, other))
    try:
        left = adapter.left_behind(adapter._operation(execution()), [], SOON)
    except ApiError as error:
        assert error.code == "EndlessList"
    else:
        assert all(isinstance(value, str) for each in left["invocations"] for value in each.values())


@given(spots(IMAGE_ANSWERS), JSON | st.just(MISSING))
@example(("DescribeTasks", ("TotalCount",)), "9" * 5000)
@example(("DescribeTasks", ("TaskSet",)), [[{"Task": []}], None, {"Task": {"TaskId": "t-1"}}])
def test_anything_in_place_of_any_field_of_an_image_task_never_raises(spot, other):
    check_all_ways(image(_spoilt(IMAGE_ANSWERS, spot, other))[0], "t-1")


@given(spots(ROS_ANSWERS), JSON | st.just(MISSING))
@example(("GetStackGroupOperation", ("StackGroupOperation", "EndTime")), "9999-12-31T23:59:59-05:00")
@example(("ListStackGroupOperationResults", ("StackGroupOperationResults", 0, "AccountId")), 1234567890123456)
def test_anything_in_place_of_any_field_of_a_stack_group_operation_never_raises(spot, other):
    check_all_ways(ros(_spoilt(ROS_ANSWERS, spot, other))[0], OPERATION)
