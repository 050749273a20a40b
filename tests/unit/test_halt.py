# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flow, case by case. What holds in every case, the simulation shows."""

from __future__ import annotations

import math
import random
import typing as t
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.halt import Halt
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import StopOptions, Target
from ansible_collections.cloudops.halt.plugins.module_utils._engine.bulk import Bulk

from ..simulation.provider import Trouble
from ..simulation.world import START, SimulatedClock, SimulatedWorkers, Thing
from ._worlds import Family, Fleet, Pairs, Task, World, fails, outcomes, verdict

STOPPED = ("stopped", True, False)
FAILED = ("failed", False, True)
FINISHED_MEANWHILE = ("finished_meanwhile", False, False)


def many(count: int, **how: object) -> dict[str, Thing]:
    return {f"i-{number}": Thing(**how) for number in range(count)}  # type: ignore[arg-type]


def endless() -> Thing:
    """What a stop does not interrupt."""
    return Thing(goes_on_as="running")


def stale(world: World, seconds: float) -> None:
    """For a while, the reads show how things were just before now."""
    begun = world.clock.now

    def look(_number: int, _ids: Sequence[str]) -> None:
        age = world.clock.now - begun
        world.traits.lag = age + 0.001 if age < seconds else 0.0

    world.before_read = look


class TestStopsWhatRuns:
    def test_only_what_is_in_flight_is_named_in_a_call(self):
        world = World({"i-0": Thing("succeeded"), "i-1": Thing(), "i-2": Thing("failed"), "i-3": Thing("pending")})
        report = world.halt("i-0", "i-1", "i-2", "i-3")
        assert (verdict(report), world.stops) == (STOPPED, [("i-1", "i-3")])
        assert list(outcomes(report).values()) == ["already_finished", "stopped", "already_finished", "stopped"]

    def test_without_wait_the_provider_is_taken_at_its_word_and_the_next_run_only_waits(self):
        world = World(many(2))
        report = world.halt(wait=False)
        assert (verdict(report), world.reads) == (("stop_requested", True, False), 1)
        assert report.rows[0]["after"] is None
        assert verdict(world.halt()) == ("stopped", False, False)
        assert world.stop_calls == 1

    def test_the_whole_is_in_flight_while_any_instance_is(self):
        world = World({"i-0": Thing("failed"), "i-1": Thing()}, early=True)
        assert (verdict(world.halt()), world.stop_calls) == (STOPPED, 1)

    def test_what_only_an_instance_is_still_stopping_is_not_stopped_again(self):
        """The status of the whole says an end."""
        stopping = Thing("stopping", stopped_at=START - 10, stop_takes=15.0)
        world = World({"i-0": Thing("failed"), "i-1": stopping}, early=True)
        assert world.halt(check_mode=True).changed is False
        assert (verdict(world.halt()), world.stop_calls) == (("stopped", False, False), 0)

    def test_the_whole_counts_where_the_instances_listed_have_ended(self):
        world = World({"i-0": Thing("succeeded")}, endless())
        assert (verdict(world.halt(wait_timeout=5)), world.stop_calls) == (("still_running", True, True), 1)

    @pytest.mark.parametrize(("which", "listed"), [("all", 3), ("not_stopped", 1), ("none", 0)])
    def test_a_result_lists_the_instances_that_are_asked_for_and_counts_all(self, which, listed):
        world = World({**many(2), "i-2": endless()}, cut_at=1)
        report = world.halt(return_instances=which, wait_timeout=5)
        result = report.as_result(world.adapter, diff=False)
        assert len(result["instances"]) == listed
        assert (verdict(report), report.summary["stopped"]) == (("still_running", True, True), 2)

    def test_nothing_is_read_for_rows_that_nobody_wants(self):
        world = World(many(20), cut_at=1)
        assert verdict(world.halt(return_instances="none", wait=False)) == ("stop_requested", True, False)
        assert world.adapter.calls["Parts"] == 0

    def test_the_first_stop_is_the_second_call_whatever_the_size_and_the_third_where_it_is_counted(self):
        calls = []
        for counts in (False, True):
            world = Fleet(SimulatedClock(), {"op-1": many(500)}, cut_at=1, latency=0.2)
            halt = Halt(world.adapter, Target("op-1"), StopOptions(), world.clock, random.Random(0))
            halt.counts = counts
            (report,) = Bulk([halt], world.clock, SimulatedWorkers(world.clock)).run()
            assert (verdict(report), report.summary["stopped"]) == (STOPPED, 500)
            calls.append([made.action for made in world.exchanges].index("Stop"))
            assert report.summary["seconds_to_first_stop"] == pytest.approx(0.2 * calls[-1], abs=0.01)
        assert calls == [1, 2]


