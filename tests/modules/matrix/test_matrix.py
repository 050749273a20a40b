# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same behaviours over every kind at every provider, from the lists of the providers' folders."""

from __future__ import annotations

import importlib
import pkgutil
from itertools import pairwise

import pytest

from ansible_collections.cloudops.halt.plugins import modules

from ...support.kinds import every_kind


def verdict(report):
    return report["outcome"], report["changed"], report["failed"]


def test_the_list_has_every_kind_that_a_module_stops():
    stopped = set()
    for found in pkgutil.iter_modules(modules.__path__):
        module = importlib.import_module(f"{modules.__name__}.{found.name}")
        stopped |= {adapter.__name__ for adapter in getattr(module, "ADAPTERS", {}).values()}
    assert stopped == {kind.adapter.__name__ for kind in every_kind()}
    assert len({str(kind) for kind in every_kind()}) == len(every_kind())


# Nothing to stop


def test_not_found_fails_unless_it_is_ignored(scene):
    strict = scene.halt(scene.kind.unknown_id)
    lenient = scene.halt(scene.kind.unknown_id, ignore_not_found=True)

    assert verdict(strict) == ("not_found", False, True)
    assert verdict(lenient) == ("not_found", False, False)
    assert scene.kind.unknown_id in strict["msg"] and "ignore_not_found" in strict["msg"]
    assert (strict["operation"], scene.parts(strict), scene.stops) == (None, [], 0)


def test_finished_is_left_alone_and_fails_only_if_asked_to(scene):
    for status in scene.kind.ended:
        finished = scene.start(status=status)
        assert verdict(scene.halt(finished)) == ("already_finished", False, False), status
        assert verdict(scene.halt(finished, fail_if_not_running=True)) == ("already_finished", False, True), status
    assert scene.stops == 0


# Stopping


def test_in_flight_is_stopped_and_read_back_and_a_second_run_changes_nothing(scene):
    runaway = scene.start()

    first, second = scene.halt(runaway, expected_name=scene.kind.name), scene.halt(runaway)

    assert verdict(first) == ("stopped", True, False)
    assert first["operation"]["state"] == "stopped"
    assert first["operation"]["status"] == scene.status(runaway)
    assert (first["operation"]["id"], first["operation"]["name"]) == (runaway, scene.kind.name)
    assert (first["diff"]["before"]["state"], first["diff"]["after"]["state"]) == ("running", "stopped")
    assert (first["summary"]["stop_calls"], len(first["request_ids"])) == (1, 1)
    assert not {"error", "warnings"} & set(first)
    assert scene.actions[-1] != scene.kind.adapter.stop_action, "the end was read back"
    assert verdict(second) == ("already_finished", False, False)
    assert scene.stops == 1


@pytest.mark.parametrize("kind", [kind for kind in every_kind() if kind.stopping], indirect=True, ids=str)
def test_what_is_stopping_already_is_waited_for_without_a_stop(scene):
    stopping = scene.start(status=scene.kind.stopping, stopping_seconds=0.8)

    report = scene.halt(stopping)

    assert verdict(report) == ("stopped", False, False)
    assert (report["diff"]["before"]["state"], report["operation"]["state"]) == ("stopping", "stopped")
    assert scene.stops == 0


def test_the_summary_counts_every_call(scene):
    report = scene.halt(scene.start())

    assert report["summary"]["calls"] == len(scene.actions)
    assert report["summary"]["stop_calls"] == scene.stops


def test_what_finishes_between_read_and_stop_is_no_failure(scene):
    runaway = scene.start()
    scene.fault("finish_first", status=scene.kind.succeeded)

    report = scene.halt(runaway)

    assert verdict(report) == ("finished_meanwhile", False, False)
    assert report["operation"]["state"] == "succeeded"
    assert (scene.stops, "error" in report) == (1, False)


def test_without_waiting_the_stop_is_only_requested(scene):
    report = scene.halt(scene.start(stopping_seconds=60.0), wait=False)

    assert verdict(report) == ("stop_requested", True, False)
    assert scene.stops == 1


