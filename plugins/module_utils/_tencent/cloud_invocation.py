# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Commands that TencentCloud Automation Tools runs on instances.

Source: TAT API 2020-10-28, CancelInvocation, DescribeInvocations, DescribeInvocationTasks.
"""

from __future__ import annotations

import random
import typing as t
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ansible_collections.cloudops.halt.plugins.module_utils._adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query, Reading, Target
from ansible_collections.cloudops.halt.plugins.module_utils._reply import Object, number, objects, text
from ansible_collections.cloudops.halt.plugins.module_utils._states import State, state_of
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
    foreign_ids: t.ClassVar = {"t-": "an Alibaba Cloud invocation"}
    foreign_instance_ids: t.ClassVar = {"i-": "an Alibaba Cloud instance"}

    @classmethod
    def connect(cls, connection: Connection, clock: Clock, rng: random.Random) -> TencentCloudInvocation:
        return cls(TencentClient(connection, TAT, clock, rng))

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        # Whether the list inside DescribeInvocations is whole for a large invocation is not documented. The tasks are
        # read first, so that the status of the whole is not older than theirs.
        tasks = self._tasks(target.id, deadline)
        answer = self._client.call("DescribeInvocations", {"InvocationIds": [target.id]}, deadline=deadline)
        for item in objects(answer, "InvocationSet"):
            if item.get("InvocationId") == target.id:
                operation = self._operation(item)
                return replace(operation, parts={**operation.parts, **tasks})
        return None

    def _listed(self, query: Query) -> Iterator[Operation]:
        return map(self._operation, self._on_instance(query.instance_id) if query.instance_id else self._all())

    def stop(self, operation_id: str, instance_ids: Sequence[str], request_ids: list[str]) -> None:
        parameters: Object = {"InvocationId": operation_id}
        if instance_ids:
            parameters["InstanceIds"] = list(instance_ids)
        self._client.call(self.stop_action, parameters, repeatable=False, request_ids=request_ids)

    def _all(self) -> Iterator[Object]:
        for page in self._client.pages("DescribeInvocations", {}, "InvocationSet"):
            yield from objects(page, "InvocationSet")

    def _on_instance(self, instance_id: str) -> Iterator[Object]:
        """Invocations with a task on one instance: the list has no such filter, the list of tasks has."""
        tasks = self._task_items([{"Name": "instance-id", "Values": [instance_id]}], None)
        ids = [i for i in dict.fromkeys(text(task, "InvocationId") for task in tasks) if i]
        for start in range(0, len(ids), PAGE_SIZE):
            parameters = {"InvocationIds": ids[start : start + PAGE_SIZE], "Limit": PAGE_SIZE}
            yield from objects(self._client.call("DescribeInvocations", parameters), "InvocationSet")

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
            details={"command_id": text(item, "CommandId") or None, "source": text(item, "InvocationSource") or None},
            warnings=_warnings(item),
        )


def _readings(items: Iterable[Object]) -> dict[str, Reading]:
    return {instance_id: _reading(item) for item in items if (instance_id := text(item, "InstanceId"))}


def _reading(item: Object) -> Reading:
    status = text(item, "TaskStatus")
    state = state_of(_TASK, status)
    result = item.get("TaskResult")
    return Reading(
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
