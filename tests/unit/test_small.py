# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small parts: time stamps, ages, selection, pacing, states, answers of any shape, and option specs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import product

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils import _argspec as argspec
from ansible_collections.cloudops.halt.plugins.module_utils import _states as states
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Deadline, SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query, Reading
from ansible_collections.cloudops.halt.plugins.module_utils._pacing import Pacer
from ansible_collections.cloudops.halt.plugins.module_utils._reply import number, objects, text
from ansible_collections.cloudops.halt.plugins.module_utils._selection import matches
from ansible_collections.cloudops.halt.plugins.module_utils._times import parse_age, parse_time, utc_text

from ._wire import FakeClock

UTC = timezone.utc
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)

# Time stamps


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05+00:00", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05+08:00", "2024-01-01T19:04:05Z"),
        ("2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05", "2024-01-02T03:04:05Z"),
        (" 2024-01-02T03:04:05Z ", "2024-01-02T03:04:05Z"),
        ("", None),
        (None, None),
        ("soon", None),
        ("2024-13-02T03:04:05Z", None),
        (1704164645, None),
        (["2024-01-02T03:04:05Z"], None),
    ],
)
def test_a_time_stamp_is_returned_in_utc_or_not_at_all(written, expected):
    assert utc_text(written) == expected


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_a_time_stamp_at_the_end_of_the_calendar_does_not_raise(written):
    found = utc_text(written)
    assert found is None or found.endswith("Z")


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_time_stamp_keeps_its_moment_in_every_zone(moment, minutes):
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_time(moment.isoformat()) == moment
    assert parse_time(utc_text(moment.isoformat())) == moment


@given(JSON)
def test_anything_else_is_no_time_stamp(value):
    found = parse_time(value)
    assert found is None or found.tzinfo


# Ages


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86400), ("0s", 0), ("1.5h", 5400), (" 2 h ", 7200), ("007m", 420)],
)
def test_an_age_is_a_number_of_seconds(written, seconds):
    assert parse_age(written) == seconds


@pytest.mark.parametrize("written", ["", "90", "s", "-1s", "1w", "1H", "1h30m", "1,5h", "h1", "1e3s", ".5h", "nan s"])
def test_anything_else_is_no_age_and_the_sentence_says_how_to_write_one(written):
    with pytest.raises(ValueError, match="15m") as caught:
        parse_age(written)
    assert repr(written) in str(caught.value)


@given(st.integers(0, 10**6), st.sampled_from(["s", "m", "h", "d"]))
def test_every_unit_is_a_multiple_of_a_second(count, unit):
    assert parse_age(f"{count}{unit}") == timedelta(**{_UNITS[unit]: count}).total_seconds()


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

# Selection

NOW = datetime(2024, 1, 2, 4, 0, 0, tzinfo=UTC).timestamp()
OPERATION = Operation(
    kind="cloud_invocation",
    provider="alibaba",
    region="cn-hangzhou",
    id="t-1",
    name="nightly-cleanup",
    status="Running",
    state="running",
    created="2024-01-02T03:00:00Z",
    parts={"i-1": Reading("Running", "running")},
    details={"command_id": "c-1"},
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, True),
        ({"states": frozenset(("succeeded",))}, False),
        ({"states": frozenset(("running", "succeeded"))}, True),
        ({"states": frozenset()}, False),
        ({"name": "nightly-cleanup"}, True),
        ({"name": "nightly-*"}, True),
        ({"name": "*clean??"}, True),
        ({"name": "[mn]ightly*"}, True),
        ({"name": "Nightly-*"}, False),
        ({"name": "nightly"}, False),
        ({"older_than": 3600.0}, True),
        ({"older_than": 3600.1}, False),
        ({"older_than": 0.0}, True),
        ({"is_schedule": False}, True),
        ({"is_schedule": True}, False),
        ({"details": {"command_id": "c-1"}}, True),
        ({"details": {"command_id": "c-2"}}, False),
        ({"details": {"other": "c-1"}}, False),
        ({"name": "nightly-*", "is_schedule": True}, False),
        # The adapter has asked for it, and the list need not show every instance.
        ({"instance_id": "i-2"}, True),
    ],
)
def test_a_query_means_what_all_of_its_filters_mean(query, expected):
    assert matches(OPERATION, Query(**query), NOW) is expected


