# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What is particular to one provider before any call."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .._core.ids import Form
from .keys import Credentials, Getter


def profile_source(name: str, file: str) -> str:
    """What results and messages call a profile."""
    return f"profile {name} ({file})"


@dataclass(frozen=True)
class Profile:
    """A named entry of the files of a vendor's command line or SDK."""

    name: str
    file: str
    kind: str
    """What the vendor calls a profile of this sort."""
    credentials: Credentials | None
    """The key that it holds; None if it only says how to get one."""
    open_library: Callable[[], Getter]
    """Hands it to the vendor's library."""
    region: str | None = None
    """Where its calls go, if it says that."""
    is_empty: bool = False
    """Whether it neither holds a key nor says how to get one, as a command line leaves it that was told nothing."""
    is_used_empty: bool = False
    """Whether its vendor then looks elsewhere for a key, although somebody has named it."""
    endpoint_url: str | None = None
    """The one URL for all services."""
    endpoint_urls: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The URLs by service, which come first."""
    urls_from: str = ""
    """Where those are written, for messages."""
    ca_path: str | None = None
    switches: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Those of the platform, as it says them."""

    @property
    def source(self) -> str:
        return profile_source(self.name, self.file)


class ProfileFiles(t.Protocol):
    """Where the users of one provider keep keys, beside options and variables of their own."""

    PROFILE_ENV: tuple[str, ...]
    """The variables that name a profile."""
    LIBRARY: str
    """The package of the vendor's library."""

    def find_profile(self, name: str | None, environ: Mapping[str, str], sts: str = "") -> Profile | None:
        """The profile of this name, or the default: an empty one only if there is no other. Raises OptionError.

        C(sts) is the host at which its library asks for the keys of a role, if not at its own.
        """

    def open_library(self) -> Getter:
        """The library's own search. Raises OptionError."""


@dataclass(frozen=True)
class Platform:
    """A provider: its names, its environment variables, its hosts, and where else its users keep keys."""

    name: str
    title: str
    region_env: tuple[str, ...]
    access_key_id_env: tuple[str, ...]
    access_key_secret_env: tuple[str, ...]
    security_token_env: tuple[str, ...]
    endpoint_url_env: tuple[str, ...]
    load_profiles: Callable[[], ProfileFiles]
    """Where else keys are kept. It is loaded when it is asked for the first time."""
    aliases: tuple[str, ...] = ()
    """What people write in place of the name."""
    region_example: str = "REGION"
    id_example: str = "ID"
    """The id of an operation of its first kind."""
    services: tuple[str, ...] = ()
    """Those that have a URL each."""
    service_url_env: str = ""
    """The variable of the URL of one of them, where C({service}) is filled in, in capitals."""
    ca_path_env: tuple[str, ...] = ()
    endpoint_types: tuple[str, ...] = ("public", "vpc")
    """Which of its own hosts can be asked for."""
    switches: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The variables that may be C(true), by what they ask for: a sort of its own hosts, of which two are joined by
    C(_), or C(no_urls), that only options name URLs."""
    own_host: re.Pattern[str] = re.compile("(?!)")
    """The vendor's own hosts, with the groups C(service) and C(region); a host may serve several regions."""
    private_sts: str = ""
    """The host of the token service inside the vendor's networks, where C({region}) is filled in."""
    ids: tuple[Form, ...] = ()
    """What its ids tell of themselves by their beginning."""
    consoles: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Where the vendor's own console shows operations, by kind; C({region}) and C({id}) are filled in."""

    @property
    def service_variables(self) -> dict[str, str]:
        """The variables of the services' URLs, by service."""
        named = self.services if self.service_url_env else ()
        return {service: self.service_url_env.format(service=service.upper()) for service in named}

    @property
    def profiles(self) -> ProfileFiles:
        return self.load_profiles()
