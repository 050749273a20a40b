# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info modules find: commands of one place, and everything in flight over kinds, providers and regions."""

from __future__ import annotations

import re
import time
from itertools import repeat
from typing import Any

import pytest

from ..support.emulated import INFO_MANY
from ..support.modules import play
from ..support.results import ids
from ..support.scripted import hang, reply, serving

ALL_STATES = ["pending", "scheduled", "running", "stopping", "succeeded", "failed", "stopped", "unknown"]


def info(*scopes, **options):
    """A task that searches in these scopes."""
    return {INFO_MANY: {"retries": 0, **({"scopes": list(scopes)} if scopes else {}), **options}}


# Commands of one place


def test_filters_select_what_they_say(cloud):
    words = cloud.words
    shared = words.unknown_instance.replace("nobody", "shared")
    command_id = words.defined_as
    old = cloud.run(name="nightly-cleanup", age=7200, instances=[shared])
    young = cloud.run(name="nightly-backup", age=60)
    pending = cloud.run(name="Nightly-upper", status=words.pending, age=10)
    stopping = cloud.run(name="other", status=words.stopping, stopping_seconds=600, command_id=command_id)
    succeeded = cloud.run(name="nightly-done", status=words.succeeded, age=90000, instances=[shared])
    failed = cloud.run(status=words.failed)
    stopped = cloud.run(status=words.terminated, command_id=command_id)
    in_flight = {each.id for each in (old, young, pending, stopping)}
    # What each selection finds, by its options.
    wanted: list[tuple[dict[str, Any], set[str]]] = [
        ({}, in_flight),
        ({"state": ["running"]}, {old.id, young.id}),
        ({"state": ["pending", "stopping"]}, {pending.id, stopping.id}),
        ({"state": ["succeeded", "failed", "stopped"]}, {succeeded.id, failed.id, stopped.id}),
        ({"name": "nightly-*"}, {old.id, young.id}),
        ({"name": "nightly-*", "state": ALL_STATES}, {old.id, young.id, succeeded.id}),
        ({"command_id": command_id}, {stopping.id}),
        ({"command_id": command_id, "state": ALL_STATES}, {stopping.id, stopped.id}),
        ({"instance_id": shared}, {old.id}),
        ({"instance_id": shared, "state": ALL_STATES}, {old.id, succeeded.id}),
        ({"older_than": "2h"}, {old.id}),
        ({"older_than": "1d", "state": ALL_STATES}, {succeeded.id}),
        ({"is_schedule": False}, in_flight),
        ({"invocation_id": failed.id}, {failed.id}),
        ({"invocation_id": words.unknown_id}, set()),
        ({"region": cloud.words.elsewhere}, set()),
    ]

    results = play(*(cloud.info(**options) for options, _ in wanted))

    for (options, expected), result in zip(wanted, results, strict=True):
        assert sorted(ids(result)) == sorted(expected), options
        assert (result["changed"], result["failed"]) == (False, False)
        assert re.search(rf"\b{len(expected)} found\b", result["msg"]), options
    assert {each["provider"] for each in results[0]["operations"]} == {cloud.provider}
    assert cloud.stops() == []


def test_schedules_are_told_apart_from_runs(alibaba):
    schedule = alibaba.run(frequency="rate(1h)", name="hourly")
    single = alibaba.run(name="once")

    both, schedules, runs, shown = play(
        alibaba.info(),
        alibaba.info(is_schedule=True),
        alibaba.info(is_schedule=False),
        alibaba.info(invocation_id=schedule.id),
    )

    assert {each["id"]: (each["is_schedule"], each["state"]) for each in both["operations"]} == {
        schedule.id: (True, "scheduled"),
        single.id: (False, "running"),
    }
    assert (ids(schedules), ids(runs), ids(shown)) == ([schedule.id], [single.id], [schedule.id])


def test_all_pages_are_followed_and_every_operation_appears_once(cloud):
    pages, size = 3, cloud.words.limit
    commands = [cloud.run() for _ in range((pages - 1) * size + 3)]

    everything, some = play(cloud.info(), cloud.info(max_results=7))

    assert sorted(ids(everything)) == sorted(each.id for each in commands)
    assert len(some["operations"]) == 7
    assert len(cloud.requests(action=cloud.words.describe)) > pages


