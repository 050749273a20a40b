# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same behaviours over every kind at every provider, from the lists of the providers' folders."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from ...support.kinds import ADAPTERS, every_kind
from ...support.results import verdict

# The outcome, and whether it is a change and a failure.
WOULD_STOP = ("would_stop", True, False)
STOPPED = ("stopped", True, False)
LEFT_ALONE = ("already_finished", False, False)
ENDED_MEANWHILE = ("finished_meanwhile", False, False)
FAILED = ("failed", False, True)


def only(is_meant):
    """For the kinds of which this is true."""
    kinds = [kind for kind in every_kind() if is_meant(kind)]
    return pytest.mark.parametrize("kind", kinds, indirect=True, ids=str)


def test_the_list_has_every_kind_of_every_provider():
    assert set(ADAPTERS.values()) == {kind.adapter for kind in every_kind()}
    assert len({str(kind) for kind in every_kind()}) == len(every_kind())


def test_in_flight_is_stopped_and_read_back_and_a_second_run_changes_nothing(scene):
    runaway = scene.start()

    first = scene.halt(runaway)
    calls = scene.actions
    second = scene.halt(runaway)

    assert verdict(first) == STOPPED
    assert first["operation"]["state"] == "stopped"
    assert first["operation"]["status"] == scene.status(runaway)
    assert (first["operation"]["id"], first["operation"]["name"]) == (runaway, scene.kind.name)
    assert (first["diff"]["before"]["state"], first["diff"]["after"]["state"]) == ("running", "stopped")
    assert (first["summary"]["calls"], first["summary"]["stop_calls"]) == (len(calls), 1)
    assert len(first["request_ids"]) == 1
    assert not {"error", "warnings"} & set(first)
    assert calls[-1] != scene.kind.stop, "the end was read back"
    assert verdict(second) == LEFT_ALONE
    assert scene.stops == 1


def test_the_options_decide_and_check_mode_foretells_it(scene):
    kind, one, other = scene.kind, scene.start(), scene.start(stopping_seconds=60.0)
    cases: dict[str, Any] = {
        "not found": (kind.unknown_id, {}, ("not_found", False, True)),
        "not found, ignored": (kind.unknown_id, {"ignore_not_found": True}, ("not_found", False, False)),
        "wrong name": (one, {"expected_name": "something else"}, ("skipped", False, True)),
        "right name": (one, {"expected_name": kind.name}, STOPPED),
        "not waited for": (other, {"wait": False}, ("stop_requested", True, False)),
    }
    for status in kind.ended:
        ended = scene.start(status=status)
        cases[status] = (ended, {}, LEFT_ALONE)
        cases[f"{status}, a failure"] = (ended, {"fail_if_not_running": True}, ("already_finished", False, True))

    foretold = {name: scene.halt(target, check=True, **options) for name, (target, options, _) in cases.items()}
    assert scene.stops == 0
    reports = {name: scene.halt(target, **options) for name, (target, options, _) in cases.items()}

    expected = {name: end for name, (_target, _options, end) in cases.items()}
    assert {name: verdict(report) for name, report in reports.items()} == expected
    assert {name: verdict(report) for name, report in foretold.items()} == {
        **expected,
        **dict.fromkeys(("right name", "not waited for"), WOULD_STOP),
    }
    assert foretold["right name"]["diff"]["after"]["state"] == "stopped"
    assert scene.stops == 2
    not_found, wrong = reports["not found"], reports["wrong name"]
    assert kind.unknown_id in not_found["msg"] and "ignore_not_found" in not_found["msg"]
    assert (not_found["operation"], scene.parts(not_found)) == (None, [])
    assert kind.name in wrong["msg"] and "something else" in wrong["msg"]


@only(lambda kind: kind.stopping)
def test_what_is_stopping_already_is_waited_for_without_a_stop(scene):
    stopping = scene.start(status=scene.kind.stopping, stopping_seconds=0.8)

    preview, report = scene.halt(stopping, check=True), scene.halt(stopping)

    assert (verdict(preview), verdict(report), scene.stops) == (
        ("stop_requested", False, False),
        ("stopped", False, False),
        0,
    )
    assert (report["diff"]["before"]["state"], report["operation"]["state"]) == ("stopping", "stopped")


def test_what_finishes_between_read_and_stop_is_no_failure(scene):
    runaway = scene.start()
    scene.fault("finish_first", status=scene.kind.succeeded)

    report = scene.halt(runaway)

    assert (verdict(report), scene.stops, "error" in report) == (ENDED_MEANWHILE, 1, False)
    assert report["operation"]["state"] == "succeeded"


def test_the_end_of_the_wait_is_a_failure_that_tells_what_was_changed(scene):
    runaway = scene.start(stopping_seconds=600.0)

    report = scene.halt(runaway, wait_timeout=60, wait_interval=5)

    assert verdict(report) in (("still_running", True, True), ("stop_requested", True, True))
    assert report["operation"]["state"] in ("running", "stopping")
    assert runaway in report["msg"] and "wait_timeout=60 seconds" in report["msg"]
    assert 50 < report["summary"]["seconds"] < 70
    assert scene.stops == 1


