# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flow, case by case, in a simulated world."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from .simulation import Family, Pairs, Run, Task, World, error, outcomes


def many(count: int, **run: object) -> dict[str, Run]:
    return {f"i-{number}": Run(**run) for number in range(count)}  # type: ignore[arg-type]


def stale(world: World, seconds: float) -> None:
    """For a while, the reads show how things were just before now."""
    begun = world.clock.now

    def look(_number: int) -> None:
        age = world.clock.now - begun
        world.stale_for = age + 0.001 if age < seconds else 0.0

    world.before_read = look


def late(world: World, seconds: float) -> Callable[[int, Sequence[str]], None]:
    """The answer to a stop is lost, and for a while the reads show the past."""

    def lose(_number: int, _ids: Sequence[str]) -> None:
        stale(world, seconds)
        raise error("lost")

    return lose


class TestStopsWhatRuns:
    def test_a_whole_operation_is_one_call_and_is_read_back(self):
        world = World(many(7))
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("stopped", True, False)
        assert world.stops == [()]
        assert set(outcomes(report).values()) == {"stopped"}
        assert report.rows[0] == {
            "instance_id": "i-0",
            "before": "running",
            "after": "stopped",
            "status": "STOPPED",
            "outcome": "stopped",
        }
        assert report.request_ids == ["r-1"]
        assert report.summary["stopped"] == report.summary["requested"] == 7

    def test_a_kind_without_instances(self):
        world = World(Run())
        report = world.halt()
        assert (report.outcome, report.changed, report.rows) == ("stopped", True, [])
        assert report.summary["stopped"] == report.summary["requested"] == 1

    def test_instances_are_split_at_the_limit_in_the_order_given(self):
        world = World(many(9))
        report = world.halt("i-8", "i-1", "i-2", "i-3", "i-4", "i-5", "i-6")
        assert world.stops == [("i-8", "i-1", "i-2"), ("i-3", "i-4", "i-5"), ("i-6",)]
        assert list(outcomes(report)) == ["i-8", "i-1", "i-2", "i-3", "i-4", "i-5", "i-6"]
        assert world.runs["i-0"].stopped_at is world.runs["i-7"].stopped_at is None

    def test_only_what_is_in_flight_is_named_in_a_call(self):
        world = World({"i-0": Run("succeeded"), "i-1": Run(), "i-2": Run("failed"), "i-3": Run("pending")})
        report = world.halt("i-0", "i-1", "i-2", "i-3")
        assert world.stops == [("i-1", "i-3")]
        assert outcomes(report) == {
            "i-0": "already_finished",
            "i-1": "stopped",
            "i-2": "already_finished",
            "i-3": "stopped",
        }
        assert (report.outcome, report.changed) == ("stopped", True)

    def test_a_second_run_changes_nothing(self):
        world = World(many(4))
        world.halt()
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("already_finished", False, False)
        assert world.stop_calls == 1

    def test_without_wait_the_provider_is_taken_at_its_word(self):
        world = World(many(2))
        report = world.halt(wait=False)
        assert (report.outcome, report.changed, report.failed) == ("stop_requested", True, False)
        assert world.reads == 1
        assert report.rows[0]["after"] is None

    def test_what_is_stopping_already_is_waited_for_but_not_stopped_again(self):
        world = World(many(2))
        world.halt(wait=False)
        report = world.halt()
        assert (report.outcome, report.changed, world.stop_calls) == ("stopped", False, 1)

    def test_an_unknown_status_counts_as_in_flight_and_is_warned_about(self):
        world = World({"i-0": Run("unknown", status="Dreaming", goes_on=True)})
        report = world.halt(wait_timeout=5)
        assert world.stop_calls == 1
        assert (report.outcome, report.changed, report.failed) == ("still_running", True, True)
        assert "'Dreaming'" in report.warnings[0]

    def test_the_whole_is_in_flight_while_any_instance_is(self):
        world = World({"i-0": Run("failed"), "i-1": Run()})
        world.overall = "failed"
        assert world.halt().outcome == "stopped"
        assert world.stop_calls == 1

    def test_the_whole_counts_where_the_instances_listed_have_ended(self):
        world = World({"i-0": Run("succeeded")})
        world.overall = "running"
        report = world.halt(wait_timeout=5)
        assert (world.stop_calls, report.outcome, report.failed) == (1, "still_running", True)


