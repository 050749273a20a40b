# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EC2 VM Import/Export, API version 2016-11-15: imports of images and snapshots, exports of images and instances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from .. import operation
from ..description import FLAG, STRING, Types
from ..instance import ENDED, Phase
from ..operation import SimpleOperation, Words
from ..settings import BadRequest
from ..wire import BOOLEAN, REQUIRED, TEXT, Action, ApiError, Call, Parameter, Service
from ..world import World
from . import codes, ids, paging
from .parameters import choice, integer, records, structure, texts
from .regions import REGIONS
from .settings import AwsSettings

KIND = "image_task"

WORDS = Words(
    phases={
        "pending": Phase.WAITING,
        "active": Phase.RUNNING,
        "updating": Phase.RUNNING,
        "validating": Phase.RUNNING,
        "validated": Phase.RUNNING,
        "converting": Phase.RUNNING,
        "preparing": Phase.RUNNING,
        "booting": Phase.RUNNING,
        "deleting": Phase.STOPPING,
        "completed": Phase.SUCCEEDED,
        "error": Phase.FAILED,
        # Of a failed import, too: only the message tells.
        "deleted": Phase.STOPPED,
    },
    pending="pending",
    running="active",
    stopping="deleting",
    succeeded="completed",
    stopped="deleted",
)
INSTANCE_WORDS = Words(
    phases={
        "active": Phase.RUNNING,
        "cancelling": Phase.STOPPING,
        "cancelled": Phase.STOPPED,
        "completed": Phase.SUCCEEDED,
    },
    pending="active",
    running="active",
    stopping="cancelling",
    succeeded="completed",
    stopped="cancelled",
)


@dataclass(frozen=True)
class Sort:
    """One of the sorts of task."""

    prefix: str
    words: Words
    imports: bool


SORTS = {
    "ImportImage": Sort("import-ami-", WORDS, True),
    "ImportSnapshot": Sort("import-snap-", WORDS, True),
    "ExportImage": Sort("export-ami-", WORDS, False),
    "CreateInstanceExportTask": Sort("export-i-", INSTANCE_WORDS, False),
}


@dataclass(kw_only=True)
class ImageTask(SimpleOperation):
    action: str
    resource_id: str
    message: str | None = None
    # Of an export: its final image is on its way, and it can be cancelled no more.
    transferring: bool = False
    # As it was put into its state from outside, by which nothing can be said of how that came.
    described: bool = False
    # Further fields that the start was given and that reads give back.
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def sort(self) -> Sort:
        return SORTS[self.action]

    def status_message(self, moment: float) -> str | None:
        if self.message is not None:
            return self.message
        phase = self.phase_at(moment)
        if phase is Phase.RUNNING:
            return "converting"
        by_itself = phase is Phase.STOPPED and self.stop_accepted_at is None and not self.described
        return "ClientError: The disk image has no operating system." if by_itself or phase is Phase.FAILED else None

    def progress(self, moment: float) -> str | None:
        """In percent of the time that it was to take; nothing when it has ended."""
        started = self.started_at(moment)
        if self.has_ended(moment) or started is None or not self.pace.run_seconds:
            return None if self.has_ended(moment) else "0"
        return str(min(99, int(100 * (moment - started) / self.pace.run_seconds)))

    def describe(self, now: float) -> dict[str, Any]:
        return super().describe(now) | {"action": self.action, "resource_id": self.resource_id}


# ImportImage, ImportSnapshot, ExportImage, CreateInstanceExportTask


def import_image(world: World, call: Call) -> dict[str, Any]:
    if not call.arguments.get("DiskContainer"):
        raise ApiError("MissingParameter", "The parameter DiskContainer is required.")
    return _shown_import_image(_start(world, call, ids.make_id(world, "ami-")), call)


