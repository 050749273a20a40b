# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two adapters on answers written by hand: exact nesting, all pages, every status, and harmless nonsense."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils import _http
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba import client as alibaba_client
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.cloud_invocation import AlibabaCloudInvocation
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._model import Query, Reading, Target
from ansible_collections.cloudops.halt.plugins.module_utils._states import STATES
from ansible_collections.cloudops.halt.plugins.module_utils._steps import Look
from ansible_collections.cloudops.halt.plugins.module_utils._tencent import client as tencent_client
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.cloud_invocation import TencentCloudInvocation
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.tat import TAT

from ._adapters import JSON, MISSING, FakeAlibaba, FakeTencent, for_a_while, planted, spots
from ._wire import FakeClock, connection

ALL = frozenset(STATES)


def alibaba(*answers):
    """The adapter and its client."""
    client = FakeAlibaba(connection("cn-hangzhou"), ECS, FakeClock(), random.Random(0))
    client.script(answers)
    return AlibabaCloudInvocation(client), client


def tencent(*answers):
    client = FakeTencent(connection("ap-guangzhou"), TAT, FakeClock(), random.Random(0))
    client.script(answers)
    return TencentCloudInvocation(client), client


# Answers


def ali_invocation(invoke_id="t-1", instances=(("i-1", "Running"),), **more):
    return {
        "InvokeId": invoke_id,
        "CommandId": "c-1",
        "CommandName": "nightly-cleanup",
        "CommandType": "RunShellScript",
        "InvocationStatus": "Running",
        "InvokeStatus": "Running",
        "RepeatMode": "Once",
        "Timed": False,
        "CreationTime": "2024-01-02T03:04:05Z",
        "Launcher": "user",
        "InvokeInstances": {"InvokeInstance": [ali_instance(*instance) for instance in instances]},
        **more,
    }


def ali_instance(instance_id, status, **more):
    return {
        "InstanceId": instance_id,
        "InvocationStatus": status,
        "InstanceInvokeStatus": "Running",
        "ExitCode": 0,
        "ErrorCode": "",
        "ErrorInfo": "",
        "FinishTime": "",
        **more,
    }


def ali_page(*items, token=""):
    return {"RequestId": "r-1", "NextToken": token, "TotalCount": 0, "Invocations": {"Invocation": list(items)}}


def ali_results(*items, token=""):
    inside = {"NextToken": token, "InvocationResults": {"InvocationResult": list(items)}}
    return {"RequestId": "r-1", "Invocation": inside}


def tat_invocation(invocation_id="inv-1", tasks=(("ins-1", "RUNNING"),), **more):
    return {
        "InvocationId": invocation_id,
        "InvocationStatus": "RUNNING",
        "CommandId": "cmd-1",
        "CommandName": "nightly-cleanup",
        "CreatedTime": "2024-01-02T03:04:05+00:00",
        "EndTime": None,
        "InvocationSource": "USER",
        "InvocationTaskBasicInfoSet": [tat_task(instance_id, status, invocation_id) for instance_id, status in tasks],
        **more,
    }


def tat_task(instance_id, status, invocation_id="inv-1", **more):
    return {
        "InvocationId": invocation_id,
        "InvocationTaskId": f"invt-{instance_id}",
        "InstanceId": instance_id,
        "TaskStatus": status,
        **more,
    }


def tat_page(*items, total=None):
    return {"RequestId": "r-1", "TotalCount": len(items) if total is None else total, "InvocationSet": list(items)}


def tat_tasks(*items, total=None):
    return {"RequestId": "r-1", "TotalCount": len(items) if total is None else total, "InvocationTaskSet": list(items)}


# Reading one operation


def test_alibaba_operation_is_read_from_the_documented_nesting():
    ended = ali_instance("i-2", "Failed", ExitCode=7, ErrorCode="ExitCodeNonzero", ErrorInfo="exit code 7")
    item = ali_invocation()
    item["InvokeInstances"]["InvokeInstance"].append(ended)
    adapter, client = alibaba(ali_page(item))
    operation = adapter.read(Target("t-1"))
    assert operation.as_result() == {
        "kind": "cloud_invocation",
        "provider": "alibaba",
        "region": "cn-hangzhou",
        "id": "t-1",
        "name": "nightly-cleanup",
        "status": "Running",
        "state": "running",
        "created": "2024-01-02T03:04:05Z",
        "finished": None,
        "is_schedule": False,
        "instances_total": 2,
        "command_id": "c-1",
        "source": "user",
    }
    assert operation.parts == {
        "i-1": Reading("Running", "running"),
        "i-2": Reading("Failed", "failed", 7, "ExitCodeNonzero: exit code 7"),
    }
    assert client.asked == [
        ("DescribeInvocations", {"InvokeId": "t-1"}),
        ("DescribeInvocationResults", {"InvokeId": "t-1", "MaxResults": 50}),
    ]


