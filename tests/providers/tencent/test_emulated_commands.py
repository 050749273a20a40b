# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated TAT: commands in time, stops of all or some instances, lists with their filters, error codes."""

from __future__ import annotations

from typing import Any

import pytest

from ...support.clients import in_pages
from ...support.control import going, refusing

RUN = {"Content": "c2xlZXAgMTAwMA==", "Timeout": 600}
NOT_FOUND = "ResourceNotFound.InvocationNotFound"


def names(count):
    return [f"ins-{number:08}" for number in range(count)]


def by_filter(name, *values):
    return {"Filters": [{"Name": name, "Values": list(values)}]}


@pytest.fixture
def invocations(client):
    return lambda field="", **sent: client.found("DescribeInvocations", f"InvocationSet{field}", **sent)


@pytest.fixture
def tasks(client):
    return lambda **sent: client.found("DescribeInvocationTasks", "InvocationTaskSet", **sent)


# Courses

SLOW = {"stopping_seconds": 5}
LOST = {"status": "RUNNING", "online": False}

test_courses = going(
    (
        SLOW,
        {"pending_seconds": 4, "run_seconds": 10, "exit_code": 1},
        "PENDING 1.9 PENDING 0.1 PENDING/DELIVERING 2 RUNNING 9.9 RUNNING 0.1 FAILED",
    ),
    (SLOW, {"timeout": 60, "run_seconds": 100}, "RUNNING 59 RUNNING 1 TIMEOUT"),
    (SLOW, {"status": "RUNNING"}, "RUNNING stop CANCELLING 4 stop CANCELLING 1 CANCELLED/TERMINATED"),
    # Agents that cannot be reached
    (SLOW, {"online": False}, "PENDING/DELIVER_DELAYED 1000000 PENDING/DELIVER_DELAYED stop CANCELLING 5 CANCELLED"),
    (SLOW, LOST, "RUNNING stop CANCELLING 599 CANCELLING 1 CANCELLING"),
    (SLOW, LOST | {"timeout": 600}, "RUNNING stop CANCELLING 599 CANCELLING 1 FAILED/TASK_TIMEOUT"),
)


def test_clients_bring_the_time_limit(client, control):
    started = client.ok("RunCommand", Content="eA==", InstanceIds=names(1))["InvocationId"]
    control.follow(started, "RUNNING 59.9 RUNNING 0.1 TIMEOUT")


# RunCommand, CancelInvocation


def test_run_command_quota(client, control):
    for limit in (200, 450):
        client.ok("RunCommand", **RUN, InstanceIds=names(limit))
        control.settings(instances_per_run=450)


@pytest.mark.parametrize(("named", "count"), [(None, 120), ([], 120), (names(100), 100)])
def test_cancel_some_or_nobody_named_and_so_everybody(client, control, create, named, count):
    target = create(instances=names(120), status="PENDING")
    assert set(client.ok("CancelInvocation", InvocationId=target, InstanceIds=named)) == {"RequestId"}
    assert control.accepted(target) == [True] * count + [False] * (120 - count)
    assert control.get("requests")[-1]["ids"] == len(named or [])


VALUE = "InvalidParameterValue."
TOO_MUCH: list[Any] = [
    {"Limit": 0},
    {"Limit": 101},
    {"Offset": -1},
    {"Filters": [{"Name": "command-id", "Values": ["cmd-1"]}] * 11},
]
SIX_VALUES = by_filter("command-id", *["cmd-1"] * 6)
FILTERS = {
    f"{VALUE}InvalidFilter": [by_filter("status", "RUNNING"), by_filter("command-id")],
    f"{VALUE}InvalidCommandId": [by_filter("command-id", "x")],
    f"{VALUE}InvalidInvocationId": [by_filter("invocation-id", "x")],
}


