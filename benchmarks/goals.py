# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The goals, and what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from .report import Table


def markdown(tables: Sequence[Table]) -> str:
    """A table of the goals that were measured."""
    return ""
