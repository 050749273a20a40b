# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault that can be ordered, as a client meets it."""

from __future__ import annotations

import threading
import time

import pytest
import requests

DESCRIBE = {"provider": "alibaba", "action": "DescribeInvocations"}


def describe(alibaba):
    return alibaba.v3("DescribeInvocations", {"RegionId": "cn-hangzhou"})


@pytest.fixture
def target(control):
    return control.create("alibaba", count=2, status="Pending", stopping_seconds=0)


def stop(alibaba, target):
    return alibaba.v3("StopInvocation", {"RegionId": "cn-hangzhou", "InvokeId": target["id"]})


def test_throttle(alibaba, tencent, control):
    control.fault("throttle", times=2, retry_after=3)
    first = describe(alibaba)
    assert (first.status_code, first.json()["Code"]) == (400, "Throttling.User")
    assert first.headers["x-acs-retry-after"] == "3"
    assert tencent.code("DescribeInvocations") == "RequestLimitExceeded"
    assert describe(alibaba).status_code == 200
    assert control.get("faults") == []


def test_error_has_the_documented_status(alibaba, control):
    control.fault("error", code="ServiceUnavailable", **DESCRIBE)
    control.fault("error", code="Strange", http_status=418, message="What?", **DESCRIBE)
    first, second = describe(alibaba), describe(alibaba)
    assert (first.status_code, first.json()["Code"]) == (503, "ServiceUnavailable")
    assert (second.status_code, second.json()["Code"], second.json()["Message"]) == (418, "Strange", "What?")


def test_times_after_and_filters(alibaba, tencent, control):
    control.fault("error", code="X", provider="alibaba", action="DescribeRegions")
    control.fault("error", code="Y", provider="alibaba", action="DescribeInvocations", after=2, times=None)
    control.fault("error", code="Z", key="session")
    assert [describe(alibaba).status_code for _ in range(4)] == [200, 200, 400, 400]
    assert tencent.code("DescribeInvocations") == ""
    assert tencent.code("DescribeInvocations", key="session") == "Z"
    assert len(control.get("faults")) == 2
    control.send("DELETE", "faults")
    assert describe(alibaba).status_code == 200


def test_a_fault_hides_no_mistake(alibaba, control):
    control.fault("error", code="ServiceUnavailable")
    wrong = {"access_key_id": "LTAIEmulatorDefault", "access_key_secret": "x"}
    assert alibaba.v3("DescribeRegions", key=wrong).json()["Code"] == "SignatureDoesNotMatch"
    assert len(control.get("faults")) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_http_error(alibaba, control, status):
    control.fault("http_error", status=status, retry_after=1)
    response = describe(alibaba)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.headers["Retry-After"] == "1"
    assert describe(alibaba).status_code == 200


def test_not_json(alibaba, control):
    control.fault("not_json")
    control.fault("not_json", body="{")
    first, second = describe(alibaba), describe(alibaba)
    assert first.status_code == 200 and "<html>" in first.text
    assert second.text == "{"


def test_content_type(alibaba, control, target):
    control.fault("content_type", content_type="text/html")
    response = describe(alibaba)
    assert response.headers["Content-Type"] == "text/html"
    assert response.json()["Invocations"]["Invocation"][0]["InvokeId"] == target["id"]


def test_expired_token(alibaba, oos, tencent, control):
    control.fault("expired_token", times=4, after=1)
    assert tencent.code("DescribeInvocations") == ""
    assert tencent.code("DescribeInvocations") == tencent.code("DescribeInvocations", key="expired")
    assert describe(alibaba).json()["Code"] == "InvalidSecurityToken.Expired"
    assert oos.code("ListExecutions") == ("ExpiredStsToken", 400)


def test_redirect(alibaba, control):
    control.fault("redirect", location="http://127.0.0.1:1/elsewhere")
    with pytest.raises(requests.ConnectionError):
        describe(alibaba)
    assert control.get("requests")[-1]["http_status"] == 302


def test_reset_acts_not(alibaba, control, target):
    control.fault("reset", action="StopInvocation")
    with pytest.raises(requests.ConnectionError):
        stop(alibaba, target)
    assert set(control.statuses(target["id"]).values()) == {"Pending"}
    assert stop(alibaba, target).status_code == 200
    first, second = control.get("requests?action=StopInvocation")
    assert (first["http_status"], second["http_status"]) == (None, 200)


def test_reset_after_acts(alibaba, control, target):
    control.fault("reset_after", action="StopInvocation")
    with pytest.raises(requests.ConnectionError):
        stop(alibaba, target)
    assert set(control.statuses(target["id"]).values()) == {"Cancelled"}


def test_truncate(alibaba, control, target):
    control.fault("truncate", action="StopInvocation")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        stop(alibaba, target)
    assert set(control.statuses(target["id"]).values()) == {"Cancelled"}


def test_latency_and_drip(alibaba, control):
    control.fault("latency", seconds=0.1)
    control.fault("drip", seconds=0.1)
    begin = time.monotonic()
    assert describe(alibaba).json()["Invocations"] == {"Invocation": []}
    assert time.monotonic() - begin >= 0.18


