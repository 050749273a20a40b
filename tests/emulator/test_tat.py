# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAT: parameters, limits, paging, filters, error codes."""

from __future__ import annotations

import pytest

RUN = {"Content": "c2xlZXAgMTAwMA==", "Timeout": 600}


@pytest.fixture(autouse=True)
def no_limit(control):
    control.settings(rate_limit=0)


def names(count):
    return [f"ins-{number:08}" for number in range(count)]


def test_run_command_and_read_it_back(tencent):
    started = tencent.ok("RunCommand", **RUN, InstanceIds=names(3), CommandName="backup")
    assert set(started) == {"RequestId", "InvocationId", "CommandId"}
    answer = tencent.ok("DescribeInvocations", InvocationIds=[started["InvocationId"]])
    assert answer["TotalCount"] == 1
    (seen,) = answer["InvocationSet"]
    assert seen["InvocationStatus"] == "RUNNING"
    assert (seen["CommandName"], seen["CommandContent"], seen["Timeout"]) == ("backup", RUN["Content"], 600)
    assert (seen["InvocationSource"], seen["InstanceKind"]) == ("USER", "CVM")
    basic = seen["InvocationTaskBasicInfoSet"]
    assert [each["InstanceId"] for each in basic] == names(3)
    tasks = tencent.ok("DescribeInvocationTasks", InvocationTaskIds=[basic[1]["InvocationTaskId"]])
    (task,) = tasks["InvocationTaskSet"]
    assert (task["InstanceId"], task["TaskStatus"]) == (names(3)[1], "RUNNING")
    assert task["InvocationSource"] == "user"
    assert task["CommandDocument"]["Content"] == RUN["Content"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Content": None}, "MissingParameter"),
        ({"InstanceIds": None}, "MissingParameter"),
        ({"InstanceIds": []}, "MissingParameter"),
        ({"InstanceIds": names(201)}, "InvalidParameterValue.LimitExceeded"),
        ({"InstanceIds": ["i-1"]}, "InvalidParameterValue.InvalidInstanceId"),
        ({"Timeout": 0}, "InvalidParameterValue.Range"),
        ({"Timeout": "60"}, "InvalidParameter"),
        ({"Content": "%"}, "InvalidParameterValue"),
        ({"Name": "x"}, "UnknownParameter"),
    ],
)
def test_run_command_refusals(tencent, changes, code):
    assert tencent.code("RunCommand", {**RUN, "InstanceIds": names(1), **changes}) == code


def test_run_command_quota(tencent, control):
    tencent.ok("RunCommand", **RUN, InstanceIds=names(200))
    control.settings(instances_per_run=450)
    tencent.ok("RunCommand", **RUN, InstanceIds=names(450))


# CancelInvocation: the codes of its table


@pytest.fixture
def target(control):
    return control.create("tencent", count=120, status="PENDING")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"InvocationId": "inv-zzzzzzzz"}, "ResourceNotFound.InvocationNotFound"),
        ({"InvocationId": "t-hz0000000001"}, "InvalidParameterValue.InvalidInvocationId"),
        ({"InvocationId": "inv-1"}, "InvalidParameterValue.InvalidInvocationId"),
        ({"InvocationId": "inv-" + "a" * 90}, "InvalidParameterValue.TooLong"),
        ({"InvocationId": ""}, "MissingParameter"),
        ({"InvocationId": None}, "MissingParameter"),
        ({"InvocationId": ["inv-zzzzzzzz"]}, "InvalidParameter"),
        ({"InstanceIds": "ins-00000000"}, "InvalidParameter"),
        ({"InstanceIds": names(101)}, "InvalidParameterValue.LimitExceeded"),
        ({"InstanceIds": ["i-1"]}, "InvalidParameterValue.InvalidInstanceId"),
        ({"InstanceIds": ["ins-foreign"]}, "InvalidParameterValue.InstanceIsNotRelatedToInvocation"),
        ({"InstanceId": "ins-foreign"}, "UnknownParameter"),
    ],
)
def test_cancel_refusals_cancel_nothing(tencent, control, target, parameters, code):
    assert tencent.code("CancelInvocation", {"InvocationId": target["id"], **parameters}) == code
    assert set(control.statuses(target["id"]).values()) == {"PENDING"}


@pytest.mark.parametrize(
    "code",
    [
        "InternalError",
        "InvalidParameter",
        "InvalidParameterValue",
        "LimitExceeded",
        "UnauthorizedOperation.CamAuthFailed",
        "UnauthorizedOperation.InvalidToken",
        "UnauthorizedOperation.MFAExpired",
        "UnauthorizedOperation.MFANotFound",
        "RequestLimitExceeded.UinLimitExceeded",
    ],
)
def test_cancel_refusals_by_order(tencent, control, target, code):
    control.fault("error", action="CancelInvocation", code=code)
    assert tencent.code("CancelInvocation", {"InvocationId": target["id"]}) == code
    assert set(control.statuses(target["id"]).values()) == {"PENDING"}
    assert tencent.code("CancelInvocation", {"InvocationId": target["id"]}) == ""


