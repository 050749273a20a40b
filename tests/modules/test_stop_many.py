# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many targets of any kind in one task."""

from __future__ import annotations

import re
from collections import Counter
from itertools import repeat

import pytest

from ..support.emulated import INFO_MANY
from ..support.emulated import cancel_many as cancel
from ..support.modules import play
from ..support.results import ids, outcomes, verdicts
from ..support.scripted import hang, serving

STOPS = ("StopInvocation", "CancelExecution", "CancelTask", "StopStackGroupOperation", "CancelInvocation")


def verdict(result):
    return result["failed"], result["changed"]


def stop_actions(*clouds):
    return Counter(each["action"] for cloud in clouds for each in cloud.requests() if each["action"] in STOPS)


@pytest.fixture
def one_of_each(alibaba, tencent):
    """Something in flight of every kind, as targets."""
    commands = alibaba.run(count=3, name="nightly-backup"), tencent.run(count=4, name="nightly-cleanup")
    group = {"group": "landing-zone", "accounts": ["1", "2"]}
    return [
        alibaba.target(commands[0], account="blue"),
        tencent.target(commands[1], instance_ids=commands[1].instance_ids[:2]),
        alibaba.target(alibaba.start("automation_execution", name="restart-fleet"), "automation_execution"),
        alibaba.target(alibaba.start("image_task", action="ExportImage"), "image_task"),
        alibaba.target(alibaba.start("stack_group_operation", **group), "stack_group_operation"),
    ]


def test_one_task_stops_every_kind_and_a_second_run_changes_nothing(alibaba, tencent, one_of_each):
    stranger = tencent.run(count=1)
    preview, first, second, strict, left = play(
        cancel(*one_of_each, keywords={"check_mode": True, "diff": True}),
        cancel(*one_of_each, keywords={"diff": True}),
        cancel(*one_of_each),
        cancel(*one_of_each, fail_if_not_running=True),
        {INFO_MANY: {"scopes": [alibaba.place(), tencent.place()]}},
    )

    assert verdict(preview) == (False, True)
    assert set(verdicts(preview).values()) == {"would_stop"}
    assert (preview["summary"]["would_stop"], preview["summary"]["stop_calls"], preview["request_ids"]) == (8, 0, [])
    assert preview["still_running"] == []

    assert verdict(first) == (False, True)
    assert verdicts(first) == {each["id"]: "stopped" for each in one_of_each}
    assert list(verdicts(first)) == [each["id"] for each in one_of_each]
    # Three instances, two named ones, and three operations of other kinds.
    assert (first["summary"]["requested"], first["summary"]["stopped"], first["summary"]["merged"]) == (8, 8, 0)
    assert first["summary"]["operations"]["stopped"] == first["summary"]["operations"]["requested"] == 5
    assert first["summary"]["calls"] == sum(sum(each.values()) for each in first["calls"].values())
    assert first["summary"]["stop_calls"] == len(first["request_ids"]) == 5
    assert stop_actions(alibaba, tencent) == dict.fromkeys(STOPS, 1)
    assert first["msg"] == "5 operations (8, counting instances and children): 8 stopped."
    assert first["still_running"] == [] and "error" not in first
    for result in (preview, first):
        (told,) = [state for name, state in result["diff"]["after"].items() if one_of_each[1]["id"] in name]
        assert told["instances"] == dict.fromkeys(one_of_each[1]["instance_ids"], "stopped"), "foretold, and done"

    command, named, execution, task, group = first["results"]
    assert command["target"]["account"] == "blue"
    assert len(outcomes(command)) == 3 and set(outcomes(command).values()) == {"stopped"}
    assert outcomes(named) == dict.fromkeys(one_of_each[1]["instance_ids"], "stopped")
    assert (named["operation"]["state"], named["operation"]["name"]) == ("running", "nightly-cleanup")
    assert (execution["children"], execution["invocations"], execution["instances"]) == ([], [], [])
    assert (task["operation"]["name"], task["instances"]) == ("ExportImage", [])
    assert len(group["results_by_target"]) == 2
    for each in first["results"]:
        assert (each["failed"], each["changed"], len(each["request_ids"])) == (False, True, 1)
        assert set(each["times"]) == {"read", "stop_accepted", "read_last"}
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment) for moment in each["times"].values())

    assert verdict(second) == (False, False)
    assert set(verdicts(second).values()) == {"already_finished"}
    assert verdict(strict) == (True, False)
    assert sum(stop_actions(alibaba, tencent).values()) == 5
    assert sorted(ids(left)) == sorted([stranger.id, one_of_each[1]["id"]]), "only what was named was stopped"


