# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the emulated AWS, in the three forms of its services. That its signature is the vendor's is shown by
boto3 in test_sdk.py."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import requests

from emulator.aws import auth

from ...support import clients
from ...support.clients import Sent

VERSIONS = {"ec2": "2016-11-15", "cloudformation": "2010-05-15"}


def value_of(element: ElementTree.Element) -> Any:
    """Elements that are all called item or member are a list; what is empty is an empty text."""
    children = [(child.tag.rpartition("}")[2], value_of(child)) for child in element]
    if not children:
        return element.text or ""
    if {name for name, _value in children} <= {"item", "member"}:
        return [value for _name, value in children]
    return dict(children)


class Client(clients.Client):
    service = "ssm"

    def send(
        self,
        action: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str | dict[str, Any] = "default",
        method: str = "POST",
        body: str | None = None,
        headers: Sent | None = None,
        afterwards: Sent | None = None,
        unsigned: tuple[str, ...] = (),
        service: str | None = None,
        region: str = "us-east-1",
        date: str | None = None,
        version: str | None = None,
    ) -> requests.Response:
        pair = self.pair(key)
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        sent: Sent = {"host": self.host, "x-amz-date": now, "x-amz-security-token": pair.get("security_token")}
        query: dict[str, Any] = {}
        if self.service == "ssm":
            sent |= {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"AmazonSSM.{action}"}
            text = json.dumps(parameters or {})
        else:
            sent |= {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
            form = {"Action": action, "Version": version or VERSIONS[self.service], **(parameters or {})}
            form = {name: value for name, value in form.items() if value is not None}
            text, query = ("", form) if method != "POST" else (urlencode(form), {})
        sent |= headers or {}
        text = text if body is None else body
        signed = {name: value for name, value in sent.items() if value is not None and name not in unsigned}
        digest = hashlib.sha256(text.encode()).hexdigest()
        canonical = auth.canonical_request(method, query.items(), signed, digest)
        place, moment = (region, service or self.service), str(sent["x-amz-date"])
        sent["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={pair['access_key_id']}/{date or now[:8]}/{'/'.join(place)}/aws4_request, "
            f"SignedHeaders={';'.join(sorted(signed))}, "
            f"Signature={auth.signature(canonical, moment, *place, pair['access_key_secret'])}"
        )
        sent.update(afterwards or {})
        url = f"{self.url}/?{urlencode(query)}" if query else f"{self.url}/"
        return self.session.request(method, url, data=text.encode() or None, headers=sent)

    def read(self, action: str, response: requests.Response) -> tuple[str, Any]:
        said = response.headers["x-amzn-RequestId"]
        is_json = "json" in response.headers.get("content-type", "json")
        answer = json.loads(response.text or "{}") if is_json else value_of(ElementTree.fromstring(response.text))
        if response.status_code == 200:
            if self.service == "ec2":
                assert answer.pop("requestId") == said
            if self.service == "cloudformation":
                assert answer["ResponseMetadata"] == {"RequestId": said}
                answer = answer[f"{action}Result"] or {}
            return "", answer
        if is_json:
            assert answer.get("message", answer.get("Message"))
            return str(answer["__type"]).rpartition("#")[2], answer
        if "Errors" in answer:
            assert set(answer) == {"Errors", "RequestID"}
            return answer["Errors"]["Error"]["Code"], answer
        party = "Sender" if response.status_code < 500 else "Receiver"
        assert answer["Error"]["Type"] == party and answer["RequestId"]
        return answer["Error"]["Code"], answer

    def next_page(self, sent: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        token = answer.get("NextToken") or answer.get("nextToken")
        return {"NextToken": token} if token else {}
