# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of answers: fields at the top level, errors with a code and an HTTP status, in JSON or XML."""

from __future__ import annotations

import json
import re
from typing import Any, cast
from xml.sax.saxutils import escape

from werkzeug import Response

from ..settings import Settings
from ..wire import ApiError, Call

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The HTTP statuses that the documents give to codes; 400 for all others.
HTTP_STATUS = {
    "CancelTaskFailed": 403,
    "EntityNotExist.Execution": 404,
    "ExecutionCancelFailed": 403,
    "Forbidden": 403,
    "Forbidden.AccessKeyDisabled": 403,
    "Forbidden.RAM": 403,
    "Forbidden.RiskControl": 403,
    "Forbidden.SubUser": 403,
    "IncorrectTaskStatus": 403,
    "InstanceIds.ExceedLimit": 403,
    "InternalError": 500,
    "InternalError.Dispatch": 500,
    "InternalFailure": 500,
    "InvalidAccessKeyId.NotFound": 404,
    "InvalidAction.NotFound": 404,
    "InvalidApi.NotFound": 404,
    "InvalidInstanceId.NotFound": 404,
    "InvalidInvokeId.NotFound": 404,
    "InvalidProduct.NotFound": 404,
    "InvalidRegionId.NotFound": 404,
    "InvalidTaskId.IncorrectTaskStatus": 403,
    "InvalidTaskId.TaskActionNotSupport": 403,
    "NoPermission": 403,
    "Operation.Forbidden": 403,
    "OperationDenied": 403,
    "ServiceUnavailable": 503,
    "ServiceUnavailableTemporary": 503,
    "StackGroupExists": 409,
    "StackGroupNotFound": 404,
    "StackGroupOperationInProgress": 409,
    "StackGroupOperationNotFound": 404,
    "UnsupportedHTTPMethod": 403,
    "User.NoPermission": 401,
}


def in_own_words(call: Call, error: ApiError) -> ApiError:
    """A general refusal as the service of this call words it."""
    code, status = call.codes.get(error.code) or call.codes.get(error.code.partition(".")[0]) or (error.code, None)
    return ApiError(code, error.message, error.http_status or status, headers=error.headers, details=error.details)


def with_absent(settings: Settings, answer: dict[str, Any]) -> dict[str, Any]:
    """What is not known (None) is absent; with the setting `nullable` empty texts and lists are, too."""
    return cast(dict[str, Any], _without(answer, (None, "", [], {}) if settings.nullable else (None,)))


def _without(value: Any, absent: tuple[Any, ...]) -> Any:
    if isinstance(value, list):
        return [_without(each, absent) for each in value]
    if isinstance(value, dict):
        kept = {key: _without(each, absent) for key, each in value.items()}
        return {key: each for key, each in kept.items() if isinstance(each, (bool, int)) or each not in absent}
    return value


def success(call: Call, result: dict[str, Any]) -> Response:
    return _response(call, f"{call.action}Response", {"RequestId": call.request_id, **result}, 200)


def failure(call: Call, error: ApiError) -> Response:
    body = {
        "RequestId": call.request_id,
        "HostId": call.host,
        "Code": error.code,
        "Message": error.message,
        "Recommend": f"https://api.alibabacloud.com/troubleshoot?q={error.code}",
        **error.details,
    }
    own_statuses = dict(call.codes.values())
    status = error.http_status or own_statuses.get(error.code) or HTTP_STATUS.get(error.code, 400)
    response = _response(call, "Error", body, status)
    response.headers.extend(error.headers)
    return response


def _response(call: Call, root: str, body: dict[str, Any], status: int) -> Response:
    if call.form == "xml":
        text = f"<?xml version='1.0' encoding='UTF-8'?>{_xml(root, body)}"
        return Response(text, status, content_type="text/xml;charset=utf-8")
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(errors="replace"), status, content_type="application/json;charset=utf-8")


def _xml(name: str, value: Any) -> str:
    """A list is its elements, one after the other, each under the list's name."""
    if isinstance(value, list):
        return "".join(_xml(name, each) for each in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(_xml(key, each) for key, each in value.items())}</{name}>"
    if isinstance(value, bool):
        return f"<{name}>{str(value).lower()}</{name}>"
    return f"<{name}>{escape(_NOT_IN_XML.sub('?', str(value)))}</{name}>"
