# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only TAT's commands have: tasks in a list of their own, and runs of an invoker."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Query, Target
from ansible_collections.cloudops.halt.plugins.module_utils._http.pacing import Rate
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.cloud_invocation import (
    TencentCloudInvocation,
)
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.tat import TAT

from ...support.answers import scripted
from .adapters import invocation, invocations, task, tasks


def tencent(*answers):
    """The adapter and its script."""
    return scripted(TencentCloudInvocation, *answers)


def test_tasks_are_read_to_the_last_page_and_win():
    rows = [task(f"ins-{number}", "SUCCESS") for number in range(250)]
    pages = [tasks(*rows[start : start + 100], total=250) for start in (0, 100, 200)]
    adapter, script = tencent(invocations(invocation("inv-1", task("ins-0"), task("ins-x"))), *pages)
    parts = adapter.read_all(Target("inv-1")).parts
    assert (len(parts), parts["ins-0"].state, parts["ins-x"].state) == (251, "succeeded", "running")
    assert [asked.get("Offset") for _, asked in script.asked] == [None, 0, 100, 200]


@pytest.mark.parametrize(
    ("status", "will_do"), [("RUNNING", True), ("CANCELLED", True), ("SUCCESS", False), ("FAILED", False)]
)
def test_the_list_inside_does_not_tell_of_exit_codes(status, will_do):
    operation = tencent(invocations(invocation("inv-1", task("ins-1", status))))[0].read(Target("inv-1"))
    assert operation.tells(("ins-1",)) is will_do


@pytest.mark.parametrize(("source", "warned"), [("INVOKER", True), ("invoker", True), ("USER", False), ("user", False)])
def test_a_run_of_an_invoker_is_warned_about_and_is_no_schedule(source, warned):
    operation = tencent(invocations(invocation(InvocationSource=source)))[0].read(Target("inv-1"))
    assert (operation.is_schedule, len(operation.warnings)) == (False, warned)
    assert all("inv-1" in warning and "invoker" in warning for warning in operation.warnings)


@pytest.mark.parametrize(
    ("sizes", "total", "offsets"),
    [((1, 99), 100, [0, 1]), ((100, 100), 200, [0, 100]), ((100, 100, 7), None, [0, 100, 200]), ((0,), None, [0])],
)
def test_a_list_ends_by_its_total_or_without_one_by_a_page_that_is_not_full(sizes, total, offsets):
    adapter, script = tencent(*[{**invocations(*[invocation()] * size), "TotalCount": total} for size in sizes])
    list(adapter.find(Query()))
    assert script.asked == [("DescribeInvocations", {"Limit": 100, "Offset": offset}) for offset in offsets]


def test_invocations_on_an_instance_are_found_by_its_tasks_a_hundred_at_a_time():
    rows = [task("ins-1", InvocationId=f"inv-{number % 130}") for number in range(149)]
    rows.append(task("ins-1", InvocationId=None))

    def answer(action, asked):
        if action == "DescribeInvocationTasks":
            assert asked["Filters"] == [{"Name": "instance-id", "Values": ["ins-1"]}]
            return tasks(*rows[asked["Offset"] : asked["Offset"] + 100], total=150)
        return invocations(invocation("inv-other"), *map(invocation, asked["InvocationIds"]))

    adapter, script = tencent(answer)
    found = [operation.id for operation in adapter.find(Query(instance_id="ins-1"))]
    assert found == [f"inv-{number}" for number in range(130)]
    described = [asked for action, asked in script.asked if action == "DescribeInvocations"]
    assert [(len(asked["InvocationIds"]), asked["Limit"]) for asked in described] == [(100, 100), (30, 100)]


def test_the_documented_rates_are_kept():
    assert set(TAT.rates) == {"CancelInvocation", "DescribeInvocations", "DescribeInvocationTasks"}
    assert set(TAT.rates.values()) == {Rate(20)}
