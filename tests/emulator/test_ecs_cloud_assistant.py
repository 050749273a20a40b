# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ECS Cloud Assistant: parameters, limits, paging, filters, error codes."""

from __future__ import annotations

import base64
import itertools

import pytest

RUN = {"Type": "RunShellScript", "CommandContent": "sleep 1000"}


def ids(count, name="InstanceId"):
    return {f"{name}.{number}": f"i-{number:04}" for number in range(1, count + 1)}


def invocations(alibaba, **parameters):
    return alibaba.ok("DescribeInvocations", **parameters)["Invocations"]["Invocation"]


def results(alibaba, **parameters):
    answer = alibaba.ok("DescribeInvocationResults", **parameters)
    return answer["Invocation"]["InvocationResults"]["InvocationResult"]


def error(alibaba, action, **parameters):
    response = alibaba.v3(action, {"RegionId": "cn-hangzhou", **parameters})
    return response.json().get("Code"), response.status_code


# RunCommand


def test_run_command_and_read_it_back(alibaba):
    started = alibaba.ok("RunCommand", **RUN, **ids(3), Name="backup", Timeout=600)
    assert set(started) == {"RequestId", "InvokeId", "CommandId"}
    (seen,) = invocations(alibaba, InvokeId=started["InvokeId"])
    assert seen["CommandName"] == "backup"
    assert seen["CommandId"] == started["CommandId"]
    assert base64.b64decode(seen["CommandContent"]).decode() == "sleep 1000"
    assert (seen["RepeatMode"], seen["Timed"], seen["Timeout"]) == ("Once", False, 600)
    assert (seen["InvocationStatus"], seen["InvokeStatus"]) == ("Running", "Running")
    embedded = seen["InvokeInstances"]["InvokeInstance"]
    assert [each["InstanceId"] for each in embedded] == ["i-0001", "i-0002", "i-0003"]
    assert {"FinishTime", "StartTime", "StopTime", "UpdateTime", "CreationTime", "Repeats"} <= set(embedded[0])


def test_run_command_base64(alibaba):
    content = base64.b64encode("echo 测试".encode()).decode()
    run = {**RUN, "CommandContent": content, "ContentEncoding": "Base64"}
    invoke_id = alibaba.ok("RunCommand", **run, **ids(1))["InvokeId"]
    (seen,) = invocations(alibaba, InvokeId=invoke_id, ContentEncoding="PlainText")
    assert seen["CommandContent"] == "echo 测试"
    assert error(alibaba, "RunCommand", **{**run, "CommandContent": "%"}, **ids(1))[0] == (
        "InvalidParameter.CommandContent"
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Type": None}, "MissingParameter.Type"),
        ({"CommandContent": None}, "MissingParameter.CommandContent"),
        ({"Type": "RunPythonScript"}, "InvalidParameter.Type"),
        ({"Timeout": 9}, "InvalidParameter.Timeout"),
        ({"Timeout": "long"}, "InvalidParameter.Timeout"),
        ({"RepeatMode": "Twice"}, "InvalidParameter.RepeatMode"),
        ({"RepeatMode": "Period"}, "MissingParameter.Frequency"),
        ({"Timed": "true"}, "MissingParameter.Frequency"),
        ({"Timed": "perhaps"}, "InvalidParameter.Timed"),
        ({"Frequency": "rate(1s)"}, "InvalidParameter.Frequency"),
        ({"Frequency": "now and then"}, "InvalidParameter.Frequency"),
        ({"Timout": 60}, "UnsupportedParameter"),
        ({"Tag.1.Key": "acs:x"}, "InvalidTagKey.Malformed"),
    ],
)
def test_run_command_refusals(alibaba, changes, code):
    wanted = {**RUN, **ids(1), **changes}
    wanted = {name: value for name, value in wanted.items() if value is not None}
    assert error(alibaba, "RunCommand", **wanted) == (code, 400)


def test_run_command_quota(alibaba, control):
    alibaba.ok("RunCommand", **RUN, **ids(100))
    assert error(alibaba, "RunCommand", **RUN, **ids(101)) == ("InstanceIds.ExceedLimit", 403)
    assert error(alibaba, "RunCommand", **RUN) == ("MissingParameter.InstanceId", 400)
    control.settings(instances_per_run=230)
    alibaba.ok("RunCommand", **RUN, **ids(230))


def test_dry_run_starts_nothing(alibaba):
    assert set(alibaba.ok("RunCommand", **RUN, **ids(1), RepeatMode="DryRun")) == {"RequestId"}
    assert invocations(alibaba) == []


# StopInvocation: the codes of its table


