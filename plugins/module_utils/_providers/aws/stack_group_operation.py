# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Operations of CloudFormation stack sets.

Source: CloudFormation API 2010-05-15, StopStackSetOperation, DescribeStackSetOperation, ListStackSetOperations,
ListStackSetOperationResults, ListStackSets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from ..._core.clock import Deadline
from ..._core.errors import AMBIGUOUS, ApiError
from ..._core.listing import one_by_one
from ..._core.model import (
    Cursor,
    Operation,
    Page,
    Query,
    Reading,
    StopCall,
    Target,
)
from ..._core.pages import Chain
from ..._core.states import State, state_of
from ..._core.times import utc_text
from ..._http.reply import Object, number, objects, text
from .adapter import AwsAdapter
from .client import AwsClient
from .services import CLOUDFORMATION

_OPERATION: dict[str, State] = {
    "QUEUED": "pending",
    "RUNNING": "running",
    "STOPPING": "stopping",
    "STOPPED": "stopped",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
}

_PAIR: dict[str, State] = {
    "PENDING": "pending",
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    # By a stop, or since too many others have failed.
    "CANCELLED": "stopped",
    # The word of some that answer in the place of AWS.
    "STOPPED": "stopped",
}

PAGE_SIZE = 100
_NO_SUCH_SET = "StackSetNotFound"


class AwsStackGroupOperation(AwsAdapter):
    """C(stack_group_operation) at AWS. It is within its stack set, whose name it has. Its parts are the pairs of
    account and region that it works on, written C(account/region)."""

    kind = "stack_group_operation"
    service = CLOUDFORMATION
    place_options = ("call_as",)
    needs_within = True
    stop_actions = ("StopStackSetOperation",)
    goes_on = "AWS starts no further stacks and waits for those that are being worked on, as long as that takes."
    parts_key = "results_by_target"

    def __init__(self, client: AwsClient, place: Mapping[str, str] | None = None) -> None:
        super().__init__(client, place)
        self._known_sets: dict[str, str] = {}
        """By operation, the set that a search has found it in."""
        self._missing_sets: set[str] = set()
        """The sets that were named, and that AWS does not know."""

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        within = target.within or self._known_sets.get(target.id)
        if not within:
            return self._searched(target.id, deadline)
        try:
            return self._of(within, target.id, deadline)
        except ApiError as error:
            if error.code.startswith(_NO_SUCH_SET):
                self._missing_sets.add(within)
            raise

    def _of(self, name: str, operation_id: str, deadline: Deadline | None) -> Operation:
        parameters = {"StackSetName": name, "OperationId": operation_id, **self._as}
        answer = self._client.call("DescribeStackSetOperation", parameters, deadline=deadline)
        item = answer.get("StackSetOperation")
        if not isinstance(item, dict):
            # An unknown id is an error of its own.
            raise self._client.not_an_answer("DescribeStackSetOperation", 200, "XML without the operation")
        return replace(self._operation(name, item), id=operation_id)

    def _searched(self, operation_id: str, deadline: Deadline | None) -> Operation | None:
        """The operation of the one active set that has it. Ids may be chosen, so that several may have it."""
        found: list[Operation] = []
        for name in self._active_sets(deadline):
            try:
                found.append(self._of(name, operation_id, deadline))
            except ApiError as error:
                if error.error_class != "not_found":
                    raise
        if len(found) > 1:
            names = " and ".join(sorted(operation.within for operation in found))
            message = f"The stack sets {names} each have an operation {operation_id}"
            raise self._client.error("DescribeStackSetOperation", AMBIGUOUS, message, "bad_input")
        for operation in found:
            self._known_sets[operation_id] = operation.within
            return operation
        return None

    def searched_in(self, target: Target) -> str:
        where = f"the stack set {target.within}" if target.within else "any active stack set"
        return f" in {where} with call_as={self.place['call_as']}"

    def absent(self, target: Target) -> str:
        if target.within not in self._missing_sets:
            return ""
        return f"there is no stack set {target.within} with call_as={self.place['call_as']}"

    def pages(self, operation: Operation, known: Collection[str] = ()) -> Chain:
        return Chain([None], may_be_empty=True)

    def page(self, operation: Operation, cursor: Cursor, deadline: Deadline | None = None) -> Page:
        parameters = {
            "StackSetName": operation.within,
            "OperationId": operation.id,
            "MaxResults": PAGE_SIZE,
            "NextToken": cursor,
            **self._as,
        }
        answer = self._client.call("ListStackSetOperationResults", parameters, deadline=deadline)
        rows = _summaries(answer)
        return Page(_readings(rows), len(rows), next=text(answer, "NextToken") or None)

    def _listed(self, query: Query) -> Iterator[Operation]:
        named = query.details.get("stack_group_name")
        return self._of_set(named) if named else one_by_one(map(self._of_active_set, self._active_sets()))

    def _of_active_set(self, name: str) -> Iterator[Operation]:
        try:
            yield from self._of_set(name)
        except ApiError as error:
            # It may have been deleted since.
            if error.error_class != "not_found":
                raise

    def _of_set(self, name: str) -> Iterator[Operation]:
        return map(partial(self._operation, name), self._items("ListStackSetOperations", {"StackSetName": name}))

    def _active_sets(self, deadline: Deadline | None = None) -> Iterator[str]:
        sets = self._items("ListStackSets", {"Status": "ACTIVE"}, deadline)
        return filter(None, (text(each, "StackSetName") for each in sets))

    def _items(self, action: str, parameters: Object, deadline: Deadline | None = None) -> Iterator[Object]:
        for page in self._client.pages(action, {**parameters, **self._as}, _summaries, deadline, PAGE_SIZE):
            yield from _summaries(page)

    def stop_parameters(self, call: StopCall) -> Object:
        return {"StackSetName": call.within, "OperationId": call.operation_id, **self._as}

    def part_id(self, part: str) -> dict[str, str]:
        account_id, _slash, region_id = part.partition("/")
        return {"account_id": account_id, "region_id": region_id}

    @property
    def _as(self) -> dict[str, str]:
        """Only service-managed stack sets take it, so that it is left out where it changes nothing."""
        call_as = self.place["call_as"]
        return {"CallAs": call_as.upper()} if call_as != "self" else {}

    def _operation(self, within: str, item: Object) -> Operation:
        status = text(item, "Status")
        counts = item.get("StatusDetails")
        # A set may be named by its id, too, which is its name and more.
        name = within.partition(":")[0]
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=text(item, "OperationId"),
            name=name,
            status=status,
            state=state_of(_OPERATION, status),
            within=within,
            created=utc_text(item.get("CreationTimestamp")),
            finished=utc_text(item.get("EndTimestamp")),
            parts_are_listed=True,
            total=number(counts, "TotalStackInstancesCount") if isinstance(counts, dict) else None,
            details={
                "stack_group_name": name,
                "action": text(item, "Action") or None,
                "description": None,
            },
        )


def _summaries(answer: Object) -> list[Object]:
    return objects(answer, "Summaries")


def _readings(items: Iterable[Object]) -> dict[str, Reading]:
    return {
        f"{text(item, 'Account')}/{text(item, 'Region')}": Reading(
            text(item, "Status"), state_of(_PAIR, text(item, "Status")), error=text(item, "StatusReason") or None
        )
        for item in items
    }