def test_an_unknown_status_counts_as_in_flight_and_is_warned_about(scene):
    report = scene.halt(scene.start(status="Hibernating"), wait_timeout=0.3)

    assert verdict(report) in (("still_running", True, True), ("stop_requested", True, True))
    assert any("'Hibernating'" in warning for warning in report["warnings"])
    assert scene.stops == 1


# What goes wrong


def test_a_refusal_of_something_that_still_runs_is_a_failure(scene):
    for code in scene.kind.refusals:
        runaway = scene.start()
        scene.fault("error", code=code)

        report = scene.halt(runaway)

        assert (verdict(report), scene.status(runaway)) == (FAILED, scene.kind.running), code
        assert (report["error"]["code"], report["error"]["action"]) == (code, scene.kind.stop)
        assert code in report["msg"]


def test_a_key_without_permission_is_denied(scene):
    runaway = scene.start()

    report = scene.halt(runaway, key="denied")

    assert (verdict(report), scene.status(runaway), scene.stops) == (FAILED, scene.kind.running, 0)
    assert (report["error"]["class"], report["error"]["action"]) == ("denied", scene.kind.read)
    assert (
        f"permission {scene.kind.adapter.permission_for(scene.kind.read)}." in report["msg"]
        and "so it was not stopped" in report["msg"]
    )


@pytest.mark.parametrize(
    "fault, times, stopping_seconds",
    [
        ("reset_after", 2, 0.2),
        ("truncate", 2, 0.2),
        ("reset", 2, 0.2),
        # It shows at once, before the next try, or after it.
        ("reset_after", 1, 0.0),
        ("reset_after", 1, 0.08),
        ("reset_after", 1, 0.4),
    ],
)
def test_a_stop_whose_answer_was_lost_is_known_by_its_effect(scene, fault, times, stopping_seconds):
    """What was in flight and is read back as stopped, was stopped. Nothing is stopped again without a look."""
    runaway = scene.start(stopping_seconds=stopping_seconds)
    scene.fault(fault, times=times)

    report = scene.halt(runaway)

    assert verdict(report) == STOPPED
    assert (scene.kind.stop,) * 2 not in set(pairwise(scene.actions))


# Where the provider refuses to stop what has ended

that_refuse = only(lambda kind: kind.adapter.refuses_ended)


@that_refuse
def test_a_refusal_while_the_reads_show_the_past_is_looked_into(scene):
    """It had ended before the first look, and neither that nor the next two could tell."""
    finished = scene.start(age=60.0)
    scene.finish(finished, scene.kind.succeeded)
    scene.fault("stale_reads", action=None, seconds=30.0, times=3)

    report = scene.halt(finished)

    assert (verdict(report), scene.stops, "error" in report) == (ENDED_MEANWHILE, 1, False)


@that_refuse
def test_without_retries_a_lost_stop_that_shows_late_is_seen(scene):
    runaway = scene.start(age=60.0, stopping_seconds=0.0)
    scene.fault("reset_after")
    scene.fault("stale_reads", action=None, seconds=30.0, after=1, times=2)

    assert (verdict(scene.halt(runaway, retries=0)), scene.stops) == (STOPPED, 1)


@that_refuse
def test_without_retries_a_lost_stop_that_never_arrived_is_a_failure(scene):
    runaway = scene.start()
    scene.fault("reset")

    report = scene.halt(runaway, retries=0)

    assert (verdict(report), report["error"]["class"]) == (FAILED, "lost")
    assert scene.status(runaway) == scene.kind.running


# Parts that can only be stopped as a whole

that_only_show = only(lambda kind: kind.adapter.parts_key == "results_by_target")


@that_only_show
def test_the_pairs_of_what_has_ended_are_left_alone(scene):
    for status in scene.kind.ended:
        finished = scene.start(status=status, **scene.pairs(scene.kind.running, scene.kind.succeeded))
        assert (verdict(scene.halt(finished)), scene.stops) == (LEFT_ALONE, 0), status


@that_only_show
def test_a_pair_that_runs_while_the_whole_is_stopping_changes_nothing(scene):
    pairs = scene.pairs(scene.kind.running, scene.kind.stopping)
    stopping = scene.start(status=scene.kind.stopping, stopping_seconds=0.5, **pairs)

    preview, report = scene.halt(stopping, check=True), scene.halt(stopping, wait_timeout=0.8)

    assert (preview["changed"], preview["failed"], report["changed"], scene.stops) == (False, False, False, 0)
    assert "would_stop" not in scene.outcomes(preview)


@that_only_show
def test_pairs_that_were_never_reached_do_not_make_a_failure_a_stop(scene):
    runaway = scene.start()
    scene.fault("finish_first", status=scene.kind.failed)

    report = scene.halt(runaway)

    assert (verdict(report), report["operation"]["status"]) == (ENDED_MEANWHILE, scene.kind.failed)
    assert "stopped" not in scene.outcomes(report)


