# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many targets side by side, in simulated time: what one of them meets is no matter of the others."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Collection, Sequence

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.halt import Halt
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import StopOptions, Target
from ansible_collections.cloudops.halt.plugins.module_utils._core.record import Record
from ansible_collections.cloudops.halt.plugins.module_utils._core.report import Report
from ansible_collections.cloudops.halt.plugins.module_utils._engine.bulk import Bulk
from ansible_collections.cloudops.halt.plugins.module_utils._engine.progress import Progress

from ..simulation.provider import Shape
from ..simulation.world import START, SimulatedClock, SimulatedWorkers, Thing
from ._worlds import Fleet, fails, verdict

Wanted = tuple[Fleet, str, tuple[str, ...]]


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


def fleet(clock, count, parts=2, *, prefix="op", latency=0.1, thing=None, **how):
    """A provider with so many operations of so many parts each, or of none."""
    about = thing or {}
    operations = {
        f"{prefix}-{number}": {f"i-{number}-{part}": Thing(**about) for part in range(parts)}
        if parts
        else Thing(**about)
        for number in range(count)
    }
    shape: Shape = "instances" if parts else "tasks"
    return Fleet(clock, operations, shape, name=prefix, latency=latency, **how)


def everything(*fleets: Fleet) -> list[Wanted]:
    """Every operation as a whole, the providers mixed."""
    wanted: list[Wanted] = [(each, operation_id, ()) for each in fleets for operation_id in each.affairs]
    random.Random(0).shuffle(wanted)
    return wanted


def halts_of(wanted: Sequence[Wanted], **options: object) -> list[Halt]:
    return [
        Halt(each.adapter, Target(key, ids), StopOptions(**options), each.clock, random.Random(number))  # type: ignore[arg-type]
        for number, (each, key, ids) in enumerate(wanted)
    ]


def stop(
    wanted: Sequence[Wanted],
    *,
    workers=None,
    concurrency=16,
    guard=None,
    patience=math.inf,
    silent: Collection[str] = (),
    **options: object,
) -> list[Report]:
    clock = wanted[0][0].clock
    halts = halts_of(wanted, **options)
    how = {"concurrency": concurrency, "guard": guard, "patience": patience, "silent": silent}
    reports = Bulk(halts, clock, workers or SimulatedWorkers(clock), **how).run()
    assert len(reports) == len(wanted)
    return reports


def weight(records: Sequence[Record]) -> tuple[int, ...]:
    """How many operations and instances a guard is asked about."""
    return tuple(sum(each) for each in zip(*(record.weight for record in records), strict=True))


def words_of(reports: Sequence[Report]) -> set[str]:
    return {report.outcome for report in reports}


def by_fleet(wanted: Sequence[Wanted], reports: Sequence[Report]) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = {}
    for (each, _id, _ids), report in zip(wanted, reports, strict=True):
        found.setdefault(each.name, []).append(report)
    return found


class TestJoinedReads:
    def test_many_operations_are_read_in_a_few_calls(self, clock):
        tasks = fleet(clock, 200, 0, read_many_limit=100, thing={"stop_takes": 3})
        assert words_of(stop(everything(tasks))) == {"stopped"}
        assert tasks.stop_calls == 200
        # Two for each round of looks; one by one it would be 200 for each.
        assert tasks.glances < 40 and tasks.reads < 40


class TestLanes:
    """One provider's trouble neither delays nor hides what becomes of the others."""

    def test_concurrency_is_kept_by_each_lane(self, clock):
        one, two = fleet(clock, 80, prefix="one"), fleet(clock, 80, prefix="two")
        stop(everything(one, two), concurrency=5)
        assert (one.most_at_once, two.most_at_once) == (5, 5)

    @pytest.mark.parametrize(("lanes", "share"), [(16, 16), (25, 10), (40, 6)])
    def test_many_lanes_share_the_hands_evenly_and_the_last_has_what_it_may(self, clock, lanes, share):
        long, *short = [fleet(clock, 20 if number else 300, 0, prefix=f"p{number}") for number in range(lanes)]
        assert words_of(stop(everything(long, *short), workers=SimulatedWorkers(clock, 256), concurrency=16)) == {
            "stopped"
        }
        assert {[made.begun for made in each.exchanges].count(START) for each in (long, *short)} == {share}
        assert long.most_at_once == 16

    def test_rejected_keys_cost_no_more_calls_than_are_under_way(self, clock):
        rejected = fleet(clock, 500, before_read=fails("auth"))
        reports = stop(everything(rejected), concurrency=8)
        assert all(verdict(report) == ("failed", False, True) and report.error for report in reports)
        assert rejected.reads <= 16 and rejected.stop_calls == 0

    @pytest.mark.parametrize("trouble", ["lost", "unreachable", "throttled"])
    @pytest.mark.parametrize("read_many_limit", [0, 50])
    def test_a_lane_without_a_way_to_its_provider_ends_soon(self, clock, trouble, read_many_limit):
        hook = fails(trouble)
        cut_off = fleet(
            clock, 500, 0, latency=75, read_many_limit=read_many_limit, before_read=hook, before_read_many=hook
        )
        reports = stop(everything(cut_off), concurrency=4)
        assert all(verdict(report) == ("failed", False, True) for report in reports)
        assert clock.now - START < 10 * 75