def test_tencent_operation_is_read_from_the_documented_nesting():
    ended = tat_task("ins-2", "FAILED", TaskResult={"ExitCode": 7, "Output": "aGk="}, ErrorInfo="exit code 7")
    adapter, client = tencent(tat_page(tat_invocation()), tat_tasks(tat_task("ins-1", "RUNNING"), ended))
    operation = adapter.read(Target("inv-1"))
    assert operation.as_result() == {
        "kind": "cloud_invocation",
        "provider": "tencent",
        "region": "ap-guangzhou",
        "id": "inv-1",
        "name": "nightly-cleanup",
        "status": "RUNNING",
        "state": "running",
        "created": "2024-01-02T03:04:05Z",
        "finished": None,
        "is_schedule": False,
        "instances_total": 2,
        "command_id": "cmd-1",
        "source": "USER",
    }
    assert operation.parts == {
        "ins-1": Reading("RUNNING", "running"),
        "ins-2": Reading("FAILED", "failed", 7, "exit code 7"),
    }
    filters = [{"Name": "invocation-id", "Values": ["inv-1"]}]
    assert client.asked == [
        ("DescribeInvocationTasks", {"Filters": filters, "HideOutput": True, "Limit": 100, "Offset": 0}),
        ("DescribeInvocations", {"InvocationIds": ["inv-1"], "Limit": 100}),
    ]


def test_alibaba_end_is_that_of_the_last_instance_once_all_have_ended():
    instances = [
        ali_instance("i-1", "Success", FinishTime="2024-01-02T03:05:00Z"),
        ali_instance("i-2", "Success", FinishTime="2024-01-02T03:06:00Z"),
    ]
    for status, finished in (("Success", "2024-01-02T03:06:00Z"), ("Running", None)):
        item = ali_invocation(InvocationStatus=status, InvokeInstances={"InvokeInstance": instances})
        assert alibaba(ali_page(item))[0].read(Target("t-1")).finished == finished


def test_tencent_end_is_read():
    item = tat_invocation(InvocationStatus="SUCCESS", EndTime="2024-01-02T11:06:00+08:00")
    assert tencent(tat_page(item), tat_tasks())[0].read(Target("inv-1")).finished == "2024-01-02T03:06:00Z"


ALIBABA_OVERALL = {
    "Pending": "pending",
    "Scheduled": "scheduled",
    "Running": "running",
    "Stopping": "stopping",
    "Success": "succeeded",
    "Failed": "failed",
    "PartialFailed": "failed",
    "Stopped": "stopped",
    "Finished": "succeeded",
}
ALIBABA_INSTANCE = {
    "Pending": "pending",
    "Scheduled": "scheduled",
    "Running": "running",
    "Stopping": "stopping",
    "Success": "succeeded",
    "Failed": "failed",
    "Invalid": "failed",
    "Aborted": "failed",
    "Error": "failed",
    "Timeout": "failed",
    "Cancelled": "stopped",
    "Terminated": "stopped",
}
TENCENT_INVOCATION = {
    "PENDING": "pending",
    "RUNNING": "running",
    "CANCELLING": "stopping",
    "SUCCESS": "succeeded",
    "TIMEOUT": "failed",
    "FAILED": "failed",
    "PARTIAL_FAILED": "failed",
    "CANCELLED": "stopped",
    "PARTIAL_CANCELLED": "stopped",
}
TENCENT_TASK = {
    "PENDING": "pending",
    "DELIVERING": "pending",
    "DELIVER_DELAYED": "pending",
    "DELIVER_FAILED": "failed",
    "START_FAILED": "failed",
    "RUNNING": "running",
    "SUCCESS": "succeeded",
    "FAILED": "failed",
    "TIMEOUT": "failed",
    "TASK_TIMEOUT": "failed",
    "CANCELLING": "stopping",
    "CANCELLED": "stopped",
    "TERMINATED": "stopped",
}
UNKNOWN = dict.fromkeys(("Paused", "running", "", "SUCCEEDED"), "unknown")


@pytest.mark.parametrize(("status", "state"), [*ALIBABA_OVERALL.items(), *UNKNOWN.items()])
def test_alibaba_overall_status_has_its_state(status, state):
    item = ali_invocation(InvocationStatus=status, InvokeStatus="")
    operation = alibaba(ali_page(item))[0].read(Target("t-1"))
    assert (operation.status, operation.state) == (status, state)


@pytest.mark.parametrize(("status", "state"), [*ALIBABA_INSTANCE.items(), *UNKNOWN.items()])
def test_alibaba_status_of_an_instance_has_its_state(status, state):
    instance = ali_instance("i-1", status, InstanceInvokeStatus="")
    item = ali_invocation(InvokeInstances={"InvokeInstance": [instance]})
    reading = alibaba(ali_page(item))[0].read(Target("t-1")).parts["i-1"]
    assert (reading.status, reading.state) == (status, state)


@pytest.mark.parametrize(("status", "state"), [*TENCENT_INVOCATION.items(), *UNKNOWN.items()])
def test_tencent_status_of_an_invocation_has_its_state(status, state):
    item = tat_invocation(InvocationStatus=status)
    operation = tencent(tat_page(item), tat_tasks())[0].read(Target("inv-1"))
    assert (operation.status, operation.state) == (status, state)