class TestRaces:
    def test_ended_by_itself_between_read_and_stop(self):
        world = World(many(3))

        def end(_number: int, ids: Sequence[str]) -> None:
            for run in world.runs.values():
                run.ends = world.clock.now

        world.before_stop = end
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("finished_meanwhile", False, False)

    def test_a_refusal_because_it_has_ended_is_no_failure(self):
        world = World(many(2))

        def end(_number: int, ids: Sequence[str]) -> None:
            for run in world.runs.values():
                run.ends = world.clock.now
            raise error("denied", "Operation.Forbidden")

        world.before_stop = end
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("finished_meanwhile", False, False)
        assert report.error is None
        assert report.request_ids == ["r-1"]

    def test_stopped_by_somebody_else_while_ours_was_refused(self):
        world = World(many(2, stop_takes=0))

        def stopped_elsewhere(_number: int, ids: Sequence[str]) -> None:
            for run in world.runs.values():
                run.stop(world.clock.now)
            raise error("denied")

        world.before_stop = stopped_elsewhere
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("finished_meanwhile", False, False)

    def test_ending_by_itself_after_the_stop_was_accepted_is_a_change(self):
        world = World({"i-0": Run(ends=1_000_010.0, goes_on=True)})
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("finished_meanwhile", True, False)

    def test_an_instance_that_shows_up_between_two_tries_of_a_stop_was_stopped_by_the_second(self):
        world = World({"a": Run(ends=1_000_000.15), "b": Run(begins=1_000_000.1)})

        def lose_the_first(number: int, _ids: Sequence[str]) -> None:
            if number == 1:
                raise error("lost")

        world.before_stop = lose_the_first
        report = world.halt()
        assert (report.changed, world.stop_calls, outcomes(report)["b"]) == (True, 2, "stopped")

    def test_an_instance_that_shows_up_after_the_stop_of_a_whole_that_was_stopping_makes_a_change(self):
        """The only one that was seen to need the stop has ended by itself."""
        stopping = Run("stopping", stopped_at=1_000_000.0, stop_takes=30.0)
        world = World({"a": Run(), "b": stopping, "c": Run(begins=1_000_000.001, stop_takes=5.0)})
        world.before_read = lambda number: world.clock.sleep(0.01 if number > 1 else 0.0)

        def end(_number: int, _ids: Sequence[str]) -> None:
            world.runs["a"].ends = world.clock.now

        world.before_stop = end
        report = world.halt(wait_timeout=60)
        assert (report.changed, outcomes(report)["c"]) == (True, "stopped")

    def test_stale_reads_after_the_stop_are_waited_out(self):
        world = World(many(2))
        world.after_stop = lambda *_: setattr(world, "stale_for", 10.0)
        report = world.halt()
        assert (report.outcome, report.changed) == ("stopped", True)
        assert world.stop_calls == 1

    def test_what_was_seen_as_ended_and_is_in_flight_after_all_is_not_called_finished(self):
        world = World({"a": Run(goes_on=True), "b": Run(goes_on=True)})

        def out_of_date_at_first(number: int) -> None:
            world.runs["b"].state = "stopped" if number == 1 else "running"

        world.before_read = out_of_date_at_first
        report = world.halt("a", "b", wait_timeout=5)
        assert (report.outcome, report.failed, world.stops) == ("still_running", True, [("a",)])
        assert outcomes(report) == {"a": "still_running", "b": "still_running"}
        assert [row["before"] for row in report.rows] == ["running", "running"]


