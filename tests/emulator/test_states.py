# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state machines under a clock that the test moves: both providers, both readings, schedules, lost agents."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.alibaba import ecs_cloud_assistant as ecs
from emulator.instance import ENDED, Instance, Phase, Plan
from emulator.tencent import tat
from emulator.world import Settings


@pytest.fixture(autouse=True)
def by_hand(control):
    control.stand_still()
    control.settings(rate_limit=0)


def timeline(control, operation_id, *advances):
    """The overall status, and that of the first instance, now and after each step."""
    seen = []
    for seconds in (0, *advances):
        control.advance(seconds)
        operation = control.get(f"operations/{operation_id}")
        seen.append((operation["status"], operation["instances"][0]["status"]))
    return seen


# What becomes of a run that nobody stops


@pytest.mark.parametrize(
    ("exit_code", "overall", "each"), [(0, "Success", "Success"), (7, "Failed", "Failed"), (None, "Success", "Success")]
)
def test_alibaba_course(control, exit_code, overall, each):
    target = control.create("alibaba", count=1, pending_seconds=5, run_seconds=10, exit_code=exit_code)
    assert timeline(control, target["id"], 4.9, 0.1, 9.9, 0.1, 1000) == [
        ("Pending", "Pending"),
        ("Pending", "Pending"),
        ("Running", "Running"),
        ("Running", "Running"),
        (overall, each),
        (overall, each),
    ]
    assert control.get(f"operations/{target['id']}")["instances"][0]["exit_code"] == (exit_code or 0)


def test_tencent_course(control):
    target = control.create("tencent", count=1, pending_seconds=4, run_seconds=10, exit_code=1)
    assert timeline(control, target["id"], 1.9, 0.1, 2, 9.9, 0.1) == [
        ("PENDING", "PENDING"),
        ("PENDING", "PENDING"),
        ("PENDING", "DELIVERING"),
        ("RUNNING", "RUNNING"),
        ("RUNNING", "RUNNING"),
        ("FAILED", "FAILED"),
    ]


@pytest.mark.parametrize(("provider", "running"), [("alibaba", "Running"), ("tencent", "RUNNING")])
def test_a_runaway_runs_for_ever(control, provider, running):
    target = control.create(provider, count=1)
    assert timeline(control, target["id"], 10**8) == [(running, running)] * 2


@pytest.mark.parametrize(
    ("provider", "running", "ended", "overall"),
    [("alibaba", "Running", "Timeout", "Failed"), ("tencent", "RUNNING", "TIMEOUT", "TIMEOUT")],
)
def test_the_time_limit(control, provider, running, ended, overall):
    target = control.create(provider, count=1, timeout=60, run_seconds=100)
    assert timeline(control, target["id"], 59, 1) == [(running, running)] * 2 + [(overall, ended)]


def test_clients_bring_the_time_limit(control, alibaba, tencent):
    run = {"Type": "RunShellScript", "CommandContent": "x", "InstanceId.1": "i-1"}
    at_alibaba = alibaba.ok("RunCommand", **run)["InvokeId"]
    at_tencent = tencent.ok("RunCommand", Content="eA==", InstanceIds=["ins-1"])["InvocationId"]
    control.advance(59.9)
    assert (control.status(at_alibaba), control.status(at_tencent)) == ("Running", "RUNNING")
    control.advance(0.1)
    assert (control.status(at_alibaba), control.status(at_tencent)) == ("Failed", "TIMEOUT")


def test_clients_get_the_pace_of_the_settings(control, tencent):
    control.settings(pending_seconds=2, run_seconds=3)
    target = tencent.ok("RunCommand", Content="eA==", InstanceIds=["ins-1"])["InvocationId"]
    assert [overall for overall, _ in timeline(control, target, 2, 3)] == ["PENDING", "RUNNING", "SUCCESS"]


@pytest.mark.parametrize("words", [ecs.WORDS, tat.WORDS], ids=["alibaba", "tencent"])
def test_every_documented_status_can_be_had(control, words):
    provider = "alibaba" if words is ecs.WORDS else "tencent"
    control.settings(stopping_seconds=1)
    for word in words.phases:
        target = control.create(provider, count=2, status=word, age=100)
        assert set(control.statuses(target["id"]).values()) == {word}
        created = control.get(f"operations/{target['id']}")["created"]
        assert control.get("clock")["now"] - created == pytest.approx(100)


