# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated VM Import/Export: four sorts of task, their cancels and reads, filters, error codes."""

from __future__ import annotations

import pytest

from ...support.control import refusals

KIND = "image_task"
BUCKET = {"S3ExportLocation.S3Bucket": "exports"}
# For each sort: how it is started, where its id is in the answer, how it is read, and how its ids begin.
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
READS = {
    "ImportImage": ("DescribeImportImageTasks", "ImportTaskId", "importImageTaskSet", "importTaskId"),
    "ImportSnapshot": ("DescribeImportSnapshotTasks", "ImportTaskId", "importSnapshotTaskSet", "importTaskId"),
    "ExportImage": ("DescribeExportImageTasks", "ExportImageTaskId", "exportImageTaskSet", "exportImageTaskId"),
    "CreateInstanceExportTask": ("DescribeExportTasks", "ExportTaskId", "exportTaskSet", "exportTaskId"),
}
PREFIXES = dict(zip(STARTS, ("import-ami-", "import-snap-", "export-ami-", "export-i-"), strict=True))
IMPORTS = ("ImportImage", "ImportSnapshot")


@pytest.fixture(params=STARTS)
def action(request):
    return request.param


@pytest.fixture
def create(control):
    return lambda action="ImportImage", **description: control.create("aws", kind=KIND, action=action, **description)[
        "id"
    ]


def start(ec2, action):
    answer = ec2.ok(action, **STARTS[action])
    return answer.get("exportTask", answer)[READS[action][3]]


def read(ec2, action, *task_ids):
    call, ids_name, name, _id = READS[action]
    sent = {f"{ids_name}.{number}": each for number, each in enumerate(task_ids, 1)}
    return ec2.ok(call, **sent)[name] or []


def status(shown):
    return shown.get("status") or shown.get("state") or shown["snapshotTaskDetail"]["status"]


def cancelling(action, task_id):
    if action in IMPORTS:
        return "CancelImportTask", {"ImportTaskId": task_id}
    return "CancelExportTask", {"ExportTaskId": task_id}


def cancel(ec2, action, task_id):
    call, sent = cancelling(action, task_id)
    return ec2.ok(call, **sent)


def code(ec2, action, task_id, **more):
    call, sent = cancelling(action, task_id)
    return ec2.refusal(call, {**sent, **more})


# In time


def test_courses(ec2, control, create, action):
    instance = action == "CreateInstanceExportTask"
    stopping, stopped = ("cancelling", "cancelled") if instance else ("deleting", "deleted")
    made = create(action, stopping_seconds=5)
    course = f"active stop {stopping} 4 stop {stopping} 1 {stopped}"
    control.follow(made, course, stop=lambda: cancel(ec2, action, made))
    waits = create(action, pending_seconds=5, run_seconds=10)
    control.follow(waits, f"{'active' if instance else 'pending'} 5 active 10 completed")


def test_start_and_read(ec2, create, action):
    made = start(ec2, action)
    assert made.startswith(PREFIXES[action]) and len(made) == len(PREFIXES[action]) + 17
    (shown,) = read(ec2, action, made)
    assert (status(shown), shown[READS[action][3]]) == ("active", made)
    create(action)
    assert [each[READS[action][3]] for each in read(ec2, action)][1] == made
    for other in set(STARTS) - {action}:
        assert read(ec2, other) == []


def test_what_was_sent_is_shown(ec2):
    for action in STARTS:
        start(ec2, action)
    (image,), (snapshot,), (export,), (instance,) = (read(ec2, action) for action in STARTS)
    assert image["description"] == "a <disk>" and image["tagSet"] == [{"key": "team", "value": "red & blue"}]
    assert image["snapshotDetailSet"][0]["userBucket"] == {"s3Bucket": "disks", "s3Key": "web.vmdk"}
    assert snapshot["snapshotTaskDetail"]["encrypted"] == "true"
    assert snapshot["snapshotTaskDetail"]["url"] == "https://disks.example/web.vmdk"
    assert (export["imageId"], export["s3ExportLocation"]) == ("ami-1", {"s3Bucket": "exports", "s3Prefix": "out/"})
    assert instance["instanceExport"] == {"instanceId": "i-1", "targetEnvironment": "vmware"}
    assert instance["exportToS3"]["s3Key"].endswith(".vmdk")


