# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Executions of CloudOps Orchestration Service (OOS) templates.

Source: OOS API 2019-06-01, CancelExecution, ListExecutions, ListTaskExecutions, ListTaskExecutionInvocations.
There is no call for one execution: it is a list of one.
"""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from ..._core.clock import Deadline
from ..._core.errors import ApiError
from ..._core.listing import one_by_one, without_children
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
from ..._core.states import State, is_in_flight, state_of
from ..._core.times import seconds_of, utc_text
from ..._http.reply import Object, objects, text
from .adapter import AlibabaAdapter
from .client import PAGE_SIZE
from .oos import OOS

_STATES: dict[str, State] = {
    "Started": "pending",
    "Queued": "pending",
    "Pending": "pending",
    "Running": "running",
    # For an approval, a debug step or a decision after a failure; a trigger that waits is told apart below.
    "Waiting": "running",
    "Success": "succeeded",
    "Failed": "failed",
    "Cancelled": "stopped",
    "Skipped": "succeeded",
}

# Statuses that the list can be asked for, one a call; in the order in which they follow each other, so that what moves
# on between the calls is not missed. What waits runs again.
_IN_FLIGHT_STATUSES = ("Started", "Pending", "Queued", "Running", "Waiting", "Running")
# The filter is documented without a status that the answers have.
_MAYBE_REFUSED = ("Queued",)
_TRIGGERS = ("TimerTrigger", "EventTrigger", "AlarmTrigger")


class _Children(t.NamedTuple):
    """A page of the children of an execution."""

    parent: str
    after: str | None = None
    """The token of the page before."""


class _Child(t.NamedTuple):
    """One child, by itself."""

    id: str


class AlibabaAutomationExecution(AlibabaAdapter):
    """C(automation_execution) at Alibaba Cloud, in one region. The parts are its child executions."""

    kind = "automation_execution"
    service = OOS
    stop_actions = ("CancelExecution",)
    goes_on = "Alibaba Cloud does not document what happens to anything that an execution has started elsewhere."
    parts_key = "children"
    parts_are_operations = True
    refuses_ended = True

    # One list for each status asked for.
    read_many_limit = 1000
    read_many_least = 8

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        item = self._item(target.id, deadline)
        return self._shown(item, target) if item else None

    def read_many(self, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        # What has ended is not in these lists. No more pages are read than one by one.
        items = islice(self._items_in_flight({"IncludeChildExecution": True}, deadline), len(targets) * PAGE_SIZE)
        wanted = {target.id: target for target in targets}
        found = ((text(item, "ExecutionId"), item) for item in items)
        return {key: self._shown(item, wanted[key]) for key, item in found if key in wanted}

    def pages(self, operation: Operation, known: Collection[str] = ()) -> Chain:
        # What is known and not listed is below a child that has ended since.
        return Chain([_Children(operation.id)], known, page_of=_Child)

    def page(self, operation: Operation, cursor: Cursor, deadline: Deadline | None = None) -> Page:
        """Children, each with a page of its own for those below it, down to those that have ended by themselves."""
        following = None
        if isinstance(cursor, _Child):
            item = self._item(cursor.id, deadline)
            items = [item] if item else []
        else:
            parent, after = t.cast(_Children, cursor)
            parameters = {"ParentExecutionId": parent, "MaxResults": PAGE_SIZE, "NextToken": after}
            answer = self._client.call("ListExecutions", parameters, deadline=deadline)
            items, token = objects(answer, "Executions"), text(answer, "NextToken")
            following = _Children(parent, token) if token else None
        found = {key: item for item in items if (key := text(item, "ExecutionId")) and key != operation.id}
        parts = {key: _reading(item) for key, item in found.items()}
        # A trigger has a child for each of its runs; what those that came to their end had started is not asked for.
        # What was cancelled, perhaps along with its parent, may have left others that live on.
        below = [
            _Children(key)
            for key, item in found.items()
            if item.get("IsParent") and (is_in_flight(parts[key].state) or parts[key].state == "stopped")
        ]
        return Page(parts, len(items), next=following, more=below)

    def _listed(self, query: Query) -> Iterator[Operation]:
        parent = query.details.get("parent_execution_id")
        if parent:
            where = {"ParentExecutionId": parent}
            return self._in_flight(where) if query.in_flight_only else map(self._operation, self._executions(where))
        if query.in_flight_only:
            return without_children(self._in_flight({"IncludeChildExecution": True}))
        return map(self._operation, self._executions({"Depth": "RootDepth"}))

    def _in_flight(self, where: Object, deadline: Deadline | None = None) -> Iterator[Operation]:
        return map(self._operation, self._items_in_flight(where, deadline))

    def _items_in_flight(self, where: Object, deadline: Deadline | None) -> Iterator[Object]:
        return one_by_one(self._items_of(status, where, deadline) for status in _IN_FLIGHT_STATUSES)

    def _items_of(self, status: str, where: Object, deadline: Deadline | None) -> Iterator[Object]:
        try:
            yield from self._executions({**where, "Status": status}, deadline)
        except ApiError as error:
            if status not in _MAYBE_REFUSED or error.error_class != "bad_input":
                raise

    def stop_parameters(self, call: StopCall) -> Object:
        return {"ExecutionId": call.operation_id}

    def part_id(self, part: str) -> dict[str, str]:
        return {"execution_id": part}

    def left_behind(
        self, operation: Operation, parts: Sequence[str], found: dict[str, t.Any], deadline: Deadline
    ) -> None:
        """The Cloud Assistant invocations that the tasks of this execution, and of these children, have started."""
        invocations = found.setdefault("invocations", [])
        for task in chain.from_iterable(self._tasks(each, deadline) for each in (operation.id, *parts)):
            # Other tasks start no commands on instances; each question about one is a call.
            if "command" not in text(task, "TaskAction").lower():
                continue
            parameters = {"TaskExecutionId": text(task, "TaskExecutionId")}
            answer = self._client.call("ListTaskExecutionInvocations", parameters, deadline=deadline)
            invocations += [
                {
                    "invocation_id": text(item, "InvocationId"),
                    "region": text(item, "RegionId") or self.region,
                    "status": text(item, "Status"),
                    "task_name": text(task, "TaskName"),
                }
                for item in objects(answer, "TaskExecutionInvocations")
            ]

    def _executions(self, parameters: Object, deadline: Deadline | None = None) -> Iterator[Object]:
        return self._items("ListExecutions", parameters, "Executions", deadline)

    def _tasks(self, execution_id: str, deadline: Deadline) -> Iterator[Object]:
        parameters = {"ExecutionId": execution_id, "IncludeChildTaskExecution": True}
        return self._items("ListTaskExecutions", parameters, "TaskExecutions", deadline)

    def _items(self, action: str, parameters: Object, name: str, deadline: Deadline | None) -> Iterator[Object]:
        for page in self._client.pages(action, parameters, lambda page: objects(page, name), deadline):
            yield from objects(page, name)

    def _item(self, execution_id: str, deadline: Deadline | None) -> Object | None:
        # The list leaves out child executions unless they are asked for, and any execution may be one.
        parameters = {"ExecutionId": execution_id, "IncludeChildExecution": True}
        items = self._executions(parameters, deadline)
        return next((item for item in items if item.get("ExecutionId") == execution_id), None)

    def _shown(self, item: Object, target: Target) -> Operation:
        # Whoever wants the children stopped as well looks for them himself.
        listed = bool(item.get("IsParent")) or target.include_children
        return replace(self._operation(item), parts_are_listed=listed)

    def _operation(self, item: Object) -> Operation:
        reading = _reading(item)
        category = text(item, "Category")
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=text(item, "ExecutionId"),
            name=text(item, "TemplateName") or None,
            status=reading.status,
            state=reading.state,
            created=utc_text(item.get("CreateDate")) or utc_text(item.get("StartDate")),
            finished=utc_text(item.get("EndDate")),
            is_schedule=category in _TRIGGERS,
            details={
                "category": category or None,
                "parent_execution_id": text(item, "ParentExecutionId") or None,
                "status_message": text(item, "StatusMessage") or None,
            },
        )


def _reading(item: Object) -> Reading:
    status = text(item, "Status")
    waits_for_trigger = status == "Waiting" and text(item, "Category") in _TRIGGERS
    state: State = "scheduled" if waits_for_trigger else state_of(_STATES, status)
    message = text(item, "StatusMessage") if state == "failed" else ""
    ended = None if is_in_flight(state) else seconds_of(item.get("EndDate"))
    return Reading(status, state, error=message or None, name=text(item, "TemplateName") or None, ended=ended)
