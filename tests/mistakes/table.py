# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mistakes of mistakes.yml."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
README = HERE / "README.md"

SIMULATION = "simulation"


class Mistake(t.NamedTuple):
    """A text of a file, and what stands there by mistake."""

    area: str
    what: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]
    """Paths and patterns of paths, of which those count that are there; or the simulation."""

    def make(self, root: Path) -> None:
        path = root / self.file
        text = path.read_text()
        assert text.count(self.right) == 1, f"{self.file} has not once: {self.right}"
        path.write_text(text.replace(self.right, self.wrong))

    def selected(self, root: Path) -> list[str]:
        return [str(path.relative_to(root)) for name in self.tests for path in sorted(root.glob(name))]


def mistakes() -> list[Mistake]:
    found = []
    for area in yaml.safe_load((HERE / "mistakes.yml").read_text()):
        for each in area["mistakes"]:
            tests = each.get("tests", area["tests"])
            found.append(
                Mistake(
                    area["area"],
                    each["mistake"],
                    f"{area['folder']}/{each['file']}",
                    each["right"],
                    each["wrong"],
                    (tests,) if isinstance(tests, str) else tuple(tests),
                )
            )
    return found


def published() -> dict[tuple[str, str], str]:
    """By area and mistake, what caught it when the table was written."""
    rows = re.findall(r"^\| (?!area|---)([^|]+) \| ([^|]+) \| ([^|]+) \|$", README.read_text(), re.MULTILINE)
    return {(area, what): caught for area, what, caught in rows}
