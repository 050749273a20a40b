# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small parts: time stamps, ages, selection, pacing, states, answers of any shape, option
specs, certificates, and the Python of the target."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._core import states
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Operation, Query, Reading
from ansible_collections.cloudops.halt.plugins.module_utils._core.selection import matches
from ansible_collections.cloudops.halt.plugins.module_utils._core.times import parse_age, parse_time, utc_text
from ansible_collections.cloudops.halt.plugins.module_utils._http.certificates import certificate_fault
from ansible_collections.cloudops.halt.plugins.module_utils._http.pacing import Pacer, Rate
from ansible_collections.cloudops.halt.plugins.module_utils._http.reply import decoded_xml, number, objects, text

from ..conftest import link_checkout
from ..simulation.world import SimulatedClock

UTC = timezone.utc
ROOT = Path(__file__).parents[2]
# Time stamps


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05+08:00", "2024-01-01T19:04:05Z"),
        ("2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T03:04:05", "2024-01-02T03:04:05Z"),
        (" 2024-01-02T03:04:05Z ", "2024-01-02T03:04:05Z"),
        ("", None),
        (None, None),
        ("soon", None),
        ("2024-13-02T03:04:05Z", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("9999-12-31T23:59:59-05:00", None),
        (1704164645, "2024-01-02T03:04:05Z"),
        (1704164645.678, "2024-01-02T03:04:05Z"),
        (1e308, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**30, None),
        (-1e12, None),
        (True, None),
        (["2024-01-02T03:04:05Z"], None),
    ],
)
def test_a_time_stamp_is_returned_in_utc_or_not_at_all(written, expected):
    assert utc_text(written) == expected


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_time_stamp_keeps_its_moment_in_every_zone(moment, minutes):
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_time(utc_text(moment.isoformat())) == moment


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


# Selection

OPERATION = Operation(
    kind="cloud_invocation",
    provider="nimbus",
    region="here",
    id="t-1",
    name="nightly-cleanup",
    status="Running",
    state="running",
    created="2024-01-02T03:00:00Z",
    parts={"i-1": Reading("Running", "running")},
    details={"command_id": "c-1"},
)


def test_an_operation_of_which_an_instance_runs_is_selected_as_running():
    partly = replace(OPERATION, status="PartialFailed", state="failed", status_may_come_early=True)
    assert matches(partly, Query(), 0.0) is True
    assert matches(partly, Query(states=frozenset(("failed",))), 0.0) is False


# Pacing


def are_kept(rates, sent):
    """Whether no window of any of the rates has more than it allows."""
    return all(
        later - sooner >= rate.seconds
        for rate in rates
        for sooner, later in zip(sent, sent[int(rate.calls) :], strict=False)
    )


@given(
    st.lists(st.builds(Rate, st.integers(1, 25), st.sampled_from([1.0, 2.5, 60.0])), min_size=1, max_size=2),
    st.lists(st.floats(0, 2, allow_nan=False), min_size=1, max_size=120),
    st.sampled_from([0.0, 0.001, 0.3]),
)
def test_never_more_than_the_rates_in_any_window_and_each_as_early_as_that_allows(rates, gaps, late):
    clock = SimulatedClock()
    pacer = Pacer(clock)
    sent: list[float] = []
    for gap in gaps:
        clock.now += gap
        asked = clock.now
        pacer.wait("Stop", rates)
        # The way there varies by this much.
        assert clock.now == asked or not are_kept(rates, [*sent, clock.now - 0.05])
        sent.append(clock.now)
        clock.now += late
    assert are_kept(rates, sent)


def seconds_for(pacer, clock, *calls):
    """How long the calls, each an action and its rate a second, have to wait."""
    begun = clock.now
    for action, rate in calls:
        pacer.wait(action, [Rate(rate)] if rate else [])
    return clock.now - begun


@given(st.floats(0.1, 30), st.integers(2, 40), st.booleans())
def test_pacing_waits_as_long_as_it_must_and_no_longer(rate, calls, replaced):
    """The rate may be a fraction. One of the user replaces any other."""
    clock = SimulatedClock()
    took = seconds_for(Pacer(clock, rate if replaced else None), clock, *[("Stop", 1000 if replaced else rate)] * calls)
    at_once = max(1, int(rate))
    seconds = (calls - 1) // at_once * at_once / rate
    assert seconds <= took <= seconds * 1.05


def test_actions_are_paced_each_for_itself_and_only_those_with_a_rate():
    clock = SimulatedClock()
    pacer = Pacer(clock)
    assert seconds_for(pacer, clock, ("Stop", 1), ("Read", 1), ("List", None), ("List", None)) == 0
    assert seconds_for(pacer, clock, ("Stop", 1)) > 0
    assert seconds_for(Pacer(clock, 0), clock, *[("Stop", 1)] * 100) == 0, "no rate lifts every limit"


def test_throttling_slows_down_for_a_while_and_counts_once_for_calls_that_were_under_way_together():
    def at_once(throttled: int, pause: float = 0.0) -> int:
        clock = SimulatedClock()
        pacer = Pacer(clock)
        pacer.wait("Stop", [Rate(10)])
        clock.now += 5
        for _ in range(throttled):
            pacer.slow_down("Stop")
        clock.now += pause
        calls = 0
        while seconds_for(pacer, clock, ("Stop", 10)) == 0:
            calls += 1
        return calls

    assert (at_once(0), at_once(1), at_once(16)) == (10, 8, 8)
    assert (at_once(1, pause=1.0), at_once(1, pause=2.5)) == (9, 10)