def test_the_end_of_the_wait_is_a_failure_that_tells_what_was_changed(scene):
    runaway = scene.start(stopping_seconds=600.0)

    report = scene.halt(runaway, wait_timeout=60)

    assert verdict(report) in (("still_running", True, True), ("stop_requested", True, True))
    assert report["operation"]["state"] in ("running", "stopping")
    assert runaway in report["msg"] and "wait_timeout=60 seconds" in report["msg"]
    assert 50 < report["summary"]["seconds"] < 70
    assert scene.stops == 1


def test_an_unknown_status_counts_as_in_flight_and_is_warned_about(scene):
    strange = scene.start(status="Hibernating")

    report = scene.halt(strange, wait_timeout=0.3)

    assert report["failed"] and report["changed"]
    assert report["outcome"] in ("still_running", "stop_requested")
    assert "'Hibernating'" in str(report["warnings"])
    assert scene.stops == 1


# Guards


def test_a_wrong_name_is_skipped(scene):
    runaway = scene.start()

    report = scene.halt(runaway, expected_name="something else")

    assert verdict(report) == ("skipped", False, True)
    assert scene.kind.name in report["msg"] and "something else" in report["msg"]
    assert (scene.stops, scene.status(runaway)) == (0, scene.kind.running)


def test_check_mode_predicts_the_run_and_stops_nothing(scene):
    finished, running, wrong = (scene.start(status=status) for status in (scene.kind.succeeded, None, None))
    runs = {
        "finished": (finished, {}),
        "finished, a failure": (finished, {"fail_if_not_running": True}),
        "not found": (scene.kind.unknown_id, {}),
        "not found, ignored": (scene.kind.unknown_id, {"ignore_not_found": True}),
        "wrong name": (wrong, {"expected_name": "something else"}),
        "in flight": (running, {"expected_name": scene.kind.name}),
        "in flight, not waited for": (wrong, {"wait": False}),
    }
    foretold = {name: scene.halt(target, check=True, **options) for name, (target, options) in runs.items()}
    assert scene.stops == 0
    assert {name for name, report in foretold.items() if report["changed"]} == {
        "in flight",
        "in flight, not waited for",
    }
    assert foretold["in flight"]["outcome"] == "would_stop"

    for name, (target, options) in runs.items():
        report, prediction = scene.halt(target, **options), foretold[name]
        assert (report["changed"], report["failed"]) == (prediction["changed"], prediction["failed"]), name
        came_true = {"would_stop": ("stopped", "stop_requested")}
        assert report["outcome"] in came_true.get(prediction["outcome"], (prediction["outcome"],)), name
    assert foretold["in flight"]["diff"]["after"]["state"] == "stopped"


# What goes wrong


def test_a_refusal_of_something_that_still_runs_is_a_failure(scene):
    for code in scene.kind.refusals:
        runaway = scene.start()
        scene.fault("error", code=code)

        report = scene.halt(runaway)

        assert verdict(report) == ("failed", False, True), code
        assert (report["error"]["code"], report["error"]["action"]) == (code, scene.kind.adapter.stop_action)
        assert code in report["msg"]
        assert scene.status(runaway) == scene.kind.running


def test_a_key_without_permission_is_denied(scene):
    runaway = scene.start()

    report = scene.halt(runaway, key="denied")

    assert verdict(report) == ("failed", False, True)
    assert report["error"]["class"] == "denied"
    assert scene.kind.adapter.permission in report["msg"]
    assert (scene.stops, scene.status(runaway)) == (0, scene.kind.running)


def test_throttling_is_waited_out(scene):
    runaway = scene.start()
    scene.fault("throttle", action=None)
    scene.fault("throttle")

    report = scene.halt(runaway)

    assert verdict(report) == ("stopped", True, False)
    assert scene.stops == 2


