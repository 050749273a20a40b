# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command invocation: one run, or one schedule of runs, on many instances.

What differs between them is a `Dialect`: the words, the forms of the ids, and how the overall status follows from the
instances.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .description import FLAG, LIST, NUMBER, SECONDS, STRING, check
from .instance import Instance, Phase, Plan, Words
from .settings import BadRequest, Settings
from .wire import Call
from .world import World

KIND = "cloud_invocation"


def _no_schedules(frequency: str) -> float:
    raise ValueError("At this provider an invocation has no frequency.")


@dataclass(frozen=True)
class Dialect:
    provider: str
    words: Words
    # Prefix and number of letters and digits after it, of the ids that the provider gives.
    invocation_id: tuple[str, int]
    task_id: tuple[str, int]
    command_id: tuple[str, int]
    instance_id: tuple[str, int]
    # What an id must look like to be accepted at all.
    invocation_id_form: re.Pattern[str]
    instance_id_form: re.Pattern[str]
    summarise: Callable[[Counter[str], World], str]
    # Seconds between two runs, from the words of a schedule; raises ValueError.
    interval: Callable[[str], float] = _no_schedules


@dataclass
class Invocation:
    dialect: Dialect
    world: World
    id: str
    sequence: int
    region: str
    created: float
    instances: dict[str, Instance]
    name: str = ""
    command_id: str = ""
    frequency: str = ""
    repeat_mode: str = "Once"
    timeout: float | None = None
    source: str = "USER"
    # Raw text that is shown as the overall status, whatever the instances say.
    overall_status: str | None = None
    # Further fields that RunCommand was given and that reads give back.
    details: dict[str, Any] = field(default_factory=dict)
    kind: str = KIND

    @property
    def provider(self) -> str:
        return self.dialect.provider

    def status_at(self, moment: float) -> str:
        if self.overall_status is not None:
            return self.overall_status
        statuses = Counter(instance.status_at(moment) for instance in self.instances.values())
        return self.dialect.summarise(statuses, self.world)

    def will_run_again(self, moment: float) -> bool:
        """Whether its schedule is still on: not over, and not stopped, on one instance at least."""
        return self.repeat_mode not in ("Once", "DryRun") and any(
            (snapshot := instance.at(moment)).stop_accepted_at is None and snapshot.ended is None
            for instance in self.instances.values()
        )

    def select(self, instance_ids: Iterable[str]) -> list[Instance]:
        """These instances, or all if none is named. Raises KeyError for one that is not part of it."""
        return [self.instances[each] for each in dict.fromkeys(instance_ids)] or list(self.instances.values())

    def overtake(self, call: Call, targets: list[Instance]) -> None:
        """The fault `finish_first`: the targets of a stop end by themselves just before it is handled."""
        if call.finish_first:
            for target in targets:
                target.finish(call.now, call.finish_first.status)

    def finish(self, now: float, instance_ids: list[str] | None = None, status: str | None = None) -> None:
        try:
            targets = self.select(instance_ids or [])
        except KeyError as error:
            raise BadRequest(f"The instance {error.args[0]} is not part of {self.id}.") from None
        if status is not None and self.dialect.words.phase(status) in (
            Phase.WAITING,
            Phase.SCHEDULED,
            Phase.RUNNING,
            Phase.STOPPING,
        ):
            raise BadRequest(f"{status!r} is no status to end with.")
        for target in targets:
            target.finish(now, status)

    def describe(self, now: float) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "provider": self.provider,
            "region": self.region,
            "id": self.id,
            "name": self.name,
            "command_id": self.command_id,
            "status": self.status_at(now),
            "created": self.created,
            "frequency": self.frequency or None,
            "source": self.source,
            "instances": [_describe(instance, now) for instance in self.instances.values()],
        }


def _describe(instance: Instance, now: float) -> dict[str, Any]:
    seen = instance.at(now)
    return {
        "instance_id": instance.instance_id,
        "status": seen.status,
        "phase": seen.phase.value,
        "since": seen.since,
        "started": seen.started,
        "ended": seen.ended,
        "stop_accepted_at": seen.stop_accepted_at,
        "exit_code": seen.exit_code,
        "runs": seen.runs,
        "online": instance.plan.online,
    }


def start(world: World, dialect: Dialect, *, instance_ids: Iterable[str], plan: Plan, **fields: Any) -> Invocation:
    """What RunCommand does."""
    now = world.clock.now()
    invocation_id = world.make_id(*dialect.invocation_id)
    instances = {
        each: Instance(each, world.make_id(*dialect.task_id), dialect.words, plan, created=now, now=now)
        for each in dict.fromkeys(instance_ids)
    }
    fields.setdefault("command_id", world.make_id(*dialect.command_id))
    invocation = Invocation(
        dialect, world, invocation_id, world.next_number(), created=now, instances=instances, **fields
    )
    world.add(invocation)
    return invocation


