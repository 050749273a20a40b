# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ways of paging: by token (MaxResults, NextToken) and the older one by number (PageNumber, PageSize)."""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ..wire import ApiError

DEFAULT_SIZE = 10
LARGEST_SIZE = 50

T = TypeVar("T")


def cut(
    found: Sequence[T], order: Callable[[T], tuple[int, ...]], given: dict[str, Any]
) -> tuple[Sequence[T], dict[str, Any]]:
    """One page of what was found (sorted by `order`), and the paging fields of the answer."""
    if "MaxResults" in given or "NextToken" in given:
        return _by_token(found, order, given)
    number = _within(given, "PageNumber", 1, 1, None)
    size = _within(given, "PageSize", DEFAULT_SIZE, 1, LARGEST_SIZE)
    page = found[(number - 1) * size : number * size]
    fields = {"PageNumber": number, "PageSize": size, "TotalCount": len(found)}
    by_number = "PageNumber" in given or "PageSize" in given
    more = bool(page) and number * size < len(found) and not by_number
    return page, fields | {"NextToken": _token(order(page[-1])) if more else ""}


def _by_token(
    found: Sequence[T], order: Callable[[T], tuple[int, ...]], given: dict[str, Any]
) -> tuple[Sequence[T], dict[str, Any]]:
    size = _within(given, "MaxResults", DEFAULT_SIZE, 1, LARGEST_SIZE)
    # A token names the last element shown, so that what is new or gone meanwhile shifts no page.
    begin = bisect_right(found, _last_shown(given["NextToken"]), key=order) if "NextToken" in given else 0
    page = found[begin : begin + size]
    more = begin + size < len(found)
    # The total is documented as meaningless here; a client that relies on it should notice.
    return page, {"TotalCount": 0, "PageNumber": 0, "PageSize": 0, "NextToken": _token(order(page[-1])) if more else ""}


def _within(given: dict[str, Any], name: str, default: int, least: int, most: int | None) -> int:
    value: int = given.get(name, default)
    if value < least or (most is not None and value > most):
        family = "InvalidParameter" if name == "MaxResults" else "InvalidParam"
        raise ApiError(f"{family}.{name}", f"{name} cannot be {value}.")
    return value


def _token(order: tuple[int, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(order).encode()).decode().rstrip("=")


def _last_shown(token: str) -> tuple[int, ...]:
    try:
        order = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(order, list) or not all(isinstance(each, int) for each in order):
            raise ValueError
    except ValueError:
        raise ApiError("InvalidParameter.NextToken", "The NextToken is not valid.") from None
    return tuple(order)
