# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated Cloud Assistant of ECS: courses, parameters, limits, paging, filters, error codes."""

from __future__ import annotations

import base64
import itertools
from collections import Counter
from typing import Any

import pytest

from emulator.alibaba.ecs_cloud_assistant import overall_status

from ...support.control import refusals
from .emulated import RUN


def ids(count, name="InstanceId"):
    return {f"{name}.{number}": f"i-{number:04}" for number in range(1, count + 1)}


def invocations(alibaba, **parameters):
    return alibaba.ok("DescribeInvocations", **parameters)["Invocations"]["Invocation"]


def results(alibaba, **parameters):
    answer = alibaba.ok("DescribeInvocationResults", **parameters)
    return answer["Invocation"]["InvocationResults"]["InvocationResult"]


def stop(alibaba, invoke_id, *instance_ids):
    named = {f"InstanceId.{number}": each for number, each in enumerate(instance_ids, 1)}
    assert set(alibaba.ok("StopInvocation", InvokeId=invoke_id, **named)) == {"RequestId"}


# Courses

WAITS = {"status": "Pending"}
RUNS = {"status": "Running", "run_seconds": 60}
EACH_MINUTE = {"frequency": "rate(60s)", "run_seconds": 20}


@pytest.mark.parametrize(
    ("started_runs", "description", "course"),
    [
        ("go-on", {"timeout": 60, "run_seconds": 100}, "Running 59 Running 1 Failed/Timeout"),
        ("go-on", WAITS | {"stopping_seconds": 3}, "Pending stop Stopping 2.9 Stopping 0.1 Stopped/Cancelled"),
        ("go-on", RUNS, "Running 10 stop Running 59 Success"),
        ("end", RUNS | {"stopping_seconds": 2}, "Running stop Stopping 2 Stopped/Terminated 100 Stopped/Terminated"),
        # Schedules
        ("go-on", EACH_MINUTE, "Scheduled 59 Scheduled 1 Running 19 Running 1 Scheduled 40 Running"),
        ("go-on", EACH_MINUTE | {"status": "Running"}, "Running 20 Scheduled 40 Running"),
        (
            "go-on",
            EACH_MINUTE | {"run_seconds": 90},  # skips its successor
            "Scheduled 60 Running 60 Running 30 Scheduled 29 Scheduled 1 Running",
        ),
        ("go-on", EACH_MINUTE, "Scheduled stop Stopping 1 Stopped/Cancelled 1000 Stopped/Cancelled"),
        ("go-on", EACH_MINUTE, "Scheduled 65 stop Running 14 Running 1 Stopped/Terminated 1000 Stopped/Terminated"),
        ("go-on", EACH_MINUTE, "Scheduled 65 stop stop Running 14 Running 1 Stopped/Terminated"),
        ("end", EACH_MINUTE, "Scheduled 65 stop Stopping 1 Stopped/Terminated"),
        ("go-on", {"frequency": "at(2099-01-01 00:00:00)"}, "Scheduled 1000000 Scheduled"),
        ("go-on", {"frequency": "0 0 12 * * ?"}, "Scheduled 1000000 Scheduled"),
        ("go-on", {"frequency": "0 0 12 ? * WED 2099 Asia/Tokyo"}, "Scheduled 1000000 Scheduled"),
        # Agents that cannot be reached
        ("go-on", {"online": False}, "Pending 59 Pending 1 Failed/Aborted"),
        ("go-on", {"online": False} | WAITS, "Pending 60 Failed/Aborted"),
        ("go-on", {"online": False}, "Pending 30 stop Stopping 1 Stopped/Cancelled 1000 Stopped/Cancelled"),
    ],
)
def test_courses(alibaba, control, started_runs, description, course):
    control.settings(started_runs=started_runs, stopping_seconds=1)
    made = control.create("alibaba", count=1, **description)["id"]
    control.follow(made, course, stop=lambda: stop(alibaba, made))


