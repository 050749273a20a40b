# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Tencent Cloud's metadata and token services answer."""

from __future__ import annotations

import time
from typing import Any

from ...support.keyserver import ROLE, KeyServer
from ...support.scripted import Act, reply


def answer(server: KeyServer, asked: dict[str, Any]) -> Act | None:
    path = asked["path"]
    if path.endswith("/cam/security-credentials/"):
        return reply(ROLE.encode())
    if "/cam/" in path:
        return reply({"Code": "Success", **_issued(server)})
    if "x-tc-action" not in asked:
        return None
    if server.refuses:
        error = {"Code": server.refuses, "Message": "no, and no secret"}
        return reply({"Response": {"Error": error, "RequestId": "r-1"}})
    key = _issued(server)
    return reply({"Response": {"Credentials": key, "ExpiredTime": key["ExpiredTime"], "RequestId": "r-1"}})


def _issued(server: KeyServer) -> dict[str, Any]:
    key = server.issue()
    return {
        "TmpSecretId": key["access_key_id"],
        "TmpSecretKey": key["access_key_secret"],
        "Token": key["security_token"],
        "ExpiredTime": int(time.time()) + 7200,
    }
