# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the emulated Alibaba Cloud, with both of its signatures. That these are the vendor's is shown by its own
clients in test_sdk.py."""

from __future__ import annotations

import hashlib
import itertools
import time
from typing import Any
from urllib.parse import urlencode

import requests

from emulator.alibaba import auth

from ...support import clients
from ...support.clients import Sent

ECS, OOS, ROS = "2014-05-26", "2019-06-01", "2019-09-10"

_NONCES = itertools.count()


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Client(clients.Client):
    """A service is named by its version."""

    service = ECS

    def send(
        self, action: str, parameters: dict[str, Any] | None = None, wire: str = "v3", **options: Any
    ) -> requests.Response:
        send = self.v3 if wire == "v3" else self.v1
        return send(action, {"RegionId": "cn-hangzhou", **(parameters or {})}, **options)

    def v3(
        self,
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str | dict[str, Any] = "default",
        method: str = "POST",
        body: str = "",
        nonce: str | None = None,
        headers: Sent | None = None,
        afterwards: Sent | None = None,
        unsigned: tuple[str, ...] = ("accept",),
    ) -> requests.Response:
        pair = self.pair(key)
        sent: Sent = {
            "host": self.host,
            "accept": "application/json",
            "x-acs-action": action,
            "x-acs-version": self.service,
            "x-acs-date": _now(),
            "x-acs-signature-nonce": nonce or f"nonce-{next(_NONCES)}",
            "x-acs-content-sha256": hashlib.sha256(body.encode()).hexdigest(),
            "x-acs-security-token": pair.get("security_token"),
            "content-type": "application/x-www-form-urlencoded" if body else None,
            **(headers or {}),
        }
        signed = {name: value for name, value in sent.items() if value is not None and name not in unsigned}
        flat = {name: str(value) for name, value in (parameters or {}).items()}
        text = auth.v3_canonical_request(method, flat.items(), signed, str(sent["x-acs-content-sha256"]))
        sent["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={pair['access_key_id']},SignedHeaders={';'.join(sorted(signed))},"
            f"Signature={auth.v3_signature(text, pair['access_key_secret'])}"
        )
        sent.update(afterwards or {})
        return self.session.request(method, f"{self.url}/?{urlencode(flat)}", data=body.encode(), headers=sent)

    def v1(
        self,
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str | dict[str, Any] = "default",
        method: str = "GET",
        nonce: str | None = None,
        sent: Sent | None = None,
        afterwards: Sent | None = None,
        in_form: bool = False,
    ) -> requests.Response:
        pair = self.pair(key)
        wanted: dict[str, Any] = {
            "Action": action,
            "Version": self.service,
            "Format": "JSON",
            "AccessKeyId": pair["access_key_id"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": nonce or f"nonce-{next(_NONCES)}",
            "Timestamp": _now(),
            "SecurityToken": pair.get("security_token"),
            **(parameters or {}),
            **(sent or {}),
        }
        flat = {name: str(value) for name, value in wanted.items() if value is not None}
        signature = auth.v1_signature(auth.v1_string_to_sign(method, flat.items()), pair["access_key_secret"])
        whole = {**flat, "Signature": signature, **(afterwards or {})}
        flat = {name: value for name, value in whole.items() if value is not None}
        if in_form:
            return self.session.request(method, f"{self.url}/", data=flat)
        return self.session.request(method, f"{self.url}/?{urlencode(flat)}")

    def read(self, action: str, response: requests.Response) -> tuple[str, Any]:
        return outcome(response)[0], response.json()

    def next_page(self, sent: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """By number where that is what was asked for, and else by token."""
        page = answer.get("Invocation", answer)
        if "PageNumber" not in sent:
            return {"NextToken": page["NextToken"]} if page["NextToken"] else {}
        return (
            {"PageNumber": sent["PageNumber"] + 1} if page["PageNumber"] * page["PageSize"] < page["TotalCount"] else {}
        )


def outcome(response: requests.Response) -> tuple[str, int]:
    """The error code and the HTTP status; no code for an answer that is no error."""
    body = response.json()
    assert body["RequestId"]
    if response.status_code == 200:
        return "", 200
    assert body["Message"] and body["HostId"] and body["Recommend"]
    return body["Code"], response.status_code
