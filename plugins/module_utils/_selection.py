# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Which operations a query means. Pure, and the last word after whatever a provider was asked for."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query
from ansible_collections.cloudops.halt.plugins.module_utils._times import parse_time


def matches(operation: Operation, query: Query, now: float) -> bool:
    """Whether C(operation) is meant; C(now) is in seconds since 1970.

    What is not known does not match: an operation without a name or a time is never selected by one. Which instances an
    operation runs on is left to the adapter, because a list need not show all of them.
    """
    return (
        operation.whole.state in query.states
        and (query.name is None or (operation.name is not None and fnmatchcase(operation.name, query.name)))
        and (query.older_than is None or _age(operation, now) >= query.older_than)
        and (query.is_schedule is None or operation.is_schedule is query.is_schedule)
        and all(operation.details.get(key) == value for key, value in query.details.items())
    )


def _age(operation: Operation, now: float) -> float:
    created = parse_time(operation.created)
    return now - created.timestamp() if created else -1.0
