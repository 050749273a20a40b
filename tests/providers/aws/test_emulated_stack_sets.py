# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated StackSets: sets, their operations in time and per account and region, stops, paging, error codes."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from emulator.aws.stack_sets import WORDS

from ...support.control import refusals

KIND = "stack_group_operation"
ACCOUNTS = ("111111111111", "222222222222", "333333333333")
NO_SET, NO_OPERATION = ("StackSetNotFoundException", 404), ("OperationNotFoundException", 404)


@pytest.fixture
def create(control):
    return lambda **description: control.create("aws", kind=KIND, **description)["id"]


@pytest.fixture
def stack_set(cloudformation):
    return cloudformation.ok("CreateStackSet", StackSetName="s", TemplateBody="{}")["StackSetId"]


def members(name, *values):
    return {f"{name}.member.{number}": value for number, value in enumerate(values, 1)}


def start(cloudformation, accounts=ACCOUNTS, regions=("eu-west-1",), **more):
    where = {**members("Accounts", *accounts), **members("Regions", *regions)}
    return cloudformation.ok("CreateStackInstances", **{"StackSetName": "s", **where, **more})["OperationId"]


def read(cloudformation, operation_id, stack_set="s", **more):
    sent = {"StackSetName": stack_set, "OperationId": operation_id, **more}
    return cloudformation.ok("DescribeStackSetOperation", **sent)["StackSetOperation"]


def stop(cloudformation, operation_id, stack_set="s", **more):
    sent = {"StackSetName": stack_set, "OperationId": operation_id, **more}
    assert cloudformation.ok("StopStackSetOperation", **sent) == {}


def results(cloudformation, operation_id, stack_set="s", **more):
    sent = {"StackSetName": stack_set, "OperationId": operation_id, "MaxResults": "100", **more}
    answer = cloudformation.ok("ListStackSetOperationResults", **sent)
    return [(each["Account"], each["Region"], each["Status"]) for each in answer["Summaries"] or []]


@pytest.fixture
def course(cloudformation, control):
    """The status of an operation and the number of its pairs in each status, now and after each step."""

    def follow(operation_id, *advances):
        shown, seen = control.shown(operation_id), []
        for seconds in (0, *advances):
            control.advance(seconds)
            found = results(cloudformation, operation_id, shown["group"])
            counts = Counter(status for _account, _region, status in found)
            seen.append((read(cloudformation, operation_id, shown["group"])["Status"], dict(counts)))
        return seen

    return follow


# Sets


def test_create_and_list_a_set(cloudformation):
    sent = {"StackSetName": "landing-zone", "TemplateBody": "{}", "Description": "all"}
    set_id = cloudformation.ok("CreateStackSet", **sent, **members("Capabilities", "CAPABILITY_IAM"))["StackSetId"]
    assert re.fullmatch(r"landing-zone:[0-9a-f-]{36}", set_id)
    (shown,) = cloudformation.ok("ListStackSets")["Summaries"]
    expected = {"StackSetId": set_id, "Status": "ACTIVE", "PermissionModel": "SELF_MANAGED", "Description": "all"}
    assert expected.items() <= shown.items()
    assert cloudformation.refusal("CreateStackSet", sent) == ("NameAlreadyExistsException", 409)
    assert cloudformation.ok("ListStackSetOperations", StackSetName=set_id) == {"Summaries": ""}


def test_listing_sets(cloudformation, create):
    for number in range(5):
        cloudformation.ok("CreateStackSet", StackSetName=f"s{number}", TemplateBody="{}")
    create(group="gone", group_status="DELETED", status="SUCCEEDED")
    create(group="elsewhere", region="eu-west-1")
    create(group="delegated", call_as="DELEGATED_ADMIN")

    def found(**sent):
        names, token = [], ""
        while token is not None:
            answer = cloudformation.ok("ListStackSets", NextToken=token, **sent)
            names.append([each["StackSetName"] for each in answer["Summaries"]])
            token = answer.get("NextToken")
        return names

    assert found(MaxResults="4") == [["gone", "s4", "s3", "s2"], ["s1", "s0"]]
    assert found(Status="ACTIVE") == [["s4", "s3", "s2", "s1", "s0"]]
    assert found(Status="DELETED") == [["gone"]]
    assert found(CallAs="DELEGATED_ADMIN") == [["delegated"]]


# CreateStackInstances, UpdateStackSet


