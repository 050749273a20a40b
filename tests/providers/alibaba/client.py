# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that signs by the reference, in its own words: it shares no line with the emulator or the collection."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import time
from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlencode

import requests

ECS, OOS, ROS = "2014-05-26", "2019-06-01", "2019-09-10"

_NONCES = itertools.count()


def _query(parameters: dict[str, str]) -> str:
    return "&".join(f"{_quote(name)}={_quote(parameters[name])}" for name in sorted(parameters))


def _quote(text: str) -> str:
    return quote(text, safe="-_.~")


class Client:
    """Signs and sends; what a test wants to be wrong it gives as `headers`/`sent` (signed) or `afterwards` (not)."""

    def __init__(
        self, url: str, keys: dict[str, dict[str, str]], session: requests.Session, version: str = ECS
    ) -> None:
        self.url, self.keys, self.session, self.version = url, keys, session, version
        self.host = url.partition("//")[2]

    def of(self, version: str) -> Client:
        return Client(self.url, self.keys, self.session, version)

    def v3(
        self,
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str | dict[str, Any] = "default",
        method: str = "POST",
        body: str = "",
        nonce: str | None = None,
        headers: dict[str, str | None] | None = None,
        afterwards: dict[str, str | None] | None = None,
        unsigned: tuple[str, ...] = ("accept",),
    ) -> requests.Response:
        pair = self.keys[key] if isinstance(key, str) else key
        sent = {
            "host": self.host,
            "accept": "application/json",
            "x-acs-action": action,
            "x-acs-version": self.version,
            "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "x-acs-signature-nonce": nonce or f"nonce-{next(_NONCES)}",
            "x-acs-content-sha256": hashlib.sha256(body.encode()).hexdigest(),
            "x-acs-security-token": pair.get("security_token"),
            "content-type": "application/x-www-form-urlencoded" if body else None,
            **(headers or {}),
        }
        signed = sorted(name for name, value in sent.items() if value is not None and name not in unsigned)
        flat = {name: str(value) for name, value in (parameters or {}).items()}
        lines = [method, "/", _query(flat), *(f"{name}:{sent[name]}" for name in signed), "", ";".join(signed)]
        request = "\n".join([*lines, str(sent["x-acs-content-sha256"])])
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
        signature = hmac.new(pair["access_key_secret"].encode(), text.encode(), "sha256").hexdigest()
        sent["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={pair['access_key_id']},"
            f"SignedHeaders={';'.join(signed)},Signature={signature}"
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
        sent: dict[str, str | None] | None = None,
        afterwards: dict[str, str | None] | None = None,
        in_form: bool = False,
    ) -> requests.Response:
        pair = self.keys[key] if isinstance(key, str) else key
        wanted: dict[str, Any] = {
            "Action": action,
            "Version": self.version,
            "Format": "JSON",
            "AccessKeyId": pair["access_key_id"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": nonce or f"nonce-{next(_NONCES)}",
            "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "SecurityToken": pair.get("security_token"),
            **(parameters or {}),
            **(sent or {}),
        }
        flat = {name: str(value) for name, value in wanted.items() if value is not None}
        text = f"{method}&%2F&{_quote(_query(flat))}"
        digest = hmac.new(f"{pair['access_key_secret']}&".encode(), text.encode(), "sha1").digest()
        flat["Signature"] = b64encode(digest).decode()
        for name, value in (afterwards or {}).items():
            flat.pop(name) if value is None else flat.update({name: value})
        if in_form:
            return self.session.request(method, f"{self.url}/", data=flat)
        return self.session.request(method, f"{self.url}/?{urlencode(flat)}")

    def ok(self, action: str, **parameters: Any) -> dict[str, Any]:
        response = self.v3(action, {"RegionId": "cn-hangzhou", **parameters})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def code(self, action: str, **parameters: Any) -> tuple[str, int]:
        return outcome(self.v3(action, {"RegionId": "cn-hangzhou", **parameters}))


def outcome(response: requests.Response) -> tuple[str, int]:
    """The error code and the HTTP status; no code for an answer that is no error."""
    body = response.json()
    assert body["RequestId"]
    if response.status_code == 200:
        return "", 200
    assert body["Message"] and body["HostId"] and body["Recommend"]
    return body["Code"], response.status_code
