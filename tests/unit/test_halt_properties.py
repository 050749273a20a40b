# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every run of the flow, whatever the world does. Found by Hypothesis, in simulated time."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._errors import MAY_HAVE_ACTED, ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._report import Report
from ansible_collections.cloudops.halt.plugins.module_utils._states import OUTCOMES, is_in_flight, needs_stop

from .simulation import Family, Pairs, Run, Task, World, error, outcomes

START = 1_000_000.0
LIMIT = World.stop_limit or 0

runs = st.builds(
    Run,
    state=st.sampled_from(["pending", "scheduled", "running", "stopping", "succeeded", "failed", "stopped", "unknown"]),
    ends=st.one_of(st.none(), st.floats(0.5, 40).map(lambda seconds: START + seconds)),
    ends_as=st.sampled_from(["succeeded", "failed"]),
    stop_takes=st.floats(0, 20),
    goes_on=st.booleans(),
)
worlds = st.dictionaries(st.integers(0, 9).map("i-{}".format), runs, min_size=1, max_size=10)
stop_options = st.fixed_dictionaries(
    {
        "wait": st.booleans(),
        "wait_timeout": st.floats(0, 30),
        "wait_interval": st.floats(0.1, 10),
        "ignore_not_found": st.booleans(),
        "retries": st.integers(0, 3),
    }
)
faults: st.SearchStrategy[dict[int, ErrorClass]] = st.dictionaries(
    st.integers(1, 8),
    st.sampled_from(["denied", "auth", "bad_input", "throttled", "transient", "lost", "not_found", "unexpected"]),
    max_size=5,
)


def fail_at(when: dict[int, ErrorClass]) -> Callable[..., None]:
    """A hook that fails the calls with these numbers."""

    def hook(number: int, _ids: Sequence[str] = ()) -> None:
        if number in when:
            raise error(when[number])

    return hook


def selection(data: st.DataObject, world: World) -> list[str]:
    """Some of the instances in any order, or none, which means the whole operation."""
    return data.draw(st.lists(st.sampled_from(sorted(world.runs)), unique=True), label="selection")


@settings(max_examples=600, deadline=None)
@given(worlds, stop_options, faults, faults, faults, st.data())
def test_every_run_is_honest(instances, options, read_faults, stop_faults, answer_faults, data):
    world = World(instances)
    asked = selection(data, world)
    named: set[str] = set()
    world.before_read = fail_at(read_faults)
    fail_stop = fail_at(stop_faults)

    def before_stop(number: int, ids: Sequence[str]) -> None:
        named.update(ids)
        assert len(ids) <= LIMIT
        fail_stop(number)

    world.before_stop, world.after_stop = before_stop, fail_at(answer_faults)
    report = world.halt(*asked, **options)

    check_ids(report, asked, world)
    assert named <= set(asked), "a stop call named what was not asked for"
    check_changed(report, world, read_faults, answer_faults)
    check_ends(report, world)
    check_calls(world, asked, options)
    assert report.failed or report.outcome not in ("failed", "still_running")
    assert report.msg.strip()


def check_ids(report: Report, asked: list[str], world: World) -> None:
    """Every id asked for is in exactly one outcome, in the order given; of a whole operation, every instance."""
    found = outcomes(report)
    assert list(found) == asked if asked else set(found) in (set(), set(world.runs))
    assert sum(report.summary[outcome] for outcome in OUTCOMES) == report.summary["requested"]


def check_changed(
    report: Report, world: World, read_faults: dict[int, ErrorClass], answer_faults: dict[int, ErrorClass]
) -> None:
    """Changed exactly when a stop was accepted for something in flight. A lost answer leaves room for doubt. So does a
    lost look, because it may have ended by itself before the next one; but not if the provider refuses to stop what has
    ended."""
    if not answer_faults:
        assert report.changed == world.hit_in_flight or (
            read_faults and world.hit_in_flight and not world.refuses_ended
        )
    elif report.changed:
        runs = [*world.runs.values(), *([world.whole] if world.whole else [])]
        assert any(run.stopped_at is not None for run in runs)