@pytest.mark.parametrize(("status", "state"), [*TENCENT_TASK.items(), *UNKNOWN.items()])
def test_tencent_status_of_a_task_has_its_state(status, state):
    adapter, _ = tencent(tat_page(tat_invocation()), tat_tasks(tat_task("ins-1", status)))
    reading = adapter.read(Target("inv-1")).parts["ins-1"]
    assert (reading.status, reading.state) == (status, state)


def test_alibaba_older_status_words_stand_in_where_the_newer_are_missing():
    instances = [{"InstanceId": "i-1", "InstanceInvokeStatus": "Stopped"}]
    item = ali_invocation(InvokeInstances={"InvokeInstance": instances}, InvokeStatus="Finished")
    del item["InvocationStatus"]
    adapter, _ = alibaba(ali_page(item), ali_results({"InstanceId": "i-2", "InvokeRecordStatus": "Finished"}))
    operation = adapter.read(Target("t-1", ("i-2",)))
    assert (operation.status, operation.state) == ("Finished", "succeeded")
    assert operation.parts == {"i-1": Reading("Stopped", "stopped"), "i-2": Reading("Finished", "succeeded", None)}


@pytest.mark.parametrize(
    ("status", "exit_code"), [("Running", None), ("Terminated", None), ("Success", 0), ("Failed", 0)]
)
def test_alibaba_exit_code_counts_only_at_an_end_of_its_own(status, exit_code):
    item = ali_invocation(instances=[("i-1", status)])
    assert alibaba(ali_page(item))[0].read(Target("t-1")).parts["i-1"].exit_code == exit_code


@pytest.mark.parametrize(
    ("status", "exit_code"), [("RUNNING", None), ("TERMINATED", None), ("SUCCESS", 0), ("TIMEOUT", 0)]
)
def test_tencent_exit_code_counts_only_at_an_end_of_its_own(status, exit_code):
    task = tat_task("ins-1", status, TaskResult={"ExitCode": 0})
    adapter, _ = tencent(tat_page(tat_invocation()), tat_tasks(task))
    assert adapter.read(Target("inv-1")).parts["ins-1"].exit_code == exit_code


# What is not there


def test_alibaba_unknown_id_is_asked_for_among_schedules_too():
    adapter, client = alibaba(ali_page(), ali_page())
    assert adapter.read(Target("t-1")) is None
    assert client.asked == [
        ("DescribeInvocations", {"InvokeId": "t-1"}),
        ("DescribeInvocations", {"InvokeId": "t-1", "Timed": True}),
    ]


def test_alibaba_schedule_that_only_the_second_question_shows_is_found():
    adapter, _ = alibaba(ali_page(), ali_page(ali_invocation(Timed=True)))
    assert adapter.read(Target("t-1")).is_schedule is True


@pytest.mark.parametrize("other", ["t-2", "T-1", None, ["t-1"]])
def test_an_answer_about_something_else_is_not_the_target(other):
    assert alibaba(ali_page(ali_invocation(other)), ali_page())[0].read(Target("t-1")) is None
    assert tencent(tat_page(tat_invocation(other)))[0].read(Target("t-1")) is None


def test_tencent_unknown_id_is_not_found_with_a_question_a_list():
    adapter, client = tencent(tat_page())
    assert adapter.read(Target("inv-1")) is None
    assert [action for action, _ in client.asked] == ["DescribeInvocationTasks", "DescribeInvocations"]


# All instances of large operations


def test_alibaba_results_are_read_where_an_id_is_missing_and_win():
    item = ali_invocation(instances=[("i-1", "Running"), ("i-2", "Running")])
    pages = [ali_results(ali_instance("i-2", "Success"), token="next"), ali_results(ali_instance("i-3", "Running"))]
    adapter, client = alibaba(ali_page(item), *pages)
    operation = adapter.read(Target("t-1", ("i-1", "i-3")))
    assert {i: reading.status for i, reading in operation.parts.items()} == {
        "i-1": "Running",
        "i-2": "Success",
        "i-3": "Running",
    }
    assert client.asked[1:] == [
        ("DescribeInvocationResults", {"InvokeId": "t-1", "MaxResults": 50}),
        ("DescribeInvocationResults", {"InvokeId": "t-1", "MaxResults": 50, "NextToken": "next"}),
    ]


def test_alibaba_results_are_not_read_where_the_list_shows_all_that_were_named():
    adapter, client = alibaba(ali_page(ali_invocation()))
    adapter.read(Target("t-1", ("i-1",)))
    assert [action for action, _ in client.asked] == ["DescribeInvocations"]


def test_alibaba_results_are_read_for_a_whole_invocation_whatever_the_list_shows():
    adapter, client = alibaba(ali_page(ali_invocation()))
    adapter.read(Target("t-1"))
    assert [action for action, _ in client.asked] == ["DescribeInvocations", "DescribeInvocationResults"]