@that_only_show
def test_a_pair_that_runs_on_after_the_end_of_the_whole_is_still_running(scene):
    runaway = scene.start(age=60.0, stopping_seconds=0.0, **scene.pairs(scene.kind.running))
    # The pairs are read after the whole.
    scene.fault("stale_reads", action=scene.kind.read_parts, seconds=30.0, times=None)

    report = scene.halt(runaway, wait_timeout=0.6)

    assert report["operation"]["state"] == "stopped"
    assert (verdict(report), scene.outcomes(report)) == (("still_running", True, True), ["still_running"])
    assert f"wait_timeout=0.6 seconds: 0/{report['operation']['region']}." in report["msg"]


@that_only_show
def test_an_answer_without_the_operation_is_not_taken_for_not_found(scene):
    body = '{"RequestId": "r-1"}'
    scene.fault("http_error", action=scene.kind.read, http_status=200, body=body, times=None)

    report = scene.halt(scene.start(), ignore_not_found=True)

    assert (verdict(report), report["error"]["code"], scene.stops) == (FAILED, "NotAnAnswer", 0)


# Parts that are operations of their own

with_children = only(lambda kind: kind.adapter.parts_key == "children")


def halt_all(scene, parent, **options):
    """What becomes of the parent and its children, and the stop calls so far."""
    report = scene.halt(parent, include_children=True, **options)
    return verdict(report), sorted(scene.outcomes(report)), scene.stops


@with_children
def test_children_that_live_on_are_stopped_one_by_one(scene):
    parent = scene.start(children=2)

    assert halt_all(scene, parent, check=True) == (WOULD_STOP, ["would_stop"] * 2, 0)
    assert halt_all(scene, parent) == (STOPPED, ["stopped"] * 2, 3)
    assert halt_all(scene, parent) == (LEFT_ALONE, ["already_finished"] * 2, 3)


@with_children
def test_children_of_what_has_ended_are_stopped(scene):
    parent = scene.start(status=scene.kind.succeeded)
    scene.start(parent=parent)

    assert halt_all(scene, parent) == (STOPPED, ["stopped"], 1)


@with_children
def test_a_child_that_cannot_be_stopped_does_not_shield_the_others(scene):
    parent = scene.start(children=2)
    scene.fault("error", code=scene.kind.refusals[-1], after=1)

    report = scene.halt(parent, include_children=True)

    assert (verdict(report), report["error"]["class"]) == (("failed", True, True), "denied")
    assert sorted(scene.outcomes(report)) == ["failed", "stopped"]


@with_children
def test_children_are_stopped_though_a_look_in_between_is_lost(scene):
    """The look after the stop of the parent is lost, with all its retries; later ones are not."""
    parent = scene.start(children=2)
    scene.fault("reset", action=scene.kind.read, after=2, times=3)

    assert halt_all(scene, parent, wait_timeout=2.0) == (STOPPED, ["stopped"] * 2, 3)


@with_children
def test_no_stop_is_said_to_be_requested_that_was_never_sent(scene):
    parent = scene.start(children=2)
    scene.fault("reset", action=scene.kind.read, after=2, times=3)

    (_outcome, _changed, failed), outcomes, stops = halt_all(scene, parent, wait=False)

    assert stops == 3 or (failed and "stop_requested" not in outcomes)


@with_children
def test_children_that_appear_while_waiting_are_stopped_once_each(scene):
    parent = scene.start(stopping_seconds=2.0)
    scene.at_each_pause(*[lambda: scene.start(parent=parent)] * 2)

    assert halt_all(scene, parent) == (STOPPED, ["stopped"] * 2, 3)


@with_children
def test_a_child_of_a_child_is_waited_for_though_its_parent_ends_first(scene):
    parent = scene.start(stopping_seconds=0.0)
    child = scene.start(parent=parent, stopping_seconds=0.0)
    scene.start(parent=child, stopping_seconds=0.6)

    assert halt_all(scene, parent, wait_timeout=3.0) == (STOPPED, ["stopped"] * 2, 3)


@with_children
def test_what_a_child_that_has_ended_had_started_is_left_alone(scene):
    parent = scene.start()
    ended = scene.start(parent=parent, status=scene.kind.failed, age=60)
    grandchild = scene.start(parent=ended)

    assert halt_all(scene, parent) == (STOPPED, ["already_finished"], 1)
    assert scene.status(grandchild) == scene.kind.running


@with_children
def test_what_is_left_behind_is_asked_only_of_what_was_in_flight(scene):
    parent = scene.start(invocation_ids=["t-1"])
    scene.start(parent=parent, status=scene.kind.failed, age=60, invocation_ids=["t-2"])
    scene.start(parent=parent, invocation_ids=["t-3"])

    report = scene.halt(parent, include_children=True)

    assert {each["invocation_id"] for each in report["invocations"]} == {"t-1", "t-3"}
    assert scene.actions.count(scene.kind.read_left_behind) == 2
    assert len(report["request_ids"]) == scene.stops == 2
