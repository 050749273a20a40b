# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: the V3 signature (ACS3-HMAC-SHA256, in headers) and the older V1 (HMAC-SHA1, in parameters)."""

from __future__ import annotations

import base64
import calendar
import hashlib
import hmac
import re
import time
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from werkzeug import Request

from ..keys import Key, find
from ..wire import ApiError, Call, scheme
from ..world import World

V3_ALGORITHM = "ACS3-HMAC-SHA256"
CLOCK_TOLERANCE = 15 * 60
_TOKEN_FORM = re.compile(r"CAIS\S+")

# Parameters of the V1 wire itself; what is left belongs to the operation.
COMMON_PARAMETERS = frozenset(
    {
        *("Action", "Version", "Format", "AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion"),
        *("SignatureNonce", "SignatureType", "Timestamp", "SecurityToken"),
    }
)


def is_v3(request: Request) -> bool:
    if scheme(request):
        return scheme(request).startswith("ACS3-")
    # The older SDK names the action in a header, too, and yet signs by V1.
    return "x-acs-action" in request.headers and not is_v1(request)


def is_v1(request: Request) -> bool:
    """By the signature's version or method: others sign in parameters of these names, too, and with other values."""
    values = request.values
    signed = values.get("SignatureVersion") == "1.0" or values.get("SignatureMethod") == "HMAC-SHA1"
    return signed and not scheme(request)


def parameters(request: Request) -> list[tuple[str, str]]:
    """Query and form together, decoded: '+' and '%20' are both a space."""
    return [*request.args.items(multi=True), *request.form.items(multi=True)]


def check(world: World, keys: tuple[Key, ...], request: Request, call: Call) -> None:
    if request.method not in ("GET", "POST"):
        raise ApiError("UnsupportedHTTPMethod", f"The method {request.method} is not supported.")
    nonce = _check_v3(world, keys, request, call) if is_v3(request) else _check_v1(world, keys, request, call)
    key = call.key
    if key is None or not world.use_nonce(key.access_key_id, nonce):
        raise ApiError("SignatureNonceUsed", "Specified signature nonce was used already.")


def check_permission(call: Call) -> None:
    if call.key and call.key.name == "denied":
        raise not_permitted(call)


def not_permitted(call: Call) -> ApiError:
    auth_action = f"{call.service.name if call.service else '*'}:{call.action}"
    return ApiError(
        "Forbidden.RAM",
        "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
        details={"AccessDeniedDetail": {"AuthAction": auth_action, "NoPermissionType": "ImplicitDeny"}},
    )


# V3


def _check_v3(world: World, keys: tuple[Key, ...], request: Request, call: Call) -> str:
    headers = {name.lower(): value for name, value in request.headers.items()}
    algorithm, _space, fields = headers.get("authorization", "").partition(" ")
    if algorithm != V3_ALGORITHM:
        raise ApiError("InvalidSignatureMethod", f"The signature algorithm {algorithm!r} is not supported.")
    given = dict(field.partition("=")[::2] for field in fields.split(","))
    if set(given) != {"Credential", "SignedHeaders", "Signature"} or not all(given.values()):
        raise ApiError("IncompleteSignature", "Authorization needs Credential, SignedHeaders and Signature.")
    for name in ("x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"):
        if not headers.get(name):
            raise ApiError("MissingParameter", f"The header {name} is missing.")

    call.key = _active_key(keys, given["Credential"])
    _check_token(call.key, headers.get("x-acs-security-token"))
    _check_time(world, headers["x-acs-date"])
    signed = given["SignedHeaders"].split(";")
    must_be_signed = {"host", *(name for name in headers if name.startswith("x-acs-") or name == "content-type")}
    unsigned = must_be_signed - set(signed)
    if unsigned:
        raise ApiError("IncompleteSignature", f"These headers must be signed: {', '.join(sorted(unsigned))}.")
    if not set(signed) <= set(headers) or signed != sorted(set(signed)):
        raise ApiError("IncompleteSignature", "SignedHeaders must name headers of the request, in order.")
    payload_hash = hashlib.sha256(request.get_data()).hexdigest()
    if not hmac.compare_digest(payload_hash.encode(), headers["x-acs-content-sha256"].encode()):
        raise ApiError("SignatureDoesNotMatch", "x-acs-content-sha256 is not the hash of the body.")
    canonical = v3_canonical_request(
        request.method, request.args.items(multi=True), {name: headers[name] for name in signed}, payload_hash
    )
    _compare(v3_signature(canonical, call.key.access_key_secret), given["Signature"], canonical)
    return headers["x-acs-signature-nonce"]


