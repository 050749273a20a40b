# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of two runs: of check mode and the run, of a run and the next, of a lane among others and alone."""

from __future__ import annotations

from ansible_collections.cloudops.halt.plugins.module_utils._inflight_cancel import _Order

from .invariants import may_be_stopped
from .run import Run
from .world import WHOLE, Affair, Thing, is_in_flight


def check_mode_predicts_the_run(predicted: Run, done: Run) -> None:
    """Check mode is what people decide on. In a world that stands still it says what the run does."""
    assert predicted.was_refused == done.was_refused
    for before, after in zip(predicted.ones, done.ones, strict=True):
        name = before.order.target.id
        told = f"{name}: predicted {before.report.outcome}, came {after.report.outcome}"
        assert before.report.changed == after.report.changed, told
        assert before.report.failed == after.report.failed, told
        assert before.rows.keys() == after.rows.keys(), told
        for key, row in before.rows.items():
            came = after.rows[key]["outcome"]
            if row["outcome"] == "would_stop":
                asked_only = (came, after.options.wait) == ("stop_requested", False)
                assert came == "stopped" or asked_only, f"{name} {key}: {came}"
            else:
                same = row["outcome"] == came or (row["outcome"], came) == ("stop_requested", "stopped")
                assert same, f"{name} {key}: predicted {row['outcome']}, came {came}"


def work_is_ended(run: Run, needed: dict[str, bool]) -> None:
    """Whatever was left by a run that failed or was killed, the next one ends it, and says that it changed something
    exactly where something still needed a stop."""
    now = run.scene.clock.now
    for one in filter(may_be_stopped, run.ones):
        assert one.affair
        left = [key for key, thing in asked_of(one.order, one.affair).items() if is_in_flight(thing.at(now))]
        assert not left, f"{one.affair.id} was left with {left}"
        assert not one.report.failed or one.report.outcome == "already_finished", one.report.msg
        assert one.report.changed == needed[one.affair.id], f"{one.affair.id} changed={one.report.changed}"


def nothing_is_left_to_do(run: Run) -> None:
    """Running a task again is always safe: it makes no stop call and changes nothing."""
    for one in run.ones:
        assert not one.stops and not one.report.changed, f"{one.order.target.id} was stopped again"
        assert one.report.outcome == "already_finished" or not may_be_stopped(one)


def asked_of(order: _Order, affair: Affair) -> dict[str, Thing]:
    """The things that a target is."""
    if order.target.instance_ids:
        return {key: affair.parts[key] for key in order.target.instance_ids if key in affair.parts}
    # What can only be stopped as a whole is no more than that, and children may have been left out.
    if affair.whole and not (affair.parts_are_operations and order.target.include_children):
        return {WHOLE: affair.whole}
    return affair.things


def a_lane_is_as_well_off_alone(together: Run, alone: Run) -> None:
    """One provider's trouble neither delays nor hides what becomes of the others: each lane has the reports that it has
    alone."""
    found = {(one.lane, one.order.target.id): one.report for one in together.ones}
    for one in alone.ones:
        beside = found[one.lane, one.order.target.id]
        for name in ("outcome", "changed", "failed", "rows"):
            mine, theirs = getattr(one.report, name), getattr(beside, name)
            assert mine == theirs, f"{one.order.target.id}, {name}: alone {mine}, beside others {theirs}"
