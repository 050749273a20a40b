# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ECS tasks: image imports and exports in time, their cancellation in both generations of codes, reading, forms."""

from __future__ import annotations

import itertools
import re
import time

import pytest

from emulator.alibaba.ecs_tasks import WORDS

KIND = "image_task"
EXPORT = {"ImageId": "m-1", "OSSBucket": "images"}


@pytest.fixture(autouse=True)
def by_hand(control):
    control.stand_still()


def create(control, **description):
    return control.create("alibaba", kind=KIND, **description)["id"]


def listed(alibaba, **parameters):
    return alibaba.ok("DescribeTasks", **parameters)["TaskSet"]["Task"]


def status(alibaba, task_id):
    return alibaba.ok("DescribeTaskAttribute", TaskId=task_id)["TaskStatus"]


def statuses(control, alibaba, task_id, *advances):
    seen = [status(alibaba, task_id)]
    for seconds in advances:
        control.advance(seconds)
        seen.append(status(alibaba, task_id))
    return seen


# ImportImage, ExportImage


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
    (progress,) = detail["OperationProgressSet"]["OperationProgress"]
    assert progress["RelatedItemSet"]["RelatedItem"] == [
        {"Name": "OSSBucket", "Value": "images"},
        {"Name": "OSSObject", "Value": "a b.vhd"},
    ]
    assert (detail["TaskProcess"], detail["TotalCount"], detail["RegionId"]) == ("0%", 1, "cn-hangzhou")


def test_export(alibaba):
    started = alibaba.ok("ExportImage", **EXPORT, OSSPrefix="p", ImageFormat="qcow2")
    assert set(started) == {"RequestId", "TaskId", "RegionId"}
    detail = alibaba.ok("DescribeTaskAttribute", TaskId=started["TaskId"])
    assert detail["TaskAction"] == "ExportImage"
    (progress,) = detail["OperationProgressSet"]["OperationProgress"]
    assert [item["Value"] for item in progress["RelatedItemSet"]["RelatedItem"]] == [
        *("images", "p_m-1_system.qcow2", "qcow2")
    ]


@pytest.mark.parametrize(
    ("action", "parameters", "expected"),
    [
        ("ExportImage", {"ImageId": "m-1"}, ("MissingParameter", 400)),
        ("ExportImage", {"OSSBucket": "b"}, ("MissingParameter", 400)),
        ("ExportImage", {**EXPORT, "RegionId": ""}, ("MissingParameter", 400)),
        ("ExportImage", {**EXPORT, "DryRun": "true"}, ("DryRunOperation", 400)),
        ("ImportImage", {"DryRun": "True"}, ("DryRunOperation", 400)),
        ("ImportImage", {"DiskDeviceMapping.2.Format": "RAW"}, ("InvalidParameter.DiskDeviceMapping", 400)),
    ],
)
def test_start_refusals(alibaba, control, action, parameters, expected):
    assert alibaba.code(action, **parameters) == expected
    assert control.get("operations") == []


# In time


def test_course(alibaba, control):
    task_id = create(control, pending_seconds=5, run_seconds=10)
    assert statuses(control, alibaba, task_id, 4.9, 0.1, 9.9, 0.1, 1000) == [
        *("Waiting", "Waiting", "Processing", "Processing", "Finished", "Finished")
    ]
    detail = alibaba.ok("DescribeTaskAttribute", TaskId=task_id)
    assert (detail["TaskProcess"], detail["SuccessCount"], detail["FailedCount"]) == ("100%", 1, 0)
    assert detail["FinishedTime"] > detail["CreationTime"]


def test_progress_and_failure(alibaba, control):
    task_id = create(control, run_seconds=10, final_status="Failed")
    seen = []
    for _second in range(3):
        detail = alibaba.ok("DescribeTaskAttribute", TaskId=task_id)
        seen.append((detail["TaskProcess"], detail["TaskStatus"], detail["FailedCount"]))
        control.advance(5)
    assert seen == [("0%", "Processing", 0), ("50%", "Processing", 0), ("99%", "Failed", 1)]
    (progress,) = detail["OperationProgressSet"]["OperationProgress"]
    assert progress["ErrorCode"] and progress["ErrorMsg"]


@pytest.mark.parametrize("word", [*WORDS.phases, "Preparing"])
def test_every_status_can_be_had_and_stays(alibaba, control, word):
    task_id = create(control, status=word, age=100)
    assert statuses(control, alibaba, task_id, 10**6) == [word, word]
    # The sort of task can be cancelled, whatever its status.
    assert listed(alibaba)[0]["SupportCancel"] == "true"


def test_a_described_status_goes_on(alibaba, control):
    paused = create(control, status="Paused", pending_seconds=5, run_seconds=5)
    assert statuses(control, alibaba, paused, 5, 5) == ["Paused", "Processing", "Finished"]


def test_finish(alibaba, control):
    task_id = create(control)
    control.send("POST", f"operations/{task_id}/finish")
    assert status(alibaba, task_id) == "Finished"


# CancelTask