@pytest.fixture
def target(control):
    return control.create("alibaba", count=120, status="Pending")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"InvokeId": "t-unknown"}, ("InvalidInvokeId.NotFound", 404)),
        ({"InvokeId": "inv-00000000"}, ("InvalidInvokeId.NotFound", 404)),
        ({"RegionId": "cn-beijing"}, ("InvalidInvokeId.NotFound", 404)),
        ({"RegionId": "cn-nowhere"}, ("InvalidRegionId.NotFound", 404)),
        ({"RegionId": "cn-edge-1"}, ("RegionId.ApiNotSupported", 400)),
        ({"RegionId": ""}, ("MissingParameter.RegionId", 400)),
        ({"InvokeId": ""}, ("MissingParameter.InvokeId", 400)),
        ({"InstanceId.1": ""}, ("MissingParameter.InstanceId", 400)),
        ({"InstanceId.1": "i-foreign"}, ("InvalidInstanceId.NotFound", 404)),
        ({"InstanceId.2": "i-foreign"}, ("InvalidParameter.InstanceId", 400)),
        ({"InstanceId.0": "i-foreign"}, ("InvalidParameter.InstanceId", 400)),
        ({"InstanceId": "i-foreign"}, ("UnsupportedParameter", 400)),
        ({"InstanceIds": '["i-foreign"]'}, ("UnsupportedParameter", 400)),
        (ids(51), ("InstanceIds.ExceedLimit", 403)),
    ],
)
def test_stop_refusals_stop_nothing(alibaba, control, target, parameters, expected):
    assert error(alibaba, "StopInvocation", **{"InvokeId": target["id"], **parameters}) == expected
    assert set(control.statuses(target["id"]).values()) == {"Pending"}


@pytest.mark.parametrize(
    ("code", "status"),
    [("Operation.Forbidden", 403), ("InternalError.Dispatch", 500), ("InvalidInstance.NoClient", 400)],
)
def test_stop_refusals_by_order(alibaba, control, target, code, status):
    control.fault("error", action="StopInvocation", code=code)
    assert error(alibaba, "StopInvocation", InvokeId=target["id"]) == (code, status)
    assert set(control.statuses(target["id"]).values()) == {"Pending"}
    assert set(alibaba.ok("StopInvocation", InvokeId=target["id"])) == {"RequestId"}


def test_stop_one_foreign_instance_stops_nothing(alibaba, control, target):
    parameters = {"InstanceId.1": target["instance_ids"][0], "InstanceId.2": "i-foreign"}
    assert error(alibaba, "StopInvocation", InvokeId=target["id"], **parameters)[0] == "InvalidInstanceId.NotFound"
    assert set(control.statuses(target["id"]).values()) == {"Pending"}


def test_stop_fifty_of_many(alibaba, control, target):
    control.settings(stopping_seconds=0)
    named = {f"InstanceId.{n}": each for n, each in enumerate(target["instance_ids"][:50], 1)}
    alibaba.ok("StopInvocation", InvokeId=target["id"], **named)
    seen = control.get(f"operations/{target['id']}")["instances"]
    assert [each["stop_accepted_at"] is not None for each in seen] == [True] * 50 + [False] * 70
    assert control.get("requests")[-1]["ids"] == 50


def test_stop_of_what_has_ended(alibaba, control):
    target = control.create("alibaba", count=2, status="Success")
    alibaba.ok("StopInvocation", InvokeId=target["id"])
    assert set(control.statuses(target["id"]).values()) == {"Success"}
    control.settings(stop_of_finished="forbidden")
    assert error(alibaba, "StopInvocation", InvokeId=target["id"]) == ("Operation.Forbidden", 403)
    running = control.create("alibaba", count=2, status="Running")
    alibaba.ok("StopInvocation", InvokeId=running["id"])


# Reading


def test_unknown_id(alibaba, control):
    assert invocations(alibaba, InvokeId="t-unknown") == []
    assert results(alibaba, InvokeId="t-unknown") == []
    control.settings(unknown_id="error")
    assert error(alibaba, "DescribeInvocations", InvokeId="t-unknown") == ("InvalidInvokeId.NotFound", 404)
    assert error(alibaba, "DescribeInvocationResults", InvokeId="t-unknown") == ("InvalidInvokeId.NotFound", 404)


def test_only_its_region(alibaba, control):
    target = control.create("alibaba", region="cn-beijing", count=1)
    assert invocations(alibaba, InvokeId=target["id"]) == []
    (seen,) = invocations(alibaba, InvokeId=target["id"], RegionId="cn-beijing")
    assert seen["InvokeId"] == target["id"]


