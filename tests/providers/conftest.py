# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of several providers ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from ..support.vaults import Home

# Examples may take as long as a busy machine lets them.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """For the provider whose profiles the test is about: its module names them as VAULT, or a parameter does."""
    vault = getattr(request, "param", None) or request.module.VAULT
    # Where there is a file for the whole machine, it is another one.
    monkeypatch.setattr(vault, "_SHARED", tmp_path / "etc" / "credentials", raising=False)
    return Home(vault, tmp_path)
