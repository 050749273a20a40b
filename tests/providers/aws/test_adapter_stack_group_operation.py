# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only operations of stack sets have: the set beside the id, a search for it, and as what the calls act."""

from __future__ import annotations

import random

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import (
    Noted,
    Query,
    StopCall,
    StopOptions,
    Target,
)
from ansible_collections.cloudops.halt.plugins.module_utils._engine.bulk import halt
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.stack_group_operation import (
    AwsStackGroupOperation,
)
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import place_of

from ...support.answers import REGION, refusal, scripted
from .adapters import OPERATION_ID, described, operation, pair, sets, summaries

DESCRIBE = "DescribeStackSetOperation"
THERE = Target(OPERATION_ID, within="landing-zone")


def cfn(*answers, **place):
    """The adapter and its script."""
    return scripted(AwsStackGroupOperation, *answers, **place)


def cloud(*having, status="RUNNING", all_sets=("baseline", "landing-zone", "sandbox"), stopped="STOPPING"):
    """Answers of an account where these sets have the operation; a stop shows in all that comes after it."""
    now = [status]

    def answer(action, asked):
        if action == "ListStackSets":
            return sets(*all_sets)
        if action == "StopStackSetOperation":
            now[0] = stopped
            return {"RequestId": "r-1"}
        if asked["StackSetName"] not in having:
            return refusal("not_found")
        of_pair = "CANCELLED" if now[0] == "STOPPED" else "RUNNING"
        if action == "ListStackSetOperationResults":
            return summaries(pair(status=of_pair))
        return described(operation(Status=now[0]))

    return answer


def stop(adapter, target, **options):
    return halt(adapter, target, StopOptions(**options), SystemClock(), random.Random(0))


def test_a_set_may_be_named_by_its_id():
    adapter, script = cfn(described(operation()))
    found = adapter.read(Target(OPERATION_ID, within="landing-zone:uuid"))
    assert (found.name, found.within) == ("landing-zone", "landing-zone:uuid")
    assert script.asked == [(DESCRIBE, {"StackSetName": "landing-zone:uuid", "OperationId": OPERATION_ID})]


def test_an_operation_without_its_set_is_searched_once_and_stopped_where_it_is():
    adapter, script = cfn(cloud("landing-zone", stopped="STOPPED"))
    report = stop(adapter, Target(OPERATION_ID), wait_timeout=0.5)
    assert report.operation and (report.outcome, report.operation.within) == ("stopped", "landing-zone")
    assert script.actions.count("ListStackSets") == 1
    named = [asked["StackSetName"] for action, asked in script.asked if action == DESCRIBE]
    assert named[:3] == ["baseline", "landing-zone", "sandbox"], "another one may have it, too"
    assert set(named[3:]) == {"landing-zone"}
    (sent,) = (asked for action, asked in script.asked if action == "StopStackSetOperation")
    assert sent == {"StackSetName": "landing-zone", "OperationId": OPERATION_ID}


def test_an_operation_that_no_set_has_is_not_found():
    assert cfn(cloud())[0].read(Target(OPERATION_ID)) is None


def test_an_id_that_two_sets_have_is_refused_and_both_are_named():
    adapter, script = cfn(cloud("baseline", "sandbox"))
    report = stop(adapter, Target(OPERATION_ID), wait_timeout=0.3)
    assert report.error and (report.outcome, report.changed, report.error.code) == ("skipped", False, "Ambiguous")
    assert report.msg == (
        f"{OPERATION_ID} was not stopped, since other operations have the same id. The stack sets baseline and sandbox"
        f" each have an operation {OPERATION_ID}. Name one of them in stack_group_name."
    )
    assert "StopStackSetOperation" not in script.actions


