# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault, for each kind at each provider, previewed, run and in bulk: what expected.yml says comes true.

A second run follows, without the fault. It must end the work, whatever the first one left behind.
"""

from __future__ import annotations

import contextlib
import socket
from collections import Counter
from itertools import repeat
from operator import ge

import pytest
import trustme

from emulator import Emulator

from ...support.emulated import CANCEL_MANY, Cloud, control
from ...support.modules import run, skip_waits
from ...support.processes import wait_until
from ...support.scripted import serving, tunnel
from . import page
from .expectations import DATA, KINDS, MODES, ROWS, expected

# The name of a host that cannot be asked for: DNS has room for 253 characters.
NO_NAME = "emulator." * 28 + "invalid"


class Scene:
    """An emulator with something of every kind in flight, and a bystander beside each."""

    def __init__(self, emulator):
        self.url = self.endpoint_url = emulator.url
        self.clouds = {kind.provider: Cloud(kind.provider, emulator) for kind in KINDS}
        self.targets = [self._start(kind) for kind in KINDS]
        for kind in KINDS:
            # A bystander.
            self._start(kind)

    def _start(self, kind):
        # So old that even reads that show the past know it.
        return self.clouds[kind.provider].start(kind.kind, age=3600, **kind.described)

    def order(self, call=None, **fault):
        """Order a fault of one call for each kind, or of any call once for all."""
        if call is None:
            control(self.url, "POST", "faults", fault)
            return
        for kind in KINDS:
            look = kind.read_again or kind.read if fault.get("after") else kind.read
            action = look if call == "read" else kind.stop
            self.clouds[kind.provider].fault(action=action, **fault)

    def mend(self):
        """End the fault, a while after what it did to the first run."""
        control(self.url, "DELETE", "faults")
        control(self.url, "PUT", "settings", {"clock_skew": 0})
        control(self.url, "POST", "clock", {"advance": 10})
        self.endpoint_url = self.url

    def stop(self, mode, options):
        """The results of all targets."""
        places = [self._place(kind) for kind in KINDS]
        if mode == "bulk":
            targets = [
                {**place, "kind": kind.kind, "id": target}
                for kind, target, place in zip(KINDS, self.targets, places, strict=True)
            ]
            result = self._run(CANCEL_MANY, {"targets": targets, **options})
            for name in ("changed", "failed"):
                assert result[name] == any(each[name] for each in result["results"])
            return result["results"]
        return [
            self._run(kind.module, {**place, kind.id_option: target, **options}, check=mode == "check")
            for kind, target, place in zip(KINDS, self.targets, places, strict=True)
        ]

    def _place(self, kind):
        # With a session token, which can expire.
        return self.clouds[kind.provider].place("session", endpoint_url=self.endpoint_url)

    def _run(self, module, options, check=False):
        result = run(module, options, check=check)
        for cloud in self.clouds.values():
            for name in ("access_key_secret", "security_token"):
                # Not even cut off.
                assert cloud.keys["session"][name][:12] not in str(result)
        return result

    # What has happened

    def operations(self):
        """Each as the emulator has it, by its id."""
        return {each["id"]: each for each in control(self.url, "GET", "operations")}

    def stop_calls(self):
        """How many have come in, for each kind."""
        asked = Counter((each["provider"], each["action"]) for each in control(self.url, "GET", "requests"))
        return [asked[kind.provider, kind.stop] for kind in KINDS]

    def parts_were_shown(self):
        """Whether a look has come to an answer that has the parts, for each kind where it is a call of its own."""
        answered = [each for each in control(self.url, "GET", "requests") if each["http_status"] == 200]
        return [
            not kind.read_parts
            or any(each["action"] == kind.read_parts and target in each["parameters"].values() for each in answered)
            for kind, target in zip(KINDS, self.targets, strict=True)
        ]


def was_stopped(operation):
    return any(each["stop_accepted_at"] is not None for each in operation.get("instances", [operation]))


def url(listener):
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def certificate(folder):
    """A server's certificate, and the authority that it is from."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return str(folder / "server.pem"), str(folder / "authority.pem")


