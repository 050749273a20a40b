# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba Cloud's kinds, with answers as its references write them."""

from __future__ import annotations

import typing as t

from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Reading

from ...support.adapters import Item, Kind
from ...support.answers import Answer

OF_INVOCATIONS = "use cloud_invocation_cancel or image_task_cancel with provider=alibaba"
OF_EXECUTIONS = "use automation_execution_cancel with provider=alibaba"
OF_TENCENT = "use cloud_invocation_cancel with provider=tencent"
OF_COMMANDS = "cloud_invocation_info lists its runs with command_id"
OF_INSTANCES = "instances go into instance_ids"

STACK_OPERATION = "6da106ca-1784-4a6f-a7e1-000000000001"

# Commands


def invocation(invoke_id: t.Any = "t-1", *instances: Item, **more: t.Any) -> Item:
    return {
        "InvokeId": invoke_id,
        "CommandId": "c-1",
        "CommandName": "nightly-cleanup",
        "InvocationStatus": "Running",
        "RepeatMode": "Once",
        "Timed": False,
        "CreationTime": "2024-01-02T03:04:05Z",
        "Launcher": "user",
        "InvokeInstances": {"InvokeInstance": list(instances)},
        **more,
    }


def instance(instance_id: str, status: str = "Running", **more: t.Any) -> Item:
    return {
        "InstanceId": instance_id,
        "InvocationStatus": status,
        "ExitCode": 0,
        "ErrorCode": "",
        "ErrorInfo": "",
        "FinishTime": "",
        **more,
    }


def invocations(*items: Item, token: t.Any = "") -> Answer:
    return {"RequestId": "r-1", "NextToken": token, "Invocations": {"Invocation": list(items)}}


def results(*items: Item, token: str = "", total: t.Any = 0) -> Answer:
    inside = {"NextToken": token, "TotalCount": total, "InvocationResults": {"InvocationResult": list(items)}}
    return {"RequestId": "r-1", "Invocation": inside}


INVOCATION = Kind(
    "alibaba",
    "cloud_invocation",
    id="t-1",
    item=invocation,
    reading=lambda item, *parts: [invocations(item), results(*parts, total=len(parts))],
    long_reading=[
        invocations(invocation()),
        # Not counted, so that the numbers are of no use.
        results(instance("i-1")),
        results(instance("i-1"), token="next"),
        results(),
    ],
    listing=lambda *items, more=False: [invocations(*items, token="next" if more else "")],
    endless=lambda number: invocations(*[invocation(f"t-{number}")] * 50, token=f"token-{number}"),
    shown={"name": "nightly-cleanup", "status": "Running", "command_id": "c-1", "source": "user"},
    reads=[
        ("DescribeInvocations", {"InvokeId": "t-1"}),
        ("DescribeInvocationResults", {"InvokeId": "t-1", "PageNumber": 1, "PageSize": 50}),
    ],
    status="InvocationStatus",
    states={
        "pending": "Pending",
        "scheduled": "Scheduled",
        "running": "Running",
        "stopping": "Stopping",
        "succeeded": "Success Finished",
        "failed": "Failed PartialFailed",
        "stopped": "Stopped",
    },
    ended=lambda created, finished: invocation(
        "t-1",
        instance("i-1", "Success", FinishTime="2024-01-01T00:00:00Z"),
        instance("i-2", "Success", FinishTime=finished),
        InvocationStatus="Success",
        CreationTime=created,
    ),
    stops={"InvokeId": "t-1", "InstanceId": []},
    stops_some={"InvokeId": "t-1", "InstanceId": ["x-1", "x-2"]},
    stop_limit=50,
    foreign={
        "invocation_id": {
            "inv-1": OF_TENCENT,
            "exec-1": OF_EXECUTIONS,
            "c-1": OF_COMMANDS,
            "cmd-1": OF_COMMANDS,
            "i-1": OF_INSTANCES,
        },
        "instance_ids": {
            "ins-1": "an instance of Tencent Cloud, and not of an instance at alibaba",
            "lhins-1": "an instance of Tencent Cloud",
            "t-1": "a Cloud Assistant invocation",
        },
    },
    own={"invocation_id": ["t-1", "anything"], "instance_ids": ["i-bp1example0001", "mi-hz01example", "at-all"]},
    parts={
        "i-1": instance("i-1"),
        "i-2": instance("i-2", "Failed", ExitCode=7, ErrorCode="ExitCodeNonzero", ErrorInfo="exit code 7"),
    },
    readings={
        "i-1": Reading("Running", "running"),
        "i-2": Reading("Failed", "failed", 7, "ExitCodeNonzero: exit code 7"),
    },
    parts_key="instances",
    part_named={"instance_id": "i-1"},
    part_status="InvocationStatus",
    part_states={
        "pending": "Pending",
        "scheduled": "Scheduled",
        "running": "Running",
        "stopping": "Stopping",
        "succeeded": "Success Finished",
        "failed": "Failed Invalid Aborted Error Timeout",
        "stopped": "Cancelled Terminated Stopped",
    },
    exits={"ExitCode": 0},
    part_ended=lambda moment: {"InvocationStatus": "Success", "FinishedTime": moment},
    inside=lambda part: {"InvokeInstances": {"InvokeInstance": [instance(part)]}},
    counts=("DescribeInvocationResults", {"InvokeId": "t-1", "PageNumber": 1, "PageSize": 50}),
    glances=[
        ("DescribeInvocations", {"InvokeStatus": status, "Timed": False, "MaxResults": 50})
        for status in ("Pending", "Running", "Stopping")
    ],
)

