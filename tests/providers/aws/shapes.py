# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the raw answers of the emulator to the vendor's own models: names, types, lengths, required names, enums.

The vendor's client drops what it does not know; here that is a mistake.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

# What XML answers have beside the fields of the model.
_METADATA = {"requestId", "ResponseMetadata"}


def check(operation: Any, status: int, body: bytes) -> None:
    """`operation` is botocore's model of it. Raises AssertionError."""
    shape, protocol = operation.output_shape, operation.service_model.protocol
    if status >= 300:
        return
    if protocol == "json":
        _json(shape, json.loads(body or b"{}"), operation.name)
        return
    root = ElementTree.fromstring(body)
    assert _bare(root) == f"{operation.name}Response"
    fields = [child for child in root if _bare(child) not in _METADATA]
    assert len(fields) < len(root), "there is no request id"
    if shape is None:
        assert [_bare(child) for child in fields] == ["return"]
        return
    wrapper = shape.serialization.get("resultWrapper")
    if wrapper:
        (result,) = fields
        assert _bare(result) == wrapper
        fields = list(result)
    _structure(shape, fields, operation.name)


def _json(shape: Any, value: Any, path: str) -> None:
    if shape is None:
        assert value == {}, path
    elif shape.type_name == "structure":
        assert isinstance(value, dict), path
        assert set(value) <= set(shape.members), f"{path}: {set(value) - set(shape.members)}"
        assert set(shape.required_members) <= set(value), path
        for name, each in value.items():
            _json(shape.members[name], each, f"{path}.{name}")
    elif shape.type_name == "list":
        assert isinstance(value, list), path
        for each in value:
            _json(shape.member, each, f"{path}[]")
    elif shape.type_name == "map":
        assert isinstance(value, dict), path
        for name, each in value.items():
            _json(shape.key, name, f"{path}{{}}")
            _json(shape.value, each, f"{path}{{}}")
    else:
        types: dict[str, Any] = {
            "string": str,
            "boolean": bool,
            "integer": int,
            "long": int,
            "timestamp": (int, float),  # seconds since 1970
        }
        assert isinstance(value, types[shape.type_name]), f"{path}: {value!r}"
        assert shape.type_name == "boolean" or not isinstance(value, bool), path
        _scalar(shape, value, path)


def _structure(shape: Any, elements: list[ElementTree.Element], path: str) -> None:
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    seen = [_bare(each) for each in elements]
    assert set(seen) <= set(names), f"{path}: {set(seen) - set(names)}"
    assert len(set(seen)) == len(seen), path
    assert {names[each] for each in seen} >= set(shape.required_members), path
    for element in elements:
        name = names[_bare(element)]
        _xml(shape.members[name], element, f"{path}.{name}")


def _xml(shape: Any, element: ElementTree.Element, path: str) -> None:
    if shape.type_name == "structure":
        _structure(shape, list(element), path)
    elif shape.type_name == "list":
        assert not shape.serialization.get("flattened"), path
        for child in element:
            assert _bare(child) == shape.member.serialization.get("name", "member"), path
            _xml(shape.member, child, f"{path}[]")
    else:
        assert len(element) == 0, path
        text = element.text or ""
        if shape.type_name == "boolean":
            assert text in ("true", "false"), f"{path}: {text!r}"
        elif shape.type_name == "integer":
            assert re.fullmatch(r"-?\d+", text), f"{path}: {text!r}"
        elif shape.type_name == "double":
            float(text)
        elif shape.type_name == "timestamp":
            assert datetime.fromisoformat(text).tzinfo, path
        else:
            assert shape.type_name == "string", path
        _scalar(shape, int(text) if shape.type_name == "integer" else text, path)


def _scalar(shape: Any, value: Any, path: str) -> None:
    assert not shape.metadata.get("enum") or value in shape.metadata["enum"], f"{path}: {value!r}"
    size = len(value) if isinstance(value, str) else value
    assert isinstance(value, float) or size >= shape.metadata.get("min", size), f"{path}: {value!r}"
    assert isinstance(value, float) or size <= shape.metadata.get("max", size), f"{path}: {value!r}"


def _bare(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
