# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ECS asynchronous tasks, API version 2014-05-26: import and export of images, and what else has a task id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from .. import operation
from ..description import FLAG, STRING, Types
from ..instance import Phase
from ..operation import SimpleOperation, Words
from ..wire import BOOLEAN, INTEGER, REQUIRED, TEXT, TEXTS, Action, ApiError, Call, Codes, Parameter, Service
from ..world import World, iso_time
from . import paging
from .envelope import in_own_words, with_absent
from .parameters import check_times
from .regions import REGIONS
from .settings import AlibabaSettings

KIND = "image_task"
CANCELLABLE = ("ImportImage", "ExportImage")
IDS_PER_READ = 100

WORDS = Words(
    phases={
        "Waiting": Phase.WAITING,
        "Processing": Phase.RUNNING,
        "Paused": Phase.SCHEDULED,
        "Finished": Phase.SUCCEEDED,
        "Failed": Phase.FAILED,
        "Deleted": Phase.STOPPED,
    },
    pending="Waiting",
    running="Processing",
    # No page knows a word for a task that is being cancelled.
    stopping="Processing",
    succeeded="Finished",
    stopped="Deleted",
)


@dataclass(kw_only=True)
class ImageTask(SimpleOperation):
    action: str
    support_cancel: bool
    resource_id: str = ""
    group_id: str = ""
    # Names and values of the items it works on.
    related: dict[str, str] = field(default_factory=dict)

    def progress(self, moment: float) -> int:
        """In percent of the time that it was to take."""
        started = self.started_at(moment)
        if self.status_at(moment) == WORDS.succeeded:
            return 100
        if started is None or not self.pace.run_seconds:
            return 0
        return min(99, int(100 * (moment - started) / self.pace.run_seconds))

    def describe(self, now: float) -> dict[str, Any]:
        return super().describe(now) | {
            "action": self.action,
            "support_cancel": self.support_cancel,
            "resource_id": self.resource_id or None,
        }


# ImportImage, ExportImage


def import_image(world: World, call: Call) -> dict[str, Any]:
    disks = call.arguments.get("DiskDeviceMapping", [])
    related = {name: value for disk in disks[:1] for name, value in disk.items() if name.startswith("OSS") and value}
    image_id = world.make_id("m-hz0", 12)
    task = _start(world, call, image_id, related)
    return {"TaskId": task.id, "RegionId": call.region, "ImageId": image_id}


