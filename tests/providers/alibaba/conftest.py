# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed clients of the emulated services."""

from __future__ import annotations

import pytest

from ...support.control import URL, Control
from .client import OOS, ROS, Client


@pytest.fixture
def alibaba(control: Control) -> Client:
    return Client(URL, control.get("keys")["alibaba"], control.session)


@pytest.fixture
def oos(alibaba: Client) -> Client:
    return alibaba.of(OOS)


@pytest.fixture
def ros(alibaba: Client) -> Client:
    return alibaba.of(ROS)
