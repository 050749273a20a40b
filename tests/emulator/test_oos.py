# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OOS: executions in time, their cancellation, children and tasks; filters, paging, error codes."""

from __future__ import annotations

import itertools
import json
import time

import pytest

from emulator.alibaba.oos import WORDS
from emulator.instance import ENDED

KIND = "automation_execution"


@pytest.fixture(autouse=True)
def by_hand(control):
    control.stand_still()


def create(control, **description):
    return control.create("alibaba", kind=KIND, **description)["id"]


def listed(oos, **parameters):
    return oos.ok("ListExecutions", **parameters)["Executions"]


def one(oos, execution_id):
    (seen,) = listed(oos, ExecutionId=execution_id)
    return seen


def statuses(control, oos, execution_id, *advances):
    seen = [one(oos, execution_id)["Status"]]
    for seconds in advances:
        control.advance(seconds)
        seen.append(one(oos, execution_id)["Status"])
    return seen


# StartExecution


def test_start_and_read_it_back(oos):
    execution = oos.ok(
        "StartExecution",
        TemplateName="MyTemplate",
        Parameters='{"targets": ["i-1"]}',
        Mode="FailurePause",
        Description="back up",
        Tags='{"team": "red"}',
        SafetyCheck="Skip",
        ResourceGroupId="rg-1",
        TemplateVersion="v7",
    )["Execution"]
    assert execution["ExecutionId"].startswith("exec-")
    assert (execution["Status"], execution["Parameters"]) == ("Started", '{"targets": ["i-1"]}')
    seen = one(oos, execution["ExecutionId"])
    assert {
        "Status": "Running",
        "Category": "Other",
        "Mode": "FailurePause",
        "Description": "back up",
        "Tags": {"team": "red"},
        "TemplateName": "MyTemplate",
        "TemplateVersion": "v7",
        "SafetyCheck": "Skip",
        "ResourceGroupId": "rg-1",
        "Parameters": {"targets": ["i-1"]},
        "IsParent": False,
        "EndDate": "",
        "WaitingStatus": "",
    }.items() <= seen.items()
    assert seen["StartDate"].endswith("Z")
    assert [task["TaskAction"] for task in seen["CurrentTasks"]] == ["ACS::ECS::RunCommand"]
    assert seen["Counters"] == {"Total": 1, "Running": 1}


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
    oos.ok("CancelExecution", ExecutionId=seen["ExecutionId"])
    assert one(oos, seen["ExecutionId"])["Status"] == "Cancelled"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ("MissingParameter.TemplateName", 400)),
        ({"TemplateName": "a b"}, ("InvalidParameter.TemplateName", 400)),
        ({"TemplateName": "x", "Mode": "Slow"}, ("InvalidParameter.Mode", 400)),
        ({"TemplateName": "x", "Parameters": "["}, ("InvalidParameter.Parameters", 400)),
        ({"TemplateName": "x", "Tags": "[]"}, ("InvalidParameter.Tags", 400)),
        ({"TemplateName": "x", "ParentExecutionId": "exec-0"}, ("EntityNotExist.Execution", 404)),
        ({"TemplateName": "x", "Template": "y"}, ("UnsupportedParameter", 400)),
    ],
)
def test_start_refusals(oos, control, parameters, expected):
    assert oos.code("StartExecution", **parameters) == expected
    assert control.get("operations") == []


# In time


def test_course(oos, control):
    execution_id = create(control, pending_seconds=5, run_seconds=10)
    assert statuses(control, oos, execution_id, 4.9, 0.1, 9.9, 0.1, 1000) == [
        *("Started", "Started", "Running", "Running", "Success", "Success")
    ]
    seen = one(oos, execution_id)
    assert seen["EndDate"] > seen["StartDate"] and seen["CurrentTasks"] == []
    failing = create(control, run_seconds=1, final_status="Failed")
    assert statuses(control, oos, failing, 1) == ["Running", "Failed"]
    assert one(oos, failing)["StatusMessage"]


@pytest.mark.parametrize("status", [*WORDS.phases, "Preparing"])
def test_every_status_can_be_had_and_stays(oos, control, status):
    execution_id = create(control, status=status, age=100)
    assert statuses(control, oos, execution_id, 10**6) == [status, status]


def test_a_described_status_goes_on(oos, control):
    queued = create(control, status="Queued", pending_seconds=5, run_seconds=5)
    assert statuses(control, oos, queued, 5, 5) == ["Queued", "Running", "Success"]
    approved = create(control, status="Waiting", pending_seconds=5)
    assert one(oos, approved)["WaitingStatus"] == "Approve"
    assert statuses(control, oos, approved, 5) == ["Waiting", "Running"]


