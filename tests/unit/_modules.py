# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole module runs in this process: options in, the exit's JSON out, and the emulator in place of the network."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import tempfile
import threading
import typing as t
from collections.abc import Callable, Iterator
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from werkzeug import Request

from ansible_collections.cloudops.halt.plugins.module_utils import _library
from ansible_collections.cloudops.halt.plugins.module_utils._clock import SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._transport import Answer, Call, Transport
from emulator.alibaba import Alibaba
from emulator.app import Application
from emulator.tencent import Tencent
from emulator.world import Settings, World

Options = dict[str, t.Any]
Change = Callable[[str, t.Any], t.Any]

PLACE = "ansible_collections.cloudops.halt.plugins.modules."
STOPS = ("StopInvocation", "CancelExecution", "CancelTask", "StopStackGroupOperation", "CancelInvocation")
URL = "http://127.0.0.1"

# More than any run needs here: one that calls so often has no end.
MOST_CALLS = 400
MOST_TEXT = 200_000


class Cloud:
    """Both providers with something in flight of each kind, and the calls that have reached them."""

    def __init__(self, change: Change = lambda action, body: body) -> None:
        settings = Settings()
        settings.update({"started_runs": "end", "rate_limit": 0, "stopping_seconds": 0})
        providers = (Alibaba(), Tencent())
        self._app = Application(World(settings), providers)
        self._change = change
        self._lock = threading.Lock()
        self.keys = {each.name: {**each.keys[0].as_dict(), "region": each.default_region} for each in providers}
        self.calls = 0
        self.accepted = 0
        self.ids = {
            "cloud_invocation/alibaba": self.start("alibaba", count=2, name="nightly"),
            "automation_execution/alibaba": self.start("alibaba", kind="automation_execution", name="nightly"),
            "image_task/alibaba": self.start("alibaba", kind="image_task"),
            "stack_group_operation/alibaba": self.start(
                "alibaba", kind="stack_group_operation", group="nightly", accounts=["1", "2"]
            ),
            "cloud_invocation/tencent": self.start("tencent", count=2, name="nightly"),
        }

    def start(self, provider: str, **description: t.Any) -> str:
        """Something in flight, unless the description says otherwise; returns its id."""
        request = Request.from_values(
            "/_emulator/operations", method="POST", json={"provider": provider, **description}
        )
        response = self._app.answer(request).response
        assert response is not None
        return str(json.loads(response.get_data())["id"])

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

    def post(self, transport: Transport, call: Call, deadline: object) -> Answer:
        """In place of an exchange over the network."""
        prepared = transport._prepare(call)
        action = prepared.headers.get("x-acs-action") or prepared.headers["x-tc-action"]
        request = Request.from_values(
            f"/?{call.query}", base_url=URL, method="POST", headers=dict(prepared.headers), data=call.body
        )
        with self._lock:
            self.calls += 1
            assert self.calls < MOST_CALLS, "there is no end"
            response = self._app.answer(request).response
            assert response is not None
            body = json.loads(response.get_data())
            self.accepted += action in STOPS and "Code" not in body and "Error" not in body.get("Response", {})
            changed = self._change(action, body)
        content = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
        return Answer(response.status_code, "application/json", False, content)


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
    module = importlib.import_module(PLACE + name)
    with mock.patch.object(module, "AnsibleModule", side_effect=InterruptedError) as made:
        with contextlib.suppress(InterruptedError):
            module.main()
        return t.cast("dict[str, t.Any]", made.call_args.kwargs["argument_spec"])


@contextlib.contextmanager
def _arguments(options: Options) -> Iterator[None]:
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:
        # Before 2.17.
        with mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()):
            yield
    else:
        with patch_module_args(options):
            yield


def run(name: str, options: Options, cloud: Cloud) -> Options:
    """The result of a run. What is true of each is checked: it is JSON, it tells of an end, and of no change that
    was not made."""
    module = importlib.import_module(PLACE + name)
    time = Time()
    said = io.StringIO()
    warnings._global_warnings.clear()
    with (
        tempfile.TemporaryDirectory() as folder,
        _arguments({**options, "_ansible_tmpdir": folder}),
        mock.patch.object(Transport, "post", lambda self, call, deadline: cloud.post(self, call, deadline)),
        mock.patch.object(SystemClock, "monotonic", lambda self: time.monotonic(self)),
        mock.patch.object(SystemClock, "sleep", lambda self, seconds: time.sleep(self, seconds)),
        # The vendors' libraries would look for machines and clusters.
        mock.patch.object(_library, "_ask", side_effect=OptionError("no library here.")),
        mock.patch.object(basic.AnsibleModule, "log"),
        contextlib.redirect_stdout(said),
        # In a process that has loaded all of Ansible, warnings are shown, too.
        contextlib.redirect_stderr(io.StringIO()),
    ):
        try:
            module.main()
            raise AssertionError("the module did not exit")
        except SystemExit as end:
            code = end.code
    assert cloud.calls < MOST_CALLS
    result = json.loads(said.getvalue())
    # Ansible repeats the options as they came, figures that JSON does not have among them.
    result.pop("invocation", None)
    assert len(json.dumps(result, allow_nan=False)) < MOST_TEXT
    assert (code != 0) == bool(result.get("failed"))
    assert "Traceback" not in said.getvalue()
    assert "could not be made sense of" not in said.getvalue(), said.getvalue()
    if result.get("failed"):
        assert result["msg"]
    if not options.get("_ansible_check_mode"):
        assert not result.get("changed") or cloud.accepted
    else:
        assert not cloud.accepted
    return t.cast(Options, result)
