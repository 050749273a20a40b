# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSM Run Command, API version 2014-11-06: commands, and their invocations on nodes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any, cast

from .. import invocation
from ..instance import ENDED, Instance, Phase, Snapshot, Words
from ..invocation import Dialect, Invocation
from ..wire import BOOLEAN, REQUIRED, TEXT, Action, ApiError, Call, Service
from ..world import World, iso_time
from . import codes, ids, paging
from .envelope import Nothing
from .parameters import FREE, integer, records, text, texts
from .regions import REGIONS
from .settings import AwsSettings

IDS_PER_CALL = 50
# Seconds to reach a node, and to run there, where a command says nothing.
DELIVERY_TIME = EXECUTION_TIME = 3600

# By StatusDetails, which tell more than Status.
WORDS = Words(
    phases={
        "Pending": Phase.WAITING,
        "Delayed": Phase.WAITING,
        "InProgress": Phase.RUNNING,
        "Cancelling": Phase.STOPPING,
        "Success": Phase.SUCCEEDED,
        "Failed": Phase.FAILED,
        "Undeliverable": Phase.FAILED,
        "AccessDenied": Phase.FAILED,
        "InvalidPlatform": Phase.FAILED,
        "TimedOut": Phase.FAILED,
        "DeliveryTimedOut": Phase.FAILED,
        "ExecutionTimedOut": Phase.FAILED,
        "Cancelled": Phase.STOPPED,
        "Terminated": Phase.STOPPED,
    },
    waiting=("Pending",),
    unreachable=((0.0, "Pending"), (0.0, "Delayed"), (DELIVERY_TIME + EXECUTION_TIME, "DeliveryTimedOut")),
    running="InProgress",
    stopping="Cancelling",
    succeeded="Success",
    failed="Failed",
    timeout="ExecutionTimedOut",
    cancelled="Cancelled",
    terminated="Cancelled",
    lost="ExecutionTimedOut",
    never_started=frozenset({"Undeliverable", "AccessDenied", "InvalidPlatform", "DeliveryTimedOut", "Terminated"}),
)


def status_of(details: str, settings: AwsSettings) -> str:
    """The Status of an invocation that has these StatusDetails."""
    if details in ("DeliveryTimedOut", "ExecutionTimedOut"):
        return "TimedOut"
    if details in ("Undeliverable", "AccessDenied", "InvalidPlatform"):
        return "Failed"
    return settings.ssm_terminated_status if details == "Terminated" else details


def overall_status(statuses: Counter[str], *, failure_first: bool = False) -> str:
    """How the invocations add up to StatusDetails. The documents give the words; where nodes differ this is a reading:

    while a node is in flight Cancelling goes before InProgress; Pending means that nothing has begun anywhere; at the
    end a failure goes before a time-out, and both before Cancelled.
    """
    phases = {WORDS.phase(status) for status in statuses}
    if failure_first and Phase.FAILED in phases and not phases <= ENDED:
        return "Failed"
    if Phase.STOPPING in phases:
        return "Cancelling"
    if phases == {Phase.WAITING}:
        return "Delayed" if "Delayed" in statuses else "Pending"
    if not phases <= ENDED:
        return "InProgress"
    if Phase.FAILED in phases:
        failures = {status for status in statuses if WORDS.phase(status) is Phase.FAILED}
        late = failures <= {"TimedOut", "DeliveryTimedOut", "ExecutionTimedOut"}
        return min(failures) if late else "Failed"
    return "Cancelled" if Phase.STOPPED in phases else "Success"


def _summarise(statuses: Counter[str], world: World) -> str:
    return overall_status(statuses, failure_first=world.own(AwsSettings).ssm_failed_early)


NODE = r"i-(\w{8}|\w{17})|mi-\w{17}"
DIALECT = Dialect(
    provider="aws",
    words=WORDS,
    invocation_id=("", 36),  # never used, since `create` gives every command a UUID
    task_id=("plugin-", 8),
    command_id=("document-", 8),
    instance_id=("i-", 17),
    invocation_id_form=re.compile(ids.UUID),
    instance_id_form=re.compile(NODE),
    summarise=_summarise,
)


