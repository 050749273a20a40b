# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine that measures, in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from .scene import PROVIDERS

_PACKAGES = ("ansible-core", "requests", *(each.sdk for each in PROVIDERS.values()))


def described() -> str:
    """Processor, memory, system, versions and load."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"A {platform.system()} machine ({platform.machine()}) with {os.cpu_count()} processor cores and"
        f" {memory:.0f} GB of memory, Python {platform.python_version()}, {packages}."
    )


def load() -> float:
    """Processes that wanted to run, on average over the last minute."""
    return os.getloadavg()[0]
