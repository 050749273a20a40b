# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Alibaba Cloud's V3 request signature, ACS3-HMAC-SHA256.

Source: "Request syntax and signature method V3", Alibaba Cloud SDK product overview.
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

ALGORITHM = "ACS3-HMAC-SHA256"


def percent_encode(text: str) -> str:
    """RFC 3986 over UTF-8: only letters, digits and C(-_.~) stay."""
    return quote(text, safe="~")


def canonical_query(query: str) -> str:
    """A URL's query, decoded, sorted by key and encoded as both sides sign it."""
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{percent_encode(key)}={percent_encode(value)}" for key, value in pairs)


class Acs3Auth:
    """A C(requests) auth object: dates and signs each request at the moment it is prepared.

    C(now) gives seconds since 1970, C(nonce) a text that is never used twice.
    """

    def __init__(self, credentials: Keys, now: Callable[[], float], nonce: Callable[[], str]) -> None:
        self._credentials = credentials
        self._now = now
        self._nonce = nonce

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        credentials = self._credentials.current()
        url = urlsplit(str(request.url))
        body = request.body or b""
        content_hash = hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()

        request.headers["host"] = url.netloc
        request.headers["x-acs-date"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._now()))
        request.headers["x-acs-signature-nonce"] = self._nonce()
        request.headers["x-acs-content-sha256"] = content_hash
        if credentials.security_token:
            request.headers["x-acs-accesskey-id"] = credentials.access_key_id
            request.headers["x-acs-security-token"] = credentials.security_token

        signed = sorted(
            (name.lower(), str(value).strip())
            for name, value in request.headers.items()
            if name.lower() in ("host", "content-type") or name.lower().startswith("x-acs-")
        )
        names = ";".join(name for name, value in signed)
        canonical_request = "\n".join(
            (
                str(request.method),
                url.path or "/",
                canonical_query(url.query),
                "".join(f"{name}:{value}\n" for name, value in signed),
                names,
                content_hash,
            )
        )
        text = f"{ALGORITHM}\n{hashlib.sha256(canonical_request.encode()).hexdigest()}"
        signature = hmac.new(credentials.access_key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key_id},SignedHeaders={names},Signature={signature}"
        )
        return request
