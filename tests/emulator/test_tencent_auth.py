# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call at Tencent, and the parameter rules that hold for every action."""

from __future__ import annotations

import time

import pytest


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("default", ""),
        ("session", ""),
        ("denied", "UnauthorizedOperation.CamAuthFailed"),
        ("inactive", "AuthFailure.SecretIdNotFound"),
        ("expired", "AuthFailure.TokenFailure"),
        ("mfa_expired", "UnauthorizedOperation.MFAExpired"),
        ("mfa_not_found", "UnauthorizedOperation.MFANotFound"),
        ("invalid_token", "UnauthorizedOperation.InvalidToken"),
        ({"access_key_id": "AKIDunknown", "access_key_secret": "x"}, "AuthFailure.SecretIdNotFound"),
        ({"access_key_id": "AKIDEmulatorDefault", "access_key_secret": "x"}, "AuthFailure.SignatureFailure"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_keys(tencent, key, code, method):
    assert tencent.code("DescribeInvocations", key=key, method=method) == code


@pytest.mark.parametrize("token", [None, "another"])
def test_session_needs_its_token(tencent, token):
    pair = {**tencent.keys["session"], "security_token": token}
    assert tencent.code("DescribeInvocations", key=pair) == "AuthFailure.TokenFailure"


def test_a_token_without_a_session(tencent):
    assert tencent.code("DescribeInvocations", headers={"x-tc-token": "x"}) == "AuthFailure.TokenFailure"


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
        ({"headers": {"content-type": "text/plain"}}, "InvalidParameter"),
        ({"afterwards": {"content-type": "application/json; charset=utf-8"}}, "AuthFailure.SignatureFailure"),
        ({"method": "PUT"}, "UnsupportedProtocol"),
    ],
)
def test_refusals(tencent, options, code):
    assert tencent.code("DescribeInvocations", **options) == code


def test_unknown_action(tencent):
    assert tencent.code("Nonsense") == "InvalidAction"


@pytest.mark.parametrize(
    "options",
    [
        {"signed": ("content-type", "host", "x-tc-action")},
        {"signed": ("content-type", "host", "x-tc-action", "x-tc-region", "x-tc-timestamp", "x-tc-version")},
        {"headers": {"content-type": "application/json; charset=utf-8"}},
        {"headers": {"x-tc-content-sha256": "UNSIGNED-PAYLOAD"}},
        {"body": '{"Limit": null, "Filters": []}'},
        {"body": ""},
    ],
)
def test_accepted(tencent, options):
    assert tencent.code("DescribeInvocations", **options) == ""


def test_the_action_is_signed_in_lower_case(tencent):
    upper = {"x-tc-action": "DescribeInvocations"}
    assert tencent.code("DescribeInvocations", headers=upper, signed=("content-type", "host", "x-tc-action")) == ""


def test_get_with_a_flattened_query(tencent, control):
    wanted = control.create("tencent", count=2, status="RUNNING")
    control.create("tencent", count=2, status="RUNNING")
    query = f"Filters.0.Name=invocation-id&Filters.0.Values.0={wanted['id']}&HideOutput=true&Limit=1&Offset=1"
    answer = tencent.send("DescribeInvocationTasks", method="GET", query=query).json()["Response"]
    assert answer["TotalCount"] == 2
    assert [each["InstanceId"] for each in answer["InvocationTaskSet"]] == wanted["instance_ids"][1:]


def test_a_changed_query_is_noticed(tencent, session):
    tencent.url += "/?Limit=5#"
    assert tencent.code("DescribeInvocations", method="GET", query="Limit=1") == "AuthFailure.SignatureFailure"


def test_a_changed_body_is_noticed(tencent):
    assert tencent.code("DescribeInvocations", headers={"x-tc-content-sha256": "x"}) == ""
    response = tencent.send("DescribeInvocations", body="{}", afterwards={"x-tc-content-sha256": "UNSIGNED-PAYLOAD"})
    assert response.json()["Response"]["Error"]["Code"] == "AuthFailure.SignatureFailure"


def test_regions_need_no_region(tencent):
    answer = tencent.send("DescribeRegions", headers={"x-tc-region": None}).json()["Response"]
    assert answer["TotalCount"] == len(answer["RegionSet"])
    assert {"Region": "ap-guangzhou", "RegionState": "AVAILABLE"}.items() <= answer["RegionSet"][0].items()


def test_twenty_calls_a_second(tencent, control):
    codes = [tencent.code("DescribeInvocations") for _ in range(21)]
    assert codes == [""] * 20 + ["RequestLimitExceeded"]
    # Counted for each key, region and action.
    assert tencent.code("DescribeInvocationTasks") == ""
    assert tencent.code("DescribeInvocations", key="session") == ""
    assert tencent.code("DescribeInvocations", headers={"x-tc-region": "ap-shanghai"}) == ""
    log = control.get("requests?provider=tencent&action=DescribeInvocations")
    assert [each["code"] for each in log[:21]] == [None] * 20 + ["RequestLimitExceeded"]


def test_the_window_slides(tencent, control):
    control.settings(rate_limit=2)
    begin = time.monotonic()
    assert [tencent.code("DescribeInvocations") for _ in range(3)] == ["", "", "RequestLimitExceeded"]
    while tencent.code("DescribeInvocations"):
        time.sleep(0.05)
    assert 0.9 < time.monotonic() - begin < 2


def test_no_limit(tencent, control):
    control.settings(rate_limit=0)
    assert not any(tencent.code("DescribeInvocations") for _ in range(40))
