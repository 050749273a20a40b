# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The request signature of AWS, Signature Version 4.

Source: "Signing AWS API requests", AWS Identity and Access Management.
"""

from __future__ import annotations

import hashlib
import hmac
import time
import typing as t
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlsplit

from ..._credentials.keys import Keys

if t.TYPE_CHECKING:
    from requests import PreparedRequest

ALGORITHM = "AWS4-HMAC-SHA256"
_TOKEN = "x-amz-security-token"
_USUAL_PORTS = {"https": ":443", "http": ":80"}


class SigV4Auth:
    """A C(requests) auth object: dates and signs each request at the moment it is prepared.

    C(now) gives seconds since 1970.
    """

    def __init__(self, credentials: Keys, service: str, region: str, now: Callable[[], float]) -> None:
        self._credentials = credentials
        self._service = service
        self._region = region
        self._now = now

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        credentials = self._credentials.current()
        url = urlsplit(str(request.url))
        body = request.body or b""
        payload = body.encode() if isinstance(body, str) else body
        # The date of the scope is that of UTC, whatever the machine's zone.
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._now()))
        parts = (moment[:8], self._region, self._service, "aws4_request")
        scope = "/".join(parts)

        request.headers["host"] = url.netloc.lower().removesuffix(_USUAL_PORTS[url.scheme])
        request.headers["x-amz-date"] = moment
        request.headers.pop(_TOKEN, None)
        if credentials.security_token:
            request.headers[_TOKEN] = credentials.security_token

        signed = sorted(
            (name.lower(), " ".join(str(value).split()))
            for name, value in request.headers.items()
            if name.lower() in ("host", "content-type") or name.lower().startswith("x-amz-")
        )
        names = ";".join(name for name, _value in signed)
        canonical_request = "\n".join(
            (
                str(request.method),
                # Once more over what the URL has encoded already.
                quote(url.path or "/", safe="/~"),
                _canonical_query(url.query),
                "".join(f"{name}:{value}\n" for name, value in signed),
                names,
                hashlib.sha256(payload).hexdigest(),
            )
        )
        text = f"{ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(canonical_request.encode()).hexdigest()}"
        key = f"AWS4{credentials.access_key_secret}".encode()
        for part in parts:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return request


def _canonical_query(query: str) -> str:
    """A URL's query, decoded, and encoded and sorted as both sides sign it."""
    pairs = sorted(
        (quote(name, safe=""), quote(value, safe="")) for name, value in parse_qsl(query, keep_blank_values=True)
    )
    return "&".join(f"{name}={value}" for name, value in pairs)
