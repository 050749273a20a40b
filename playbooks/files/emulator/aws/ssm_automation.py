# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSM Automation, API version 2014-11-06: executions of runbooks, their steps, and their child executions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from .. import operation
from ..description import LIST, NUMBER, STRING, Types
from ..instance import ENDED, Phase
from ..operation import SimpleOperation, Words
from ..settings import BadRequest
from ..wire import BOOLEAN, REQUIRED, TEXT, Action, ApiError, Call, Service
from ..world import World
from . import codes, ids, paging
from .envelope import Nothing
from .parameters import FREE, choice, integer, records, text, texts
from .regions import ACCOUNT, REGIONS
from .settings import AwsSettings

KIND = "automation_execution"
SUBTYPES = ("ChangeRequest", "AccessRequest")
TYPES = ("Local", "CrossAccount")

WORDS = Words(
    phases={
        "Pending": Phase.WAITING,
        "InProgress": Phase.RUNNING,
        "Approved": Phase.RUNNING,
        "RunbookInProgress": Phase.RUNNING,
        "ChangeCalendarOverrideApproved": Phase.RUNNING,
        # They idle until something outside happens.
        "Waiting": Phase.SCHEDULED,
        "PendingApproval": Phase.SCHEDULED,
        "PendingChangeCalendarOverride": Phase.SCHEDULED,
        "Scheduled": Phase.SCHEDULED,
        "Cancelling": Phase.STOPPING,
        "Success": Phase.SUCCEEDED,
        "CompletedWithSuccess": Phase.SUCCEEDED,
        "Failed": Phase.FAILED,
        "CompletedWithFailure": Phase.FAILED,
        "TimedOut": Phase.FAILED,
        "Rejected": Phase.FAILED,
        "ChangeCalendarOverrideRejected": Phase.FAILED,
        "Cancelled": Phase.STOPPED,
    },
    pending="Pending",
    running="InProgress",
    stopping="Cancelling",
    succeeded="Success",
    stopped="Cancelled",
)
_FIRST_WORDS = ("Pending", "InProgress", "Waiting", "Success", "TimedOut", "Cancelling", "Cancelled", "Failed")


@dataclass
class Step:
    """Of a runbook. The first shows the status of its execution, or of the child it has started."""

    id: str
    name: str
    action: str
    outputs: dict[str, list[str]] = field(default_factory=dict)
    child: Execution | None = None


@dataclass(kw_only=True)
class Execution(SimpleOperation):
    type: str = "Local"
    subtype: str = ""
    association_id: str = ""
    # When it is to begin, of what is scheduled.
    due: float | None = None
    parent: Execution | None = None
    children: list[Execution] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    # Further fields that StartAutomationExecution was given and that reads give back.
    details: dict[str, Any] = field(default_factory=dict)

    def halt(self, now: float, final: str) -> None:
        self.stop(now, final, self.pace.stopping_seconds)
        if self.world.own(AwsSettings).ssm_children_on_stop == "cancelled":
            for child in self.children:
                child.halt(now, final)

    def describe(self, now: float) -> dict[str, Any]:
        return super().describe(now) | {
            "type": self.type,
            "subtype": self.subtype or None,
            "association_id": self.association_id or None,
            "parent": self.parent.id if self.parent else None,
            "children": [child.id for child in self.children],
            "steps": [{"name": step.name, "action": step.action, "outputs": step.outputs} for step in self.steps],
        }


# StartAutomationExecution

_DOCUMENT = r"(arn:[\w:/.-]+|[A-Za-z0-9_.-]{3,128})"


