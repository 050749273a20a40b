# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image tasks of Acme."""

from __future__ import annotations

from collections.abc import Iterator

from ..._core.adapter import Adapter
from ..._core.clock import Deadline
from ..._core.model import Operation, Query, StopCall, Target
from ..._core.states import State, state_of
from ..._http.reply import Object, objects, text
from .client import IMAGES, AcmeClient
from .platform import ACME

_STATES: dict[str, State] = {"waits": "pending", "works": "running", "done": "succeeded", "halted": "stopped"}


class AcmeImageTask(Adapter[AcmeClient]):
    """C(image_task) at Acme, in one region."""

    kind = "image_task"
    provider = ACME.name
    title = ACME.title
    service = IMAGES
    stop_actions = ("Halt",)
    goes_on = "Acme promises nothing."

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        return self._operation(self._client.call("Show", {"Id": target.id}, deadline=deadline))

    def _listed(self, query: Query) -> Iterator[Operation]:
        return map(self._operation, objects(self._client.call("List", {}), "tasks"))

    def stop_parameters(self, call: StopCall) -> Object:
        return {"Id": call.operation_id}

    def _operation(self, item: Object) -> Operation:
        status = text(item, "Status")
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=text(item, "Id"),
            name=text(item, "Name"),
            status=status,
            state=state_of(_STATES, status),
        )
