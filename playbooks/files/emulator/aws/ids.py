# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ids in AWS's forms: unique in one world, and the same again after a reset."""

from __future__ import annotations

from ..world import World

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def make_uuid(world: World) -> str:
    number = world.next_number()
    return f"{number:08x}-0a3c-4e71-9b52-{number:012x}"


def make_id(world: World, prefix: str) -> str:
    return f"{prefix}{world.next_number():017x}"
