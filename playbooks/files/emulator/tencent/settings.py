# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Tencent Cloud's documents leave open."""

from __future__ import annotations

from dataclasses import dataclass

from ..settings import setting


@dataclass
class TencentSettings:
    partial_status_early: bool = setting(
        False, "the overall status is PARTIAL_FAILED as soon as one task has failed, while others still run"
    )
