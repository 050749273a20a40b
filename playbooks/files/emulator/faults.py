# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that the control interface orders: which calls they meet, how often, and in which order.

A fault either changes the answer to a call that is acted on, or answers in place of the action. Faults of the first
sort add up; of the second sort a call meets only the first, and the others wait for the next call.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any, get_args

from .wire import Refusal

# What each kind takes: the options it must have, and those it may have.
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "latency": (("seconds",), ()),
    "stale_reads": (("seconds",), ()),
    "finish_first": ((), ("status",)),
    "reset_after": ((), ()),
    "truncate": ((), ()),
    "drip": (("seconds",), ()),
    "drip_head": (("seconds",), ()),
    "gzip": ((), ()),
    "content_type": (("content_type",), ()),
    "throttle": ((), ("code", "message", "http_status", "retry_after")),
    "error": (("code",), ("message", "http_status", "retry_after")),
    "denied": ((), ()),
    "expired_token": ((), ()),
    "internal_error": ((), ("retry_after",)),
    "http_error": (("http_status",), ("body", "retry_after")),
    "not_json": ((), ("body",)),
    "redirect": (("location",), ("http_status",)),
    "reset": ((), ()),
    "hang": (("seconds",), ()),
}
ANSWERING = frozenset({*get_args(Refusal), "error", "http_error", "not_json", "redirect", "reset", "hang"})
# Faults that make sense for one sort of call only.
EFFECTS = {"stale_reads": "read", "finish_first": "stop"}


@dataclass
class Fault:
    kind: str
    provider: str | None = None
    action: str | None = None
    region: str | None = None
    key: str | None = None
    times: int | None = 1
    after: int = 0
    seconds: float = 0.0
    code: str | None = None
    message: str | None = None
    http_status: int | None = None
    retry_after: int | None = None
    body: str | None = None
    content_type: str | None = None
    location: str | None = None
    status: str | None = None

    @classmethod
    def from_description(cls, description: dict[str, Any]) -> Fault:
        described = dict(description)
        if described.get("kind") == "http_error" and "status" in described:
            described["http_status"] = described.pop("status")
        kind = described.get("kind")
        if kind not in KINDS:
            raise ValueError(f"A fault has a kind, one of {', '.join(sorted(KINDS))}; not {kind!r}.")
        required, optional = KINDS[kind]
        common = ("kind", "provider", "action", "region", "key", "times", "after")
        for name in described:
            if name not in (*common, *required, *optional):
                raise ValueError(f"A fault of the kind {kind} has no {name!r}.")
        for name in required:
            if described.get(name) is None:
                raise ValueError(f"A fault of the kind {kind} needs {name!r}.")
        for name, value in described.items():
            if value is not None and not _NATURE[name](value):
                raise ValueError(f"The {name} of a fault cannot be {value!r}.")
        return cls(**described)

    def meets(self, provider: str, action: str, region: str | None, key: str, effect: str) -> bool:
        return (
            self.times != 0
            and self.provider in (None, provider)
            and self.action in (None, action)
            and self.region in (None, region)
            and self.key in (None, key)
            and EFFECTS.get(self.kind, effect) == effect
        )

    def take(self) -> bool:
        """Counts a call that it meets; True when the fault strikes."""
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None or name == "times"}


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _duration(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _text(value: Any) -> bool:
    return isinstance(value, str)


_NATURE = {
    **dict.fromkeys(
        (
            "kind",
            "provider",
            "action",
            "region",
            "key",
            "code",
            "message",
            "body",
            "content_type",
            "location",
            "status",
        ),
        _text,
    ),
    "times": _count,
    "after": _count,
    "seconds": _duration,
    "http_status": lambda value: _count(value) and 200 <= value <= 599,
    "retry_after": _count,
}


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def pending(self) -> list[Fault]:
        with self._lock:
            return [fault for fault in self._faults if fault.times != 0]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def strike(self, provider: str, action: str, region: str | None, key: str, effect: str) -> list[Fault]:
        """The faults that this call meets, in the order in which they were ordered."""
        struck: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                if fault.kind in ANSWERING and any(other.kind in ANSWERING for other in struck):
                    continue
                if fault.meets(provider, action, region, key, effect) and fault.take():
                    struck.append(fault)
        return struck
