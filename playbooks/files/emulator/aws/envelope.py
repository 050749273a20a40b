# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of answers: JSON 1.1, or XML as the protocols of EC2 and of the query services have it."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.sax.saxutils import escape

from werkzeug import Response

from ..wire import ApiError, Call

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAMESPACES = {
    "ec2": "http://ec2.amazonaws.com/doc/2016-11-15/",
    "cloudformation": "http://cloudformation.amazonaws.com/doc/2010-05-15/",
}


class Nothing(dict[str, Any]):
    """The result of an action that answers with an empty body."""


def success(call: Call, result: dict[str, Any]) -> Response:
    if isinstance(result, Nothing):
        return _response(call, "", 200)
    if call.form == "json":
        return _response(call, json.dumps(_known(result)), 200)
    if _is_ec2(call):
        fields = _xml("requestId", call.request_id, "item") + _fields(result, "item")
    else:
        metadata = {"ResponseMetadata": {"RequestId": call.request_id}}
        fields = _xml(f"{call.action}Result", result, "member") + _fields(metadata, "member")
    return _xml_response(call, f"{call.action}Response", fields, 200)


def failure(call: Call, error: ApiError) -> Response:
    status = error.http_status or 400
    if call.form == "json":
        # Before the service itself the type has a name space, and the message is written small.
        before = error.code in {code for code, _status in call.codes.values()}
        kind = f"com.amazon.coral.service#{error.code}" if before else error.code
        body = json.dumps({"__type": kind, "message" if before else "Message": error.message})
        response = _response(call, body, status)
    else:
        told = {"Code": error.code, "Message": error.message}
        if _is_ec2(call):
            root, fields = "Response", {"Errors": {"Error": told}, "RequestID": call.request_id}
        else:
            whose = {"Type": "Sender" if status < 500 else "Receiver"}
            root, fields = "ErrorResponse", {"Error": {**whose, **told}, "RequestId": call.request_id}
        response = _xml_response(call, root, _fields(fields, "member"), status)
    response.headers.extend(error.headers)
    return response


def _is_ec2(call: Call) -> bool:
    return call.service is not None and call.service.name == "ec2"


def _known(value: Any) -> Any:
    """What is None is absent."""
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items() if each is not None}
    return [_known(each) for each in value] if isinstance(value, list) else value


def _xml_response(call: Call, root: str, fields: str, status: int) -> Response:
    # Errors of EC2 have no name space.
    space = NAMESPACES.get(call.service.name if call.service and root != "Response" else "", "")
    opening = f'<{root} xmlns="{space}">' if space else f"<{root}>"
    return _response(call, f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}{fields}</{root}>', status)


def _response(call: Call, body: str, status: int) -> Response:
    kind = "application/x-amz-json-1.1" if call.form == "json" else "text/xml;charset=UTF-8"
    response = Response(body.encode(errors="replace"), status, content_type=kind)
    response.headers["x-amzn-RequestId"] = call.request_id
    return response


def _fields(fields: dict[str, Any], element: str) -> str:
    return "".join(_xml(name, value, element) for name, value in fields.items() if value is not None)


def _xml(name: str, value: Any, element: str) -> str:
    if isinstance(value, dict):
        inner = _fields(value, element)
    elif isinstance(value, list):
        inner = "".join(_xml(element, each, element) for each in value)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        inner = escape(_NOT_IN_XML.sub("?", text))
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"