@pytest.mark.parametrize(("stop_time", "state"), [("2026-01-02T03:04:05Z", "stopped"), ("", "succeeded")])
def test_alibaba_schedule_ended_by_a_stop_is_told_from_one_that_was_over(stop_time, state):
    item = ali_invocation(InvocationStatus="Success", RepeatMode="Period", instances=())
    item["InvokeInstances"]["InvokeInstance"] = [ali_instance("i-1", "Success", StopTime=stop_time)]
    operation = alibaba(ali_page(item))[0].read(Target("t-1"))
    assert (operation.state, operation.parts["i-1"].state) == (state, state)


def test_tencent_tasks_are_read_to_the_last_page_and_win():
    rows = [tat_task(f"ins-{n}", "SUCCESS") for n in range(250)]
    pages = [tat_tasks(*rows[start : start + 100], total=250) for start in (0, 100, 200)]
    adapter, client = tencent(tat_page(tat_invocation(tasks=[("ins-0", "RUNNING"), ("ins-x", "RUNNING")])), *pages)
    instances = adapter.read(Target("inv-1")).parts
    assert len(instances) == 251
    assert instances["ins-0"].state == "succeeded"
    assert instances["ins-x"].state == "running"
    assert [asked["Offset"] for action, asked in client.asked if action == "DescribeInvocationTasks"] == [0, 100, 200]


@pytest.mark.parametrize("adapter_and_client", [alibaba, tencent], ids=["alibaba", "tencent"])
def test_the_deadline_is_handed_to_every_call_of_a_read(adapter_and_client):
    answers = {
        alibaba: [ali_page(ali_invocation(instances=[])), ali_results(token="next"), ali_results()],
        tencent: [tat_tasks(*[tat_task("ins-1", "RUNNING")] * 100, total=150), tat_tasks(), tat_page(tat_invocation())],
    }[adapter_and_client]
    adapter, client = adapter_and_client(*answers)
    deadline = Deadline(FakeClock(), 5)
    adapter.read(Target("t-1" if adapter_and_client is alibaba else "inv-1"), deadline)
    assert client.how == [(True, deadline)] * 3


def test_an_error_of_a_read_is_passed_on():
    error = ApiError("no", code="X", error_class="denied", provider="p", action="a")
    for adapter, _ in (alibaba(error), tencent(error)):
        with pytest.raises(ApiError) as caught:
            adapter.read(Target("t-1"))
        assert caught.value is error


# Paging


def test_alibaba_pages_are_followed_by_token_wherever_it_is():
    _, client = alibaba(ali_page(token="a"), ali_page(token="b"), ali_page(token=None))
    assert len(list(client.pages("DescribeInvocations", {"RegionId": "x"}))) == 3
    assert [asked.get("NextToken") for _, asked in client.asked] == [None, "a", "b"]
    assert all(asked["MaxResults"] == 50 and asked["RegionId"] == "x" for _, asked in client.asked)


@pytest.mark.parametrize(
    "answer", [{}, {"NextToken": None}, {"NextToken": 5}, {"Invocation": []}, {"Invocation": None}]
)
def test_alibaba_a_token_that_is_no_text_ends_the_list(answer):
    for inside in (None, "Invocation"):
        _, client = alibaba(answer)
        assert list(client.pages("DescribeInvocationResults", {}, inside=inside)) == [answer]


def test_alibaba_pages_that_go_in_circles_end_with_an_error():
    _, client = alibaba(*[ali_page(token=token) for token in "abcab"])
    with pytest.raises(ApiError) as caught:
        list(client.pages("DescribeInvocations", {}))
    assert (caught.value.code, caught.value.error_class) == ("EndlessList", "unexpected")
    assert len(client.asked) == 4


def test_alibaba_pages_without_end_end_with_an_error(monkeypatch):
    monkeypatch.setattr(alibaba_client, "MOST_PAGES", 7)
    _, client = alibaba(lambda action, parameters: ali_page(token=parameters.get("NextToken", "") + "x"))
    with pytest.raises(ApiError, match="do not end"):
        list(client.pages("DescribeInvocations", {}))
    assert len(client.asked) == 7


def test_tencent_pages_without_end_end_with_an_error(monkeypatch):
    monkeypatch.setattr(tencent_client, "MOST_PAGES", 7)
    _, client = tencent(lambda action, parameters: tat_page(*[tat_invocation()] * 100, total=10**9))
    with pytest.raises(ApiError, match="do not end"):
        list(client.pages("DescribeInvocations", {}, "InvocationSet"))
    assert [asked["Offset"] for _, asked in client.asked] == [100 * n for n in range(7)]


def test_the_guard_leaves_room_for_the_largest_lists():
    # Alibaba Cloud keeps at most 100,000 records.
    assert _http.MOST_PAGES * alibaba_client.PAGE_SIZE >= 100_000
    assert _http.MOST_PAGES * tencent_client.PAGE_SIZE >= 100_000