class TestNamedInstances:
    IDS = tuple(many(100))

    @pytest.mark.parametrize(("tolerant", "pages"), [(False, 34), (True, 1)])
    def test_they_are_stopped_as_they_are_read_unless_an_unknown_one_must_keep_all_running(self, tolerant, pages):
        world = World(many(100), cut_at=0, latency=0.1)
        report = world.halt(*self.IDS, ignore_not_found=tolerant)
        made = [each.action for each in world.exchanges]
        assert (verdict(report), made[: pages + 2]) == (STOPPED, ["Describe", *["Parts"] * pages, "Stop"])
        between = [action for action, _group in groupby(made[: made.index("Describe", 1)])]
        assert between.count("Parts") == (4 if tolerant else 1)
        assert sorted(key for batch in world.stops for key in batch) == sorted(self.IDS)
        assert report.summary["stopped"] == 100

    def test_what_comes_with_the_whole_is_stopped_before_anything_else_is_read(self):
        world = World(many(9), cut_at=5)
        assert verdict(world.halt("i-8", "i-1", "i-2", "i-0", ignore_not_found=True)) == STOPPED
        assert world.stops == [("i-1", "i-2", "i-0"), ("i-8",)]
        assert [each.action for each in world.exchanges][:3] == ["Describe", "Stop", "Parts"]

    def test_what_could_not_be_read_at_first_is_stopped_once_it_is_read(self):
        world = World(many(9), cut_at=0, before_page=fails("transient", 2))
        report = world.halt("i-8", "i-5", "i-1", "i-9", ignore_not_found=True)
        assert (verdict(report), world.stops) == (STOPPED, [("i-1",), ("i-8",), ("i-5",)])
        assert outcomes(report)["i-9"] == "not_found"

    def test_what_nobody_could_read_has_failed_and_does_not_hide_the_rest(self):
        world = World(many(9), cut_at=0, before_page=fails("denied", since=2))
        report = world.halt("i-0", "i-8", ignore_not_found=True)
        assert (verdict(report), world.stops) == (("failed", True, True), [("i-0",)])
        assert outcomes(report)["i-8"] == "failed" and report.error

    def test_the_clock_starts_when_all_are_asked_to_stop(self):
        world = World(many(100), cut_at=0, latency=0.5)
        assert world.halt(*self.IDS, ignore_not_found=True, wait_timeout=1.0).outcome != "failed"
        assert sorted(key for batch in world.stops for key in batch) == sorted(self.IDS)

    def test_a_stop_that_is_refused_meanwhile_is_sent_again(self):
        world = World(many(9), cut_at=0, before_stop=fails("throttled", 1))
        assert verdict(world.halt(*many(9), ignore_not_found=True)) == STOPPED


