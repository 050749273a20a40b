# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TencentCloud Automation Tools, API version 2020-10-28: commands on instances."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, repeat
from typing import Any, TypeVar, cast

from .. import invocation
from ..instance import ENDED, Instance, Phase, Plan, Words
from ..invocation import Dialect, Invocation
from ..wire import BOOLEAN, INTEGER, REQUIRED, TEXT, TEXTS, Action, ApiError, Call, Parameter, Service
from ..world import World, iso_time
from .settings import TencentSettings

IDS_PER_CANCEL = 100
INSTANCES_PER_RUN = 200
LONGEST_ID = 64

T = TypeVar("T")

WORDS = Words(
    phases={
        "PENDING": Phase.WAITING,
        "DELIVERING": Phase.WAITING,
        "DELIVER_DELAYED": Phase.WAITING,
        "RUNNING": Phase.RUNNING,
        "CANCELLING": Phase.STOPPING,
        "SUCCESS": Phase.SUCCEEDED,
        "FAILED": Phase.FAILED,
        "TIMEOUT": Phase.FAILED,
        "TASK_TIMEOUT": Phase.FAILED,
        "DELIVER_FAILED": Phase.FAILED,
        "START_FAILED": Phase.FAILED,
        "CANCELLED": Phase.STOPPED,
        "TERMINATED": Phase.STOPPED,
    },
    waiting=("PENDING", "DELIVERING"),
    unreachable=((0.0, "PENDING"), (0.0, "DELIVER_DELAYED")),
    running="RUNNING",
    stopping="CANCELLING",
    succeeded="SUCCESS",
    failed="FAILED",
    timeout="TIMEOUT",
    cancelled="CANCELLED",
    terminated="TERMINATED",
    lost="TASK_TIMEOUT",
    never_started=frozenset({"DELIVER_FAILED", "START_FAILED", "CANCELLED"}),
)


def overall_status(statuses: Counter[str], *, failure_first: bool = False) -> str:
    """How the tasks add up. The documents give the words only; where tasks differ this is a reading of them:

    while a task is in flight CANCELLING goes before RUNNING; PENDING means that nothing has begun anywhere; at the end
    PARTIAL_FAILED goes before PARTIAL_CANCELLED.
    """
    phases = {WORDS.phase(status) for status in statuses}
    if failure_first and Phase.FAILED in phases and not phases <= ENDED:
        return "PARTIAL_FAILED"
    if Phase.STOPPING in phases:
        return "CANCELLING"
    if phases == {Phase.WAITING}:
        return "PENDING"
    if not phases <= ENDED:
        return "RUNNING"
    if phases == {Phase.SUCCEEDED}:
        return "SUCCESS"
    if phases == {Phase.STOPPED}:
        return "CANCELLED"
    if phases == {Phase.FAILED}:
        return "TIMEOUT" if set(statuses) == {"TIMEOUT"} else "FAILED"
    return "PARTIAL_FAILED" if Phase.FAILED in phases else "PARTIAL_CANCELLED"


def _summarise(statuses: Counter[str], world: World) -> str:
    return overall_status(statuses, failure_first=world.own(TencentSettings).partial_status_early)


DIALECT = Dialect(
    provider="tencent",
    words=WORDS,
    invocation_id=("inv-", 8),
    task_id=("invt-", 8),
    command_id=("cmd-", 8),
    instance_id=("ins-", 8),
    invocation_id_form=re.compile(r"inv-[0-9a-z]{8}"),
    instance_id_form=re.compile(r"(ins|lhins|rins)-[0-9a-z]+"),
    summarise=_summarise,
)


def _check_invocation_id(text: str) -> None:
    if len(text) > LONGEST_ID:
        raise ApiError("InvalidParameterValue.TooLong", f"InvocationId has at most {LONGEST_ID} characters.")
    if not DIALECT.invocation_id_form.fullmatch(text):
        raise ApiError("InvalidParameterValue.InvalidInvocationId", f"{text!r} is not an invocation id.")


def _check_instance_id(text: str) -> None:
    if not DIALECT.instance_id_form.fullmatch(text):
        raise ApiError("InvalidParameterValue.InvalidInstanceId", f"{text!r} is not an instance id.")


# RunCommand