@pytest.mark.parametrize("kind_of_loss", ["reset_after", "truncate", "reset"])
def test_after_a_lost_answer_nothing_is_stopped_again_without_a_look(scene, kind_of_loss):
    runaway = scene.start()
    scene.fault(kind_of_loss, times=2)

    report = scene.halt(runaway)

    assert (scene.kind.adapter.stop_action,) * 2 not in set(pairwise(scene.actions))
    assert report["outcome"] in ("stopped", "finished_meanwhile") and not report["failed"]


@pytest.mark.parametrize("stopping_seconds", [0.0, 0.08, 0.4])
def test_a_stop_whose_answer_was_lost_is_known_by_its_effect(scene, stopping_seconds):
    """At once, before the next try, or after it: what was in flight and is read back as stopped, was stopped."""
    runaway = scene.start(stopping_seconds=stopping_seconds)
    scene.fault("reset_after")

    report = scene.halt(runaway)

    assert verdict(report) == ("stopped", True, False)
    assert (scene.kind.adapter.stop_action,) * 2 not in set(pairwise(scene.actions))


# Where the provider refuses to stop what has ended

that_refuse = pytest.mark.parametrize(
    "kind", [kind for kind in every_kind() if kind.adapter.refuses_ended], indirect=True, ids=str
)


@that_refuse
def test_a_refusal_while_the_reads_show_the_past_is_looked_into(scene):
    """It had ended before the first look, and neither that nor the next two could tell."""
    finished = scene.start(age=60.0)
    scene.finish(finished, scene.kind.succeeded)
    scene.fault("stale_reads", action=None, seconds=30.0, times=3)

    report = scene.halt(finished)

    assert verdict(report) == ("finished_meanwhile", False, False)
    assert (scene.stops, "error" in report) == (1, False)


@that_refuse
def test_without_retries_a_lost_stop_that_shows_late_is_seen(scene):
    runaway = scene.start(age=60.0, stopping_seconds=0.0)
    scene.fault("reset_after")
    scene.fault("stale_reads", action=None, seconds=30.0, after=1, times=2)

    report = scene.halt(runaway, retries=0)

    assert verdict(report) == ("stopped", True, False)
    assert scene.stops == 1


@that_refuse
def test_without_retries_a_lost_stop_that_never_arrived_is_a_failure(scene):
    runaway = scene.start()
    scene.fault("reset")

    report = scene.halt(runaway, retries=0)

    assert verdict(report) == ("failed", False, True)
    assert (report["error"]["class"], scene.status(runaway)) == ("lost", scene.kind.running)


# Parts that can only be stopped as a whole

that_only_show = pytest.mark.parametrize(
    "kind", [kind for kind in every_kind() if kind.adapter.parts_key == "results_by_target"], indirect=True, ids=str
)


@that_only_show
def test_the_pairs_of_what_has_ended_are_left_alone(scene):
    for status in scene.kind.ended:
        finished = scene.start(status=status, **scene.pairs(scene.kind.running, scene.kind.succeeded))
        assert verdict(scene.halt(finished)) == ("already_finished", False, False), status
    assert scene.stops == 0


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

    assert verdict(report) == ("finished_meanwhile", False, False)
    assert report["operation"]["status"] == scene.kind.failed
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
    runaway = scene.start()
    body = '{"RequestId": "r-1"}'
    scene.fault("http_error", action=scene.kind.read, http_status=200, body=body, times=None)

    report = scene.halt(runaway, ignore_not_found=True)

    assert verdict(report) == ("failed", False, True)
    assert (report["error"]["code"], scene.stops) == ("NotAnAnswer", 0)


# Parts that are operations of their own


with_children = pytest.mark.parametrize(
    "kind", [kind for kind in every_kind() if kind.adapter.parts_key == "children"], indirect=True, ids=str
)


