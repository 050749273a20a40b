# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many targets of any kind in one task."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

CANCEL = "cloudops.halt.inflight_cancel"
INFO = "cloudops.halt.inflight_info"

STOPS = ("StopInvocation", "CancelExecution", "CancelTask", "StopStackGroupOperation", "CancelInvocation")


def cancel(*targets, keywords=None, **options):
    """A task that stops these targets, soon done unless the options say otherwise."""
    quick = {"wait_timeout": 20, "wait_interval": 0.1, "retries": 2}
    return {CANCEL: {**quick, "targets": targets, **options}, **(keywords or {})}


def verdict(result):
    return result["failed"], result["changed"]


def verdicts(result):
    """What became of each target."""
    return {each["target"]["id"]: each["outcome"] for each in result["results"]}


def stop_actions(*clouds):
    return Counter(each["action"] for cloud in clouds for each in cloud.requests() if each["action"] in STOPS)


@pytest.fixture
def one_of_each(alibaba, tencent):
    """Something in flight of every kind, as targets."""
    commands = alibaba.run(count=3, name="nightly-backup"), tencent.run(count=4, name="nightly-cleanup")
    return [
        alibaba.target(commands[0], account="blue"),
        tencent.target(commands[1], instance_ids=commands[1].instance_ids[:2]),
        alibaba.target(alibaba.start("automation_execution", name="restart-fleet"), "automation_execution"),
        alibaba.target(alibaba.start("image_task", action="ExportImage"), "image_task"),
        alibaba.target(
            alibaba.start("stack_group_operation", group="landing-zone", accounts=["1", "2"]), "stack_group_operation"
        ),
    ]


def test_one_task_stops_every_kind_and_a_second_run_changes_nothing(ansible, alibaba, tencent, one_of_each):
    stranger = tencent.run(count=1)
    run = ansible.play(
        cancel(*one_of_each, keywords={"check_mode": True, "diff": True}),
        cancel(*one_of_each, keywords={"diff": True}),
        cancel(*one_of_each),
        cancel(*one_of_each, fail_if_not_running=True),
        {INFO: {"scopes": [alibaba.place(), tencent.place()]}},
    )
    preview, first, second, strict, left = run.results

    assert verdict(preview) == (False, True)
    assert set(verdicts(preview).values()) == {"would_stop"}
    assert (preview["summary"]["would_stop"], preview["summary"]["stop_calls"], preview["request_ids"]) == (8, 0, [])
    assert preview["still_running"] == []

    assert verdict(first) == (False, True)
    assert [each["target"]["id"] for each in first["results"]] == [each["id"] for each in one_of_each]
    assert set(verdicts(first).values()) == {"stopped"}
    # Three instances, two named ones, and three operations of other kinds.
    assert (first["summary"]["requested"], first["summary"]["stopped"], first["summary"]["merged"]) == (8, 8, 0)
    assert first["summary"]["operations"]["stopped"] == first["summary"]["operations"]["requested"] == 5
    assert first["summary"]["calls"] >= first["summary"]["stop_calls"] == len(first["request_ids"]) == 5
    assert stop_actions(alibaba, tencent) == dict.fromkeys(STOPS, 1)
    assert first["msg"] == "5 operations (8, counting instances and children): 8 stopped."
    assert first["still_running"] == [] and "error" not in first

    command, named, execution, task, group = first["results"]
    assert command["target"]["account"] == "blue"
    assert {each["outcome"] for each in command["instances"]} == {"stopped"} and len(command["instances"]) == 3
    assert [each["instance_id"] for each in named["instances"]] == one_of_each[1]["instance_ids"]
    assert (named["operation"]["state"], named["operation"]["name"]) == ("running", "nightly-cleanup")
    assert (execution["children"], execution["invocations"], execution["instances"]) == ([], [], [])
    assert task["operation"]["name"] == "ExportImage" and task["instances"] == []
    assert len(group["results_by_target"]) == 2
    for each in first["results"]:
        assert (each["failed"], each["changed"], len(each["request_ids"])) == (False, True, 1)
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment) for moment in each["times"].values())
        assert set(each["times"]) == {"read", "stop_accepted", "read_last"}
    for instance_id in one_of_each[1]["instance_ids"]:
        assert len(re.findall(rf'^\+ .*"{instance_id}": "stopped"', run.stdout, re.MULTILINE)) == 2, (
            "foretold, and done"
        )

    assert verdict(second) == (False, False)
    assert set(verdicts(second).values()) == {"already_finished"}
    assert verdict(strict) == (True, False)
    assert sum(stop_actions(alibaba, tencent).values()) == 5
    remaining = [each["id"] for each in left["operations"]]
    assert sorted(remaining) == sorted([stranger.id, one_of_each[1]["id"]]), "only what was named was stopped"


