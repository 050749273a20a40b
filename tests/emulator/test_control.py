# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control interface."""

from __future__ import annotations

import json
import time

import pytest


def test_about(control):
    about = control.get("")
    assert "not verified against a live cloud" in about["note"]
    services = about["providers"]["alibaba"]
    assert [(each["service"], each["version"], each["kinds"]) for each in services] == [
        ("ecs", "2014-05-26", ["cloud_invocation"]),
        ("ecs", "2014-05-26", ["image_task"]),
        ("oos", "2019-06-01", ["automation_execution"]),
        ("ros", "2019-09-10", ["stack_group_operation"]),
    ]
    assert "CancelInvocation" in about["providers"]["tencent"][0]["actions"]


def test_keys(control, emulator):
    keys = control.get("keys")
    for provider in ("alibaba", "tencent"):
        assert {"default", "denied", "session", "expired", "inactive"} <= set(keys[provider])
        assert "security_token" in keys[provider]["session"]
        given = dict(emulator.keys[provider])
        given.pop("region")
        assert given == keys[provider]["default"]


def test_operations(control):
    one = control.create(
        "alibaba",
        id="t-hz0mine",
        name="backup",
        region="cn-beijing",
        command_id="c-mine",
        instances=["i-1", {"instance_id": "i-2", "status": "Failed", "exit_code": 4}],
    )
    assert one == {"id": "t-hz0mine", "instance_ids": ["i-1", "i-2"]}
    two = control.create("tencent", count=2, source="INVOKER")
    assert [each["id"] for each in control.get("operations")] == [one["id"], two["id"]]
    seen = control.get("operations/t-hz0mine")
    assert {
        "provider": "alibaba",
        "region": "cn-beijing",
        "name": "backup",
        "status": "Running",
    }.items() <= seen.items()
    assert seen["command_id"] == "c-mine"
    assert [(each["status"], each["exit_code"]) for each in seen["instances"]] == [("Running", None), ("Failed", 4)]
    assert control.send("GET", "operations/t-unknown").status_code == 404


def test_finish(control):
    target = control.create("tencent", count=3, status="RUNNING")
    first = target["instance_ids"][0]
    control.send("POST", f"operations/{target['id']}/finish", {"instance_ids": [first], "status": "FAILED"})
    assert list(control.statuses(target["id"]).values()) == ["FAILED", "RUNNING", "RUNNING"]
    control.send("POST", f"operations/{target['id']}/finish")
    assert list(control.statuses(target["id"]).values()) == ["FAILED", "SUCCESS", "SUCCESS"]
    for body in ({"instance_ids": ["ins-x"]}, {"status": "RUNNING"}, {"when": "now"}):
        assert control.send("POST", f"operations/{target['id']}/finish", body).status_code == 400


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "has a provider"),
        ({"provider": "azure", "count": 1}, "has a provider"),
        ({"provider": "alibaba"}, "count of instances or a list"),
        ({"provider": "alibaba", "count": 1, "instances": ["i-1"]}, "count of instances or a list"),
        ({"provider": "alibaba", "count": 0}, "between 1 and"),
        ({"provider": "alibaba", "count": "many"}, "count cannot be 'many'"),
        ({"provider": "alibaba", "instances": []}, "at least one instance"),
        ({"provider": "alibaba", "instances": ["ins-1"]}, "does not look like an instance id"),
        ({"provider": "alibaba", "instances": [{"status": "Running"}]}, "does not look like an instance id"),
        ({"provider": "alibaba", "instances": ["i-1", "i-1"]}, "named twice"),
        ({"provider": "alibaba", "instances": [{"instance_id": "i-1", "colour": "red"}]}, "has no 'colour'"),
        ({"provider": "alibaba", "count": 1, "colour": "red"}, "has no 'colour'"),
        ({"provider": "alibaba", "count": 1, "age": -1}, "cannot be negative"),
        ({"provider": "alibaba", "count": 1, "online": "no"}, "online cannot be 'no'"),
        ({"provider": "alibaba", "count": 1, "id": "inv-00000000"}, "does not look like an invocation id"),
        ({"provider": "alibaba", "count": 1, "frequency": "often"}, "frequency is"),
        ({"provider": "tencent", "count": 1, "frequency": "rate(5m)"}, "has no frequency"),
        ({"provider": "alibaba", "count": 1, "region": "ap-guangzhou"}, "has no region"),
        ({"provider": "alibaba", "count": 1, "kind": "server"}, "has no operations of the kind"),
        ({"provider": "tencent", "kind": "image_task"}, "has no operations of the kind"),
        ({"provider": "alibaba", "kind": "image_task", "count": 1}, "has no 'count'"),
        ({"provider": "alibaba", "kind": "image_task", "id": "exec-1"}, "does not look like an id"),
        ({"provider": "alibaba", "kind": "image_task", "final_status": "Waiting"}, "no status to end with"),
        ({"provider": "alibaba", "kind": "automation_execution", "category": "Sometimes"}, "A category is one of"),
        ({"provider": "alibaba", "kind": "automation_execution", "parent": "exec-0"}, "There is no execution exec-0"),
        ({"provider": "alibaba", "kind": "automation_execution", "invocation_ids": [1]}, "invocation_ids are texts"),
        ({"provider": "alibaba", "kind": "automation_execution", "children": -1}, "between 0 and"),
        ({"provider": "alibaba", "kind": "stack_group_operation", "action": "PAINT"}, "action is one of"),
        ({"provider": "alibaba", "kind": "stack_group_operation", "id": "1"}, "does not look like an id"),
        ({"provider": "alibaba", "kind": "stack_group_operation", "group": "a b"}, "no name of a stack group"),
        ({"provider": "alibaba", "kind": "stack_group_operation", "accounts": [1]}, "are texts"),
        ({"provider": "alibaba", "kind": "stack_group_operation", "accounts": []}, "at least one"),
        ({"provider": "alibaba", "kind": "stack_group_operation", "pairs": [{"account": "1"}]}, "A pair is"),
        ({"provider": "alibaba", "kind": "stack_group_operation", "max_concurrent": 0}, "at least 1"),
        ([1], "not a JSON object"),
    ],
)
def test_bad_operations(control, body, words):
    response = control.send("POST", "operations", body)
    assert response.status_code == 400
    assert words in response.json()["error"]
    assert control.get("operations") == []


