# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Operations of Resource Orchestration Service (ROS) stack groups.

Source: ROS API 2019-09-10, StopStackGroupOperation, GetStackGroupOperation, ListStackGroupOperations,
ListStackGroupOperationResults, ListStackGroups.
"""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from ..._core.clock import Deadline
from ..._core.errors import ApiError
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
from ..._core.pages import Numbered
from ..._core.states import State, state_of
from ..._core.times import utc_text
from ..._http.reply import Object, objects, text, total
from .adapter import AlibabaAdapter
from .ros import ROS

# The same words for an operation and for each of its pairs of account and region.
_STATES: dict[str, State] = {
    "QUEUED": "pending",
    "RUNNING": "running",
    "STOPPING": "stopping",
    "STOPPED": "stopped",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
}

PAGE_SIZE = 50


class AlibabaStackGroupOperation(AlibabaAdapter):
    """C(stack_group_operation) at Alibaba Cloud. Its name is that of the stack group; its parts are the pairs of
    account and region that it works on, written C(account/region)."""

    kind = "stack_group_operation"
    service = ROS
    stop_actions = ("StopStackGroupOperation",)
    goes_on = "Alibaba Cloud does not document whether stacks that are being worked on are finished or interrupted."
    parts_key = "results_by_target"

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        answer = self._client.call("GetStackGroupOperation", {"OperationId": target.id}, deadline=deadline)
        item = answer.get("StackGroupOperation")
        if not isinstance(item, dict):
            # An unknown id is an error of its own.
            raise self._client.not_an_answer("GetStackGroupOperation", 200, "JSON without the operation")
        if target.within and target.within != text(item, "StackGroupName"):
            # The id is enough here, and whoever names the group means no other.
            return None
        return replace(self._operation(item), id=target.id)

    def pages(self, operation: Operation, known: Collection[str] = ()) -> Numbered:
        return Numbered(PAGE_SIZE)

    def page(self, operation: Operation, cursor: Cursor, deadline: Deadline | None = None) -> Page:
        number_of_page = t.cast(int, cursor) // PAGE_SIZE + 1
        parameters = {"OperationId": operation.id, "PageNumber": number_of_page, "PageSize": PAGE_SIZE}
        answer = self._client.call("ListStackGroupOperationResults", parameters, deadline=deadline)
        rows = objects(answer, "StackGroupOperationResults")
        return Page(_readings(rows), len(rows), total(answer, len(rows)))

    def _listed(self, query: Query) -> Iterator[Operation]:
        named = query.details.get("stack_group_name")
        return self._of_group(named) if named else one_by_one(map(self._of_active_group, self._active_groups()))

    def _of_active_group(self, name: str) -> Iterator[Operation]:
        try:
            yield from self._of_group(name)
        except ApiError as error:
            # It may have been deleted since.
            if error.error_class != "not_found":
                raise

    def _of_group(self, name: str) -> Iterator[Operation]:
        items = self._items("ListStackGroupOperations", {"StackGroupName": name}, "StackGroupOperations")
        return map(self._operation, items)

    def stop_parameters(self, call: StopCall) -> Object:
        return {"OperationId": call.operation_id}

    def part_id(self, part: str) -> dict[str, str]:
        account_id, _slash, region_id = part.partition("/")
        return {"account_id": account_id, "region_id": region_id}

    def _active_groups(self) -> Iterator[str]:
        for group in self._items("ListStackGroups", {"Status": "ACTIVE"}, "StackGroups"):
            name = text(group, "StackGroupName")
            if name:
                yield name

    def _items(self, action: str, parameters: Object, name: str, deadline: Deadline | None = None) -> Iterator[Object]:
        pages = self._client.numbered_pages(action, parameters, PAGE_SIZE, lambda page: objects(page, name), deadline)
        for page in pages:
            yield from objects(page, name)

    def _operation(self, item: Object) -> Operation:
        status = text(item, "Status")
        group = text(item, "StackGroupName") or None
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=text(item, "OperationId"),
            name=group,
            status=status,
            state=state_of(_STATES, status),
            created=utc_text(item.get("CreateTime")),
            finished=utc_text(item.get("EndTime")),
            parts_are_listed=True,
            details={
                "stack_group_name": group,
                "action": text(item, "Action") or None,
                "description": text(item, "OperationDescription") or None,
            },
        )


def _readings(items: Iterable[Object]) -> dict[str, Reading]:
    return {
        f"{text(item, 'AccountId')}/{text(item, 'RegionId')}": Reading(
            text(item, "Status"), state_of(_STATES, text(item, "Status")), error=text(item, "StatusReason") or None
        )
        for item in items
    }
