# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OOS, API version 2019-06-01: executions of templates, their tasks, and their child executions."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from .. import operation
from ..description import LIST, NUMBER, STRING, Types
from ..instance import Phase
from ..invocation import Invocation
from ..operation import Course, SimpleOperation, Step, Words
from ..settings import BadRequest
from ..wire import BOOLEAN, INTEGER, REQUIRED, TEXT, Action, ApiError, Call, Service
from ..world import World, iso_time
from . import paging
from .envelope import with_absent
from .parameters import check_times, missing
from .regions import REGIONS
from .settings import AlibabaSettings

KIND = "automation_execution"
TRIGGERS = ("TimerTrigger", "EventTrigger", "AlarmTrigger")
CATEGORIES = ("Other", *TRIGGERS)
ACCOUNT = "1234567890123456"

WORDS = Words(
    phases={
        "Started": Phase.WAITING,
        "Queued": Phase.WAITING,
        "Pending": Phase.WAITING,
        "Running": Phase.RUNNING,
        # For a trigger, an approval, a debug step: it idles until something outside happens.
        "Waiting": Phase.SCHEDULED,
        "Success": Phase.SUCCEEDED,
        "Failed": Phase.FAILED,
        "Cancelled": Phase.STOPPED,
        "Skipped": Phase.STOPPED,
    },
    pending="Started",
    running="Running",
    stopping="Running",
    succeeded="Success",
    stopped="Cancelled",
)


@dataclass
class Task:
    """A step of an execution. It shows the status of the execution, or of the child execution it started."""

    id: str
    number: int
    name: str
    action: str
    child: Execution | None = None
    parent_id: str = ""
    loop_item: str = ""
    items: int = 0
    invocation_ids: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Execution(SimpleOperation):
    category: str = "Other"
    waiting: str = ""
    parent: Execution | None = None
    children: list[Execution] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    # How long it goes on after an accepted cancel; None is as the settings say.
    stopping_seconds: float | None = None
    # Further fields that StartExecution was given and that reads give back.
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        return self.parent.depth + 1 if self.parent else 0

    def cancel(self, now: float) -> None:
        settings = self.world.own(AlibabaSettings)
        delay = 0.0 if settings.cancel_is_immediate else self.world.settings.stopping_seconds
        self.stop(now, WORDS.stopped, delay if self.stopping_seconds is None else self.stopping_seconds)
        if settings.children_on_cancel == "cancelled":
            for child in self.children:
                child.cancel(now)

    def describe(self, now: float) -> dict[str, Any]:
        return super().describe(now) | {
            "category": self.category,
            "waiting": self.waiting or None,
            "parent": self.parent.id if self.parent else None,
            "children": [child.id for child in self.children],
            "tasks": [
                {"task_execution_id": task.id, "name": task.name, "invocation_ids": task.invocation_ids}
                for task in self.tasks
            ],
        }


# StartExecution

_MODES = ("Automatic", "FailurePause", "Debug")
_ONLY_LISTED = ("Category", "WaitingStatus", "StatusReason", "Targets", "AccountId", "NextScheduleTime")
_OUTSIDE = re.compile(r"TimerTrigger|EventTrigger|AlarmTrigger|Approve")