# Executions


def execution(execution_id: t.Any = "exec-1", **more: t.Any) -> Item:
    return {
        "ExecutionId": execution_id,
        "ParentExecutionId": "",
        "IsParent": False,
        "Status": "Running",
        "StatusMessage": "",
        "WaitingStatus": "",
        "TemplateName": "restart-fleet",
        "Category": "Other",
        "CreateDate": "2024-01-02T03:04:05Z",
        "StartDate": "2024-01-02T03:04:06Z",
        "EndDate": "",
        **more,
    }


def executions(*items: Item, token: str = "") -> Answer:
    return {"RequestId": "r-1", "NextToken": token, "Executions": list(items)}


OOS_STATES = {
    "pending": "Started Queued Pending",
    "running": "Running Waiting",
    "succeeded": "Success Skipped",
    "failed": "Failed",
    "stopped": "Cancelled",
}
EXECUTION = Kind(
    "alibaba",
    "automation_execution",
    id="exec-1",
    item=execution,
    reading=lambda item, *parts: [executions(item), executions(*parts)],
    long_reading=[
        executions(token="a"),
        executions(execution()),
        executions(execution("exec-2"), token="b"),
        executions(),
    ],
    listing=lambda *items, more=False: [executions(*items, token="next" if more else "")],
    endless=lambda number: executions(*[execution(f"exec-{number}")] * 50, token=f"token-{number}"),
    shown={
        "name": "restart-fleet",
        "status": "Running",
        "category": "Other",
        "parent_execution_id": None,
        "status_message": None,
    },
    reads=[
        ("ListExecutions", {"ExecutionId": "exec-1", "IncludeChildExecution": True, "MaxResults": 50}),
        ("ListExecutions", {"ParentExecutionId": "exec-1", "MaxResults": 50}),
    ],
    status="Status",
    states=OOS_STATES,
    ended=lambda created, finished: execution(Status="Success", CreateDate=created, EndDate=finished),
    stops={"ExecutionId": "exec-1"},
    foreign={"execution_id": {"t-1": OF_INVOCATIONS, "inv-1": OF_TENCENT, "c-1": OF_COMMANDS}},
    own={"execution_id": ["exec-1", "anything"]},
    parts={
        "exec-2": execution("exec-2", StatusMessage="half way"),
        "exec-3": execution("exec-3", Status="Failed", StatusMessage="hm"),
    },
    readings={
        "exec-2": Reading("Running", "running", name="restart-fleet"),
        "exec-3": Reading("Failed", "failed", error="hm", name="restart-fleet"),
    },
    parts_key="children",
    has_children={"IsParent": True},
    part_named={"execution_id": "exec-2"},
    part_status="Status",
    part_states=OOS_STATES,
    part_ended=lambda moment: {"Status": "Cancelled", "EndDate": moment},
    glances=[
        ("ListExecutions", {"IncludeChildExecution": True, "MaxResults": 50, "Status": status})
        for status in ("Started", "Pending", "Queued", "Running", "Waiting", "Running")
    ],
)

# Tasks on images


def task(task_id: t.Any = "t-1", **more: t.Any) -> Item:
    return {
        "TaskId": task_id,
        "TaskAction": "ExportImage",
        "TaskStatus": "Processing",
        "CreationTime": "2024-01-02T03:04:05Z",
        "FinishedTime": "",
        "ResourceId": "m-1",
        **more,
    }


def tasks(*items: Item, total: int | None = None) -> Answer:
    return {"RequestId": "r-1", "TotalCount": len(items) if total is None else total, "TaskSet": {"Task": list(items)}}


