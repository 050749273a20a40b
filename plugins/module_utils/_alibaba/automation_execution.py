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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.adapter import AlibabaAdapter
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.oos import OOS
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query, Reading, Target
from ansible_collections.cloudops.halt.plugins.module_utils._reply import Object, objects, text
from ansible_collections.cloudops.halt.plugins.module_utils._states import State, state_of
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

# Statuses that the list can be asked for, one a call.
_IN_FLIGHT_STATUSES = ("Running", "Waiting", "Started", "Pending", "Queued")
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
    foreign_ids: t.ClassVar = {
        "t-": "a Cloud Assistant invocation or an image task",
        "inv-": "a Tencent Cloud invocation",
    }

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        # The list leaves out child executions unless they are asked for, and any execution may be one.
        parameters = {"ExecutionId": target.id, "IncludeChildExecution": True}
        for item in self._executions(parameters, deadline):
            if item.get("ExecutionId") == target.id:
                operation = self._operation(item)
                if target.include_children:
                    children = dict(self._descendants(item, deadline, {target.id}))
                    operation = replace(operation, parts=children)
                return operation
        return None

    def _listed(self, query: Query) -> Iterator[Operation]:
        parent = query.details.get("parent_execution_id")
        where = {"ParentExecutionId": parent} if parent else {"Depth": "RootDepth"}
        for status in _IN_FLIGHT_STATUSES if query.in_flight_only else (None,):
            try:
                for item in self._executions({**where, "Status": status}):
                    yield self._operation(item)
            except ApiError as error:
                if status not in _MAYBE_REFUSED or error.error_class != "bad_input":
                    raise

    def stop(self, operation_id: str, instance_ids: Sequence[str], request_ids: list[str]) -> None:
        self._client.call(self.stop_action, {"ExecutionId": operation_id}, repeatable=False, request_ids=request_ids)

    def part_id(self, part: str) -> dict[str, str]:
        return {"execution_id": part}

    def left_behind(self, operation: Operation) -> dict[str, t.Any]:
        """The Cloud Assistant invocations that the tasks of this execution, and of the children read, have started."""
        found = []
        for task in chain.from_iterable(map(self._tasks, (operation.id, *operation.parts))):
            # Other tasks start no commands on instances; each question about one is a call.
            if "command" not in text(task, "TaskAction").lower():
                continue
            parameters = {"TaskExecutionId": text(task, "TaskExecutionId")}
            answer = self._client.call("ListTaskExecutionInvocations", parameters)
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

    def _tasks(self, execution_id: str) -> Iterator[Object]:
        parameters = {"ExecutionId": execution_id, "IncludeChildTaskExecution": True}
        for page in self._client.pages("ListTaskExecutions", parameters):
            yield from objects(page, "TaskExecutions")

    def _descendants(self, parent: Object, deadline: Deadline | None, seen: set[str]) -> Iterator[tuple[str, Reading]]:
        for child in self._executions({"ParentExecutionId": text(parent, "ExecutionId")}, deadline):
            child_id = text(child, "ExecutionId")
            if not child_id or child_id in seen:
                continue
            seen.add(child_id)
            yield child_id, _reading(child)
            if child.get("IsParent"):
                yield from self._descendants(child, deadline, seen)

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
            parts_are_operations=True,
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
    return Reading(status, state, error=text(item, "StatusMessage") or None if state == "failed" else None)
