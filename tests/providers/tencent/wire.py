# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tencent Cloud's client and answers, and its signature as the emulator computes it, which shares no line with the
collection."""

from __future__ import annotations

from urllib.parse import urlsplit

from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.client import TencentClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.platform import TENCENT
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.tat import TAT
from emulator.tencent.auth import canonical_request, signature, utc_date

from ...support.scripted import Act, Received, reply
from ...support.wire import REQUEST_ID, SECRET, Wire, authorization, sha256


def is_signed_well(request: Received, secret: str = SECRET) -> bool:
    said = authorization(request.headers["authorization"])
    signed = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    timestamp = int(request.headers["x-tc-timestamp"])
    date, service, _ = said["Credential"].split("/")[1:]
    text = canonical_request(request.method, urlsplit(request.path).query, signed, sha256(request.body))
    return date == utc_date(timestamp) and said["Signature"] == signature(text, timestamp, service, secret)


def _bad(code: str, message: str, status: int) -> Act:
    return reply({"Response": {"Error": {"Code": code, "Message": message}, "RequestId": REQUEST_ID}})


WIRE = Wire(
    platform=TENCENT,
    region="ap-guangzhou",
    host="tat.tencentcloudapi.com",
    codes={
        "throttled": "RequestLimitExceeded",
        "transient": "InternalError",
        "denied": "UnauthorizedOperation.CamAuthFailed",
        "auth": "AuthFailure.SignatureFailure",
        "bad_input": "MissingParameter",
        "not_found": "ResourceNotFound",
        "unexpected": "Surprise",
    },
    throttled_backoff=(0.25, 8),
    connect=lambda connection, clock, rng: TencentClient(connection, TAT, clock, rng),
    good=lambda fields: {"Response": {"RequestId": REQUEST_ID, **fields}},
    bad=_bad,
    is_signed_well=is_signed_well,
    date_header="x-tc-timestamp",
    token_header="x-tc-token",
)
