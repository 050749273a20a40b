# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of AWS, with answers as its references write them, after decoding."""

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Reading

from ...support.adapters import Item, Kind
from ...support.answers import Answer

OF_ALIBABA = "use cloud_invocation_cancel or image_task_cancel with provider=alibaba"
OF_OOS = "use automation_execution_cancel with provider=alibaba"
OF_TENCENT = "use cloud_invocation_cancel with provider=tencent"
OF_IMAGES = "use image_task_cancel with provider=aws"
OF_INSTANCES = "instances go into instance_ids"
ELSEWHERE = {"t-1": OF_ALIBABA, "inv-1": OF_TENCENT, "exec-1": OF_OOS}

COMMAND = "11111111-2222-3333-4444-00000000000a"
EXECUTION_ID = "11111111-2222-3333-4444-00000000000b"
OPERATION_ID = "11111111-2222-3333-4444-00000000000c"
TASK_ID = "import-ami-00000000000000001"
NODE = "i-00000000000000001"
MOMENT = 1704164645.25


def seconds(written: str) -> t.Any:
    """A moment as Systems Manager writes it, in seconds since 1970; what is none stays as it is."""
    try:
        moment = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return written
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _with_token(answer: Answer, token: str, name: str = "NextToken") -> Answer:
    return {**answer, name: token} if token else answer


# Commands


def command(command_id: t.Any = COMMAND, **more: t.Any) -> Item:
    return {
        "CommandId": command_id,
        "DocumentName": "AWS-RunShellScript",
        "Comment": "nightly-cleanup",
        "Status": "InProgress",
        "StatusDetails": "In Progress",
        "RequestedDateTime": MOMENT,
        "InstanceIds": [],
        "TargetCount": None,
        "CompletedCount": 0,
        **more,
    }


def node(instance_id: str, status: str = "InProgress", **more: t.Any) -> Item:
    return {"CommandId": COMMAND, "InstanceId": instance_id, "Status": status, "StatusDetails": status, **more}


def commands(*items: Item, token: str = "") -> Answer:
    return _with_token({"Commands": list(items)}, token)


def nodes(*items: Item, token: str = "") -> Answer:
    return _with_token({"CommandInvocations": list(items)}, token)


COMMAND_STATES = {
    "pending": "Pending",
    "running": "InProgress",
    "stopping": "Cancelling",
    "succeeded": "Success",
    "failed": "Failed TimedOut",
    "stopped": "Cancelled",
}
INVOCATION = Kind(
    "aws",
    "cloud_invocation",
    id=COMMAND,
    item=command,
    reading=lambda item, *parts: [commands(item), nodes(*parts)],
    long_reading=[commands(command()), nodes(node("i-1"), token="a"), nodes(token="b"), nodes(node("i-2"))],
    listing=lambda *items, more=False: [commands(*items, token="next" if more else "")],
    endless=lambda number: commands(*[command(f"c-{number}")] * 50, token=f"token-{number}"),
    shown={
        "name": "nightly-cleanup",
        "status": "InProgress",
        "command_id": "AWS-RunShellScript",
        "source": None,
        "status_details": "In Progress",
    },
    reads=[
        ("ListCommands", {"CommandId": COMMAND}),
        ("ListCommandInvocations", {"CommandId": COMMAND, "MaxResults": 50}),
    ],
    status="Status",
    states=COMMAND_STATES,
    ended=lambda created, finished: command(Status="Success", RequestedDateTime=seconds(created)),
    dated=("created",),
    stops={"CommandId": COMMAND},
    stops_some={"CommandId": COMMAND, "InstanceIds": ["x-1", "x-2"]},
    stop_limit=50,
    foreign={
        "invocation_id": {**ELSEWHERE, TASK_ID: OF_IMAGES, "i-1": OF_INSTANCES, "mi-1": OF_INSTANCES},
        "instance_ids": {"ins-1": "an instance of Tencent Cloud, and not of an instance at aws"},
    },
    own={"invocation_id": [COMMAND, "anything"], "instance_ids": [NODE, "mi-00000000000000001", "at-all"]},
    parts={NODE: node(NODE), "i-2": node("i-2", "Failed", StatusDetails="Undeliverable")},
    readings={NODE: Reading("InProgress", "running"), "i-2": Reading("Failed", "failed", error="Undeliverable")},
    parts_key="instances",
    part_named={"instance_id": NODE},
    part_status="Status",
    part_states={
        **COMMAND_STATES,
        "pending": "Pending Delayed",
        "failed": ("Failed TimedOut DeliveryTimedOut ExecutionTimedOut Undeliverable AccessDenied InvalidPlatform"),
        "stopped": "Cancelled Terminated",
    },
    glances=[("ListCommands", {"Filters": [{"key": "ExecutionStage", "value": "Executing"}], "MaxResults": 50})],
)

