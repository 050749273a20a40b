# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator for the vendors' own clients, which sign and decode by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from emulator import Emulator


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    # The vendors' clients honour the proxies of the environment; nothing here may leave the machine.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Emulator(rate_limit=0, stopping_seconds=0.0) as emulator:
        yield emulator


@pytest.fixture
def host(emulator: Emulator) -> str:
    return emulator.url.partition("//")[2]


@pytest.fixture
def keys(emulator: Emulator) -> dict[str, dict[str, dict[str, str]]]:
    return dict(requests.get(f"{emulator.url}/_emulator/keys").json())


@pytest.fixture
def control(emulator: Emulator) -> Callable[..., Any]:
    """control("POST", "faults", kind="throttle")"""

    def send(method: str, path: str, **body: Any) -> Any:
        response = requests.request(method, f"{emulator.url}/_emulator/{path}", json=body or None)
        assert response.status_code == 200, response.text
        return response.json()

    return send
