# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What expected.yml says, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("expected.yml").read_text(encoding="utf-8"))
MODES = ("check", "run", "bulk")

Row = dict[str, Any]
Kind = dict[str, Any]

KINDS: list[Kind] = DATA["kinds"]


# The faults, each with all of its options.
ROWS: list[Row] = [
    {**row, "options": {**DATA["options"], **row.get("options", {})}}
    for section in DATA["sections"]
    for row in section["faults"]
]


def expected(row: Row, mode: str, kind: Kind) -> dict[str, Any]:
    """One cell. What is said of the error of a fault holds where the task is to fail."""
    exceptions: list[dict[str, Any]] = [each for each in row.get("except", []) if each["kind"] == kind["kind"]]
    cell: dict[str, Any] = dict(row[mode])
    if cell["failed"]:
        error = exceptions[0]["error"] if exceptions else row["error"]
        code = error["code"]
        cell["code"] = code[kind["provider"]] if isinstance(code, dict) else code
        cell["class"] = error["class"]
        cell["says"] = [*cell.get("says", []), *row["says"]]
    return cell
