# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What says the same thing in several places says the same."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .common import ARTEFACT, BIN, GALAXY, ROOT, VERSION, run

CHANGELOG = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text())
README = (ROOT / "README.md").read_text()
INCLUDED = (ROOT / "docs/docsite/rst/whats_included.rst").read_text()


def version(text):
    return tuple(map(int, text.split(".")))


def test_the_version_is_the_newest_of_the_changelog():
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION), "a release, not something before one"
    assert max(CHANGELOG["releases"], key=version) == VERSION
    assert f'<a id="v{VERSION.replace(".", "-")}"></a>' in (ROOT / "CHANGELOG.md").read_text()


def test_every_fragment_is_in_a_release():
    fragments = {path.name for path in (ROOT / "changelogs/fragments").iterdir()}
    released = {name for release in CHANGELOG["releases"].values() for name in release["fragments"]}
    assert fragments == released, "run antsibull-changelog release"


def test_the_changelog_is_as_its_tool_writes_it(tmp_path):
    written = tmp_path / "CHANGELOG.md"
    run(BIN / "antsibull-changelog", "generate", "--output", written, cwd=ROOT)
    assert written.read_text() == (ROOT / "CHANGELOG.md").read_text()


def test_the_artefact_is_this_version_of_this_checkout(installed_collections):
    installed = installed_collections / "ansible_collections" / "cloudops" / "halt"
    manifest = json.loads((installed / "MANIFEST.json").read_text())["collection_info"]
    assert (manifest["namespace"], manifest["name"], manifest["version"]) == ("cloudops", "halt", VERSION)
    shipped = ["README.md", "CHANGELOG.md", "meta/runtime.yml", "roles/bulk_cancel/README.md"]
    shipped += [str(path.relative_to(ROOT)) for path in (ROOT / "plugins").rglob("*.py")]
    assert [name for name in shipped if (installed / name).read_bytes() != (ROOT / name).read_bytes()] == []


def documented():
    """Everything that says since when it is there."""
    files = (path for folder in ("plugins", "roles") for path in (ROOT / folder).rglob("*"))
    for path in (path for path in files if path.suffix in (".py", ".yml")):
        for found in re.findall(r"version_added: *(\S+)", path.read_text()):
            yield str(path.relative_to(ROOT)), found.strip("\"'")


def test_what_is_documented_was_added_in_a_release_of_the_changelog():
    unknown = {(path, added) for path, added in documented() if added not in CHANGELOG["releases"]}
    assert list(documented()) and unknown == set()


def test_the_readme_tells_of_this_version():
    assert ARTEFACT.name in README
    assert set(re.findall(r"cloudops-halt-(\S+?)\.tar\.gz", README)) == {VERSION}


def test_supported_versions_are_those_that_are_tested():
    rows = re.search(r"^VERSIONS \?= (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert rows
    tested = [tuple(row.split("/")) for row in rows.group(1).split()]
    required = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["requires_ansible"]
    oldest = min((core for core, _python in tested), key=lambda core: [int(number) for number in core.split(".")])
    assert required == f">={oldest}.0"
    for core, python in tested:
        assert f"{core} (Python {python})" in README


@pytest.mark.parametrize(("sort", "files"), [("module", "modules/*.py"), ("filter", "filter/*.yml")])
def test_every_plugin_is_in_the_changelog_and_on_the_page_of_what_is_included(sort, files):
    names = {path.stem for path in (ROOT / "plugins").glob(files)}
    changelog = (ROOT / "CHANGELOG.md").read_text().replace("\\", "")
    assert names
    assert [name for name in names if f"cloudops.halt.{name}" not in changelog] == []
    assert [name for name in names if f"`cloudops.halt.{name}#{sort}`" not in INCLUDED] == []


def test_every_playbook_is_on_the_page_of_what_is_included():
    names = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    assert set(re.findall(r"- ``cloudops\.halt\.(\w+)``", INCLUDED)) == names


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 140


def test_every_tool_is_pinned_and_what_users_install_is_not():
    lines = {path.stem: path.read_text().splitlines() for path in (ROOT / "requirements").glob("*.txt")}
    asked = {name: [Requirement(line) for line in lines[name] if line[:1].isalpha()] for name in lines}
    pinned = {each.name: each.specifier for each in asked.pop("lock")}
    open_to_users = {each.name for each in asked.pop("drill")}
    tools = [each for found in asked.values() for each in found]
    assert len(tools) > 20
    assert not open_to_users & set(pinned)
    wrong = [
        str(tool)
        for tool in tools
        if not tool.specifier.contains(str(pinned.get(canonicalize_name(tool.name), "==0")).removeprefix("=="))
    ]
    assert wrong == [], "run 'make update'"


def test_the_tags_are_what_galaxy_takes():
    assert "cloud" in GALAXY["tags"] and len(GALAXY["tags"]) <= 20
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", tag) for tag in GALAXY["tags"])


def test_every_file_says_its_licence():
    silent = [
        name
        for name in run("git", "ls-files", cwd=ROOT).splitlines()
        if name not in ("COPYING", "README.md")
        and (ROOT / name).is_file()
        and not (ROOT / f"{name}.license").exists()
        and "SPDX-License-Identifier: GPL-3.0-or-later" not in (ROOT / name).read_text()[:1000]
    ]
    assert silent == [], silent
