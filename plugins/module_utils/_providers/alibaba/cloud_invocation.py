# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Commands that Cloud Assistant runs on instances.

Source: ECS API 2014-05-26, StopInvocation, DescribeInvocations, DescribeInvocationResults.
"""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from sys import intern

from ..._core.clock import Deadline
from ..._core.model import (
    Cursor,
    Operation,
    Page,
    Query,
    Reading,
    StopCall,
    Target,
    reading_of,
)
from ..._core.pages import Chain, Either, Numbered
from ..._core.states import State, is_in_flight, state_of
from ..._core.times import seconds_of, utc_text
from ..._http.reply import Object, number, objects, text, total
from .adapter import AlibabaAdapter
from .client import PAGE_SIZE
from .ecs import ECS

_OVERALL: dict[str, State] = {
    "Pending": "pending",
    "Scheduled": "scheduled",
    "Running": "running",
    "Stopping": "stopping",
    "Success": "succeeded",
    "Failed": "failed",
    "PartialFailed": "failed",
    "Stopped": "stopped",
    # The older word for "ended everywhere".
    "Finished": "succeeded",
}

_INSTANCE: dict[str, State] = {
    "Pending": "pending",
    "Scheduled": "scheduled",
    "Running": "running",
    "Stopping": "stopping",
    "Success": "succeeded",
    "Failed": "failed",
    "Invalid": "failed",
    "Aborted": "failed",
    "Error": "failed",
    "Timeout": "failed",
    "Cancelled": "stopped",
    "Terminated": "stopped",
    # The older words.
    "Finished": "succeeded",
    "Stopped": "stopped",
}

# Statuses that the list can be asked for, one a call; in the order in which they follow each other, so that what moves
# on between the calls is not missed. A schedule goes back and forth.
_IN_FLIGHT_STATUSES = ("Pending", "Scheduled", "Running", "Scheduled", "Stopping")
# Those of a command that is no schedule.
_GLANCED = ("Pending", "Running", "Stopping")
_REPEATING = ("Period", "NextRebootOnly", "EveryReboot")


class AlibabaCloudInvocation(AlibabaAdapter):
    """C(cloud_invocation) at Alibaba Cloud, in one region."""

    kind = "cloud_invocation"
    service = ECS
    stop_actions = ("StopInvocation",)
    stop_limit = 50
    goes_on = "Alibaba Cloud documents that runs that have already started continue after StopInvocation."
    parts_key = "instances"

    # A list for each of the statuses.
    read_many_limit = 1000
    read_many_least = len(_GLANCED) + 1

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        for timed in (None, True):
            # Whether leaving "Timed" out hides schedules is not documented, so an empty answer is asked for again.
            parameters = {"InvokeId": target.id, "Timed": timed}
            answer = self._client.call("DescribeInvocations", parameters, deadline=deadline)
            for item in _invocations(answer):
                if item.get("InvokeId") == target.id:
                    return self._operation(item)
        return None

    def read_many(self, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        # Schedules and what has ended are not in these lists. No more pages are read than one by one.
        lists = (self._page_through({"InvokeStatus": status, "Timed": False}, deadline) for status in _GLANCED)
        listed = islice(chain.from_iterable(lists), len(targets) * PAGE_SIZE)
        wanted = {target.id for target in targets}
        return {operation.id: operation for operation in listed if operation.id in wanted}

    def pages(self, operation: Operation, known: Collection[str] = ()) -> Either:
        # The documents announce the end of numbers, and side by side is worth a call that may be in vain.
        return Either(Numbered(PAGE_SIZE), Chain([None]))

    def page(self, operation: Operation, cursor: Cursor, deadline: Deadline | None = None) -> Page:
        parameters: Object = {"InvokeId": operation.id, "MaxResults": PAGE_SIZE, "NextToken": cursor}
        by_number = isinstance(cursor, int)
        if by_number:
            number_of_page = t.cast(int, cursor) // PAGE_SIZE + 1
            parameters = {"InvokeId": operation.id, "PageNumber": number_of_page, "PageSize": PAGE_SIZE}
        answer = self._client.call("DescribeInvocationResults", parameters, deadline=deadline)
        listed = answer.get("Invocation")
        holder = listed if isinstance(listed, dict) else {}
        rows = objects(holder, "InvocationResults", "InvocationResult")
        parts = _readings(rows, operation.is_schedule)
        if by_number:
            return Page(parts, len(rows), total(holder, len(rows)))
        # With tokens, the total means nothing.
        return Page(parts, len(rows), next=text(holder, "NextToken") or None)

    def _listed(self, query: Query) -> Iterator[Operation]:
        ids = {"CommandId": query.details.get("command_id"), "InstanceId": query.instance_id}
        return self._in_flight(ids) if query.in_flight_only else self._list(ids)

    def _in_flight(self, parameters: Object) -> Iterator[Operation]:
        for status in _IN_FLIGHT_STATUSES:
            yield from self._list({**parameters, "InvokeStatus": status})

    def _list(self, parameters: Object) -> Iterator[Operation]:
        # What an absent "Timed" means is not documented, so both are asked for.
        for timed in (False, True):
            yield from self._page_through({**parameters, "Timed": timed})

    def _page_through(self, parameters: Object, deadline: Deadline | None = None) -> Iterator[Operation]:
        for page in self._client.pages("DescribeInvocations", parameters, _invocations, deadline):
            yield from map(self._operation, _invocations(page))

    def stop_parameters(self, call: StopCall) -> Object:
        return {"InvokeId": call.operation_id, "InstanceId": list(call.instance_ids)}

    def _operation(self, item: Object) -> Operation:
        status = text(item, "InvocationStatus", "InvokeStatus")
        is_schedule = item.get("Timed") is True or text(item, "RepeatMode") in _REPEATING
        instances = objects(item, "InvokeInstances", "InvokeInstance")
        state = _ended_by_stop(state_of(_OVERALL, status), instances) if is_schedule else state_of(_OVERALL, status)
        ends = [end for end in (utc_text(instance.get("FinishTime")) for instance in instances) if end]
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=text(item, "InvokeId"),
            name=text(item, "CommandName") or None,
            status=status,
            state=state,
            created=utc_text(item.get("CreationTime")),
            finished=None if is_in_flight(state) else max(ends, default=None),
            is_schedule=is_schedule,
            parts=_readings(instances, is_schedule),
            parts_are_listed=True,
            # Nothing promises that a partial result appears only after the last instance has ended.
            status_may_come_early=True,
            details={"command_id": text(item, "CommandId") or None, "source": text(item, "Launcher") or None},
        )


def _invocations(answer: Object) -> list[Object]:
    return objects(answer, "Invocations", "Invocation")


def _readings(items: Iterable[Object], is_schedule: bool) -> dict[str, Reading]:
    # Interned, because every look brings the same ids again.
    return {
        intern(instance_id): _reading(item, is_schedule) for item in items if (instance_id := text(item, "InstanceId"))
    }


def _ended_by_stop(state: State, instances: Iterable[Object]) -> State:
    """The state of a schedule: its last run may end well or badly, but if there was a stop, the stop has ended it."""
    was_stopped = any(text(instance, "StopTime") for instance in instances)
    return "stopped" if was_stopped and state in ("succeeded", "failed") else state


def _reading(item: Object, is_schedule: bool) -> Reading:
    status = text(item, "InvocationStatus", "InstanceInvokeStatus", "InvokeRecordStatus")
    state = state_of(_INSTANCE, status)
    moments = ("FinishedTime", "FinishTime", "StopTime")
    if is_schedule:
        state = _ended_by_stop(state, [item])
        # It is over with its stop, and not with the last of its runs.
        moments = ("StopTime", "FinishedTime", "FinishTime")
    return reading_of(
        status,
        state,
        # Before the end the field holds 0, which says nothing.
        number(item, "ExitCode") if state in ("succeeded", "failed") else None,
        ": ".join(filter(None, (text(item, "ErrorCode"), text(item, "ErrorInfo")))) or None,
        ended=None if is_in_flight(state) else seconds_of(text(item, *moments)),
    )
