# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Executions of Systems Manager Automation runbooks.

Source: SSM API 2014-11-06, StopAutomationExecution, GetAutomationExecution, DescribeAutomationExecutions,
DescribeAutomationStepExecutions.
"""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

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
from .adapter import AwsAdapter
from .client import PAGE_SIZE
from .services import SSM

_STATES: dict[str, State] = {
    "Pending": "pending",
    "InProgress": "running",
    # For somebody's input, or for a time.
    "Waiting": "running",
    "Cancelling": "stopping",
    "Cancelled": "stopped",
    "Success": "succeeded",
    "CompletedWithSuccess": "succeeded",
    "TimedOut": "failed",
    "Failed": "failed",
    "CompletedWithFailure": "failed",
    # Those of change requests, which may begin at a set time.
    "Scheduled": "scheduled",
    "PendingApproval": "running",
    "Approved": "running",
    "Rejected": "failed",
    "RunbookInProgress": "running",
    # A closed calendar holds them up until somebody overrules it.
    "PendingChangeCalendarOverride": "running",
    "ChangeCalendarOverrideApproved": "running",
    "ChangeCalendarOverrideRejected": "failed",
    "Exited": "succeeded",
}

# In the order in which they follow each other. Those that every region is sure to know, and what came later.
_CERTAIN = ("Pending", "InProgress", "Waiting", "Cancelling")
_LATER = (
    "PendingChangeCalendarOverride",
    "ChangeCalendarOverrideApproved",
    "PendingApproval",
    "Approved",
    "Scheduled",
    "RunbookInProgress",
)
# Values that one filter takes.
_MOST_VALUES = 10


class _Children(t.NamedTuple):
    """A page of the children of some executions."""

    parents: tuple[str, ...]
    after: str | None = None
    """The token of the page before."""


class _Child(t.NamedTuple):
    """One child, by itself."""

    id: str


class AwsAutomationExecution(AwsAdapter):
    """C(automation_execution) at AWS, in one region. The parts are its child executions, as those of rate control are,
    and those below them."""

    kind = "automation_execution"
    service = SSM
    stop_actions = ("StopAutomationExecution",)
    goes_on = "AWS does not document what happens to anything that an execution has started elsewhere."
    parts_key = "children"
    parts_are_operations = True

    # One list of all that is in flight.
    read_many_limit = 1000

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        item = self._item(target.id, deadline)
        return self._operation(item) if item else None

    def read_many(self, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        # What has ended is not in this list. No more pages are read than one by one.
        listed = islice(self._in_flight((), deadline), len(targets) * PAGE_SIZE)
        wanted = {target.id for target in targets}
        return {operation.id: operation for operation in listed if operation.id in wanted}

    def pages(self, operation: Operation, known: Collection[str] = ()) -> Chain:
        # What is known and not listed is below a child that has ended since.
        return Chain([_Children((operation.id,))], known, _Child, may_be_empty=True)

    def page(self, operation: Operation, cursor: Cursor, deadline: Deadline | None = None) -> Page:
        """Children, with pages for those below them, but for those that have ended by themselves."""
        following, parents = None, tuple[str, ...]()
        if isinstance(cursor, _Child):
            item = self._item(cursor.id, deadline)
            items = [item] if item else []
        else:
            parents, after = t.cast(_Children, cursor)
            parameters = {
                "Filters": [_filter("ParentExecutionId", *parents)],
                "MaxResults": PAGE_SIZE,
                "NextToken": after,
            }
            answer = self._client.call("DescribeAutomationExecutions", parameters, deadline=deadline)
            items, token = _executions(answer), text(answer, "NextToken")
            following = _Children(parents, token) if token else None
        parts = {key: _reading(item) for item in items if (key := _id(item)) and key != operation.id}
        # Nothing tells which of them have children. What was cancelled, perhaps along with its parent, may have left
        # others that live on.
        living = [
            key
            for key, reading in parts.items()
            if key not in parents and (is_in_flight(reading.state) or reading.state == "stopped")
        ]
        below = [
            _Children(tuple(living[start : start + _MOST_VALUES])) for start in range(0, len(living), _MOST_VALUES)
        ]
        return Page(parts, len(items), next=following, more=below)

    def _listed(self, query: Query) -> Iterator[Operation]:
        parent = query.details.get("parent_execution_id")
        if parent:
            where = (_filter("ParentExecutionId", parent),)
            return self._in_flight(where) if query.in_flight_only else self._page_through(where)
        if query.in_flight_only:
            return without_children(self._in_flight(()))
        # Whether this list leaves children out is not documented.
        return (each for each in self._page_through(()) if not each.details["parent_execution_id"])

    def _in_flight(self, where: Sequence[Object], deadline: Deadline | None = None) -> Iterator[Operation]:
        try:
            yield from self._page_through([*where, _filter("ExecutionStatus", *_CERTAIN, *_LATER)], deadline)
        except ApiError as error:
            if error.error_class != "bad_input":
                raise
            yield from one_by_one(self._of_status(status, where, deadline) for status in (*_LATER, *_CERTAIN))

    def _of_status(self, status: str, where: Sequence[Object], deadline: Deadline | None) -> Iterator[Operation]:
        """For a region that does not know all of the words: what it does not know, nothing there has."""
        try:
            yield from self._page_through([*where, _filter("ExecutionStatus", status)], deadline)
        except ApiError as error:
            if status in _CERTAIN or error.error_class != "bad_input":
                raise

    def _page_through(self, where: Sequence[Object], deadline: Deadline | None = None) -> Iterator[Operation]:
        parameters = {"Filters": list(where) or None}
        for page in self._client.pages("DescribeAutomationExecutions", parameters, _executions, deadline):
            yield from map(self._operation, _executions(page))

    def stop_parameters(self, call: StopCall) -> Object:
        return {"AutomationExecutionId": call.operation_id, "Type": "Cancel"}

    def part_id(self, part: str) -> dict[str, str]:
        return {"execution_id": part}

    def left_behind(
        self, operation: Operation, parts: Sequence[str], found: dict[str, t.Any], deadline: Deadline
    ) -> None:
        """The commands that the steps of this execution, and of these children, have started."""
        invocations = found.setdefault("invocations", [])
        for execution_id in (operation.id, *parts):
            invocations += [
                {
                    "invocation_id": command,
                    "region": self.region,
                    "status": text(step, "StepStatus"),
                    "task_name": text(step, "StepName"),
                }
                for step in self._steps(execution_id, deadline)
                for command in _commands_of(step)
            ]

    def _steps(self, execution_id: str, deadline: Deadline) -> Iterator[Object]:
        parameters = {"AutomationExecutionId": execution_id}
        for page in self._client.pages("DescribeAutomationStepExecutions", parameters, _step_executions, deadline):
            yield from _step_executions(page)

    def _item(self, execution_id: str, deadline: Deadline | None) -> Object | None:
        parameters = {"AutomationExecutionId": execution_id}
        item = self._client.call("GetAutomationExecution", parameters, deadline=deadline).get("AutomationExecution")
        return item if isinstance(item, dict) and item.get("AutomationExecutionId") == execution_id else None

    def _operation(self, item: Object) -> Operation:
        reading = _reading(item)
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=_id(item),
            name=reading.name,
            status=reading.status,
            state=reading.state,
            created=utc_text(item.get("ExecutionStartTime")),
            finished=utc_text(item.get("ExecutionEndTime")),
            # Any of its steps may have started others, so that they are always looked for.
            parts_are_listed=True,
            details={
                "category": text(item, "AutomationSubtype", "AutomationType") or None,
                "parent_execution_id": text(item, "ParentAutomationExecutionId") or None,
                "status_message": text(item, "FailureMessage") or None,
                "current_action": text(item, "CurrentAction") or None,
            },
            warnings=tuple(_warnings(item)),
        )


def _filter(key: str, *values: str) -> Object:
    return {"Key": key, "Values": list(values)}


def _executions(answer: Object) -> list[Object]:
    return objects(answer, "AutomationExecutionMetadataList")


def _step_executions(answer: Object) -> list[Object]:
    return objects(answer, "StepExecutions")


def _id(item: Object) -> str:
    return text(item, "AutomationExecutionId")


def _commands_of(step: Object) -> list[str]:
    """The ids of the commands that a step has started."""
    outputs = step.get("Outputs")
    ids = outputs.get("CommandId") if isinstance(outputs, dict) and text(step, "Action") == "aws:runCommand" else None
    return [each for each in ids if isinstance(each, str) and each] if isinstance(ids, list) else []


def _reading(item: Object) -> Reading:
    status = text(item, "AutomationExecutionStatus")
    state = state_of(_STATES, status)
    message = text(item, "FailureMessage") if state == "failed" else ""
    ended = None if is_in_flight(state) else seconds_of(item.get("ExecutionEndTime"))
    return Reading(status, state, error=message or None, name=text(item, "DocumentName") or None, ended=ended)


def _warnings(item: Object) -> Iterator[str]:
    if text(item, "AssociationId"):
        yield (
            f"{_id(item)} was started by the State Manager association {text(item, 'AssociationId')}: stopping it does"
            " not prevent the next run."
        )
    if objects(item, "TargetLocations") or text(item, "AutomationType") == "CrossAccount":
        yield (
            f"{_id(item)} runs in several accounts or regions: children in the others cannot be seen from here. Look"
            " for them there."
        )
