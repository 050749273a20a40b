# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in a process of its own, and what is asked of it from outside."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.providers import NAMES

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    """How the emulated providers behave while something is measured."""

    latency: float = 0.0
    """Seconds before each answer."""
    rate: int = 0
    """Calls a second of one action that are let through; 0 for any number."""
    stopping: float = 0.0
    """Seconds from the acceptance of a stop to the end of what is stopped."""
    embedded: int | None = None
    """Instances that the list inside of an invocation shows; None for all."""


# Its collections would take longer than all that it is asked for, once it holds 100,000 instances.
_EMULATOR = "import gc, sys; gc.disable(); from emulator.__main__ import main; sys.exit(main())"
_SETTINGS = ("--port", "0", "--started-runs", "end", "--rate-limit", "0")


class Cloud:
    """Use it as a context manager: the process lives as long."""

    def __init__(self, *settings: str, context: ssl.SSLContext | None = None) -> None:
        """With the emulator's own C(settings), and a C(context) that trusts it if they are of TLS."""
        self._settings = settings
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def __enter__(self) -> Cloud:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _EMULATOR, *_SETTINGS, *self._settings],
            env={**os.environ, "PYTHONPATH": str(ROOT / "playbooks" / "files")},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        told = json.loads(self._process.stdout.readline())
        self.url: str = told["url"]
        self._keys = {provider: told[provider] for provider in NAMES}
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.terminate()
        self._process.wait()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data, method=method)
        with self._opener.open(request, timeout=120) as answer:
            return json.load(answer)

    def begin(self, setting: Setting) -> None:
        """A new world."""
        self.ask("POST", "reset")
        settings = {
            "rate_limit": setting.rate,
            "stopping_seconds": setting.stopping,
            "embedded_instances": setting.embedded,
            "ros_pairs_in_flight": "cut",
        }
        self.ask("PUT", "settings", settings)
        if setting.latency:
            self.ask("POST", "faults", {"kind": "latency", "seconds": setting.latency, "times": None})

    def start(self, operation: dict[str, Any]) -> None:
        """Something in flight that ends only by a stop."""
        self.ask("POST", "operations", operation)

    def statuses(self, operation_id: str) -> set[str]:
        """Of its instances, or else of the whole."""
        shown = self.ask("GET", f"operations/{operation_id}")
        return {part["status"] for part in shown.get("instances") or [shown]}

    def calls(self) -> Counter[str]:
        """The calls since the world began, by the provider's name of the call."""
        return Counter(each["action"] for each in self.ask("GET", "requests"))

    def arrivals(self, action: str = "") -> list[float]:
        """When the calls of one action, or of all, arrived since the world began; in seconds since 1970."""
        return sorted(each["time"] for each in self.ask("GET", f"requests?action={action}" if action else "requests"))

    def connection(self, provider: str) -> dict[str, str]:
        """The options that lead a module here."""
        keys = self._keys[provider]
        names = ("region", "access_key_id", "access_key_secret")
        return {"provider": provider, "endpoint_url": self.url, **{name: keys[name] for name in names}}
