# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules in this process with the emulator in place of the network, so that a test can change any answer of it.

Time passes only in sleep.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import threading
import typing as t
from collections.abc import Callable
from unittest import mock

from ansible.module_utils import basic
from requests.structures import CaseInsensitiveDict
from werkzeug import Request, Response

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._core.kinds import KINDS
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import sdk as _library
from ansible_collections.cloudops.halt.plugins.module_utils._engine.workers import CALL
from ansible_collections.cloudops.halt.plugins.module_utils._http.reply import decoded_xml
from ansible_collections.cloudops.halt.plugins.module_utils._http.transport import Answer, Call, Transport
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import providers_of
from emulator.app import Application
from emulator.wire import ApiError

from ..support import modules, xml
from ..support.kinds import ADAPTERS, every_kind

Options = dict[str, t.Any]
Change = Callable[[str, t.Any], t.Any]
"""What comes in place of an answer to an action: something else than its body, the bytes themselves, or an error, which
the provider words."""

STOPS = {action for adapter in ADAPTERS.values() for action in adapter.stop_actions}
URL = "http://127.0.0.1"

# More than any run needs here: one that calls so often has no end.
MOST_CALLS = 400
MOST_TEXT = 200_000

# The kind that each module is about.
STOPPING = {each.module: each.kind for each in every_kind()}
READING = {f"{kind}_info": kind for kind in KINDS}
SINGLE = {**STOPPING, **READING}
MODULES = (*SINGLE, "inflight_cancel", "inflight_info")
RUNS = [(name, provider) for name in MODULES for provider in (providers_of(SINGLE[name]) if name in SINGLE else [""])]
"""The modules with the providers of their kind; those that are about all of them with none."""

# What the emulator must be told of each kind.
SCENES: dict[str, Options] = {
    "cloud_invocation": {"count": 2, "name": "nightly"},
    "automation_execution": {"name": "nightly"},
    "image_task": {},
    "stack_group_operation": {"group": "nightly", "accounts": ["1", "2"]},
}


class Cloud:
    """All providers with something in flight of each kind, and the calls that have reached them."""

    def __init__(self, change: Change = lambda action, body: body) -> None:
        self._app = Application(started_runs="end", rate_limit=0, stopping_seconds=0)
        self._change = change
        self._lock = threading.Lock()
        self.keys = {
            each.name: {**each.keys[0].as_dict(), "region": each.default_region} for each in self._app.providers
        }
        self.calls = 0
        self.accepted = 0
        self.late = 0
        """How many calls the last run had left under way."""
        self.ids = {
            f"{kind}/{provider}": self.start(provider, kind=kind, **SCENES[kind]) for kind, provider in ADAPTERS
        }

    def start(self, provider: str, **description: t.Any) -> str:
        """Something in flight, unless the description says otherwise; returns its id."""
        body = {"provider": provider, **description}
        return str(self._ask(Request.from_values("/_emulator/operations", method="POST", json=body)).get_json()["id"])

    def _ask(self, request: Request) -> Response:
        response = self._app.answer(request).response
        assert response is not None
        return response

    def take_log(self) -> list[tuple[str, str]]:
        """Provider and action of the requests that have come since the last time."""
        with self._lock:
            entries = self._app.world.log.entries
            taken = [(entry["provider"], entry["action"]) for entry in entries]
            entries.clear()
        return taken

    def connection(self, provider: str) -> Options:
        keys = {name: value for name, value in self.keys[provider].items() if value is not None}
        return {"provider": provider, "endpoint_url": URL, **keys}

    def target(self, kind: str) -> Options:
        """One of the targets of a task that stops many."""
        name, _, provider = kind.partition("/")
        return {**self.connection(provider), "kind": name, "id": self.ids[kind]}

    def options(self, module: str, provider: str = "") -> Options:
        """Options of a module that are right, and soon done with. If it is about one kind, at the first provider that
        has it, unless another is named."""
        quick = {"wait_timeout": 3, "wait_interval": 1}
        if module in SINGLE:
            kind = SINGLE[module]
            provider = provider or providers_of(kind)[0]
            stop = {**quick, KINDS[kind].id_option: self.ids[f"{kind}/{provider}"]} if module in STOPPING else {}
            return {**self.connection(provider), **stop}
        if module == "inflight_info":
            return {"scopes": [self.connection(provider) for provider in self.keys]}
        return {**quick, "targets": [*map(self.target, self.ids)]}

    def post(self, transport: Transport, call: Call, turn: Callable[[], None]) -> Answer:
        """In place of an exchange over the network."""
        turn()
        prepared = transport._prepare(call)
        request = Request.from_values(
            f"/?{call.query}", base_url=URL, method="POST", headers=dict(prepared.headers), data=call.body
        )
        with self._lock:
            self.calls += 1
            assert self.calls < MOST_CALLS, "there is no end"
            response = self._ask(request)
            asked = self._app.world.log.entries[-1]
            self.accepted += asked["action"] in STOPS and asked["code"] is None
            response = self._changed(request, response, asked)
        return Answer(response.status_code, CaseInsensitiveDict(response.headers.items()), response.get_data())

    def _changed(self, request: Request, response: Response, asked: Options) -> Response:
        """The answer as the test has it changed."""
        content = response.get_data()
        is_json = "json" in str(response.mimetype)
        body = json.loads(content or b"{}") if is_json else decoded_xml(content)
        changed = self._change(asked["action"], body)
        if isinstance(changed, ApiError):
            provider = next(each for each in self._app.providers if each.name == asked["provider"])
            return provider.failure(provider.read(request), changed)
        if isinstance(changed, bytes):
            response.set_data(changed)
        elif changed is not body:
            response.set_data(json.dumps(changed) if is_json else xml.written(changed))
        return response


