# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start what never ends, through the providers' own calls, so that the drill has something to stop.

Usage: start_runaways.py NAME INSTANCES_AT_ALIBABA INSTANCES_AT_TENCENT [others]; address and keys come from the
environment. With "others", one operation of every other kind is started, too. Prints the ids by kind as JSON.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sys

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.platform import Platform
from ansible_collections.cloudops.halt.plugins.module_utils._http.connection import Connection, connect
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.client import (
    ALIBABA,
    AlibabaClient,
    Service,
)
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.oos import OOS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ros import ROS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.client import TENCENT, TencentClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.tat import TAT

RUNAWAY = base64.b64encode(b"while true; do sleep 1; done").decode()
TIMEOUT = 3600


def main(name: str, at_alibaba: int, at_tencent: int, *, others: bool) -> None:
    clock, rng = SystemClock(), random.Random()

    def alibaba(service: Service) -> AlibabaClient:
        return AlibabaClient(_connection(ALIBABA), service, clock, rng)

    tencent = TencentClient(_connection(TENCENT), TAT, clock, rng)
    started = {
        "alibaba": [_run_at_alibaba(alibaba(ECS), name, ids) for ids in _groups("i-bp1drill{:06d}", at_alibaba, 100)],
        "tencent": [_run_at_tencent(tencent, name, ids) for ids in _groups("ins-drill{:06d}", at_tencent, 200)],
    }
    if others:
        started["automation_execution"] = [_automate(alibaba(OOS), name)]
        started["image_task"] = [_export_an_image(alibaba(ECS))]
        started["stack_group_operation"] = [_roll_out(alibaba(ROS), name)]
    print(json.dumps(started))


def _run_at_alibaba(ecs: AlibabaClient, name: str, ids: list[str]) -> str:
    command = {"Name": name, "Type": "RunShellScript", "CommandContent": RUNAWAY, "ContentEncoding": "Base64"}
    answer = ecs.call("RunCommand", {**command, "Timeout": TIMEOUT, "InstanceId": ids}, repeatable=False)
    return str(answer["InvokeId"])


def _run_at_tencent(tat: TencentClient, name: str, ids: list[str]) -> str:
    command = {"CommandName": name, "CommandType": "SHELL", "Content": RUNAWAY}
    answer = tat.call("RunCommand", {**command, "Timeout": TIMEOUT, "InstanceIds": ids}, repeatable=False)
    return str(answer["InvocationId"])


def _automate(oos: AlibabaClient, name: str) -> str:
    answer = oos.call("StartExecution", {"TemplateName": name}, repeatable=False)
    return str(answer["Execution"]["ExecutionId"])


def _export_an_image(ecs: AlibabaClient) -> str:
    image = {"ImageId": "m-bp1drill000001", "OSSBucket": "drill-bucket"}
    return str(ecs.call("ExportImage", image, repeatable=False)["TaskId"])


def _roll_out(ros: AlibabaClient, name: str) -> str:
    ros.call("CreateStackGroup", {"StackGroupName": name, "TemplateBody": "{}"}, repeatable=False)
    where = {"AccountIds": json.dumps(["1000000000000001"]), "RegionIds": json.dumps(["cn-beijing", "cn-shanghai"])}
    answer = ros.call("CreateStackInstances", {"StackGroupName": name, **where}, repeatable=False)
    return str(answer["OperationId"])


def _connection(platform: Platform) -> Connection:
    return connect({"validate_certs": True, "request_timeout": 10.0, "retries": 5}, platform, os.environ)


def _groups(pattern: str, count: int, limit: int) -> list[list[str]]:
    """Ids for C(count) instances, in groups of what one RunCommand may name."""
    ids = [pattern.format(number) for number in range(count)]
    return [ids[start : start + limit] for start in range(0, count, limit)]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), others="others" in sys.argv[4:])
