# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, stop, read with Tencent Cloud's own client. Takes the order as JSON from standard input."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tat.v20201028 import models
from tencentcloud.tat.v20201028.tat_client import TatClient

ENDED = {"SUCCESS", "FAILED", "TIMEOUT", "CANCELLED", "TERMINATED", "PARTIAL_FAILED", "PARTIAL_CANCELLED"}
PAGE = 100


def patiently(call: Callable[[Any], Any], request: Any) -> Any:
    """Call again, a second later, what was throttled."""
    while True:
        try:
            return call(request)
        except TencentCloudSDKException as error:
            if error.code != "RequestLimitExceeded":
                raise
            time.sleep(1)


def main() -> None:
    order = json.load(sys.stdin)
    http = HttpProfile(protocol="http", endpoint=order["endpoint_url"].partition("//")[2], keepAlive=True)
    credential = Credential(order["access_key_id"], order["access_key_secret"])
    client = TatClient(credential, order["region"], ClientProfile(httpProfile=http))

    def read() -> Any:
        request = models.DescribeInvocationsRequest()
        request.InvocationIds = [order["id"]]
        (invocation,) = patiently(client.DescribeInvocations, request).InvocationSet
        return invocation

    def living() -> list[str]:
        tasks = read().InvocationTaskBasicInfoSet
        return [task.InstanceId for task in tasks if task.TaskStatus not in ENDED]

    def page(offset: int) -> tuple[dict[str, str], int]:
        """The status of each instance on one page, and how many there are on all."""
        request = models.DescribeInvocationTasksRequest()
        request.Filters = [models.Filter()]
        request.Filters[0].Name, request.Filters[0].Values = "invocation-id", [order["id"]]
        request.Offset, request.Limit = offset, PAGE
        answer = patiently(client.DescribeInvocationTasks, request)
        return {task.InstanceId: task.TaskStatus for task in answer.InvocationTaskSet}, answer.TotalCount

    def stop(ids: list[str]) -> None:
        request = models.CancelInvocationRequest()
        request.InvocationId = order["id"]
        if ids:
            request.InstanceIds = ids
        patiently(client.CancelInvocation, request)

    with ThreadPoolExecutor(order["workers"]) as pool:
        if order["whole"]:
            if read().InvocationStatus not in ENDED:
                stop([])
            while read().InvocationStatus not in ENDED:
                time.sleep(1)
            found, total = page(0)
            for more, _total in pool.map(page, range(PAGE, total, PAGE)):
                found.update(more)
            assert len(found) == total and ENDED.issuperset(found.values())
            return
        ids = living()
        list(pool.map(stop, (ids[start : start + 100] for start in range(0, len(ids), 100))))
    while living():
        time.sleep(1)


if __name__ == "__main__":
    main()
