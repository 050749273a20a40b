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

from ansible_collections.cloudops.halt.plugins.module_utils._errors import ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._report import Report
from ansible_collections.cloudops.halt.plugins.module_utils._states import OUTCOMES, is_in_flight

from .simulation import Run, World, error, outcomes

START = 1_000_000.0

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
        assert len(ids) <= world.stop_limit
        fail_stop(number)

    world.before_stop, world.after_stop = before_stop, fail_at(answer_faults)
    report = world.halt(*asked, **options)

    check_ids(report, asked, world)
    assert named <= set(asked), "a stop call named what was not asked for"
    check_changed(report, world, answer_faults)
    check_ends(report, world)
    check_calls(world, asked, options)
    assert report.failed or report.outcome not in ("failed", "still_running")
    assert report.msg.strip()


def check_ids(report: Report, asked: list[str], world: World) -> None:
    """Every id asked for is in exactly one outcome, in the order given; of a whole operation, every instance."""
    found = outcomes(report)
    assert list(found) == asked if asked else set(found) in (set(), set(world.runs))
    assert sum(report.summary[outcome] for outcome in OUTCOMES) == report.summary["requested"]


def check_changed(report: Report, world: World, answer_faults: dict[int, ErrorClass]) -> None:
    """Changed exactly when a stop was accepted for something in flight; a lost answer leaves room for doubt."""
    if not answer_faults:
        assert report.changed == world.hit_in_flight
    elif report.changed:
        assert any(run.stopped_at is not None for run in world.runs.values())


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
    batches = math.ceil(len(asked) / world.stop_limit) or 1
    halvings = math.ceil(math.log2(world.stop_limit)) + 1
    assert world.stop_calls <= batches * (1 + int(str(options["retries"])) + 1 + 2 * halvings)
    timeout, interval = float(str(options["wait_timeout"])), float(str(options["wait_interval"]))
    # One at once, one each interval, and those that come closer together at the end.
    looks = 2 + timeout / interval + math.log2(max(2 * interval, 1) / 0.1) + 1
    assert world.reads <= 1 + world.stop_calls + looks + 1


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