def v3_canonical_request(
    method: str, query: Iterable[tuple[str, str]], signed_headers: Mapping[str, str], payload_hash: str
) -> str:
    headers = sorted((name.lower(), value.strip()) for name, value in signed_headers.items())
    return "\n".join(
        (
            method,
            "/",
            canonical_query(query),
            "".join(f"{name}:{value}\n" for name, value in headers),
            ";".join(name for name, _value in headers),
            payload_hash,
        )
    )


def v3_signature(canonical_request: str, secret: str) -> str:
    digest = hashlib.sha256(canonical_request.encode()).hexdigest()
    return hmac.new(secret.encode(), f"{V3_ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()


# V1


def _check_v1(world: World, keys: tuple[Key, ...], request: Request, call: Call) -> str:
    sent = dict(parameters(request))
    for name in ("Action", "Version", "AccessKeyId", "SignatureNonce", "Timestamp", "SignatureMethod"):
        if not sent.get(name):
            raise ApiError("MissingParameter", f"The parameter {name} is missing.")
    if not sent.get("Signature") or sent.get("SignatureVersion") != "1.0":
        raise ApiError("IncompleteSignature", "Signature and SignatureVersion=1.0 are needed.")
    if sent["SignatureMethod"] != "HMAC-SHA1" or sent.get("SignatureType"):
        raise ApiError("InvalidSignatureMethod", "Only HMAC-SHA1 without a SignatureType is supported.")
    if sent.get("Format", "XML").upper() not in ("JSON", "XML"):
        raise ApiError("InvalidParameter", "Format is JSON or XML.")

    call.key = _active_key(keys, sent["AccessKeyId"])
    _check_token(call.key, sent.get("SecurityToken"))
    _check_time(world, sent["Timestamp"])
    text = v1_string_to_sign(request.method, parameters(request))
    _compare(v1_signature(text, call.key.access_key_secret), sent["Signature"], text)
    return sent["SignatureNonce"]


def v1_string_to_sign(method: str, sent: Iterable[tuple[str, str]]) -> str:
    query = canonical_query((name, value) for name, value in sent if name != "Signature")
    return f"{method}&%2F&{percent_encode(query)}"


def v1_signature(string_to_sign: str, secret: str) -> str:
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), string_to_sign.encode(), "sha1")).decode()


# Both


def percent_encode(text: str) -> str:
    return quote(text, safe="-_.~")


def canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{percent_encode(name)}={percent_encode(value)}" for name, value in sorted(pairs))


def _active_key(keys: tuple[Key, ...], access_key_id: str) -> Key:
    key = find(keys, access_key_id)
    if key is None:
        raise ApiError("InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    if key.name == "inactive":
        raise ApiError("InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
    return key


def _check_token(key: Key, token: str | None) -> None:
    if key.security_token is not None and not token:
        raise ApiError("MissingSecurityToken", "SecurityToken is mandatory for this action.")
    if token and not _TOKEN_FORM.fullmatch(token):
        raise ApiError("InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
    if token and token != key.security_token:
        raise ApiError("InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatches with the key.")
    if key.name == "expired":
        raise token_has_expired()


def token_has_expired() -> ApiError:
    return ApiError("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")


def _check_time(world: World, timestamp: str) -> None:
    try:
        moment = calendar.timegm(time.strptime(timestamp, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        raise ApiError("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.") from None
    if abs(moment - world.signature_time()) > CLOCK_TOLERANCE:
        raise ApiError("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def _compare(expected: str, given: str, signed_text: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        # Like the provider: say what was signed here, so that the caller can compare.
        raise ApiError("SignatureDoesNotMatch", f"Specified signature is not matched. Signed text: {signed_text!r}")
