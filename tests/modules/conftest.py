# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole modules in this process, against an emulator that each test has for itself. Nobody waits: time leaps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator import Emulator

from ..support.emulated import Cloud
from ..support.modules import skip_waits
from ..support.providers import NAMES


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator where a stop ends what runs. Its rate limit is off: the client keeps its pace all the same."""
    with Emulator(started_runs="end", rate_limit=0, stopping_seconds=0.1) as running:
        skip_waits(monkeypatch, running)
        yield running


@pytest.fixture(params=NAMES)
def cloud(request: pytest.FixtureRequest, emulator: Emulator) -> Cloud:
    return Cloud(request.param, emulator)


@pytest.fixture
def alibaba(emulator: Emulator) -> Cloud:
    return Cloud("alibaba", emulator)


@pytest.fixture
def aws(emulator: Emulator) -> Cloud:
    return Cloud("aws", emulator)


@pytest.fixture
def tencent(emulator: Emulator) -> Cloud:
    return Cloud("tencent", emulator)
