# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a result says of calls that were refused or lost. The faults themselves are in the fault matrix."""

from __future__ import annotations

import pytest

from ..support.modules import play
from ..support.providers import NAMES, part
from ..support.results import outcomes, verdict

STOP_CODES = [
    pytest.param(name, code, *expected, id=f"{name}-{code}")
    for name in NAMES
    for code, expected in part(name, "words").STOP.items()
]


@pytest.mark.parametrize(("cloud", "code", "error_class", "http_status"), STOP_CODES, indirect=["cloud"])
def test_a_code_of_the_stop_call_is_handed_on_with_all_that_the_provider_said(cloud, code, error_class, http_status):
    command = cloud.run(count=2)
    cloud.fault("error", action=cloud.words.stop, code=code, message="Ask somebody else.")

    (result,) = play(cloud.cancel(command, retries=0))

    (refused,) = cloud.stops(command)
    assert result["error"] == {
        "code": code,
        "message": "Ask somebody else.",
        "class": error_class,
        "http_status": http_status,
        "request_id": refused["request_id"],
        "action": cloud.words.stop,
        "provider": cloud.provider,
    }
    assert verdict(result) == ("failed", False, True)
    assert set(outcomes(result).values()) == {"failed"}
    for said in (code, "Ask somebody else", refused["request_id"], cloud.words.stop):
        assert said in result["msg"]
    assert (f":{cloud.words.stop}" in result["msg"]) == (error_class == "denied"), "the permission that is missing"
    assert result["request_ids"] == [refused["request_id"]]
    assert (result["summary"]["failed"], result["summary"]["stop_calls"]) == (2, 1)
    assert set(cloud.statuses(command).values()) == {cloud.words.running}


def test_the_ids_of_refused_tries_are_kept_too(cloud):
    """The result holds the provider's id of every stop call, as its summary counts them."""
    command = cloud.run(count=2)
    cloud.fault("throttle", action=cloud.words.stop, times=2)

    (result,) = play(cloud.cancel(command))

    assert verdict(result) == ("stopped", True, False)
    assert [each["code"] for each in cloud.stops(command)] == [cloud.words.throttled, cloud.words.throttled, None]
    assert result["summary"]["stop_calls"] == 3
    assert result["request_ids"] == [each["request_id"] for each in cloud.stops(command)]


@pytest.mark.parametrize("refused_batch", [0, 1])
def test_a_batch_that_is_refused_does_not_keep_the_others(cloud, refused_batch):
    words, count = cloud.words, 2 * cloud.words.limit + 5
    command = cloud.run(count=count)
    code = next(
        code for code, (error_class, _) in part(cloud.provider, "words").STOP.items() if error_class == "denied"
    )
    cloud.fault("error", action=words.stop, code=code, after=refused_batch)

    (result,) = play(cloud.cancel(command, instance_ids=command.instance_ids))

    # The calls are made side by side, so that any whole batch may be the one that is refused.
    batches = [command.instance_ids[start : start + words.limit] for start in range(0, count, words.limit)]
    (refused,) = [batch for batch in batches if outcomes(result)[batch[0]] == "failed"]
    assert verdict(result) == ("failed", True, True)
    expected = [(each, "failed" if each in refused else "stopped") for each in command.instance_ids]
    assert list(outcomes(result).items()) == expected
    assert (result["summary"]["failed"], result["summary"]["requested"]) == (len(refused), count)
    assert result["error"]["code"] == code
    told = {each["instance_id"] for each in result["instances"] if code in each.get("error", "")}
    assert told == {each["instance_id"] for each in result["instances"] if "error" in each} == set(refused)
    assert sorted(each["ids"] for each in cloud.stops(command)) == [5, words.limit, words.limit]
    running = {each for each, status in cloud.statuses(command).items() if status == words.running}
    assert running == set(refused)
