# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start what never ends, through the providers' own calls, so that the drill has something to stop.

Usage: start_runaways.py NAME [PROVIDER INSTANCES]; address and keys come from the environment. Without a provider,
commands and one operation of every other kind are started at all of them; with one, a command on so many instances.
Prints what it has started as JSON: a list of provider, kind, id, and for commands the number of instances.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from itertools import chain
from typing import Any

from emulator.providers import all_providers


def everything(name: str) -> Iterator[dict[str, Any]]:
    for provider in all_providers():
        runaways = _runaways(provider.name)
        for started in chain(runaways.start_commands(name), runaways.start_others(name)):
            yield {"provider": provider.name, **started}


def commands(name: str, provider: str, instances: str) -> Iterator[dict[str, Any]]:
    for started in _runaways(provider).start_commands(name, int(instances)):
        yield {"provider": provider, **started}


def _runaways(provider: str) -> Any:
    return importlib.import_module(f"emulator.{provider}.runaways")


if __name__ == "__main__":
    print(json.dumps(list(commands(*sys.argv[1:]) if sys.argv[2:] else everything(*sys.argv[1:]))))
