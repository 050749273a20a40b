# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of Acme."""

from __future__ import annotations

from ...support.kinds import Kind

KINDS = [
    Kind(
        "acme",
        "image_task",
        read="Show",
        codes={},
        running="works",
        succeeded="done",
        failed="done",
        ended=("done", "halted"),
        unknown_id="x-nobody",
        refusals=("Acme.denied",),
        name="x",
        described={},
    )
]