@pytest.mark.parametrize("action", ["ImportImage", "ExportImage"])
@pytest.mark.parametrize("final", ["Deleted", "Failed"])
def test_cancel(alibaba, control, action, final):
    control.settings(cancelled_task_status=final)
    task_id = create(control, action=action, stopping_seconds=3)
    assert set(alibaba.ok("CancelTask", TaskId=task_id)) == {"RequestId"}
    control.advance(1)
    alibaba.ok("CancelTask", TaskId=task_id)  # still Processing: accepted, and changes nothing
    assert statuses(control, alibaba, task_id, 1.9, 0.1) == ["Processing", "Processing", final]
    assert control.get(f"operations/{task_id}")["stop_accepted_at"] == pytest.approx(control.get("clock")["now"] - 3)
    assert alibaba.code("CancelTask", TaskId=task_id) == ("InvalidTaskId.IncorrectTaskStatus", 403)


CODES = {
    "current": {
        "status": ("InvalidTaskId.IncorrectTaskStatus", 403),
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
def test_codes_of_both_generations(alibaba, control, generation):
    control.settings(cancel_task_codes=generation)
    codes = CODES[generation]
    running = create(control)
    for word in ("Finished", "Failed", "Deleted", "Waiting", "Paused"):
        assert alibaba.code("CancelTask", TaskId=create(control, status=word)) == codes["status"]
    for action in ("ModifyDiskSpec", "RedeployInstance", "ArchiveSnapshot"):
        other = create(control, action=action)
        assert alibaba.code("CancelTask", TaskId=other) == codes["action"]
        assert status(alibaba, other) == "Processing"
    control.fault("error", code="CancelTaskFailed", action="CancelTask")
    assert alibaba.code("CancelTask", TaskId=running) == codes["failed"]
    assert alibaba.code("CancelTask", TaskId=running, RegionId="cn-nowhere") == codes["region"]
    assert control.get("requests")[-1]["code"] == codes["region"][0]
    for missing in ({"TaskId": ""}, {"RegionId": "", "TaskId": running}):
        assert alibaba.code("CancelTask", **missing) == ("MissingParameter", 400)
    for unknown in ("t-unknown", "exec-1"):
        assert alibaba.code("CancelTask", TaskId=unknown) == ("InvalidTaskId.NotFound", 400)
    assert alibaba.code("CancelTask", TaskId=running, RegionId="cn-beijing") == ("InvalidTaskId.NotFound", 400)
    # The page of 2017 is that of CancelTask alone.
    assert alibaba.code("DescribeTasks", RegionId="cn-nowhere") == ("InvalidRegionId.NotFound", 400)
    assert status(alibaba, running) == "Processing"


def test_a_code_by_order_is_kept(alibaba, control):
    control.settings(cancel_task_codes="2017")
    control.fault("error", code="InvalidTaskId.IncorrectTaskStatus", action="CancelTask", times=2)
    assert alibaba.code("CancelTask", TaskId=create(control)) == ("InvalidTaskId.IncorrectTaskStatus", 403)
    control.settings(cancel_task_codes="current")
    assert alibaba.code("CancelTask", TaskId=create(control)) == ("InvalidTaskId.IncorrectTaskStatus", 403)


def test_cancel_of_what_waits(alibaba, control):
    control.settings(cancel_of_waiting_task="success")
    for word in ("Waiting", "Paused"):
        task_id = create(control, status=word, stopping_seconds=0)
        alibaba.ok("CancelTask", TaskId=task_id)
        assert status(alibaba, task_id) == "Deleted"


def test_an_unknown_status_survives_a_cancel(alibaba, control):
    task_id = create(control, status="Preparing")
    alibaba.ok("CancelTask", TaskId=task_id)
    assert status(alibaba, task_id) == "Preparing"


def test_a_task_may_say_that_it_cannot_be_cancelled(alibaba, control):
    task_id = create(control, support_cancel=False)
    assert listed(alibaba)[0]["SupportCancel"] == "false"
    assert alibaba.code("CancelTask", TaskId=task_id) == ("InvalidTaskId.TaskActionNotSupport", 403)


def test_an_invocation_is_no_task(alibaba, control):
    invocation = control.create("alibaba", count=1)["id"]
    task_id = create(control)
    assert alibaba.code("CancelTask", TaskId=invocation) == ("InvalidTaskId.NotFound", 400)
    assert alibaba.code("StopInvocation", InvokeId=task_id) == ("InvalidInvokeId.NotFound", 404)
    assert [each["TaskId"] for each in listed(alibaba)] == [task_id]
    assert [each["InvokeId"] for each in alibaba.ok("DescribeInvocations")["Invocations"]["Invocation"]] == [invocation]


def test_finish_first(alibaba, control):
    task_id = create(control)
    control.fault("finish_first", status="Failed")
    assert alibaba.code("CancelTask", TaskId=task_id) == ("InvalidTaskId.IncorrectTaskStatus", 403)
    assert status(alibaba, task_id) == "Failed"
    assert control.get(f"operations/{task_id}")["stop_accepted_at"] is None


def test_stale_reads(alibaba, control):
    task_id = create(control, age=60, stopping_seconds=0)
    alibaba.ok("CancelTask", TaskId=task_id)
    control.fault("stale_reads", seconds=5, times=2)
    assert statuses(control, alibaba, task_id, 1, 0) == ["Processing", "Processing", "Deleted"]
    control.fault("stale_reads", seconds=5)
    assert alibaba.code("DescribeTaskAttribute", TaskId=create(control)) == ("InvalidTaskId.NotFound", 400)


def test_denied(alibaba):
    response = alibaba.v3("CancelTask", {"RegionId": "cn-hangzhou", "TaskId": "t-1"}, key="denied")
    assert (response.json()["Code"], response.status_code) == ("Forbidden.RAM", 403)
    assert response.json()["AccessDeniedDetail"]["AuthAction"] == "ecs:CancelTask"


# DescribeTasks


def test_filters(alibaba, control):
    everything = [
        create(control, age=300, resource_id="m-1"),
        create(control, age=200, action="ExportImage", status="Finished", resource_id="m-2"),
        create(control, age=100, action="ModifyDiskSpec", status="Failed", group_id="tg-1"),
        create(control, status="Waiting"),
    ]
    create(control, region="cn-beijing")

    def found(**parameters):
        return [everything.index(each["TaskId"]) for each in listed(alibaba, **parameters)]

    def ago(seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(control.get("clock")["now"] - seconds)))

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


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"TaskIds": ",".join(["t-1"] * 101)}, ("InvalidParameter.TaskIds", 400)),
        ({f"ResourceIds.{number}": "i-1" for number in range(1, 102)}, ("InvalidParameter.ResourceIds", 400)),
        ({"TaskIds.1": "t-1"}, ("UnsupportedParameter", 400)),
        ({"PageSize": 0}, ("InvalidParam.PageSize", 400)),
        ({"PageSize": 101}, ("InvalidParam.PageSize", 400)),
        ({"PageNumber": 0}, ("InvalidParam.PageNumber", 400)),
        ({"PageNumber": "x"}, ("InvalidParam.PageNumber", 400)),
        ({"MaxResults": 10}, ("UnsupportedParameter", 400)),
        ({"StartTime": "today"}, ("InvalidParameter.StartTime", 400)),
        ({"RegionId": ""}, ("MissingParameter", 400)),
        ({"RegionId": "cn-nowhere"}, ("InvalidRegionId.NotFound", 400)),
    ],
)
def test_listing_refusals(alibaba, parameters, expected):
    assert alibaba.code("DescribeTasks", **parameters) == expected


