# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated tasks on images: imports and exports in time, cancels with the codes of both generations, lists."""

from __future__ import annotations

import re
import time

import pytest

from ...support.clients import in_pages
from ...support.control import going, refusing

KIND = "image_task"
EXPORT = {"ImageId": "m-1", "OSSBucket": "images"}


@pytest.fixture
def listed(client):
    return lambda field="", **sent: client.found("DescribeTasks", f"TaskSet.Task{field}", **sent)


@pytest.fixture
def detail(client):
    return lambda task_id: client.ok("DescribeTaskAttribute", TaskId=task_id)


test_refusals = refusing(
    {"id": "t-mine"},
    {"ExportImage": EXPORT},
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
)


def test_progress_and_ends(control, create, detail):
    tasks = [create(run_seconds=10, final_status=final) for final in ("Finished", "Failed")]
    seen = []
    for _second in range(3):
        details = [*map(detail, tasks)]
        seen.append([(each["TaskProcess"], each["SuccessCount"], each["FailedCount"]) for each in details])
        control.advance(5)
    assert seen == [[("0%", 0, 0)] * 2, [("50%", 0, 0)] * 2, [("100%", 1, 0), ("99%", 0, 1)]]
    assert details[0]["FinishedTime"] > details[0]["CreationTime"]
    progress = [each["OperationProgressSet"]["OperationProgress"][0] for each in details]
    assert [bool(each["ErrorCode"] and each["ErrorMsg"]) for each in progress] == [False, True]


# CancelTask

# As long as it is still Processing a second one is accepted, and changes nothing.
COURSE = "Processing stop Processing 1 stop 1.9 Processing 0.1"
test_courses = going(
    *[
        ({"cancelled_task_status": final}, {"action": action, "stopping_seconds": 3}, f"{COURSE} {final}")
        for final in ("Deleted", "Failed")
        for action in ("ImportImage", "ExportImage")
    ],
    *[
        ({"cancel_of_waiting_task": "success"}, {"status": word, "stopping_seconds": 0}, f"{word} stop Deleted")
        for word in ("Waiting", "Paused")
    ],
)


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


@pytest.mark.parametrize("generation", CODES)
def test_codes_of_both_generations(client, control, create, detail, generation):
    def refusal(action="CancelTask", **sent):
        return client.refusal(action, sent)

    control.settings(cancel_task_codes=generation)
    codes, running = CODES[generation], create()
    for word in ("Finished", "Failed", "Deleted", "Waiting", "Paused"):
        assert refusal(TaskId=create(status=word)) == codes["status"]
    for action in ("ModifyDiskSpec", "RedeployInstance", "ArchiveSnapshot"):
        assert refusal(TaskId=create(action=action)) == codes["action"]
    control.fault("error", code="CancelTaskFailed", action="CancelTask")
    assert refusal(TaskId=running) == codes["failed"]
    assert refusal(TaskId=running, RegionId="cn-nowhere") == codes["region"]
    assert control.get("requests")[-1]["code"] == codes["region"][0]
    for missing in ({"TaskId": ""}, {"RegionId": "", "TaskId": running}):
        assert refusal(**missing) == ("MissingParameter", 400)
    for unknown in ({"TaskId": "t-unknown"}, {"TaskId": "exec-1"}, {"TaskId": running, "RegionId": "cn-beijing"}):
        assert refusal(**unknown) == ("InvalidTaskId.NotFound", 400)
        assert refusal("DescribeTaskAttribute", **unknown) == ("InvalidTaskId.NotFound", 400)
    # The page of 2017 is that of CancelTask alone.
    assert refusal("DescribeTasks", RegionId="cn-nowhere") == ("InvalidRegionId.NotFound", 400)
    # What is ordered is not reworded.
    ordered = CODES["current"]["status"]
    control.fault("error", code=ordered[0], action="CancelTask")
    assert refusal(TaskId=running) == ordered
    assert detail(running)["TaskStatus"] == "Processing"


def test_a_task_may_say_that_it_cannot_be_cancelled(client, create, listed):
    assert create(status="Finished") and listed(".SupportCancel") == ["true"]  # the sort can, whatever the status
    task_id = create(support_cancel=False)
    assert listed(".SupportCancel", TaskIds=task_id) == ["false"]
    assert client.refusal("CancelTask", {"TaskId": task_id}) == CODES["current"]["action"]


# DescribeTasks


def test_filters(control, create, listed):
    everything = [
        create(age=300, resource_id="m-1"),
        create(age=200, action="ExportImage", status="Finished", resource_id="m-2"),
        create(age=100, action="ModifyDiskSpec", status="Failed", group_id="tg-1"),
        create(status="Waiting"),
    ]
    create(region="cn-beijing")
    control.create("alibaba", count=1)
    ago = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(control.now() - 200)))
    for wanted, expected in (
        ({}, [3, 2, 1, 0]),
        ({"TaskIds": f"{everything[0]},{everything[2]},t-unknown"}, [2, 0]),
        ({"TaskIds": "t-unknown"}, []),
        ({"TaskAction": "ImportImage"}, [3, 0]),
        ({"TaskAction": "IMPORT_IMAGE"}, [3, 0]),
        ({"TaskStatus": "Processing"}, [0]),
        ({"TaskStatus": "Finished"}, [1]),
        ({"TaskStatus": "Failed"}, [2]),
        *(({"TaskStatus": ignored}, [3, 2, 1, 0]) for ignored in ("Waiting", "Deleted", "Paused", "processing", "X")),
        ({"StartTime": ago}, [3, 2, 1]),
        ({"EndTime": ago}, [1, 0]),
        ({"ResourceIds.1": "m-1", "ResourceIds.2": "m-9"}, [0]),
        ({"TaskGroupId": "tg-1", "TaskStatus": "Processing"}, [2]),  # other conditions are ignored
    ):
        assert listed(".TaskId", **wanted) == [everything[number] for number in expected], wanted


def test_paging(client, create, listed):
    created = [create() for _number in range(100)][::-1]
    assert listed(".TaskId", TaskIds=",".join(created), PageSize=100) == created
    assert client.pages("DescribeTasks", "TaskSet.Task.TaskId", PageNumber=1) == in_pages(created, 10)
    answer = client.ok("DescribeTasks", PageNumber=11)
    assert (answer["PageNumber"], answer["PageSize"], answer["TotalCount"]) == (11, 10, 100)
    assert answer["TaskSet"]["Task"] == []


def test_forms(client, control, create, detail):
    create(action="ExportImage", status="Finished")
    control.settings(
        task_set="list", support_cancel="boolean", task_action_spelling="IMPORT_IMAGE", task_times="minutes"
    )

    def only(**parameters):
        (container,) = client.ok("DescribeTasks", **parameters)["TaskSet"]
        return container["Task"][0]

    seen = only()
    for each in (seen, detail(seen["TaskId"])):
        assert (each["TaskAction"], each["SupportCancel"]) == ("EXPORT_IMAGE", True)
    for name in ("CreationTime", "FinishedTime"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", seen[name])
    running = create()
    assert only(TaskIds=running)["FinishedTime"] == ""
    control.settings(nullable=True)
    assert not {"FinishedTime", "ResourceId"} & set(only(TaskIds=running))
