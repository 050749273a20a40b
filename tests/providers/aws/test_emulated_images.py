# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated tasks on images of EC2: all four sorts in time, cancels, lists, error codes."""

from __future__ import annotations

import pytest

from ...support.clients import in_pages
from ...support.control import refusing

KIND = "image_task"
BUCKET = {"S3ExportLocation.S3Bucket": "exports"}
# How each sort is started.
STARTS = {
    "ImportImage": {
        "Description": "a <disk>",
        "DiskContainer.1.Format": "VMDK",
        "DiskContainer.1.UserBucket.S3Bucket": "disks",
        "DiskContainer.1.UserBucket.S3Key": "web.vmdk",
        "TagSpecification.1.ResourceType": "import-image-task",
        "TagSpecification.1.Tag.1.Key": "team",
        "TagSpecification.1.Tag.1.Value": "red & blue",
    },
    "ImportSnapshot": {"DiskContainer.Url": "https://disks.example/web.vmdk", "Encrypted": "true"},
    "ExportImage": {"ImageId": "ami-1", "DiskImageFormat": "VHD", **BUCKET, "S3ExportLocation.S3Prefix": "out/"},
    "CreateInstanceExportTask": {
        "InstanceId": "i-1",
        "TargetEnvironment": "vmware",
        "ExportToS3.S3Bucket": "exports",
        "ExportToS3.ContainerFormat": "ova",
        "ExportToS3.DiskImageFormat": "VMDK",
    },
}
# How it is read, what the call and the answer call its ids, and how these begin.
READS = {
    action: (f"Describe{sort}Tasks", ids, f"{sort[0].lower()}{sort[1:]}TaskSet", f"{ids[0].lower()}{ids[1:]}", prefix)
    for action, sort, ids, prefix in (
        ("ImportImage", "ImportImage", "ImportTaskId", "import-ami-"),
        ("ImportSnapshot", "ImportSnapshot", "ImportTaskId", "import-snap-"),
        ("ExportImage", "ExportImage", "ExportImageTaskId", "export-ami-"),
        ("CreateInstanceExportTask", "Export", "ExportTaskId", "export-i-"),
    )
}
IMPORTS = ("ImportImage", "ImportSnapshot")


@pytest.fixture(params=STARTS)
def action(request):
    return request.param


@pytest.fixture
def read(client):
    def read(action, *task_ids):
        call, ids_name, name, *_ = READS[action]
        return client.found(call, name, **{f"{ids_name}.{number}": each for number, each in enumerate(task_ids, 1)})

    return read


def cancelling(action, task_id):
    if action in IMPORTS:
        return "CancelImportTask", {"ImportTaskId": task_id}
    return "CancelExportTask", {"ExportTaskId": task_id}


@pytest.fixture
def cancel(client):
    def cancel(action, task_id):
        call, sent = cancelling(action, task_id)
        return client.ok(call, **sent)

    return cancel


@pytest.fixture
def refusal(client):
    """Code and status of a cancel."""
    return lambda action, task_id: client.refusal(*cancelling(action, task_id))


# In time


def test_courses(control, create, cancel, action):
    instance = action == "CreateInstanceExportTask"
    stopping, stopped = ("cancelling", "cancelled") if instance else ("deleting", "deleted")
    made = create(action=action, stopping_seconds=5)
    course = f"active stop {stopping} 4 stop {stopping} 1 {stopped}"
    control.follow(made, course, stop=lambda: cancel(action, made))
    waits = create(action=action, pending_seconds=5, run_seconds=10)
    control.follow(waits, f"{'active' if instance else 'pending'} 5 active 10 completed")


def test_progress_and_messages(control, create, read):
    create(run_seconds=100)
    control.advance(42)
    (shown,) = read("ImportImage")
    assert (shown["progress"], shown["statusMessage"]) == ("42", "converting")
    control.advance(58)
    (shown,) = read("ImportImage")
    assert shown["status"] == "completed" and not {"progress", "statusMessage"} & set(shown)


def test_deleted_may_mean_failed(control, create, stop, read):
    made = [
        create(run_seconds=1, final_status="deleted"),
        create(stopping_seconds=0),
        create(status="deleted"),
        create(status="deleted", message="ClientError: too large"),
    ]
    control.advance(1)
    stop(made[1])
    shown = [read("ImportImage", each)[0] for each in made]
    assert {each["status"] for each in shown} == {"deleted"}
    assert [each.get("statusMessage", "") for each in shown] == [
        "ClientError: The disk image has no operating system.",
        "",
        "",
        "ClientError: too large",
    ]


# Cancels


def test_what_has_ended(control, create, cancel, refusal, action):
    made = create(action=action, status="completed")
    for settings, code in (
        [({}, "IncorrectState"), ({"ec2_cancel_of_ended_import": "InvalidParameterValue"}, "InvalidParameterValue")]
        if action in IMPORTS
        else [({}, "DeleteConversionTaskError"), ({"ec2_refused_export": "IncorrectState"}, "IncorrectState")]
    ):
        control.settings(**settings)
        assert refusal(action, made) == (code, 400)
    control.settings(ec2_cancel_of_ended_import="success")
    if action in IMPORTS:
        assert cancel(action, made)["state"] == "completed"
    assert control.status(made) == "completed"