def start_execution(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    template = given.get("TemplateName", "")
    if not {"TemplateName", "TemplateContent", "TemplateURL"} & set(given):
        raise missing("TemplateName")
    if template and not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", template):
        raise ApiError("InvalidParameter.TemplateName", "TemplateName has 1 to 200 letters, digits, '-' and '_'.")
    if given.get("Mode", "Automatic") not in _MODES:
        raise ApiError("InvalidParameter.Mode", f"Mode is one of {', '.join(_MODES)}.")
    _json_object(given, "Parameters")
    _json_object(given, "Tags")
    parameters = given.get("Parameters", "{}")  # text here, an object in ListExecutions
    parent = _execution(world, call, given["ParentExecutionId"]) if "ParentExecutionId" in given else None
    # What the template waits for; the name stands for a template that nobody has here.
    outside = _OUTSIDE.search(template + given.get("TemplateContent", ""))
    waiting = outside[0] if outside else "Debug" if given.get("Mode") == "Debug" else ""
    execution = create(
        world,
        {
            "region": call.region,
            "name": template or f"template-{world.next_number()}",
            "category": waiting if waiting in TRIGGERS else "Other",
            "waiting": waiting,
            "parent": parent.id if parent else None,
        },
    )
    execution.details = given
    call.now = execution.created
    shown = {name: value for name, value in _shown(execution, call).items() if name not in _ONLY_LISTED}
    # Entered at once, and left as soon as somebody reads it.
    return with_absent(world.settings, {"Execution": shown | {"Status": WORDS.pending, "Parameters": parameters}})


def _json_object(given: dict[str, Any], name: str) -> dict[str, Any]:
    try:
        value = json.loads(given.get(name, "{}"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ApiError(f"InvalidParameter.{name}", f"{name} is not a JSON object.")
    return value


# CancelExecution


def cancel_execution(world: World, call: Call) -> dict[str, Any]:
    execution = _execution(world, call, call.arguments["ExecutionId"])
    execution.overtake(call)
    if execution.has_ended(call.now):
        status = execution.status_at(call.now)
        raise ApiError("ExecutionCancelFailed", f"Cancel the execution failed: its status is {status}.")
    execution.cancel(call.now)
    return {}


def _execution(world: World, call: Call, execution_id: str) -> Execution:
    execution = operation.find(world, call, Execution, execution_id)
    if execution is None:
        raise ApiError("EntityNotExist.Execution", f"The execution {execution_id} does not exist.")
    return execution


# ListExecutions

_CHOICES = {
    "Status": tuple(WORDS.phases),
    "Depth": ("RootDepth", "FirstChildDepth"),
    "Category": CATEGORIES,
    "SortField": ("StartDate", "EndDate", "Status"),
    "SortOrder": ("Ascending", "Descending"),
}


def _check_listing(given: dict[str, Any]) -> None:
    check_times(given, *_DATES)
    for name, choices in _CHOICES.items():
        if name in given and given[name] not in choices:
            raise ApiError(f"InvalidParameter.{name}", f"{name} is one of {', '.join(choices)}; not {given[name]!r}.")


def list_executions(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    _check_listing(given)
    if "Depth" in given and "IncludeChildExecution" in given:
        raise ApiError("InvalidParameter.Depth", "Depth and IncludeChildExecution exclude each other.")
    execution_id, categories, tags = given.get("ExecutionId"), _categories(given), _json_object(given, "Tags")
    if execution_id and world.settings.unknown_id == "error":
        _execution(world, call, execution_id)
    found = [
        each
        for each in _executions(world, call)
        if execution_id in (None, each.id)
        and _has_depth(each, given)
        and given.get("Status") in (None, each.status_at(call.now))
        and each.category in categories
        and given.get("TemplateName", "") in each.name
        and tags.items() <= _json_object(each.details, "Tags").items()
        and _in_dates(each, call)
        and _by_parameters(each, given)
        and all(given.get(name) in (None, shown) for name, shown in _plain_fields(each).items())
    ]
    page, fields = paging.by_token(
        found, lambda each: _order(each, each.sequence, call), given, sizes=range(10, 101), default=50
    )
    executions = [_shown(each, call) for each in page]
    return with_absent(world.settings, fields | {"TotalCount": len(found), "Executions": executions})


def _executions(world: World, call: Call) -> Iterator[Execution]:
    return cast(Iterator[Execution], world.operations("alibaba", KIND, call.region, call.now))


def _categories(given: dict[str, Any]) -> tuple[str, ...]:
    """`Categories` may hold several; JSON or comma is not documented, so both are taken."""
    if "Category" in given and "Categories" in given:
        raise ApiError("InvalidParameter.Categories", "Only one of Category and Categories can be given.")
    if "Categories" not in given:
        return (given["Category"],) if "Category" in given else CATEGORIES
    categories = tuple(re.findall(r"[^\[\]\", ]+", given["Categories"]))
    if not set(categories) <= set(CATEGORIES):
        raise ApiError("InvalidParameter.Categories", f"Categories are of {', '.join(CATEGORIES)}.")
    return categories


def _has_depth(each: Execution, given: dict[str, Any]) -> bool:
    if "ParentExecutionId" in given:
        return each.parent is not None and each.parent.id == given["ParentExecutionId"]
    if "Depth" in given:
        return each.depth == (0 if given["Depth"] == "RootDepth" else 1)
    return each.depth == 0 or "ExecutionId" in given or given.get("IncludeChildExecution") is True


_DATES = ("StartDateAfter", "StartDateBefore", "EndDateAfter", "EndDateBefore")


def _in_dates(each: Execution, call: Call) -> bool:
    """The dates are inclusive; what has not ended is not in any that speak of the end."""
    given, start, end = call.arguments, iso_time(each.created), iso_time(each.ended_at(call.now))
    if not end and {"EndDateAfter", "EndDateBefore"} & set(given):
        return False
    begun = given.get("StartDateAfter", "") <= start <= given.get("StartDateBefore", "~")
    return bool(begun and given.get("EndDateAfter", "") <= end <= given.get("EndDateBefore", "~"))


def _by_parameters(each: Execution, given: dict[str, Any]) -> bool:
    """A resource is looked for in the parameters; resource templates and folders are unknown here."""
    if {"ResourceTemplateName", "RdFolderIds"} & set(given):
        return False
    return given.get("ResourceId", "") in str(each.details.get("Parameters"))


def _order(each: Execution, number: int, call: Call) -> tuple[str, int]:
    """What the rows are sorted by: a field, and among equals the order of their making."""
    fields = {
        "StartDate": iso_time(each.created),
        "EndDate": iso_time(each.ended_at(call.now)),
        "Status": each.status_at(call.now),
    }
    return fields[call.arguments.get("SortField", "StartDate")], number


def _plain_fields(each: Execution) -> dict[str, str]:
    """What is given at the start, shown by reads, and a filter of ListExecutions of the same name."""
    return {
        "Mode": each.details.get("Mode", "Automatic"),
        "RamRole": each.details.get("RamRole", "OOSServiceRole"),
        "ResourceGroupId": each.details.get("ResourceGroupId", ""),
        "Description": each.details.get("Description", ""),
        "ExecutedBy": "emulator",
        "AccountId": ACCOUNT,
    }


def _shown(each: Execution, call: Call) -> dict[str, Any]:
    status = each.status_at(call.now)
    by_timer = each.category == "TimerTrigger" and status == "Waiting"
    current = [task for task in each.tasks if not each.has_ended(call.now) and not task.parent_id]
    return {
        "ExecutionId": each.id,
        "ParentExecutionId": each.parent.id if each.parent else "",
        "IsParent": bool(each.children),
        "Status": status,
        "StatusMessage": f"It ended as {status}." if status == "Failed" else "",
        "StatusReason": "",
        "WaitingStatus": each.waiting if status == "Waiting" else "",
        "TemplateName": each.name,
        "TemplateId": f"t-{each.id.removeprefix('exec-')}",
        "TemplateVersion": each.details.get("TemplateVersion", "v1"),
        "Category": each.category,
        "SafetyCheck": each.details.get("SafetyCheck", "ConfirmEveryHighRiskAction"),
        "CreateDate": iso_time(each.created),
        "StartDate": iso_time(each.created),
        "EndDate": iso_time(each.ended_at(call.now)),
        "UpdateDate": iso_time(each.course.at(call.now).at),
        "Parameters": _json_object(each.details, "Parameters"),
        "Outputs": "{}",
        "Targets": "[]",
        "Counters": {"Total": len(each.tasks), **Counter(_task_status(task, each, call) for task in each.tasks)},
        "Tags": _json_object(each.details, "Tags"),
        "CurrentTasks": [
            {"TaskName": task.name, "TaskAction": task.action, "TaskExecutionId": task.id} for task in current
        ],
        "NextScheduleTime": iso_time((call.now // 3600 + 1) * 3600) if by_timer else "",
        **_plain_fields(each),
    }


# ListTaskExecutions, ListTaskExecutionInvocations


def list_task_executions(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    _check_listing(given)
    found = [
        (each, task)
        for each in _executions(world, call)
        for task in _tasks(each, given)
        if given.get("ExecutionId") in (None, each.id)
        and given.get("TaskName") in (None, task.name)
        and given.get("TaskAction") in (None, task.action)
        and given.get("Status") in (None, _task_status(task, each, call))
        and given.get("AccountId") in (None, ACCOUNT)
        and _in_dates(task.child or each, call)
    ]
    page, fields = paging.by_token(
        found, lambda row: _order(row[1].child or row[0], row[1].number, call), given, sizes=range(20, 101), default=50
    )
    tasks = [_shown_task(each, task, call) for each, task in page]
    return with_absent(world.settings, fields | {"TaskExecutions": tasks})


def _tasks(each: Execution, given: dict[str, Any]) -> Iterator[Task]:
    """The items of a loop are shown only if they are asked for."""
    with_items = given.get("IncludeChildTaskExecution") or "TaskExecutionId" in given
    for task in each.tasks:
        if given.get("TaskExecutionId") not in (None, task.id):
            continue
        if "ParentTaskExecutionId" in given:
            if task.parent_id == given["ParentTaskExecutionId"]:
                yield task
        elif with_items or not task.parent_id:
            yield task


def _task_status(task: Task, each: Execution, call: Call) -> str:
    return (task.child or each).status_at(call.now)


def _shown_task(each: Execution, task: Task, call: Call) -> dict[str, Any]:
    subject = task.child or each
    return {
        "TaskExecutionId": task.id,
        "ExecutionId": each.id,
        "ChildExecutionId": task.child.id if task.child else "",
        "ParentTaskExecutionId": task.parent_id,
        "TaskName": task.name,
        "TaskAction": task.action,
        "Status": _task_status(task, each, call),
        "StatusMessage": "",
        "Loop": {"Items": task.items} if task.items else {},
        "LoopItem": task.loop_item,
        "LoopBatchNumber": 1 if task.loop_item else None,
        "Outputs": json.dumps({"invokeId": task.invocation_ids[0]} if task.invocation_ids else {}),
        "Properties": "{}",
        "ExtraData": {},
        "TemplateId": "",
        "CreateDate": iso_time(subject.created),
        "StartDate": iso_time(subject.created),
        "EndDate": iso_time(subject.ended_at(call.now)),
        "UpdateDate": iso_time(subject.course.at(call.now).at),
    }


def list_task_execution_invocations(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    found = [
        _shown_invocation(world, task, each, invocation_id, call)
        for each in _executions(world, call)
        for task in each.tasks
        if task.id == given["TaskExecutionId"]
        for invocation_id in task.invocation_ids
    ]
    rows = [row for row in found if given.get("Status") in (None, row["Status"])]
    return with_absent(world.settings, {"TaskExecutionInvocations": rows})


def _shown_invocation(world: World, task: Task, each: Execution, invocation_id: str, call: Call) -> dict[str, Any]:
    """With the status of the emulated invocation behind it, if there is one."""
    real = world.find("alibaba", invocation_id)
    known = isinstance(real, Invocation) and real.created <= call.now
    return {
        "InvocationId": invocation_id,
        "InvocationTaskExecutionId": task.id,
        "InvocationTaskName": task.name,
        "RegionId": real.region if real and known else each.region,
        "Status": real.status_at(call.now) if real and known else _task_status(task, each, call),
    }


# From the control interface

_OWN_FIELDS: dict[str, Types] = {
    **dict.fromkeys(("category", "waiting", "parent"), STRING),
    **dict.fromkeys(("children", "loop_items"), NUMBER),
    "invocation_ids": LIST,
}


def create(world: World, description: dict[str, Any]) -> Execution:
    basis = operation.basis(
        world,
        WORDS,
        description,
        _OWN_FIELDS,
        make_id=lambda: world.make_id("exec-", 20),
        id_form=r"exec-[0-9A-Za-z]+",
    )
    given = {name: value for name, value in description.items() if value is not None}
    category = given.get("category", "Other")
    if category not in CATEGORIES:
        raise BadRequest(f"A category is one of {', '.join(CATEGORIES)}.")
    idle = category if category in TRIGGERS else "Approve" if given.get("status") == "Waiting" else ""
    waiting = given.get("waiting", idle)
    parent = world.find("alibaba", given["parent"]) if "parent" in given else None
    if "parent" in given and not isinstance(parent, Execution):
        raise BadRequest(f"There is no execution {given['parent']}.")
    if not all(0 <= given.get(name, 0) <= 1000 for name in ("children", "loop_items")):
        raise BadRequest("children and loop_items lie between 0 and 1000.")
    invocation_ids = given.get("invocation_ids", [])
    if not all(isinstance(each, str) for each in invocation_ids):
        raise BadRequest("invocation_ids are texts.")
    execution = Execution(
        **basis,
        provider="alibaba",
        kind=KIND,
        name=given.get("name") or f"template of {basis['id']}",
        category=category,
        waiting=waiting,
        parent=cast("Execution | None", parent),
        stopping_seconds=given.get("stopping_seconds"),
    )
    if waiting and "status" not in given:
        # It waits when it would run, until it is cancelled or finished.
        begin = execution.course.steps[1].at
        execution.course = Course(Step(execution.created, WORDS.pending), Step(begin, "Waiting"))
    world.add(execution)
    if execution.parent:
        execution.parent.children.append(execution)
        _add_task(world, execution.parent, "ACS::Template", child=execution)
    _add_task(world, execution, "ACS::ECS::RunCommand", invocation_ids=invocation_ids)
    items = given.get("loop_items", 0)
    if items:
        loop = _add_task(world, execution, "ACS::ECS::RebootInstance", items=items)
        for number in range(1, items + 1):
            _add_task(world, execution, loop.action, parent_id=loop.id, loop_item=f"i-{number:04}")
    inherited = ("region", "status", "age", "pending_seconds", "run_seconds", "stopping_seconds", "final_status")
    for number in range(1, given.get("children", 0) + 1):
        child = {name: value for name, value in description.items() if name in inherited}
        create(world, {**child, "parent": execution.id, "name": f"{execution.name}-child-{number}"})
    return execution


def _add_task(world: World, execution: Execution, action: str, **fields: Any) -> Task:
    name = f"task{len(execution.tasks) + 1}"
    task = Task(world.make_id("task-exec-", 16), world.next_number(), name, action, **fields)
    execution.tasks.append(task)
    return task


def _codes(world: World, action: str) -> dict[str, tuple[str, int]]:
    return {
        "Forbidden.RAM": ("User.NoPermission", 401),
        "InvalidAction.NotFound": ("InvalidAction.NotFound", 400),
        "InvalidSecurityToken": ("InvalidStsToken", 400),
        "InvalidSecurityToken.Expired": ("ExpiredStsToken", 400),
    }


_LISTING = {
    **dict.fromkeys(("RegionId", "ExecutionId", "Status", "AccountId", "SortField", "SortOrder", "NextToken"), TEXT),
    **dict.fromkeys(("StartDateBefore", "StartDateAfter", "EndDateBefore", "EndDateAfter"), TEXT),
    "MaxResults": INTEGER,
}

SERVICE = Service(
    name="oos",
    version="2019-06-01",
    regions={region: name for region, name in REGIONS.items() if region != "cn-edge-1"},
    default_region="cn-hangzhou",
    codes=_codes,
    actions={
        "StartExecution": Action(
            start_execution,
            "start",
            {
                **dict.fromkeys(("RegionId", "TemplateName", "TemplateVersion", "TemplateContent"), TEXT),
                **dict.fromkeys(("TemplateURL", "Parameters", "Mode", "LoopMode", "SafetyCheck"), TEXT),
                **dict.fromkeys(("ParentExecutionId", "Description", "Tags", "ResourceGroupId"), TEXT),
                **dict.fromkeys(("ClientToken",), TEXT),
            },
        ),
        "CancelExecution": Action(cancel_execution, "stop", {"RegionId": TEXT, "ExecutionId": REQUIRED}),
        "ListExecutions": Action(
            list_executions,
            "read",
            {
                **_LISTING,
                **dict.fromkeys(("TemplateName", "ResourceTemplateName", "ParentExecutionId", "Depth"), TEXT),
                **dict.fromkeys(("Mode", "Category", "Categories", "ExecutedBy", "RamRole", "ResourceId"), TEXT),
                **dict.fromkeys(("ResourceGroupId", "Description", "Tags", "RdFolderIds"), TEXT),
                "IncludeChildExecution": BOOLEAN,
            },
        ),
        "ListTaskExecutions": Action(
            list_task_executions,
            "read",
            {
                **_LISTING,
                **dict.fromkeys(("TaskName", "TaskAction", "TaskExecutionId", "ParentTaskExecutionId"), TEXT),
                "IncludeChildTaskExecution": BOOLEAN,
            },
        ),
        "ListTaskExecutionInvocations": Action(
            list_task_execution_invocations,
            "read",
            {"RegionId": TEXT, "TaskExecutionId": REQUIRED, "Status": TEXT},
        ),
    },
    kinds={KIND: create},
)