class TestWhatDoesNotStop:
    def test_a_run_that_goes_on_is_still_running_and_the_task_fails_with_changed(self):
        world = World({"i-0": Run(goes_on=True), "i-1": Run("pending")})
        report = world.halt(wait_timeout=20)
        assert outcomes(report) == {"i-0": "still_running", "i-1": "stopped"}
        assert (report.outcome, report.changed, report.failed) == ("still_running", True, True)
        assert "lets started work go on" in report.msg
        assert "i-0" in report.msg and "i-1" not in report.msg

    @pytest.mark.parametrize("latency", [0.0, 0.3, 4.0])
    @pytest.mark.parametrize("timeout", [0.0, 1.0, 7.5, 60.0])
    def test_the_wait_is_used_up_but_never_overrun(self, timeout, latency):
        world = World(many(1, goes_on=True), latency=latency)
        accepted: list[float] = []
        world.after_stop = lambda *_: accepted.append(world.clock.now)
        world.halt(wait_timeout=timeout, wait_interval=2.0)
        took = world.clock.now - accepted[0]
        assert took <= max(timeout, 1.0) + 1e-6
        assert took >= timeout - 0.1 - 1e-6

    @pytest.mark.parametrize("interval", [0.1, 2.0, 60.0])
    def test_an_end_shortly_before_the_time_is_over_is_seen(self, interval):
        world = World(many(1, stop_takes=1.5))
        report = world.halt(wait_timeout=2.0, wait_interval=interval)
        assert (report.outcome, report.failed) == ("stopped", False)

    def test_a_slow_look_does_not_end_the_wait(self):
        world = World(many(1, stop_takes=7.0))
        world.before_read = lambda number: world.clock.sleep(6.0 if number == 2 else 0.0)
        report = world.halt(wait_timeout=10.0)
        assert (report.outcome, report.failed) == ("stopped", False)

    def test_a_look_cut_short_by_the_deadline_is_no_news(self):
        world = World(many(1, goes_on=True), latency=0.4)
        report = world.halt(wait_timeout=2.0)
        assert (report.outcome, report.error) == ("still_running", None)

    def test_a_look_cut_short_by_the_deadline_hides_no_fault(self):
        world = World(many(1, goes_on=True), latency=0.4)

        def fail(number: int) -> None:
            if number > 1:
                raise error("transient")

        world.before_read = fail
        report = world.halt(wait_timeout=2.0)
        assert report.outcome == "stop_requested"
        assert report.error and report.error.error_class == "transient"

    def test_no_time_to_wait_is_time_for_one_look(self):
        world = World(many(1, stop_takes=0.0))
        assert world.halt(wait_timeout=0.0).outcome == "stopped"
        assert world.reads == 2

    def test_reads_while_waiting_know_the_deadline(self):
        world = World(many(1))
        world.halt()
        assert world.read_deadlines[0] is None
        assert all(world.read_deadlines[1:])

    @pytest.mark.parametrize("interval", [0.5, 2.0, 10.0])
    def test_the_interval_sets_the_number_of_looks(self, interval):
        world = World(many(1, goes_on=True))
        world.halt(wait_timeout=60, wait_interval=interval)
        # In the beginning they come soon, and towards the end closer together.
        soon = math.log2(interval / 0.25) + 1
        closer = math.log2(2 * interval / 0.1) + 1
        assert 60 / interval - 1 <= world.reads <= 1 + 60 / interval + soon + closer

    @pytest.mark.parametrize("takes", [0.2, 0.4, 0.9, 1.7, 5.0])
    def test_a_stop_that_takes_effect_soon_is_seen_soon(self, takes):
        world = World(many(1, stop_takes=takes))
        assert world.halt(wait_interval=2.0).outcome == "stopped"
        # It takes as long again at most, or an interval more.
        stopped_at = world.runs["i-0"].stopped_at
        assert stopped_at is not None
        assert world.clock.now - stopped_at <= min(max(2 * takes, 0.25), takes + 2.0) + 0.05

    def test_a_short_interval_is_kept(self):
        world = World(many(1, stop_takes=0.3))
        looks: list[float] = []
        world.before_read = lambda _number: looks.append(world.clock.now)
        world.halt(wait_interval=0.1)
        assert max(later - sooner for sooner, later in itertools.pairwise(looks[1:])) <= 0.1 + 1e-6


class TestGuards:
    def test_not_found_fails(self):
        world = World(many(1))
        world.exists = False
        report = world.halt("i-0", "i-1")
        assert (report.outcome, report.changed, report.failed) == ("not_found", False, True)
        assert outcomes(report) == {"i-0": "not_found", "i-1": "not_found"}
        assert "op-1" in report.msg and "ignore_not_found" in report.msg

    def test_not_found_can_be_accepted(self):
        world = World(many(1))
        world.exists = False
        report = world.halt(ignore_not_found=True)
        assert (report.outcome, report.changed, report.failed) == ("not_found", False, False)

    def test_an_instance_of_something_else_keeps_everything_running(self):
        world = World(many(2))
        report = world.halt("i-0", "i-9")
        assert (report.outcome, report.changed, report.failed) == ("not_found", False, True)
        assert outcomes(report) == {"i-0": "skipped", "i-9": "not_found"}
        assert world.stop_calls == 0
        assert "i-9" in report.msg

    def test_an_instance_of_something_else_can_be_left_out(self):
        world = World(many(2))
        report = world.halt("i-0", "i-9", ignore_not_found=True)
        assert (report.outcome, report.changed, report.failed) == ("stopped", True, False)
        assert outcomes(report) == {"i-0": "stopped", "i-9": "not_found"}
        assert world.stops == [("i-0",)]

    def test_only_instances_of_something_else_left_out_never_means_all(self):
        world = World(many(2))
        report = world.halt("i-8", "i-9", ignore_not_found=True)
        assert (report.outcome, report.changed, report.failed) == ("not_found", False, False)
        assert world.stop_calls == 0

    @pytest.mark.parametrize("name", ["weekly", None])
    def test_another_name_keeps_everything_running(self, name):
        world = World(many(2), name=name)
        report = world.halt("i-0", expected_name="nightly")
        assert (report.outcome, report.changed, report.failed) == ("skipped", False, True)
        assert (outcomes(report), world.stop_calls) == ({"i-0": "skipped"}, 0)
        assert repr(name) in report.msg and "expected_name" in report.msg

    def test_the_right_name_passes(self):
        assert World(many(2)).halt(expected_name="nightly").outcome == "stopped"

    def test_fail_if_not_running(self):
        world = World(many(2, state="succeeded"))
        report = world.halt(fail_if_not_running=True)
        assert (report.outcome, report.changed, report.failed) == ("already_finished", False, True)
        assert World({"i-0": Run("succeeded"), "i-1": Run()}).halt(fail_if_not_running=True).failed is False

    def test_check_mode_reads_and_predicts_and_stops_nothing(self):
        world = World({"i-0": Run("succeeded"), "i-1": Run()})
        report = world.halt(check_mode=True)
        assert (report.outcome, report.changed, report.failed) == ("would_stop", True, False)
        assert outcomes(report) == {"i-0": "already_finished", "i-1": "would_stop"}
        assert world.stop_calls == 0
        assert report.diff == {
            "before": {"state": "running", "instances": {"i-0": "succeeded", "i-1": "running"}},
            "after": {"state": "stopped", "instances": {"i-0": "succeeded", "i-1": "stopped"}},
        }

    def test_ids_of_another_cloud_are_known_before_any_call(self):
        from ansible_collections.cloudops.halt.plugins.module_utils._errors import OptionError
        from ansible_collections.cloudops.halt.plugins.module_utils._model import Target

        world = World(many(1))
        with pytest.raises(OptionError, match="invocation_id: x-1 is the id of a thing of another cloud"):
            world.check(Target("x-1"))
        assert world.reads == 0


