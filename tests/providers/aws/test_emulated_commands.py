# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated Run Command: commands in time, cancels of all or some nodes, lists with their filters, error codes."""

from __future__ import annotations

import pytest

from ...support.clients import in_pages
from ...support.control import going, refusing

SEND = {"DocumentName": "AWS-RunShellScript", "Parameters": {"commands": ["sleep 1000"]}}
UNKNOWN = "11111111-2222-3333-4444-555555555555"
MINE = "11111111-2222-3333-4444-000000000001"


def nodes(count):
    return [f"i-0{number:016}" for number in range(count)]


NODE = nodes(1)[0]


def in_states(*words, **more):
    """A description of instances, one in each of these."""
    return [{"instance_id": node, "status": word, **more} for node, word in zip(nodes(len(words)), words, strict=True)]


def by_filter(key, value):
    return {"Filters": [{"key": key, "value": value}]}


@pytest.fixture
def commands(client):
    return lambda field="", **sent: client.found("ListCommands", f"Commands{field}", **{"MaxResults": 50, **sent})


@pytest.fixture
def invocations(client):
    return lambda field="", **sent: client.found("ListCommandInvocations", f"CommandInvocations{field}", **sent)


@pytest.fixture
def send(client):
    """Sends a command, and gives what is shown of it."""
    return lambda **more: client.ok("SendCommand", **{**SEND, "InstanceIds": nodes(1), **more})["Command"]


# Courses

SLOW = {"stopping_seconds": 5}
LOST = {"online": False, "status": "InProgress"}
test_courses = going(
    (
        SLOW,
        {"pending_seconds": 4, "run_seconds": 10, "exit_code": 1},
        "Pending 3.9 Pending 0.1 InProgress 9.9 InProgress 0.1 Failed",
    ),
    (SLOW, {"timeout": 60, "run_seconds": 100}, "InProgress 59 InProgress 1 ExecutionTimedOut"),
    (SLOW, {"status": "InProgress"}, "InProgress stop Cancelling 4 stop Cancelling 1 Cancelled"),
    (SLOW, {"status": "Pending"}, "Pending stop Cancelling 5 Cancelled"),
    # Agents that cannot be reached
    (SLOW, {"online": False}, "Delayed 7199 Delayed 1 DeliveryTimedOut"),
    (SLOW, {"online": False}, "Delayed stop Cancelling 5 Cancelled"),
    (SLOW, LOST | {"timeout": 600}, "InProgress stop Cancelling 599 Cancelling 1 ExecutionTimedOut"),
    ({"ssm_cancel_of_unreachable": "Cancelled"}, LOST, "InProgress stop Cancelled"),
)


def test_status_and_details(control, create, commands, invocations):
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
    create(instances=in_states(*expected))
    assert {each["StatusDetails"]: each["Status"] for each in invocations()} == expected
    control.settings(ssm_terminated_status="Failed")
    assert {each["StatusDetails"]: each["Status"] for each in invocations()} == {**expected, "Terminated": "Failed"}
    create(status="Delayed")  # a word that commands have in their details only
    assert (commands(".Status")[0], commands(".StatusDetails")[0]) == ("InProgress", "Delayed")


# SendCommand, CancelCommand


def test_a_document_may_limit_the_time_of_a_run(control, send):
    made = send(Parameters={"commands": ["sleep 1000"], "executionTimeout": ["60"]}, TimeoutSeconds=30)
    assert made["ExpiresAfter"] - made["RequestedDateTime"] == pytest.approx(30 + 60)
    control.follow(made["CommandId"], "InProgress 59 InProgress 1 ExecutionTimedOut")


def test_targets_name_no_nodes(send, invocations):
    targets = [{"Key": "tag:role", "Values": ["web", "db"]}]
    made = send(Targets=targets, InstanceIds=[])
    assert (made["InstanceIds"], made["Targets"], made["TargetCount"]) == ([], targets, 2)
    assert len(invocations(CommandId=made["CommandId"])) == 2


def test_more_nodes_a_command(client, control, send):
    assert client.code("SendCommand", {**SEND, "InstanceIds": nodes(51)}) == "ValidationException"
    control.settings(instances_per_run=60)
    send(InstanceIds=nodes(60))


@pytest.mark.parametrize(("named", "count"), [(None, 120), ([], 120), (nodes(50), 50)])
def test_cancel_some_or_nobody_named_and_so_everybody(client, control, create, named, count):
    target = create(instances=nodes(120), status="InProgress")
    assert client.ok("CancelCommand", CommandId=target, InstanceIds=named) == {}
    assert control.accepted(target) == [True] * count + [False] * (120 - count)
    assert control.get("requests")[-1]["ids"] == len(named or [])


def test_an_answer_may_have_no_body(client, control, create):
    control.settings(aws_empty_answers="nothing")
    response = client.send("CancelCommand", {"CommandId": create()})
    assert (response.status_code, response.content) == (200, b"") and response.headers["x-amzn-RequestId"]


def test_one_bad_node_refuses_all(client, control, create):
    first, second, third = nodes(3)
    made = create(instances=[*in_states("InProgress"), {"instance_id": second, **LOST}, third], status="InProgress")
    control.settings(ssm_cancel_of_unreachable="InvalidInstanceId")
    assert client.code("CancelCommand", {"CommandId": made, "InstanceIds": nodes(3)}) == "InvalidInstanceId"
    assert not any(control.accepted(made))
    client.ok("CancelCommand", CommandId=made, InstanceIds=[first, third])
    assert control.accepted(made) == [True, False, True]