def test_instances_are_shown_on_request(cloud):
    words = cloud.words
    command = cloud.run_in_states(words.running, words.succeeded, words.pending)
    large = cloud.run(count=130)

    without, shown, listed = play(
        cloud.info(invocation_id=command.id),
        cloud.info(invocation_id=command.id, include_instances=True),
        cloud.info(include_instances=True, state=["running"]),
    )

    assert "instances" not in without["operations"][0]
    rows = [(each["instance_id"], each["status"], each["state"]) for each in shown["operations"][0]["instances"]]
    states = ["running", "succeeded", "pending"]
    assert rows == [
        (each, getattr(words, state), state) for each, state in zip(command.instance_ids, states, strict=True)
    ]
    found = {each["id"]: [row["instance_id"] for row in each["instances"]] for each in listed["operations"]}
    assert found == {command.id: command.instance_ids, large.id: large.instance_ids}


def test_what_has_no_age_is_left_out_by_an_age_and_counted(aws):
    aws.start("image_task")
    old = aws.run(age=7200)
    task = {"cloudops.halt.image_task_info": {**aws.connection, "retries": 0}}

    limited = {name: {**options, "older_than": "1h"} for name, options in task.items()}
    young, every, both = play(limited, task, info(aws.place(), older_than="1h"))

    assert (ids(young), len(ids(every))) == ([], 1)
    assert young["warnings"] == ["older_than=1h leaves out 1 operation whose age is not known."]
    assert ids(both) == [old.id] and both["msg"].endswith(young["warnings"][0])
    assert "warnings" not in every


def test_an_unknown_status_is_shown_and_warned_about(cloud):
    command = cloud.run(overall_status="Hibernating")

    for result in play(cloud.info(invocation_id=command.id), cloud.info(state=["unknown"])):
        assert [(each["status"], each["state"]) for each in result["operations"]] == [("Hibernating", "unknown")]
        (warning,) = result["warnings"]
        assert "reported the status 'Hibernating', which this release does not know" in warning


# Everything everywhere


@pytest.fixture
def busy(alibaba, tencent):
    """One of every kind at both clouds, and what is not to be found: by name, in the order of their age."""
    started = {
        "schedule": alibaba.run(name="nightly-schedule", age=6000, status="Scheduled", frequency="rate(1h)").id,
        "execution": alibaba.start("automation_execution", name="restart-fleet", age=5000),
        "run": tencent.run(name="nightly-cleanup", age=4000, count=3).id,
        "group": alibaba.start("stack_group_operation", group="landing-zone", age=3000, accounts=["1"]),
        "command": alibaba.run(name="nightly-backup", age=2000, count=2).id,
        "task": alibaba.start("image_task", action="ExportImage", age=1000),
    }
    for cloud in (alibaba, tencent):
        cloud.run(name="nightly-over", status=cloud.words.succeeded)
    alibaba.start("automation_execution", name="over", status="Failed")
    alibaba.run(name="nightly-elsewhere", region="cn-beijing", age=100)
    return started


