# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CloudFormation StackSets, API version 2010-05-15: sets, and operations that work through accounts and regions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from .. import operation, pairs
from ..description import FLAG, STRING, Types
from ..instance import Phase
from ..operation import Words
from ..pairs import Pair, PairedOperation
from ..settings import BadRequest
from ..wire import BOOLEAN, REQUIRED, TEXT, Action, ApiError, Call, Service
from ..world import World, iso_time
from . import codes, ids, paging
from .parameters import choice, integer, records, structure, text, texts
from .regions import ACCOUNT, REGIONS
from .settings import AwsSettings

KIND = "stack_group_operation"
ACTIONS = ("CREATE", "UPDATE", "DELETE", "DETECT_DRIFT")
CALLERS = ("SELF", "DELEGATED_ADMIN")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_OPERATION_ID = r"[A-Za-z0-9][-A-Za-z0-9]{0,127}"

WORDS = Words(
    phases={
        "QUEUED": Phase.WAITING,
        "RUNNING": Phase.RUNNING,
        "STOPPING": Phase.STOPPING,
        "SUCCEEDED": Phase.SUCCEEDED,
        "FAILED": Phase.FAILED,
        "STOPPED": Phase.STOPPED,
    },
    pending="QUEUED",
    running="RUNNING",
    stopping="STOPPING",
    succeeded="SUCCEEDED",
    stopped="STOPPED",
)
PAIR_WORDS = Words(
    phases={
        "PENDING": Phase.WAITING,
        "RUNNING": Phase.RUNNING,
        "SUCCEEDED": Phase.SUCCEEDED,
        "FAILED": Phase.FAILED,
        "CANCELLED": Phase.STOPPED,
    },
    pending="PENDING",
    running="RUNNING",
    stopping="RUNNING",
    succeeded="SUCCEEDED",
    stopped="CANCELLED",
)


@dataclass
class StackSet:
    id: str
    name: str
    region: str
    created: float
    # Who may see it: the account itself, or a delegated administrator.
    call_as: str = "SELF"
    status: str = "ACTIVE"
    # Whether it may have several operations at once.
    managed: bool = False
    # Further fields that CreateStackSet was given and that reads give back.
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class StackSetOperation(PairedOperation):
    stack_set: StackSet
    # Within its set; in this world it has that id, too, unless another set has it already.
    operation_id: str

    def describe(self, now: float) -> dict[str, Any]:
        described = super().describe(now) | {
            "group": self.stack_set.name,
            "group_id": self.stack_set.id,
            "operation_id": self.operation_id,
            "call_as": self.stack_set.call_as,
        }
        for pair in described["pairs"]:
            pair["status"] = pair["status"] or PAIR_WORDS.pending
        return described


# Stack sets


def create_stack_set(world: World, call: Call) -> dict[str, Any]:
    given, region, name = call.arguments, call.region or "", call.arguments["StackSetName"]
    if not _NAME.fullmatch(name):
        raise _invalid("StackSetName has up to 128 letters, digits and '-'; it starts with a letter.")
    if not {"TemplateBody", "TemplateURL", "StackId"} & set(given):
        raise _invalid("Either TemplateBody, TemplateURL or StackId must be given.")
    if ("stack_set", region, name) in world.records:
        raise _own(world, "NameAlreadyExistsException", f"StackSet {name} already exists.", 409)
    made = _add_set(world, region, name, call.now)
    made.details, made.call_as = given, given.get("CallAs", "SELF")
    made.managed = given.get("ManagedExecution", {}).get("Active", False)
    return {"StackSetId": made.id}


def _add_set(world: World, region: str, name: str, created: float) -> StackSet:
    made = StackSet(f"{name}:{ids.make_uuid(world)}", name, region, created)
    world.records["stack_set", region, name] = made
    return made


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationError", message)


def _own(world: World, code: str, message: str, status: int) -> ApiError:
    """A code of this service, as its model or its page has it."""
    return ApiError(
        code.removesuffix("Exception") if world.own(AwsSettings).cfn_codes == "page" else code, message, status
    )


def _sets(world: World, call: Call) -> Iterator[StackSet]:
    """What this caller may see, newest first."""
    for (sort, region, _name), each in reversed(world.records.items()):
        known = (sort, region) == ("stack_set", call.region) and each.created <= call.now
        if known and each.call_as == call.arguments.get("CallAs", "SELF"):
            yield each


def _set(world: World, call: Call) -> StackSet:
    """The one that is named, by its name or its id."""
    named = call.arguments["StackSetName"]
    for each in _sets(world, call):
        if named in (each.name, each.id):
            return each
    raise _own(world, "StackSetNotFoundException", f"StackSet {named} not found", 404)


