# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example that users are shown: blocks of code in pages and README files, and the examples of plugins."""

from __future__ import annotations

import ast
import functools
import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
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

_DIRECTIVE = re.compile(r"^( *)\.\. (?:code-block|code|sourcecode|literalinclude|parsed-literal)::(.*)$")
_FENCE = re.compile(r"^( *)(```+|~~~+)\s*(\S*)")


@dataclass
class Block:
    """One example."""

    file: str
    line: int
    language: str
    text: str
    caption: str = ""
    data: Any = field(default=None, repr=False)
    """What YAML says."""

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def commands(self) -> list[list[str]]:
        """The commands of a shell, word by word."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [words for words in (shlex.split(line, comments=True) for line in lines) if words]


@functools.cache
def all_blocks() -> list[Block]:
    return [block for path in (*PAGES, *READMES, *PLUGINS) for block in blocks_of(path)]


@functools.cache
def blocks_of(path: Path) -> list[Block]:
    find = {".rst": _in_page, ".md": _in_readme, ".py": _in_module, ".yml": _in_filter}[path.suffix]
    found = list(find(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
    for block in found:
        if block.language == "yaml":
            block.data = yaml.safe_load(block.text)
    return found


def _in_page(file: str, content: str) -> Iterator[Block]:
    lines = content.splitlines()
    for number, line in enumerate(lines):
        # A paragraph that ends so begins a block that no language is given for.
        assert not line.rstrip().endswith("::") or line.lstrip().startswith(".. "), f"{file}:{number + 1}: no language"
        start = _DIRECTIVE.match(line)
        if not start:
            continue
        inside = []
        for each in lines[number + 1 :]:
            if each.strip() and not each.startswith(start[1] + "   "):
                break
            inside.append(each)
        # Options follow the directive at once; an empty line ends them.
        size = next((size for size, each in enumerate(inside) if not each.strip()), len(inside))
        options, text = "\n".join(inside[:size]), textwrap.dedent("\n".join(inside[size:]))
        caption = re.search(r"^ *:caption: (.*)$", options, re.MULTILINE)
        yield Block(file, number + 1, start[2].strip(), text.strip("\n") + "\n", caption[1] if caption else "")


def _in_readme(file: str, content: str) -> Iterator[Block]:
    lines = iter(enumerate(content.splitlines(), 1))
    for number, line in lines:
        start = _FENCE.match(line)
        if not start:
            continue
        inside = []
        for _number, each in lines:
            if each.strip().startswith(start[2]):
                break
            inside.append(each)
        yield Block(file, number, start[3], textwrap.dedent("\n".join(inside)) + "\n")


def _in_module(file: str, content: str) -> Iterator[Block]:
    for node in ast.parse(content).body:
        if isinstance(node, ast.Assign) and [each.id for each in node.targets if isinstance(each, ast.Name)] == [
            "EXAMPLES"
        ]:
            yield Block(file, node.lineno, "yaml", str(ast.literal_eval(node.value)))


def _in_filter(file: str, content: str) -> Iterator[Block]:
    yield Block(file, 1, "yaml", yaml.safe_load(content)["EXAMPLES"])


def tasks_of(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The tasks, those inside of blocks included."""
    for task in tasks:
        inner = [each for key in ("block", "rescue", "always") for each in task.get(key, [])]
        if inner:
            yield from tasks_of(inner)
        else:
            yield task


def shape_of(block: Block) -> str:
    """What sort of YAML or JSON it is; empty if it is of none that is known."""
    data = block.data
    if isinstance(data, list) and data and all(isinstance(each, dict) for each in data):
        return "plays" if all("hosts" in each for each in data) else "tasks"
    if not isinstance(data, dict) or not data:
        return ""
    if all(str(key).startswith("bulk_cancel_") for key in data):
        return "role variables"
    shapes = {
        ("module_defaults",): "module defaults",
        ("all",): "inventory",
        ("collections",): "requirements",
        ("fields", "required"): "credential input",
        ("env",): "credential injector",
    }
    if all(str(key).startswith("halt_") for key in data):
        return "rulebook variables"
    fragments = yaml.safe_load((ROOT / "changelogs" / "config.yaml").read_text())["sections"]
    if set(data) <= {name for name, _title in fragments}:
        return "changelog fragment"
    return shapes.get(tuple(sorted(data)), "")
