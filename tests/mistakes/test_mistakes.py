# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mistakes can be made, and those that are published are these. `make mistakes` sees that they are caught."""

from __future__ import annotations

from .table import ROOT, SIMULATION, mistakes, published


def test_each_mistake_can_be_made_and_has_tests():
    wrong = [
        mistake.what
        for mistake in mistakes()
        if (ROOT / mistake.file).read_text().count(mistake.right) != 1
        or mistake.right == mistake.wrong
        or not (mistake.tests == (SIMULATION,) or mistake.selected(ROOT))
    ]
    assert wrong == []


def test_the_published_table_has_these_mistakes():
    assert list(published()) == [(mistake.area, mistake.what) for mistake in mistakes()], "run 'make mistakes'"
    assert "NOTHING" not in published().values()