def test_what_has_ended_may_be_refused(client, control, create, stop):
    made = create(status="Success")
    stop(made)
    control.settings(ssm_cancel_of_ended="InvalidCommandId")
    assert client.code("CancelCommand", {"CommandId": made}) == "InvalidCommandId"


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
TWICE = {"InstanceIds": nodes(1) * 2}

test_refusals = refusing(
    {"id": MINE, "instances": nodes(60), "status": "Pending"},
    {
        "SendCommand": {**SEND, "InstanceIds": nodes(1)},
        "CancelCommand": {"CommandId": MINE},
        "GetCommandInvocation": {"CommandId": MINE, "InstanceId": NODE},
    },
    SendCommand={
        "ValidationException": [
            {"DocumentName": None},
            {"InstanceIds": None},
            {"Targets": [{"Key": "tag:a", "Values": ["b"]}]},
            {"Comment": "x" * 101},
            {"TimeoutSeconds": 29},
        ],
        "InvalidInstanceId": [{"InstanceIds": ["i-1"]}],
        "DuplicateInstanceId": [TWICE],
    },
    CancelCommand={
        "InvalidCommandId": [{"CommandId": UNKNOWN}, {"CommandId": "t-hz0000000001"}, {"CommandId": ""}],
        "ValidationException": [{"CommandId": None}, {"InstanceIds": nodes(51)}, {"InvocationId": "x"}],
        "SerializationException": [{"InstanceIds": NODE}],
        "InvalidInstanceId": [{"InstanceIds": ["ins-1"]}, {"InstanceIds": [NODE, "i-foreign0"]}],
        "DuplicateInstanceId": [TWICE],
    },
    ListCommands={
        **FILTERS,
        "InvalidFilterKey": [*FILTERS["InvalidFilterKey"], {**by_filter("Status", "Pending"), "InstanceId": NODE}],
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
)


# Reading


def test_unknown_id(client, control, commands, invocations):
    assert commands(CommandId=UNKNOWN) == invocations(CommandId=UNKNOWN) == []
    control.settings(unknown_id="error")
    for action in ("ListCommands", "ListCommandInvocations"):
        assert client.code(action, {"CommandId": UNKNOWN}) == "InvalidCommandId"


def test_paging(client, control, create):
    created = [create() for _ in range(23)][::-1]
    paged = "ListCommands", "Commands.CommandId"
    assert client.pages(*paged) == in_pages(created, 20)
    token = client.ok("ListCommands")["NextToken"]
    create()  # what is new shifts no page
    rest = client.ok("ListCommands", NextToken=token, MaxResults=50)
    assert "NextToken" not in rest and [each["CommandId"] for each in rest["Commands"]] == created[20:]
    control.settings(aws_last_token="empty", aws_page_size=3)
    assert client.ok("ListCommands", NextToken=token)["NextToken"] == ""
    assert len(client.found(*paged, NextToken="")) == 3


def test_filters(control, create, commands, invocations):
    one = create(instances=nodes(2), status="Success", age=1000)
    two = create(instances=nodes(1), status="InProgress")
    three, four = create(status="Pending"), create(status="Cancelling", stopping_seconds=1000)

    def found(*wanted, **sent):
        filters = {"Filters": [{"key": key, "value": value} for key, value in wanted]} if wanted else {}
        return commands(".CommandId", **filters, **sent)[::-1]

    moment = "2100-01-01T00:00:00Z"
    for wanted, sent, expected in (
        ([("ExecutionStage", "Executing")], {}, [two, three, four]),
        ([("ExecutionStage", "Complete")], {}, [one]),
        ([("Status", "Pending")], {}, [three]),
        ([("Status", "InProgress"), ("ExecutionStage", "Executing")], {}, [two]),
        ([], {"InstanceId": NODE}, [one, two]),
        ([], {"CommandId": two}, [two]),
        ([("DocumentName", "AWS-RunShellScript")], {}, [one, two, three, four]),
        ([("DocumentName", "AWS-RunPowerShellScript")], {}, []),
        ([("InvokedBefore", moment)], {}, [one, two, three, four]),
        ([("InvokedAfter", moment)], {}, []),
    ):
        assert sorted(found(*wanted, **sent)) == sorted(expected), (wanted, sent)
    control.settings(ssm_executing_has_cancelling=False)
    assert sorted(found(("ExecutionStage", "Executing"))) == sorted([two, three])
    assert invocations(".StatusDetails", **by_filter("Status", "Success")) == ["Success"] * 2


def test_counts(control, create, commands):
    create(instances=in_states("Success", "Failed", "DeliveryTimedOut", "InProgress", "Pending"))
    control.settings(missing_parts=10)
    (seen,) = commands()
    counts = {"TargetCount": 15, "CompletedCount": 3, "ErrorCount": 1, "DeliveryTimedOutCount": 1}
    assert counts.items() <= seen.items()


def test_plugins_are_details(client, control, create, stop, invocations):
    made = create(
        instances=in_states("Failed", "Delayed", "Cancelling", "InProgress", exit_code=3), stopping_seconds=100
    )
    assert {tuple(each) for each in invocations(".CommandPlugins")} == {()}
    plugins = [each[0] for each in invocations(".CommandPlugins", Details=True)]
    assert [(each["Status"], each["ResponseCode"]) for each in plugins] == [
        ("Failed", 3),
        ("Pending", -1),
        ("InProgress", -1),
        ("InProgress", -1),
    ]
    assert "ResponseFinishDateTime" in plugins[0] and "ResponseFinishDateTime" not in plugins[3]
    stop(made)
    control.advance(100)
    killed = client.ok("GetCommandInvocation", CommandId=made, InstanceId=nodes(4)[3])
    assert (killed["Status"], killed["ResponseCode"]) == ("Cancelled", 137)
    assert killed["ExecutionEndDateTime"].endswith("Z")
