# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metadata service, the container's endpoint and the token service of AWS, as its library asks them."""

from __future__ import annotations

import time
from typing import Any

from ...support.keyserver import ROLE, Key, KeyServer
from ...support.scripted import Act, reply

_NAMES = {"access_key_id": "AccessKeyId", "access_key_secret": "SecretAccessKey"}


def answer(server: KeyServer, asked: dict[str, Any]) -> Act | None:
    path = asked["path"]
    if "x-aws-ec2-metadata-token-ttl-seconds" in asked:
        return reply(b"metadata-token")
    if path.endswith("/iam/security-credentials/"):
        return reply(ROLE.encode())
    if "/iam/" in path or path == "/container":
        return reply({"Code": "Success", **_written(server.issue(), "Token")})
    action = asked.get("Action", "")
    if asked.get("Version") != "2011-06-15":
        return None
    if server.refuses:
        error = f"<Error><Code>{server.refuses}</Code><Message>no, and no secret</Message></Error>"
        return reply(f"<ErrorResponse>{error}<RequestId>r-1</RequestId></ErrorResponse>".encode(), 403)
    issued = _written(server.issue(), "SessionToken")
    key = "".join(f"<{name}>{value}</{name}>" for name, value in issued.items())
    inside = f"<{action}Result><Credentials>{key}</Credentials></{action}Result>"
    return reply(f"<{action}Response>{inside}</{action}Response>".encode())


def _written(key: Key, token: str) -> dict[str, str]:
    return {
        **{name: key[part] for part, name in _NAMES.items()},
        token: key["security_token"],
        "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7200)),
    }
