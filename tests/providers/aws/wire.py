# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's client and answers, and its signature as the emulator computes it, which shares no line with the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.client import AwsClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.platform import AWS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.services import SSM
from emulator.aws.auth import canonical_request, signature

from ...support.scripted import Act, Received, reply
from ...support.wire import REQUEST_ID, SECRET, Wire, authorization, sha256


def is_signed_well(request: Received, secret: str = SECRET) -> bool:
    said = authorization(request.headers["authorization"])
    moment = request.headers["x-amz-date"]
    day, region, service, _ = said["Credential"].split("/")[1:]
    signed = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    must = {"host", *(name for name in request.headers if name.startswith("x-amz-") or name == "content-type")}
    query = parse_qsl(urlsplit(request.path).query, keep_blank_values=True)
    text = canonical_request(request.method, query, signed, sha256(request.body))
    is_right = said["Signature"] == signature(text, moment, region, service, secret)
    return day == moment[:8] and signed.keys() == must and is_right


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
