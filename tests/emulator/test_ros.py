# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ROS: stack groups, their operations in time and per account and region, stops, paging, error codes."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from emulator.alibaba.ros import WORDS
from emulator.instance import ENDED

KIND = "stack_group_operation"
UNKNOWN = "ffffffff-1784-4a6f-a7e1-ffffffffffff"


@pytest.fixture(autouse=True)
def by_hand(control):
    control.stand_still()


def create(control, **description):
    return control.create("alibaba", kind=KIND, **description)["id"]


def start(ros, action="CreateStackInstances", accounts=("1", "2", "3"), regions=("cn-beijing",), group="g", **more):
    wanted = {"AccountIds": json.dumps(accounts), "RegionIds": json.dumps(regions), **more}
    return ros.ok(action, StackGroupName=group, **wanted)["OperationId"]


def read(ros, operation_id):
    return ros.ok("GetStackGroupOperation", OperationId=operation_id)["StackGroupOperation"]


def results(ros, operation_id, **parameters):
    answer = ros.ok("ListStackGroupOperationResults", OperationId=operation_id, **{"PageSize": 50, **parameters})
    return [(each["AccountId"], each["RegionId"], each["Status"]) for each in answer["StackGroupOperationResults"]]


def course(control, ros, operation_id, *advances):
    """The status of the operation and the number of its pairs in each status, now and after each step."""
    seen = []
    for seconds in (0, *advances):
        control.advance(seconds)
        counts = Counter(status for _account, _region, status in results(ros, operation_id))
        seen.append((read(ros, operation_id)["Status"], dict(counts)))
    return seen


@pytest.fixture
def group(ros):
    return ros.ok("CreateStackGroup", StackGroupName="g", TemplateBody="{}")["StackGroupId"]


# Stack groups


