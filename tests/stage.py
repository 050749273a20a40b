# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy the checkout's tracked and unignored files to FOLDER/ansible_collections/cloudops/halt.

Ansible's own tools insist on that layout, and so see neither caches nor build output. Usage: stage.py FOLDER
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(folder: Path) -> None:
    stage = folder / "ansible_collections" / "cloudops" / "halt"
    if stage.exists():
        shutil.rmtree(stage)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        source, target = ROOT / name, stage / name
        if source.is_file():  # a tracked file may have been deleted
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