@pytest.mark.parametrize(
    ("unknown", "query"),
    [
        ({"name": None}, {"name": "n*"}),
        ({"created": None}, {"older_than": 0.0}),
        ({"created": "soon"}, {"older_than": 0.0}),
        ({"details": {}}, {"details": {"command_id": "c-1"}}),
    ],
)
def test_what_is_not_known_is_not_selected_by_it(unknown, query):
    assert matches(replace(OPERATION, **unknown), Query(**query), NOW) is False


def test_an_operation_without_a_name_is_not_selected_by_any_name():
    assert matches(replace(OPERATION, name=None), Query(name="*"), NOW) is False


def test_an_operation_of_which_an_instance_runs_is_selected_as_running():
    partly = replace(OPERATION, status="PartialFailed", state="failed", status_may_come_early=True)
    assert matches(partly, Query(), NOW) is True
    assert matches(partly, Query(states=frozenset(("failed",))), NOW) is False


def test_a_start_in_the_future_is_not_old():
    assert matches(OPERATION, Query(older_than=0.0), NOW - 7200) is False


# Pacing


@given(
    st.integers(1, 25),
    st.lists(st.floats(0, 2, allow_nan=False), min_size=1, max_size=120),
    st.sampled_from([0.0, 0.001, 0.3]),
)
def test_never_more_than_the_rate_in_any_second(rate, gaps, late):
    clock = FakeClock(now=0.0)
    pacer = Pacer(clock)
    sent = []
    for gap in gaps:
        clock.now += gap
        pacer.wait("Stop", rate)
        sent.append(clock.now)
        clock.now += late
    for first in sent:
        assert sum(first <= moment < first + 1 for moment in sent) <= rate


@given(st.integers(1, 25), st.integers(1, 100))
def test_pacing_waits_no_longer_than_it_must(rate, calls):
    clock = FakeClock(now=0.0)
    pacer = Pacer(clock)
    for _ in range(calls):
        pacer.wait("Stop", rate)
    assert clock.now <= (calls - 1) // rate * 1.05
    assert all(pause > 0 for pause in clock.sleeps)


def test_actions_are_paced_each_for_itself_and_only_those_with_a_rate():
    clock = FakeClock()
    pacer = Pacer(clock)
    for action, rate in (("Stop", 1), ("Read", 1), ("List", None), ("List", None), ("List", None)):
        pacer.wait(action, rate)
    assert clock.sleeps == []
    pacer.wait("Stop", 1)
    assert len(clock.sleeps) == 1


@given(st.floats(0.1, 30), st.integers(2, 40))
def test_a_rate_of_the_user_replaces_any_other_and_may_be_a_fraction(rate, calls):
    clock = FakeClock(now=0.0)
    pacer = Pacer(clock, rate)
    for _ in range(calls):
        pacer.wait("Stop", 1000)
    at_once = max(1, int(rate))
    assert (calls - at_once) / rate <= clock.now + at_once / rate
    assert clock.now <= calls / rate * 1.05


def test_a_rate_of_nothing_lifts_every_limit():
    clock = FakeClock()
    pacer = Pacer(clock, 0)
    for _ in range(100):
        pacer.wait("Stop", 1)
    assert clock.sleeps == []


def test_throttling_slows_down_for_a_while_and_counts_once_for_calls_that_were_under_way_together():
    def at_once(throttled: int, pause: float = 0.0) -> int:
        clock = FakeClock(now=0.0)
        pacer = Pacer(clock)
        pacer.wait("Stop", 10)
        clock.now += 5
        for _ in range(throttled):
            pacer.slow_down("Stop")
        clock.now += pause
        calls = 0
        while not clock.sleeps:
            pacer.wait("Stop", 10)
            calls += 1
        return calls - 1

    assert (at_once(0), at_once(1), at_once(16)) == (10, 8, 8)
    assert (at_once(1, pause=1.0), at_once(1, pause=2.5)) == (9, 10)


def test_throttling_again_and_again_slows_down_to_one_call_a_second_and_no_further():
    clock = FakeClock(now=0.0)
    pacer = Pacer(clock)
    for _ in range(60):
        pacer.wait("Stop", 10)
        clock.now += 0.5
        pacer.slow_down("Stop")
    start = clock.now
    pacer.wait("Stop", 10)
    assert clock.now - start <= 1.02


# Clock


def test_a_deadline_counts_down_and_goes_below_zero():
    clock = FakeClock()
    deadline = Deadline(clock, 5)
    assert deadline.left == 5
    clock.sleep(7)
    assert deadline.left == -2


def test_the_clock_of_the_machine_goes_forward():
    clock = SystemClock()
    before = (clock.monotonic(), clock.wall())
    clock.sleep(0.01)
    assert clock.monotonic() >= before[0] + 0.01
    assert abs(clock.wall() - datetime.now(UTC).timestamp()) < 60


