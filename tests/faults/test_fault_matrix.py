# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault, for each kind at each provider, previewed, run and in bulk: what expected.yml says comes true.

The faults of a section are the hosts of one run of Ansible, and each cell is a task. A second run follows, without the
faults. It must end the work, whatever the first one left behind.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest

from ..support.ansible import Ansible
from ..unit._wire import reply, serving
from . import page
from .expectations import DATA, KINDS, MODES, ROWS, expected
from .scene import Scene

CANCEL_MANY = "cloudops.halt.inflight_cancel"
CONNECTION = ("provider", "region", "access_key_id", "access_key_secret", "security_token")
SECRETS = re.compile(r"emulator-\w+-secret-\w+|CAISemulator|emulator-session-token")


def single(kind, number, mode):
    """The task of one kind. Its key and region are the same at every emulator."""
    return {
        f"cloudops.halt.{kind['module']}": {
            "endpoint_url": f"{{{{ urls.{mode} }}}}",
            kind["id_option"]: f"{{{{ ids.{mode}[{number}] }}}}",
            **{name: f"{{{{ targets[{number}].{name} }}}}" for name in CONNECTION},
        },
        "check_mode": mode == "check",
    }


FIRST = [
    *(single(kind, number, mode) for mode in ("check", "run") for number, kind in enumerate(KINDS)),
    {CANCEL_MANY: {"targets": "{{ targets }}"}},
]
SECOND = [{CANCEL_MANY: {"targets": "{{ again }}"}}]

# So few in one run that it ends in time on a busy machine.
GROUPS = [ROWS[start : start + 3] for start in range(0, len(ROWS), 3)]


def play(ansible, scenes, tasks, options):
    """Run these tasks on all hosts side by side; returns the results of each host, in the order of the tasks."""
    inventory = {"all": {"hosts": {scene.host: scene.variables for scene in scenes}}}
    (ansible.folder / "inventory.json").write_text(json.dumps(inventory))
    book = {
        "hosts": "all",
        "gather_facts": False,
        "strategy": "free",
        "module_defaults": {"group/cloudops.halt.all": options},
        "tasks": [{**task, "ignore_errors": True} for task in tasks],
    }
    (ansible.folder / "play.json").write_text(json.dumps([book]))
    environment = {"ANSIBLE_STDOUT_CALLBACK": "minimal", "ANSIBLE_PIPELINING": "true", "ANSIBLE_FORKS": "3"}
    run = ansible.run("ansible-playbook", "-i", "inventory.json", "play.json", environment=environment)
    results: dict[str, list[dict[str, Any]]] = {scene.host: [] for scene in scenes}
    for answer in re.finditer(r"^(\w+) \| ([A-Z]+)!? => (?=\{)", run.stdout, re.MULTILINE):
        result, _ = json.JSONDecoder().raw_decode(run.stdout, answer.end())
        results[answer[1]].append({**result, "failed": answer[2] == "FAILED"})
    assert {host: len(found) for host, found in results.items()} == {scene.host: len(tasks) for scene in scenes}, (
        run.output
    )
    assert "Traceback" not in run.output
    assert not SECRETS.search(run.output)
    return results


def cells(scene, results):
    """Each cell of a fault with its result."""
    count = len(KINDS)
    by_mode = {"check": results[:count], "run": results[count : 2 * count], "bulk": results[-1]["results"]}
    for mode in MODES:
        for kind, target, result in zip(KINDS, scene.places[mode].targets, by_mode[mode], strict=True):
            yield mode, kind, target, result


def differences(scene, mode, kind, target, result):
    """What one cell has otherwise than expected."""
    cell, place = expected(scene.row, mode, kind), scene.places[mode]
    error = result.get("error") or {}
    seen = {
        "outcome": result["outcome"],
        "changed": result["changed"],
        "failed": result["failed"],
        "ended": place.was_stopped(target),
        "calls": place.stop_calls(kind),
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
    if result["summary"]["seconds"] > scene.row.get("within", 20):
        yield f"took {result['summary']['seconds']} seconds"
    shown = [each["instance_id"] for each in result.get("instances", [])]
    # Without any look nobody knows the instances of a whole invocation.
    if shown != (place.instances(target) if result["operation"] else []):
        yield f"instances {shown}"


def second_differences(scene, results):
    """What the second run has left, or has done to what had ended or was not asked for."""
    for ended, result in zip(scene.ended_at_first, results[0]["results"], strict=True):
        outcomes = ("already_finished", "stopped") if ended else ("stopped",)
        if result["failed"] or result["changed"] == ended or result["outcome"] not in outcomes:
            yield f"second run: {result['msg']}"
    for place in scene.places.values():
        yield from (f"{target} was not stopped" for target in place.targets if not place.was_stopped(target))
        yield from (f"{target} was stopped" for target in place.bystanders if place.was_stopped(target))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("rows", GROUPS, ids=lambda rows: " & ".join(dict.fromkeys(row["fault"] for row in rows)))
def test_what_is_expected_comes_true_and_a_second_run_ends_the_work(rows, tmp_path, installed_collections):
    ansible = Ansible(tmp_path, installed_collections)
    wrong = []
    with contextlib.ExitStack() as stack:
        elsewhere = stack.enter_context(serving(reply({})))
        scenes = [Scene(row, number, elsewhere.url, tmp_path, stack) for number, row in enumerate(rows)]
        first = play(ansible, scenes, FIRST, "{{ options }}")
        for scene in scenes:
            for mode, kind, target, result in cells(scene, first[scene.host]):
                found = list(differences(scene, mode, kind, target, result))
                if found:
                    wrong.append(f"{scene}: {mode}: {kind['provider']} {kind['kind']}: {found}: {result['msg']}")
            bulk = first[scene.host][-1]
            if bulk["changed"] != any(each["changed"] for each in bulk["results"]):
                wrong.append(f"{scene}: bulk: changed is {bulk['changed']}")
            scene.mend()

        second = play(ansible, scenes, SECOND, DATA["options"])
        for scene in scenes:
            wrong += [f"{scene}: {difference}" for difference in second_differences(scene, second[scene.host])]
        assert elsewhere.received == []
    assert not wrong, "\n".join(wrong)


def test_the_published_table_says_the_same():
    assert page.PAGE.read_text(encoding="utf-8") == page.written(), "run .venv/bin/python -m tests.faults.page"
