# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated Automation: executions in time, children, steps, stops, filters, error codes."""

from __future__ import annotations

import pytest

from emulator.aws.ssm_automation import WORDS

from ...support.control import refusals

KIND = "automation_execution"
UNKNOWN = "11111111-2222-3333-4444-555555555555"
NOT_FOUND, REFUSED = "AutomationExecutionNotFoundException", "InvalidAutomationStatusUpdateException"


@pytest.fixture
def create(control):
    return lambda **description: control.create("aws", kind=KIND, **description)["id"]


def start(ssm, **more):
    return ssm.ok("StartAutomationExecution", DocumentName="restart-fleet", **more)["AutomationExecutionId"]


def stop(ssm, execution_id, **more):
    assert ssm.ok("StopAutomationExecution", AutomationExecutionId=execution_id, **more) == {}


def read(ssm, execution_id):
    return ssm.ok("GetAutomationExecution", AutomationExecutionId=execution_id)["AutomationExecution"]


def listed(ssm, *filters, **more):
    sent = {"Filters": [{"Key": key, "Values": list(values)} for key, *values in filters]} if filters else {}
    answer = ssm.ok("DescribeAutomationExecutions", MaxResults=50, **sent, **more)
    return [each["AutomationExecutionId"] for each in answer["AutomationExecutionMetadataList"]]


# In time


@pytest.mark.parametrize(
    ("description", "course"),
    [
        ({"pending_seconds": 5, "run_seconds": 10}, "Pending 5 InProgress 10 Success"),
        ({"run_seconds": 10, "final_status": "TimedOut"}, "InProgress 10 TimedOut"),
        ({}, "InProgress stop Cancelling 4 stop Cancelling 1 Cancelled"),
        ({"status": "PendingApproval"}, "PendingApproval stop Cancelling 5 Cancelled"),
        ({"status": "Scheduled"}, "Scheduled 100 Scheduled stop Cancelling 5 Cancelled"),
        ({}, "InProgress complete Cancelling 5 Success"),
    ],
)
def test_courses(ssm, control, create, description, course):
    made = create(stopping_seconds=5, **description)
    control.follow(made, course, stop=lambda: stop(ssm, made), complete=lambda: stop(ssm, made, Type="Complete"))


def test_start_and_read(ssm, control):
    made = start(ssm, Parameters={"InstanceId": ["i-1"]}, Mode="Interactive", DocumentVersion="2")
    seen = read(ssm, made)
    assert seen["ExecutionStartTime"] == pytest.approx(control.now(), abs=1)
    shown = {
        "DocumentName": "restart-fleet",
        "DocumentVersion": "2",
        "AutomationExecutionStatus": "InProgress",
        "Mode": "Interactive",
        "Parameters": {"InstanceId": ["i-1"]},
        "CurrentAction": "aws:sleep",
    }
    assert shown.items() <= seen.items()
    assert not {"ExecutionEndTime", "ParentAutomationExecutionId", "FailureMessage", "AssociationId"} & set(seen)
    control.finish(made, status="Failed")
    ended = read(ssm, made)
    assert ended["FailureMessage"] and ended["ExecutionEndTime"] and "CurrentAction" not in ended


def test_what_only_some_have(ssm, create):
    scheduled = read(ssm, create(status="Scheduled"))
    assert scheduled["ScheduledTime"] > scheduled["ExecutionStartTime"]
    again = read(ssm, create(association_id="assoc-1", subtype="ChangeRequest"))
    assert (again["AssociationId"], again["AutomationSubtype"]) == ("assoc-1", "ChangeRequest")
    crossing = create(type="CrossAccount")
    assert read(ssm, crossing)["ProgressCounters"]["TotalSteps"] == 1
    assert listed(ssm, ("AutomationType", "CrossAccount")) == [crossing]
    assert start(ssm, TargetLocations=[{"Accounts": ["123456789012"], "Regions": ["eu-west-1"]}]) in listed(
        ssm, ("AutomationType", "CrossAccount")
    )


# Children and steps


def test_rate_control_starts_a_child_for_each_target(ssm, control):
    targets = [{"Key": "ParameterValues", "Values": ["i-1", "i-2", "i-3"]}]
    made = start(ssm, Targets=targets, TargetParameterName="InstanceId")
    children = listed(ssm, ("ParentExecutionId", made))
    assert len(children) == 3 and {read(ssm, each)["ParentAutomationExecutionId"] for each in children} == {made}
    assert sorted(read(ssm, each)["Target"] for each in children) == ["i-1", "i-2", "i-3"]
    control.finish(children[0])
    summary = read(ssm, made)["TargetsSummary"]
    assert (summary["TotalCount"], summary["CompletedCount"], summary["SuccessfulCount"]) == (3, 1, 1)


