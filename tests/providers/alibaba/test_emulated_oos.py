# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated OOS: executions and their cancellation, children and tasks, filters, paging, error codes."""

from __future__ import annotations

import itertools
import json
import time

import pytest

from ...support.control import refusals
from .client import outcome

KIND = "automation_execution"
UNKNOWN = ("EntityNotExist.Execution", 404)


@pytest.fixture
def create(control):
    return lambda **description: control.create("alibaba", kind=KIND, **description)["id"]


def listed(oos, **parameters):
    return oos.ok("ListExecutions", **parameters)["Executions"]


def one(oos, execution_id):
    (seen,) = listed(oos, ExecutionId=execution_id)
    return seen


@pytest.fixture
def found(oos):
    """The ids that a listing has."""
    return lambda **parameters: [each["ExecutionId"] for each in listed(oos, **parameters)]


# StartExecution


def test_start_and_read_it_back(oos):
    given = {
        "TemplateName": "MyTemplate",
        "Mode": "FailurePause",
        "Description": "back up",
        "SafetyCheck": "Skip",
        "ResourceGroupId": "rg-1",
        "TemplateVersion": "v7",
    }
    texts = {"Parameters": '{"targets": ["i-1"]}', "Tags": '{"team": "red"}'}
    execution = oos.ok("StartExecution", **given, **texts)["Execution"]
    assert (execution["Status"], execution["Parameters"]) == ("Started", texts["Parameters"])
    seen = one(oos, execution["ExecutionId"])
    assert {**given, "Tags": {"team": "red"}, "Parameters": {"targets": ["i-1"]}}.items() <= seen.items()
    assert {"Status": "Running", "EndDate": "", "WaitingStatus": "", "IsParent": False}.items() <= seen.items()
    assert [task["TaskAction"] for task in seen["CurrentTasks"]] == ["ACS::ECS::RunCommand"]


@pytest.mark.parametrize(
    ("parameters", "category", "waiting"),
    [
        ({"TemplateName": "ACS-TimerTrigger-Restart"}, "TimerTrigger", "TimerTrigger"),
        ({"TemplateName": "ACS-EventTrigger-Restart"}, "EventTrigger", "EventTrigger"),
        ({"TemplateContent": "Tasks: [{Action: 'ACS::AlarmTrigger'}]"}, "AlarmTrigger", "AlarmTrigger"),
        ({"TemplateContent": "Tasks: [{Action: 'ACS::Approve'}]"}, "Other", "Approve"),
        ({"TemplateName": "x", "Mode": "Debug"}, "Other", "Debug"),
    ],
)
def test_what_waits(oos, control, parameters, category, waiting):
    execution = oos.ok("StartExecution", **parameters)["Execution"]
    control.advance(10**6)
    seen = one(oos, execution["ExecutionId"])
    assert (seen["Status"], seen["Category"], seen["WaitingStatus"]) == ("Waiting", category, waiting)
    assert bool(seen["NextScheduleTime"]) == (category == "TimerTrigger")


def test_an_end(oos, control, create):
    ended, failed = create(run_seconds=10), create(run_seconds=10, final_status="Failed")
    control.advance(10)
    seen = one(oos, ended)
    assert seen["EndDate"] > seen["StartDate"] and seen["CurrentTasks"] == []
    assert one(oos, failed)["StatusMessage"] and not seen["StatusMessage"]


def test_described_waiting(oos, control, create):
    approval, timer = create(status="Waiting"), create(category="TimerTrigger")
    assert [one(oos, each)["WaitingStatus"] for each in (approval, timer)] == ["Approve", "TimerTrigger"]
    control.finish(timer)
    assert one(oos, timer)["Status"] == "Success"


# CancelExecution


@pytest.mark.parametrize("status", ["Started", "Queued", "Pending", "Running", "Waiting"])
def test_cancel(oos, control, create, status):
    execution_id = create(status=status)
    assert set(oos.ok("CancelExecution", ExecutionId=execution_id)) == {"RequestId"}
    shown = control.shown(execution_id)
    assert (shown["status"], shown["stop_accepted_at"]) == ("Cancelled", control.now())
    assert oos.code("CancelExecution", ExecutionId=execution_id) == ("ExecutionCancelFailed", 403)


@pytest.mark.parametrize(
    ("description", "course"),
    [
        # Accepted again, and changes nothing.
        ({"status": "Waiting"}, "Waiting cancel Running 1 cancel 1.9 Running 0.1 Cancelled"),
        ({"stopping_seconds": 60}, "Running cancel 59 Running 1 Cancelled"),
    ],
)
def test_cancel_that_takes_time(oos, control, create, description, course):
    control.settings(cancel_is_immediate=False, stopping_seconds=3)
    made = create(**description)
    control.follow(made, course, cancel=lambda: oos.ok("CancelExecution", ExecutionId=made))


