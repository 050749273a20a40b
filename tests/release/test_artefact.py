# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artefact in the hands of those who take it: pip and ansible-galaxy, Galaxy, and builders of environments."""

from __future__ import annotations

import re
import shutil
import sys

import yaml

from .common import ARTEFACT, BIN, ROOT, environment, run

# Galaxy asks for the address of a repository. There is none yet, so that the importer sees one that cannot be.
REPOSITORY = "https://repository.example.org/cloudops/halt"


def test_it_works_in_an_environment_with_ansible_core_and_requests_alone(tmp_path):
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", venv)
    run(venv / "bin/pip", "install", "--quiet", "ansible-core>=2.16,<2.22", "requests")
    alone = environment(HOME=tmp_path, ANSIBLE_COLLECTIONS_PATH=tmp_path, ANSIBLE_HOME=tmp_path / ".ansible")
    run(venv / "bin/ansible-galaxy", "collection", "install", "--offline", ARTEFACT, "-p", tmp_path, env=alone)

    listed = run(venv / "bin/ansible-doc", "-l", "cloudops.halt", env=alone)
    names = {line.split()[0] for line in listed.splitlines() if line.startswith("cloudops.halt.")}
    assert names == {f"cloudops.halt.{path.stem}" for path in (ROOT / "plugins/modules").glob("*.py")}
    shown = run(venv / "bin/ansible-doc", *sorted(names), env=alone)
    assert len(re.findall("^EXAMPLES:", shown, re.MULTILINE)) == len(names)
    assert "bulk_cancel_targets" in run(venv / "bin/ansible-doc", "-t", "role", "cloudops.halt.bulk_cancel", env=alone)

    # The libraries are there, and a key is not. Nothing is called.
    asked = [
        *(venv / "bin/ansible", "localhost", "-e", f"ansible_python_interpreter={venv}/bin/python"),
        *("-m", "cloudops.halt.cloud_invocation_info", "-a", "provider=tencent region=ap-guangzhou credentials=static"),
    ]
    said = run("/bin/sh", "-c", '"$@" || true', "-", *asked, env=alone)
    assert "access_key_id is missing" in said


def test_galaxy_imports_it_without_a_warning(tmp_path):
    run(sys.executable, ROOT / "tests/stage.py", tmp_path)
    staged = tmp_path / "ansible_collections/cloudops/halt"
    with (staged / "galaxy.yml").open("a") as galaxy:
        galaxy.write(f"repository: {REPOSITORY}\n")
    run(BIN / "ansible-galaxy", "collection", "build", "--output-path", tmp_path, staged, env=environment())

    said = run(
        *(sys.executable, "-m", "galaxy_importer.main", tmp_path / ARTEFACT.name),
        cwd=tmp_path,
        env=environment(HOME=tmp_path, ANSIBLE_HOME=tmp_path / ".ansible"),
    )

    assert "Importer processing completed successfully" in said
    assert "ansible-lint run complete" in said, said
    assert [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))] == []


def test_builders_of_execution_environments_find_what_it_needs(tmp_path, installed_collections):
    found = run(BIN / "ansible-builder", "introspect", installed_collections, env=environment())
    assert "requests" in found and "cloudops.halt" in found

    shutil.copy(ARTEFACT, tmp_path)
    description = {
        "version": 3,
        "images": {"base_image": {"name": "registry.example.org/ee-minimal:latest"}},
        "dependencies": {"galaxy": {"collections": [{"name": ARTEFACT.name, "type": "file"}]}},
    }
    (tmp_path / "execution-environment.yml").write_text(yaml.safe_dump(description))
    run(BIN / "ansible-builder", "create", cwd=tmp_path, env=environment())
    assert (tmp_path / "context" / "_build" / "requirements.yml").exists()
