# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Commands that TencentCloud Automation Tools runs on instances.

Source: TAT API 2020-10-28, CancelInvocation, DescribeInvocations, DescribeInvocationTasks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from sys import intern

from ..._core.adapter import Adapter
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
from ..._core.pages import Numbered
from ..._core.states import State, is_in_flight, state_of
from ..._core.times import seconds_of, utc_text
from ..._http.reply import Object, number, objects, text, total
from .client import PAGE_SIZE, TencentClient
from .platform import TENCENT
from .tat import TAT

_INVOCATION: dict[str, State] = {
    "PENDING": "pending",
    "RUNNING": "running",
    "CANCELLING": "stopping",
    "SUCCESS": "succeeded",
    "TIMEOUT": "failed",
    "FAILED": "failed",
    "PARTIAL_FAILED": "failed",
    "CANCELLED": "stopped",
    "PARTIAL_CANCELLED": "stopped",
}

_TASK: dict[str, State] = {
    "PENDING": "pending",
    "DELIVERING": "pending",
    "DELIVER_DELAYED": "pending",
    "RUNNING": "running",
    "CANCELLING": "stopping",
    "SUCCESS": "succeeded",
    "FAILED": "failed",
    "TIMEOUT": "failed",
    "TASK_TIMEOUT": "failed",
    "DELIVER_FAILED": "failed",
    "START_FAILED": "failed",
    "CANCELLED": "stopped",
    "TERMINATED": "stopped",
}


class TencentCloudInvocation(Adapter[TencentClient]):
    """C(cloud_invocation) at Tencent Cloud, in one region."""

    kind = "cloud_invocation"
    provider = TENCENT.name
    title = TENCENT.title
    service = TAT
    stop_actions = ("CancelInvocation",)
    stop_limit = 100
    goes_on = "An instance whose agent is offline may not receive the stop, and then remains CANCELLING."
    parts_key = "instances"

    # Ids that one DescribeInvocations takes.
    read_many_limit = 100

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        return self._describe([target.id], deadline).get(target.id)

    def read_many(self, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        return self._describe([target.id for target in targets], deadline)

    def pages(self, operation: Operation, known: Collection[str] = ()) -> Numbered:
        return Numbered(PAGE_SIZE)

    def page(self, operation: Operation, cursor: Cursor, deadline: Deadline | None = None) -> Page:
        parameters = {
            "Filters": [{"Name": "invocation-id", "Values": [operation.id]}],
            "HideOutput": True,
            "Limit": PAGE_SIZE,
            "Offset": cursor,
        }
        answer = self._client.call("DescribeInvocationTasks", parameters, deadline=deadline)
        rows = objects(answer, "InvocationTaskSet")
        return Page(_readings(rows), len(rows), total(answer, len(rows)))

    def _describe(self, ids: Sequence[str], deadline: Deadline | None = None) -> dict[str, Operation]:
        parameters = {"InvocationIds": list(dict.fromkeys(ids)), "Limit": PAGE_SIZE}
        answer = self._client.call("DescribeInvocations", parameters, deadline=deadline)
        operations = map(self._operation, objects(answer, "InvocationSet"))
        return {operation.id: operation for operation in operations if operation.id in ids}

    def _listed(self, query: Query) -> Iterator[Operation]:
        return self._on_instance(query.instance_id) if query.instance_id else self._all()

    def stop_parameters(self, call: StopCall) -> Object:
        named = {"InstanceIds": list(call.instance_ids)} if call.instance_ids else {}
        return {"InvocationId": call.operation_id, **named}

    def _all(self) -> Iterator[Operation]:
        for page in self._client.pages("DescribeInvocations", {}, "InvocationSet"):
            yield from map(self._operation, objects(page, "InvocationSet"))

    def _on_instance(self, instance_id: str) -> Iterator[Operation]:
        """Invocations with a task on one instance: the list has no such filter, the list of tasks has."""
        parameters = {"Filters": [{"Name": "instance-id", "Values": [instance_id]}], "HideOutput": True}
        pages = self._client.pages("DescribeInvocationTasks", parameters, "InvocationTaskSet")
        tasks = (task for page in pages for task in objects(page, "InvocationTaskSet"))
        ids = [i for i in dict.fromkeys(text(task, "InvocationId") for task in tasks) if i]
        for start in range(0, len(ids), PAGE_SIZE):
            yield from self._describe(ids[start : start + PAGE_SIZE]).values()

    def _operation(self, item: Object) -> Operation:
        status = text(item, "InvocationStatus")
        parts = _readings(objects(item, "InvocationTaskBasicInfoSet"))
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=text(item, "InvocationId"),
            name=text(item, "CommandName") or None,
            status=status,
            state=state_of(_INVOCATION, status),
            created=utc_text(item.get("CreatedTime")),
            finished=utc_text(item.get("EndTime")),
            parts=parts,
            parts_are_listed=True,
            # The list inside has no exit codes.
            parts_are_brief=any(reading.state in ("succeeded", "failed") for reading in parts.values()),
            # Nothing promises that a partial result appears only after the last instance has ended.
            status_may_come_early=True,
            details={"command_id": text(item, "CommandId") or None, "source": text(item, "InvocationSource") or None},
            warnings=_warnings(item),
        )


def _readings(items: Iterable[Object]) -> dict[str, Reading]:
    # Interned, because every look brings the same ids again.
    return {intern(instance_id): _reading(item) for item in items if (instance_id := text(item, "InstanceId"))}


def _reading(item: Object) -> Reading:
    status = text(item, "TaskStatus")
    state = state_of(_TASK, status)
    result = item.get("TaskResult")
    return reading_of(
        status,
        state,
        number(result, "ExitCode") if isinstance(result, dict) and state in ("succeeded", "failed") else None,
        text(item, "ErrorInfo") or None,
        ended=seconds_of(item.get("EndTime")) if not is_in_flight(state) else None,
    )


def _warnings(item: Object) -> tuple[str, ...]:
    if text(item, "InvocationSource").upper() != "INVOKER":
        return ()
    return (
        f"{text(item, 'InvocationId')} is one run of a schedule (a TAT invoker): stopping it does not keep the next"
        " run from starting; disable the invoker for that.",
    )
