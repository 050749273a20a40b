# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault, for each kind at each provider, previewed, run and in bulk: what expected.yml says comes true.

A second run follows, without the fault. It must end the work, whatever the first one left behind.
"""

from __future__ import annotations

import contextlib
import socket

import pytest
import trustme

from emulator import Emulator

from ...support.modules import skip_waits
from . import page
from .expectations import DATA, KINDS, MODES, ROWS, expected
from .scene import Scene

# The name of a host that cannot be asked for: DNS has room for 253 characters.
NO_NAME = "emulator." * 28 + "invalid"


def certificate(folder):
    """A server's certificate that nobody knows, and the authority that it is from."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    return str(folder / "server.pem"), str(folder / "authority.pem")


def differences(scene, row, mode, kind, target, result):
    """What one cell has otherwise than expected."""
    cell = expected(row, mode, kind)
    error = result.get("error") or {}
    seen = {
        "outcome": result["outcome"],
        "changed": result["changed"],
        "failed": result["failed"],
        "ended": scene.was_stopped(target),
        "calls": scene.stop_calls(kind, cell.get("calls", 0)),
        "code": error.get("code"),
        "class": error.get("class"),
    }
    for name, value in seen.items():
        if name in cell and value != cell[name]:
            yield f"{name} is {value!r}, not {cell[name]!r}"
    msg = result["msg"]
    for words in cell.get("says", []):
        if words not in msg:
            yield f"nothing of {words!r}"
    if "\n" in msg or not msg.endswith("."):
        yield "not a sentence"
    if result["summary"]["seconds"] > row.get("within", 20):
        yield f"took {result['summary']['seconds']} seconds"
    shown = [each["instance_id"] for each in result.get("instances", [])]
    # Without any look nobody knows the instances of a whole invocation.
    if shown != (scene.instances(target) if result["operation"] else []):
        yield f"instances {shown}"


def second_differences(scene, ended_at_first, results):
    """What the second run has left, or has done to what had ended or was not asked for."""
    for ended, result in zip(ended_at_first, results, strict=True):
        outcomes = ("already_finished", "stopped") if ended else ("stopped",)
        if result["failed"] or result["changed"] == ended or result["outcome"] not in outcomes:
            yield f"second run: {result['msg']}"
    yield from (f"{target} was not stopped" for target in scene.targets if not scene.was_stopped(target))
    yield from (f"{target} was stopped" for target in scene.bystanders if scene.was_stopped(target))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['fault']} {row['when']}")
def test_what_is_expected_comes_true_and_a_second_run_ends_the_work(row, mode, tmp_path, monkeypatch):
    settings = {name: value for kind in KINDS for name, value in kind.settings.items()}
    options, way_back = dict(row["options"]), {}
    if row.get("way") == "authority":
        settings["certificate"], way_back["ca_path"] = certificate(tmp_path)
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(Emulator(rate_limit=0, stopping_seconds=0.1, **settings))
        skip_waits(monkeypatch, emulator)
        scene = Scene(emulator)
        scene.settings(**row.get("settings", {}))
        elsewhere = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        for order in row.get("orders", []):
            location = {"location": f"http://127.0.0.1:{elsewhere.getsockname()[1]}"} if "location" in order else {}
            scene.order({**order, **location})
        if row.get("way") == "name":
            scene.endpoint_url = f"https://{NO_NAME}"
        if row.get("way") == "proxy":
            nobody = stack.enter_context(socket.socket())
            nobody.bind(("127.0.0.1", 0))
            options["proxy"] = f"http://127.0.0.1:{nobody.getsockname()[1]}"

        first = scene.bulk(options) if mode == "bulk" else scene.single(mode, options)
        wrong = []
        for kind, target, result in zip(KINDS, scene.targets, first, strict=True):
            found = list(differences(scene, row, mode, kind, target, result))
            if found:
                wrong.append(f"{kind}: {found}: {result['msg']}")
        ended_at_first = [scene.was_stopped(target) for target in scene.targets]
        scene.mend()
        second = scene.bulk({**DATA["options"], **way_back})
        wrong += second_differences(scene, ended_at_first, second)

        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
    assert not wrong, "\n".join(wrong)


def test_the_published_table_says_the_same():
    assert page.PAGE.read_text(encoding="utf-8") == page.written(), "run .venv/bin/python -m tests.modules.faults.page"
