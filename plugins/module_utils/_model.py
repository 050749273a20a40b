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
    """What the provider said of one instance, or of an operation as a whole, at one moment."""

    status: str
    state: State
    exit_code: int | None = None
    error: str | None = None


@dataclass(frozen=True)
class Operation:
    """One operation as it was read. C(instances) is empty for kinds that have none."""

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
    instances: Mapping[str, Reading] = field(default_factory=dict)
    details: Mapping[str, t.Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def whole(self) -> Reading:
        """The operation as one thing. While any instance is in flight, so is the whole, whatever its status says:
        the providers do not promise that a partial result appears only after the last instance ended."""
        if is_in_flight(self.state) or not any(is_in_flight(r.state) for r in self.instances.values()):
            return Reading(self.status, self.state)
        return Reading(self.status, "running")

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
            "instances_total": len(self.instances) or None,
            **self.details,
        }


@dataclass(frozen=True)
class Target:
    """What is to be stopped: one operation, or only these instances of it. No instance ids: all of it."""

    id: str
    instance_ids: tuple[str, ...] = ()


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
