# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Commands that Systems Manager runs on nodes (Run Command).

Source: SSM API 2014-11-06, CancelCommand, ListCommands, ListCommandInvocations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from sys import intern

from ..._core.clock import Deadline
from ..._core.listing import one_by_one
from ..._core.model import (
    Cursor,
    Operation,
    Page,
    Query,
    Reading,
    StopCall,
    Target,
    reading_of,
)
from ..._core.pages import Chain
from ..._core.states import State, state_of
from ..._core.times import utc_text
from ..._http.reply import Object, number, objects, text
from .adapter import AwsAdapter
from .client import PAGE_SIZE
from .services import SSM

_COMMAND: dict[str, State] = {
    "Pending": "pending",
    "InProgress": "running",
    # What the vendor's own waiter takes for an end.
    "Cancelling": "stopping",
    "Success": "succeeded",
    "Failed": "failed",
    "TimedOut": "failed",
    "Cancelled": "stopped",
}

# Those of a command, and one more. The others are words of StatusDetails, which some pages have as a status, too.
_INVOCATION: dict[str, State] = {
    **_COMMAND,
    "Delayed": "pending",
    "DeliveryTimedOut": "failed",
    "ExecutionTimedOut": "failed",
    "Undeliverable": "failed",
    "AccessDenied": "failed",
    "InvalidPlatform": "failed",
    # Cancelled by the system, since too many others have failed.
    "Terminated": "stopped",
}

_EXECUTING = [{"key": "ExecutionStage", "value": "Executing"}]
# Whether the first ones are among those that execute is not documented. What begins between the calls is in the second.
_IN_FLIGHT = ([{"key": "Status", "value": "Pending"}], _EXECUTING)


class AwsCloudInvocation(AwsAdapter):
    """C(cloud_invocation) at AWS, in one region. Its name is the comment of the command, or else its document."""

    kind = "cloud_invocation"
    service = SSM
    stop_actions = ("CancelCommand",)
    stop_limit = 50
    goes_on = (
        "AWS only attempts to cancel a command: a node whose agent does not answer may not hear of it, and processes"
        " that have left the command's own group may go on."
    )
    parts_key = "instances"

    # One list of those that execute. What has ended or is being cancelled is read by itself.
    read_many_limit = 1000

    def read(self, target: Target, deadline: Deadline | None = None) -> Operation | None:
        # An unknown id is an error, or an empty list.
        answer = self._client.call("ListCommands", {"CommandId": target.id}, deadline=deadline)
        return next((self._operation(item) for item in _commands(answer) if item.get("CommandId") == target.id), None)

    def read_many(self, targets: Sequence[Target], deadline: Deadline | None) -> dict[str, Operation]:
        # No more pages are read than one by one.
        listed = islice(self._page_through({"Filters": _EXECUTING}, deadline), len(targets) * PAGE_SIZE)
        wanted = {target.id for target in targets}
        return {operation.id: operation for operation in listed if operation.id in wanted}

    def pages(self, operation: Operation, known: Collection[str] = ()) -> Chain:
        return Chain([None], may_be_empty=True)

    def page(self, operation: Operation, cursor: Cursor, deadline: Deadline | None = None) -> Page:
        # Without the details, which have exit codes and the output of the command along with them.
        parameters = {"CommandId": operation.id, "MaxResults": PAGE_SIZE, "NextToken": cursor}
        answer = self._client.call("ListCommandInvocations", parameters, deadline=deadline)
        rows = objects(answer, "CommandInvocations")
        return Page(_readings(rows), len(rows), next=text(answer, "NextToken") or None)

    def _listed(self, query: Query) -> Iterator[Operation]:
        document = query.details.get("command_id")
        filters = [{"key": "DocumentName", "value": document}] if document else []
        if query.instance_id:
            # A node cannot be asked for together with the status Pending.
            return self._page_through({"InstanceId": query.instance_id, "Filters": filters or None})
        if query.in_flight_only:
            return one_by_one(self._page_through({"Filters": [*filters, *stage]}) for stage in _IN_FLIGHT)
        return self._page_through({"Filters": filters or None})

    def _page_through(self, parameters: Object, deadline: Deadline | None = None) -> Iterator[Operation]:
        for page in self._client.pages("ListCommands", parameters, _commands, deadline):
            yield from map(self._operation, _commands(page))

    def stop_parameters(self, call: StopCall) -> Mapping[str, object]:
        # What an empty list means is not documented.
        named = {"InstanceIds": list(call.instance_ids)} if call.instance_ids else {}
        return {"CommandId": call.operation_id, **named}

    def _operation(self, item: Object) -> Operation:
        status = text(item, "Status")
        document = text(item, "DocumentName")
        return Operation(
            kind=self.kind,
            provider=self.provider,
            region=self.region,
            id=text(item, "CommandId"),
            name=text(item, "Comment") or document or None,
            status=status,
            state=state_of(_COMMAND, status),
            created=utc_text(item.get("RequestedDateTime")),
            parts_are_listed=True,
            # The list of nodes grows while the command advances.
            total=number(item, "TargetCount"),
            over=number(item, "CompletedCount"),
            # It follows the number of errors, and not the last node.
            status_may_come_early=True,
            details={
                "command_id": document or None,
                "source": None,
                "status_details": text(item, "StatusDetails") or None,
            },
        )


def _commands(answer: Object) -> list[Object]:
    return objects(answer, "Commands")


def _readings(items: Iterable[Object]) -> dict[str, Reading]:
    # Interned, because every look brings the same ids again.
    return {intern(node): _reading(item) for item in items if (node := text(item, "InstanceId"))}


def _reading(item: Object) -> Reading:
    status, more = text(item, "Status"), text(item, "StatusDetails")
    # The same words are written with and without blanks.
    says_more = more.replace(" ", "").lower() != status.lower()
    return reading_of(status, state_of(_INVOCATION, status), error=more if more and says_more else None)