def test_what_is_found_is_stopped_and_what_still_runs_is_stopped_again(alibaba):
    nightly = [alibaba.run(name="nightly", count=2, stopping_seconds=4) for _ in range(3)]
    other = alibaba.run(name="weekly")
    connection = alibaba.connection
    key = {"access_key_secret": connection["access_key_secret"], "endpoint_url": connection["endpoint_url"]}
    key["access_key_id"] = connection["access_key_id"]

    (found,) = play({INFO_MANY: {**connection, "name": "nightly"}})
    (first,) = play(cancel(*found["targets"], **key, wait_timeout=0.5))
    (second,) = play(cancel(*first["still_running"], **key))

    assert set(verdicts(first).values()) == {"still_running"}
    place = {"provider": "alibaba", "region": alibaba.region, "account": connection["access_key_id"]}
    assert first["still_running"] == [
        {"kind": "cloud_invocation", **place, "id": each.id, "instance_ids": each.instance_ids} for each in nightly
    ]
    assert set(verdicts(second).values()) <= {"stopped", "already_finished"}
    assert {status for each in nightly for status in alibaba.statuses(each).values()} == {"Terminated"}
    assert set(alibaba.statuses(other).values()) == {"Running"}


@pytest.mark.parametrize("ignored", [False, True], ids=["strict", "not found ignored"])
def test_what_goes_wrong_with_one_target_keeps_no_other_from_being_stopped(alibaba, tencent, ignored):
    fine, denied, named, rejected, part = (tencent.run(count=2, name="right") for _ in range(5))
    gone = tencent.words.unknown_id
    some = [part.instance_ids[0], tencent.words.unknown_instance]
    missing = "stopped" if ignored else "not_found"
    # What becomes of each target, and whether that is a failure.
    wanted = [
        (tencent.target(fine), "stopped", False),
        (tencent.target(gone), "not_found", not ignored),
        (tencent.target(denied, **tencent.keys["denied"]), "failed", True),
        (tencent.target(named, expected_name="wrong"), "skipped", True),
        (tencent.target(rejected, access_key_secret="MARKER"), "failed", True),
        (alibaba.target(alibaba.run(count=2), endpoint_url="http://127.0.0.1:9"), "failed", True),
        (tencent.target(part, instance_ids=some), missing, not ignored),
        (tencent.target(tencent.run(status="SUCCESS")), "already_finished", False),
        (alibaba.target(alibaba.run(count=2)), "stopped", False),
    ]
    targets = [target for target, _, _ in wanted]

    (preview,) = play(cancel(*targets, ignore_not_found=ignored), check=True)
    (result,) = play(cancel(*targets, ignore_not_found=ignored))

    assert verdict(preview) == verdict(result) == (True, True)
    told = [(each["outcome"], each["failed"]) for each in result["results"]]
    assert told == [each[1:] for each in wanted]
    foretold = [(each["outcome"].replace("would_stop", "stopped"), each["failed"]) for each in preview["results"]]
    assert foretold == told
    failed = sum(each for _, each in told)
    assert f"({failed - 1} more, see results.)" in result["msg"]
    errors = [each["error"] for each in result["results"] if each["outcome"] == "failed"]
    assert [each["class"] for each in errors] == ["denied", "auth", "unreachable"]
    assert result["error"] == errors[0]
    may_run = {target["id"] for target, outcome, _ in wanted if outcome == "failed"}
    assert {each["id"] for each in result["still_running"]} == may_run
    counted = [number for name, number in result["summary"].items() if name in set(verdicts(result).values())]
    assert sum(counted) == result["summary"]["requested"]
    if ignored:
        assert list(outcomes(result["results"][6]).values()) == ["stopped", "not_found"]
    assert stop_actions(tencent)["CancelInvocation"] == 1 + ignored