def test_what_is_found_is_stopped_with_the_connection_of_the_task(ansible, alibaba):
    """The way of a user: find, stop what was found, stop again what still runs."""
    nightly = [alibaba.run(name="nightly", count=2, stopping_seconds=4) for _ in range(3)]
    other = alibaba.run(name="weekly")
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {"group/cloudops.halt.all": alibaba.connection},
        "tasks": [
            {INFO: {"name": "nightly"}, "register": "found"},
            {
                CANCEL: {"targets": "{{ found.targets }}", "wait_timeout": 0.5, "wait_interval": 0.1},
                "register": "first",
                "failed_when": "first.still_running | length != 3",
            },
            {CANCEL: {"targets": "{{ first.still_running }}", "wait_timeout": 30, "wait_interval": 0.5}},
        ],
    }
    playbook = ansible.folder / "found.json"
    playbook.write_text(json.dumps([play]))

    run = ansible.run("ansible-playbook", str(playbook), environment={"ANSIBLE_STDOUT_CALLBACK": "minimal"})

    assert run.returncode == 0, run.output
    _found, first, second = run.results
    assert set(verdicts(first).values()) == {"still_running"}
    assert first["still_running"][0] == {
        "kind": "cloud_invocation",
        "provider": "alibaba",
        "region": alibaba.region,
        "account": alibaba.keys["default"]["access_key_id"],
        "id": nightly[0].id,
        "instance_ids": nightly[0].instance_ids,
    }
    assert set(verdicts(second).values()) <= {"stopped", "already_finished"}
    assert {status for each in nightly for status in alibaba.statuses(each).values()} == {"Terminated"}
    assert set(alibaba.statuses(other).values()) == {"Running"}


def test_what_goes_wrong_with_one_target_keeps_no_other_from_being_stopped(ansible, alibaba, tencent):
    def targets():
        fine, denied, named, rejected, part = (tencent.run(count=2, name="right") for _ in range(5))
        far = alibaba.run(count=2)
        over = tencent.run(status="SUCCESS")
        return {
            "fine": tencent.target(fine),
            "gone": tencent.target(tencent.words.unknown_id),
            "denied": tencent.target(denied, **tencent.keys["denied"]),
            "misnamed": tencent.target(named, expected_name="wrong"),
            "rejected": tencent.target(rejected, access_key_secret="not-the-secret"),
            "unreachable": alibaba.target(far, endpoint_url="http://127.0.0.1:9"),
            "part": tencent.target(part, instance_ids=[part.instance_ids[0], tencent.words.unknown_instance]),
            "over": tencent.target(over),
            "also fine": alibaba.target(alibaba.run(count=2)),
        }

    strict, lenient = targets(), targets()
    results = ansible.play(
        cancel(*strict.values(), keywords={"check_mode": True}),
        cancel(*strict.values()),
        cancel(*lenient.values(), ignore_not_found=True),
    ).results

    for targets_of, fine, result in zip(
        (strict, strict, lenient), ("would_stop", "stopped", "stopped"), results, strict=True
    ):
        assert verdict(result) == (True, True)
        tolerant = targets_of is lenient
        assert verdicts(result) == {
            targets_of["fine"]["id"]: fine,
            targets_of["gone"]["id"]: "not_found",
            targets_of["denied"]["id"]: "failed",
            targets_of["misnamed"]["id"]: "skipped",
            targets_of["rejected"]["id"]: "failed",
            targets_of["unreachable"]["id"]: "failed",
            targets_of["part"]["id"]: "stopped" if tolerant else "not_found",
            targets_of["over"]["id"]: "already_finished",
            targets_of["also fine"]["id"]: fine,
        }
        failed = {each["target"]["id"] for each in result["results"] if each["failed"]}
        names = ("gone", "denied", "misnamed", "rejected", "unreachable", "part")
        assert failed == {targets_of[name]["id"] for name in (names[1:5] if tolerant else names)}
        by_id = {each["target"]["id"]: each for each in result["results"]}
        classes = {
            name: by_id[targets_of[name]["id"]]["error"]["class"] for name in ("denied", "rejected", "unreachable")
        }
        assert classes == {"denied": "denied", "rejected": "auth", "unreachable": "unreachable"}
        assert result["error"] == by_id[targets_of["denied"]["id"]]["error"]
        assert f"({len(failed) - 1} more, see results.)" in result["msg"]
        assert {each["id"] for each in result["still_running"]} == {
            targets_of[name]["id"] for name in ("denied", "rejected", "unreachable")
        }
        counted = {name: number for name, number in result["summary"].items() if name in set(verdicts(result).values())}
        assert sum(counted.values()) == result["summary"]["requested"]
    part = {each["instance_id"]: each["outcome"] for each in results[2]["results"][6]["instances"]}
    assert list(part.values()) == ["stopped", "not_found"]
    assert stop_actions(tencent)["CancelInvocation"] == 1 + 2