class TestGuard:
    @pytest.mark.parametrize("check_mode", [False, True])
    def test_it_is_asked_once_about_what_would_be_stopped(self, clock, check_mode):
        operations = {
            "running": {f"i-{n}": Thing() for n in range(7)},
            "partly": {"a": Thing("succeeded"), "b": Thing("stopping"), "c": Thing("pending"), "d": Thing()},
            "over": {"e": Thing("succeeded"), "f": Thing("failed")},
            "some": {"g": Thing(), "h": Thing(), "k": Thing("stopped")},
            "misnamed": {"l": Thing()},
        }
        instances = Fleet(clock, operations, latency=0.1, read_many_limit=3)
        tasks = Fleet(clock, {"task": Thing(), "done": Thing("failed")}, "tasks", name="tasks", latency=0.3)
        wanted: list[Wanted] = [(instances, key, ()) for key in ("running", "partly", "over")]
        wanted += [(instances, "some", ("h", "k")), (instances, "gone", ()), (instances, "misnamed", ("l", "x"))]
        wanted += [(tasks, "task", ()), (tasks, "done", ())]
        asked: list[tuple[int, ...]] = []
        stop(wanted, guard=lambda waiting: asked.append(weight(waiting)), check_mode=check_mode)
        # running, partly, some and task; seven, two and one instances.
        assert asked == [(4, 10)]

    def test_it_is_not_asked_where_nothing_would_be_stopped(self, clock):
        over = fleet(clock, 5, thing={"state": "succeeded"})
        assert words_of(stop(everything(over), guard=lambda waiting: "Nobody asks.")) == {"already_finished"}

    @pytest.mark.parametrize(("silent", "seconds"), [((), 10.0), (("nimbus/here",), 0.0)])
    def test_a_preview_waits_for_no_place_that_does_not_answer_once_all_others_are_read(self, clock, silent, seconds):
        """And not at all for one that was silent a moment ago."""
        well = fleet(clock, 5, 1, prefix="well")
        ill = fleet(clock, 1, 1, prefix="ill", latency=15.0, request_timeout=10.0, retries=2)
        wanted = everything(well, ill)
        asked = stop(wanted, guard=lambda counted: None, patience=10.0, silent=silent, check_mode=True)
        reports = by_fleet(wanted, asked)
        assert (words_of(reports["well"]), words_of(reports["ill"])) == ({"would_stop"}, {"failed"})
        assert [report.error.code for report in reports["ill"] if report.error] == ["NoAnswer"]
        assert clock.now == pytest.approx(START + seconds, abs=1.0)

    def test_what_a_preview_has_counted_counts_before_it_is_read(self, clock):
        near, far = fleet(clock, 1, 3, prefix="near"), fleet(clock, 1, 3, prefix="far", latency=5.0)
        halts = halts_of(everything(near, far))
        for halt in halts:
            halt.record.counted = 1, 3

        def guard(counted: Sequence[Record]) -> str | None:
            return "Too many." if weight(counted)[1] > 5 else None

        reports = Bulk(halts, clock, SimulatedWorkers(clock), guard=guard, patience=0.0).run()
        assert words_of(reports) == {"skipped"}

    @pytest.mark.parametrize(("silent", "seconds"), [((), 10.0), (("nimbus/here",), 0.0)])
    def test_the_guard_does_not_wait_again_for_what_was_silent_a_moment_ago(self, clock, silent, seconds):
        well = fleet(clock, 5, 1, prefix="well")
        ill = fleet(clock, 1, 1, prefix="ill", latency=15.0, request_timeout=12.0)
        wanted = everything(well, ill)
        reports = by_fleet(wanted, stop(wanted, guard=lambda counted: None, patience=10.0, silent=silent))
        assert (words_of(reports["well"]), words_of(reports["ill"])) == ({"stopped"}, {"failed"})
        late = max(report.summary["seconds_to_first_stop"] for report in reports["well"])
        assert late == pytest.approx(seconds, abs=0.5)

    @pytest.mark.parametrize(("most", "late"), [(8, "stopped"), (7, "skipped")])
    def test_what_does_not_answer_counts_as_what_it_names_and_is_stopped_later_if_the_limit_holds(
        self, clock, most, late
    ):
        well = fleet(clock, 5, 1, prefix="well")
        ill = fleet(clock, 1, 3, prefix="ill", latency=15.0, request_timeout=10.0, retries=2)
        # Lost at first, it is answered when it is asked again.
        ill.before_read = lambda _number, _ids: setattr(ill.traits, "latency", 0.1)
        asked: list[tuple[int, ...]] = []

        def guard(counted: Sequence[Record]) -> str | None:
            asked.append(weight(counted))
            return "Too many." if asked[-1][1] > most else None

        wanted = everything(well, ill)
        reports = by_fleet(wanted, stop(wanted, guard=guard, patience=10.0))
        assert asked == [(6, 5), (6, 8)]
        assert (words_of(reports["well"]), words_of(reports["ill"])) == ({"stopped"}, {late})
        assert min(made.begun for made in well.exchanges if made.action == "Stop") == pytest.approx(START + 10.0)

    def test_what_comes_late_does_not_pass_where_the_others_were_refused(self, clock):
        well = fleet(clock, 5, 1, prefix="well")
        ill = fleet(clock, 1, 3, prefix="ill", latency=15.0, request_timeout=10.0, retries=2)
        ill.before_read = lambda _number, _ids: setattr(ill.traits, "latency", 0.1)
        answers = iter(["Too many.", None])
        assert words_of(stop(everything(well, ill), guard=lambda counted: next(answers), patience=10.0)) == {"skipped"}

    def test_what_a_list_leaves_out_is_counted_as_far_as_the_provider_counts_it(self, clock):
        cut = fleet(clock, 1, 8, cut_at=1, page_cut_at=2)
        # Already stopping as a whole, so that the parts decide.
        cut.affairs["op-0"].parts["i-0-0"].stopped_at = START - 5
        cut.affairs["op-0"].parts["i-0-0"].stop_takes = 60
        asked: list[tuple[int, ...]] = []
        stop(everything(cut), guard=lambda counted: asked.append(weight(counted)))
        assert asked == [(1, 7)]


