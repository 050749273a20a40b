# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that the emulated Tencent Cloud knows."""

from __future__ import annotations

from ..keys import Key

KEYS = (
    Key("default", "AKIDEmulatorDefault", "emulator-tencent-secret-default"),
    Key("denied", "AKIDEmulatorDenied", "emulator-tencent-secret-denied"),
    Key("inactive", "AKIDEmulatorInactive", "emulator-tencent-secret-inactive"),
    Key("session", "AKIDEmulatorSession", "emulator-tencent-secret-session", "emulator-session-token"),
    Key("expired", "AKIDEmulatorExpired", "emulator-tencent-secret-expired", "emulator-expired-token"),
    Key("mfa_expired", "AKIDEmulatorMfaExpired", "emulator-tencent-secret-mfa-expired"),
    Key("mfa_not_found", "AKIDEmulatorMfaNotFound", "emulator-tencent-secret-mfa-not-found"),
    Key("invalid_token", "AKIDEmulatorInvalidToken", "emulator-tencent-secret-invalid-token"),
)
