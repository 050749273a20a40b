# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flow, case by case. What holds in every case, the simulation shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

import pytest

from ..simulation.provider import Trouble
from ..simulation.world import START, Thing
from ._worlds import Family, Pairs, World, fails, outcomes, verdict

STOPPED = ("stopped", True, False)
FAILED = ("failed", False, True)
FINISHED_MEANWHILE = ("finished_meanwhile", False, False)


def many(count: int, **how: object) -> dict[str, Thing]:
    return {f"i-{number}": Thing(**how) for number in range(count)}  # type: ignore[arg-type]


def endless() -> Thing:
    """What a stop does not interrupt."""
    return Thing(goes_on_as="running")


class TestStopsWhatRuns:
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

    def test_what_nobody_could_read_has_failed_and_does_not_hide_the_rest(self):
        world = World(many(9), cut_at=0, before_page=fails("denied", since=2))
        report = world.halt("i-0", "i-8", ignore_not_found=True)
        assert (verdict(report), world.stops) == (("failed", True, True), [("i-0",)])
        assert outcomes(report)["i-8"] == "failed" and report.error

    def test_the_clock_starts_when_all_are_asked_to_stop(self):
        world = World(many(100), cut_at=0, latency=0.5)
        assert world.halt(*self.IDS, ignore_not_found=True, wait_timeout=1.0).outcome != "failed"
        assert sorted(key for batch in world.stops for key in batch) == sorted(self.IDS)


class TestWaiting:
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

    @pytest.mark.parametrize("takes", [0.2, 0.4, 0.9, 1.7, 5.0])
    def test_a_stop_that_takes_effect_soon_is_seen_soon(self, takes):
        world = World(many(1, stop_takes=takes))
        assert world.halt(wait_interval=2.0).outcome == "stopped"
        # It takes as long again at most, or an interval more.
        assert world.clock.now - (START + takes) <= min(max(takes, 0.25 - takes), 2.0) + takes + 0.05


class TestGuards:
    def test_instances_that_are_not_running_any_more_are_not_taken_for_the_whole(self):
        world = World({"i-0": Thing("succeeded"), "i-1": Thing()})
        report = world.halt("i-0")
        assert report.outcome == "already_finished"
        assert "on any of the instance_ids" in report.msg


class TestFaults:
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


class TestPairs:
    """Parts that cannot be stopped apart: the whole decides."""

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


class TestChildren:
    """Parts that are operations of their own."""

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
