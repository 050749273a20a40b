# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A signed client of the emulated services."""

from __future__ import annotations

import pytest

from ...support.control import URL, Control
from .client import Client


@pytest.fixture
def ssm(control: Control) -> Client:
    return Client(URL, control.get("keys")["aws"], control.session)


@pytest.fixture
def ec2(ssm: Client) -> Client:
    return ssm.of("ec2")


@pytest.fixture
def cloudformation(ssm: Client) -> Client:
    return ssm.of("cloudformation")
