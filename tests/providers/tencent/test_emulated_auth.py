# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call the emulated Tencent Cloud, how often, and the parameter rules that hold for every action."""

from __future__ import annotations

import hashlib
import time
from types import SimpleNamespace

import pytest

from emulator import world
from emulator.tencent import auth

from ...support.control import refusals

STRANGER = {"access_key_id": "AKIDunknown", "access_key_secret": "x"}


@pytest.mark.parametrize(
    ("key", "changes", "code"),
    [
        ("session", {}, ""),
        ("expired", {}, "AuthFailure.TokenFailure"),
        ("inactive", {}, "AuthFailure.SecretIdNotFound"),
        ("denied", {}, "UnauthorizedOperation.CamAuthFailed"),
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


ALL = ("content-type", "host", "x-tc-action", "x-tc-region", "x-tc-timestamp", "x-tc-version")
UTF_8 = "application/json; charset=utf-8"
UNSIGNED = {"x-tc-content-sha256": "UNSIGNED-PAYLOAD"}
FILTERS = '{"Filters": [%s]}'


@pytest.mark.parametrize(
    ("action", "options", "code"),
    refusals(
        DescribeInvocations={
            "AuthFailure.InvalidAuthorization": [
                {"afterwards": {"authorization": None}},
                {"afterwards": {"authorization": "TC3-HMAC-SHA256 Credential=x"}},
                {"signed": ("host",)},
                {"signed": ("content-type",)},
            ],
            "AuthFailure.SignatureFailure": [
                {"date": "2020-01-01"},
                {"afterwards": {"content-type": UTF_8}},
                {"afterwards": UNSIGNED},
            ],
            "MissingParameter": [
                *({"afterwards": {name: None}} for name in ("x-tc-action", "x-tc-version", "x-tc-timestamp")),
                {"headers": {"x-tc-region": None}},
                {"body": FILTERS % '{"Name": "command-id"}'},
            ],
            "InvalidParameter": [
                {"afterwards": {"x-tc-timestamp": "soon"}},
                {"headers": {"content-type": "text/plain"}},
                *({"body": body} for body in ("{", "[]", '{"Limit": "20"}', '{"Limit": true}', FILTERS % '"x"')),
                *({"body": f'{{"InvocationIds": {value}}}'} for value in ('"inv-00000000"', "[1]")),
            ],
            "UnknownParameter": [
                {"body": FILTERS % '{"Name": "command-id", "Value": []}'},
                {"body": '{"Region": "ap-guangzhou"}'},
                {"body": '{"\\ud800": 1}'},
            ],
            "NoSuchProduct": [{"service": "cvm"}],
            "NoSuchVersion": [{"headers": {"x-tc-version": "2017-03-12"}}],
            "InvalidAction": [{"headers": {"x-tc-action": "Nonsense"}}],
            "UnsupportedRegion": [{"headers": {"x-tc-region": "cn-hangzhou"}}],
            "UnsupportedProtocol": [{"method": "PUT"}],
            # Accepted
            "": [
                {"signed": ALL[:3]},
                {"signed": ALL},
                {"headers": {"content-type": UTF_8}},
                {"headers": UNSIGNED},
                {"headers": {"x-tc-content-sha256": "x"}},
                {"body": '{"Limit": null, "Filters": []}'},
                {"body": ""},
            ],
        }
    ),
)
def test_calls(tencent, action, options, code):
    assert tencent.code(action, **options) == code


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
    monkeypatch.setattr(world, "time", SimpleNamespace(time=time.time, monotonic=lambda: moment))
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


# The examples that are published; that the emulator agrees with the vendor's own signer is shown by test_sdk.py

PUBLISHED = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
MASKED = "Gu5t9xGARNpq86cd98joQYCN3*******"
ACTION = {"X-TC-Action": "DescribeInstances"}


@pytest.mark.parametrize(
    ("action", "secret", "expected"),
    [
        ({}, SECRET, "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"),
        ({}, MASKED, "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"),
        (ACTION, "*" * 32, "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"),
        (ACTION, SECRET, "644be983de9a8a3f00db8eadaba61467c3b429e2215758ba897b738ca469fd26"),
    ],
)
def test_published(action, secret, expected):
    headers = {"host": "cvm.tencentcloudapi.com", "content-type": "application/json; charset=utf-8", **action}
    canonical = auth.canonical_request("POST", "", headers, hashlib.sha256(PUBLISHED.encode()).hexdigest())
    assert auth.signature(canonical, 1551113065, "cvm", secret) == expected
