# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Where something runs, in a list of such places: a kind at a provider, in a region, with an identity."""

from __future__ import annotations

import random
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.cloudops.halt.plugins.module_utils._adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection, inherited
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Finder
from ansible_collections.cloudops.halt.plugins.module_utils._errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._kinds import ADAPTERS, providers_of
from ansible_collections.cloudops.halt.plugins.module_utils._module import CLOCK, connection_of, finder_of
from ansible_collections.cloudops.halt.plugins.module_utils._pacing import Pacer

Options = Mapping[str, t.Any]

_HIGHEST_RATE = 1000


@dataclass
class Places:
    """Adapters for a module's places, one for each kind, region and identity, that share connections and rates."""

    module: AnsibleModule
    pacer: Pacer = field(init=False)
    _finder: Finder = field(init=False)
    _adapters: dict[tuple[str, Connection], Adapter[t.Any]] = field(default_factory=dict)
    _shown_the_key: set[str] = field(default_factory=set)
    """The providers that are shown the key of the whole task."""

    def __post_init__(self) -> None:
        rate = self.module.params["rate"]
        if rate is not None and not 0 <= rate <= _HIGHEST_RATE:
            raise OptionError(
                f"rate is {rate}: it is a number of calls a second, {_HIGHEST_RATE} at most, or 0 for no limit."
            )
        if self.module.params["concurrency"] < 1:
            raise OptionError(
                f"concurrency is {self.module.params['concurrency']}: it is a number of calls, 1 at least."
            )
        self.pacer = Pacer(CLOCK, rate)
        self._finder = finder_of(self.module)

    def provider_of(self, own: Options, kind: str | None = None) -> str:
        """The provider that a place names, or the module, or the only one that has the kind. Raises OptionError."""
        provider = own.get("provider") or self.module.params["provider"]
        possible = providers_of(kind) if kind else []
        if not provider and len(possible) == 1:
            provider = possible[0]
        if not provider:
            raise OptionError("provider is missing: set it here, or for the whole task.")
        if kind and provider not in possible:
            raise OptionError(f"{provider} has no {kind}: that kind is at {' and '.join(possible)} only.")
        return str(provider)

    def adapter(self, kind: str, provider: str, own: Options) -> Adapter[t.Any]:
        """The adapter for a kind at a place. Raises OptionError."""
        options = inherited(own, self.module.params)
        if options["access_key_id"] and not own.get("access_key_id"):
            self._shown_the_key.add(provider)
            if len(self._shown_the_key) > 1:
                # One of the clouds would be shown the key of the other.
                raise OptionError(
                    "access_key_id is set for the whole task, which is at several providers: set it for each place."
                )
        cls = ADAPTERS[kind, provider]
        connection = connection_of(self.module, options, cls, self._finder)
        key = (f"{kind} {provider}", connection)
        if key not in self._adapters:
            self._adapters[key] = cls.connect(connection, CLOCK, random.Random(), self.pacer)
        return self._adapters[key]

    @property
    def adapters(self) -> list[Adapter[t.Any]]:
        return list(self._adapters.values())


def account_of(own: Options, adapter: Adapter[t.Any]) -> str:
    """What a result calls the account of a place: the user's word for it, or else the id of the key."""
    return str(own.get("account") or adapter.identity)


def at(option: str, number: int, error: OptionError) -> OptionError:
    """The error, with the place in the list that it is about."""
    return OptionError(f"{option}[{number}]: {error}")
