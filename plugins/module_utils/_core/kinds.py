# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The kinds of operations, which every provider has or has not."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping


class Kind(t.NamedTuple):
    """What is the same of a kind at all providers."""

    id_option: str
    """The option that holds an operation's id."""
    details: tuple[str, ...] = ()
    """The options that are compared with an operation's own details."""
    parts: str | None = None
    """Under which key a list of operations can show their parts, too."""
    has_schedules: bool = False
    within: str | None = None
    """The option that names what an operation belongs to, where its id alone does not tell which one it is."""
    place: Mapping[str, tuple[str, ...]] = {}
    """The options of this kind alone that are part of where it is, each with its choices: the first if it is left
    out."""

    @property
    def own_options(self) -> tuple[str, ...]:
        """Those that only targets of this kind have."""
        return (*filter(None, [self.within]), *self.place)


KINDS = {
    "cloud_invocation": Kind("invocation_id", ("command_id",), "instances", has_schedules=True),
    "automation_execution": Kind("execution_id", ("parent_execution_id",), "children", has_schedules=True),
    "image_task": Kind("task_id"),
    "stack_group_operation": Kind(
        "operation_id",
        ("stack_group_name",),
        "results_by_target",
        within="stack_group_name",
        place={"call_as": ("self", "delegated_admin")},
    ),
}
OWN_OPTIONS = tuple(option for kind in KINDS.values() for option in kind.own_options)
"""The options that only targets of some kind have."""
OWN_PLACE_OPTIONS = tuple(option for kind in KINDS.values() for option in kind.place)
"""Those of them that scopes have, too."""
RUNS_ON_INSTANCES = "cloud_invocation"
"""The one kind that does."""
HAS_CHILDREN = "automation_execution"
"""The one kind whose operations may have others below them."""
