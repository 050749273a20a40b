# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that signs by the reference, in its own words: it shares no line with the emulator or the collection."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import requests


class Client:
    """Signs and sends; what a test wants to be wrong it gives as `headers` (signed) or `afterwards` (not)."""

    def __init__(self, url: str, keys: dict[str, dict[str, str]], session: requests.Session) -> None:
        self.url, self.keys, self.session = url, keys, session
        self.host = url.partition("//")[2]

    def send(
        self,
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str | dict[str, Any] = "default",
        method: str = "POST",
        body: str | None = None,
        query: str = "",
        headers: dict[str, str | None] | None = None,
        afterwards: dict[str, str | None] | None = None,
        signed: tuple[str, ...] = ("content-type", "host"),
        service: str = "tat",
        date: str | None = None,
    ) -> requests.Response:
        pair = self.keys[key] if isinstance(key, str) else key
        text = (json.dumps(parameters or {}) if body is None else body) if method == "POST" else ""
        now = int(time.time())
        sent = {
            "host": self.host,
            "content-type": "application/json" if method == "POST" else "application/x-www-form-urlencoded",
            "x-tc-action": action,
            "x-tc-version": "2020-10-28",
            "x-tc-region": "ap-guangzhou",
            "x-tc-timestamp": str(now),
            "x-tc-token": pair.get("security_token"),
            **(headers or {}),
        }
        payload = "UNSIGNED-PAYLOAD" if sent.get("x-tc-content-sha256") == "UNSIGNED-PAYLOAD" else text
        lines = "".join(f"{name}:{str(sent[name]).lower()}\n" for name in signed)
        digest = hashlib.sha256(payload.encode()).hexdigest()
        canonical = f"{method}\n/\n{query}\n{lines}\n{';'.join(signed)}\n{digest}"
        date = date or time.strftime("%Y-%m-%d", time.gmtime(now))
        scope = f"{date}/{service}/tc3_request"
        to_sign = (
            f"TC3-HMAC-SHA256\n{sent['x-tc-timestamp']}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        )
        signing_key = f"TC3{pair['access_key_secret']}".encode()
        for part in (date, service, "tc3_request"):
            signing_key = hmac.new(signing_key, part.encode(), "sha256").digest()
        signature = hmac.new(signing_key, to_sign.encode(), "sha256").hexdigest()
        sent["authorization"] = (
            f"TC3-HMAC-SHA256 Credential={pair['access_key_id']}/{scope}, "
            f"SignedHeaders={';'.join(signed)}, Signature={signature}"
        )
        sent.update(afterwards or {})
        url = f"{self.url}/?{query}" if query else f"{self.url}/"
        return self.session.request(method, url, data=text.encode() or None, headers=sent)

    def ok(self, action: str, **parameters: Any) -> dict[str, Any]:
        response = self.send(action, parameters).json()["Response"]
        assert "Error" not in response, response
        return dict(response)

    def code(self, action: str, parameters: dict[str, Any] | None = None, **options: Any) -> str:
        response = self.send(action, parameters, **options)
        assert response.status_code == 200
        body = response.json()["Response"]
        assert body["RequestId"]
        return str(body["Error"]["Code"]) if "Error" in body else ""