def run_command(world: World, call: Call) -> dict[str, Any]:
    given, settings = call.arguments, world.settings
    limit = settings.instances_per_run or INSTANCES_PER_RUN
    if len(given["InstanceIds"]) > limit:
        raise ApiError("InvalidParameterValue.LimitExceeded", f"At most {limit} instances can be given.")
    for each in given["InstanceIds"]:
        _check_instance_id(each)
    timeout = given.get("Timeout", 60)
    if not 1 <= timeout <= 86400:
        raise ApiError("InvalidParameterValue.Range", "Timeout lies between 1 and 86400 seconds.")
    try:
        base64.b64decode(given["Content"], validate=True)
    except binascii.Error:
        raise ApiError("InvalidParameterValue", "Content is not Base64.") from None
    started = invocation.start(
        world,
        DIALECT,
        instance_ids=given["InstanceIds"],
        plan=Plan(
            pending_seconds=settings.pending_seconds,
            run_seconds=settings.run_seconds,
            stopping_seconds=settings.stopping_seconds,
            timeout=timeout,
        ),
        region=call.region,
        name=given.get("CommandName", ""),
        timeout=timeout,
        details=given,
    )
    return {"CommandId": started.command_id, "InvocationId": started.id}


# CancelInvocation


def cancel_invocation(world: World, call: Call) -> dict[str, Any]:
    # An empty list is read as no list, which means the whole invocation: the reading to be afraid of.
    instance_ids = call.arguments.get("InstanceIds", [])
    _check_invocation_id(call.arguments["InvocationId"])
    if len(instance_ids) > IDS_PER_CANCEL:
        raise ApiError("InvalidParameterValue.LimitExceeded", f"At most {IDS_PER_CANCEL} instances can be given.")
    for each in instance_ids:
        _check_instance_id(each)
    found = world.find("tencent", call.arguments["InvocationId"])
    if not isinstance(found, Invocation) or found.region != call.region:
        raise ApiError("ResourceNotFound.InvocationNotFound", "The invocation is not found.")
    try:
        targets = found.select(instance_ids)
    except KeyError as error:
        raise ApiError(
            "InvalidParameterValue.InstanceIsNotRelatedToInvocation", f"{error.args[0]} is not part of {found.id}."
        ) from None
    found.overtake(call, targets)
    for target in targets:
        target.stop(call.now, interrupt=True)
    return {}


# What the two reads have in common


@dataclass(frozen=True)
class Selection:
    """How a read selects: by ids or by filters; and its codes for what is too much or wrong."""

    ids: str
    filters: frozenset[str]
    too_many: str
    too_many_values: str


def _filters(call: Call, selection: Selection) -> dict[str, set[str]]:
    """The wanted values by name of the filter; ids count as a filter named as the parameter."""
    given = call.arguments
    if given.get(selection.ids) and given.get("Filters"):
        raise ApiError("InvalidParameter.ConflictParameter", f"{selection.ids} and Filters exclude each other.")
    if len(given.get(selection.ids, [])) > 100 or len(given.get("Filters", [])) > 10:
        raise ApiError(selection.too_many, f"At most 100 {selection.ids} or 10 Filters can be given.")
    wanted: dict[str, set[str]] = {}
    for each in given.get("Filters", []):
        if each["Name"] not in selection.filters or not each["Values"]:
            raise ApiError("InvalidParameterValue.InvalidFilter", f"The filter {each['Name']!r} is not valid.")
        if len(each["Values"]) > 5:
            raise ApiError(selection.too_many_values, "A filter has at most 5 values.")
        values = set(each["Values"])
        wanted[each["Name"]] = wanted.get(each["Name"], values) & values
    if given.get(selection.ids):
        wanted[selection.ids] = set(given[selection.ids])
    for invocation_id in {*wanted.get("invocation-id", ()), *wanted.get("InvocationIds", ())}:
        _check_invocation_id(invocation_id)
    for task_id in {*wanted.get("invocation-task-id", ()), *wanted.get("InvocationTaskIds", ())}:
        if not re.fullmatch(r"invt-[0-9a-z]{8}", task_id):
            raise ApiError("InvalidParameterValue.InvalidInvocationTaskId", f"{task_id!r} is not a task id.")
    for instance_id in wanted.get("instance-id", ()):
        _check_instance_id(instance_id)
    for command_id in wanted.get("command-id", ()):
        if not command_id.startswith("cmd-"):
            raise ApiError("InvalidParameterValue.InvalidCommandId", f"{command_id!r} is not a command id.")
    return wanted


def _page(found: Iterable[T], call: Call, too_many: str) -> list[T]:
    limit, offset = call.arguments.get("Limit", 20), call.arguments.get("Offset", 0)
    if not 1 <= limit <= 100 or offset < 0:
        raise ApiError(too_many, "Limit lies between 1 and 100, Offset is not negative.")
    return list(islice(found, offset, offset + limit))


