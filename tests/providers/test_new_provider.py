# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider costs one folder each in the collection, the emulator and the tests, and an entry in the register: Acme,
which does not exist, joins a copy of the collection so, and is stopped, searched and put through the matrix. The
documentation speaks of it after make words."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import PLATFORMS

from ..stage import main as stage
from ..support.ansible import Ansible

# One copy for all.
pytestmark = pytest.mark.xdist_group("acme")

ACME = Path(__file__).parents[1] / "acme"
ENTRY = """
def _acme() -> Code:
    from .acme.adapters import ADAPTERS, CLIENT

    return Code(CLIENT, ADAPTERS)

"""
# It comes after those that are there.
CLOUDS = ", ".join(platform.title for platform in PLATFORMS)
BEFORE = f"V({PLATFORMS[-1].region_example}) on {PLATFORMS[-1].title}"
SAID = {
    "README.md": "| Acme | image tasks | Images `Halt` |",
    "docs/docsite/rst/permissions.rst": '"images:Halt", "images:Show"',
    "docs/docsite/rst/start_here.rst": f"what is running on {CLOUDS} and Acme:",
    "plugins/doc_fragments/_connection.py": f"{BEFORE} or V(REGION) on Acme",
    "plugins/modules/image_task_cancel.py": "- V(acme) calls C(Halt) of Acme Images.",
    "plugins/modules/image_task_info.py": ", and on Acme a task",
}
MANY = """
import json, sys
import tests.conftest
from emulator import Emulator
from tests.support.emulated import Cloud
from tests.support.modules import run

with Emulator(stopping_seconds=0.1) as emulator:
    clouds = {name: Cloud(name, emulator) for name in ("acme", "alibaba")}
    ids = {name: cloud.start("image_task") for name, cloud in clouds.items()}
    places = {name: cloud.place() for name, cloud in clouds.items()}
    found = run("inflight_info", {"scopes": list(places.values()), "kinds": ["image_task"]})
    targets = [{**target, **places[target["provider"]]} for target in found["targets"]]
    stopped = run("inflight_cancel", {"targets": targets, "wait_interval": 0.1})
    foreign = run("image_task_cancel", {**places["alibaba"], "task_id": ids["acme"]})
print(json.dumps([
    sorted(target["provider"] for target in found["targets"]),
    [each["outcome"] for each in stopped["results"]], stopped["calls"]["acme"], stopped["request_ids"],
    foreign["msg"],
]))
"""


@pytest.fixture(scope="module")
def joined(tmp_path_factory):
    """A copy of the collection that has Acme, too."""
    folder = tmp_path_factory.mktemp("joined")
    stage(folder)
    copy = folder / "ansible_collections" / "cloudops" / "halt"
    shutil.copytree(ACME / "provider", copy / "plugins" / "module_utils" / "_providers" / "acme")
    shutil.copytree(ACME / "emulator", copy / "playbooks" / "files" / "emulator" / "acme")
    shutil.copytree(ACME / "words", copy / "tests" / "providers" / "acme")
    register = copy / "plugins" / "module_utils" / "_providers" / "register.py"
    text = register.read_text()
    text = text.replace("from .alibaba.platform", "from .acme.platform import ACME\nfrom .alibaba.platform")
    text = text.replace("\n_ENTRIES = (\n", f"{ENTRY}\n_ENTRIES = (\n")
    register.write_text(
        re.sub(r"(_ENTRIES = \(\n(?:    .*\n)+)\)", r'\1    Provider(ACME, ("image_task",), _acme),\n)', text)
    )
    return copy


def run(copy, *command):
    path = (copy, copy / "playbooks" / "files", copy.parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    done = subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_it_goes_through_the_matrix(joined):
    said = run(joined, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "tests/modules/matrix", "-k", "acme")
    (passed,) = re.findall(r"(\d+) passed", said)
    assert int(passed) > 10


def test_it_is_found_and_stopped_beside_others(joined):
    providers, outcomes, calls, request_ids, foreign = json.loads(run(joined, "-c", MANY).splitlines()[-1])
    assert providers == ["acme", "alibaba"]
    assert outcomes == ["stopped", "stopped"]
    assert calls["Halt"] == 1
    assert len(request_ids) == 2 and "acme-request" in request_ids
    assert "is the id of an image task of Acme: use image_task_cancel with provider=acme" in foreign


def test_a_drill_stops_what_runs_there(joined, tmp_path):
    drilled = Ansible(tmp_path, joined.parents[2]).run(
        "ansible-playbook", "cloudops.halt.drill", "-e", json.dumps({"drill_report": str(tmp_path / "report")})
    )
    assert drilled.returncode == 0, drilled.output
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    at_acme = [each for each in report["results"] if each["target"]["provider"] == "acme"]
    assert [each["outcome"] for each in at_acme] == ["stopped"]


def test_the_documentation_speaks_of_it(joined):
    run(joined, "-m", "ansible_collections.cloudops.halt.docs.words")
    for path, words in SAID.items():
        assert words in " ".join((joined / path).read_text().split()), path
    # What the modules take, what they document, and the groups that they are in.
    checks = ("tests/docs/test_words.py", "tests/docs/test_pages.py", "tests/unit/test_documentation.py")
    assert "passed" in run(joined, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *checks)
