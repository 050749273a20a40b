# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stop of one command does, and what it says it did."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from emulator import Emulator

from ..support.emulated import CANCEL_MANY, Cloud
from ..support.modules import play
from ..support.providers import words
from ..support.results import outcomes, verdict

NOTHING_DONE = ("already_finished", False, False)


@dataclass(frozen=True)
class Case:
    """A command, a task that stops it, and what becomes of it."""

    states: str
    """What its instances do, as the words of each provider call it."""
    verdict: tuple[str, bool, bool]
    outcomes: str
    """What becomes of the instances that the task is about."""
    options: dict[str, Any] = field(default_factory=dict)
    named: tuple[int | None, ...] = ()
    """The instances that the task names, by number. None is one of somebody else."""
    says: tuple[str, ...] = ()


# What is not about instances, the matrix shows of every kind.
CASES = {
    "partly finished": Case(
        "succeeded running failed pending terminated",
        ("stopped", True, False),
        "already_finished stopped already_finished stopped already_finished",
    ),
    "some": Case("running running running", ("stopped", True, False), "stopped stopped", named=(2, 0)),
    "some of somebody else": Case(
        "running running running",
        ("not_found", False, True),
        "skipped not_found skipped",
        named=(2, None, 0),
        says=("Not part of", "nobody", "so it was not stopped"),
    ),
    "some, whatever is missing": Case(
        "running running running",
        ("stopped", True, False),
        "stopped not_found stopped",
        {"ignore_not_found": True},
        named=(2, None, 0),
    ),
    "none but of somebody else": Case(
        "running", ("not_found", False, False), "not_found", {"ignore_not_found": True}, named=(None,)
    ),
}
# What is said of those that had ended before a stop that did not read them. The others count as stopped.
ENDED_UNSEEN = {"succeeded": "finished_meanwhile", "failed": "finished_meanwhile"}


def instances_in(result):
    """What the diff says of each instance, if any is found."""
    return [result["diff"].get(side, {}).get("instances") for side in ("before", "after")]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_becomes_of_it_is_what_check_mode_foretells(cloud, case):
    statuses = [getattr(cloud.words, state) for state in case.states.split()]
    command = cloud.run_in_states(*statuses)
    named = [cloud.words.unknown_instance if each is None else command.instance_ids[each] for each in case.named]
    task = cloud.cancel(command, **case.options, instance_ids=named or None)

    (foretold,) = play(task, check=True, diff=True)
    assert cloud.stops() == []
    (done,) = play(task, diff=True)

    expected = case.outcomes.split()
    foreseen = ["would_stop" if each == "stopped" else each for each in expected]
    if cloud.words.instances_come_along or named:
        assert instances_in(foretold) == instances_in(done)
    else:
        # Of those that were not read before the stop it is not known when they ended.
        expected = [ENDED_UNSEEN.get(state, "stopped") for state in case.states.split()]
    assert (verdict(done), list(outcomes(done).values())) == (case.verdict, expected), done["msg"]
    assert verdict(foretold) == ("would_stop" if case.verdict[0] == "stopped" else case.verdict[0], *case.verdict[1:])
    assert list(outcomes(foretold).items()) == list(zip(outcomes(done), foreseen, strict=True))
    assert (foretold["summary"]["stop_calls"], foretold["request_ids"]) == (0, [])
    assert foretold["summary"]["would_stop"] == foreseen.count("would_stop")
    assert [each["request_id"] for each in cloud.stops()] == done["request_ids"]
    assert len(done["request_ids"]) == done["summary"]["stop_calls"] == int(case.verdict[1])
    for result in (foretold, done):
        assert not [words for words in case.says if words not in result["msg"]], result["msg"]
    stopped = {each for each, outcome in outcomes(foretold).items() if outcome == "would_stop"}
    before = dict(zip(command.instance_ids, statuses, strict=True))
    changed = {each for each, status in cloud.statuses(command).items() if status != before[each]}
    assert changed == stopped, "these and no others"