def test_another_region_has_another_invocation(tencent, target):
    region = {"x-tc-region": "ap-singapore"}
    wanted = {"InvocationId": target["id"]}
    assert tencent.code("CancelInvocation", wanted, headers=region) == "ResourceNotFound.InvocationNotFound"
    answer = tencent.send("DescribeInvocations", {"InvocationIds": [target["id"]]}, headers=region).json()
    assert answer["Response"]["InvocationSet"] == []


def test_one_foreign_instance_cancels_nothing(tencent, control, target):
    wanted = {"InvocationId": target["id"], "InstanceIds": [*target["instance_ids"][:2], "ins-foreign"]}
    assert tencent.code("CancelInvocation", wanted) == "InvalidParameterValue.InstanceIsNotRelatedToInvocation"
    assert set(control.statuses(target["id"]).values()) == {"PENDING"}


def test_cancel_a_hundred_of_many(tencent, control, target):
    tencent.ok("CancelInvocation", InvocationId=target["id"], InstanceIds=target["instance_ids"][:100])
    seen = control.get(f"operations/{target['id']}")["instances"]
    assert [each["stop_accepted_at"] is not None for each in seen] == [True] * 100 + [False] * 20
    assert control.get("requests")[-1]["ids"] == 100


@pytest.mark.parametrize("named", [{}, {"InstanceIds": []}, {"InstanceIds": None}])
def test_nobody_named_is_everybody(tencent, control, target, named):
    assert set(tencent.ok("CancelInvocation", InvocationId=target["id"], **named)) == {"RequestId"}
    seen = control.get(f"operations/{target['id']}")["instances"]
    assert all(each["stop_accepted_at"] for each in seen)


def test_cancel_of_what_has_ended(tencent, control):
    target = control.create("tencent", count=2, status="SUCCESS")
    tencent.ok("CancelInvocation", InvocationId=target["id"])
    assert set(control.statuses(target["id"]).values()) == {"SUCCESS"}


# Reading


def test_unknown_id(tencent, control):
    assert tencent.ok("DescribeInvocations", InvocationIds=["inv-zzzzzzzz"])["InvocationSet"] == []
    by_filter = [{"Name": "invocation-id", "Values": ["inv-zzzzzzzz"]}]
    assert tencent.ok("DescribeInvocationTasks", Filters=by_filter)["InvocationTaskSet"] == []
    control.settings(unknown_id="error")
    code = "ResourceNotFound.InvocationNotFound"
    assert tencent.code("DescribeInvocations", {"InvocationIds": ["inv-zzzzzzzz"]}) == code
    assert tencent.code("DescribeInvocationTasks", {"Filters": by_filter}) == code


def test_paging(tencent, control):
    created = [control.create("tencent", count=1)["id"] for _ in range(23)]
    first = tencent.ok("DescribeInvocations")
    assert (first["TotalCount"], len(first["InvocationSet"])) == (23, 20)
    rest = tencent.ok("DescribeInvocations", Offset=20, Limit=100)
    seen = [each["InvocationId"] for each in first["InvocationSet"] + rest["InvocationSet"]]
    assert seen == created[::-1]
    assert tencent.ok("DescribeInvocations", Offset=23)["InvocationSet"] == []


def test_paging_of_tasks(tencent, control):
    target = control.create("tencent", count=250)
    seen = []
    for offset in (0, 100, 200, 300):
        answer = tencent.ok(
            "DescribeInvocationTasks",
            Filters=[{"Name": "invocation-id", "Values": [target["id"]]}],
            Limit=100,
            Offset=offset,
        )
        assert answer["TotalCount"] == 250
        seen += [each["InstanceId"] for each in answer["InvocationTaskSet"]]
    assert seen == target["instance_ids"]


@pytest.mark.parametrize(
    ("parameters", "of_invocations", "of_tasks"),
    [
        ({"Limit": 0}, "InvalidParameterValue.LimitExceeded", "InvalidParameterValue"),
        ({"Limit": 101}, "InvalidParameterValue.LimitExceeded", "InvalidParameterValue"),
        ({"Offset": -1}, "InvalidParameterValue.LimitExceeded", "InvalidParameterValue"),
        (
            {"Filters": [{"Name": "command-id", "Values": ["cmd-1"] * 6}]},
            "LimitExceeded.FilterValueExceeded",
            "InvalidParameterValue.InvalidFilter",
        ),
        (
            {"Filters": [{"Name": "command-id", "Values": ["cmd-1"]}] * 11},
            "InvalidParameterValue.LimitExceeded",
            "InvalidParameterValue",
        ),
        *(
            ({"Filters": [{"Name": name, "Values": values}]}, code, code)
            for name, values, code in (
                ("status", ["RUNNING"], "InvalidParameterValue.InvalidFilter"),
                ("command-id", [], "InvalidParameterValue.InvalidFilter"),
                ("command-id", ["x"], "InvalidParameterValue.InvalidCommandId"),
                ("invocation-id", ["x"], "InvalidParameterValue.InvalidInvocationId"),
            )
        ),
    ],
)
def test_reading_refusals(tencent, parameters, of_invocations, of_tasks):
    assert tencent.code("DescribeInvocations", parameters) == of_invocations
    assert tencent.code("DescribeInvocationTasks", parameters) == of_tasks


