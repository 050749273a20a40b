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

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.adapter import AlibabaAdapter
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.client import PAGE_SIZE
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.oos import OOS
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._http import Noted
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query, Reading, Target
from ansible_collections.cloudops.halt.plugins.module_utils._reply import Object, objects, text
from ansible_collections.cloudops.halt.plugins.module_utils._states import State, is_in_flight, state_of
from ansible_collections.cloudops.halt.plugins.module_utils._steps import Look
from ansible_collections.cloudops.halt.plugins.module_utils._times import utc_text

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


class AlibabaAutomationExecution(AlibabaAdapter):
    """C(automation_execution) at Alibaba Cloud, in one region. The parts are its child executions."""

    kind = "automation_execution"
    service = OOS
    id_option = "execution_id"
    stop_action = "CancelExecution"
    permission = "oos:CancelExecution"
    goes_on = "Alibaba Cloud does not document what becomes of what an execution has started elsewhere."
    parts_key = "children"
    parts_are_operations = True
    refuses_ended = True

    # One list for each status asked for.
    glance_limit = 1000
    glance_least = 8

    def read(self, target: Target, deadline: Deadline | None = None, known: Collection[str] = ()) -> Operation | None:
        item = self._item(target.id, deadline)
        if item is None:
            return None
        operation = self._operation(item)
        if not target.include_children and not item.get("IsParent"):
            return operation
        try:
            return replace(operation, parts=self._children(item, deadline, known))
        except ApiError as error:
            if target.include_children:
                raise
            # They are only to be named.
            return replace(operation, warnings=(f"The children of {operation.id} could not be read: {error}",))

    def glance_shows(self, look: Look) -> bool:
        return not look.target.include_children

    def glance(self, looks: Sequence[Look], deadline: Deadline | None) -> dict[str, Operation]:
        # What has ended is not in these lists, and the children of a parent are not. No more pages are read than one by
        # one.
        items = islice(self._items_in_flight({"IncludeChildExecution": True}, deadline), len(looks) * PAGE_SIZE)
        wanted = {look.target.id for look in looks}
        listed = (self._operation(item) for item in items if not item.get("IsParent"))
        return {operation.id: operation for operation in listed if operation.id in wanted}

    def _listed(self, query: Query) -> Iterator[Operation]:
        parent = query.details.get("parent_execution_id")
        if parent:
            where = {"ParentExecutionId": parent}
            return self._in_flight(where) if query.in_flight_only else map(self._operation, self._executions(where))
        if query.in_flight_only:
            return self._without_parent(list(self._in_flight({"IncludeChildExecution": True})))
        return map(self._operation, self._executions({"Depth": "RootDepth"}))

    def _without_parent(self, found: Sequence[Operation]) -> Iterator[Operation]:
        """Those that no other one stands for: a run is part of the execution that has started it, unless that has
        ended, or is a trigger."""
        standing = {operation.id for operation in found if operation.details["category"] not in _TRIGGERS}
        return (operation for operation in found if operation.details["parent_execution_id"] not in standing)

    def _in_flight(self, where: Object, deadline: Deadline | None = None) -> Iterator[Operation]:
        return map(self._operation, self._items_in_flight(where, deadline))

    def _items_in_flight(self, where: Object, deadline: Deadline | None) -> Iterator[Object]:
        for status in _IN_FLIGHT_STATUSES:
            try:
                yield from self._executions({**where, "Status": status}, deadline)
            except ApiError as error:
                if status not in _MAYBE_REFUSED or error.error_class != "bad_input":
                    raise

    def stop(self, operation_id: str, instance_ids: Sequence[str], noted: Noted) -> None:
        self._client.call(self.stop_action, {"ExecutionId": operation_id}, repeatable=False, noted=noted)

    def part_id(self, part: str) -> dict[str, str]:
        return {"execution_id": part}

    def left_behind(self, operation: Operation, parts: Sequence[str], deadline: Deadline) -> dict[str, t.Any]:
        """The Cloud Assistant invocations that the tasks of this execution, and of these children, have started."""
        found = []
        for task in chain.from_iterable(self._tasks(each, deadline) for each in (operation.id, *parts)):
            # Other tasks start no commands on instances; each question about one is a call.
            if "command" not in text(task, "TaskAction").lower():
                continue
            parameters = {"TaskExecutionId": text(task, "TaskExecutionId")}
            answer = self._client.call("ListTaskExecutionInvocations", parameters, deadline=deadline)
            found += [
                {
                    "invocation_id": text(item, "InvocationId"),
                    "region": text(item, "RegionId") or self.region,
                    "status": text(item, "Status"),
                    "task_name": text(task, "TaskName"),
                }
                for item in objects(answer, "TaskExecutionInvocations")
            ]
        return {"invocations": found}

    def _executions(self, parameters: Object, deadline: Deadline | None = None) -> Iterator[Object]:
        for page in self._client.pages("ListExecutions", parameters, deadline=deadline):
            yield from objects(page, "Executions")

    def _tasks(self, execution_id: str, deadline: Deadline) -> Iterator[Object]:
        parameters = {"ExecutionId": execution_id, "IncludeChildTaskExecution": True}
        for page in self._client.pages("ListTaskExecutions", parameters, deadline=deadline):
            yield from objects(page, "TaskExecutions")

    def _item(self, execution_id: str, deadline: Deadline | None) -> Object | None:
        # The list leaves out child executions unless they are asked for, and any execution may be one.
        parameters = {"ExecutionId": execution_id, "IncludeChildExecution": True}
        items = self._executions(parameters, deadline)
        return next((item for item in items if item.get("ExecutionId") == execution_id), None)

    def _children(self, parent: Object, deadline: Deadline | None, known: Collection[str]) -> dict[str, Reading]:
        parent_id = text(parent, "ExecutionId")
        seen = {parent_id}
        children = dict(self._below(parent_id, deadline, seen))
        for child_id in known:
            # Below a child that has ended since.
            item = None if child_id in seen else self._item(child_id, deadline)
            if item:
                children.update(self._tree(item, deadline, seen))
        return children

    def _below(self, parent_id: str, deadline: Deadline | None, seen: set[str]) -> Iterator[tuple[str, Reading]]:
        for item in self._executions({"ParentExecutionId": parent_id}, deadline):
            yield from self._tree(item, deadline, seen)

    def _tree(self, item: Object, deadline: Deadline | None, seen: set[str]) -> Iterator[tuple[str, Reading]]:
        """This execution and its children, down to those that have ended, each once."""
        execution_id = text(item, "ExecutionId")
        if not execution_id or execution_id in seen:
            return
        seen.add(execution_id)
        reading = _reading(item)
        yield execution_id, reading
        # A trigger has a child for each of its runs; what those that have ended had started is not asked for.
        if item.get("IsParent") and is_in_flight(reading.state):
            yield from self._below(execution_id, deadline, seen)

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
    return Reading(status, state, error=message or None, name=text(item, "TemplateName") or None)
