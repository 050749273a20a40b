# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What a provider adapter declares: one kind of operation at one provider."""

from __future__ import annotations

import typing as t
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from .clock import Deadline
from .errors import ApiError
from .kinds import KINDS
from .model import Cursor, Noted, Operation, Page, Query, StopCall, Target
from .pages import Chain, Pages
from .warnings import cut_short_list, parts_unknown


class Client(t.Protocol):
    """What adapters need of whatever makes a provider's calls."""

    url: str
    """Where the calls go."""
    calls: Counter[str]
    """Requests sent so far, by the provider's name of the call."""
    has_answered: bool
    """Whether the provider has answered any call so far, be it with an error."""

    @property
    def region(self) -> str:
        """Where they act."""

    @property
    def request_timeout(self) -> float:
        """Seconds that one request may take."""

    @property
    def identity(self) -> str:
        """The id of the key that the calls are signed with."""

    @property
    def credentials_source(self) -> str:
        """Where the key came from."""

    def call(
        self,
        action: str,
        parameters: Mapping[str, t.Any],
        *,
        repeatable: bool = True,
        deadline: Deadline | None = None,
        noted: Noted | None = None,
    ) -> dict[str, t.Any]:
        """One call, of which the answers to all tries go to C(noted). Raises ApiError."""

    def wait_after(self, error: ApiError, attempt: int) -> float:
        """Seconds to wait after this error before try C(attempt + 2)."""


AnyClient = t.TypeVar("AnyClient", bound=Client)