def check_ends(report: Report, world: World) -> None:
    """Nothing is called stopped that has not ended by a stop, and nothing finished that is in flight."""
    now = world.clock.now
    for instance_id, outcome in outcomes(report).items():
        state = world.runs[instance_id].at(now)
        if outcome == "stopped":
            assert state == "stopped"
        if outcome in ("already_finished", "finished_meanwhile"):
            assert not is_in_flight(state)


def check_calls(world: World, asked: list[str], options: dict[str, object]) -> None:
    """The number of calls has a bound that does not depend on what goes wrong.

    A stop call is sent again at most C(retries) times, or once more with less; finding one refused id by halves takes
    two calls a halving.
    """
    batches = math.ceil(len(asked) / LIMIT) or 1
    halvings = math.ceil(math.log2(LIMIT)) + 1
    assert world.stop_calls <= batches * (1 + int(str(options["retries"])) + 1 + 2 * halvings)
    timeout, interval = float(str(options["wait_timeout"])), float(str(options["wait_interval"]))
    # One at once, those soon after, one each interval, and those that come closer together at the end.
    soon = math.log2(max(interval / 0.25, 1)) + 1
    looks = 2 + soon + timeout / interval + math.log2(max(2 * interval, 1) / 0.1) + 1
    # After each stop call a look, and up to four more where it was refused or lost and what is seen is in doubt.
    assert world.reads <= 1 + 5 * world.stop_calls + looks + 1


@settings(max_examples=200, deadline=None)
@given(worlds, stop_options, st.data())
def test_check_mode_predicts_the_run_in_a_world_that_stands_still(instances, options, data):
    for run in instances.values():
        run.ends = None
    world = World(instances)
    asked = selection(data, world)
    twin = copy.deepcopy(world.runs)
    predicted = world.halt(*asked, **options, check_mode=True)
    assert {i: run.stopped_at for i, run in world.runs.items()} == dict.fromkeys(world.runs)

    done = World(twin).halt(*asked, **options)
    assert predicted.changed == done.changed
    would = {i for i, outcome in outcomes(predicted).items() if outcome == "would_stop"}
    assert would == {i for i in outcomes(done) if is_in_flight(instances[i].state) and instances[i].state != "stopping"}
    same = {"already_finished", "not_found", "skipped"}
    assert {i: o for i, o in outcomes(predicted).items() if o in same} == {
        i: o for i, o in outcomes(done).items() if o in same
    }


@settings(max_examples=200, deadline=None)
@given(worlds, stop_options, st.data())
def test_a_second_run_changes_nothing_once_the_world_is_still(instances, options, data):
    world = World(instances)
    asked = selection(data, world)
    for run in instances.values():
        run.goes_on = False
    world.halt(*asked, **options)
    world.clock.sleep(100)
    # What claims to be stopping without ever having been stopped never ends here.
    world.runs.update({i: Run("stopped") for i, run in world.runs.items() if is_in_flight(run.at(world.clock.now))})
    report = world.halt(*asked, **options)
    assert (report.outcome, report.changed) == ("already_finished", False)


# Kinds that can only be stopped as a whole, and children that are operations of their own


def faulty(
    world: World, reads: dict[int, ErrorClass], stops: dict[int, ErrorClass], answers: dict[int, ErrorClass]
) -> None:
    world.before_read, world.before_stop, world.after_stop = fail_at(reads), fail_at(stops), fail_at(answers)


def check_whole(
    report: Report, world: World, read_faults: dict[int, ErrorClass], answer_faults: dict[int, ErrorClass]
) -> None:
    """Of what can only be stopped as a whole: the same honesty, and no more calls than tries."""
    assert world.whole is not None
    state = world.whole.at(world.clock.now)
    check_changed(report, world, read_faults, answer_faults)
    if report.outcome in ("already_finished", "finished_meanwhile", "stopped"):
        assert not is_in_flight(state)
    assert report.failed or report.outcome not in ("failed", "still_running")
    assert report.msg.strip()


