# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is going on at the emulator when an example starts, and a module for playbooks that sets this scene.

The module adds the requests since the last scene to the file log, as one line of JSON, and sets the scene anew.
"""

from __future__ import annotations

import contextlib
import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleModule

_HOUR = 3600


def _command(provider: str, identifier: str, name: str, region: str, *instances: str) -> dict[str, Any]:
    status = {"alibaba": "Running", "tencent": "RUNNING", "aws": "InProgress"}[provider]
    about = {"provider": provider, "id": identifier, "name": name, "region": region, "age": 2 * _HOUR}
    return {**about, "instances": [{"instance_id": each, "status": status} for each in instances]}


# The ids and names that the examples use.
SCENE: list[dict[str, Any]] = [
    _command("alibaba", "t-hz0example0001", "nightly-cleanup", "cn-hangzhou", "i-bp1example0001", "i-bp1example0002"),
    _command("alibaba", "t-hz0example0002", "nightly-cleanup", "cn-beijing", "i-bp1example0003"),
    _command("tencent", "inv-example1", "nightly-cleanup", "ap-guangzhou", "ins-example1", "ins-example2"),
    _command("tencent", "inv-example2", "shop-sync", "ap-guangzhou", "ins-example3"),
    {"provider": "alibaba", "kind": "automation_execution", "id": "exec-example0001", "name": "restart-fleet",
     "children": 2, "age": 48 * _HOUR},
    {"provider": "alibaba", "kind": "image_task", "id": "t-bp1example0001", "action": "ExportImage", "age": _HOUR},
    {"provider": "alibaba", "kind": "stack_group_operation", "id": "6da106ca-1784-4a6f-a7e1-000000000001",
     "group": "landing-zone", "age": 60},
    _command("aws", "11111111-2222-3333-4444-000000000001", "nightly-cleanup", "eu-central-1", "i-0d000000000000001"),
    {"provider": "aws", "kind": "stack_group_operation", "id": "11111111-2222-3333-4444-555555555555",
     "region": "eu-central-1", "group": "landing-zone", "call_as": "DELEGATED_ADMIN", "age": 60},
]  # fmt: skip


def set_scene(url: str, operations: list[dict[str, Any]] = SCENE) -> list[dict[str, Any]]:
    """Start anew with these operations; returns the requests until now."""
    with contextlib.closing(HTTPConnection(urlsplit(url).netloc)) as connection:

        def control(method: str, path: str, body: Any = None) -> Any:
            connection.request(method, f"/_emulator/{path}", json.dumps(body))
            with connection.getresponse() as answer:
                assert answer.status == 200
                return json.load(answer)

        requests: list[dict[str, Any]] = control("GET", "requests")
        control("POST", "reset")
        for operation in operations:
            control("POST", "operations", operation)
    return requests


def main() -> None:
    module = AnsibleModule({"url": {}, "log": {}})
    with open(module.params["log"], "a", encoding="utf-8") as log:
        log.write(json.dumps(set_scene(module.params["url"])) + "\n")
    module.exit_json()


if __name__ == "__main__":
    main()
