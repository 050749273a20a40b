# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated Run Command: courses, parameters, limits, paging, filters, error codes."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from emulator.aws.ssm_commands import overall_status

from ...support.control import refusals

SEND = {"DocumentName": "AWS-RunShellScript", "Parameters": {"commands": ["sleep 1000"]}}
UNKNOWN = "11111111-2222-3333-4444-555555555555"


def nodes(count):
    return [f"i-0{number:016}" for number in range(count)]


def by_filter(key, value):
    return {"Filters": [{"key": key, "value": value}]}


def commands(ssm, **parameters):
    return ssm.ok("ListCommands", **{"MaxResults": 50, **parameters})["Commands"]


def invocations(ssm, **parameters):
    return ssm.ok("ListCommandInvocations", **{"MaxResults": 50, **parameters})["CommandInvocations"]


def cancel(ssm, command_id, **more):
    assert ssm.ok("CancelCommand", CommandId=command_id, **more) == {}


# Courses


@pytest.mark.parametrize(
    ("settings", "description", "course"),
    [
        (
            {},
            {"pending_seconds": 4, "run_seconds": 10, "exit_code": 1},
            "Pending 3.9 Pending 0.1 InProgress 9.9 InProgress 0.1 Failed",
        ),
        ({}, {"timeout": 60, "run_seconds": 100}, "InProgress 59 InProgress 1 ExecutionTimedOut"),
        ({}, {"status": "InProgress"}, "InProgress stop Cancelling 4 stop Cancelling 1 Cancelled"),
        ({}, {"status": "Pending"}, "Pending stop Cancelling 5 Cancelled"),
        # Agents that cannot be reached
        ({}, {"online": False}, "Delayed 7199 Delayed 1 DeliveryTimedOut"),
        ({}, {"online": False}, "Delayed stop Cancelling 5 Cancelled"),
        (
            {},
            {"online": False, "status": "InProgress", "timeout": 600},
            "InProgress stop Cancelling 599 Cancelling 1 ExecutionTimedOut",
        ),
        (
            {"ssm_cancel_of_unreachable": "Cancelled"},
            {"online": False, "status": "InProgress"},
            "InProgress stop Cancelled",
        ),
    ],
)
def test_courses(ssm, control, settings, description, course):
    control.settings(**settings)
    made = control.create("aws", count=1, stopping_seconds=5, **description)["id"]
    control.follow(made, course, stop=lambda: cancel(ssm, made))


def test_cancel(ssm, control):
    words = ("Pending", "Delayed", "InProgress", "Success")
    instances = [{"instance_id": node, "status": word} for node, word in zip(nodes(4), words, strict=True)]
    made = control.create("aws", instances=instances, stopping_seconds=2)["id"]
    moment = control.now()
    cancel(ssm, made)
    assert (control.status(made), control.statuses(made)) == ("Cancelling", ["Cancelling"] * 3 + ["Success"])
    control.advance(1)
    cancel(ssm, made)  # changes nothing
    control.advance(1)
    assert (control.status(made), control.statuses(made)) == ("Cancelled", ["Cancelled"] * 3 + ["Success"])
    accepted = [each["stop_accepted_at"] for each in control.shown(made)["instances"]]
    assert accepted == [moment] * 3 + [None]


@pytest.mark.parametrize(
    ("words", "overall"),
    [
        ("Pending Pending", "Pending"),
        ("Pending Delayed", "Delayed"),
        ("Pending Success", "InProgress"),
        ("InProgress Cancelling", "Cancelling"),
        ("Success Success", "Success"),
        ("Success Failed", "Failed"),
        ("DeliveryTimedOut Failed", "Failed"),
        ("DeliveryTimedOut ExecutionTimedOut", "DeliveryTimedOut"),
        ("Undeliverable Success", "Failed"),
        ("Cancelled Success", "Cancelled"),
        ("Cancelled Failed", "Failed"),
        ("BrandNew", "InProgress"),
    ],
)
def test_overall_status(words, overall):
    assert overall_status(Counter(words.split())) == overall


def test_a_failure_may_be_shown_early():
    early = partial(overall_status, failure_first=True)
    assert early(Counter(["Failed", "InProgress"])) == "Failed"
    assert early(Counter(["Success", "InProgress"])) == "InProgress"


