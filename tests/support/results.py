# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests compare of a module's result."""

from __future__ import annotations

from typing import Any

Result = dict[str, Any]


def verdict(result: Result) -> tuple[str, bool, bool]:
    """Outcome, changed and failed of the stop of one operation."""
    return result["outcome"], result["changed"], result["failed"]


def verdicts(result: Result) -> dict[str, str]:
    """What became of each target of a task that stops many."""
    return {each["target"]["id"]: each["outcome"] for each in result["results"]}


def outcomes(result: Result) -> dict[str, str]:
    """The outcome of every instance, by its id."""
    return {each["instance_id"]: each["outcome"] for each in result["instances"]}


def ids(result: Result) -> list[str]:
    """The ids of what a search has found, in its order."""
    return [each["id"] for each in result["operations"]]