def import_snapshot(world: World, call: Call) -> dict[str, Any]:
    if not call.arguments.get("DiskContainer"):
        raise ApiError("MissingParameter", "The parameter DiskContainer is required.")
    return _shown_import_snapshot(_start(world, call, ids.make_id(world, "snap-")), call)


def export_image(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    task = _start(world, call, given["ImageId"])
    return _shown_export_image(task, call) | {
        "diskImageFormat": given["DiskImageFormat"],
        "roleName": given.get("RoleName", "vmimport"),
    }


def create_instance_export_task(world: World, call: Call) -> dict[str, Any]:
    return {"exportTask": _shown_export(_start(world, call, call.arguments["InstanceId"]), call)}


def _start(world: World, call: Call, resource_id: str) -> ImageTask:
    _check_dry_run(call)
    task = create(world, {"region": call.region, "action": call.action, "resource_id": resource_id})
    task.details = call.arguments
    call.now = task.created
    return task


def _check_dry_run(call: Call) -> None:
    if call.arguments.get("DryRun"):
        raise ApiError("DryRunOperation", "This would have been done, but for DryRun.", 412)


# CancelImportTask, CancelExportTask


def cancel_import_task(world: World, call: Call) -> dict[str, Any]:
    settings = world.own(AwsSettings)
    task_id = call.arguments.get("ImportTaskId")
    if not task_id:
        raise ApiError("MissingParameter", "The parameter ImportTaskId is required.")
    if not task_id.startswith(("import-ami-", "import-snap-")):
        raise ApiError("InvalidConversionTaskId.Malformed", f"Invalid id: {task_id!r}.", 400)
    task = operation.find(world, call, ImageTask, task_id)
    if task is None:
        raise _unknown(task_id, settings, imports=True)
    _check_dry_run(call)
    task.overtake(call)
    before = task.status_at(call.now)
    if task.has_ended(call.now) and settings.ec2_cancel_of_ended_import != "success":
        raise _own(settings.ec2_cancel_of_ended_import, f"The task {task_id} is {before} and can't be cancelled.")
    task.stop(call.now, task.words.stopped, task.pace.stopping_seconds)
    return {"importTaskId": task.id, "previousState": before, "state": task.status_at(call.now)}


def cancel_export_task(world: World, call: Call) -> dict[str, Any]:
    settings, task_id = world.own(AwsSettings), call.arguments["ExportTaskId"]
    if not task_id.startswith(("export-ami-", "export-i-")):
        raise ApiError("InvalidExportTaskID.Malformed", f"Invalid id: {task_id!r}.", 400)
    task = operation.find(world, call, ImageTask, task_id)
    if task is None:
        raise _unknown(task_id, settings, imports=False)
    task.overtake(call)
    if task.has_ended(call.now) or task.transferring:
        raise _own(settings.ec2_refused_export, f"The export {task_id} is done, or transfers its final disk image.")
    task.stop(call.now, task.words.stopped, task.pace.stopping_seconds)
    return {"return": True}


def _own(code: str, message: str) -> ApiError:
    return ApiError(code, message, 400)


def _unknown(task_id: str, settings: AwsSettings, *, imports: bool) -> ApiError:
    code = settings.ec2_unknown_import if imports else "InvalidExportTaskID.NotFound"
    return _own(code, f"There is no task {task_id!r}.")


# The four reads


def describe_import_image_tasks(world: World, call: Call) -> dict[str, Any]:
    return _read(world, call, "ImportImage", "ImportTaskId", "importImageTaskSet", _shown_import_image)


def describe_import_snapshot_tasks(world: World, call: Call) -> dict[str, Any]:
    return _read(world, call, "ImportSnapshot", "ImportTaskId", "importSnapshotTaskSet", _shown_import_snapshot)


def describe_export_image_tasks(world: World, call: Call) -> dict[str, Any]:
    return _read(world, call, "ExportImage", "ExportImageTaskId", "exportImageTaskSet", _shown_export_image)


def describe_export_tasks(world: World, call: Call) -> dict[str, Any]:
    answer = _read(world, call, "CreateInstanceExportTask", "ExportTaskId", "exportTaskSet", _shown_export)
    return {"exportTaskSet": answer["exportTaskSet"]}  # never paged


# A task-state by phase.
_STATES = {
    Phase.WAITING: "active",
    Phase.RUNNING: "active",
    Phase.STOPPING: "deleting",
    Phase.STOPPED: "deleted",
    Phase.FAILED: "deleted",
    Phase.SUCCEEDED: "completed",
}


def _read(
    world: World,
    call: Call,
    action: str,
    ids_name: str,
    answer_name: str,
    show: Callable[[ImageTask, Call], dict[str, Any]],
) -> dict[str, Any]:
    given, settings = call.arguments, world.own(AwsSettings)
    _check_dry_run(call)
    named = given.get(ids_name)
    if named and "MaxResults" in given and settings.ec2_ids_with_page != "success":
        raise _own(settings.ec2_ids_with_page, f"{ids_name} and MaxResults can't be given together.")
    for task_id in named or ():
        task = world.find("aws", task_id)
        known = isinstance(task, ImageTask) and task.region == call.region and task.action == action
        if not known and world.settings.unknown_id == "error":
            raise _unknown(task_id, settings, imports=SORTS[action].imports)
    states = _task_states(given, named_filters=action in ("ImportImage", "ExportImage"))
    found = [
        task
        for task in cast(Iterator[ImageTask], world.operations("aws", KIND, call.region, call.now))
        if task.action == action
        and (not named or task.id in named)
        and (states is None or _STATES.get(task.phase_at(call.now)) in states)
    ]
    page, token = paging.cut(world, call, found, lambda each: (-each.sequence,), everything=True)
    return {answer_name: [show(task, call) for task in page], "nextToken": token}


def _task_states(given: dict[str, Any], *, named_filters: bool) -> set[str] | None:
    """Only of two of the reads a filter is documented."""
    states: set[str] | None = None
    for each in [*given.get("Filter", []), *given.get("Filters", [])]:
        if each["Name"] != "task-state" or not named_filters:
            raise ApiError("ValidationError", f"The filter {each['Name']!r} is invalid.")
        if not set(each.get("Value", [])) <= {"active", "completed", "deleting", "deleted"}:
            raise ApiError("ValidationError", f"The filter {each['Name']!r} has no such values.")
        states = set(each.get("Value", [])) & (states if states is not None else set(each.get("Value", [])))
    return states


def _tags(task: ImageTask) -> list[dict[str, str]]:
    return [
        {"key": tag.get("Key", ""), "value": tag.get("Value", "")}
        for specification in task.details.get("TagSpecification", [])
        for tag in specification.get("Tag", [])
    ]


def _disk(container: dict[str, Any]) -> dict[str, Any]:
    bucket = container.get("UserBucket", {})
    return {
        "description": container.get("Description"),
        "diskImageSize": 1.0,
        "format": container.get("Format", "VMDK"),
        "url": container.get("Url"),
        "userBucket": {"s3Bucket": bucket.get("S3Bucket"), "s3Key": bucket.get("S3Key")} if bucket else None,
    }


def _shown_import_image(task: ImageTask, call: Call) -> dict[str, Any]:
    given, status = task.details, task.status_at(call.now)
    disks = [_disk(each) | {"status": status} for each in given.get("DiskContainer", [])]
    return {
        "architecture": given.get("Architecture", "x86_64"),
        "description": given.get("Description"),
        "encrypted": given.get("Encrypted"),
        "imageId": task.resource_id,
        "importTaskId": task.id,
        "licenseType": given.get("LicenseType", "BYOL"),
        "platform": given.get("Platform", "Linux"),
        "progress": task.progress(call.now),
        "snapshotDetailSet": disks,
        "status": status,
        "statusMessage": task.status_message(call.now),
        "tagSet": _tags(task),
    }


def _shown_import_snapshot(task: ImageTask, call: Call) -> dict[str, Any]:
    given = task.details
    detail = _disk(given.get("DiskContainer", {})) | {
        "encrypted": given.get("Encrypted"),
        "progress": task.progress(call.now),
        "snapshotId": task.resource_id if task.phase_at(call.now) is Phase.SUCCEEDED else None,
        "status": task.status_at(call.now),
        "statusMessage": task.status_message(call.now),
    }
    return {
        "description": given.get("Description"),
        "importTaskId": task.id,
        "snapshotTaskDetail": detail,
        "tagSet": _tags(task),
    }


def _shown_export_image(task: ImageTask, call: Call) -> dict[str, Any]:
    location = task.details.get("S3ExportLocation", {"S3Bucket": "exports"})
    return {
        "description": task.details.get("Description"),
        "exportImageTaskId": task.id,
        "imageId": task.resource_id,
        "progress": task.progress(call.now),
        "s3ExportLocation": {"s3Bucket": location["S3Bucket"], "s3Prefix": location.get("S3Prefix")},
        "status": task.status_at(call.now),
        "statusMessage": task.status_message(call.now),
        "tagSet": _tags(task),
    }


def _shown_export(task: ImageTask, call: Call) -> dict[str, Any]:
    given = task.details
    target = given.get("ExportToS3", {})
    file_format = target.get("DiskImageFormat", "VMDK")
    return {
        "description": given.get("Description"),
        "exportTaskId": task.id,
        "exportToS3": {
            "containerFormat": target.get("ContainerFormat"),
            "diskImageFormat": file_format,
            "s3Bucket": target.get("S3Bucket", "exports"),
            "s3Key": f"{target.get('S3Prefix', '')}{task.id}.{file_format.lower()}",
        },
        "instanceExport": {
            "instanceId": task.resource_id,
            "targetEnvironment": given.get("TargetEnvironment", "vmware"),
        },
        "state": task.status_at(call.now),
        "statusMessage": task.status_message(call.now) if task.phase_at(call.now) in ENDED else None,
        "tagSet": _tags(task),
    }


# From the control interface

_OWN_FIELDS: dict[str, Types] = {
    **dict.fromkeys(("action", "resource_id", "message"), STRING),
    "transferring": FLAG,
}


def create(world: World, description: dict[str, Any]) -> ImageTask:
    action = description.get("action") or _action_of(description.get("id"))
    if action not in SORTS:
        raise BadRequest(f"An action is one of {', '.join(SORTS)}.")
    sort = SORTS[action]
    basis = operation.basis(
        world,
        sort.words,
        description,
        _OWN_FIELDS,
        make_id=lambda: ids.make_id(world, sort.prefix),
        id_form=rf"{sort.prefix}[0-9a-z]+",
    )
    exported = {"ExportImage": "ami-", "CreateInstanceExportTask": "i-", "ImportSnapshot": "snap-"}.get(action, "ami-")
    task = ImageTask(
        **basis,
        provider="aws",
        kind=KIND,
        name=description.get("name") or action,
        action=action,
        resource_id=description.get("resource_id") or ids.make_id(world, exported),
        message=description.get("message"),
        transferring=description.get("transferring") is True,
        described=description.get("status") is not None,
    )
    world.add(task)
    return task


def _action_of(task_id: Any) -> str:
    """The beginning of an id tells the sort; without an id it is the first."""
    found = (action for action, sort in SORTS.items() if isinstance(task_id, str) and task_id.startswith(sort.prefix))
    return next(found, "ImportImage")


_FILTERS = records({"Name": REQUIRED, "Value": texts()})
_TAGGING = records({"ResourceType": TEXT, "Tag": records({"Key": TEXT, "Value": TEXT})})
_BUCKET = structure({"S3Bucket": TEXT, "S3Key": TEXT})
_DISK: dict[str, Parameter] = {**dict.fromkeys(("Description", "Format", "Url"), TEXT), "UserBucket": _BUCKET}
_CLIENT_DATA = structure(dict.fromkeys(("Comment", "UploadEnd", "UploadSize", "UploadStart"), TEXT))
_COMMON: dict[str, Parameter] = {
    **dict.fromkeys(("ClientToken", "Description", "RoleName"), TEXT),
    "DryRun": BOOLEAN,
    "TagSpecification": _TAGGING,
}
_PAGE = {"MaxResults": integer(1, 1000), "NextToken": TEXT}
_TARGET = {
    "DiskImageFormat": choice("VMDK", "RAW", "VHD"),
    "ContainerFormat": choice("ova"),
    "S3Bucket": TEXT,
    "S3Prefix": TEXT,
}

SERVICE = Service(
    name="ec2",
    version="2016-11-15",
    regions=REGIONS,
    codes=lambda world, action: codes.EC2,
    actions={
        "ImportImage": Action(
            import_image,
            "start",
            {
                **_COMMON,
                "DiskContainer": records({"DeviceName": TEXT, "SnapshotId": TEXT, **_DISK}),
                "ClientData": _CLIENT_DATA,
                "Encrypted": BOOLEAN,
                "LicenseSpecifications": records({"LicenseConfigurationArn": TEXT}),
                **dict.fromkeys(("Architecture", "Hypervisor", "KmsKeyId", "LicenseType", "Platform"), TEXT),
                "UsageOperation": TEXT,
                "BootMode": choice("legacy-bios", "uefi", "uefi-preferred"),
            },
        ),
        "ImportSnapshot": Action(
            import_snapshot,
            "start",
            {
                **_COMMON,
                "DiskContainer": structure(_DISK),
                "ClientData": _CLIENT_DATA,
                "Encrypted": BOOLEAN,
                "KmsKeyId": TEXT,
            },
        ),
        "ExportImage": Action(
            export_image,
            "start",
            {
                **_COMMON,
                "DiskImageFormat": choice("VMDK", "RAW", "VHD", required=True),
                "ImageId": REQUIRED,
                "S3ExportLocation": structure({"S3Bucket": REQUIRED, "S3Prefix": TEXT}, required=True),
            },
        ),
        "CreateInstanceExportTask": Action(
            create_instance_export_task,
            "start",
            {
                "Description": TEXT,
                "InstanceId": REQUIRED,
                "TargetEnvironment": choice("citrix", "vmware", "microsoft", required=True),
                "ExportToS3": structure(_TARGET, required=True),
                "TagSpecification": _TAGGING,
            },
        ),
        "CancelImportTask": Action(
            cancel_import_task, "stop", {"ImportTaskId": TEXT, "CancelReason": TEXT, "DryRun": BOOLEAN}
        ),
        "CancelExportTask": Action(cancel_export_task, "stop", {"ExportTaskId": REQUIRED}),
        "DescribeImportImageTasks": Action(
            describe_import_image_tasks,
            "read",
            {**_PAGE, "ImportTaskId": texts(), "Filters": _FILTERS, "DryRun": BOOLEAN},
        ),
        "DescribeImportSnapshotTasks": Action(
            describe_import_snapshot_tasks,
            "read",
            {**_PAGE, "ImportTaskId": texts(), "Filters": _FILTERS, "DryRun": BOOLEAN},
        ),
        "DescribeExportImageTasks": Action(
            describe_export_image_tasks,
            "read",
            {
                "MaxResults": integer(1, 500),
                "NextToken": TEXT,
                "ExportImageTaskId": texts(),
                "Filter": _FILTERS,
                "DryRun": BOOLEAN,
            },
        ),
        "DescribeExportTasks": Action(describe_export_tasks, "read", {"ExportTaskId": texts(), "Filter": _FILTERS}),
    },
    kinds={KIND: create},
)
