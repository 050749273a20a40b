# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator in this process, whose clock stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from ..support.control import URL, Control, new_session


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with new_session() as session:
        yield session


@pytest.fixture
def control(session: requests.Session) -> Control:
    control = Control(URL, session)
    control.ok("POST", "clock", {"mode": "manual"})
    return control