def test_targets_that_name_the_same_operation_are_one(ansible, tencent):
    some, whole = tencent.run(count=5, name="right"), tencent.run(count=2, name="right")
    a, b, c, *_others = some.instance_ids

    run = ansible.play(
        cancel(
            tencent.target(some, instance_ids=[b, a]),
            tencent.target(whole, instance_ids=whole.instance_ids[:1]),
            tencent.target(f" {some.id} ", instance_ids=[a, c], expected_name="right"),
            tencent.target(whole),
        )
    )

    result = run.result
    assert verdict(result) == (False, True)
    assert [len(each["instances"]) for each in result["results"]] == [3, 2]
    assert [each["instance_id"] for each in result["results"][0]["instances"]] == [b, a, c]
    assert result["results"][0]["target"]["expected_name"] == "right"
    assert result["summary"]["merged"] == 2
    assert [each["ids"] for each in sorted(tencent.stops(), key=lambda each: each["ids"])] == [0, 3]
    assert "2 of targets name an operation that another one names, too" in run.words


def test_too_many_targets_stop_nothing(ansible, tencent):
    commands = [tencent.run(count=4) for _ in range(3)]
    whole = [tencent.target(each) for each in commands]
    named = [tencent.target(each, instance_ids=each.instance_ids[:2]) for each in commands]

    results = ansible.play(
        cancel(*whole, max_targets=2),
        cancel(*named, max_targets=5),
        cancel(*whole, max_targets=11),
        cancel(*whole, max_targets=11, keywords={"check_mode": True}),
        cancel(*whole, max_targets=0),
        cancel(*named, max_targets=6, keywords={"check_mode": True}),
    ).results
    assert tencent.stops() == []
    named_operations, named_instances, found, predicted, nonsense, enough = results

    assert "3 operations and 0 instances are named, and max_targets=2 allows 2 of each" in named_operations["msg"]
    assert "3 operations and 6 instances are named" in named_instances["msg"]
    for result in (named_operations, named_instances, nonsense):
        assert result["failed"] and "Nothing was stopped." in result["msg"] and "results" not in result
    for result in (found, predicted):
        assert verdict(result) == (True, False)
        assert set(verdicts(result).values()) == {"skipped"}
        assert "3 operations and 12 instances would be stopped, and max_targets=11 allows 11" in result["msg"]
        assert result["still_running"] == []
    assert verdict(enough) == (False, True)

    (done,) = ansible.play(cancel(*whole, max_targets=12)).results
    assert (verdict(done), done["summary"]["stopped"]) == ((False, True), 12)


