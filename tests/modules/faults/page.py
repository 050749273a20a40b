# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/docsite/rst/faults.rst from expected.yml: python -m tests.modules.faults.page"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Makes the collection importable outside of pytest, too.
from ... import conftest as _conftest  # noqa: F401
from .expectations import DATA, KINDS, MODES, ROWS, Row, cell_of, code_of

PAGE = Path(__file__).resolve().parents[3] / "docs" / "docsite" / "rst" / "faults.rst"

_START = """\
..
  Copyright (c) 2026, cloudops.halt contributors
  GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

  Written by tests/modules/faults/page.py from expected.yml beside it: change that file.

.. _ansible_collections.cloudops.halt.docsite.faults:

Faults
======

This page shows what a task does and reports if the provider, the network or the credentials fail. It was obtained with
an emulator that follows the providers' documentation, and has not been tried on a live cloud.

The tests run every row of these tables with the modules against the emulator, for

{kinds}

and in three ways: *check* is the module for the kind in check mode, *run* is the same module without check mode, and
*bulk* is ``inflight_cancel`` with a target of each kind in one task. This makes {cells} combinations. In each of them,

- ``error`` and ``msg`` are those in the row, wherever it says that the task fails;
- ``changed`` agrees with the emulator's own record of whether a stop was accepted for something in flight. There is one
  exception: if the response to the stop is lost and no later read succeeds, this cannot be known, and the task fails;
- nothing is stopped that was not requested;
- the result contains everything that is known, and there is no traceback;
- a second run, without the fault, stops what is left.

The tasks use these options, unless the row says otherwise:

{options}

``request_timeout`` applies to an entire call, from connecting to the last byte of the response. Only resolving a host
name has its own timeout, which is that of the resolver.
"""


def written() -> str:
    """The page as it has to be."""
    kinds = [f"- ``{kind.kind}`` on {kind.adapter.title}" for kind in KINDS]
    options = [f"- ``{name}={value}``" for name, value in DATA["options"].items()]
    cells = len(ROWS) * len(KINDS) * len(MODES)
    start = _START.format(kinds="\n".join(kinds), cells=cells, options="\n".join(options))
    sections = [line for section in DATA["sections"] for line in _section(section)]
    return start + "\n".join(["", *sections]) + "\n"


def _section(section: dict[str, Any]) -> Iterator[str]:
    yield from (section["title"], "-" * len(section["title"]), "")
    yield from (".. list-table::", "  :header-rows: 1", "  :widths: 16 18 12 14 14 14 20", "")
    yield from _line("Fault", "Where", "Check", "Run", "Bulk", "``error``", "``msg`` says")
    for row in section["faults"]:
        cells = [_cell(cell_of(row, mode)) for mode in MODES]
        yield from _line(row["fault"], _where(row), *cells, _error(row), _says(row))
    yield ""


def _line(*columns: str) -> Iterator[str]:
    for number, column in enumerate(columns):
        yield f"  {' ' if number else '*'} - {column}".rstrip()


def _where(row: Row) -> str:
    options = [f"``{name}={value}``" for name, value in row.get("options", {}).items()]
    return str(row["when"]) + (f", with {' and '.join(options)}" if options else "")


def _cell(cell: dict[str, Any]) -> str:
    told = [f"``{cell['outcome']}``"]
    told += [word for word in ("changed", "failed") if cell[word] and word != cell["outcome"]]
    if cell.get("calls"):
        told.append("1 stop call" if cell["calls"] == 1 else f"{cell['calls']} stop calls")
    return ", ".join(told)


def _error(row: Row) -> str:
    if "error" not in row:
        return "none"
    error = row["error"]
    codes = dict.fromkeys(code_of(error, kind) for kind in KINDS if not kind.own_codes_because)
    told = " or ".join(f"``{code}``" for code in codes) + f" ({error['class']})"
    others: dict[tuple[str, str], list[str]] = {}
    for kind in KINDS:
        code = code_of(error, kind)
        if code not in codes:
            why = f"on {kind.adapter.title}, because {kind.own_codes_because}"
            others.setdefault((code, why), []).append(f"``{kind.kind}``")
    for (code, why), kinds in others.items():
        told += f"; ``{code}`` ({error['class']}) for {' and '.join(kinds)} {why}"
    return told


def _says(row: Row) -> str:
    said = [words for mode in MODES for words in cell_of(row, mode).get("says", [])] + row.get("says", [])
    return "; ".join(f'"{words}"' for words in dict.fromkeys(said)) or "the outcomes"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
