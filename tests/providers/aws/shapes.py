# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the raw answers of the emulator to the vendor's own models: names, types, lengths, required names, enums.

The vendor's client drops what it does not know; here that is a mistake.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

# What XML answers have beside the fields of the model.
_METADATA = {"requestId", "ResponseMetadata"}
_JSON: dict[str, Any] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": float,
    "timestamp": (int, float),  # seconds since 1970
}
_XML: dict[str, Callable[[str], Any]] = {
    "string": str,
    "boolean": {"true": True, "false": False}.__getitem__,
    "integer": int,
    "double": float,
    "timestamp": lambda text: datetime.fromisoformat(text).timestamp() if text.endswith("Z") else text,
}


def check(operation: Any, status: int, body: bytes) -> None:
    """`operation` is botocore's model of it. Raises AssertionError."""
    shape = operation.output_shape
    if status >= 300:
        return
    if operation.service_model.protocol == "json":
        _check(shape, json.loads(body or b"{}"), operation.name)
        return
    root = ElementTree.fromstring(body)
    assert _bare(root) == f"{operation.name}Response"
    fields = [child for child in root if _bare(child) not in _METADATA]
    assert len(fields) < len(root), "there is no request id"
    if shape is None:
        assert [_bare(child) for child in fields] == ["return"]
        return
    if wrapper := shape.serialization.get("resultWrapper"):
        (result,) = fields
        assert _bare(result) == wrapper
        fields = list(result)
    _check(shape, _structure(shape, fields, operation.name), operation.name)


def _structure(shape: Any, elements: list[ElementTree.Element], path: str) -> dict[str, Any]:
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    seen = [_bare(each) for each in elements]
    assert len(set(seen)) == len(seen) and set(seen) <= set(names), f"{path}: {seen}"
    return {names[name]: _value(shape.members[names[name]], each) for name, each in zip(seen, elements, strict=True)}


def _value(shape: Any, element: ElementTree.Element) -> Any:
    """What an element says, as JSON has it."""
    if shape.type_name == "structure":
        return _structure(shape, list(element), element.tag)
    if shape.type_name == "list":
        name = shape.member.serialization.get("name", "member")
        assert not shape.serialization.get("flattened") and {_bare(child) for child in element} <= {name}, element.tag
        return [_value(shape.member, child) for child in element]
    assert len(element) == 0, element.tag
    return _XML[shape.type_name](element.text or "")


def _check(shape: Any, value: Any, path: str) -> None:
    if shape is None:
        assert value == {}, path
        return
    assert isinstance(value, _JSON[shape.type_name]), f"{path}: {value!r}"
    assert shape.type_name == "boolean" or not isinstance(value, bool), path
    if shape.type_name == "structure":
        assert set(shape.required_members) <= set(value) <= set(shape.members), f"{path}: {set(value)}"
        for name, each in value.items():
            _check(shape.members[name], each, f"{path}.{name}")
    elif shape.type_name == "list":
        for each in value:
            _check(shape.member, each, f"{path}[]")
    elif shape.type_name == "map":
        for name, each in value.items():
            _check(shape.key, name, f"{path}{{}}")
            _check(shape.value, each, f"{path}{{}}")
    elif not isinstance(value, float):
        assert not shape.metadata.get("enum") or value in shape.metadata["enum"], f"{path}: {value!r}"
        size = len(value) if isinstance(value, str) else value
        assert shape.metadata.get("min", size) <= size <= shape.metadata.get("max", size), f"{path}: {value!r}"


def _bare(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