def test_an_export_that_transfers_its_image_is_not_cancelled(control, create, refusal):
    made = create(action="ExportImage", transferring=True)
    assert refusal("ExportImage", made) == ("DeleteConversionTaskError", 400)
    assert control.status(made) == "active"


MINE = "import-ami-00000000000000001"
DRY = {"DryRun": "true"}
DRY_RUN = {("DryRunOperation", 412): [DRY]}
test_refusals = refusing(
    {"id": MINE},
    {"CancelImportTask": {"ImportTaskId": MINE}, **STARTS},
    CancelImportTask={
        **DRY_RUN,
        "InvalidConversionTaskId": [{"ImportTaskId": "import-ami-00000000000000000"}],
        "InvalidConversionTaskId.Malformed": [{"ImportTaskId": "export-ami-1"}, {"ImportTaskId": "t-hz0"}],
        "MissingParameter": [{"ImportTaskId": None}],
    },
    CancelExportTask={
        "InvalidExportTaskID.NotFound": [{"ExportTaskId": "export-i-00000000000000000"}],
        "InvalidExportTaskID.Malformed": [{"ExportTaskId": "import-ami-1"}],
        "MissingParameter": [{}],
        "UnknownParameter": [{"exportTaskId": "export-i-1"}, {"ExportTaskId": "export-ami-1", **DRY}],
    },
    ImportImage={
        **DRY_RUN,
        "MissingParameter": [dict.fromkeys(STARTS["ImportImage"])],
        "InvalidParameterValue": [{"BootMode": "fast"}],
    },
    ImportSnapshot={**DRY_RUN, "MissingParameter": [{"DiskContainer.Url": None}]},
    ExportImage={
        **DRY_RUN,
        "MissingParameter": [{"S3ExportLocation.S3Bucket": None}, {"DiskImageFormat": None}],
        "InvalidParameterValue": [{"DiskImageFormat": "ISO"}],
    },
    CreateInstanceExportTask={"MissingParameter": [{"TargetEnvironment": None}]},
    DescribeImportSnapshotTasks={
        **DRY_RUN,
        "InvalidParameterValue": [{"Filters.1.Name": "task-state", "Filters.1.Value.1": "active"}],
    },
    DescribeExportImageTasks={
        **DRY_RUN,
        "InvalidParameterValue": [{"MaxResults": "501"}, {"MaxResults": "0"}],
        "UnknownParameter": [{"Filters.1.Name": "task-state"}],
    },
    DescribeExportTasks={"UnknownParameter": [{"MaxResults": "10"}]},
    DescribeImportImageTasks={
        **DRY_RUN,
        "InvalidParameterCombination": [{"ImportTaskId.1": "import-ami-1", "MaxResults": "10"}],
    },
)


def test_unknown_ids(client, control, create, read, refusal, action):
    call, ids_name, *_, prefix = READS[action]
    unknown = f"{prefix}00000000000000000"
    assert read(action, unknown) == []
    control.settings(unknown_id="error", ec2_unknown_import="InvalidParameterValue")
    expected = "InvalidParameterValue" if action in IMPORTS else "InvalidExportTaskID.NotFound"
    assert client.code(call, {f"{ids_name}.1": unknown}) == expected == refusal(action, unknown)[0]
    elsewhere = create(action=action, region="eu-west-1")
    assert refusal(action, elsewhere)[0] == expected and control.status(elsewhere) == "active"


# Reads


@pytest.mark.parametrize(("action", "name"), [("ImportImage", "Filters"), ("ExportImage", "Filter")])
def test_filters(client, create, action, name):
    words = ("active", "completed", "deleting", "deleted", "converting")
    made = {create(action=action, status=word, stopping_seconds=1000): word for word in words}
    call, _ids, answer, id_name, _prefix = READS[action]
    for states, expected in (
        (["active"], {"active", "converting"}),
        (["active", "deleting"], {"active", "converting", "deleting"}),
        (["completed"], {"completed"}),
        (["deleted"], {"deleted"}),
    ):
        values = {f"{name}.1.Value.{number}": state for number, state in enumerate(states, 1)}
        found = client.found(call, f"{answer}.{id_name}", **{f"{name}.1.Name": "task-state"}, **values)
        assert {made[each] for each in found} == expected


def test_paging(client, control, create):
    made = [create() for _ in range(5)][::-1]
    paged = "DescribeImportImageTasks", "importImageTaskSet.importTaskId"
    assert client.pages(*paged) == [made]  # all, where nobody asks for pages
    assert client.pages(*paged, MaxResults="2") == in_pages(made, 2)
    control.settings(ec2_ids_with_page="success")
    assert client.found(*paged, **{"ImportTaskId.1": made[0], "MaxResults": "2"}) == made[:1]


def test_the_beginning_of_an_id_tells_the_sort(control, create):
    made = create(id="export-i-0123456789abcdef0")
    assert control.shown(made)["action"] == "CreateInstanceExportTask"
