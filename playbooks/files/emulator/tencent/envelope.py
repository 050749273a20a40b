# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of answers: everything under `Response`, and errors with the HTTP status 200."""

from __future__ import annotations

import json
from typing import Any

from werkzeug import Response

from ..wire import ApiError, Call


def success(call: Call, result: dict[str, Any]) -> Response:
    return _response({**result, "RequestId": call.request_id})


def failure(call: Call, error: ApiError) -> Response:
    body = {"Error": {"Code": error.code, "Message": error.message, **error.details}, "RequestId": call.request_id}
    return _response(body, error.http_status or 200)


def _response(body: dict[str, Any], status: int = 200) -> Response:
    text = json.dumps({"Response": body}, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(errors="replace"), status, content_type="application/json")
