# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start what never ends at Tencent Cloud, through its own calls."""

from __future__ import annotations

from ..runaways import SCRIPT, TIMEOUT, Started, client, command, groups
from .tat import INSTANCES_PER_RUN

INSTANCES = 450


def start_commands(name: str, instances: int = INSTANCES) -> Started:
    wanted = {"CommandName": name, "CommandType": "SHELL", "Content": SCRIPT, "Timeout": TIMEOUT}
    for ids in groups("ins-drill{:06d}", instances, INSTANCES_PER_RUN):
        sent = {**wanted, "InstanceIds": ids}
        started = client("tencent", "cloud_invocation").call("RunCommand", sent, repeatable=False)
        yield command(started["InvocationId"], ids)


def start_others(name: str) -> Started:
    """There are no other kinds."""
    return iter(())
