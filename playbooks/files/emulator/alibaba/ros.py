# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ROS, API version 2019-09-10: stack groups, and operations on them, which work through accounts and regions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from .. import operation, pairs
from ..description import STRING, Types
from ..instance import Phase
from ..operation import Words
from ..pairs import PairedOperation
from ..settings import BadRequest
from ..wire import BOOLEAN, INTEGER, REQUIRED, TEXT, TEXTS, Action, ApiError, Call, Codes, Parameter, Service
from ..world import World, iso_time
from . import paging
from .envelope import with_absent
from .regions import REGIONS
from .settings import AlibabaSettings

KIND = "stack_group_operation"
ACTIONS = ("CREATE", "UPDATE", "DELETE", "DETECT_DRIFT")
ACCOUNTS_PER_OPERATION = 50
REGIONS_PER_OPERATION = 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}")
_ADMINISTRATION_ROLE = "AliyunROSStackGroupAdministrationRole"
_EXECUTION_ROLE = "AliyunROSStackGroupExecutionRole"

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


@dataclass
class StackGroup:
    id: str
    name: str
    region: str
    created: float
    status: str = "ACTIVE"
    # Further fields that CreateStackGroup was given and that reads give back.
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class StackGroupOperation(PairedOperation):
    group: StackGroup

    @property
    def cuts(self) -> bool:
        return self.world.own(AlibabaSettings).ros_pairs_in_flight == "cut"

    def describe(self, now: float) -> dict[str, Any]:
        return super().describe(now) | {"group": self.group.name, "group_id": self.group.id}


# Stack groups


def _make_id(world: World) -> str:
    number = world.next_number()
    return f"{number:08x}-1784-4a6f-a7e1-{number:012x}"


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidParameter", message)


def create_stack_group(world: World, call: Call) -> dict[str, Any]:
    given, region = call.arguments, call.region or ""
    name = given["StackGroupName"]
    if not _NAME.fullmatch(name):
        raise _invalid("StackGroupName has up to 255 letters, digits, '-' and '_'; it starts with a letter or digit.")
    if ("stack_group", region, name) in world.records:
        raise ApiError("StackGroupExists", f"The stack group {name} already exists.")
    group = _add_group(world, region, name, call.now)
    group.details = given
    return {"StackGroupId": group.id}


def _add_group(world: World, region: str, name: str, created: float) -> StackGroup:
    group = StackGroup(_make_id(world), name, region, created)
    world.records["stack_group", region, name] = group
    return group


def _groups(world: World, call: Call) -> Iterator[StackGroup]:
    """Newest first."""
    for (sort, region, _name), group in reversed(world.records.items()):
        if (sort, region) == ("stack_group", call.region) and group.created <= call.now:
            yield group


def _group(world: World, call: Call, *, name: str | None = None, group_id: str | None = None) -> StackGroup:
    for group in _groups(world, call):
        if name in (None, group.name) and group_id in (None, group.id):
            return group
    raise ApiError("StackGroupNotFound", f"The stack group {name or group_id} could not be found.")


