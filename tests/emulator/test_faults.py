# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults that can be ordered: which calls they meet, how often, and what answers in their place."""

from __future__ import annotations

import pytest

from ..providers.alibaba.client import outcome


@pytest.fixture
def describe(alibaba):
    return lambda **options: alibaba.v3("DescribeInvocations", {"RegionId": "cn-hangzhou"}, **options)


def test_error(describe, alibaba, control):
    target = control.create("alibaba", count=1, status="Pending")["id"]
    control.fault("error", code="ServiceUnavailable", action="StopInvocation")
    control.fault("error", code="Strange", http_status=418, message="What?")
    assert alibaba.refusal("StopInvocation", {"InvokeId": target}) == ("ServiceUnavailable", 503)  # as it is documented
    assert control.status(target) == "Pending"
    response = describe()
    assert (outcome(response), response.json()["Message"]) == (("Strange", 418), "What?")


def test_times_after_and_filters(describe, alibaba, tencent, control):
    control.fault("error", code="X", provider="alibaba", action="DescribeRegions")
    control.fault("error", code="Y", provider="alibaba", action="DescribeInvocations", after=2, times=None)
    control.fault("error", code="Z", key="session")
    assert [describe().status_code for _ in range(4)] == [200, 200, 400, 400]
    assert tencent.code("DescribeInvocations") == ""
    assert tencent.code("DescribeInvocations", key="session") == "Z"
    assert len(control.get("faults")) == 2
    control.ok("DELETE", "faults")
    assert describe().status_code == 200
    control.fault("error", code="W", region="cn-beijing", times=None)
    codes = [alibaba.code("DescribeInvocations", {"RegionId": each}) for each in ("cn-hangzhou", "cn-beijing")]
    assert codes == ["", "W"]


def test_one_fault_alone_answers_and_may_say_when_to_come_again(describe, tencent, control):
    control.fault("content_type", content_type="application/json")  # goes along with any other
    control.fault("throttle", times=2, retry_after=3)
    control.fault("http_error", status=503, retry_after=1)
    assert describe().headers["x-acs-retry-after"] == "3"
    assert tencent.code("DescribeInvocations") == "RequestLimitExceeded"
    last = describe()
    assert (last.status_code, last.headers["Retry-After"]) == (503, "1")


def test_not_json(describe, control):
    control.fault("not_json")
    control.fault("not_json", body="{")
    first, second = describe(), describe()
    assert first.status_code == 200 and "<html>" in first.text
    assert second.text == "{"


def test_a_fault_hides_no_mistake(describe, control):
    control.fault("error", code="ServiceUnavailable")
    wrong = {"access_key_id": "LTAIEmulatorDefault", "access_key_secret": "x"}
    assert outcome(describe(key=wrong)) == ("SignatureDoesNotMatch", 400)
    assert len(control.get("faults")) == 1


def test_finish_first_ends_only_what_the_stop_names(tencent, control):
    target = control.create("tencent", count=3, status="RUNNING")
    control.fault("finish_first", status="TIMEOUT")
    tencent.ok("CancelInvocation", InvocationId=target["id"], InstanceIds=target["instance_ids"][:2])
    assert control.statuses(target["id"]) == ["TIMEOUT", "TIMEOUT", "RUNNING"]
    assert not any(control.accepted(target["id"]))


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
    assert words in control.refusal("POST", "faults", body)