def test_finish(oos, control):
    first, second = create(control), create(control, category="TimerTrigger")
    control.send("POST", f"operations/{first}/finish", {"status": "Failed"})
    control.send("POST", f"operations/{second}/finish")
    assert [each["Status"] for each in listed(oos)] == ["Success", "Failed"]
    for body in ({"status": "Running"}, {"instance_ids": ["i-1"]}):
        assert control.send("POST", f"operations/{first}/finish", body).status_code == 400


# CancelExecution


@pytest.mark.parametrize("status", ["Started", "Queued", "Pending", "Running", "Waiting"])
def test_cancel(oos, control, status):
    execution_id = create(control, status=status)
    assert set(oos.ok("CancelExecution", ExecutionId=execution_id)) == {"RequestId"}
    assert one(oos, execution_id)["Status"] == "Cancelled"
    assert control.get(f"operations/{execution_id}")["stop_accepted_at"] == control.get("clock")["now"]
    assert oos.code("CancelExecution", ExecutionId=execution_id) == ("ExecutionCancelFailed", 403)


def test_cancel_that_takes_time(oos, control):
    control.settings(cancel_is_immediate=False, stopping_seconds=3)
    execution_id = create(control, status="Waiting")
    oos.ok("CancelExecution", ExecutionId=execution_id)
    control.advance(1)
    oos.ok("CancelExecution", ExecutionId=execution_id)  # accepted again, and changes nothing
    assert statuses(control, oos, execution_id, 1.9, 0.1) == ["Running", "Running", "Cancelled"]
    own_pace = create(control, stopping_seconds=60)
    oos.ok("CancelExecution", ExecutionId=own_pace)
    assert statuses(control, oos, own_pace, 59, 1) == ["Running", "Running", "Cancelled"]


@pytest.mark.parametrize("status", sorted(word for word, phase in WORDS.phases.items() if phase in ENDED))
def test_cancel_of_what_has_ended(oos, control, status):
    execution_id = create(control, status=status)
    assert oos.code("CancelExecution", ExecutionId=execution_id) == ("ExecutionCancelFailed", 403)
    assert control.get(f"operations/{execution_id}")["stop_accepted_at"] is None


def test_an_unknown_status_survives_a_cancel(oos, control):
    execution_id = create(control, status="Preparing")
    oos.ok("CancelExecution", ExecutionId=execution_id)
    assert one(oos, execution_id)["Status"] == "Preparing"
    control.send("POST", f"operations/{execution_id}/finish", {"status": "Cancelled"})
    assert one(oos, execution_id)["Status"] == "Cancelled"


def test_finish_first(oos, control):
    first, second = create(control), create(control)
    for execution_id, fault in ((first, {}), (second, {"status": "Failed"})):
        control.fault("finish_first", **fault)
        assert oos.code("CancelExecution", ExecutionId=execution_id) == ("ExecutionCancelFailed", 403)
    assert [one(oos, each)["Status"] for each in (first, second)] == ["Success", "Failed"]


def test_stale_reads(oos, control):
    execution_id = create(control, age=60)
    oos.ok("CancelExecution", ExecutionId=execution_id)
    control.fault("stale_reads", seconds=5, times=2)
    assert statuses(control, oos, execution_id, 1, 0) == ["Running", "Running", "Cancelled"]


def test_stale_reads_do_not_know_what_is_new(oos, control):
    create(control)
    control.fault("stale_reads", seconds=5)
    assert listed(oos) == []


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"ExecutionId": "exec-unknown"}, ("EntityNotExist.Execution", 404)),
        ({"RegionId": "cn-beijing"}, ("EntityNotExist.Execution", 404)),
        ({"RegionId": "cn-nowhere"}, ("InvalidRegionId.NotFound", 404)),
        ({"ExecutionId": ""}, ("MissingParameter.ExecutionId", 400)),
    ],
)
def test_cancel_refusals(oos, control, parameters, expected):
    execution_id = create(control)
    assert oos.code("CancelExecution", **{"ExecutionId": execution_id, **parameters}) == expected
    assert one(oos, execution_id)["Status"] == "Running"


