# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the shared flow and the provider adapters say to each other."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ansible_collections.cloudops.halt.plugins.module_utils._states import IN_FLIGHT, State, is_in_flight, needs_stop


@dataclass(frozen=True)
class Reading:
    """What the provider said of one part of an operation, or of the operation as a whole, at one moment."""

    status: str
    state: State
    exit_code: int | None = None
    error: str | None = None
    name: str | None = None
    """Of a part that is an operation of its own."""


# One object for all that read the same: thousands of instances do.
reading_of = functools.lru_cache(maxsize=256)(Reading)


@dataclass(frozen=True)
class Operation:
    """One operation as it was read. Its parts are its instances, or what its kind has in their place, if anything."""

    kind: str
    provider: str
    region: str
    id: str
    name: str | None
    status: str
    state: State
    created: str | None = None
    finished: str | None = None
    is_schedule: bool = False
    parts: Mapping[str, Reading] = field(default_factory=dict)
    status_may_come_early: bool = False
    """Whether the status may speak of an end while parts are still in flight."""
    details: Mapping[str, t.Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def whole(self) -> Reading:
        """The operation as one thing: in flight while any part is, if its own status may come early."""
        living = [reading.state for reading in self.parts.values() if is_in_flight(reading.state)]
        if is_in_flight(self.state) or not (self.status_may_come_early and living):
            return Reading(self.status, self.state)
        return Reading(self.status, "running" if any(map(needs_stop, living)) else "stopping")

    def shows(self, parts: Collection[str]) -> bool:
        """Whether all these parts were read, and it is known which ones must be: nothing says that the lists inside of
        lists are whole for a large operation."""
        return bool(parts) and self.parts.keys() >= set(parts)

    def as_result(self) -> dict[str, t.Any]:
        """The RV(operation) of a result."""
        return {
            "kind": self.kind,
            "provider": self.provider,
            "region": self.region,
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "state": self.state,
            "created": self.created,
            "finished": self.finished,
            "is_schedule": self.is_schedule,
            "instances_total": len(self.parts) or None,
            **self.details,
        }


@dataclass(frozen=True)
class Target:
    """What is to be stopped: one operation, or only these instances of it. No instance ids: all of it."""

    id: str
    instance_ids: tuple[str, ...] = ()
    include_children: bool = False


@dataclass(frozen=True)
class Query:
    """Which operations to list. An adapter may use it to ask for less; the shared filter has the last word."""

    states: frozenset[State] = frozenset(IN_FLIGHT)
    instance_id: str | None = None
    older_than: float | None = None
    """Least age in seconds."""
    is_schedule: bool | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    """What the operation's own details must say, such as a command id."""

    @property
    def in_flight_only(self) -> bool:
        """Whether it will do to ask a provider for the statuses that count as in flight.

        What no table lists cannot be asked for by name; alone, it is worth a walk through everything.
        """
        return self.states <= {*IN_FLIGHT, "unknown"} and self.states != {"unknown"}