def list_stack_sets(world: World, call: Call) -> dict[str, Any]:
    status = call.arguments.get("Status")
    numbered = reversed(list(enumerate(reversed(list(_sets(world, call))))))
    found = [(-number, each) for number, each in numbered if status in (None, each.status)]
    page, token = paging.cut(world, call, found, lambda row: (row[0],))
    return {"Summaries": [_shown_set(each) for _number, each in page], "NextToken": token}


def _shown_set(each: StackSet) -> dict[str, Any]:
    return {
        "StackSetName": each.name,
        "StackSetId": each.id,
        "Description": each.details.get("Description"),
        "Status": each.status,
        "PermissionModel": _permission_model(each),
        "AutoDeployment": each.details.get("AutoDeployment"),
        "DriftStatus": "NOT_CHECKED",
        "ManagedExecution": {"Active": each.managed},
    }


def _permission_model(each: StackSet) -> str:
    by_caller = "SERVICE_MANAGED" if each.call_as == "DELEGATED_ADMIN" else "SELF_MANAGED"
    return str(each.details.get("PermissionModel", by_caller))


# CreateStackInstances, UpdateStackSet


def create_stack_instances(world: World, call: Call) -> dict[str, Any]:
    return _start(world, call, "CREATE")


def update_stack_set(world: World, call: Call) -> dict[str, Any]:
    return _start(world, call, "UPDATE")


def _start(world: World, call: Call, action: str) -> dict[str, Any]:
    given, stack_set = call.arguments, _set(world, call)
    if stack_set.status == "DELETED":
        raise _own(world, "StackSetNotFoundException", f"StackSet {stack_set.name} not found", 404)
    targets = given.get("DeploymentTargets", {})
    accounts = given.get("Accounts") or targets.get("Accounts") or []
    if not accounts and targets.get("OrganizationalUnitIds"):
        accounts = [ACCOUNT]  # nobody has organizations here
    before = _operations(world, call, stack_set)
    if action == "UPDATE" and not accounts:  # all that there is
        known = {(pair.account, pair.region) for each in before for pair in each.pairs}
        accounts = sorted({account for account, _region in known}) or [ACCOUNT]
        given = {"Regions": sorted({region for _account, region in known}) or [call.region], **given}
    if not accounts or not given.get("Regions") or not all([*accounts, *given["Regions"]]):
        raise _invalid("Accounts, or DeploymentTargets, and Regions must be given.")
    preferences = given.get("OperationPreferences", {})
    order = preferences.get("RegionOrder", [])
    regions = sorted(given["Regions"], key=lambda region: order.index(region) if region in order else len(order))
    concurrent = _limit(preferences, "MaxConcurrent", len(accounts), 1)
    tolerance = _limit(preferences, "FailureTolerance", len(accounts), 0)
    operation_id = given.get("OperationId")
    if any(each.operation_id == operation_id for each in before):
        raise _own(world, "OperationIdAlreadyExistsException", f"The operation {operation_id} exists.", 409)
    if not stack_set.managed and any(not each.has_ended(call.now) for each in before):
        raise _own(world, "OperationInProgressException", f"Another operation of {stack_set.name} is in progress.", 409)
    started = create(
        world,
        {
            "id": operation_id,
            "region": call.region,
            "group": stack_set.name,
            "action": action,
            "accounts": list(dict.fromkeys(accounts)),
            "regions": list(dict.fromkeys(regions)),
            "max_concurrent": concurrent,
            "failure_tolerance": tolerance,
        },
    )
    started.details = given
    return {"OperationId": started.operation_id}


