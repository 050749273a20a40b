# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fault set up: an emulator for each mode, something of every kind in flight at each, and a bystander beside it."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import urllib.request
from pathlib import Path
from typing import Any

import trustme

from emulator import Emulator

from .expectations import KINDS, MODES, Kind, Row

# The name of a host that cannot be asked for: DNS has room for 253 characters.
NO_NAME = "emulator." * 28 + "invalid"

Options = dict[str, Any]


class Place:
    """One emulator with what goes on there."""

    def __init__(self, row: Row, emulator: Emulator, elsewhere: str) -> None:
        self.url = emulator.url
        self.keys: dict[str, dict[str, dict[str, str]]] = self._control("GET", "keys")
        self.regions = {provider: keys["region"] for provider, keys in emulator.keys.items()}
        self.targets = [self._start(kind) for kind in KINDS]
        self.bystanders = [self._start(kind) for kind in KINDS]
        self._control("PUT", "settings", row.get("settings", {}))
        for order in row.get("orders", []):
            self._order(order, elsewhere)

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data, method=method)
        handlers = (
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl._create_unverified_context()),
        )
        with urllib.request.build_opener(*handlers).open(request, timeout=30) as answer:
            return json.load(answer)

    def _start(self, kind: Kind) -> str:
        # So old that even reads that show the past know it.
        description = {"provider": kind["provider"], "kind": kind["kind"], "age": 3600, **kind["described"]}
        return str(self._control("POST", "operations", description)["id"])

    def _order(self, order: dict[str, Any], elsewhere: str) -> None:
        """Order a fault of one call for each kind, or of any call once for all."""
        fault = {name: value for name, value in order.items() if name != "call"}
        if "location" in fault:
            fault["location"] = elsewhere
        calls = [{"provider": kind["provider"], "action": kind[order["call"]]} for kind in KINDS if "call" in order]
        for call in calls or [{}]:
            self._control("POST", "faults", {**fault, **call})

    def mend(self) -> None:
        self._control("DELETE", "faults")
        self._control("PUT", "settings", {"clock_skew": 0})

    def connection(self, kind: Kind) -> Options:
        # A key with a session token, which can expire.
        provider = kind["provider"]
        return {"provider": provider, "region": self.regions[provider], **self.keys[provider]["session"]}

    def target(self, kind: Kind, identifier: str, endpoint_url: str) -> Options:
        return {**self.connection(kind), "kind": kind["kind"], "id": identifier, "endpoint_url": endpoint_url}

    # What has happened

    def was_stopped(self, identifier: str) -> bool:
        shown = self._control("GET", f"operations/{identifier}")
        return any(each["stop_accepted_at"] is not None for each in shown.get("instances", [shown]))

    def instances(self, identifier: str) -> list[str]:
        return [each["instance_id"] for each in self._control("GET", f"operations/{identifier}").get("instances", [])]

    def stop_calls(self, kind: Kind) -> int:
        return len(self._control("GET", f"requests?provider={kind['provider']}&action={kind['stop']}"))


class Scene:
    """One fault: a host of the inventory, with the tasks' variables."""

    def __init__(self, row: Row, number: int, elsewhere: str, folder: Path, stack: contextlib.ExitStack) -> None:
        self.row = row
        self.host = f"fault{number}"
        self._way_back: Options = {}
        """What the second run needs to find the way."""
        self._options: Options = dict(row["options"])
        settings: Options = {"started_runs": "end", "rate_limit": 0, "stopping_seconds": 0.1}
        if row.get("way") == "authority":
            settings |= self._certificate(folder)
        if row.get("way") == "proxy":
            nobody = stack.enter_context(socket.socket())
            nobody.bind(("127.0.0.1", 0))
            self._options["proxy"] = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        self.ended_at_first: list[bool] = []
        self.places = {mode: Place(row, stack.enter_context(Emulator(**settings)), elsewhere) for mode in MODES}

    def _certificate(self, folder: Path) -> Options:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "authority.pem")
        issued = authority.issue_cert("127.0.0.1")
        issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
        self._way_back["ca_path"] = str(folder / "authority.pem")
        return {"certificate": str(folder / "server.pem")}

    @property
    def variables(self) -> Options:
        """The variables of the tasks; the options of the single modules by mode and number of the kind."""
        urls = {
            mode: f"https://{NO_NAME}" if self.row.get("way") == "name" else place.url
            for mode, place in self.places.items()
        }
        bulk = self.places["bulk"]
        return {
            "ansible_connection": "local",
            "options": self._options,
            "urls": urls,
            "ids": {mode: place.targets for mode, place in self.places.items()},
            "targets": [
                bulk.target(kind, identifier, urls["bulk"])
                for kind, identifier in zip(KINDS, bulk.targets, strict=True)
            ],
            "again": [
                {**place.target(kind, identifier, place.url), **self._way_back}
                for place in self.places.values()
                for kind, identifier in zip(KINDS, place.targets, strict=True)
            ],
        }

    def mend(self) -> None:
        """End the fault, and keep what the first run has stopped, in the order of the second."""
        self.ended_at_first = [place.was_stopped(target) for place in self.places.values() for target in place.targets]
        for place in self.places.values():
            place.mend()

    def __str__(self) -> str:
        return f"{self.row['fault']} {self.row['when']}"