def test_an_operation_that_is_not_found_names_its_stack_set_and_as_what_the_calls_act():
    known, unknown = (
        refusal("not_found", "OperationNotFoundException"),
        refusal("not_found", "StackSetNotFoundException"),
    )
    check = "check operation_id, stack_group_name, call_as and region."
    for answer, target, place, where in (
        (cloud(), Target(OPERATION_ID), {}, " in any active stack set with call_as=self"),
        (known, THERE, {"call_as": "delegated_admin"}, " in the stack set landing-zone with call_as=delegated_admin"),
        (unknown, THERE, {}, ", since there is no stack set landing-zone with call_as=self"),
    ):
        where = f"{OPERATION_ID} was not found on AWS in {REGION}{where}:"
        report = stop(cfn(answer, **place)[0], target)
        assert report.failed and report.msg.startswith(f"{where} {check}")
        ignored = stop(cfn(answer, **place)[0], target, ignore_not_found=True)
        assert (ignored.outcome, ignored.failed, ignored.msg) == ("not_found", False, f"{where} nothing to stop.")
        said = [f"{OPERATION_ID} may be running elsewhere: there is no stack set landing-zone with call_as=self."]
        assert ignored.warnings == (said if answer is unknown else [])


def test_a_refused_read_names_its_own_permission():
    denied = refusal("denied")
    denied.action = "ListStackSets"
    report = stop(cfn(denied)[0], Target(OPERATION_ID))
    assert report.msg.endswith("Check that this identity has the permission cloudformation:ListStackSets.")


def test_any_other_error_ends_the_search():
    answers = (sets("baseline", "landing-zone"), refusal("denied"))
    with pytest.raises(ApiError, match="no"):
        cfn(*answers)[0].look_up(Target(OPERATION_ID))


def test_a_stop_that_takes_long_says_that_what_runs_is_finished_and_for_how_long_it_is_stopping():
    report = stop(cfn(cloud("landing-zone"))[0], THERE, wait_timeout=0.3)
    assert (report.outcome, report.failed, report.changed) == ("still_running", True, True)
    assert "It has been stopping for 0 seconds. AWS starts no further stacks and waits for those" in report.msg


@pytest.mark.parametrize(("place", "said"), [({}, {}), ({"call_as": "delegated_admin"}, {"CallAs": "DELEGATED_ADMIN"})])
def test_every_call_says_as_what_it_acts_where_that_is_not_plain(place, said):
    adapter, script = cfn(cloud("landing-zone"), **place)
    whole = adapter.read_all(Target(OPERATION_ID))
    adapter.stop(StopCall(OPERATION_ID, within=whole.within), Noted())
    list(adapter.find(Query()))
    assert len(set(script.actions)) == 5
    assert [{name: asked[name] for name in asked if name == "CallAs"} for _, asked in script.asked] == [said] * len(
        script.asked
    )
    assert adapter.own_options(whole.within) == {
        "stack_group_name": "landing-zone",
        "call_as": place.get("call_as", "self"),
    }


def test_operations_are_listed_over_all_active_sets_and_one_id_in_two_is_two():
    def answer(action, asked):
        if action == "ListStackSets":
            return sets("gone", "landing-zone", "sandbox")
        return refusal("not_found") if asked["StackSetName"] == "gone" else summaries(operation())

    adapter, script = cfn(answer)
    assert [each.key for each in adapter.find(Query())] == [("landing-zone", OPERATION_ID), ("sandbox", OPERATION_ID)]
    assert script.asked[0] == ("ListStackSets", {"Status": "ACTIVE", "MaxResults": 100})


def test_the_whole_tells_how_many_pairs_there_will_be():
    counts = {"StatusDetails": {"TotalStackInstancesCount": "12"}}
    assert cfn(described(operation(**counts)))[0].read(THERE).total == 12


def test_only_a_provider_that_has_it_is_told_as_what_the_calls_act():
    kind = AwsStackGroupOperation.kind
    assert place_of(kind, "alibaba", {"call_as": "self"}) == place_of(kind, "tencent", {"call_as": None}) == {}
    assert place_of(kind, "aws", {"call_as": None}) == {"call_as": "self"}
    for provider in ("alibaba", "tencent"):
        with pytest.raises(OptionError, match="call_as is delegated_admin"):
            place_of(kind, provider, {"call_as": "delegated_admin"})