def test_waiting_for_a_reboot(alibaba, control):
    made = alibaba.ok("RunCommand", **RUN, **ids(1), RepeatMode="EveryReboot")["InvokeId"]
    control.follow(made, "Scheduled 1000000 Scheduled")
    (seen,) = invocations(alibaba, Timed="true")
    assert seen["RepeatMode"] == "EveryReboot"


def test_clients_bring_the_time_limit(alibaba, control):
    control.follow(alibaba.ok("RunCommand", **RUN, **ids(1))["InvokeId"], "Running 59.9 Running 0.1 Failed/Timeout")


def test_times_that_are_shown(alibaba, control):
    waiting = control.create("alibaba", count=1, status="Pending")["id"]
    running = control.create("alibaba", count=1, status="Running", run_seconds=60)["id"]
    lost = control.create("alibaba", count=1, online=False)["id"]
    control.advance(10)
    stop(alibaba, waiting)
    stop(alibaba, running)
    control.advance(60)
    seen = [results(alibaba, InvokeId=each)[0] for each in (waiting, running, lost)]
    assert seen[0]["StopTime"] and not seen[0]["StartTime"] and seen[0]["FinishedTime"]
    assert seen[1]["StartTime"] < seen[1]["StopTime"] < seen[1]["FinishedTime"]
    assert (seen[2]["StopTime"], seen[2]["ErrorCode"]) == ("", "ClientNotRunning")


def test_a_schedule_and_its_history(alibaba, control):
    made = control.create("alibaba", count=1, exit_code=3, **EACH_MINUTE)["id"]

    def history():
        rows = results(alibaba, InvokeId=made, IncludeHistory="true")
        return [(each["Repeats"], each["InvocationStatus"]) for each in rows]

    assert history() == [(0, "Scheduled")]
    control.advance(60 * 3 + 5)
    assert history() == [(3, "Running"), (2, "Failed"), (1, "Failed")]
    (seen,) = invocations(alibaba)
    assert (seen["RepeatMode"], seen["Timed"], seen["Frequency"]) == ("Period", True, "rate(60s)")
    assert seen["InvokeInstances"]["InvokeInstance"][0]["Repeats"] == 3
    stop(alibaba, made)
    control.advance(100)
    assert history()[0] == (3, "Terminated")
    (seen,) = invocations(alibaba)
    assert (seen["Timed"], seen["InvokeStatus"]) == (False, "Stopped")


@pytest.mark.parametrize(
    ("words", "overall"),
    [
        ("Pending Running", "Running"),
        ("Pending Scheduled", "Pending"),
        ("Scheduled Success", "Scheduled"),
        ("Running Stopping", "Stopping"),
        ("Success Success", "Success"),
        ("Success Cancelled", "Success"),
        ("Success Failed Cancelled", "PartialFailed"),
        ("Failed Timeout Error Invalid Aborted", "Failed"),
        ("Failed Cancelled", "Failed"),
        ("Cancelled Terminated", "Stopped"),
        ("Brandnew Success", "Running"),
    ],
)
def test_overall_status(words, overall):
    assert overall_status(Counter(words.split())) == overall


# RunCommand, StopInvocation


def test_the_content_may_be_encoded(alibaba):
    run = {**RUN, "CommandContent": base64.b64encode("echo 测试".encode()).decode(), "ContentEncoding": "Base64"}
    invoke_id = alibaba.ok("RunCommand", **run, **ids(1))["InvokeId"]
    plain = invocations(alibaba, InvokeId=invoke_id, ContentEncoding="PlainText")[0]
    encoded = invocations(alibaba, InvokeId=invoke_id)[0]
    assert (plain["CommandContent"], encoded["CommandContent"]) == ("echo 测试", run["CommandContent"])


def test_run_command_quota(alibaba, control):
    assert alibaba.code("RunCommand", **RUN) == ("MissingParameter.InstanceId", 400)
    for limit in (100, 230):
        alibaba.ok("RunCommand", **RUN, **ids(limit))
        assert alibaba.code("RunCommand", **RUN, **ids(limit + 1)) == ("InstanceIds.ExceedLimit", 403)
        control.settings(instances_per_run=230)


