# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one emulator: its clock, its settings, its operations, its request log. Nothing of it is global."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeVar

from . import settings
from .faults import Faults
from .settings import BadRequest, Settings

T = TypeVar("T")


class Clock:
    """The time of the operations: real, or advanced by hand. It never goes back."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._stands_at: float | None = None

    @property
    def mode(self) -> Literal["real", "manual"]:
        return "real" if self._stands_at is None else "manual"

    def now(self) -> float:
        return time.time() + self._ahead if self._stands_at is None else self._stands_at

    def set_mode(self, mode: str) -> None:
        if mode not in ("real", "manual"):
            raise BadRequest(f"The clock's mode is 'real' or 'manual', not {mode!r}.")
        now = self.now()
        self._stands_at = now if mode == "manual" else None
        self._ahead = now - time.time()

    def advance(self, seconds: float) -> None:
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
            raise BadRequest(f"The clock is advanced by a number of seconds, not by {seconds!r}.")
        if self._stands_at is None:
            self._ahead += seconds
        else:
            self._stands_at += seconds


class Operation(Protocol):
    """Anything in flight at a provider, as the store and the control interface see it."""

    @property
    def kind(self) -> str:
        """As options call it."""

    @property
    def provider(self) -> str:
        """Its name."""

    @property
    def region(self) -> str:
        """Where it was started."""

    @property
    def id(self) -> str:
        """As the provider has made it, or as it was asked for."""

    @property
    def created(self) -> float:
        """Seconds since 1970."""

    @property
    def sequence(self) -> int:
        """Counts up with every operation made in this world."""

    def status_at(self, moment: float) -> str:
        """The provider's word for how it stands."""

    def describe(self, now: float) -> dict[str, Any]:
        """Everything that is true about it, for the control interface."""

    def finish(self, now: float, instance_ids: list[str] | None = None, status: str | None = None) -> None:
        """Let it end by itself now, on these instances or as a whole."""


@dataclass
class RequestLog:
    entries: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=50_000))

    def add(self, **entry: Any) -> None:
        self.entries.append(entry)

    def select(self, provider: str | None, action: str | None) -> list[dict[str, Any]]:
        return [
            entry
            for entry in list(self.entries)
            if provider in (None, entry["provider"]) and action in (None, entry["action"])
        ]


class World:
    def __init__(self, own_settings: Iterable[type[Any]] = (), start: Mapping[str, Any] | None = None) -> None:
        """`own_settings` are the providers' tables of settings; `start` says by name what is not as they have it."""
        self.settings = Settings()
        self._own_settings = {table: table() for table in own_settings}
        self.update_settings(start or {})
        self._settings_at_start = self.all_settings()
        # Held while a call is acted on, never while a fault waits.
        self.lock = threading.RLock()
        self.faults = Faults()
        self.reset()

    def reset(self) -> None:
        with self.lock:
            self.update_settings(self._settings_at_start)
            self.clock = Clock()
            self.log = RequestLog()
            self.faults.clear()
            self._operations: dict[tuple[str, str], Operation] = {}
            # What a service keeps besides operations: (sort, region, name) -> its own record.
            self.records: dict[tuple[str, str, str], Any] = {}
            self._nonces: set[tuple[str, str]] = set()
            self._recent_calls: dict[tuple[str, ...], deque[float]] = {}
            self._sequence = 0

    # Settings

    def own(self, table: type[T]) -> T:
        """The settings of one provider."""
        found: T = self._own_settings[table]
        return found

    def all_settings(self) -> dict[str, Any]:
        return settings.as_dict(self._tables())

    def update_settings(self, changes: Mapping[str, Any]) -> None:
        settings.update(self._tables(), changes)

    def _tables(self) -> list[Any]:
        return [self.settings, *self._own_settings.values()]

    # Operations

    def next_number(self) -> int:
        """A number never given before, for ids and for the order of creation."""
        with self.lock:
            self._sequence += 1
            return self._sequence

    def make_id(self, prefix: str, length: int) -> str:
        """The next id of this form: unique in this world, and the same again after a reset."""
        number = self.next_number()
        digits = ""
        while number:
            number, digit = divmod(number, 36)
            digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        return prefix + digits.rjust(length, "0")

    def add(self, operation: Operation) -> None:
        if (operation.provider, operation.id) in self._operations:
            raise BadRequest(f"There is already an operation {operation.id} at {operation.provider}.")
        self._operations[operation.provider, operation.id] = operation

    def find(self, provider: str, operation_id: str) -> Operation | None:
        return self._operations.get((provider, operation_id))

    def all_operations(self) -> list[Operation]:
        return list(self._operations.values())

    def operations(self, provider: str, kind: str, region: str | None, now: float) -> Iterator[Operation]:
        """Newest first, as they were known at this moment."""
        found = [
            each
            for each in self._operations.values()
            if (each.provider, each.kind, each.region) == (provider, kind, region) and each.created <= now
        ]
        return iter(sorted(found, key=lambda each: each.sequence, reverse=True))

    # What the gateways keep

    def signature_time(self) -> float:
        """Signatures are always checked against real time: an advanced clock must not make clients look late."""
        return time.time() + self.settings.clock_skew

    def use_nonce(self, access_key_id: str, nonce: str) -> bool:
        """False when this key has used the nonce before."""
        with self.lock:
            fresh = (access_key_id, nonce) not in self._nonces
            self._nonces.add((access_key_id, nonce))
            return fresh

    def within_rate(self, *caller: str) -> bool:
        """Counts one call, unless there were as many as allowed in the last second of real time."""
        limit = self.settings.rate_limit
        if not limit:
            return True
        with self.lock:
            recent = self._recent_calls.setdefault(caller, deque())
            now = time.monotonic()
            while recent and recent[0] <= now - 1.0:
                recent.popleft()
            if len(recent) >= limit:
                return False
            recent.append(now)
            return True


@lru_cache(maxsize=4096)
def _iso_second(second: int) -> str:
    return datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_time(moment: float | None) -> str:
    """UTC as most providers write it, `yyyy-MM-ddTHH:mm:ssZ`; empty for what has not happened."""
    return "" if moment is None else _iso_second(int(moment))