def test_tencent_an_empty_page_ends_the_list_whatever_the_total_says():
    _, client = tencent(tat_page(tat_invocation(), total=500), tat_page(total=500))
    assert len(list(client.pages("DescribeInvocations", {}, "InvocationSet"))) == 2
    assert [asked["Offset"] for _, asked in client.asked] == [0, 1]


# Listing


# What moves on between two of these questions is in the answer to the later one.
ALI_LIFE_CYCLE = [
    (status, timed)
    for status in ("Pending", "Scheduled", "Running", "Scheduled", "Stopping")
    for timed in (False, True)
]


def test_alibaba_lists_what_is_in_flight_by_status_timed_or_not():
    adapter, client = alibaba(lambda action, parameters: ali_page())
    assert list(adapter.find(Query())) == []
    assert [(p["InvokeStatus"], p["Timed"]) for _, p in client.asked] == ALI_LIFE_CYCLE
    assert {action for action, _ in client.asked} == {"DescribeInvocations"}


def test_alibaba_lists_everything_where_ended_ones_are_wanted():
    adapter, client = alibaba(lambda action, parameters: ali_page())
    list(adapter.find(Query(states=frozenset(("running", "succeeded")))))
    assert [p for _, p in client.asked] == [{"Timed": False, "MaxResults": 50}, {"Timed": True, "MaxResults": 50}]


def test_alibaba_filters_are_handed_on():
    adapter, client = alibaba(lambda action, parameters: ali_page())
    list(adapter.find(Query(instance_id="i-1", details={"command_id": "c-1"})))
    assert all((p["InstanceId"], p["CommandId"]) == ("i-1", "c-1") for _, p in client.asked)


def test_alibaba_list_has_each_operation_once_over_all_pages_and_questions():
    def answer(action, parameters):
        if parameters["InvokeStatus"] != "Running":
            return ali_page(ali_invocation("t-1"))
        if parameters.get("NextToken"):
            return ali_page(ali_invocation("t-2"), ali_invocation("t-3"))
        return ali_page(ali_invocation("t-1"), ali_invocation("t-2"), token="next")

    adapter, _ = alibaba(answer)
    assert [operation.id for operation in adapter.find(Query())] == ["t-1", "t-2", "t-3"]


def test_tencent_list_has_each_operation_once_though_it_shifts_while_paged():
    def answer(action, parameters):
        shift = -1 if parameters["Offset"] else 0
        ids = range(parameters["Offset"] + shift, min(parameters["Offset"] + shift + 100, 150))
        return tat_page(*[tat_invocation(f"inv-{n}") for n in ids], total=150)

    adapter, client = tencent(answer)
    found = [operation.id for operation in adapter.find(Query(states=ALL))]
    assert found == [f"inv-{n}" for n in range(150)]
    assert {action for action, _ in client.asked} == {"DescribeInvocations"}


def test_tencent_never_finds_on_an_instance_what_was_not_asked_for():
    adapter, _ = tencent(tat_tasks(tat_task("ins-1", "RUNNING")), tat_page(tat_invocation("inv-2"), tat_invocation()))
    assert [operation.id for operation in adapter.find(Query(instance_id="ins-1"))] == ["inv-1"]


def test_tencent_finds_invocations_on_an_instance_by_its_tasks():
    tasks = [tat_task("ins-1", "RUNNING", invocation_id=f"inv-{n % 130}") for n in range(150)]

    def answer(action, parameters):
        if action == "DescribeInvocationTasks":
            assert parameters["Filters"] == [{"Name": "instance-id", "Values": ["ins-1"]}]
            return tat_tasks(*tasks[parameters["Offset"] : parameters["Offset"] + 100], total=150)
        assert len(parameters["InvocationIds"]) <= 100
        return tat_page(*map(tat_invocation, parameters["InvocationIds"]))

    adapter, client = tencent(answer)
    assert [operation.id for operation in adapter.find(Query(instance_id="ins-1"))] == [f"inv-{n}" for n in range(130)]
    described = [p for action, p in client.asked if action == "DescribeInvocations"]
    assert [(len(p["InvocationIds"]), p["Limit"]) for p in described] == [(100, 100), (30, 100)]


def test_tencent_task_without_an_invocation_is_not_asked_for():
    task = tat_task("ins-1", "RUNNING", invocation_id=None)
    adapter, client = tencent(
        lambda action, p: tat_tasks(task, tat_task("ins-1", "RUNNING")) if "Tasks" in action else tat_page()
    )
    list(adapter.find(Query(instance_id="ins-1")))
    assert client.asked[-1] == ("DescribeInvocations", {"InvocationIds": ["inv-1"], "Limit": 100})


@pytest.mark.parametrize(
    "make",
    [lambda: alibaba(lambda a, p: ali_page(ali_invocation(None))), lambda: tencent(tat_page(tat_invocation(None)))],
)
def test_an_operation_without_an_id_is_not_listed(make):
    adapter, _ = make()
    assert list(adapter.find(Query(states=ALL))) == []


