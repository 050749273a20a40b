# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated Automation: executions in time, children and steps, stops, lists with their filters, error codes."""

from __future__ import annotations

import pytest

from emulator.aws.ssm_automation import WORDS

from ...support.clients import in_pages
from ...support.control import going, refusing

KIND = "automation_execution"
UNKNOWN = "11111111-2222-3333-4444-555555555555"
MINE = "11111111-2222-3333-4444-000000000001"
NOT_FOUND, REFUSED = "AutomationExecutionNotFoundException", "InvalidAutomationStatusUpdateException"
LIST, IDS = "DescribeAutomationExecutions", "AutomationExecutionMetadataList.AutomationExecutionId"


@pytest.fixture
def start(client):
    def start(**more):
        return client.ok("StartAutomationExecution", DocumentName="restart-fleet", **more)["AutomationExecutionId"]

    return start


@pytest.fixture
def read(client):
    return lambda made: client.ok("GetAutomationExecution", AutomationExecutionId=made)["AutomationExecution"]


def where(*filters):
    return {"Filters": [{"Key": key, "Values": list(values)} for key, *values in filters]} if filters else {}


@pytest.fixture
def listed(client):
    return lambda *filters: client.found(LIST, IDS, MaxResults=50, **where(*filters))


# In time

SLOW = {"stopping_seconds": 5}
test_courses = going(
    (SLOW, {"pending_seconds": 5, "run_seconds": 10}, "Pending 5 InProgress 10 Success"),
    (SLOW, {"run_seconds": 10, "final_status": "TimedOut"}, "InProgress 10 TimedOut"),
    (SLOW, {}, "InProgress stop Cancelling 4 stop Cancelling 1 Cancelled"),
    (SLOW, {"status": "PendingApproval"}, "PendingApproval stop Cancelling 5 Cancelled"),
    (SLOW, {"status": "Scheduled"}, "Scheduled 100 Scheduled stop Cancelling 5 Cancelled"),
    (SLOW, {}, "InProgress complete Cancelling 5 Success"),
    # Silently
    ({"ssm_stop_of_ended": "success"}, {"status": "Success"}, "Success stop Success"),
    complete=lambda client, made: client.ok("StopAutomationExecution", AutomationExecutionId=made, Type="Complete"),
)


def test_what_only_some_have(create, start, read, listed):
    scheduled = read(create(status="Scheduled"))
    assert scheduled["ScheduledTime"] > scheduled["ExecutionStartTime"]
    again = read(create(association_id="assoc-1", subtype="ChangeRequest"))
    assert (again["AssociationId"], again["AutomationSubtype"]) == ("assoc-1", "ChangeRequest")
    crossing = create(type="CrossAccount")
    assert read(crossing)["ProgressCounters"]["TotalSteps"] == 1
    started = start(TargetLocations=[{"Accounts": ["123456789012"], "Regions": ["eu-west-1"]}])
    assert listed(("AutomationType", "CrossAccount")) == [started, crossing]


# Children and steps


@pytest.mark.parametrize(("setting", "left"), [("live", "InProgress"), ("cancelled", "Cancelled")])
def test_children_may_live_on(control, create, stop, listed, setting, left):
    control.settings(ssm_children_on_stop=setting)
    made = create(children=2, stopping_seconds=0)
    stop(made)
    assert [control.status(each) for each in (made, *listed(("ParentExecutionId", made)))] == ["Cancelled", left, left]


def test_children_in_the_plain_list(control, create, listed):
    made = create(children=2)
    child = create(parent=made)
    assert len(listed()) == 4
    control.settings(ssm_children_listed=False)
    assert listed() == [made]
    assert len(listed(("ParentExecutionId", made))) == 3
    assert listed(("ExecutionId", child, made)) == [child, made]


def test_steps_that_have_not_begun_stay_pending(create, stop, read):
    made, done = create(steps=3, stopping_seconds=0), create(steps=2, status="Success")
    stop(made)
    statuses = [[each["StepStatus"] for each in read(execution)["StepExecutions"]] for execution in (made, done)]
    assert statuses == [["Cancelled", "Pending", "Pending"], ["Success"] * 2]


