# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's client and answers, and its signature by another way, which shares no line with the collection."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from functools import reduce
from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.client import AwsClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.platform import AWS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.services import SSM

from ...support.scripted import Act, Received, reply
from ...support.wire import REQUEST_ID, SECRET, Wire, authorization, sha256


def signature_of(secret: str, headers: Mapping[str, str], body: bytes, scope: str) -> str:
    """The signature of a POST to the root; C(headers) are those that are signed, by lower-case name."""
    names = sorted(headers)
    lines = ["POST", "/", "", *(f"{name}:{headers[name]}" for name in names), "", ";".join(names), sha256(body)]
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256("\n".join(lines))])
    chain = [*scope.split("/"), text]
    return reduce(lambda key, part: hmac.digest(key, part.encode(), "sha256"), chain, f"AWS4{secret}".encode()).hex()


def is_signed_well(request: Received, secret: str = SECRET) -> bool:
    said = authorization(request.headers["authorization"])
    scope = said["Credential"].partition("/")[2]
    signed = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    must = {"host", "content-type", *(name for name in request.headers if name.startswith("x-amz-"))}
    dated = scope.startswith(request.headers["x-amz-date"][:8])
    return dated and signed.keys() == must and said["Signature"] == signature_of(secret, signed, request.body, scope)


def head(fields: Mapping[str, Any]) -> dict[str, str]:
    said = fields.get("RequestId")
    return {"x-amzn-RequestId": said} if isinstance(said, str) else {}


def bad(code: str, message: str, status: int, **more: str) -> Act:
    return reply({"__type": code, "message": message}, status, {"x-amzn-RequestId": REQUEST_ID, **more})


WIRE = Wire(
    platform=AWS,
    region="eu-central-1",
    host="ssm.eu-central-1.amazonaws.com",
    codes={
        "throttled": "ThrottlingException",
        "transient": "InternalServerError",
        "denied": "AccessDeniedException",
        "auth": "UnrecognizedClientException",
        "bad_input": "ValidationException",
        "not_found": "InvalidCommandId",
        "unexpected": "Surprise",
    },
    throttled_backoff=(1, 20),
    connect=lambda connection, clock, rng: AwsClient(connection, SSM, clock, rng),
    good=dict,
    bad=bad,
    is_signed_well=is_signed_well,
    date_header="x-amz-date",
    token_header="x-amz-security-token",
    head=head,
)