def list_stack_groups(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    if given.get("Status") not in (None, "ACTIVE", "DELETED"):
        raise _invalid("Status is ACTIVE or DELETED.")
    found = [
        group
        for group in _groups(world, call)
        if given.get("Status") in (None, group.status)
        and given.get("ResourceGroupId") in (None, group.details.get("ResourceGroupId"))
        and all(tag in group.details.get("Tags", []) for tag in given.get("Tags", []))
    ]
    page, fields = paging.by_number(found, given, largest=50, code="InvalidParameter")
    groups = [_shown_group(group) | {"Tags": group.details.get("Tags", [])} for group in page]
    return with_absent(world.settings, fields | {"StackGroups": groups})


def get_stack_group(world: World, call: Call) -> dict[str, Any]:
    name, group_id = call.arguments.get("StackGroupName"), call.arguments.get("StackGroupId")
    if (name is None) == (group_id is None):
        raise _invalid("Exactly one of StackGroupName and StackGroupId must be given.")
    group = _group(world, call, name=name, group_id=group_id)
    shown = _shown_group(group) | _roles(group) | {"TemplateBody": group.details.get("TemplateBody", "")}
    return with_absent(world.settings, {"StackGroup": shown | {"Parameters": group.details.get("Parameters", [])}})


def _shown_group(group: StackGroup) -> dict[str, Any]:
    return {
        "StackGroupName": group.name,
        "StackGroupId": group.id,
        "Status": group.status,
        "PermissionModel": group.details.get("PermissionModel", "SELF_MANAGED"),
        "Description": group.details.get("Description", ""),
        "ResourceGroupId": group.details.get("ResourceGroupId", ""),
        "CreateTime": _time(group.created),
        "UpdateTime": _time(group.created),
    }


def _roles(group: StackGroup) -> dict[str, str]:
    return {
        "AdministrationRoleName": group.details.get("AdministrationRoleName", _ADMINISTRATION_ROLE),
        "ExecutionRoleName": group.details.get("ExecutionRoleName", _EXECUTION_ROLE),
    }


def _time(moment: float | None) -> str:
    """UTC without a zone letter, as the samples of this service show it."""
    return iso_time(moment).rstrip("Z")


# CreateStackInstances, UpdateStackInstances


def create_stack_instances(world: World, call: Call) -> dict[str, Any]:
    return _start(world, call, "CREATE")


def update_stack_instances(world: World, call: Call) -> dict[str, Any]:
    return _start(world, call, "UPDATE")


def _start(world: World, call: Call, action: str) -> dict[str, Any]:
    given = call.arguments
    group = _group(world, call, name=given["StackGroupName"])
    if group.status == "DELETED":
        raise ApiError("StackGroupNotFound", f"The stack group {group.name} could not be found.")
    regions = _texts(_json(given, "RegionIds", list, []), "RegionIds", REGIONS_PER_OPERATION)
    accounts = _accounts(given)
    preferences = _json(given, "OperationPreferences", dict, {})
    regions.sort(key=lambda region: _position(region, preferences.get("RegionIdsOrder")))
    concurrent = _limit(preferences, "MaxConcurrent", len(accounts), 1)
    tolerance = _limit(preferences, "FailureTolerance", len(accounts), 0)
    if any(not each.has_ended(call.now) for each in _operations(world, call, group)):
        raise ApiError("StackGroupOperationInProgress", f"Another operation of {group.name} is in progress.")
    started = create(
        world,
        {
            "region": call.region,
            "group": group.name,
            "action": action,
            "accounts": accounts,
            "regions": regions,
            "max_concurrent": concurrent,
            "failure_tolerance": tolerance,
        },
    )
    started.details = given | {"OperationPreferences": {**preferences, "RegionIdsOrder": regions}}
    return {"OperationId": started.id}


def _json(given: dict[str, Any], name: str, sort: type[Any], default: Any) -> Any:
    if name not in given:
        return default
    try:
        value = json.loads(given[name])
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, sort):
        raise _invalid(f"{name} is not a JSON {'array' if sort is list else 'object'}.")
    return value


def _texts(values: Any, name: str, most: int) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(each, str) and each for each in values):
        raise _invalid(f"{name} is a list of texts.")
    if not 1 <= len(values) <= most:
        raise _invalid(f"{name} has between 1 and {most} elements.")
    return list(dict.fromkeys(values))


def _accounts(given: dict[str, Any]) -> list[str]:
    """Of groups with permissions of their own, or of those that a resource directory manages."""
    if ("AccountIds" in given) == ("DeploymentTargets" in given):
        raise _invalid("Exactly one of AccountIds and DeploymentTargets must be given.")
    if "AccountIds" in given:
        return _texts(_json(given, "AccountIds", list, []), "AccountIds", ACCOUNTS_PER_OPERATION)
    targets = _json(given, "DeploymentTargets", dict, {})
    return _texts(targets.get("AccountIds"), "DeploymentTargets.AccountIds", ACCOUNTS_PER_OPERATION)


def _position(region: str, order: Any) -> int:
    return order.index(region) if isinstance(order, list) and region in order else 99