@pytest.mark.parametrize(
    ("action", "parameters", "code"),
    [
        ("DescribeInvocations", {"InvocationIds": ["x"]}, "InvalidParameterValue.InvalidInvocationId"),
        ("DescribeInvocations", {"InvocationIds": ["inv-00000000"] * 101}, "InvalidParameterValue.LimitExceeded"),
        ("DescribeInvocationTasks", {"InvocationTaskIds": ["x"]}, "InvalidParameterValue.InvalidInvocationTaskId"),
        (
            "DescribeInvocationTasks",
            {"Filters": [{"Name": "instance-id", "Values": ["i-1"]}]},
            "InvalidParameterValue.InvalidInstanceId",
        ),
        (
            "DescribeInvocations",
            {"InvocationIds": ["inv-00000000"], "Filters": [{"Name": "command-id", "Values": ["cmd-1"]}]},
            "InvalidParameter.ConflictParameter",
        ),
        (
            "DescribeInvocationTasks",
            {"InvocationTaskIds": ["invt-00000000"], "Filters": [{"Name": "command-id", "Values": ["cmd-1"]}]},
            "InvalidParameter.ConflictParameter",
        ),
        (
            "DescribeInvocations",
            {"Filters": [{"Name": "instance-id", "Values": ["ins-1"]}]},
            "InvalidParameterValue.InvalidFilter",
        ),
    ],
)
def test_more_reading_refusals(tencent, action, parameters, code):
    assert tencent.code(action, parameters) == code


def test_filters(tencent, control):
    one = control.create("tencent", instances=["ins-a", "ins-b"], command_id="cmd-one")
    two = control.create("tencent", instances=["lhins-c"], command_id="cmd-two")
    three = control.create("tencent", instances=["ins-b"], command_id="cmd-one", source="INVOKER")
    everything = [three["id"], two["id"], one["id"]]

    def found(name, *values):
        answer = tencent.ok("DescribeInvocations", Filters=[{"Name": name, "Values": list(values)}])
        return [everything.index(each["InvocationId"]) for each in answer["InvocationSet"]]

    def tasks(name, *values):
        answer = tencent.ok("DescribeInvocationTasks", Filters=[{"Name": name, "Values": list(values)}])
        return [(everything.index(each["InvocationId"]), each["InstanceId"]) for each in answer["InvocationTaskSet"]]

    assert found("command-id", "cmd-one") == [0, 2]
    assert found("command-id", "cmd-one", "cmd-two") == [0, 1, 2]
    assert found("invocation-id", two["id"]) == [1]
    assert found("instance-kind", "LIGHTHOUSE") == [1]
    assert found("command-created-by", "USER") == [0, 1, 2]
    assert found("command-created-by", "TAT") == []
    assert tasks("instance-id", "ins-b") == [(0, "ins-b"), (2, "ins-b")]
    assert tasks("command-id", "cmd-two") == [(1, "lhins-c")]


def test_output_is_hidden(tencent, control):
    control.create("tencent", count=1, status="SUCCESS")
    (hidden,) = tencent.ok("DescribeInvocationTasks")["InvocationTaskSet"]
    (shown,) = tencent.ok("DescribeInvocationTasks", HideOutput=False)["InvocationTaskSet"]
    assert (hidden["TaskResult"]["Output"], shown["TaskResult"]["Output"]) == ("", "ZG9uZQo=")


def test_nullable_times(tencent, control):
    control.create("tencent", count=1, status="RUNNING")
    assert tencent.ok("DescribeInvocations")["InvocationSet"][0]["EndTime"] == ""
    control.settings(nullable=True)
    assert tencent.ok("DescribeInvocations")["InvocationSet"][0]["EndTime"] is None
    (task,) = tencent.ok("DescribeInvocationTasks")["InvocationTaskSet"]
    assert task["EndTime"] is None and task["TaskResult"]["ExecEndTime"] is None
    assert task["StartTime"].endswith("+00:00")


def test_embedded_list_can_be_cut(tencent, control):
    control.create("tencent", count=10)
    control.settings(embedded_instances=3)
    assert len(tencent.ok("DescribeInvocations")["InvocationSet"][0]["InvocationTaskBasicInfoSet"]) == 3


def test_ten_thousand_instances(tencent, control):
    target = control.create("tencent", count=10_000, status="RUNNING")
    (seen,) = tencent.ok("DescribeInvocations", InvocationIds=[target["id"]])["InvocationSet"]
    assert len(seen["InvocationTaskBasicInfoSet"]) == 10_000