# SendCommand


def send_command(world: World, call: Call) -> dict[str, Any]:
    given = call.arguments
    named = given.get("InstanceIds", [])
    if bool(named) == bool(given.get("Targets")):
        raise ApiError("ValidationError", "Exactly one of InstanceIds and Targets must be given.")
    _check_nodes(named)
    limit = world.settings.instances_per_run or IDS_PER_CALL
    if len(named) > limit:
        raise ApiError("ValidationError", f"InstanceIds has more than {limit} elements.")
    nodes = named or _nodes_of(given["Targets"])
    started = create(
        world,
        {
            "region": call.region,
            "name": given.get("Comment") or given["DocumentName"],
            "command_id": given["DocumentName"],
            "instances": list(nodes),
            "timeout": _execution_time(given),
        },
    )
    started.details = given
    call.now = started.created
    return {"Command": _command(started, world, call)}


def _execution_time(given: dict[str, Any]) -> int | None:
    """What the parameter of the shell documents says; without it a run has no end here."""
    parameters = given.get("Parameters")
    values = parameters.get("executionTimeout") if isinstance(parameters, dict) else None
    number = values[0] if isinstance(values, list) and values else None
    return int(number) if isinstance(number, str) and re.fullmatch(r"\d{1,6}", number) else None


def _nodes_of(targets: list[dict[str, Any]]) -> list[str]:
    """Those that are named, and one for each other value, since nobody has tags here."""
    values = [value for target in targets for value in target.get("Values", [])]
    nodes = (each if re.fullmatch(NODE, each) else f"i-{sha256(each.encode()).hexdigest()[:17]}" for each in values)
    return list(dict.fromkeys(nodes))


def _check_nodes(named: list[str]) -> None:
    if len(set(named)) < len(named):
        raise ApiError("DuplicateInstanceId", "An instance id is named twice.")
    for each in named:
        if not re.fullmatch(NODE, each):
            raise _invalid_node(each)


def _invalid_node(node: str) -> ApiError:
    return ApiError("InvalidInstanceId", f"The node {node} is not valid here.")


def _invalid_command() -> ApiError:
    return ApiError("InvalidCommandId", "There is no such command.")


# CancelCommand


def cancel_command(world: World, call: Call) -> dict[str, Any]:
    settings, named = world.own(AwsSettings), call.arguments.get("InstanceIds", [])
    _check_nodes(named)
    found = world.find("aws", call.arguments["CommandId"])
    if not isinstance(found, Invocation) or found.region != call.region:
        raise _invalid_command()
    try:
        targets = found.select(named)
    except KeyError as error:
        raise _invalid_node(error.args[0]) from None
    unreachable = [each for each in targets if not each.plan.online and each.phase_at(call.now) not in ENDED]
    if named and unreachable and settings.ssm_cancel_of_unreachable == "InvalidInstanceId":
        raise _invalid_node(unreachable[0].instance_id)
    found.overtake(call, targets)
    if settings.ssm_cancel_of_ended == "InvalidCommandId" and all(each.phase_at(call.now) in ENDED for each in targets):
        raise _invalid_command()
    for target in targets:
        target.stop(call.now, interrupt=True)
    if settings.ssm_cancel_of_unreachable == "Cancelled":
        for target in unreachable:
            target.finish(call.now, WORDS.cancelled)
    return Nothing() if settings.aws_empty_answers == "nothing" else {}


# ListCommands

_STATUSES = {
    *("Pending", "InProgress", "Success", "Cancelled", "Failed", "TimedOut"),
    *("AccessDenied", "DeliveryTimedOut", "ExecutionTimedOut"),
}
_COMMAND_FILTERS: dict[str, frozenset[str] | None] = {
    "Status": frozenset({*_STATUSES, "Incomplete", "NoInstancesInTag", "LimitExceeded"}),
    "ExecutionStage": frozenset({"Executing", "Complete"}),
    "InvokedAfter": None,
    "InvokedBefore": None,
    "DocumentName": None,
}
_INVOCATION_FILTERS: dict[str, frozenset[str] | None] = {
    **_COMMAND_FILTERS,
    "Status": frozenset({*_STATUSES, "Delayed", "Undeliverable", "InvalidPlatform", "Terminated"}),
}
del _INVOCATION_FILTERS["ExecutionStage"]


