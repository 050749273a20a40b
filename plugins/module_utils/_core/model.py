# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the shared flow and the provider adapters say to each other."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from .states import IN_FLIGHT, State, is_in_flight, needs_stop


@dataclass(frozen=True)
class Reading:
    """What the provider said of one part of an operation, or of the operation as a whole, at one moment."""

    status: str
    state: State
    exit_code: int | None = None
    error: str | None = None
    name: str | None = None
    """Of a part that is an operation of its own."""
    ended: float | None = None
    """When it ended by the provider's clock, in seconds since 1970, if the provider tells."""


# One object for all that read the same: thousands of instances do.
reading_of = functools.lru_cache(maxsize=1024)(Reading)

# Names a page of the list of an operation's parts; what it is, only the adapter knows.
Cursor = Hashable


@dataclass(frozen=True)
class Page:
    """Some of the parts of an operation."""

    parts: Mapping[str, Reading]
    rows: int = 0
    """How many the provider listed, the same part twice included."""
    total: int | None = None
    """How many there are on all pages, if the provider says so."""
    next: Cursor | None = None
    """The page that goes on with this list."""
    more: Sequence[Cursor] = ()
    """Those that list what belongs to the parts on this one."""


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
    within: str = ""
    """What it belongs to, where a call has to name that, too."""
    created: str | None = None
    finished: str | None = None
    is_schedule: bool = False
    parts: Mapping[str, Reading] = field(default_factory=dict)
    """Those that were read so far. Nothing says that the lists inside of lists are whole for a large operation."""
    parts_are_listed: bool = False
    """Whether its parts are listed on pages of their own, too."""
    parts_are_brief: bool = False
    """Whether those pages have more to tell of the parts that are shown here."""
    total: int | None = None
    """How many parts there are, where the provider counts them."""
    over: int | None = None
    """How many of them have ended, where it counts these and does not date the end of each."""
    status_may_come_early: bool = False
    """Whether the status may speak of an end while parts are still in flight."""
    details: Mapping[str, t.Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells it apart from the others of its kind at one place."""
        return self.within, self.id

    @property
    def whole(self) -> Reading:
        """The operation as one thing: in flight while any part is, if its own status may come early."""
        if is_in_flight(self.state) or not self.status_may_come_early:
            return Reading(self.status, self.state)
        living = [reading.state for reading in self.parts.values() if is_in_flight(reading.state)]
        if not living:
            return Reading(self.status, self.state)
        return Reading(self.status, "running" if any(map(needs_stop, living)) else "stopping")

    def tells(self, parts: Collection[str]) -> bool:
        """Whether it says all that there is to say of these parts, and it is known which ones there must be."""
        return not self.parts_are_listed or (
            bool(parts) and not self.parts_are_brief and self.parts.keys() >= set(parts)
        )

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
            "instances_total": max(len(self.parts), self.total or 0) or None,
            **self.details,
        }


@dataclass(frozen=True)
class Target:
    """What is to be stopped: one operation, or only these instances of it. No instance ids: all of it."""

    id: str
    instance_ids: tuple[str, ...] = ()
    include_children: bool = False
    within: str = ""
    """What the operation belongs to, where its id alone does not name it; empty if that has to be looked for."""


class StopCall(t.NamedTuple):
    """One stop call: of these instances, or of the whole operation where none is named."""

    operation_id: str
    instance_ids: Sequence[str] = ()
    within: str = ""
    """As that of the operation."""


@dataclass
class Noted:
    """What is kept of the answers to the tries of one call."""

    request_ids: list[str] = field(default_factory=list)
    """The provider's ids of the requests."""
    at: float | None = None
    """When the last answer came, by the provider's own clock (whole seconds since 1970), if it told."""


@dataclass(frozen=True)
class StopOptions:
    """How to stop; the names are those of the modules' options."""

    wait: bool = True
    wait_timeout: float = 300.0
    wait_interval: float = 2.0
    fail_if_not_running: bool = False
    ignore_not_found: bool = False
    return_instances: str = "all"
    expected_name: str | None = None
    retries: int = 5
    check_mode: bool = False


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
