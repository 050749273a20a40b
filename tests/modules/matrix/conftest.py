# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene for each kind: an emulator of its own, and the module that stops it in this process, where time leaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import SystemClock
from emulator import Emulator

from ...support.emulated import Cloud, Command
from ...support.kinds import Kind, every_kind
from ...support.modules import Options, Result, run, skip_waits


class Scene:
    """One kind at an emulator of its own."""

    def __init__(self, kind: Kind, emulator: Emulator, patch: pytest.MonkeyPatch) -> None:
        self.kind = kind
        self._cloud = Cloud(kind.provider, emulator)
        self._patch = patch

    def start(self, **description: Any) -> str:
        """Something in flight, unless the description says otherwise; returns its id."""
        return self._cloud.start(self.kind.kind, **{**self.kind.described, **description})

    def pairs(self, *statuses: str) -> Options:
        """What describes one with account and region pairs in these statuses."""
        region = self._cloud.region
        pairs = [{"account": str(number), "region": region, "status": status} for number, status in enumerate(statuses)]
        return {"accounts": None, "regions": None, "pairs": pairs}

    def finish(self, operation_id: str, status: str) -> None:
        """It ends now, by itself."""
        self._cloud.finish(Command(operation_id, []), status)

    def fault(self, kind: str, **details: Any) -> None:
        """Something that goes wrong with the next stop call."""
        self._cloud.fault(kind, **{"action": self.kind.adapter.stop_action, **details})

    def at_each_pause(self, *acts: Callable[[], object]) -> None:
        """Do these things, one at each pause of the modules that follow."""
        left, sleep = iter(acts), SystemClock.sleep

        def act_and_sleep(clock: SystemClock, seconds: float) -> None:
            next(left, str)()
            sleep(clock, seconds)

        self._patch.setattr(SystemClock, "sleep", act_and_sleep)

    def halt(self, operation_id: str, *, key: str = "default", check: bool = False, **options: Any) -> Result:
        """The result of the module."""
        short = {"wait_timeout": 5.0, "wait_interval": 0.1, "retries": 2, "request_timeout": 5.0}
        named = {self.kind.id_option: operation_id}
        return run(self.kind.module, {**self._cloud.place(key), **named, **short, **options}, check=check, diff=True)

    def parts(self, result: Result) -> list[Result]:
        key = self.kind.adapter.parts_key
        return result[key] if key else []

    def outcomes(self, result: Result) -> list[str]:
        """What became of each part."""
        return [part["outcome"] for part in self.parts(result)]

    def status(self, operation_id: str) -> str:
        """What is really going on."""
        return self._cloud.status(operation_id)

    @property
    def actions(self) -> list[str]:
        """The calls so far, in order."""
        return [each["action"] for each in self._cloud.requests()]

    @property
    def stops(self) -> int:
        return self.actions.count(self.kind.adapter.stop_action)


@pytest.fixture(params=every_kind(), ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    assert isinstance(request.param, Kind)
    return request.param


@pytest.fixture
def scene(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with Emulator(stopping_seconds=0.2, rate_limit=0, **kind.settings) as emulator:
        skip_waits(monkeypatch, emulator)
        yield Scene(kind, emulator, monkeypatch)
