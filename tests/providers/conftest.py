# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests of each provider do not depend on the machine: neither on its speed nor on its environment."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from ..support.providers import NAMES, words

# Examples may take as long as a busy machine lets them.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxies, authorities, keys or regions from outside."""
    prefixes = {variable.partition("_")[0] for name in NAMES for variable in words(name).env.values()}
    for name in list(os.environ):
        if name.upper().endswith(("_PROXY", "_CA_BUNDLE")) or name.partition("_")[0] in prefixes:
            monkeypatch.delenv(name)
