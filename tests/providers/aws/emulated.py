# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of operation that are emulated: how a client starts, reads and stops one of each."""

from __future__ import annotations

from typing import Any

from emulator.aws import ec2_images, ssm_automation, ssm_commands, stack_sets

from ...support.control import Kind
from .client import Client

ELSEWHERE = "eu-west-1"
NODE = {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-00000001"], "TimeoutSeconds": 3600}
DISK = {"DiskContainer.1.UserBucket.S3Bucket": "images", "DiskContainer.1.UserBucket.S3Key": "disk.vmdk"}
PLACE = {"Accounts.member.1": "123456789012", "Regions.member.1": ELSEWHERE}


def _start_in_stacks(client: Client) -> str:
    cloudformation = client.of("cloudformation")
    cloudformation.ok("CreateStackSet", StackSetName="started", TemplateBody="{}")
    return str(cloudformation.ok("CreateStackInstances", StackSetName="started", **PLACE)["OperationId"])


def _in_set(client: Client, operation_id: str) -> dict[str, Any]:
    """A client must know the set; the emulator's control interface tells it."""
    shown = client.session.get(f"{client.url}/_emulator/operations/{operation_id}").json()
    return {"StackSetName": shown.get("group", "nobody"), "OperationId": operation_id}


def _operation(client: Client, operation_id: str) -> Any:
    cloudformation, action = client.of("cloudformation"), "DescribeStackSetOperation"
    _code, answer = cloudformation.read(action, cloudformation.send(action, _in_set(client, operation_id)))
    return answer.get("StackSetOperation", {}).get("Status")


KINDS = [
    Kind(
        "aws",
        "cloud_invocation",
        ssm_commands.WORDS,
        ("Pending", "InProgress", "Success", "Failed"),
        start=lambda client: client.ok("SendCommand", **NODE)["Command"]["CommandId"],
        stop=lambda client, operation_id: client.code("CancelCommand", {"CommandId": operation_id}),
        read=lambda client, operation_id: client.first(
            "ListCommands", "Commands.StatusDetails", CommandId=operation_id
        ),
    ),
    Kind(
        "aws",
        "automation_execution",
        ssm_automation.WORDS,
        ("Pending", "InProgress", "Success", "Failed"),
        start=lambda client: client.ok("StartAutomationExecution", DocumentName="restart")["AutomationExecutionId"],
        stop=lambda client, operation_id: client.code(
            "StopAutomationExecution", {"AutomationExecutionId": operation_id}
        ),
        read=lambda client, operation_id: client.first(
            "DescribeAutomationExecutions",
            "AutomationExecutionMetadataList.AutomationExecutionStatus",
            Filters=[{"Key": "ExecutionId", "Values": [operation_id]}],
        ),
        ended="InvalidAutomationStatusUpdateException",
    ),
    Kind(
        "aws",
        "image_task",
        ec2_images.WORDS,
        ("pending", "active", "completed", "deleted"),
        start=lambda client: client.of("ec2").ok("ImportImage", **DISK)["importTaskId"],
        stop=lambda client, operation_id: client.of("ec2").code("CancelImportTask", {"ImportTaskId": operation_id}),
        read=lambda client, operation_id: client.of("ec2").first(
            "DescribeImportImageTasks", "importImageTaskSet.status", **{"ImportTaskId.1": operation_id}
        ),
        ended="IncorrectState",
        service="ec2",
    ),
    Kind(
        "aws",
        "stack_group_operation",
        stack_sets.WORDS,
        ("QUEUED", "RUNNING", "SUCCEEDED", "FAILED"),
        start=_start_in_stacks,
        stop=lambda client, operation_id: client.of("cloudformation").code(
            "StopStackSetOperation", _in_set(client, operation_id)
        ),
        read=_operation,
        service="cloudformation",
        pairs=lambda client, operation_id: client.of("cloudformation").found(
            "ListStackSetOperationResults", "Summaries", MaxResults="100", **_in_set(client, operation_id)
        ),
        waits="PENDING",
        left_out="CANCELLED",
    ),
]

overall_status = ssm_commands.overall_status
# How the words for instances add up to that for a command.
OVERALL = {
    "Pending Pending": "Pending",
    "Pending Delayed": "Delayed",
    "Pending Success": "InProgress",
    "InProgress Cancelling": "Cancelling",
    "Success Success": "Success",
    "Success Failed": "Failed",
    "DeliveryTimedOut Failed": "Failed",
    "DeliveryTimedOut ExecutionTimedOut": "DeliveryTimedOut",
    "Undeliverable Success": "Failed",
    "Cancelled Success": "Cancelled",
    "Cancelled Failed": "Failed",
    "BrandNew": "InProgress",
}
# The same where a failure is shown at once.
OVERALL_EARLY = {"Failed InProgress": "Failed", "Success InProgress": "InProgress"}
