# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of profiles as AWS's command line and SDKs write them."""

from __future__ import annotations

from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws import profiles

SECRET = "hidden-key"
VAULT = profiles
FIRST_FILE = ".aws/credentials"
SECOND_FILE = ".aws/config"
FORMS = ("INI", "INI")
SECOND_VARIABLE = "AWS_CONFIG_FILE"
READ_FIRST = FIRST_FILE
# What the command line leaves when it was told nothing.
EMPTY: list[dict[str, Any]] = [{"aws_access_key_id": "", "aws_secret_access_key": ""}]
# Everything is text in such a file.
KEYS: list[str] = []


def section(name: str, **entries: str) -> str:
    return "\n".join([f"[{name}]", *(f"{key} = {value}" for key, value in entries.items()), ""])


def first_file(name: str = "default", **more: str) -> str:
    """A file with a profile in which these values differ."""
    return section(name, **{"aws_access_key_id": name.upper(), "aws_secret_access_key": SECRET, **more})


def second_file(name: str = "default", key_id: str = "INI", **more: str) -> str:
    called = name if name == "default" else f"profile {name}"
    return section(called, **{"aws_access_key_id": key_id, "aws_secret_access_key": SECRET, **more})


def with_region(region: str) -> dict[str, str]:
    """The files of a default profile that names a region, by their path."""
    return {FIRST_FILE: first_file(), SECOND_FILE: section("default", region=region)}


# How keys are written into files of profiles

VARIABLE = "AWS_PROFILE"
# How a result names the role of the machine.
ROLE = "iam-role"

_NAMES = {
    "access_key_id": "aws_access_key_id",
    "access_key_secret": "aws_secret_access_key",
    "security_token": "aws_session_token",
}


def keys_file(_profile: str) -> str:
    return ".aws/credentials"


def files(keys: dict[str, dict[str, str]]) -> dict[str, str]:
    """What to write, by the path in the home folder."""
    lines = []
    for name, key in keys.items():
        lines += [f"[{name}]", *(f"{_NAMES[part]} = {value}" for part, value in key.items() if part in _NAMES)]
    return {keys_file(""): "\n".join(lines) + "\n"}
