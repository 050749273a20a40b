# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Commands that TencentCloud Automation Tools runs on instances.

Source: TAT API 2020-10-28, CancelInvocation, DescribeInvocations, DescribeInvocationTasks.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from sys import intern

from ansible_collections.cloudops.halt.plugins.module_utils._adapter import Adapter, shown
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection
from ansible_collections.cloudops.halt.plugins.module_utils._http import Noted
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query, Reading, Target, reading_of
from ansible_collections.cloudops.halt.plugins.module_utils._pacing import Pacer
from ansible_collections.cloudops.halt.plugins.module_utils._reply import Object, number, objects, text
from ansible_collections.cloudops.halt.plugins.module_utils._states import State, state_of
from ansible_collections.cloudops.halt.plugins.module_utils._steps import Look
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.client import PAGE_SIZE, TENCENT, TencentClient
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.tat import TAT
from ansible_collections.cloudops.halt.plugins.module_utils._times import utc_text

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
    platform = TENCENT
    id_option = "invocation_id"
    stop_action = "CancelInvocation"
    stop_limit = 100
    permission = "tat:CancelInvocation"
    goes_on = "An instance whose agent is offline may not hear of the stop, and then stays CANCELLING."
    parts_key = "instances"

    @classmethod
    def connect(
        cls, connection: Connection, clock: Clock, rng: random.Random, pacer: Pacer | None = None
    ) -> TencentCloudInvocation:
        return cls(TencentClient(connection, TAT, clock, rng, pacer))

    # Ids that one DescribeInvocations takes.
    glance_limit = 100

    def read(self, target: Target, deadline: Deadline | None = None, known: Collection[str] = ()) -> Operation | None:
        expected = target.instance_ids or known
        operation = self._describe([target.id], deadline).get(target.id) if expected else None
        if operation and operation.shows(expected) and _is_told(operation):
            return operation
        # The tasks are read before the whole, so that its status is not older than theirs.
        tasks = self._tasks(target.id, deadline)
        operation = self._describe([target.id], deadline).get(target.id)
        return operation and replace(operation, parts={**operation.parts, **tasks})

    def glance(self, looks: Sequence[Look], deadline: Deadline | None) -> dict[str, Operation]:
        found = self._describe([look.target.id for look in looks], deadline)
        return shown(looks, {key: operation for key, operation in found.items() if _is_told(operation)})

    def _describe(self, ids: Sequence[str], deadline: Deadline | None = None) -> dict[str, Operation]:
        parameters = {"InvocationIds": list(dict.fromkeys(ids)), "Limit": PAGE_SIZE}
        answer = self._client.call("DescribeInvocations", parameters, deadline=deadline)
        operations = map(self._operation, objects(answer, "InvocationSet"))
        return {operation.id: operation for operation in operations if operation.id in ids}

    def _listed(self, query: Query) -> Iterator[Operation]:
        return self._on_instance(query.instance_id) if query.instance_id else self._all()

    def stop(self, operation_id: str, instance_ids: Sequence[str], noted: Noted) -> None:
        parameters: Object = {"InvocationId": operation_id}
        if instance_ids:
            parameters["InstanceIds"] = list(instance_ids)
        self._client.call(self.stop_action, parameters, repeatable=False, noted=noted)

    def _all(self) -> Iterator[Operation]:
        for page in self._client.pages("DescribeInvocations", {}, "InvocationSet"):
            yield from map(self._operation, objects(page, "InvocationSet"))

    def _on_instance(self, instance_id: str) -> Iterator[Operation]:
        """Invocations with a task on one instance: the list has no such filter, the list of tasks has."""
        tasks = self._task_items([{"Name": "instance-id", "Values": [instance_id]}], None)
        ids = [i for i in dict.fromkeys(text(task, "InvocationId") for task in tasks) if i]
        for start in range(0, len(ids), PAGE_SIZE):
            yield from self._describe(ids[start : start + PAGE_SIZE]).values()

    def _tasks(self, operation_id: str, deadline: Deadline | None) -> dict[str, Reading]:
        items = self._task_items([{"Name": "invocation-id", "Values": [operation_id]}], deadline)
        return _readings(items)

    def _task_items(self, filters: list[Object], deadline: Deadline | None) -> Iterable[Object]:
        for page in self._client.pages(
            "DescribeInvocationTasks", {"Filters": filters, "HideOutput": True}, "InvocationTaskSet", deadline
        ):
            yield from objects(page, "InvocationTaskSet")

    def _operation(self, item: Object) -> Operation:
        status = text(item, "InvocationStatus")
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
            parts=_readings(objects(item, "InvocationTaskBasicInfoSet")),
            # Nothing promises that a partial result appears only after the last instance has ended.
            status_may_come_early=True,
            details={"command_id": text(item, "CommandId") or None, "source": text(item, "InvocationSource") or None},
            warnings=_warnings(item),
        )


def _is_told(operation: Operation) -> bool:
    """Whether the list inside DescribeInvocations has all that is to be told: it has no exit codes."""
    return not any(reading.state in ("succeeded", "failed") for reading in operation.parts.values())


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
    )


def _warnings(item: Object) -> tuple[str, ...]:
    if text(item, "InvocationSource").upper() != "INVOKER":
        return ()
    return (
        f"{text(item, 'InvocationId')} is one run of a schedule (a TAT invoker): stopping it does not keep the next"
        " run from starting; disable the invoker for that.",
    )
