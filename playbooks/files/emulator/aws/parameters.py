# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a JSON object, or from a form, to the arguments that an action declares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request

from ..wire import Action, ApiError, Call, Kind, Parameter

# Of the forms, what belongs to the protocol.
COMMON_PARAMETERS = frozenset({"Action", "Version"})


@dataclass(frozen=True)
class Shape(Parameter):
    """A parameter, with what AWS's models say of it beyond its kind."""

    # Of a text, and of each of several.
    form: str = r"[\s\S]*"
    # Of an integer, or of the number of elements.
    least: int = 0
    most: int | None = None
    # Of a structure, and of each of several.
    members: Mapping[str, Parameter] = field(default_factory=dict)
    # A structure and not a list of them.
    single: bool = False
    # A map, or something else that nobody looks into here.
    free: bool = False


def text(form: str, *, required: bool = False) -> Shape:
    return Shape(form=form, required=required)


def choice(*words: str, required: bool = False) -> Shape:
    return text("|".join(map(re.escape, words)), required=required)


def integer(least: int, most: int) -> Shape:
    return Shape("integer", least=least, most=most)


def texts(most: int | None = None, form: str = r"[\s\S]*", *, least: int = 0, required: bool = False) -> Shape:
    return Shape("texts", form=form, least=least, most=most, required=required)


def structure(members: Mapping[str, Parameter], *, required: bool = False) -> Shape:
    return Shape("records", required=required, members=members, single=True)


def records(members: Mapping[str, Parameter], most: int | None = None, *, least: int = 0) -> Shape:
    return Shape("records", least=least, most=most, members=members)


FREE = Shape(free=True)


def sent(request: Request) -> dict[str, Any]:
    """As sent, for the log: a JSON object, or the pairs of query and form."""
    if "x-amz-target" in request.headers:
        return _json(request) or {}
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return {name: value for name, value in pairs if name not in COMMON_PARAMETERS}


def decode(action: Action, request: Request, call: Call) -> dict[str, Any]:
    if call.form == "json":
        if request.mimetype != "application/x-amz-json-1.1":
            raise ApiError("MalformedQueryString", "The content type is application/x-amz-json-1.1.")
        tree = _json(request)
        if tree is None:
            raise ApiError("MalformedQueryString", "The body is not a JSON object.")
        return _Decoder(json=True).structure("", tree, action.parameters)
    member = call.service is not None and call.service.name != "ec2"
    return _Decoder(member=member).structure("", unflatten(call.parameters.items()), action.parameters)


def _json(request: Request) -> dict[str, Any] | None:
    try:
        body = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def unflatten(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`Filter.1.Value.1=x` becomes {"Filter": {"1": {"Value": {"1": "x"}}}}."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = name.split(".")
        node = tree
        for part in path:
            child = node.setdefault(part, {})
            if not isinstance(child, dict):  # a name that is both a value and a branch
                raise ApiError("MalformedQueryString", f"{name} contradicts another parameter.")
            node = child
        node[last] = value
    return tree


@dataclass(frozen=True)
class _Decoder:
    # From JSON, where values have types; else from a form.
    json: bool = False
    # Whether the elements of a list in a form are named Name.member.1, and not Name.1.
    member: bool = False

    def structure(self, path: str, value: Any, members: Mapping[str, Parameter]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong_type(path, "a structure")
        unknown = value.keys() - members.keys()
        if unknown:
            # Stricter than the services may be, so that no mistake of a client goes unseen.
            names = ", ".join(f"{path}{name}" for name in sorted(unknown))
            raise ApiError("UnknownParameter", f"There is no parameter {names}.")
        arguments: dict[str, Any] = {}
        for name, parameter in members.items():
            if value.get(name) is not None:
                arguments[name] = self._value(f"{path}{name}", value[name], parameter)
            elif parameter.required:
                raise ApiError("MissingParameter", f"The parameter {path}{name} is required.")
        return arguments

    def _value(self, path: str, value: Any, parameter: Parameter) -> Any:
        shape = parameter if isinstance(parameter, Shape) else Shape(parameter.kind)
        if shape.free:
            return value
        if shape.single:
            return self.structure(f"{path}.", value, shape.members)
        if shape.kind not in ("texts", "records"):
            return self._scalar(path, value, shape.kind, shape)
        elements = self._elements(path, value)
        if not shape.least <= len(elements) <= (len(elements) if shape.most is None else shape.most):
            raise _out_of_bounds(path, f"has {len(elements)} elements")
        if shape.kind == "records":
            return [self.structure(f"{path}.", each, shape.members) for each in elements]
        return [self._scalar(path, each, "text", shape) for each in elements]

    def _elements(self, path: str, value: Any) -> list[Any]:
        if self.json:
            if isinstance(value, list):
                return value
            raise _wrong_type(path, "a list")
        if value == "" and self.member:  # so the query protocol writes an empty list
            return []
        if self.member:
            value = value.get("member") if isinstance(value, dict) and set(value) == {"member"} else None
        if not isinstance(value, dict) or set(value) != {str(number) for number in range(1, len(value) + 1)}:
            raise _wrong_type(path, "a list")
        return [value[str(number)] for number in range(1, len(value) + 1)]

    def _scalar(self, path: str, value: Any, kind: Kind, shape: Shape) -> Any:
        if kind == "text":
            if not isinstance(value, str):
                raise _wrong_type(path, "a string")
            if not re.fullmatch(shape.form, value):
                raise _out_of_bounds(path, f"is {value!r}")
            return value
        if kind == "boolean":
            if isinstance(value, bool):
                return value
            if not self.json and value in ("true", "false"):
                return value == "true"
            raise _wrong_type(path, "a boolean")
        if not self.json and isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong_type(path, "an integer")
        if value < shape.least or (shape.most is not None and value > shape.most):
            raise _out_of_bounds(path, f"is {value}")
        return value


def _wrong_type(path: str, wanted: str) -> ApiError:
    return ApiError("MalformedQueryString", f"{path.rstrip('.')} is not {wanted}.")


def _out_of_bounds(path: str, what: str) -> ApiError:
    return ApiError("ValidationError", f"{path} {what}, which its constraints forbid.")