def observed(row, operation, calls, parts_were_shown, result, cell):
    """One cell as it came out: what is expected of it, and of every cell."""
    error = result.get("error") or {}
    msg = result["msg"]
    seen = {
        "outcome": result["outcome"],
        "changed": result["changed"],
        "failed": result["failed"],
        "ended": was_stopped(operation),
        "calls": calls,
        "code": error.get("code"),
        "class": error.get("class"),
        "says": [words for words in cell.get("says", []) if words in msg],
    }
    shown = [each["instance_id"] for each in result.get("instances", [])]
    # Without any look nobody knows the instances of a whole invocation.
    are_known = result["operation"] and parts_were_shown
    instances = [each["instance_id"] for each in operation.get("instances", [])] if are_known else []
    return {
        **{name: seen[name] for name in cell},
        "is a sentence": "\n" not in msg and msg.endswith("."),
        "is in time": result["summary"]["seconds"] <= row.get("within", 20),
        "has all instances": shown == instances,
    }


ALWAYS = {"is a sentence": True, "is in time": True, "has all instances": True}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['fault']} {row['when']}")
def test_what_is_expected_comes_true_and_a_second_run_ends_the_work(row, mode, tmp_path, monkeypatch):
    settings = {name: value for kind in KINDS for name, value in kind.settings.items()}
    options, options_again = dict(row["options"]), dict(DATA["options"])
    if row.get("way") in ("authority", "tunnel"):
        settings["certificate"], options_again["ca_path"] = certificate(tmp_path)
    with (
        Emulator(rate_limit=0, stopping_seconds=0.1, **settings) as emulator,
        socket.create_server(("127.0.0.1", 0)) as elsewhere,
        socket.socket() as nobody,
        serving(*repeat(tunnel(emulator.url), 99)) as proxy,
    ):
        skip_waits(monkeypatch, emulator)
        scene = Scene(emulator)
        control(scene.url, "PUT", "settings", row.get("settings", {}))
        for order in row.get("orders", []):
            scene.order(**order, **({"location": url(elsewhere)} if order["kind"] == "redirect" else {}))
        if row.get("way") == "name":
            scene.endpoint_url = f"https://{NO_NAME}"
        if row.get("way") == "proxy":
            nobody.bind(("127.0.0.1", 0))
            options["proxy"] = url(nobody)
        if row.get("way") == "tunnel":
            options |= {"proxy": proxy.url, "ca_path": options_again["ca_path"]}

        cells = [expected(row, mode, kind) for kind in KINDS]
        results = scene.stop(mode, options)
        # The emulator counts a call that hangs when it ends.
        with contextlib.suppress(AssertionError):
            wait_until(lambda: all(map(ge, scene.stop_calls(), (cell.get("calls", 0) for cell in cells))), 10)
        calls, shown, found = scene.stop_calls(), scene.parts_were_shown(), scene.operations()
        assert {
            str(kind): observed(row, found[target], *more)
            for kind, target, *more in zip(KINDS, scene.targets, calls, shown, results, cells, strict=True)
        } == {str(kind): {**cell, **ALWAYS} for kind, cell in zip(KINDS, cells, strict=True)}

        scene.mend()
        again = scene.stop("bulk", options_again)
        assert [(each["outcome"], each["changed"], each["failed"]) for each in again] == [
            ("already_finished", False, False) if was_stopped(found[target]) else ("stopped", True, False)
            for target in scene.targets
        ]
        stopped = {target for target, operation in scene.operations().items() if was_stopped(operation)}
        assert stopped == set(scene.targets)
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


def test_the_published_table_says_the_same():
    assert page.PAGE.read_text(encoding="utf-8") == page.written(), "run .venv/bin/python -m tests.modules.faults.page"
