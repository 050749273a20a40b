# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ECS Cloud Assistant, API version 2014-05-26: commands on instances."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from .. import invocation
from ..instance import Instance, Phase, Plan, Run, Snapshot, Words
from ..invocation import Dialect, Invocation
from ..wire import BOOLEAN, INTEGER, REQUIRED, TEXT, TEXTS, Action, ApiError, Call, Parameter, Service
from ..world import World, iso_time
from . import paging
from .envelope import with_absent
from .parameters import missing
from .regions import REGIONS
from .settings import AlibabaSettings

IDS_PER_STOP = 50
INSTANCES_PER_RUN = 100

_PHASES = {
    "Pending": Phase.WAITING,
    "Scheduled": Phase.SCHEDULED,
    "Running": Phase.RUNNING,
    "Stopping": Phase.STOPPING,
    "Success": Phase.SUCCEEDED,
    "Failed": Phase.FAILED,
    "Invalid": Phase.FAILED,
    "Aborted": Phase.FAILED,
    "Error": Phase.FAILED,
    "Timeout": Phase.FAILED,
    "Cancelled": Phase.STOPPED,
    "Terminated": Phase.STOPPED,
}

WORDS = Words(
    phases=_PHASES,
    waiting=("Pending",),
    # Delivery is given up after one minute.
    unreachable=((0.0, "Pending"), (60.0, "Aborted")),
    scheduled="Scheduled",
    running="Running",
    stopping="Stopping",
    succeeded="Success",
    failed="Failed",
    timeout="Timeout",
    cancelled="Cancelled",
    terminated="Terminated",
    lost="Timeout",
    never_started=frozenset({"Invalid", "Aborted", "Cancelled"}),
)


def overall_status(statuses: Counter[str]) -> str:
    """How the instances add up. The order of the first four is not documented: the most active one is shown."""
    phases = {WORDS.phase(status) for status in statuses}
    for phase, word in (
        (Phase.STOPPING, "Stopping"),
        (Phase.RUNNING, "Running"),
        (Phase.UNKNOWN, "Running"),
        (Phase.WAITING, "Pending"),
        (Phase.SCHEDULED, "Scheduled"),
    ):
        if phase in phases:
            return word
    if phases == {Phase.STOPPED}:
        return "Stopped"
    if Phase.SUCCEEDED not in phases:
        return "Failed"
    return "PartialFailed" if Phase.FAILED in phases else "Success"


def older_status(status: str) -> str:
    """The older, coarser set, for `InvokeStatus` and `InvokeRecordStatus`; an unknown word stays."""
    if status in ("PartialFailed", "Stopped", "Stopping"):
        return status
    older = {
        Phase.WAITING: "Running",
        Phase.SCHEDULED: "Running",
        Phase.RUNNING: "Running",
        Phase.STOPPING: "Stopping",
        Phase.SUCCEEDED: "Finished",
        Phase.FAILED: "Failed",
        Phase.STOPPED: "Stopped",
        Phase.UNKNOWN: status,
    }
    return older[WORDS.phase(status)]


def interval_of(frequency: str) -> float:
    """Seconds between two runs. Only `rate(...)` comes due by itself here; `at(...)` and cron stay scheduled."""
    found = re.fullmatch(r"rate\((\d+)([smhd])\)", frequency.replace(" ", ""))
    if found is None:
        if re.fullmatch(r"at\(.+\)", frequency) or len(frequency.split()) in (6, 7, 8):
            return math.inf
        raise ValueError("A frequency is rate(<n><unit>), at(...) or a cron expression.")
    seconds = int(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]
    if not 60 <= seconds <= 7 * 86400:
        raise ValueError("A rate lies between 60 seconds and 7 days.")
    return float(seconds)


DIALECT = Dialect(
    provider="alibaba",
    words=WORDS,
    invocation_id=("t-hz0", 12),
    task_id=("r-hz0", 12),
    command_id=("c-hz0", 12),
    instance_id=("i-bp1", 16),
    invocation_id_form=re.compile(r"t-[0-9A-Za-z]+"),
    instance_id_form=re.compile(r"m?i-[0-9A-Za-z]+"),
    summarise=lambda statuses, world: overall_status(statuses),
    interval=interval_of,
)


