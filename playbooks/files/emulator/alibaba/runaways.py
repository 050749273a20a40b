# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start what never ends at Alibaba Cloud, through its own calls."""

from __future__ import annotations

import json
from typing import Any

from ..runaways import SCRIPT, TIMEOUT, Started, client, command, groups
from .ecs_cloud_assistant import INSTANCES_PER_RUN

INSTANCES = 230


def start_commands(name: str, instances: int = INSTANCES) -> Started:
    wanted = {"Name": name, "Type": "RunShellScript", "CommandContent": SCRIPT, "ContentEncoding": "Base64"}
    for ids in groups("i-bp1drill{:06d}", instances, INSTANCES_PER_RUN):
        sent = {**wanted, "Timeout": TIMEOUT, "InstanceId": ids}
        yield command(_call("cloud_invocation", "RunCommand", sent)["InvokeId"], ids)


def start_others(name: str) -> Started:
    """One of every other kind."""
    execution = _call("automation_execution", "StartExecution", {"TemplateName": name})["Execution"]
    yield {"kind": "automation_execution", "id": execution["ExecutionId"]}
    task = _call("image_task", "ExportImage", {"ImageId": "m-bp1drill000001", "OSSBucket": "drill-bucket"})
    yield {"kind": "image_task", "id": task["TaskId"]}
    _call("stack_group_operation", "CreateStackGroup", {"StackGroupName": name, "TemplateBody": "{}"})
    where = {"AccountIds": json.dumps(["1000000000000001"]), "RegionIds": json.dumps(["cn-beijing", "cn-shanghai"])}
    stacks = _call("stack_group_operation", "CreateStackInstances", {"StackGroupName": name, **where})
    yield {"kind": "stack_group_operation", "id": stacks["OperationId"]}


def _call(kind: str, action: str, parameters: dict[str, Any]) -> Any:
    return client("alibaba", kind).call(action, parameters, repeatable=False)
