# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name by which tests know what has moved to tests/support."""

from __future__ import annotations

from ..support.keyserver import ROLE, KeyServer

__all__ = ["ROLE", "KeyServer"]
