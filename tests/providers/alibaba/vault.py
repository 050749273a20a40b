# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of profiles as Alibaba Cloud's command line and SDKs write them."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba import profiles

SECRET = "hidden-key"
VAULT = profiles
FIRST_FILE = ".aliyun/config.json"
SECOND_FILE = ".alibabacloud/credentials.ini"
FORMS = ("JSON", "INI")
SECOND_VARIABLE = "ALIBABA_CLOUD_CREDENTIALS_FILE"
# What is read first, and so where it shows that nobody may read.
READ_FIRST = FIRST_FILE
# What the command line writes when it was told nothing.
EMPTY: list[dict[str, Any]] = [
    {"mode": mode, "access_key_id": value, "access_key_secret": value}
    for mode in ("AK", "", "StsToken")
    for value in ("", None)
]
KEYS = ["mode", "access_key_id", "access_key_secret"]


def entry(name: str = "default", key_id: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "mode": "AK", "access_key_id": key_id or name.upper(), "access_key_secret": SECRET, **more}


def file_of(*entries: dict[str, Any], **top: Any) -> dict[str, Any]:
    """The file of the command line. The first entry is the current one."""
    return {"current": entries[0]["name"], "profiles": list(entries), **top}


def first_file(**more: Any) -> dict[str, Any]:
    """A file with a default profile in which these values differ."""
    return file_of(entry(**more))


def with_region(region: str) -> dict[str, Any]:
    """The files of a default profile that names a region, by their path."""
    return {FIRST_FILE: first_file(region_id=region)}


def second_file(section: str = "default", key_id: str = "INI", kind: str = "access_key") -> str:
    return f"[{section}]\ntype = {kind}\naccess_key_id = {key_id}\naccess_key_secret = {SECRET}\n"


# How keys are written into files of profiles

VARIABLE = "ALIBABA_CLOUD_PROFILE"
# How a result names the role of the machine.
ROLE = "default/ecs_ram_role"


def keys_file(_profile: str) -> str:
    return ".aliyun/config.json"


def files(keys: dict[str, dict[str, str]]) -> dict[str, str]:
    """What to write, by the path in the home folder."""
    entries = []
    for name, key in keys.items():
        mode = {"mode": "StsToken", "sts_token": key["security_token"]} if "security_token" in key else {"mode": "AK"}
        pair = {part: key[part] for part in ("access_key_id", "access_key_secret")}
        entries.append({"name": name, "region_id": "cn-nowhere", **mode, **pair})
    return {keys_file(""): json.dumps({"current": "session", "profiles": entries})}