def test_progress_and_messages(ec2, control, create):
    create(run_seconds=100)
    control.advance(42)
    (shown,) = read(ec2, "ImportImage")
    assert (shown["progress"], shown["statusMessage"]) == ("42", "converting")
    control.advance(58)
    (shown,) = read(ec2, "ImportImage")
    assert shown["status"] == "completed" and not {"progress", "statusMessage"} & set(shown)


def test_deleted_may_mean_failed(ec2, control, create):
    failed = create(run_seconds=1, final_status="deleted")
    cancelled = create(stopping_seconds=0)
    described, told = create(status="deleted"), create(status="deleted", message="ClientError: too large")
    control.advance(1)
    cancel(ec2, "ImportImage", cancelled)
    shown = [read(ec2, "ImportImage", each)[0] for each in (failed, cancelled, described, told)]
    assert {each["status"] for each in shown} == {"deleted"}
    messages = [each.get("statusMessage", "") for each in shown]
    assert messages == [
        "ClientError: The disk image has no operating system.",
        "",
        "",
        "ClientError: too large",
    ]


# Cancels


def test_a_cancel_of_an_import_tells_the_state_before(ec2, create):
    made = create(stopping_seconds=5)
    assert cancel(ec2, "ImportImage", made) == {"importTaskId": made, "previousState": "active", "state": "deleting"}
    again = ec2.ok("CancelImportTask", ImportTaskId=made, CancelReason="it's 100% wrong")
    assert again == {"importTaskId": made, "previousState": "deleting", "state": "deleting"}


def test_a_cancel_of_an_export_tells_nothing(ec2, create):
    assert cancel(ec2, "ExportImage", create("ExportImage")) == {"return": "true"}


def test_what_has_ended(ec2, control, create, action):
    made = create(action, status="completed")
    if action in IMPORTS:
        assert code(ec2, action, made) == ("IncorrectState", 400)
        control.settings(ec2_cancel_of_ended_import="InvalidParameterValue")
        assert code(ec2, action, made) == ("InvalidParameterValue", 400)
        control.settings(ec2_cancel_of_ended_import="success")
        assert cancel(ec2, action, made)["state"] == "completed"
    else:
        assert code(ec2, action, made) == ("DeleteConversionTaskError", 400)
        control.settings(ec2_refused_export="IncorrectState")
        assert code(ec2, action, made) == ("IncorrectState", 400)
    assert control.status(made) == "completed"


def test_an_export_that_transfers_its_image_is_not_cancelled(ec2, control, create):
    made = create("ExportImage", transferring=True)
    assert code(ec2, "ExportImage", made) == ("DeleteConversionTaskError", 400)
    assert control.status(made) == "active"


def test_dry_runs_change_nothing(ec2, control, create):
    made = create()
    assert code(ec2, "ImportImage", made, DryRun="true") == ("DryRunOperation", 412)
    for action in ("ImportImage", "ImportSnapshot", "ExportImage"):
        assert ec2.refusal(action, {**STARTS[action], "DryRun": "true"}) == ("DryRunOperation", 412)
        assert ec2.refusal(READS[action][0], {"DryRun": "true"}) == ("DryRunOperation", 412)
    assert control.status(made) == "active" and len(control.get("operations")) == 1
    assert ec2.code("CancelExportTask", {"ExportTaskId": "export-ami-1", "DryRun": "true"}) == "UnknownParameter"


