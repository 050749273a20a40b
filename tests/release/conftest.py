# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from .common import COLLECTIONS


@pytest.fixture(scope="session")
def installed() -> Path:
    """The installed artefact."""
    return COLLECTIONS / "ansible_collections" / "cloudops" / "halt"
