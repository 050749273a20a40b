# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only commands of Cloud Assistant have: schedules, older words, and lists whose wholeness nobody promises."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Query, Reading, Target
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.cloud_invocation import (
    AlibabaCloudInvocation,
)

from ...support.answers import scripted
from .adapters import instance, invocation, invocations, results


def alibaba(*answers):
    """The adapter and its script."""
    return scripted(AlibabaCloudInvocation, *answers)


def read(item, *more):
    return alibaba(invocations(item), *more)[0].read_all(Target("t-1"))


# Reading one operation


def test_older_status_words_stand_in_only_where_the_newer_are_missing():
    older = {"InvocationStatus": "", "InvokeStatus": "Finished"}
    instances = [
        {"InstanceId": "i-1", "InstanceInvokeStatus": "Stopped"},
        instance("i-2", InstanceInvokeStatus="Finished", InvokeRecordStatus="Finished"),
    ]
    operation = read(
        invocation("t-1", *instances, **older), results({"InstanceId": "i-3", "InvokeRecordStatus": "Finished"})
    )
    assert (operation.status, operation.state) == ("Finished", "succeeded")
    assert operation.parts == {
        "i-1": Reading("Stopped", "stopped"),
        "i-2": Reading("Running", "running"),
        "i-3": Reading("Finished", "succeeded"),
    }
    assert read(invocation(InvokeStatus="Finished")).status == "Running"


def test_an_operation_in_flight_has_no_end_whatever_its_instances_say():
    assert read(invocation("t-1", instance("i-1", "Success", FinishTime="2024-01-02T03:05:00Z"))).finished is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"RepeatMode": "Once"}, False),
        ({"RepeatMode": "DryRun"}, False),
        ({"RepeatMode": "Period"}, True),
        ({"RepeatMode": "NextRebootOnly"}, True),
        ({"RepeatMode": "EveryReboot"}, True),
        ({"RepeatMode": None}, False),
        ({"Timed": True}, True),
        ({"Timed": "true"}, False),
        ({"RepeatMode": ["Period"]}, False),
    ],
)
def test_schedules_are_told_apart(more, expected):
    assert read(invocation(**more)).is_schedule is expected


@pytest.mark.parametrize(
    ("repeat_mode", "stop_time", "state"),
    [
        ("Period", "2026-01-02T03:04:05Z", "stopped"),
        ("Period", "", "succeeded"),
        ("Once", "2026-01-02T03:04:05Z", "succeeded"),
    ],
)
def test_a_schedule_ended_by_a_stop_is_told_from_one_that_was_over(repeat_mode, stop_time, state):
    ended = instance("i-1", "Success", StopTime=stop_time)
    operation = read(invocation("t-1", ended, InvocationStatus="Success", RepeatMode=repeat_mode))
    assert (operation.state, operation.parts["i-1"].state) == (state, state)


def test_an_unknown_id_is_asked_for_among_schedules_too():
    adapter, script = alibaba(invocations(), invocations(invocation(Timed=True)))
    assert adapter.read(Target("t-1")).is_schedule is True
    assert script.asked == [
        ("DescribeInvocations", {"InvokeId": "t-1"}),
        ("DescribeInvocations", {"InvokeId": "t-1", "Timed": True}),
    ]


def test_results_are_read_to_the_last_page_and_win():
    item = invocation("t-1", instance("i-1"), instance("i-2"))
    # The first of them is asked for by its number, and does not say how many there are.
    first = results(instance("i-2", "Success"), token="next")
    adapter, script = alibaba(invocations(item), first, first, results(instance("i-3")))
    parts = adapter.read_all(Target("t-1")).parts
    assert {each: reading.status for each, reading in parts.items()} == {
        "i-1": "Running",
        "i-2": "Success",
        "i-3": "Running",
    }
    assert script.asked[1:] == [
        ("DescribeInvocationResults", {"InvokeId": "t-1", "PageNumber": 1, "PageSize": 50}),
        ("DescribeInvocationResults", {"InvokeId": "t-1", "MaxResults": 50}),
        ("DescribeInvocationResults", {"InvokeId": "t-1", "MaxResults": 50, "NextToken": "next"}),
    ]


@pytest.mark.parametrize("tokens", ["aa", "abab"])
def test_results_that_go_in_circles_are_warned_about(tokens):
    pages = [results(instance("i-1"), token=token) for token in f"-{tokens}"]
    adapter, script = alibaba(invocations(invocation()), *pages)
    operation = adapter.read_all(Target("t-1"))
    assert list(operation.parts) == ["i-1"]
    (warning,) = operation.warnings
    assert "t-1 was cut short (its pages repeat or do not end)" in warning
    assert len(script.asked) == 3 + len(set(tokens))


@pytest.mark.parametrize(
    ("status", "more", "ended"),
    [
        ("Terminated", {"FinishedTime": "2024-01-02T03:04:06Z", "StopTime": "2024-01-02T03:04:05Z"}, 6),
        ("Terminated", {"FinishTime": "2024-01-02T03:04:06Z", "StopTime": "2024-01-02T03:04:05Z"}, 6),
        ("Cancelled", {"StopTime": "2024-01-02T03:04:05Z"}, 5),
        ("Stopping", {"StopTime": "2024-01-02T03:04:05Z"}, None),
        ("Success", {}, None),
    ],
)
def test_the_moment_of_an_end_is_that_of_the_run_or_else_that_of_its_stop(status, more, ended):
    parts = read(invocation(), results(instance("i-1", status, **more))).parts
    assert parts["i-1"].ended == (None if ended is None else 1704164640 + ended)


def test_a_schedule_has_ended_with_its_stop_and_not_with_the_last_of_its_runs():
    ended = instance("i-1", "Success", FinishedTime="2024-01-02T03:04:05Z", StopTime="2024-01-02T03:04:06Z")
    parts = read(invocation(Timed=True), results(ended)).parts
    assert (parts["i-1"].state, parts["i-1"].ended) == ("stopped", 1704164646)


# Listing


# What moves on between two of these questions is in the answer to the later one.
LIFE_CYCLE = [
    (status, timed)
    for status in ("Pending", "Scheduled", "Running", "Scheduled", "Stopping")
    for timed in (False, True)
]


def test_what_is_in_flight_is_listed_by_status_timed_or_not_with_the_filters():
    adapter, script = alibaba({})
    assert list(adapter.find(Query(instance_id="i-1", details={"command_id": "c-1"}))) == []
    assert script.asked == [
        (
            "DescribeInvocations",
            {"InvokeStatus": status, "Timed": timed, "InstanceId": "i-1", "CommandId": "c-1", "MaxResults": 50},
        )
        for status, timed in LIFE_CYCLE
    ]


def test_everything_is_listed_where_ended_ones_are_wanted():
    adapter, script = alibaba({})
    list(adapter.find(Query(states=frozenset(("running", "succeeded")))))
    assert script.asked == [("DescribeInvocations", {"Timed": timed, "MaxResults": 50}) for timed in (False, True)]


# Many at once


def test_what_was_seen_twice_counts_as_it_was_seen_last():
    seen = [invocations(invocation("t-1", instance("i-1"), InvocationStatus=each)) for each in ("Running", "Stopping")]
    adapter, _ = alibaba(*seen)
    assert adapter.read_many([Target("t-1")], None)["t-1"].state == "stopping"