IMAGE_TASK = Kind(
    "alibaba",
    "image_task",
    id="t-1",
    item=task,
    reading=lambda item: [tasks(item)],
    long_reading=[tasks(task())],
    listing=lambda *items, more=False: [tasks(*items, total=len(items) + more)],
    endless=lambda number: tasks(*[task(f"t-{number}")] * 100, total=10**9),
    shown={"name": "ExportImage", "status": "Processing", "resource_id": "m-1"},
    reads=[("DescribeTasks", {"TaskIds": "t-1", "PageSize": 100})],
    status="TaskStatus",
    states={
        "pending": "Waiting",
        "running": "Processing Paused",
        "succeeded": "Finished",
        "failed": "Failed",
        "stopped": "Deleted",
    },
    ended=lambda created, finished: task(TaskStatus="Finished", CreationTime=created, FinishedTime=finished),
    stops={"TaskId": "t-1"},
    foreign={"task_id": {"exec-1": OF_EXECUTIONS, "inv-1": OF_TENCENT}},
    own={"task_id": ["t-1", "anything"]},
    glances=[("DescribeTasks", {"TaskIds": "one,two,three", "PageSize": 100})],
)

# Operations of stack groups


def operation(operation_id: t.Any = STACK_OPERATION, **more: t.Any) -> Item:
    return {
        "OperationId": operation_id,
        "StackGroupName": "landing-zone",
        "Action": "UPDATE",
        "Status": "RUNNING",
        "OperationDescription": "roll out",
        "CreateTime": "2024-01-02T03:04:05",
        "EndTime": "",
        **more,
    }


def pair(account: str = "1234567890123456", status: str = "RUNNING", reason: str = "") -> Item:
    return {"AccountId": account, "RegionId": "cn-beijing", "Status": status, "StatusReason": reason}


def _numbered(name: str, items: t.Sequence[Item], total: int | None) -> Answer:
    return {"RequestId": "r-1", "TotalCount": len(items) if total is None else total, name: list(items)}


def pairs(*items: Item, total: int | None = None) -> Answer:
    return _numbered("StackGroupOperationResults", items, total)


def operations(*items: Item, total: int | None = None) -> Answer:
    return _numbered("StackGroupOperations", items, total)


def groups(*names: str, total: int | None = None) -> Answer:
    return _numbered("StackGroups", [{"StackGroupName": name, "Status": "ACTIVE"} for name in names], total)


def got(item: Item) -> Answer:
    return {"RequestId": "r-1", "StackGroupOperation": item}


ROS_STATES = {
    "pending": "QUEUED",
    "running": "RUNNING",
    "stopping": "STOPPING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "stopped": "STOPPED",
}
STACK_GROUP_OPERATION = Kind(
    "alibaba",
    "stack_group_operation",
    id=STACK_OPERATION,
    item=operation,
    reading=lambda item, *parts: [got(item), pairs(*parts)],
    long_reading=[got(operation()), pairs(*map(pair, map(str, range(50))), total=51), pairs(pair("50"), total=51)],
    listing=lambda *items, more=False: [groups("landing-zone"), operations(*items, total=len(items) + more)],
    endless=lambda number: {**operations(), **groups(f"group-{number}", total=10**9)},
    shown={
        "name": "landing-zone",
        "status": "RUNNING",
        "stack_group_name": "landing-zone",
        "action": "UPDATE",
        "description": "roll out",
    },
    reads=[
        ("GetStackGroupOperation", {"OperationId": STACK_OPERATION}),
        ("ListStackGroupOperationResults", {"OperationId": STACK_OPERATION, "PageNumber": 1, "PageSize": 50}),
    ],
    status="Status",
    states=ROS_STATES,
    ended=lambda created, finished: operation(Status="SUCCEEDED", CreateTime=created, EndTime=finished),
    stops={"OperationId": STACK_OPERATION},
    foreign={"operation_id": {"t-1": OF_INVOCATIONS, "inv-1": OF_TENCENT, "exec-1": OF_EXECUTIONS}},
    own={"operation_id": [STACK_OPERATION, "anything"]},
    parts={"1234567890123456/cn-beijing": pair(), "2/cn-beijing": pair("2", "FAILED", "no such role")},
    readings={
        "1234567890123456/cn-beijing": Reading("RUNNING", "running"),
        "2/cn-beijing": Reading("FAILED", "failed", error="no such role"),
    },
    parts_key="results_by_target",
    groups=groups,
    group_lists=("ListStackGroups", "ListStackGroupOperations"),
    part_named={"account_id": "1234567890123456", "region_id": "cn-beijing"},
    part_status="Status",
    part_states=ROS_STATES,
)

KINDS = [INVOCATION, EXECUTION, IMAGE_TASK, STACK_GROUP_OPERATION]
