# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: the signature TC3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping

from werkzeug import Request

from ..keys import Key, find
from ..wire import ApiError, Call
from ..world import World

ALGORITHM = "TC3-HMAC-SHA256"
CLOCK_TOLERANCE = 5 * 60
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<id>[^/\s,]+)/(?P<date>\d{{4}}-\d\d-\d\d)/(?P<service>[a-z0-9]+)/tc3_request,\s*"
    r"SignedHeaders=(?P<signed>[a-z0-9;-]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)

# Keys that are known, sign correctly, and are refused all the same.
_REFUSED = {
    "denied": ("UnauthorizedOperation.CamAuthFailed", "CAM refuses this call."),
    "mfa_expired": ("UnauthorizedOperation.MFAExpired", "The MFA has expired."),
    "mfa_not_found": ("UnauthorizedOperation.MFANotFound", "There is no MFA."),
    "invalid_token": ("UnauthorizedOperation.InvalidToken", "The token is not valid."),
}


def check(world: World, keys: tuple[Key, ...], request: Request, call: Call) -> str:
    """The name of the service that the signature is for."""
    headers = {name.lower(): value.strip() for name, value in request.headers.items()}
    if request.method not in ("GET", "POST"):
        raise ApiError("UnsupportedProtocol", f"The method {request.method} is not supported.")
    for name in ("x-tc-action", "x-tc-version", "x-tc-timestamp"):
        if not headers.get(name):
            raise ApiError("MissingParameter", f"The header {name} is missing.")
    given = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if given is None:
        raise ApiError("AuthFailure.InvalidAuthorization", "The header Authorization is missing or malformed.")
    signed = given["signed"].split(";")
    if not {"content-type", "host"} <= set(signed) or signed != sorted(set(signed)) or not set(signed) <= set(headers):
        raise ApiError(
            "AuthFailure.InvalidAuthorization", "content-type and host must be sent and signed, the list is in order."
        )
    timestamp = _check_time(world, headers["x-tc-timestamp"])
    key = find(keys, given["id"])
    if key is None or key.name == "inactive":
        raise ApiError("AuthFailure.SecretIdNotFound", "The SecretId is not found.")
    call.key = key
    _check_token(key, headers.get("x-tc-token"))
    if given["date"] != utc_date(timestamp):
        raise ApiError("AuthFailure.SignatureFailure", "The credential's date is not that of X-TC-Timestamp in UTC.")
    canonical = canonical_request(
        request.method,
        request.query_string.decode("latin-1") if request.method == "GET" else "",
        {name: headers[name] for name in signed},
        _payload_hash(request, headers),
    )
    expected = signature(canonical, timestamp, given["service"], key.access_key_secret)
    if not hmac.compare_digest(expected, given["signature"]):
        raise ApiError("AuthFailure.SignatureFailure", f"The signature does not match. Signed text: {canonical!r}")
    if key.name in _REFUSED:
        raise refused(key.name)
    return given["service"]


def refused(key_name: str) -> ApiError:
    return ApiError(*_REFUSED[key_name])


def utc_date(timestamp: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(timestamp))


def canonical_request(method: str, query: str, signed_headers: Mapping[str, str], payload_hash: str) -> str:
    # Values are lower-cased, too, as the document says; it matters for x-tc-action.
    headers = sorted((name.lower(), value.strip().lower()) for name, value in signed_headers.items())
    return "\n".join(
        (
            method,
            "/",
            query,
            "".join(f"{name}:{value}\n" for name, value in headers),
            ";".join(name for name, _value in headers),
            payload_hash,
        )
    )


def signature(canonical: str, timestamp: int, service: str, secret: str) -> str:
    date = utc_date(timestamp)
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    text = f"{ALGORITHM}\n{timestamp}\n{date}/{service}/tc3_request\n{digest}"
    key = f"TC3{secret}".encode()
    for message in (date, service, "tc3_request"):
        key = hmac.digest(key, message.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def _payload_hash(request: Request, headers: Mapping[str, str]) -> str:
    if headers.get("x-tc-content-sha256") == UNSIGNED_PAYLOAD:
        return hashlib.sha256(UNSIGNED_PAYLOAD.encode()).hexdigest()
    return hashlib.sha256(request.get_data() if request.method == "POST" else b"").hexdigest()


def _check_time(world: World, text: str) -> int:
    if not re.fullmatch(r"\d{1,12}", text):
        raise ApiError("InvalidParameter", "X-TC-Timestamp is the Unix time in seconds.")
    timestamp = int(text)
    if abs(timestamp - world.signature_time()) > CLOCK_TOLERANCE:
        raise ApiError("AuthFailure.SignatureExpire", "The timestamp differs by more than five minutes.")
    return timestamp


def _check_token(key: Key, token: str | None) -> None:
    if key.name == "expired" or (token or None) != key.security_token:
        raise token_failure()


def token_failure() -> ApiError:
    return ApiError("AuthFailure.TokenFailure", "The token is wrong, missing or expired.")