@with_children
def test_children_that_live_on_are_stopped_one_by_one(scene):
    parent = scene.start(children=2)

    preview = scene.halt(parent, include_children=True, check=True)
    first, second = scene.halt(parent, include_children=True), scene.halt(parent, include_children=True)

    assert (verdict(preview), scene.outcomes(preview)) == (("would_stop", True, False), ["would_stop"] * 2)
    assert (verdict(first), scene.outcomes(first)) == (("stopped", True, False), ["stopped"] * 2)
    assert (verdict(second), scene.outcomes(second)) == (("already_finished", False, False), ["already_finished"] * 2)
    assert scene.stops == len(first["request_ids"]) == 3


@with_children
def test_children_of_what_has_ended_are_stopped(scene):
    parent = scene.start(status=scene.kind.succeeded)
    scene.start(parent=parent)

    report = scene.halt(parent, include_children=True)

    assert (verdict(report), scene.outcomes(report)) == (("stopped", True, False), ["stopped"])
    assert scene.stops == 1


@with_children
def test_a_child_that_cannot_be_stopped_does_not_shield_the_others(scene):
    parent = scene.start(children=2)
    scene.fault("error", code=scene.kind.refusals[-1], after=1)

    report = scene.halt(parent, include_children=True)

    assert (verdict(report), sorted(scene.outcomes(report))) == (("failed", True, True), ["failed", "stopped"])
    assert report["error"]["class"] == "denied"


@with_children
def test_children_are_stopped_though_a_look_in_between_is_lost(scene):
    """The look after the stop of the parent is lost, with all its retries; later ones are not."""
    parent = scene.start(children=2)
    scene.fault("reset", action=scene.kind.read, after=2, times=3)

    report = scene.halt(parent, include_children=True, wait_timeout=2.0)

    assert (verdict(report), scene.outcomes(report)) == (("stopped", True, False), ["stopped"] * 2)


@with_children
def test_no_stop_is_said_to_be_requested_that_was_never_sent(scene):
    parent = scene.start(children=2)
    scene.fault("reset", action=scene.kind.read, after=2, times=3)

    report = scene.halt(parent, include_children=True, wait=False)

    assert scene.stops == 3 or (report["failed"] and "stop_requested" not in scene.outcomes(report))


@with_children
def test_children_that_appear_while_waiting_are_stopped_once_each(scene):
    parent = scene.start(stopping_seconds=2.0)
    scene.at_each_pause(*[lambda: scene.start(parent=parent)] * 2)

    report = scene.halt(parent, include_children=True)

    assert (verdict(report), scene.outcomes(report)) == (("stopped", True, False), ["stopped"] * 2)
    assert scene.stops == 3


@with_children
def test_a_child_of_a_child_is_waited_for_though_its_parent_ends_first(scene):
    parent = scene.start(stopping_seconds=0.0)
    child = scene.start(parent=parent, stopping_seconds=0.0)
    scene.start(parent=child, stopping_seconds=0.6)

    report = scene.halt(parent, include_children=True, wait_timeout=3.0)

    assert (verdict(report), scene.outcomes(report)) == (("stopped", True, False), ["stopped"] * 2)
    assert scene.stops == 3


@with_children
def test_what_a_child_that_has_ended_had_started_is_left_alone(scene):
    parent = scene.start()
    ended = scene.start(parent=parent, status=scene.kind.failed)
    grandchild = scene.start(parent=ended)

    report = scene.halt(parent, include_children=True)

    assert (verdict(report), scene.outcomes(report)) == (("stopped", True, False), ["already_finished"])
    assert scene.status(grandchild) == scene.kind.running


@with_children
def test_what_is_left_behind_is_asked_only_of_what_was_in_flight(scene):
    parent = scene.start(invocation_ids=["t-1"])
    scene.start(parent=parent, status=scene.kind.failed, invocation_ids=["t-2"])
    scene.start(parent=parent, invocation_ids=["t-3"])

    report = scene.halt(parent, include_children=True)

    assert {each["invocation_id"] for each in report["invocations"]} == {"t-1", "t-3"}
    assert scene.actions.count(scene.kind.read_left_behind) == 2