def test_a_described_status_stays(control):
    for provider, word in (("alibaba", "Pending"), ("tencent", "DELIVER_DELAYED"), ("tencent", "RUNNING")):
        target = control.create(provider, count=1, status=word)
        control.advance(10**6)
        assert set(control.statuses(target["id"]).values()) == {word}


def test_a_described_status_goes_on(control):
    pending = control.create("alibaba", count=1, status="Pending", pending_seconds=5, run_seconds=5)["id"]
    running = control.create("alibaba", count=1, status="Running", run_seconds=5, age=1000)["id"]
    assert (control.status(pending), control.status(running)) == ("Pending", "Running")
    control.advance(5)
    assert (control.status(pending), control.status(running)) == ("Running", "Success")


# Stopping


def stop_alibaba(alibaba, target, *instance_ids):
    named = {f"InstanceId.{number}": each for number, each in enumerate(instance_ids, 1)}
    alibaba.ok("StopInvocation", InvokeId=target["id"], **named)


def one_result(alibaba, target):
    answer = alibaba.ok("DescribeInvocationResults", InvokeId=target["id"])
    return answer["Invocation"]["InvocationResults"]["InvocationResult"][0]


def test_alibaba_not_started_is_cancelled(control, alibaba):
    target = control.create("alibaba", count=2, status="Pending", stopping_seconds=3)
    stop_alibaba(alibaba, target)
    assert timeline(control, target["id"], 2.9, 0.1) == [
        ("Stopping", "Stopping"),
        ("Stopping", "Stopping"),
        ("Stopped", "Cancelled"),
    ]
    seen = one_result(alibaba, target)
    assert seen["StopTime"] and not seen["StartTime"] and seen["FinishedTime"]


def test_alibaba_started_goes_on(control, alibaba):
    target = control.create("alibaba", count=1, status="Running", run_seconds=60)
    control.advance(10)
    stop_alibaba(alibaba, target)
    assert timeline(control, target["id"], 49, 1) == [("Running", "Running")] * 2 + [("Success", "Success")]
    seen = one_result(alibaba, target)
    assert seen["StopTime"] and seen["StartTime"] < seen["StopTime"] < seen["FinishedTime"]


def test_alibaba_started_is_ended(control, alibaba):
    control.settings(started_runs="end")
    target = control.create("alibaba", count=1, status="Running", run_seconds=60, stopping_seconds=2)
    stop_alibaba(alibaba, target)
    assert timeline(control, target["id"], 2, 100) == [
        ("Stopping", "Stopping"),
        ("Stopped", "Terminated"),
        ("Stopped", "Terminated"),
    ]


def test_alibaba_only_the_named(control, alibaba):
    target = control.create("alibaba", count=3, status="Pending", stopping_seconds=0)
    stop_alibaba(alibaba, target, target["instance_ids"][1])
    assert list(control.statuses(target["id"]).values()) == ["Pending", "Cancelled", "Pending"]
    assert control.status(target["id"]) == "Pending"


def test_tencent_cancel(control, tencent):
    words = ("PENDING", "DELIVERING", "DELIVER_DELAYED", "RUNNING", "SUCCESS")
    instances = [{"instance_id": f"ins-{number}", "status": word} for number, word in enumerate(words)]
    target = control.create("tencent", instances=instances, stopping_seconds=2)
    tencent.ok("CancelInvocation", InvocationId=target["id"])
    assert list(control.statuses(target["id"]).values()) == ["CANCELLING"] * 4 + ["SUCCESS"]
    assert control.status(target["id"]) == "CANCELLING"
    control.advance(2)
    assert list(control.statuses(target["id"]).values()) == ["CANCELLED"] * 3 + ["TERMINATED", "SUCCESS"]
    assert control.status(target["id"]) == "PARTIAL_CANCELLED"


