# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many targets side by side, in simulated time: what one of them meets is no matter of the others."""

from __future__ import annotations

import copy
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._bulk import Bulk
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._halt import Halt, StopOptions
from ansible_collections.cloudops.halt.plugins.module_utils._model import Target
from ansible_collections.cloudops.halt.plugins.module_utils._pacing import Pacer
from ansible_collections.cloudops.halt.plugins.module_utils._progress import Progress
from ansible_collections.cloudops.halt.plugins.module_utils._report import Report
from ansible_collections.cloudops.halt.plugins.module_utils._states import OUTCOMES, is_in_flight, needs_stop

from .simulated_crew import Fleet, Killed, SimulatedCrew, Tasks
from .simulation import Run, SimulatedClock, error, outcomes

Wanted = tuple[Fleet, str, tuple[str, ...]]


def fleet(clock, count, parts=2, *, prefix="op", kind=Fleet, latency=0.1, glance_limit=0, pacer=None, **run):
    """A provider with so many operations of so many parts each, or of none."""
    operations = {
        f"{prefix}-{number}": {f"i-{number}-{part}": Run(**run) for part in range(parts)} if parts else Run(**run)
        for number in range(count)
    }
    return kind(clock, operations, latency=latency, glance_limit=glance_limit, pacer=pacer)


def everything(*fleets: Fleet) -> list[Wanted]:
    """Every operation as a whole, the providers mixed."""
    wanted: list[Wanted] = [(each, operation_id, ()) for each in fleets for operation_id in each.operations]
    random.Random(0).shuffle(wanted)
    return wanted


def halts_of(wanted: Sequence[Wanted], **options: object) -> list[Halt]:
    return [
        Halt(each, Target(operation_id, ids), StopOptions(**options), each.clock, random.Random(number))  # type: ignore[arg-type]
        for number, (each, operation_id, ids) in enumerate(wanted)
    ]


def stop(wanted: Sequence[Wanted], *, crew=None, concurrency=16, guard=None, **options: object) -> list[Report]:
    clock = wanted[0][0].clock
    halts = halts_of(wanted, **options)
    reports = Bulk(halts, clock, crew or SimulatedCrew(clock), concurrency=concurrency, guard=guard).run()
    assert len(reports) == len(wanted)
    return reports


def by_fleet(wanted: Sequence[Wanted], reports: Sequence[Report]) -> dict[Fleet, list[Report]]:
    found: dict[Fleet, list[Report]] = {}
    for (each, _id, _ids), report in zip(wanted, reports, strict=True):
        found.setdefault(each, []).append(report)
    return found


def fail(error_class: ErrorClass) -> Callable[..., None]:
    def hook(*_arguments: object) -> None:
        raise error(error_class)

    return hook


def stop_calls(each: Fleet) -> int:
    return each.calls["Stop"]


class TestJoinedReads:
    def test_many_operations_are_read_in_a_few_calls(self):
        clock = SimulatedClock()
        tasks = fleet(clock, 200, 0, kind=Tasks, glance_limit=100, stop_takes=3)
        reports = stop(everything(tasks))
        assert {report.outcome for report in reports} == {"stopped"}
        assert stop_calls(tasks) == 200
        # Two for each round of looks; one by one it would be 200 for each.
        assert tasks.glances < 40 and tasks.reads < 40

    def test_instances_are_read_in_a_few_calls_once_they_are_known(self):
        clock = SimulatedClock()
        instances = fleet(clock, 200, glance_limit=100, stop_takes=8)
        reports = stop(everything(instances))
        assert {report.outcome for report in reports} == {"stopped"}
        # The first look at each is for its instances; the rounds of looks after the stop are joined.
        assert instances.reads < 300 and 5 <= instances.glances < 100

    def test_one_target_is_read_by_itself(self):
        clock = SimulatedClock()
        tasks = fleet(clock, 1, 0, kind=Tasks, glance_limit=100, stop_takes=3)
        stop(everything(tasks))
        assert tasks.glances == 0

    def test_a_look_is_not_held_back_past_its_deadline(self):
        """One that must be done soon goes, even if others could be joined with it later."""
        clock = SimulatedClock()
        tasks = fleet(clock, 30, 0, kind=Tasks, glance_limit=100, latency=0.5, stop_takes=1)
        wanted = everything(tasks)
        begun = clock.now
        reports = stop(wanted, concurrency=2, wait_timeout=6, wait_interval=500)
        assert clock.now - begun < 30
        assert {report.outcome for report in reports} <= {"stopped", "still_running"}

    def test_a_reading_that_fails_or_shows_too_little_is_made_up_for_one_by_one(self):
        for trouble in ("denied", "cut", "hidden"):
            clock = SimulatedClock()
            instances = fleet(clock, 20, 5, glance_limit=10)
            if trouble == "denied":
                instances.before_glance = fail("denied")
            instances.cut_at = 2 if trouble == "cut" else None
            instances.hidden = set(instances.operations) if trouble == "hidden" else set()
            for report in stop(everything(instances)):
                assert list(outcomes(report).values()) == ["stopped"] * 5