class TestFaults:
    def test_a_first_read_that_fails_stops_nothing(self):
        world = World(many(2))

        def fail(_number: int) -> None:
            raise error("denied")

        world.before_read = fail
        report = world.halt("i-0")
        assert (report.outcome, report.changed, report.failed) == ("failed", False, True)
        assert (outcomes(report), world.stop_calls) == ({"i-0": "failed"}, 0)
        assert report.error and "Trouble" in report.msg

    @pytest.mark.parametrize("error_class", ["transient", "lost"])
    def test_a_stop_of_unknown_fate_is_sent_again_only_after_a_read_that_shows_its_need(self, error_class):
        world = World(many(1))
        reads_before: list[int] = []

        def fail_twice(number: int, ids: Sequence[str]) -> None:
            reads_before.append(world.reads)
            if number <= 2:
                raise error(error_class)

        world.before_stop = fail_twice
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("stopped", True, False)
        assert reads_before == [1, 2, 3]

    @pytest.mark.parametrize("error_class", ["transient", "lost"])
    def test_a_stop_whose_answer_is_lost_is_recognised_by_its_work(self, error_class):
        world = World(many(2))

        def lose(_number: int, ids: Sequence[str]) -> None:
            raise error(error_class)

        world.after_stop = lose
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("stopped", True, False)
        assert world.stop_calls == 1

    def test_a_stop_of_unknown_fate_is_not_sent_again_when_nobody_can_look(self):
        world = World(many(1))

        def lose(_number: int, ids: Sequence[str]) -> None:
            raise error("lost")

        def blind(number: int) -> None:
            if number > 1:
                raise error("transient")

        world.before_stop, world.before_read = lose, blind
        report = world.halt(wait_timeout=10)
        assert (report.outcome, report.changed, report.failed, world.stop_calls) == ("failed", False, True, 1)

    def test_a_lost_stop_that_nobody_could_look_after_is_still_waited_for(self):
        world = World(many(2))

        def lose(_number: int, ids: Sequence[str]) -> None:
            raise error("lost")

        def blind(number: int) -> None:
            if number == 2:
                raise error("lost")

        world.after_stop, world.before_read = lose, blind
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("stopped", True, False)
        assert world.stop_calls == 1

    @pytest.mark.parametrize("error_class", ["lost", "unreachable", "throttled"])
    def test_when_no_call_gets_through_the_rest_is_given_up(self, error_class):
        world = World(many(60))

        def fail(_number: int, ids: Sequence[str]) -> None:
            raise error(error_class)

        world.before_stop = fail
        report = world.halt(*world.runs, retries=2, wait_timeout=1.0)
        assert (report.outcome, report.changed, report.failed) == ("failed", False, True)
        assert set(outcomes(report).values()) == {"failed"}
        assert world.stop_calls <= 3 * 3

    def test_retries_are_bounded(self):
        world = World(many(1))

        def fail(_number: int, ids: Sequence[str]) -> None:
            raise error("transient")

        world.before_stop = fail
        report = world.halt(retries=3)
        assert (report.outcome, report.changed, report.failed, world.stop_calls) == ("failed", False, True, 4)

    @pytest.mark.parametrize("error_class", ["denied", "bad_input", "throttled", "unexpected"])
    def test_one_refused_batch_does_not_hide_the_others(self, error_class):
        world = World(many(8))

        def refuse_second(_number: int, ids: Sequence[str]) -> None:
            if "i-4" in ids:
                raise error(error_class)

        world.before_stop = refuse_second
        report = world.halt(*world.runs)
        assert {i for i, o in outcomes(report).items() if o == "failed"} == {"i-3", "i-4", "i-5"}
        assert {i for i, o in outcomes(report).items() if o == "stopped"} == {"i-0", "i-1", "i-2", "i-6", "i-7"}
        assert (report.outcome, report.changed, report.failed) == ("failed", True, True)
        assert report.error and report.error.error_class == error_class
        assert "Trouble" in report.rows[3]["error"]

    def test_rejected_credentials_end_the_calls(self):
        world = World(many(9))

        def reject(number: int, ids: Sequence[str]) -> None:
            if number >= 2:
                raise error("auth")

        world.before_stop = reject
        report = world.halt(*world.runs)
        assert world.stop_calls == 2
        assert [outcomes(report)[f"i-{n}"] for n in (0, 3, 8)] == ["stopped", "failed", "failed"]

    def test_one_instance_that_is_gone_does_not_shield_the_others(self):
        world = World(many(8))
        world.stop_limit = 8  # type: ignore[misc]

        def gone(_number: int, ids: Sequence[str]) -> None:
            if "i-5" in ids:
                raise error("not_found", "InvalidInstanceId.NotFound")

        world.before_stop = gone
        report = world.halt(*world.runs)
        assert {i for i, o in outcomes(report).items() if o != "stopped"} == {"i-5"}
        assert outcomes(report)["i-5"] == "failed"
        assert world.stop_calls <= 1 + 2 * 3

    def test_reads_that_fail_while_waiting_are_outlived(self):
        world = World(many(1))

        def fail_some(number: int) -> None:
            if number in (2, 3):
                raise error("transient")

        world.before_read = fail_some
        assert world.halt().outcome == "stopped"

    def test_a_target_that_is_not_shown_for_a_moment_is_looked_for_again(self):
        world = World(many(1))
        world.before_read = lambda number: setattr(world, "exists", number not in (2, 3))
        report = world.halt()
        assert (report.outcome, report.changed) == ("stopped", True)

    def test_a_token_that_expires_while_waiting_keeps_what_is_known(self):
        world = World(many(2))

        def expire(number: int) -> None:
            if number >= 2:
                raise error("auth", "ExpiredStsToken")

        world.before_read = expire
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("stop_requested", True, True)
        assert report.error and report.error.code == "ExpiredStsToken"
        assert world.reads == 2
        assert "could not be verified" in report.msg

    @pytest.mark.parametrize("retries", [0, 1, 3])
    def test_a_throttled_stop_is_sent_again_with_pauses_in_between(self, retries):
        world = World(many(1))
        sent: list[float] = []

        def throttle(number: int, ids: Sequence[str]) -> None:
            sent.append(world.clock.now)
            raise error("throttled")

        world.before_stop = throttle
        report = world.halt(retries=retries)
        assert (report.outcome, report.changed, report.failed) == ("failed", False, True)
        assert len(sent) == 1 + retries
        assert all(later > earlier for earlier, later in pairwise(sent))

    def test_a_throttled_stop_is_sent_again_even_if_nobody_can_look(self):
        world = World(many(1))

        def throttle(number: int, ids: Sequence[str]) -> None:
            if number == 1:
                raise error("throttled")

        def blind(number: int) -> None:
            if number == 2:
                raise error("throttled")

        world.before_stop, world.before_read = throttle, blind
        report = world.halt()
        assert (report.outcome, report.changed, world.stop_calls) == ("stopped", True, 2)

    @pytest.mark.parametrize("named", [True, False])
    def test_what_ends_one_by_one_does_not_make_a_refused_call_repeat_for_ever(self, named):
        world = World(many(20))
        world.stop_limit = 50  # type: ignore[misc]
        running = list(world.runs.values())

        def refuse(_number: int, ids: Sequence[str]) -> None:
            running.pop().ends = world.clock.now
            raise error("denied")

        world.before_stop = refuse
        report = world.halt(*(world.runs if named else ()), retries=2)
        assert (report.outcome, report.failed) == ("failed", True)
        assert world.stop_calls == (4 if named else 1)

    def test_the_error_of_what_has_ended_after_all_is_not_the_error_of_the_rest(self):
        world = World({"i-0": Run(), "i-1": Run(goes_on=True)})
        world.stop_limit = 1  # type: ignore[misc]

        def refuse_first(_number: int, ids: Sequence[str]) -> None:
            if "i-0" in ids:
                raise error("denied")

        def end(number: int) -> None:
            if number == 3:
                world.runs["i-0"].ends = world.clock.now

        world.before_stop, world.before_read = refuse_first, end
        report = world.halt("i-0", "i-1", wait_timeout=5)
        assert outcomes(report) == {"i-0": "finished_meanwhile", "i-1": "still_running"}
        assert (report.failed, report.error) == (True, None)


