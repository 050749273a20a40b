# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read, stop, read with AWS's own client. Takes the order as JSON from standard input."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

ENDED = {"Success", "Failed", "TimedOut", "Cancelled"}
PAGE = 50


def main() -> None:
    order = json.load(sys.stdin)
    client = boto3.client(
        "ssm",
        region_name=order["region"],
        endpoint_url=order["endpoint_url"],
        aws_access_key_id=order["access_key_id"],
        aws_secret_access_key=order["access_key_secret"],
        config=Config(max_pool_connections=order["workers"]),
    )

    def read() -> Any:
        (command,) = client.list_commands(CommandId=order["id"])["Commands"]
        return command

    def has_ended(command: Any) -> bool:
        return command["Status"] in ENDED and command["CompletedCount"] == command["TargetCount"]

    def nodes() -> dict[str, str]:
        """The status of each, page after page: a page has the token of the next."""
        pages = client.get_paginator("list_command_invocations").paginate(
            CommandId=order["id"], PaginationConfig={"PageSize": PAGE}
        )
        return {row["InstanceId"]: row["Status"] for page in pages for row in page["CommandInvocations"]}

    def living() -> list[str]:
        return [node for node, status in nodes().items() if status not in ENDED]

    def stop(ids: list[str]) -> None:
        client.cancel_command(CommandId=order["id"], **({"InstanceIds": ids} if ids else {}))

    if order["whole"]:
        if not has_ended(read()):
            stop([])
        while not has_ended(command := read()):
            time.sleep(1)
        found = nodes()
        assert len(found) == command["TargetCount"] and ENDED.issuperset(found.values())
        return
    with ThreadPoolExecutor(order["workers"]) as pool:
        ids = living()
        list(pool.map(stop, (ids[start : start + 50] for start in range(0, len(ids), 50))))
    while living():
        time.sleep(1)


if __name__ == "__main__":
    main()
