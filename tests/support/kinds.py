# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests over every kind need to know of each: the file kinds.py of every provider's folder lists its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._core.adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._core.kinds import KINDS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import PROVIDERS

from .providers import NAMES, part


@dataclass(frozen=True)
class Kind:
    """One kind at one provider, in the provider's words."""

    provider: str
    kind: str
    read: str
    """The provider's name of the first call that looks at one."""
    codes: Mapping[str, str]
    """The codes of what can happen to any call: throttled, wrong_clock and expired_token."""
    running: str
    succeeded: str
    """How it ends by itself."""
    failed: str
    ended: tuple[str, ...]
    """Every status of an end."""
    unknown_id: str
    """An id that is well formed and belongs to nothing."""
    refusals: tuple[str, ...]
    """Codes that may refuse the stop of something that runs. The last is for want of a permission."""
    name: str
    """What expected_name is compared with."""
    described: Mapping[str, Any]
    """How the emulator is told of one with that name."""
    stopping: str | None = None
    """The status between an accepted stop and the end, where the provider has a word for it."""
    read_again: str | None = None
    """The call that looks at one from then on, where it is another."""
    read_parts: str | None = None
    """The call that looks at the parts, where it is another."""
    stop_action: str | None = None
    """The provider's name of the call that stops it, where its kind has several."""
    read_left_behind: str | None = None
    """The call that looks at what a stop does not reach."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the emulator is to assume where the documents leave it open."""
    variant: str = ""
    own_codes_because: str | None = None
    """Why a code is not that of the provider's other kinds, if one is not."""

    @property
    def adapter(self) -> type[Adapter[Any]]:
        return ADAPTERS[self.kind, self.provider]

    @property
    def module(self) -> str:
        """The module that stops one."""
        return f"{self.kind}_{'stop' if self.kind == 'stack_group_operation' else 'cancel'}"

    @property
    def id_option(self) -> str:
        return KINDS[self.kind].id_option

    @property
    def stop(self) -> str:
        """The provider's name of the call that stops it."""
        return self.stop_action or self.adapter.stop_actions[0]

    def __str__(self) -> str:
        return "-".join(filter(None, (self.kind, self.provider, self.variant)))


def every_kind() -> list[Kind]:
    """Each kind at each of its providers, with its variants."""
    found: list[Kind] = [kind for name in NAMES for kind in part(name, "kinds").KINDS]
    return sorted(found, key=lambda kind: list(KINDS).index(kind.kind))


ADAPTERS = {(kind, name): entry.adapter(kind) for name, entry in PROVIDERS.items() for kind in entry.kinds}
"""Those of every kind at each of its providers."""
