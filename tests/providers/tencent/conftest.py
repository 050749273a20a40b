# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A signed client of the emulated service, which may call as often as it likes."""

from __future__ import annotations

import pytest

from ...support.control import URL, Control
from .client import Client


@pytest.fixture
def tencent(control: Control) -> Client:
    control.settings(rate_limit=0)
    return Client(URL, control.get("keys")["tencent"], control.session)