def test_regions_are_put_in_order(cloudformation, stack_set):
    preferences = {
        "OperationPreferences.MaxConcurrentCount": "2",
        **members("OperationPreferences.RegionOrder", "us-east-1", "eu-west-1"),
    }
    made = start(cloudformation, regions=("eu-west-1", "us-east-1"), **preferences)
    assert results(cloudformation, made)[:3] == [
        ("111111111111", "us-east-1", "RUNNING"),
        ("222222222222", "us-east-1", "RUNNING"),
        ("333333333333", "us-east-1", "PENDING"),
    ]
    shown = read(cloudformation, made)
    assert {"Action": "CREATE", "StackSetId": stack_set, "OperationId": made}.items() <= shown.items()
    assert shown["OperationPreferences"]["RegionOrder"] == ["us-east-1", "eu-west-1"]
    assert shown["StatusDetails"]["TotalStackInstancesCount"] == "6"
    assert shown["AdministrationRoleARN"] and "EndTimestamp" not in shown
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", shown["CreationTimestamp"])


def test_an_update_is_of_what_there_is(cloudformation, control, stack_set):
    control.finish(start(cloudformation))
    made = cloudformation.ok("UpdateStackSet", StackSetName=stack_set, UsePreviousTemplate="true")["OperationId"]
    assert read(cloudformation, made)["Action"] == "UPDATE"
    assert [account for account, _region, _status in results(cloudformation, made)] == list(ACCOUNTS)


def test_service_managed_sets(cloudformation):
    seen_as = {"CallAs": "DELEGATED_ADMIN"}
    managed = {"PermissionModel": "SERVICE_MANAGED", "AutoDeployment.Enabled": "true", **seen_as}
    cloudformation.ok("CreateStackSet", StackSetName="s", TemplateBody="{}", **managed)
    units = members("DeploymentTargets.OrganizationalUnitIds", "ou-1")
    made = start(cloudformation, accounts=(), **units, **seen_as)
    shown = read(cloudformation, made, **seen_as)
    assert shown["DeploymentTargets"] == {"OrganizationalUnitIds": ["ou-1"]} and "ExecutionRoleName" not in shown
    # Others do not see it.
    for call in ("DescribeStackSetOperation", "StopStackSetOperation", "ListStackSetOperationResults"):
        assert cloudformation.refusal(call, {"StackSetName": "s", "OperationId": made}) == NO_SET
    stop(cloudformation, made, **seen_as)


def test_one_operation_at_a_time(cloudformation, control, stack_set):
    first = start(cloudformation)
    busy = {"StackSetName": "s", **members("Accounts", *ACCOUNTS), **members("Regions", "eu-west-1")}
    assert cloudformation.refusal("CreateStackInstances", busy) == ("OperationInProgressException", 409)
    assert cloudformation.refusal("UpdateStackSet", {"StackSetName": "s"}) == ("OperationInProgressException", 409)
    control.finish(first)
    second = start(cloudformation)
    listed = cloudformation.ok("ListStackSetOperations", StackSetName="s")["Summaries"]
    assert [(each["OperationId"], each["Status"]) for each in listed] == [(second, "RUNNING"), (first, "SUCCEEDED")]


def test_managed_execution_allows_several(cloudformation):
    cloudformation.ok("CreateStackSet", StackSetName="s", TemplateBody="{}", **{"ManagedExecution.Active": "true"})
    assert start(cloudformation) != start(cloudformation)


def test_ids_may_be_chosen_and_are_those_of_their_set(cloudformation, control, stack_set):
    assert start(cloudformation, OperationId="night") == "night"
    taken = {"StackSetName": "s", "OperationId": "night", **members("Accounts", *ACCOUNTS), **members("Regions", "x")}
    assert cloudformation.refusal("CreateStackInstances", taken) == ("OperationIdAlreadyExistsException", 409)
    cloudformation.ok("CreateStackSet", StackSetName="t", TemplateBody="{}")
    assert start(cloudformation, StackSetName="t", OperationId="night") == "night"
    stop(cloudformation, "night", "t")
    assert (control.status("night"), control.status("t:night")) == ("RUNNING", "STOPPING")
    assert control.shown("t:night")["operation_id"] == "night"


# In time