def _known(world: World, call: Call, wanted: dict[str, set[str]]) -> Iterator[Invocation]:
    invocation_ids = wanted.get("InvocationIds", wanted.get("invocation-id"))
    if world.settings.unknown_id == "error":
        for each in invocation_ids or ():
            if world.find("tencent", each) is None:
                raise ApiError("ResourceNotFound.InvocationNotFound", f"The invocation {each} is not found.")
    known = cast(Iterator[Invocation], world.operations("tencent", invocation.KIND, call.region, call.now))
    for found in known:
        if (invocation_ids is None or found.id in invocation_ids) and (
            "command-id" not in wanted or found.command_id in wanted["command-id"]
        ):
            yield found


def _or_null(text: str, world: World) -> str | None:
    return None if world.settings.nullable and not text else text


# DescribeInvocations

_INVOCATIONS = Selection(
    "InvocationIds",
    frozenset({"invocation-id", "command-id", "command-created-by", "instance-kind"}),
    too_many="InvalidParameterValue.LimitExceeded",
    too_many_values="LimitExceeded.FilterValueExceeded",
)


def describe_invocations(world: World, call: Call) -> dict[str, Any]:
    wanted = _filters(call, _INVOCATIONS)
    found = [
        each
        for each in _known(world, call, wanted)
        # Commands made here are all the user's own.
        if "USER" in wanted.get("command-created-by", {"USER"})
        and _instance_kind(each) in wanted.get("instance-kind", {_instance_kind(each)})
    ]
    page = _page(found, call, _INVOCATIONS.too_many)
    return {"TotalCount": len(found), "InvocationSet": [_invocation(each, world, call) for each in page]}


def _instance_kind(each: Invocation) -> str:
    prefix = next(iter(each.instances)).partition("-")[0]
    return {"ins": "CVM", "lhins": "LIGHTHOUSE"}.get(prefix, "REGISTERINST")


def _invocation(each: Invocation, world: World, call: Call) -> dict[str, Any]:
    seen = [(instance, instance.at(call.now)) for instance in each.instances.values()]
    starts = [state.started for _task, state in seen if state.started is not None]
    ends = [state.ended for _task, state in seen if state.ended is not None]
    return {
        "InvocationId": each.id,
        "CommandId": each.command_id,
        "CommandName": each.name,
        "CommandType": each.details.get("CommandType", "SHELL"),
        "CommandContent": each.details.get("Content", "c2xlZXAgMTAwMA=="),
        "Description": each.details.get("Description", ""),
        "InvocationStatus": each.status_at(call.now),
        "InvocationTaskBasicInfoSet": [
            {"InvocationTaskId": instance.task_id, "TaskStatus": state.status, "InstanceId": instance.instance_id}
            for instance, state in seen[: world.settings.embedded_instances]
        ],
        "StartTime": _or_null(iso_time(min(starts, default=None)), world),
        "EndTime": _or_null(iso_time(max(ends)) if len(ends) == len(seen) else "", world),
        "CreatedTime": iso_time(each.created),
        "UpdatedTime": iso_time(max(state.since for _task, state in seen)),
        "Parameters": each.details.get("Parameters", "{}"),
        "DefaultParameters": "{}",
        "InstanceKind": _instance_kind(each),
        "Username": each.details.get("Username", "root"),
        "WorkingDirectory": each.details.get("WorkingDirectory", "/root"),
        "Timeout": int(each.timeout or 86400),
        "InvocationSource": each.source,
        "OutputCOSBucketUrl": "",
        "OutputCOSKeyPrefix": "",
    }


# DescribeInvocationTasks

_TASKS = Selection(
    "InvocationTaskIds",
    frozenset({"invocation-task-id", "invocation-id", "instance-id", "command-id"}),
    # This operation's list of codes is shorter than that of DescribeInvocations.
    too_many="InvalidParameterValue",
    too_many_values="InvalidParameterValue.InvalidFilter",
)


def describe_invocation_tasks(world: World, call: Call) -> dict[str, Any]:
    wanted = _filters(call, _TASKS)
    task_ids = wanted.get("InvocationTaskIds", wanted.get("invocation-task-id"))
    instance_ids = wanted.get("instance-id")
    found = [(each, _chosen(each, task_ids, instance_ids)) for each in _known(world, call, wanted)]
    # Not a list of all of them for each page of a large invocation.
    rows = chain.from_iterable(zip(repeat(each), instances) for each, instances in found)
    page = _page(rows, call, _TASKS.too_many)
    number = call.arguments.get("Offset", 0) // call.arguments.get("Limit", 20) + 1
    shown = world.settings.cut_short(page, number)
    return {
        "TotalCount": sum(len(instances) for _each, instances in found) + world.settings.missing_parts,
        "InvocationTaskSet": [_task(each, instance, world, call) for each, instance in shown],
    }


def _chosen(each: Invocation, task_ids: set[str] | None, instance_ids: set[str] | None) -> Collection[Instance]:
    if task_ids is None and instance_ids is None:
        return each.instances.values()
    return [
        instance
        for instance in each.instances.values()
        if (task_ids is None or instance.task_id in task_ids)
        and (instance_ids is None or instance.instance_id in instance_ids)
    ]


