# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start what never ends at AWS, through its own calls."""

from __future__ import annotations

from typing import Any

from ..runaways import TIMEOUT, Started, client, command, groups
from .ssm_commands import IDS_PER_CALL

INSTANCES = 120


def start_commands(name: str, instances: int = INSTANCES) -> Started:
    script = {"commands": ["while true; do sleep 1; done"], "executionTimeout": [str(TIMEOUT)]}
    wanted = {"DocumentName": "AWS-RunShellScript", "Comment": name, "Parameters": script}
    for ids in groups("i-0d{:015d}", instances, IDS_PER_CALL):
        started = _call("cloud_invocation", "SendCommand", {**wanted, "InstanceIds": ids})
        yield command(started["Command"]["CommandId"], ids)


def start_others(name: str) -> Started:
    """One of every other kind."""
    execution = _call("automation_execution", "StartAutomationExecution", {"DocumentName": name})
    yield {"kind": "automation_execution", "id": execution["AutomationExecutionId"]}
    image = {"ImageId": "ami-0d000000000000001", "DiskImageFormat": "VMDK", "S3ExportLocation.S3Bucket": "drill-bucket"}
    yield {"kind": "image_task", "id": _call("image_task", "ExportImage", image)["exportImageTaskId"]}
    _call("stack_group_operation", "CreateStackSet", {"StackSetName": name, "TemplateBody": "{}"})
    where = {
        "Accounts.member.1": "123456789012",
        "Regions.member.1": "eu-central-1",
        "Regions.member.2": "eu-west-1",
    }
    stacks = _call("stack_group_operation", "CreateStackInstances", {"StackSetName": name, **where})
    yield {"kind": "stack_group_operation", "id": stacks["OperationId"]}


def _call(kind: str, action: str, parameters: dict[str, Any]) -> Any:
    return client("aws", kind).call(action, parameters, repeatable=False)
