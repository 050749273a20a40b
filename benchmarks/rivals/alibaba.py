# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, stop, read with Alibaba Cloud's own client. Takes the order as JSON from standard input."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.models import Config

ENDED = {"Success", "Failed", "Invalid", "Aborted", "Error", "Timeout", "Cancelled", "Terminated", "Stopped"}


def main() -> None:
    order = json.load(sys.stdin)
    client = Client(
        Config(
            access_key_id=order["access_key_id"],
            access_key_secret=order["access_key_secret"],
            region_id=order["region"],
            protocol="http",
            endpoint=order["endpoint_url"].partition("//")[2],
        )
    )

    def living() -> list[str]:
        request = models.DescribeInvocationsRequest(region_id=order["region"], invoke_id=order["id"])
        (invocation,) = client.describe_invocations(request).body.invocations.invocation
        instances = invocation.invoke_instances.invoke_instance
        return [each.instance_id for each in instances if each.invocation_status not in ENDED]

    def stop(ids: list[str]) -> None:
        client.stop_invocation(
            models.StopInvocationRequest(region_id=order["region"], invoke_id=order["id"], instance_id=ids)
        )

    ids = living()
    with ThreadPoolExecutor(order["workers"]) as pool:
        list(pool.map(stop, (ids[start : start + 50] for start in range(0, len(ids), 50))))
    while living():
        time.sleep(1)


if __name__ == "__main__":
    main()