class TestRaces:
    @pytest.mark.parametrize(("who", "refusal"), [("itself", None), ("itself", "denied"), ("somebody else", "denied")])
    def test_what_has_ended_between_read_and_stop_is_neither_a_change_nor_a_failure(self, who, refusal):
        world = World(many(2, stop_takes=0))

        def end(_number: int, _ids: Sequence[str]) -> None:
            for thing in world.things:
                if who == "itself":
                    thing.ends = world.clock.now
                else:
                    thing.stop(world.clock.now)
            if refusal:
                raise Trouble(refusal)

        world.before_stop = end
        report = world.halt()
        assert (verdict(report), report.error, len(report.request_ids)) == (FINISHED_MEANWHILE, None, 1)

    def test_a_refused_batch_is_sent_again_without_what_has_ended_meanwhile(self):
        world = World(many(3))

        def end_one(number: int, _ids: Sequence[str]) -> None:
            if number == 1:
                world.parts["i-0"].ends = world.clock.now
                raise Trouble("denied")

        world.before_stop = end_one
        report = world.halt(*world.parts)
        assert (verdict(report), world.stops) == (STOPPED, [("i-1", "i-2")])
        assert outcomes(report) == {"i-0": "finished_meanwhile", "i-1": "stopped", "i-2": "stopped"}

    def test_ending_by_itself_after_the_stop_was_accepted_is_a_change(self):
        world = World({"i-0": Thing(ends=START + 10, goes_on_as="running")})
        assert verdict(world.halt()) == ("finished_meanwhile", True, False)

    def test_an_instance_that_shows_up_between_two_tries_of_a_stop_was_stopped_by_the_second(self):
        things = {"a": Thing(ends=START + 0.15), "b": Thing(appears=START + 0.1)}
        world = World(things, before_stop=fails("lost", 1))
        report = world.halt()
        assert (report.changed, world.stop_calls, outcomes(report)["b"]) == (True, 2, "stopped")

    def test_an_instance_that_shows_up_after_the_stop_of_a_whole_that_was_stopping_makes_a_change(self):
        """The only one that was seen to need the stop has ended by itself."""
        stopping = Thing("stopping", stopped_at=START, stop_takes=30.0)
        world = World({"a": Thing(), "b": stopping, "c": Thing(appears=START + 0.015, stop_takes=5.0)}, latency=0.01)
        world.before_stop = lambda *_: setattr(world.parts["a"], "ends", world.clock.now)
        report = world.halt(wait_timeout=60)
        assert (report.changed, outcomes(report)["c"]) == (True, "stopped")

    def test_stale_reads_after_the_stop_are_waited_out(self):
        world = World(many(2))
        world.after_stop = lambda *_: setattr(world.traits, "lag", 10.0)
        assert (verdict(world.halt()), world.stop_calls) == (STOPPED, 1)

    def test_what_was_seen_as_ended_and_is_in_flight_after_all_is_not_called_finished(self):
        world = World({"a": endless(), "b": endless()})
        world.before_read = lambda number, _ids: setattr(
            world.parts["b"], "state", "stopped" if number == 1 else "running"
        )
        report = world.halt("a", "b", wait_timeout=5)
        assert (verdict(report), world.stops) == (("still_running", True, True), [("a",)])
        assert outcomes(report) == {"a": "still_running", "b": "still_running"}
        assert [row["before"] for row in report.rows] == ["running", "running"]