# States and outcomes


def test_states_and_outcomes_are_those_of_the_contract():
    listed = "pending, scheduled, running, stopping, succeeded, failed, stopped, unknown"
    assert ", ".join(states.STATES) == listed
    assert sorted(states.OUTCOMES) == sorted([*WORST_FIRST, "skipped"])


@pytest.mark.parametrize(
    ("state", "in_flight", "needs_stop"),
    [
        ("pending", True, True),
        ("scheduled", True, True),
        ("running", True, True),
        ("stopping", True, False),
        ("unknown", True, True),
        ("succeeded", False, False),
        ("failed", False, False),
        ("stopped", False, False),
    ],
)
def test_what_is_in_flight_and_what_a_stop_is_of_use_for(state, in_flight, needs_stop):
    assert (states.is_in_flight(state), states.needs_stop(state)) == (in_flight, needs_stop)


def test_in_flight_are_the_first_four():
    assert states.IN_FLIGHT == ("pending", "scheduled", "running", "stopping")


@given(st.text())
def test_an_unlisted_status_is_unknown(status):
    assert states.state_of({}, status) == "unknown"
    assert states.state_of({status: "stopped"}, status) == "stopped"


# The order of the contract.
WORST_FIRST = (
    "failed",
    "still_running",
    "stop_requested",
    "would_stop",
    "stopped",
    "finished_meanwhile",
    "already_finished",
    "not_found",
)


@pytest.mark.parametrize(("one", "other"), list(product(WORST_FIRST, repeat=2)))
def test_a_target_is_called_by_its_worst_part(one, other):
    expected = min(one, other, key=WORST_FIRST.index)
    assert states.overall([one, other]) == states.overall([other, one]) == expected


@given(st.lists(st.sampled_from(states.OUTCOMES)))
def test_every_outcome_is_counted_and_every_one_is_a_key(outcomes):
    counts = states.count(outcomes)
    assert list(counts) == list(states.OUTCOMES)
    assert all(counts[outcome] == outcomes.count(outcome) for outcome in states.OUTCOMES)


@given(st.sampled_from(states.STATES), st.lists(st.sampled_from(states.STATES), max_size=4))
def test_an_operation_whose_status_may_come_early_is_in_flight_while_it_or_any_instance_is(state, parts):
    instances = {f"i-{n}": Reading("x", part) for n, part in enumerate(parts)}
    assert replace(OPERATION, state=state, parts=instances).whole.state == state
    whole = replace(OPERATION, state=state, parts=instances, status_may_come_early=True).whole
    assert states.is_in_flight(whole.state) == any(map(states.is_in_flight, (state, *parts)))
    assert whole.status == OPERATION.status
    if states.is_in_flight(state) or not any(map(states.is_in_flight, parts)):
        assert whole.state == state


# Answers of any shape


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        (-1, -1),
        ("5", 5),
        ("-1", -1),
        (None, None),
        (True, None),
        (1.5, None),
        ("", None),
        ("-", None),
        ("--5", None),
        ("5x", None),
        ("²", None),
        ("9" * 5000, None),
        ([5], None),
    ],
)
def test_a_number_is_a_whole_number_or_nothing(value, expected):
    assert number({"n": value}, "n") == expected


def test_what_is_absent_is_no_number_and_no_text():
    assert (number({}, "n"), text({}, "n")) == (None, "")


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"new": "a", "old": "b"}, "a"),
        ({"new": "", "old": "b"}, "b"),
        ({"new": None, "old": "b"}, "b"),
        ({"new": 5, "old": "b"}, "b"),
        ({"new": ["a"], "old": {}}, ""),
    ],
)
def test_the_first_field_that_holds_text_counts(item, expected):
    assert text(item, "new", "old") == expected


@given(JSON, st.lists(st.text(max_size=3), max_size=3))
def test_objects_at_any_path_are_a_list_of_objects(value, path):
    found = objects(value, *path)
    assert isinstance(found, list)
    assert all(isinstance(item, dict) for item in found)


def test_objects_leave_out_what_is_none():
    assert objects({"a": {"b": [{"c": 1}, None, "x", {}]}}, "a", "b") == [{"c": 1}, {}]


# Option specs

BOTH = argspec.connection_spec(("alibaba", "tencent"))
STOPPING = BOTH + argspec.id_spec("invocation_id") + argspec.INSTANCES + argspec.STOP
SELECTION = argspec.select_spec("invocation_id", "command_id", "instance_id", schedules=True)
LISTING = BOTH + SELECTION + argspec.show_spec("instances")