@pytest.mark.parametrize(
    ("call", "sent", "code"),
    refusals(
        CancelImportTask={
            "InvalidConversionTaskId": [{"ImportTaskId": "import-ami-00000000000000000"}],
            "InvalidConversionTaskId.Malformed": [{"ImportTaskId": "export-ami-1"}, {"ImportTaskId": "t-hz0"}],
            "MissingParameter": [{}],
        },
        CancelExportTask={
            "InvalidExportTaskID.NotFound": [{"ExportTaskId": "export-i-00000000000000000"}],
            "InvalidExportTaskID.Malformed": [{"ExportTaskId": "import-ami-1"}],
            "MissingParameter": [{}],
            "UnknownParameter": [{"exportTaskId": "export-i-1"}],
        },
        ImportImage={"MissingParameter": [{}], "InvalidParameterValue": [{"BootMode": "fast"}]},
        ImportSnapshot={"MissingParameter": [{}]},
        ExportImage={
            "MissingParameter": [{"ImageId": "ami-1", "DiskImageFormat": "VMDK"}, {"ImageId": "ami-1", **BUCKET}],
            "InvalidParameterValue": [{"ImageId": "ami-1", "DiskImageFormat": "ISO", **BUCKET}],
        },
        CreateInstanceExportTask={"MissingParameter": [{"InstanceId": "i-1"}]},
        DescribeImportSnapshotTasks={
            "InvalidParameterValue": [{"Filters.1.Name": "task-state", "Filters.1.Value.1": "active"}]
        },
        DescribeExportImageTasks={
            "InvalidParameterValue": [{"MaxResults": "501"}, {"MaxResults": "0"}],
            "UnknownParameter": [{"Filters.1.Name": "task-state"}],
        },
        DescribeExportTasks={"UnknownParameter": [{"MaxResults": "10"}]},
        DescribeImportImageTasks={
            "InvalidParameterCombination": [{"ImportTaskId.1": "import-ami-1", "MaxResults": "10"}],
        },
    ),
)
def test_refusals_change_nothing(ec2, control, create, call, sent, code):
    create(), create("ExportImage")
    before = control.get("operations")
    assert ec2.refusal(call, sent) == (code, 400)
    assert control.get("operations") == before


def test_unknown_ids(ec2, control, create, action):
    unknown = f"{PREFIXES[action]}00000000000000000"
    assert read(ec2, action, unknown) == []
    control.settings(unknown_id="error", ec2_unknown_import="InvalidParameterValue")
    expected = "InvalidParameterValue" if action in IMPORTS else "InvalidExportTaskID.NotFound"
    call, ids_name, _name, _id = READS[action]
    assert ec2.code(call, {f"{ids_name}.1": unknown}) == expected == code(ec2, action, unknown)[0]
    elsewhere = create(action, region="eu-west-1")
    assert code(ec2, action, elsewhere)[0] == expected and control.status(elsewhere) == "active"


# Reads


@pytest.mark.parametrize(("action", "name"), [("ImportImage", "Filters"), ("ExportImage", "Filter")])
def test_filters(ec2, create, action, name):
    words = ("active", "completed", "deleting", "deleted", "converting")
    made = {word: create(action, status=word, stopping_seconds=1000) for word in words}
    call, _ids, answer, id_name = READS[action]

    def found(*states):
        values = {f"{name}.1.Value.{number}": state for number, state in enumerate(states, 1)}
        shown = ec2.ok(call, **{f"{name}.1.Name": "task-state"}, **values)[answer] or []
        return {word for word in words if made[word] in {each[id_name] for each in shown}}

    assert found("active") == {"active", "converting"}
    assert found("active", "deleting") == {"active", "converting", "deleting"}
    assert found("completed") == {"completed"} and found("deleted") == {"deleted"}


def test_paging(ec2, control, create):
    made = [create() for _ in range(5)]
    assert len(read(ec2, "ImportImage")) == 5  # all, where nobody asks for pages
    seen, token = [], ""
    while token is not None:
        answer = ec2.ok("DescribeImportImageTasks", MaxResults="2", NextToken=token)
        seen.append([each["importTaskId"] for each in answer["importImageTaskSet"]])
        token = answer.get("nextToken")
    assert [len(page) for page in seen] == [2, 2, 1]
    assert [each for page in seen for each in page] == made[::-1]
    control.settings(ec2_ids_with_page="success")
    both = ec2.ok("DescribeImportImageTasks", **{"ImportTaskId.1": made[0], "MaxResults": "2"})
    assert [each["importTaskId"] for each in both["importImageTaskSet"]] == made[:1]


def test_the_beginning_of_an_id_tells_the_sort(control):
    made = control.create("aws", kind=KIND, id="export-i-0123456789abcdef0")["id"]
    assert control.shown(made)["action"] == "CreateInstanceExportTask"
    wrong = {"provider": "aws", "kind": KIND, "id": "export-i-0", "action": "ImportImage"}
    assert "does not look like an id" in control.refusal("POST", "operations", wrong)
    assert "An action is one of" in control.refusal("POST", "operations", {**wrong, "action": "Paint"})
