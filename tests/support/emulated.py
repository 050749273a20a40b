# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One way to set a scene at a running emulator, to ask what has happened there, and to write tasks against it."""

from __future__ import annotations

import json
import ssl
import urllib.request
from dataclasses import dataclass
from typing import Any

from emulator import Emulator

from .providers import words

CANCEL = "cloudops.halt.cloud_invocation_cancel"
INFO = "cloudops.halt.cloud_invocation_info"
CANCEL_MANY = "cloudops.halt.inflight_cancel"
INFO_MANY = "cloudops.halt.inflight_info"


Task = dict[str, Any]


def cancel_many(*targets: Task | str, keywords: Any = None, **options: Any) -> Task:
    """A task that stops these targets, soon done unless the options say otherwise."""
    quick = {"wait_timeout": 20, "wait_interval": 0.1, "retries": 2}
    return {CANCEL_MANY: {**quick, "targets": targets, **options}, **(keywords or {})}


_OPENER = urllib.request.build_opener(
    urllib.request.ProxyHandler({}),
    urllib.request.HTTPSHandler(context=ssl._create_unverified_context()),
)


def control(url: str, method: str, path: str, body: Any = None) -> Any:
    """Ask the control interface of the emulator at this address."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/_emulator/{path}", data, method=method)
    with _OPENER.open(request, timeout=30) as answer:
        return json.load(answer)


@dataclass(frozen=True)
class Command:
    """An invocation that the emulator runs."""

    id: str
    instance_ids: list[str]


class Cloud:
    """One provider of an emulator: sets the scene over the control interface, and tells what has been asked of it."""

    def __init__(self, provider: str, emulator: Emulator) -> None:
        self.provider = provider
        self.words = words(provider)
        self.url = emulator.url
        self.keys: dict[str, dict[str, str]] = self._control("GET", "keys")[provider]
        self.region = emulator.keys[provider]["region"]

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        return control(self.url, method, path, body)

    # Setting the scene

    def run(self, **description: Any) -> Command:
        """Start a command, on one instance unless said otherwise."""
        if not {"count", "instances"} & set(description):
            description["count"] = 1
        made = self._control("POST", "operations", {"provider": self.provider, **description})
        return Command(made["id"], made["instance_ids"])

    def start(self, kind: str, **description: Any) -> str:
        """Something of another kind in flight; returns its id."""
        made = self._control("POST", "operations", {"provider": self.provider, "kind": kind, **description})
        return str(made["id"])

    def run_in_states(self, *statuses: str, **description: Any) -> Command:
        """A command with one instance in each of these statuses."""
        form = self.words.instance_id
        instances = [{"instance_id": form.format(number), "status": status} for number, status in enumerate(statuses)]
        return self.run(instances=instances, **description)

    def settings(self, **changes: Any) -> None:
        self._control("PUT", "settings", changes)

    def fault(self, kind: str, **details: Any) -> None:
        self._control("POST", "faults", {"kind": kind, "provider": self.provider, **details})

    def finish(self, command: Command, status: str) -> None:
        self._control("POST", f"operations/{command.id}/finish", {"status": status})

    # What has happened

    def statuses(self, command: Command) -> dict[str, str]:
        shown = self._control("GET", f"operations/{command.id}")
        return {each["instance_id"]: each["status"] for each in shown["instances"]}

    def status(self, operation_id: str) -> str:
        """The overall status of an operation of any kind."""
        return str(self._control("GET", f"operations/{operation_id}")["status"])

    def requests(self, about: Command | None = None, action: str | None = None) -> list[dict[str, Any]]:
        """The requests so far, in order: all of them, or those that name a command."""
        asked = self._control("GET", f"requests?provider={self.provider}" + (f"&action={action}" if action else ""))
        return [each for each in asked if about is None or about.id in json.dumps(each["parameters"])]

    def stops(self, about: Command | None = None) -> list[dict[str, Any]]:
        return self.requests(about, self.words.stop)

    # Tasks

    @property
    def connection(self) -> dict[str, Any]:
        return {
            "provider": self.provider,
            "region": self.region,
            "endpoint_url": self.url,
            **self.keys["default"],
        }

    @property
    def environment(self) -> dict[str, str]:
        """Keys and address, as a user exports them. A region is not among them."""
        connection = self.connection
        return {
            variable: connection[option]
            for option, variable in self.words.env.items()
            if option != "region" and option in connection
        }

    def place(self, key: str = "default", **more: Any) -> dict[str, Any]:
        """A scope, or where a target is, with keys of its own. An option given as None is left out."""
        whole = {**self.connection, **self.keys[key], **more}
        return {name: value for name, value in whole.items() if value is not None}

    def target(self, target: Command | str, kind: str = "cloud_invocation", **more: Any) -> dict[str, Any]:
        """One of the targets of a task that stops many."""
        return self.place(kind=kind, id=target.id if isinstance(target, Command) else target, **more)

    def cancel(self, target: Command | str, keywords: Task | None = None, **options: Any) -> Task:
        """A task that stops, soon done unless the options say otherwise. An option given as None is left out."""
        quick = {"wait_timeout": 20, "wait_interval": 0.1, "retries": 2}
        given = {"invocation_id": target.id if isinstance(target, Command) else target}
        return self._task(CANCEL, {**quick, **given, **options}, keywords)

    def info(self, keywords: Task | None = None, **options: Any) -> Task:
        return self._task(INFO, {"retries": 2, **options}, keywords)

    def _task(self, module: str, options: dict[str, Any], keywords: Task | None) -> Task:
        given = {name: value for name, value in {**self.connection, **options}.items() if value is not None}
        return {module: given, **(keywords or {})}
