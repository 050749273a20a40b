# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers and networks at their worst: nothing is stopped blindly, nothing is hidden."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.any_core


def assert_a_look_before_every_stop(requests, stop):
    """Between any two stop calls somebody has read, except after one that certainly did nothing."""
    looked = False
    for request in requests:
        if request["action"] == stop:
            assert looked, [each["action"] for each in requests]
            looked = False
        else:
            looked = True


def test_what_passes_is_tried_again(ansible, cloud):
    words = cloud.words
    throttled, throttled_read, failing, gateway = (cloud.run(count=2) for _ in range(4))
    transient = {"alibaba": "InternalError.Dispatch", "tencent": "InternalError"}[cloud.provider]

    results = ansible.play(
        cloud.fault_now("throttle", action=words.stop, times=2),
        cloud.cancel(throttled),
        cloud.fault_now("throttle", action=words.describe, times=2),
        cloud.cancel(throttled_read),
        cloud.fault_now("error", action=words.stop, code=transient, times=2),
        cloud.cancel(failing),
        cloud.fault_now("http_error", http_status=503, action=words.stop),
        cloud.fault_now("http_error", http_status=502, action=words.describe),
        cloud.cancel(gateway),
    ).results

    for result in results:
        assert (result["failed"], result["changed"], result["outcome"]) == (False, True, "stopped")
        assert {each["outcome"] for each in result["instances"]} == {"stopped"}
    codes = [each["code"] for each in cloud.stops(throttled)]
    assert codes == [words.throttled, words.throttled, None]
    assert [each["code"] for each in cloud.stops(throttled_read)] == [None]
    assert [each["code"] for each in cloud.stops(failing)] == [transient, transient, None]
    assert_a_look_before_every_stop(cloud.requests(failing), words.stop)
    assert [each["http_status"] for each in cloud.stops(gateway)] == [503, 200]
    assert_a_look_before_every_stop(cloud.requests(gateway), words.stop)
    assert results[2]["request_ids"] == [each["request_id"] for each in cloud.stops(failing)]


def test_the_ids_of_refused_tries_are_kept_too(ansible, cloud):
    """The result holds the provider's id of every stop call, as its summary counts them."""
    command = cloud.run()
    cloud.fault("throttle", action=cloud.words.stop, times=2)

    result = ansible.play(cloud.cancel(command)).result

    assert result["summary"]["stop_calls"] == len(cloud.stops(command)) == 3
    assert result["request_ids"] == [each["request_id"] for each in cloud.stops(command)]


def test_a_stop_whose_answer_is_lost_is_never_repeated_blindly(ansible, cloud):
    words = cloud.words
    acted, cut, not_acted, hung = (cloud.run(count=2) for _ in range(4))

    results = ansible.play(
        cloud.fault_now("reset_after", action=words.stop),
        cloud.cancel(acted),
        cloud.fault_now("truncate", action=words.stop),
        cloud.cancel(cut),
        cloud.fault_now("reset", action=words.stop),
        cloud.cancel(not_acted),
        cloud.fault_now("hang", action=words.stop, seconds=3),
        cloud.cancel(hung, request_timeout=0.5),
    ).results

    for result in results:
        assert (result["failed"], result["changed"], result["outcome"]) == (False, True, "stopped")
    assert len(cloud.stops(acted)) == len(cloud.stops(cut)) == 1
    assert len(cloud.stops(not_acted)) == 2
    for command in (acted, cut, not_acted):
        assert_a_look_before_every_stop(cloud.requests(command), words.stop)


def test_reads_that_lag_behind_do_not_mislead(ansible, cloud):
    command = cloud.run(count=2, age=3600)

    result = ansible.play(
        cloud.fault_now("stale_reads", seconds=600, times=4, after=2),
        cloud.cancel(command),
    ).result

    assert (result["failed"], result["changed"], result["outcome"]) == (False, True, "stopped")
    assert len(cloud.stops(command)) == 1


def test_an_error_is_handed_on_with_all_that_the_provider_said(ansible, cloud):
    words = cloud.words
    command = cloud.run(count=2)

    stopping, reading = ansible.play(
        cloud.fault_now("error", action=words.stop, code=words.denied, message="Ask somebody else."),
        cloud.cancel(command),
        cloud.cancel(command, **cloud.keys["denied"]),
    ).results

    (refused,) = cloud.stops(command)
    assert stopping["error"] == {
        "code": words.denied,
        "message": "Ask somebody else.",
        "class": "denied",
        "http_status": refused["http_status"],
        "request_id": refused["request_id"],
        "action": words.stop,
        "provider": cloud.provider,
    }
    assert (stopping["failed"], stopping["changed"], stopping["outcome"]) == (True, False, "failed")
    for said in (words.denied, "Ask somebody else", refused["request_id"], words.stop, f":{words.stop}"):
        assert said in stopping["msg"]
    assert stopping["request_ids"] == [refused["request_id"]]

    assert (reading["failed"], reading["changed"], reading["outcome"]) == (True, False, "failed")
    assert reading["error"]["code"] == words.denied
    assert reading["error"]["action"].startswith("DescribeInvocation")
    assert "nothing was stopped" in reading["msg"]


@pytest.mark.parametrize("refused_batch", [0, 1])
def test_a_batch_that_is_refused_does_not_keep_the_others(ansible, cloud, outcomes, refused_batch):
    words = cloud.words
    command = cloud.run(count=2 * words.limit + 5)
    code = {"alibaba": "Operation.Forbidden", "tencent": "UnauthorizedOperation.CamAuthFailed"}[cloud.provider]
    cloud.fault("error", action=words.stop, code=code, after=refused_batch)

    result = ansible.play(cloud.cancel(command, instance_ids=command.instance_ids)).result

    # The calls are made side by side, so that any whole batch may be the one that is refused.
    starts = range(0, 2 * words.limit + 5, words.limit)
    batches = [command.instance_ids[start : start + words.limit] for start in starts]
    (refused,) = [batch for batch in batches if outcomes(result)[batch[0]] == "failed"]
    assert (result["failed"], result["changed"], result["outcome"]) == (True, True, "failed")
    assert list(outcomes(result).items()) == [
        (each, "failed" if each in refused else "stopped") for each in command.instance_ids
    ]
    assert (result["summary"]["failed"], result["summary"]["requested"]) == (len(refused), 2 * words.limit + 5)
    assert result["error"]["code"] == code
    assert all(code in each["error"] for each in result["instances"] if each["outcome"] == "failed")
    assert all("error" not in each for each in result["instances"] if each["outcome"] == "stopped")
    assert sorted(each["ids"] for each in cloud.stops(command)) == [5, words.limit, words.limit]
    statuses = cloud.statuses(command)
    assert {each for each, status in statuses.items() if status == words.running} == set(refused)


def test_a_provider_that_fails_for_good_after_the_stop_leaves_the_end_unverified(ansible, cloud):
    command = cloud.run(count=2)

    result = ansible.play(
        cloud.fault_now("http_error", http_status=503, action=cloud.words.describe, after=1, times=None),
        cloud.cancel(command, wait_timeout=2),
    ).result

    assert (result["failed"], result["changed"], result["outcome"]) == (True, True, "stop_requested")
    assert "could not be verified" in result["msg"]
    assert len(cloud.stops(command)) == 1
