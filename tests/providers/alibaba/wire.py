# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba Cloud's client and answers, and its signature as the emulator computes it, which shares no line with the
collection."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.client import AlibabaClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.platform import ALIBABA
from emulator.alibaba.auth import v3_canonical_request, v3_signature

from ...support.scripted import Act, Received, reply
from ...support.wire import REQUEST_ID, SECRET, Wire, authorization, sha256


def is_signed_well(request: Received, secret: str = SECRET) -> bool:
    said = authorization(request.headers["authorization"])
    signed = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    query = parse_qsl(urlsplit(request.path).query, keep_blank_values=True)
    text = v3_canonical_request(request.method, query, signed, sha256(request.body))
    must = {"host", *(name for name in request.headers if name.startswith("x-acs-") or name == "content-type")}
    is_of_body = request.headers["x-acs-content-sha256"] == sha256(request.body)
    return must <= signed.keys() and is_of_body and said["Signature"] == v3_signature(text, secret)


def _bad(code: str, message: str, status: int) -> Act:
    return reply({"RequestId": REQUEST_ID, "Code": code, "Message": message, "HostId": "ecs"}, status)


WIRE = Wire(
    platform=ALIBABA,
    region="cn-hangzhou",
    host="ecs-cn-hangzhou.aliyuncs.com",
    codes={
        "throttled": "Throttling.User",
        "transient": "InternalError.Dispatch",
        "denied": "Operation.Forbidden",
        "auth": "SignatureDoesNotMatch",
        "bad_input": "MissingParameter",
        "not_found": "InvalidInvokeId.NotFound",
        "unexpected": "Surprise",
    },
    throttled_backoff=(1, 32),
    connect=lambda connection, clock, rng: AlibabaClient(connection, ECS, clock, rng),
    good=lambda fields: {"RequestId": REQUEST_ID, **fields},
    bad=_bad,
    is_signed_well=is_signed_well,
    date_header="x-acs-date",
    token_header="x-acs-security-token",
)