def test_regions_come_one_after_the_other(create, course):
    six = {"accounts": list(ACCOUNTS), "regions": ["a", "b"], "max_concurrent": 2}
    made = create(**six, pending_seconds=5, run_seconds=10)
    assert course(made, 5, 10, 10, 10, 10) == [
        ("QUEUED", {"PENDING": 6}),
        ("RUNNING", {"RUNNING": 2, "PENDING": 4}),
        ("RUNNING", {"SUCCEEDED": 2, "RUNNING": 1, "PENDING": 3}),
        ("RUNNING", {"SUCCEEDED": 3, "RUNNING": 2, "PENDING": 1}),
        ("RUNNING", {"SUCCEEDED": 5, "RUNNING": 1}),
        ("SUCCEEDED", {"SUCCEEDED": 6}),
    ]


@pytest.mark.parametrize(
    ("tolerance", "expected"),
    [
        (0, ("FAILED", {"FAILED": 1, "CANCELLED": 2})),
        (1, ("SUCCEEDED", {"FAILED": 1, "SUCCEEDED": 2})),
    ],
)
def test_failures_and_tolerance(create, course, tolerance, expected):
    pairs = [{"account": account, "region": "a"} for account in ACCOUNTS]
    pairs[0]["final_status"] = "FAILED"
    assert course(create(pairs=pairs, run_seconds=1, failure_tolerance=tolerance), 100)[-1] == expected


@pytest.mark.parametrize("status", [*WORDS.phases, "PREPARING"])
def test_every_status_has_its_pairs(create, course, status):
    made = create(status=status, age=100, stopping_seconds=60, accounts=list(ACCOUNTS[:2]))
    pairs = {
        "QUEUED": {"PENDING": 2},
        "RUNNING": {"RUNNING": 1, "PENDING": 1},
        "STOPPING": {"RUNNING": 1, "CANCELLED": 1},
        "STOPPED": {"CANCELLED": 2},
        "PREPARING": {"RUNNING": 1, "PENDING": 1},
    }
    assert course(made) == [(status, pairs.get(status, {status: 2}))]


def test_a_stop_lets_what_runs_finish(cloudformation, control, create, course):
    made = create(group="s", accounts=list(ACCOUNTS), run_seconds=10, stopping_seconds=2)
    control.advance(4)
    stop(cloudformation, made)
    stop(cloudformation, made)  # changes nothing
    assert course(made, 5.9, 0.1) == [
        ("STOPPING", {"RUNNING": 1, "CANCELLED": 2}),
        ("STOPPING", {"RUNNING": 1, "CANCELLED": 2}),
        ("STOPPED", {"SUCCEEDED": 1, "CANCELLED": 2}),
    ]
    assert read(cloudformation, made)["EndTimestamp"] > read(cloudformation, made)["CreationTimestamp"]


def test_what_would_never_end_does_so_at_the_pace_of_stopping(cloudformation, create, course):
    made = create(group="s", stopping_seconds=2)
    stop(cloudformation, made)
    assert course(made, 2) == [("STOPPING", {"RUNNING": 1}), ("STOPPED", {"SUCCEEDED": 1})]


def test_what_is_queued_stops_without_a_run(cloudformation, create, course):
    made = create(group="s", status="QUEUED", stopping_seconds=0)
    stop(cloudformation, made)
    assert course(made) == [("STOPPED", {"CANCELLED": 1})]


def test_a_pair_that_waits_is_cancelled(cloudformation, create, course):
    pairs = [{"account": "1", "region": "a", "status": "PENDING"}, {"account": "2", "region": "a"}]
    made = create(group="s", status="RUNNING", pairs=pairs, stopping_seconds=0)
    assert course(made) == [("RUNNING", {"PENDING": 1, "RUNNING": 1})]
    stop(cloudformation, made)
    assert course(made) == [("STOPPED", {"CANCELLED": 1, "SUCCEEDED": 1})]


def test_what_has_ended_may_be_refused(cloudformation, control, create):
    made = create(group="s", status="SUCCEEDED")
    stop(cloudformation, made)
    control.settings(cfn_stop_of_ended="InvalidOperationException")
    named = {"StackSetName": "s", "OperationId": made}
    assert cloudformation.refusal("StopStackSetOperation", named) == ("InvalidOperationException", 400)
    control.settings(cfn_codes="page")
    assert cloudformation.code("StopStackSetOperation", named) == "InvalidOperation"
    assert control.status(made) == "SUCCEEDED"


# Results


