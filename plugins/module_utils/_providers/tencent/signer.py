# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Tencent Cloud's request signature, TC3-HMAC-SHA256.

Source: "Signature v3", Tencent Cloud API 3.0.
"""

from __future__ import annotations

import hashlib
import hmac
import time
import typing as t
from collections.abc import Callable
from urllib.parse import urlsplit

from ..._credentials.keys import Keys

if t.TYPE_CHECKING:
    from requests import PreparedRequest

ALGORITHM = "TC3-HMAC-SHA256"
SIGNED_HEADERS = ("content-type", "host", "x-tc-action")


class Tc3Auth:
    """A C(requests) auth object: dates and signs each request at the moment it is prepared.

    C(now) gives seconds since 1970. The action is signed too, beyond the two headers that must be.
    """

    def __init__(self, credentials: Keys, service: str, now: Callable[[], float]) -> None:
        self._credentials = credentials
        self._service = service
        self._now = now

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        credentials = self._credentials.current()
        url = urlsplit(str(request.url))
        body = request.body or b""
        payload = body.encode() if isinstance(body, str) else body
        timestamp = int(self._now())
        # The date of the scope is that of UTC, whatever the machine's zone.
        date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
        scope = f"{date}/{self._service}/tc3_request"

        request.headers["host"] = url.netloc
        request.headers["x-tc-timestamp"] = str(timestamp)
        if credentials.security_token:
            request.headers["x-tc-token"] = credentials.security_token

        names = [name for name in SIGNED_HEADERS if name in request.headers]
        canonical_request = "\n".join(
            (
                str(request.method),
                "/",
                url.query,
                "".join(f"{name}:{str(request.headers[name]).strip().lower()}\n" for name in names),
                ";".join(names),
                hashlib.sha256(payload).hexdigest(),
            )
        )
        text = f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical_request.encode()).hexdigest()}"
        key = f"TC3{credentials.access_key_secret}".encode()
        for part in (date, self._service, "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={credentials.access_key_id}/{scope},"
            f" SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        return request
