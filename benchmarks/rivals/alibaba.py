# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, stop, read with Alibaba Cloud's own client. Takes the order as JSON from standard input."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.models import Config

ENDED = {"Success", "Failed", "PartialFailed", "Invalid", "Aborted", "Error", "Timeout", "Cancelled", "Terminated"}
ENDED |= {"Stopped"}
PAGE = 50


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

    def read() -> Any:
        request = models.DescribeInvocationsRequest(region_id=order["region"], invoke_id=order["id"])
        (invocation,) = client.describe_invocations(request).body.invocations.invocation
        return invocation

    def living() -> list[str]:
        instances = read().invoke_instances.invoke_instance
        return [each.instance_id for each in instances if each.invocation_status not in ENDED]

    def page(number: int) -> tuple[dict[str, str], int]:
        """The status of each instance on one page, and how many there are on all."""
        request = models.DescribeInvocationResultsRequest(
            region_id=order["region"], invoke_id=order["id"], page_number=number, page_size=PAGE
        )
        answer = client.describe_invocation_results(request).body.invocation
        rows = answer.invocation_results.invocation_result
        return {row.instance_id: row.invocation_status for row in rows}, answer.total_count

    def stop(ids: list[str]) -> None:
        client.stop_invocation(
            models.StopInvocationRequest(region_id=order["region"], invoke_id=order["id"], instance_id=ids)
        )

    with ThreadPoolExecutor(order["workers"]) as pool:
        if order["whole"]:
            if read().invocation_status not in ENDED:
                stop([])
            while read().invocation_status not in ENDED:
                time.sleep(1)
            found, total = page(1)
            for more, _total in pool.map(page, range(2, -(-total // PAGE) + 1)):
                found.update(more)
            assert len(found) == total and ENDED.issuperset(found.values())
            return
        ids = living()
        list(pool.map(stop, (ids[start : start + 50] for start in range(0, len(ids), 50))))
    while living():
        time.sleep(1)


if __name__ == "__main__":
    main()