def _filters(call: Call, known: dict[str, frozenset[str] | None]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for each in call.arguments.get("Filters", []):
        key, value = each["key"], each["value"]
        if key not in known:
            raise ApiError("InvalidFilterKey", f"There is no filter {key}.")
        allowed = known[key]
        if allowed is not None and value not in allowed:
            raise ApiError("ValidationError", f"The value {value} of the filter {key} is not valid.")
        if key.startswith("Invoked"):
            _moment(value)
        wanted[key] = value
    return wanted


def _moment(value: str) -> float:
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z").timestamp()
    except ValueError:
        raise ApiError("ValidationError", f"{value!r} is not a time stamp such as 2024-07-07T00:00:00Z.") from None


def _known(world: World, call: Call, wanted: dict[str, str]) -> Iterator[Invocation]:
    """What both lists select, newest first."""
    given = call.arguments
    command_id, node = given.get("CommandId"), given.get("InstanceId")
    if command_id is not None:
        unknown = not isinstance(world.find("aws", command_id), Invocation)
        if not re.fullmatch(ids.UUID, command_id) or (unknown and world.settings.unknown_id == "error"):
            raise _invalid_command()
    if node:
        _check_nodes([node])
    for each in cast(Iterator[Invocation], world.operations("aws", invocation.KIND, call.region, call.now)):
        if (
            command_id in (None, each.id)
            and (node is None or node in each.instances)
            and wanted.get("DocumentName") in (None, each.command_id)
            and ("InvokedAfter" not in wanted or each.created > _moment(wanted["InvokedAfter"]))
            and ("InvokedBefore" not in wanted or each.created < _moment(wanted["InvokedBefore"]))
        ):
            yield each


def list_commands(world: World, call: Call) -> dict[str, Any]:
    wanted, settings = _filters(call, _COMMAND_FILTERS), world.own(AwsSettings)
    if "InstanceId" in call.arguments and wanted.get("Status") == "Pending":
        raise ApiError("InvalidFilterKey", "Status Pending and InstanceId exclude each other.")
    found = [each for each in _known(world, call, wanted) if _command_matches(each, wanted, settings, call)]
    page, token = paging.cut(world, call, found, lambda each: (-each.sequence,), code="InvalidNextToken")
    return {"Commands": [_command(each, world, call) for each in page], "NextToken": token}


def _command_matches(each: Invocation, wanted: dict[str, str], settings: AwsSettings, call: Call) -> bool:
    if not {"Status", "ExecutionStage"} & set(wanted):
        return True
    details = each.status_at(call.now)
    phase, stage = WORDS.phase(details), wanted.get("ExecutionStage")
    if stage == "Executing" and phase is Phase.STOPPING and not settings.ssm_executing_has_cancelling:
        return False
    if stage is not None and (stage == "Complete") != (phase in ENDED):
        return False
    return wanted.get("Status") in (None, details, command_status(details, settings))


def command_status(details: str, settings: AwsSettings) -> str:
    """The Status of a command, which is never Delayed."""
    return "InProgress" if details == "Delayed" else status_of(details, settings)


def _comment(each: Invocation) -> str:
    return str(each.details.get("Comment", "")) if each.details else each.name


def _command(each: Invocation, world: World, call: Call) -> dict[str, Any]:
    given, details = each.details, each.status_at(call.now)
    counts = Counter(instance.status_at(call.now) for instance in each.instances.values())
    by_phase: Counter[Phase] = Counter()
    for word, number in counts.items():
        by_phase[WORDS.phase(word)] += number
    delivery = given.get("TimeoutSeconds", DELIVERY_TIME)
    return {
        "CommandId": each.id,
        "DocumentName": each.command_id,
        "DocumentVersion": given.get("DocumentVersion", "$DEFAULT"),
        "Comment": _comment(each),
        "ExpiresAfter": round(each.created + delivery + (each.timeout or EXECUTION_TIME), 3),
        "Parameters": given.get("Parameters", {"commands": ["sleep 1000"]}),
        # What was sent to targets names no nodes.
        "InstanceIds": given.get("InstanceIds", []) if given else list(each.instances)[:IDS_PER_CALL],
        "Targets": given.get("Targets", []),
        "RequestedDateTime": round(each.created, 3),
        "Status": command_status(details, world.own(AwsSettings)),
        "StatusDetails": details,
        "OutputS3BucketName": given.get("OutputS3BucketName"),
        "OutputS3KeyPrefix": given.get("OutputS3KeyPrefix"),
        "MaxConcurrency": given.get("MaxConcurrency", "50"),
        "MaxErrors": given.get("MaxErrors", "0"),
        "TargetCount": len(each.instances) + world.settings.missing_parts,
        "CompletedCount": sum(by_phase[phase] for phase in ENDED),
        "ErrorCount": by_phase[Phase.FAILED] - counts["DeliveryTimedOut"],
        "DeliveryTimedOutCount": counts["DeliveryTimedOut"],
        "ServiceRole": given.get("ServiceRoleArn", ""),
        "TimeoutSeconds": delivery,
    }


# ListCommandInvocations, GetCommandInvocation


def list_command_invocations(world: World, call: Call) -> dict[str, Any]:
    wanted, node = _filters(call, _INVOCATION_FILTERS), call.arguments.get("InstanceId")
    settings = world.own(AwsSettings)
    rows = chain.from_iterable(
        (
            (each, number, instance)
            for number, instance in enumerate(each.instances.values())
            if node in (None, instance.instance_id)
        )
        for each in _known(world, call, wanted)
    )
    found = (
        [row for row in rows if _node_matches(row[2].status_at(call.now), wanted, settings)] if wanted else list(rows)
    )
    page, token = paging.cut(
        world, call, found, lambda row: (-row[0].sequence, row[1]), code="InvalidNextToken", parts=True
    )
    shown = [_invocation(each, instance, settings, call) for each, _number, instance in page]
    return {"CommandInvocations": shown, "NextToken": token}


def _node_matches(details: str, wanted: dict[str, str], settings: AwsSettings) -> bool:
    return wanted.get("Status") in (None, details, status_of(details, settings))


def _invocation(each: Invocation, instance: Instance, settings: AwsSettings, call: Call) -> dict[str, Any]:
    seen = instance.at(call.now)
    return {
        "CommandId": each.id,
        "InstanceId": instance.instance_id,
        "InstanceName": f"ip-{instance.instance_id[-6:]}.example.internal",
        "Comment": _comment(each),
        "DocumentName": each.command_id,
        "DocumentVersion": each.details.get("DocumentVersion", "$DEFAULT"),
        "RequestedDateTime": round(each.created, 3),
        "Status": status_of(seen.status, settings),
        "StatusDetails": seen.status,
        "StandardOutputUrl": "",
        "StandardErrorUrl": "",
        "CommandPlugins": [_plugin(seen, settings)] if call.arguments.get("Details") else [],
        "ServiceRole": "",
    }


def _plugin(seen: Snapshot, settings: AwsSettings) -> dict[str, Any]:
    # Fewer words than an invocation has.
    status = {"Delayed": "Pending", "Cancelling": "InProgress"}.get(seen.status, status_of(seen.status, settings))
    return {
        "Name": "aws:runShellScript",
        "Status": status,
        "StatusDetails": status,
        "ResponseCode": _response_code(seen),
        "ResponseStartDateTime": None if seen.started is None else round(seen.started, 3),
        "ResponseFinishDateTime": None if seen.ended is None else round(seen.ended, 3),
        "Output": "done\n" if seen.exit_code is not None else "",
        "StandardOutputUrl": "",
        "StandardErrorUrl": "",
    }


def _response_code(seen: Snapshot) -> int:
    """-1 before the end; a process that was killed has 137."""
    if seen.exit_code is not None:
        return seen.exit_code
    return 137 if seen.phase is Phase.STOPPED and seen.started is not None else -1


def get_command_invocation(world: World, call: Call) -> dict[str, Any]:
    given, settings = call.arguments, world.own(AwsSettings)
    _check_nodes([given["InstanceId"]])
    found = next(_known(world, call, {}), None)
    if found is None:
        raise ApiError("InvocationDoesNotExist", "The command has not gone to this node.")
    if given.get("PluginName", "aws:runShellScript") != "aws:runShellScript":
        raise ApiError("InvalidPluginName", "There is no such plugin.")
    seen = found.instances[given["InstanceId"]].at(call.now)
    ran = None if seen.started is None else (seen.ended or call.now) - seen.started
    return {
        "CommandId": found.id,
        "InstanceId": given["InstanceId"],
        "Comment": _comment(found),
        "DocumentName": found.command_id,
        "DocumentVersion": found.details.get("DocumentVersion", "$DEFAULT"),
        "PluginName": "aws:runShellScript",
        "ResponseCode": _response_code(seen),
        "ExecutionStartDateTime": iso_time(seen.started),
        "ExecutionElapsedTime": "" if ran is None else f"PT{ran:.3f}S",
        "ExecutionEndDateTime": iso_time(seen.ended),
        "Status": status_of(seen.status, settings),
        "StatusDetails": seen.status,
        "StandardOutputContent": "done\n" if seen.exit_code is not None else "",
        "StandardOutputUrl": "",
        "StandardErrorContent": "",
        "StandardErrorUrl": "",
    }


def create(world: World, description: dict[str, Any]) -> Invocation:
    """From the control interface, and from clients."""
    command_id = description.get("id") or ids.make_uuid(world)
    known = {"command_id": "AWS-RunShellScript", **description, "id": command_id}
    return invocation.from_description(world, DIALECT, description["region"], known)


_TARGETS = records({"Key": TEXT, "Values": texts(50)}, 5)
_SELECTION = {
    "CommandId": TEXT,
    "InstanceId": TEXT,
    "MaxResults": integer(1, 50),
    "NextToken": TEXT,
    "Filters": records({"key": REQUIRED, "value": text(r"[\s\S]{1,128}", required=True)}, 5, least=1),
}

SERVICE = Service(
    name="ssm",
    version="2014-11-06",
    regions=REGIONS,
    codes=lambda world, action: codes.SSM,
    actions={
        "SendCommand": Action(
            send_command,
            "start",
            {
                "InstanceIds": texts(),
                "Targets": _TARGETS,
                "DocumentName": REQUIRED,
                "TimeoutSeconds": integer(30, 2592000),
                "Comment": text(r"[\s\S]{0,100}"),
                **dict.fromkeys(("DocumentVersion", "DocumentHash", "DocumentHashType", "ServiceRoleArn"), TEXT),
                **dict.fromkeys(("OutputS3Region", "OutputS3BucketName", "OutputS3KeyPrefix"), TEXT),
                **dict.fromkeys(("MaxConcurrency", "MaxErrors"), TEXT),
                **dict.fromkeys(("Parameters", "NotificationConfig", "CloudWatchOutputConfig"), FREE),
                "AlarmConfiguration": FREE,
            },
        ),
        "CancelCommand": Action(
            cancel_command,
            "stop",
            {"CommandId": REQUIRED, "InstanceIds": texts(IDS_PER_CALL)},
        ),
        "ListCommands": Action(list_commands, "read", _SELECTION),
        "ListCommandInvocations": Action(list_command_invocations, "read", {**_SELECTION, "Details": BOOLEAN}),
        "GetCommandInvocation": Action(
            get_command_invocation,
            "read",
            {"CommandId": REQUIRED, "InstanceId": REQUIRED, "PluginName": TEXT},
        ),
    },
    kinds={invocation.KIND: create},
)
