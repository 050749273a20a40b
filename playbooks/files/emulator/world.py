# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one emulator: its clock, its settings, its operations, its request log. Nothing of it is global."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeVar, get_args, get_type_hints

from .faults import Faults

T = TypeVar("T")
StartedRuns = Literal["go-on", "end"]


class BadRequest(ValueError):
    """Something asked of the control interface that cannot be done; the text is the answer."""


@dataclass
class Settings:
    """What the documents leave open, and the pace of runs that clients start."""

    # Alibaba, StopInvocation: does a one-off run that has started go on (the documents' words), or is it ended?
    started_runs: StartedRuns = "go-on"
    # Alibaba: what a stop of a finished invocation is answered with.
    stop_of_finished: Literal["success", "forbidden"] = "success"
    # Both: what a read that names an unknown invocation (or OOS execution) is answered with.
    unknown_id: Literal["empty", "error"] = "empty"
    # Alibaba, DescribeInvocations without `Timed`: all, or only what will not run again.
    timed_default: Literal["all", "false"] = "all"
    # Both, DescribeInvocations: cut the embedded list of instances at this number.
    embedded_instances: int | None = None
    # Both, the lists of an operation's instances, tasks or pairs: this page of them, from 1, comes empty.
    empty_page: int | None = None
    # The same lists: their totals are of so many more than any page shows.
    missing_parts: int = 0
    # Tencent: the overall status says PARTIAL_FAILED as soon as one task failed, while others still run.
    partial_status_early: bool = False
    # Both: nullable fields without a value are null (Tencent), keys without a value are absent (Alibaba).
    nullable: bool = False
    # Both: instances in one RunCommand; None is the provider's own limit (100, 200).
    instances_per_run: int | None = None
    # Tencent: calls a second for each key, region and action; 0 is off.
    rate_limit: int = 20
    # Alibaba OOS: what becomes of child executions when their parent is cancelled.
    children_on_cancel: Literal["live", "cancelled"] = "live"
    # Alibaba OOS: Cancelled with the answer to CancelExecution, or Running for `stopping_seconds` more.
    cancel_is_immediate: bool = True
    # Alibaba ECS, CancelTask: the error codes of today's page, or those of 2017.
    cancel_task_codes: Literal["current", "2017"] = "current"
    # Alibaba ECS, CancelTask: what a cancelled task ends as.
    cancelled_task_status: Literal["Deleted", "Failed"] = "Deleted"
    # Alibaba ECS, CancelTask: may a task be cancelled that waits or is paused? The page says that it must be running.
    cancel_of_waiting_task: Literal["forbidden", "success"] = "forbidden"
    # Alibaba ECS, tasks: forms that samples show besides that of the SDK.
    task_set: Literal["object", "list"] = "object"
    support_cancel: Literal["string", "boolean"] = "string"
    task_action_spelling: Literal["ImportImage", "IMPORT_IMAGE"] = "ImportImage"
    task_times: Literal["seconds", "minutes"] = "seconds"
    # Alibaba ROS: a stop lets the account and region pairs in flight finish, or cuts them off.
    ros_pairs_in_flight: Literal["finish", "cut"] = "finish"
    # Alibaba ROS: what a stop of an ended operation is answered with.
    ros_stop_of_finished: Literal["success", "InvalidParameter"] = "success"
    # The emulator's clock for signatures is ahead of the real one by this many seconds.
    clock_skew: float = 0.0
    # The timeline of operations that do not bring their own; run_seconds None is a runaway.
    pending_seconds: float = 0.0
    run_seconds: float | None = None
    stopping_seconds: float = 0.2

    def update(self, changes: dict[str, Any]) -> None:
        hints = get_type_hints(type(self))
        for name, value in changes.items():
            if name not in hints:
                raise BadRequest(f"There is no setting {name!r}; known: {', '.join(hints)}.")
            negative = isinstance(value, (int, float)) and value < 0 and name != "clock_skew"
            if negative or not _fits(value, hints[name]):
                raise BadRequest(f"The setting {name} cannot be {value!r}.")
        for name, value in changes.items():
            setattr(self, name, value)

    def cut_short(self, page: Sequence[T], number: int) -> Sequence[T]:
        """What is shown of this page of an operation's parts."""
        return () if number == self.empty_page else page

    def become(self, other: Settings) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(other, each.name))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _fits(value: Any, hint: Any) -> bool:
    if isinstance(value, str):
        return value in get_args(hint)
    options = get_args(hint) or (hint,)
    if value is None:
        return type(None) in options
    if isinstance(value, bool):
        return bool in options
    numbers = {int, float} if isinstance(value, int) else {float} if isinstance(value, float) else set()
    return not numbers.isdisjoint(options)


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
    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._settings_at_start = replace(self.settings)
        # Held while a call is acted on, never while a fault waits.
        self.lock = threading.RLock()
        self.faults = Faults()
        self.reset()

    def reset(self) -> None:
        with self.lock:
            self.settings.become(self._settings_at_start)
            self.clock = Clock()
            self.log = RequestLog()
            self.faults.clear()
            self._operations: dict[tuple[str, str], Operation] = {}
            # What a service keeps besides operations: (sort, region, name) -> its own record.
            self.records: dict[tuple[str, str, str], Any] = {}
            self._nonces: set[tuple[str, str]] = set()
            self._recent_calls: dict[tuple[str, ...], deque[float]] = {}
            self._sequence = 0

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
    """UTC as both providers document it, `yyyy-MM-ddTHH:mm:ssZ`; empty for what has not happened."""
    return "" if moment is None else _iso_second(int(moment))