def test_other_kinds_are_not_executions(oos, alibaba, control):
    invocation = control.create("alibaba", count=1)["id"]
    assert oos.code("CancelExecution", ExecutionId=invocation) == ("EntityNotExist.Execution", 404)
    assert alibaba.code("StopInvocation", InvokeId=create(control)) == ("InvalidInvokeId.NotFound", 404)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ExecutionCancelFailed", 403),
        ("EntityNotExist.Execution", 404),
        ("User.NoPermission", 401),
        ("InvalidStsToken", 400),
        ("ExpiredStsToken", 400),
        ("InvalidAccountType", 400),
        ("InvalidVersion", 400),
        ("InvalidAction.NotFound", 400),
        ("InvalidSecurityToken.Expired", 400),  # as ordered, not reworded
        ("Throttling.User", 400),
        ("ServiceUnavailable", 503),
    ],
)
def test_every_code_by_order(oos, control, code, status):
    control.fault("error", code=code, action="CancelExecution")
    assert oos.code("CancelExecution", ExecutionId=create(control)) == (code, status)


def error(response):
    return response.json()["Code"], response.status_code


def test_the_gateway_speaks_as_oos_does(oos, control):
    assert error(oos.v3("ListExecutions", key="denied")) == ("User.NoPermission", 401)
    assert control.get("requests")[-1]["code"] == "User.NoPermission"
    assert error(oos.v3("ListExecutions", key="expired")) == ("ExpiredStsToken", 400)
    stranger = {**oos.keys["session"], "security_token": "CAISsomebody/elses=="}
    assert error(oos.v3("ListExecutions", key=stranger)) == ("InvalidStsToken", 400)
    assert error(oos.v3("Nonsense")) == ("InvalidAction.NotFound", 400)
    assert error(oos.v3("ListExecutions", headers={"x-acs-version": "2019-06-02"})) == ("InvalidVersion", 400)
    assert "<Code>User.NoPermission</Code>" in oos.v1("ListExecutions", key="denied", sent={"Format": "XML"}).text


def test_the_region_may_be_left_out(oos, control):
    here, there = create(control), create(control, region="cn-beijing")
    assert [each["ExecutionId"] for each in oos.v3("ListExecutions").json()["Executions"]] == [here]
    assert [each["ExecutionId"] for each in listed(oos, RegionId="cn-beijing")] == [there]
    assert control.get("requests")[0]["region"] == "cn-hangzhou"


# ListExecutions


def test_filters(oos, control):
    started = oos.ok(
        "StartExecution",
        TemplateName="Backup",
        Tags='{"team": "red", "env": "a"}',
        Mode="FailurePause",
        Description="why",
        ResourceGroupId="rg-1",
        Parameters='{"id": "i-1"}',
    )
    everything = [
        started["Execution"]["ExecutionId"],
        create(control, name="MyBackupAll", status="Success"),
        create(control, category="TimerTrigger"),
        create(control, category="AlarmTrigger", status="Running"),
    ]

    def found(**parameters):
        return [everything.index(each["ExecutionId"]) for each in listed(oos, **parameters)]

    assert found() == [3, 2, 1, 0]
    assert found(Status="Running") == [3, 0]
    assert found(Status="Waiting") == [2]
    assert found(Status="Queued") == []
    assert found(TemplateName="Backup") == [1, 0]
    assert found(Category="TimerTrigger") == [2]
    assert found(Categories='["TimerTrigger","AlarmTrigger"]') == [3, 2]
    assert found(Categories="TimerTrigger,Other") == [2, 1, 0]
    assert found(Mode="FailurePause") == [0]
    assert found(Description="why") == [0]
    assert found(ResourceGroupId="rg-1") == [0]
    assert found(ResourceId="i-1") == [0]
    assert found(Tags='{"team":"red"}') == [0]
    assert found(Tags='{"team":"blue"}') == []
    assert found(ExecutedBy="emulator") == [3, 2, 1, 0]
    assert found(RamRole="Other") == found(ResourceTemplateName="x") == found(RdFolderIds='["fd-1"]') == []
    assert found(ExecutionId=f"{everything[0]},{everything[1]}") == []  # one id, not a list


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Status": "Running,Waiting"}, "InvalidParameter.Status"),
        ({"Category": "Other", "Categories": "Other"}, "InvalidParameter.Categories"),
        ({"Category": "Never"}, "InvalidParameter.Category"),
        ({"Categories": "Never"}, "InvalidParameter.Categories"),
        ({"Depth": "RootDepth", "IncludeChildExecution": "true"}, "InvalidParameter.Depth"),
        ({"Depth": "Deep"}, "InvalidParameter.Depth"),
        ({"StartDateAfter": "yesterday"}, "InvalidParameter.StartDateAfter"),
        ({"SortField": "Name"}, "InvalidParameter.SortField"),
        ({"SortOrder": "Up"}, "InvalidParameter.SortOrder"),
        ({"Tags": "x"}, "InvalidParameter.Tags"),
        ({"NextToken": "nonsense"}, "InvalidParameter.NextToken"),
        ({"MaxResults": 9}, "InvalidParameter.MaxResults"),
        ({"MaxResults": 101}, "InvalidParameter.MaxResults"),
        ({"MaxResults": "many"}, "InvalidParameter.MaxResults"),
        ({"PageSize": 10}, "UnsupportedParameter"),
    ],
)
def test_listing_refusals(oos, parameters, code):
    assert oos.code("ListExecutions", **parameters) == (code, 400)


