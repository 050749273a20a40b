# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The providers and the layers of the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.kinds import KINDS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import ALIASES, PROVIDERS

from ..support.provider_words import places_of

ROOT = Path(__file__).parents[2]
UTILS = ROOT / "plugins" / "module_utils"
# What each layer may import, beside itself. A provider's folder is a layer of its own, below the register.
BELOW = {
    "_core": set(),
    "_engine": {"_core"},
    "_credentials": {"_core"},
    "_http": {"_core", "_credentials"},
    "_providers": {"_core", "_credentials", "_http"},
    "_module": {"_core", "_engine", "_credentials", "_http", "_providers"},
    "_role": {"_core", "_module"},
}
FILES = sorted(path.relative_to(UTILS) for path in UTILS.rglob("*.py"))


@pytest.mark.parametrize("name", PROVIDERS)
def test_an_entry_says_what_its_code_has(name):
    entry = PROVIDERS[name]
    adapters = entry.load().adapters
    assert sorted(adapter.kind for adapter in adapters) == sorted(entry.kinds)
    assert {adapter.provider for adapter in adapters} == {name}
    assert set(entry.kinds) <= set(KINDS)
    assert entry.platform.own_host.groupindex.keys() == {"service", "region"}


def test_nobody_is_called_by_two_names():
    assert not ALIASES.keys() & PROVIDERS.keys()
    assert len(ALIASES) == sum(len(entry.platform.aliases) for entry in PROVIDERS.values())


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_code_of_a_provider_is_imported_when_it_is_used(name):
    code = (
        "import sys, tests.conftest\n"
        "from ansible_collections.cloudops.halt.plugins.module_utils._module import many_cancel, many_info\n"
        "from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import PROVIDERS\n"
        f"PROVIDERS[{name!r}].load()\n"
        "print({name.split('_providers.')[1].split('.')[0] for name in sys.modules if name.endswith('.client')"
        " and '_providers.' in name})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr({name})


# By file. Twelve places are the most that the collection may have beside the folders of the providers.
ALLOWED = {
    "module_utils/_providers/register.py": 5,
    # The action group of each.
    "meta/runtime.yml": len(PROVIDERS),
    "roles/bulk_cancel/meta/argument_specs.yml": 2,
}


def test_no_provider_is_named_outside_its_folder():
    """Documentation counts where it is not generated, but for examples; so do the texts of the role."""
    files = [path for path in (ROOT / "plugins").rglob("*.py") if "_providers" not in path.parent.parent.name]
    files += [*(ROOT / "plugins").rglob("*.yml"), ROOT / "meta" / "runtime.yml", *(ROOT / "roles").rglob("*.yml")]
    found = [place for path in sorted(files) for place in places_of(code_of(path), path.relative_to(ROOT))]
    assert Counter(place.partition(":")[0].removeprefix("plugins/") for place in found) == ALLOWED, "\n".join(found)
    assert sum(ALLOWED.values()) <= 12


def code_of(path):
    """A file without what is documentation."""
    return re.sub(r'(?sm)^(DOCUMENTATION|EXAMPLES|RETURN|    [A-Z_]+) = r""".*?"""', "", path.read_text())


def imports_of(path):
    """The modules of module_utils that a file imports, as paths, wherever in the file, for type checkers too."""
    for node in ast.walk(ast.parse((UTILS / path).read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            assert "module_utils._" not in ast.dump(node) or not isinstance(node, (ast.Import, ast.ImportFrom)), path
            continue
        folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
        for name in node.names:
            inner = folder / f"{name.name}.py"
            yield inner if (UTILS / inner).exists() else folder.with_suffix(".py")


@pytest.mark.parametrize("path", FILES, ids=str)
def test_arrows_point_only_downwards(path):
    layer = path.parts[0]
    for imported in imports_of(path):
        assert (UTILS / imported).is_file(), imported
        assert imported.parts[0] in {layer, *BELOW[layer]}, f"{path} imports {imported}"
        if layer == "_providers" and len(path.parts) > 2:
            assert len(imported.parts) == 2 or imported.parts[:2] == path.parts[:2] or imported.parts[0] != layer


def test_there_are_no_circles():
    left = {path: {imported for imported in imports_of(path) if imported != path} for path in FILES}
    while free := [path for path, imported in left.items() if not imported & left.keys()]:
        for path in free:
            del left[path]
    assert left == {}