def pages(alibaba, action, **parameters):
    while True:
        answer = alibaba.ok(action, **parameters)
        inner = answer.get("Invocation", answer)
        if action == "DescribeInvocationResults":
            assert not {"NextToken", "TotalCount"} & set(answer)
            yield [each["InstanceId"] for each in inner["InvocationResults"]["InvocationResult"]]
        else:
            yield [each["InvokeId"] for each in inner["Invocations"]["Invocation"]]
        if not inner["NextToken"]:
            return
        parameters["NextToken"] = inner["NextToken"]


def test_token_paging_of_invocations(alibaba, control):
    created = [control.create("alibaba", count=1)["id"] for _ in range(23)]
    seen = list(pages(alibaba, "DescribeInvocations", MaxResults=10))
    assert [len(page) for page in seen] == [10, 10, 3]
    assert list(itertools.chain(*seen)) == created[::-1]
    assert [len(page) for page in pages(alibaba, "DescribeInvocations")] == [10, 10, 3]


def test_what_is_new_shifts_no_page(alibaba, control):
    created = [control.create("alibaba", count=1)["id"] for _ in range(6)]
    seen = []
    for page in pages(alibaba, "DescribeInvocations", MaxResults=2):
        seen += page
        control.create("alibaba", count=1)
    assert seen == created[::-1]


def test_token_paging_of_results(alibaba, control):
    target = control.create("alibaba", count=105)
    control.create("alibaba", count=5)
    seen = list(pages(alibaba, "DescribeInvocationResults", InvokeId=target["id"], MaxResults=50))
    assert [len(page) for page in seen] == [50, 50, 5]
    assert list(itertools.chain(*seen)) == target["instance_ids"]


def test_total_means_nothing_with_tokens(alibaba, control):
    control.create("alibaba", count=1)
    assert alibaba.ok("DescribeInvocations", MaxResults=5)["TotalCount"] == 0


def test_paging_by_number(alibaba, control):
    target = control.create("alibaba", count=25)
    seen = []
    for number in (1, 2, 3, 4):
        answer = alibaba.ok("DescribeInvocationResults", InvokeId=target["id"], PageNumber=number, PageSize=10)
        inner = answer["Invocation"]
        assert (inner["PageNumber"], inner["PageSize"], inner["TotalCount"]) == (number, 10, 25)
        seen += [each["InstanceId"] for each in inner["InvocationResults"]["InvocationResult"]]
    assert seen == target["instance_ids"]


@pytest.mark.parametrize("action", ["DescribeInvocations", "DescribeInvocationResults"])
@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"MaxResults": 51}, "InvalidParameter.MaxResults"),
        ({"MaxResults": 0}, "InvalidParameter.MaxResults"),
        ({"MaxResults": "many"}, "InvalidParameter.MaxResults"),
        ({"NextToken": "nonsense"}, "InvalidParameter.NextToken"),
        ({"NextToken": "eyJ4IjogMX0"}, "InvalidParameter.NextToken"),
        ({"PageNumber": 0}, "InvalidParam.PageNumber"),
        ({"PageNumber": "x"}, "InvalidParam.PageNumber"),
        ({"PageSize": 51}, "InvalidParam.PageSize"),
        ({"Tag.1.Value": "x"}, "MissingParameter.TagKey"),
        ({"Tag.1.Key": "acs:x"}, "InvalidTagKey.Malformed"),
        ({"Tag.1.Key": "x", "Tag.1.Value": "v" * 129}, "InvalidTagValue.Malformed"),
        ({"Tag.1.Key": "x", "Tag.2.Key": "x"}, "Duplicate.TagKey"),
        ({f"Tag.{n}.Key": f"k{n}" for n in range(1, 22)}, "NumberExceed.Tags"),
        ({"InstanceId.1": "i-0001"}, "UnsupportedParameter"),
    ],
)
def test_reading_refusals(alibaba, action, parameters, code):
    assert error(alibaba, action, **parameters) == (code, 400)