def test_dry_run_starts_nothing(alibaba):
    assert set(alibaba.ok("RunCommand", **RUN, **ids(1), RepeatMode="DryRun")) == {"RequestId"}
    assert invocations(alibaba) == []


def test_stop_fifty_of_many(alibaba, control):
    target = control.create("alibaba", count=120, status="Pending", stopping_seconds=0)
    stop(alibaba, target["id"], *target["instance_ids"][:50])
    assert control.statuses(target["id"]) == ["Cancelled"] * 50 + ["Pending"] * 70
    assert (control.status(target["id"]), control.get("requests")[-1]["ids"]) == ("Pending", 50)


def test_stop_of_what_has_ended_may_be_forbidden(alibaba, control):
    control.settings(stop_of_finished="forbidden")
    ended, running = (control.create("alibaba", count=2, status=word)["id"] for word in ("Success", "Running"))
    assert alibaba.code("StopInvocation", InvokeId=ended) == ("Operation.Forbidden", 403)
    control.fault("finish_first")
    assert alibaba.code("StopInvocation", InvokeId=running) == ("Operation.Forbidden", 403)
    stop(alibaba, control.create("alibaba", count=2, status="Running")["id"])


READS: dict[str, Any] = {
    "InvalidParameter.MaxResults": [{"MaxResults": 51}, {"MaxResults": 0}, {"MaxResults": "many"}],
    "InvalidParameter.NextToken": [{"NextToken": "nonsense"}, {"NextToken": "eyJ4IjogMX0"}],
    "InvalidParam.PageNumber": [{"PageNumber": 0}, {"PageNumber": "x"}],
    "InvalidParam.PageSize": [{"PageSize": 51}],
    "MissingParameter.TagKey": [{"Tag.1.Value": "x"}],
    "InvalidTagKey.Malformed": [{"Tag.1.Key": "acs:x"}],
    "InvalidTagValue.Malformed": [{"Tag.1.Key": "x", "Tag.1.Value": "v" * 129}],
    "Duplicate.TagKey": [{"Tag.1.Key": "x", "Tag.2.Key": "x"}],
    "NumberExceed.Tags": [{f"Tag.{n}.Key": f"k{n}" for n in range(1, 22)}],
    "UnsupportedParameter": [{"InstanceId.1": "i-0001"}],
    "InvalidParameter.ContentEncoding": [{"ContentEncoding": "Rot13"}],
}