class TestLanes:
    """One provider's trouble neither delays nor hides what becomes of the others."""

    @pytest.mark.parametrize("trouble", ["auth", "unreachable", "lost", "throttled", "slow"])
    def test_another_lane_is_as_well_off_as_alone(self, trouble):
        def seconds_of_the_healthy(*, alone: bool) -> tuple[float, list[Report]]:
            clock = SimulatedClock()
            healthy = fleet(clock, 60, prefix="well", stop_takes=2)
            ill = [fleet(clock, 60, prefix=f"ill{number}", latency=60) for number in range(4)]
            for each in ill:
                if trouble != "slow":
                    each.before_read = each.before_stop = fail(trouble)
            wanted = everything(healthy) if alone else everything(*ill, healthy)
            # As many as a module has, which is less than all lanes could use.
            crew = SimulatedCrew(clock, 64 if not alone else 12)
            reports = by_fleet(wanted, stop(wanted, crew=crew))
            if not alone:
                for each in ill:
                    verdict = "stopped" if trouble == "slow" else "failed"
                    assert {report.outcome for report in reports[each]} == {verdict}
            return max(ended for _begun, ended in healthy.spans), reports[healthy]

        alone, quiet = seconds_of_the_healthy(alone=True)
        beside, noisy = seconds_of_the_healthy(alone=False)
        assert beside == pytest.approx(alone)
        assert [report.outcome for report in noisy] == [report.outcome for report in quiet] == ["stopped"] * 60

    def test_concurrency_is_kept_by_each_lane(self):
        clock = SimulatedClock()
        one, two = fleet(clock, 80, prefix="one"), fleet(clock, 80, prefix="two")
        stop(everything(one, two), concurrency=5)
        assert (one.most_at_once, two.most_at_once) == (5, 5)

    def test_more_lanes_than_hands(self):
        clock = SimulatedClock()
        many = [fleet(clock, 3, prefix=f"p{number}") for number in range(20)]
        reports = stop(everything(*many), crew=SimulatedCrew(clock, 4))
        assert {report.outcome for report in reports} == {"stopped"}
        assert max(each.most_at_once for each in many) == 1

    def test_rejected_keys_cost_no_more_calls_than_are_under_way(self):
        clock = SimulatedClock()
        rejected = fleet(clock, 500)
        rejected.before_read = fail("auth")
        reports = stop(everything(rejected), concurrency=8)
        assert {(report.outcome, report.error.code) for report in reports if report.error} == {("failed", "Trouble")}
        assert all(report.failed and report.error for report in reports)
        assert rejected.reads <= 16 and stop_calls(rejected) == 0

    @pytest.mark.parametrize("trouble", ["lost", "unreachable", "throttled"])
    @pytest.mark.parametrize("glance_limit", [0, 50])
    def test_a_lane_without_a_way_to_its_provider_ends_soon(self, trouble, glance_limit):
        clock = SimulatedClock()
        begun = clock.now
        cut_off = fleet(clock, 500, 0, kind=Tasks, latency=75, glance_limit=glance_limit)
        cut_off.before_read = cut_off.before_glance = fail(trouble)
        reports = stop(everything(cut_off), concurrency=4)
        assert all(report.failed and report.outcome == "failed" for report in reports)
        assert clock.now - begun < 10 * 75

    @pytest.mark.parametrize("glance_limit", [0, 5])
    def test_an_answer_that_nobody_expects_hides_nothing(self, glance_limit):
        """A call that falls over takes with it neither the other targets nor what is known of its own."""
        clock = SimulatedClock()
        odd, well = fleet(clock, 3, prefix="odd", glance_limit=glance_limit), fleet(clock, 3, prefix="well")

        def fall(*_arguments: object) -> None:
            raise KeyError("InvocationSet")

        odd.before_read = odd.before_glance = fall
        wanted = everything(odd, well)
        reports = by_fleet(wanted, stop(wanted))
        assert {report.outcome for report in reports[well]} == {"stopped"}
        assert {(r.outcome, r.error.code) for r in reports[odd] if r.error} == {("failed", "NotUnderstood")}
        assert "KeyError: 'InvocationSet'" in reports[odd][0].msg

    def test_one_that_fails_now_and_then_is_not_given_up(self):
        clock = SimulatedClock()
        shaky = fleet(clock, 100)

        def now_and_then(number: int) -> None:
            if number % 3:
                raise error("lost")

        shaky.before_read = now_and_then
        reports = stop(everything(shaky), concurrency=1)
        assert Counter(report.outcome for report in reports)["stopped"] > 20

    def test_what_runs_out_of_its_own_time_is_no_trouble_of_the_lane(self):
        """Looks that come too late, because many wait for few hands, say nothing about the way to the provider."""
        clock = SimulatedClock()
        busy = fleet(clock, 40, latency=0.5)
        reports = stop(everything(busy), concurrency=2, wait_timeout=1, wait_interval=0.1)
        assert {report.outcome for report in reports} <= {"stopped", "still_running", "stop_requested"}
        assert stop_calls(busy) == 40
        assert all(run.stopped_at for runs in busy.runs_by_target.values() for run in runs)

    def test_the_pace_is_kept_by_calls_side_by_side(self):
        clock = SimulatedClock()
        pacer = Pacer(clock, 10)
        paced = fleet(clock, 60, pacer=pacer, latency=0.3)
        reports = stop(everything(paced))
        assert {report.outcome for report in reports} == {"stopped"}
        starts = sorted(begun for begun, _ended in paced.spans)
        # Reads and stops are counted apart.
        assert all(sum(start <= each < start + 1 for each in starts) <= 20 for start in starts)


