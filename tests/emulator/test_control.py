# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control interface."""

from __future__ import annotations

import json
import time
from email.utils import mktime_tz, parsedate_tz

import pytest

from emulator import Emulator

from ..support.providers import NAMES, words


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


def test_keys(control):
    keys = control.get("keys")
    for provider in NAMES:
        assert {"default", "denied", "session", "expired", "inactive"} <= set(keys[provider])
        assert "security_token" in keys[provider]["session"]
    with Emulator() as served:
        for provider in NAMES:
            assert served.keys[provider] == {**keys[provider]["default"], "region": words(provider).region}


def test_operations(control):
    instances = ["i-1", {"instance_id": "i-2", "status": "Failed", "exit_code": 4}]
    given = {"name": "backup", "region": "cn-beijing", "command_id": "c-mine"}
    one = control.create("alibaba", id="t-hz0mine", instances=instances, **given)
    assert one == {"id": "t-hz0mine", "instance_ids": ["i-1", "i-2"]}
    two = control.create("tencent", count=2, source="INVOKER")
    assert [each["id"] for each in control.get("operations")] == [one["id"], two["id"]]
    seen = control.shown("t-hz0mine")
    assert {**given, "provider": "alibaba", "status": "Running"}.items() <= seen.items()
    assert [(each["status"], each["exit_code"]) for each in seen["instances"]] == [("Running", None), ("Failed", 4)]
    assert control.send("GET", "operations/t-unknown").status_code == 404
    assert "already" in control.refusal("POST", "operations", {"provider": "alibaba", "count": 1, "id": "t-hz0mine"})


def test_finish_some_instances(control):
    target = control.create("tencent", count=3, status="RUNNING")
    control.finish(target["id"], instance_ids=target["instance_ids"][:1], status="FAILED")
    assert control.statuses(target["id"]) == ["FAILED", "RUNNING", "RUNNING"]
    control.finish(target["id"])
    assert control.statuses(target["id"]) == ["FAILED", "SUCCESS", "SUCCESS"]


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
        ({"provider": "aws", "kind": "automation_execution", "type": "Global"}, "A type is one of"),
        ({"provider": "aws", "kind": "automation_execution", "subtype": "x"}, "A type is one of"),
        ({"provider": "aws", "kind": "automation_execution", "parent": "x"}, "There is no execution"),
        ({"provider": "aws", "kind": "automation_execution", "children": 1001}, "between 0 and"),
        ({"provider": "aws", "kind": "automation_execution", "invocation_ids": [1]}, "are texts"),
        ({"provider": "aws", "kind": "automation_execution", "id": "exec-1"}, "does not look like an id"),
        (
            {"provider": "aws", "kind": "image_task", "id": "export-i-0", "action": "ImportImage"},
            "does not look like an id",
        ),
        ({"provider": "aws", "kind": "image_task", "action": "Paint"}, "An action is one of"),
        ({"provider": "aws", "kind": "stack_group_operation", "group": "a b"}, "no name of a stack set"),
        ({"provider": "aws", "kind": "stack_group_operation", "call_as": "ME"}, "call_as is one of"),
        ({"provider": "aws", "kind": "stack_group_operation", "action": "PAINT"}, "action is one of"),
        ({"provider": "aws", "kind": "stack_group_operation", "id": "-x"}, "does not look like an id"),
        ([1], "not a JSON object"),
    ],
)
def test_bad_operations(control, body, words):
    assert words in control.refusal("POST", "operations", body)
    assert control.get("operations") == []


def test_not_json(control, session):
    assert session.post(f"{control.url}/settings", data=b"{").status_code == 405
    for body in (b"{", b'{"clock_skew": NaN}'):
        response = session.put(f"{control.url}/settings", data=body)
        assert (response.status_code, response.json()) == (400, {"error": "The body is not JSON."})


def test_requests(control, alibaba, tencent):
    before = time.time()
    target = control.create("alibaba", count=2, status="Pending")
    wanted = {"InvokeId": target["id"], "InstanceId.1": target["instance_ids"][0]}
    request_id = alibaba.ok("StopInvocation", **wanted)["RequestId"]
    alibaba.v1("DescribeInvocations", {"RegionId": "cn-hangzhou"}, key="session")
    tencent.send("CancelInvocation", {"InvocationId": "inv-zzzzzzzz", "InstanceIds": ["ins-1", "ins-2"]})
    stop, describe, cancel = control.get("requests")
    assert before <= stop.pop("time") <= time.time()
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
    control.ok("DELETE", "requests")
    assert control.get("requests") == []


def test_the_log_keeps_no_secrets(control, alibaba, tencent):
    for key in ("default", "session", "expired", "denied"):
        alibaba.v1("DescribeRegions", key=key)
        alibaba.v3("DescribeRegions", key=key)
        tencent.send("DescribeRegions", key=key)
    log = json.dumps(control.get("requests"))
    assert "Signature" not in log
    for pair in (pair for pairs in control.get("keys").values() for pair in pairs.values()):
        assert pair["access_key_secret"] not in log
        assert pair.get("security_token", "-----") not in log


def test_clock(control, alibaba, tencent):
    assert control.get("clock")["mode"] == "real"
    control.advance(100)
    assert 90 < control.now() - time.time() < 110
    control.ok("POST", "clock", {"mode": "manual"})
    first = control.now()
    assert control.ok("POST", "clock", {"advance": 10**6}) == {"mode": "manual", "now": first + 10**6}
    # Signatures are checked in real time.
    assert (alibaba.v3("DescribeRegions").status_code, tencent.code("DescribeRegions")) == (200, "")
    control.ok("POST", "clock", {"mode": "real"})
    assert 0 <= control.now() - (first + 10**6) < 10
    for body in ({}, {"mode": "slow"}, {"advance": -1}, {"advance": "1"}, {"set": 0}):
        control.refusal("POST", "clock", body)


def test_the_date_of_an_answer_is_that_of_the_moments_in_it(control, clients):
    control.ok("POST", "clock", {"mode": "manual", "advance": 10**6})
    now = int(control.now())
    for name, client in clients.items():
        answer = client.send(words(name).describe)
        assert answer.status_code == 200
        assert mktime_tz(parsedate_tz(answer.headers["Date"])) == now


def test_settings(control):
    start = control.get("settings")
    changes = {"unknown_id": "error", "embedded_instances": 5, "run_seconds": 2.5}
    control.settings(**changes)
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
        control.refusal("PUT", "settings", body)
    assert control.get("settings") == {**start, **changes}
    control.settings(embedded_instances=None)


def test_reset(control, alibaba):
    first = control.create("alibaba", count=1)
    alibaba.v3("DescribeRegions", nonce="again")
    control.settings(unknown_id="error")
    control.fault("throttle")
    control.ok("POST", "clock", {"mode": "manual"})
    control.ok("POST", "reset")
    assert [control.get(path) for path in ("operations", "requests", "faults")] == [[], [], []]
    assert (control.get("clock")["mode"], control.get("settings")["unknown_id"]) == ("real", "empty")
    assert alibaba.v3("DescribeRegions", nonce="again").status_code == 200
    assert control.create("alibaba", count=1) == first


def test_unknown_paths(control):
    for method, path, status in (("GET", "nothing", 404), ("PATCH", "settings", 405), ("DELETE", "clock", 405)):
        assert control.send(method, path).status_code == status
