# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator in this process, with clients that sign by the references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ..support.control import URL, Control, new_session
from ..support.providers import NAMES, part


@pytest.fixture
def url() -> str:
    """Where the emulator is; that of this process unless a test serves one."""
    return URL


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with new_session() as session:
        yield session


@pytest.fixture
def control(url: str, session: requests.Session) -> Control:
    return Control(url, session)


@pytest.fixture
def clients(url: str, control: Control) -> dict[str, Any]:
    keys = control.get("keys")
    return {name: part(name, "client").Client(url, keys[name], control.session) for name in NAMES}


@pytest.fixture
def alibaba(clients: dict[str, Any]) -> Any:
    return clients["alibaba"]


@pytest.fixture
def tencent(clients: dict[str, Any]) -> Any:
    return clients["tencent"]
