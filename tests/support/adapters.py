# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each provider's folder says of its kinds, for the tests that are the same for all of them."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.cloudops.halt.plugins.module_utils._core.adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Reading

from .answers import Answer, Asked
from .kinds import ADAPTERS

Item = dict[str, t.Any]


@dataclass(frozen=True)
class Kind:
    """One kind at one provider, as its documents describe it."""

    provider: str
    kind: str
    id: str
    item: Callable[..., Item]
    """One operation as the provider writes it: its id, and any fields that differ. It runs, and has no parts."""
    reading: Callable[..., list[Answer]]
    """The answers to the calls that read an item, and then its parts, as the provider writes them."""
    long_reading: Sequence[Answer]
    """The same, where every list goes on over a second page."""
    listing: Callable[..., list[Answer]]
    """The answers to the first calls of a listing: with these items, and C(more) to come."""
    endless: Callable[[int], Answer]
    """The full page of this number of a list that does not end."""
    shown: Mapping[str, t.Any]
    """What a result has of the item, beside what is the same for all."""
    reads: Sequence[Asked]
    """The calls that read it with its parts, where all of them fit on one page."""
    status: str
    """The field of the status."""
    states: Mapping[str, str]
    """All words for a status, by the state that they stand for."""
    ended: Callable[[str, str], Item]
    """An item that has ended, with the moments of its beginning and end."""
    stops: Mapping[str, t.Any]
    """What the call of the stop names, for the whole."""
    foreign: Mapping[str, Mapping[str, str]]
    """By option, ids that are plainly of something else, each with the words that say where it belongs."""
    own: Mapping[str, Sequence[str]]
    stop: str = ""
    """The provider's name of the stop call, where its kind has several."""
    within: str = ""
    """What the operation belongs to, where a call has to name that, too."""
    dated: Sequence[str] = ("created", "finished")
    """Which of these moments the provider tells."""
    stops_some: Mapping[str, t.Any] | None = None
    """The same for the instances x-1 and x-2, where that can be asked for."""
    stop_limit: int | None = None
    parts: Mapping[str, Item] = field(default_factory=dict)
    """Some parts as the provider writes them, by id."""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    """The same parts as they are read."""
    parts_key: str | None = None
    part_named: Mapping[str, str] = field(default_factory=dict)
    """How a result names the first of these parts."""
    part_status: str | None = None
    part_states: Mapping[str, str] = field(default_factory=dict)
    part_ended: Callable[[str], Item] | None = None
    """The fields of a part that ended at this moment, where the provider tells."""
    exits: Mapping[str, t.Any] = field(default_factory=dict)
    """The fields of a part with an exit code of 0, where there are such."""
    inside: Callable[[str], Item] | None = None
    """The fields of an item that shows this part inside of a list, where such lists must not be taken for whole."""
    counts: Asked | None = None
    """The call that tells how many parts there are, where they can be counted."""
    glances: Sequence[Asked] = ()
    """The calls that read the operations one, two and three together."""
    has_children: Mapping[str, t.Any] = field(default_factory=dict)
    """The fields of an item that has started others of its kind."""
    groups: Callable[..., Answer] | None = None
    """The list of the groups of these names, where operations are listed group by group."""
    group_lists: Sequence[str] = ()
    """The calls that list the groups, and the operations of one."""

    @property
    def adapter(self) -> type[Adapter[t.Any]]:
        return ADAPTERS[self.kind, self.provider]