class TestWaiting:
    @pytest.mark.parametrize("latency", [0.0, 0.3, 4.0])
    @pytest.mark.parametrize("timeout", [0.0, 1.0, 7.5, 60.0])
    def test_the_wait_is_used_up_but_never_overrun(self, timeout, latency):
        world = World({"i-0": endless()}, latency=latency)
        world.halt(wait_timeout=timeout)
        (accepted,) = (made.ended for made in world.exchanges if made.action == "Stop")
        took = world.clock.now - accepted
        assert timeout - 0.1 - 1e-6 <= took <= max(timeout, 1.0 if timeout else latency) + 1e-6

    @pytest.mark.parametrize("interval", [0.1, 2.0, 60.0])
    def test_an_end_shortly_before_the_time_is_over_is_seen(self, interval):
        world = World(many(1, stop_takes=1.5))
        assert verdict(world.halt(wait_timeout=2.0, wait_interval=interval)) == STOPPED

    def test_a_slow_look_does_not_end_the_wait(self):
        world = World(many(1, stop_takes=7.0))
        world.before_read = lambda number, _ids: setattr(world.traits, "latency", 6.0 if number == 1 else 0.0)
        assert verdict(world.halt(wait_timeout=10.0)) == STOPPED

    def test_a_look_cut_short_by_the_deadline_is_no_news(self):
        report = World({"i-0": endless()}, latency=0.4).halt(wait_timeout=2.0)
        assert (report.outcome, report.error) == ("still_running", None)

    def test_a_look_cut_short_by_the_deadline_hides_no_fault(self):
        world = World({"i-0": endless()}, latency=0.4, before_read=fails("transient", since=2))
        report = world.halt(wait_timeout=2.0)
        assert report.outcome == "stop_requested"
        assert report.error and report.error.error_class == "transient"

    # Named instances are read before the stop, too.
    @pytest.mark.parametrize(("named", "before"), [(0, 0), (1000, 334)], ids=["whole", "named"])
    def test_what_was_read_when_the_time_ends_in_the_middle_of_the_parts_is_told(self, named, before):
        world = World(many(1000, stop_takes=0.1), cut_at=0, latency=0.01)
        world.before_page = lambda number, _ids: setattr(
            world.traits, "latency", 0.01 if number < before + 200 else 100.0
        )
        report = world.halt(*list(world.parts)[:named], wait_timeout=30)
        assert (verdict(report), report.warnings) == (("stop_requested", True, True), [])
        told = Counter(outcomes(report).values())
        assert told == {"stopped": 600} | ({"stop_requested": 400} if named else {})
        assert "could not be verified" in report.msg and "cut short" not in report.msg

    def test_no_time_to_wait_is_time_for_one_look(self):
        world = World(many(1, stop_takes=0.0))
        assert (verdict(world.halt(wait_timeout=0.0)), world.reads) == (STOPPED, 2)

    @pytest.mark.parametrize("interval", [0.5, 2.0, 10.0])
    def test_the_interval_sets_the_number_of_looks(self, interval):
        world = World({"i-0": endless()})
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
        assert world.clock.now - (START + takes) <= min(max(takes, 0.25 - takes), 2.0) + takes + 0.05


class TestGuards:
    def test_another_name_keeps_everything_running_whatever_else_is_wrong(self):
        world = World(many(2))
        report = world.halt("i-9", "i-0", expected_name="weekly")
        assert (verdict(report), world.stops) == (("skipped", False, True), [])
        assert outcomes(report) == {"i-9": "not_found", "i-0": "skipped"}
        assert "expected_name" in report.msg

    @pytest.mark.parametrize(("ignored", "fails"), [(False, True), (True, False)])
    def test_what_is_not_found_fails_unless_that_is_accepted(self, ignored, fails):
        world = World(many(1))
        world.affair.gone = (0.0, math.inf)
        report = world.halt("i-0", "i-1", ignore_not_found=ignored)
        assert verdict(report) == ("not_found", False, fails)
        assert outcomes(report) == {"i-0": "not_found", "i-1": "not_found"}
        assert "op-1" in report.msg and ("ignore_not_found" in report.msg) == fails

    def test_an_objection_keeps_everything_running(self):
        world = World(many(2))
        world.affair.objection = "Better not."
        report = world.halt("i-9", "i-0")
        assert (verdict(report), report.msg) == (("skipped", False, True), "Better not.")
        assert outcomes(report) == {"i-9": "not_found", "i-0": "skipped"}

    def test_fail_if_not_running(self):
        world = World(many(2, state="succeeded"))
        assert verdict(world.halt(fail_if_not_running=True)) == ("already_finished", False, True)
        world.parts["i-0"] = Thing()
        assert verdict(world.halt(fail_if_not_running=True)) == STOPPED

    def test_instances_that_are_not_running_any_more_are_not_taken_for_the_whole(self):
        world = World({"i-0": Thing("succeeded"), "i-1": Thing()})
        report = world.halt("i-0")
        assert report.outcome == "already_finished"
        assert "on any of the instance_ids" in report.msg


