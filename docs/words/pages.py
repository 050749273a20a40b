# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that have markers, and what is written between these. A marker is a comment of the file:

# words: NAME ARGUMENT ...
# end of words
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FILES = (
    "README.md",
    "galaxy.yml",
    ".github/ISSUE_TEMPLATE/*.yml",
    "docs/docsite/rst/*.rst",
    "meta/runtime.yml",
    "plugins/doc_fragments/*.py",
    "plugins/modules/*.py",
)
# By the ending of the file, how a comment begins and ends.
_COMMENTS = {".md": ("<!-- ", " -->"), ".rst": (".. ", ""), ".py": ("# ", ""), ".yml": ("# ", "")}

# Takes the file's name without its ending, the words of the marker, and how far what it returns will be indented.
Write = Callable[[str, list[str], int], str]


def pages(write: Write) -> dict[Path, str]:
    """The files with markers, as they should be."""
    return {path: filled(path, write) for path in _files() if "words: " in path.read_text(encoding="utf-8")}


def filled(path: Path, write: Write) -> str:
    """A file with what C(write) says between its markers."""
    begin, end = map(re.escape, _COMMENTS[path.suffix])
    # Comments of a page are paragraphs.
    space = "\n" if path.suffix in (".md", ".rst") else ""
    blocks = re.compile(
        rf"^(?P<indent> *){begin}words: (?P<words>.*){end}\n(?:.*\n)*?(?P<last> *{begin}end of words{end}\n)",
        re.MULTILINE,
    )

    def block(found: re.Match[str]) -> str:
        text = write(path.stem, found["words"].split(), len(found["indent"])).rstrip("\n")
        marker, _line_feed, _rest = found[0].partition("\n")
        return f"{marker}\n{space}{textwrap.indent(text, found['indent'])}\n{space}{found['last']}"

    return blocks.sub(block, path.read_text(encoding="utf-8"))


def _files() -> Iterator[Path]:
    for pattern in _FILES:
        yield from sorted(ROOT.glob(pattern))