@pytest.mark.parametrize(
    ("action", "sent", "code"),
    refusals(
        StartExecution={
            "MissingParameter.TemplateName": [{"TemplateName": ""}],
            "InvalidParameter.TemplateName": [{"TemplateName": "a b"}],
            "InvalidParameter.Mode": [{"Mode": "Slow"}],
            "InvalidParameter.Parameters": [{"Parameters": "["}],
            "InvalidParameter.Tags": [{"Tags": "[]"}],
            "UnsupportedParameter": [{"Template": "y"}],
            UNKNOWN: [{"ParentExecutionId": "exec-0"}],
        },
        CancelExecution={
            UNKNOWN: [{"ExecutionId": "exec-unknown"}, {"RegionId": "cn-beijing"}],
            ("InvalidRegionId.NotFound", 404): [{"RegionId": "cn-nowhere"}],
            "MissingParameter.ExecutionId": [{"ExecutionId": ""}],
        },
        ListExecutions={
            "InvalidParameter.Status": [{"Status": "Running,Waiting"}],
            "InvalidParameter.Category": [{"Category": "Never"}],
            "InvalidParameter.Categories": [{"Categories": "Never"}, {"Category": "Other", "Categories": "Other"}],
            "InvalidParameter.Depth": [{"Depth": "Deep"}, {"Depth": "RootDepth", "IncludeChildExecution": "true"}],
            "InvalidParameter.StartDateAfter": [{"StartDateAfter": "yesterday"}],
            "InvalidParameter.SortField": [{"SortField": "Name"}],
            "InvalidParameter.SortOrder": [{"SortOrder": "Up"}],
            "InvalidParameter.Tags": [{"Tags": "x"}],
            "InvalidParameter.NextToken": [{"NextToken": "nonsense"}],
            "InvalidParameter.MaxResults": [{"MaxResults": 9}, {"MaxResults": 101}, {"MaxResults": "many"}],
            "UnsupportedParameter": [{"PageSize": 10}],
        },
        ListTaskExecutions={"InvalidParameter.MaxResults": [{"MaxResults": 19}, {"MaxResults": 101}]},
        ListTaskExecutionInvocations={"MissingParameter.TaskExecutionId": [{}]},
    ),
)
def test_refusals(oos, control, create, action, sent, code):
    create(id="exec-mine")
    right = {"StartExecution": {"TemplateName": "x"}, "CancelExecution": {"ExecutionId": "exec-mine"}}.get(action, {})
    assert oos.code(action, **{**right, **sent}) == (code if isinstance(code, tuple) else (code, 400))
    assert [each["status"] for each in control.get("operations")] == ["Running"]


def test_the_gateway_speaks_as_oos_does(oos, control):
    assert outcome(oos.v3("ListExecutions", key="denied")) == ("User.NoPermission", 401)
    assert control.get("requests")[-1]["code"] == "User.NoPermission"
    assert outcome(oos.v3("ListExecutions", key="expired")) == ("ExpiredStsToken", 400)
    control.fault("expired_token")
    assert oos.code("ListExecutions") == ("ExpiredStsToken", 400)
    stranger = {**oos.keys["session"], "security_token": "CAISsomebody/elses=="}
    assert outcome(oos.v3("ListExecutions", key=stranger)) == ("InvalidStsToken", 400)
    assert outcome(oos.v3("Nonsense")) == ("InvalidAction.NotFound", 400)
    assert outcome(oos.v3("ListExecutions", headers={"x-acs-version": "2019-06-02"})) == ("InvalidVersion", 400)
    assert "<Code>User.NoPermission</Code>" in oos.v1("ListExecutions", key="denied", sent={"Format": "XML"}).text


def test_the_region_may_be_left_out(oos, control, create, found):
    here, there = create(), create(region="cn-beijing")
    assert [each["ExecutionId"] for each in oos.v3("ListExecutions").json()["Executions"]] == [here]
    assert found(RegionId="cn-beijing") == [there]
    assert control.get("requests")[0]["region"] == "cn-hangzhou"


# ListExecutions


