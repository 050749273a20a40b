# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of operation that are emulated: how a client starts, reads and stops one of each."""

from __future__ import annotations

from typing import Any

from emulator.alibaba import ecs_cloud_assistant, ecs_tasks, oos, ros

from ...support.control import Kind
from .client import OOS, ROS, Client

RUN = {"Type": "RunShellScript", "CommandContent": "sleep 1000"}


def _start_in_stacks(client: Client) -> str:
    client.of(ROS).ok("CreateStackGroup", StackGroupName="g")
    wanted = {"AccountIds": '["1"]', "RegionIds": '["cn-beijing"]'}
    return str(client.of(ROS).ok("CreateStackInstances", StackGroupName="g", **wanted)["OperationId"])


def _operation(client: Client, operation_id: str) -> Any:
    answer = client.of(ROS).send("GetStackGroupOperation", {"OperationId": operation_id}).json()
    return answer.get("StackGroupOperation", {}).get("Status")


ELSEWHERE = "cn-beijing"

KINDS = [
    Kind(
        "alibaba",
        "cloud_invocation",
        ecs_cloud_assistant.WORDS,
        ("Pending", "Running", "Success", "Failed"),
        start=lambda client: client.ok("RunCommand", **RUN, **{"InstanceId.1": "i-1"})["InvokeId"],
        stop=lambda client, operation_id: client.code("StopInvocation", {"InvokeId": operation_id}),
        read=lambda client, operation_id: client.first(
            "DescribeInvocations", "Invocations.Invocation.InvocationStatus", InvokeId=operation_id
        ),
    ),
    Kind(
        "alibaba",
        "image_task",
        ecs_tasks.WORDS,
        ("Waiting", "Processing", "Finished", "Failed"),
        start=lambda client: client.ok("ExportImage", ImageId="m-1", OSSBucket="images")["TaskId"],
        stop=lambda client, operation_id: client.code("CancelTask", {"TaskId": operation_id}),
        read=lambda client, operation_id: client.first(
            "DescribeTasks", "TaskSet.Task.TaskStatus", TaskIds=operation_id
        ),
        ended="InvalidTaskId.IncorrectTaskStatus",
    ),
    Kind(
        "alibaba",
        "automation_execution",
        oos.WORDS,
        ("Started", "Running", "Success", "Failed"),
        start=lambda client: client.of(OOS).ok("StartExecution", TemplateName="x")["Execution"]["ExecutionId"],
        stop=lambda client, operation_id: client.of(OOS).code("CancelExecution", {"ExecutionId": operation_id}),
        read=lambda client, operation_id: client.of(OOS).first(
            "ListExecutions", "Executions.Status", ExecutionId=operation_id
        ),
        ended="ExecutionCancelFailed",
        service=OOS,
    ),
    Kind(
        "alibaba",
        "stack_group_operation",
        ros.WORDS,
        ("QUEUED", "RUNNING", "SUCCEEDED", "FAILED"),
        start=_start_in_stacks,
        stop=lambda client, operation_id: client.of(ROS).code("StopStackGroupOperation", {"OperationId": operation_id}),
        read=_operation,
        service=ROS,
        pairs=lambda client, operation_id: client.of(ROS).found(
            "ListStackGroupOperationResults", "StackGroupOperationResults", OperationId=operation_id, PageSize=50
        ),
        left_out="STOPPED",
    ),
]

overall_status = ecs_cloud_assistant.overall_status
# How the words for instances add up to that for a command.
OVERALL = {
    "Pending Running": "Running",
    "Pending Scheduled": "Pending",
    "Scheduled Success": "Scheduled",
    "Running Stopping": "Stopping",
    "Success Success": "Success",
    "Success Cancelled": "Success",
    "Success Failed Cancelled": "PartialFailed",
    "Failed Timeout Error Invalid Aborted": "Failed",
    "Failed Cancelled": "Failed",
    "Cancelled Terminated": "Stopped",
    "Brandnew Success": "Running",
}
OVERALL_EARLY: dict[str, str] = {}
