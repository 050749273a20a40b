# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the emulated Tencent Cloud. That its signature is the vendor's is shown by its own client in
test_sdk.py."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

import requests

from emulator.tencent import auth

from ...support import clients
from ...support.clients import Sent


class Client(clients.Client):
    service = "tat"
    refuses = 200

    def send(
        self,
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str | dict[str, Any] = "default",
        method: str = "POST",
        body: str | None = None,
        query: str = "",
        headers: Sent | None = None,
        afterwards: Sent | None = None,
        signed: tuple[str, ...] = ("content-type", "host"),
        service: str = "",
        date: str | None = None,
    ) -> requests.Response:
        pair = self.pair(key)
        text = (json.dumps(parameters or {}) if body is None else body) if method == "POST" else ""
        now = int(time.time())
        sent: Sent = {
            "host": self.host,
            "content-type": "application/json" if method == "POST" else "application/x-www-form-urlencoded",
            "x-tc-action": action,
            "x-tc-version": "2020-10-28",
            "x-tc-region": "ap-guangzhou",
            "x-tc-timestamp": str(now),
            "x-tc-token": pair.get("security_token"),
            **(headers or {}),
        }
        payload = auth.UNSIGNED_PAYLOAD if sent.get("x-tc-content-sha256") == auth.UNSIGNED_PAYLOAD else text
        lines = {name: str(sent[name]) for name in signed}
        canonical = auth.canonical_request(method, query, lines, hashlib.sha256(payload.encode()).hexdigest())
        service = service or self.service
        sent["authorization"] = (
            f"TC3-HMAC-SHA256 Credential={pair['access_key_id']}/{date or auth.utc_date(now)}/{service}/tc3_request, "
            f"SignedHeaders={';'.join(signed)}, "
            f"Signature={auth.signature(canonical, now, service, pair['access_key_secret'])}"
        )
        sent.update(afterwards or {})
        url = f"{self.url}/?{query}" if query else f"{self.url}/"
        return self.session.request(method, url, data=text.encode() or None, headers=sent)

    def read(self, action: str, response: requests.Response) -> tuple[str, Any]:
        answer = response.json()["Response"]
        assert response.status_code == 200 and answer["RequestId"]
        return answer.get("Error", {}).get("Code", ""), answer

    def next_page(self, sent: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        offset = sent.get("Offset", 0) + sent.get("Limit", 20)
        return {"Offset": offset} if offset < answer["TotalCount"] else {}
