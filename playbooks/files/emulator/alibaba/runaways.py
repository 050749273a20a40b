# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start what never ends at Alibaba Cloud, through its own calls."""

from __future__ import annotations

import json
import random

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.client import (
    ALIBABA,
    AlibabaClient,
    Service,
)
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.oos import OOS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ros import ROS

from ..runaways import SCRIPT, TIMEOUT, Started, command, connection, groups
from .ecs_cloud_assistant import INSTANCES_PER_RUN

INSTANCES = 230


def start_commands(name: str, instances: int = INSTANCES) -> Started:
    wanted = {"Name": name, "Type": "RunShellScript", "CommandContent": SCRIPT, "ContentEncoding": "Base64"}
    for ids in groups("i-bp1drill{:06d}", instances, INSTANCES_PER_RUN):
        sent = {**wanted, "Timeout": TIMEOUT, "InstanceId": ids}
        yield command(_client(ECS).call("RunCommand", sent, repeatable=False)["InvokeId"], ids)


def start_others(name: str) -> Started:
    """One of every other kind."""
    execution = _client(OOS).call("StartExecution", {"TemplateName": name}, repeatable=False)["Execution"]
    yield {"kind": "automation_execution", "id": execution["ExecutionId"]}
    image = {"ImageId": "m-bp1drill000001", "OSSBucket": "drill-bucket"}
    yield {"kind": "image_task", "id": _client(ECS).call("ExportImage", image, repeatable=False)["TaskId"]}
    _client(ROS).call("CreateStackGroup", {"StackGroupName": name, "TemplateBody": "{}"}, repeatable=False)
    where = {"AccountIds": json.dumps(["1000000000000001"]), "RegionIds": json.dumps(["cn-beijing", "cn-shanghai"])}
    stacks = _client(ROS).call("CreateStackInstances", {"StackGroupName": name, **where}, repeatable=False)
    yield {"kind": "stack_group_operation", "id": stacks["OperationId"]}


def _client(service: Service) -> AlibabaClient:
    return AlibabaClient(connection(ALIBABA), service, SystemClock(), random.Random())
