# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds in time for operations of every kind, under a clock that the test moves."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.alibaba import ecs_cloud_assistant as ecs
from emulator.instance import ENDED, Instance, Phase, Plan
from emulator.tencent import tat

from ..support.providers import NAMES, part

KINDS = [kind for name in NAMES for kind in part(name, "emulated").KINDS]


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind.provider}-{kind.name}")
def kind(request):
    return request.param


@pytest.fixture
def client(clients, kind):
    return clients[kind.provider]


@pytest.fixture(autouse=True)
def by_hand(control):
    control.ok("POST", "clock", {"mode": "manual"})
    control.settings(rate_limit=0, started_runs="end")


@pytest.fixture
def course(kind, client, control):
    """What the provider tells, and that this is so: now and after each step."""

    def follow(operation_id, *advances):
        seen = []
        for seconds in (0, *advances):
            control.advance(seconds)
            seen.append(kind.read(client, operation_id))
            assert seen[-1] == control.status(operation_id)
        return seen

    return follow


def parts(control, operation_id):
    """The operation, or its instances where it has some."""
    shown = control.shown(operation_id)
    return shown.get("instances", [shown])


def words(control, operation_id):
    return {each["status"] for each in parts(control, operation_id)}


# What becomes of it if nobody stops it


def test_course(kind, control, course):
    waits, goes_on, ended, failed = kind.course
    operation_id = kind.create(control, pending_seconds=5, run_seconds=10)
    assert course(operation_id, 4.9, 0.1, 9.9, 0.1, 1000) == [waits, waits, goes_on, goes_on, ended, ended]
    failing = {"exit_code": 7} if kind.name == "cloud_invocation" else {"final_status": failed}
    assert course(kind.create(control, run_seconds=1, **failing), 1) == [goes_on, failed]


def test_clients_get_the_pace_of_the_settings(kind, client, control, course):
    control.settings(pending_seconds=2, run_seconds=3)
    assert course(kind.start(client), 2, 3) == [*kind.course[:3]]


def test_a_runaway_runs_for_ever(kind, control, course):
    assert course(kind.create(control), 10**8) == [kind.course[1]] * 2


def test_every_documented_status_can_be_had_and_stays(kind, control):
    for word in (*kind.words.phases, "Preparing"):
        operation_id = kind.create(control, status=word, age=100, stopping_seconds=60, name="mine")
        assert words(control, operation_id) == {word}
        shown = control.shown(operation_id)
        assert {"provider": kind.provider, "kind": kind.name, "name": "mine"}.items() <= shown.items()
        assert shown["created"] == pytest.approx(control.now() - 100)
        control.advance(1000)
        assert (words(control, operation_id) == {word}) == (kind.words.phase(word) is not Phase.STOPPING)


def test_a_described_status_goes_on(kind, control):
    _waits, goes_on, ended, _failed = kind.course
    idle = [word for word, phase in kind.words.phases.items() if phase in (Phase.WAITING, Phase.SCHEDULED)]
    for word in set(idle) - {"Scheduled"}:  # goes on when its schedule says so
        operation_id = kind.create(control, status=word, pending_seconds=5, run_seconds=5)
        control.advance(5)
        assert words(control, operation_id) == {goes_on}
        control.advance(5)
        assert words(control, operation_id) == {ended}
    operation_id = kind.create(control, status=goes_on, age=1000, run_seconds=5)
    control.advance(5)
    assert words(control, operation_id) == {ended}


def test_finish(kind, control, course):
    _waits, goes_on, ended, failed = kind.course
    first, second = kind.create(control), kind.create(control)
    for body in ({"instance_ids": ["x-1"]}, {"status": goes_on}, {"when": "now"}):
        control.refusal("POST", f"operations/{first}/finish", body)
    assert course(first) == [goes_on]
    control.finish(first)
    control.finish(second, status=failed)
    assert (course(first, 1), course(second, 1)) == ([ended] * 2, [failed] * 2)


# Stops and reads


@pytest.fixture
def untouched(control):
    """No stop has been accepted."""

    def check(operation_id):
        return all(each["stop_accepted_at"] is None for each in parts(control, operation_id))

    return check


def test_what_has_ended_stays_as_it_is(kind, client, control, untouched):
    for word in (word for word, phase in kind.words.phases.items() if phase in ENDED):
        operation_id = kind.create(control, status=word)
        assert kind.stop(client, operation_id) == kind.ended
        assert words(control, operation_id) == {word} and untouched(operation_id)


def test_an_unknown_status_survives_a_stop(kind, client, control, untouched):
    operation_id = kind.create(control, status="Preparing")
    assert kind.stop(client, operation_id) == ""
    assert not untouched(operation_id)
    control.advance(100)
    assert words(control, operation_id) == {"Preparing"}
    control.finish(operation_id, status=kind.course[3])
    assert words(control, operation_id) == {kind.course[3]}


@pytest.mark.parametrize("failing", [False, True])
def test_finish_first(kind, client, control, course, untouched, failing):
    _waits, goes_on, ended, failed = kind.course
    operation_id = kind.create(control)
    control.fault("finish_first", **({"status": failed} if failing else {}))
    assert course(operation_id) == [goes_on]  # it waits for a stop
    assert kind.stop(client, operation_id) == kind.ended
    assert course(operation_id) == [failed if failing else ended]
    assert untouched(operation_id)


def test_stale_reads(kind, client, control):
    operation_id = kind.create(control, age=60, status=kind.course[1], stopping_seconds=0)
    control.fault("stale_reads", seconds=5, times=3)
    assert kind.stop(client, operation_id) == ""  # not a read: it meets no stale_reads
    seen = []
    for seconds in (0, 4.9, 0.1):
        control.advance(seconds)
        seen.append(kind.read(client, operation_id))
    assert seen == [kind.course[1], kind.course[1], control.status(operation_id)]
    assert kind.words.phase(control.status(operation_id)) not in (Phase.RUNNING, Phase.STOPPING)
    assert control.get("faults") == []


def test_stale_reads_do_not_know_what_is_new(kind, client, control):
    operation_id = kind.create(control)
    control.fault("stale_reads", seconds=5)
    assert kind.read(client, operation_id) is None
    assert kind.read(client, operation_id) == kind.course[1]


def test_what_is_elsewhere_is_not_known(kind, client, control, untouched):
    elsewhere = kind.create(control, region=part(kind.provider, "emulated").ELSEWHERE)
    others = [each.create(control) for each in KINDS if each.provider == kind.provider and each is not kind]
    for other in (elsewhere, *others):
        assert kind.stop(client, other) not in ("", kind.ended)
        assert untouched(other)
    assert kind.read(client, elsewhere) is None


# How instances add up


@pytest.mark.parametrize("name", NAMES)
def test_the_words_for_instances_add_up_to_that_for_the_command(name):
    known = part(name, "emulated")
    for words, overall in known.OVERALL.items():
        assert known.overall_status(Counter(words.split())) == overall, words
    for words, overall in known.OVERALL_EARLY.items():
        assert known.overall_status(Counter(words.split()), failure_first=True) == overall, words


@pytest.mark.parametrize("dialect", [ecs, tat])
def test_every_mixture_adds_up(dialect):
    for mixture in itertools.product(dialect.WORDS.phases, repeat=3):
        overall = dialect.overall_status(Counter(mixture))
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