class TestFaults:
    # What goes wrong, the options, and what comes of it with how many stop calls.
    CASES: t.ClassVar[dict[str, t.Any]] = {
        "a first read that fails stops nothing": ({"before_read": fails("denied")}, {}, FAILED, 0),
        "a stop whose answer is lost is known by its work": ({"after_stop": fails("lost")}, {}, STOPPED, 1),
        "a stop that ends in an error is known by it, too": ({"after_stop": fails("transient")}, {}, STOPPED, 1),
        "a stop of unknown fate is not sent again when nobody can look": (
            {"before_stop": fails("lost"), "before_read": fails("transient", since=2)},
            {"wait_timeout": 10},
            FAILED,
            1,
        ),
        "a lost stop that nobody could look after is still waited for": (
            {"after_stop": fails("lost"), "before_read": fails("lost", 2)},
            {},
            STOPPED,
            1,
        ),
        "retries are bounded": ({"before_stop": fails("transient")}, {"retries": 3}, FAILED, 4),
        "a throttled stop is sent again even if nobody can look": (
            {"before_stop": fails("throttled", 1), "before_read": fails("throttled", 2)},
            {},
            STOPPED,
            2,
        ),
        "reads that fail are outlived": ({"before_read": fails("transient", 2, 3)}, {}, STOPPED, 1),
        "what is gone for a moment is looked for": ({"before_read": fails("not_found", 2, 3)}, {}, STOPPED, 1),
    }

    @pytest.mark.parametrize("case", CASES)
    def test_what_becomes_of_it(self, case):
        hooks, options, expected, stop_calls = self.CASES[case]
        world = World(many(2), **hooks)
        report = world.halt(**options)
        assert (verdict(report), world.stop_calls) == (expected, stop_calls)
        assert not report.failed or (report.error and "Trouble" in report.msg)

    @pytest.mark.parametrize("error_class", ["transient", "lost"])
    def test_a_stop_of_unknown_fate_is_sent_again_only_after_a_read_that_shows_its_need(self, error_class):
        world = World(many(1), before_stop=fails(error_class, 1, 2))
        assert verdict(world.halt()) == STOPPED
        assert [made.action for made in world.exchanges][:6] == ["Describe", "Stop"] * 3

    @pytest.mark.parametrize("error_class", ["denied", "bad_input", "throttled", "unexpected"])
    def test_one_refused_batch_does_not_hide_the_others(self, error_class):
        world = World(many(8), before_stop=fails(error_class, naming="i-4"))
        report = world.halt(*world.parts)
        assert [key for key, outcome in outcomes(report).items() if outcome != "stopped"] == ["i-3", "i-4", "i-5"]
        assert verdict(report) == ("failed", True, True)
        assert report.error and report.error.error_class == error_class
        assert "Trouble" in report.rows[3]["error"]

    def test_rejected_credentials_end_the_calls(self):
        world = World(many(9), before_stop=fails("auth", since=2))
        report = world.halt(*world.parts)
        assert world.stop_calls == 2
        assert [outcomes(report)[f"i-{n}"] for n in (0, 3, 8)] == ["stopped", "failed", "failed"]

    def test_one_instance_that_is_gone_does_not_shield_the_others(self):
        world = World(many(8), stop_limit=8, before_stop=fails("not_found", naming="i-5"))
        report = world.halt(*world.parts)
        assert {key: outcome for key, outcome in outcomes(report).items() if outcome != "stopped"} == {"i-5": "failed"}
        assert world.stop_calls <= 1 + 2 * 3

    def test_a_token_that_expires_while_waiting_keeps_what_is_known(self):
        world = World(many(2), before_read=fails("auth", since=2, code="ExpiredStsToken"))
        report = world.halt()
        assert (verdict(report), world.reads) == (("stop_requested", True, True), 2)
        assert report.error and report.error.code == "ExpiredStsToken"
        assert "could not be verified" in report.msg

    @pytest.mark.parametrize("retries", [0, 1, 3])
    def test_a_throttled_stop_is_sent_again_with_pauses_in_between(self, retries):
        world = World(many(1), before_stop=fails("throttled"))
        assert verdict(world.halt(retries=retries)) == FAILED
        sent = [made.begun for made in world.exchanges if made.action == "Stop"]
        assert len(sent) == 1 + retries
        assert all(later > earlier for earlier, later in pairwise(sent))

    def test_the_error_of_what_has_ended_after_all_is_not_the_error_of_the_rest(self):
        world = World({"i-0": Thing(), "i-1": endless()}, stop_limit=1, before_stop=fails("denied", naming="i-0"))

        def end(number: int, _ids: Sequence[str]) -> None:
            if number == 3:
                world.parts["i-0"].ends = world.clock.now

        world.before_read = end
        report = world.halt("i-0", "i-1", wait_timeout=5)
        assert outcomes(report) == {"i-0": "finished_meanwhile", "i-1": "still_running"}
        assert (report.failed, report.error) == (True, None)

    def test_the_time_is_only_blamed_if_it_ran_out(self):
        world = World({"i-0": endless()}, before_read=fails("auth", 3, code="ExpiredStsToken"))
        report = world.halt(wait_timeout=300)
        assert verdict(report) == ("still_running", True, True)
        assert "wait_timeout" not in report.msg
        assert "at the last read: i-0." in report.msg and "could not be verified" in report.msg


