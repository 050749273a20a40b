# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated TAT: courses, parameters, limits, paging, filters, error codes."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

from emulator.tencent.tat import overall_status

from ...support.control import refusals

RUN = {"Content": "c2xlZXAgMTAwMA==", "Timeout": 600}
NOT_FOUND = "ResourceNotFound.InvocationNotFound"


def names(count):
    return [f"ins-{number:08}" for number in range(count)]


def by_filter(name, *values):
    return {"Filters": [{"Name": name, "Values": list(values)}]}


def invocations(tencent, **parameters):
    return tencent.ok("DescribeInvocations", **parameters)["InvocationSet"]


def tasks(tencent, **parameters):
    return tencent.ok("DescribeInvocationTasks", **parameters)["InvocationTaskSet"]


# Courses

LOST = {"status": "RUNNING", "online": False}


@pytest.mark.parametrize(
    ("description", "course"),
    [
        (
            {"pending_seconds": 4, "run_seconds": 10, "exit_code": 1},
            "PENDING 1.9 PENDING 0.1 PENDING/DELIVERING 2 RUNNING 9.9 RUNNING 0.1 FAILED",
        ),
        ({"timeout": 60, "run_seconds": 100}, "RUNNING 59 RUNNING 1 TIMEOUT"),
        ({"status": "RUNNING"}, "RUNNING stop CANCELLING 4 stop CANCELLING 1 CANCELLED/TERMINATED"),
        # Agents that cannot be reached
        (
            {"online": False},
            "PENDING/DELIVER_DELAYED 1000000 PENDING/DELIVER_DELAYED stop CANCELLING 5 CANCELLED",
        ),
        (LOST, "RUNNING stop CANCELLING 599 CANCELLING 1 CANCELLING"),
        (LOST | {"timeout": 600}, "RUNNING stop CANCELLING 599 CANCELLING 1 FAILED/TASK_TIMEOUT"),
    ],
)
def test_courses(tencent, control, description, course):
    made = control.create("tencent", count=1, stopping_seconds=5, **description)["id"]
    control.follow(made, course, stop=lambda: tencent.ok("CancelInvocation", InvocationId=made))


def test_clients_bring_the_time_limit(tencent, control):
    started = tencent.ok("RunCommand", Content="eA==", InstanceIds=names(1))["InvocationId"]
    control.follow(started, "RUNNING 59.9 RUNNING 0.1 TIMEOUT")


def test_cancel(tencent, control):
    words = ("PENDING", "DELIVERING", "DELIVER_DELAYED", "RUNNING", "SUCCESS")
    instances = [{"instance_id": f"ins-{number}", "status": word} for number, word in enumerate(words)]
    made = control.create("tencent", instances=instances, stopping_seconds=2)["id"]
    moment = control.now()
    tencent.ok("CancelInvocation", InvocationId=made)
    assert (control.status(made), control.statuses(made)) == ("CANCELLING", ["CANCELLING"] * 4 + ["SUCCESS"])
    control.advance(1)
    tencent.ok("CancelInvocation", InvocationId=made)  # changes nothing
    control.advance(1)
    assert control.status(made) == "PARTIAL_CANCELLED"
    assert control.statuses(made) == ["CANCELLED"] * 3 + ["TERMINATED", "SUCCESS"]
    accepted = [each["stop_accepted_at"] for each in control.shown(made)["instances"]]
    assert accepted == [moment] * 4 + [None]


@pytest.mark.parametrize(
    ("words", "overall"),
    [
        ("PENDING DELIVERING DELIVER_DELAYED", "PENDING"),
        ("PENDING SUCCESS", "RUNNING"),
        ("RUNNING CANCELLING", "CANCELLING"),
        ("SUCCESS SUCCESS", "SUCCESS"),
        ("SUCCESS FAILED", "PARTIAL_FAILED"),
        ("FAILED TIMEOUT", "FAILED"),
        ("TIMEOUT TIMEOUT", "TIMEOUT"),
        ("CANCELLED TERMINATED", "CANCELLED"),
        ("CANCELLED SUCCESS", "PARTIAL_CANCELLED"),
        ("CANCELLED FAILED", "PARTIAL_FAILED"),
        ("BRANDNEW", "RUNNING"),
    ],
)
def test_overall_status(words, overall):
    assert overall_status(Counter(words.split())) == overall


def test_partial_failure_may_be_shown_early():
    early = partial(overall_status, failure_first=True)
    assert early(Counter(["FAILED", "RUNNING"])) == "PARTIAL_FAILED"
    assert early(Counter(["SUCCESS", "RUNNING"])) == "RUNNING"
    assert early(Counter(["FAILED", "FAILED"])) == "FAILED"


# RunCommand, CancelInvocation


def test_run_command_quota(tencent, control):
    tencent.ok("RunCommand", **RUN, InstanceIds=names(200))
    control.settings(instances_per_run=450)
    tencent.ok("RunCommand", **RUN, InstanceIds=names(450))


@pytest.fixture
def target(control):
    return control.create("tencent", instances=names(120), status="PENDING")


def test_another_region_has_another_invocation(tencent, target):
    region = {"x-tc-region": "ap-singapore"}
    assert tencent.code("CancelInvocation", {"InvocationId": target["id"]}, headers=region) == NOT_FOUND


def test_cancel_a_hundred_of_many(tencent, control, target):
    tencent.ok("CancelInvocation", InvocationId=target["id"], InstanceIds=names(100))
    assert control.accepted(target["id"]) == [True] * 100 + [False] * 20
    assert control.get("requests")[-1]["ids"] == 100


