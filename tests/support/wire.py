# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the wire share: a clock, connections, and what each provider's client and answers are like."""

from __future__ import annotations

import hashlib
import random
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import Clock
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.platform import Platform
from ansible_collections.cloudops.halt.plugins.module_utils._http.client import ApiClient
from ansible_collections.cloudops.halt.plugins.module_utils._http.connection import Connection

from .providers import NAMES, Words, part, words
from .scripted import PATIENCE, Act, Received, reply

SECRET = "EXAMPLESECRETKEY"
REQUEST_ID = "6ef60bec-0242-43af-bb20-270359fb54a7"


class FakeClock:
    """Time that passes only in C(sleep)."""

    def __init__(self, now: float = 1704164645.0) -> None:
        self.now = now
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


def connection(platform: Platform, region: str = "cn-hangzhou", token: str | None = None, **more: t.Any) -> Connection:
    return Connection(platform, region, Credentials("LTAIEXAMPLEID", SECRET, token), **more)


@dataclass(frozen=True)
class Wire:
    """How one provider's client is made, and how its answers are written."""

    platform: Platform
    region: str
    host: str
    """Where this region is called."""
    codes: Mapping[str, str]
    """A code of each error class."""
    throttled_backoff: tuple[float, float]
    """The first and the longest wait after a throttling."""
    connect: Callable[[Connection, Clock, random.Random], ApiClient]
    good: Callable[[Mapping[str, t.Any]], t.Any]
    bad: Callable[[str, str, int], Act]
    """The answer to a call that failed: code, message, and the HTTP status where the provider uses it."""
    is_signed_well: Callable[[Received, str], bool]
    """Whether a server that knows the secret would accept what arrived."""
    date_header: str
    token_header: str

    @property
    def name(self) -> str:
        return self.platform.name

    @property
    def words(self) -> Words:
        return words(self.name)

    @property
    def read_action(self) -> str:
        return self.words.describe

    @property
    def stop_action(self) -> str:
        return self.words.stop

    def client(self, url: str | None, clock: Clock | None = None, seed: int = 0, **more: t.Any) -> ApiClient:
        conn = connection(self.platform, self.region, endpoint_url=url, **{"request_timeout": PATIENCE, **more})
        return self.connect(conn, clock or FakeClock(), random.Random(seed))

    def ok(self, **fields: t.Any) -> Act:
        return reply(self.good({"RequestId": REQUEST_ID, **fields}))

    def error(self, error_class: str, status: int = 400) -> Act:
        return self.bad(self.codes[error_class], "said so", status)


def wires() -> list[Wire]:
    """Those of all providers."""
    return [part(name, "wire").WIRE for name in NAMES]


def sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def authorization(header: str) -> dict[str, str]:
    """The parts of an Authorization header, with the algorithm as C(algorithm)."""
    algorithm, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    return {"algorithm": algorithm, **parts}