class TestTasks:
    """One thing without parts, at a provider that refuses to stop what has ended."""

    def test_an_accepted_stop_shows_that_it_was_in_flight(self):
        world = Task(Thing(stop_takes=0, stopped_as="succeeded"))
        assert verdict(world.halt()) == ("finished_meanwhile", True, False)

    @pytest.mark.parametrize("wait", [True, False])
    @pytest.mark.parametrize("stopped_as", ["stopped", "failed"])
    def test_a_lost_stop_is_recognised_by_either_end(self, stopped_as, wait):
        world = Task(Thing(stop_takes=0, stopped_as=stopped_as), after_stop=fails("lost"))
        assert (verdict(world.halt(wait=wait)), world.stop_calls) == (STOPPED, 1)

    @pytest.mark.parametrize(
        ("seconds", "outcome"),
        [(0.0, "already_finished"), (0.5, "finished_meanwhile"), (1.5, "finished_meanwhile")],
    )
    def test_a_refusal_while_the_reads_are_stale_is_looked_into(self, seconds, outcome):
        world = Task(Thing(ends=START))
        stale(world, seconds)
        assert verdict(world.halt()) == (outcome, False, False)

    @pytest.mark.parametrize("error_class", ["finished", "lost"])
    def test_what_goes_on_running_in_spite_of_the_answer_is_a_failure_after_a_few_looks(self, error_class):
        world = Task(Thing(), before_stop=fails(error_class))
        assert (verdict(world.halt(retries=0)), world.stop_calls) == (FAILED, 1)
        assert world.reads <= 7
        assert world.clock.now <= START + 5, "the whole wait is not spent on it"

    @pytest.mark.parametrize("wait", [True, False])
    def test_without_retries_a_lost_stop_that_works_a_little_late_is_seen(self, wait):
        world = Task(Thing(stop_takes=0))

        def lose(_number: int, _ids: Sequence[str]) -> None:
            stale(world, 1.0)
            raise Trouble("lost")

        world.after_stop = lose
        assert (verdict(world.halt(retries=0, wait=wait)), world.stop_calls) == (STOPPED, 1)


