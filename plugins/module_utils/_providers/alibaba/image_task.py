# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Tasks that import or export images.

Source: ECS API 2014-05-26, CancelTask, DescribeTasks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..._core.clock import Deadline
from ..._core.listing import one_by_one
from ..._core.model import Operation, Query, StopCall, Target
from ..._core.states import State, state_of
from ..._core.times import utc_text
from ..._http.reply import Object, objects, text
from .adapter import AlibabaAdapter
from .ecs import ECS

_STATES: dict[str, State] = {
    "Waiting": "pending",
    "Processing": "running",
    "Paused": "running",
    "Finished": "succeeded",
    "Failed": "failed",
    "Deleted": "stopped",
}

PAGE_SIZE = 100

# The only actions whose tasks can be cancelled, and the only ones that this kind is about.
ACTIONS = ("ImportImage", "ExportImage")


class AlibabaImageTask(AlibabaAdapter):
    """C(image_task) at Alibaba Cloud, in one region. It has no parts. Its name is its action."""

    kind = "image_task"
    service = ECS
    stop_actions = ("CancelTask",)
    goes_on = "Alibaba Cloud does not document how long a cancelled task takes to end."
    # Which status a cancelled task has is not documented; that the cancel was accepted shows that it was running.
    stop_may_show_as_failed = True
    refuses_ended = True

    # Ids that one DescribeTasks takes, and tasks that it gives.
    read_many_limit = PAGE_SIZE

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        return self._describe([target.id], deadline).get(target.id)

    def read_many(self, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        return self._describe([target.id for target in targets], deadline)

    def _describe(self, ids: Sequence[str], deadline: Deadline | None) -> dict[str, Operation]:
        parameters = {"TaskIds": ",".join(dict.fromkeys(ids)), "PageSize": PAGE_SIZE}
        answer = self._client.call("DescribeTasks", parameters, deadline=deadline)
        operations = map(self._operation, _tasks(answer))
        return {operation.id: operation for operation in operations if operation.id in ids}

    def _listed(self, query: Query) -> Iterator[Operation]:
        return one_by_one(self._of_action(action) for action in ACTIONS)

    def _of_action(self, action: str) -> Iterator[Operation]:
        # The list ignores a status that it does not know, so that Waiting and Paused cannot be asked for.
        for page in self._client.numbered_pages("DescribeTasks", {"TaskAction": action}, PAGE_SIZE, _tasks):
            for item in _tasks(page):
                operation = self._operation(item)
                if self.objection(operation) is None:
                    yield operation

    def stop_parameters(self, call: StopCall) -> Object:
        return {"TaskId": call.operation_id}

    def objection(self, operation: Operation) -> str | None:
        if operation.name in ACTIONS:
            return None
        return (
            f"{operation.id} is a task of the action {operation.name}, and only tasks of {' and '.join(ACTIONS)} can be"
            " cancelled. Nothing was stopped."
        )

    def _operation(self, item: Object) -> Operation:
        status = text(item, "TaskStatus")
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=text(item, "TaskId"),
            name=_action(text(item, "TaskAction")),
            status=status,
            state=state_of(_STATES, status),
            created=utc_text(item.get("CreationTime")),
            finished=utc_text(item.get("FinishedTime")),
            details={"resource_id": text(item, "ResourceId") or None},
        )


def _tasks(answer: Object) -> list[Object]:
    """The tasks of an answer. One sample of the documents has a list around the object that holds them."""
    task_set = answer.get("TaskSet")
    holders = task_set if isinstance(task_set, list) else [task_set]
    return [task for holder in holders for task in objects(holder, "Task")]


def _action(text_of_action: str) -> str:
    """One spelling for ImportImage and IMPORT_IMAGE; any other action as it came."""
    plain = text_of_action.replace("_", "").lower()
    return next((action for action in ACTIONS if action.lower() == plain), text_of_action)