def test_an_id_is_taken_once(control):
    control.create("alibaba", count=1, id="t-1")
    assert control.send("POST", "operations", {"provider": "alibaba", "count": 1, "id": "t-1"}).status_code == 400


def test_not_json(control, session):
    response = session.post(f"{control.url}/settings", data=b"{")
    assert response.status_code == 405
    assert session.put(f"{control.url}/settings", data=b"{").json() == {"error": "The body is not JSON."}
    assert session.put(f"{control.url}/settings", data=b'{"clock_skew": NaN}').status_code == 400


def test_requests(control, alibaba, tencent):
    before = time.time()
    target = control.create("alibaba", count=2, status="Pending")
    wanted = {"InvokeId": target["id"], "InstanceId.1": target["instance_ids"][0]}
    request_id = alibaba.ok("StopInvocation", **wanted)["RequestId"]
    alibaba.v1("DescribeInvocations", {"RegionId": "cn-hangzhou"}, key="session")
    tencent.send("CancelInvocation", {"InvocationId": "inv-zzzzzzzz", "InstanceIds": ["ins-1", "ins-2"]})
    stop, describe, cancel = control.get("requests")
    moment = stop.pop("time")
    assert before <= moment <= time.time()
    assert stop == {
        "provider": "alibaba",
        "action": "StopInvocation",
        "region": "cn-hangzhou",
        "key": "default",
        "parameters": {"RegionId": "cn-hangzhou", **wanted},
        "ids": 1,
        "code": None,
        "http_status": 200,
        "request_id": request_id,
    }
    assert (describe["key"], describe["parameters"]) == ("session", {"RegionId": "cn-hangzhou"})
    assert (cancel["code"], cancel["http_status"], cancel["ids"]) == ("ResourceNotFound.InvocationNotFound", 200, 2)
    assert cancel["region"] == "ap-guangzhou"
    assert [each["action"] for each in control.get("requests?provider=tencent")] == ["CancelInvocation"]
    assert len(control.get("requests?action=StopInvocation")) == 1
    control.send("DELETE", "requests")
    assert control.get("requests") == []


def test_the_log_keeps_no_secrets(control, alibaba, tencent):
    for key in ("default", "session", "expired", "denied"):
        alibaba.v1("DescribeRegions", key=key)
        alibaba.v3("DescribeRegions", key=key)
        tencent.send("DescribeRegions", key=key)
    log = json.dumps(control.get("requests"))
    for pairs in control.get("keys").values():
        for pair in pairs.values():
            assert pair["access_key_secret"] not in log
            assert pair.get("security_token", "-----") not in log
    assert "Signature" not in log


def test_clock(control):
    assert control.get("clock")["mode"] == "real"
    control.send("POST", "clock", {"advance": 100})
    assert 99 < control.get("clock")["now"] - time.time() < 101
    control.send("POST", "clock", {"mode": "manual"})
    first = control.get("clock")["now"]
    assert control.send("POST", "clock", {"advance": 5}).json() == {"mode": "manual", "now": first + 5}
    control.send("POST", "clock", {"mode": "real"})
    assert 0 <= control.get("clock")["now"] - (first + 5) < 2
    for body in ({}, {"mode": "slow"}, {"advance": -1}, {"advance": "1"}, {"set": 0}):
        assert control.send("POST", "clock", body).status_code == 400


def test_signatures_are_checked_in_real_time(control, alibaba, tencent):
    control.stand_still()
    control.advance(10**6)
    assert alibaba.v3("DescribeRegions").status_code == 200
    assert tencent.code("DescribeRegions") == ""


def test_settings(control):
    start = control.get("settings")
    control.settings(unknown_id="error", embedded_instances=5, run_seconds=2.5)
    changed = control.get("settings")
    assert changed == {**start, "unknown_id": "error", "embedded_instances": 5, "run_seconds": 2.5}
    for body in (
        {"colour": "red"},
        {"unknown_id": "perhaps"},
        {"embedded_instances": -1},
        {"embedded_instances": 1.5},
        {"nullable": 1},
        {"rate_limit": True},
        {"rate_limit": None},
        {"unknown_id": "empty", "colour": "red"},
        {"pending_seconds": -1},
    ):
        assert control.send("PUT", "settings", body).status_code == 400
    assert control.get("settings") == changed
    control.settings(embedded_instances=None)


def test_reset(control, alibaba):
    first = control.create("alibaba", count=1)
    alibaba.v3("DescribeRegions", headers={"x-acs-signature-nonce": "again"})
    control.settings(unknown_id="error")
    control.fault("throttle")
    control.stand_still()
    control.send("POST", "reset")
    for path in ("operations", "requests", "faults"):
        assert control.get(path) == []
    assert control.get("clock")["mode"] == "real"
    assert control.get("settings")["unknown_id"] == "empty"
    assert alibaba.v3("DescribeRegions", headers={"x-acs-signature-nonce": "again"}).status_code == 200
    assert control.create("alibaba", count=1) == first


def test_unknown_paths(control):
    for method, path, status in (("GET", "nothing", 404), ("PATCH", "settings", 501), ("DELETE", "clock", 405)):
        assert control.send(method, path).status_code == status