class TestPairs:
    """Parts that cannot be stopped apart: the whole decides."""

    @pytest.mark.parametrize("seen_running", [False, True])
    def test_a_late_pair_does_not_make_a_failure_a_stop(self, seen_running):
        late = Thing(ends=START + 2, ends_as="stopped", goes_on_as="running")
        world = Pairs({"1/a": Thing("failed"), "2/a": late}, Thing(ends_as="failed", goes_on_as="running"))
        world.before_stop = lambda *_: setattr(world.affair.whole, "ends", START + seen_running)
        report = world.halt()
        assert verdict(report) == ("finished_meanwhile", seen_running, False)
        assert outcomes(report) == {"1/a": "already_finished", "2/a": "finished_meanwhile"}

    def test_a_pair_that_finishes_while_the_whole_is_stopped_does_not_decide(self):
        world = Pairs({"1/a": Thing(ends=START + 1, goes_on_as="running")}, Thing(stop_takes=5.0))
        report = world.halt()
        assert (verdict(report), outcomes(report)) == (STOPPED, {"1/a": "finished_meanwhile"})

    def test_a_refusal_of_the_whole_is_one_of_its_pairs(self):
        world = Pairs({"1/a": Thing()}, Thing(), before_stop=fails("denied"))
        report = world.halt()
        assert (verdict(report), outcomes(report)) == (FAILED, {"1/a": "failed"})
        assert "Trouble" in report.rows[0]["error"]
        assert world.clock.now < START + 1, "nothing is waited for"

    @pytest.mark.parametrize(("lag", "expected"), [(1.0, FINISHED_MEANWHILE), (99.0, ("still_running", False, True))])
    def test_a_refusal_because_it_has_ended_does_not_count_against_a_pair_that_lags(self, lag, expected):
        world = Pairs({"1/a": Thing(ends=START + lag)}, Thing())

        def end(_number: int, _ids: Sequence[str]) -> None:
            assert world.affair.whole
            world.affair.whole.ends = world.clock.now
            raise Trouble("bad_input")

        world.before_stop = end
        report = world.halt(wait_timeout=10)
        assert (verdict(report), outcomes(report), report.error) == (expected, {"1/a": expected[0]}, None)

    def test_a_lost_stop_that_is_recognised_while_waiting_is_one_of_the_pairs_too(self):
        parts = {"1/a": Thing(), "2/a": endless()}
        world = Pairs(parts, Thing(), after_stop=fails("lost"), before_read=fails("lost", 2))
        report = world.halt(wait_timeout=10)
        assert (verdict(report), report.error) == (("still_running", True, True), None)
        assert outcomes(report) == {"1/a": "stopped", "2/a": "still_running"}

    def test_a_look_that_recognises_a_lost_stop_counts_for_the_pairs_too(self):
        parts = {"1/a": Thing(stop_takes=0.0), "2/a": endless()}
        world = Pairs(parts, Thing(stop_takes=9.0), after_stop=fails("lost"))
        report = world.halt(wait=False)
        assert (report.outcome, world.reads) == ("stop_requested", 2)
        assert outcomes(report) == {"1/a": "stopped", "2/a": "stop_requested"}

    def test_a_pair_that_shows_up_late_was_stopped_with_the_whole(self):
        world = Pairs({"1/a": Thing(), "2/a": Thing(appears=START + 1)}, Thing(stop_takes=5.0))
        report = world.halt()
        assert (verdict(report), world.stop_calls) == (STOPPED, 1)
        assert outcomes(report) == {"1/a": "stopped", "2/a": "stopped"}


