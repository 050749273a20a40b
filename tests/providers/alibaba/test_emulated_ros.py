# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated ROS: stack groups, their operations in time and per account and region, stops, paging, error codes."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from emulator.alibaba.ros import WORDS

from ...support.control import refusals

KIND = "stack_group_operation"
UNKNOWN = "ffffffff-1784-4a6f-a7e1-ffffffffffff"
INVALID, MISSING = ("InvalidParameter", 400), ("MissingParameter", 400)
NO_GROUP = ("StackGroupNotFound", 404)
ONE = {"StackGroupName": "g", "AccountIds": '["1"]', "RegionIds": '["cn-beijing"]'}


@pytest.fixture
def create(control):
    return lambda **description: control.create("alibaba", kind=KIND, **description)["id"]


@pytest.fixture
def group(ros):
    return ros.ok("CreateStackGroup", StackGroupName="g", TemplateBody="{}")["StackGroupId"]


def start(ros, action="CreateStackInstances", accounts=("1", "2", "3"), **more):
    return ros.ok(action, **{**ONE, "AccountIds": json.dumps(accounts), **more})["OperationId"]


def read(ros, operation_id):
    return ros.ok("GetStackGroupOperation", OperationId=operation_id)["StackGroupOperation"]


def stop(ros, operation_id):
    assert set(ros.ok("StopStackGroupOperation", OperationId=operation_id)) == {"RequestId"}


def results(ros, operation_id, **parameters):
    answer = ros.ok("ListStackGroupOperationResults", OperationId=operation_id, **{"PageSize": 50, **parameters})
    return [(each["AccountId"], each["RegionId"], each["Status"]) for each in answer["StackGroupOperationResults"]]


@pytest.fixture
def course(ros, control):
    """The status of the operation and the number of its pairs in each status, now and after each step."""

    def follow(operation_id, *advances):
        seen = []
        for seconds in (0, *advances):
            control.advance(seconds)
            counts = Counter(status for _account, _region, status in results(ros, operation_id))
            seen.append((read(ros, operation_id)["Status"], dict(counts)))
        return seen

    return follow


# Stack groups


def test_create_and_read_a_group(ros):
    given = {"StackGroupName": "my-group_1", "Description": "all", "ResourceGroupId": "rg-1"}
    group_id = ros.ok("CreateStackGroup", **given, **{"Tags.1.Key": "team", "Tags.1.Value": "red"})["StackGroupId"]
    (listed,) = ros.ok("ListStackGroups")["StackGroups"]
    by_name = ros.ok("GetStackGroup", StackGroupName="my-group_1")["StackGroup"]
    by_id = ros.ok("GetStackGroup", StackGroupId=group_id)["StackGroup"]
    shown = {**given, "StackGroupId": group_id, "Status": "ACTIVE", "PermissionModel": "SELF_MANAGED"}
    for each in (listed, by_name, by_id):
        assert shown.items() <= each.items()
    assert listed["Tags"] == [{"Key": "team", "Value": "red"}]


def test_listing_groups(ros, create):
    for number in range(12):
        ros.ok("CreateStackGroup", StackGroupName=f"g{number}", ResourceGroupId=f"rg-{number % 2}")
    create(group="gone", group_status="DELETED", status="SUCCEEDED")
    create(group="elsewhere", region="cn-beijing")

    def found(**parameters):
        answer = ros.ok("ListStackGroups", **parameters)
        return answer["TotalCount"], [each["StackGroupName"] for each in answer["StackGroups"]]

    assert found() == (13, ["gone", *(f"g{number}" for number in range(11, 2, -1))])
    assert found(PageNumber=2) == (13, ["g2", "g1", "g0"])
    assert found(Status="ACTIVE", PageSize=50)[0] == 12
    assert found(Status="DELETED") == (1, ["gone"])
    assert found(ResourceGroupId="rg-1", PageSize=2) == (6, ["g11", "g9"])
    assert found(**{"Tags.1.Key": "team", "Tags.1.Value": "red"}) == (0, [])


# CreateStackInstances, UpdateStackInstances