class TestDeadlines:
    def test_each_target_has_its_own(self):
        clock = SimulatedClock()
        endless = fleet(clock, 30, goes_on=True)
        wanted = everything(endless)
        halts = halts_of(wanted)
        for number, each in enumerate(halts):
            each.options = StopOptions(wait_timeout=5.0 + number, wait_interval=1.0)
        reports = Bulk(halts, clock, SimulatedCrew(clock)).run()
        assert {report.outcome for report in reports} == {"still_running"}
        for number, report in enumerate(reports):
            # The reading, the stop and the waits of others for a free hand come on top.
            assert 5 + number - 1 <= report.summary["seconds"] <= 5 + number + 2

    @pytest.mark.parametrize("glance_limit", [0, 50])
    def test_a_long_row_of_stops_does_not_use_up_the_time_to_read_back(self, glance_limit):
        """All stops together take longer than a target waits."""
        clock = SimulatedClock()
        tasks = fleet(clock, 300, 0, kind=Tasks, latency=0.5, glance_limit=glance_limit, stop_takes=0)
        reports = stop(everything(tasks), concurrency=4, guard=lambda *_totals: None, wait_timeout=20)
        assert {report.outcome for report in reports} == {"stopped"}

    def test_stops_do_not_wait_until_everything_has_been_read(self):
        clock = SimulatedClock()
        pacer = Pacer(clock, 10)
        instances = fleet(clock, 300, latency=0.2, pacer=pacer)
        stop(everything(instances), wait=False)
        stopped = sorted(run.stopped_at for runs in instances.runs_by_target.values() for run in runs)
        # The reads take thirty seconds, and the stops as long.
        assert stopped[0] < 1_000_005 and stopped[-1] < 1_000_040

    def test_an_endless_target_holds_up_no_other(self):
        clock = SimulatedClock()
        operations = {f"op-{number}": {f"i-{number}": Run(goes_on=number == 0)} for number in range(50)}
        world = Fleet(clock, operations, latency=0.1, glance_limit=20)
        reports = stop([(world, key, ()) for key in operations], wait_timeout=600)
        assert [report.outcome for report in reports] == ["still_running"] + ["stopped"] * 49
        assert max(report.summary["seconds"] for report in reports[1:]) < 30


