# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated CloudFormation: stack sets, what their operations are asked for, stops, results, paging, error codes.
How operations go is in test_emulated_pairs.py."""

from __future__ import annotations

import pytest

from ...support.clients import in_pages
from ...support.control import refusing

KIND = "stack_group_operation"
ACCOUNTS = ("111111111111", "222222222222", "333333333333")
NO_SET, NO_OPERATION = ("StackSetNotFoundException", 404), ("OperationNotFoundException", 404)
RESULTS = "ListStackSetOperationResults", "Summaries"


def members(name, *values):
    return {f"{name}.member.{number}": value for number, value in enumerate(values, 1)}


PLACES = {**members("Accounts", *ACCOUNTS), **members("Regions", "eu-west-1")}
FAILED = {"Filters.member.1.Name": "OPERATION_RESULT_STATUS", "Filters.member.1.Values": "FAILED"}


@pytest.fixture
def make(client):
    right = {"StackSetName": "s", "TemplateBody": "{}"}
    return lambda **more: client.ok("CreateStackSet", **{**right, **more})["StackSetId"]


@pytest.fixture
def start(client):
    def start(places=PLACES, **more):
        return client.ok("CreateStackInstances", **{"StackSetName": "s", **places, **more})["OperationId"]

    return start


@pytest.fixture
def read(client):
    def read(operation_id, stack_set="s", **more):
        sent = {"StackSetName": stack_set, "OperationId": operation_id, **more}
        return client.ok("DescribeStackSetOperation", **sent)["StackSetOperation"]

    return read


# Sets


def test_listing_sets(client, create, make):
    for number in range(5):
        make(StackSetName=f"s{number}")
    create(group="gone", group_status="DELETED", status="SUCCEEDED")
    create(group="elsewhere", region="eu-west-1")
    create(group="delegated", call_as="DELEGATED_ADMIN")
    for sent, pages in (
        ({"MaxResults": "4"}, [["gone", "s4", "s3", "s2"], ["s1", "s0"]]),
        ({"Status": "ACTIVE"}, [["s4", "s3", "s2", "s1", "s0"]]),
        ({"Status": "DELETED"}, [["gone"]]),
        ({"CallAs": "DELEGATED_ADMIN"}, [["delegated"]]),
    ):
        assert client.pages("ListStackSets", "Summaries.StackSetName", **sent) == pages, sent


# CreateStackInstances, UpdateStackSet


def test_service_managed_sets(client, make, start, read):
    seen_as = {"CallAs": "DELEGATED_ADMIN"}
    make(PermissionModel="SERVICE_MANAGED", **{"AutoDeployment.Enabled": "true"}, **seen_as)
    units = members("DeploymentTargets.OrganizationalUnitIds", "ou-1")
    made = start({**members("Regions", "eu-west-1"), **units, **seen_as})
    shown = read(made, **seen_as)
    assert shown["DeploymentTargets"] == {"OrganizationalUnitIds": ["ou-1"]} and "ExecutionRoleName" not in shown
    # Others do not see it.
    named = {"StackSetName": "s", "OperationId": made}
    for call in ("DescribeStackSetOperation", "StopStackSetOperation", RESULTS[0]):
        assert client.refusal(call, named) == NO_SET
    assert client.ok("StopStackSetOperation", **named, **seen_as) == {}


def test_managed_execution_allows_several(make, start):
    make(**{"ManagedExecution.Active": "true"})
    assert start() != start()


def test_ids_may_be_chosen_and_are_those_of_their_set(client, control, make, start):
    make()
    assert start(OperationId="night") == "night"
    taken = {"StackSetName": "s", "OperationId": "night", **PLACES}
    assert client.refusal("CreateStackInstances", taken) == ("OperationIdAlreadyExistsException", 409)
    make(StackSetName="t")
    assert start(StackSetName="t", OperationId="night") == "night"
    client.ok("StopStackSetOperation", StackSetName="t", OperationId="night")
    assert (control.status("night"), control.status("t:night")) == ("RUNNING", "STOPPING")
    assert control.shown("t:night")["operation_id"] == "night"


# Stops


def test_what_has_ended_may_be_refused(client, control, create, stop):
    named = {"StackSetName": "s", "OperationId": create(group="s", status="SUCCEEDED")}
    stop(named["OperationId"])
    for settings, code in (
        ({"cfn_stop_of_ended": "InvalidOperationException"}, "InvalidOperationException"),
        ({"cfn_codes": "page"}, "InvalidOperation"),
    ):
        control.settings(**settings)
        assert client.refusal("StopStackSetOperation", named) == (code, 400)
    assert control.status(named["OperationId"]) == "SUCCEEDED"


# Results


def test_results(client, control, create, read):
    words = ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]
    pairs = [{"account": f"{number:012}", "region": "a", "status": word} for number, word in enumerate(words)]
    made = create(group="s", status="RUNNING", pairs=[*pairs, {"account": "9", "region": "b"}], failure_tolerance=1)
    named = {"StackSetName": "s", "OperationId": made}
    assert client.found(*RESULTS, **named, **FAILED)[0]["Account"] == "000000000003"
    assert client.found(RESULTS[0], "Summaries.Status", **named) == [*words, "PENDING"]
    control.settings(cfn_unreached="absent", missing_parts=4)
    assert client.found(RESULTS[0], "Summaries.Status", **named) == words
    details = read(made)["StatusDetails"]
    assert (details["TotalStackInstancesCount"], details["FailedStackInstancesCount"]) == ("10", "1")


def test_paging(client, control, create):
    made = [create(group="s", status="SUCCEEDED") for _ in range(5)][::-1]
    sent = {"StackSetName": "s", "MaxResults": "3"}
    assert client.pages("ListStackSetOperations", "Summaries.OperationId", **sent) == in_pages(made, 3)
    sent["OperationId"] = create(group="s", accounts=[f"{number:012}" for number in range(7)])
    control.settings(empty_page=2)
    assert [*map(len, client.pages(*RESULTS, **sent))] == [3, 0, 1]


INVALID = "ValidationError"
NAMED = {"StackSetName": "s", "OperationId": "mine"}
OTHER = {NO_OPERATION: [{"OperationId": "other"}]}
test_refusals = refusing(
    {"id": "mine", "group": "s", "status": "SUCCEEDED"},
    {
        "CreateStackSet": {"TemplateBody": "{}"},
        "CreateStackInstances": {"StackSetName": "s", **PLACES},
        **dict.fromkeys(("StopStackSetOperation", "DescribeStackSetOperation", RESULTS[0]), NAMED),
    },
    CreateStackSet={
        ("NameAlreadyExistsException", 409): [{"StackSetName": "s"}],
        INVALID: [{"StackSetName": "1s"}, {"StackSetName": "t", "TemplateBody": None}],
    },
    CreateStackInstances={
        NO_SET: [{"StackSetName": "t"}],
        INVALID: [
            members("Accounts", "1"),
            dict.fromkeys(members("Accounts", *ACCOUNTS)),
            {"Regions.member.1": None},
            {"Regions.member.1": ""},
            {"Regions.member.1": None, "Regions": ""},  # an empty list
            {"OperationPreferences.MaxConcurrentCount": "1", "OperationPreferences.MaxConcurrentPercentage": "10"},
        ],
        "MalformedQueryString": [{**dict.fromkeys(members("Accounts", *ACCOUNTS)), "Accounts.1": "123456789012"}],
    },
    UpdateStackSet={NO_SET: [{"StackSetName": "t"}]},
    ListStackSetOperations={NO_SET: [{"StackSetName": "t"}], INVALID: [{}]},
    StopStackSetOperation={
        **OTHER,
        NO_SET: [{"StackSetName": "t"}],
        INVALID: [{"StackSetName": None}, {"OperationId": None}, {"OperationId": "-mine"}],
    },
    DescribeStackSetOperation=OTHER,
    ListStackSetOperationResults={**OTHER, INVALID: [{**FAILED, "Filters.member.1.Values": "STOPPED"}]},
)