def test_filters(alibaba, control):
    run = {**RUN, "Name": "one", "ResourceGroupId": "rg-1", "Tag.1.Key": "team", "Tag.1.Value": "red"}
    one = alibaba.ok("RunCommand", **run, **ids(2))
    two = alibaba.ok("RunCommand", **{**RUN, "Type": "RunBatScript", "Name": "two"}, **{"InstanceId.1": "i-0002"})
    done = control.create("alibaba", instances=["i-0002", {"instance_id": "i-9", "status": "Failed"}], status="Success")
    timer = control.create("alibaba", count=1, frequency="rate(5m)")
    everything = [timer["id"], done["id"], two["InvokeId"], one["InvokeId"]]

    def found(**parameters):
        return [everything.index(each["InvokeId"]) for each in invocations(alibaba, **parameters)]

    assert found() == [0, 1, 2, 3]
    assert found(CommandId=one["CommandId"]) == [3]
    assert found(CommandName="two") == [2]
    assert found(CommandType="RunBatScript") == [2]
    assert found(InstanceId="i-0002") == [1, 2, 3]
    assert found(InstanceId="i-0002", CommandName="nothing") == [1, 2, 3]  # ignored, as documented
    assert found(InvokeStatus="Running") == [2, 3]
    assert found(InvokeStatus="Scheduled") == [0]
    assert found(InvokeStatus="PartialFailed") == [1]
    assert found(InvokeStatus="PartialFailed", InstanceId="i-0001") == [3]  # ignored, as documented
    assert found(InvokeStatus="Stopped") == []
    assert found(RepeatMode="Period") == [0]
    assert found(Timed="true") == [0]
    assert found(Timed="False") == [1, 2, 3]
    assert found(ResourceGroupId="rg-1") == [3]
    assert found(**{"Tag.1.Key": "team", "Tag.1.Value": "red"}) == [3]
    assert found(**{"Tag.1.Key": "team", "Tag.1.Value": "blue"}) == []
    control.settings(timed_default="false")
    assert found() == [1, 2, 3]
    assert found(Timed="true") == [0]


def test_filter_finished(alibaba, control):
    done = control.create("alibaba", count=2, status="Success")
    control.create("alibaba", count=2, status="Running")
    assert [each["InvokeId"] for each in invocations(alibaba, InvokeStatus="Finished")] == [done["id"]]
    (seen,) = invocations(alibaba, InvokeStatus="Success")
    assert (seen["InvocationStatus"], seen["InvokeStatus"]) == ("Success", "Finished")


def test_results(alibaba, control):
    target = control.create(
        "alibaba",
        instances=[
            {"instance_id": "i-1", "status": "Failed", "exit_code": 3},
            {"instance_id": "i-2", "status": "Success"},
            {"instance_id": "i-3", "status": "Running"},
        ],
    )
    failed, done, running = results(alibaba, InvokeId=target["id"])
    assert (failed["InvocationStatus"], failed["ExitCode"], failed["ErrorCode"]) == ("Failed", 3, "ExitCodeNonzero")
    assert (done["InvocationStatus"], done["ExitCode"], done["InvokeRecordStatus"]) == ("Success", 0, "Finished")
    assert "ExitCode" not in running and running["FinishedTime"] == ""
    assert base64.b64decode(done["Output"]) == b"done\n"
    assert "FinishTime" not in done
    assert [each["InstanceId"] for each in results(alibaba, InstanceId="i-2")] == ["i-2"]
    assert [each["InstanceId"] for each in results(alibaba, InvokeRecordStatus="Failed")] == ["i-1"]
    assert [each["InstanceId"] for each in results(alibaba, InvokeRecordStatus="Finished")] == ["i-2"]
    assert results(alibaba, CommandId="c-other") == []


def test_output_is_asked_for(alibaba, control):
    target = control.create("alibaba", count=1, status="Success")

    def output(**parameters):
        (seen,) = invocations(alibaba, **parameters)
        return seen["InvokeInstances"]["InvokeInstance"][0]["Output"]

    assert output() == ""
    assert output(InvokeId=target["id"], IncludeOutput="true", ContentEncoding="PlainText") == "done\n"
    assert error(alibaba, "DescribeInvocations", IncludeOutput="true") == ("MissingParameter.InvokeId", 400)


def test_settings_shape_the_answer(alibaba, control):
    control.create("alibaba", count=12, status="Running")
    control.settings(embedded_instances=5, nullable=True)
    answer = alibaba.ok("DescribeInvocations")
    assert "NextToken" not in answer
    (seen,) = answer["Invocations"]["Invocation"]
    assert len(seen["InvokeInstances"]["InvokeInstance"]) == 5
    assert not {"StopTime", "FinishTime", "ErrorCode"} & set(seen["InvokeInstances"]["InvokeInstance"][0])
    assert "Tags" not in seen and seen["Timed"] is False


def test_unknown_statuses(alibaba, control):
    target = control.create("alibaba", count=1, status="Preparing", overall_status="Unheard")
    (seen,) = invocations(alibaba)
    assert seen["InvocationStatus"] == "Unheard"
    assert seen["InvokeInstances"]["InvokeInstance"][0]["InvocationStatus"] == "Preparing"
    alibaba.ok("StopInvocation", InvokeId=target["id"])
    assert control.statuses(target["id"]) == {target["instance_ids"][0]: "Preparing"}


def test_ten_thousand_instances(alibaba, control):
    target = control.create("alibaba", count=10_000, status="Running")
    (seen,) = invocations(alibaba, InvokeId=target["id"])
    assert len(seen["InvokeInstances"]["InvokeInstance"]) == 10_000
    assert len(results(alibaba, InvokeId=target["id"], MaxResults=50)) == 50
