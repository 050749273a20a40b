# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything in flight, over kinds, providers and regions."""

from __future__ import annotations

import json

import pytest

INFO = "cloudops.halt.inflight_info"


def info(*scopes, **options):
    """A task that searches in these scopes."""
    return {INFO: {"retries": 0, **({"scopes": list(scopes)} if scopes else {}), **options}}


def ids(result):
    return [each["id"] for each in result["operations"]]


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
    alibaba.run(name="nightly-over", status="Success")
    tencent.run(name="nightly-over", status="SUCCESS")
    alibaba.start("automation_execution", name="over", status="Failed")
    alibaba.run(name="nightly-elsewhere", region="cn-beijing", age=100)
    return started


def test_what_is_found_and_what_is_said_of_it(ansible, alibaba, tencent, busy):
    both = (alibaba.place(account="blue"), tencent.place())
    whole, scheduled, named, old, some, one_kind, few, regions, doubled, single = ansible.play(
        info(*both),
        info(*both, include_scheduled=True),
        info(*both, name="nightly-*"),
        info(*both, older_than="50m"),
        info(*both, older_than="30m", name="*[!p]", kinds=["cloud_invocation", "stack_group_operation"]),
        info(alibaba.place(), kinds=["image_task"]),
        info(*both, max_results=2),
        info(alibaba.place(), alibaba.place(region="cn-beijing"), kinds=["cloud_invocation"]),
        info(alibaba.place(), alibaba.place(), kinds=["image_task", "image_task"]),
        info(**tencent.connection),
    ).results

    *oldest, last = [busy[name] for name in ("execution", "run", "group", "command", "task")]
    assert ids(whole) == [*oldest, last], "sorted, the oldest first"
    assert ids(scheduled) == [busy["schedule"], *oldest, last]
    assert ids(named) == [busy["run"], busy["command"]]
    assert ids(old) == [busy["execution"], busy["run"], busy["group"]]
    assert ids(some) == [busy["group"]]
    assert ids(one_kind) == ids(doubled) == [busy["task"]]
    assert (ids(few), few["total"], len(few["targets"])) == (oldest[:2], 5, 2)
    assert few["msg"] == "5 operations in flight, of which the oldest 2 are shown."
    assert one_kind["msg"] == "1 operation in flight."
    assert [(each["region"], each["scope"]) for each in regions["operations"]] == [
        (alibaba.region, 0),
        ("cn-beijing", 1),
    ]
    assert ids(single) == [busy["run"]]
    for result in (whole, scheduled, named, old, some, one_kind, few, regions, doubled, single):
        assert (result["failed"], result["changed"], result["errors"]) == (False, False, [])
        assert "error" not in result

    operation = whole["operations"][1]
    assert {
        "kind": "cloud_invocation",
        "provider": "tencent",
        "region": tencent.region,
        "name": "nightly-cleanup",
        "state": "running",
        "status": "RUNNING",
        "instances_total": 3,
        "finished": None,
        "is_schedule": False,
        "scope": 1,
        "account": tencent.keys["default"]["access_key_id"],
    }.items() <= operation.items()
    assert "instance_ids" not in operation
    assert whole["operations"][0]["account"] == "blue"
    assert whole["targets"][0] == {
        "kind": "automation_execution",
        "provider": "alibaba",
        "region": alibaba.region,
        "account": "blue",
        "id": busy["execution"],
    }


def test_instances_select_the_commands_that_run_on_them(ansible, tencent):
    several = tencent.run(count=3, age=60)
    other = tencent.run(instances=[several.instance_ids[1], "ins-another1"])
    tencent.run(count=2)
    wanted = [several.instance_ids[1], several.instance_ids[2], several.instance_ids[1]]

    result = ansible.play(info(tencent.place(), instance_ids=wanted)).result

    assert [(each["id"], each["instance_ids"]) for each in result["operations"]] == [
        (several.id, wanted[:2]),
        (other.id, wanted[:1]),
    ]
    assert [each["instance_ids"] for each in result["targets"]] == [wanted[:2], wanted[:1]]


@pytest.mark.any_core
def test_lists_are_followed_to_their_end(ansible, alibaba, tencent):
    for _ in range(120):
        alibaba.run()
        alibaba.start("image_task")
        tencent.run()

    result = ansible.play(info(alibaba.place(), tencent.place(), kinds=["cloud_invocation", "image_task"])).result

    assert (result["total"], len(set(ids(result)))) == (360, 360)


def test_a_search_that_fails_hides_no_other(ansible, alibaba, tencent, busy):
    scopes = (tencent.place("denied", account="green"), alibaba.place(), alibaba.place("inactive", region="cn-beijing"))

    strict, lenient, everywhere, gone = ansible.play(
        info(*scopes),
        info(*scopes, fail_on_error=False),
        info(scopes[0]),
        info(alibaba.place(endpoint_url="http://127.0.0.1:9"), fail_on_error=False, kinds=["image_task"]),
    ).results

    assert (strict["failed"], lenient["failed"], everywhere["failed"], gone["failed"]) == (True, False, True, False)
    for result in (strict, lenient):
        assert ids(result) == [busy[name] for name in ("execution", "group", "command", "task")]
        assert [(each["provider"], each["scope"], each["error"]["class"]) for each in result["errors"]] == [
            ("tencent", 0, "denied"),
            *[("alibaba", 2, "auth")] * 4,
        ]
        assert {each["account"] for each in result["errors"]} == {
            "green",
            alibaba.keys["inactive"]["access_key_id"],
        }
        assert "Searches that failed: 5 of 9" in result["msg"] and tencent.words.denied in result["msg"]
    assert strict["error"] == strict["errors"][0]["error"] and "error" not in lenient
    assert (everywhere["operations"], everywhere["total"]) == ([], 0)
    assert gone["errors"][0]["error"]["code"] == "Unreachable"


def test_what_cannot_be_meant_is_refused_before_any_call(ansible, alibaba):
    """Some of tests/unit/test_bad_options.py, as Ansible shows them."""
    wrong = {
        "scopes is empty": info(scopes=[]),
        "'3 weeks' is not an age": info(alibaba.place(), older_than="3 weeks"),
        "image_taks": info(alibaba.place(), kinds=["image_taks"]),
        "regoin": info(alibaba.place(regoin="cn-beijing")),
        "access_key_id, access_key_secret": info(alibaba.place(access_key_secret=None)),
    }

    run = ansible.play(*wrong.values())

    for what, result in zip(wrong, run.results, strict=True):
        assert result["failed"] and what in result["msg"], (what, result["msg"])
        assert "operations" not in result
    assert alibaba.requests() == []
    assert "Traceback" not in run.output


def test_ad_hoc_with_the_environment_of_both_clouds(ansible, alibaba, tencent, busy):
    environment = {
        cloud.words.env[name]: value
        for cloud in (alibaba, tencent)
        for name, value in {**cloud.keys["session"], "endpoint_url": cloud.url, "region": cloud.region}.items()
    }
    scopes = json.dumps({"scopes": [{"provider": "alibaba"}, {"provider": "tencent"}]})

    run = ansible.adhoc(INFO, scopes, "-vvvv", environment=environment)

    assert run.returncode == 0, run.output
    assert len(run.result["operations"]) == 5
    for cloud in (alibaba, tencent):
        for secret in ("access_key_secret", "security_token"):
            assert cloud.keys["session"][secret] not in run.output
