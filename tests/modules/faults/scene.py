# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fault set up: something of every kind in flight at an emulator, and a bystander beside each."""

from __future__ import annotations

import contextlib
from typing import Any

from emulator import Emulator

from ...support.emulated import CANCEL_MANY, Cloud, control
from ...support.kinds import Kind
from ...support.modules import Options, Result, run
from ...support.processes import wait_until
from .expectations import KINDS


class Scene:
    """An emulator with what goes on there."""

    def __init__(self, emulator: Emulator) -> None:
        self._url = self.endpoint_url = emulator.url
        self._clouds = {kind.provider: Cloud(kind.provider, emulator) for kind in KINDS}
        self.targets = [self._start(kind) for kind in KINDS]
        self.bystanders = [self._start(kind) for kind in KINDS]

    def _start(self, kind: Kind) -> str:
        # So old that even reads that show the past know it.
        return self._clouds[kind.provider].start(kind.kind, age=3600, **kind.described)

    def settings(self, **changes: Any) -> None:
        control(self._url, "PUT", "settings", changes)

    def order(self, fault: Options) -> None:
        """Order a fault of one call for each kind, or of any call once for all."""
        details = {name: value for name, value in fault.items() if name != "call"}
        if "call" not in fault:
            control(self._url, "POST", "faults", details)
            return
        for kind in KINDS:
            action = kind.read if fault["call"] == "read" else kind.adapter.stop_action
            self._clouds[kind.provider].fault(action=action, **details)

    def mend(self) -> None:
        """End the fault, a while after what it did to the first run."""
        control(self._url, "POST", "clock", {"advance": 10})
        control(self._url, "DELETE", "faults")
        self.settings(clock_skew=0)
        self.endpoint_url = self._url

    # The runs

    def single(self, mode: str, options: Options) -> list[Result]:
        """What becomes of each target by the module of its kind."""
        results = []
        for kind, target in zip(KINDS, self.targets, strict=True):
            whole = {**self._connection(kind), kind.adapter.id_option: target, **options}
            results.append(self._without_secrets(run(kind.module, whole, check=mode == "check")))
        return results

    def bulk(self, options: Options) -> list[Result]:
        """What becomes of each target in one task."""
        targets = [
            {**self._connection(kind), "kind": kind.kind, "id": target}
            for kind, target in zip(KINDS, self.targets, strict=True)
        ]
        result = self._without_secrets(run(CANCEL_MANY, {"targets": targets, **options}))
        found: list[Result] = result["results"]
        assert result["changed"] == any(each["changed"] for each in found), result
        return found

    def _connection(self, kind: Kind) -> Options:
        # With a session token, which can expire.
        return self._clouds[kind.provider].place("session", endpoint_url=self.endpoint_url)

    def _without_secrets(self, result: Result) -> Result:
        told = str(result)
        for cloud in self._clouds.values():
            key = cloud.keys["session"]
            # Not even cut off.
            assert key["access_key_secret"][:12] not in told
            assert key["security_token"][:12] not in told
        return result

    # What has happened

    def was_stopped(self, identifier: str) -> bool:
        shown = control(self._url, "GET", f"operations/{identifier}")
        return any(each["stop_accepted_at"] is not None for each in shown.get("instances", [shown]))

    def instances(self, identifier: str) -> list[str]:
        shown = control(self._url, "GET", f"operations/{identifier}")
        return [each["instance_id"] for each in shown.get("instances", [])]

    def stop_calls(self, kind: Kind, expected: int) -> int:
        """As the emulator counts them: a call that hangs once it ends."""
        cloud = self._clouds[kind.provider]

        def counted() -> int:
            return len(cloud.requests(action=kind.adapter.stop_action))

        with contextlib.suppress(AssertionError):
            wait_until(lambda: counted() >= expected, 10)
        return counted()