def test_listing_is_lazy():
    adapter, client = alibaba(lambda action, parameters: ali_page(ali_invocation(), token="more"))
    next(iter(adapter.find(Query())))
    assert len(client.asked) == 1


@pytest.mark.parametrize("move", [("Pending", "Running"), ("Running", "Stopping"), ("Running", "Scheduled")])
@pytest.mark.parametrize("after", range(10))
def test_alibaba_what_moves_on_between_the_questions_is_not_missed(move, after):
    asked = itertools.count()

    def answer(action, parameters):
        status = move[next(asked) >= after]
        return ali_page(ali_invocation("t-1")) if parameters["InvokeStatus"] == status else ali_page()

    adapter, _ = alibaba(answer)
    assert [operation.id for operation in adapter.find(Query())] == ["t-1"]


# Many at once


def looks(*ids, known=("i-1",), deadline=None):
    return [Look(Target(each), frozenset(known), deadline) for each in ids]


def test_alibaba_many_are_read_from_the_lists_of_what_is_in_flight():
    def answer(action, parameters):
        if (parameters["InvokeStatus"], parameters["Timed"]) != ("Running", False):
            return ali_page()
        return ali_page(ali_invocation("t-1"), ali_invocation("t-9"), ali_invocation("t-2"))

    adapter, client = alibaba(answer)
    deadline = Deadline(FakeClock(), 5)
    found = adapter.glance(looks("t-1", "t-2", "t-3"), deadline)
    assert [(key, operation.id, list(operation.parts)) for key, operation in found.items()] == [
        ("t-1", "t-1", ["i-1"]),
        ("t-2", "t-2", ["i-1"]),
    ]
    lists = [("Pending", False), ("Running", False), ("Stopping", False)]
    assert [(p["InvokeStatus"], p["Timed"]) for _, p in client.asked] == lists
    assert client.how == [(True, deadline)] * len(lists)
    assert adapter.glance_least > len(lists)


def test_lists_cannot_show_what_nobody_knows_yet():
    adapter, _ = alibaba(lambda *_: {})
    first, later, some = Look(Target("t-1")), Look(Target("t-1"), frozenset({"i-1"})), Look(Target("t-1", ("i-1",)))
    assert [adapter.can_glance(look) for look in (first, later, some)] == [False, True, True]


def test_alibaba_what_was_seen_twice_counts_as_it_was_seen_last():
    def answer(action, parameters):
        status = parameters["InvokeStatus"]
        known = status in ("Running", "Stopping") and not parameters["Timed"]
        return ali_page(ali_invocation("t-1", InvocationStatus=status)) if known else ali_page()

    found = alibaba(answer)[0].glance(looks("t-1"), None)
    assert found["t-1"].state == "stopping"


def test_alibaba_reads_no_more_pages_for_many_than_one_by_one():
    tokens = itertools.count()

    def answer(action, parameters):
        return ali_page(*[ali_invocation(f"t-{n}") for n in range(50)], token=f"token-{next(tokens)}")

    adapter, client = alibaba(answer)
    adapter.glance(looks(*[f"t-{n}" for n in range(12)]), None)
    assert len(client.asked) == 12


def test_tencent_many_are_read_by_their_ids_in_one_call():
    ids = [f"inv-{number}" for number in range(100)]
    adapter, client = tencent(tat_page(*[tat_invocation(each) for each in ids], tat_invocation("inv-other")))
    deadline = Deadline(FakeClock(), 5)
    found = adapter.glance(looks(*ids, known=("ins-1",)), deadline)
    assert list(found) == ids
    assert client.asked == [("DescribeInvocations", {"InvocationIds": ids, "Limit": 100})]
    assert client.how == [(True, deadline)]
    assert adapter.glance_limit == 100


def test_tencent_what_has_ended_with_an_exit_code_is_read_by_itself():
    ended = tat_invocation("inv-2", tasks=(("ins-1", "FAILED"),))
    found = tencent(tat_page(tat_invocation("inv-1"), ended))[0].glance(looks("inv-1", "inv-2", known=("ins-1",)), None)
    assert list(found) == ["inv-1"]


@pytest.mark.parametrize(
    ("make", "page", "wanted", "part"),
    [
        (alibaba, lambda: ali_page(ali_invocation()), "t-1", "i-1"),
        (tencent, lambda: tat_page(tat_invocation()), "inv-1", "ins-1"),
    ],
)
def test_what_does_not_show_every_part_that_is_expected_is_left_out(make, page, wanted, part):
    def glance(*several):
        return set(make(lambda *_: page())[0].glance(several, None))

    whole = Look(Target(wanted), frozenset((part,)))
    assert glance(whole) == {wanted}
    assert glance(Look(Target(wanted, (part,)))) == {wanted}
    lacking = [
        Look(Target(wanted), frozenset((part, "another"))),
        Look(Target(wanted, (part, "another"))),
        # Named instances are expected whatever was seen before.
        Look(Target(wanted, ("another",)), frozenset((part,))),
        # Nobody knows which parts there are.
        Look(Target(wanted)),
    ]
    for look in lacking:
        assert glance(look) == set()
        # One answer serves all who ask for the same operation, so it must do for each of them.
        assert glance(whole, look) == glance(look, whole) == set()


