# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that only one kind has: what an operation belongs to, and as what the calls act."""

from __future__ import annotations

import pytest

from ..support.emulated import CANCEL_MANY, INFO_MANY
from ..support.modules import play
from ..support.results import ids

KIND = "stack_group_operation"
STOP = "cloudops.halt.stack_group_operation_stop"
INFO = "cloudops.halt.stack_group_operation_info"


@pytest.fixture
def operation(alibaba):
    return alibaba.start(KIND, group="landing-zone", accounts=["1"])


def test_an_operation_of_another_group_is_not_found_and_not_stopped(alibaba, operation):
    def one(module, group):
        return {module: {**alibaba.connection, "operation_id": operation, "stack_group_name": group}}

    many = {CANCEL_MANY: {"targets": [alibaba.target(operation, KIND, stack_group_name="sandbox")]}}
    other, listed, all_of_it, there, first = play(
        one(STOP, "sandbox"), one(INFO, "sandbox"), many, one(INFO, "landing-zone"), one(STOP, " landing-zone ")
    )
    assert (other["failed"], other["outcome"]) == (True, "not_found")
    assert " in sandbox: check operation_id, stack_group_name and region." in other["msg"]
    assert ids(listed) == []
    assert all_of_it["results"][0]["outcome"] == "not_found"
    assert all_of_it["results"][0]["target"]["stack_group_name"] == "sandbox"
    assert ids(there) == [operation]
    assert (first["failed"], first["outcome"]) == (False, "stopped")


def test_where_an_operation_of_aws_is_not_is_told_and_which_one_is_meant_is_asked(aws):
    for group in ("landing-zone", "sandbox"):
        aws.start(KIND, group=group, id="op-twice")

    def stop(operation, **options):
        return {STOP: {**aws.connection, "operation_id": operation, **options}}

    twice, found, nowhere, ignored = play(
        stop("op-twice"),
        {INFO: {**aws.connection, "operation_id": "op-twice"}},
        stop("op-nobody"),
        stop("op-twice", stack_group_name="nobody", ignore_not_found=True),
    )
    which = (
        "The stack sets landing-zone and sandbox each have an operation op-twice. Name one of them in stack_group_name."
    )
    assert (twice["outcome"], twice["failed"], twice["error"]["code"]) == ("skipped", True, "Ambiguous")
    assert twice["msg"] == f"op-twice was not stopped, since other operations have the same id. {which}"
    assert found["msg"] == f"Could not read. {which}"
    where = " in any active stack set with call_as=self: check operation_id, stack_group_name, call_as and region."
    assert where in nowhere["msg"]
    gone = "there is no stack set nobody with call_as=self"
    assert (ignored["failed"], ignored["outcome"], f", since {gone}: nothing to" in ignored["msg"]) == (
        False,
        "not_found",
        True,
    )
    assert ignored["warnings"] == [f"op-twice may be running elsewhere: {gone}."]


def test_one_id_in_two_groups_is_two_operations_and_in_one_group_one(alibaba, operation):
    groups = ("landing-zone", "landing-zone", "sandbox", None)
    targets = [alibaba.target(operation, KIND, **({"stack_group_name": group} if group else {})) for group in groups]
    (preview,) = play({CANCEL_MANY: {"targets": targets}}, check=True)
    told = [(each["target"].get("stack_group_name"), each["outcome"]) for each in preview["results"]]
    assert told == [("landing-zone", "would_stop"), ("sandbox", "not_found"), (None, "would_stop")]
    assert preview["summary"]["merged"] == 1


def test_a_preview_counts_for_the_group_that_it_was_of_and_for_no_other(alibaba, operation):
    here, there = (alibaba.target(operation, KIND, stack_group_name=group) for group in ("landing-zone", "sandbox"))
    (shown,) = play({CANCEL_MANY: {"targets": [here, there]}}, check=True)
    assert [each["stack_group_name"] for each in shown["preview"]["targets"]] == ["landing-zone"]
    # As if it had counted more than may be stopped: that of another group says nothing of this one.
    (counted,) = shown["preview"]["targets"]
    much = {**counted, "operations": 9}
    same, other = (
        play({CANCEL_MANY: {"targets": [here], "max_targets": 5, "preview": {**shown["preview"], "targets": [of]}}})[0]
        for of in (much, {**much, "stack_group_name": "sandbox"})
    )
    assert same["failed"] and "max_targets=5" in same["msg"]
    assert (other["failed"], other["results"][0]["outcome"]) == (False, "stopped")


@pytest.mark.parametrize(
    ("options", "msg"),
    [
        ({"stack_group_name": " "}, "stack_group_name is empty"),
        ({"call_as": "delegated_admin"}, "call_as is delegated_admin, and Alibaba Cloud has no such setting"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_any_call(alibaba, options, msg):
    one = {**alibaba.connection, "operation_id": "op-1", **options}
    target = alibaba.target("op-1", KIND, **options)
    results = play({STOP: one}, {INFO: one}, {CANCEL_MANY: {"targets": [target]}})
    assert all(result["failed"] and msg in result["msg"] for result in results)
    assert results[2]["msg"].startswith("targets[0]: ")
    assert alibaba.requests() == []


def test_an_option_of_another_kind_is_refused(alibaba):
    target = alibaba.target("t-1", "image_task")
    for own in ({"stack_group_name": "landing-zone"}, {"call_as": "self"}):
        (result,) = play({CANCEL_MANY: {"targets": [{**target, **own}]}})
        assert result["msg"].startswith(f"targets[0]: {next(iter(own))} is set, and image_task has no such option: ")


@pytest.mark.parametrize("kinds", [[KIND], ["cloud_invocation"]])
def test_a_scope_of_a_provider_that_has_no_such_option_is_refused_whatever_is_asked_for(alibaba, tencent, kinds):
    for number, cloud in enumerate((alibaba, tencent)):
        scopes = [alibaba.place()] * number + [{**cloud.place(), "call_as": "delegated_admin"}]
        target = alibaba.target("op-1", KIND, profile="")
        for task in (
            {INFO_MANY: {"scopes": scopes, "kinds": kinds}},
            {CANCEL_MANY: {"scopes": scopes, "targets": [target]}},
        ):
            (result,) = play(task)
            told = f"scopes[{number}]: call_as is delegated_admin, and {cloud.words.title} has no such setting: "
            assert result["failed"] and result["msg"].startswith(told)
    assert alibaba.requests() == tencent.requests() == []


def test_a_scope_may_say_what_other_kinds_than_these_have(aws):
    scope = {**aws.place(), "call_as": "delegated_admin"}
    command = aws.run()
    task = {"scopes": [scope], "kinds": ["cloud_invocation"]}
    found, both = play({INFO_MANY: task}, {INFO_MANY: {"scopes": [aws.place(), scope]}})
    assert (found["failed"], ids(found)) == (False, [command.id])
    (place,) = both["searched"]
    assert len(set(place["kinds"])) == len(place["kinds"]) == 4, "it is one place"