@pytest.mark.parametrize(("setting", "left"), [("live", "InProgress"), ("cancelled", "Cancelled")])
def test_children_may_live_on(ssm, control, create, setting, left):
    control.settings(ssm_children_on_stop=setting)
    made = create(children=2, stopping_seconds=0)
    stop(ssm, made)
    assert control.status(made) == "Cancelled"
    children = listed(ssm, ("ParentExecutionId", made))
    assert {read(ssm, each)["AutomationExecutionStatus"] for each in children} == {left}


def test_children_in_the_plain_list(ssm, control, create):
    made = create(children=2)
    child = create(parent=made)
    assert len(listed(ssm)) == 4
    control.settings(ssm_children_listed=False)
    assert listed(ssm) == [made]
    assert len(listed(ssm, ("ParentExecutionId", made))) == 3
    assert listed(ssm, ("ExecutionId", child, made)) == [child, made]


def test_steps_tell_what_they_have_started(ssm, create):
    made = create(invocation_ids=[UNKNOWN], steps=2, children=1)
    steps = read(ssm, made)["StepExecutions"]
    (child,) = listed(ssm, ("ParentExecutionId", made))
    assert [(each["Action"], each["StepStatus"], each["Outputs"]) for each in steps] == [
        ("aws:runCommand", "InProgress", {"CommandId": [UNKNOWN]}),
        ("aws:sleep", "Pending", {}),
        ("aws:executeAutomation", "InProgress", {"ExecutionId": [child]}),
    ]


def test_steps_that_have_not_begun_stay_pending(ssm, control, create):
    made = create(steps=3, stopping_seconds=0)
    stop(ssm, made)
    assert [each["StepStatus"] for each in read(ssm, made)["StepExecutions"]] == ["Cancelled", "Pending", "Pending"]
    done = create(steps=2, status="Success")
    assert [each["StepStatus"] for each in read(ssm, done)["StepExecutions"]] == ["Success"] * 2


def test_a_long_list_of_steps_is_truncated(ssm, control, create):
    made = create(steps=7)
    control.settings(ssm_steps_shown=3)
    seen = read(ssm, made)
    assert seen["StepExecutionsTruncated"] is True and len(seen["StepExecutions"]) == 3
    names, token = [], ""
    while token is not None:
        answer = ssm.ok("DescribeAutomationStepExecutions", AutomationExecutionId=made, MaxResults=3, NextToken=token)
        names += [each["StepName"] for each in answer["StepExecutions"]]
        token = answer.get("NextToken")
    assert names == [f"step{number}" for number in range(1, 8)]
    wanted = {"AutomationExecutionId": made, "Filters": [{"Key": "StepExecutionStatus", "Values": ["InProgress"]}]}
    assert len(ssm.ok("DescribeAutomationStepExecutions", **wanted)["StepExecutions"]) == 1
    backwards = ssm.ok("DescribeAutomationStepExecutions", AutomationExecutionId=made, ReverseOrder=True)
    assert backwards["StepExecutions"][0]["StepName"] == "step7"


# Stops


def test_what_has_ended_may_be_stopped_silently(ssm, control, create):
    made = create(status="Success")
    assert ssm.refusal("StopAutomationExecution", {"AutomationExecutionId": made}) == (REFUSED, 400)
    control.settings(ssm_stop_of_ended="success", aws_empty_answers="nothing")
    assert ssm.send("StopAutomationExecution", {"AutomationExecutionId": made}).content == b""
    assert control.status(made) == "Success"


# Listing


