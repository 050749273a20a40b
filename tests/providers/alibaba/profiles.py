# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles of the emulator's keys, in the file of Alibaba Cloud's command line."""

from __future__ import annotations

import json

VARIABLE = "ALIBABA_CLOUD_PROFILE"
# How a result names the role of the machine.
ROLE = "default/ecs_ram_role"


def file_of(_profile: str) -> str:
    return ".aliyun/config.json"


def files(keys: dict[str, dict[str, str]]) -> dict[str, str]:
    """What to write, by the path in the home folder."""
    entries = []
    for name, key in keys.items():
        mode = {"mode": "StsToken", "sts_token": key["security_token"]} if "security_token" in key else {"mode": "AK"}
        pair = {part: key[part] for part in ("access_key_id", "access_key_secret")}
        entries.append({"name": name, "region_id": "cn-nowhere", **mode, **pair})
    return {file_of(""): json.dumps({"current": "session", "profiles": entries})}
