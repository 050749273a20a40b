# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene for each kind: the emulator, one adapter connected to it, and the flow in real time with short waits."""

from __future__ import annotations

import json
import os
import random
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._bulk import CONCURRENCY, halt
from ansible_collections.cloudops.halt.plugins.module_utils._clock import SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._crew import Threads
from ansible_collections.cloudops.halt.plugins.module_utils._halt import StopOptions
from ansible_collections.cloudops.halt.plugins.module_utils._model import Target
from ansible_collections.cloudops.halt.plugins.module_utils._report import Report
from emulator import Emulator

from .kinds import KINDS, Kind

CLOCK = SystemClock()


class Scene:
    """One kind at an emulator of its own."""

    def __init__(self, kind: Kind, emulator: Emulator) -> None:
        self.kind = kind
        self.provider = kind.adapter.platform.name
        self._url = emulator.url
        self._keys = self._control("GET", "keys")[self.provider]
        self._region = emulator.keys[self.provider]["region"]

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}/_emulator/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def start(self, **description: Any) -> str:
        """Something in flight, unless the description says otherwise; returns its id."""
        whole = {"provider": self.provider, "kind": self.kind.adapter.kind, **self.kind.described, **description}
        operation_id = self._control("POST", "operations", whole)["id"]
        assert isinstance(operation_id, str)
        return operation_id

    def finish(self, operation_id: str, status: str) -> None:
        """It ends now, by itself."""
        self._control("POST", f"operations/{operation_id}/finish", {"status": status})

    def fault(self, kind: str, **details: Any) -> None:
        """Something that goes wrong with the next stop call."""
        action = self.kind.adapter.stop_action
        self._control("POST", "faults", {"kind": kind, "provider": self.provider, "action": action, **details})

    def fault_of_any_call(self, kind: str, **details: Any) -> None:
        self._control("POST", "faults", {"kind": kind, "provider": self.provider, **details})

    def halt(
        self, operation_id: str, *, key: str = "default", include_children: bool = False, **options: Any
    ) -> Report:
        """One run of the flow, with a client of its own as a module has it."""
        connection = Connection(
            self._region, Credentials(**self._keys[key]), endpoint_url=self._url, request_timeout=5.0, retries=2
        )
        rng = random.Random(0)
        adapter = self.kind.adapter.connect(connection, CLOCK, rng)
        short = {"wait_timeout": 5.0, "wait_interval": 0.1, "retries": 2}
        target = Target(operation_id, include_children=include_children)
        return halt(adapter, target, StopOptions(**{**short, **options}), CLOCK, rng, Threads(CLOCK, CONCURRENCY))

    def status(self, operation_id: str) -> str:
        """What is really going on."""
        return str(self._control("GET", f"operations/{operation_id}")["status"])

    @property
    def actions(self) -> list[str]:
        """The calls so far, in order."""
        return [each["action"] for each in self._control("GET", f"requests?provider={self.provider}")]

    @property
    def stops(self) -> int:
        return self.actions.count(self.kind.adapter.stop_action)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)


@pytest.fixture(params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    assert isinstance(request.param, Kind)
    return request.param


@pytest.fixture
def scene(kind: Kind) -> Iterator[Scene]:
    with Emulator(stopping_seconds=0.2, rate_limit=0, **kind.settings) as emulator:
        yield Scene(kind, emulator)
