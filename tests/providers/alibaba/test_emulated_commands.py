# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated Cloud Assistant: commands and schedules in time, stops, both ways of paging, filters, error codes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ...support.clients import in_pages
from ...support.control import going, refusing
from .emulated import RUN


def ids(count):
    return {f"InstanceId.{number}": f"i-{number:04}" for number in range(1, count + 1)}


@pytest.fixture
def invocations(client):
    return lambda field="", **sent: client.found("DescribeInvocations", f"Invocations.Invocation{field}", **sent)


RESULTS = "DescribeInvocationResults", "Invocation.InvocationResults.InvocationResult"


@pytest.fixture
def results(client):
    return lambda **sent: client.found(*RESULTS, **sent)


@pytest.fixture
def run(client):
    return lambda count=1, **more: client.ok("RunCommand", **{**RUN, **ids(count), **more}).get("InvokeId")


# Courses

ENDS = {"started_runs": "end", "stopping_seconds": 1}
GOES_ON = {"started_runs": "go-on", "stopping_seconds": 1}
WAITS = {"status": "Pending"}
RUNS = {"status": "Running", "run_seconds": 60}
EACH_MINUTE = {"frequency": "rate(60s)", "run_seconds": 20}

test_courses = going(
    (GOES_ON, {"timeout": 60, "run_seconds": 100}, "Running 59 Running 1 Failed/Timeout"),
    (GOES_ON, WAITS | {"stopping_seconds": 3}, "Pending stop Stopping 2.9 Stopping 0.1 Stopped/Cancelled"),
    (GOES_ON, RUNS, "Running 10 stop Running 59 Success"),
    (ENDS, RUNS | {"stopping_seconds": 2}, "Running stop Stopping 2 Stopped/Terminated 100 Stopped/Terminated"),
    # Schedules
    (GOES_ON, EACH_MINUTE, "Scheduled 59 Scheduled 1 Running 19 Running 1 Scheduled 40 Running"),
    (GOES_ON, EACH_MINUTE | {"status": "Running"}, "Running 20 Scheduled 40 Running"),
    # A long run skips its successor.
    (GOES_ON, EACH_MINUTE | {"run_seconds": 90}, "Scheduled 60 Running 90 Scheduled 29 Scheduled 1 Running"),
    (GOES_ON, EACH_MINUTE, "Scheduled stop Stopping 1 Stopped/Cancelled 1000 Stopped/Cancelled"),
    (GOES_ON, EACH_MINUTE, "Scheduled 65 stop Running 14 Running 1 Stopped/Terminated 1000 Stopped/Terminated"),
    (GOES_ON, EACH_MINUTE, "Scheduled 65 stop stop Running 14 Running 1 Stopped/Terminated"),
    (ENDS, EACH_MINUTE, "Scheduled 65 stop Stopping 1 Stopped/Terminated"),
    (GOES_ON, {"frequency": "at(2099-01-01 00:00:00)"}, "Scheduled 1000000 Scheduled"),
    (GOES_ON, {"frequency": "0 0 12 * * ?"}, "Scheduled 1000000 Scheduled"),
    (GOES_ON, {"frequency": "0 0 12 ? * WED 2099 Asia/Tokyo"}, "Scheduled 1000000 Scheduled"),
    # Agents that cannot be reached
    (GOES_ON, {"online": False}, "Pending 59 Pending 1 Failed/Aborted"),
    (GOES_ON, {"online": False} | WAITS, "Pending 60 Failed/Aborted"),
    (GOES_ON, {"online": False}, "Pending 30 stop Stopping 1 Stopped/Cancelled 1000 Stopped/Cancelled"),
)


def test_what_clients_start(control, run, invocations):
    control.follow(run(RepeatMode="EveryReboot"), "Scheduled 1000000 Scheduled")
    assert invocations(".RepeatMode", Timed="true") == ["EveryReboot"]
    control.follow(run(), "Running 59.9 Running 0.1 Failed/Timeout")  # they bring the time limit
    before = control.get("operations")
    assert run(RepeatMode="DryRun") is None
    assert control.get("operations") == before


def test_times_that_are_shown(control, create, stop, results):
    made = [create(**more) for more in (WAITS, RUNS, {"online": False})]
    control.advance(10)
    stop(made[0])
    stop(made[1])
    control.advance(60)
    waiting, running, lost = (results(InvokeId=each)[0] for each in made)
    assert waiting["StopTime"] and not waiting["StartTime"] and waiting["FinishedTime"]
    assert running["StartTime"] < running["StopTime"] < running["FinishedTime"]
    assert (lost["StopTime"], lost["ErrorCode"]) == ("", "ClientNotRunning")