def test_create_and_read_a_group(ros):
    tags = {"Tags.1.Key": "team", "Tags.1.Value": "red"}
    given = {"Description": "all", "ResourceGroupId": "rg-1", "TemplateBody": "{}", **tags}
    group_id = ros.ok("CreateStackGroup", StackGroupName="my-group_1", **given)["StackGroupId"]
    (listed,) = ros.ok("ListStackGroups")["StackGroups"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", listed["CreateTime"])
    for parameters in ({"StackGroupName": "my-group_1"}, {"StackGroupId": group_id}):
        seen = ros.ok("GetStackGroup", **parameters)["StackGroup"]
        for each in (seen, listed):
            assert {
                "StackGroupName": "my-group_1",
                "StackGroupId": group_id,
                "Status": "ACTIVE",
                "PermissionModel": "SELF_MANAGED",
                "Description": "all",
            }.items() <= each.items()
    assert listed["Tags"] == [{"Key": "team", "Value": "red"}]
    assert seen["AdministrationRoleName"] == "AliyunROSStackGroupAdministrationRole"


def test_listing_groups(ros, control):
    for number in range(12):
        ros.ok("CreateStackGroup", StackGroupName=f"g{number}", ResourceGroupId=f"rg-{number % 2}")
    create(control, group="gone", group_status="DELETED", status="SUCCEEDED")
    create(control, group="elsewhere", region="cn-beijing")

    def found(**parameters):
        answer = ros.ok("ListStackGroups", **parameters)
        return answer["TotalCount"], [each["StackGroupName"] for each in answer["StackGroups"]]

    assert found() == (13, ["gone", *(f"g{number}" for number in range(11, 2, -1))])
    assert found(PageNumber=2) == (13, ["g2", "g1", "g0"])
    assert found(Status="ACTIVE", PageSize=50)[0] == 12
    assert found(Status="DELETED") == (1, ["gone"])
    assert found(ResourceGroupId="rg-1", PageSize=2) == (6, ["g11", "g9"])
    assert found(**{"Tags.1.Key": "team", "Tags.1.Value": "red"}) == (0, [])


@pytest.mark.parametrize(
    ("action", "parameters", "expected"),
    [
        ("CreateStackGroup", {"StackGroupName": "-g"}, ("InvalidParameter", 400)),
        ("CreateStackGroup", {"StackGroupName": "g" * 256}, ("InvalidParameter", 400)),
        ("CreateStackGroup", {}, ("MissingParameter", 400)),
        ("CreateStackGroup", {"StackGroupName": "g"}, ("StackGroupExists", 409)),
        ("GetStackGroup", {"StackGroupName": "other"}, ("StackGroupNotFound", 404)),
        ("GetStackGroup", {"StackGroupName": "g", "RegionId": "cn-beijing"}, ("StackGroupNotFound", 404)),
        ("GetStackGroup", {"StackGroupName": "g", "StackGroupId": "x"}, ("InvalidParameter", 400)),
        ("GetStackGroup", {}, ("InvalidParameter", 400)),
        ("ListStackGroups", {"Status": "RUNNING"}, ("InvalidParameter", 400)),
        ("ListStackGroups", {"PageSize": 51}, ("InvalidParameter", 400)),
        ("ListStackGroups", {"RegionId": ""}, ("MissingParameter", 400)),
        ("ListStackGroups", {"RegionId": "cn-nowhere"}, ("InvalidRegionId.NotFound", 404)),
    ],
)
def test_group_refusals(ros, group, action, parameters, expected):
    assert ros.code(action, **parameters) == expected


# CreateStackInstances, UpdateStackInstances


@pytest.mark.parametrize(("action", "word"), [("CreateStackInstances", "CREATE"), ("UpdateStackInstances", "UPDATE")])
def test_start_and_read_it_back(ros, group, action, word):
    preferences = {"MaxConcurrentCount": 2, "FailureToleranceCount": 1, "RegionIdsOrder": ["cn-beijing"]}
    operation_id = start(
        ros,
        action,
        regions=("cn-shanghai", "cn-beijing"),
        OperationPreferences=json.dumps(preferences),
        OperationDescription="roll out",
        TimeoutInMinutes=30,
        **{"ParameterOverrides.1.ParameterKey": "a", "ParameterOverrides.1.ParameterValue": "b"},
    )
    seen = read(ros, operation_id)
    (listed,) = ros.ok("ListStackGroupOperations", StackGroupName="g")["StackGroupOperations"]
    for each in (seen, listed):
        assert {
            "OperationId": operation_id,
            "StackGroupId": group,
            "StackGroupName": "g",
            "Action": word,
            "Status": "RUNNING",
            "OperationDescription": "roll out",
            "EndTime": "",
        }.items() <= each.items()
    assert seen["OperationPreferences"] == {**preferences, "RegionIdsOrder": ["cn-beijing", "cn-shanghai"]}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", seen["CreateTime"])
    assert results(ros, operation_id) == [("1", "cn-beijing", "RUNNING"), ("2", "cn-beijing", "RUNNING")]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"StackGroupName": "other"}, ("StackGroupNotFound", 404)),
        ({"RegionIds": ""}, ("MissingParameter", 400)),
        ({"RegionIds": "cn-beijing"}, ("InvalidParameter", 400)),
        ({"RegionIds": "[]"}, ("InvalidParameter", 400)),
        ({"RegionIds": json.dumps([f"r{number}" for number in range(21)])}, ("InvalidParameter", 400)),
        ({"AccountIds": ""}, ("InvalidParameter", 400)),
        ({"AccountIds": "[1]"}, ("InvalidParameter", 400)),
        ({"AccountIds": json.dumps([f"{number}" for number in range(51)])}, ("InvalidParameter", 400)),
        ({"DeploymentTargets": '{"AccountIds":["1"]}'}, ("InvalidParameter", 400)),
        ({"AccountIds": "", "DeploymentTargets": '{"RdFolderIds":["fd-1"]}'}, ("InvalidParameter", 400)),
        ({"OperationPreferences": "[]"}, ("InvalidParameter", 400)),
        ({"OperationPreferences": '{"MaxConcurrentCount":21}'}, ("InvalidParameter", 400)),
        ({"OperationPreferences": '{"MaxConcurrentCount":true}'}, ("InvalidParameter", 400)),
        ({"OperationPreferences": '{"MaxConcurrentPercentage":0}'}, ("InvalidParameter", 400)),
        (
            {"OperationPreferences": '{"FailureToleranceCount":1,"FailureTolerancePercentage":1}'},
            ("InvalidParameter", 400),
        ),
        ({"TimeoutInMinutes": "long"}, ("InvalidParameter", 400)),
    ],
)
def test_start_refusals(ros, control, group, parameters, expected):
    wanted = {"StackGroupName": "g", "AccountIds": '["1"]', "RegionIds": '["cn-beijing"]', **parameters}
    assert ros.code("CreateStackInstances", **wanted) == expected
    assert control.get("operations") == []


