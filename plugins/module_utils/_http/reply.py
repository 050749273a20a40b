# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Read a provider's answer without trusting its shape: absent, null and of a wrong type are all "not there"."""

from __future__ import annotations

import json
import re
import typing as t

# No number of the providers has more digits.
_NUMBER = re.compile(r"-?[0-9]{1,18}")

Object = dict[str, t.Any]


def decoded_json(body: bytes) -> t.Any:
    """What C(body) is as JSON; None if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


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