# RunCommand

_TYPES = ("RunShellScript", "RunBatScript", "RunPowerShellScript")
_REPEAT_MODES = ("Once", "Period", "NextRebootOnly", "EveryReboot", "DryRun")


def run_command(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    limit = world.settings.instances_per_run or INSTANCES_PER_RUN
    if len(given["InstanceId"]) > limit:
        raise ApiError("InstanceIds.ExceedLimit", f"At most {limit} instances can be given.")
    if given["Type"] not in _TYPES:
        raise ApiError("InvalidParameter.Type", f"Type is one of {', '.join(_TYPES)}.")
    if given.get("RepeatMode", "Once") not in _REPEAT_MODES:
        raise ApiError("InvalidParameter.RepeatMode", f"RepeatMode is one of {', '.join(_REPEAT_MODES)}.")
    timeout = given.get("Timeout", 60)
    if timeout < 10:
        raise ApiError("InvalidParameter.Timeout", "Timeout is at least 10 seconds.")
    _tags(given)
    repeat_mode, interval = _repetition(given)
    if repeat_mode == "DryRun":
        return {}
    settings = world.settings
    started = invocation.start(
        world,
        DIALECT,
        instance_ids=given["InstanceId"],
        plan=Plan(
            pending_seconds=settings.pending_seconds,
            run_seconds=settings.run_seconds,
            stopping_seconds=settings.stopping_seconds,
            timeout=timeout,
            interval=interval,
        ),
        region=call.region,
        name=given.get("Name") or f"cmd-{_digest(given['CommandContent'])}",
        frequency=given.get("Frequency", ""),
        repeat_mode=repeat_mode,
        timeout=timeout,
        details={**given, "CommandContent": _plain_content(given)},
    )
    return {"InvokeId": started.id, "CommandId": started.command_id}


def _repetition(given: dict[str, Any]) -> tuple[str, float | None]:
    """Giving `Frequency` makes it periodic, whatever `RepeatMode` says. A reboot never comes here."""
    frequency, mode = given.get("Frequency", ""), given.get("RepeatMode", "Once")
    if frequency:
        try:
            return "Period", interval_of(frequency)
        except ValueError as error:
            raise ApiError("InvalidParameter.Frequency", str(error)) from None
    if given.get("Timed") or mode == "Period":
        raise missing("Frequency")
    return mode, float("inf") if mode in ("NextRebootOnly", "EveryReboot") else None


def _plain_content(given: dict[str, Any]) -> str:
    content: str = given["CommandContent"]
    if given.get("ContentEncoding", "PlainText") != "Base64":
        return content
    try:
        return base64.b64decode(content, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError("InvalidParameter.CommandContent", "CommandContent is not Base64.") from None


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:8]


# StopInvocation


def stop_invocation(world: World, call: Call) -> dict[str, Any]:
    instance_ids = call.arguments.get("InstanceId", [])
    if len(instance_ids) > IDS_PER_STOP:
        raise ApiError("InstanceIds.ExceedLimit", "The number of instance ids exceeds the limit.")
    found = world.find("alibaba", call.arguments["InvokeId"])
    if not isinstance(found, Invocation) or found.region != call.region:
        raise ApiError("InvalidInvokeId.NotFound", "The specified InvokeId does not exist.")
    try:
        targets = found.select(instance_ids)
    except KeyError as error:
        raise ApiError("InvalidInstanceId.NotFound", f"The instance {error.args[0]} is not part of it.") from None
    settings = world.own(AlibabaSettings)
    found.overtake(call, targets)
    if settings.stop_of_finished == "forbidden" and all(target.at(call.now).ended is not None for target in targets):
        raise ApiError("Operation.Forbidden", "The operation is not permitted: the invocation has ended.")
    for target in targets:
        target.stop(call.now, interrupt=settings.started_runs == "end")
    return {}


# DescribeInvocations


def describe_invocations(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    if given.get("IncludeOutput") and not {"InvokeId", "InstanceId"} & set(given):
        raise ApiError("MissingParameter.InvokeId", "IncludeOutput needs an InvokeId or an InstanceId.")
    found = [each for each in _known(world, call) if _matches(each, call, world.own(AlibabaSettings))]
    page, fields = paging.cut(found, lambda each: (-each.sequence,), given)
    answer = fields | {"Invocations": {"Invocation": [_invocation(each, world, call) for each in page]}}
    return with_absent(world.settings, answer)


def _known(world: World, call: Call) -> Iterator[Invocation]:
    """What the filters that both reads have select, newest first."""
    given = call.arguments
    invoke_id, tags = given.get("InvokeId"), _tags(given)
    known = isinstance(world.find("alibaba", invoke_id or ""), Invocation)
    if invoke_id and not known and world.settings.unknown_id == "error":
        raise ApiError("InvalidInvokeId.NotFound", "The specified InvokeId does not exist.")
    for each in cast(Iterator[Invocation], world.operations("alibaba", invocation.KIND, call.region, call.now)):
        own_tags = {tag["Key"]: tag["Value"] for tag in each.details.get("Tag", [])}
        if (
            invoke_id in (None, each.id)
            and given.get("CommandId") in (None, each.command_id)
            and given.get("ResourceGroupId") in (None, each.details.get("ResourceGroupId"))
            and ("InstanceId" not in given or given["InstanceId"] in each.instances)
            and tags.items() <= own_tags.items()
        ):
            yield each


def _tags(given: dict[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = {}
    if len(given.get("Tag", [])) > 20:
        raise ApiError("NumberExceed.Tags", "At most 20 tags can be given.")
    for tag in given.get("Tag", []):
        if not tag["Key"]:
            raise ApiError("MissingParameter.TagKey", "A tag needs a key.")
        if len(tag["Key"]) > 64 or tag["Key"].startswith(("aliyun", "acs:")):
            raise ApiError("InvalidTagKey.Malformed", f"The tag key {tag['Key']!r} is not allowed.")
        if len(tag["Value"]) > 128:
            raise ApiError("InvalidTagValue.Malformed", "A tag value has at most 128 characters.")
        if tag["Key"] in tags:
            raise ApiError("Duplicate.TagKey", f"The tag key {tag['Key']!r} is given twice.")
        tags[tag["Key"]] = tag["Value"]
    return tags


def _matches(each: Invocation, call: Call, settings: AlibabaSettings) -> bool:
    """The filters that only DescribeInvocations has. With `InstanceId` some of them are ignored, as documented."""
    given = call.arguments
    by_instance = "InstanceId" in given
    if "CommandName" in given and not by_instance and each.name != given["CommandName"]:
        return False
    if "CommandType" in given and each.details.get("Type", _TYPES[0]) != given["CommandType"]:
        return False
    if "RepeatMode" in given and not by_instance and each.repeat_mode != given["RepeatMode"]:
        return False
    timed = given.get("Timed", False if settings.timed_default == "false" else None)
    if timed is not None and each.will_run_again(call.now) != timed:
        return False
    wanted = given.get("InvokeStatus")
    if wanted is None or (wanted == "PartialFailed" and by_instance):
        return True
    status = each.status_at(call.now)
    return wanted == status or (wanted == "Finished" and older_status(status) == "Finished")


def _invocation(each: Invocation, world: World, call: Call) -> dict[str, Any]:
    status = each.status_at(call.now)
    timed = each.will_run_again(call.now)
    instances = list(each.instances.values())[: world.settings.embedded_instances]
    return {
        "InvokeId": each.id,
        "CommandId": each.command_id,
        "CommandName": each.name,
        "CommandDescription": each.details.get("Description", ""),
        "CommandType": each.details.get("Type", _TYPES[0]),
        "CommandContent": _encoded(each.details.get("CommandContent", "sleep 1000"), call),
        "InvocationStatus": status,
        # A periodic command stays Running in the older set until it is stopped.
        "InvokeStatus": "Running" if timed else older_status(status),
        "RepeatMode": each.repeat_mode,
        "Timed": timed,
        "Frequency": each.frequency,
        "Timeout": int(each.timeout or 86400),
        "CreationTime": iso_time(each.created),
        "Username": each.details.get("Username", "root"),
        "WorkingDir": each.details.get("WorkingDir", ""),
        "TerminationMode": each.details.get("TerminationMode", "Process"),
        "Parameters": each.details.get("Parameters", "{}"),
        "Tags": _tag_list(each),
        "InvokeInstances": {
            "InvokeInstance": [_embedded(instance, instance.at(call.now), timed, call) for instance in instances]
        },
    }


def _embedded(instance: Instance, seen: Snapshot, timed: bool, call: Call) -> dict[str, Any]:
    fields = {
        **_result(instance, seen, call),
        "InstanceInvokeStatus": older_status(seen.status),
        "CreationTime": iso_time(instance.at(0.0).since),
        "UpdateTime": iso_time(seen.since),
        "FinishTime": iso_time(seen.ended),
        "Timed": timed,
    }
    return fields if call.arguments.get("IncludeOutput") else fields | {"Output": ""}


def _result(instance: Instance, seen: Snapshot, call: Call) -> dict[str, Any]:
    """The fields that both reads have."""
    return {
        "InstanceId": instance.instance_id,
        "InvocationStatus": seen.status,
        "ExitCode": seen.exit_code,
        "ErrorCode": _ERROR_CODES.get(seen.status, ""),
        "ErrorInfo": f"The run ended as {seen.status}." if seen.status in _ERROR_CODES else "",
        "Dropped": 0,
        "Repeats": seen.runs,
        "StartTime": iso_time(seen.started),
        "StopTime": iso_time(seen.stop_accepted_at),
        "Output": _encoded("done\n" if seen.exit_code is not None else "", call),
    }


_ERROR_CODES = {
    "Failed": "ExitCodeNonzero",
    "Invalid": "CommandNotApplicable",
    "Aborted": "ClientNotRunning",
    "Error": "ExecutionException",
    "Timeout": "ExecutionTimeout",
}


def _encoded(text: str, call: Call) -> str:
    encoding = call.arguments.get("ContentEncoding", "Base64")
    if encoding not in ("Base64", "PlainText"):
        raise ApiError("InvalidParameter.ContentEncoding", "ContentEncoding is PlainText or Base64.")
    return text if encoding == "PlainText" else base64.b64encode(text.encode()).decode()


def _tag_list(each: Invocation) -> dict[str, Any]:
    return {"Tag": [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in each.details.get("Tag", [])]}


# DescribeInvocationResults


def describe_invocation_results(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    found: list[tuple[Invocation, int, Instance, Run | None]] = []
    for each in _known(world, call):
        for number, instance in enumerate(each.instances.values()):
            if given.get("InstanceId") in (None, instance.instance_id):
                found += ((each, number, instance, run) for run in _runs(each, instance, call))
    if given.get("IncludeHistory") and not ("InvokeId" in given and all(row[0].frequency for row in found)):
        raise ApiError("InvalidParameter.IncludeHistory", "IncludeHistory needs the InvokeId of a periodic invocation.")
    wanted = given.get("InvokeRecordStatus")
    if wanted is not None:
        found = [row for row in found if wanted in (status := row[2].status_at(call.now), older_status(status))]
    page, fields = paging.cut(found, lambda row: (-row[0].sequence, row[1], -row[3].number if row[3] else 0), given)
    # A page by token has no number of its own.
    size = given.get("MaxResults") or given.get("PageSize", paging.DEFAULT_SIZE)
    page = world.settings.cut_short(page, found.index(page[0]) // size + 1 if page else 0)
    fields["TotalCount"] += world.settings.missing_parts
    results = [_invocation_result(each, instance, run, call) for each, _number, instance, run in page]
    answer = {"Invocation": fields | {"InvocationResults": {"InvocationResult": results}}}
    return with_absent(world.settings, answer)


def _runs(each: Invocation, instance: Instance, call: Call) -> list[Run] | list[None]:
    """The past runs, newest first, if history is asked for; else only the instance itself."""
    if not call.arguments.get("IncludeHistory"):
        return [None]
    return instance.runs_at(call.now)[::-1] or [None]


def _invocation_result(each: Invocation, instance: Instance, run: Run | None, call: Call) -> dict[str, Any]:
    seen = instance.at(call.now)
    fields = _result(instance, seen, call) | {"FinishedTime": iso_time(seen.ended)}
    status = seen.status
    if run is not None:
        if run.ended is not None and WORDS.phase(status) is not Phase.STOPPED:
            status = "Failed" if run.exit_code else "Success"
        fields |= {
            "InvocationStatus": status,
            "ExitCode": run.exit_code,
            "Repeats": run.number,
            "StartTime": iso_time(run.started),
            "FinishedTime": iso_time(run.ended),
        }
    return fields | {
        "InvokeId": each.id,
        "CommandId": each.command_id,
        "InvokeRecordStatus": older_status(status),
        "Username": each.details.get("Username", "root"),
        "TerminationMode": each.details.get("TerminationMode", "Process"),
        "Tags": _tag_list(each),
    }


# DescribeRegions


def describe_regions(world: World, call: Call) -> dict[str, Any]:
    regions = [
        {
            "RegionId": region,
            "LocalName": name,
            "RegionEndpoint": f"ecs.{region}.aliyuncs.com",
            "Status": "available",
        }
        for region, name in REGIONS.items()
    ]
    return {"Regions": {"Region": regions}}


_TAGS = Parameter("records", fields={"Key": "text", "Value": "text"})
_SELECTION = {
    "RegionId": REQUIRED,
    "InvokeId": TEXT,
    "CommandId": TEXT,
    "InstanceId": TEXT,
    "ResourceGroupId": TEXT,
    "Tag": _TAGS,
    "ContentEncoding": TEXT,
    "MaxResults": INTEGER,
    "NextToken": TEXT,
    "PageNumber": INTEGER,
    "PageSize": INTEGER,
}

SERVICE = Service(
    name="ecs",
    version="2014-05-26",
    regions={region: name for region, name in REGIONS.items() if region != "cn-edge-1"},
    actions={
        "RunCommand": Action(
            run_command,
            "start",
            {
                **dict.fromkeys(("RegionId", "Type", "CommandContent"), REQUIRED),
                "InstanceId": Parameter("texts", required=True),
                "Timed": BOOLEAN,
                "EnableParameter": BOOLEAN,
                "KeepCommand": BOOLEAN,
                "Timeout": INTEGER,
                "Tag": _TAGS,
                **dict.fromkeys(("Name", "Description", "ContentEncoding", "Frequency", "RepeatMode"), TEXT),
                **dict.fromkeys(("WorkingDir", "Username", "Parameters", "TerminationMode"), TEXT),
                **dict.fromkeys(("ResourceGroupId", "ClientToken", "Launcher", "WindowsPasswordName"), TEXT),
                **dict.fromkeys(("ContainerId", "ContainerName"), TEXT),
            },
        ),
        "StopInvocation": Action(
            stop_invocation, "stop", {"RegionId": REQUIRED, "InvokeId": REQUIRED, "InstanceId": TEXTS}
        ),
        "DescribeInvocations": Action(
            describe_invocations,
            "read",
            {
                **_SELECTION,
                **dict.fromkeys(("CommandName", "CommandType", "InvokeStatus", "RepeatMode"), TEXT),
                "Timed": BOOLEAN,
                "IncludeOutput": BOOLEAN,
            },
        ),
        "DescribeInvocationResults": Action(
            describe_invocation_results,
            "read",
            {**_SELECTION, "InvokeRecordStatus": TEXT, "IncludeHistory": BOOLEAN},
        ),
        "DescribeRegions": Action(
            describe_regions,
            "read",
            dict.fromkeys(("RegionId", "InstanceChargeType", "ResourceType", "AcceptLanguage"), TEXT),
            regional=False,
        ),
    },
    kinds={
        invocation.KIND: lambda world, description: invocation.from_description(
            world, DIALECT, description["region"], description
        )
    },
)