def test_status_and_details(ssm, control):
    expected = {
        "DeliveryTimedOut": "TimedOut",
        "ExecutionTimedOut": "TimedOut",
        "Undeliverable": "Failed",
        "AccessDenied": "Failed",
        "InvalidPlatform": "Failed",
        "Terminated": "Cancelled",
        "Delayed": "Delayed",
        "Preparing": "Preparing",
    }
    instances = [
        {"instance_id": node, "status": word} for node, word in zip(nodes(len(expected)), expected, strict=True)
    ]
    control.create("aws", instances=instances)
    seen = {each["StatusDetails"]: each["Status"] for each in invocations(ssm)}
    assert seen == expected
    control.settings(ssm_terminated_status="Failed")
    assert {each["StatusDetails"]: each["Status"] for each in invocations(ssm)} == {**expected, "Terminated": "Failed"}
    control.create("aws", count=1, status="Delayed")  # a word that commands have in their details only
    delayed = commands(ssm)[0]
    assert (delayed["Status"], delayed["StatusDetails"]) == ("InProgress", "Delayed")


# SendCommand, CancelCommand


def test_what_was_sent_is_shown(ssm, control):
    sent = {**SEND, "InstanceIds": nodes(2), "Comment": "backup", "TimeoutSeconds": 600, "MaxErrors": "1"}
    made = ssm.ok("SendCommand", **sent)["Command"]
    assert {**sent, "Status": "InProgress", "TargetCount": 2, "CompletedCount": 0}.items() <= made.items()
    assert made["RequestedDateTime"] == pytest.approx(control.now(), abs=1)
    assert made["ExpiresAfter"] - made["RequestedDateTime"] == pytest.approx(600 + 3600)
    assert commands(ssm) == [made]
    assert [(each["InstanceId"], each["Comment"]) for each in invocations(ssm)] == [
        (each, "backup") for each in nodes(2)
    ]
    plain = ssm.ok("SendCommand", **SEND, InstanceIds=nodes(1))["Command"]
    assert (plain["Comment"], control.shown(plain["CommandId"])["name"]) == ("", "AWS-RunShellScript")


def test_a_document_may_limit_the_time_of_a_run(ssm, control):
    parameters = {"commands": ["sleep 1000"], "executionTimeout": ["60"]}
    sent = {**SEND, "Parameters": parameters, "InstanceIds": nodes(1), "TimeoutSeconds": 30}
    made = ssm.ok("SendCommand", **sent)["Command"]
    assert made["ExpiresAfter"] - made["RequestedDateTime"] == pytest.approx(30 + 60)
    control.follow(made["CommandId"], "InProgress 59 InProgress 1 ExecutionTimedOut")


def test_targets_name_no_nodes(ssm):
    targets = [{"Key": "tag:role", "Values": ["web", "db"]}]
    made = ssm.ok("SendCommand", **SEND, Targets=targets)["Command"]
    assert (made["InstanceIds"], made["Targets"], made["TargetCount"]) == ([], targets, 2)
    assert len(invocations(ssm, CommandId=made["CommandId"])) == 2


def test_more_nodes_a_command(ssm, control):
    assert ssm.code("SendCommand", {**SEND, "InstanceIds": nodes(51)}) == "ValidationException"
    control.settings(instances_per_run=60)
    ssm.ok("SendCommand", **SEND, InstanceIds=nodes(60))


@pytest.fixture
def target(control):
    return control.create("aws", instances=nodes(120), status="InProgress")


def test_cancel_fifty_of_many(ssm, control, target):
    cancel(ssm, target["id"], InstanceIds=nodes(50))
    assert control.accepted(target["id"]) == [True] * 50 + [False] * 70
    assert control.get("requests")[-1]["ids"] == 50


@pytest.mark.parametrize("named", [{}, {"InstanceIds": []}, {"InstanceIds": None}])
def test_nobody_named_is_everybody(ssm, control, target, named):
    cancel(ssm, target["id"], **named)
    assert all(control.accepted(target["id"]))


def test_an_answer_may_have_no_body(ssm, control, target):
    control.settings(aws_empty_answers="nothing")
    response = ssm.send("CancelCommand", {"CommandId": target["id"]})
    assert (response.status_code, response.content) == (200, b"") and response.headers["x-amzn-RequestId"]


def test_one_bad_node_refuses_all(ssm, control):
    instances = [{"instance_id": node, "status": "InProgress", "online": node != nodes(3)[1]} for node in nodes(3)]
    made = control.create("aws", instances=instances)["id"]
    control.settings(ssm_cancel_of_unreachable="InvalidInstanceId")
    assert ssm.code("CancelCommand", {"CommandId": made, "InstanceIds": nodes(3)}) == "InvalidInstanceId"
    assert not any(control.accepted(made))
    cancel(ssm, made, InstanceIds=[nodes(3)[0], nodes(3)[2]])
    assert control.accepted(made) == [True, False, True]


