# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stand in any place of an answer although it should not."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Iterator

from hypothesis import strategies as st

Path = tuple[t.Any, ...]

MISSING = object()
TEXTS = ["", "Z", "--5", "-", "²", "٣", "9" * 5000, "inv-1", "\x00", "true"]
# At the end of the calendar another zone is out of it.
MOMENTS = ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"]
FIGURES = [True, -1, 10**400, 1.5, float("nan")]
SHAPES: list[t.Any] = [None, [], [None], [[{"Task": []}], None, {"Task": {"TaskId": "t-1"}}], {}, {"a": None}]
ODDITIES = [MISSING, *SHAPES, *FIGURES, *TEXTS, *MOMENTS]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(TEXTS + MOMENTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: t.Any, path: Path = ()) -> Iterator[Path]:
    """Every place inside a decoded JSON value, as the way to it."""
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def planted(value: t.Any, path: Path, other: t.Any) -> t.Any:
    """A copy of C(value) with something else, or nothing, at C(path)."""
    if not path:
        # A client gives nothing but dicts.
        return other if isinstance(other, dict) else {}
    value = copy.deepcopy(value)
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    if other is MISSING:
        del holder[path[-1]]
    else:
        holder[path[-1]] = other
    return value
