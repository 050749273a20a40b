# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only Automation has: children of children that nothing announces, filters by status, and steps with commands."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import Deadline, SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Query, Target
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import STATES
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.automation_execution import (
    AwsAutomationExecution,
)

from ...support.answers import REGION, refusal, scripted
from ...support.nonsense import ODDITIES, places, planted
from .adapters import EXECUTION_ID, IN_FLIGHT, execution, executions, got

ALL = frozenset(STATES)
SOON = Deadline(SystemClock(), 60)


def ssm(*answers):
    """The adapter and its script."""
    return scripted(AwsAutomationExecution, *answers)


def read(**more):
    return ssm(got(execution(**more)))[0].read(Target(EXECUTION_ID))


@pytest.mark.parametrize(
    ("more", "category", "words"),
    [
        ({}, "Local", []),
        ({"AutomationSubtype": "ChangeRequest"}, "ChangeRequest", []),
        ({"AssociationId": "a-1"}, "Local", ["association a-1", "does not prevent the next run"]),
        ({"TargetLocations": [{"Regions": ["eu-west-1"]}]}, "Local", ["in several accounts or regions"]),
        ({"AutomationType": "CrossAccount"}, "CrossAccount", ["in several accounts or regions"]),
    ],
)
def test_what_comes_again_and_what_runs_elsewhere_is_warned_about(more, category, words):
    operation = read(**more)
    assert (operation.details["category"], operation.is_schedule) == (category, False)
    assert len(operation.warnings) == bool(words)
    assert all(EXECUTION_ID in operation.warnings[0] and word in operation.warnings[0] for word in words)


@pytest.mark.parametrize(
    ("status", "state"),
    [("Scheduled", "scheduled"), ("PendingApproval", "running"), ("PendingChangeCalendarOverride", "running")],
)
def test_what_waits_is_told_apart_by_its_status_and_its_step(status, state):
    operation = read(AutomationExecutionStatus=status, CurrentAction="aws:approve", ParentAutomationExecutionId="e-0")
    assert (operation.status, operation.state) == (status, state)
    assert (operation.details["current_action"], operation.details["parent_execution_id"]) == ("aws:approve", "e-0")


# Children


def test_a_family_is_walked_once_and_by_ten_parents_at_a_time():
    children = {EXECUTION_ID: [f"b-{number}" for number in range(23)], "b-0": ["c-1", "b-0"], "c-1": [EXECUTION_ID]}

    def answer(action, asked):
        if action == "GetAutomationExecution":
            return got(execution())
        (where,) = asked["Filters"]
        assert where["Key"] == "ParentExecutionId"
        return executions(*(execution(each) for parent in where["Values"] for each in children.get(parent, ())))

    adapter, script = ssm(answer)
    parts = adapter.read_all(Target(EXECUTION_ID, include_children=True)).parts
    assert list(parts) == [*children[EXECUTION_ID], "c-1"]
    sizes = [len(asked["Filters"][0]["Values"]) for _, asked in script.asked[1:]]
    assert sizes == [1, 10, 10, 3, 1]


def test_what_was_seen_below_a_child_is_still_seen_when_that_has_ended():
    adapter, script = ssm(
        got(execution()),
        executions(execution("e-2", AutomationExecutionStatus="Success")),
        # Those that are known and not seen: one that goes on, and one that is no more.
        got(execution("e-3")),
        {},
    )
    operation = adapter.read(Target(EXECUTION_ID))
    pages, parts = adapter.pages(operation, ("e-2", "e-3", "e-4")), {}
    while cursors := pages.next():
        for cursor in cursors:
            page = adapter.page(operation, cursor)
            pages.add(cursor, page)
            parts.update(page.parts)
    assert {each: reading.state for each, reading in parts.items()} == {"e-2": "succeeded", "e-3": "running"}
    assert [asked.get("AutomationExecutionId") for _, asked in script.asked] == [
        EXECUTION_ID,
        None,
        "e-3",
        "e-4",
        None,
    ]


# Listing


