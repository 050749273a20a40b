# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paging by MaxResults and NextToken."""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TypeVar

from ..wire import ApiError, Call
from ..world import World
from .settings import AwsSettings

T = TypeVar("T")


def cut(
    world: World,
    call: Call,
    found: Sequence[T],
    order: Callable[[T], tuple[int, ...]],
    *,
    code: str = "ValidationError",
    parts: bool = False,
    everything: bool = False,
) -> tuple[Sequence[T], str | None]:
    """A page of what was found (sorted by `order`), and the token of the next.

    `code` is that of a token that is not valid. `parts` are those of an operation, of which pages may come empty.
    With `everything` a call that does not say how many it wants is given all.
    """
    settings, given = world.own(AwsSettings), call.arguments
    size = given.get("MaxResults") or (len(found) or 1 if everything else settings.aws_page_size)
    # A token names the last element shown, so that what is new or gone meanwhile shifts no page. An empty one is none.
    token = given.get("NextToken")
    begin = bisect_right(found, _last_shown(token, code), key=order) if token else 0
    page: Sequence[T] = found[begin : begin + size]
    following = "" if settings.aws_last_token == "empty" else None
    if begin + size < len(found):
        following = base64.b64encode(json.dumps(order(page[-1])).encode()).decode()
    return (world.settings.cut_short(page, begin // size + 1) if parts else page), following


def _last_shown(token: str, code: str) -> tuple[int, ...]:
    try:
        order = json.loads(base64.b64decode(token, validate=True))
        if not isinstance(order, list) or not all(
            isinstance(each, int) and not isinstance(each, bool) for each in order
        ):
            raise ValueError
    except ValueError:
        raise ApiError(code, "The NextToken is not valid.") from None
    return tuple(order)