def test_service_managed_groups(ros, group):
    targets = {"AccountIds": "", "DeploymentTargets": '{"AccountIds":["7"]}'}
    operation_id = start(ros, **targets)
    assert results(ros, operation_id) == [("7", "cn-beijing", "RUNNING")]
    assert read(ros, operation_id)["DeploymentTargets"] == {"AccountIds": ["7"]}


def test_one_operation_at_a_time(ros, control, group):
    first = start(ros)
    wanted = {"StackGroupName": "g", "AccountIds": '["1"]', "RegionIds": '["cn-beijing"]'}
    for action in ("CreateStackInstances", "UpdateStackInstances"):
        assert ros.code(action, **wanted) == ("StackGroupOperationInProgress", 409)
    control.send("POST", f"operations/{first}/finish")
    second = start(ros)
    ros.ok("CreateStackGroup", StackGroupName="h")
    start(ros, group="h")
    listed = ros.ok("ListStackGroupOperations", StackGroupName="g")["StackGroupOperations"]
    assert [(each["OperationId"], each["Status"]) for each in listed] == [(second, "RUNNING"), (first, "SUCCEEDED")]


def test_nothing_starts_in_a_deleted_group(ros, control):
    create(control, group="gone", group_status="DELETED", status="SUCCEEDED")
    wanted = {"StackGroupName": "gone", "AccountIds": '["1"]', "RegionIds": '["cn-beijing"]'}
    assert ros.code("CreateStackInstances", **wanted) == ("StackGroupNotFound", 404)


# In time


def test_course(ros, control):
    operation_id = create(
        control, accounts=["1", "2", "3"], regions=["a", "b"], max_concurrent=2, pending_seconds=5, run_seconds=10
    )
    assert course(control, ros, operation_id, 5, 10, 10, 10, 10) == [
        ("QUEUED", {}),
        ("RUNNING", {"RUNNING": 2}),
        ("RUNNING", {"SUCCEEDED": 2, "RUNNING": 1}),
        ("RUNNING", {"SUCCEEDED": 3, "RUNNING": 2}),  # the next region
        ("RUNNING", {"SUCCEEDED": 5, "RUNNING": 1}),
        ("SUCCEEDED", {"SUCCEEDED": 6}),
    ]
    assert read(ros, operation_id)["EndTime"] > read(ros, operation_id)["CreateTime"]


def test_clients_get_the_pace_of_the_settings(ros, control, group):
    control.settings(pending_seconds=2, run_seconds=3)
    operation_id = start(ros, accounts=["1"])
    assert [status for status, _pairs in course(control, ros, operation_id, 2, 3)] == ["QUEUED", "RUNNING", "SUCCEEDED"]