@pytest.mark.parametrize("make", [alibaba, tencent])
def test_one_operation_that_several_look_for_is_asked_for_once(make):
    adapter, client = make(lambda *_: tat_page(tat_invocation()) if make is tencent else ali_page(ali_invocation()))
    wanted, part = ("inv-1", "ins-1") if make is tencent else ("t-1", "i-1")
    assert list(adapter.glance(looks(wanted, wanted, known=(part,)), None)) == [wanted]
    if make is tencent:
        assert client.asked[0][1]["InvocationIds"] == ["inv-1"]


@pytest.mark.parametrize("make", [alibaba, tencent])
def test_the_error_of_a_joined_reading_is_passed_on(make):
    adapter, _ = make(lambda *_: ApiError("no", code="x", error_class="denied", provider="p", action="a"))
    with pytest.raises(ApiError):
        adapter.glance(looks("t-1"), None)


# Schedules


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"RepeatMode": "Once"}, False),
        ({"RepeatMode": "DryRun"}, False),
        ({"RepeatMode": "Period"}, True),
        ({"RepeatMode": "NextRebootOnly"}, True),
        ({"RepeatMode": "EveryReboot"}, True),
        ({"RepeatMode": None}, False),
        ({"RepeatMode": "Once", "Timed": True}, True),
        ({"RepeatMode": "Once", "Timed": "true"}, False),
        ({"RepeatMode": ["Period"]}, False),
    ],
)
def test_alibaba_schedules_are_told_apart(more, expected):
    assert alibaba(ali_page(ali_invocation(**more)))[0].read(Target("t-1")).is_schedule is expected


@pytest.mark.parametrize(("source", "warned"), [("INVOKER", True), ("invoker", True), ("USER", False), ("user", False)])
def test_tencent_run_of_an_invoker_is_warned_about_and_is_no_schedule(source, warned):
    adapter, _ = tencent(tat_page(tat_invocation(InvocationSource=source)), tat_tasks())
    operation = adapter.read(Target("inv-1"))
    assert operation.is_schedule is False
    assert bool(operation.warnings) is warned
    assert all("inv-1" in warning and "invoker" in warning for warning in operation.warnings)


# Stopping


@pytest.mark.parametrize(("ids", "sent"), [((), []), (("i-1", "i-2"), ["i-1", "i-2"])])
def test_alibaba_stop_names_the_invocation_and_the_instances(ids, sent):
    adapter, client = alibaba({"RequestId": "r-9"})
    request_ids: list[str] = []
    adapter.stop("t-1", ids, request_ids)
    assert request_ids == ["r-9"]
    assert client.asked == [("StopInvocation", {"InvokeId": "t-1", "InstanceId": sent})]
    assert client.how == [(False, None)]


@pytest.mark.parametrize(("ids", "sent"), [((), {}), (("ins-1",), {"InstanceIds": ["ins-1"]})])
def test_tencent_stop_names_the_invocation_and_the_instances(ids, sent):
    adapter, client = tencent({"RequestId": "r-9"})
    request_ids: list[str] = []
    adapter.stop("inv-1", ids, request_ids)
    assert request_ids == ["r-9"]
    assert client.asked == [("CancelInvocation", {"InvocationId": "inv-1", **sent})]
    assert client.how == [(False, None)]


def test_an_error_of_a_stop_is_passed_on():
    error = ApiError("no", code="X", error_class="denied", provider="p", action="a")
    for adapter, _ in (alibaba(error), tencent(error)):
        with pytest.raises(ApiError) as caught:
            adapter.stop("t-1", [], [])
        assert caught.value is error


def test_the_documented_limits_are_declared():
    assert (AlibabaCloudInvocation.stop_action, AlibabaCloudInvocation.stop_limit) == ("StopInvocation", 50)
    assert (TencentCloudInvocation.stop_action, TencentCloudInvocation.stop_limit) == ("CancelInvocation", 100)
    assert TAT.rates == {"CancelInvocation": 20, "DescribeInvocations": 20, "DescribeInvocationTasks": 20}


# Ids of something else


@pytest.mark.parametrize(
    ("make", "target", "option"),
    [
        (alibaba, Target("inv-ib2lld37"), "invocation_id"),
        (alibaba, Target("t-1", ("i-1", "ins-zcewfho0")), "instance_ids"),
        (alibaba, Target("t-1", ("lhins-zcewfho0",)), "instance_ids"),
        (tencent, Target("t-hz0example0001"), "invocation_id"),
        (tencent, Target("inv-1", ("ins-1", "i-bp1example0001")), "instance_ids"),
    ],
)
def test_an_id_of_the_other_provider_is_refused_before_any_call(make, target, option):
    adapter, client = make(lambda action, parameters: {})
    with pytest.raises(OptionError) as caught:
        adapter.check(target)
    foreign = next(i for i in (*target.instance_ids, target.id) if i not in ("t-1", "inv-1", "i-1", "ins-1"))
    assert str(caught.value).startswith(f"{option}: {foreign} is the id of a")
    assert str(caught.value).endswith(f"not of this kind (cloud invocation, {adapter.platform.title}).")
    assert client.asked == []


