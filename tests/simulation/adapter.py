# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the collection reaches a simulated provider: its own client with another wire, and an adapter."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterator, Mapping, Sequence

from ansible_collections.cloudops.halt.plugins.module_utils._core.adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import (
    Cursor,
    Noted,
    Operation,
    Page,
    Query,
    Reading,
    StopCall,
    Target,
)
from ansible_collections.cloudops.halt.plugins.module_utils._core.pages import Numbered
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import State
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.platform import Platform
from ansible_collections.cloudops.halt.plugins.module_utils._http.client import ApiClient, Service
from ansible_collections.cloudops.halt.plugins.module_utils._http.connection import Connection
from ansible_collections.cloudops.halt.plugins.module_utils._http.pacing import Pacer

from .provider import PAGE_SIZE, Provider, Trouble
from .world import Affair

NIMBUS = Platform("nimbus", "Nimbus Cloud", (), (), (), (), (), load_profiles=t.cast(t.Any, None))


class Skies(Service):
    """Its one service."""

    def endpoint(self, region: str, endpoint_type: str = "public") -> str:
        return "https://nimbus.invalid"


SERVICE = Skies("nimbus", "", {})


class Client(ApiClient):
    """Tries again, waits and counts as a real one does. One request takes C(request_timeout) seconds at most, and never
    goes past a deadline."""

    def __init__(self, at: Provider, pacer: Pacer | None, request_timeout: float) -> None:
        connection = Connection(
            NIMBUS, "here", Credentials(at.name, ""), request_timeout=request_timeout, retries=at.traits.retries
        )
        super().__init__(connection, SERVICE, at.clock, at.rng, pacer)
        self.at = at

    def _try(
        self, action: str, parameters: Mapping[str, t.Any], deadline: Deadline | None, noted: Noted
    ) -> dict[str, t.Any]:
        self.calls[action] += 1
        self.take_turn(action, deadline)
        allowed = self.connection.request_timeout
        try:
            answer = self.at.exchange(action, parameters, min(allowed, deadline.left) if deadline else allowed)
            self.has_answered, noted.at = True, answer["at"]
            noted.request_ids.append(answer["RequestId"])
            return answer
        except Trouble as trouble:
            noted.request_ids.append("r-trouble")
            raise self.error(
                action, trouble.code, "something is wrong", trouble.error_class, None, "r-trouble"
            ) from None


class Nimbus(Adapter[Client]):
    """Operations of one shape at one provider."""

    kind = "cloud_invocation"
    provider = NIMBUS.name
    title = NIMBUS.title
    service = SERVICE
    stop_actions = ("Stop",)
    goes_on = "Nimbus Cloud lets started work go on."

    def __init__(self, at: Provider, pacer: Pacer | None = None, request_timeout: float | None = None) -> None:
        super().__init__(Client(at, pacer, request_timeout or at.traits.request_timeout))
        self.at = at
        traits = at.traits
        vars(self).update(
            stop_limit=traits.stop_limit,
            parts_key=_PARTS_KEYS[traits.shape],
            parts_are_operations=traits.shape == "family",
            refuses_ended=traits.refuses_ended,
            stop_may_show_as_failed=traits.stop_may_show_as_failed,
            read_many_limit=traits.read_many_limit,
        )

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        return self._describe("Describe", [target], deadline).get(target.id)

    def read_many(self, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        assert len(targets) <= self.read_many_limit
        return self._describe("DescribeMany", targets, deadline)

    def pages(self, operation: Operation, known: Collection[str] = ()) -> Numbered:
        return Numbered(PAGE_SIZE)

    def page(self, operation: Operation, cursor: Cursor, deadline: Deadline | None = None) -> Page:
        parameters = {"ids": [operation.id], "page": cursor}
        answer = self._client.call("Parts", parameters, deadline=deadline)
        rows, total = answer["found"].get(operation.id, ({}, 0))
        return Page(self._readings(operation.id, rows, answer["ended"]), len(rows), total)

    def stop_parameters(self, call: StopCall) -> dict[str, t.Any]:
        return {"ids": [call.operation_id], "instance_ids": call.instance_ids}

    def objection(self, operation: Operation) -> str | None:
        return self.at.affairs[operation.id].objection

    def left_behind(
        self, operation: Operation, parts: Sequence[str], found: dict[str, t.Any], deadline: Deadline
    ) -> None:
        if self.parts_are_operations:
            found["invocations"] = []
            self._client.call("LeftBehind", {"ids": [operation.id]}, deadline=deadline)

    def _listed(self, query: Query) -> Iterator[Operation]:
        raise NotImplementedError

    def _describe(self, action: str, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        wanted = {target.id: target for target in targets}
        found = self._client.call(action, {"ids": list(wanted)}, deadline=deadline)["found"]
        return {key: self._operation(wanted[key], *each) for key, each in found.items()}

    def _operation(self, target: Target, affair: Affair, whole: State, parts: dict[str, State]) -> Operation:
        traits = self.at.traits
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=affair.id,
            name=affair.name,
            status=whole.upper(),
            state=whole,
            status_may_come_early=affair.early,
            parts=self._readings(affair.id, parts, {}),
            parts_are_listed=traits.shape != "tasks" and (traits.cut_at is not None or traits.shape == "family"),
        )

    def _readings(
        self, operation_id: str, parts: Mapping[str, State], ended: Mapping[str, float]
    ) -> dict[str, Reading]:
        names = self.at.affairs[operation_id].part_names
        return {
            key: Reading(state.upper(), state, name=names.get(key), ended=ended.get(key))
            for key, state in parts.items()
        }


_PARTS_KEYS = {"instances": "instances", "pairs": "results_by_target", "family": "children", "tasks": None}
