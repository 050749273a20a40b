# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that sign by the references, in their own words: they share no line with the emulator or the collection."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import requests

from emulator import Emulator

_NONCES = itertools.count()


def _quote(text: str) -> str:
    return quote(text, safe="-_.~")


class AlibabaClient:
    """Signs and sends; what a test wants to be wrong it gives as `headers`/`sent` (signed) or `afterwards` (not)."""

    def __init__(
        self, url: str, keys: dict[str, dict[str, str]], session: requests.Session, version: str = "2014-05-26"
    ) -> None:
        self.url, self.keys, self.session, self.version = url, keys, session, version
        self.host = url.partition("//")[2]

    def v3(
        self,
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str | dict[str, str] = "default",
        method: str = "POST",
        body: str = "",
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
            "x-acs-signature-nonce": f"nonce-{next(_NONCES)}",
            "x-acs-content-sha256": hashlib.sha256(body.encode()).hexdigest(),
            "x-acs-security-token": pair.get("security_token"),
            "content-type": "application/x-www-form-urlencoded" if body else None,
            **(headers or {}),
        }
        signed = sorted(name for name, value in sent.items() if value is not None and name not in unsigned)
        flat = {name: str(value) for name, value in (parameters or {}).items()}
        query = "&".join(f"{_quote(name)}={_quote(flat[name])}" for name in sorted(flat))
        lines = [method, "/", query, *(f"{name}:{sent[name]}" for name in signed), "", ";".join(signed)]
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
        key: str | dict[str, str] = "default",
        method: str = "GET",
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
            "SignatureNonce": f"nonce-{next(_NONCES)}",
            "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "SecurityToken": pair.get("security_token"),
            **(parameters or {}),
            **(sent or {}),
        }
        flat = {name: str(value) for name, value in wanted.items() if value is not None}
        query = "&".join(f"{_quote(name)}={_quote(flat[name])}" for name in sorted(flat))
        text = f"{method}&%2F&{_quote(query)}"
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
        response = self.v3(action, {"RegionId": "cn-hangzhou", **parameters})
        return error_of(response)


def error_of(response: requests.Response) -> tuple[str, int]:
    body = response.json()
    assert body["RequestId"] and body["Message"] and body["HostId"] and body["Recommend"]
    return body["Code"], response.status_code


class TencentClient:
    def __init__(self, url: str, keys: dict[str, dict[str, str]], session: requests.Session) -> None:
        self.url, self.keys, self.session = url, keys, session
        self.host = url.partition("//")[2]

    def send(
        self,
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str | dict[str, str] = "default",
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


class Control:
    def __init__(self, url: str, session: requests.Session) -> None:
        self.url, self.session = f"{url}/_emulator", session

    def send(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(method, f"{self.url}/{path}", json=body)

    def get(self, path: str) -> Any:
        return self.send("GET", path).json()

    def create(self, provider: str, **description: Any) -> dict[str, Any]:
        response = self.send("POST", "operations", {"provider": provider, **description})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def fault(self, kind: str, **options: Any) -> None:
        response = self.send("POST", "faults", {"kind": kind, **options})
        assert response.status_code == 200, response.text

    def settings(self, **changes: Any) -> None:
        response = self.send("PUT", "settings", changes)
        assert response.status_code == 200, response.text

    def stand_still(self) -> None:
        self.send("POST", "clock", {"mode": "manual"})

    def advance(self, seconds: float) -> None:
        self.send("POST", "clock", {"advance": seconds})

    def statuses(self, operation_id: str) -> dict[str, str]:
        return {each["instance_id"]: each["status"] for each in self.get(f"operations/{operation_id}")["instances"]}

    def status(self, operation_id: str) -> str:
        return str(self.get(f"operations/{operation_id}")["status"])


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def control(emulator: Emulator, session: requests.Session) -> Control:
    return Control(emulator.url, session)


@pytest.fixture
def alibaba(emulator: Emulator, session: requests.Session, control: Control) -> AlibabaClient:
    return AlibabaClient(emulator.url, control.get("keys")["alibaba"], session)


@pytest.fixture
def oos(alibaba: AlibabaClient) -> AlibabaClient:
    return AlibabaClient(alibaba.url, alibaba.keys, alibaba.session, "2019-06-01")


@pytest.fixture
def ros(alibaba: AlibabaClient) -> AlibabaClient:
    return AlibabaClient(alibaba.url, alibaba.keys, alibaba.session, "2019-09-10")


@pytest.fixture
def tencent(emulator: Emulator, session: requests.Session, control: Control) -> TencentClient:
    return TencentClient(emulator.url, control.get("keys")["tencent"], session)
