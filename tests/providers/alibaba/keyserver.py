# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Alibaba Cloud's metadata and token services answer, and a credentials URI."""

from __future__ import annotations

import time
from typing import Any

from ...support.keyserver import ROLE, Key, KeyServer
from ...support.scripted import Act, reply


def answer(server: KeyServer, asked: dict[str, Any]) -> Act | None:
    path = asked["path"]
    if server.refuses and "/ram/" in path:
        return None
    if "x-aliyun-ecs-metadata-token-ttl-seconds" in asked:
        return reply(b"metadata-token")
    if path.endswith("/ram/security-credentials/"):
        return reply(ROLE.encode())
    if "/ram/" in path or path == "/keys":
        return reply({"Code": "Success", **_written(server.issue())})
    if asked.get("Version") != "2015-04-01":
        return None
    if server.refuses:
        message = f"signed with {server.keys[0]['access_key_secret']}"
        return reply({"Code": server.refuses, "Message": message}, 403)
    return reply({"Credentials": _written(server.issue())})


def _written(key: Key) -> dict[str, str]:
    return {
        "AccessKeyId": key["access_key_id"],
        "AccessKeySecret": key["access_key_secret"],
        "SecurityToken": key["security_token"],
        "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7200)),
    }
