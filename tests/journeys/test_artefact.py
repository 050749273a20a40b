# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed is what a user runs and reads, and nothing else."""

from __future__ import annotations

import json


def test_the_artefact_holds_what_is_used_and_no_tools_or_traces(installed_collections):
    root = installed_collections / "ansible_collections" / "cloudops" / "halt"
    listed = [entry for entry in json.loads((root / "FILES.json").read_text())["files"] if entry["ftype"] == "file"]
    names = {entry["name"] for entry in listed}

    assert {name.partition("/")[0] for name in names} == {
        *("CHANGELOG.md", "CHANGELOG.md.license", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "COPYING", "README.md"),
        *("SECURITY.md", "changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "roles", "tests"),
    }
    assert {name for name in names if name.startswith("tests/")} == {"tests/config.yml"}
    assert "playbooks/files/emulator/__main__.py" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc") or "/." in name]
