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

What comes of a fault
=====================

What a task says and does when the provider, the network or the credentials fail. This shows agreement with the
providers' documents through an emulator; it was not tried at the clouds.

The tests run every line of these tables with the modules against the emulator, for

{kinds}

and that in three ways: *check* is the module of the kind in check mode, *run* the same module without it, and *bulk*
``inflight_cancel`` with a target of each kind in one task. These are {cells} cells. In each of them

- ``error`` and ``msg`` are those of the line, wherever it says that the task fails;
- ``changed`` says what the emulator's record says: whether a stop was accepted for something in flight. There is one
  exception: where the answer to the stop was lost, and no read succeeds after it, nobody can know. Then the task fails;
- nothing is stopped that was not asked for;
- nothing that is known is left out of the result, and there is no traceback;
- a second run, without the fault, ends the work.

The tasks have

{options}

unless the line says otherwise. ``request_timeout`` is for the whole of a call, from connecting to the last byte of the
answer; only the look-up of a name has the resolver's own time.
"""


def written() -> str:
    """The page as it has to be."""
    kinds = [f"- ``{kind.kind}`` at {kind.adapter.title}" for kind in KINDS]
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
            why = f"at {kind.adapter.title}, because {kind.own_codes_because}"
            others.setdefault((code, why), []).append(f"``{kind.kind}``")
    for (code, why), kinds in others.items():
        told += f"; ``{code}`` ({error['class']}) for {' and '.join(kinds)} {why}"
    return told


def _says(row: Row) -> str:
    said = [words for mode in MODES for words in cell_of(row, mode).get("says", [])] + row.get("says", [])
    return "; ".join(f'"{words}"' for words in dict.fromkeys(said)) or "the outcomes"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