class TestGuard:
    @staticmethod
    def scene() -> tuple[list[Fleet], list[Wanted]]:
        clock = SimulatedClock()
        instances = Fleet(
            clock,
            {
                "running": {f"i-{n}": Run() for n in range(7)},
                "partly": {"a": Run("succeeded"), "b": Run("stopping"), "c": Run("pending"), "d": Run()},
                "over": {"e": Run("succeeded"), "f": Run("failed")},
                "some": {"g": Run(), "h": Run(), "k": Run("stopped")},
                "misnamed": {"l": Run()},
            },
            latency=0.1,
            glance_limit=3,
        )
        tasks = Tasks(clock, {"task": Run(), "done": Run("failed")}, latency=0.3, glance_limit=3)
        wanted: list[Wanted] = [(instances, key, ()) for key in ("running", "partly", "over")]
        wanted += [(instances, "some", ("h", "k")), (instances, "gone", ()), (instances, "misnamed", ("l", "x"))]
        wanted += [(tasks, "task", ()), (tasks, "done", ())]
        return [instances, tasks], wanted

    @pytest.mark.parametrize("check_mode", [False, True])
    def test_it_is_asked_once_about_what_would_be_stopped(self, check_mode):
        _fleets, wanted = self.scene()
        asked: list[tuple[int, int]] = []

        def guard(operations: int, instances: int) -> None:
            asked.append((operations, instances))

        stop(wanted, guard=guard, check_mode=check_mode)
        # running, partly, some and task; seven, two and one instances.
        assert asked == [(4, 10)]

    @pytest.mark.parametrize("check_mode", [False, True])
    def test_a_refusal_stops_nothing_and_says_why(self, check_mode):
        fleets, wanted = self.scene()
        reports = stop(wanted, guard=lambda operations, instances: "Too many.", check_mode=check_mode)
        assert [report.outcome for report in reports] == [
            *("skipped", "skipped", "already_finished", "skipped", "not_found", "not_found"),
            *("skipped", "already_finished"),
        ]
        assert [report.msg for report in reports if report.outcome == "skipped"] == ["Too many."] * 4
        assert sum(stop_calls(each) for each in fleets) == 0
        assert not any(report.changed for report in reports)

    def test_nobody_is_stopped_before_everybody_has_been_read(self):
        fleets, wanted = self.scene()
        slow = fleet(fleets[0].clock, 3, prefix="slow", latency=100)
        wanted += everything(slow)
        stopped_at: list[float] = []
        stop(wanted, guard=lambda _operations, _instances: stopped_at.append(fleets[0].clock.now))
        (opened,) = stopped_at
        assert opened >= 1_000_100
        runs = [run for each in (*fleets, slow) for found in each.runs_by_target.values() for run in found]
        assert all(run.stopped_at is None or run.stopped_at >= opened for run in runs)

    def test_it_is_not_asked_where_nothing_would_be_stopped(self):
        clock = SimulatedClock()
        over = fleet(clock, 5, state="succeeded")
        reports = stop(everything(over), guard=fail("unexpected"))
        assert {report.outcome for report in reports} == {"already_finished"}

    def test_a_lane_that_cannot_be_read_does_not_keep_it_shut(self):
        clock = SimulatedClock()
        well, ill = fleet(clock, 5, prefix="well"), fleet(clock, 5, prefix="ill")
        ill.before_read = fail("denied")
        wanted = everything(well, ill)
        asked: list[tuple[int, int]] = []
        reports = by_fleet(wanted, stop(wanted, guard=lambda *totals: asked.append(totals)))
        assert asked == [(5, 10)]
        assert {report.outcome for report in reports[well]} == {"stopped"}
        assert {report.outcome for report in reports[ill]} == {"failed"}