class TestChildren:
    """Parts that are operations of their own."""

    def test_children_that_appear_while_waiting_are_stopped_once_each(self):
        late = {f"c-{n}": Thing(appears=START + 0.5 + n) for n in range(3)}
        world = Family(late, Thing(stop_takes=8.0))
        report = world.halt(wait_interval=1.0)
        assert sorted(world.stops) == [("c-0",), ("c-1",), ("c-2",), ("op-1",)]
        assert (verdict(report), outcomes(report)) == (STOPPED, dict.fromkeys(late, "stopped"))

    def test_a_child_that_appears_late_and_is_refused_was_not_stopped_with_its_parent(self):
        world = Family({"c-0": Thing(appears=START + 0.5)}, Thing(stop_takes=8.0), before_stop=fails("denied", 2))
        report = world.halt(wait_interval=1.0)
        assert (verdict(report), outcomes(report)) == (("failed", True, True), {"c-0": "failed"})
        assert world.stop_calls == 2

    def test_a_child_that_appears_late_and_ends_by_itself_was_not_stopped(self):
        world = Family({"c-0": Thing(appears=START + 0.6, ends=START + 0.9, ends_as="failed")}, Thing(stop_takes=8.0))
        report = world.halt(wait_interval=1.0)
        assert (outcomes(report), world.stop_calls) == ({"c-0": "finished_meanwhile"}, 1)

    @pytest.mark.parametrize(
        ("child", "parent", "stops"),
        [
            pytest.param(Thing(appears=START + 9.9), endless(), [("op-1",)], id="it appears at the very end"),
            pytest.param(endless(), Thing(), [("op-1",), ("c-0",)], id="it goes on, and is not stopped twice"),
        ],
    )
    def test_a_child_may_be_left_running(self, child, parent, stops):
        world = Family({"c-0": child}, parent)
        report = world.halt(wait_timeout=10)
        assert (report.outcome, outcomes(report)) == ("still_running", {"c-0": "still_running"})
        assert world.stops == stops

    @pytest.mark.parametrize(
        ("parent", "asked"), [("running", [("c-1", "c-2")]), ("stopped", [])], ids=["running", "ended"]
    )
    def test_what_is_left_behind_is_asked_of_what_was_in_flight_and_in_time(self, monkeypatch, parent, asked):
        children = {"c-0": Thing("succeeded"), "c-1": Thing(), "c-2": Thing(appears=START + 0.5)}
        things = children if asked else {"c-0": Thing("succeeded")}
        world = Family(things, Thing(parent, stop_takes=5.0), tells_ends=True, request_timeout=10)
        found = []

        def left_behind(_operation, parts, _found, deadline):
            assert 10 < deadline.left <= 40
            found.append(tuple(parts))

        monkeypatch.setattr(world.adapter, "left_behind", left_behind)
        world.halt(wait_timeout=30)
        assert found == asked

    @pytest.mark.parametrize(
        ("parent", "options", "said"),
        [
            (Thing("stopped"), {}, "already finished (children: 1 stopped)."),
            (Thing("stopped"), {"check_mode": True}, "already finished (children: 1 would be stopped)."),
            (Thing("stopped"), {"wait": False}, "already finished (children: 1 asked to stop)."),
            (Thing(ends=START + 0.3), {}, "finished meanwhile (children: 1 stopped)."),
            (Thing(), {}, "stopped (children: 1 stopped)."),
        ],
    )
    def test_what_came_of_the_parent_is_told_apart_from_what_came_of_its_children(self, parent, options, said):
        report = Family({"c-0": Thing()}, parent).halt(**options)
        assert (report.msg, report.changed) == (f"op-1: {said}", True)

    def test_a_child_that_was_seen_to_end_is_not_stopped_because_the_next_look_fails(self):
        world = Family({"c-0": Thing(), "c-1": Thing(ends=START + 0.1)}, endless())
        world.before_stop, world.before_read = fails("transient", 1), fails("transient", 3)
        world.halt(wait_timeout=5)
        assert (world.stops, world.stop_calls) == ([("op-1",), ("c-0",)], 3)

    def test_a_child_that_runs_on_does_not_make_the_stop_of_an_ended_parent_a_change(self):
        world = Family({"c-0": Thing()}, Thing(), refuses_ended=False)

        def too_late(number: int, _ids: Sequence[str]) -> None:
            assert world.affair.whole
            world.affair.whole.ends = world.clock.now
            if number > 1:
                raise Trouble("denied")

        world.before_stop = too_late
        report = world.halt()
        assert (verdict(report), outcomes(report)) == (FAILED, {"c-0": "failed"})

    def test_a_child_that_ends_while_another_is_in_doubt_is_not_stopped_again(self):
        world = Family({"c-0": Thing(ends=START + 1), "c-1": endless()}, Thing("succeeded"))

        def refuse(number: int, _ids: Sequence[str]) -> None:
            raise Trouble("throttled" if number == 1 else "finished")

        world.before_stop = refuse
        report = world.halt(wait_timeout=1)
        assert (outcomes(report)["c-0"], world.stop_calls) == ("finished_meanwhile", 2)

    @pytest.mark.parametrize("error_class", ["throttled", "lost", "finished"])
    def test_the_wait_is_not_overrun_by_stopping_a_child_that_comes_late(self, error_class):
        world = Family({"c-0": Thing(appears=START + 1)}, endless(), before_stop=fails(error_class, since=2))
        report = world.halt(wait_timeout=3, wait_interval=1.0, retries=9)
        assert world.clock.now <= START + 3
        assert outcomes(report)["c-0"] in ("failed", "still_running")