def test_filters_select_over_all_kinds(alibaba, tencent, busy):
    both = (alibaba.place(account="blue"), tencent.place())
    # What each search finds, the oldest first.
    everything = ["execution", "run", "group", "command", "task"]
    two_kinds = ["cloud_invocation", "stack_group_operation"]
    wanted: list[tuple[dict[str, Any], list[str]]] = [
        (info(*both), everything),
        (info(*both, include_scheduled=True), ["schedule", *everything]),
        (info(*both, name="nightly-*"), ["run", "command"]),
        (info(*both, older_than="50m"), ["execution", "run", "group"]),
        (info(*both, older_than="30m", name="*[!p]", kinds=two_kinds), ["group"]),
        (info(*both, exclude=["nightly-*", busy["task"]]), ["execution", "group"]),
        (info(alibaba.place(), kinds=["image_task"]), ["task"]),
        (info(alibaba.place(), alibaba.place(), kinds=["image_task", "image_task"]), ["task"]),
        (info(**tencent.connection), ["run"]),
        (info(*both, max_results=2), everything[:2]),
    ]

    results = play(*(task for task, _ in wanted))

    for (task, names), result in zip(wanted, results, strict=True):
        assert ids(result) == [busy[name] for name in names], task
        assert (result["failed"], result["changed"], result["errors"]) == (False, False, [])
        assert "error" not in result
    few, single = results[-1], results[-2]
    assert (few["total"], len(few["targets"])) == (5, 2)
    assert few["msg"] == "5 of 6 operations in flight in 2 scopes are selected, of which the oldest 2 are shown."
    assert single["msg"] == "1 operation in flight in 1 scope."
    (none,) = play(info(tencent.place(), name="nightly", kinds=["cloud_invocation"]))
    asked = "matches nightly (did you mean nightly*?). In flight: nightly-cleanup (1)."
    assert none["msg"] == f"None of what is in flight (1 operation in 1 scope) {asked}"


def test_what_is_said_of_each(alibaba, tencent, busy):
    whole, regions = play(
        info(alibaba.place(account="blue"), tencent.place()),
        info(alibaba.place(), alibaba.place(region="cn-beijing"), kinds=["cloud_invocation"]),
    )

    operation = whole["operations"][1]
    said = {"kind": "cloud_invocation", "provider": "tencent", "region": tencent.region, "name": "nightly-cleanup"}
    said |= {"state": "running", "status": "RUNNING", "instances_total": 3, "finished": None, "is_schedule": False}
    said |= {"scope": 1, "account": tencent.keys["default"]["access_key_id"]}
    assert {**operation, **said} == operation
    assert "instance_ids" not in operation
    assert whole["operations"][0]["account"] == "blue"
    place = {"provider": "alibaba", "region": alibaba.region, "account": "blue"}
    execution = {"kind": "automation_execution", **place, "id": busy["execution"], "include_children": True}
    assert whole["targets"][0] == execution
    key = tencent.keys["default"]["access_key_id"]
    assert [len(each.pop("kinds")) for each in whole["searched"]] == [4, 1]
    assert whole["searched"] == [
        {"place": f"alibaba/{alibaba.region}", "account": "blue", "seen": 5, "matched": 4, "not_searched": []},
        {"place": f"tencent/{tencent.region}", "account": key, "seen": 1, "matched": 1, "not_searched": []},
    ]
    assert [each["id"] for each in whole["scheduled"]] == [busy["schedule"]]
    found = [(each["region"], each["scope"]) for each in regions["operations"]]
    assert found == [(alibaba.region, 0), ("cn-beijing", 1)]


def test_instances_select_the_commands_that_run_on_them(tencent):
    several = tencent.run(count=3, age=60)
    other = tencent.run(instances=[several.instance_ids[1], "ins-another1"])
    tencent.run(count=2)
    wanted = [several.instance_ids[1], several.instance_ids[2], several.instance_ids[1]]

    (result,) = play(info(tencent.place(), instance_ids=wanted))

    assert [(each["id"], each["instance_ids"]) for each in result["operations"]] == [
        (several.id, wanted[:2]),
        (other.id, wanted[:1]),
    ]
    assert [each["instance_ids"] for each in result["targets"]] == [wanted[:2], wanted[:1]]


