# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make ``ansible_collections.cloudops.halt`` importable from a checkout of any folder name, without copying."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import pytest
from ansible.utils.collection_loader import AnsibleCollectionConfig
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

ROOT = Path(__file__).resolve().parent.parent
IN_COLLECTION_TREE = ROOT.parts[-3:] == ("ansible_collections", "cloudops", "halt")


def link_checkout() -> Path:
    """Give the folder that has the checkout as ansible_collections/cloudops/halt."""
    if IN_COLLECTION_TREE:
        return ROOT.parents[2]
    folder = ROOT / "build" / "checkout"
    link = folder / "ansible_collections" / "cloudops" / "halt"
    link.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        link.symlink_to("../../../..")
    return folder


# ansible-test brings its own finder.
if AnsibleCollectionConfig.collection_finder is None:
    _collections = str(link_checkout())
    # pytest-ansible, if it is there, installs a finder of its own for this path.
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = _collections
    _AnsibleCollectionFinder(paths=[_collections])._install()

# The emulator is found by tests as it is by the drill.
sys.path.insert(0, str(ROOT / "playbooks" / "files"))

# Modules run on the Python of the tests, which has the libraries, and not on one that Ansible discovers.
os.environ["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable


@pytest.fixture(scope="session")
def installed_collections() -> Path:
    """The folder with the built and installed collection, to be an ANSIBLE_COLLECTIONS_PATH."""
    folder = ROOT / "build" / "collections"
    if not (folder / "ansible_collections" / "cloudops" / "halt" / "MANIFEST.json").exists():
        pytest.fail("The built collection is missing: run 'make install' first.")
    return folder