def where(**filters):
    return [{"Key": key, "Values": values} for key, values in filters.items()]


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        (Query(), where(ExecutionStatus=IN_FLIGHT)),
        (
            Query(details={"parent_execution_id": "e-1"}),
            where(ParentExecutionId=["e-1"], ExecutionStatus=IN_FLIGHT),
        ),
        (Query(states=ALL), None),
        (Query(states=ALL, details={"parent_execution_id": "e-1"}), where(ParentExecutionId=["e-1"])),
    ],
)
def test_executions_are_asked_for_by_status_and_children_by_their_parent(query, filters):
    adapter, script = ssm(executions(execution()))
    assert [operation.id for operation in adapter.find(query)] == [EXECUTION_ID]
    assert script.asked == [
        ("DescribeAutomationExecutions", {"MaxResults": 50, **({"Filters": filters} if filters else {})})
    ]


def test_a_list_leaves_out_children_but_those_whose_parent_has_ended():
    family = [execution("a"), execution("b", ParentAutomationExecutionId="a"), execution("c")]
    orphan = execution("d", ParentAutomationExecutionId="ended")
    in_flight, every = (
        [operation.id for operation in ssm(executions(*family, orphan))[0].find(query)]
        for query in (Query(), Query(states=ALL))
    )
    assert (in_flight, every) == (["a", "c", "d"], ["a", "c"])


def test_a_region_that_does_not_know_all_statuses_is_asked_for_each_it_knows():
    def answer(_action, asked):
        values = asked["Filters"][0]["Values"]
        if {"RunbookInProgress", "Approved"} & set(values):
            return refusal("bad_input", "InvalidFilterValue")
        return executions(*[execution(values[0])] * (values[0] in ("Scheduled", "InProgress")))

    adapter, script = ssm(answer)
    assert [operation.id for operation in adapter.find(Query())] == ["Scheduled", "InProgress"]
    assert sorted(asked["Filters"][0]["Values"][0] for _, asked in script.asked[1:]) == sorted(IN_FLIGHT)


@pytest.mark.parametrize("refused", ["Pending", "InProgress", "Waiting", "Cancelling"])
def test_a_status_that_every_region_knows_may_not_be_refused(refused):
    def answer(_action, asked):
        return refusal("bad_input") if refused in asked["Filters"][0]["Values"] else executions()

    with pytest.raises(ApiError):
        list(ssm(answer)[0].find(Query()))


# What is left behind


def step(name="clean", action="aws:runCommand", ids=("c-1",), **more):
    return {"StepName": name, "Action": action, "StepStatus": "InProgress", "Outputs": {"CommandId": [*ids]}, **more}


def steps(*items, token=""):
    return {"StepExecutions": [*items], "NextToken": token}


def left_behind(adapter, *parts):
    found: dict[str, Any] = {}
    adapter.left_behind(read(), parts, found, SOON)
    return found["invocations"]


def test_the_commands_that_steps_have_started_are_named_and_those_of_children_too():
    adapter, script = ssm(
        steps(step(), step("wait", "aws:sleep", ["no command"]), token="next"),
        steps(step("none yet", Outputs={}), step("nothing", Outputs=None)),
        steps(step("patch", ids=["c-2", ""])),
    )
    row = {"region": REGION, "status": "InProgress"}
    assert left_behind(adapter, "e-2") == [
        {"invocation_id": "c-1", "task_name": "clean", **row},
        {"invocation_id": "c-2", "task_name": "patch", **row},
    ]
    assert [(asked["AutomationExecutionId"], asked.get("NextToken")) for _, asked in script.asked] == [
        (EXECUTION_ID, None),
        (EXECUTION_ID, "next"),
        ("e-2", None),
    ]
    assert script.how == [(True, SOON)] * 3


def test_nonsense_in_any_place_of_what_is_left_behind_does_no_harm():
    answer = steps(step())
    for place, other in itertools.product(places(answer), ODDITIES):
        left = left_behind(ssm(planted(answer, place, other))[0])
        assert all(isinstance(value, str) for each in left for value in each.values())