def test_stopping_twice_changes_nothing(control, tencent):
    target = control.create("tencent", count=1, status="RUNNING", stopping_seconds=5)
    tencent.ok("CancelInvocation", InvocationId=target["id"])
    first = control.get(f"operations/{target['id']}")["instances"][0]["stop_accepted_at"]
    control.advance(4)
    tencent.ok("CancelInvocation", InvocationId=target["id"])
    assert timeline(control, target["id"], 1) == [("CANCELLING", "CANCELLING"), ("CANCELLED", "TERMINATED")]
    assert control.get(f"operations/{target['id']}")["instances"][0]["stop_accepted_at"] == first


# Schedules


def test_alibaba_schedule(control, alibaba):
    target = control.create("alibaba", count=1, frequency="rate(60s)", run_seconds=20, exit_code=0)
    assert timeline(control, target["id"], 59, 1, 19, 1, 40) == [
        ("Scheduled", "Scheduled"),
        ("Scheduled", "Scheduled"),
        ("Running", "Running"),
        ("Running", "Running"),
        ("Scheduled", "Scheduled"),
        ("Running", "Running"),
    ]
    (seen,) = alibaba.ok("DescribeInvocations")["Invocations"]["Invocation"]
    assert (seen["RepeatMode"], seen["Timed"], seen["Frequency"]) == ("Period", True, "rate(60s)")
    assert seen["InvokeInstances"]["InvokeInstance"][0]["Repeats"] == 2


def history(alibaba, target):
    answer = alibaba.ok("DescribeInvocationResults", InvokeId=target["id"], IncludeHistory="true")
    rows = answer["Invocation"]["InvocationResults"]["InvocationResult"]
    return [(each["Repeats"], each["InvocationStatus"]) for each in rows]


def test_alibaba_history(control, alibaba):
    target = control.create("alibaba", count=1, frequency="rate(60s)", run_seconds=20, exit_code=3)
    assert history(alibaba, target) == [(0, "Scheduled")]
    control.advance(60 * 3 + 5)
    assert history(alibaba, target) == [(3, "Running"), (2, "Failed"), (1, "Failed")]
    stop_alibaba(alibaba, target)
    control.advance(100)
    assert history(alibaba, target)[0] == (3, "Terminated")
    once = control.create("alibaba", count=1)
    response = alibaba.v3(
        "DescribeInvocationResults",
        {"RegionId": "cn-hangzhou", "InvokeId": once["id"], "IncludeHistory": "true"},
    )
    assert response.json()["Code"] == "InvalidParameter.IncludeHistory"


def test_a_long_run_skips_its_successors(control):
    target = control.create("alibaba", count=1, frequency="rate(60s)", run_seconds=90)
    assert [overall for overall, _ in timeline(control, target["id"], 60, 60, 30, 29, 1)] == [
        "Scheduled",
        "Running",
        "Running",
        "Scheduled",
        "Scheduled",
        "Running",
    ]


def test_stopping_a_schedule_between_runs(control, alibaba):
    target = control.create("alibaba", count=1, frequency="rate(60s)", run_seconds=20, stopping_seconds=1)
    stop_alibaba(alibaba, target)
    assert timeline(control, target["id"], 1, 1000) == [
        ("Stopping", "Stopping"),
        ("Stopped", "Cancelled"),
        ("Stopped", "Cancelled"),
    ]
    (seen,) = alibaba.ok("DescribeInvocations")["Invocations"]["Invocation"]
    assert (seen["Timed"], seen["InvokeStatus"]) == (False, "Stopped")


@pytest.mark.parametrize("again", [False, True])
def test_stopping_a_schedule_during_a_run(control, alibaba, again):
    target = control.create("alibaba", count=1, frequency="rate(60s)", run_seconds=20)
    control.advance(65)
    stop_alibaba(alibaba, target)
    if again:
        stop_alibaba(alibaba, target)
    assert timeline(control, target["id"], 14, 1, 1000) == [
        ("Running", "Running"),
        ("Running", "Running"),
        ("Stopped", "Terminated"),
        ("Stopped", "Terminated"),
    ]


def test_ending_a_schedule_during_a_run(control, alibaba):
    control.settings(started_runs="end")
    target = control.create("alibaba", count=1, frequency="rate(60s)", run_seconds=20, stopping_seconds=1)
    control.advance(65)
    stop_alibaba(alibaba, target)
    assert timeline(control, target["id"], 1) == [("Stopping", "Stopping"), ("Stopped", "Terminated")]