def iso(control, ago):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(control.get("clock")["now"] - ago)))


def test_dates_are_inclusive(oos, control):
    old = create(control, age=100, status="Success")
    new = create(control, age=10)

    def found(**parameters):
        return [each["ExecutionId"] for each in listed(oos, **parameters)]

    assert found(StartDateAfter=iso(control, 100)) == [new, old]
    assert found(StartDateAfter=iso(control, 99)) == [new]
    assert found(StartDateBefore=iso(control, 100)) == [old]
    assert found(StartDateBefore=iso(control, 101)) == []
    assert found(EndDateBefore=iso(control, 0)) == found(EndDateAfter=iso(control, 100)) == [old]
    assert found(EndDateAfter=iso(control, 99)) == []


def test_sorting(oos, control):
    first = create(control, age=100, status="Success")
    second = create(control, age=50, status="Running")
    third = create(control, age=70, status="Failed")

    def found(**parameters):
        return [each["ExecutionId"] for each in listed(oos, **parameters)]

    assert found() == [second, third, first]
    assert found(SortOrder="Ascending") == [first, third, second]
    assert found(SortField="Status") == [first, second, third]
    assert found(SortField="EndDate", SortOrder="Ascending") == [second, first, third]


def pages(oos, action, key, **parameters):
    while True:
        answer = oos.ok(action, **parameters)
        yield answer[key]
        if not answer["NextToken"]:
            return
        parameters["NextToken"] = answer["NextToken"]


@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("field", ["StartDate", "EndDate", "Status"])
def test_paging(oos, control, field, order):
    created = [create(control, status=("Running", "Success", "Failed")[number % 3], age=number) for number in range(25)]
    seen = list(pages(oos, "ListExecutions", "Executions", MaxResults=10, SortField=field, SortOrder=order))
    assert [len(page) for page in seen] == [10, 10, 5]
    assert sorted(each["ExecutionId"] for each in itertools.chain(*seen)) == sorted(created)
    answer = oos.ok("ListExecutions")
    assert (answer["MaxResults"], answer["TotalCount"], answer["NextToken"]) == (50, 25, "")


def test_what_is_new_shifts_no_page(oos, control):
    created = [create(control) for _number in range(30)]
    seen = []
    for page in pages(oos, "ListExecutions", "Executions", MaxResults=10):
        seen += page
        control.advance(1)
        create(control)
    assert [each["ExecutionId"] for each in seen] == created[::-1]


def test_unknown_id(oos, control):
    assert listed(oos, ExecutionId="exec-unknown") == []
    control.settings(unknown_id="error")
    assert oos.code("ListExecutions", ExecutionId="exec-unknown") == ("EntityNotExist.Execution", 404)


def test_nullable(oos, control):
    execution_id = create(control)
    control.settings(nullable=True)
    seen = one(oos, execution_id)
    assert not {"EndDate", "WaitingStatus", "ParentExecutionId", "Tags"} & set(seen)
    assert seen["IsParent"] is False


# Children


@pytest.fixture
def family(control):
    made = control.create("alibaba", kind=KIND, name="Parent", children=2)
    grandchild = create(control, parent=made["children"][0])
    return [made["id"], *made["children"], grandchild]


def test_children_are_listed_when_asked_for(oos, family):
    parent, first, second, grandchild = family

    def found(**parameters):
        return [each["ExecutionId"] for each in listed(oos, **parameters)]

    assert found() == found(Depth="RootDepth") == found(IncludeChildExecution="false") == [parent]
    assert found(IncludeChildExecution="true") == [grandchild, second, first, parent]
    assert found(Depth="FirstChildDepth") == [second, first]
    assert found(ParentExecutionId=parent) == [second, first]
    assert found(ExecutionId=grandchild) == [grandchild]
    assert [one(oos, each)["IsParent"] for each in family] == [True, True, False, False]
    assert one(oos, grandchild)["ParentExecutionId"] == first
    assert one(oos, first)["TemplateName"] == "Parent-child-1"


