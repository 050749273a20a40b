# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From JSON, or a flattened query, to the arguments an action declares."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from werkzeug import Request

from ..wire import Action, ApiError, Kind, Parameter


def decode(action: Action, request: Request, sent: dict[str, Any]) -> dict[str, Any]:
    wanted = "application/json" if request.method == "POST" else "application/x-www-form-urlencoded"
    if request.mimetype != wanted:
        raise ApiError("InvalidParameter", f"The content type of a signed {request.method} is {wanted}.")
    if request.method == "POST" and body_of(request) is None:
        raise ApiError("InvalidParameter", "The body is not a JSON object.")
    unknown = sent.keys() - action.parameters.keys()
    if unknown:
        raise ApiError("UnknownParameter", f"The parameter {', '.join(sorted(unknown))} is not recognized.")
    from_text = request.method == "GET"
    arguments: dict[str, Any] = {}
    for name, parameter in action.parameters.items():
        value = sent.get(name)
        if value is not None:
            arguments[name] = _convert(name, value, parameter, from_text)
        if parameter.required and value in (None, "", []):
            raise ApiError("MissingParameter", f"The parameter {name} is required.")
    return arguments


def body_of(request: Request) -> dict[str, Any] | None:
    """The parameters of a POST; None if the body is not a JSON object."""
    try:
        body = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _convert(name: str, value: Any, parameter: Parameter, from_text: bool) -> Any:
    if parameter.kind == "texts":
        return [_scalar(name, each, "text", from_text) for each in _list(name, value)]
    if parameter.kind == "records":
        return [_record(name, each, parameter, from_text) for each in _list(name, value)]
    return _scalar(name, value, parameter.kind, from_text)


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong_type(name, "a list")
    return value


def _record(name: str, value: Any, parameter: Parameter, from_text: bool) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong_type(name, "a list of objects")
    unknown = value.keys() - parameter.fields.keys()
    if unknown:
        raise ApiError("UnknownParameter", f"The parameter {name}.{', '.join(sorted(unknown))} is not recognized.")
    record: dict[str, Any] = {}
    for field, kind in parameter.fields.items():
        if value.get(field) is None:
            raise ApiError("MissingParameter", f"The parameter {name}.{field} is required.")
        record[field] = _convert(f"{name}.{field}", value[field], Parameter(kind), from_text)
    return record


def _scalar(name: str, value: Any, kind: Kind, from_text: bool) -> Any:
    if kind == "text":
        if isinstance(value, str):
            return value
        raise _wrong_type(name, "a string")
    if kind == "boolean":
        if from_text and value in ("true", "false", "True", "False"):
            return value in ("true", "True")
        if isinstance(value, bool):
            return value
        raise _wrong_type(name, "a boolean")
    if from_text and isinstance(value, str) and value.isdecimal():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _wrong_type(name, "an integer")


def _wrong_type(name: str, wanted: str) -> ApiError:
    return ApiError("InvalidParameter", f"The parameter {name} is not {wanted}.")


def unflatten(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`Filters.0.Values.0=x` becomes {"Filters": [{"Values": ["x"]}]}."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = name.split(".")
        node = tree
        for part in path:
            child = node.setdefault(part, {})
            if not isinstance(child, dict):  # a name that is both a value and a branch: let the last word win
                child = node[part] = {}
            node = child
        node[last] = value
    return {name: _as_list(value) for name, value in tree.items()}


def _as_list(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    children = {name: _as_list(child) for name, child in node.items()}
    numbers = [str(number) for number in range(len(children))]
    return [children[number] for number in numbers] if set(children) == set(numbers) else children