@pytest.mark.parametrize("frequency", ["at(2099-01-01 00:00:00)", "0 0 12 * * ?", "0 0 12 ? * WED 2099 Asia/Tokyo"])
def test_other_schedules_wait(control, frequency):
    target = control.create("alibaba", count=1, frequency=frequency)
    assert timeline(control, target["id"], 10**6) == [("Scheduled", "Scheduled")] * 2


def test_waiting_for_a_reboot(control, alibaba):
    run = {"Type": "RunShellScript", "CommandContent": "x", "InstanceId.1": "i-1", "RepeatMode": "EveryReboot"}
    target = alibaba.ok("RunCommand", **run)["InvokeId"]
    assert timeline(control, target, 10**6) == [("Scheduled", "Scheduled")] * 2
    (seen,) = alibaba.ok("DescribeInvocations", Timed="true")["Invocations"]["Invocation"]
    assert seen["RepeatMode"] == "EveryReboot"


# Agents that cannot be reached


def test_alibaba_offline_is_aborted(control, alibaba):
    target = control.create("alibaba", instances=[{"instance_id": "i-1", "online": False}])
    assert timeline(control, target["id"], 59, 1) == [("Pending", "Pending")] * 2 + [("Failed", "Aborted")]
    assert one_result(alibaba, target)["ErrorCode"] == "ClientNotRunning"


def test_alibaba_offline_can_be_stopped(control, alibaba):
    target = control.create("alibaba", count=1, online=False, stopping_seconds=0)
    control.advance(30)
    stop_alibaba(alibaba, target)
    assert timeline(control, target["id"], 1000) == [("Stopped", "Cancelled")] * 2


def test_tencent_offline_is_delayed_and_cancelled(control, tencent):
    target = control.create("tencent", count=1, online=False, stopping_seconds=1)
    assert timeline(control, target["id"], 10**6) == [("PENDING", "DELIVER_DELAYED")] * 2
    tencent.ok("CancelInvocation", InvocationId=target["id"])
    assert timeline(control, target["id"], 1) == [("CANCELLING", "CANCELLING"), ("CANCELLED", "CANCELLED")]


def test_tencent_cancelling_persists(control, tencent):
    described = {"status": "RUNNING", "online": False, "count": 1}
    for_ever = control.create("tencent", **described)
    limited = control.create("tencent", **described, timeout=600)
    for target in (for_ever, limited):
        tencent.ok("CancelInvocation", InvocationId=target["id"])
    control.advance(599)
    assert (control.status(for_ever["id"]), control.status(limited["id"])) == ("CANCELLING", "CANCELLING")
    control.advance(1)
    assert (control.status(for_ever["id"]), control.status(limited["id"])) == ("CANCELLING", "FAILED")
    assert set(control.statuses(limited["id"]).values()) == {"TASK_TIMEOUT"}


# How the instances add up


@pytest.mark.parametrize(
    ("words", "overall"),
    [
        ("Pending Running", "Running"),
        ("Pending Scheduled", "Pending"),
        ("Scheduled Success", "Scheduled"),
        ("Running Stopping", "Stopping"),
        ("Success Success", "Success"),
        ("Success Cancelled", "Success"),
        ("Success Terminated", "Success"),
        ("Success Failed", "PartialFailed"),
        ("Success Failed Cancelled", "PartialFailed"),
        ("Failed Timeout Error Invalid Aborted", "Failed"),
        ("Failed Cancelled", "Failed"),
        ("Cancelled Terminated", "Stopped"),
        ("Success Running", "Running"),
        ("Brandnew Success", "Running"),
    ],
)
def test_alibaba_overall(words, overall):
    assert ecs.overall_status(Counter(words.split()), Settings()) == overall