def test_results(cloudformation, control, create):
    words = ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]
    pairs = [{"account": f"{number:012}", "region": "a", "status": word} for number, word in enumerate(words)]
    made = create(group="s", status="RUNNING", pairs=[*pairs, {"account": "9", "region": "b"}], failure_tolerance=1)
    assert [status for _account, _region, status in results(cloudformation, made)] == [*words, "PENDING"]
    by_status = {"Filters.member.1.Name": "OPERATION_RESULT_STATUS", "Filters.member.1.Values": "FAILED"}
    assert results(cloudformation, made, **by_status) == [("000000000003", "a", "FAILED")]
    control.settings(cfn_unreached="absent", missing_parts=4)
    assert [status for _account, _region, status in results(cloudformation, made)] == words
    details = read(cloudformation, made)["StatusDetails"]
    assert (details["TotalStackInstancesCount"], details["FailedStackInstancesCount"]) == ("10", "1")


def test_paging_of_results(cloudformation, control, create):
    made = create(group="s", accounts=[f"{number:012}" for number in range(5)])
    control.settings(empty_page=2)
    pages, token = [], ""
    while token is not None:
        sent = {"StackSetName": "s", "OperationId": made, "MaxResults": "2", "NextToken": token}
        answer = cloudformation.ok("ListStackSetOperationResults", **sent)
        pages.append(len(answer["Summaries"]))
        token = answer.get("NextToken")
    assert pages == [2, 0, 1]


def test_paging_of_operations(cloudformation, create):
    made = [create(group="s", status="SUCCEEDED") for _ in range(5)]
    first = cloudformation.ok("ListStackSetOperations", StackSetName="s", MaxResults="3")
    second = cloudformation.ok("ListStackSetOperations", StackSetName="s", NextToken=first["NextToken"])
    assert [each["OperationId"] for each in first["Summaries"] + second["Summaries"]] == made[::-1]


@pytest.mark.parametrize(
    ("action", "sent", "refusal"),
    refusals(
        CreateStackSet={
            ("ValidationError", 400): [{"StackSetName": "1s", "TemplateBody": "{}"}, {"StackSetName": "t"}],
        },
        CreateStackInstances={
            NO_SET: [{"StackSetName": "t", **members("Accounts", *ACCOUNTS), **members("Regions", "a")}],
            ("ValidationError", 400): [
                {"StackSetName": "s", **members("Regions", "a")},
                {"StackSetName": "s", **members("Accounts", *ACCOUNTS)},
                {
                    "StackSetName": "s",
                    **members("Accounts", *ACCOUNTS),
                    **members("Regions", "a"),
                    "OperationPreferences.MaxConcurrentCount": "1",
                    "OperationPreferences.MaxConcurrentPercentage": "10",
                },
            ],
        },
        UpdateStackSet={NO_SET: [{"StackSetName": "t"}]},
        ListStackSetOperations={NO_SET: [{"StackSetName": "t"}], ("ValidationError", 400): [{}]},
        StopStackSetOperation={
            NO_SET: [{"StackSetName": "t", "OperationId": "mine"}],
            NO_OPERATION: [{"StackSetName": "s", "OperationId": "other"}],
            ("ValidationError", 400): [
                {"OperationId": "mine"},
                {"StackSetName": "s"},
                {"StackSetName": "s", "OperationId": "-mine"},
            ],
        },
        DescribeStackSetOperation={NO_OPERATION: [{"StackSetName": "s", "OperationId": "other"}]},
        ListStackSetOperationResults={
            NO_OPERATION: [{"StackSetName": "s", "OperationId": "other"}],
            ("ValidationError", 400): [
                {
                    "StackSetName": "s",
                    "OperationId": "mine",
                    "Filters.member.1.Name": "OPERATION_RESULT_STATUS",
                    "Filters.member.1.Values": "STOPPED",
                }
            ],
        },
    ),
)
def test_refusals_change_nothing(cloudformation, control, create, action, sent, refusal):
    create(id="mine", group="s", status="SUCCEEDED")
    before = control.get("operations")
    assert cloudformation.refusal(action, sent) == refusal
    assert control.get("operations") == before


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ({"group": "a b"}, "no name of a stack set"),
        ({"call_as": "ME"}, "call_as is one of"),
        ({"action": "PAINT"}, "action is one of"),
        ({"id": "-x"}, "does not look like an id"),
    ],
)
def test_what_cannot_be_described(control, description, words):
    assert words in control.refusal("POST", "operations", {"provider": "aws", "kind": KIND, **description})
