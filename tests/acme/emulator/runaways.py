# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start what never ends at Acme."""

from __future__ import annotations

from ..runaways import Started, client


def start_commands(name: str, instances: int = 0) -> Started:
    """It has no commands."""
    return iter(())


def start_others(name: str) -> Started:
    made = client("acme", "image_task").call("Make", {"Name": name}, repeatable=False)
    yield {"kind": "image_task", "id": made["Id"]}