def test_regions_are_put_in_order(ros, group):
    preferences = {"MaxConcurrentCount": 2, "FailureToleranceCount": 1, "RegionIdsOrder": ["cn-shanghai"]}
    parameters = {"ParameterOverrides.1.ParameterKey": "a", "ParameterOverrides.1.ParameterValue": "b"}
    operation_id = start(
        ros,
        "UpdateStackInstances",
        RegionIds='["cn-beijing", "cn-shanghai"]',
        OperationPreferences=json.dumps(preferences),
        TimeoutInMinutes=30,
        **parameters,
    )
    seen = read(ros, operation_id)
    assert {"Action": "UPDATE", "StackGroupId": group, "EndTime": ""}.items() <= seen.items()
    assert seen["AdministrationRoleName"] == "AliyunROSStackGroupAdministrationRole"
    assert seen["OperationPreferences"] == {**preferences, "RegionIdsOrder": ["cn-shanghai", "cn-beijing"]}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", seen["CreateTime"])
    assert results(ros, operation_id) == [("1", "cn-shanghai", "RUNNING"), ("2", "cn-shanghai", "RUNNING")]


def test_service_managed_groups(ros, group):
    operation_id = ros.ok(
        "CreateStackInstances", **{**ONE, "AccountIds": "", "DeploymentTargets": '{"AccountIds":["7"]}'}
    )["OperationId"]
    assert results(ros, operation_id) == [("7", "cn-beijing", "RUNNING")]
    assert read(ros, operation_id)["DeploymentTargets"] == {"AccountIds": ["7"]}


def test_one_operation_at_a_time(ros, control, create, group):
    first = start(ros)
    for action in ("CreateStackInstances", "UpdateStackInstances"):
        assert ros.code(action, **ONE) == ("StackGroupOperationInProgress", 409)
    control.finish(first)
    second = start(ros)
    ros.ok("CreateStackGroup", StackGroupName="h")
    start(ros, StackGroupName="h")
    listed = ros.ok("ListStackGroupOperations", StackGroupName="g")["StackGroupOperations"]
    assert [(each["OperationId"], each["Status"]) for each in listed] == [(second, "RUNNING"), (first, "SUCCEEDED")]
    # Nor does anything start in a deleted group.
    create(group="gone", group_status="DELETED", status="SUCCEEDED")
    assert ros.code("CreateStackInstances", **{**ONE, "StackGroupName": "gone"}) == NO_GROUP


# In time


def test_regions_come_one_after_the_other(ros, create, course):
    six = {"accounts": ["1", "2", "3"], "regions": ["a", "b"], "max_concurrent": 2}
    operation_id = create(**six, pending_seconds=5, run_seconds=10)
    assert course(operation_id, 5, 10, 10, 10, 10) == [
        ("QUEUED", {}),
        ("RUNNING", {"RUNNING": 2}),
        ("RUNNING", {"SUCCEEDED": 2, "RUNNING": 1}),
        ("RUNNING", {"SUCCEEDED": 3, "RUNNING": 2}),  # the next region
        ("RUNNING", {"SUCCEEDED": 5, "RUNNING": 1}),
        ("SUCCEEDED", {"SUCCEEDED": 6}),
    ]
    assert read(ros, operation_id)["EndTime"] > read(ros, operation_id)["CreateTime"]


@pytest.mark.parametrize(
    ("failing", "tolerance", "expected"),
    [
        (1, 0, ("FAILED", {"FAILED": 1, "STOPPED": 5})),
        (1, 1, ("SUCCEEDED", {"FAILED": 1, "SUCCEEDED": 5})),
        (6, 0, ("FAILED", {"FAILED": 1, "STOPPED": 5})),
    ],
)
def test_failures_and_tolerance(create, course, failing, tolerance, expected):
    pairs = [{"account": f"{number}", "region": region} for region in "ab" for number in range(3)]
    for pair in pairs[:failing]:
        pair["final_status"] = "FAILED"
    assert course(create(pairs=pairs, run_seconds=1, failure_tolerance=tolerance), 100)[-1] == expected


@pytest.mark.parametrize("status", [*WORDS.phases, "PREPARING"])
def test_every_status_has_its_pairs(control, create, course, status):
    operation_id = create(status=status, age=100, stopping_seconds=60, accounts=["1", "2"])
    pairs = {
        "QUEUED": {},
        "RUNNING": {"RUNNING": 1},
        "STOPPING": {"RUNNING": 1, "STOPPED": 1},
        "PREPARING": {"RUNNING": 1},
    }
    assert course(operation_id) == [(status, pairs.get(status, {status: 2}))]


