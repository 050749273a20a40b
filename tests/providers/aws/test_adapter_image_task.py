# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only image tasks have: four sorts behind one id, two calls that stop, and a status with two meanings."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Noted, Query, StopCall, Target
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.image_task import AwsImageTask

from ...support.answers import scripted
from .adapters import TASK_ID, task, tasks

SNAPSHOT = {
    "importTaskId": "import-snap-1",
    "snapshotTaskDetail": {"status": "active", "progress": "7", "statusMessage": "converting"},
}
EXPORT = {"exportImageTaskId": "export-ami-1", "status": "deleting", "imageId": "ami-2"}
INSTANCE = {"exportTaskId": "export-i-1", "state": "cancelling", "instanceExport": {"instanceId": "i-3"}}
OF_SNAPSHOTS = {"importSnapshotTaskSet": [SNAPSHOT]}
OF_IMAGES = {"exportImageTaskSet": [EXPORT]}
OF_INSTANCES = {"exportTaskSet": [INSTANCE]}


def ec2(*answers):
    """The adapter and its script."""
    return scripted(AwsImageTask, *answers)


@pytest.mark.parametrize(
    ("answer", "call", "name", "state", "details", "stop"),
    [
        (
            OF_SNAPSHOTS,
            ("DescribeImportSnapshotTasks", {"ImportTaskId": ["import-snap-1"]}),
            "ImportSnapshot",
            "running",
            {"resource_id": None, "progress": "7", "status_message": "converting"},
            ("CancelImportTask", {"ImportTaskId": "import-snap-1"}),
        ),
        (
            OF_IMAGES,
            ("DescribeExportImageTasks", {"ExportImageTaskId": ["export-ami-1"]}),
            "ExportImage",
            "stopping",
            {"resource_id": "ami-2", "progress": None, "status_message": None},
            ("CancelExportTask", {"ExportTaskId": "export-ami-1"}),
        ),
        (
            OF_INSTANCES,
            ("DescribeExportTasks", {"ExportTaskId": ["export-i-1"]}),
            "CreateInstanceExportTask",
            "stopping",
            {"resource_id": "i-3", "progress": None, "status_message": None},
            ("CancelExportTask", {"ExportTaskId": "export-i-1"}),
        ),
    ],
)
def test_each_sort_is_read_and_stopped_by_its_own_calls(answer, call, name, state, details, stop):
    (task_id,) = next(iter(call[1].values()))
    adapter, script = ec2(answer, {"RequestId": "r-1"})
    operation = adapter.read(Target(task_id))
    assert (operation.id, operation.name, operation.state) == (task_id, name, state)
    assert operation.details == details
    adapter.stop(StopCall(task_id, within=operation.within), Noted())
    assert script.asked == [call, stop]


def test_an_id_of_no_known_sort_is_looked_for_in_all_and_stopped_as_what_it_is():
    item = {**EXPORT, "exportImageTaskId": "task-1"}
    adapter, script = ec2(tasks(), error("not_found"), {"exportImageTaskSet": [item]}, {"RequestId": "r-1"})
    operation = adapter.read(Target("task-1"))
    adapter.stop(StopCall("task-1", within=operation.within), Noted())
    assert script.actions == [
        "DescribeImportImageTasks",
        "DescribeImportSnapshotTasks",
        "DescribeExportImageTasks",
        "CancelExportTask",
    ]


def error(error_class, message="no", code="InvalidParameterValue"):
    return ApiError(message, code=code, error_class=error_class, provider="aws", action="a", http_status=400)


@pytest.mark.parametrize(
    "answer",
    [tasks(), {"importImageTaskSet": ""}, error("not_found"), error("bad_input", f"The task {TASK_ID} does not exist")],
)
def test_an_unknown_id_is_no_row_or_an_error_that_names_it(answer):
    assert ec2(answer)[0].read(Target(TASK_ID)) is None


@pytest.mark.parametrize("answer", [error("bad_input", "no such filter"), error("denied", TASK_ID)])
def test_any_other_error_of_a_reading_is_passed_on(answer):
    with pytest.raises(ApiError) as caught:
        ec2(answer)[0].read(Target(TASK_ID))
    assert caught.value is answer


@pytest.mark.parametrize(
    ("status", "message", "state"),
    [
        ("deleted", None, "stopped"),
        ("deleted", "ClientError: Disk validation failed", "failed"),
        ("cancelled", "by user", "failed"),
        ("completed", "done", "succeeded"),
        ("active", "pending", "running"),
    ],
)
def test_what_is_deleted_was_cancelled_unless_there_is_a_reason_which_a_stop_of_ours_is_too(status, message, state):
    operation = ec2(tasks(task(status=status, statusMessage=message)))[0].read(Target(TASK_ID))
    assert operation.state == state
    assert AwsImageTask.stop_may_show_as_failed


def test_all_four_lists_are_read_and_only_one_has_no_pages():
    adapter, script = ec2(
        tasks(task(), token="next"), tasks(task("import-ami-2")), OF_SNAPSHOTS, OF_IMAGES, OF_INSTANCES
    )
    found = {operation.id: operation.created for operation in adapter.find(Query())}
    assert found == dict.fromkeys((TASK_ID, "import-ami-2", "import-snap-1", "export-ami-1", "export-i-1"))
    page = {"MaxResults": 100}
    assert script.asked == [
        ("DescribeImportImageTasks", page),
        ("DescribeImportImageTasks", {**page, "NextToken": "next"}),
        ("DescribeImportSnapshotTasks", page),
        ("DescribeExportImageTasks", page),
        ("DescribeExportTasks", {}),
    ]


def test_many_ids_are_asked_for_sort_by_sort():
    adapter, script = ec2(tasks(task()), OF_INSTANCES)
    found = adapter.read_many([Target(TASK_ID), Target("export-i-1"), Target("import-ami-9")], None)
    assert list(found) == [TASK_ID, "export-i-1"]
    assert script.asked == [
        ("DescribeImportImageTasks", {"ImportTaskId": [TASK_ID, "import-ami-9"]}),
        ("DescribeExportTasks", {"ExportTaskId": ["export-i-1"]}),
    ]
