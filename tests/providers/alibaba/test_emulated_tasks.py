# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated tasks of ECS: image imports and exports, their cancellation in both generations of codes, reading."""

from __future__ import annotations

import itertools
import re
import time

import pytest

from ...support.control import refusals

EXPORT = {"ImageId": "m-1", "OSSBucket": "images"}
INCORRECT_STATUS = ("InvalidTaskId.IncorrectTaskStatus", 403)


@pytest.fixture
def create(control):
    return lambda **description: control.create("alibaba", kind="image_task", **description)["id"]


def listed(alibaba, **parameters):
    return alibaba.ok("DescribeTasks", **parameters)["TaskSet"]["Task"]


def status(alibaba, task_id):
    return alibaba.ok("DescribeTaskAttribute", TaskId=task_id)["TaskStatus"]


def items(detail):
    (progress,) = detail["OperationProgressSet"]["OperationProgress"]
    return {each["Name"]: each["Value"] for each in progress["RelatedItemSet"]["RelatedItem"]}


def test_import(alibaba):
    disk = {"DiskDeviceMapping.1.OSSBucket": "images", "DiskDeviceMapping.1.OSSObject": "a b.vhd"}
    started = alibaba.ok("ImportImage", Architecture="x86_64", OSType="linux", ImageName="测试", **disk)
    assert set(started) == {"RequestId", "TaskId", "RegionId", "ImageId"}
    (seen,) = listed(alibaba, TaskIds=started["TaskId"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", seen.pop("CreationTime"))
    assert seen == {
        "TaskId": started["TaskId"],
        "TaskAction": "ImportImage",
        "TaskStatus": "Processing",
        "SupportCancel": "true",
        "FinishedTime": "",
        "ResourceId": started["ImageId"],
    }
    detail = alibaba.ok("DescribeTaskAttribute", TaskId=started["TaskId"])
    assert (detail["TaskProcess"], detail["TotalCount"], detail["RegionId"]) == ("0%", 1, "cn-hangzhou")
    assert items(detail) == {"OSSBucket": "images", "OSSObject": "a b.vhd"}


def test_export(alibaba):
    started = alibaba.ok("ExportImage", **EXPORT, OSSPrefix="p", ImageFormat="qcow2")
    assert set(started) == {"RequestId", "TaskId", "RegionId"}
    detail = alibaba.ok("DescribeTaskAttribute", TaskId=started["TaskId"])
    assert items(detail) == {"OSSBucket": "images", "OSSObject": "p_m-1_system.qcow2", "ImageFormat": "qcow2"}


@pytest.mark.parametrize(
    ("action", "sent", "code"),
    refusals(
        ExportImage={
            "MissingParameter": [{"ImageId": ""}, {"OSSBucket": ""}, {"RegionId": ""}],
            "DryRunOperation": [{"DryRun": "true"}],
        },
        ImportImage={
            "DryRunOperation": [{"DryRun": "True"}],
            "InvalidParameter.DiskDeviceMapping": [{"DiskDeviceMapping.2.Format": "RAW"}],
        },
        DescribeTasks={
            "InvalidParameter.TaskIds": [{"TaskIds": ",".join(["t-1"] * 101)}],
            "InvalidParameter.ResourceIds": [{f"ResourceIds.{number}": "i-1" for number in range(1, 102)}],
            "UnsupportedParameter": [{"TaskIds.1": "t-1"}, {"MaxResults": 10}],
            "InvalidParam.PageSize": [{"PageSize": 0}, {"PageSize": 101}],
            "InvalidParam.PageNumber": [{"PageNumber": 0}, {"PageNumber": "x"}],
            "InvalidParameter.StartTime": [{"StartTime": "today"}],
            "MissingParameter": [{"RegionId": ""}],
            "InvalidRegionId.NotFound": [{"RegionId": "cn-nowhere"}],
        },
    ),
)
def test_refusals(alibaba, control, action, sent, code):
    right = EXPORT if action == "ExportImage" else {}
    assert alibaba.code(action, **{**right, **sent}) == (code, 400)
    assert control.get("operations") == []


def test_progress_and_ends(alibaba, control, create):
    tasks = [create(run_seconds=10, final_status=final) for final in ("Finished", "Failed")]
    seen = []
    for _second in range(3):
        details = [alibaba.ok("DescribeTaskAttribute", TaskId=each) for each in tasks]
        seen.append([(each["TaskProcess"], each["SuccessCount"], each["FailedCount"]) for each in details])
        control.advance(5)
    assert seen == [[("0%", 0, 0)] * 2, [("50%", 0, 0)] * 2, [("100%", 1, 0), ("99%", 0, 1)]]
    assert details[0]["FinishedTime"] > details[0]["CreationTime"]
    progress = [each["OperationProgressSet"]["OperationProgress"][0] for each in details]
    assert [bool(each["ErrorCode"] and each["ErrorMsg"]) for each in progress] == [False, True]


# CancelTask


@pytest.mark.parametrize("action", ["ImportImage", "ExportImage"])
@pytest.mark.parametrize("final", ["Deleted", "Failed"])
def test_cancel(alibaba, control, create, action, final):
    control.settings(cancelled_task_status=final)
    task_id = create(action=action, stopping_seconds=3)

    def cancel():
        assert set(alibaba.ok("CancelTask", TaskId=task_id)) == {"RequestId"}

    # As long as it is still Processing a second one is accepted, and changes nothing.
    control.follow(task_id, f"Processing cancel Processing 1 cancel 1.9 Processing 0.1 {final}", cancel=cancel)
    assert control.shown(task_id)["stop_accepted_at"] == pytest.approx(control.now() - 3)
    # The sort of task can be cancelled, whatever its status.
    assert listed(alibaba)[0]["SupportCancel"] == "true"


CODES = {
    "current": {
        "status": INCORRECT_STATUS,
        "action": ("InvalidTaskId.TaskActionNotSupport", 403),
        "failed": ("CancelTaskFailed", 403),
        "region": ("InvalidRegionId.NotFound", 400),
    },
    "2017": {
        "status": ("IncorrectTaskStatus", 403),
        "action": ("TaskActionNotSupport", 400),
        "failed": ("CancelTaskFailed", 400),
        "region": ("RegionId.NotFound", 400),
    },
}


@pytest.mark.parametrize("generation", sorted(CODES))
def test_codes_of_both_generations(alibaba, control, create, generation):
    control.settings(cancel_task_codes=generation)
    codes, running = CODES[generation], create()
    for word in ("Finished", "Failed", "Deleted", "Waiting", "Paused"):
        assert alibaba.code("CancelTask", TaskId=create(status=word)) == codes["status"]
    for other in [create(action=action) for action in ("ModifyDiskSpec", "RedeployInstance", "ArchiveSnapshot")]:
        assert alibaba.code("CancelTask", TaskId=other) == codes["action"]
        assert status(alibaba, other) == "Processing"
    control.fault("error", code="CancelTaskFailed", action="CancelTask")
    assert alibaba.code("CancelTask", TaskId=running) == codes["failed"]
    assert alibaba.code("CancelTask", TaskId=running, RegionId="cn-nowhere") == codes["region"]
    assert control.get("requests")[-1]["code"] == codes["region"][0]
    for missing in ({"TaskId": ""}, {"RegionId": "", "TaskId": running}):
        assert alibaba.code("CancelTask", **missing) == ("MissingParameter", 400)
    for unknown in ({"TaskId": "t-unknown"}, {"TaskId": "exec-1"}, {"TaskId": running, "RegionId": "cn-beijing"}):
        assert alibaba.code("CancelTask", **unknown) == ("InvalidTaskId.NotFound", 400)
        assert alibaba.code("DescribeTaskAttribute", **unknown) == ("InvalidTaskId.NotFound", 400)
    # The page of 2017 is that of CancelTask alone.
    assert alibaba.code("DescribeTasks", RegionId="cn-nowhere") == ("InvalidRegionId.NotFound", 400)
    # What is ordered is not reworded.
    control.fault("error", code=INCORRECT_STATUS[0], action="CancelTask")
    assert alibaba.code("CancelTask", TaskId=running) == INCORRECT_STATUS
    assert status(alibaba, running) == "Processing"


def test_cancel_of_what_waits(alibaba, control, create):
    control.settings(cancel_of_waiting_task="success")
    for word in ("Waiting", "Paused"):
        task_id = create(status=word, stopping_seconds=0)
        alibaba.ok("CancelTask", TaskId=task_id)
        assert status(alibaba, task_id) == "Deleted"


def test_truth(control, create):
    seen = control.shown(create(id="t-mine", action="ExportImage", resource_id="m-1"))
    assert {"id": "t-mine", "action": "ExportImage", "resource_id": "m-1"}.items() <= seen.items()
    assert seen["support_cancel"] is True


def test_a_task_may_say_that_it_cannot_be_cancelled(alibaba, create):
    task_id = create(support_cancel=False)
    assert listed(alibaba)[0]["SupportCancel"] == "false"
    assert alibaba.code("CancelTask", TaskId=task_id) == CODES["current"]["action"]


# DescribeTasks


def test_filters(alibaba, control, create):
    everything = [
        create(age=300, resource_id="m-1"),
        create(age=200, action="ExportImage", status="Finished", resource_id="m-2"),
        create(age=100, action="ModifyDiskSpec", status="Failed", group_id="tg-1"),
        create(status="Waiting"),
    ]
    create(region="cn-beijing")
    control.create("alibaba", count=1)

    def found(**parameters):
        return [everything.index(each["TaskId"]) for each in listed(alibaba, **parameters)]

    def ago(seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(control.now() - seconds)))

    assert found() == [3, 2, 1, 0]
    assert found(TaskIds=f"{everything[0]},{everything[2]},t-unknown") == [2, 0]
    assert found(TaskIds="t-unknown") == []
    assert found(TaskAction="ImportImage") == found(TaskAction="IMPORT_IMAGE") == [3, 0]
    assert found(TaskStatus="Processing") == [0]
    assert found(TaskStatus="Finished") == [1]
    assert found(TaskStatus="Failed") == [2]
    for ignored in ("Waiting", "Deleted", "Paused", "processing", "Typo"):
        assert found(TaskStatus=ignored) == [3, 2, 1, 0]
    assert found(StartTime=ago(200)) == [3, 2, 1]
    assert found(EndTime=ago(200)) == [1, 0]
    assert found(**{"ResourceIds.1": "m-1", "ResourceIds.2": "m-9"}) == [0]
    assert found(TaskGroupId="tg-1", TaskStatus="Processing") == [2]  # other conditions are ignored


def test_paging(alibaba, create):
    created = [create() for _number in range(100)]
    assert len(listed(alibaba, TaskIds=",".join(created), PageSize=100)) == 100
    seen = []
    for number in (1, 2, 3, 11):
        answer = alibaba.ok("DescribeTasks", PageNumber=number)
        assert (answer["PageNumber"], answer["PageSize"], answer["TotalCount"]) == (number, 10, 100)
        seen.append([each["TaskId"] for each in answer["TaskSet"]["Task"]])
    assert list(itertools.chain(*seen)) == created[:69:-1]


def test_forms(alibaba, control, create):
    create(action="ExportImage", status="Finished")
    control.settings(
        task_set="list", support_cancel="boolean", task_action_spelling="IMPORT_IMAGE", task_times="minutes"
    )

    def only(**parameters):
        (container,) = alibaba.ok("DescribeTasks", **parameters)["TaskSet"]
        return container["Task"][0]

    seen = only()
    detail = alibaba.ok("DescribeTaskAttribute", TaskId=seen["TaskId"])
    for each in (seen, detail):
        assert (each["TaskAction"], each["SupportCancel"]) == ("EXPORT_IMAGE", True)
    for name in ("CreationTime", "FinishedTime"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", seen[name])
    running = create()
    assert only(TaskIds=running)["FinishedTime"] == ""
    control.settings(nullable=True)
    assert not {"FinishedTime", "ResourceId"} & set(only(TaskIds=running))