# Executions


def execution(execution_id: t.Any = EXECUTION_ID, **more: t.Any) -> Item:
    return {
        "AutomationExecutionId": execution_id,
        "AutomationExecutionStatus": "InProgress",
        "DocumentName": "restart-fleet",
        "AutomationType": "Local",
        "ExecutionStartTime": MOMENT,
        "ExecutionEndTime": None,
        "CurrentAction": "aws:sleep",
        **more,
    }


def got(item: Item) -> Answer:
    return {"AutomationExecution": item}


def executions(*items: Item, token: str = "") -> Answer:
    return _with_token({"AutomationExecutionMetadataList": list(items)}, token)


def of_parents(*parents: str) -> Item:
    return {"Filters": [{"Key": "ParentExecutionId", "Values": list(parents)}], "MaxResults": 50}


IN_FLIGHT = [
    *("Pending", "InProgress", "Waiting", "Cancelling", "PendingChangeCalendarOverride"),
    *("ChangeCalendarOverrideApproved", "PendingApproval", "Approved", "Scheduled", "RunbookInProgress"),
]
EXECUTION_STATES = {
    "pending": "Pending",
    "scheduled": "Scheduled",
    "running": (
        "InProgress Waiting PendingApproval Approved RunbookInProgress PendingChangeCalendarOverride"
        " ChangeCalendarOverrideApproved"
    ),
    "stopping": "Cancelling",
    "succeeded": "Success CompletedWithSuccess Exited",
    "failed": "TimedOut Failed CompletedWithFailure Rejected ChangeCalendarOverrideRejected",
    "stopped": "Cancelled",
}
EXECUTION = Kind(
    "aws",
    "automation_execution",
    id=EXECUTION_ID,
    item=execution,
    reading=lambda item, *parts: [got(item), executions(*parts)],
    long_reading=[got(execution()), executions(execution("e-2"), token="a"), executions(), executions(token="")],
    listing=lambda *items, more=False: [executions(*items, token="next" if more else "")],
    endless=lambda number: executions(*[execution(f"e-{number}")] * 50, token=f"token-{number}"),
    shown={
        "name": "restart-fleet",
        "status": "InProgress",
        "category": "Local",
        "parent_execution_id": None,
        "status_message": None,
        "current_action": "aws:sleep",
    },
    reads=[
        ("GetAutomationExecution", {"AutomationExecutionId": EXECUTION_ID}),
        ("DescribeAutomationExecutions", of_parents(EXECUTION_ID)),
        ("DescribeAutomationExecutions", of_parents("e-2")),
    ],
    status="AutomationExecutionStatus",
    states=EXECUTION_STATES,
    ended=lambda created, finished: execution(
        AutomationExecutionStatus="Success", ExecutionStartTime=seconds(created), ExecutionEndTime=seconds(finished)
    ),
    stops={"AutomationExecutionId": EXECUTION_ID, "Type": "Cancel"},
    foreign={
        "execution_id": {**ELSEWHERE, TASK_ID: OF_IMAGES, "mi-1": "give the id of the automation execution itself"}
    },
    own={"execution_id": [EXECUTION_ID, "anything"]},
    parts={
        "e-2": execution("e-2", FailureMessage="half way"),
        "e-3": execution("e-3", AutomationExecutionStatus="Failed", FailureMessage="hm"),
    },
    readings={
        "e-2": Reading("InProgress", "running", name="restart-fleet"),
        "e-3": Reading("Failed", "failed", error="hm", name="restart-fleet"),
    },
    parts_key="children",
    part_named={"execution_id": "e-2"},
    part_status="AutomationExecutionStatus",
    part_states=EXECUTION_STATES,
    part_ended=lambda moment: {"AutomationExecutionStatus": "Cancelled", "ExecutionEndTime": seconds(moment)},
    glances=[
        (
            "DescribeAutomationExecutions",
            {"Filters": [{"Key": "ExecutionStatus", "Values": IN_FLIGHT}], "MaxResults": 50},
        )
    ],
)

# Tasks on images


def task(task_id: t.Any = TASK_ID, **more: t.Any) -> Item:
    return {
        "importTaskId": task_id,
        "status": "active",
        "progress": "28",
        "imageId": "ami-1",
        "description": "golden image",
        **more,
    }


def tasks(*items: Item, token: str = "") -> Answer:
    return _with_token({"requestId": "r-1", "importImageTaskSet": list(items)}, token, "nextToken")


