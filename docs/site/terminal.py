# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write an excerpt of what a drill has printed into the README: python docs/site/terminal.py OUTPUT README"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The lines of a task's message that are shown, by how they begin.
SHOWN = {
    "Show what would be stopped": ("15 operations", "NAME", "nightly-backup  cloud_invocation"),
    "Summary": ("In flight", "Stopped", "Second", "Report"),
}
BLOCK = re.compile(r"(?<=^```text\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


def message(output: str, task: str) -> list[str]:
    """What a task of the drill has shown. Its result is printed as JSON."""
    found = re.search(rf"^TASK \[(?:[\w.]+ : )?{task}\].*?=> ({{.*?^}})", output, re.MULTILINE | re.DOTALL)
    assert found, task
    lines: list[str] = json.loads(found[1])["msg"]
    return lines


def main(output: Path, readme: Path) -> None:
    text = output.read_text(encoding="utf-8").replace(f"{ROOT}/", "")
    lines = ["$ make drill"]
    for task, beginnings in SHOWN.items():
        lines += ["[...]", *(line for line in message(text, task) if line.startswith(beginnings))]
    excerpt = "".join(f"{line}\n" for line in lines)
    readme.write_text(BLOCK.sub(lambda _old: excerpt, readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
