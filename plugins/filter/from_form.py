# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Mapping

import yaml
from ansible.errors import AnsibleFilterError

_SCOPE = ("provider", "region")
_TARGET = ("kind", "provider", "region", "id")


def from_form(value: t.Any, what: str) -> t.Any:
    """What a form has sent as text, as the list or dict that a module takes; what is that already, as it is.

    Raises AnsibleFilterError for text that cannot be read.
    """
    readers: dict[str, Callable[[t.Any], t.Any]] = {
        "scopes": lambda given: _places(_read(given), _SCOPE),
        "targets": lambda given: _places(_read(given), _TARGET),
        "select": lambda given: _mapping(_read(given)),
        "words": _words,
    }
    if what not in readers:
        raise AnsibleFilterError(f"from_form reads {', '.join(readers)}, not {what!r}.")
    try:
        return readers[what](value)
    except ValueError as error:
        raise AnsibleFilterError(f"{what}: {error}") from None


def _read(value: t.Any) -> t.Any:
    if not isinstance(value, str):
        return value
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError as error:
        # Where, but not what: the text may hold a key.
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ValueError(f"the text is neither YAML nor JSON{where}.") from None


def _places(value: t.Any, names: tuple[str, ...]) -> list[t.Any]:
    if isinstance(value, str):
        value = [word for word in re.split(r"[\s,]+", value) if word]
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, (list, tuple, type(None))):
        raise ValueError(f"a list is needed, or {_form(names)}, not {value!r}.")
    return [_place(number, item, names) for number, item in enumerate(value or (), 1)]


def _place(number: int, item: t.Any, names: tuple[str, ...]) -> t.Any:
    if isinstance(item, Mapping):
        return item
    words = item.strip().split("/") if isinstance(item, str) else []
    if len(words) != len(names) or not all(words):
        # Which, but not what: somebody may have put a key there.
        raise ValueError(f"number {number} is not written as {_form(names)}.")
    return dict(zip(names, words, strict=True))


def _form(names: tuple[str, ...]) -> str:
    return "/".join(names)


def _mapping(value: t.Any) -> t.Any:
    if not isinstance(value, (Mapping, type(None))):
        raise ValueError(f"filters are needed, such as 'name: nightly-*', not {value!r}.")
    # A form sends a question without an answer as empty text.
    return {name: given for name, given in (value or {}).items() if given not in (None, "")}


def _words(value: t.Any) -> list[str]:
    if isinstance(value, str):
        value = re.split(r"[\n,]+", value)
    if not isinstance(value, (list, tuple, type(None))):
        raise ValueError(f"a list of words is needed, or words with commas between them, not {value!r}.")
    return [word for word in (str(item).strip() for item in value or ()) if word]


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        return {"from_form": from_form}
