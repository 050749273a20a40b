# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names by which tests know what has moved to tests/support and tests/providers."""

from __future__ import annotations

from ..providers.alibaba.wire import WIRE as WIRE_ALIBABA
from ..providers.alibaba.wire import acs3_signature
from ..providers.tencent.wire import WIRE as WIRE_TENCENT
from ..providers.tencent.wire import tc3_signature
from ..support.scripted import reply, serving
from ..support.wire import FakeClock, authorization, connection, sha256

__all__ = [
    "WIRE_ALIBABA",
    "WIRE_TENCENT",
    "FakeClock",
    "acs3_signature",
    "authorization",
    "connection",
    "reply",
    "serving",
    "sha256",
    "tc3_signature",
]
