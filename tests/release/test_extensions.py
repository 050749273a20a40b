# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The extensions: what Event-Driven Ansible does with an alarm, and the Molecule scenarios of the role."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import jsonschema
import pytest
import yaml

from emulator import Emulator

from ..support.emulated import Cloud
from ..support.processes import marked, wait_until
from .common import BIN, ROOT, environment, run

RULEBOOK = ROOT / "extensions/eda/rulebooks/stop_on_alarm.yml"
SCENARIOS = sorted(path.parent.name for path in (ROOT / "extensions/molecule").glob("*/molecule.yml"))


def java():
    """The major version of Java that is here; 0 if none is."""
    if not shutil.which("java"):
        return 0
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def send(url, body, token):
    """The status of the answer."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_rulebook_is_one(monkeypatch):
    import ansible_rulebook

    schema = json.loads(Path(ansible_rulebook.__path__[0], "schema/ruleset_schema.json").read_text())
    jsonschema.validate(yaml.safe_load(RULEBOOK.read_text()), schema)

    monkeypatch.setattr("ansible_rulebook.conf.settings.ansible_galaxy_path", str(BIN / "ansible-galaxy"))
    from ansible_rulebook.rules_parser import parse_rule_sets

    (rules,) = parse_rule_sets(yaml.safe_load(RULEBOOK.read_text()), {"halt_webhook_token": "EXAMPLETOKEN"})
    (rule,) = rules.rules
    (action,) = rule.actions
    assert (action.action, action.action_args["name"]) == ("run_playbook", "cloudops.halt.stop_on_alarm")
    assert (ROOT / "playbooks/stop_on_alarm.yml").exists()


@pytest.mark.timeout(300)
@pytest.mark.skipif(java() < 17, reason="ansible-rulebook needs Java 17 or newer")
def test_an_alarm_stops_what_was_allowed_and_nothing_else(tmp_path, installed_collections):
    port = free_port()
    with Emulator(started_runs="end", stopping_seconds=0.2) as emulator:
        alibaba = Cloud("alibaba", emulator)
        allowed, other = alibaba.run(name="nightly-cleanup", count=3), alibaba.run(name="payroll")

        def alarm(name, token="EXAMPLETOKEN", status="firing"):
            return send(f"http://127.0.0.1:{port}/", {"status": status, "operation_name": name}, token)

        variables = {
            "halt_webhook_port": port,
            "halt_webhook_token": "EXAMPLETOKEN",
            "halt_allowed_names": "nightly-cleanup, nightly-backup",
            "halt_scopes": f"alibaba/{alibaba.region}",
        }
        (tmp_path / "variables.yml").write_text(yaml.safe_dump(variables))
        (tmp_path / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
        log = tmp_path / "log"
        with log.open("w") as output:
            rulebook = subprocess.Popen(
                [
                    *(str(BIN / "ansible-rulebook"), "--rulebook", "cloudops.halt.stop_on_alarm"),
                    *("--inventory", "inventory.yml", "--vars", "variables.yml"),
                ],
                cwd=tmp_path,
                env=environment(
                    ANSIBLE_COLLECTIONS_PATH=installed_collections,
                    HALT_TEST_MARKER=tmp_path,
                    **alibaba.environment,
                ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:

            def listens():
                assert rulebook.poll() is None, log.read_text()[-4000:]
                with socket.socket() as probe:
                    return probe.connect_ex(("127.0.0.1", port)) == 0

            def refused():
                names = re.findall(r"The alarm names (.*?), which is not in", log.read_text())
                return {name.strip('\\"') for name in names}

            wait_until(listens, 90)
            assert alarm("nightly-cleanup", token="guessed") == 401
            assert alarm("payroll") == 200
            template = f"{{{{ lookup('ansible.builtin.pipe', 'touch {tmp_path}/evaluated') }}}}"
            for hostile in (template, f"nightly-cleanup{template}", [template], {"name": template}, None, 7):
                assert alarm(hostile) == 200
            assert alarm("nightly-cleanup", status="resolved") == 200
            assert [alarm("nightly-cleanup") for _ in range(3)] == [200, 200, 200]
            wait_until(lambda: set(alibaba.statuses(allowed).values()) == {"Terminated"}, 120)
            wait_until(lambda: len(refused()) >= 2)
            assert set(alibaba.statuses(other).values()) == {"Running"}
            assert not (tmp_path / "evaluated").exists()
            assert refused() == {"payroll", "7"}, "what could be a template went nowhere"
            assert len(alibaba.stops()) == 1, "one alarm, however often it was sent"
        finally:
            rulebook.terminate()
            rulebook.wait(30)
            # It leaves playbooks running, in sessions of their own.
            for pid in marked(f"HALT_TEST_MARKER={tmp_path}"):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_molecule_scenario(scenario, tmp_path, installed_collections):
    run(
        *(BIN / "molecule", "test", "--scenario-name", scenario),
        cwd=ROOT,
        env=environment(
            ANSIBLE_COLLECTIONS_PATH=installed_collections,
            ANSIBLE_HOME=tmp_path / ".ansible",
            MOLECULE_EPHEMERAL_DIRECTORY=tmp_path,
        ),
    )