test_refusals = refusing(
    {"id": "inv-00000001", "instances": names(120), "status": "PENDING"},
    {"RunCommand": {**RUN, "InstanceIds": names(1)}, "CancelInvocation": {"InvocationId": "inv-00000001"}},
    RunCommand={
        "MissingParameter": [{"Content": None}, {"InstanceIds": None}, {"InstanceIds": []}],
        f"{VALUE}LimitExceeded": [{"InstanceIds": names(201)}],
        f"{VALUE}InvalidInstanceId": [{"InstanceIds": ["i-1"]}],
        f"{VALUE}Range": [{"Timeout": 0}, {"Timeout": 86401}],
        "InvalidParameter": [{"Timeout": "60"}],
        "InvalidParameterValue": [{"Content": "%"}],
        "UnknownParameter": [{"Name": "x"}],
    },
    CancelInvocation={
        NOT_FOUND: [{"InvocationId": "inv-zzzzzzzz"}],
        f"{VALUE}InvalidInvocationId": [{"InvocationId": "t-hz0000000001"}, {"InvocationId": "inv-1"}],
        f"{VALUE}TooLong": [{"InvocationId": "inv-" + "a" * 61}],
        "MissingParameter": [{"InvocationId": ""}, {"InvocationId": None}],
        "InvalidParameter": [{"InvocationId": ["inv-zzzzzzzz"]}, {"InstanceIds": "ins-00000000"}],
        f"{VALUE}LimitExceeded": [{"InstanceIds": names(101)}],
        f"{VALUE}InvalidInstanceId": [{"InstanceIds": ["i-1"]}],
        f"{VALUE}InstanceIsNotRelatedToInvocation": [{"InstanceIds": [*names(1), "ins-foreign"]}],
        "UnknownParameter": [{"InstanceId": "ins-foreign"}],
    },
    DescribeInvocations={
        **FILTERS,
        f"{VALUE}InvalidFilter": [*FILTERS[f"{VALUE}InvalidFilter"], by_filter("instance-id", "ins-1")],
        f"{VALUE}InvalidInvocationId": [{"InvocationIds": ["x"]}, by_filter("invocation-id", "x")],
        f"{VALUE}LimitExceeded": [*TOO_MUCH, {"InvocationIds": ["inv-00000000"] * 101}],
        "LimitExceeded.FilterValueExceeded": [SIX_VALUES],
        "InvalidParameter.ConflictParameter": [{"InvocationIds": ["inv-00000000"], **SIX_VALUES}],
    },
    DescribeInvocationTasks={
        **FILTERS,
        f"{VALUE}InvalidFilter": [*FILTERS[f"{VALUE}InvalidFilter"], SIX_VALUES],
        f"{VALUE}InvalidInvocationTaskId": [{"InvocationTaskIds": ["x"]}],
        f"{VALUE}InvalidInstanceId": [by_filter("instance-id", "i-1")],
        "InvalidParameterValue": TOO_MUCH,
        "InvalidParameter.ConflictParameter": [{"InvocationTaskIds": ["x"], **SIX_VALUES}],
    },
)


# Reading


def test_unknown_id(client, control, invocations, tasks):
    unknown, filtered = {"InvocationIds": ["inv-zzzzzzzz"]}, by_filter("invocation-id", "inv-zzzzzzzz")
    assert invocations(**unknown) == tasks(**filtered) == []
    control.settings(unknown_id="error")
    assert client.code("DescribeInvocations", unknown) == NOT_FOUND
    assert client.code("DescribeInvocationTasks", filtered) == NOT_FOUND


def test_paging(client, create, invocations):
    created = [create() for _ in range(23)][::-1]
    assert client.pages("DescribeInvocations", "InvocationSet.InvocationId") == in_pages(created, 20)
    assert invocations(Offset=23) == []


def test_filters(create, invocations, tasks):
    one = create(instances=["ins-a", "ins-b"], command_id="cmd-one")
    two = create(instances=["lhins-c"], command_id="cmd-two")
    three = create(instances=["ins-b"], command_id="cmd-one", source="INVOKER")
    for wanted, found in (
        (("command-id", "cmd-one"), [three, one]),
        (("command-id", "cmd-one", "cmd-two"), [three, two, one]),
        (("invocation-id", two), [two]),
        (("instance-kind", "LIGHTHOUSE"), [two]),
        (("command-created-by", "USER"), [three, two, one]),
        (("command-created-by", "TAT"), []),
    ):
        assert invocations(".InvocationId", **by_filter(*wanted)) == found, wanted
    for wanted, found in (
        (("instance-id", "ins-b"), [(three, "ins-b"), (one, "ins-b")]),
        (("command-id", "cmd-two"), [(two, "lhins-c")]),
    ):
        assert [(each["InvocationId"], each["InstanceId"]) for each in tasks(**by_filter(*wanted))] == found


def test_what_tasks_show(create, invocations, tasks):
    made = create(count=2, status="SUCCESS")
    (basic,) = invocations(".InvocationTaskBasicInfoSet", InvocationIds=[made])
    (hidden,) = tasks(InvocationTaskIds=[basic[1]["InvocationTaskId"]])
    assert (hidden["InstanceId"], hidden["InvocationSource"]) == (basic[1]["InstanceId"], "user")
    outputs = {each["TaskResult"]["Output"] for each in (hidden, *tasks(HideOutput=False))}
    assert outputs == {"", "ZG9uZQo="}


def test_settings_shape_the_answer(control, create, invocations, tasks):
    create(count=10, status="RUNNING")
    assert invocations(".EndTime") == [""]
    control.settings(nullable=True, embedded_instances=3)
    (seen,) = invocations()
    assert seen["EndTime"] is None and len(seen["InvocationTaskBasicInfoSet"]) == 3
    task = tasks()[0]
    assert task["EndTime"] is None and task["TaskResult"]["ExecEndTime"] is None
    assert task["StartTime"].endswith("+00:00")


def test_a_list_of_tasks_can_be_cut_short(client, control, create):
    create(count=5, status="RUNNING")
    control.settings(empty_page=2, missing_parts=10)
    pages = [client.ok("DescribeInvocationTasks", Limit=2, Offset=offset) for offset in (0, 2, 4)]
    assert [len(page["InvocationTaskSet"]) for page in pages] == [2, 0, 1]
    assert {page["TotalCount"] for page in pages} == {15}