def test_a_described_stop_goes_on(control, create, course):
    stopping = create(status="STOPPING", stopping_seconds=5)
    assert course(stopping, 5) == [("STOPPING", {"RUNNING": 1}), ("STOPPED", {"SUCCEEDED": 1})]
    assert control.shown(stopping)["stop_accepted_at"] is not None


def test_every_status_of_a_pair_can_be_had(ros, create):
    words = ["RUNNING", "SUCCEEDED", "FAILED", "STOPPING", "STOPPED", "PREPARING"]
    pairs = [{"account": word, "region": "a", "status": word} for word in words]
    operation_id = create(status="RUNNING", pairs=pairs, failure_tolerance=1)
    assert [status for _account, _region, status in results(ros, operation_id)] == words


def test_an_end_from_outside(ros, control, create, course):
    for how, expected in (
        ({}, ("SUCCEEDED", {"SUCCEEDED": 2})),
        ({"status": "FAILED"}, ("FAILED", {"FAILED": 1, "STOPPED": 1})),
    ):
        finished, overtaken = create(accounts=["1", "2"]), create(accounts=["1", "2"])
        control.finish(finished, **how)
        control.fault("finish_first", **how)
        stop(ros, overtaken)
        assert course(finished) == course(overtaken) == [expected]


# StopStackGroupOperation


@pytest.mark.parametrize(
    ("setting", "stopping", "advances", "expected"),
    [
        (
            "finish",
            {"run_seconds": 10, "stopping_seconds": 1},
            (5.9, 0.1),
            [("STOPPING", {"RUNNING": 2, "STOPPED": 1})] * 2 + [("STOPPED", {"SUCCEEDED": 2, "STOPPED": 1})],
        ),
        (
            "finish",  # what runs for ever finishes at the pace of stopping
            {"stopping_seconds": 3},
            (2.9, 0.1),
            [("STOPPING", {"RUNNING": 2, "STOPPED": 1})] * 2 + [("STOPPED", {"SUCCEEDED": 2, "STOPPED": 1})],
        ),
        (
            "cut",
            {"run_seconds": 10, "stopping_seconds": 3},
            (2.9, 0.1),
            [("STOPPING", {"STOPPING": 2, "STOPPED": 1})] * 2 + [("STOPPED", {"STOPPED": 3})],
        ),
    ],
)
def test_stop_while_pairs_are_in_flight(ros, control, create, course, setting, stopping, advances, expected):
    control.settings(ros_pairs_in_flight=setting)
    operation_id = create(accounts=["1", "2", "3"], max_concurrent=2, **stopping)
    control.advance(4)
    accepted = control.now()
    stop(ros, operation_id)
    assert course(operation_id, advances[0]) == expected[:2]
    stop(ros, operation_id)  # already stopping: accepted, and changes nothing
    assert course(operation_id, advances[1])[1:] == expected[2:]
    assert control.shown(operation_id)["stop_accepted_at"] == pytest.approx(accepted)


def test_stop_of_a_queued_operation(ros, create, course):
    operation_id = create(status="QUEUED", accounts=["1", "2"], stopping_seconds=0)
    stop(ros, operation_id)
    assert course(operation_id) == [("STOPPED", {"STOPPED": 2})]


def test_stop_of_what_has_ended_may_be_refused(ros, control, create):
    control.settings(ros_stop_of_finished="InvalidParameter")
    for status in ("SUCCEEDED", "FAILED", "STOPPED"):
        assert ros.code("StopStackGroupOperation", OperationId=create(status=status)) == INVALID
    stop(ros, create())


PAGES: list[Any] = [{"PageSize": 0}, {"PageSize": 51}, {"PageNumber": 0}, {"PageSize": "x"}]
TARGET = {
    ("StackGroupOperationNotFound", 404): [{"OperationId": UNKNOWN}, {"RegionId": "cn-beijing"}],
    MISSING: [{"OperationId": ""}, {"RegionId": ""}],
    ("UnsupportedParameter", 400): [{"ClientToken": "x"}],
}
NAMED = {NO_GROUP: [{"StackGroupName": "other"}, {"RegionId": "cn-beijing"}]}