def test_filters(ssm, control, create):
    made = {word: create(status=word, name=f"runbook-{word}", stopping_seconds=1000) for word in WORDS.phases}
    create(region="eu-west-1")
    in_flight = [
        word for word, phase in WORDS.phases.items() if phase.value in ("waiting", "running", "scheduled", "stopping")
    ]
    assert len(in_flight) == 10  # as many as a filter takes
    assert set(listed(ssm, ("ExecutionStatus", *in_flight))) == {made[word] for word in in_flight}
    assert listed(ssm, ("DocumentNamePrefix", "runbook-Pending")) == [
        made["PendingChangeCalendarOverride"],
        made["PendingApproval"],
        made["Pending"],
    ]
    assert listed(ssm, ("ExecutionStatus", "Success"), ("ExecutionId", made["Failed"])) == []
    assert len(listed(ssm, ("StartTimeBefore", "2100-01-01T00:00:00Z"))) == len(made)
    assert listed(ssm, ("StartTimeAfter", "2100-01-01T00:00:00Z")) == listed(ssm, ("TagKey", "team")) == []
    control.settings(ssm_older_statuses=True)
    newer = {"Filters": [{"Key": "ExecutionStatus", "Values": ["Pending", "Scheduled"]}]}
    assert ssm.code("DescribeAutomationExecutions", newer) == "InvalidFilterValue"
    assert listed(ssm, ("ExecutionStatus", "Pending", "Cancelling")) == [made["Cancelling"], made["Pending"]]


def test_paging(ssm, control, create):
    made = [create() for _ in range(23)]
    first = ssm.ok("DescribeAutomationExecutions")
    seen = [each["AutomationExecutionId"] for each in first["AutomationExecutionMetadataList"]]
    assert seen + listed(ssm, NextToken=first["NextToken"]) == made[::-1]
    control.settings(aws_last_token="empty")
    assert ssm.ok("DescribeAutomationExecutions", MaxResults=50)["NextToken"] == ""


def test_unknown_id(ssm, control):
    assert listed(ssm, ("ExecutionId", UNKNOWN)) == []
    control.settings(unknown_id="error")
    wanted = {"Filters": [{"Key": "ExecutionId", "Values": [UNKNOWN]}]}
    assert ssm.code("DescribeAutomationExecutions", wanted) == "InvalidFilterValue"


@pytest.mark.parametrize(
    ("action", "sent", "code"),
    refusals(
        StartAutomationExecution={
            "ValidationException": [{"DocumentName": None}, {"DocumentName": "a b"}, {"Mode": "Debug"}],
            "InvalidTarget": [
                {"Targets": [{"Key": "ParameterValues", "Values": ["x"]}]},
                {"Targets": [], "TargetMaps": [{}], "TargetParameterName": "x"},
            ],
        },
        StopAutomationExecution={
            NOT_FOUND: [{"AutomationExecutionId": UNKNOWN}],
            "ValidationException": [
                {"AutomationExecutionId": None},
                {"AutomationExecutionId": "exec-1"},
                {"Type": "Kill"},
            ],
        },
        GetAutomationExecution={NOT_FOUND: [{"AutomationExecutionId": UNKNOWN}]},
        DescribeAutomationStepExecutions={
            NOT_FOUND: [{"AutomationExecutionId": UNKNOWN}],
            "InvalidFilterKey": [{"Filters": [{"Key": "ExecutionStatus", "Values": ["x"]}]}],
            "InvalidNextToken": [{"NextToken": "x"}],
        },
        DescribeAutomationExecutions={
            "InvalidFilterKey": [{"Filters": [{"Key": "Status", "Values": ["x"]}]}],
            "InvalidFilterValue": [
                {"Filters": [{"Key": key, "Values": ["x"]}]}
                for key in ("ExecutionStatus", "AutomationType", "AutomationSubtype", "StartTimeAfter")
            ],
            "ValidationException": [
                {"Filters": [{"key": "ExecutionStatus", "value": "Pending"}]},
                {"Filters": [{"Key": "ExecutionStatus", "Values": ["Pending"] * 11}]},
                {"Filters": [{"Key": "ExecutionId", "Values": []}]},
                {"MaxResults": 51},
            ],
            "InvalidNextToken": [{"NextToken": "x"}],
        },
    ),
)
def test_refusals_change_nothing(ssm, control, create, action, sent, code):
    made = create()
    right = {"DocumentName": "x" * 3} if action == "StartAutomationExecution" else {"AutomationExecutionId": made}
    before = control.get("operations")
    given = {**({} if action == "DescribeAutomationExecutions" else right), **sent}
    assert ssm.refusal(action, given) == (code, 400)
    assert control.get("operations") == before


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ({"type": "Global"}, "A type is one of"),
        ({"subtype": "x"}, "A type is one of"),
        ({"parent": UNKNOWN}, "There is no execution"),
        ({"children": 1001}, "between 0 and"),
        ({"invocation_ids": [1]}, "are texts"),
        ({"id": "exec-1"}, "does not look like an id"),
    ],
)
def test_what_cannot_be_described(control, description, words):
    assert words in control.refusal("POST", "operations", {"provider": "aws", "kind": KIND, **description})
