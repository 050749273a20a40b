# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What people write for kinds, providers, scopes and targets: one reader for the modules and the role.

Every function takes a value and what the user calls it, and raises OptionError with that name.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._core import parser
from .._core.errors import OptionError
from .._core.kinds import KINDS
from .._providers.register import ALIASES, PROVIDERS, SCOPE_EXAMPLE, TARGET_EXAMPLE

_SCOPE = ("provider", "region")
_TARGET = ("kind", "provider", "region", "id")


def kinds(value: t.Any, option: str) -> list[str] | None:
    """Kinds of operations, each once."""
    found = parser.words(value, option)
    for word in found or ():
        parser.known(word, tuple(KINDS), "kind", option)
    return found


def provider(word: t.Any) -> t.Any:
    """The provider that is meant by a word, which may be an alias; any other value as it is."""
    return ALIASES.get(word.strip(), word.strip()) if isinstance(word, str) else word


def scopes(value: t.Any, option: str) -> list[dict[str, t.Any]] | None:
    """Where to search: dictionaries, or words such as C(PROVIDER/REGION). None if there is no value."""
    return _places(value, option, _SCOPE, SCOPE_EXAMPLE)


def targets(value: t.Any, option: str) -> list[dict[str, t.Any]] | None:
    """What to stop: dictionaries, or words such as C(KIND/PROVIDER/REGION/ID). None if there is no value."""
    return _places(value, option, _TARGET, TARGET_EXAMPLE)


def _places(value: t.Any, option: str, names: tuple[str, ...], example: str) -> list[dict[str, t.Any]] | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = parser.structure(value, option)
    if isinstance(value, Mapping):
        value = [value]
    form = f"{'/'.join(names)}, such as {example}"
    if not isinstance(value, (list, tuple)):
        raise OptionError(f"{option} is {type(value).__name__}: write a list, or text of the form {form}.")
    if not value:
        raise OptionError(f"{option} is empty: write text of the form {form}.")
    return [_place(item, f"{option}[{number}]", names, form) for number, item in enumerate(value)]


def _place(item: t.Any, where: str, names: tuple[str, ...], form: str) -> dict[str, t.Any]:
    if isinstance(item, Mapping):
        place = dict(item)
        place.update({name: place[name].strip() for name in names if isinstance(place.get(name), str)})
    else:
        pieces = item.strip().split("/") if isinstance(item, str) else []
        if len(pieces) != len(names) or not all(pieces):
            what = parser.shown(item.strip()) if isinstance(item, str) else f"a {type(item).__name__}"
            raise OptionError(f"{where} is {what}: it must have the form {form}.")
        place = dict(zip(names, pieces, strict=True))
    place.update({name: provider(place[name]) for name in ("provider",) if name in place})
    for name, known in (("provider", tuple(PROVIDERS)), ("kind", tuple(KINDS))):
        if name in names and isinstance(place.get(name), str):
            parser.known(place[name], known, name, where)
    return place