class TestAgain:
    @pytest.mark.parametrize("glance_limit", [0, 10])
    def test_a_second_run_changes_nothing(self, glance_limit):
        clock = SimulatedClock()
        instances, tasks = (
            fleet(clock, 40, prefix="op", glance_limit=glance_limit),
            fleet(clock, 40, 0, prefix="task", kind=Tasks, glance_limit=glance_limit),
        )
        wanted = everything(instances, tasks)
        assert all(report.changed for report in stop(wanted))
        calls = stop_calls(instances) + stop_calls(tasks)
        again = stop(wanted)
        assert {(report.outcome, report.changed, report.failed) for report in again} == {
            ("already_finished", False, False)
        }
        assert stop_calls(instances) + stop_calls(tasks) == calls == 80

    @pytest.mark.parametrize("calls", [1, 7, 40, 41, 60, 90, 120])
    def test_a_run_that_was_killed_is_ended_by_another(self, calls):
        clock = SimulatedClock()
        instances, tasks = fleet(clock, 30, 4), fleet(clock, 30, 0, prefix="task", kind=Tasks, glance_limit=10)
        wanted = everything(instances, tasks)
        with pytest.raises(Killed):
            stop(wanted, crew=SimulatedCrew(clock, lives_for=calls))
        reports = stop(wanted)
        assert {report.outcome for report in reports} <= {"stopped", "already_finished"}
        assert not any(report.failed for report in reports)
        for each in (instances, tasks):
            runs = [run for found in each.runs_by_target.values() for run in found]
            assert {run.at(clock.now) for run in runs} == {"stopped"}


runs = st.builds(
    Run,
    state=st.sampled_from(["pending", "running", "running", "stopping", "succeeded", "failed", "stopped", "unknown"]),
    ends=st.one_of(st.none(), st.floats(0.5, 40).map(lambda seconds: 1_000_000 + seconds)),
    ends_as=st.sampled_from(["succeeded", "failed"]),
    stop_takes=st.floats(0, 5),
    goes_on=st.booleans(),
)


@st.composite
def scenes(draw: st.DrawFn, *, still: bool = False) -> tuple[list[Fleet], list[Wanted]]:
    """Several providers with several operations each, and targets among them."""
    clock = SimulatedClock()
    fleets: list[Fleet] = []
    wanted: list[Wanted] = []
    for lane in range(draw(st.integers(1, 3))):
        of_tasks = draw(st.booleans())
        operations: dict[str, dict[str, Run] | Run] = {}
        for number in range(draw(st.integers(1, 5))):
            key = f"op-{lane}-{number}"
            parts = st.dictionaries(st.integers(0, 7).map(f"i-{lane}-{number}-{{}}".format), runs, min_size=1)
            found: dict[str, Run] | Run = draw(runs) if of_tasks else draw(parts)
            operations[key] = found
        glance_limit, latency = draw(st.sampled_from([0, 2, 100])), 0.0 if still else draw(st.floats(0, 2))
        each = (Tasks if of_tasks else Fleet)(clock, operations, latency=latency, glance_limit=glance_limit)
        each.hidden = set(draw(st.lists(st.sampled_from(sorted(operations)), max_size=2)))
        each.cut_at = draw(st.sampled_from([None, 1]))
        fleets.append(each)
        for key, found in operations.items():
            ids = () if isinstance(found, Run) else draw(st.lists(st.sampled_from(sorted(found)), unique=True))
            wanted.append((each, key, tuple(ids)))
    if still:
        for run in (run for each in fleets for found in each.runs_by_target.values() for run in found):
            run.ends = None
    return fleets, wanted


def what_it_says(report: Report) -> tuple[object, ...]:
    return report.outcome, report.changed, report.failed, outcomes(report)


faults = st.dictionaries(
    st.integers(1, 20),
    st.sampled_from(["denied", "auth", "bad_input", "throttled", "transient", "lost", "not_found", "unexpected"]),
    max_size=6,
)


def fail_at(when: dict[int, ErrorClass]) -> Callable[..., None]:
    def hook(number: int, *_ids: object) -> None:
        if number in when:
            raise error(when[number])

    return hook


