# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The kinds of operations, which every provider has or has not."""

from __future__ import annotations

import typing as t


class Kind(t.NamedTuple):
    """What is the same of a kind at all providers."""

    id_option: str
    """The option that holds an operation's id."""
    details: tuple[str, ...] = ()
    """The options that are compared with an operation's own details."""
    parts: str | None = None
    """Under which key a list of operations can show their parts, too."""
    has_schedules: bool = False


KINDS = {
    "cloud_invocation": Kind("invocation_id", ("command_id",), "instances", has_schedules=True),
    "automation_execution": Kind("execution_id", ("parent_execution_id",), "children", has_schedules=True),
    "image_task": Kind("task_id"),
    "stack_group_operation": Kind("operation_id", ("stack_group_name",), "results_by_target"),
}
RUNS_ON_INSTANCES = "cloud_invocation"
"""The one kind that does."""
HAS_CHILDREN = "automation_execution"
"""The one kind whose operations may have others below them."""
