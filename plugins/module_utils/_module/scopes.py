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

from .._core.adapter import Adapter
from .._core.errors import OptionError
from .._core.kinds import KINDS
from .._credentials.chain import IDENTITY, Finder
from .._http.connection import inherited
from .._http.pacing import Pacer
from .._providers.register import SCOPE_EXAMPLE, connect, place_of, providers_of
from .single import CLOCK, connection_of, finder_of

Options = Mapping[str, t.Any]

_HIGHEST_RATE = 1000


@dataclass
class Scopes:
    """Adapters for a module's places, one for each kind, region and identity, that share connections and rates."""

    module: AnsibleModule
    pacer: Pacer = field(init=False)
    _finder: Finder = field(init=False)
    _adapters: dict[tuple[t.Any, ...], Adapter[t.Any]] = field(default_factory=dict)
    _shown_the_key: set[str] = field(default_factory=set)
    """The providers that are shown the key of the whole task."""

    def __post_init__(self) -> None:
        rate = self.module.params["rate"]
        if rate is not None and not 0 <= rate <= _HIGHEST_RATE:
            raise OptionError(
                f"rate is {rate}: it must be a number of calls a second, at most {_HIGHEST_RATE}, or 0 for no limit."
            )
        if self.module.params["concurrency"] < 1:
            raise OptionError(
                f"concurrency is {self.module.params['concurrency']}: it must be a number of calls, at least 1."
            )
        self.pacer = Pacer(CLOCK, rate)
        self._finder = finder_of(self.module)
        for number, scope in enumerate(self.module.params["scopes"] or ()):
            try:
                self._check_own_options(scope)
            except OptionError as error:
                raise at("scopes", number, error) from None

    def _check_own_options(self, scope: Options) -> None:
        """Raise OptionError for an option that no kind at the provider of a scope has. That of a kind that this task is
        not about may stand there: a scope serves many tasks."""
        for kind, about in KINDS.items():
            if any(scope.get(name) not in (None, choices[0]) for name, choices in about.place.items()):
                place_of(kind, self.provider_of(scope), scope)

    def provider_of(self, own: Options, kind: str | None = None) -> str:
        """The provider that a place names, or the module. Raises OptionError."""
        provider = own.get("provider") or self.module.params["provider"]
        if not provider:
            raise OptionError(f"provider is missing: name it, as in {SCOPE_EXAMPLE}, or for the whole task.")
        if kind and provider not in providers_of(kind):
            raise OptionError(f"{provider} has no {kind}: that kind is at {' and '.join(providers_of(kind))} only.")
        return str(provider)

    def from_scope(self, own: Options) -> Options:
        """The options of a target, with the connection of the scope that it is in. Raises OptionError."""
        if any(own.get(name) for name in IDENTITY):
            return own
        inside = [scope for scope in self.module.params["scopes"] or () if self._is_in(own, scope)]
        if len({self._told_apart(own["kind"], scope) for scope in inside}) > 1:
            names = " or ".join(("account", *KINDS[own["kind"]].place))
            raise OptionError(
                f"several scopes have this provider and region: give the {names} for each of them, and here."
            )
        return {**own, **_connection_of(inside[0]), **_connection_of(own)} if inside else own

    def _told_apart(self, kind: str, scope: Options) -> tuple[int, str]:
        """Scopes that differ in what other kinds have are the same place for a kind."""
        adapter = self.adapter(kind, self.provider_of(scope), scope)
        return id(adapter), account_of(scope, adapter)

    def _is_in(self, own: Options, scope: Options) -> bool:
        provider, kind = self.provider_of(own), own["kind"]
        if self.provider_of(scope) != provider or provider not in providers_of(kind):
            return False
        there = self.adapter(kind, provider, scope)
        region = own.get("region") or self.module.params["region"]
        same = {"account": account_of(scope, there), **there.place}
        return region in (None, there.region) and all(own.get(name) in (None, "", same[name]) for name in same)

    def adapter(self, kind: str, provider: str, own: Options) -> Adapter[t.Any]:
        """The adapter for a kind at a place. Raises OptionError."""
        options = inherited(own, self.module.params)
        if options["access_key_id"] and not own.get("access_key_id"):
            self._shown_the_key.add(provider)
            if len(self._shown_the_key) > 1:
                # One of the clouds would be shown the key of the other.
                raise OptionError(
                    "access_key_id is set for the whole task, which is at several providers: set it for each of them."
                )
        connection = connection_of(self.module, options, provider, self._finder)
        place = place_of(kind, provider, own)
        key = (kind, provider, connection, *place.items())
        if key not in self._adapters:
            self._adapters[key] = connect(kind, connection, CLOCK, random.Random(), self.pacer, place)
        return self._adapters[key]

    @property
    def adapters(self) -> list[Adapter[t.Any]]:
        return list(self._adapters.values())


def _connection_of(own: Options) -> Options:
    """What a place says of its connection and its account."""
    return {name: value for name, value in own.items() if value is not None}


def account_of(own: Options, adapter: Adapter[t.Any]) -> str:
    """What a result calls the account of a place: the user's word for it, or else the id of the key."""
    return str(own.get("account") or adapter.identity)


def at(option: str, number: int, error: OptionError) -> OptionError:
    """The error, with the place in the list that it is about."""
    return OptionError(f"{option}[{number}]: {error}")
