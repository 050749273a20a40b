# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the documentation says of a provider, beside what is read from its code: C(make words) writes it there.

No module imports this. Texts are in Ansible's markup, and whole sentences end with a full stop.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class AboutKind:
    """A kind at a provider."""

    many: str
    """What is stopped, in the plural."""
    one: str
    """What one of them is called there."""
    id: str
    """An id, made up."""
    stop_page: str
    """The address of the reference of a stop call, where C({call}) is filled in."""
    list_call: str
    list_page: str
    """The address of the reference of C(list_call), where C({call}) is filled in."""
    notes: tuple[str, ...] = ()
    """What has to be known before one is stopped."""
    resource: str | None = None
    """How a policy names what may be stopped, as far as that is documented."""


@dataclass(frozen=True)
class About:
    """A provider."""

    kinds: Mapping[str, AboutKind]
    access_control: str
    """What the provider calls it."""
    policy: Callable[[Sequence[str]], dict[str, t.Any]]
    """The policy that allows these actions."""
    services: Mapping[str, str]
    """What people call its services, by their names in C(endpoint_url)."""
    stated_rates: Mapping[str, str]
    """Where the rates are from that the provider states, by service."""
    own_rates: Mapping[str, str]
    """Why others have a rate of ours, by service."""
    profile_files: str = ""
    """The files of profiles in the order in which they are looked at, as the end of a sentence, if there are any."""
    profile_notes: tuple[str, ...] = ()
    library: str = ""
    """The package that gets keys which stand in no file, if there is one, and its first release that serves."""
    private_host_notes: tuple[str, ...] = ()
    """What is particular to hosts in the vendor's own networks."""
