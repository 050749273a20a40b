# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The providers. A new one joins by its entry; its code is imported when it is used."""

from __future__ import annotations

import random
import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .._core.adapter import Adapter
from .._core.clock import Clock
from .._core.errors import OptionError
from .._core.ids import misplaced, misplaced_instance
from .._core.kinds import KINDS
from .._core.model import Target
from .._credentials.platform import Platform
from .._http.client import ApiClient
from .._http.connection import Connection
from .._http.pacing import Pacer
from .alibaba.platform import ALIBABA
from .aws.platform import AWS
from .tencent.platform import TENCENT

AnyAdapter = Adapter[t.Any]


class Code(t.NamedTuple):
    """The code of one provider."""

    client: type[ApiClient]
    """Makes the calls of one of its services."""
    adapters: Sequence[type[AnyAdapter]]


@dataclass(frozen=True)
class Provider:
    """An entry."""

    platform: Platform
    kinds: tuple[str, ...]
    load: Callable[[], Code]

    def adapter(self, kind: str) -> type[AnyAdapter]:
        return next(adapter for adapter in self.load().adapters if adapter.kind == kind)


def _alibaba() -> Code:
    from .alibaba.adapters import ADAPTERS, CLIENT

    return Code(CLIENT, ADAPTERS)


def _aws() -> Code:
    from .aws.adapters import ADAPTERS, CLIENT

    return Code(CLIENT, ADAPTERS)


def _tencent() -> Code:
    from .tencent.adapters import ADAPTERS, CLIENT

    return Code(CLIENT, ADAPTERS)


_ENTRIES = (
    Provider(ALIBABA, ("cloud_invocation", "automation_execution", "image_task", "stack_group_operation"), _alibaba),
    Provider(TENCENT, ("cloud_invocation",), _tencent),
    Provider(AWS, ("cloud_invocation", "automation_execution", "image_task", "stack_group_operation"), _aws),
)

PROVIDERS = {entry.platform.name: entry for entry in _ENTRIES}
PLATFORMS = tuple(entry.platform for entry in _ENTRIES)
ALIASES = {alias: name for name, entry in PROVIDERS.items() for alias in entry.platform.aliases}
# What messages give as an example.
SCOPE_EXAMPLE = "/".join((_ENTRIES[0].platform.name, _ENTRIES[0].platform.region_example))
TARGET_EXAMPLE = "/".join((_ENTRIES[0].kinds[0], SCOPE_EXAMPLE, _ENTRIES[0].platform.id_example))
_IDS = [(name, form) for name, entry in PROVIDERS.items() for form in entry.platform.ids]


def providers_of(kind: str) -> list[str]:
    """The providers that have this kind."""
    return [name for name, entry in PROVIDERS.items() if kind in entry.kinds]


def place_of(kind: str, provider: str, options: Mapping[str, t.Any]) -> dict[str, str]:
    """What the options that only this kind has say of where something is. Raises OptionError for one that the provider
    does not know, with this kind or without."""
    entry, choices = PROVIDERS[provider], KINDS[kind].place
    taken = entry.adapter(kind).place_options if kind in entry.kinds else ()
    for name in choices:
        if name not in taken and options.get(name) not in (None, choices[name][0]):
            raise OptionError(
                f"{name} is {options[name]}, and {entry.platform.title} has no such setting: leave it out."
            )
    return {name: options.get(name) or choices[name][0] for name in taken}


def connect(
    kind: str,
    connection: Connection,
    clock: Clock,
    rng: random.Random,
    pacer: Pacer | None = None,
    place: Mapping[str, str] | None = None,
) -> AnyAdapter:
    """The adapter for a kind, with a client of its own. Clients that share a rate share a C(pacer). C(place) is what
    C(place_of) has read."""
    provider = PROVIDERS[connection.platform.name]
    adapter = provider.adapter(kind)
    return adapter(provider.load().client(connection, adapter.service, clock, rng, pacer), place)


def check(target: Target, adapter: AnyAdapter) -> None:
    """Raise OptionError for an id that is plainly of something else, before any call.

    Other forms pass: the provider knows best what it issued.
    """
    wrong = misplaced(target.id, adapter.kind, adapter.provider, _IDS)
    if wrong:
        raise OptionError(f"{adapter.id_option}: {wrong}.")
    for identifier in target.instance_ids:
        wrong = misplaced_instance(identifier, adapter.provider, _IDS)
        if wrong:
            raise OptionError(f"instance_ids: {wrong}.")