def test_targets_that_name_the_same_operation_are_one(tencent):
    some, whole = tencent.run(count=5, name="right"), tencent.run(count=2, name="right")
    a, b, c, *_others = some.instance_ids

    (result,) = play(
        cancel(
            tencent.target(some, instance_ids=[b, a]),
            tencent.target(whole, instance_ids=whole.instance_ids[:1]),
            tencent.target(f" {some.id} ", instance_ids=[a, c], expected_name="right", request_timeout=7),
            tencent.target(whole),
        )
    )

    assert verdict(result) == (False, True)
    assert [list(outcomes(each)) for each in result["results"]] == [[b, a, c], whole.instance_ids]
    assert result["results"][0]["target"]["expected_name"] == "right"
    assert result["summary"]["merged"] == 2
    assert sorted(each["ids"] for each in tencent.stops()) == [0, 3]
    assert "2 targets list an operation that another target also lists" in result["warnings"][0]


def test_too_many_targets_stop_nothing(tencent):
    commands = [tencent.run(count=4) for _ in range(3)]
    whole = [tencent.target(each) for each in commands]
    named = [tencent.target(each, instance_ids=each.instance_ids[:2]) for each in commands]
    check = {"check_mode": True}

    named_operations, named_instances, nonsense, found, predicted, enough = play(
        cancel(*whole, max_targets=2),
        cancel(*named, max_targets=5),
        cancel(*whole, max_targets=0),
        cancel(*whole, max_targets=11),
        cancel(*whole, max_targets=11, keywords=check),
        cancel(*named, max_targets=6, keywords=check),
    )

    assert tencent.stops() == []
    assert "3 operations and 0 instances are named, and max_targets=2 allows 2 of each" in named_operations["msg"]
    assert "3 operations and 6 instances are named" in named_instances["msg"]
    for result in (named_operations, named_instances, nonsense):
        assert result["failed"] and "Nothing was stopped." in result["msg"] and "results" not in result
    for result in (found, predicted):
        assert verdict(result) == (True, False)
        assert set(verdicts(result).values()) == {"skipped"}
        assert "3 operations and 12 instances would be stopped, and max_targets=11 allows 11" in result["msg"]
        assert result["still_running"] == []
    assert verdict(enough) == (False, True)

    (done,) = play(cancel(*whole, max_targets=12))
    assert (verdict(done), done["summary"]["stopped"]) == ((False, True), 12)


def test_a_place_that_does_not_answer_keeps_no_other_waiting_and_is_told(alibaba, tencent):
    """As the role goes about it: a preview, and then the stop, both with a guard."""
    command = tencent.run(count=2)
    with serving(*repeat(hang, 20)) as dead:
        targets = alibaba.target("t-hz0example0001", endpoint_url=dead.url), tencent.target(command)
        how = {"max_targets": 100, "request_timeout": 0.4}
        preview, done = play(cancel(*targets, **how, keywords={"check_mode": True}), cancel(*targets, **how))

    assert (verdict(preview), list(verdicts(preview).values())) == ((True, True), ["failed", "would_stop"])
    assert preview["error"]["code"] == "NoAnswer" and "has not answered within 0.4 seconds" in preview["msg"]
    assert preview["calls"]["alibaba"]["DescribeInvocations"] <= 2 and not preview["summary"]["stop_calls"]
    assert (verdict(done), list(verdicts(done).values())) == ((True, True), ["failed", "stopped"])
    assert "no complete response within 0.4 seconds" in done["msg"]
    assert [each["id"] for each in done["still_running"]] == ["t-hz0example0001"]
    # The other place is tried again, which takes seconds.
    assert done["calls"]["alibaba"]["DescribeInvocations"] == 3
    assert done["summary"]["seconds_to_first_stop"] < 1.2


def preview_of(*targets, **how):
    """What a run may rest on."""
    (result,) = play(cancel(*targets, **how, keywords={"check_mode": True}))
    return result["preview"]


