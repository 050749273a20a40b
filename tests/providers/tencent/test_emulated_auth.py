# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated gateway of Tencent Cloud: its signature, keys, clocks, the shape of requests, and the rate limit."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from emulator import world

from ...support.control import refusals

READ = "DescribeInvocations"


@pytest.mark.parametrize(
    ("key", "changes", "code"),
    [
        ("session", {}, ""),
        ("expired", {}, "AuthFailure.TokenFailure"),
        ("inactive", {}, "AuthFailure.SecretIdNotFound"),
        ("denied", {}, "UnauthorizedOperation.CamAuthFailed"),
        ("mfa_expired", {}, "UnauthorizedOperation.MFAExpired"),
        ("mfa_not_found", {}, "UnauthorizedOperation.MFANotFound"),
        ("invalid_token", {}, "UnauthorizedOperation.InvalidToken"),
        ("default", {"access_key_id": "AKIDunknown"}, "AuthFailure.SecretIdNotFound"),
        ("default", {"access_key_secret": "x"}, "AuthFailure.SignatureFailure"),
        ("default", {"security_token": "x"}, "AuthFailure.TokenFailure"),
        ("session", {"security_token": None}, "AuthFailure.TokenFailure"),
        ("session", {"security_token": "another"}, "AuthFailure.TokenFailure"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_keys(client, key, changes, code, method):
    assert client.code(READ, key={**client.keys[key], **changes}, method=method) == code


@pytest.mark.parametrize(("seconds", "code"), [(-280.0, ""), (280.0, ""), (-320.0, "expire"), (320.0, "expire")])
def test_clock(client, control, seconds, code):
    control.settings(clock_skew=seconds)
    assert client.code(READ) == (code and "AuthFailure.SignatureExpire")


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
def test_calls(client, action, options, code):
    assert client.code(action, **options) == code


def test_a_changed_query_is_noticed(client):
    client.url += "/?Limit=5#"
    assert client.code(READ, method="GET", query="Limit=1") == "AuthFailure.SignatureFailure"


def test_twenty_calls_in_any_second(client, control, monkeypatch):
    control.ok("POST", "reset")  # to the limit that the documents give
    moment = 100.0
    monkeypatch.setattr(world, "time", SimpleNamespace(time=time.time, monotonic=lambda: moment))
    assert [client.code(READ) for _ in range(21)] == [""] * 20 + ["RequestLimitExceeded"]
    # Counted for each key, region and action.
    assert client.code("DescribeInvocationTasks") == ""
    assert client.code(READ, key="session") == client.code(READ, headers={"x-tc-region": "ap-shanghai"}) == ""
    log = control.get(f"requests?provider=tencent&action={READ}")
    assert [each["code"] for each in log[:21]] == [None] * 20 + ["RequestLimitExceeded"]
    moment = 100.9
    assert client.code(READ) == "RequestLimitExceeded"
    moment = 101.0
    assert client.code(READ) == ""
    control.settings(rate_limit=2)
    assert [client.code(READ) for _ in range(2)] == ["", "RequestLimitExceeded"]
    control.settings(rate_limit=0)
    assert not any(client.code(READ) for _ in range(40))