@settings(max_examples=150, deadline=None)
@given(scenes(), st.data())
def test_every_id_has_one_outcome_whatever_goes_wrong(scene, data):
    fleets, wanted = scene
    for each in fleets:
        each.before_read, each.before_glance = fail_at(data.draw(faults)), fail_at(data.draw(faults))
        each.before_stop, each.after_stop = fail_at(data.draw(faults)), fail_at(data.draw(faults))
    options = {
        "wait": data.draw(st.booleans()),
        "wait_timeout": data.draw(st.floats(0, 30)),
        "wait_interval": data.draw(st.floats(0.1, 10)),
        "retries": data.draw(st.integers(0, 3)),
    }
    reports = stop(wanted, concurrency=data.draw(st.integers(1, 4)), **options)

    for (each, operation_id, ids), report in zip(wanted, reports, strict=True):
        found = outcomes(report)
        world = each.operations[operation_id]
        assert list(found) == list(ids) if ids else set(found) in (set(), set(world.runs))
        assert sum(report.summary[outcome] for outcome in OUTCOMES) == report.summary["requested"]
        assert report.failed or report.outcome not in ("failed", "still_running")
        now = each.clock.now
        for key, outcome in found.items():
            assert outcome != "stopped" or world.runs[key].at(now) == "stopped"
            finished = outcome in ("already_finished", "finished_meanwhile")
            assert not finished or not is_in_flight(world.runs[key].at(now))
        not_meant = [run for key, run in world.runs.items() if ids and key not in ids]
        assert all(run.stopped_at is None for run in not_meant)
        assert report.msg.strip()
    assert max(each.most_at_once for each in fleets) <= 4


@settings(max_examples=100, deadline=None)
@given(scenes(still=True))
def test_joined_reads_make_no_result_differ(scene):
    fleets, wanted = scene
    options = {"wait_timeout": 30.0, "wait_interval": 1.0}
    alone_fleets, alone_wanted = copy.deepcopy((fleets, wanted))
    for each in alone_fleets:
        each.glance_limit = 0
    joined, alone = stop(wanted, **options), stop(alone_wanted, **options)
    assert [*map(what_it_says, joined)] == [*map(what_it_says, alone)]
    assert [stop_calls(each) for each in fleets] == [stop_calls(each) for each in alone_fleets]


@settings(max_examples=100, deadline=None)
@given(scenes(still=True), st.integers(1, 12))
def test_check_mode_predicts_the_run_in_a_world_that_stands_still(scene, most):
    def guard(operations: int, instances: int) -> str | None:
        return "Too many." if max(operations, instances) > most else None

    fleets, wanted = scene
    needy = {
        (each, key): [i for i, run in each.operations[key].runs.items() if needs_stop(run.state) and i in (ids or [i])]
        for each, key, ids in wanted
    }
    predicted = stop(wanted, guard=guard, check_mode=True)
    assert sum(map(stop_calls, fleets)) == 0
    done = stop(wanted, guard=guard, wait_timeout=20)

    assert [report.changed for report in predicted] == [report.changed for report in done]
    refused = "Too many." in {report.msg for report in done}
    assert refused == ("Too many." in {report.msg for report in predicted})
    assert not refused or sum(map(stop_calls, fleets)) == 0
    if sum(map(len, needy.values())) > most:
        assert refused
    for (each, key, _ids), before, after in zip(wanted, predicted, done, strict=True):
        would = [i for i, outcome in outcomes(before).items() if outcome == "would_stop"]
        assert sorted(would) == ([] if refused else sorted(needy[each, key]))
        same = {"already_finished", "not_found", "skipped"}
        assert {i: o for i, o in outcomes(before).items() if o in same} == {
            i: o for i, o in outcomes(after).items() if o in same
        }