def test_drip_head(alibaba, control):
    control.fault("drip_head", seconds=0.2)
    begin = time.monotonic()
    with alibaba.session.get(f"{alibaba.url}/_emulator/clock", stream=True):
        assert time.monotonic() - begin < 0.1, "only the providers' calls meet faults"
    response = describe(alibaba)
    assert response.elapsed.total_seconds() >= 0.18
    assert response.json()["Invocations"] == {"Invocation": []}


def test_hang(alibaba, control):
    control.fault("hang", seconds=0.1)
    begin = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        describe(alibaba)
    assert time.monotonic() - begin >= 0.1


def test_a_delay_delays_nobody_else(alibaba, control):
    control.fault("latency", seconds=0.2, action="DescribeInvocations")
    waiting = threading.Thread(target=describe, args=(alibaba,))
    waiting.start()
    begin = time.monotonic()
    control.get("clock")
    assert time.monotonic() - begin < 0.1
    waiting.join()


def test_no_delay_outlives_the_emulator(alibaba, control, emulator):
    control.fault("hang", seconds=60)
    begin = time.monotonic()
    failed = []

    def call():
        try:
            describe(alibaba)
        except requests.ConnectionError:
            failed.append(True)

    waiting = threading.Thread(target=call)
    waiting.start()
    while control.get("faults"):
        time.sleep(0.01)
    emulator.stop()
    waiting.join()
    assert failed and time.monotonic() - begin < 5


def test_gzip(alibaba, control, target):
    control.fault("gzip")
    response = describe(alibaba)
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.json()["Invocations"]["Invocation"][0]["InvokeId"] == target["id"]


def test_stale_reads(tencent, control):
    control.stand_still()
    target = control.create("tencent", count=1, status="RUNNING", age=60, stopping_seconds=0)
    control.fault("stale_reads", seconds=5, times=3)

    def status():
        answer = tencent.ok("DescribeInvocations", InvocationIds=[target["id"]])
        return [each["InvocationStatus"] for each in answer["InvocationSet"]]

    tencent.ok("CancelInvocation", InvocationId=target["id"])  # not a read: it meets no stale_reads
    assert status() == ["RUNNING"]
    control.advance(4.9)
    assert status() == ["RUNNING"]
    control.advance(0.1)
    assert status() == ["CANCELLED"]
    assert control.get("faults") == []


def test_stale_reads_do_not_know_what_is_new(tencent, control):
    target = control.create("tencent", count=1)
    control.fault("stale_reads", seconds=5)
    assert tencent.ok("DescribeInvocations", InvocationIds=[target["id"]])["InvocationSet"] == []
    assert len(tencent.ok("DescribeInvocations", InvocationIds=[target["id"]])["InvocationSet"]) == 1


@pytest.mark.parametrize(("status", "ended"), [(None, "SUCCESS"), ("FAILED", "FAILED"), ("TIMEOUT", "TIMEOUT")])
def test_finish_first(tencent, control, status, ended):
    target = control.create("tencent", count=3, status="RUNNING")
    control.fault("finish_first", **({"status": status} if status else {}))
    tencent.ok("DescribeInvocations")
    assert len(control.get("faults")) == 1  # waits for a stop
    tencent.ok("CancelInvocation", InvocationId=target["id"], InstanceIds=target["instance_ids"][:2])
    assert list(control.statuses(target["id"]).values()) == [ended, ended, "RUNNING"]
    assert all(not each["stop_accepted_at"] for each in control.get(f"operations/{target['id']}")["instances"])


def test_finish_first_with_a_forbidding_provider(alibaba, control, target):
    control.settings(stop_of_finished="forbidden")
    control.fault("finish_first")
    assert stop(alibaba, target).json()["Code"] == "Operation.Forbidden"
    assert set(control.statuses(target["id"]).values()) == {"Success"}


def test_faults_that_change_add_up(alibaba, control):
    control.fault("gzip")
    control.fault("throttle")
    control.fault("http_error", status=500)
    first, second = describe(alibaba), describe(alibaba)
    assert (first.json()["Code"], first.headers["Content-Encoding"]) == ("Throttling.User", "gzip")
    assert second.status_code == 500 and "Content-Encoding" not in second.headers


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "has a kind"),
        ({"kind": "earthquake"}, "has a kind"),
        ({"kind": "latency"}, "needs 'seconds'"),
        ({"kind": "latency", "seconds": -1}, "cannot be -1"),
        ({"kind": "error"}, "needs 'code'"),
        ({"kind": "reset", "seconds": 1}, "has no 'seconds'"),
        ({"kind": "reset", "times": "often"}, "cannot be 'often'"),
        ({"kind": "http_error", "status": 42}, "cannot be 42"),
        ({"kind": "content_type"}, "needs 'content_type'"),
        ([], "not a JSON object"),
    ],
)
def test_bad_orders(control, body, words):
    response = control.send("POST", "faults", body)
    assert response.status_code == 400
    assert words in response.json()["error"]
