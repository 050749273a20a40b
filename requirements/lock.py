# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write requirements/lock.txt: the newest tools that the other files allow, each in one version.

What drill.txt brings is left out: users install what is newest, and so do the tests. pip only says what it would
install. It runs on the oldest Python, whose releases work on the others, too; and on the first release of it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from packaging.specifiers import SpecifierSet

HERE = Path(__file__).resolve().parent
OLDEST = (3, 11)
FIRST = "3.11.0"
HEADER = """\
# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by `make update`. It holds the tools, and leaves what users install open.
"""


def chosen(*names: str) -> dict[str, str]:
    """The versions by name."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-"]
    files = [part for name in names for part in ("-r", str(HERE / name))]
    report = json.loads(subprocess.run([*command, *files], check=True, stdout=subprocess.PIPE).stdout)
    found = [each["metadata"] for each in report["install"]]
    for each in found:
        needed = each.get("requires_python", "")
        if not SpecifierSet(needed).contains(FIRST):
            sys.exit(f"{each['name']} {each['version']} needs Python {needed}: limit it where it is required.")
    return {re.sub(r"[-_.]+", "-", each["name"]).lower(): each["version"] for each in found}


def main() -> None:
    if sys.version_info[:2] != OLDEST:
        sys.exit("The lock is made in an environment of Python 3.11: make update PYTHON=python3.11 VENV=build/update")
    tools = chosen("lint.txt", "release.txt")
    ours = chosen("drill.txt")
    lines = [f"{name}=={version}\n" for name, version in sorted(tools.items()) if name not in ours]
    (HERE / "lock.txt").write_text(HEADER + "".join(lines))
    print(f"{len(lines)} tools are in requirements/lock.txt")


if __name__ == "__main__":
    main()
