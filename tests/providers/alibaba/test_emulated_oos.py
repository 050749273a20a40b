# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated OOS: executions and what waits, cancels, lists with their filters, children, tasks, its own codes."""

from __future__ import annotations

import time

import pytest

from ...support.clients import dig, in_pages
from ...support.control import going, refusing

KIND = "automation_execution"
UNKNOWN = ("EntityNotExist.Execution", 404)
IDS = "Executions.ExecutionId"


@pytest.fixture
def found(client):
    """The ids that a listing has."""
    return lambda **sent: client.found("ListExecutions", IDS, **sent)


@pytest.fixture
def one(client):
    return lambda execution_id: client.first("ListExecutions", "Executions", ExecutionId=execution_id)


@pytest.fixture
def tasks(client):
    return lambda field="", **sent: client.found("ListTaskExecutions", f"TaskExecutions{field}", **sent)


@pytest.fixture
def start(client):
    def start(**parameters):
        return client.ok("StartExecution", **{"TemplateName": "x", **parameters})["Execution"]

    return start


# StartExecution


@pytest.mark.parametrize(
    ("parameters", "category", "waiting"),
    [
        ({"TemplateName": "ACS-TimerTrigger-Restart"}, "TimerTrigger", "TimerTrigger"),
        ({"TemplateName": "ACS-EventTrigger-Restart"}, "EventTrigger", "EventTrigger"),
        ({"TemplateName": "", "TemplateContent": "Tasks: [{Action: 'ACS::AlarmTrigger'}]"}, *["AlarmTrigger"] * 2),
        ({"TemplateName": "", "TemplateContent": "Tasks: [{Action: 'ACS::Approve'}]"}, "Other", "Approve"),
        ({"Mode": "Debug"}, "Other", "Debug"),
    ],
)
def test_what_waits(control, start, one, parameters, category, waiting):
    execution = start(**parameters)
    control.advance(10**6)
    seen = one(execution["ExecutionId"])
    assert (seen["Status"], seen["Category"], seen["WaitingStatus"]) == ("Waiting", category, waiting)
    assert bool(seen["NextScheduleTime"]) == (category == "TimerTrigger")


def test_an_end(control, create, one):
    ended, failed = create(run_seconds=10), create(run_seconds=10, final_status="Failed")
    control.advance(10)
    seen = one(ended)
    assert seen["EndDate"] > seen["StartDate"] and seen["CurrentTasks"] == []
    assert one(failed)["StatusMessage"] and not seen["StatusMessage"]


# CancelExecution

SLOW = {"cancel_is_immediate": False, "stopping_seconds": 3}
test_courses = going(
    *[({}, {"status": status}, f"{status} stop Cancelled") for status in ("Started", "Queued", "Pending", "Running")],
    ({}, {"status": "Waiting"}, "Waiting stop Cancelled"),
    # Accepted again, and changes nothing.
    (SLOW, {"status": "Waiting"}, "Waiting stop Running 1 stop 1.9 Running 0.1 Cancelled"),
    (SLOW, {"stopping_seconds": 60}, "Running stop 59 Running 1 Cancelled"),
)


test_refusals = refusing(
    {"id": "exec-mine"},
    {"StartExecution": {"TemplateName": "x"}, "CancelExecution": {"ExecutionId": "exec-mine"}},
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
)


def test_the_gateway_speaks_as_oos_does(client, control):
    control.fault("expired_token")
    assert client.refusal("ListExecutions") == ("ExpiredStsToken", 400)
    stranger = {**client.keys["session"], "security_token": "CAISsomebody/elses=="}
    for options, expected in (
        ({"key": "denied"}, ("User.NoPermission", 401)),
        ({"key": "denied", "wire": "v1", "sent": {"Format": "JSON"}}, ("User.NoPermission", 401)),
        ({"key": "expired"}, ("ExpiredStsToken", 400)),
        ({"key": stranger}, ("InvalidStsToken", 400)),
        ({"headers": {"x-acs-version": "2019-06-02"}}, ("InvalidVersion", 400)),
    ):
        assert client.refusal("ListExecutions", **options) == expected
        assert control.get("requests")[-1]["code"] == expected[0]
    assert client.refusal("Nonsense") == ("InvalidAction.NotFound", 400)


def test_the_region_may_be_left_out(client, control, create, found):
    here, there = create(), create(region="cn-beijing")
    assert dig(client.v3("ListExecutions").json(), IDS) == [here]
    assert found(RegionId="cn-beijing") == [there]
    assert control.get("requests")[0]["region"] == "cn-hangzhou"


# ListExecutions


