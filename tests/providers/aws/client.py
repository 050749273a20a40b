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
from urllib.parse import urlencode
from xml.etree import ElementTree

import requests

VERSIONS = {"ec2": "2016-11-15", "cloudformation": "2010-05-15"}
_SPACES = (
    "{http://ec2.amazonaws.com/doc/2016-11-15/}",
    "{http://cloudformation.amazonaws.com/doc/2010-05-15/}",
)


def value_of(element: ElementTree.Element) -> Any:
    """Elements that are all called item or member are a list; what is empty is an empty text."""
    children = [(_bare(child.tag), value_of(child)) for child in element]
    if not children:
        return element.text or ""
    if {name for name, _value in children} <= {"item", "member"}:
        return [value for _name, value in children]
    return dict(children)


def _bare(tag: str) -> str:
    for space in _SPACES:
        tag = tag.removeprefix(space)
    return tag


class Client:
    """Signs and sends; what a test wants to be wrong it gives as `headers` (signed) or `afterwards` (not)."""

    def __init__(
        self, url: str, keys: dict[str, dict[str, str]], session: requests.Session, service: str = "ssm"
    ) -> None:
        self.url, self.keys, self.session, self.service = url, keys, session, service
        self.host = url.partition("//")[2]

    def of(self, service: str) -> Client:
        return Client(self.url, self.keys, self.session, service)

    def send(
        self,
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str | dict[str, Any] = "default",
        method: str = "POST",
        body: str | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str | None] | None = None,
        afterwards: dict[str, str | None] | None = None,
        unsigned: tuple[str, ...] = (),
        service: str | None = None,
        region: str = "us-east-1",
        date: str | None = None,
        version: str | None = None,
    ) -> requests.Response:
        pair = self.keys[key] if isinstance(key, str) else key
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        sent = {"host": self.host, "x-amz-date": now, "x-amz-security-token": pair.get("security_token")}
        if self.service == "ssm":
            sent |= {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"AmazonSSM.{action}"}
            text = json.dumps(parameters or {})
        else:
            sent |= {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
            common = {"Action": action, "Version": version or VERSIONS[self.service]}
            text = urlencode({**common, **(parameters or {})})
        if method != "POST":
            text, query = "", query or dict(sorted({**common, **(parameters or {})}.items()))
        sent = {name: value for name, value in {**sent, **(headers or {})}.items() if value is not None}
        text = text if body is None else body
        names = sorted(set(sent) - set(unsigned))
        target = urlencode(query or {})
        lines = "".join(f"{name}:{sent[name]}\n" for name in names)
        digest = hashlib.sha256(text.encode()).hexdigest()
        canonical = f"{method}\n/\n{target}\n{lines}\n{';'.join(names)}\n{digest}"
        day, scoped = date or now[:8], service or self.service
        scope = f"{day}/{region}/{scoped}/aws4_request"
        to_sign = (
            f"AWS4-HMAC-SHA256\n{sent.get('x-amz-date')}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        )
        signing_key = f"AWS4{pair['access_key_secret']}".encode()
        for part in (day, region, scoped, "aws4_request"):
            signing_key = hmac.new(signing_key, part.encode(), "sha256").digest()
        signature = hmac.new(signing_key, to_sign.encode(), "sha256").hexdigest()
        sent["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={pair['access_key_id']}/{scope}, "
            f"SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        sent.update(afterwards or {})
        url = f"{self.url}/?{target}" if target else f"{self.url}/"
        return self.session.request(method, url, data=text.encode() or None, headers=sent)

    def ok(self, action: str, **parameters: Any) -> dict[str, Any]:
        response = self.send(action, parameters)
        assert response.status_code == 200, response.text
        assert response.headers["x-amzn-RequestId"]
        if self.service == "ssm":
            return dict(response.json()) if response.content else {}
        answer = dict(value_of(ElementTree.fromstring(response.text)))
        if self.service == "ec2":
            assert answer.pop("requestId") == response.headers["x-amzn-RequestId"]
            return answer
        assert answer["ResponseMetadata"] == {"RequestId": response.headers["x-amzn-RequestId"]}
        return answer[f"{action}Result"] or {}

    def refusal(self, action: str, parameters: dict[str, Any] | None = None, **options: Any) -> tuple[str, int]:
        """Code and HTTP status; no code for a success."""
        response = self.send(action, parameters, **options)
        status = response.status_code
        if status == 200:
            return "", status
        assert response.headers["x-amzn-RequestId"]
        if "json" in response.headers["content-type"]:
            body = response.json()
            assert body.get("message", body.get("Message"))
            return str(body["__type"]).rpartition("#")[2], status
        answer = value_of(ElementTree.fromstring(response.text))
        if "Errors" in answer:
            assert set(answer) == {"Errors", "RequestID"}
            return answer["Errors"]["Error"]["Code"], status
        assert answer["Error"]["Type"] == ("Sender" if status < 500 else "Receiver") and answer["RequestId"]
        return answer["Error"]["Code"], status

    def code(self, action: str, parameters: dict[str, Any] | None = None, **options: Any) -> str:
        return self.refusal(action, parameters, **options)[0]
