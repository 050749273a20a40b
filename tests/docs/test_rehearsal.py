# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rehearsal for teams: each act goes as its page says, command by command."""

from __future__ import annotations

import json
import re

import pytest
import requests

from ..support import modules
from ..support.ansible import Ansible
from ..support.emulated import CANCEL, INFO_MANY
from ..support.processes import wait_until
from ..support.results import ids
from .blocks import PAGES, ROOT, blocks_of

SCRIPT = ROOT / "playbooks" / "files" / "rehearsal.py"
COMMANDS = [
    words
    for block in blocks_of(next(path for path in PAGES if path.stem == "rehearse"))
    for words in block.commands
    if words[0] != "source"
]
BEGINNINGS = [
    number for number, words in enumerate(COMMANDS) if re.fullmatch("act=(?!review|outside_help|end).*", words[-1])
]
# What each command exits with, in the order of the page.
RUNAWAY = {"runaway": [0, 0, 2, 0, 0]}
ACTS = {**RUNAWAY, "goes_on": [0, 2, 2, 0, 0], "dead_region": [0, 2, 2, 0, 0, 0, 0]}


@pytest.fixture
def run(tmp_path, installed_collections):
    """Runs a command of the page. The playbook of the rehearsal runs in the first act; in the others, what it calls."""
    ansible = Ansible(tmp_path, installed_collections)
    stage = tmp_path / "halt-rehearsal"

    def run(words, *, directly=False):
        exported = (stage / "environment.sh").read_text() if (stage / "environment.sh").exists() else ""
        environment = {"PWD": str(tmp_path), **dict(re.findall(r"export (\w+)=(.*)", exported))}
        if "cloudops.halt.panic_button" in words:
            return ansible.in_workers(*words[1:], environment={**environment, "REAL_TIME": "yes"})
        if directly:
            return ansible.run(
                "python", str(SCRIPT), words[-1].removeprefix("act="), stage.name, environment=environment
            )
        return ansible.run(*words, environment=environment)

    yield run
    run(["ansible-playbook", "cloudops.halt.rehearse", "-e", "act=end"], directly=True)
    assert not (stage / "stage.json").exists()


def test_the_page_has_these_acts():
    assert [COMMANDS[number][-1] for number in BEGINNINGS] == [f"act={act}" for act in ACTS]


@pytest.mark.parametrize("act", ACTS)
def test_an_act_goes_as_the_page_says(run, act):
    begin = BEGINNINGS[list(ACTS).index(act)]
    commands = COMMANDS[begin : begin + len(ACTS[act])]
    assert begin + len(commands) in (*BEGINNINGS, len(COMMANDS))

    done = [run(words, directly=act not in RUNAWAY) for words in commands]

    told = "\n".join(each.stdout + each.stderr for each in done)
    codes = [each.returncode and 2 for each in done]
    assert codes == ACTS[act], told
    reviews = [each.stdout for each, words in zip(done, commands, strict=True) if words[-1] == "act=review"]
    assert ("Still running: nightly-cleanup" in reviews[0]) == (act not in RUNAWAY), told
    assert "Still running" not in reviews[-1] and "First stop accepted after" in reviews[-1], told


def answers(url):
    try:
        return requests.get(url, timeout=10) is not None
    except requests.ConnectionError:
        return False


def test_a_review_names_what_was_stopped_by_mistake(run, tmp_path):
    def rehearse(act):
        return run(["ansible-playbook", "cloudops.halt.rehearse", "-e", f"act={act}"], directly=True)

    assert rehearse("review").stderr.startswith("No act is in progress in halt-rehearsal. Start one: runaway,")
    assert "none of runaway, goes_on, dead_region, review, outside_help and end" in rehearse("walk").stderr
    assert rehearse("runaway").returncode == 0
    url = json.loads((tmp_path / "halt-rehearsal" / "stage.json").read_text())["url"]
    assert rehearse("runaway").returncode == 0
    wait_until(lambda: not answers(url))
    exported = (tmp_path / "halt-rehearsal" / "environment.sh").read_text()
    environment = dict(re.findall(r"export (\w+)=(.*)", exported))
    selection = {"scopes": "alibaba/cn-hangzhou", "kinds": ["cloud_invocation"], "name": ["nightly-backup"]}
    (wrong,) = ids(modules.run(INFO_MANY, selection, environment=environment))
    stop = {"provider": "alibaba", "invocation_id": wrong, "wait": False}
    assert modules.run(CANCEL, stop, environment=environment)["outcome"] == "stop_requested"

    review = rehearse("review")

    assert review.returncode == 1
    assert f"Stopped by mistake: nightly-backup {wrong} (alibaba/cn-hangzhou)" in review.stdout
    assert review.stdout.count("Still running: nightly-cleanup") == 3
