# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call the emulated Tencent Cloud, how often, and the parameter rules that hold for every action."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import pytest

from emulator import world
from emulator.tencent import auth

STRANGER = {"access_key_id": "AKIDunknown", "access_key_secret": "x"}


@pytest.mark.parametrize(
    ("key", "changes", "code"),
    [
        ("default", {}, ""),
        ("session", {}, ""),
        ("denied", {}, "UnauthorizedOperation.CamAuthFailed"),
        ("inactive", {}, "AuthFailure.SecretIdNotFound"),
        ("expired", {}, "AuthFailure.TokenFailure"),
        ("mfa_expired", {}, "UnauthorizedOperation.MFAExpired"),
        ("mfa_not_found", {}, "UnauthorizedOperation.MFANotFound"),
        ("invalid_token", {}, "UnauthorizedOperation.InvalidToken"),
        ("default", STRANGER, "AuthFailure.SecretIdNotFound"),
        ("default", {"access_key_secret": "x"}, "AuthFailure.SignatureFailure"),
        ("default", {"security_token": "x"}, "AuthFailure.TokenFailure"),
        ("session", {"security_token": None}, "AuthFailure.TokenFailure"),
        ("session", {"security_token": "another"}, "AuthFailure.TokenFailure"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_keys(tencent, key, changes, code, method):
    assert tencent.code("DescribeInvocations", key={**tencent.keys[key], **changes}, method=method) == code


@pytest.mark.parametrize(("seconds", "code"), [(-280.0, ""), (280.0, ""), (-320.0, "expire"), (320.0, "expire")])
def test_clock(tencent, control, seconds, code):
    control.settings(clock_skew=seconds)
    assert tencent.code("DescribeInvocations") == (code and "AuthFailure.SignatureExpire")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"afterwards": {"authorization": None}}, "AuthFailure.InvalidAuthorization"),
        ({"afterwards": {"authorization": "TC3-HMAC-SHA256 Credential=x"}}, "AuthFailure.InvalidAuthorization"),
        ({"signed": ("host",)}, "AuthFailure.InvalidAuthorization"),
        ({"signed": ("content-type",)}, "AuthFailure.InvalidAuthorization"),
        ({"date": "2020-01-01"}, "AuthFailure.SignatureFailure"),
        ({"service": "cvm"}, "NoSuchProduct"),
        ({"afterwards": {"x-tc-action": None}}, "MissingParameter"),
        ({"afterwards": {"x-tc-version": None}}, "MissingParameter"),
        ({"afterwards": {"x-tc-timestamp": None}}, "MissingParameter"),
        ({"afterwards": {"x-tc-timestamp": "soon"}}, "InvalidParameter"),
        ({"headers": {"x-tc-region": None}}, "MissingParameter"),
        ({"headers": {"x-tc-region": "cn-hangzhou"}}, "UnsupportedRegion"),
        ({"headers": {"x-tc-version": "2017-03-12"}}, "NoSuchVersion"),
        ({"headers": {"x-tc-action": "Nonsense"}}, "InvalidAction"),
        ({"body": "{"}, "InvalidParameter"),
        ({"body": "[]"}, "InvalidParameter"),
        ({"body": '{"Limit": "20"}'}, "InvalidParameter"),
        ({"body": '{"Limit": true}'}, "InvalidParameter"),
        ({"body": '{"InvocationIds": "inv-00000000"}'}, "InvalidParameter"),
        ({"body": '{"InvocationIds": [1]}'}, "InvalidParameter"),
        ({"body": '{"Filters": ["x"]}'}, "InvalidParameter"),
        ({"body": '{"Filters": [{"Name": "command-id"}]}'}, "MissingParameter"),
        ({"body": '{"Filters": [{"Name": "command-id", "Value": []}]}'}, "UnknownParameter"),
        ({"body": '{"Region": "ap-guangzhou"}'}, "UnknownParameter"),
        ({"body": '{"\\ud800": 1}'}, "UnknownParameter"),
        ({"headers": {"content-type": "text/plain"}}, "InvalidParameter"),
        ({"afterwards": {"content-type": "application/json; charset=utf-8"}}, "AuthFailure.SignatureFailure"),
        ({"afterwards": {"x-tc-content-sha256": "UNSIGNED-PAYLOAD"}, "body": "{}"}, "AuthFailure.SignatureFailure"),
        ({"method": "PUT"}, "UnsupportedProtocol"),
        # Accepted
        ({"signed": ("content-type", "host", "x-tc-action")}, ""),
        ({"signed": ("content-type", "host", "x-tc-action", "x-tc-region", "x-tc-timestamp", "x-tc-version")}, ""),
        ({"headers": {"content-type": "application/json; charset=utf-8"}}, ""),
        ({"headers": {"x-tc-content-sha256": "UNSIGNED-PAYLOAD"}}, ""),
        ({"headers": {"x-tc-content-sha256": "x"}}, ""),
        ({"body": '{"Limit": null, "Filters": []}'}, ""),
        ({"body": ""}, ""),
    ],
)
def test_calls(tencent, options, code):
    assert tencent.code("DescribeInvocations", **options) == code


def test_get_with_a_flattened_query(tencent, control):
    wanted = control.create("tencent", count=2, status="RUNNING")
    control.create("tencent", count=2, status="RUNNING")
    query = f"Filters.0.Name=invocation-id&Filters.0.Values.0={wanted['id']}&HideOutput=true&Limit=1&Offset=1"
    answer = tencent.send("DescribeInvocationTasks", method="GET", query=query).json()["Response"]
    assert answer["TotalCount"] == 2
    assert [each["InstanceId"] for each in answer["InvocationTaskSet"]] == wanted["instance_ids"][1:]


