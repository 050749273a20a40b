# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of the role bulk_cancel, and of playbooks."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.halt.plugins.module_utils._core import parser
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._role import outcome as role
from ansible_collections.cloudops.halt.plugins.module_utils._role.running import running

Result = dict[str, t.Any]


def bulk_cancel_preview(request: Result, found: Result, shown: Result) -> list[str]:
    """What would be stopped, in lines."""
    return role.preview(request, found, shown, time.time())


def bulk_cancel_outcome(
    request: Result, found: Result, shown: Result, stopped: Result, check_mode: bool
) -> t.Mapping[str, t.Any]:
    """What came of it all, as the fact bulk_cancel_result has it."""
    return role.outcome(request, found, shown, stopped, check_mode, time.time())


def words(value: t.Any) -> list[str]:
    """Names, globs and ids, as the role and the modules read them; none if there is no value.

    Raises AnsibleFilterError for a value that cannot be read.
    """
    if not value:
        return []
    try:
        return parser.words(value, "words") or []
    except OptionError as error:
        raise AnsibleFilterError(str(error)) from None


def whats_running(found: Result, max_operations: t.Any = None, max_age: t.Any = None) -> Result:
    """What was found with lines to show, and whether it is more, or older, than it may be.

    Empty text is no limit. Raises AnsibleFilterError for a limit that cannot be read.
    """
    try:
        most = int(max_operations) if max_operations not in (None, "") else None
    except ValueError:
        raise AnsibleFilterError(
            f"whats_running: max_operations is {max_operations!r}: it must be a whole number."
        ) from None
    try:
        return running(found, most, str(max_age) if max_age else None, time.time())
    except ValueError as error:
        raise AnsibleFilterError(f"whats_running: max_age: {error}.") from None


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        return {
            "bulk_cancel_preview": bulk_cancel_preview,
            "bulk_cancel_outcome": bulk_cancel_outcome,
            "whats_running": whats_running,
            "words": words,
        }