@pytest.mark.parametrize("named", [{}, {"InstanceIds": []}, {"InstanceIds": None}])
def test_nobody_named_is_everybody(tencent, control, target, named):
    assert set(tencent.ok("CancelInvocation", InvocationId=target["id"], **named)) == {"RequestId"}
    assert all(control.accepted(target["id"]))


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


@pytest.mark.parametrize(
    ("action", "sent", "code"),
    refusals(
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
    ),
)
def test_refusals_change_nothing(tencent, control, action, sent, code):
    control.create("tencent", id="inv-00000001", instances=names(120), status="PENDING")
    right = {
        "RunCommand": {**RUN, "InstanceIds": names(1)},
        "CancelInvocation": {"InvocationId": "inv-00000001"},
    }.get(action, {})
    before = control.get("operations")
    assert tencent.code(action, {**right, **sent}) == code
    assert control.get("operations") == before


# Reading


def test_unknown_id(tencent, control):
    unknown = {"InvocationIds": ["inv-zzzzzzzz"]}
    filtered = by_filter("invocation-id", "inv-zzzzzzzz")
    assert invocations(tencent, **unknown) == tasks(tencent, **filtered) == []
    control.settings(unknown_id="error")
    assert tencent.code("DescribeInvocations", unknown) == NOT_FOUND
    assert tencent.code("DescribeInvocationTasks", filtered) == NOT_FOUND


def test_paging(tencent, control):
    created = [control.create("tencent", count=1)["id"] for _ in range(23)]
    first = tencent.ok("DescribeInvocations")
    assert (first["TotalCount"], len(first["InvocationSet"])) == (23, 20)
    rest = invocations(tencent, Offset=20, Limit=100)
    assert [each["InvocationId"] for each in first["InvocationSet"] + rest] == created[::-1]
    assert invocations(tencent, Offset=23) == []


def test_paging_of_tasks(tencent, control):
    target = control.create("tencent", count=250)
    wanted = by_filter("invocation-id", target["id"])
    pages = [tencent.ok("DescribeInvocationTasks", **wanted, Limit=100, Offset=begin) for begin in (0, 100, 200, 300)]
    assert {page["TotalCount"] for page in pages} == {250}
    assert [each["InstanceId"] for page in pages for each in page["InvocationTaskSet"]] == target["instance_ids"]


def test_filters(tencent, control):
    one = control.create("tencent", instances=["ins-a", "ins-b"], command_id="cmd-one")
    two = control.create("tencent", instances=["lhins-c"], command_id="cmd-two")
    three = control.create("tencent", instances=["ins-b"], command_id="cmd-one", source="INVOKER")
    everything = [three["id"], two["id"], one["id"]]

    def found(name, *values):
        seen = invocations(tencent, **by_filter(name, *values))
        return [everything.index(each["InvocationId"]) for each in seen]

    def found_tasks(name, *values):
        seen = tasks(tencent, **by_filter(name, *values))
        return [(everything.index(each["InvocationId"]), each["InstanceId"]) for each in seen]

    assert found("command-id", "cmd-one") == [0, 2]
    assert found("command-id", "cmd-one", "cmd-two") == [0, 1, 2]
    assert found("invocation-id", two["id"]) == [1]
    assert found("instance-kind", "LIGHTHOUSE") == [1]
    assert found("command-created-by", "USER") == [0, 1, 2]
    assert found("command-created-by", "TAT") == []
    assert found_tasks("instance-id", "ins-b") == [(0, "ins-b"), (2, "ins-b")]
    assert found_tasks("command-id", "cmd-two") == [(1, "lhins-c")]


def test_what_tasks_show(tencent, control):
    made = control.create("tencent", count=2, status="SUCCESS")["id"]
    basic = invocations(tencent, InvocationIds=[made])[0]["InvocationTaskBasicInfoSet"]
    (hidden,) = tasks(tencent, InvocationTaskIds=[basic[1]["InvocationTaskId"]])
    assert (hidden["InstanceId"], hidden["InvocationSource"]) == (basic[1]["InstanceId"], "user")
    outputs = {each["TaskResult"]["Output"] for each in (hidden, *tasks(tencent, HideOutput=False))}
    assert outputs == {"", "ZG9uZQo="}


def test_settings_shape_the_answer(tencent, control):
    control.create("tencent", count=10, status="RUNNING")
    assert invocations(tencent)[0]["EndTime"] == ""
    control.settings(nullable=True, embedded_instances=3)
    (seen,) = invocations(tencent)
    assert seen["EndTime"] is None and len(seen["InvocationTaskBasicInfoSet"]) == 3
    task = tasks(tencent)[0]
    assert task["EndTime"] is None and task["TaskResult"]["ExecEndTime"] is None
    assert task["StartTime"].endswith("+00:00")


def test_a_list_of_tasks_can_be_cut_short(tencent, control):
    control.create("tencent", count=5, status="RUNNING")
    control.settings(empty_page=2, missing_parts=10)
    pages = [tencent.ok("DescribeInvocationTasks", Limit=2, Offset=offset) for offset in (0, 2, 4)]
    assert [len(page["InvocationTaskSet"]) for page in pages] == [2, 0, 1]
    assert {page["TotalCount"] for page in pages} == {15}


def test_ten_thousand_instances(tencent, control):
    target = control.create("tencent", count=10_000, status="RUNNING")
    (seen,) = invocations(tencent, InvocationIds=[target["id"]])
    assert len(seen["InvocationTaskBasicInfoSet"]) == 10_000
