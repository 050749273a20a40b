# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the collection reaches a simulated provider: its own client with another wire, and an adapter."""

from __future__ import annotations

import random
import typing as t
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ansible_collections.cloudops.halt.plugins.module_utils._adapter import Adapter, shown
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection, Platform
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._http import ApiClient, Noted
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query, Reading, Target
from ansible_collections.cloudops.halt.plugins.module_utils._pacing import Pacer
from ansible_collections.cloudops.halt.plugins.module_utils._states import State
from ansible_collections.cloudops.halt.plugins.module_utils._steps import Look

from .provider import Provider, Trouble
from .world import Affair


class Client(ApiClient):
    """Tries again, waits and counts as a real one does. One request takes C(request_timeout) seconds at most, and never
    goes past a deadline."""

    provider = "nimbus"
    title = "Nimbus Cloud"

    def __init__(self, at: Provider, pacer: Pacer | None) -> None:
        connection = Connection(
            "here", Credentials(at.name, ""), request_timeout=at.traits.request_timeout, retries=at.traits.retries
        )
        super().__init__(connection, "https://nimbus.invalid", {}, at.clock, at.rng, pacer)
        self.at = at

    def _try(
        self, action: str, parameters: Mapping[str, t.Any], deadline: Deadline | None, noted: Noted
    ) -> dict[str, t.Any]:
        self.calls[action] += 1
        self.take_turn(action, deadline)
        allowed = self.connection.request_timeout
        try:
            return self.at.exchange(action, parameters, min(allowed, deadline.left) if deadline else allowed)
        except Trouble as trouble:
            raise self.error(
                action, trouble.code, "something is wrong", trouble.error_class, None, "r-trouble"
            ) from None


class Nimbus(Adapter[Client]):
    """Operations of one shape at one provider."""

    kind = "cloud_invocation"
    platform = Platform("nimbus", "Nimbus Cloud", (), (), (), (), (), vault=t.cast(t.Any, None))
    id_option = "invocation_id"
    stop_action = "Stop"
    permission = "nimbus:Stop"
    goes_on = "Nimbus Cloud lets started work go on."

    def __init__(self, at: Provider, pacer: Pacer | None = None) -> None:
        super().__init__(Client(at, pacer))
        self.at = at
        traits = at.traits
        vars(self).update(
            stop_limit=traits.stop_limit,
            parts_key=_PARTS_KEYS[traits.shape],
            parts_are_operations=traits.shape == "family",
            refuses_ended=traits.refuses_ended,
            stop_may_show_as_failed=traits.stop_may_show_as_failed,
            glance_limit=traits.glance_limit,
        )

    @classmethod
    def connect(cls, connection: Connection, clock: Clock, rng: random.Random, pacer: Pacer | None = None) -> Nimbus:
        raise NotImplementedError

    def read(self, target: Target, deadline: Deadline | None = None, known: Collection[str] = ()) -> Operation | None:
        operation = self._describe("Describe", [target.id], deadline).get(target.id)
        if operation is None or not self._has_more(operation, target, known):
            return operation
        found = self._client.call("Parts", {"ids": [target.id]}, deadline=deadline)["found"].get(target.id)
        # It may vanish between the two.
        return (
            None if found is None else replace(operation, parts={**operation.parts, **self._readings(target.id, found)})
        )

    def glance(self, looks: Sequence[Look], deadline: Deadline | None) -> dict[str, Operation]:
        assert len(looks) <= self.glance_limit
        found = self._describe("DescribeMany", list(dict.fromkeys(look.target.id for look in looks)), deadline)
        if self.at.traits.shape in ("instances", "pairs"):
            return shown(looks, found)
        with_children = {look.target.id for look in looks if look.target.include_children}
        return {key: operation for key, operation in found.items() if key not in with_children}

    def stop(self, operation_id: str, instance_ids: Sequence[str], noted: Noted) -> None:
        parameters = {"ids": [operation_id], "instance_ids": instance_ids}
        self._client.call("Stop", parameters, repeatable=False, noted=noted)

    def objection(self, operation: Operation) -> str | None:
        return self.at.affairs[operation.id].objection

    def left_behind(self, operation: Operation, parts: Sequence[str], deadline: Deadline) -> dict[str, t.Any]:
        if not self.parts_are_operations:
            return {}
        self._client.call("LeftBehind", {"ids": [operation.id]}, deadline=deadline)
        return {"invocations": []}

    def _listed(self, query: Query) -> Iterator[Operation]:
        raise NotImplementedError

    def _has_more(self, operation: Operation, target: Target, known: Collection[str]) -> bool:
        shape = self.at.traits.shape
        if shape == "family":
            return target.include_children
        return shape != "tasks" and self.at.traits.cut_at is not None and not operation.shows(known)

    def _describe(self, action: str, ids: Sequence[str], deadline: Deadline | None) -> dict[str, Operation]:
        found = self._client.call(action, {"ids": ids}, deadline=deadline)["found"]
        return {key: self._operation(*each) for key, each in found.items()}

    def _operation(self, affair: Affair, whole: State, parts: dict[str, State]) -> Operation:
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=affair.id,
            name=affair.name,
            status=whole.upper(),
            state=whole,
            status_may_come_early=affair.early,
            parts=self._readings(affair.id, parts),
        )

    def _readings(self, operation_id: str, parts: Mapping[str, State]) -> dict[str, Reading]:
        names = self.at.affairs[operation_id].part_names
        return {key: Reading(state.upper(), state, name=names.get(key)) for key, state in parts.items()}


_PARTS_KEYS = {"instances": "instances", "pairs": "results_by_target", "family": "children", "tasks": None}
