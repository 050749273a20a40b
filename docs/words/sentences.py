# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences that stay whole with any number of providers, and lines of the right length."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

_WIDTH = 120


def either(parts: Iterable[str]) -> str:
    """A, B or C."""
    return _joined(list(parts), "or")


def every(parts: Iterable[str]) -> str:
    """A, B and C."""
    return _joined(list(parts), "and")


def _joined(parts: list[str], word: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    *first, last = parts
    # Parts that are lists themselves are told apart by a comma.
    comma = "," if any(re.search(r" (and|or) ", part) for part in parts) else ""
    return f"{', '.join(first)}{comma} {word} {last}"


def item(text: str, indent: int) -> str:
    """A text as an element of a YAML list that will be indented so far."""
    if re.search(r": |:$| #", text):
        return "- >-\n" + wrapped(text, indent, "  ", "  ")
    return wrapped(text, indent, "- ", "  ")


def wrapped(text: str, indent: int = 0, first: str = "", later: str = "") -> str:
    """A text in lines that will be indented so far, and begin like this."""
    return textwrap.fill(
        text,
        _WIDTH - indent,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def rst(text: str) -> str:
    """Ansible's markup as that of the pages."""
    return re.sub(r"\b[CVE]\(([^)]*)\)", r"``\1``", text)


def table(*rows: Iterable[str]) -> str:
    """A table of a page. The first row is its header."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [wrapped(cell, 0, "     - " if number else "   * - ", "       ") for number, cell in enumerate(row)]
    return "\n".join(lines)
