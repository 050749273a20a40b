# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions of operations that the control interface takes: which fields there are, and what each may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .settings import BadRequest

Types = tuple[type[Any], ...]

STRING: Types = (str,)
NUMBER: Types = (int,)
SECONDS: Types = (int, float)  # never negative
FLAG: Types = (bool,)
LIST: Types = (list,)


def check(description: dict[str, Any], fields: Mapping[str, Types], what: str) -> None:
    """Raises BadRequest for a field that is not known, or not of its type; null is as good as absent."""
    for name, value in description.items():
        if name not in fields:
            raise BadRequest(f"{what} has no {name!r}; known: {', '.join(sorted(fields))}.")
        types = fields[name]
        if value is None:
            continue
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise BadRequest(f"{what}: {name} cannot be {value!r}.")
        if types == SECONDS and value < 0:
            raise BadRequest(f"{what}: {name} cannot be negative.")