# From the control interface

_TIMES = dict.fromkeys(("pending_seconds", "run_seconds", "stopping_seconds"), SECONDS)
_INSTANCE_FIELDS = {"instance_id": STRING, "status": STRING, "exit_code": NUMBER, "online": FLAG, **_TIMES}
_FIELDS = {
    **dict.fromkeys(("provider", "region", "kind", "id", "name", "command_id", "status", "overall_status"), STRING),
    **dict.fromkeys(("frequency", "source"), STRING),
    **dict.fromkeys(("count", "exit_code"), NUMBER),
    **{"instances": LIST, "online": FLAG, "age": SECONDS, "timeout": SECONDS},
    **_TIMES,
}


def from_description(world: World, dialect: Dialect, region: str, description: dict[str, Any]) -> Invocation:
    check(description, _FIELDS, "An operation")
    described_instances = _described_instances(world, dialect, description)
    statuses = {description.get("status"), *(each.get("status") for each in described_instances)}
    # What is scheduled has a schedule, even if nobody said which.
    scheduled = dialect.words.scheduled
    frequency = description.get("frequency") or ("rate(1h)" if scheduled and scheduled in statuses else "")
    try:
        interval = dialect.interval(frequency) if frequency else None
    except ValueError as error:
        raise BadRequest(str(error)) from None
    invocation_id = description.get("id") or world.make_id(*dialect.invocation_id)
    if not dialect.invocation_id_form.fullmatch(invocation_id):
        raise BadRequest(
            f"{invocation_id!r} does not look like an invocation id of {dialect.provider}; for anything else, name its"
            " kind."
        )
    now = world.clock.now()
    created = now - (description.get("age") or 0.0)
    instances: dict[str, Instance] = {}
    for each in described_instances:
        instance_id = each["instance_id"]
        if instance_id in instances:
            raise BadRequest(f"The instance {instance_id} is named twice.")
        plan = _plan(world.settings, {**description, **each}, interval)
        task_id, status = world.make_id(*dialect.task_id), each.get("status", description.get("status"))
        instances[instance_id] = Instance(
            instance_id, task_id, dialect.words, plan, created=created, now=now, status=status
        )
    invocation = Invocation(
        dialect,
        world,
        invocation_id,
        world.next_number(),
        region,
        created,
        instances,
        name=description.get("name") or f"command of {invocation_id}",
        command_id=description.get("command_id") or world.make_id(*dialect.command_id),
        frequency=frequency,
        repeat_mode="Period" if frequency else "Once",
        timeout=description.get("timeout"),
        source=description.get("source") or "USER",
        overall_status=description.get("overall_status"),
    )
    world.add(invocation)
    return invocation


def _described_instances(world: World, dialect: Dialect, description: dict[str, Any]) -> list[dict[str, Any]]:
    if ("count" in description) == ("instances" in description):
        raise BadRequest("An operation has either a count of instances or a list of instances.")
    if "count" in description:
        if not 1 <= description["count"] <= 100_000:
            raise BadRequest("The count of instances lies between 1 and 100000.")
        return [{"instance_id": world.make_id(*dialect.instance_id)} for _number in range(description["count"])]
    instances = [{"instance_id": each} if isinstance(each, str) else each for each in description["instances"]]
    if not instances:
        raise BadRequest("An operation has at least one instance.")
    for each in instances:
        if not isinstance(each, dict):
            raise BadRequest("An instance is an id, or an object with an instance_id.")
        check(each, _INSTANCE_FIELDS, "An instance")
        if not dialect.instance_id_form.fullmatch(each.get("instance_id", "")):
            raise BadRequest(f"{each.get('instance_id')!r} does not look like an instance id of {dialect.provider}.")
    return instances


def _plan(settings: Settings, described: dict[str, Any], interval: float | None) -> Plan:
    # A described status lasts until the description says otherwise: "Pending" without pending_seconds stays pending.
    # Only what is being stopped goes on by itself, at the pace of the settings.
    pending = None if described.get("status") else settings.pending_seconds
    stopping = described.get("stopping_seconds")
    return Plan(
        pending_seconds=described.get("pending_seconds", pending),
        run_seconds=described.get("run_seconds", settings.run_seconds),
        stopping_seconds=settings.stopping_seconds if stopping is None else stopping,
        timeout=described.get("timeout"),
        exit_code=described.get("exit_code") or 0,
        online=described.get("online") is not False,
        interval=interval,
    )
