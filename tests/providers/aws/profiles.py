# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How keys are written into files of profiles of AWS."""

from __future__ import annotations

VARIABLE = "AWS_PROFILE"
# How a result names the role of the machine.
ROLE = "iam-role"

_NAMES = {
    "access_key_id": "aws_access_key_id",
    "access_key_secret": "aws_secret_access_key",
    "security_token": "aws_session_token",
}


def file_of(_profile: str) -> str:
    return ".aws/credentials"


def files(keys: dict[str, dict[str, str]]) -> dict[str, str]:
    """What to write, by the path in the home folder."""
    lines = []
    for name, key in keys.items():
        lines += [f"[{name}]", *(f"{_NAMES[part]} = {value}" for part, value in key.items() if part in _NAMES)]
    return {file_of(""): "\n".join(lines) + "\n"}
