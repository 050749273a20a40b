# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents leave open, and the pace of runs: a table of settings for all providers, and one for each.

A name stands in one table only, so that the control interface and the command line need no more than the name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_type_hints

T = TypeVar("T")


class BadRequest(ValueError):
    """Something asked of the control interface that cannot be done; the text is the answer."""


def setting(default: Any, meaning: str) -> Any:
    """A field of a table, with what the command line says about it."""
    return field(default=default, metadata={"meaning": meaning})  # pylint: disable=invalid-field-call


@dataclass
class Settings:
    """For all providers."""

    unknown_id: Literal["empty", "error"] = setting("empty", "what a read that names an unknown id is answered with")
    embedded_instances: int | None = setting(None, "cut lists of instances within lists of invocations at this number")
    empty_page: int | None = setting(None, "this page of an operation's parts comes empty; the first is 1")
    missing_parts: int = setting(0, "totals of an operation's parts are of so many more than any page shows")
    nullable: bool = setting(False, "fields without a value are null or absent, as the provider has it")
    instances_per_run: int | None = setting(None, "instances that one start may name; null is the provider's own limit")
    rate_limit: int = setting(20, "calls a second of one key, where a provider limits them; 0 is off")
    clock_skew: float = setting(0.0, "seconds by which the clock for signatures is ahead")
    # The timeline of operations that do not bring their own.
    pending_seconds: float = setting(0.0, "how long an operation waits before it runs")
    run_seconds: float | None = setting(None, "how long it runs; null is for ever")
    stopping_seconds: float = setting(0.2, "how long it takes to stop")

    def cut_short(self, page: Sequence[T], number: int) -> Sequence[T]:
        """What is shown of this page of an operation's parts."""
        return () if number == self.empty_page else page


def update(tables: Sequence[Any], changes: Mapping[str, Any]) -> None:
    """Change all of these or, with a BadRequest, none."""
    owners = _owners(tables)
    for name, value in changes.items():
        if name not in owners:
            raise BadRequest(f"There is no setting {name!r}; known: {', '.join(owners)}.")
        hint = _hints(owners[name].__class__)[name]
        negative = isinstance(value, (int, float)) and value < 0 and name != "clock_skew"
        if negative or not _fits(value, hint):
            raise BadRequest(f"The setting {name} cannot be {value!r}.")
    for name, value in changes.items():
        setattr(owners[name], name, value)


def as_dict(tables: Sequence[Any]) -> dict[str, Any]:
    return {name: value for table in tables for name, value in asdict(table).items()}


@cache
def _hints(table: type[Any]) -> dict[str, Any]:
    """What each setting of a table may be. It is read once, as that takes long."""
    return get_type_hints(table)


def _owners(tables: Sequence[Any]) -> dict[str, Any]:
    owners: dict[str, Any] = {}
    for table in tables:
        for name in _hints(table.__class__):
            if name in owners:
                raise TypeError(f"{type(table).__name__} and {type(owners[name]).__name__} both have {name!r}.")
            owners[name] = table
    return owners


def _fits(value: Any, hint: Any) -> bool:
    if isinstance(value, str):
        return value in get_args(hint)
    options = get_args(hint) or (hint,)
    if value is None:
        return type(None) in options
    if isinstance(value, bool):
        return bool in options
    numbers = {int, float} if isinstance(value, int) else {float} if isinstance(value, float) else set()
    return not numbers.isdisjoint(options)
