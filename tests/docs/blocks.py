# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example that users are shown: blocks of code in pages and README files, and the examples of plugins."""

from __future__ import annotations

import functools
import re
import shlex
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(ROOT.glob("docs/docsite/rst/*.rst"))
READMES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("roles/*/*.md"))]
PLUGINS = [
    *(path for path in sorted(ROOT.glob("plugins/modules/*.py")) if path.stem != "__init__"),
    *sorted(ROOT.glob("plugins/filter/*.yml")),
]

# By the ending of the file. Options follow the directive of a page at once; an empty line ends them.
_BLOCKS = {
    ".rst": re.compile(
        r"^( *)\.\. (?:code-block|code|sourcecode|literalinclude|parsed-literal):: *(?P<language>.*)\n"
        r"(?P<options>(?:\1 +\S.*\n)*)(?P<text>(?:\1 +.*\n| *\n)*)",
        re.MULTILINE,
    ),
    ".md": re.compile(r"^ *(```+|~~~+) *(?P<language>\S*)\n(?P<text>(?:.*\n)*?) *\1", re.MULTILINE),
    ".py": re.compile(r'^EXAMPLES = r?"""\n(?P<text>.*?)"""', re.MULTILINE | re.DOTALL),
    ".yml": re.compile(r"^EXAMPLES: \|\n(?P<text>(?: +.*\n| *\n)*)", re.MULTILINE),
}
_SHAPES = {
    ("module_defaults",): "module defaults",
    ("all",): "inventory",
    ("collections",): "requirements",
    ("fields", "required"): "credential input",
    ("env",): "credential injector",
}


@dataclass(frozen=True)
class Block:
    """One example."""

    where: str
    language: str
    text: str
    caption: str = ""

    @functools.cached_property
    def data(self) -> Any:
        """What YAML says."""
        return yaml.safe_load(self.text)

    @property
    def commands(self) -> list[list[str]]:
        """The commands of a shell, word by word."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [words for words in (shlex.split(line, comments=True) for line in lines) if words]


def all_blocks() -> list[Block]:
    return [block for path in (*PAGES, *READMES, *PLUGINS) for block in blocks_of(path)]


@functools.cache
def blocks_of(path: Path) -> list[Block]:
    content = path.read_text(encoding="utf-8")
    blocks = []
    for found in _BLOCKS[path.suffix].finditer(content):
        line = content.count("\n", 0, found.start()) + 1
        parts = {"language": "yaml", "options": "", **found.groupdict()}
        caption = re.search(r"^ *:caption: (.*)$", parts["options"], re.MULTILINE)
        text = textwrap.dedent(parts["text"]).strip("\n") + "\n"
        where = f"{path.relative_to(ROOT)}:{line}"
        blocks.append(Block(where, parts["language"], text, caption[1] if caption else ""))
    # In a page, a paragraph that ends so begins a block that no language is given for.
    assert path.suffix != ".rst" or not re.search(r"^(?! *\.\. ).*::$", content, re.MULTILINE), path
    return blocks


def shape_of(block: Block) -> str:
    """What sort of YAML or JSON it is; empty if it is of none that is known."""
    data = block.data
    if isinstance(data, list) and data and all(isinstance(each, dict) for each in data):
        return "plays" if all("hosts" in each for each in data) else "tasks"
    if not isinstance(data, dict) or not data:
        return ""
    if all(str(key).startswith("bulk_cancel_") for key in data):
        return "role variables"
    if all(str(key).startswith("halt_") for key in data):
        return "rulebook variables"
    fragments = yaml.safe_load((ROOT / "changelogs" / "config.yaml").read_text())["sections"]
    if set(data) <= {name for name, _title in fragments}:
        return "changelog fragment"
    return _SHAPES.get(tuple(sorted(data)), "")