def test_throttling_again_and_again_slows_down_to_one_call_a_second_and_no_further():
    clock = SimulatedClock()
    pacer = Pacer(clock)
    for _ in range(60):
        pacer.wait("Stop", [Rate(10), Rate(1000, 60)])
        clock.now += 0.5
        pacer.slow_down("Stop")
    assert seconds_for(pacer, clock, ("Stop", 10)) <= 1.02


# States and outcomes


def test_what_is_in_flight_and_what_a_stop_is_of_use_for():
    ended = {"succeeded", "failed", "stopped"}
    in_flight = {"pending", "scheduled", "running", "stopping"}
    assert set(states.STATES) == {*in_flight, *ended, "unknown"}
    assert set(states.IN_FLIGHT) == in_flight
    assert set(filter(states.is_in_flight, states.STATES)) == {*in_flight, "unknown"}
    assert set(filter(states.needs_stop, states.STATES)) == {*in_flight, "unknown"} - {"stopping"}


def test_the_worst_outcome_comes_first():
    """A target is called by its worst part. The order is that of the contract."""
    bad = ["failed", "still_running", "stop_requested", "would_stop"]
    good = ["stopped", "finished_meanwhile", "already_finished", "not_found", "skipped"]
    assert [*bad, *good] == list(states.OUTCOMES)
    for one, other in combinations(states.OUTCOMES, 2):
        assert states.overall([one, other]) == states.overall([other, one]) == one


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
    assert number({}, "n") is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"new": "a", "old": "b"}, "a"),
        ({"new": "", "old": "b"}, "b"),
        ({"new": None, "old": "b"}, "b"),
        ({"new": 5, "old": "b"}, "b"),
        ({"new": ["a"], "old": {}}, ""),
        ({}, ""),
    ],
)
def test_the_first_field_that_holds_text_counts(item, expected):
    assert text(item, "new", "old") == expected


@pytest.mark.parametrize("value", [None, 5, "ab", [], [{"a": 5}], {"a": 5}, {"a": {"b": {"c": 1}}}, {"a": {"b": "c"}}])
def test_what_is_not_there_is_no_list_of_objects(value):
    assert objects(value, "a", "b") == []


def test_objects_leave_out_what_is_none():
    assert objects({"a": {"b": [{"c": 1}, None, "x", {}]}}, "a", "b") == [{"c": 1}, {}]


# Option specs

# Certificates


@pytest.mark.parametrize(
    ("number", "code", "fault"),
    [
        (10, "CertificateNotValid", "has expired or is not yet valid (said)"),
        (62, "CertificateNotValid", "is for another host (said)"),
        (64, "CertificateNotValid", "is for another host (said)"),
        (85, "CertificateNotValid", "or of its authority breaks a rule that Python 3.13 and later insist on"),
        (20, "CertificateNotTrusted", "is not trusted (said)"),
        (18, "CertificateNotTrusted", "is not trusted (said)"),
    ],
)
def test_a_certificate_is_refused_for_one_of_several_reasons(number, code, fault):
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = number, "said"
    found, words = certificate_fault(error)
    assert (found, words.startswith(fault)) == (code, True) and "(said)" in words


# The Python of the target

MODULES = sorted(path for path in (ROOT / "plugins" / "modules").glob("*.py") if "\ndef main(" in path.read_text())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_python_that_is_too_old_is_told_before_anything_is_imported(path):
    code = (
        "import sys, runpy\n"
        "sys.version_info = (3, 9, 18, 'final', 0)\n"
        f"sys.path.insert(0, {str(link_checkout())!r})\n"
        f"runpy.run_path({str(path)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)
    assert (done.returncode, said["failed"], done.stderr) == (1, True, "")
    assert "needs Python 3.10 or later on the host that runs the module, here 3.9.18" in said["msg"]
    imports = [line for line in path.read_text().splitlines() if line.startswith("from ansible_collections")]
    assert imports[0].partition("  #")[0].endswith("module_utils._module import python")


# Answers in XML


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<a/>", {"a": ""}),
        ("<a> text </a>", {"a": "text"}),
        ('<?xml version="1.0"?><a xmlns="http://x/" b="c">é&lt;&#65;<![CDATA[<b>]]></a>', {"a": "é<A<b>"}),
        ("<n:a xmlns:n='x'><n:b>1</n:b><c/></n:a>", {"a": {"b": "1", "c": ""}}),
        ("<a>\n <b>1</b>\n <b><c>2</c></b>\n</a>", {"a": {"b": ["1", {"c": "2"}]}}),
        ("<a><member>1</member></a>", {"a": ["1"]}),
        ("<a><item><b>1</b></item><item/></a>", {"a": [{"b": "1"}, ""]}),
        ("<a><item>1</item><b/></a>", {"a": {"item": "1", "b": ""}}),
        ("", None),
        ("{}", None),
        ("<a>", None),
        ("<a/><b/>", None),
        ("<a>&b;</a>", None),
        ("<!DOCTYPE a><a/>", None),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', None),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', None),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', None),
        ('<?xml version="1.0" encoding="klingon"?><a/>', None),
    ],
)
def test_xml_is_read_as_objects_lists_and_text(body, expected):
    assert decoded_xml(body.encode()) == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_xml_tells_its_encoding_and_hides_no_document_type_in_it(encoding):
    assert decoded_xml("<a>é</a>".encode(encoding)) == {"a": "é"}
    assert decoded_xml("<!DOCTYPE a><a/>".encode(encoding)) is None


def test_deep_and_broken_xml_does_no_harm():
    deep = decoded_xml(b"<a>" * 50_000 + b"</a>" * 50_000)
    assert deep is None or list(deep) == ["a"]
    for body in (b"\xff\xfe\x00", b"\x00" * 8, b"<\xff/>", b"<a>\xff</a>"):
        assert decoded_xml(body) is None