def test_filters(create, start, found):
    given = {
        "Tags": '{"team": "red", "env": "a"}',
        "Mode": "FailurePause",
        "Description": "why",
        "ResourceGroupId": "rg-1",
        "Parameters": '{"id": "i-1"}',
    }
    everything = [
        start(TemplateName="Backup", **given)["ExecutionId"],
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
        ({"ExecutionId": "exec-unknown"}, []),
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


@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("field", ["StartDate", "EndDate", "Status"])
def test_paging(client, create, found, field, order):
    created = [create(status=("Running", "Success", "Failed")[number % 3], age=number) for number in range(25)]
    sorting = {"SortField": field, "SortOrder": order}
    ids = found(**sorting)
    assert sorted(ids) == sorted(created)
    assert client.pages("ListExecutions", IDS, MaxResults=10, **sorting) == in_pages(ids, 10)
    answer = client.ok("ListExecutions")
    assert (answer["MaxResults"], answer["TotalCount"], answer["NextToken"]) == (50, 25, "")


def test_what_is_new_shifts_no_page(client, control, create):
    created = [create() for _ in range(30)][::-1]
    first = client.ok("ListExecutions", MaxResults=10)
    control.advance(1)
    create()
    assert client.found("ListExecutions", IDS, NextToken=first["NextToken"]) == created[10:]


def test_settings_shape_the_answer(client, control, create, one):
    execution_id = create()
    control.settings(nullable=True, unknown_id="error")
    seen = one(execution_id)
    assert not {"EndDate", "WaitingStatus", "ParentExecutionId", "Tags"} & set(seen) and seen["IsParent"] is False
    assert client.refusal("ListExecutions", {"ExecutionId": "exec-unknown"}) == UNKNOWN


# Children


@pytest.fixture
def family(control, create):
    made = control.create("alibaba", kind=KIND, name="Parent", children=2)
    return [made["id"], *made["children"], create(parent=made["children"][0])]


def test_children_are_listed_when_asked_for(family, found, one):
    parent, first, second, grandchild = family
    for wanted, ids in (
        ({}, [parent]),
        ({"Depth": "RootDepth"}, [parent]),
        ({"IncludeChildExecution": "false"}, [parent]),
        ({"IncludeChildExecution": "true"}, [grandchild, second, first, parent]),
        ({"Depth": "FirstChildDepth"}, [second, first]),
        ({"ParentExecutionId": parent}, [second, first]),
        ({"ExecutionId": grandchild}, [grandchild]),
    ):
        assert found(**wanted) == ids, wanted
    assert [one(each)["IsParent"] for each in family] == [True, True, False, False]
    assert (one(grandchild)["ParentExecutionId"], one(first)["TemplateName"]) == (first, "Parent-child-1")


# Tasks


def test_tasks(stop, family, one, tasks):
    parent, first, second, _grandchild = family
    seen = tasks(ExecutionId=parent, SortOrder="Ascending")
    assert [(task["TaskName"], task["ChildExecutionId"], task["Status"]) for task in seen] == [
        ("task1", "", "Running"),
        ("task2", first, "Running"),
        ("task3", second, "Running"),
    ]
    stop(first)
    assert tasks(".TaskName", ExecutionId=parent, Status="Cancelled") == ["task2"]
    assert tasks(".TaskName", TaskExecutionId=seen[2]["TaskExecutionId"]) == ["task3"]
    assert (len(tasks(TaskName="task1")), len(tasks(TaskAction="ACS::Template"))) == (4, 3)
    assert tasks(AccountId="1") == tasks(ExecutionId="exec-unknown") == []
    assert one(parent)["Counters"] == {"Total": 3, "Running": 2, "Cancelled": 1}


def test_loops(client, create, tasks):
    execution_id = create(loop_items=30)
    command, loop = tasks(ExecutionId=execution_id, SortOrder="Ascending")
    assert (command["Loop"], loop["Loop"]) == ({}, {"Items": 30})
    wanted = {"ParentTaskExecutionId": loop["TaskExecutionId"], "MaxResults": 20}
    first, second = client.pages("ListTaskExecutions", "TaskExecutions", **wanted)
    assert (len(first), len(second)) == (20, 10)
    assert {item["ParentTaskExecutionId"] for item in first + second} == {loop["TaskExecutionId"]}
    assert {item["LoopItem"] for item in first + second} == {f"i-{number:04}" for number in range(1, 31)}
    assert len(tasks(ExecutionId=execution_id, IncludeChildTaskExecution="true")) == 32
    assert client.ok("ListTaskExecutions")["MaxResults"] == 50
