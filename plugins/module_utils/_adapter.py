# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What a provider adapter declares: one kind of operation at one provider."""

from __future__ import annotations

import random
import typing as t
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection, Platform
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._http import ApiClient
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query, Target

Client = t.TypeVar("Client", bound=ApiClient)


class Adapter(ABC, t.Generic[Client]):
    """One kind at one provider, connected to one region. The shared flow knows no more of a provider than this."""

    kind: t.ClassVar[str]
    platform: t.ClassVar[Platform]
    id_option: t.ClassVar[str]
    """The option that holds the operation's id."""
    stop_action: t.ClassVar[str]
    """The provider's name of the stop call."""
    stop_limit: t.ClassVar[int | None] = None
    """Instance ids that one stop call may name; None if it can only name the whole."""
    permission: t.ClassVar[str]
    """What the provider's access control calls the right to stop this kind."""
    goes_on: t.ClassVar[str]
    """What may still run after an accepted stop, as a sentence."""
    foreign_ids: t.ClassVar[Mapping[str, str]]
    """Beginnings of operation ids that are plainly of something else, and of what."""
    foreign_instance_ids: t.ClassVar[Mapping[str, str]] = {}
    """The same for instance ids."""
    parts_key: t.ClassVar[str | None] = None
    """Under which key a result lists the parts, if the kind has any."""
    stop_may_show_as_failed: t.ClassVar[bool] = False
    """Whether what was stopped may be read back with the status of a failure."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    @abstractmethod
    def connect(cls, connection: Connection, clock: Clock, rng: random.Random) -> Adapter[Client]:
        """The adapter with a client of its own."""

    @abstractmethod
    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        """The operation with its parts, the target's at least; None if the provider does not know it.

        Raises ApiError.
        """

    def look_up(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        """C(read) for a provider that answers an unknown id with an error, as well as for one that answers nothing."""
        try:
            return self.read(target, deadline)
        except ApiError as error:
            if error.error_class == "not_found":
                return None
            raise

    def find(self, query: Query) -> Iterator[Operation]:
        """Operations that may match the query, each once. Raises ApiError."""
        seen: set[str] = set()
        for operation in self._listed(query):
            # A list may shift while it is paged.
            if operation.id and operation.id not in seen:
                seen.add(operation.id)
                yield operation

    @abstractmethod
    def _listed(self, query: Query) -> Iterator[Operation]:
        """Operations as the provider lists them, asked for as little as the query allows."""

    @abstractmethod
    def stop(self, operation_id: str, instance_ids: Sequence[str], request_ids: list[str]) -> None:
        """Ask for the stop of these instances, or of all where none is named. Adds the ids of its requests.

        Raises ApiError.
        """

    def objection(self, operation: Operation) -> str | None:
        """Why this operation must not be stopped, as a sentence; None if it may be."""
        return None

    def part_id(self, part: str) -> dict[str, str]:
        """How a result names a part."""
        return {"instance_id": part}

    def left_behind(self, operation: Operation) -> dict[str, t.Any]:
        """What the operation has started and its stop does not reach, for the result. Raises ApiError."""
        return {}

    @property
    def provider(self) -> str:
        return self.platform.name

    @property
    def region(self) -> str:
        return self._client.connection.region

    @property
    def calls(self) -> Counter[str]:
        """Requests sent so far, by the provider's name of the call."""
        return self._client.calls

    def check(self, target: Target) -> None:
        """Raise OptionError for an id that is plainly of something else, before any call.

        Other forms pass: the provider knows best what it issued.
        """
        for option, ids, foreign in (
            (self.id_option, [target.id], self.foreign_ids),
            ("instance_ids", target.instance_ids, self.foreign_instance_ids),
        ):
            for identifier in ids:
                what = next((name for beginning, name in foreign.items() if identifier.startswith(beginning)), None)
                if what:
                    raise OptionError(f"{option}: {identifier} is the id of {what}, but provider is {self.provider}.")