@pytest.mark.parametrize(
    ("words", "overall"),
    [
        ("PENDING DELIVERING DELIVER_DELAYED", "PENDING"),
        ("PENDING RUNNING", "RUNNING"),
        ("PENDING SUCCESS", "RUNNING"),
        ("RUNNING CANCELLING", "CANCELLING"),
        ("SUCCESS SUCCESS", "SUCCESS"),
        ("SUCCESS FAILED", "PARTIAL_FAILED"),
        ("FAILED START_FAILED", "FAILED"),
        ("FAILED TIMEOUT", "FAILED"),
        ("TIMEOUT TIMEOUT", "TIMEOUT"),
        ("CANCELLED TERMINATED", "CANCELLED"),
        ("CANCELLED SUCCESS", "PARTIAL_CANCELLED"),
        ("CANCELLED FAILED", "PARTIAL_FAILED"),
        ("FAILED RUNNING", "RUNNING"),
        ("BRANDNEW", "RUNNING"),
    ],
)
def test_tencent_overall(words, overall):
    assert tat.overall_status(Counter(words.split()), Settings()) == overall


def test_tencent_partial_failure_shown_early():
    settings = Settings(partial_status_early=True)
    assert tat.overall_status(Counter(["FAILED", "RUNNING"]), settings) == "PARTIAL_FAILED"
    assert tat.overall_status(Counter(["SUCCESS", "RUNNING"]), settings) == "RUNNING"
    assert tat.overall_status(Counter(["FAILED", "FAILED"]), settings) == "FAILED"


@pytest.mark.parametrize("dialect", [ecs, tat])
def test_every_mixture_adds_up(dialect):
    for mixture in itertools.product(dialect.WORDS.phases, repeat=3):
        overall = dialect.overall_status(Counter(mixture), Settings())
        phases = {dialect.WORDS.phase(word) for word in mixture}
        final = overall in (
            *("Success", "Failed", "PartialFailed", "Stopped"),
            *("SUCCESS", "FAILED", "TIMEOUT", "PARTIAL_FAILED", "CANCELLED", "PARTIAL_CANCELLED"),
        )
        assert final == (phases <= ENDED)


# Properties of the machine

PLANS = st.builds(
    Plan,
    pending_seconds=st.one_of(st.none(), st.floats(0, 100)),
    run_seconds=st.one_of(st.none(), st.floats(0, 100)),
    stopping_seconds=st.floats(0, 10),
    timeout=st.one_of(st.none(), st.floats(1, 100)),
    exit_code=st.integers(0, 3),
    online=st.booleans(),
)
EVENTS = st.lists(st.tuples(st.floats(0, 50), st.sampled_from(["stop", "end", "finish"])), max_size=4)


@settings(deadline=None)
@given(st.sampled_from([ecs.WORDS, tat.WORDS]), PLANS, st.booleans(), EVENTS)
def test_the_past_never_changes_and_an_end_is_an_end(words, plan, periodic, events):
    if periodic and words is ecs.WORDS:
        plan = Plan(**{**plan.__dict__, "interval": 60.0})
    instance = Instance("i", "t", words, plan, created=0.0, now=0.0)
    moments = [0.0, 1.0, 10.0, 50.0, 100.0, 250.0]
    now, seen = 0.0, dict[float, str]()
    for delay, event in [*events, (50.0, "")]:
        now += delay
        for moment in (each for each in moments if each < now):
            assert seen.setdefault(moment, instance.at(moment).status) == instance.at(moment).status
        before = instance.phase_at(now)
        if event in ("stop", "end"):
            instance.stop(now, interrupt=event == "end")
        elif event == "finish":
            instance.finish(now)
        after = instance.phase_at(now)
        if before in ENDED:
            assert after is before
        if event == "finish":
            assert after in ENDED
    assert instance.at(now).status == instance.status_at(now)


@settings(deadline=None)
@given(PLANS, st.floats(0, 300))
def test_a_stop_ends_every_tencent_task_whose_agent_can_be_reached(plan, at):
    plan = Plan(**{**plan.__dict__, "online": True})
    instance = Instance("i", "t", tat.WORDS, plan, created=0.0, now=0.0)
    was_running = instance.phase_at(at) is Phase.RUNNING
    ended_before = instance.phase_at(at) in ENDED
    instance.stop(at, interrupt=True)
    last = instance.status_at(at + plan.stopping_seconds)
    assert ended_before or last == ("TERMINATED" if was_running else "CANCELLED")
