# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests know of each provider: all of it stands in a folder of tests/providers, and is found there."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

_FOLDER = Path(__file__).resolve().parents[1] / "providers"
_TESTS = __name__.rpartition(".support.")[0]


def having(part: str) -> list[str]:
    """The providers whose folder has this file."""
    return sorted(each.parent.name for each in _FOLDER.glob(f"*/{part}.py"))


NAMES = having("kinds")
"""Those with something to stop."""


@dataclass(frozen=True)
class Words:
    """What differs between the providers, as far as these tests meet it."""

    stop: str
    """The provider's name of the stop call."""
    describe: str
    limit: int
    """Instance ids that a stop call may name."""
    env: dict[str, str]
    """Environment variables by option."""
    pending: str
    running: str
    stopping: str
    succeeded: str
    failed: str
    cancelled: str
    terminated: str
    unknown_id: str
    """An invocation id that is well formed and belongs to nothing."""
    unknown_instance: str
    denied: str
    """The code that says that this identity may not."""
    throttled: str
    title: str
    aliases: tuple[str, ...]
    """What people call it who write C(provider)."""
    region: str
    """Where the emulator is by default."""
    elsewhere: str
    """Another region that it knows."""
    command_id: str
    """The form of an invocation's id, with a number."""
    instance_id: str
    defined_as: str
    """What command_id asks for."""
    instances_come_along: bool
    """Whether a command is read with its first instances, or with their number alone."""
    tells_the_end: bool
    """Whether it says when a command has ended."""
    services: tuple[str, ...]
    """Those that endpoint_url may name, but for the token service."""
    rate: int
    """Calls a second that we make where nothing else is said."""
    sdk: str
    """The package of the vendor's client that the benchmarks compare with."""


def part(provider: str, name: str) -> ModuleType:
    """One file of a provider's folder."""
    return importlib.import_module(f"{_TESTS}.providers.{provider}.{name}")


def words(provider: str) -> Words:
    found: Words = part(provider, "words").WORDS
    return found
