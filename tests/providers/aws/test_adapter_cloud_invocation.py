# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only commands of Systems Manager have: a comment for a name, counts on the whole, and nodes page by page."""

from __future__ import annotations

import random

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Query, StopOptions, Target
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import STATES
from ansible_collections.cloudops.halt.plugins.module_utils._engine.bulk import halt
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.cloud_invocation import AwsCloudInvocation

from ...support.answers import refusal, scripted
from .adapters import COMMAND, command, commands, node, nodes

ALL = frozenset(STATES)


def ssm(*answers):
    """The adapter and its script."""
    return scripted(AwsCloudInvocation, *answers)


@pytest.mark.parametrize(
    ("comment", "document", "name"),
    [
        ("nightly", "AWS-RunShellScript", "nightly"),
        ("", "AWS-RunShellScript", "AWS-RunShellScript"),
        (None, "AWS-RunShellScript", "AWS-RunShellScript"),
        ("", "", None),
    ],
)
def test_the_name_is_the_comment_or_else_the_document(comment, document, name):
    operation = ssm(commands(command(Comment=comment, DocumentName=document)))[0].read(Target(COMMAND))
    assert (operation.name, operation.details["command_id"]) == (name, document or None)


def test_the_whole_tells_how_many_nodes_there_are_and_is_no_list_of_them():
    item = command(TargetCount=4000, InstanceIds=["i-1", "i-2"])
    operation = ssm(commands(item))[0].read(Target(COMMAND))
    assert (operation.total, operation.parts, operation.tells(("i-1",))) == (4000, {}, False)


@pytest.mark.parametrize(
    ("status", "more", "error"),
    [
        ("InProgress", "InProgress", None),
        ("InProgress", "In Progress", None),
        ("TimedOut", "Delivery Timed Out", "Delivery Timed Out"),
        ("Failed", "Undeliverable", "Undeliverable"),
        ("Failed", "", None),
        ("Failed", None, None),
    ],
)
def test_the_details_of_a_status_are_told_where_they_say_more(status, more, error):
    adapter, _ = ssm(commands(command()), nodes(node("i-1", status, StatusDetails=more)))
    assert adapter.read_all(Target(COMMAND)).parts["i-1"].error == error


PENDING = {"key": "Status", "value": "Pending"}
EXECUTING = {"key": "ExecutionStage", "value": "Executing"}
DOCUMENT = {"key": "DocumentName", "value": "AWS-RunShellScript"}
OF_DOCUMENT = {"command_id": "AWS-RunShellScript"}


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (Query(), [{"Filters": [PENDING]}, {"Filters": [EXECUTING]}]),
        (Query(details=OF_DOCUMENT), [{"Filters": [DOCUMENT, PENDING]}, {"Filters": [DOCUMENT, EXECUTING]}]),
        (Query(instance_id="i-1"), [{"InstanceId": "i-1"}]),
        (Query(instance_id="i-1", details=OF_DOCUMENT), [{"InstanceId": "i-1", "Filters": [DOCUMENT]}]),
        (Query(states=ALL), [{}]),
        (Query(states=ALL, details=OF_DOCUMENT), [{"Filters": [DOCUMENT]}]),
    ],
)
def test_commands_are_asked_for_as_the_list_allows(query, asked):
    adapter, script = ssm(commands(command()))
    assert [operation.id for operation in adapter.find(query)] == [COMMAND]
    assert script.asked == [("ListCommands", {**each, "MaxResults": 50}) for each in asked]


def test_a_node_that_the_list_refuses_is_no_reason_to_say_that_nothing_runs_there():
    with pytest.raises(ApiError):
        list(ssm(refusal("not_found", "InvalidInstanceId"))[0].find(Query(instance_id="i-1")))


@pytest.mark.parametrize(
    ("completed", "then", "told"),
    [
        (0, ["Cancelled"] * 3, None),
        # They may be those that have ended by themselves.
        (1, ["Cancelled", "Cancelled", "Success"], None),
        (2, ["Success", "Failed", "Success"], None),
        (2, ["Cancelled", "Cancelled", "Success"], 1),
        (2, ["Cancelled"] * 3, 2),
        # More than anybody has read.
        (9, ["Cancelled"] * 3, 3),
        ("many", ["Cancelled"] * 3, None),
    ],
)
def test_nodes_that_were_cancelled_before_are_told_as_far_as_the_counts_go(completed, then, told):
    """AWS dates the end of no node, and the stop of the whole is sent before they are read."""

    def answer(action, asked):
        if action == "ListCommands":
            return commands(command(Status="Cancelled" if stopped else "InProgress", CompletedCount=completed))
        if action == "ListCommandInvocations":
            return nodes(*(node(f"i-{number}", status) for number, status in enumerate(then)))
        stopped.append(asked)
        return {"RequestId": "r-1"}

    stopped: list[dict[str, object]] = []
    options = StopOptions(wait_timeout=1, wait_interval=0.1)
    report = halt(scripted(AwsCloudInvocation, answer)[0], Target(COMMAND), options, SystemClock(), random.Random(0))
    assert len(stopped) == 1 and not report.failed
    said = [f"Of the parts of {COMMAND} that count as stopped, at least {told} had already been stopped before"]
    assert [warning.partition(":")[0] for warning in report.warnings] == (said if told else [])
