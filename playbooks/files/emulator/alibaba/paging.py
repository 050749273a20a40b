# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways of paging: by token (MaxResults, NextToken), by number (PageNumber, PageSize), or by either."""

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


def by_number(
    found: Sequence[T], given: dict[str, Any], *, largest: int, code: str | None = None
) -> tuple[Sequence[T], dict[str, Any]]:
    """A page of what was found, and the paging fields of the answer, where there are no tokens."""
    number = _within(given, "PageNumber", 1, 1, None, code)
    size = _within(given, "PageSize", DEFAULT_SIZE, 1, largest, code)
    fields = {"PageNumber": number, "PageSize": size, "TotalCount": len(found)}
    return found[(number - 1) * size : number * size], fields


def by_token(
    found: Sequence[T], order: Callable[[T], tuple[str, int]], given: dict[str, Any], *, sizes: range, default: int
) -> tuple[Sequence[T], dict[str, Any]]:
    """The same where there are only tokens, sorted by `order`: descending, unless SortOrder says otherwise."""
    size = _within(given, "MaxResults", default, sizes.start, sizes.stop - 1)
    descending = given.get("SortOrder", "Descending") == "Descending"
    rows = sorted(found, key=order, reverse=descending)
    if "NextToken" in given:
        last = _last_shown(given["NextToken"], str, int)
        rows = [each for each in rows if (order(each) < last if descending else order(each) > last)]
    page = rows[:size]
    return page, {"MaxResults": size, "NextToken": _token(order(page[-1])) if len(rows) > size else ""}


def cut(
    found: Sequence[T], order: Callable[[T], tuple[int, ...]], given: dict[str, Any]
) -> tuple[Sequence[T], dict[str, Any]]:
    """One page of what was found (sorted by `order`), and the paging fields of the answer."""
    if "MaxResults" in given or "NextToken" in given:
        return _by_either(found, order, given)
    page, fields = by_number(found, given, largest=LARGEST_SIZE)
    numbered = "PageNumber" in given or "PageSize" in given
    more = bool(page) and len(page) < len(found) and not numbered
    return page, fields | {"NextToken": _token(order(page[-1])) if more else ""}


def _by_either(
    found: Sequence[T], order: Callable[[T], tuple[int, ...]], given: dict[str, Any]
) -> tuple[Sequence[T], dict[str, Any]]:
    size = _within(given, "MaxResults", DEFAULT_SIZE, 1, LARGEST_SIZE)
    # A token names the last element shown, so that what is new or gone meanwhile shifts no page.
    begin = bisect_right(found, _last_shown(given["NextToken"], int), key=order) if "NextToken" in given else 0
    page = found[begin : begin + size]
    more = begin + size < len(found)
    # The total is documented as meaningless here; a client that relies on it should notice.
    return page, {"TotalCount": 0, "PageNumber": 0, "PageSize": 0, "NextToken": _token(order(page[-1])) if more else ""}


def _within(
    given: dict[str, Any], name: str, default: int, least: int, most: int | None, code: str | None = None
) -> int:
    value: int = given.get(name, default)
    if value < least or (most is not None and value > most):
        family = "InvalidParameter" if name == "MaxResults" else "InvalidParam"
        raise ApiError(code or f"{family}.{name}", f"{name} cannot be {value}.")
    return value


def _token(order: tuple[str | int, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(order).encode()).decode().rstrip("=")


def _last_shown(token: str, *types: type[Any]) -> tuple[Any, ...]:
    """The order of the last element shown; of several types it has one element each, of a single type any number."""
    try:
        order = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        wanted = types if len(types) > 1 or not isinstance(order, list) else types * len(order)
        if not isinstance(order, list) or tuple(type(each) for each in order) != wanted:
            raise ValueError
    except ValueError:
        raise ApiError("InvalidParameter.NextToken", "The NextToken is not valid.") from None
    return tuple(order)
