# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only executions have: children of children, triggers, and what their tasks have started elsewhere."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import Deadline, SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Query, Target
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import STATES
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.automation_execution import (
    AlibabaAutomationExecution,
)

from ...support.answers import REGION, refusal, scripted
from ...support.nonsense import ODDITIES, places, planted
from .adapters import execution, executions

ALL = frozenset(STATES)
FAMILY = Target("exec-1", include_children=True)
SOON = Deadline(SystemClock(), 60)


def oos(*answers):
    """The adapter and its script."""
    return scripted(AlibabaAutomationExecution, *answers)


def read(**more):
    return oos(executions(execution(**more)))[0].read(Target("exec-1"))


# Reading one execution


def test_an_execution_has_its_parent_its_message_and_its_start_in_place_of_a_creation():
    operation = read(ParentExecutionId="exec-0", StatusMessage="half way", CreateDate=None)
    assert operation.details == {
        "category": "Other",
        "parent_execution_id": "exec-0",
        "status_message": "half way",
    }
    assert operation.created == "2024-01-02T03:04:06Z"


@pytest.mark.parametrize(
    ("category", "status", "is_schedule", "state"),
    [
        ("TimerTrigger", "Waiting", True, "scheduled"),
        ("EventTrigger", "Waiting", True, "scheduled"),
        ("AlarmTrigger", "Waiting", True, "scheduled"),
        ("TimerTrigger", "Running", True, "running"),
        ("TimerTrigger", "Cancelled", True, "stopped"),
        # For an approval.
        ("Other", "Waiting", False, "running"),
        (["TimerTrigger"], "Waiting", False, "running"),
    ],
)
def test_a_trigger_is_a_schedule_and_is_scheduled_while_it_waits(category, status, is_schedule, state):
    operation = read(Category=category, Status=status)
    assert (operation.is_schedule, operation.state) == (is_schedule, state)


# Children


def parents_asked(script):
    return [asked["ParentExecutionId"] for _, asked in script.asked if "ParentExecutionId" in asked]


@pytest.mark.parametrize(
    ("tree", "children", "parents"),
    [
        pytest.param({"1": "23", "2": "4", "4": "5"}, "2345", "124", id="children of children"),
        pytest.param({"1": "12", "2": ""}, "2", "12", id="its own child"),
        pytest.param({"1": "2", "2": "21"}, "2", "12", id="a child of a child of its own"),
        pytest.param({"1": "23", "2": "3", "3": "21"}, "23", "123", id="children of each other"),
    ],
)
def test_a_family_is_walked_once_in_circles_too(tree, children, parents):
    def answer(action, asked):
        if "ExecutionId" in asked:
            return executions(execution(asked["ExecutionId"], IsParent=True))
        return executions(*[execution(each, IsParent=each in tree) for each in tree[asked["ParentExecutionId"]]])

    adapter, script = oos(answer)
    assert list(adapter.read_all(Target("1", include_children=True)).parts) == [*children]
    assert parents_asked(script) == [*parents]


@pytest.mark.parametrize(
    ("more", "target", "asked"),
    [
        # To be named, even if they are to be left alone.
        ({"IsParent": True}, Target("exec-1"), ["exec-1"]),
        ({}, Target("exec-1"), []),
        ({}, FAMILY, ["exec-1"]),
    ],
)
def test_children_are_asked_for_where_there_are_some_or_where_they_matter(more, target, asked):
    adapter, script = oos(executions(execution(**more)), executions(execution("exec-2")))
    operation = adapter.read_all(target)
    assert operation.parts_are_listed is bool(asked) and list(operation.parts) == ["exec-2"] * len(asked)
    assert parents_asked(script) == asked


def test_children_that_cannot_be_read_hinder_only_a_stop_that_is_for_them_too():
    answers = [executions(execution(IsParent=True)), refusal("denied")]
    operation = oos(*answers)[0].read_all(Target("exec-1"))
    (warning,) = operation.warnings
    assert operation.parts == {}
    assert warning.startswith("Not all parts of exec-1 could be read: ")
    with pytest.raises(ApiError):
        oos(*answers)[0].read_all(FAMILY)


def test_what_was_seen_below_a_child_is_still_seen_when_that_has_ended():
    adapter, script = oos(
        executions(execution()),
        executions(execution("exec-2", IsParent=True, Status="Success")),
        # Those that are known and not seen: one with children, one of them, and one that is no more.
        executions(execution("exec-3", IsParent=True)),
        executions(execution("exec-4")),
        executions(execution("exec-7")),
        executions(execution("exec-4"), execution("exec-5", Status="Failed")),
    )
    operation = adapter.read(FAMILY)
    pages, parts = adapter.pages(operation, ("exec-2", "exec-3", "exec-4", "exec-6")), {}
    while cursors := pages.next():
        for cursor in cursors:
            page = adapter.page(operation, cursor)
            pages.add(cursor, page)
            parts.update(page.parts)
    assert {each: reading.state for each, reading in parts.items()} == {
        "exec-2": "succeeded",
        "exec-3": "running",
        "exec-4": "running",
        "exec-5": "failed",
    }
    assert [*map(parameters_of, script.asked)] == [
        {"ExecutionId": "exec-1", "IncludeChildExecution": True},
        {"ParentExecutionId": "exec-1"},
        {"ExecutionId": "exec-3", "IncludeChildExecution": True},
        {"ExecutionId": "exec-4", "IncludeChildExecution": True},
        {"ExecutionId": "exec-6", "IncludeChildExecution": True},
        {"ParentExecutionId": "exec-3"},
    ]


def parameters_of(asked):
    """What a list of executions was asked for, beside the size of its pages."""
    action, parameters = asked
    assert (action, parameters["MaxResults"]) == ("ListExecutions", 50)
    return {name: value for name, value in parameters.items() if name != "MaxResults"}


