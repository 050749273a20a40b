# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The providers are the folders beside this file that have a PROVIDER. To add one, put its folder there."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from .wire import Provider


@cache
def all_providers() -> tuple[Provider, ...]:
    """In the order of their names."""
    folders = sorted(each.name for each in pkgutil.iter_modules([str(Path(__file__).parent)]) if each.ispkg)
    return tuple(importlib.import_module(f".{name}", __package__).PROVIDER for name in folders)
