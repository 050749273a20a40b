# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From flat text to the arguments an action declares, by the rules of the RPC style ("RepeatList").

An unknown parameter is refused. The real gateway probably ignores it, but a client that misspells a parameter and so
widens a stop must not pass unseen.
"""

from __future__ import annotations

import time
from typing import Any

from ..wire import Action, ApiError, Kind, Parameter

_LEGACY = frozenset({"OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"})


def decode(action: Action, sent: dict[str, str]) -> dict[str, Any]:
    left = {name: value for name, value in sent.items() if name not in _LEGACY}
    arguments: dict[str, Any] = {}
    for name, parameter in action.parameters.items():
        value = _take(name, parameter, left)
        if value not in (None, "", []):
            arguments[name] = value
        elif parameter.required:
            raise missing(name)
    if left:
        raise ApiError("UnsupportedParameter", f"Not known here: {', '.join(sorted(left))}.")
    return arguments


def missing(name: str) -> ApiError:
    return ApiError(f"MissingParameter.{name}", f"The parameter {name} is mandatory.")


def check_times(given: dict[str, Any], *names: str) -> None:
    """These arguments, where they are given, are moments in UTC; so written, they can be compared as texts."""
    for name in names:
        try:
            time.strptime(given.get(name, "1970-01-01T00:00:00Z"), "%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            raise ApiError(f"InvalidParameter.{name}", f"{name} has the form yyyy-MM-ddTHH:mm:ssZ.") from None


def _take(name: str, parameter: Parameter, left: dict[str, str]) -> Any:
    if parameter.kind == "texts":
        return [_take_element(f"{name}.{number}", left) for number in _numbers(name, left)]
    if parameter.kind == "records":
        return [
            {field: left.pop(f"{name}.{number}.{field}", "") for field in parameter.fields}
            for number in _numbers(name, left)
        ]
    return _convert(name, left.pop(name, ""), parameter.kind)


def _take_element(name: str, left: dict[str, str]) -> str:
    # Of InstanceId.1.Key it is the part that is not known here which is left over.
    value = left.pop(name, "")
    if not value:
        raise missing(name.partition(".")[0])
    return value


def _numbers(name: str, left: dict[str, str]) -> list[int]:
    """The numbers of a list's elements; they start at 1 and leave none out."""
    prefix = f"{name}."
    texts = {key[len(prefix) :].partition(".")[0] for key in left if key.startswith(prefix)}
    numbers = sorted(int(text) for text in texts if text.isdecimal())
    if len(numbers) != len(texts) or numbers != list(range(1, len(numbers) + 1)):
        raise ApiError(f"InvalidParameter.{name}", f"{name}.N is numbered from 1 without gaps.")
    return numbers


def _convert(name: str, value: str, kind: Kind) -> Any:
    if not value or kind == "text":
        return value
    if kind == "boolean":
        if value.lower() in ("true", "false"):
            return value.lower() == "true"
    elif value.isdecimal() or (value.startswith("-") and value[1:].isdecimal()):
        return int(value)
    # The pages name their own codes for the paging parameters.
    family = "InvalidParam" if name in ("PageNumber", "PageSize") else "InvalidParameter"
    raise ApiError(f"{family}.{name}", f"{name} cannot be {value!r}.")
