# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: Signature Version 4, in the header Authorization."""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from werkzeug import Request

from ..keys import Key, find
from ..wire import ApiError, Call
from ..world import World
from .settings import AwsSettings

ALGORITHM = "AWS4-HMAC-SHA256"
CLOCK_TOLERANCE = 15 * 60

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<id>[^/\s,]+)/(?P<date>\d{{8}})/(?P<region>[^/\s,]+)/(?P<service>[^/\s,]+)"
    r"/aws4_request,\s*SignedHeaders=(?P<signed>[a-z0-9;-]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_SCOPE = re.compile(r"Credential=[^/\s,]+/\d{8}/(?P<region>[^/\s,]+)/(?P<service>[^/\s,]+)/")


def scope(request: Request) -> tuple[str | None, str]:
    """Region and service that the signature is for, without trusting it."""
    found = _SCOPE.search(request.headers.get("Authorization", ""))
    return (found["region"], found["service"]) if found else (None, "")


def check(world: World, keys: tuple[Key, ...], request: Request, call: Call) -> None:
    headers = {name.lower(): value for name, value in request.headers.items()}
    if "authorization" not in headers:
        raise ApiError("MissingAuthenticationToken", "The request is not signed.")
    given = _AUTHORIZATION.fullmatch(headers["authorization"])
    if given is None:
        raise ApiError("IncompleteSignature", "Authorization needs Credential, SignedHeaders and Signature.")
    signed = given["signed"].split(";")
    must_be_signed = {"host", *(name for name in headers if name.startswith("x-amz-"))}
    if not must_be_signed <= set(signed) <= set(headers) or signed != sorted(set(signed)):
        raise ApiError("IncompleteSignature", "SignedHeaders names host and every x-amz header that is sent, in order.")
    moment = headers.get("x-amz-date", "")
    if not re.fullmatch(r"\d{8}T\d{6}Z", moment):
        raise ApiError("IncompleteSignature", "X-Amz-Date is missing or malformed.")
    call.key = _key(keys, given["id"], headers.get("x-amz-security-token"))
    _check_scope(call, given, moment)
    _check_time(world, call, moment)
    canonical = canonical_request(
        request.method,
        request.args.items(multi=True),
        {name: headers[name] for name in signed},
        hashlib.sha256(request.get_data()).hexdigest(),
    )
    expected = signature(canonical, moment, given["region"], given["service"], call.key.access_key_secret)
    if not hmac.compare_digest(expected, given["signature"]):
        raise ApiError(
            "SignatureDoesNotMatch",
            f"The signature does not match that of what came here. Signed text: {canonical!r}",
        )
    if call.key.name == "expired":
        raise token_has_expired()


def token_has_expired() -> ApiError:
    return ApiError("ExpiredToken", "The session has expired.")


def not_permitted(call: Call) -> ApiError:
    name = call.service.name if call.service else "*"
    return ApiError("AccessDenied", f"This identity may not call {name}:{call.action}.")


def canonical_request(
    method: str, query: Iterable[tuple[str, str]], signed_headers: Mapping[str, str], payload_hash: str
) -> str:
    headers = sorted((name.lower(), " ".join(value.split())) for name, value in signed_headers.items())
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query)
    return "\n".join(
        (
            method,
            "/",
            "&".join(f"{name}={value}" for name, value in pairs),
            "".join(f"{name}:{value}\n" for name, value in headers),
            ";".join(name for name, _value in headers),
            payload_hash,
        )
    )


def signature(canonical: str, moment: str, region: str, service: str, secret: str) -> str:
    """`moment` is that of X-Amz-Date."""
    parts = (moment[:8], region, service, "aws4_request")
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in parts:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, f"{ALGORITHM}\n{moment}\n{'/'.join(parts)}\n{digest}".encode(), "sha256").hex()


def _key(keys: tuple[Key, ...], access_key_id: str, token: str | None) -> Key:
    key = find(keys, access_key_id)
    # A key that is not active is as good as none, and so is a temporary key without its token.
    if key is None or key.name == "inactive" or (token or None) != key.security_token:
        raise ApiError("InvalidClientTokenId", "The key, or its token, is not valid.")
    return key


def _check_scope(call: Call, given: re.Match[str], moment: str) -> None:
    if given["date"] != moment[:8]:
        raise ApiError("SignatureDoesNotMatch", "The scope has another date than X-Amz-Date.")
    if call.service is None:
        raise ApiError("SignatureDoesNotMatch", "The scope names no service that is known here.")
    if given["region"] not in call.service.regions:
        raise ApiError("SignatureDoesNotMatch", "The scope names no region that is known here.")


def _check_time(world: World, call: Call, moment: str) -> None:
    try:
        late = world.signature_time() - calendar.timegm(time.strptime(moment, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise ApiError("IncompleteSignature", "X-Amz-Date is malformed.") from None
    if abs(late) <= CLOCK_TOLERANCE:
        return
    named = call.service and call.service.name == "cloudformation"
    code = world.own(AwsSettings).aws_late_code if named else "RequestExpired"
    if late > 0:
        raise ApiError(code, f"Signature expired: {moment} is too long ago (15 min.).")
    raise ApiError(code, f"Signature not yet current: {moment} is still later than now (15 min.).")