def test_a_search_that_fails_hides_no_other(alibaba, tencent, busy):
    scopes = (tencent.place("denied", account="green"), alibaba.place(), alibaba.place("inactive", region="cn-beijing"))

    strict, lenient, everywhere, gone = play(
        info(*scopes),
        info(*scopes, fail_on_error=False),
        info(scopes[0]),
        info(alibaba.place(endpoint_url="http://127.0.0.1:9"), fail_on_error=False, kinds=["image_task"]),
    )

    assert [each["failed"] for each in (strict, lenient, everywhere, gone)] == [True, False, True, False]
    for result in (strict, lenient):
        assert ids(result) == [busy[name] for name in ("execution", "group", "command", "task")]
        errors = [(each["provider"], each["scope"], each["error"]["class"]) for each in result["errors"]]
        assert errors == [("tencent", 0, "denied"), *[("alibaba", 2, "auth")] * 4]
        assert {each["account"] for each in result["errors"]} == {"green", alibaba.keys["inactive"]["access_key_id"]}
        assert "Searches that failed: 5 of 9" in result["msg"] and tencent.words.denied in result["msg"]
    assert strict["error"] == strict["errors"][0]["error"] and "error" not in lenient
    assert (everywhere["operations"], everywhere["total"]) == ([], 0)
    assert gone["errors"][0]["error"]["code"] == "Unreachable"


# Scopes that do not answer, and lists that are cut short


def test_no_place_waits_for_one_that_does_not_answer(alibaba, tencent, busy):
    commands = {"kinds": ["cloud_invocation"], "scope_timeout": 0.6, "concurrency": 1}
    with serving(*repeat(hang, 20)) as dead:
        silent = [alibaba.place(region=f"cn-silent{number}", endpoint_url=dead.url) for number in range(10)]
        started = time.monotonic()
        result, alone = play(info(*silent, tencent.place(), **commands), info(silent[0], **commands))
        assert time.monotonic() - started < 4, "nobody waits for a call to time out"

    assert ids(result) == [busy["run"]] and result["failed"]
    assert {each["error"]["code"] for each in result["errors"]} == {"NoAnswer"}
    assert [each["region"] for each in result["errors"]] == [place["region"] for place in silent]
    assert alone["searched"] == [{**alone["searched"][0], "place": "alibaba/cn-silent0", "seen": 0}]
    assert result["msg"].startswith("1 operation in flight in 1 of 11 scopes. Searches that failed: 10 of 11")
    assert alone["msg"].startswith("It is not known what is in flight in 1 scope. Searches that failed: 1 of 1")
    assert "alibaba/cn-silent0 has not answered within 0.6 seconds, the limit of scope_timeout." in alone["msg"]


def test_what_answers_page_by_page_goes_on(tencent):
    def slowly(*ids, total):
        answer = commands(*ids, total=total)

        def act(handler):
            time.sleep(0.2)
            answer(handler)

        return act

    with serving(slowly("inv-1", total=4), slowly("inv-2", total=4), slowly("inv-3", "inv-4", total=4)) as server:
        place = tencent.place(endpoint_url=server.url)
        (result,) = play(info(place, kinds=["cloud_invocation"], scope_timeout=0.3))

    assert (result["failed"], ids(result)) == (False, ["inv-1", "inv-2", "inv-3", "inv-4"])


def commands(*ids, total):
    found = [{"InvocationId": each, "InvocationStatus": "RUNNING"} for each in ids]
    return reply({"Response": {"RequestId": "r-1", "TotalCount": total, "InvocationSet": found}})


def tasks(*ids, total):
    found = [{"TaskId": each, "TaskAction": "ImportImage", "TaskStatus": "Processing"} for each in ids]
    return reply({"RequestId": "r-1", "TotalCount": total, "TaskSet": {"Task": found}})


def test_a_list_that_is_cut_short_is_an_error_and_keeps_what_came(alibaba):
    """And the next list is read all the same."""
    with serving(*repeat(tasks("t-1", total=3), 2), tasks("t-2", total=1), *repeat(tasks(total=0), 9)) as server:
        (result,) = play(info(alibaba.place(endpoint_url=server.url), kinds=["image_task"]))

    assert (ids(result), result["failed"]) == (["t-1", "t-2"], True)
    (error,) = result["errors"]
    assert (error["error"]["code"], error["error"]["class"]) == ("ListCutShort", "unexpected")
    said = "the provider's own total of this list is 3, but the number received is 1. Search again"
    assert said in result["msg"]


def test_a_list_says_on_how_many_instances_commands_run(cloud):
    cloud.run(count=3)
    (result,) = play(cloud.info())
    assert result["msg"].endswith(": 1 found, 1 of them in flight on 3 instances.")
