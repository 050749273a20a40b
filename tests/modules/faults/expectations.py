# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What expected.yml says, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ...support.kinds import Kind, every_kind

DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("expected.yml").read_text(encoding="utf-8"))
MODES = ("check", "run", "bulk")
KINDS = [kind for kind in every_kind() if not kind.variant]

Row = dict[str, Any]

# The faults, each with all of its options.
ROWS: list[Row] = [
    {**row, "options": {**DATA["options"], **row.get("options", {})}}
    for section in DATA["sections"]
    for row in section["faults"]
]


def cell_of(row: Row, mode: str) -> dict[str, Any]:
    """One cell, for every kind."""
    if "all" in row:
        return dict(row["all"])
    return dict(DATA["cells"]["foretold"] if mode == "check" else row["stop"])


def expected(row: Row, mode: str, kind: Kind) -> dict[str, Any]:
    """One cell for one kind. What is said of the error of a fault holds where the task is to fail."""
    cell = cell_of(row, mode)
    if cell["failed"]:
        cell["code"] = code_of(row["error"], kind)
        cell["class"] = row["error"]["class"]
        cell["says"] = [*cell.get("says", []), *row["says"]]
    return cell


def code_of(error: dict[str, Any], kind: Kind) -> str:
    return str(error["code"] if "code" in error else kind.codes[error["provider_code"]])
