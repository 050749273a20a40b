# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acme's API: forms in, JSON out, the request id in a header."""

from __future__ import annotations

import hashlib
import hmac
import typing as t
from collections.abc import Mapping
from urllib.parse import urlencode

from ..._core.errors import ErrorClass
from ..._http.client import ApiClient, Service
from ..._http.transport import Answer, Call

_CLASSES: dict[str, ErrorClass] = {
    "Gone": "not_found",
    "Acme.denied": "denied",
    "Acme.throttle": "throttled",
    "BadSignature": "auth",
}


class AcmeService(Service):
    def endpoint(self, region: str, endpoint_type: str = "public") -> str:
        return f"https://{self.name}.{region}.acme.example"


IMAGES = AcmeService("images", "1", rates={})


class AcmeClient(ApiClient):
    """Signed calls in one region."""

    def _sign(self, request: t.Any) -> t.Any:
        keys = self.connection.credentials.current()
        body = request.body if isinstance(request.body, bytes) else str(request.body).encode()
        signed = hmac.new(keys.access_key_secret.encode(), body, hashlib.sha256).hexdigest()
        scope = f"{keys.access_key_id}/{self.region}/{self.service.name}/acme"
        request.headers["Authorization"] = f"ACME1-HMAC-SHA256 Credential={scope}, Signature={signed}"
        return request

    def _write(self, action: str, parameters: Mapping[str, t.Any]) -> Call:
        form = {"content-type": "application/x-www-form-urlencoded"}
        return Call(auth=self._sign, headers=form, body=urlencode({"Action": action, **parameters}).encode())

    def _request_id(self, answer: Answer, content: dict[str, t.Any]) -> str | None:
        return answer.headers.get("x-acme-request")

    def _read(self, action: str, answer: Answer, content: dict[str, t.Any], request_id: str | None) -> dict[str, t.Any]:
        status = answer.status
        if status < 400:
            return content
        code = str(content.get("Code"))
        error_class = _CLASSES.get(code, "transient" if status >= 500 else "unexpected")
        raise self.error(action, code, str(content.get("Message")), error_class, status, request_id)