@pytest.mark.parametrize(
    ("action", "sent", "code"),
    refusals(
        RunCommand={
            "MissingParameter.Type": [{"Type": ""}],
            "MissingParameter.CommandContent": [{"CommandContent": ""}],
            "MissingParameter.InstanceId": [{"InstanceId.1": ""}],
            "MissingParameter.Frequency": [{"RepeatMode": "Period"}, {"Timed": "true"}],
            "InvalidParameter.CommandContent": [{"CommandContent": "%", "ContentEncoding": "Base64"}],
            "InvalidParameter.Type": [{"Type": "RunPythonScript"}],
            "InvalidParameter.Timeout": [{"Timeout": 9}, {"Timeout": "long"}],
            "InvalidParameter.RepeatMode": [{"RepeatMode": "Twice"}],
            "InvalidParameter.Timed": [{"Timed": "perhaps"}],
            "InvalidParameter.Frequency": [{"Frequency": "rate(1s)"}, {"Frequency": "now and then"}],
            "UnsupportedParameter": [{"Timout": 60}],
            "InvalidTagKey.Malformed": [{"Tag.1.Key": "acs:x"}],
        },
        StopInvocation={
            ("InvalidInvokeId.NotFound", 404): [{"InvokeId": "t-unknown"}, {"InvokeId": "inv-00000000"}],
            ("InvalidRegionId.NotFound", 404): [{"RegionId": "cn-nowhere"}],
            "RegionId.ApiNotSupported": [{"RegionId": "cn-edge-1"}],
            "MissingParameter.RegionId": [{"RegionId": ""}],
            "MissingParameter.InvokeId": [{"InvokeId": ""}],
            "MissingParameter.InstanceId": [{"InstanceId.1": ""}, {"InstanceId.1.Key": "x"}],
            ("InvalidInstanceId.NotFound", 404): [{"InstanceId.1": "i-0001", "InstanceId.2": "i-foreign"}],
            "InvalidParameter.InstanceId": [{"InstanceId.2": "i-foreign"}, {"InstanceId.0": "i-foreign"}],
            "UnsupportedParameter": [{"InstanceId": "i-foreign"}, {"InstanceIds": '["i-foreign"]'}],
            ("InstanceIds.ExceedLimit", 403): [ids(51)],
        },
        DescribeInvocations={**READS, "MissingParameter.InvokeId": [{"IncludeOutput": "true"}]},
        DescribeInvocationResults={
            **READS,
            "InvalidParameter.IncludeHistory": [{"InvokeId": "t-mine", "IncludeHistory": "true"}],
        },
    ),
)
def test_refusals_change_nothing(alibaba, control, action, sent, code):
    control.create("alibaba", id="t-mine", instances=list(ids(60).values()), status="Pending")
    right = {"RunCommand": RUN | ids(1), "StopInvocation": {"InvokeId": "t-mine"}}.get(action, {})
    before = control.get("operations")
    assert alibaba.code(action, **{**right, **sent}) == (code if isinstance(code, tuple) else (code, 400))
    assert control.get("operations") == before


# Reading


def test_unknown_id(alibaba, control):
    assert invocations(alibaba, InvokeId="t-unknown") == results(alibaba, InvokeId="t-unknown") == []
    control.settings(unknown_id="error")
    for action in ("DescribeInvocations", "DescribeInvocationResults"):
        assert alibaba.code(action, InvokeId="t-unknown") == ("InvalidInvokeId.NotFound", 404)


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
    seen = []
    for page in pages(alibaba, "DescribeInvocations", MaxResults=10):
        seen.append(page)
        control.create("alibaba", count=1)  # what is new shifts no page
    assert [len(page) for page in seen] == [10, 10, 3]
    assert list(itertools.chain(*seen)) == created[::-1]
    assert [len(page) for page in pages(alibaba, "DescribeInvocations")] == [10, 10, 6]
    # The total means nothing with tokens.
    assert alibaba.ok("DescribeInvocations", MaxResults=5)["TotalCount"] == 0


def test_token_paging_of_results(alibaba, control):
    target = control.create("alibaba", count=105)
    control.create("alibaba", count=5)
    seen = list(pages(alibaba, "DescribeInvocationResults", InvokeId=target["id"], MaxResults=50))
    assert [len(page) for page in seen] == [50, 50, 5]
    assert list(itertools.chain(*seen)) == target["instance_ids"]


def test_paging_by_number(alibaba, control):
    target = control.create("alibaba", count=25)
    wanted = {"InvokeId": target["id"], "PageSize": 10}
    answers = [alibaba.ok("DescribeInvocationResults", **wanted, PageNumber=number) for number in (1, 2, 3, 4)]
    inner = [answer["Invocation"] for answer in answers]
    assert [(each["PageNumber"], each["PageSize"], each["TotalCount"]) for each in inner] == [
        (number, 10, 25) for number in (1, 2, 3, 4)
    ]
    rows = itertools.chain(*(each["InvocationResults"]["InvocationResult"] for each in inner))
    assert [each["InstanceId"] for each in rows] == target["instance_ids"]