class TestProgress:
    LINE = re.compile(
        r"(\d+) / (\d+) done: (.+?)(?: \((\d+) asked to stop\))?; (\d+\.\d) calls/s(?:; about (\d+) s left)?", re.ASCII
    )

    def numbers(self, line: str) -> tuple[int, int, dict[str, int], str | None]:
        match = self.LINE.fullmatch(line)
        assert match, line
        counts = {word: int(number) for number, word in (told.split(" ", 1) for told in match[3].split(", "))}
        assert int(match[1]) == int(match[2]) - counts["still running"]
        assert sum(counts.values()) == int(match[2])
        assert int(match[4] or 0) <= counts["still running"]
        return int(match[1]), int(match[2]), counts, match[6]

    def run(self, tmp_path, wanted, tick=1.0, **options):
        clock = wanted[0][0].clock
        halts = halts_of(wanted, **options)
        fleets = {id(each): each for each, _key, _ids in wanted}.values()
        progress = Progress(
            str(tmp_path / "lines"), halts, lambda: sum(sum(each.calls.values()) for each in fleets), clock
        )
        bulk = Bulk(halts, clock, SimulatedCrew(clock), concurrency=4, on_tick=progress.tick, tick=tick)
        reports = bulk.run()
        return reports, progress, (tmp_path / "lines").read_text().splitlines()

    def test_its_numbers_add_up_and_come_to_an_end(self, tmp_path):
        clock = SimulatedClock()
        instances = fleet(clock, 60, 3, latency=0.5, stop_takes=1)
        tasks = fleet(clock, 20, 0, prefix="task", kind=Tasks, latency=0.5, state="failed")
        reports, progress, lines = self.run(tmp_path, everything(instances, tasks))
        told = [self.numbers(line) for line in lines]
        assert len(told) > 10
        done = [number for number, _total, _counts, _left in told]
        assert done == sorted(done), "what is done stays done"
        assert {total for _done, total, _counts, _left in told} <= set(range(80, 201)), "instances show with the reads"
        assert any(left for _done, _total, _counts, left in told)
        assert any("asked to stop" in line for line in lines)
        assert {report.outcome for report in reports} == {"stopped", "already_finished"}
        assert self.numbers(progress.line()) == (200, 200, {"stopped": 180, "over": 20, "still running": 0}, None)

    def test_whatever_the_outcome_it_has_a_word_for_it(self, tmp_path):
        clock = SimulatedClock()
        operations: dict[str, dict[str, Run] | Run] = {
            "ends": {"a": Run(), "b": Run("succeeded")},
            "goes on": {"c": Run(goes_on=True)},
            "by itself": {"d": Run(ends=clock.now + 0.15)},
        }
        world = Fleet(clock, operations, latency=0.1)
        denied = fleet(clock, 1, prefix="denied")
        denied.before_stop = fail("denied")
        wanted: list[Wanted] = [(world, key, ()) for key in (*operations, "unknown")]
        _reports, progress, lines = self.run(tmp_path, [*wanted, *everything(denied)], wait_timeout=5)
        for line in lines:
            self.numbers(line)
        done, total, counts, _left = self.numbers(progress.line())
        assert (done, total) == (6, 7)
        assert counts == {"stopped": 1, "over": 2, "left alone": 1, "failed": 2, "still running": 1}
        assert "1 still running (1 asked to stop);" in progress.line()

    def test_what_nobody_waits_for_was_asked_to_stop(self, tmp_path):
        clock = SimulatedClock()
        _reports, progress, _lines = self.run(tmp_path, everything(fleet(clock, 3, latency=3.0)), wait=False)
        assert "0 / 6 done: 0 stopped, 6 still running (6 asked to stop);" in progress.line()

    def test_in_the_first_moment_there_is_nothing_to_divide_by(self, tmp_path):
        clock = SimulatedClock()
        over = fleet(clock, 3, state="succeeded", latency=0.0)
        halts = halts_of(everything(over))
        progress = Progress(str(tmp_path / "lines"), halts, lambda: 0, clock)
        assert self.numbers(progress.line()) == (0, 3, {"stopped": 0, "still running": 3}, None)
        for count in range(1, 4):
            Bulk(halts[count - 1 : count], clock, SimulatedCrew(clock)).run()
            assert self.numbers(progress.line())[0] == 2 * count

    def test_a_file_that_cannot_be_written_does_no_harm(self, tmp_path):
        clock = SimulatedClock()
        Progress(str(tmp_path / "no" / "such" / "folder"), [], lambda: 0, clock).tick()
        assert Progress(str(tmp_path / "x"), [], lambda: 0, clock).line().startswith("0 / 0 done")

    def test_the_file_is_not_to_be_read_by_others(self, tmp_path):
        clock = SimulatedClock()
        Progress(str(tmp_path / "lines"), [], lambda: 0, clock).tick()
        assert (tmp_path / "lines").stat().st_mode & 0o777 == 0o600


def test_no_targets_are_no_reports():
    assert Bulk([], SimulatedClock(), SimulatedCrew(SimulatedClock())).run() == []


def test_thousands_of_targets_are_no_burden():
    """What is done for each event must not grow with the number of targets."""
    clock = SimulatedClock()
    tasks = fleet(clock, 3_000, 0, kind=Tasks, glance_limit=100, latency=0.01)
    reports = stop(everything(tasks), wait_interval=5)
    assert {report.outcome for report in reports} == {"stopped"}