@pytest.mark.parametrize(
    ("tolerance", "expected"), [(0, ("FAILED", {"FAILED": 1, "STOPPED": 5})), (1, ("SUCCEEDED", None))]
)
def test_failures_and_tolerance(ros, control, tolerance, expected):
    pairs = [{"account": f"{number}", "region": region} for region in "ab" for number in range(3)]
    pairs[0]["final_status"] = "FAILED"
    operation_id = create(control, pairs=pairs, run_seconds=1, failure_tolerance=tolerance)
    seen = course(control, ros, operation_id, 100)[-1]
    assert seen == (expected[0], expected[1] or {"FAILED": 1, "SUCCEEDED": 5})


def test_everything_fails(ros, control):
    operation_id = create(control, accounts=["1", "2"], run_seconds=1, final_status="FAILED")
    assert course(control, ros, operation_id, 1) == [
        ("RUNNING", {"RUNNING": 1}),
        ("FAILED", {"FAILED": 1, "STOPPED": 1}),
    ]


@pytest.mark.parametrize("status", [*WORDS.phases, "PREPARING"])
def test_every_status_can_be_had(ros, control, status):
    operation_id = create(control, status=status, age=100, stopping_seconds=60, accounts=["1", "2"])
    expected = {
        "QUEUED": {},
        "RUNNING": {"RUNNING": 1},
        "STOPPING": {"RUNNING": 1, "STOPPED": 1},
        "PREPARING": {"RUNNING": 1},
    }.get(status, {status: 2})
    assert course(control, ros, operation_id) == [(status, expected)]
    assert control.get(f"operations/{operation_id}")["status"] == status
    if status != "STOPPING":
        control.advance(10**6)
        assert read(ros, operation_id)["Status"] == status


def test_a_described_status_goes_on(ros, control):
    queued = create(control, status="QUEUED", pending_seconds=5, run_seconds=5)
    assert [status for status, _pairs in course(control, ros, queued, 5, 5)] == ["QUEUED", "RUNNING", "SUCCEEDED"]
    stopping = create(control, status="STOPPING", stopping_seconds=5)
    assert course(control, ros, stopping, 5) == [("STOPPING", {"RUNNING": 1}), ("STOPPED", {"SUCCEEDED": 1})]
    assert control.get(f"operations/{stopping}")["stop_accepted_at"] is not None


def test_every_status_of_a_pair_can_be_had(ros, control):
    words = ["RUNNING", "SUCCEEDED", "FAILED", "STOPPING", "STOPPED", "PREPARING"]
    pairs = [{"account": word, "region": "a", "status": word} for word in words]
    operation_id = create(control, status="RUNNING", pairs=pairs, failure_tolerance=1)
    assert [status for _account, _region, status in results(ros, operation_id)] == words


def test_finish(ros, control):
    first = create(control, accounts=["1", "2"])
    control.send("POST", f"operations/{first}/finish")
    assert course(control, ros, first) == [("SUCCEEDED", {"SUCCEEDED": 2})]
    second = create(control, accounts=["1", "2"])
    control.send("POST", f"operations/{second}/finish", {"status": "FAILED"})
    assert course(control, ros, second) == [("FAILED", {"FAILED": 1, "STOPPED": 1})]


# StopStackGroupOperation


def stop(ros, operation_id):
    assert set(ros.ok("StopStackGroupOperation", OperationId=operation_id)) == {"RequestId"}


def test_pairs_in_flight_finish(ros, control):
    operation_id = create(control, accounts=["1", "2", "3"], max_concurrent=2, run_seconds=10, stopping_seconds=1)
    control.advance(4)
    stop(ros, operation_id)
    assert course(control, ros, operation_id, 1, 4.9, 0.1) == [
        ("STOPPING", {"RUNNING": 2, "STOPPED": 1}),
        ("STOPPING", {"RUNNING": 2, "STOPPED": 1}),
        ("STOPPING", {"RUNNING": 2, "STOPPED": 1}),
        ("STOPPED", {"SUCCEEDED": 2, "STOPPED": 1}),
    ]
    assert control.get(f"operations/{operation_id}")["stop_accepted_at"] == pytest.approx(
        control.get("clock")["now"] - 6
    )