class TestGuardsTogether:
    def test_a_wrong_name_and_an_instance_of_something_else_are_both_told(self):
        world = World(many(2))
        report = world.halt("i-0", "i-9", expected_name="weekly")
        assert (report.outcome, report.changed, report.failed) == ("skipped", False, True)
        assert outcomes(report) == {"i-0": "skipped", "i-9": "not_found"}
        assert world.stop_calls == 0

    def test_an_objection_and_an_instance_of_something_else_are_both_told(self):
        world = World(many(2))
        world.objection = lambda operation: "Better not."  # type: ignore[method-assign]
        report = world.halt("i-9", "i-0")
        assert (report.outcome, report.msg) == ("skipped", "Better not.")
        assert outcomes(report) == {"i-9": "not_found", "i-0": "skipped"}


class TestSentences:
    def test_the_time_is_only_blamed_if_it_ran_out(self):
        world = World({"i-0": Run(goes_on=True), "i-1": Run(goes_on=True)})
        assert "after wait_timeout=5 seconds: i-0, i-1." in world.halt(wait_timeout=5).msg

        world = World(many(1, goes_on=True))

        def expire(number: int) -> None:
            if number == 3:
                raise error("auth", "ExpiredStsToken")

        world.before_read = expire
        report = world.halt(wait_timeout=300)
        assert (report.outcome, report.failed) == ("still_running", True)
        assert "wait_timeout" not in report.msg
        assert "when it was read last: i-0." in report.msg and "could not be verified" in report.msg

    def test_instances_that_are_not_running_any_more_are_not_taken_for_the_whole(self):
        world = World({"i-0": Run("succeeded"), "i-1": Run()})
        report = world.halt("i-0")
        assert report.outcome == "already_finished"
        assert "on any of instance_ids" in report.msg


