# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that the emulated Alibaba Cloud knows."""

from __future__ import annotations

from ..keys import Key

KEYS = (
    Key("default", "LTAIEmulatorDefault", "emulator-alibaba-secret-default"),
    Key("denied", "LTAIEmulatorDenied", "emulator-alibaba-secret-denied"),
    Key("inactive", "LTAIEmulatorInactive", "emulator-alibaba-secret-inactive"),
    Key("session", "STS.EmulatorSession", "emulator-alibaba-secret-session", "CAISemulator+session/token=="),
    Key("expired", "STS.EmulatorExpired", "emulator-alibaba-secret-expired", "CAISemulator+expired/token=="),
)