def test_filters(alibaba, control):
    run = {**RUN, "Name": "one", "ResourceGroupId": "rg-1", "Tag.1.Key": "team", "Tag.1.Value": "red"}
    one = alibaba.ok("RunCommand", **run, **ids(2))
    two = alibaba.ok("RunCommand", **{**RUN, "Type": "RunBatScript", "Name": "two"}, **{"InstanceId.1": "i-0002"})
    failed = {"instance_id": "i-9", "status": "Failed"}
    done = control.create("alibaba", instances=["i-0002", failed], status="Success")
    timer = control.create("alibaba", count=1, frequency="rate(5m)")
    elsewhere = control.create("alibaba", count=1, region="cn-beijing")
    everything = [timer["id"], done["id"], two["InvokeId"], one["InvokeId"], elsewhere["id"]]

    def found(**parameters):
        return [everything.index(each["InvokeId"]) for each in invocations(alibaba, **parameters)]

    assert (found(), found(RegionId="cn-beijing")) == ([0, 1, 2, 3], [4])
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
    words = {"i-1": "Failed", "i-2": "Success", "i-3": "Running"}
    instances = [{"instance_id": name, "status": word} for name, word in words.items()]
    target = control.create("alibaba", instances=instances, exit_code=3)
    failed, done, running = results(alibaba, InvokeId=target["id"])
    assert (failed["InvocationStatus"], failed["ExitCode"], failed["ErrorCode"]) == ("Failed", 3, "ExitCodeNonzero")
    assert (done["InvocationStatus"], done["ExitCode"], done["InvokeRecordStatus"]) == ("Success", 0, "Finished")
    assert "ExitCode" not in running and running["FinishedTime"] == ""
    assert base64.b64decode(done["Output"]) == b"done\n"
    assert "FinishTime" not in done
    for parameters, found in (
        ({"InstanceId": "i-2"}, ["i-2"]),
        ({"InvokeRecordStatus": "Failed"}, ["i-1"]),
        ({"InvokeRecordStatus": "Finished"}, ["i-2"]),
        ({"CommandId": "c-other"}, []),
    ):
        assert [each["InstanceId"] for each in results(alibaba, **parameters)] == found


def test_output_is_asked_for(alibaba, control):
    target = control.create("alibaba", count=1, status="Success")

    def output(**parameters):
        (seen,) = invocations(alibaba, **parameters)
        return seen["InvokeInstances"]["InvokeInstance"][0]["Output"]

    assert output() == ""
    assert output(InvokeId=target["id"], IncludeOutput="true", ContentEncoding="PlainText") == "done\n"


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
    control.create("alibaba", count=1, status="Preparing", overall_status="Unheard")
    (seen,) = invocations(alibaba)
    (embedded,) = seen["InvokeInstances"]["InvokeInstance"]
    assert (seen["InvocationStatus"], embedded["InvocationStatus"]) == ("Unheard", "Preparing")


def test_a_list_of_results_can_be_cut_short(alibaba, control):
    target = control.create("alibaba", count=5, status="Running")
    control.settings(empty_page=2, missing_parts=10)
    sizes, token = [], "?"
    while token:
        more = {} if token == "?" else {"NextToken": token}
        page = alibaba.ok("DescribeInvocationResults", InvokeId=target["id"], MaxResults=2, **more)["Invocation"]
        sizes.append(len(page["InvocationResults"]["InvocationResult"]))
        token = page["NextToken"]
    assert sizes == [2, 0, 1]
    numbered = alibaba.ok("DescribeInvocationResults", InvokeId=target["id"], PageNumber=1, PageSize=2)["Invocation"]
    assert (len(numbered["InvocationResults"]["InvocationResult"]), numbered["TotalCount"]) == (2, 15)


def test_ten_thousand_instances(alibaba, control):
    target = control.create("alibaba", count=10_000, status="Running")
    (seen,) = invocations(alibaba, InvokeId=target["id"])
    assert len(seen["InvokeInstances"]["InvokeInstance"]) == 10_000
    assert len(results(alibaba, InvokeId=target["id"], MaxResults=50)) == 50