def export_image(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    image_format = given.get("ImageFormat", "raw")
    related = {
        "OSSBucket": given["OSSBucket"],
        "OSSObject": f"{given.get('OSSPrefix', '')}_{given['ImageId']}_system.{image_format}",
        "ImageFormat": image_format,
    }
    task = _start(world, call, given["ImageId"], related)
    return {"TaskId": task.id, "RegionId": call.region}


def _start(world: World, call: Call, image_id: str, related: dict[str, str]) -> ImageTask:
    if call.arguments.get("DryRun"):
        raise ApiError("DryRunOperation", "Request validation has been passed with DryRun flag set.")
    task = create(world, {"region": call.region, "action": call.action, "resource_id": image_id})
    task.related = related
    return task


# CancelTask


def cancel_task(world: World, call: Call) -> dict[str, Any]:
    task = _find(world, call)
    task.overtake(call)
    if not task.support_cancel:
        raise in_own_words(
            call, ApiError("InvalidTaskId.TaskActionNotSupport", f"A task of {task.action} cannot be cancelled.")
        )
    phase, settings = task.phase_at(call.now), world.own(AlibabaSettings)
    waits = phase in (Phase.WAITING, Phase.SCHEDULED) and settings.cancel_of_waiting_task == "success"
    if not waits and phase not in (Phase.RUNNING, Phase.UNKNOWN):
        raise in_own_words(call, ApiError("InvalidTaskId.IncorrectTaskStatus", "The task is not running."))
    task.stop(call.now, settings.cancelled_task_status, task.pace.stopping_seconds)
    return {}


def _find(world: World, call: Call) -> ImageTask:
    task = operation.find(world, call, ImageTask, call.arguments["TaskId"])
    if task is None:
        raise ApiError("InvalidTaskId.NotFound", "The specified TaskId does not exist.")
    return task


# DescribeTasks, DescribeTaskAttribute

_FILTERED = ("Finished", "Processing", "Failed")


def describe_tasks(world: World, call: Call) -> dict[str, Any]:
    given, settings = call.arguments, world.own(AlibabaSettings)
    page, fields = paging.by_number(list(_matching(world, call)), given, largest=100)
    tasks = {"Task": [_shown(task, settings, call) for task in page]}
    shown = [tasks] if settings.task_set == "list" else tasks
    return with_absent(world.settings, fields | {"RegionId": call.region, "TaskSet": shown})


def _matching(world: World, call: Call) -> Iterator[ImageTask]:
    given = call.arguments
    check_times(given, "StartTime", "EndTime")
    ids = [each.strip() for each in given["TaskIds"].split(",")] if "TaskIds" in given else None
    for name, named in (("TaskIds", ids or []), ("ResourceIds", given.get("ResourceIds", []))):
        if len(named) > IDS_PER_READ:
            raise ApiError(f"InvalidParameter.{name}", f"At most {IDS_PER_READ} ids can be given.")
    status = given.get("TaskStatus") if given.get("TaskStatus") in _FILTERED else None
    for task in cast(Iterator[ImageTask], world.operations("alibaba", KIND, call.region, call.now)):
        created = iso_time(task.created)
        if "TaskGroupId" in given:
            matches = task.group_id == given["TaskGroupId"]  # other conditions are ignored, as documented
        else:
            matches = (
                (ids is None or task.id in ids)
                and ("TaskAction" not in given or _folded(given["TaskAction"]) == _folded(task.action))
                and status in (None, task.status_at(call.now))
                and given.get("StartTime", "") <= created <= given.get("EndTime", "~")
                and ("ResourceIds" not in given or task.resource_id in given["ResourceIds"])
            )
        if matches:
            yield task


def _folded(action: str) -> str:
    return action.replace("_", "").lower()


def _shown(task: ImageTask, settings: AlibabaSettings, call: Call) -> dict[str, Any]:
    """The fields that both reads have."""
    action = task.action
    if settings.task_action_spelling == "IMPORT_IMAGE":
        action = "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in action).lstrip("_")
    # It tells of the sort of task, not of its status: true on what has ended, too.
    support: bool | str = task.support_cancel
    if settings.support_cancel == "string":
        support = str(task.support_cancel).lower()
    return {
        "TaskId": task.id,
        "TaskAction": action,
        "TaskStatus": task.status_at(call.now),
        "SupportCancel": support,
        "CreationTime": _time(task.created, settings),
        "FinishedTime": _time(task.ended_at(call.now), settings),
        "ResourceId": task.resource_id,
    }


def _time(moment: float | None, settings: AlibabaSettings) -> str:
    text = iso_time(moment)
    return f"{text[:16]}Z" if text and settings.task_times == "minutes" else text


def describe_task_attribute(world: World, call: Call) -> dict[str, Any]:
    task = _find(world, call)
    shown = _shown(task, world.own(AlibabaSettings), call)
    del shown["ResourceId"]
    phase = task.phase_at(call.now)
    failed = phase is Phase.FAILED
    progress = {
        "OperationStatus": task.status_at(call.now),
        "ErrorCode": "OperationFailed" if failed else "",
        "ErrorMsg": "The task failed." if failed else "",
        "RelatedItemSet": {"RelatedItem": [{"Name": name, "Value": value} for name, value in task.related.items()]},
    }
    return with_absent(
        world.settings,
        shown
        | {
            "RegionId": task.region,
            "TaskProcess": f"{task.progress(call.now)}%",
            "TotalCount": 1,
            "SuccessCount": int(phase is Phase.SUCCEEDED),
            "FailedCount": int(failed),
            "OperationProgressSet": {"OperationProgress": [progress]},
        },
    )


# From the control interface

_OWN_FIELDS: dict[str, Types] = {
    **dict.fromkeys(("action", "resource_id", "group_id"), STRING),
    "support_cancel": FLAG,
}


def create(world: World, description: dict[str, Any]) -> ImageTask:
    basis = operation.basis(
        world,
        WORDS,
        description,
        _OWN_FIELDS,
        make_id=lambda: world.make_id("t-hz0", 12),
        id_form=r"t-[0-9A-Za-z]+",
    )
    action = description.get("action") or CANCELLABLE[0]
    support_cancel = description.get("support_cancel")
    task = ImageTask(
        **basis,
        provider="alibaba",
        kind=KIND,
        name=description.get("name") or action,
        action=action,
        support_cancel=action in CANCELLABLE if support_cancel is None else support_cancel,
        resource_id=description.get("resource_id") or "",
        group_id=description.get("group_id") or "",
    )
    world.add(task)
    return task


_CODES: Codes = {
    "MissingParameter": ("MissingParameter", 400),
    "InvalidRegionId.NotFound": ("InvalidRegionId.NotFound", 400),
}
_CODES_OF_2017: Codes = {
    **_CODES,
    "InvalidRegionId.NotFound": ("RegionId.NotFound", 400),
    "InvalidTaskId.IncorrectTaskStatus": ("IncorrectTaskStatus", 403),
    "InvalidTaskId.TaskActionNotSupport": ("TaskActionNotSupport", 400),
    "CancelTaskFailed": ("CancelTaskFailed", 400),
}


def _codes(world: World, action: str) -> Codes:
    """The page of 2017 is that of CancelTask alone."""
    of_2017 = world.own(AlibabaSettings).cancel_task_codes == "2017"
    return _CODES_OF_2017 if action == "CancelTask" and of_2017 else _CODES


_DISKS = Parameter(
    "records",
    fields=dict.fromkeys(("Device", "DiskImSize", "DiskImageSize", "Format", "OSSBucket", "OSSObject"), "text"),
)

SERVICE = Service(
    name="ecs",
    version="2014-05-26",
    regions={region: name for region, name in REGIONS.items() if region != "cn-edge-1"},
    codes=_codes,
    actions={
        "ImportImage": Action(
            import_image,
            "start",
            {
                "RegionId": REQUIRED,
                "DiskDeviceMapping": _DISKS,
                "Tag": Parameter("records", fields={"Key": "text", "Value": "text"}),
                "DryRun": BOOLEAN,
                **dict.fromkeys(("ImageName", "Description", "Architecture", "OSType", "Platform", "BootMode"), TEXT),
                **dict.fromkeys(("RoleName", "LicenseType", "DetectionStrategy", "ResourceGroupId"), TEXT),
                **dict.fromkeys(("ClientToken", "StorageLocationArn", "Features.NvmeSupport"), TEXT),
                **dict.fromkeys(("Features.ImdsSupport",), TEXT),
            },
        ),
        "ExportImage": Action(
            export_image,
            "start",
            {
                **dict.fromkeys(("RegionId", "ImageId", "OSSBucket"), REQUIRED),
                **dict.fromkeys(("OSSPrefix", "ImageFormat", "RoleName"), TEXT),
                "DryRun": BOOLEAN,
            },
        ),
        "CancelTask": Action(cancel_task, "stop", {"RegionId": REQUIRED, "TaskId": REQUIRED}),
        "DescribeTasks": Action(
            describe_tasks,
            "read",
            {
                "RegionId": REQUIRED,
                **dict.fromkeys(("TaskIds", "TaskAction", "TaskStatus", "TaskGroupId", "StartTime", "EndTime"), TEXT),
                "ResourceIds": TEXTS,
                "PageNumber": INTEGER,
                "PageSize": INTEGER,
            },
        ),
        "DescribeTaskAttribute": Action(describe_task_attribute, "read", {"RegionId": REQUIRED, "TaskId": REQUIRED}),
    },
    kinds={KIND: create},
)