def test_a_schedule_and_its_history(control, create, stop, invocations, results):
    made = create(exit_code=3, **EACH_MINUTE)

    def history():
        rows = results(InvokeId=made, IncludeHistory="true")
        return [(each["Repeats"], each["InvocationStatus"]) for each in rows]

    assert history() == [(0, "Scheduled")]
    control.advance(60 * 3 + 5)
    assert history() == [(3, "Running"), (2, "Failed"), (1, "Failed")]
    (seen,) = invocations()
    assert (seen["RepeatMode"], seen["Timed"], seen["Frequency"]) == ("Period", True, "rate(60s)")
    assert seen["InvokeInstances"]["InvokeInstance"][0]["Repeats"] == 3
    stop(made)
    control.advance(100)
    assert history()[0] == (3, "Terminated")
    assert (invocations(".Timed"), invocations(".InvokeStatus")) == ([False], ["Stopped"])


# RunCommand, StopInvocation


def test_run_command_quota(client, control, run):
    for limit in (100, 230):
        run(limit)
        assert client.refusal("RunCommand", {**RUN, **ids(limit + 1)}) == ("InstanceIds.ExceedLimit", 403)
        control.settings(instances_per_run=230)


def test_stop_of_what_has_ended_may_be_forbidden(client, control, create, stop):
    control.settings(stop_of_finished="forbidden")
    control.fault("finish_first", after=1)
    for word in ("Success", "Running"):
        made = {"InvokeId": create(count=2, status=word)}
        assert client.refusal("StopInvocation", made) == ("Operation.Forbidden", 403)
    stop(create(count=2, status="Running"))


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

test_refusals = refusing(
    {"id": "t-mine", "instances": list(ids(60).values()), "status": "Pending"},
    {"RunCommand": RUN | ids(1), "StopInvocation": {"InvokeId": "t-mine"}},
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
)


# Reading


def test_unknown_id(client, control, invocations, results):
    assert invocations(InvokeId="t-unknown") == results(InvokeId="t-unknown") == []
    control.settings(unknown_id="error")
    for action in ("DescribeInvocations", "DescribeInvocationResults"):
        assert client.refusal(action, {"InvokeId": "t-unknown"}) == ("InvalidInvokeId.NotFound", 404)


def test_token_paging(client, control, create):
    created = [create() for _ in range(23)][::-1]
    paged = "DescribeInvocations", "Invocations.Invocation.InvokeId"
    assert client.pages(*paged) == in_pages(created, 10)
    # The total means nothing with tokens, and what is new shifts no page.
    first = client.ok("DescribeInvocations", MaxResults=20)
    new = create()
    rest = client.found(*paged, MaxResults=20, NextToken=first["NextToken"])
    assert (first["TotalCount"], rest, client.first(*paged)) == (0, created[20:], new)


@pytest.mark.parametrize("sent", [{"MaxResults": 50}, {"PageNumber": 1, "PageSize": 10}])
def test_paging_of_results(client, control, create, sent):
    target = control.create("alibaba", count=105)
    create(count=5)
    pages = client.pages(RESULTS[0], f"{RESULTS[1]}.InstanceId", InvokeId=target["id"], **sent)
    assert pages == in_pages(target["instance_ids"], [*sent.values()][-1])
    told = client.ok(RESULTS[0], InvokeId=target["id"], **sent)["Invocation"]
    assert ("PageSize" not in sent) or {**sent, "TotalCount": 105, "NextToken": ""}.items() <= told.items()


