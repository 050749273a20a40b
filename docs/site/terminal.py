# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the terminal of a drill, from what it has printed: python docs/site/terminal.py OUTPUT PICTURE"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
SHOWN = ("Show what would be stopped", "Stop it", "Say what came of it", "Summary")
WIDTH = 100


def tasks(output: str) -> Iterator[tuple[str, str]]:
    """The name of each task, and its lines."""
    parts = re.split(r"^(?=(?:\x1b\[[\d;]*m)?TASK \[)", output, flags=re.MULTILINE)
    for part in parts[1:]:
        heading = re.search(r"TASK \[(?:[\w.]+ : )?(.*?)\]", part)
        assert heading
        yield heading[1], part.rstrip("\n")


def main(output: Path, picture: Path) -> None:
    console = Console(record=True, width=WIDTH, file=sys.stderr, force_terminal=True)
    console.print(Text("$ make drill", style="bold"))
    left_out = False
    for name, lines in tasks(output.read_text().replace(f"{ROOT}/", "")):
        if name in SHOWN:
            console.print(Text("[...]\n" if left_out else "", style="dim"))
            console.print(Text.from_ansi(lines))
        left_out = name not in SHOWN
    drawn = console.export_svg(title="make drill")
    # No fonts from elsewhere: a picture calls nobody.
    drawn = re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    picture.write_text(re.sub(r"[ \t]+$", "", drawn, flags=re.MULTILINE))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