def test_a_hundred_ids(alibaba, control):
    created = [create(control) for _number in range(100)]
    assert len(listed(alibaba, TaskIds=",".join(created), PageSize=100)) == 100


def test_paging(alibaba, control):
    created = [create(control) for _number in range(25)]
    seen = []
    for number, count in ((1, 10), (2, 10), (3, 5), (4, 0)):
        answer = alibaba.ok("DescribeTasks", PageNumber=number)
        assert (answer["PageNumber"], answer["PageSize"], answer["TotalCount"]) == (number, 10, 25)
        assert len(answer["TaskSet"]["Task"]) == count
        seen.append([each["TaskId"] for each in answer["TaskSet"]["Task"]])
    assert list(itertools.chain(*seen)) == created[::-1]


def test_forms(alibaba, control):
    create(control, action="ExportImage", status="Finished")
    control.settings(
        task_set="list", support_cancel="boolean", task_action_spelling="IMPORT_IMAGE", task_times="minutes"
    )
    (container,) = alibaba.ok("DescribeTasks")["TaskSet"]
    (seen,) = container["Task"]
    assert (seen["TaskAction"], seen["SupportCancel"]) == ("EXPORT_IMAGE", True)
    for name in ("CreationTime", "FinishedTime"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", seen[name])
    detail = alibaba.ok("DescribeTaskAttribute", TaskId=seen["TaskId"])
    assert (detail["TaskAction"], detail["SupportCancel"]) == ("EXPORT_IMAGE", True)
    running = create(control)
    assert listed_in_a_list(alibaba, running)["FinishedTime"] == ""
    control.settings(nullable=True)
    assert not {"FinishedTime", "ResourceId"} & set(listed_in_a_list(alibaba, running))


def listed_in_a_list(alibaba, task_id):
    return alibaba.ok("DescribeTasks", TaskIds=task_id)["TaskSet"][0]["Task"][0]


def test_truth(control):
    task_id = create(control, id="t-mine", action="ExportImage", age=5, resource_id="m-1")
    seen = control.get(f"operations/{task_id}")
    assert {
        "kind": KIND,
        "name": "ExportImage",
        "action": "ExportImage",
        "status": "Processing",
        "support_cancel": True,
        "resource_id": "m-1",
        "stop_accepted_at": None,
    }.items() <= seen.items()
    assert control.get("clock")["now"] - seen["created"] == pytest.approx(5)