class Adapter(ABC, t.Generic[AnyClient]):
    """One kind at one provider, connected to one region. The shared flow knows no more of a provider than this."""

    kind: t.ClassVar[str]
    provider: t.ClassVar[str]
    title: t.ClassVar[str]
    """What messages call the provider."""
    service: t.ClassVar[t.Any]
    """Which service its client calls."""
    stop_actions: t.ClassVar[tuple[str, ...]]
    """The provider's names of the stop calls: mostly one."""
    stop_limit: t.ClassVar[int | None] = None
    """Instance ids that one stop call may name; None if it can only name the whole."""
    goes_on: t.ClassVar[str]
    """What may still run after an accepted stop, as a sentence."""
    parts_key: t.ClassVar[str | None] = None
    """Under which key a result lists the parts, if the kind has any."""
    parts_are_operations: t.ClassVar[bool] = False
    """Whether each part is an operation of its own, with its own id, which may outlive the whole."""
    refuses_ended: t.ClassVar[bool] = False
    """Whether the provider is documented to refuse the stop of what has ended, so that acceptance shows that it was in
    flight."""
    stop_may_show_as_failed: t.ClassVar[bool] = False
    """Whether what was stopped may be read back with the status of a failure."""

    place_options: t.ClassVar[tuple[str, ...]] = ()
    """Which options of its kind say where something is at this provider."""
    needs_within: t.ClassVar[bool] = False
    """Whether several operations may have one id, so that the option that names what they belong to counts."""

    def __init__(self, client: AnyClient, place: Mapping[str, str] | None = None) -> None:
        """C(place) is what the options of C(place_options) say."""
        self._client = client
        self.place = place or {}

    def own_options(self, within: str) -> dict[str, str]:
        """What a target says in the options that only its kind has. C(within) is empty where nobody has named it."""
        option = KINDS[self.kind].within
        return {**({option: within} if option and within else {}), **self.place}

    @abstractmethod
    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        """The operation as a whole, with the parts that come along with it; None if the provider does not know it.

        One call, or two. Raises ApiError.
        """

    def look_up(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        """C(read) for a provider that answers an unknown id with an error, as well as for one that answers nothing."""
        try:
            return self.read(target, deadline)
        except ApiError as error:
            if error.error_class == "not_found":
                return None
            raise

    def pages(self, operation: Operation, known: Collection[str] = ()) -> Pages:
        """Which pages list the parts of an operation; C(known) are those seen before."""
        return Chain(())

    def page(self, operation: Operation, cursor: Cursor, deadline: Deadline | None = None) -> Page:
        """One page of the list of parts. One call. Raises ApiError."""
        raise NotImplementedError

    def read_all(self, target: Target) -> Operation | None:
        """The operation with all of its parts. Raises ApiError."""
        operation = self.look_up(target)
        return operation and self.with_parts(operation, target)

    def with_parts(self, operation: Operation, target: Target) -> Operation:
        """This operation, which is that of C(target), with all of its parts. Raises ApiError."""
        if not operation.parts_are_listed:
            return operation
        parts = dict(operation.parts)
        pages = self.pages(operation)
        warnings = list(operation.warnings)
        try:
            while cursors := pages.next():
                for cursor in cursors:
                    page = self.page(operation, cursor)
                    pages.add(cursor, page)
                    parts.update(page.parts)
        except ApiError as error:
            if not self.parts_are_operations or target.include_children:
                raise
            # They are only to be named.
            warnings.append(parts_unknown(target, error))
        if pages.shortfall:
            warnings.append(cut_short_list(target.id, pages.shortfall))
        return replace(operation, parts=parts, warnings=tuple(warnings))

    def find(self, query: Query) -> Iterator[Operation]:
        """Operations that may match the query, each once. Raises ApiError."""
        seen: set[tuple[str, str]] = set()
        for operation in self._listed(query):
            # A list may shift while it is paged.
            if operation.id and operation.key not in seen:
                seen.add(operation.key)
                yield operation

    read_many_limit: t.ClassVar[int] = 0
    """Operations that C(read_many) reads at once; 0 if they can only be read one by one."""
    read_many_least: t.ClassVar[int] = 2
    """For how many operations C(read_many) takes fewer calls than reading them one by one."""

    def read_many(self, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        """Operations by id, as far as a few calls for all of them show them. Raises ApiError.

        What is missing in the answer is read by itself, so that this may leave out whatever is in doubt.
        """
        return {}

    @abstractmethod
    def _listed(self, query: Query) -> Iterator[Operation]:
        """Operations as the provider lists them, asked for as little as the query allows."""

    @abstractmethod
    def stop_parameters(self, call: StopCall) -> Mapping[str, t.Any]:
        """What the stop call says."""

    def stop_action(self, call: StopCall) -> str:
        """The provider's name of this stop call."""
        return self.stop_actions[0]

    def stop(self, call: StopCall, noted: Noted, deadline: Deadline | None = None) -> None:
        """Ask for this stop, once. What the answer tells goes to C(noted). Raises ApiError."""
        parameters = self.stop_parameters(call)
        self._client.call(self.stop_action(call), parameters, repeatable=False, deadline=deadline, noted=noted)

    def objection(self, operation: Operation) -> str | None:
        """Why this operation must not be stopped, as a sentence; None if it may be."""
        return None

    def part_id(self, part: str) -> dict[str, str]:
        """How a result names a part."""
        return {"instance_id": part}

    def left_behind(
        self, operation: Operation, parts: Sequence[str], found: dict[str, t.Any], deadline: Deadline
    ) -> None:
        """Add to C(found) what the operation and these parts of it have started and their stop does not reach.

        Raises ApiError; what was found by then remains.
        """

    @classmethod
    def permission_for(cls, action: str) -> str:
        """What the provider's access control calls the right to make this call."""
        return f"{cls.service.name}:{action}"

    def searched_in(self, target: Target) -> str:
        """Where an operation that was not found was looked for inside the region, as the end of that sentence."""
        return f" in {target.within}" if target.within else ""

    def absent(self, target: Target) -> str:
        """What the target names beside the operation, and is not there either, as a sentence without its full stop."""
        return ""

    @property
    def id_option(self) -> str:
        """The option that holds the operation's id."""
        return KINDS[self.kind].id_option

    def identifying_options(self, target: Target) -> list[str]:
        """The options that tell an operation from all others in its region."""
        within = KINDS[self.kind].within if self.needs_within or target.within else None
        return [self.id_option, *filter(None, [within]), *self.place_options]

    @property
    def parts_only_show(self) -> bool:
        """Whether the parts can only be stopped as a whole, which then decides for all of them."""
        return self.stop_limit is None and not self.parts_are_operations

    @property
    def region(self) -> str:
        return self._client.region

    @property
    def scope(self) -> str:
        """As people write it: C(PROVIDER/REGION)."""
        return f"{self.provider}/{self.region}"

    @property
    def request_timeout(self) -> float:
        """Seconds that one request may take."""
        return self._client.request_timeout

    @property
    def has_answered(self) -> bool:
        """Whether the provider has answered any call so far, be it with an error."""
        return self._client.has_answered

    @property
    def url(self) -> str:
        """Where the calls go."""
        return self._client.url

    @property
    def identity(self) -> str:
        """The id of the key that the calls are signed with."""
        return self._client.identity

    @property
    def credentials_source(self) -> str:
        """Where the key came from."""
        return self._client.credentials_source

    def wait_after(self, error: ApiError, attempt: int) -> float:
        """Seconds to wait after this error of a stop before try C(attempt + 2)."""
        return self._client.wait_after(error, attempt)

    @property
    def calls(self) -> Counter[str]:
        """Requests sent so far, by the provider's name of the call."""
        return self._client.calls


def stop_calls(adapters: Iterable[Adapter[t.Any]]) -> int:
    """Stop calls sent so far."""
    return sum(adapter.calls[action] for adapter in adapters for action in adapter.stop_actions)