class TestStoppingAlready:
    """The status of the whole says an end while a part is still being stopped."""

    def test_it_is_not_stopped_again(self):
        world = World({"i-0": Run("failed"), "i-1": Run("stopping", stopped_at=999_990.0, stop_takes=15.0)})
        world.overall = "failed"
        preview, report = world.halt(check_mode=True), world.halt()
        assert (preview.changed, report.changed, report.outcome, world.stop_calls) == (False, False, "stopped", 0)


class TestTasks:
    """One thing without parts, at a provider that refuses to stop what has ended."""

    def test_an_accepted_stop_shows_that_it_was_in_flight(self):
        world = Task(Run(stop_takes=0, stopped_as="succeeded"))
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("finished_meanwhile", True, False)

    @pytest.mark.parametrize("wait", [True, False])
    @pytest.mark.parametrize("stopped_as", ["stopped", "failed"])
    def test_a_lost_stop_is_recognised_by_either_end(self, stopped_as, wait):
        world = Task(Run(stop_takes=0, stopped_as=stopped_as))

        def lose(_number: int, ids: Sequence[str]) -> None:
            raise error("lost")

        world.after_stop = lose
        report = world.halt(wait=wait)
        assert (report.outcome, report.changed, report.failed) == ("stopped", True, False)
        assert world.stop_calls == 1

    @pytest.mark.parametrize("stale_for", [0.0, 0.5, 1.5])
    def test_a_refusal_while_the_reads_are_stale_is_looked_into(self, stale_for):
        world = Task(Run(ends=1_000_000.0))
        stale(world, stale_for)
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == (
            ("already_finished", False, False) if not stale_for else ("finished_meanwhile", False, False)
        )

    def test_a_refusal_of_what_goes_on_running_is_a_failure_after_a_few_looks(self):
        world = Task(Run())

        def refuse(_number: int, ids: Sequence[str]) -> None:
            raise error("finished")

        world.before_stop = refuse
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("failed", False, True)
        assert world.stop_calls == 1
        assert world.reads <= 7
        assert world.clock.now <= 1_000_005

    @pytest.mark.parametrize("wait", [True, False])
    def test_without_retries_a_lost_stop_that_works_a_little_late_is_seen(self, wait):
        world = Task(Run(stop_takes=0))
        world.after_stop = late(world, 1.0)
        report = world.halt(retries=0, wait=wait)
        assert (report.outcome, report.changed, report.failed, world.stop_calls) == ("stopped", True, False, 1)

    def test_a_lost_stop_that_did_not_work_is_a_failure(self):
        world = Task(Run())

        def lose(_number: int, ids: Sequence[str]) -> None:
            raise error("lost")

        world.before_stop = lose
        report = world.halt(retries=0)
        assert (report.outcome, report.changed, report.failed, world.stop_calls) == ("failed", False, True, 1)
        assert world.clock.now <= 1_000_005, "the whole wait is not spent on it"


