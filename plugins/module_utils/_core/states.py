# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""States of what runs at a provider, and outcomes of a stop. Pure: no input, no output, no clock."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterable, Mapping

State = t.Literal["pending", "scheduled", "running", "stopping", "succeeded", "failed", "stopped", "unknown"]

Outcome = t.Literal[
    "failed",
    "still_running",
    "stop_requested",
    "would_stop",
    "stopped",
    "finished_meanwhile",
    "already_finished",
    "not_found",
    "skipped",
]

STATES: tuple[State, ...] = t.get_args(State)

# The worst news first: a target is called by the first of these that applies to any part of it.
OUTCOMES: tuple[Outcome, ...] = t.get_args(Outcome)
# What was asked to stop and was not read back as ended.
LIVING: tuple[Outcome, ...] = ("still_running", "stop_requested", "failed")

IN_FLIGHT: tuple[State, ...] = ("pending", "scheduled", "running", "stopping")

_ENDED: frozenset[State] = frozenset(("succeeded", "failed", "stopped"))


def state_of(table: Mapping[str, State], status: str) -> State:
    """The state for a provider's own C(status), V(unknown) where the provider's table does not list it."""
    return table.get(status, "unknown")


def is_in_flight(state: State) -> bool:
    """Whether something in this state may still act. An V(unknown) state may, so it counts."""
    return state not in _ENDED


def needs_stop(state: State) -> bool:
    """Whether a stop call is of use: in flight, and no stop is under way yet."""
    return is_in_flight(state) and state != "stopping"


def overall(outcomes: Iterable[Outcome]) -> Outcome:
    """One word for many outcomes: the first of OUTCOMES that occurs."""
    return min(outcomes, key=OUTCOMES.index)


def count(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How often each outcome occurs; every outcome is a key, so that a playbook needs no defaults."""
    counts = Counter(outcomes)
    return {outcome: counts[outcome] for outcome in OUTCOMES}
