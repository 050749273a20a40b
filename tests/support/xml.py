# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers in XML, written from what they are read as, so that a test can change them like those in JSON."""

from __future__ import annotations

import re
import typing as t
from xml.sax.saxutils import escape

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(value: t.Any) -> str:
    """A list has elements of the name C(member). Names that XML cannot have make it one that cannot be read."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{written(inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{written(inner)}</member>" for inner in value)
    # For a control character that XML cannot have, one that it can have: terminals obey both.
    return "" if value is None else escape(_NOT_IN_XML.sub("\x9b", str(value)))