@pytest.mark.parametrize(("setting", "expected"), [("live", "Running"), ("cancelled", "Cancelled")])
def test_children_on_cancel(oos, control, family, setting, expected):
    control.settings(children_on_cancel=setting)
    oos.ok("CancelExecution", ExecutionId=family[0])
    assert [one(oos, each)["Status"] for each in family] == ["Cancelled", *[expected] * 3]


def test_a_client_starts_a_child(oos, control):
    parent = create(control)
    child = oos.ok("StartExecution", TemplateName="x", ParentExecutionId=parent)["Execution"]
    assert child["ParentExecutionId"] == parent
    (task,) = [task for task in tasks(oos, ExecutionId=parent) if task["ChildExecutionId"]]
    assert task["ChildExecutionId"] == child["ExecutionId"]


# Tasks


def tasks(oos, **parameters):
    return oos.ok("ListTaskExecutions", **parameters)["TaskExecutions"]


def test_tasks(oos, control, family):
    parent, first, second, _grandchild = family
    seen = tasks(oos, ExecutionId=parent, SortOrder="Ascending")
    assert [(task["TaskName"], task["ChildExecutionId"]) for task in seen] == [
        ("task1", ""),
        ("task2", first),
        ("task3", second),
    ]
    assert {task["Status"] for task in seen} == {"Running"}
    oos.ok("CancelExecution", ExecutionId=first)
    assert [task["TaskName"] for task in tasks(oos, ExecutionId=parent, Status="Cancelled")] == ["task2"]
    assert [task["TaskName"] for task in tasks(oos, TaskExecutionId=seen[2]["TaskExecutionId"])] == ["task3"]
    assert len(tasks(oos, TaskName="task1")) == 4
    assert len(tasks(oos, TaskAction="ACS::Template")) == 3
    assert tasks(oos, AccountId="1") == tasks(oos, ExecutionId="exec-unknown") == []
    assert one(oos, parent)["Counters"] == {"Total": 3, "Running": 2, "Cancelled": 1}


def test_loops(oos, control):
    execution_id = create(control, loop_items=30)
    command, loop = tasks(oos, ExecutionId=execution_id, SortOrder="Ascending")
    assert (command["Loop"], loop["Loop"]) == ({}, {"Items": 30})
    items = list(
        pages(oos, "ListTaskExecutions", "TaskExecutions", ParentTaskExecutionId=loop["TaskExecutionId"], MaxResults=20)
    )
    assert [len(page) for page in items] == [20, 10]
    assert {item["ParentTaskExecutionId"] for item in itertools.chain(*items)} == {loop["TaskExecutionId"]}
    assert {item["LoopItem"] for item in itertools.chain(*items)} == {f"i-{number:04}" for number in range(1, 31)}
    assert len(tasks(oos, ExecutionId=execution_id, IncludeChildTaskExecution="true")) == 32
    assert oos.code("ListTaskExecutions", MaxResults=19) == ("InvalidParameter.MaxResults", 400)
    assert oos.code("ListTaskExecutions", MaxResults=101) == ("InvalidParameter.MaxResults", 400)
    assert oos.ok("ListTaskExecutions")["MaxResults"] == 50


def test_invocations_behind_a_task(oos, alibaba, control):
    real = control.create("alibaba", count=1, status="Pending", stopping_seconds=0)["id"]
    execution_id = create(control, invocation_ids=[real, "t-madeup"])
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
    assert oos.code("ListTaskExecutionInvocations") == ("MissingParameter.TaskExecutionId", 400)
    assert oos.ok("ListTaskExecutionInvocations", TaskExecutionId="x")["TaskExecutionInvocations"] == []


def test_truth(control):
    made = control.create("alibaba", kind=KIND, id="exec-mine", children=1, invocation_ids=["t-1"], waiting="Approve")
    seen = control.get("operations/exec-mine")
    assert {
        "kind": KIND,
        "id": "exec-mine",
        "status": "Waiting",
        "phase": "scheduled",
        "waiting": "Approve",
        "children": made["children"],
        "stop_accepted_at": None,
        "ended": None,
    }.items() <= seen.items()
    assert seen["tasks"][0]["invocation_ids"] == ["t-1"]
    assert [each["kind"] for each in control.get("operations")] == [KIND, KIND]