class Time:
    """Time that passes only in sleep, for all threads together."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._lock = threading.Lock()

    def monotonic(self, _clock: object) -> float:
        return self._now

    def sleep(self, _clock: object, seconds: float) -> None:
        with self._lock:
            self._now += seconds


def spec_of(name: str) -> dict[str, t.Any]:
    """The argument spec of a module, as it gives it to Ansible."""
    module = importlib.import_module(f"ansible_collections.cloudops.halt.plugins.modules.{name}")
    with mock.patch.object(basic.AnsibleModule, "__init__", side_effect=InterruptedError) as made:
        with contextlib.suppress(InterruptedError):
            module.main()
        return t.cast("dict[str, t.Any]", made.call_args.kwargs["argument_spec"])


def run(name: str, options: Options, cloud: Cloud, *, check: bool = False, diff: bool = False) -> Options:
    """The result of a run. What is true of each is checked: it is JSON, it tells of an end, and of no change that
    was not made."""
    time = Time()
    with (
        mock.patch.object(Transport, "post", lambda self, call, deadline, turn: cloud.post(self, call, turn)),
        mock.patch.object(SystemClock, "monotonic", lambda self: time.monotonic(self)),
        mock.patch.object(SystemClock, "sleep", lambda self, seconds: time.sleep(self, seconds)),
        # The vendors' libraries would look for machines and clusters.
        mock.patch.object(_library, "_ask", side_effect=OptionError("no library here.")),
    ):
        try:
            result = modules.run(name, options, check=check, diff=diff)
        finally:
            # What a module has left under way would go on in the next run.
            late = [thread for thread in threading.enumerate() if thread.name == CALL]
            cloud.late = len(late)
            for thread in late:
                thread.join(10)
    assert cloud.calls < MOST_CALLS
    # Ansible repeats the options as they came, figures that JSON does not have among them.
    result.pop("invocation", None)
    text = json.dumps(result, allow_nan=False)
    assert len(text) < MOST_TEXT
    assert "could not be made sense of" not in text, text
    assert result["msg"] or not result["failed"]
    assert not cloud.accepted if check else cloud.accepted or not result.get("changed")
    return result