def test_what_has_ended_may_be_refused(ssm, control):
    made = control.create("aws", count=1, status="Success")["id"]
    cancel(ssm, made)
    control.settings(ssm_cancel_of_ended="InvalidCommandId")
    assert ssm.code("CancelCommand", {"CommandId": made}) == "InvalidCommandId"


FILTERS = {
    "InvalidFilterKey": [by_filter("Name", "x"), by_filter("InstanceId", "x")],
    "ValidationException": [
        by_filter("Status", "Cancelling"),
        by_filter("InvokedAfter", "yesterday"),
        {"Filters": [{"key": "Status", "value": "Pending"}] * 6},
        by_filter("DocumentName", "x" * 129),
        {"MaxResults": 51},
    ],
    "InvalidCommandId": [{"CommandId": "x"}],
    "InvalidInstanceId": [{"InstanceId": "ins-1"}],
    "InvalidNextToken": [{"NextToken": "x"}, {"NextToken": "IngiCg=="}],
}


@pytest.mark.parametrize(
    ("action", "sent", "code"),
    refusals(
        SendCommand={
            "ValidationException": [
                {"DocumentName": None},
                {"InstanceIds": None},
                {"Targets": [{"Key": "tag:a", "Values": ["b"]}]},
                {"Comment": "x" * 101},
                {"TimeoutSeconds": 29},
            ],
            "InvalidInstanceId": [{"InstanceIds": ["i-1"]}],
            "DuplicateInstanceId": [{"InstanceIds": [*nodes(1), *nodes(1)]}],
        },
        CancelCommand={
            "InvalidCommandId": [{"CommandId": UNKNOWN}, {"CommandId": "t-hz0000000001"}, {"CommandId": ""}],
            "ValidationException": [{"CommandId": None}, {"InstanceIds": nodes(51)}, {"InvocationId": "x"}],
            "SerializationException": [{"InstanceIds": nodes(1)[0]}],
            "InvalidInstanceId": [{"InstanceIds": ["ins-1"]}, {"InstanceIds": [*nodes(1), "i-foreign0"]}],
            "DuplicateInstanceId": [{"InstanceIds": [*nodes(1), *nodes(1)]}],
        },
        ListCommands={
            **FILTERS,
            "InvalidFilterKey": [
                *FILTERS["InvalidFilterKey"],
                {**by_filter("Status", "Pending"), "InstanceId": nodes(1)[0]},
            ],
            "ValidationException": [*FILTERS["ValidationException"], by_filter("ExecutionStage", "Running")],
        },
        ListCommandInvocations={
            **FILTERS,
            "InvalidFilterKey": [*FILTERS["InvalidFilterKey"], by_filter("ExecutionStage", "Executing")],
        },
        GetCommandInvocation={
            "InvocationDoesNotExist": [{"CommandId": UNKNOWN}, {"InstanceId": "i-foreign0"}],
            "InvalidPluginName": [{"PluginName": "x"}],
            "InvalidInstanceId": [{"InstanceId": "x"}],
        },
    ),
)
def test_refusals_change_nothing(ssm, control, action, sent, code):
    made = control.create("aws", instances=nodes(60), status="Pending")["id"]
    right = {
        "SendCommand": {**SEND, "InstanceIds": nodes(1)},
        "CancelCommand": {"CommandId": made},
        "GetCommandInvocation": {"CommandId": made, "InstanceId": nodes(1)[0]},
    }.get(action, {})
    before = control.get("operations")
    assert ssm.refusal(action, {**right, **sent}) == (code, 400)
    assert control.get("operations") == before


def test_another_region_has_another_command(ssm, target):
    assert ssm.code("CancelCommand", {"CommandId": target["id"]}, region="eu-west-1") == "InvalidCommandId"


# Reading


def test_unknown_id(ssm, control):
    assert commands(ssm, CommandId=UNKNOWN) == invocations(ssm, CommandId=UNKNOWN) == []
    control.settings(unknown_id="error")
    for action in ("ListCommands", "ListCommandInvocations"):
        assert ssm.code(action, {"CommandId": UNKNOWN}) == "InvalidCommandId"


def test_paging(ssm, control):
    created = [control.create("aws", count=1)["id"] for _ in range(23)]
    first = ssm.ok("ListCommands")
    assert len(first["Commands"]) == 20
    control.create("aws", count=1)  # what is new shifts no page
    rest = ssm.ok("ListCommands", NextToken=first["NextToken"], MaxResults=50)
    assert "NextToken" not in rest
    assert [each["CommandId"] for each in first["Commands"] + rest["Commands"]] == created[::-1]
    control.settings(aws_last_token="empty", aws_page_size=3)
    assert ssm.ok("ListCommands", NextToken=first["NextToken"])["NextToken"] == ""
    assert len(ssm.ok("ListCommands", NextToken="")["Commands"]) == 3


