# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unit tests do not depend on the machine: neither on its speed nor on its environment."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import PLATFORMS

# Examples may take as long as a busy machine lets them.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


# The variables of all providers.
THEIRS = {
    name for platform in PLATFORMS for key, names in vars(platform).items() if key.endswith("_env") for name in names
}


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxies, authorities, keys or regions from outside."""
    for name in list(os.environ):
        if name.upper().endswith("_PROXY") or name in THEIRS:
            monkeypatch.delenv(name)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
