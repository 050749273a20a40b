# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of profiles as Tencent Cloud's command line and SDKs write them."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent import profiles

SECRET = "hidden-key"
VAULT = profiles
FIRST_FILE = ".tccli/default.credential"
SECOND_FILE = ".tencentcloud/credentials"
FORMS = ("JSON", "INI")
SECOND_VARIABLE = "TENCENTCLOUD_CREDENTIALS_FILE"
# What is read first, and so where it shows that nobody may read.
READ_FIRST = ".tccli"
# What the command line writes when it was told nothing.
EMPTY: list[dict[str, Any]] = [{"secretId": value, "secretKey": value} for value in ("", None, "None")]
KEYS = ["secretId", "secretKey", "token", "type", "role-arn", "role-session-name"]


def first_file(**more: Any) -> dict[str, Any]:
    """A file with a default profile in which these values differ."""
    return {"secretId": "DEFAULT", "secretKey": SECRET, **more}


def with_region(region: str) -> dict[str, Any]:
    """The files of a default profile that names a region, by their path."""
    return {FIRST_FILE: first_file(), ".tccli/default.configure": {"_sys_param": {"region": region}}}


def second_file(section: str = "default", key_id: str = "INI") -> str:
    return f"[{section}]\nsecret_id = {key_id}\nsecret_key = {SECRET}\n"


# How keys are written into files of profiles

VARIABLE = "TCCLI_PROFILE"
# How a result names the role of the machine.
ROLE = "CVMRoleCredential"

_NAMES = {"access_key_id": "secretId", "access_key_secret": "secretKey", "security_token": "token"}


def keys_file(profile: str) -> str:
    return f".tccli/{profile}.credential"


def files(keys: dict[str, dict[str, str]]) -> dict[str, str]:
    """What to write, by the path in the home folder."""
    return {
        keys_file(name): json.dumps({_NAMES[part]: value for part, value in key.items() if part in _NAMES})
        for name, key in keys.items()
    }