def test_a_runaway_finishes_at_the_pace_of_stopping(ros, control, group):
    control.settings(stopping_seconds=3)
    operation_id = start(ros)
    stop(ros, operation_id)
    assert course(control, ros, operation_id, 2.9, 0.1) == [
        ("STOPPING", {"RUNNING": 1, "STOPPED": 2}),
        ("STOPPING", {"RUNNING": 1, "STOPPED": 2}),
        ("STOPPED", {"SUCCEEDED": 1, "STOPPED": 2}),
    ]


def test_pairs_in_flight_are_cut(ros, control):
    control.settings(ros_pairs_in_flight="cut")
    operation_id = create(control, accounts=["1", "2", "3"], max_concurrent=2, run_seconds=10, stopping_seconds=3)
    stop(ros, operation_id)
    control.advance(1)
    stop(ros, operation_id)  # already stopping: accepted, and changes nothing
    assert course(control, ros, operation_id, 1.9, 0.1) == [
        ("STOPPING", {"STOPPING": 2, "STOPPED": 1}),
        ("STOPPING", {"STOPPING": 2, "STOPPED": 1}),
        ("STOPPED", {"STOPPED": 3}),
    ]


def test_stop_of_a_queued_operation(ros, control):
    operation_id = create(control, status="QUEUED", accounts=["1", "2"], stopping_seconds=0)
    stop(ros, operation_id)
    assert course(control, ros, operation_id) == [("STOPPED", {"STOPPED": 2})]


@pytest.mark.parametrize("status", sorted(word for word, phase in WORDS.phases.items() if phase in ENDED))
def test_stop_of_what_has_ended(ros, control, status):
    operation_id = create(control, status=status)
    stop(ros, operation_id)
    assert read(ros, operation_id)["Status"] == status
    assert control.get(f"operations/{operation_id}")["stop_accepted_at"] is None
    control.settings(ros_stop_of_finished="InvalidParameter")
    assert ros.code("StopStackGroupOperation", OperationId=operation_id) == ("InvalidParameter", 400)
    stop(ros, create(control))


def test_an_unknown_status_survives_a_stop(ros, control):
    operation_id = create(control, status="PREPARING")
    stop(ros, operation_id)
    control.advance(100)
    assert course(control, ros, operation_id) == [("PREPARING", {"RUNNING": 1})]


def test_finish_first(ros, control):
    operation_id = create(control, accounts=["1", "2"])
    control.fault("finish_first")
    stop(ros, operation_id)
    assert course(control, ros, operation_id) == [("SUCCEEDED", {"SUCCEEDED": 2})]
    assert control.get(f"operations/{operation_id}")["stop_accepted_at"] is None


def test_stale_reads(ros, control):
    operation_id = create(control, age=60, accounts=["1", "2"], status="RUNNING", stopping_seconds=0)
    stop(ros, operation_id)
    control.fault("stale_reads", seconds=5, times=2)
    assert course(control, ros, operation_id, 0) == [
        ("RUNNING", {"RUNNING": 1}),
        ("STOPPED", {"SUCCEEDED": 1, "STOPPED": 1}),
    ]
    control.fault("stale_reads", seconds=5)
    new = create(control)
    assert ros.code("GetStackGroupOperation", OperationId=new) == ("StackGroupOperationNotFound", 404)


