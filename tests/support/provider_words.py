# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where code names a provider: what a new one would have to edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

# Names of the providers, of their services and wires, and beginnings of their ids.
WORDS = re.compile(
    r"(?<![a-z])(alibaba|aliyun|alicloud|tencent|qcloud|amazon|aws|acs\d?|tc3|ecs|oos|ros|tat|cvm|ssm|ec2|ltai|akid|cais"
    r"|x-acs|x-tc|x-amz)(?![a-z])|tencentcloud|\b(t-hz|i-bp|inv-|invt-|ins-)",
    re.IGNORECASE,
)


def places_of(text: str, path: Path) -> Iterator[str]:
    """The lines that name a provider; those that follow each other are one place."""
    last = -1
    for number, line in enumerate(text.splitlines(), 1):
        if WORDS.search(line):
            if number != last + 1:
                yield f"{path}:{number}: {line.strip()}"
            last = number