def test_what_cannot_be_meant_is_refused_before_any_call(ansible, alibaba):
    """Some of tests/unit/test_bad_options.py, as Ansible shows them."""
    fine = alibaba.target("t-hz0example001")
    wrong = {
        "targets is empty": cancel(),
        "targets[1]: id is empty": cancel(fine, {**fine, "id": " "}),
        "instanceids": cancel({**fine, "instanceids": ["i-1"]}),
        "cloud_invocations": cancel({**fine, "kind": "cloud_invocations"}),
        "missing required arguments: id": cancel({name: fine[name] for name in fine if name != "id"}),
    }

    run = ansible.play(*wrong.values())

    for what, result in zip(wrong, run.results, strict=True):
        assert result["failed"] and what in result["msg"], (what, result["msg"])
        assert "results" not in result
    assert alibaba.requests() == []
    assert "Traceback" not in run.output


def test_the_key_of_the_task_serves_one_cloud_beside_another_with_its_own(ansible, alibaba, tencent):
    mine = {"kind": "cloud_invocation", "id": alibaba.run().id}

    result = ansible.play(cancel(mine, tencent.target(tencent.run()), **alibaba.connection)).result

    assert verdict(result) == (False, True)
    assert set(verdicts(result).values()) == {"stopped"}


def test_without_waiting_stops_are_only_requested(ansible, tencent):
    commands = [tencent.run(count=2, stopping_seconds=60) for _ in range(3)]

    result = ansible.play(cancel(*map(tencent.target, commands), wait=False)).result

    assert verdict(result) == (False, True)
    assert set(verdicts(result).values()) == {"stop_requested"}
    assert [each["id"] for each in result["still_running"]] == [each.id for each in commands]


def test_no_secret_shows(ansible, alibaba, tencent):
    marker = "MARKER-of-a-target"
    sessions = alibaba.keys["session"], tencent.keys["session"]
    targets = [
        alibaba.target(alibaba.run(), **sessions[0]),
        tencent.target(tencent.run(), **sessions[1]),
        tencent.target(tencent.run(), **{**sessions[1], "access_key_secret": marker}),
        tencent.target(tencent.run(), proxy=f"http://user:{marker}@127.0.0.1:9"),
    ]

    run = ansible.play(
        cancel(*targets),
        cancel(targets[2], wait_timeout=-1),
        cancel({**targets[2], "nonsense": True}),
        {INFO: {"scopes": [{name: each[name] for name in each if name not in ("kind", "id")} for each in targets]}},
        flags=("-vvvv", "--diff"),
    )

    stopped, *failures = run.results
    assert sorted(verdicts(stopped).values()) == ["failed", "failed", "stopped", "stopped"]
    assert all(each["failed"] for each in failures)
    for secret in (marker, *(each[name] for each in sessions for name in ("access_key_secret", "security_token"))):
        shown = [line for line in run.output.splitlines() if secret in line]
        assert not shown, f"{secret} shows in {shown[0][:500]}"


