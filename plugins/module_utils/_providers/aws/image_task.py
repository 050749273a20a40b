# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Tasks of VM Import/Export that import or export images.

Source: EC2 API 2016-11-15, CancelImportTask, CancelExportTask, DescribeImportImageTasks, DescribeImportSnapshotTasks,
DescribeExportImageTasks, DescribeExportTasks.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Sequence

from ..._core.clock import Deadline
from ..._core.errors import ApiError
from ..._core.listing import one_by_one
from ..._core.model import Operation, Query, StopCall, Target
from ..._core.states import State, state_of
from ..._http.reply import Object, objects, text
from .adapter import AwsAdapter
from .services import EC2

_STATES: dict[str, State] = {
    "pending": "pending",
    "active": "running",
    "updating": "running",
    "validating": "running",
    "validated": "running",
    "converting": "running",
    "preparing": "running",
    "booting": "running",
    "deleting": "stopping",
    "cancelling": "stopping",
    "deleted": "stopped",
    "cancelled": "stopped",
    "completed": "succeeded",
    "error": "failed",
}

PAGE_SIZE = 100


class _Sort(t.NamedTuple):
    """What differs between the sorts of tasks."""

    name: str
    """The call that starts one, which names the operation, too."""
    beginning: str
    """Of its ids."""
    read: str
    """The call that reads them."""
    ids: str
    """Its parameter for ids."""
    tasks: str
    """Where its answer has the tasks."""
    id: str
    """Where a task has its id."""
    is_export: bool = False
    has_pages: bool = True


_SORTS = (
    _Sort(
        "ImportImage",
        "import-ami-",
        "DescribeImportImageTasks",
        "ImportTaskId",
        "importImageTaskSet",
        "importTaskId",
    ),
    _Sort(
        "ImportSnapshot",
        "import-snap-",
        "DescribeImportSnapshotTasks",
        "ImportTaskId",
        "importSnapshotTaskSet",
        "importTaskId",
    ),
    _Sort(
        "ExportImage",
        "export-ami-",
        "DescribeExportImageTasks",
        "ExportImageTaskId",
        "exportImageTaskSet",
        "exportImageTaskId",
        is_export=True,
    ),
    _Sort(
        "CreateInstanceExportTask",
        "export-i-",
        "DescribeExportTasks",
        "ExportTaskId",
        "exportTaskSet",
        "exportTaskId",
        is_export=True,
        has_pages=False,
    ),
)


class AwsImageTask(AwsAdapter):
    """C(image_task) at AWS, in one region. It has no parts, and nobody tells when it began or ended. Its name is the
    call that starts its sort of tasks, and it is within that sort."""

    kind = "image_task"
    service = EC2
    stop_actions = ("CancelImportTask", "CancelExportTask")
    goes_on = (
        "AWS does not document how long a cancelled task takes to end. An export that transfers its final disk image"
        " cannot be cancelled any more."
    )
    # A cancelled import is shown like one that has failed.
    stop_may_show_as_failed = True
    sorts = _SORTS

    # Taken, since no limit of ids is documented.
    read_many_limit = 100
    read_many_least = len(_SORTS) + 1

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        for sort in self._sorts_of(target.id):
            try:
                found = self._described(sort, [target.id], deadline)
            except ApiError as error:
                # Which code an unknown id has is not documented for all of them. Some may call it a wrong value.
                if error.error_class != "not_found" and not _is_about(target.id, error):
                    raise
            else:
                if found:
                    return found[target.id]
        return None

    def read_many(self, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        found: dict[str, Operation] = {}
        for sort in self.sorts:
            ids = [target.id for target in targets if sort in self._sorts_of(target.id)]
            if ids:
                found.update(self._described(sort, ids, deadline))
        return found

    def _described(self, sort: _Sort, ids: Sequence[str], deadline: Deadline | None) -> dict[str, Operation]:
        answer = self._client.call(sort.read, {sort.ids: list(dict.fromkeys(ids))}, deadline=deadline)
        operations = (self._operation(sort, item) for item in objects(answer, sort.tasks))
        return {operation.id: operation for operation in operations if operation.id in ids}

    def _sorts_of(self, task_id: str) -> Sequence[_Sort]:
        """The sorts that a task with this id may be of: all of them, if it begins like none."""
        return [sort for sort in self.sorts if task_id.startswith(sort.beginning)] or self.sorts

    def _listed(self, query: Query) -> Iterator[Operation]:
        return one_by_one(map(self._of_sort, self.sorts))

    def _of_sort(self, sort: _Sort) -> Iterator[Operation]:
        # They can be filtered by words that need not be those of the statuses. The lists are of a few days.
        def tasks(answer: Object) -> list[Object]:
            return objects(answer, sort.tasks)

        pages = self._client.pages(sort.read, {}, tasks, size=PAGE_SIZE) if sort.has_pages else self._whole(sort)
        for page in pages:
            yield from (self._operation(sort, item) for item in tasks(page))

    def _whole(self, sort: _Sort) -> Iterator[Object]:
        yield self._client.call(sort.read, {})

    def stop_action(self, call: StopCall) -> str:
        return self.stop_actions[self._sort_of(call).is_export]

    def stop_parameters(self, call: StopCall) -> Object:
        return {"ExportTaskId" if self._sort_of(call).is_export else "ImportTaskId": call.operation_id}

    def _sort_of(self, call: StopCall) -> _Sort:
        return next(sort for sort in self._sorts_of(call.operation_id) if call.within in ("", sort.name))

    def _operation(self, sort: _Sort, item: Object) -> Operation:
        inside = item.get("snapshotTaskDetail")
        # A snapshot import has inside what the others have outside.
        told = {**item, **inside} if isinstance(inside, dict) else item
        instance = item.get("instanceExport")
        holder = instance if isinstance(instance, dict) else item
        status, message = text(told, "status", "state"), text(told, "statusMessage")
        state = state_of(_STATES, status)
        if state == "stopped" and message:
            # The status of a cancelled import is that of a failed one, too, which has its reason with it.
            state = "failed"
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=text(item, sort.id),
            name=sort.name,
            status=status,
            state=state,
            within=sort.name,
            details={
                "resource_id": text(holder, "instanceId", "imageId") or None,
                "progress": text(told, "progress") or None,
                "status_message": message or None,
            },
        )


def _is_about(task_id: str, error: ApiError) -> bool:
    return error.error_class == "bad_input" and task_id in error.message