def start_automation_execution(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    if "Targets" in given and "TargetMaps" in given:
        raise ApiError("InvalidTarget", "Only one of Targets and TargetMaps can be given.")
    if "Targets" in given and "TargetParameterName" not in given:
        raise ApiError("InvalidTarget", "Targets need a TargetParameterName.")
    targets = [value for target in given.get("Targets", []) for value in target.get("Values", [])]
    execution = create(
        world,
        {
            "region": call.region,
            "name": given["DocumentName"],
            "type": "CrossAccount" if {"TargetLocations", "TargetLocationsURL"} & set(given) else "Local",
            "children": len(targets) or len(given.get("TargetMaps", [])),
        },
    )
    execution.details = given
    for child, target in zip(execution.children, targets, strict=False):
        child.details = {"DocumentVersion": given.get("DocumentVersion", "1"), "Target": target}
    return {"AutomationExecutionId": execution.id}


# StopAutomationExecution


def stop_automation_execution(world: World, call: Call) -> dict[str, Any]:
    execution, settings = _execution(world, call), world.own(AwsSettings)
    execution.overtake(call)
    if execution.has_ended(call.now) and settings.ssm_stop_of_ended == "refused":
        raise ApiError(
            "InvalidAutomationStatusUpdateException",
            f"The execution is {execution.status_at(call.now)} and cannot be stopped.",
        )
    # What Complete does is not documented beyond its name.
    complete = call.arguments.get("Type") == "Complete"
    execution.halt(call.now, WORDS.succeeded if complete else WORDS.stopped)
    return Nothing() if settings.aws_empty_answers == "nothing" else {}


def _execution(world: World, call: Call) -> Execution:
    execution_id = call.arguments["AutomationExecutionId"]
    execution = operation.find(world, call, Execution, execution_id)
    if execution is None:
        raise ApiError("AutomationExecutionNotFoundException", f"There is no automation execution {execution_id}.")
    return execution


# DescribeAutomationExecutions

_FILTERS = {
    *("DocumentNamePrefix", "ExecutionStatus", "ExecutionId", "ParentExecutionId", "CurrentAction", "StartTimeBefore"),
    *("StartTimeAfter", "AutomationType", "TagKey", "TargetResourceGroup", "AutomationSubtype", "OpsItemId"),
}


def describe_automation_executions(world: World, call: Call) -> dict[str, Any]:
    settings = world.own(AwsSettings)
    wanted = _wanted(call, _FILTERS)
    words = _FIRST_WORDS if settings.ssm_older_statuses else (*WORDS.phases, "Exited")
    for name, choices in (("ExecutionStatus", words), ("AutomationType", TYPES), ("AutomationSubtype", SUBTYPES)):
        if not set(wanted.get(name, ())) <= set(choices):
            raise _invalid_value(name)
    if world.settings.unknown_id == "error" and not all(_exists(world, each) for each in wanted.get("ExecutionId", ())):
        raise _invalid_value("ExecutionId")
    children_too = settings.ssm_children_listed or {"ParentExecutionId", "ExecutionId"} & set(wanted)
    found = [
        each
        for each in cast(Iterator[Execution], world.operations("aws", KIND, call.region, call.now))
        if (children_too or each.parent is None)
        and all(_matches(each, name, values, call) for name, values in wanted.items())
    ]
    page, token = paging.cut(world, call, found, lambda each: (-each.sequence,), code="InvalidNextToken")
    shown = [_shown(each, call) | {"AutomationType": each.type, "LogFile": ""} for each in page]
    return {"AutomationExecutionMetadataList": shown, "NextToken": token}


def _exists(world: World, execution_id: str) -> bool:
    return isinstance(world.find("aws", execution_id), Execution)


def _wanted(call: Call, known: set[str]) -> dict[str, list[str]]:
    """The values of each filter. Several filters of one name are not foreseen: the last counts."""
    wanted: dict[str, list[str]] = {}
    for each in call.arguments.get("Filters", []):
        if each["Key"] not in known:
            raise ApiError("InvalidFilterKey", f"There is no filter {each['Key']}.")
        wanted[each["Key"]] = each["Values"]
    return wanted


def _invalid_value(name: str) -> ApiError:
    return ApiError("InvalidFilterValue", f"A value is not valid: {name}.")


def _matches(each: Execution, name: str, values: list[str], call: Call) -> bool:
    if name == "DocumentNamePrefix":
        return each.name.startswith(tuple(values))
    if name == "StartTimeBefore":
        return each.created <= _moment(values[0])
    if name == "StartTimeAfter":
        return each.created >= _moment(values[0])
    fields = {
        "ExecutionStatus": each.status_at(call.now),
        "ExecutionId": each.id,
        "ParentExecutionId": each.parent.id if each.parent else "",
        "CurrentAction": _current(each, call).action,
        "AutomationType": each.type,
        "AutomationSubtype": each.subtype,
    }
    return fields.get(name, "") in values  # nothing here has tags, resource groups or OpsItems


def _moment(value: str) -> float:
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z").timestamp()
    except ValueError:
        raise _invalid_value(value) from None


def _time(moment: float | None) -> float | None:
    return None if moment is None else round(moment, 3)


def _current(each: Execution, call: Call) -> Step:
    return next(
        (step for step in each.steps if _step_status(each, step, call) not in ("Success", "Pending")), each.steps[0]
    )


def _shown(each: Execution, call: Call) -> dict[str, Any]:
    """The fields that both reads have."""
    given, status, current = each.details, each.status_at(call.now), _current(each, call)
    failed = each.phase_at(call.now) is Phase.FAILED
    return {
        "AutomationExecutionId": each.id,
        "DocumentName": each.name,
        "DocumentVersion": given.get("DocumentVersion", "1"),
        "AutomationExecutionStatus": status,
        "ExecutionStartTime": _time(each.created),
        "ExecutionEndTime": _time(each.ended_at(call.now)),
        "ScheduledTime": _time(each.due),
        "ExecutedBy": f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/emulator",
        "Outputs": {},
        "Mode": given.get("Mode", "Auto"),
        "ParentAutomationExecutionId": each.parent.id if each.parent else None,
        "CurrentStepName": None if each.has_ended(call.now) else current.name,
        "CurrentAction": None if each.has_ended(call.now) else current.action,
        "FailureMessage": f"It ended as {status}." if failed else None,
        "TargetParameterName": given.get("TargetParameterName"),
        "Targets": given.get("Targets", []),
        "TargetMaps": given.get("TargetMaps", []),
        "ResolvedTargets": {"ParameterValues": [], "Truncated": False},
        "MaxConcurrency": given.get("MaxConcurrency"),
        "MaxErrors": given.get("MaxErrors"),
        "Target": given.get("Target"),
        "AutomationSubtype": each.subtype or None,
        "AssociationId": each.association_id or None,
    }


# GetAutomationExecution, DescribeAutomationStepExecutions


def get_automation_execution(world: World, call: Call) -> dict[str, Any]:
    each, most = _execution(world, call), world.own(AwsSettings).ssm_steps_shown
    shown = _shown(each, call) | {
        "StepExecutions": [_shown_step(each, step, call) for step in each.steps[:most]],
        "StepExecutionsTruncated": len(each.steps) > most,
        "Parameters": each.details.get("Parameters", {}),
    }
    if {"Targets", "TargetMaps"} & set(each.details):
        shown["TargetsSummary"] = _summary(each, call)
    if each.type == "CrossAccount":
        shown["TargetLocations"] = each.details.get("TargetLocations", [])
        words = Counter(_step_status(each, step, call) for step in each.steps)
        shown["ProgressCounters"] = {
            "TotalSteps": len(each.steps),
            "SuccessSteps": words["Success"],
            "FailedSteps": words["Failed"],
            "CancelledSteps": words["Cancelled"],
            "TimedOutSteps": words["TimedOut"],
        }
    return {"AutomationExecution": shown}


def _summary(each: Execution, call: Call) -> dict[str, int]:
    phases = Counter(child.phase_at(call.now) for child in each.children)
    return {
        "TotalCount": len(each.children),
        "StartedCount": len(each.children) - phases[Phase.WAITING],
        "CompletedCount": sum(phases[phase] for phase in ENDED),
        "SuccessfulCount": phases[Phase.SUCCEEDED],
        "FailedCount": phases[Phase.FAILED],
    }


_STEP_FILTERS = {
    *("StartTimeBefore", "StartTimeAfter", "StepExecutionStatus", "StepExecutionId", "StepName", "Action"),
    *("ParentStepExecutionId", "ParentStepIteration", "ParentStepIteratorValue"),
}


def describe_automation_step_executions(world: World, call: Call) -> dict[str, Any]:
    each, wanted = _execution(world, call), _wanted(call, _STEP_FILTERS)
    reverse = -1 if call.arguments.get("ReverseOrder") else 1
    shown = [(reverse * number, _shown_step(each, step, call)) for number, step in enumerate(each.steps)]
    found = sorted((row for row in shown if _step_matches(row[1], wanted)), key=lambda row: row[0])
    page, token = paging.cut(world, call, found, lambda row: (row[0],), code="InvalidNextToken")
    return {"StepExecutions": [step for _number, step in page], "NextToken": token}


def _step_matches(shown: dict[str, Any], wanted: dict[str, list[str]]) -> bool:
    fields = {name: shown.get(name) for name in ("StepExecutionId", "StepName", "Action")}
    fields["StepExecutionStatus"] = shown["StepStatus"]
    return all(fields.get(name) in values for name, values in wanted.items())


def _step_status(each: Execution, step: Step, call: Call) -> str:
    """Steps that have not begun stay Pending, for good after a stop."""
    subject = step.child or each
    if step is not each.steps[0] and step.child is None and subject.phase_at(call.now) is not Phase.SUCCEEDED:
        return "Pending"
    return subject.status_at(call.now)


def _shown_step(each: Execution, step: Step, call: Call) -> dict[str, Any]:
    subject, status = step.child or each, _step_status(each, step, call)
    begun = status != "Pending"
    return {
        "StepName": step.name,
        "Action": step.action,
        "StepStatus": status,
        "StepExecutionId": step.id,
        "ExecutionStartTime": _time(subject.created) if begun else None,
        "ExecutionEndTime": _time(subject.ended_at(call.now)) if begun else None,
        "Inputs": {},
        # A status before it begins has none.
        "Outputs": step.outputs if begun else {},
        "FailureMessage": f"It ended as {status}." if status == "Failed" else None,
        "IsEnd": step is each.steps[-1],
    }


# From the control interface

_OWN_FIELDS: dict[str, Types] = {
    **dict.fromkeys(("parent", "type", "subtype", "association_id"), STRING),
    **dict.fromkeys(("children", "steps"), NUMBER),
    "invocation_ids": LIST,
}


def create(world: World, description: dict[str, Any]) -> Execution:
    basis = operation.basis(
        world, WORDS, description, _OWN_FIELDS, make_id=lambda: ids.make_uuid(world), id_form=ids.UUID
    )
    given = {name: value for name, value in description.items() if value is not None}
    if given.get("type", "Local") not in TYPES or given.get("subtype", "") not in ("", *SUBTYPES):
        raise BadRequest(f"A type is one of {', '.join(TYPES)}; a subtype one of {', '.join(SUBTYPES)}.")
    parent = world.find("aws", given["parent"]) if "parent" in given else None
    if "parent" in given and not isinstance(parent, Execution):
        raise BadRequest(f"There is no execution {given['parent']}.")
    if not all(0 <= given.get(name, 0) <= 1000 for name in ("children", "steps")):
        raise BadRequest("children and steps lie between 0 and 1000.")
    invocation_ids = given.get("invocation_ids", [])
    if not all(isinstance(each, str) for each in invocation_ids):
        raise BadRequest("invocation_ids are texts.")
    execution = Execution(
        **basis,
        provider="aws",
        kind=KIND,
        name=given.get("name") or f"runbook-of-{basis['id']}",
        type=given.get("type", "Local"),
        subtype=given.get("subtype", ""),
        association_id=given.get("association_id", ""),
        due=world.clock.now() + 3600 if given.get("status") == "Scheduled" else None,
        parent=cast("Execution | None", parent),
    )
    world.add(execution)
    # One step for each command; the first of them has begun.
    for invocation_id in invocation_ids or [None]:
        outputs = {"CommandId": [invocation_id]} if invocation_id else {}
        _add_step(world, execution, "aws:runCommand" if invocation_id else "aws:sleep", outputs=outputs)
    for _number in range(given.get("steps", 1) - 1):
        _add_step(world, execution, "aws:sleep")
    if execution.parent:
        execution.parent.children.append(execution)
        outputs = {"ExecutionId": [execution.id]}
        _add_step(world, execution.parent, "aws:executeAutomation", child=execution, outputs=outputs)
    inherited = ("region", "status", "age", "pending_seconds", "run_seconds", "stopping_seconds", "final_status")
    for number in range(1, given.get("children", 0) + 1):
        child = {name: value for name, value in description.items() if name in inherited}
        create(world, {**child, "parent": execution.id, "name": f"{execution.name}-child-{number}"})
    return execution


def _add_step(world: World, execution: Execution, action: str, **fields: Any) -> None:
    name = f"step{len(execution.steps) + 1}"
    execution.steps.append(Step(ids.make_uuid(world), name, action, **fields))


_ONE_TO_TEN = texts(10, r"[\s\S]{1,150}", least=1, required=True)
_LISTING = {
    "Filters": records({"Key": REQUIRED, "Values": _ONE_TO_TEN}, 10, least=1),
    "MaxResults": integer(1, 50),
    "NextToken": TEXT,
}
_ID = {"AutomationExecutionId": text(r"[\s\S]{36}", required=True)}

SERVICE = Service(
    name="ssm",
    version="2014-11-06",
    regions=REGIONS,
    codes=lambda world, action: codes.SSM,
    actions={
        "StartAutomationExecution": Action(
            start_automation_execution,
            "start",
            {
                "DocumentName": text(_DOCUMENT, required=True),
                "Mode": choice("Auto", "Interactive"),
                "ClientToken": text(r"[0-9a-fA-F-]{36}"),
                "Targets": records({"Key": TEXT, "Values": texts(50)}, 5),
                **dict.fromkeys(("DocumentVersion", "TargetParameterName", "MaxConcurrency", "MaxErrors"), TEXT),
                **dict.fromkeys(("Parameters", "TargetMaps", "TargetLocations", "Tags", "AlarmConfiguration"), FREE),
                "TargetLocationsURL": TEXT,
            },
        ),
        "StopAutomationExecution": Action(
            stop_automation_execution, "stop", {**_ID, "Type": choice("Cancel", "Complete")}
        ),
        "GetAutomationExecution": Action(get_automation_execution, "read", _ID),
        "DescribeAutomationExecutions": Action(describe_automation_executions, "read", _LISTING),
        "DescribeAutomationStepExecutions": Action(
            describe_automation_step_executions,
            "read",
            {**_ID, **_LISTING, "ReverseOrder": BOOLEAN},
        ),
    },
    kinds={KIND: create},
)