def validated(spec, **options):
    """Errors and values, as Ansible itself finds them."""
    kwargs = spec.as_kwargs()
    found = ArgumentSpecValidator(kwargs.pop("argument_spec"), **kwargs).validate(options)
    return found.error_messages, found.validated_parameters


def test_defaults_are_those_of_the_contract():
    errors, values = validated(STOPPING, provider="alibaba", invocation_id="t-1")
    assert errors == []
    assert values == {
        "provider": "alibaba",
        "region": None,
        "access_key_id": None,
        "access_key_secret": None,
        "security_token": None,
        "profile": None,
        "credentials": "auto",
        "endpoint_url": None,
        "allow_http": False,
        "validate_certs": True,
        "ca_path": None,
        "proxy": None,
        "request_timeout": 10.0,
        "retries": 5,
        "invocation_id": "t-1",
        "instance_ids": [],
        "wait": True,
        "wait_timeout": 300.0,
        "wait_interval": 2.0,
        "fail_if_not_running": False,
        "ignore_not_found": False,
        "expected_name": None,
    }


def test_the_provider_has_a_default_only_where_there_is_one():
    assert "default" not in BOTH.options["provider"]
    assert BOTH.options["provider"]["required"] is True
    assert argspec.connection_spec(("alibaba",)).options["provider"]["default"] == "alibaba"


def test_a_provider_that_is_not_there_is_refused():
    errors, _ = validated(BOTH, provider="nimbus")
    assert len(errors) == 1
    assert "nimbus" in errors[0]


def test_the_names_of_the_other_provider_are_aliases():
    _, values = validated(BOTH, provider="tencent", secret_id="ID", secret_key="key", token="token")
    assert [values[name] for name in ("access_key_id", "access_key_secret", "security_token")] == ["ID", "key", "token"]


def test_every_option_that_sounds_secret_says_whether_it_is():
    secret = {name for name, option in STOPPING.options.items() if option.get("no_log")}
    assert secret == {"access_key_secret", "security_token", "proxy"}
    # Ansible warns of options of such names that say nothing.
    sounding = [name for name in STOPPING.options if re.search(r"key|token|secret|pass", name)]
    assert all("no_log" in STOPPING.options[name] for name in sounding)


@pytest.mark.parametrize("half", ["access_key_id", "access_key_secret"])
def test_half_a_key_is_refused(half):
    errors, _ = validated(BOTH, provider="alibaba", **{half: "x"})
    assert len(errors) == 1
    assert "access_key_id" in errors[0] and "access_key_secret" in errors[0]


def test_a_stop_needs_an_id():
    errors, _ = validated(STOPPING, provider="alibaba")
    assert len(errors) == 1
    assert "invocation_id" in errors[0]


FILTERS = {
    "state": ["running"],
    "name": "n*",
    "older_than": "1h",
    "is_schedule": False,
    "max_results": 1,
    "command_id": "c-1",
    "instance_id": "i-1",
}


@pytest.mark.parametrize("name", FILTERS)
def test_an_id_excludes_every_filter(name):
    both, _ = validated(LISTING, provider="alibaba", invocation_id="t-1", **{name: FILTERS[name]})
    assert len(both) == 1
    assert name in both[0] and "invocation_id" in both[0]
    filters_alone, _ = validated(LISTING, provider="alibaba", **FILTERS)
    assert filters_alone == []


def test_an_id_alone_is_no_contradiction_with_any_default():
    errors, values = validated(LISTING, provider="alibaba", invocation_id="t-1", include_instances=True)
    assert errors == []
    assert all(values[name] is None for name in FILTERS)


def test_every_state_can_be_asked_for_and_nothing_else():
    assert validated(LISTING, provider="alibaba", state=list(states.STATES))[0] == []
    assert len(validated(LISTING, provider="alibaba", state=["paused"])[0]) == 1


def test_specs_add_up_without_changing_each_other():
    one = argspec.ArgumentSpec({"a": {}}, mutually_exclusive=(("a", "b"),))
    other = argspec.ArgumentSpec({"b": {}}, required_together=(("a", "b"),))
    assert (one + other).as_kwargs() == {
        "argument_spec": {"a": {}, "b": {}},
        "mutually_exclusive": (("a", "b"),),
        "required_together": (("a", "b"),),
    }
    assert one.options == {"a": {}}
    assert other.options == {"b": {}}