def test_filters(oos, create, found):
    start = {
        "Tags": '{"team": "red", "env": "a"}',
        "Mode": "FailurePause",
        "Description": "why",
        "ResourceGroupId": "rg-1",
        "Parameters": '{"id": "i-1"}',
    }
    everything = [
        oos.ok("StartExecution", TemplateName="Backup", **start)["Execution"]["ExecutionId"],
        create(name="MyBackupAll", status="Success"),
        create(category="TimerTrigger"),
        create(category="AlarmTrigger", status="Running"),
    ]
    for wanted, numbers in (
        ({}, [3, 2, 1, 0]),
        ({"Status": "Running"}, [3, 0]),
        ({"Status": "Waiting"}, [2]),
        ({"Status": "Queued"}, []),
        ({"TemplateName": "Backup"}, [1, 0]),
        ({"Category": "TimerTrigger"}, [2]),
        ({"Categories": '["TimerTrigger","AlarmTrigger"]'}, [3, 2]),
        ({"Categories": "TimerTrigger,Other"}, [2, 1, 0]),
        ({"Mode": "FailurePause"}, [0]),
        ({"Description": "why"}, [0]),
        ({"ResourceGroupId": "rg-1"}, [0]),
        ({"ResourceId": "i-1"}, [0]),
        ({"Tags": '{"team":"red"}'}, [0]),
        ({"Tags": '{"team":"blue"}'}, []),
        ({"ExecutedBy": "emulator"}, [3, 2, 1, 0]),
        ({"RamRole": "Other"}, []),
        ({"ResourceTemplateName": "x"}, []),
        ({"RdFolderIds": '["fd-1"]'}, []),
        ({"ExecutionId": f"{everything[0]},{everything[1]}"}, []),  # one id, not a list
    ):
        assert found(**wanted) == [everything[number] for number in numbers], wanted


def test_dates_are_inclusive_and_sort(control, create, found):
    first = create(age=100, status="Success")
    second = create(age=50, status="Running")
    third = create(age=70, status="Failed")

    def ago(seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(control.now() - seconds)))

    for wanted, ids in (
        ({}, [second, third, first]),
        ({"SortOrder": "Ascending"}, [first, third, second]),
        ({"SortField": "Status"}, [first, second, third]),
        ({"SortField": "EndDate", "SortOrder": "Ascending"}, [second, first, third]),
        ({"StartDateAfter": ago(70)}, [second, third]),
        ({"StartDateAfter": ago(69)}, [second]),
        ({"StartDateBefore": ago(70)}, [third, first]),
        ({"StartDateBefore": ago(71)}, [first]),
        ({"EndDateBefore": ago(0)}, [third, first]),
        ({"EndDateBefore": ago(71)}, [first]),
        ({"EndDateAfter": ago(70)}, [third]),
        ({"EndDateAfter": ago(69)}, []),
    ):
        assert found(**wanted) == ids, wanted


def pages(oos, action, key, **parameters):
    while True:
        answer = oos.ok(action, **parameters)
        yield answer[key]
        if not answer["NextToken"]:
            return
        parameters["NextToken"] = answer["NextToken"]


@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("field", ["StartDate", "EndDate", "Status"])
def test_paging(oos, create, found, field, order):
    created = [create(status=("Running", "Success", "Failed")[number % 3], age=number) for number in range(25)]
    sorting = {"SortField": field, "SortOrder": order}
    seen = list(pages(oos, "ListExecutions", "Executions", MaxResults=10, **sorting))
    assert [len(page) for page in seen] == [10, 10, 5]
    ids = [each["ExecutionId"] for each in itertools.chain(*seen)]
    assert sorted(ids) == sorted(created) and ids == found(**sorting)
    answer = oos.ok("ListExecutions")
    assert (answer["MaxResults"], answer["TotalCount"], answer["NextToken"]) == (50, 25, "")


def test_what_is_new_shifts_no_page(oos, control, create):
    created = [create() for _number in range(30)]
    seen = []
    for page in pages(oos, "ListExecutions", "Executions", MaxResults=10):
        seen += page
        control.advance(1)
        create()
    assert [each["ExecutionId"] for each in seen] == created[::-1]


def test_unknown_id(oos, control, found):
    assert found(ExecutionId="exec-unknown") == []
    control.settings(unknown_id="error")
    assert oos.code("ListExecutions", ExecutionId="exec-unknown") == UNKNOWN


def test_nullable(oos, control, create):
    execution_id = create()
    control.settings(nullable=True)
    seen = one(oos, execution_id)
    assert not {"EndDate", "WaitingStatus", "ParentExecutionId", "Tags"} & set(seen)
    assert seen["IsParent"] is False


# Children


@pytest.fixture
def family(control, create):
    made = control.create("alibaba", kind=KIND, name="Parent", children=2)
    return [made["id"], *made["children"], create(parent=made["children"][0])]


def test_children_are_listed_when_asked_for(oos, family, found):
    parent, first, second, grandchild = family
    assert found() == found(Depth="RootDepth") == found(IncludeChildExecution="false") == [parent]
    assert found(IncludeChildExecution="true") == [grandchild, second, first, parent]
    assert found(Depth="FirstChildDepth") == found(ParentExecutionId=parent) == [second, first]
    assert found(ExecutionId=grandchild) == [grandchild]
    assert [one(oos, each)["IsParent"] for each in family] == [True, True, False, False]
    assert one(oos, grandchild)["ParentExecutionId"] == first
    assert one(oos, first)["TemplateName"] == "Parent-child-1"