def _limit(preferences: dict[str, Any], name: str, accounts: int, least: int) -> int:
    count, percentage = preferences.get(f"{name}Count"), preferences.get(f"{name}Percentage")
    if count is not None and percentage is not None:
        raise _invalid(f"Only one of {name}Count and {name}Percentage can be given.")
    return max(least, accounts * percentage // 100 if percentage is not None else count or 0)


# StopStackSetOperation


def stop_stack_set_operation(world: World, call: Call) -> dict[str, Any]:
    found = _operation(world, call)
    found.overtake(call)
    code = world.own(AwsSettings).cfn_stop_of_ended
    if found.has_ended(call.now) and code != "success":
        raise _own(world, code, f"Operation {found.operation_id} has ended as {found.status_at(call.now)}.", 400)
    found.halt(call.now)
    return {}


def _operations(world: World, call: Call, stack_set: StackSet) -> list[StackSetOperation]:
    found = cast(Iterator[StackSetOperation], world.operations("aws", KIND, call.region, call.now))
    return [each for each in found if each.stack_set is stack_set]


def _operation(world: World, call: Call) -> StackSetOperation:
    named = call.arguments["OperationId"]
    for each in _operations(world, call, _set(world, call)):
        if each.operation_id == named:
            return each
    raise _own(world, "OperationNotFoundException", f"Operation {named} not found", 404)


# DescribeStackSetOperation, ListStackSetOperations, ListStackSetOperationResults


def list_stack_set_operations(world: World, call: Call) -> dict[str, Any]:
    found = _operations(world, call, _set(world, call))
    page, token = paging.cut(world, call, found, lambda each: (-each.sequence,))
    return {"Summaries": [_shown(each, call, world) for each in page], "NextToken": token}


def describe_stack_set_operation(world: World, call: Call) -> dict[str, Any]:
    each = _operation(world, call)
    given = each.details
    shown = _shown(each, call, world) | {
        "StackSetId": each.stack_set.id,
        "RetainStacks": False if each.action == "DELETE" else None,
        "DeploymentTargets": given.get("DeploymentTargets"),
    }
    if _permission_model(each.stack_set) == "SELF_MANAGED":
        role = f"arn:aws:iam::{ACCOUNT}:role/AWSCloudFormationStackSetAdministrationRole"
        shown["AdministrationRoleARN"] = each.stack_set.details.get("AdministrationRoleARN", role)
        shown["ExecutionRoleName"] = each.stack_set.details.get(
            "ExecutionRoleName", "AWSCloudFormationStackSetExecutionRole"
        )
    return {"StackSetOperation": shown}


def _shown(each: StackSetOperation, call: Call, world: World) -> dict[str, Any]:
    """The fields that both reads have."""
    failed = sum(1 for pair in each.pairs if _pair_status(pair, call) == each.failed)
    status = each.status_at(call.now)
    return {
        "OperationId": each.operation_id,
        "Action": each.action,
        "Status": status,
        "StatusReason": "The failure tolerance was exceeded." if status == each.failed else None,
        "OperationPreferences": each.details.get("OperationPreferences", {"RegionOrder": []}),
        "CreationTimestamp": _time(each.created),
        "EndTimestamp": _time(each.ended_at(call.now)),
        "StatusDetails": {
            "TotalAccountsCount": len({pair.account for pair in each.pairs}),
            "TotalStackInstancesCount": len(each.pairs) + world.settings.missing_parts,
            "FailedStackInstancesCount": failed,
        },
    }


def _time(moment: float | None) -> str | None:
    """With thousandths of a second."""
    return None if moment is None else f"{iso_time(moment)[:-1]}.{int(moment * 1000) % 1000:03}Z"


def _pair_status(pair: Pair, call: Call) -> str | None:
    step = pair.step_at(call.now)
    return step.status if step else None


def list_stack_set_operation_results(world: World, call: Call) -> dict[str, Any]:
    """A pair that has not been begun is PENDING, or not shown: that is left open."""
    unreached = PAIR_WORDS.pending if world.own(AwsSettings).cfn_unreached == "PENDING" else None
    wanted = [each["Values"] for each in call.arguments.get("Filters", [])]
    shown = [
        (number, pair, status)
        for number, pair in enumerate(_operation(world, call).pairs)
        if (status := _pair_status(pair, call) or unreached) and (not wanted or status in wanted)
    ]
    page, token = paging.cut(world, call, shown, lambda row: (row[0],), parts=True)
    summaries = [
        {
            "Account": pair.account,
            "Region": pair.region,
            "Status": status,
            "StatusReason": _REASONS.get(status),
            "AccountGateResult": {"Status": "SKIPPED"} if status != PAIR_WORDS.pending else None,
        }
        for _number, pair, status in page
    ]
    return {"Summaries": summaries, "NextToken": token}


_REASONS = {"FAILED": "The stack could not be worked on.", "CANCELLED": "Cancelled since failure tolerance or a stop."}


# From the control interface

_OWN_FIELDS: dict[str, Types] = {
    **pairs.FIELDS,
    **dict.fromkeys(("group", "group_status", "call_as"), STRING),
    "managed": FLAG,
}


def create(world: World, description: dict[str, Any]) -> StackSetOperation:
    basis = operation.basis(
        world, WORDS, description, _OWN_FIELDS, make_id=lambda: ids.make_uuid(world), id_form=_OPERATION_ID
    )
    given = {name: value for name, value in description.items() if value is not None}
    if given.get("group_status", "ACTIVE") not in ("ACTIVE", "DELETED") or given.get("call_as", "SELF") not in CALLERS:
        raise BadRequest(f"group_status is ACTIVE or DELETED; call_as is one of {', '.join(CALLERS)}.")
    now, name = world.clock.now(), given.get("group") or f"set-{basis['sequence']}"
    if not _NAME.fullmatch(name):
        raise BadRequest(f"{name!r} is no name of a stack set.")
    described = pairs.described(given, basis, PAIR_WORDS, ACTIONS, ACCOUNT, now)
    stack_set = world.records.get(("stack_set", basis["region"], name)) or _add_set(
        world, basis["region"], name, basis["created"]
    )
    stack_set.status = given.get("group_status", stack_set.status)
    stack_set.call_as = given.get("call_as", stack_set.call_as)
    stack_set.managed = given.get("managed", stack_set.managed)
    stack_set.created = min(stack_set.created, basis["created"])
    operation_id = basis["id"]
    if world.find("aws", operation_id):
        basis["id"] = f"{name}:{operation_id}"
    made = StackSetOperation(
        **basis,
        **described,
        provider="aws",
        kind=KIND,
        name=given.get("name") or name,
        stack_set=stack_set,
        operation_id=operation_id,
    )
    made.set_course(given.get("status"), now)
    world.add(made)
    return made


_CALL_AS = choice(*CALLERS)
_PAGE = {"MaxResults": integer(1, 100), "NextToken": text(r"[\s\S]{0,1024}"), "CallAs": _CALL_AS}
_SET = {"StackSetName": REQUIRED, "CallAs": _CALL_AS}
_ONE = {**_SET, "OperationId": text(_OPERATION_ID, required=True)}
_ACCOUNTS = texts(form=r"\d{12}")
_PARAMETERS = records(
    {"ParameterKey": TEXT, "ParameterValue": TEXT, "UsePreviousValue": BOOLEAN, "ResolvedValue": TEXT}
)
_INSTANCES = {
    **_SET,
    "Accounts": _ACCOUNTS,
    "DeploymentTargets": structure(
        {
            "Accounts": _ACCOUNTS,
            "AccountsUrl": TEXT,
            "OrganizationalUnitIds": texts(),
            "AccountFilterType": choice("NONE", "INTERSECTION", "DIFFERENCE", "UNION"),
        }
    ),
    "OperationPreferences": structure(
        {
            "RegionConcurrencyType": choice("SEQUENTIAL", "PARALLEL"),
            "RegionOrder": texts(),
            "FailureToleranceCount": integer(0, 10**9),
            "FailureTolerancePercentage": integer(0, 100),
            "MaxConcurrentCount": integer(1, 10**9),
            "MaxConcurrentPercentage": integer(1, 100),
            "ConcurrencyMode": choice("STRICT_FAILURE_TOLERANCE", "SOFT_FAILURE_TOLERANCE"),
        }
    ),
    "OperationId": text(_OPERATION_ID),
}
_TEMPLATE = {
    **_SET,
    **dict.fromkeys(("Description", "TemplateBody", "TemplateURL", "AdministrationRoleARN", "ExecutionRoleName"), TEXT),
    "Parameters": _PARAMETERS,
    "Capabilities": texts(),
    "Tags": records({"Key": TEXT, "Value": TEXT}, 50),
    "PermissionModel": choice("SERVICE_MANAGED", "SELF_MANAGED"),
    "AutoDeployment": structure({"Enabled": BOOLEAN, "RetainStacksOnAccountRemoval": BOOLEAN}),
    "ManagedExecution": structure({"Active": BOOLEAN}),
}

SERVICE = Service(
    name="cloudformation",
    version="2010-05-15",
    regions=REGIONS,
    codes=lambda world, action: codes.CLOUDFORMATION,
    actions={
        "CreateStackSet": Action(create_stack_set, "start", {**_TEMPLATE, "StackId": TEXT, "ClientRequestToken": TEXT}),
        "CreateStackInstances": Action(
            create_stack_instances,
            "start",
            {**_INSTANCES, "Regions": texts(required=True), "ParameterOverrides": _PARAMETERS},
        ),
        "UpdateStackSet": Action(
            update_stack_set,
            "start",
            {**_TEMPLATE, **_INSTANCES, "Regions": texts(), "UsePreviousTemplate": BOOLEAN},
        ),
        "ListStackSets": Action(list_stack_sets, "read", {**_PAGE, "Status": choice("ACTIVE", "DELETED")}),
        "ListStackSetOperations": Action(list_stack_set_operations, "read", {**_PAGE, **_SET}),
        "DescribeStackSetOperation": Action(describe_stack_set_operation, "read", _ONE),
        "ListStackSetOperationResults": Action(
            list_stack_set_operation_results,
            "read",
            {
                **_PAGE,
                **_ONE,
                "Filters": records(
                    {
                        "Name": choice("OPERATION_RESULT_STATUS", required=True),
                        "Values": choice(*PAIR_WORDS.phases, required=True),
                    },
                    1,
                ),
            },
        ),
        "StopStackSetOperation": Action(stop_stack_set_operation, "stop", _ONE),
    },
    kinds={KIND: create},
)