IMAGE_TASK = Kind(
    "aws",
    "image_task",
    id=TASK_ID,
    item=task,
    reading=lambda item: [tasks(item)],
    long_reading=[tasks(task())],
    listing=lambda *items, more=False: [tasks(*items, token="next" if more else "")],
    endless=lambda number: tasks(*[task(f"import-ami-{number}")] * 100, token=f"token-{number}"),
    shown={
        "name": "ImportImage",
        "status": "active",
        "created": None,
        "resource_id": "ami-1",
        "progress": "28",
        "status_message": None,
    },
    reads=[("DescribeImportImageTasks", {"ImportTaskId": [TASK_ID]})],
    status="status",
    states={
        "pending": "pending",
        "running": "active updating validating validated converting preparing booting",
        "stopping": "deleting cancelling",
        "succeeded": "completed",
        "failed": "error",
        "stopped": "deleted cancelled",
    },
    ended=lambda created, finished: task(status="completed"),
    dated=(),
    stop="CancelImportTask",
    within="ImportImage",
    stops={"ImportTaskId": TASK_ID},
    foreign={
        "task_id": {
            **ELSEWHERE,
            "i-1": "give the id of the image task itself",
            "import-vol-1": "CancelConversionTask does it",
            "import-i-1": "CancelConversionTask does it",
        }
    },
    own={"task_id": [TASK_ID, "import-snap-1", "export-ami-1", "export-i-1", "anything"]},
    glances=[
        ("DescribeImportImageTasks", {"ImportTaskId": ["one", "two", "three"]}),
        ("DescribeImportSnapshotTasks", {"ImportTaskId": ["one", "two", "three"]}),
        ("DescribeExportImageTasks", {"ExportImageTaskId": ["one", "two", "three"]}),
        ("DescribeExportTasks", {"ExportTaskId": ["one", "two", "three"]}),
    ],
)

# Operations of stack sets


def operation(operation_id: t.Any = OPERATION_ID, **more: t.Any) -> Item:
    return {
        "OperationId": operation_id,
        "Action": "UPDATE",
        "Status": "RUNNING",
        "CreationTimestamp": "2024-01-02T03:04:05.123Z",
        "StatusDetails": {"FailedStackInstancesCount": "0"},
        **more,
    }


def pair(account: str = "123456789012", status: str = "RUNNING", reason: str = "") -> Item:
    return {"Account": account, "Region": "eu-west-1", "Status": status, "StatusReason": reason}


def summaries(*items: Item, token: str = "") -> Answer:
    return _with_token({"Summaries": list(items)}, token)


def sets(*names: str, token: str = "") -> Answer:
    return summaries(*({"StackSetName": name, "Status": "ACTIVE"} for name in names), token=token)


def described(item: Item) -> Answer:
    return {"StackSetOperation": item}


_NAMED = {"StackSetName": "landing-zone", "OperationId": OPERATION_ID}
STACK_GROUP_OPERATION = Kind(
    "aws",
    "stack_group_operation",
    id=OPERATION_ID,
    item=operation,
    reading=lambda item, *parts: [described(item), summaries(*parts)],
    long_reading=[described(operation()), summaries(pair("1"), token="a"), summaries(token="b"), summaries(pair("2"))],
    listing=lambda *items, more=False: [sets("landing-zone"), summaries(*items, token="next" if more else "")],
    endless=lambda number: sets(f"set-{number}", token=f"token-{number}"),
    shown={
        "name": "landing-zone",
        "status": "RUNNING",
        "stack_group_name": "landing-zone",
        "action": "UPDATE",
        "description": None,
    },
    reads=[
        ("DescribeStackSetOperation", _NAMED),
        ("ListStackSetOperationResults", {**_NAMED, "MaxResults": 100}),
    ],
    status="Status",
    states={
        "pending": "QUEUED",
        "running": "RUNNING",
        "stopping": "STOPPING",
        "succeeded": "SUCCEEDED",
        "failed": "FAILED",
        "stopped": "STOPPED",
    },
    ended=lambda created, finished: operation(Status="SUCCEEDED", CreationTimestamp=created, EndTimestamp=finished),
    stops=_NAMED,
    within="landing-zone",
    foreign={"operation_id": {**ELSEWHERE, TASK_ID: OF_IMAGES}},
    own={"operation_id": [OPERATION_ID, "anything"]},
    parts={"123456789012/eu-west-1": pair(), "2/eu-west-1": pair("2", "FAILED", "no such role")},
    readings={
        "123456789012/eu-west-1": Reading("RUNNING", "running"),
        "2/eu-west-1": Reading("FAILED", "failed", error="no such role"),
    },
    parts_key="results_by_target",
    groups=sets,
    group_lists=("ListStackSets", "ListStackSetOperations"),
    part_named={"account_id": "123456789012", "region_id": "eu-west-1"},
    part_status="Status",
    part_states={
        "pending": "PENDING",
        "running": "RUNNING",
        "succeeded": "SUCCEEDED",
        "failed": "FAILED",
        "stopped": "CANCELLED STOPPED",
    },
)

KINDS = [INVOCATION, EXECUTION, IMAGE_TASK, STACK_GROUP_OPERATION]
