# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The sentences of warnings, about what the provider said or kept to itself."""

from __future__ import annotations

from .errors import ApiError
from .model import Target


def parts_unknown(target: Target, error: ApiError) -> str:
    return f"Not all parts of {target.id} could be read: {error}"


def cut_short_list(operation_id: str, shortfall: str) -> str:
    """For an operation whose parts are not all known."""
    return f"The provider's list of the parts of {operation_id} was cut short ({shortfall}). The rest is not known."


def stopped_before(target: Target, number: int) -> str:
    """For parts of which the provider only counts how many had ended."""
    return (
        f"Of the parts of {target.id} that count as stopped, at least {number} had already been stopped before: the"
        " provider reports how many had ended, but not which."
    )


def nothing_ignored(target: Target, absent: str) -> str:
    """For a target that is not found, and is allowed not to be, where what it belongs to is not there either."""
    return f"{target.id} may be running elsewhere: {absent}."


def unknown_status(title: str, status: str) -> str:
    return f"{title} reported the status {status!r}, which this release does not know; it counts as in flight."