@settings(max_examples=300, deadline=None)
@given(runs, st.sampled_from(["stopped", "failed"]), stop_options, faults, faults, faults)
def test_what_refuses_to_be_stopped_after_its_end_is_told_honestly(
    run, stopped_as, options, read_faults, stop_faults, answer_faults
):
    run.stopped_as = stopped_as
    world = Task(run)
    faulty(world, read_faults, stop_faults, answer_faults)
    report = world.halt(**options)
    if world.whole.at(world.clock.now) == "failed" and MAY_HAVE_ACTED & set(stop_faults.values()):
        # A stop of which nobody knows whether it arrived, and an end that may be its work: it is taken for that.
        return
    check_whole(report, world, read_faults, answer_faults)
    assert world.stop_calls <= 1 + options["retries"]


@settings(max_examples=300, deadline=None)
@given(worlds, runs, stop_options, faults, faults, faults)
def test_pairs_show_and_the_whole_decides(pairs, whole, options, read_faults, stop_faults, answer_faults):
    begun = whole.state
    world = Pairs(pairs, whole)
    faulty(world, read_faults, stop_faults, answer_faults)
    report = world.halt(**options)
    check_whole(report, world, read_faults, answer_faults)
    assert world.stop_calls <= 1 + options["retries"]
    if not needs_stop(begun):
        assert (world.stop_calls, report.changed) == (0, False)
    if report.rows:
        assert set(outcomes(report)) == set(pairs)
    if report.outcome == "stopped":
        assert whole.at(world.clock.now) == "stopped"
    for pair, outcome in outcomes(report).items():
        if outcome in ("stopped", "finished_meanwhile"):
            assert not is_in_flight(pairs[pair].at(world.clock.now))


@settings(max_examples=200, deadline=None)
@given(worlds, runs, stop_options)
def test_check_mode_predicts_the_change_of_pairs_in_a_world_that_stands_still(pairs, whole, options):
    for run in (*pairs.values(), whole):
        run.ends = None
    twins = copy.deepcopy((pairs, whole))
    predicted, done = Pairs(pairs, whole).halt(**options, check_mode=True), Pairs(*twins).halt(**options)
    assert whole.stopped_at is None
    assert predicted.changed == done.changed


children = st.builds(
    Run,
    state=st.sampled_from(["pending", "running", "succeeded", "failed", "stopped", "unknown"]),
    ends=st.one_of(st.none(), st.floats(0.5, 40).map(lambda seconds: START + seconds)),
    ends_as=st.sampled_from(["succeeded", "failed"]),
    stop_takes=st.floats(0, 20),
    goes_on=st.booleans(),
    begins=st.one_of(st.just(0.0), st.floats(0.5, 30).map(lambda seconds: START + seconds)),
)
families = st.dictionaries(st.integers(0, 5).map("c-{}".format), children, max_size=6)


@settings(max_examples=400, deadline=None)
@given(families, children, stop_options, faults, faults, faults)
def test_children_are_stopped_once_each_whenever_they_appear(
    family, parent, options, read_faults, stop_faults, answer_faults
):
    parent.begins = 0.0
    world = Family(family, parent)
    faulty(world, read_faults, stop_faults, answer_faults)
    report = world.halt(**options)
    accepted = [named for (named,) in world.stops]
    if not answer_faults:
        assert len(accepted) == len(set(accepted))
        assert report.changed == bool(accepted)
    assert world.stop_calls <= (1 + len(family)) * (1 + options["retries"])
    now = world.clock.now
    for child, outcome in outcomes(report).items():
        assert family[child].begins <= now
        if outcome == "stopped":
            assert family[child].at(now) == "stopped" and family[child].stopped_at is not None
        if outcome in ("already_finished", "finished_meanwhile"):
            assert not is_in_flight(family[child].at(now))
    assert report.failed or report.outcome not in ("failed", "still_running")
    assert report.msg.strip()
    if not report.failed and options["wait"] and report.outcome != "not_found":
        assert not is_in_flight(parent.at(now))
        assert not any(is_in_flight(family[child].at(now)) for child in outcomes(report))
