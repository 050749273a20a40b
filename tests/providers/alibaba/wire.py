# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba Cloud's client and answers, and its signature as the emulator computes it, which shares no line with the
collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.client import AlibabaClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.platform import ALIBABA
from emulator.alibaba.auth import v3_canonical_request, v3_signature

from ...support.scripted import Act, Received, reply
from ...support.wire import REQUEST_ID, SECRET, Wire, authorization, sha256


def acs3_signature(
    secret: str, method: str, query: Iterable[tuple[str, str]], headers: Mapping[str, str], body: bytes
) -> str:
    """Alibaba Cloud's V3 signature; C(headers) are those that are signed, by lower-case name."""
    return v3_signature(v3_canonical_request(method, query, headers, sha256(body)), secret)


def is_signed_well(request: Received, secret: str = SECRET) -> bool:
    said = authorization(request.headers["authorization"])
    signed = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    query = parse_qsl(urlsplit(request.path).query, keep_blank_values=True)
    expected = acs3_signature(secret, request.method, query, signed, request.body)
    return said["Signature"] == expected and request.headers["x-acs-content-sha256"] == sha256(request.body)


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