class TestPairs:
    """Parts that cannot be stopped apart: the whole decides."""

    @pytest.mark.parametrize("seen_running", [False, True])
    def test_a_late_pair_does_not_make_a_failure_a_stop(self, seen_running):
        world = Pairs({"1/a": Run("failed"), "2/a": Run(ends=1_000_002.0, ends_as="stopped", goes_on=True)}, Run())
        world.whole.goes_on = True
        world.whole.ends_as = "failed"

        def fail(_number: int, ids: Sequence[str]) -> None:
            world.whole.ends = world.clock.now + (1.0 if seen_running else 0.0)

        world.before_stop = fail
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("finished_meanwhile", seen_running, False)
        assert outcomes(report) == {"1/a": "already_finished", "2/a": "finished_meanwhile"}

    def test_a_pair_that_runs_while_the_whole_is_stopping_needs_no_stop(self):
        world = Pairs({"1/a": Run(), "2/a": Run("stopping", stopped_at=1.0)}, Run("stopping", stop_takes=5.0))
        world.whole.stopped_at = world.clock.now
        preview = world.halt(check_mode=True)
        assert (preview.changed, preview.failed) == (False, False)
        assert "would_stop" not in outcomes(preview).values()
        report = world.halt()
        assert (report.outcome, report.changed, report.failed, world.stop_calls) == ("stopped", False, False, 0)
        assert outcomes(report) == {"1/a": "stopped", "2/a": "stopped"}

    @pytest.mark.parametrize("state", ["succeeded", "failed", "stopped"])
    def test_an_ended_whole_is_left_alone_whatever_its_pairs_show(self, state):
        world = Pairs({"1/a": Run()}, Run(state))
        for check_mode in (True, False):
            report = world.halt(check_mode=check_mode)
            assert (report.outcome, report.changed, report.failed) == ("already_finished", False, False)
        assert (world.stop_calls, world.reads) == (0, 2)

    def test_a_pair_that_runs_on_after_the_whole_has_stopped_is_still_running(self):
        world = Pairs({"1/a": Run(goes_on=True), "2/a": Run()}, Run())
        report = world.halt(wait_timeout=10)
        assert (report.outcome, report.changed, report.failed) == ("still_running", True, True)
        assert outcomes(report) == {"1/a": "still_running", "2/a": "stopped"}
        assert report.operation and report.operation.state == "stopped"
        assert "after wait_timeout=10 seconds: 1/a." in report.msg

    def test_a_pair_that_finishes_while_the_whole_is_stopped_does_not_decide(self):
        world = Pairs({"1/a": Run(ends=1_000_001.0, goes_on=True)}, Run(stop_takes=5.0))
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("stopped", True, False)
        assert outcomes(report) == {"1/a": "finished_meanwhile"}

    def test_a_refusal_of_the_whole_is_one_of_its_pairs(self):
        world = Pairs({"1/a": Run()}, Run())

        def refuse(_number: int, ids: Sequence[str]) -> None:
            raise error("denied")

        world.before_stop = refuse
        report = world.halt()
        assert (report.outcome, report.changed, report.failed) == ("failed", False, True)
        assert outcomes(report) == {"1/a": "failed"}
        assert "Trouble" in report.rows[0]["error"]
        assert world.clock.now < 1_000_001, "nothing is waited for"

    @pytest.mark.parametrize("lag", [1.0, 99.0])
    def test_a_refusal_because_it_has_ended_does_not_count_against_a_pair_that_lags(self, lag):
        world = Pairs({"1/a": Run(ends=1_000_000.0 + lag)}, Run())

        def end(_number: int, ids: Sequence[str]) -> None:
            world.whole.ends = world.clock.now
            raise error("bad_input")

        world.before_stop = end
        report = world.halt(wait_timeout=10)
        lagging = lag > 10
        assert (report.outcome, report.changed, report.failed) == (
            "still_running" if lagging else "finished_meanwhile",
            False,
            lagging,
        )
        assert outcomes(report) == {"1/a": report.outcome}
        assert report.error is None

    def test_a_lost_stop_that_is_recognised_while_waiting_is_one_of_the_pairs_too(self):
        world = Pairs({"1/a": Run(), "2/a": Run(goes_on=True)}, Run())

        def lose(_number: int, ids: Sequence[str]) -> None:
            raise error("lost")

        def blind(number: int) -> None:
            if number == 2:
                raise error("lost")

        world.after_stop, world.before_read = lose, blind
        report = world.halt(wait_timeout=10)
        assert (report.outcome, report.changed, report.failed) == ("still_running", True, True)
        assert outcomes(report) == {"1/a": "stopped", "2/a": "still_running"}
        assert report.error is None

    def test_a_look_that_recognises_a_lost_stop_counts_for_the_pairs_too(self):
        world = Pairs({"1/a": Run(stop_takes=0.0), "2/a": Run(goes_on=True)}, Run(stop_takes=9.0))

        def lose(_number: int, ids: Sequence[str]) -> None:
            raise error("lost")

        world.after_stop = lose
        report = world.halt(wait=False)
        assert (report.outcome, world.reads) == ("stop_requested", 2)
        assert outcomes(report) == {"1/a": "stopped", "2/a": "stop_requested"}

    def test_a_pair_that_shows_up_late_was_stopped_with_the_whole(self):
        world = Pairs({"1/a": Run(), "2/a": Run(begins=1_000_001.0)}, Run(stop_takes=5.0))
        report = world.halt()
        assert (report.outcome, outcomes(report)) == ("stopped", {"1/a": "stopped", "2/a": "stopped"})
        assert world.stop_calls == 1


