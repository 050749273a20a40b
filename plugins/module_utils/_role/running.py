# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the playbook whats_running shows, and when it fails. Pure: it is given what inflight_info has returned."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from .._core.messages import how_many, one_line
from .._core.times import parse_age, utc_text_of
from .columns import age, columns, duration, oldest

Result = Mapping[str, t.Any]

# Rows that are shown at most.
_MOST_ROWS = 40


def running(found: Result, most: int | None, oldest_allowed: str | None, now: float) -> dict[str, t.Any]:
    """C(found) with C(failed) and C(msg) by these limits, with the C(lines) to show, and with C(started), from where a
    report tells ages.

    What could not be searched is a failure, too. Raises ValueError for an age that is not one.
    """
    operations: Sequence[Result] = found.get("operations") or []
    limits = [*_too_many(operations, most), *_too_old(operations, oldest_allowed, now)]
    failed = bool(limits or found.get("errors") or "operations" not in found)
    told = [one_line(each) for each in (found.get("msg") or "", *limits) if each]
    return {
        **found,
        "failed": failed,
        "msg": " ".join(told),
        "lines": [*told[:1], *_table(operations, now), *told[1:]],
        "started": utc_text_of(now),
    }


def _too_many(operations: Sequence[Result], most: int | None) -> list[str]:
    if most is None or len(operations) <= most:
        return []
    verb = "is" if len(operations) == 1 else "are"
    return [f"{how_many(len(operations), 'operation')} {verb} in flight, and the limit is {most}."]


def _too_old(operations: Sequence[Result], oldest_allowed: str | None, now: float) -> list[str]:
    if not oldest_allowed:
        return []
    limit = parse_age(oldest_allowed)
    ages = [age(each, now) for each in operations]
    old = sum(known is not None and known > limit for known in ages)
    unknown = ages.count(None)
    verb = "has" if old == 1 else "have"
    told = [f"{how_many(old, 'operation')} {verb} been in flight for longer than {oldest_allowed}."] if old else []
    # Nobody knows that these are young.
    return told + ([f"The age of {how_many(unknown, 'operation')} is unknown."] if unknown else [])


def _table(operations: Sequence[Result], now: float) -> list[str]:
    """Operations by place, name and kind, with the instances and the age of the oldest; the oldest of a place first."""
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for each in operations:
        key = (f"{each['provider']}/{each['region']}", each["name"] or "-", each["kind"])
        groups.setdefault(key, []).append(each)
    if not groups:
        return []
    rows = [("REGION", "NAME", "KIND", "OPERATIONS", "INSTANCES", "OLDEST")]
    for key, group in sorted(groups.items(), key=lambda item: (item[0][0], -(oldest(item[1], now) or 0), item[0])):
        instances = sum(each.get("instances_total") or 0 for each in group)
        rows.append((*key, str(len(group)), str(instances or "-"), duration(oldest(group, now))))
    more = len(rows) - 1 - _MOST_ROWS
    return [
        *map(one_line, columns(rows[: _MOST_ROWS + 1])),
        *([f"and {more} more names and regions"] if more > 0 else []),
    ]