@pytest.mark.parametrize(("setting", "expected"), [("live", "Running"), ("cancelled", "Cancelled")])
def test_children_on_cancel(oos, control, family, setting, expected):
    control.settings(children_on_cancel=setting)
    oos.ok("CancelExecution", ExecutionId=family[0])
    assert [control.status(each) for each in family] == ["Cancelled", *[expected] * 3]


def test_a_client_starts_a_child(oos, create):
    parent = create()
    child = oos.ok("StartExecution", TemplateName="x", ParentExecutionId=parent)["Execution"]
    assert child["ParentExecutionId"] == parent
    (task,) = [task for task in tasks(oos, ExecutionId=parent) if task["ChildExecutionId"]]
    assert task["ChildExecutionId"] == child["ExecutionId"]


# Tasks


def tasks(oos, **parameters):
    return oos.ok("ListTaskExecutions", **parameters)["TaskExecutions"]


def test_tasks(oos, family):
    parent, first, second, _grandchild = family
    seen = tasks(oos, ExecutionId=parent, SortOrder="Ascending")
    assert [(task["TaskName"], task["ChildExecutionId"], task["Status"]) for task in seen] == [
        ("task1", "", "Running"),
        ("task2", first, "Running"),
        ("task3", second, "Running"),
    ]
    oos.ok("CancelExecution", ExecutionId=first)
    assert [task["TaskName"] for task in tasks(oos, ExecutionId=parent, Status="Cancelled")] == ["task2"]
    assert [task["TaskName"] for task in tasks(oos, TaskExecutionId=seen[2]["TaskExecutionId"])] == ["task3"]
    assert len(tasks(oos, TaskName="task1")) == 4
    assert len(tasks(oos, TaskAction="ACS::Template")) == 3
    assert tasks(oos, AccountId="1") == tasks(oos, ExecutionId="exec-unknown") == []
    assert one(oos, parent)["Counters"] == {"Total": 3, "Running": 2, "Cancelled": 1}


def test_loops(oos, create):
    execution_id = create(loop_items=30)
    command, loop = tasks(oos, ExecutionId=execution_id, SortOrder="Ascending")
    assert (command["Loop"], loop["Loop"]) == ({}, {"Items": 30})
    wanted = {"ParentTaskExecutionId": loop["TaskExecutionId"], "MaxResults": 20}
    seen = list(pages(oos, "ListTaskExecutions", "TaskExecutions", **wanted))
    assert [len(page) for page in seen] == [20, 10]
    items = list(itertools.chain(*seen))
    assert {item["ParentTaskExecutionId"] for item in items} == {loop["TaskExecutionId"]}
    assert {item["LoopItem"] for item in items} == {f"i-{number:04}" for number in range(1, 31)}
    assert len(tasks(oos, ExecutionId=execution_id, IncludeChildTaskExecution="true")) == 32
    assert oos.ok("ListTaskExecutions")["MaxResults"] == 50


def test_invocations_behind_a_task(oos, alibaba, control, create):
    real = control.create("alibaba", count=1, status="Pending", stopping_seconds=0)["id"]
    execution_id = create(invocation_ids=[real, "t-madeup"])
    (task,) = tasks(oos, ExecutionId=execution_id)
    assert json.loads(task["Outputs"]) == {"invokeId": real}

    def rows(**parameters):
        answer = oos.ok("ListTaskExecutionInvocations", TaskExecutionId=task["TaskExecutionId"], **parameters)
        return [(row["InvocationId"], row["Status"]) for row in answer["TaskExecutionInvocations"]]

    assert rows() == [(real, "Pending"), ("t-madeup", "Running")]
    assert rows(Status="Pending") == [(real, "Pending")]
    oos.ok("CancelExecution", ExecutionId=execution_id)
    assert rows() == [(real, "Pending"), ("t-madeup", "Cancelled")]  # the command goes on
    alibaba.ok("StopInvocation", InvokeId=real)
    assert rows() == [(real, "Stopped"), ("t-madeup", "Cancelled")]
    assert oos.ok("ListTaskExecutionInvocations", TaskExecutionId="x")["TaskExecutionInvocations"] == []


def test_truth(control):
    made = control.create("alibaba", kind=KIND, id="exec-mine", children=1, invocation_ids=["t-1"], waiting="Approve")
    seen = control.shown("exec-mine")
    assert (seen["phase"], seen["waiting"], seen["children"]) == ("scheduled", "Approve", made["children"])
    assert (seen["ended"], seen["tasks"][0]["invocation_ids"]) == (None, ["t-1"])