def test_a_whole_result(cloud):
    command = cloud.run(count=3, name="runaway")

    first, second = play(cloud.cancel(command), cloud.cancel(command))

    assert set(cloud.statuses(command).values()) == {cloud.words.terminated}
    before = "running" if cloud.words.instances_come_along else None
    row = {"before": before, "after": "stopped", "status": cloud.words.terminated, "outcome": "stopped"}
    assert first["instances"] == [{"instance_id": each, **row} for each in command.instance_ids]
    operation = first["operation"]
    whole = {"kind": "cloud_invocation", "provider": cloud.provider, "region": cloud.region, "id": command.id}
    assert {**operation, **whole, "name": "runaway", "state": "stopped", "instances_total": 3} == operation
    assert operation["created"] and bool(operation["finished"]) == cloud.words.tells_the_end
    assert (first["summary"]["stopped"], first["summary"]["requested"]) == (3, 3)
    assert command.id in first["msg"] and "3 stopped" in first["msg"]
    calls = Counter(each["action"] for each in cloud.requests())
    assert Counter(first["calls"][cloud.provider]) + Counter(second["calls"][cloud.provider]) == calls
    (stop,) = cloud.stops(command)
    assert stop["ids"] == 0, "a whole invocation is stopped by its id alone"
    assert verdict(second) == NOTHING_DONE
    for result in (first, second):
        assert "error" not in result and "diff" not in result, "only where there is one, or it is asked for"


def test_named_instances_are_stopped_once_each_and_in_the_order_given(cloud):
    command = cloud.run(count=5)
    a, b, c, d, e = command.instance_ids

    some, rest = play(cloud.cancel(command, instance_ids=[d, b, d, f" {b} "]), cloud.cancel(command))

    assert list(outcomes(some).items()) == [(d, "stopped"), (b, "stopped")]
    assert some["summary"]["requested"] == 2
    assert some["operation"]["state"] == "running", "the command still runs elsewhere"
    assert [each["ids"] for each in cloud.stops(command)] == [2, 0]
    # Of those that were not read before the stop, nobody knows whether they had been stopped before.
    again = "already_finished" if cloud.words.instances_come_along else "stopped"
    assert outcomes(rest) == {**dict.fromkeys((a, c, e), "stopped"), **dict.fromkeys((b, d), again)}


@pytest.mark.parametrize("provider", ["aws", "tencent"])
def test_the_pace_of_the_provider_is_kept(provider):
    """Time does not leap here: the limit, which the emulator has for these, is in real time."""
    rate = words(provider).rate
    with Emulator(rate_limit=rate, aws_unpublished_rate=rate, stopping_seconds=0.1) as emulator:
        cloud = Cloud(provider, emulator)
        command = cloud.run(count=3 * rate * cloud.words.limit)

        (result,) = play(cloud.cancel(command, instance_ids=command.instance_ids, wait_timeout=100))

        assert verdict(result) == ("stopped", True, False)
        assert len([each for each in cloud.stops(command) if each["code"] is None]) == 3 * rate
        refused = [each["code"] for each in cloud.requests() if each["code"]]
        # On a machine that stumbles, calls may arrive closer together than they were sent.
        assert set(refused) <= {cloud.words.throttled} and len(refused) < rate


def test_the_second_call_is_the_stop_however_large_the_command_is_and_the_third_where_it_is_counted(cloud):
    cloud.settings(embedded_instances=3)
    counted, free = cloud.run(count=2_500), cloud.run(count=2_500)

    def guarded(most):
        return {CANCEL_MANY: {"targets": [cloud.target(counted)], "max_targets": most, "wait_interval": 0.1}}

    refused, *done = play(guarded(2_499), guarded(2_500), cloud.cancel(free))

    assert "1 operation and 2500 instances would be stopped" in refused["msg"]
    assert [each["summary"]["stopped"] for each in done] == [2_500] * 2
    calls = [each["action"] for each in cloud.requests(counted)][refused["summary"]["calls"] :]
    come_along = cloud.words.instances_come_along
    assert calls.index(cloud.words.stop) == (2 if come_along else 1), "counted, if the number has not come already"
    assert [each["action"] for each in cloud.requests(free)].index(cloud.words.stop) == 1
    rows = {each["before"] for each in done[1]["instances"][:3]}, {each["before"] for each in done[1]["instances"][3:]}
    assert rows == ({"running" if come_along else None}, {None})