@pytest.mark.parametrize(
    "action", ["StopStackGroupOperation", "GetStackGroupOperation", "ListStackGroupOperationResults"]
)
def test_target_refusals(ros, control, action):
    operation_id = create(control)
    for parameters, expected in (
        ({"OperationId": UNKNOWN}, ("StackGroupOperationNotFound", 404)),
        ({"OperationId": operation_id, "RegionId": "cn-beijing"}, ("StackGroupOperationNotFound", 404)),
        ({"OperationId": ""}, ("MissingParameter", 400)),
        ({"OperationId": operation_id, "RegionId": ""}, ("MissingParameter", 400)),
        ({"OperationId": operation_id, "ClientToken": "x"}, ("UnsupportedParameter", 400)),
    ):
        assert ros.code(action, **parameters) == expected
    assert read(ros, operation_id)["Status"] == "RUNNING"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InvalidParameter", 400),
        ("StackGroupOperationNotFound", 404),
        ("StackGroupNotFound", 404),
        ("StackGroupOperationInProgress", 409),
        ("MissingParameter", 400),
        ("MultipleParameter", 400),
        ("Invalid", 400),
        ("InvalidValue", 400),
        ("InvalidIdempotenceParameter", 400),
        ("MismatchNextToken", 400),
        ("NotSupported", 400),
        ("LastTokenProcessing", 400),
        ("RequestLimitExceeded", 400),
        ("AssumeRoleFailure", 400),
        ("UnknownError", 400),
        ("Forbidden", 403),
        ("InternalError", 500),
        ("ServiceUnavailable", 503),
        ("Throttling", 400),
        ("Throttling.User", 400),
    ],
)
def test_every_code_by_order(ros, control, code, status):
    control.fault("error", code=code, action="StopStackGroupOperation")
    assert ros.code("StopStackGroupOperation", OperationId=create(control)) == (code, status)


def test_denied(ros):
    response = ros.v3("ListStackGroups", {"RegionId": "cn-hangzhou"}, key="denied")
    assert (response.json()["Code"], response.status_code) == ("Forbidden", 403)
    assert response.json()["AccessDeniedDetail"]["AuthAction"] == "ros:ListStackGroups"


# Paging


def test_paging_of_operations(ros, control):
    created = [create(control, group="g", status="SUCCEEDED") for _number in range(12)]
    seen = []
    for number, count in ((1, 10), (2, 2), (3, 0)):
        answer = ros.ok("ListStackGroupOperations", StackGroupName="g", PageNumber=number)
        assert (answer["PageNumber"], answer["PageSize"], answer["TotalCount"]) == (number, 10, 12)
        assert len(answer["StackGroupOperations"]) == count
        seen += [each["OperationId"] for each in answer["StackGroupOperations"]]
    assert seen == created[::-1]
    assert ros.code("ListStackGroupOperations", StackGroupName="other") == ("StackGroupNotFound", 404)
    assert ros.code("ListStackGroupOperations") == ("MissingParameter", 400)


def test_paging_of_results(ros, control):
    accounts = [f"{number}" for number in range(60)]
    operation_id = create(control, accounts=accounts, status="SUCCEEDED")
    seen = []
    for number, count in ((1, 50), (2, 10)):
        page = results(ros, operation_id, PageNumber=number)
        assert len(page) == count
        seen += page
    assert [account for account, _region, _status in seen] == accounts
    assert len(results(ros, operation_id, PageSize=7)) == 7


@pytest.mark.parametrize("parameters", [{"PageSize": 0}, {"PageSize": 51}, {"PageNumber": 0}, {"PageSize": "x"}])
def test_paging_refusals(ros, control, parameters):
    operation_id = create(control, group="g")
    for action, target in (
        ("ListStackGroupOperations", {"StackGroupName": "g"}),
        ("ListStackGroupOperationResults", {"OperationId": operation_id}),
    ):
        assert ros.code(action, **target, **parameters) == ("InvalidParameter", 400)


def test_truth(control):
    operation_id = create(control, group="mine", accounts=["1", "2"], regions=["a"], action="DELETE", age=5)
    seen = control.get(f"operations/{operation_id}")
    assert {
        "kind": KIND,
        "name": "mine",
        "group": "mine",
        "action": "DELETE",
        "status": "RUNNING",
        "pairs": [
            {"account": "1", "region": "a", "status": "RUNNING"},
            {"account": "2", "region": "a", "status": None},
        ],
    }.items() <= seen.items()
