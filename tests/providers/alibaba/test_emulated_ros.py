# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated ROS: stack groups, what their operations are asked for, paging, error codes. How they go is in
test_emulated_pairs.py."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ...support.clients import in_pages
from ...support.control import refusing

KIND = "stack_group_operation"
UNKNOWN = "ffffffff-1784-4a6f-a7e1-ffffffffffff"
OPERATION = "6da106ca-1784-4a6f-a7e1-000000000001"
INVALID, MISSING = "InvalidParameter", "MissingParameter"
NO_GROUP = ("StackGroupNotFound", 404)
ONE = {"StackGroupName": "g", "AccountIds": '["1"]', "RegionIds": '["cn-beijing"]'}
RESULTS = "ListStackGroupOperationResults"


@pytest.fixture
def group(client):
    return client.ok("CreateStackGroup", StackGroupName="g", TemplateBody="{}")["StackGroupId"]


@pytest.fixture
def start(client):
    def start(action="CreateStackInstances", accounts=("1", "2", "3"), **more):
        return client.ok(action, **{**ONE, "AccountIds": json.dumps(accounts), **more})["OperationId"]

    return start


@pytest.fixture
def read(client):
    return lambda operation_id: client.ok("GetStackGroupOperation", OperationId=operation_id)["StackGroupOperation"]


@pytest.fixture
def results(kind, client):
    return lambda made: [tuple(each[name] for name in ("AccountId", "RegionId")) for each in kind.pairs(client, made)]


# Stack groups


def test_listing_groups(client, create):
    for number in range(12):
        client.ok("CreateStackGroup", StackGroupName=f"g{number}", ResourceGroupId=f"rg-{number % 2}")
    create(group="gone", group_status="DELETED", status="SUCCEEDED")
    create(group="elsewhere", region="cn-beijing")
    names = ["gone", *(f"g{number}" for number in range(11, -1, -1))]
    for wanted, found in (
        ({}, in_pages(names, 10)),
        ({"Status": "ACTIVE", "PageSize": 50}, [names[1:]]),
        ({"Status": "DELETED"}, [["gone"]]),
        ({"ResourceGroupId": "rg-1", "PageSize": 2}, in_pages(names[1::2], 2)),
        ({"Tags.1.Key": "team", "Tags.1.Value": "red"}, [[]]),
    ):
        assert client.pages("ListStackGroups", "StackGroups.StackGroupName", PageNumber=1, **wanted) == found


# CreateStackInstances, UpdateStackInstances


def test_service_managed_groups(group, start, read, results):
    operation_id = start(AccountIds="", DeploymentTargets='{"AccountIds":["7"]}')
    assert results(operation_id) == [("7", "cn-beijing")]
    assert read(operation_id)["DeploymentTargets"] == {"AccountIds": ["7"]}


def test_one_operation_at_a_time(client, control, create, group, start, read):
    first = start()
    for action in ("CreateStackInstances", "UpdateStackInstances"):
        assert client.refusal(action, ONE) == ("StackGroupOperationInProgress", 409)
    control.advance(1)
    control.finish(first)
    second = start()
    client.ok("CreateStackGroup", StackGroupName="h")
    start(StackGroupName="h")
    listed = client.found("ListStackGroupOperations", "StackGroupOperations", StackGroupName="g")
    assert [(each["OperationId"], each["Status"]) for each in listed] == [(second, "RUNNING"), (first, "SUCCEEDED")]
    assert read(first)["EndTime"] > read(first)["CreateTime"]
    # Nor does anything start in a deleted group.
    create(group="gone", group_status="DELETED", status="SUCCEEDED")
    assert client.refusal("CreateStackInstances", {**ONE, "StackGroupName": "gone"}) == NO_GROUP


# Refusals


PAGES: list[Any] = [{"PageSize": 0}, {"PageSize": 51}, {"PageNumber": 0}, {"PageSize": "x"}]
TARGET = {
    ("StackGroupOperationNotFound", 404): [{"OperationId": UNKNOWN}, {"RegionId": "cn-beijing"}],
    MISSING: [{"OperationId": ""}, {"RegionId": ""}],
    "UnsupportedParameter": [{"ClientToken": "x"}],
}
BY_NAME, BY_ID = {"StackGroupName": "g"}, {"OperationId": OPERATION}
NAMED = {NO_GROUP: [{"StackGroupName": "other"}, {"RegionId": "cn-beijing"}]}

test_refusals = refusing(
    {"id": OPERATION, "group": "g", "accounts": ["1"]},
    {
        **dict.fromkeys(("CreateStackGroup", "GetStackGroup", "ListStackGroupOperations"), BY_NAME),
        **dict.fromkeys(("GetStackGroupOperation", "StopStackGroupOperation", RESULTS), BY_ID),
        "CreateStackInstances": ONE,
    },
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
)


# Paging


def test_paging(client, control, create):
    created = [create(group="g", status="SUCCEEDED") for _number in range(12)][::-1]
    wanted = {"StackGroupName": "g", "PageNumber": 1}
    pages = client.pages("ListStackGroupOperations", "StackGroupOperations.OperationId", **wanted)
    assert pages == in_pages(created, 10)
    answer = client.ok("ListStackGroupOperations", **{**wanted, "PageNumber": 3})
    assert (answer["PageNumber"], answer["PageSize"], answer["TotalCount"]) == (3, 10, 12)
    assert answer["StackGroupOperations"] == []


def test_a_list_of_results_can_be_cut_short(client, control, create):
    operation_id = create(accounts=["1", "2", "3"], status="SUCCEEDED")
    control.settings(empty_page=2, missing_parts=10)
    paged = {"OperationId": operation_id, "PageSize": 1}
    pages = [client.ok(RESULTS, **paged, PageNumber=number) for number in (1, 2, 3)]
    assert [len(page["StackGroupOperationResults"]) for page in pages] == [1, 0, 1]
    assert {page["TotalCount"] for page in pages} == {13}
