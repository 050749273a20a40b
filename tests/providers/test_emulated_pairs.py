# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations of stacks in time, at every provider that has them: what becomes of their accounts and regions."""

from __future__ import annotations

from collections import Counter

import pytest

from ..support.providers import NAMES, part

KINDS = [kind for name in NAMES for kind in part(name, "emulated").KINDS if kind.pairs]
TWO, THREE = (["111111111111", "222222222222", "333333333333"][:count] for count in (2, 3))


@pytest.fixture(params=KINDS, ids=[kind.provider for kind in KINDS])
def kind(request):
    return request.param


@pytest.fixture
def expected(kind):
    """A status, and how often each is listed for a pair. Some have words of their own."""

    def expected(status, waits=0, left_out=0, **counts):
        listed = Counter({kind.waits: waits if kind.waits else 0, kind.left_out: left_out}) + Counter(counts)
        return status, dict(+listed)

    return expected


@pytest.fixture
def course(kind, client, control):
    """The status of an operation and the number of its pairs in each status, now and after each step."""

    def follow(operation_id, *advances):
        seen = []
        for seconds in (0, *advances):
            control.advance(seconds)
            counts = Counter(each["Status"] for each in kind.pairs(client, operation_id))
            seen.append((kind.read(client, operation_id), dict(counts)))
        return seen

    return follow


def test_regions_come_one_after_the_other(create, course, expected):
    made = create(accounts=THREE, regions=["a", "b"], max_concurrent=2, pending_seconds=5, run_seconds=10)
    assert course(made, 5, 10, 10, 10, 10) == [
        expected("QUEUED", waits=6),
        expected("RUNNING", RUNNING=2, waits=4),
        expected("RUNNING", SUCCEEDED=2, RUNNING=1, waits=3),
        expected("RUNNING", SUCCEEDED=3, RUNNING=2, waits=1),
        expected("RUNNING", SUCCEEDED=5, RUNNING=1),
        expected("SUCCEEDED", SUCCEEDED=6),
    ]


@pytest.mark.parametrize(
    ("failing", "tolerance", "status", "counts"),
    [
        (1, 0, "FAILED", {"FAILED": 1, "left_out": 5}),
        (1, 1, "SUCCEEDED", {"FAILED": 1, "SUCCEEDED": 5}),
        (6, 0, "FAILED", {"FAILED": 1, "left_out": 5}),
    ],
)
def test_failures_and_tolerance(create, course, expected, failing, tolerance, status, counts):
    pairs = [{"account": account, "region": region} for region in "ab" for account in THREE]
    for pair in pairs[:failing]:
        pair["final_status"] = "FAILED"
    made = create(pairs=pairs, run_seconds=1, failure_tolerance=tolerance)
    assert course(made, 100)[-1] == expected(status, **counts)


def test_every_status_has_its_pairs(kind, create, course, expected):
    pairs = {
        "QUEUED": {"waits": 2},
        "RUNNING": {"RUNNING": 1, "waits": 1},
        "STOPPING": {"RUNNING": 1, "left_out": 1},
        "STOPPED": {"left_out": 2},
        "PREPARING": {"RUNNING": 1, "waits": 1},
    }
    for status in [*kind.words.phases, "PREPARING"]:
        made = create(status=status, age=100, stopping_seconds=60, accounts=TWO)
        assert course(made) == [expected(status, **pairs.get(status, {status: 2}))]


def test_an_end_from_outside(control, create, stop, course, expected):
    for how, status, counts in (
        ({}, "SUCCEEDED", {"SUCCEEDED": 2}),
        ({"status": "FAILED"}, "FAILED", {"FAILED": 1, "left_out": 1}),
    ):
        finished, overtaken = create(accounts=TWO), create(accounts=TWO)
        control.finish(finished, **how)
        control.fault("finish_first", **how)
        stop(overtaken)
        assert course(finished) == course(overtaken) == [expected(status, **counts)]


# Stops


@pytest.mark.parametrize(
    ("pace", "most"),
    [
        ({"run_seconds": 10, "stopping_seconds": 2}, 6),
        # What runs for ever finishes at the pace of stopping.
        ({"stopping_seconds": 3}, 3),
    ],
)
def test_a_stop_lets_what_runs_finish(control, create, stop, course, expected, pace, most):
    made = create(accounts=THREE, max_concurrent=2, **pace)
    control.advance(4)
    accepted = control.now()
    stop(made)
    stopping = expected("STOPPING", RUNNING=2, left_out=1)
    assert course(made, most - 0.1) == [stopping, stopping]
    stop(made)  # changes nothing
    assert course(made, 0.1)[1:] == [expected("STOPPED", SUCCEEDED=2, left_out=1)]
    assert control.shown(made)["stop_accepted_at"] == pytest.approx(accepted)


def test_what_is_known_of_pairs(kind, control, create):
    words = ["RUNNING", "SUCCEEDED", "FAILED", "STOPPING", "STOPPED", "PREPARING"]
    pairs = [{"account": word, "region": "a", "status": word} for word in words]
    made = create(status="RUNNING", pairs=[*pairs, {"account": "9", "region": "b"}], failure_tolerance=1)
    waiting = {"account": "9", "region": "b", "status": kind.waits}
    assert control.shown(made)["pairs"] == [*pairs, waiting]