class TestProgress:
    READ = re.compile(r"Read (\d+) of (\d+) operations", re.ASCII)
    ENDED = re.compile(r"(\d+) of (\d+) ended", re.ASCII)
    OTHERS = re.compile(r"(\d+) (asked to stop|not asked yet|failed|left alone)", re.ASCII)
    WAITED = re.compile(r"waited (\d+) s of (\d+) s", re.ASCII)

    def numbers(self, line: str) -> tuple[int, int, dict[str, int]]:
        """What has ended, of how much, and the other numbers."""
        assert line.endswith(".")
        told = line.removesuffix(".").split(", ")
        found: dict[str, int] = {}
        if match := self.READ.fullmatch(told[0]):
            found["read"] = int(match[1])
            assert found["read"] < int(match[2]), "once all are read, that is no news"
            told = told[1:] or ["0 of 0 ended"]
        if match := self.WAITED.fullmatch(told[-1]):
            found["waited"] = int(match[1])
            assert found["waited"] <= int(match[2])
            told = told[:-1]
        ended = self.ENDED.fullmatch(told[0])
        assert ended, line
        for other in told[1:]:
            match = self.OTHERS.fullmatch(other)
            assert match, line
            found[match[2]] = int(match[1])
        total = int(ended[2])
        if total:
            assert int(ended[1]) + sum(found[name] for name in found.keys() - {"read", "waited"}) == total, line
        return int(ended[1]), total, found

    def run(self, tmp_path, wanted, **options):
        clock = wanted[0][0].clock
        halts = halts_of(wanted, **options)
        progress = Progress(str(tmp_path / "lines"), halts, clock)
        Bulk(halts, clock, SimulatedWorkers(clock), concurrency=4, on_tick=progress.tick, tick=1.0).run()
        return progress, (tmp_path / "lines").read_text().splitlines()

    def test_its_numbers_add_up_and_come_to_an_end(self, clock, tmp_path):
        instances = fleet(clock, 60, 3, latency=0.5)
        tasks = fleet(clock, 20, 0, prefix="task", latency=0.5, thing={"state": "failed"})
        progress, lines = self.run(tmp_path, everything(instances, tasks))
        told = [self.numbers(line) for line in lines]
        assert len(told) > 10
        for numbers in ([found["read"] for *_, found in told if "read" in found], [ended for ended, *_ in told]):
            assert len(numbers) > 2 and numbers == sorted(numbers), "what is done stays done"
        assert {total for _ended, total, _found in told} <= {0, *range(80, 201)}, "instances show with the reads"
        for word in ("asked to stop", "not asked yet", "waited"):
            assert any(word in found for *_, found in told), word
        assert progress.line() == "200 of 200 ended."

    def test_whatever_the_outcome_it_has_a_word_for_it(self, clock, tmp_path):
        operations = {
            "ends": {"a": Thing(), "b": Thing("succeeded")},
            "goes on": {"c": Thing(goes_on_as="running")},
            "by itself": {"d": Thing(ends=START + 0.15)},
        }
        world = Fleet(clock, operations, latency=0.1)
        denied = fleet(clock, 1, prefix="denied", before_stop=fails("denied"))
        wanted: list[Wanted] = [(world, key, ()) for key in (*operations, "unknown")]
        progress, lines = self.run(tmp_path, [*wanted, *everything(denied)], wait_timeout=5)
        for line in lines:
            self.numbers(line)
        assert re.search(r"waited [45] s of 5 s\.$", lines[-1])
        assert progress.line() == "3 of 7 ended, 1 asked to stop, 2 failed, 1 left alone."

    def test_a_place_that_does_not_answer_hides_no_stop_elsewhere(self, clock, tmp_path):
        wanted = everything(
            fleet(clock, 3, prefix="well", latency=0.1), fleet(clock, 1, prefix="ill", latency=30, request_timeout=9.0)
        )
        _progress, lines = self.run(tmp_path, wanted)
        assert "Read 3 of 4 operations (no answer yet from nimbus/here), 6 of 7 ended, 1 not asked yet." in lines

    def test_a_child_that_is_excluded_is_left_alone(self, clock, tmp_path):
        children = {"c-1": Thing(stop_takes=30), "c-2": Thing()}
        family = Fleet(clock, {"op": children}, "family", whole=Thing(), latency=0.1)
        halt = Halt(family.adapter, Target("op", include_children=True), StopOptions(), clock, random.Random(0))
        halt.record.excludes = lambda identifier, name: identifier == "c-2"
        progress = Progress(str(tmp_path / "lines"), [halt], clock)
        Bulk([halt], clock, SimulatedWorkers(clock), on_tick=progress.tick, tick=1.0).run()
        lines = (tmp_path / "lines").read_text().splitlines()
        assert all("0 of 2 ended, 1 asked to stop, 1 left alone, waited " in line for line in lines[1:])
        assert progress.line() == "1 of 2 ended, 1 left alone."
        assert family.stops == [("op",), ("c-1",)]

    def test_before_any_stop_it_tells_of_the_reads(self, clock, tmp_path):
        halts = halts_of(everything(fleet(clock, 3, latency=0.0, thing={"state": "succeeded"})))
        progress = Progress(str(tmp_path / "lines"), halts, clock)
        assert progress.line() == "Read 0 of 3 operations."
        for count in range(1, 4):
            Bulk(halts[count - 1 : count], clock, SimulatedWorkers(clock)).run()
            assert self.numbers(progress.line())[0] == 2 * count

    def test_a_file_that_cannot_be_written_does_no_harm_and_no_other_may_read_it(self, clock, tmp_path):
        Progress(str(tmp_path / "no" / "such" / "folder"), [], clock).tick()
        Progress(str(tmp_path / "lines"), [], clock).tick()
        assert (tmp_path / "lines").read_text() == "Read 0 of 0 operations.\n"
        assert (tmp_path / "lines").stat().st_mode & 0o777 == 0o600


def test_no_targets_are_no_reports(clock):
    assert Bulk([], clock, SimulatedWorkers(clock)).run() == []


def test_thousands_of_targets_are_no_burden(clock):
    """What is done for each event must not grow with the number of targets."""
    tasks = fleet(clock, 3_000, 0, read_many_limit=100, latency=0.01)
    assert words_of(stop(everything(tasks), wait_interval=5)) == {"stopped"}