def test_paging_of_invocations(ssm, control):
    target = control.create("aws", count=120)
    control.create("aws", count=3)
    pages, token = [], ""
    while token is not None:
        answer = ssm.ok("ListCommandInvocations", CommandId=target["id"], MaxResults=50, NextToken=token)
        pages.append([each["InstanceId"] for each in answer["CommandInvocations"]])
        token = answer.get("NextToken")
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [each for page in pages for each in page] == target["instance_ids"]


def test_filters(ssm, control):
    one = control.create("aws", instances=nodes(2), status="Success", age=1000)
    two = control.create("aws", instances=nodes(1), status="InProgress")
    three = control.create("aws", count=1, status="Pending")
    four = control.create("aws", count=1, status="Cancelling", stopping_seconds=1000)
    everything = [each["id"] for each in (one, two, three, four)]

    def found(*wanted, **parameters):
        filters = {"Filters": [{"key": key, "value": value} for key, value in wanted]} if wanted else {}
        return sorted(everything.index(each["CommandId"]) for each in commands(ssm, **filters, **parameters))

    assert found(("ExecutionStage", "Executing")) == [1, 2, 3]
    assert found(("ExecutionStage", "Complete")) == [0]
    assert found(("Status", "Pending")) == [2]
    assert found(("Status", "InProgress"), ("ExecutionStage", "Executing")) == [1]
    assert found(InstanceId=nodes(1)[0]) == [0, 1]
    assert found(CommandId=two["id"]) == [1]
    assert found(("DocumentName", "AWS-RunShellScript")) == [0, 1, 2, 3]
    assert found(("DocumentName", "AWS-RunPowerShellScript")) == []
    moment = "2100-01-01T00:00:00Z"
    assert (found(("InvokedBefore", moment)), found(("InvokedAfter", moment))) == ([0, 1, 2, 3], [])
    control.settings(ssm_executing_has_cancelling=False)
    assert found(("ExecutionStage", "Executing")) == [1, 2]
    assert [each["StatusDetails"] for each in invocations(ssm, **by_filter("Status", "Success"))] == ["Success"] * 2


def test_counts(ssm, control):
    words = ["Success", "Failed", "DeliveryTimedOut", "InProgress", "Pending"]
    instances = [{"instance_id": node, "status": word} for node, word in zip(nodes(5), words, strict=True)]
    control.create("aws", instances=instances)
    control.settings(missing_parts=10)
    (seen,) = commands(ssm)
    counts = {"TargetCount": 15, "CompletedCount": 3, "ErrorCount": 1, "DeliveryTimedOutCount": 1}
    assert counts.items() <= seen.items()


def test_plugins_are_details(ssm, control):
    instances = [
        {"instance_id": node, "status": word, "exit_code": 3}
        for node, word in zip(nodes(4), ["Failed", "Delayed", "Cancelling", "InProgress"], strict=True)
    ]
    made = control.create("aws", instances=instances, stopping_seconds=100)["id"]
    assert {tuple(each["CommandPlugins"]) for each in invocations(ssm)} == {()}
    plugins = [each["CommandPlugins"][0] for each in invocations(ssm, Details=True)]
    assert [(each["Status"], each["ResponseCode"]) for each in plugins] == [
        ("Failed", 3),
        ("Pending", -1),
        ("InProgress", -1),
        ("InProgress", -1),
    ]
    assert "ResponseFinishDateTime" in plugins[0] and "ResponseFinishDateTime" not in plugins[3]
    cancel(ssm, made)
    control.advance(100)
    killed = ssm.ok("GetCommandInvocation", CommandId=made, InstanceId=nodes(4)[3])
    assert (killed["Status"], killed["ResponseCode"]) == ("Cancelled", 137)
    assert killed["ExecutionEndDateTime"].endswith("Z")


def test_a_list_of_invocations_can_be_cut_short(ssm, control):
    control.create("aws", count=5, status="InProgress")
    control.settings(empty_page=2)
    first = ssm.ok("ListCommandInvocations", MaxResults=2)
    second = ssm.ok("ListCommandInvocations", MaxResults=2, NextToken=first["NextToken"])
    third = ssm.ok("ListCommandInvocations", MaxResults=2, NextToken=second["NextToken"])
    assert [len(page["CommandInvocations"]) for page in (first, second, third)] == [2, 0, 1]


def test_ten_thousand_nodes(ssm, control):
    target = control.create("aws", count=10_000, status="InProgress")
    (seen,) = commands(ssm, CommandId=target["id"])
    assert (seen["TargetCount"], len(seen["InstanceIds"])) == (10_000, 50)
