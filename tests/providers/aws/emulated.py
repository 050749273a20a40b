# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of operation that are emulated: how a client starts, reads and stops one of each."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from emulator.aws import ec2_images, ssm_automation, ssm_commands, stack_sets

from ...support.control import Kind
from .client import Client


def _command(client: Client, operation_id: str) -> str | None:
    found = client.ok("ListCommands", CommandId=operation_id)["Commands"]
    return found[0]["StatusDetails"] if found else None


def _execution(client: Client, operation_id: str) -> str | None:
    wanted = [{"Key": "ExecutionId", "Values": [operation_id]}]
    found = client.ok("DescribeAutomationExecutions", Filters=wanted)["AutomationExecutionMetadataList"]
    return found[0]["AutomationExecutionStatus"] if found else None


def _task(client: Client, operation_id: str) -> str | None:
    wanted = {"ImportTaskId.1": operation_id}
    found = client.of("ec2").ok("DescribeImportImageTasks", **wanted)["importImageTaskSet"]
    return found[0]["status"] if found else None


def _start_task(client: Client) -> str:
    wanted = {"DiskContainer.1.UserBucket.S3Bucket": "images", "DiskContainer.1.UserBucket.S3Key": "disk.vmdk"}
    return str(client.of("ec2").ok("ImportImage", **wanted)["importTaskId"])


def _start_in_stacks(client: Client) -> str:
    cloudformation = client.of("cloudformation")
    name = "started"
    cloudformation.ok("CreateStackSet", StackSetName=name, TemplateBody="{}")
    where = {"Accounts.member.1": "123456789012", "Regions.member.1": "eu-west-1"}
    return str(cloudformation.ok("CreateStackInstances", StackSetName=name, **where)["OperationId"])


def _where(client: Client, operation_id: str) -> dict[str, Any]:
    """A client must know the set; the emulator's control interface tells it."""
    shown = client.session.get(f"{client.url}/_emulator/operations/{operation_id}").json()
    return {"StackSetName": shown.get("group", "nobody"), "OperationId": operation_id}


def _stop_in_stacks(client: Client, operation_id: str) -> str:
    return client.of("cloudformation").code("StopStackSetOperation", _where(client, operation_id))


def _operation(client: Client, operation_id: str) -> str | None:
    response = client.of("cloudformation").send("DescribeStackSetOperation", _where(client, operation_id))
    found = ElementTree.fromstring(response.text).find("*/*/{*}Status")
    return None if found is None else found.text


ELSEWHERE = "eu-west-1"

KINDS = [
    Kind(
        "aws",
        "cloud_invocation",
        ssm_commands.WORDS,
        ("Pending", "InProgress", "Success", "Failed"),
        start=lambda client: client.ok(
            "SendCommand", DocumentName="AWS-RunShellScript", InstanceIds=["i-00000001"], TimeoutSeconds=3600
        )["Command"]["CommandId"],
        stop=lambda client, operation_id: client.code("CancelCommand", {"CommandId": operation_id}),
        read=_command,
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
        read=_execution,
        ended="InvalidAutomationStatusUpdateException",
    ),
    Kind(
        "aws",
        "image_task",
        ec2_images.WORDS,
        ("pending", "active", "completed", "deleted"),
        start=_start_task,
        stop=lambda client, operation_id: client.of("ec2").code("CancelImportTask", {"ImportTaskId": operation_id}),
        read=_task,
        ended="IncorrectState",
    ),
    Kind(
        "aws",
        "stack_group_operation",
        stack_sets.WORDS,
        ("QUEUED", "RUNNING", "SUCCEEDED", "FAILED"),
        start=_start_in_stacks,
        stop=_stop_in_stacks,
        read=_operation,
    ),
]
