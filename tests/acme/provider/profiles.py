# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acme has neither profiles nor a library."""

from __future__ import annotations

PROFILE_ENV: tuple[str, ...] = ("ACME_PROFILE",)
LIBRARY = "acme-credentials"


def find_profile(name: str | None, environ: object, sts: str = "") -> None:
    """None."""
