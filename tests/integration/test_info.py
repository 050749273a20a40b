# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info module finds."""

from __future__ import annotations

import re
from typing import Any

import pytest


def ids(result):
    return {each["id"] for each in result["operations"]}


@pytest.mark.any_core
def test_filters_select_what_they_say(ansible, cloud):
    words = cloud.words
    shared = {"alibaba": "i-bp1shared0001", "tencent": "ins-shared01"}[cloud.provider]
    command_id = {"alibaba": "c-hz0wanted0001", "tencent": "cmd-wanted01"}[cloud.provider]
    old = cloud.run(name="nightly-cleanup", age=7200, instances=[shared])
    young = cloud.run(name="nightly-backup", age=60)
    pending = cloud.run(name="Nightly-upper", status=words.pending, age=10)
    stopping = cloud.run(name="other", status=words.stopping, stopping_seconds=600, command_id=command_id)
    succeeded = cloud.run(name="nightly-done", status=words.succeeded, age=90000, instances=[shared])
    failed = cloud.run(status=words.failed)
    stopped = cloud.run(status=words.terminated, command_id=command_id)
    in_flight = {each.id for each in (old, young, pending, stopping)}
    all_states = ["pending", "scheduled", "running", "stopping", "succeeded", "failed", "stopped", "unknown"]
    # What each selection finds, by its options.
    wanted: list[tuple[dict[str, Any], set[str]]] = [
        ({}, in_flight),
        ({"state": ["running"]}, {old.id, young.id}),
        ({"state": ["pending", "stopping"]}, {pending.id, stopping.id}),
        ({"state": ["succeeded", "failed", "stopped"]}, {succeeded.id, failed.id, stopped.id}),
        ({"name": "nightly-*"}, {old.id, young.id}),
        ({"name": "nightly-*", "state": all_states}, {old.id, young.id, succeeded.id}),
        ({"command_id": command_id}, {stopping.id}),
        ({"command_id": command_id, "state": all_states}, {stopping.id, stopped.id}),
        ({"instance_id": shared}, {old.id}),
        ({"instance_id": shared, "state": all_states}, {old.id, succeeded.id}),
        ({"older_than": "2h"}, {old.id}),
        ({"older_than": "1d", "state": all_states}, {succeeded.id}),
        ({"is_schedule": False}, in_flight),
        ({"invocation_id": failed.id}, {failed.id}),
        ({"invocation_id": words.unknown_id}, set()),
        ({"region": {"alibaba": "cn-shanghai", "tencent": "ap-shanghai"}[cloud.provider]}, set()),
    ]

    results = ansible.play(*(cloud.info(**options) for options, _ in wanted)).results

    for (options, expected), result in zip(wanted, results, strict=True):
        assert ids(result) == expected, options
        assert len(result["operations"]) == len(expected), options
        assert (result["changed"], result["failed"]) == (False, False)
        assert re.search(rf"\b{len(expected)} found\b", result["msg"]), options
    assert {each["provider"] for each in results[0]["operations"]} == {cloud.provider}
    assert cloud.stops() == []


def test_schedules_are_told_apart_from_runs(ansible, alibaba):
    schedule = alibaba.run(frequency="rate(1h)", name="hourly")
    single = alibaba.run(name="once")

    both, schedules, runs, shown = ansible.play(
        alibaba.info(),
        alibaba.info(is_schedule=True),
        alibaba.info(is_schedule=False),
        alibaba.info(invocation_id=schedule.id),
    ).results

    assert {each["id"]: (each["is_schedule"], each["state"]) for each in both["operations"]} == {
        schedule.id: (True, "scheduled"),
        single.id: (False, "running"),
    }
    assert (ids(schedules), ids(runs), ids(shown)) == ({schedule.id}, {single.id}, {schedule.id})


@pytest.mark.any_core
def test_all_pages_are_followed_and_every_operation_appears_once(ansible, cloud):
    pages, size = 3, {"alibaba": 50, "tencent": 100}[cloud.provider]
    commands = [cloud.run(name=f"command-{number}") for number in range((pages - 1) * size + 3)]

    everything, some = ansible.play(cloud.info(), cloud.info(max_results=7)).results

    found = [each["id"] for each in everything["operations"]]
    assert sorted(found) == sorted(each.id for each in commands)
    assert len(some["operations"]) == 7
    assert len(cloud.requests(action=cloud.words.describe)) > pages


def test_instances_are_shown_on_request(ansible, cloud):
    words = cloud.words
    command = cloud.run_in_states(words.running, words.succeeded, words.pending)
    large = cloud.run(count=130)

    without, shown, listed, all_of_large = ansible.play(
        cloud.info(invocation_id=command.id),
        cloud.info(invocation_id=command.id, include_instances=True),
        cloud.info(include_instances=True, state=["running"]),
        cloud.info(invocation_id=large.id, include_instances=True),
    ).results

    assert "instances" not in without["operations"][0]
    rows = {each["instance_id"]: (each["status"], each["state"]) for each in shown["operations"][0]["instances"]}
    running, succeeded, pending = command.instance_ids
    assert rows == {
        running: (words.running, "running"),
        succeeded: (words.succeeded, "succeeded"),
        pending: (words.pending, "pending"),
    }
    assert {each["id"]: len(each["instances"]) for each in listed["operations"]} == {command.id: 3, large.id: 130}
    assert [each["instance_id"] for each in all_of_large["operations"][0]["instances"]] == large.instance_ids


def test_an_unknown_status_is_shown_and_warned_about(ansible, cloud):
    command = cloud.run(overall_status="Hibernating")

    run = ansible.play(cloud.info(invocation_id=command.id), cloud.info(state=["unknown"]))

    for result in run.results:
        assert [(each["status"], each["state"]) for each in result["operations"]] == [("Hibernating", "unknown")]
    assert "reported the status 'Hibernating', which this release does not know" in run.words