# Listing

# What moves on between two of these questions is in the answer to the later one.
LIFE_CYCLE = ["Started", "Pending", "Queued", "Running", "Waiting", "Running"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # With the children, of which those that are left over have nobody else to stand for them.
        (Query(), [{"IncludeChildExecution": True, "Status": status} for status in LIFE_CYCLE]),
        (
            Query(details={"parent_execution_id": "exec-1"}),
            [{"ParentExecutionId": "exec-1", "Status": status} for status in LIFE_CYCLE],
        ),
        (Query(states=frozenset(("running", "failed"))), [{"Depth": "RootDepth"}]),
        (Query(states=frozenset(("unknown",))), [{"Depth": "RootDepth"}]),
        (Query(states=ALL), [{"Depth": "RootDepth"}]),
        (Query(states=ALL, details={"parent_execution_id": "exec-1"}), [{"ParentExecutionId": "exec-1"}]),
    ],
)
def test_executions_are_asked_for_by_status_and_children_by_their_parent(query, expected):
    adapter, script = oos(executions(execution(Status="Hibernating")))
    assert [operation.state for operation in adapter.find(query)] == ["unknown"]
    assert [*map(parameters_of, script.asked)] == expected


@pytest.mark.parametrize(
    ("family", "listed"),
    [
        pytest.param({"1": "", "2": "1", "3": "2"}, "1", id="the parent stands for all below it"),
        pytest.param({"2": "1", "3": "2"}, "2", id="a child whose parent has ended"),
        pytest.param({"2": "1", "3": "1"}, "23", id="several such children"),
        pytest.param({"T": "", "2": "T", "3": "2"}, "T2", id="the run of a trigger, and not its children"),
        pytest.param({"2": "T"}, "2", id="the run of a trigger that has ended"),
    ],
)
def test_a_list_of_what_is_in_flight_leaves_out_those_whose_parent_is_in_it(family, listed):
    running = [
        execution(each, ParentExecutionId=parent, Category="TimerTrigger" if each == "T" else "Other")
        for each, parent in reversed(family.items())
    ]
    adapter, _ = oos(lambda _, asked: executions(*running if asked["Status"] == "Running" else ()))
    assert sorted(operation.id for operation in adapter.find(Query())) == sorted(listed)


def refusing(status, error):
    return oos(lambda _, asked: error if asked["Status"] == status else executions(execution()))[0]


def test_a_filter_that_the_documents_lack_may_be_refused():
    adapter = refusing("Queued", refusal("bad_input"))
    assert [operation.id for operation in adapter.find(Query())] == ["exec-1"]
    assert set(adapter.read_many([Target("exec-1")], None)) == {"exec-1"}


@pytest.mark.parametrize(("status", "error_class"), [("Running", "bad_input"), ("Queued", "denied")])
def test_any_other_refusal_of_a_list_is_passed_on(status, error_class):
    with pytest.raises(ApiError, match="no"):
        list(refusing(status, refusal(error_class)).find(Query()))


# What is left behind


def step(task_id="task-1", action="ACS::ECS::RunCommand", **more):
    return {"TaskExecutionId": task_id, "TaskName": "clean", "TaskAction": action, **more}


def steps(*items, token=""):
    return {"RequestId": "r-1", "NextToken": token, "TaskExecutions": list(items)}


def started(*items):
    return {"RequestId": "r-1", "TaskExecutionInvocations": list(items)}


OPERATION = read()
STARTED = {"InvocationId": "t-1", "RegionId": "cn-beijing", "Status": "Running"}


def left_behind(adapter, operation, *parts):
    found: dict[str, Any] = {}
    adapter.left_behind(operation, parts, found, SOON)
    return found


def test_what_was_found_remains_if_the_rest_cannot_be_read():
    adapter, _ = oos(steps(step(), step("task-2")), started(STARTED), refusal("denied"))
    found: dict[str, Any] = {}
    with pytest.raises(ApiError, match="no"):
        adapter.left_behind(OPERATION, [], found, SOON)
    assert [each["invocation_id"] for each in found["invocations"]] == ["t-1"]


def test_the_invocations_behind_commands_are_listed_and_no_other_task_is_asked_about():
    adapter, script = oos(
        steps(step(), step("task-2", "ACS::ECS::RebootInstance"), token="next"),
        started(STARTED, {"InvocationId": "t-2", "RegionId": "", "Status": None}),
        steps(step("task-3")),
    )
    assert left_behind(adapter, OPERATION) == {
        "invocations": [
            {"invocation_id": "t-1", "region": "cn-beijing", "status": "Running", "task_name": "clean"},
            {"invocation_id": "t-2", "region": REGION, "status": "", "task_name": "clean"},
        ]
    }
    of_tasks = {"ExecutionId": "exec-1", "IncludeChildTaskExecution": True, "MaxResults": 50}
    assert script.asked == [
        ("ListTaskExecutions", of_tasks),
        ("ListTaskExecutionInvocations", {"TaskExecutionId": "task-1"}),
        ("ListTaskExecutions", {**of_tasks, "NextToken": "next"}),
        ("ListTaskExecutionInvocations", {"TaskExecutionId": "task-3"}),
    ]
    assert script.how == [(True, SOON)] * 4


def test_nonsense_in_any_place_of_what_is_left_behind_does_no_harm():
    answers = [steps(step()), started(STARTED)]
    for number, answer in enumerate(answers):
        for place, other in itertools.product(places(answer), ODDITIES):
            spoilt = [*answers]
            spoilt[number] = planted(answer, place, other)
            left = left_behind(oos(*spoilt)[0], OPERATION)
            assert all(isinstance(value, str) for each in left["invocations"] for value in each.values())
