# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What check mode predicts is what the run then does."""

from __future__ import annotations

import re


def test_check_mode_predicts_the_run_and_stops_nothing(ansible, cloud, outcomes):
    words = cloud.words
    running = cloud.run(count=2, name="runaway")
    finished = cloud.run(count=2, status=words.succeeded)
    partly = cloud.run_in_states(words.succeeded, words.running, words.failed, words.pending, words.terminated)
    some = cloud.run(count=4)
    stopping = cloud.run(count=1, status=words.stopping, stopping_seconds=600)
    tasks = {
        "in flight": cloud.cancel(running, expected_name="runaway"),
        "finished": cloud.cancel(finished),
        "finished, which is a failure": cloud.cancel(finished, fail_if_not_running=True),
        "partly finished": cloud.cancel(partly),
        "some": cloud.cancel(some, instance_ids=[some.instance_ids[2], words.unknown_instance, *some.instance_ids[:1]]),
        "some, whatever is missing": cloud.cancel(
            some,
            instance_ids=[some.instance_ids[2], words.unknown_instance, *some.instance_ids[:1]],
            ignore_not_found=True,
        ),
        "wrong name": cloud.cancel(some, expected_name="something else"),
        "not found": cloud.cancel(words.unknown_id),
        "not found, ignored": cloud.cancel(words.unknown_id, ignore_not_found=True),
        # Last, because the run waits for it.
        "stopping already": cloud.cancel(stopping),
    }
    if cloud.provider == "alibaba":
        tasks["periodic"] = cloud.cancel(cloud.run(count=2, frequency="rate(2h)"))

    preview = ansible.play(*tasks.values(), flags=("--check", "--diff"))
    assert cloud.stops() == [], "check mode stops nothing"
    assert set(cloud.statuses(running).values()) == {words.running}
    reads = len(cloud.requests(stopping))
    with cloud.finish_after_reads(stopping, words.terminated, reads=reads + 5):
        run = ansible.play(*tasks.values(), flags=("--diff",))

    predicted = dict(zip(tasks, preview.results, strict=True))
    happened = dict(zip(tasks, run.results, strict=True))
    for name in tasks:
        before, after = predicted[name], happened[name]
        foretold = "stopped" if before["outcome"] == "would_stop" else before["outcome"]
        assert (before["changed"], before["failed"]) == (after["changed"], after["failed"]), name
        if name == "stopping already":
            assert (before["outcome"], after["outcome"]) == ("stop_requested", "stopped")
            continue
        assert foretold == after["outcome"], name
        would_stop = {each for each, outcome in outcomes(before).items() if outcome == "would_stop"}
        stopped = {each for each, outcome in outcomes(after).items() if outcome == "stopped"}
        assert would_stop == stopped, name
        assert list(outcomes(before)) == list(outcomes(after)), name
        assert before["summary"]["stop_calls"] == 0 and before["request_ids"] == [], name
        assert before["summary"]["would_stop"] == len(would_stop), name

    assert {name: result["outcome"] for name, result in predicted.items() if result["changed"]} == dict.fromkeys(
        ["in flight", "partly finished", "some, whatever is missing", *(["periodic"] * (cloud.provider == "alibaba"))],
        "would_stop",
    )
    assert {name for name, result in predicted.items() if result["failed"]} == {
        "finished, which is a failure",
        "some",
        "wrong name",
        "not found",
    }
    assert list(outcomes(predicted["partly finished"]).values()) == [
        "already_finished",
        "would_stop",
        "already_finished",
        "would_stop",
        "already_finished",
    ]
    for shown in (preview.stdout, run.stdout):
        for instance_id in running.instance_ids:
            assert re.search(rf'^-  .*"{instance_id}": "running"', shown, re.MULTILINE)
            assert re.search(rf'^\+  .*"{instance_id}": "stopped"', shown, re.MULTILINE)
        assert '-    "state": "running"' in shown and '+    "state": "stopped"' in shown
