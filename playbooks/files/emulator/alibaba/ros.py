# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ROS, API version 2019-09-10: stack groups, and operations on them, which work through accounts and regions."""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from .. import operation
from ..description import LIST, NUMBER, SECONDS, STRING, Types, check
from ..instance import ENDED, Phase
from ..operation import Course, SimpleOperation, Step, Words, seconds
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


@dataclass
class Pair:
    """What an operation does in one account and region. Without a course it has not been reached."""

    account: str
    region: str
    run_seconds: float | None
    final_status: str
    course: Course | None = None

    def step_at(self, moment: float) -> Step | None:
        if self.course is None or self.course.steps[0].at > moment:
            return None
        return self.course.at(moment)

    def start(self, at: float) -> float:
        end = at + seconds(self.run_seconds)
        self.course = Course(Step(at, WORDS.running), Step(end, self.final_status))
        return end


@dataclass(kw_only=True)
class StackGroupOperation(SimpleOperation):
    group: StackGroup
    action: str
    pairs: list[Pair]
    # How many accounts of a region are worked on at once, and how many of them may fail.
    concurrent: int = 1
    tolerance: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    def begin(self, at: float) -> Step:
        """Plan the pairs from this moment on, region by region. Returns how it will end by itself."""
        failed, ends = False, [at]
        for region in dict.fromkeys(pair.region for pair in self.pairs):
            failed = self._begin_region([pair for pair in self.pairs if pair.region == region], max(ends))
            ends += [pair.course.end for pair in self.pairs if pair.course]
            if failed:
                break
        end = max(ends)
        for pair in self.pairs:
            if pair.course is None:  # too many failures before it
                pair.course = Course(Step(end, WORDS.stopped))
        return Step(end, "FAILED" if failed else WORDS.succeeded)

    def _begin_region(self, pairs: list[Pair], at: float) -> bool:
        """Whether more of these pairs fail than may."""
        lanes = [at] * self.concurrent
        for pair in pairs:
            if pair.course:  # put into its state by the control interface
                continue
            start = heapq.heappop(lanes)
            if self._failures(pairs, start) > self.tolerance:
                break
            heapq.heappush(lanes, pair.start(start))
        return self._failures(pairs, float("inf")) > self.tolerance

    def _failures(self, pairs: list[Pair], moment: float) -> int:
        ends = (pair.course.steps[-1] for pair in pairs if pair.course)
        return sum(1 for step in ends if step.status == "FAILED" and step.at <= moment)

    def halt(self, now: float) -> None:
        """A stop is accepted: pairs in flight finish or are cut off, pairs not reached are left out."""
        if self.has_ended(now) or self.stop_accepted_at is not None:
            return
        self.stop_accepted_at = now
        if self.phase_at(now) is not Phase.UNKNOWN:
            self.wind_down(now)

    def wind_down(self, now: float) -> None:
        ends = [now + self.pace.stopping_seconds]
        for pair in self.pairs:
            step = pair.step_at(now)
            if pair.course is None or step is None:
                pair.course = Course(Step(now, WORDS.stopped))
            elif WORDS.phase(step.status) is Phase.RUNNING:
                if self.world.own(AlibabaSettings).ros_pairs_in_flight == "cut":
                    pair.course.go_on(now, Step(now, WORDS.stopping), Step(ends[0], WORDS.stopped))
                elif pair.run_seconds is None:  # one that would never finish does so at the pace of stopping
                    pair.course.go_on(now, Step(ends[0], pair.final_status))
                ends.append(pair.course.end)
        self.course.go_on(now, Step(now, WORDS.stopping), Step(max(ends), WORDS.stopped))

    def _end(self, now: float, status: str | None) -> None:
        if self.has_ended(now):
            return
        final = status or self.pace.final_status
        super()._end(now, final)
        known = final if WORDS.phase(final) in ENDED else WORDS.succeeded
        for pair in self.pairs:
            step = pair.step_at(now)
            if pair.course is None or step is None:
                pair.course = Course(Step(now, known if known == WORDS.succeeded else WORDS.stopped))
            elif WORDS.phase(step.status) not in ENDED:
                pair.course.go_on(now, Step(now, known))

    def describe(self, now: float) -> dict[str, Any]:
        steps = [(pair, pair.step_at(now)) for pair in self.pairs]
        return super().describe(now) | {
            "group": self.group.name,
            "group_id": self.group.id,
            "action": self.action,
            "pairs": [
                {"account": pair.account, "region": pair.region, "status": step.status if step else None}
                for pair, step in steps
            ],
        }


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
    **dict.fromkeys(("group", "group_status", "action", "description"), STRING),
    **dict.fromkeys(("accounts", "regions", "pairs"), LIST),
    **dict.fromkeys(("max_concurrent", "failure_tolerance"), NUMBER),
}
_PAIR_FIELDS: dict[str, Types] = {
    **dict.fromkeys(("account", "region", "status", "final_status"), STRING),
    "run_seconds": SECONDS,
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
    action, group_status = given.get("action", "CREATE"), given.get("group_status", "ACTIVE")
    if action not in ACTIONS or group_status not in ("ACTIVE", "DELETED"):
        raise BadRequest(f"action is one of {', '.join(ACTIONS)}; group_status is ACTIVE or DELETED.")
    if given.get("max_concurrent", 1) < 1:
        raise BadRequest("max_concurrent is at least 1.")
    now, name = world.clock.now(), given.get("group") or f"group-{basis['sequence']}"
    if not _NAME.fullmatch(name):
        raise BadRequest(f"{name!r} is no name of a stack group.")
    pairs = list(_pairs(given, basis, now))
    group = world.records.get(("stack_group", basis["region"], name)) or _add_group(
        world, basis["region"], name, basis["created"]
    )
    group.status = given.get("group_status", group.status)
    group.created = min(group.created, basis["created"])
    made = StackGroupOperation(
        **basis,
        provider="alibaba",
        kind=KIND,
        name=given.get("name") or name,
        group=group,
        action=action,
        pairs=pairs,
        concurrent=given.get("max_concurrent", 1),
        tolerance=given.get("failure_tolerance", 0),
        details={"OperationDescription": given["description"]} if "description" in given else {},
    )
    _set_course(made, given.get("status"), now)
    world.add(made)
    return made


def _pairs(given: dict[str, Any], basis: dict[str, Any], now: float) -> Iterator[Pair]:
    """Either `pairs`, each of which may have its own status and pace, or all `accounts` in all `regions`."""
    created, pace = basis["created"], basis["pace"]
    accounts, regions = given.get("accounts", ["1234567890123456"]), given.get("regions", [basis["region"]])
    if not all(isinstance(each, str) for each in (*accounts, *regions)):
        raise BadRequest("accounts and regions are texts.")
    crossed = [{"account": account, "region": region} for region in regions for account in accounts]
    described = given.get("pairs", crossed)
    if not described:
        raise BadRequest("An operation has at least one account and region.")
    for each in described:
        if not isinstance(each, dict) or not each.get("account") or not each.get("region"):
            raise BadRequest("A pair is an object with an account and a region.")
        check(each, _PAIR_FIELDS, "A pair")
        run_seconds, final = each.get("run_seconds", pace.run_seconds), each.get("final_status", pace.final_status)
        pair = Pair(each["account"], each["region"], run_seconds, final)
        status = each.get("status")
        if status and WORDS.phase(status) is Phase.RUNNING:
            pair.course = Course(Step(created, status), Step(now + seconds(run_seconds), final))
        elif status and WORDS.phase(status) is Phase.STOPPING:
            pair.course = Course(Step(created, status), Step(now + pace.stopping_seconds, WORDS.stopped))
        elif status:
            pair.course = Course(Step(created, status))
        yield pair


def _set_course(made: StackGroupOperation, status: str | None, now: float) -> None:
    """A described status is the state from its creation until now; the pairs follow."""
    created, phase = made.created, WORDS.phase(status or WORDS.pending)
    if phase in ENDED:
        _fill(made.pairs, Course(Step(created, status or "")))
    elif phase is Phase.WAITING:
        begin = (now if status else created) + seconds(made.pace.pending_seconds)
        made.course = Course(Step(created, WORDS.pending), Step(begin, WORDS.running), made.begin(begin))
    else:
        end = made.begin(now)
        for pair in made.pairs:  # the first have been at it since its creation
            if pair.course and pair.course.steps[0] == Step(now, WORDS.running):
                pair.course.steps[0] = Step(created, WORDS.running)
        made.course = Course(Step(created, status or ""))
        if phase is Phase.RUNNING:
            made.course.go_on(now, end)
        elif phase is Phase.STOPPING:
            made.wind_down(now)
            made.course.steps = [Step(created, WORDS.stopping), made.course.steps[-1]]


def _fill(pairs: Iterable[Pair], course: Course) -> None:
    for pair in pairs:
        pair.course = pair.course or course


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
