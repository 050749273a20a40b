# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the shared flow and the provider adapters say to each other."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.cloudops.halt.plugins.module_utils._states import IN_FLIGHT, State, is_in_flight


@dataclass(frozen=True)
class Reading:
    """What the provider said of one part of an operation, or of the operation as a whole, at one moment."""

    status: str
    state: State
    exit_code: int | None = None
    error: str | None = None


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
    parts_are_operations: bool = False
    """Whether each part is an operation of its own, with its own id, which may outlive the whole."""
    details: Mapping[str, t.Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def whole(self) -> Reading:
        """The operation as one thing. While any part is in flight, so is the whole, whatever its status says:
        the providers do not promise that a partial result appears only after the last part has ended."""
        goes_on = any(is_in_flight(reading.state) for reading in self.parts.values()) and not self.parts_are_operations
        return Reading(self.status, "running" if goes_on and not is_in_flight(self.state) else self.state)

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
    name: str | None = None
    """A glob over the operation's name."""
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