def test_filters(client, control, create, run, invocations):
    red = {"Tag.1.Key": "team", "Tag.1.Value": "red"}
    one = client.ok("RunCommand", **RUN, **ids(2), **red, ResourceGroupId="rg-1")
    two = run(**{"Type": "RunBatScript", "Name": "two", "InstanceId.1": "i-0002"})
    done = create(instances=["i-0002", {"instance_id": "i-9", "status": "Failed"}], status="Success")
    timer, elsewhere = create(frequency="rate(5m)"), create(region="cn-beijing")
    everything = [timer, done, two, one["InvokeId"], elsewhere]
    for wanted, expected in (
        ({}, [0, 1, 2, 3]),
        ({"RegionId": "cn-beijing"}, [4]),
        ({"CommandId": one["CommandId"]}, [3]),
        ({"CommandName": "two"}, [2]),
        ({"CommandType": "RunBatScript"}, [2]),
        ({"InstanceId": "i-0002"}, [1, 2, 3]),
        ({"InstanceId": "i-0002", "CommandName": "nothing"}, [1, 2, 3]),  # ignored, as documented
        ({"InvokeStatus": "Running"}, [2, 3]),
        ({"InvokeStatus": "Scheduled"}, [0]),
        ({"InvokeStatus": "PartialFailed"}, [1]),
        ({"InvokeStatus": "PartialFailed", "InstanceId": "i-0001"}, [3]),  # ignored, as documented
        ({"InvokeStatus": "Stopped"}, []),
        ({"RepeatMode": "Period"}, [0]),
        ({"Timed": "true"}, [0]),
        ({"Timed": "False"}, [1, 2, 3]),
        ({"ResourceGroupId": "rg-1"}, [3]),
        (red, [3]),
        ({**red, "Tag.1.Value": "blue"}, []),
    ):
        assert invocations(".InvokeId", **wanted) == [everything[number] for number in expected], wanted
    control.settings(timed_default="false")
    assert (len(invocations()), invocations(".InvokeId", Timed="true")) == (3, [timer])


def test_both_words_for_a_status(create, invocations):
    done = create(count=2, status="Success")
    create(count=2, status="Running")
    assert invocations(".InvokeId", InvokeStatus="Finished") == [done]
    (seen,) = invocations(InvokeStatus="Success")
    assert (seen["InvocationStatus"], seen["InvokeStatus"]) == ("Success", "Finished")


def test_results(create, results):
    words = {"i-1": "Failed", "i-2": "Success", "i-3": "Running"}
    create(instances=[{"instance_id": name, "status": word} for name, word in words.items()], exit_code=3)
    failed, done, running = results()
    assert (failed["InvocationStatus"], failed["ExitCode"], failed["ErrorCode"]) == ("Failed", 3, "ExitCodeNonzero")
    assert (done["InvocationStatus"], done["ExitCode"], done["InvokeRecordStatus"]) == ("Success", 0, "Finished")
    assert "ExitCode" not in running and running["FinishedTime"] == "" and "FinishTime" not in done
    assert base64.b64decode(done["Output"]) == b"done\n"
    for wanted, found in (
        ({"InstanceId": "i-2"}, [done]),
        ({"InvokeRecordStatus": "Failed"}, [failed]),
        ({"InvokeRecordStatus": "Finished"}, [done]),
        ({"CommandId": "c-other"}, []),
    ):
        assert results(**wanted) == found


def test_content_and_output_are_encoded_unless_asked_for_plain(client, create, invocations):
    content = base64.b64encode("echo 测试".encode()).decode()
    encoded = {**RUN, "CommandContent": content, "ContentEncoding": "Base64"}
    sent = client.ok("RunCommand", **encoded, **ids(1))["InvokeId"]
    assert invocations(".CommandContent", InvokeId=sent) == [content]
    assert invocations(".CommandContent", InvokeId=sent, ContentEncoding="PlainText") == ["echo 测试"]
    made = create(status="Success")
    for wanted, output in (
        ({}, ""),
        ({"InvokeId": made, "IncludeOutput": "true", "ContentEncoding": "PlainText"}, "done\n"),
    ):
        assert invocations(".InvokeInstances.InvokeInstance", **wanted)[0][0]["Output"] == output


def test_settings_shape_the_answer(client, control, create):
    create(count=12, status="Running")
    control.settings(embedded_instances=5, nullable=True)
    answer = client.ok("DescribeInvocations")
    (seen,) = answer["Invocations"]["Invocation"]
    instances = seen["InvokeInstances"]["InvokeInstance"]
    assert len(instances) == 5 and not {"StopTime", "FinishTime", "ErrorCode"} & set(instances[0])
    assert "NextToken" not in answer and "Tags" not in seen and seen["Timed"] is False


def test_a_list_of_results_can_be_cut_short(client, control, create):
    target = {"InvokeId": create(count=5, status="Running")}
    control.settings(empty_page=2, missing_parts=10)
    assert [*map(len, client.pages(*RESULTS, **target, MaxResults=2))] == [2, 0, 1]
    numbered = client.ok(RESULTS[0], **target, PageNumber=1, PageSize=2)["Invocation"]
    assert (len(numbered["InvocationResults"]["InvocationResult"]), numbered["TotalCount"]) == (2, 15)