def test_a_changed_query_is_noticed(tencent):
    tencent.url += "/?Limit=5#"
    assert tencent.code("DescribeInvocations", method="GET", query="Limit=1") == "AuthFailure.SignatureFailure"


def test_regions_need_no_region(tencent):
    answer = tencent.send("DescribeRegions", headers={"x-tc-region": None}).json()["Response"]
    assert answer["TotalCount"] == len(answer["RegionSet"])
    assert {"Region": "ap-guangzhou", "RegionState": "AVAILABLE"}.items() <= answer["RegionSet"][0].items()


def test_twenty_calls_in_any_second(tencent, control, monkeypatch):
    control.ok("POST", "reset")  # to the limit that the documents give
    moment = 100.0
    monkeypatch.setattr(world, "time", SimpleNamespace(time=world.time.time, monotonic=lambda: moment))
    assert [tencent.code("DescribeInvocations") for _ in range(21)] == [""] * 20 + ["RequestLimitExceeded"]
    # Counted for each key, region and action.
    assert tencent.code("DescribeInvocationTasks") == ""
    assert tencent.code("DescribeInvocations", key="session") == ""
    assert tencent.code("DescribeInvocations", headers={"x-tc-region": "ap-shanghai"}) == ""
    log = control.get("requests?provider=tencent&action=DescribeInvocations")
    assert [each["code"] for each in log[:21]] == [None] * 20 + ["RequestLimitExceeded"]
    moment = 100.9
    assert tencent.code("DescribeInvocations") == "RequestLimitExceeded"
    moment = 101.0
    assert tencent.code("DescribeInvocations") == ""
    control.settings(rate_limit=2)
    assert [tencent.code("DescribeInvocations") for _ in range(2)] == ["", "RequestLimitExceeded"]
    control.settings(rate_limit=0)
    assert not any(tencent.code("DescribeInvocations") for _ in range(40))


# The checks of signatures against every vector of the reference

PUBLISHED = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
MASKED = "Gu5t9xGARNpq86cd98joQYCN3*******"
ACTION = {"X-TC-Action": "DescribeInstances"}


def canonical_request(payload, headers, method="POST", query=""):
    return auth.canonical_request(method, query, headers, hashlib.sha256(payload.encode()).hexdigest())


@pytest.mark.parametrize(
    ("action", "secret", "signature"),
    [
        ({}, SECRET, "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"),
        ({}, MASKED, "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"),
        (ACTION, "*" * 32, "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"),
        (ACTION, SECRET, "644be983de9a8a3f00db8eadaba61467c3b429e2215758ba897b738ca469fd26"),
    ],
)
def test_published_vectors(action, secret, signature):
    headers = {"host": "cvm.tencentcloudapi.com", "content-type": "application/json; charset=utf-8", **action}
    assert auth.signature(canonical_request(PUBLISHED, headers), 1551113065, "cvm", secret) == signature


CANCEL = '{"InvocationId": "inv-ib2lld37", "InstanceIds": ["ins-zcewfho0", "ins-zcewfho1"]}'
LISTED = '{"InvocationIds": ["inv-ib2lld37"], "Limit": 1, "Offset": 0}'
FILTERED = '{"Filters": [{"Name": "command-id", "Values": ["命令"]}]}'
QUERY = "Filters.0.Name=invocation-id&Filters.0.Values.0=inv-ib2lld37&Limit=100&Offset=0"
IN_UTF8 = {"content-type": "application/json; charset=utf-8", "x-tc-action": "CancelInvocation"}
ELSEWHERE = {"host": "tat.intl.tencentcloudapi.com"}
AS_FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("payload", "headers", "signature"),
    [
        pytest.param(CANCEL, {}, "d1e0725738c6b4547104ba5c6a6819f7174bef485e01ccc7e58f650174584b34", id="A"),
        pytest.param(CANCEL, IN_UTF8, "8779cbf89a1fbdd0062269ab7f7e6b33b6dd1c3da4fafcb9f47ef4d1ff15edbc", id="A2"),
        pytest.param(LISTED, ELSEWHERE, "935745688e8d5b30284b743cfe5cae47809de01faedd7cb97ad37e99d6bfbfd8", id="B"),
        pytest.param("", AS_FORM, "f13aca9a2ceee3bf262711b2d2c90896f23f49431b0c000963cf7f88fc0c8858", id="C"),
        pytest.param("{}", {}, "4da48da11e11fbce97c3cb744346da13b649d200ffe95951dabef4cc2fda06b8", id="D"),
        pytest.param(CANCEL, {}, "bea668237a4c157380712cf0f999f288a18b4041e6c9fffead515af7bc138210", id="F"),
        pytest.param(
            "UNSIGNED-PAYLOAD", {}, "1c066535fe0c394667311617561523aacadec483924b6f7007a54af753932d07", id="G"
        ),
        pytest.param(FILTERED, {}, "8931e7eb875339f99a13f1aba57192e6f34a252121660cad9e019e66d31c5eb4", id="H"),
    ],
)
def test_vectors(request, payload, headers, signature):
    vector = request.node.callspec.id
    sent = {"host": "tat.tencentcloudapi.com", "content-type": "application/json", **headers}
    canonical = canonical_request(payload, sent, *(("GET", QUERY) if vector == "C" else ()))
    secret = "EXAMPLETMPKEY" if vector == "B" else "EXAMPLESECRETKEY"
    timestamp = 1704153599 if vector == "F" else 1704164645
    assert auth.signature(canonical, timestamp, "tat", secret) == signature
