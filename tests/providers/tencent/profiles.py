# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles of the emulator's keys, in the files of Tencent Cloud's command line."""

from __future__ import annotations

import json

VARIABLE = "TCCLI_PROFILE"
# How a result names the role of the machine.
ROLE = "CVMRoleCredential"

_NAMES = {"access_key_id": "secretId", "access_key_secret": "secretKey", "security_token": "token"}


def file_of(profile: str) -> str:
    return f".tccli/{profile}.credential"


def files(keys: dict[str, dict[str, str]]) -> dict[str, str]:
    """What to write, by the path in the home folder."""
    return {
        file_of(name): json.dumps({_NAMES[part]: value for part, value in key.items() if part in _NAMES})
        for name, key in keys.items()
    }