def _limit(preferences: dict[str, Any], name: str, accounts: int, least: int) -> int:
    count, percentage = preferences.get(f"{name}Count"), preferences.get(f"{name}Percentage")
    if count is not None and percentage is not None:
        raise _invalid(f"Only one of {name}Count and {name}Percentage can be given.")
    for value, most in ((count, 20), (percentage, 100)):
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (whole and least <= value <= most):
            raise _invalid(f"{name} lies between {least} and {most}; not {value!r}.")
    return max(least, accounts * percentage // 100 if percentage is not None else count or 0)


# StopStackGroupOperation


def stop_stack_group_operation(world: World, call: Call) -> dict[str, Any]:
    found = _operation(world, call)
    found.overtake(call)
    if found.has_ended(call.now) and world.own(AlibabaSettings).ros_stop_of_finished == "InvalidParameter":
        raise _invalid(f"The operation {found.id} has ended as {found.status_at(call.now)}.")
    found.halt(call.now)
    return {}


def _operation(world: World, call: Call) -> StackGroupOperation:
    operation_id = call.arguments["OperationId"]
    found = operation.find(world, call, StackGroupOperation, operation_id)
    if found is None:
        raise ApiError("StackGroupOperationNotFound", f"The operation {operation_id} could not be found.")
    return found


def _operations(world: World, call: Call, group: StackGroup) -> list[StackGroupOperation]:
    found = cast(Iterator[StackGroupOperation], world.operations("alibaba", KIND, call.region, call.now))
    return [each for each in found if each.group is group]


# ListStackGroupOperations, GetStackGroupOperation, ListStackGroupOperationResults


def list_stack_group_operations(world: World, call: Call) -> dict[str, Any]:
    group = _group(world, call, name=call.arguments["StackGroupName"])
    found = _operations(world, call, group)
    page, fields = paging.by_number(found, call.arguments, largest=50, code="InvalidParameter")
    return with_absent(world.settings, fields | {"StackGroupOperations": [_shown(each, call) for each in page]})


def get_stack_group_operation(world: World, call: Call) -> dict[str, Any]:
    found = _operation(world, call)
    shown = _shown(found, call) | _roles(found.group)
    shown["OperationPreferences"] = found.details.get("OperationPreferences", {})
    shown["DeploymentTargets"] = _json(found.details, "DeploymentTargets", dict, None)
    shown["RetainStacks"] = False if found.action == "DELETE" else None
    return with_absent(world.settings, {"StackGroupOperation": shown})


def _shown(each: StackGroupOperation, call: Call) -> dict[str, Any]:
    return {
        "OperationId": each.id,
        "StackGroupId": each.group.id,
        "StackGroupName": each.group.name,
        "Action": each.action,
        "Status": each.status_at(call.now),
        "OperationDescription": each.details.get("OperationDescription"),
        "CreateTime": _time(each.created),
        "EndTime": _time(each.ended_at(call.now)),
    }


def list_stack_group_operation_results(world: World, call: Call) -> dict[str, Any]:
    """A pair that has not been reached is not shown: no status of the five would be true of it."""
    reached = [(pair, step) for pair in _operation(world, call).pairs if (step := pair.step_at(call.now))]
    page, fields = paging.by_number(reached, call.arguments, largest=50, code="InvalidParameter")
    results = [
        {
            "AccountId": pair.account,
            "RegionId": pair.region,
            "Status": step.status,
            "StatusReason": _REASONS.get(step.status, ""),
        }
        for pair, step in world.settings.cut_short(page, fields["PageNumber"])
    ]
    fields["TotalCount"] += world.settings.missing_parts
    return with_absent(world.settings, fields | {"StackGroupOperationResults": results})


_REASONS = {"FAILED": "The stack could not be worked on.", "STOPPED": "The operation was stopped."}


# From the control interface

_OWN_FIELDS: dict[str, Types] = {
    **pairs.FIELDS,
    **dict.fromkeys(("group", "group_status", "description"), STRING),
}


def create(world: World, description: dict[str, Any]) -> StackGroupOperation:
    basis = operation.basis(
        world,
        WORDS,
        description,
        _OWN_FIELDS,
        make_id=lambda: _make_id(world),
        id_form=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
    given = {name: value for name, value in description.items() if value is not None}
    if given.get("group_status", "ACTIVE") not in ("ACTIVE", "DELETED"):
        raise BadRequest("group_status is ACTIVE or DELETED.")
    now, name = world.clock.now(), given.get("group") or f"group-{basis['sequence']}"
    if not _NAME.fullmatch(name):
        raise BadRequest(f"{name!r} is no name of a stack group.")
    described = pairs.described(given, basis, WORDS, ACTIONS, "1234567890123456", now)
    group = world.records.get(("stack_group", basis["region"], name)) or _add_group(
        world, basis["region"], name, basis["created"]
    )
    group.status = given.get("group_status", group.status)
    group.created = min(group.created, basis["created"])
    made = StackGroupOperation(
        **basis,
        **described,
        provider="alibaba",
        kind=KIND,
        name=given.get("name") or name,
        group=group,
        details={"OperationDescription": given["description"]} if "description" in given else {},
    )
    made.set_course(given.get("status"), now)
    world.add(made)
    return made


_CODES: Codes = {
    "MissingParameter": ("MissingParameter", 400),
    "InvalidParameter": ("InvalidParameter", 400),
    "InvalidParam": ("InvalidParameter", 400),
    "Forbidden.RAM": ("Forbidden", 403),
}
_PAIRS_OF_TEXTS = Parameter("records", fields={"ParameterKey": "text", "ParameterValue": "text"})
_TAGS = Parameter("records", fields={"Key": "text", "Value": "text"})
_PAGE = {"RegionId": REQUIRED, "PageNumber": INTEGER, "PageSize": INTEGER}
_INSTANCES = {
    **dict.fromkeys(("RegionId", "StackGroupName", "RegionIds"), REQUIRED),
    **dict.fromkeys(("AccountIds", "DeploymentTargets", "OperationPreferences"), TEXT),
    **dict.fromkeys(("OperationDescription", "ClientToken"), TEXT),
    "ParameterOverrides": _PAIRS_OF_TEXTS,
    "TimeoutInMinutes": INTEGER,
}

SERVICE = Service(
    name="ros",
    version="2019-09-10",
    regions={region: name for region, name in REGIONS.items() if region != "cn-edge-1"},
    codes=lambda world, action: _CODES,
    actions={
        "CreateStackGroup": Action(
            create_stack_group,
            "start",
            {
                **dict.fromkeys(("RegionId", "StackGroupName"), REQUIRED),
                **dict.fromkeys(("TemplateBody", "TemplateURL", "TemplateId", "TemplateVersion", "StackArn"), TEXT),
                **dict.fromkeys(("Description", "ClientToken", "PermissionModel", "ResourceGroupId"), TEXT),
                **dict.fromkeys(("AdministrationRoleName", "ExecutionRoleName", "AutoDeployment"), TEXT),
                "Parameters": _PAIRS_OF_TEXTS,
                "Tags": _TAGS,
                "Capabilities": TEXTS,
            },
        ),
        "CreateStackInstances": Action(
            create_stack_instances, "start", {**_INSTANCES, "DeploymentOptions": TEXTS, "DisableRollback": BOOLEAN}
        ),
        "UpdateStackInstances": Action(update_stack_instances, "start", _INSTANCES),
        "ListStackGroups": Action(
            list_stack_groups, "read", {**_PAGE, "Status": TEXT, "ResourceGroupId": TEXT, "Tags": _TAGS}
        ),
        "GetStackGroup": Action(
            get_stack_group, "read", {"RegionId": REQUIRED, "StackGroupName": TEXT, "StackGroupId": TEXT}
        ),
        "ListStackGroupOperations": Action(list_stack_group_operations, "read", {**_PAGE, "StackGroupName": REQUIRED}),
        "GetStackGroupOperation": Action(
            get_stack_group_operation, "read", {"RegionId": REQUIRED, "OperationId": REQUIRED}
        ),
        "ListStackGroupOperationResults": Action(
            list_stack_group_operation_results, "read", {**_PAGE, "OperationId": REQUIRED}
        ),
        "StopStackGroupOperation": Action(
            stop_stack_group_operation, "stop", {"RegionId": REQUIRED, "OperationId": REQUIRED}
        ),
    },
    kinds={KIND: create},
)