@pytest.mark.parametrize(
    ("make", "target"),
    [
        (alibaba, Target("t-hz0example0001", ("i-bp1example0001", "mi-hz01example"))),
        (alibaba, Target("anything", ("at-all",))),
        (tencent, Target("inv-ib2lld37", ("ins-zcewfho0", "lhins-zcewfho0", "rins-zcewfho0"))),
        (tencent, Target("anything", ("at-all",))),
    ],
)
def test_other_ids_pass(make, target):
    adapter, client = make(lambda action, parameters: {})
    assert adapter.check(target) is None
    assert client.asked == []


# Nonsense

ALI_INSTANCE = ali_instance("i-1", "Success", FinishTime="2024-01-02T03:06:00Z", ExitCode=1)
ALI_ITEM = ali_invocation(InvocationStatus="Success", InvokeInstances={"InvokeInstance": [ALI_INSTANCE]})
ALI_ANSWERS = {
    "DescribeInvocations": ali_page(ALI_ITEM),
    "DescribeInvocationResults": ali_results({**ALI_INSTANCE, "InvokeRecordStatus": "Finished"}),
}
TAT_TASK = tat_task("ins-1", "FAILED", TaskResult={"ExitCode": 1, "Output": ""}, ErrorInfo="no")
TAT_ANSWERS = {
    "DescribeInvocations": tat_page(tat_invocation(InvocationStatus="FAILED", EndTime="2024-01-02T03:06:00+00:00")),
    "DescribeInvocationTasks": tat_tasks(TAT_TASK),
}


def all_ways(adapter, target):
    """Whatever an adapter reads from its answers; only errors of ours may come."""
    for read in (
        lambda: [adapter.read(target)],
        lambda: adapter.find(Query(states=ALL)),
        lambda: adapter.find(Query(instance_id="ins-1")),
    ):
        try:
            yield from (operation for operation in read() if operation)
        except ApiError as error:
            assert error.code == "EndlessList"


EXIT = ("DescribeInvocations", ("Invocations", "Invocation", 0, "InvokeInstances", "InvokeInstance", 0, "ExitCode"))
CREATED = ("DescribeInvocations", ("Invocations", "Invocation", 0, "CreationTime"))


@given(spots(ALI_ANSWERS), JSON | st.just(MISSING))
@example(EXIT, "--5")
@example(EXIT, "²")
@example(EXIT, "9" * 5000)
@example(CREATED, "0001-01-01T00:00:00+05:00")
def test_alibaba_anything_in_place_of_any_field_never_raises(spot, other):
    action, path = spot
    answers = {**ALI_ANSWERS, action: planted(ALI_ANSWERS[action], path, other)}
    adapter, _ = alibaba(for_a_while(answers))
    check_operations(all_ways(adapter, Target("t-1", ("i-1", "i-2"))))


TASK_EXIT = ("DescribeInvocationTasks", ("InvocationTaskSet", 0, "TaskResult", "ExitCode"))


@given(spots(TAT_ANSWERS), JSON | st.just(MISSING))
@example(TASK_EXIT, "--5")
@example(TASK_EXIT, "²")
@example(("DescribeInvocationTasks", ("TotalCount",)), "--5")
@example(("DescribeInvocations", ("InvocationSet", 0, "EndTime")), "9999-12-31T23:59:59-05:00")
def test_tencent_anything_in_place_of_any_field_never_raises(spot, other):
    action, path = spot
    answers = {**TAT_ANSWERS, action: planted(TAT_ANSWERS[action], path, other)}
    adapter, _ = tencent(for_a_while(answers))
    check_operations(all_ways(adapter, Target("inv-1", ("ins-1",))))


def check_operations(operations):
    for operation in operations:
        result = operation.as_result()
        assert result["state"] in STATES
        texts = ("id", "status", "name", "created", "finished", "command_id", "source")
        assert all(isinstance(result[name], (str, type(None))) for name in texts)
        for instance_id, reading in operation.parts.items():
            assert isinstance(instance_id, str) and instance_id
            assert isinstance(reading.status, str)
            assert reading.state in STATES
            assert isinstance(reading.exit_code, (int, type(None)))
            assert isinstance(reading.error, (str, type(None)))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Invocations": None},
        {"Invocations": {}},
        {"Invocations": {"Invocation": None}},
        {"Invocations": {"Invocation": {"InvokeId": "t-1"}}},
        {"Invocations": [{"InvokeId": "t-1"}]},
        {"InvocationSet": None},
        {"InvocationSet": {"InvocationId": "t-1"}},
    ],
)
def test_a_list_that_is_not_where_it_belongs_is_empty(answer):
    assert alibaba(answer, answer)[0].read(Target("t-1")) is None
    assert tencent(answer)[0].read(Target("t-1")) is None