def _task(each: Invocation, instance: Instance, world: World, call: Call) -> dict[str, Any]:
    seen = instance.at(call.now)
    output = "ZG9uZQo=" if seen.exit_code is not None and not call.arguments.get("HideOutput", True) else ""
    return {
        "InvocationId": each.id,
        "InvocationTaskId": instance.task_id,
        "InstanceId": instance.instance_id,
        "CommandId": each.command_id,
        "CommandName": each.name,
        "TaskStatus": seen.status,
        "TaskResult": {
            "ExitCode": seen.exit_code if seen.exit_code is not None else 0,
            "Output": output,
            "ExecStartTime": _or_null(_sample_time(seen.started), world),
            "ExecEndTime": _or_null(_sample_time(seen.ended if seen.started is not None else None), world),
            "Dropped": 0,
            "OutputUrl": "",
            "OutputUploadCOSErrorInfo": "",
        },
        "StartTime": _or_null(_sample_time(seen.started), world),
        "EndTime": _or_null(_sample_time(seen.ended), world),
        "CreatedTime": _sample_time(each.created),
        "UpdatedTime": _sample_time(seen.since),
        "CommandDocument": {
            "Content": each.details.get("Content", "c2xlZXAgMTAwMA=="),
            "CommandType": each.details.get("CommandType", "SHELL"),
            "Timeout": int(each.timeout or 86400),
            "WorkingDirectory": each.details.get("WorkingDirectory", "/root"),
            "Username": each.details.get("Username", "root"),
            "OutputCOSBucketUrl": "",
            "OutputCOSKeyPrefix": "",
        },
        "ErrorInfo": f"The task ended as {seen.status}." if seen.phase is Phase.FAILED else "",
        # The samples write it in lower case here.
        "InvocationSource": each.source.lower(),
    }


def _sample_time(moment: float | None) -> str:
    """The samples of this operation carry `+00:00` where the text says `Z`; clients must take both."""
    return iso_time(moment).replace("Z", "+00:00")


# DescribeRegions

REGIONS = {
    "ap-guangzhou": "华南地区(广州)",
    "ap-shanghai": "华东地区(上海)",
    "ap-nanjing": "华东地区(南京)",
    "ap-beijing": "华北地区(北京)",
    "ap-chengdu": "西南地区(成都)",
    "ap-hongkong": "港澳台地区(中国香港)",
    "ap-singapore": "亚太东南(新加坡)",
    "ap-tokyo": "亚太东北(东京)",
    "eu-frankfurt": "欧洲地区(法兰克福)",
    "na-ashburn": "美国东部(弗吉尼亚)",
    "na-siliconvalley": "美国西部(硅谷)",
}


def describe_regions(world: World, call: Call) -> dict[str, Any]:
    regions = [{"Region": id_, "RegionName": name, "RegionState": "AVAILABLE"} for id_, name in REGIONS.items()]
    return {"TotalCount": len(regions), "RegionSet": regions}


_FILTERS = Parameter("records", fields={"Name": "text", "Values": "texts"})
_SELECTION = {"Filters": _FILTERS, "Limit": INTEGER, "Offset": INTEGER}

SERVICE = Service(
    name="tat",
    version="2020-10-28",
    regions=REGIONS,
    actions={
        "RunCommand": Action(
            run_command,
            "start",
            {
                "Content": REQUIRED,
                "InstanceIds": Parameter("texts", required=True),
                "Timeout": INTEGER,
                "SaveCommand": BOOLEAN,
                "EnableParameter": BOOLEAN,
                **dict.fromkeys(("CommandName", "Description", "CommandType", "WorkingDirectory"), TEXT),
                **dict.fromkeys(("Username", "Parameters", "DefaultParameters"), TEXT),
                **dict.fromkeys(("OutputCOSBucketUrl", "OutputCOSKeyPrefix"), TEXT),
            },
        ),
        "CancelInvocation": Action(cancel_invocation, "stop", {"InvocationId": REQUIRED, "InstanceIds": TEXTS}),
        "DescribeInvocations": Action(describe_invocations, "read", {"InvocationIds": TEXTS, **_SELECTION}),
        "DescribeInvocationTasks": Action(
            describe_invocation_tasks,
            "read",
            {"InvocationTaskIds": TEXTS, "HideOutput": BOOLEAN, **_SELECTION},
        ),
        "DescribeRegions": Action(describe_regions, "read", {}, regional=False),
    },
    kinds={
        invocation.KIND: lambda world, description: invocation.from_description(
            world, DIALECT, description["region"], description
        )
    },
)
