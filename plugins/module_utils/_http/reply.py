# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Read a provider's answer without trusting its shape: absent, null and of a wrong type are all "not there"."""

from __future__ import annotations

import json
import re
import typing as t
from xml.parsers import expat

# No number of the providers has more digits.
_NUMBER = re.compile(r"-?[0-9]{1,18}")
# The elements of lists.
_OF_LISTS = ("member", "item")

Object = dict[str, t.Any]


def decoded_json(body: bytes) -> t.Any:
    """What C(body) is as JSON; None if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def decoded_xml(body: bytes) -> Object | None:
    """What C(body) is as XML: its outer element by name; None if it is not XML, or has a document type, which is where
    entities come from.

    An element with others inside of it is a dict by their names, or, where all of them are called C(member) or
    C(item), a list. Those of the same name are a list, too. Any other element is its text. Namespaces and attributes
    are left out.
    """
    # Of each element that is open, those inside of it that have ended, and its text. The first stands for the whole.
    inside: list[list[tuple[str, t.Any]]] = [[]]
    words: list[list[str]] = [[]]

    def start(_name: str, _attributes: t.Any) -> None:
        inside.append([])
        words.append([])

    def end(name: str) -> None:
        elements, written = inside.pop(), "".join(words.pop()).strip()
        inside[-1].append((name.rpartition(":")[2], _joined(elements) if elements else written))

    def said(text: str) -> None:
        words[-1].append(text)

    def refuse(*_declared: t.Any) -> None:
        raise ValueError("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):
        return None
    return dict(inside[0])


def _joined(elements: list[tuple[str, t.Any]]) -> t.Any:
    """What the elements inside of one are together."""
    if all(name in _OF_LISTS for name, _value in elements):
        return [value for _name, value in elements]
    by_name: dict[str, list[t.Any]] = {}
    for name, value in elements:
        by_name.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in by_name.items()}


def objects(value: t.Any, *path: str) -> list[Object]:
    """The list of objects at C(path) inside C(value)."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(item: Object, *names: str) -> str:
    """The first of these fields that holds text; C('') if none does."""
    return next((item[name] for name in names if isinstance(item.get(name), str) and item[name]), "")


def number(item: Object, name: str) -> int | None:
    """A whole number, as the provider gave it or written as text."""
    value = item.get(name)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def total(holder: Object, rows: int) -> int | None:
    """How many there are on all pages; None where the provider does not say so, or says less than came on this one."""
    told = number(holder, "TotalCount")
    return told if told is not None and told >= rows else None
