# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody sees who runs a playbook with -v and --diff, as Ansible shows it without further settings."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

CANCEL = "cloudops.halt.cloud_invocation_cancel"
INFO = "cloudops.halt.cloud_invocation_info"
CANCEL_MANY = "cloudops.halt.inflight_cancel"
SOON = {"wait_timeout": 20, "wait_interval": 0.1}


def noted(*clouds):
    """The requests so far, as a result tells of them."""
    calls: dict[str, Counter[str]] = {}
    for cloud in clouds:
        for each in cloud.requests():
            calls.setdefault(cloud.provider, Counter())[each["action"]] += 1
    return calls


@pytest.fixture
def watch(ansible):
    """A function that runs one task, and gives what Ansible shows of it and the result in that."""

    def run(module, options):
        playbook = ansible.folder / "playbook.json"
        task = {module: options}
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
        shown = ansible.run("ansible-playbook", "-v", "--diff", str(playbook)).output
        (line,) = re.findall(r"^(?:ok|changed|fatal): \[localhost\].*? => (\{.*\})$", shown, re.MULTILINE)
        return shown, json.loads(line)

    return run


def test_verbose_output_tells_the_calls_and_the_diff_the_states(watch, alibaba, tencent):
    many, few, last = alibaba.run(count=120), tencent.run(count=2), tencent.run(count=1)

    _shown, info = watch(INFO, tencent.connection)
    assert info["calls"] == noted(tencent)
    before = noted(tencent)["tencent"]

    shown, single = watch(CANCEL, {**tencent.connection, **SOON, "invocation_id": last.id})
    assert Counter(single["calls"]["tencent"]) == noted(tencent)["tencent"] - before
    assert single["calls"]["tencent"]["CancelInvocation"] == 1
    assert f"--- before: cloud_invocation {last.id}\n" in shown
    before = noted(tencent)["tencent"]

    shown, bulk = watch(CANCEL_MANY, {**SOON, "targets": [alibaba.target(many), tencent.target(few)]})
    assert Counter(bulk["calls"]["tencent"]) == noted(tencent)["tencent"] - before
    assert bulk["calls"]["alibaba"] == noted(alibaba)["alibaba"]
    assert bulk["summary"]["calls"] == sum(sum(each.values()) for each in bulk["calls"].values())
    changes = re.findall(r"^[-+] +.*", shown, re.MULTILINE)
    assert len(changes) == 4, "one line for each target, before and after"
    assert any("stopped, instances: 120 stopped" in line for line in changes)


def test_verbose_output_tells_the_calls_of_a_failure(watch, tencent):
    shown, result = watch(CANCEL, {**tencent.connection, **SOON, "invocation_id": tencent.words.unknown_id})
    assert result["outcome"] == "not_found" and result["calls"] == noted(tencent)
    assert not re.search(r"[^\n -~]", shown.replace("\t", " ")), "nothing that a terminal would obey"