class TestProgress:
    LINE = re.compile(r"localhost: (\d+) / 4 done: .*\d+\.\d calls/s", re.ASCII)

    def play(self, ansible, tencent, *, progress, **keywords):
        command = tencent.run(count=4)
        task = cancel(tencent.target(command), progress=progress, keywords={"name": "Stop", **keywords})
        playbook = ansible.folder / f"progress-{progress}.json"
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
        return command, ["ansible-playbook", str(playbook)]

    def test_it_is_shown_while_a_slow_stop_runs_if_it_is_wanted(self, ansible, tencent):
        tencent.settings(stopping_seconds=3)
        _command, shown = self.play(ansible, tencent, progress=0.5)
        loud = ansible.run(*shown)
        _command, hidden = self.play(ansible, tencent, progress=0)
        quiet = ansible.run(*hidden)

        assert (loud.returncode, quiet.returncode) == (0, 0), loud.output
        assert len(self.LINE.findall(loud.stdout)) >= 2
        assert not self.LINE.search(quiet.output)
        assert not list(Path(ansible.folder).rglob("halt-progress")), "the lines leave nothing behind"

    def test_a_reader_that_leaves_early_does_not_end_the_stop(self, ansible, tencent):
        tencent.settings(stopping_seconds=2)
        command, (name, playbook) = self.play(ansible, tencent, progress=0.2)
        started = subprocess.Popen(
            [str(Path(sys.executable).with_name(name)), playbook],
            cwd=ansible.folder,
            env=ansible.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert started.stdout is not None
        started.stdout.readline()
        started.stdout.close()
        started.wait(60)
        assert set(tencent.statuses(command).values()) == {"TERMINATED"}

    def test_a_task_in_the_background_works_as_well(self, ansible, tencent):
        _command, (name, playbook) = self.play(ansible, tencent, progress=0.2, **{"async": 60, "poll": 1})

        # Ansible looks for "~" in two ways, and in the environment of the tests they differ.
        environment = {"ANSIBLE_STDOUT_CALLBACK": "minimal", "ANSIBLE_ASYNC_DIR": str(ansible.folder / "jobs")}
        run = ansible.run(name, playbook, environment=environment)

        assert run.returncode == 0, run.output
        assert (verdict(run.results[-1]), run.results[-1]["summary"]["stopped"]) == ((False, True), 4)


def most_within(seconds, requests):
    """The most calls of one action that came within any so many seconds."""
    times: dict[tuple[str, str], list[float]] = {}
    for each in requests:
        times.setdefault((each["region"], each["action"]), []).append(each["time"])
    return max(
        sum(first <= each < first + seconds for each in moments[number : number + 1000])
        for moments in map(sorted, times.values())
        for number, first in enumerate(moments)
    )


@pytest.mark.any_core
def test_five_hundred_targets_and_ten_thousand_instances_keep_to_the_limits(ansible, alibaba, tencent):
    alibaba.settings(rate_limit=20)
    targets = [
        *(tencent.target(tencent.run(count=2)) for _ in range(250)),
        *(alibaba.target(alibaba.run(count=2)) for _ in range(80)),
        *(alibaba.target(alibaba.start("automation_execution"), "automation_execution") for _ in range(60)),
        *(alibaba.target(alibaba.start("image_task"), "image_task") for _ in range(60)),
        *(alibaba.target(alibaba.start("stack_group_operation"), "stack_group_operation") for _ in range(50)),
    ]
    large = [(alibaba, alibaba.run(count=2500)), (tencent, tencent.run(count=7500))]
    wide = [cloud.target(command, instance_ids=command.instance_ids) for cloud, command in large]

    mixed, instances = ansible.play(
        cancel(*targets, wait_timeout=120, wait_interval=2), cancel(*wide, wait_timeout=120, wait_interval=2)
    ).results

    for result in (mixed, instances):
        assert verdict(result) == (False, True)
        assert set(verdicts(result).values()) == {"stopped"}
    assert [each["target"]["id"] for each in mixed["results"]] == [each["id"] for each in targets]
    assert mixed["summary"]["operations"]["stopped"] == 500
    assert mixed["summary"]["stopped"] == 2 * 330 + 170
    assert instances["summary"]["stopped"] == 10_000
    for (cloud, command), result in zip(large, instances["results"], strict=True):
        assert [each["instance_id"] for each in result["instances"]] == command.instance_ids
        assert {each["ids"] for each in cloud.stops(command)} == {cloud.words.limit}
        assert set(cloud.statuses(command).values()) == {cloud.words.terminated}
    requests = [*alibaba.requests(), *tencent.requests()]
    refused = [each for each in requests if each["code"]]
    assert sum(each["action"] in STOPS and not each["code"] for each in requests) == 500 + 50 + 75, (
        "each is stopped once"
    )
    # On a machine that stumbles, calls may arrive closer together than they were sent.
    assert {each["code"] for each in refused} <= {tencent.words.throttled} and len(refused) < len(requests) / 20
    assert most_within(5, tencent.requests()) <= 5 * 20 + 20
    assert all(len(each["parameters"].get("InvocationIds", [])) <= 100 for each in tencent.requests())
