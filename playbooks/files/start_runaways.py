# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start commands that never end, through the providers' own RunCommand, so that the drill has something to stop.

Usage: start_runaways.py NAME INSTANCES_AT_ALIBABA INSTANCES_AT_TENCENT; address and keys come from the environment.
Prints the ids of the invocations as JSON.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sys

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.client import ALIBABA, AlibabaClient
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._clock import SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection, Platform, connect
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.client import TENCENT, TencentClient
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.tat import TAT

RUNAWAY = base64.b64encode(b"while true; do sleep 1; done").decode()
TIMEOUT = 3600


def main(name: str, at_alibaba: int, at_tencent: int) -> None:
    clock, rng = SystemClock(), random.Random()
    alibaba = AlibabaClient(_connection(ALIBABA), ECS, clock, rng)
    tencent = TencentClient(_connection(TENCENT), TAT, clock, rng)
    started: dict[str, list[str]] = {"alibaba": [], "tencent": []}
    for ids in _groups("i-bp1drill{:06d}", at_alibaba, 100):
        command = {"Name": name, "Type": "RunShellScript", "CommandContent": RUNAWAY, "ContentEncoding": "Base64"}
        answer = alibaba.call("RunCommand", {**command, "Timeout": TIMEOUT, "InstanceId": ids}, repeatable=False)
        started["alibaba"].append(answer["InvokeId"])
    for ids in _groups("ins-drill{:06d}", at_tencent, 200):
        command = {"CommandName": name, "CommandType": "SHELL", "Content": RUNAWAY}
        answer = tencent.call("RunCommand", {**command, "Timeout": TIMEOUT, "InstanceIds": ids}, repeatable=False)
        started["tencent"].append(answer["InvocationId"])
    print(json.dumps(started))


def _connection(platform: Platform) -> Connection:
    return connect({"validate_certs": True, "request_timeout": 10.0, "retries": 5}, platform, os.environ)


def _groups(pattern: str, count: int, limit: int) -> list[list[str]]:
    """Ids for C(count) instances, in groups of what one RunCommand may name."""
    ids = [pattern.format(number) for number in range(count)]
    return [ids[start : start + limit] for start in range(0, count, limit)]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