def test_after_a_preview_nothing_waits_for_a_place_that_does_not_answer(alibaba, tencent):
    command = tencent.run(count=2)
    with serving(*repeat(hang, 20)) as dead:
        targets = alibaba.target("t-hz0example0001", endpoint_url=dead.url), tencent.target(command)
        how = {"max_targets": 100, "request_timeout": 2.0, "retries": 0}
        preview = preview_of(*targets, **how)
        (done,) = play(cancel(*targets, **how, preview=preview))
        old = {**preview, "time": "2026-01-02T03:04:05Z"}
        other = tencent.run(count=2)
        (late,) = play(cancel(targets[0], tencent.target(other), **how, preview=old))

    assert list(verdicts(done).values()) == list(verdicts(late).values()) == ["failed", "stopped"]
    assert done["summary"]["seconds_to_first_stop"] < 1.0 < 1.9 < late["summary"]["seconds_to_first_stop"]


def test_after_a_preview_nothing_is_counted_again_and_named_instances_flow(tencent):
    tencent.settings(embedded_instances=1)
    whole, named = tencent.run(count=300), tencent.run(count=300)
    targets = tencent.target(whole), tencent.target(named, instance_ids=named.instance_ids)
    preview = preview_of(*targets, max_targets=600)

    assert [each["instances"] for each in preview["targets"]] == [300, 300]
    seen = len(tencent.requests())
    (done,) = play(cancel(*targets, max_targets=600, preview=preview))
    made = [each["action"] for each in tencent.requests()[seen:]]
    assert set(verdicts(done).values()) == {"stopped"}
    assert made[: made.index("CancelInvocation")] == ["DescribeInvocations"]


def test_what_a_preview_has_counted_counts(tencent):
    """Also where less of it can be read by now."""
    targets = [tencent.target(tencent.run(count=3)) for _ in range(2)]
    preview = preview_of(*targets)

    tight, wrong = play(
        cancel(*targets, max_targets=5, preview=preview),
        cancel(*targets, preview={**preview, "time": "just now"}),
    )

    assert "2 operations and 6 instances would be stopped, and max_targets=5" in tight["msg"]
    assert wrong["msg"] == "preview.time is 'just now', which is not a time. Nothing was stopped."
    assert tencent.stops() == []
    assert "preview" not in play(cancel(*targets, max_targets=5, keywords={"check_mode": True}))[0]


def test_five_hundred_targets_and_ten_thousand_instances_in_two_tasks(alibaba, tencent):
    targets = [
        *(tencent.target(tencent.run(count=2)) for _ in range(250)),
        *(alibaba.target(alibaba.run(count=2)) for _ in range(80)),
        *(alibaba.target(alibaba.start("automation_execution"), "automation_execution") for _ in range(60)),
        *(alibaba.target(alibaba.start("image_task"), "image_task") for _ in range(60)),
        *(alibaba.target(alibaba.start("stack_group_operation"), "stack_group_operation") for _ in range(50)),
    ]
    large = [(alibaba, alibaba.run(count=2500)), (tencent, tencent.run(count=7500))]
    wide = [cloud.target(command, instance_ids=command.instance_ids) for cloud, command in large]

    # Leaps add up that would be made side by side.
    mixed, instances = play(cancel(*targets, wait_timeout=6000), cancel(*wide, wait_timeout=6000))

    for result in (mixed, instances):
        assert verdict(result) == (False, True)
        assert set(verdicts(result).values()) == {"stopped"}
    assert list(verdicts(mixed)) == [each["id"] for each in targets]
    assert mixed["summary"]["operations"]["stopped"] == 500
    assert (mixed["summary"]["stopped"], instances["summary"]["stopped"]) == (2 * 330 + 170, 10_000)
    for (cloud, command), result in zip(large, instances["results"], strict=True):
        assert list(outcomes(result)) == command.instance_ids
        assert {each["ids"] for each in cloud.stops(command)} == {cloud.words.limit}
        assert set(cloud.statuses(command).values()) == {cloud.words.terminated}
    requests = [*alibaba.requests(), *tencent.requests()]
    assert {each["code"] for each in requests} == {None}
    assert sum(each["action"] in STOPS for each in requests) == 500 + 50 + 75, "each is stopped once"
    assert all(len(each["parameters"].get("InvocationIds", [])) <= 100 for each in tencent.requests())
