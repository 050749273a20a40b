# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that the emulated AWS knows: ids of long-lived keys begin with AKIA, those of temporary ones with ASIA."""

from __future__ import annotations

from ..keys import Key

KEYS = (
    Key("default", "AKIAEmulatorDefault", "emulator-aws-secret-default"),
    Key("denied", "AKIAEmulatorDenied", "emulator-aws-secret-denied"),
    Key("inactive", "AKIAEmulatorInactive", "emulator-aws-secret-inactive"),
    Key("session", "ASIAEmulatorSession", "emulator-aws-secret-session", "IQoJemulator//session+token=="),
    Key("expired", "ASIAEmulatorExpired", "emulator-aws-secret-expired", "IQoJemulator//expired+token=="),
)