class TestChildren:
    """Parts that are operations of their own."""

    def test_children_that_appear_while_waiting_are_stopped_once_each(self):
        late = {f"c-{n}": Run(begins=1_000_000.5 + n) for n in range(3)}
        world = Family(late, Run(stop_takes=8.0))
        report = world.halt(wait_interval=1.0)
        assert world.stops == [("op-1",), ("c-0",), ("c-1",), ("c-2",)]
        assert (report.outcome, report.changed, report.failed) == ("stopped", True, False)
        assert outcomes(report) == dict.fromkeys(late, "stopped")

    def test_a_child_that_appears_late_and_is_refused_was_not_stopped_with_its_parent(self):
        world = Family({"c-0": Run(begins=1_000_000.5)}, Run(stop_takes=8.0))

        def refuse(number: int, ids: Sequence[str]) -> None:
            if number > 1:
                raise error("denied")

        world.before_stop = refuse
        report = world.halt(wait_interval=1.0)
        assert (report.outcome, report.changed, report.failed) == ("failed", True, True)
        assert (outcomes(report), world.stop_calls) == ({"c-0": "failed"}, 2)

    def test_a_child_that_appears_late_and_ends_by_itself_was_not_stopped(self):
        world = Family({"c-0": Run(begins=1_000_000.6, ends=1_000_000.9, ends_as="failed")}, Run(stop_takes=8.0))
        report = world.halt(wait_interval=1.0)
        assert (outcomes(report), world.stop_calls) == ({"c-0": "finished_meanwhile"}, 1)

    def test_a_child_that_appears_at_the_very_end_is_still_running(self):
        world = Family({"c-0": Run(begins=1_000_009.9)}, Run(goes_on=True))
        report = world.halt(wait_timeout=10)
        assert (report.outcome, outcomes(report)) == ("still_running", {"c-0": "still_running"})
        assert world.stop_calls == 1

    def test_a_child_is_not_stopped_twice_though_it_goes_on(self):
        world = Family({"c-0": Run(goes_on=True)}, Run())
        report = world.halt(wait_timeout=10)
        assert (report.outcome, outcomes(report)) == ("still_running", {"c-0": "still_running"})
        assert world.stops == [("op-1",), ("c-0",)]

    def test_what_is_left_behind_is_asked_of_what_was_in_flight_and_in_time(self):
        world = Family({"c-0": Run("succeeded"), "c-1": Run(), "c-2": Run(begins=1_000_000.5)}, Run(stop_takes=5.0))
        world.halt()
        assert world.asked_for_left_behind == (("c-1", "c-2"), 60.0)

    def test_what_is_left_behind_is_not_asked_for_where_nothing_was_in_flight(self):
        world = Family({"c-0": Run("succeeded")}, Run("stopped"))
        assert world.halt().outcome == "already_finished"
        assert world.asked_for_left_behind is None

    def test_a_child_lives_on_though_its_parent_has_ended(self):
        world = Family({"c-0": Run(), "c-1": Run("failed")}, Run("succeeded"))
        report = world.halt()
        assert (report.outcome, report.changed, world.stops) == ("stopped", True, [("c-0",)])

    def test_a_child_that_was_seen_to_end_is_not_stopped_because_the_next_look_fails(self):
        world = Family({"c-0": Run(), "c-1": Run(ends=1_000_000.1)}, Run(goes_on=True))

        def lose_the_first(number: int, ids: Sequence[str]) -> None:
            if number == 1:
                raise error("transient")

        def fail_the_third(number: int) -> None:
            if number == 3:
                raise error("transient")

        world.before_stop, world.before_read = lose_the_first, fail_the_third
        world.halt(wait_timeout=5)
        assert (world.stops, world.stop_calls) == ([("op-1",), ("c-0",)], 3)

    def test_a_child_that_runs_on_does_not_make_the_stop_of_an_ended_parent_a_change(self):
        world = Family({"c-0": Run()}, Run())
        world.refuses_ended = False  # type: ignore[misc]

        def too_late(number: int, ids: Sequence[str]) -> None:
            world.whole.ends = world.clock.now
            if number > 1:
                raise error("denied")

        world.before_stop = too_late
        report = world.halt()
        assert (report.outcome, report.changed, outcomes(report)) == ("failed", False, {"c-0": "failed"})

    def test_a_child_that_ends_while_another_is_in_doubt_is_not_stopped_again(self):
        world = Family({"c-0": Run(ends=1_000_001.0), "c-1": Run(goes_on=True)}, Run("succeeded"))

        def refuse(number: int, ids: Sequence[str]) -> None:
            raise error("throttled" if number == 1 else "finished")

        world.before_stop = refuse
        report = world.halt(wait_timeout=0)
        assert (outcomes(report)["c-0"], world.stop_calls) == ("finished_meanwhile", 2)

    @pytest.mark.parametrize("error_class", ["throttled", "lost", "finished"])
    def test_the_wait_is_not_overrun_by_stopping_a_child_that_comes_late(self, error_class):
        world = Family({"c-0": Run(begins=1_000_001.0)}, Run(goes_on=True))

        def refuse_the_child(number: int, ids: Sequence[str]) -> None:
            if number > 1:
                raise error(error_class)

        world.before_stop = refuse_the_child
        report = world.halt(wait_timeout=3, wait_interval=1.0, retries=9)
        assert world.clock.now <= 1_000_003.0
        assert outcomes(report)["c-0"] in ("failed", "still_running")