@pytest.mark.parametrize(
    ("provider", "cut", "read", "told"),
    [
        ("tencent", {"missing_parts": 70}, 230, "230 of 300 came"),
        ("tencent", {"empty_page": 2}, 130, "130 of 230 came"),
        ("alibaba", {"empty_page": 2}, 180, "a page came empty before the end"),
    ],
)
def test_what_the_provider_cuts_short_is_never_said_to_be_stopped(emulator, provider, cut, read, told):
    cloud = Cloud(provider, emulator)
    cloud.settings(embedded_instances=10, **cut)
    command = cloud.run(count=230)

    stopped, shown = play(cloud.cancel(command), cloud.info(invocation_id=command.id, include_instances=True))

    assert verdict(stopped) == ("stop_requested", True, True)
    assert (len(stopped["instances"]), stopped["summary"]["stopped"]) == (read, read)
    for result in (stopped, shown):
        (warning,) = result["warnings"]
        assert command.id in warning and told in warning
    assert len(cloud.stops(command)) == 1


def test_a_schedule_is_over_after_its_stop(alibaba):
    command = alibaba.run(count=2, status="Scheduled", frequency="rate(1h)")

    first, second = play(alibaba.cancel(command), alibaba.cancel(command))

    assert (verdict(first), first["operation"]["is_schedule"]) == (("stopped", True, False), True)
    assert [each["before"] for each in first["instances"]] == ["scheduled", "scheduled"]
    assert verdict(second) == NOTHING_DONE


# What does not stop in time


@pytest.mark.parametrize("how", [{"wait_timeout": 2}, {"wait": False}, {"check_mode": True}], ids=str)
def test_what_lives_on_is_asked_for_no_longer_than_a_request_takes(alibaba, how):
    """What had been found by then is told."""
    execution = alibaba.start("automation_execution", invocation_ids=["t-hz0example0001"], children=1)
    alibaba.fault("hang", seconds=1.5, action="ListTaskExecutions", after=1, times=None)
    options = {"execution_id": execution, "include_children": True, "wait_interval": 0.1, "request_timeout": 1, **how}
    check = options.pop("check_mode", False)

    begun = time.monotonic()
    (result,) = play({"cloudops.halt.automation_execution_cancel": {**alibaba.connection, **options}}, check=check)

    assert time.monotonic() - begun < 3
    assert result["outcome"] == ("would_stop" if check else "stopped" if how.get("wait", True) else "stop_requested")
    assert [each["invocation_id"] for each in result["invocations"]] == ["t-hz0example0001"]
    assert "could not be read" in " ".join(result["warnings"])


def test_runs_that_go_on_at_alibaba_are_still_running_and_the_task_says_why(alibaba):
    """The documented reading of StopInvocation: one-off runs that have started are not interrupted."""
    alibaba.settings(started_runs="go-on")
    command = alibaba.run_in_states("Running", "Pending", "Success")
    running, pending, finished = command.instance_ids

    (result,) = play(alibaba.cancel(command))

    assert verdict(result) == ("still_running", True, True)
    assert {each["instance_id"]: (each["outcome"], each["after"]) for each in result["instances"]} == {
        running: ("still_running", "running"),
        pending: ("stopped", "stopped"),
        finished: ("already_finished", "succeeded"),
    }
    assert "runs that have already started continue after StopInvocation" in result["msg"]
    assert running in result["msg"] and pending not in result["msg"]
    assert len(alibaba.stops(command)) == 1


def test_an_instance_at_tencent_that_is_offline_stays_cancelling(tencent):
    command = tencent.run(
        instances=[
            {"instance_id": "ins-online01", "status": "RUNNING"},
            {"instance_id": "ins-offline1", "status": "RUNNING", "online": False},
        ]
    )

    (result,) = play(tencent.cancel(command))

    assert verdict(result) == ("still_running", True, True)
    assert {each["instance_id"]: (each["outcome"], each["status"]) for each in result["instances"]} == {
        "ins-online01": ("stopped", "TERMINATED"),
        "ins-offline1": ("still_running", "CANCELLING"),
    }
    assert "agent is offline" in result["msg"] and "ins-offline1" in result["msg"]


def test_an_overall_status_that_is_ahead_of_the_instances_is_not_believed(tencent):
    """PARTIAL_FAILED may show while tasks still run."""
    tencent.settings(partial_status_early=True)
    command = tencent.run_in_states("FAILED", "RUNNING", "SUCCESS")

    (result,) = play(tencent.cancel(command))

    assert verdict(result) == ("stopped", True, False)
    assert list(outcomes(result).values()) == ["already_finished", "stopped", "already_finished"]