@pytest.mark.parametrize(
    ("action", "sent", "code"),
    refusals(
        CreateStackGroup={
            INVALID: [{"StackGroupName": "-g"}, {"StackGroupName": "g" * 256}],
            MISSING: [{"StackGroupName": ""}],
            ("StackGroupExists", 409): [{"StackGroupName": "g"}],
        },
        GetStackGroup={**NAMED, INVALID: [{"StackGroupId": "x"}, {"StackGroupName": ""}]},
        ListStackGroups={
            INVALID: [{"Status": "RUNNING"}, *PAGES],
            MISSING: [{"RegionId": ""}],
            ("InvalidRegionId.NotFound", 404): [{"RegionId": "cn-nowhere"}],
        },
        CreateStackInstances={
            **NAMED,
            MISSING: [{"RegionIds": ""}],
            INVALID: [
                {"RegionIds": "cn-beijing"},
                {"RegionIds": "[]"},
                {"RegionIds": json.dumps([f"r{number}" for number in range(21)])},
                {"AccountIds": ""},
                {"AccountIds": "[1]"},
                {"AccountIds": json.dumps([f"{number}" for number in range(51)])},
                {"DeploymentTargets": '{"AccountIds":["1"]}'},
                {"AccountIds": "", "DeploymentTargets": '{"RdFolderIds":["fd-1"]}'},
                {"OperationPreferences": "[]"},
                {"OperationPreferences": '{"MaxConcurrentCount":21}'},
                {"OperationPreferences": '{"MaxConcurrentCount":true}'},
                {"OperationPreferences": '{"MaxConcurrentPercentage":0}'},
                {"OperationPreferences": '{"FailureToleranceCount":1,"FailureTolerancePercentage":1}'},
                {"TimeoutInMinutes": "long"},
            ],
        },
        ListStackGroupOperations={**NAMED, MISSING: [{"StackGroupName": ""}], INVALID: PAGES},
        GetStackGroupOperation=TARGET,
        StopStackGroupOperation=TARGET,
        ListStackGroupOperationResults={**TARGET, INVALID: PAGES},
    ),
)
def test_refusals(ros, control, create, action, sent, code):
    operation_id = create(group="g", accounts=["1"])
    right = {"OperationId": operation_id} if action.endswith(("Operation", "Results")) else {"StackGroupName": "g"}
    right |= ONE if action.endswith("Instances") else {}
    assert ros.code(action, **{**({} if action == "ListStackGroups" else right), **sent}) == code
    assert [each["status"] for each in control.get("operations")] == ["RUNNING"]


def test_denied(ros):
    response = ros.v3("ListStackGroups", {"RegionId": "cn-hangzhou"}, key="denied")
    assert (response.json()["Code"], response.status_code) == ("Forbidden", 403)
    assert response.json()["AccessDeniedDetail"]["AuthAction"] == "ros:ListStackGroups"


# Paging


def test_paging_of_operations(ros, create):
    created = [create(group="g", status="SUCCEEDED") for _number in range(12)]
    seen = []
    for number, count in ((1, 10), (2, 2), (3, 0)):
        answer = ros.ok("ListStackGroupOperations", StackGroupName="g", PageNumber=number)
        assert (answer["PageNumber"], answer["PageSize"], answer["TotalCount"]) == (number, 10, 12)
        assert len(answer["StackGroupOperations"]) == count
        seen += [each["OperationId"] for each in answer["StackGroupOperations"]]
    assert seen == created[::-1]


def test_paging_of_results(ros, create):
    accounts = [f"{number}" for number in range(60)]
    operation_id = create(accounts=accounts, status="SUCCEEDED")
    pages = [results(ros, operation_id, PageNumber=number) for number in (1, 2)]
    assert [len(page) for page in pages] == [50, 10]
    assert [account for page in pages for account, _region, _status in page] == accounts
    assert len(results(ros, operation_id, PageSize=7)) == 7


def test_a_list_of_results_can_be_cut_short(ros, control, create):
    operation_id = create(accounts=["1", "2", "3"], status="SUCCEEDED")
    control.settings(empty_page=2, missing_parts=10)
    assert [len(results(ros, operation_id, PageNumber=number, PageSize=1)) for number in (1, 2, 3)] == [1, 0, 1]
    answer = ros.ok("ListStackGroupOperationResults", OperationId=operation_id)
    assert answer["TotalCount"] == 13


def test_truth(control, create):
    seen = control.shown(create(group="mine", accounts=["1", "2"], regions=["a"], action="DELETE"))
    assert (seen["name"], seen["group"], seen["action"]) == ("mine", "mine", "DELETE")
    assert seen["pairs"] == [
        {"account": "1", "region": "a", "status": "RUNNING"},
        {"account": "2", "region": "a", "status": None},
    ]