def test_a_long_list_of_steps_is_truncated(client, control, create, read):
    made = create(steps=7)
    control.settings(ssm_steps_shown=3)
    seen = read(made)
    assert seen["StepExecutionsTruncated"] is True and len(seen["StepExecutions"]) == 3
    names = [f"step{number}" for number in range(1, 8)]
    for sent, pages in (
        ({"MaxResults": 3}, in_pages(names, 3)),
        ({"ReverseOrder": True}, [names[::-1]]),
        (where(("StepExecutionStatus", "InProgress")), [names[:1]]),
    ):
        sent |= {"AutomationExecutionId": made}
        assert client.pages("DescribeAutomationStepExecutions", "StepExecutions.StepName", **sent) == pages


# Listing


def test_filters(client, control, create, listed):
    made = {word: create(status=word, name=f"runbook-{word}", stopping_seconds=1000) for word in WORDS.phases}
    create(region="eu-west-1")
    phases = ("waiting", "running", "scheduled", "stopping")
    in_flight = [word for word, phase in WORDS.phases.items() if phase.value in phases]
    assert len(in_flight) == 10  # as many as a filter takes
    for filters, words in (
        ([("ExecutionStatus", *in_flight)], in_flight),
        ([("DocumentNamePrefix", "runbook-Pending")], ["PendingChangeCalendarOverride", "PendingApproval", "Pending"]),
        ([("ExecutionStatus", "Success"), ("ExecutionId", made["Failed"])], []),
        ([("StartTimeBefore", "2100-01-01T00:00:00Z")], made),
        ([("StartTimeAfter", "2100-01-01T00:00:00Z")], []),
        ([("TagKey", "team")], []),
    ):
        assert sorted(listed(*filters)) == sorted(made[word] for word in words), filters
    control.settings(ssm_older_statuses=True)
    assert client.code(LIST, where(("ExecutionStatus", "Pending", "Scheduled"))) == "InvalidFilterValue"
    assert listed(("ExecutionStatus", "Pending", "Cancelling")) == [made["Cancelling"], made["Pending"]]


def test_unknown_id(client, control, listed):
    assert listed(("ExecutionId", UNKNOWN)) == []
    control.settings(unknown_id="error")
    assert client.code(LIST, where(("ExecutionId", UNKNOWN))) == "InvalidFilterValue"


ANOTHER = {NOT_FOUND: [{"AutomationExecutionId": UNKNOWN}]}
RIGHT = {"AutomationExecutionId": MINE}
test_refusals = refusing(
    {"id": MINE},
    {
        "StartAutomationExecution": {"DocumentName": "xxx"},
        "StopAutomationExecution": RIGHT,
        "DescribeAutomationStepExecutions": RIGHT,
    },
    StartAutomationExecution={
        "ValidationException": [{"DocumentName": None}, {"DocumentName": "a b"}, {"Mode": "Debug"}],
        "InvalidTarget": [
            {"Targets": [{"Key": "ParameterValues", "Values": ["x"]}]},
            {"Targets": [], "TargetMaps": [{}], "TargetParameterName": "x"},
        ],
    },
    StopAutomationExecution={
        **ANOTHER,
        "ValidationException": [
            {"AutomationExecutionId": None},
            {"AutomationExecutionId": "exec-1"},
            {"Type": "Kill"},
        ],
    },
    GetAutomationExecution=ANOTHER,
    DescribeAutomationStepExecutions={
        **ANOTHER,
        "InvalidFilterKey": [where(("ExecutionStatus", "x"))],
        "InvalidNextToken": [{"NextToken": "x"}],
    },
    DescribeAutomationExecutions={
        "InvalidFilterKey": [where(("Status", "x"))],
        "InvalidFilterValue": [
            where((key, "x")) for key in ("ExecutionStatus", "AutomationType", "AutomationSubtype", "StartTimeAfter")
        ],
        "ValidationException": [
            {"Filters": [{"key": "ExecutionStatus", "value": "Pending"}]},
            where(("ExecutionStatus", *["Pending"] * 11)),
            where(("ExecutionId",)),
            {"MaxResults": 51},
        ],
        "InvalidNextToken": [{"NextToken": "x"}],
    },
)
