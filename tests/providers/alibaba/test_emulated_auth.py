# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call the emulated Alibaba Cloud, by both signatures, and what each refusal looks like."""

from __future__ import annotations

import hashlib
import time
from xml.etree import ElementTree

import pytest

from emulator.alibaba import auth

from ...support.control import URL, new_session, refusals
from .client import ECS, OOS, ROS, Client, outcome

ACCEPTED = ("", 200)
STRANGER = {"access_key_id": "LTAIunknown", "access_key_secret": "x"}
WRONG_SECRET = {"access_key_id": "LTAIEmulatorDefault", "access_key_secret": "x"}


@pytest.fixture(params=["v3", "v1"])
def send(request, alibaba):
    return getattr(alibaba, request.param)


@pytest.mark.parametrize("value", ["plain", "a b*c~d", "测试 100%", "a+b/c=d&e", '{"env":"x"}'])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_both_signatures_and_methods_are_accepted(send, method, value):
    wanted = {"RegionId": "cn-hangzhou", "CommandName": value}
    assert outcome(send("DescribeInvocations", wanted, method=method)) == ACCEPTED


def test_regions_need_no_region(send):
    response = send("DescribeRegions")
    assert response.headers["Content-Type"].startswith("application/json")
    assert response.json()["Regions"]["Region"][0]["RegionId"] == "cn-hangzhou"


@pytest.mark.parametrize(
    ("key", "changes", "expected"),
    [
        ("session", {}, ACCEPTED),
        ("denied", {}, ("Forbidden.RAM", 403)),
        ("inactive", {}, ("InvalidAccessKeyId.Inactive", 400)),
        ("expired", {}, ("InvalidSecurityToken.Expired", 400)),
        ("default", STRANGER, ("InvalidAccessKeyId.NotFound", 404)),
        ("default", WRONG_SECRET, ("SignatureDoesNotMatch", 400)),
        ("session", {"security_token": None}, ("MissingSecurityToken", 400)),
        ("session", {"security_token": "nonsense"}, ("InvalidSecurityToken.Malformed", 400)),
        ("session", {"security_token": "CAISother/one=="}, ("InvalidSecurityToken.MismatchWithAccessKey", 400)),
    ],
)
def test_keys(send, alibaba, key, changes, expected):
    assert outcome(send("DescribeRegions", key={**alibaba.keys[key], **changes})) == expected


def test_denied_says_why(send):
    assert send("DescribeRegions", key="denied").json()["AccessDeniedDetail"]["AuthAction"] == "ecs:DescribeRegions"


@pytest.mark.parametrize(("minutes", "accepted"), [(-14, True), (14, True), (-16, False), (16, False)])
def test_clock(send, control, minutes, accepted):
    control.settings(clock_skew=minutes * 60.0)
    assert outcome(send("DescribeRegions")) == (ACCEPTED if accepted else ("InvalidTimeStamp.Expired", 400))


def test_answers_carry_the_clock_that_judges(alibaba, control):
    control.settings(clock_skew=3600.0)
    date = alibaba.v3("DescribeRegions").headers["Date"]
    seen = time.mktime(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")) - time.mktime(time.gmtime())
    assert 3500 < seen < 3700


def test_a_nonce_is_good_once_for_a_key_that_signs(send):
    assert outcome(send("DescribeRegions", nonce="again", key=WRONG_SECRET))[0] == "SignatureDoesNotMatch"
    assert outcome(send("DescribeRegions", nonce="again")) == ACCEPTED
    assert outcome(send("DescribeRegions", nonce="again")) == ("SignatureNonceUsed", 400)
    assert outcome(send("DescribeRegions", nonce="again", key="session")) == ACCEPTED


def test_two_emulators_share_nothing(alibaba, control):
    assert outcome(alibaba.v3("DescribeRegions", nonce="again")) == ACCEPTED
    control.create("alibaba", count=1)
    with new_session() as session:
        twin = Client(URL, alibaba.keys, session)
        assert outcome(twin.v3("DescribeRegions", nonce="again")) == ACCEPTED
        assert twin.ok("DescribeInvocations")["TotalCount"] == 0


NEEDED = ("x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "x-acs-action")
SIGNED = ("host", "x-acs-action", "x-acs-date", "x-acs-content-sha256")
RSA = "ACS3-RSA-SHA256 Credential=x,SignedHeaders=host,Signature=y"


@pytest.mark.parametrize(
    ("wire", "options", "code"),
    refusals(
        v3={
            "MissingParameter": [{"afterwards": {name: None}} for name in NEEDED],
            "IncompleteSignature": [
                *({"unsigned": ("accept", name)} for name in SIGNED),
                {"afterwards": {"content-type": "application/json"}},
                {"afterwards": {"authorization": "ACS3-HMAC-SHA256"}},
                {"afterwards": {"authorization": "ACS3-HMAC-SHA256 Credential=x,Signature=y"}},
            ],
            "InvalidSignatureMethod": [{"afterwards": {"authorization": value}} for value in (RSA, None)],
            "InvalidTimeStamp.Format": [{"headers": {"x-acs-date": "2024-01-02 03:04:05"}}],
            "InvalidVersion": [{"headers": {"x-acs-version": "2000-01-01"}}],
            "SignatureDoesNotMatch": [{"body": "RegionId=x", "headers": {"x-acs-content-sha256": "0" * 64}}],
        },
        v1={
            "MissingParameter": [
                {"sent": {name: None}}
                for name in ("SignatureNonce", "Timestamp", "SignatureMethod", "Version", "AccessKeyId", "Action")
            ],
            "IncompleteSignature": [{"afterwards": {name: None}} for name in ("Signature", "SignatureVersion")],
            "InvalidSignatureMethod": [{"sent": {"SignatureMethod": "HMAC-SHA256"}}, {"sent": {"SignatureType": "x"}}],
            "InvalidTimeStamp.Format": [{"sent": {"Timestamp": "yesterday"}}],
            "InvalidParameter": [{"sent": {"Format": "YAML"}}],
        },
    ),
)
def test_refusals(alibaba, wire, options, code):
    assert outcome(getattr(alibaba, wire)("DescribeRegions", **options)) == (code, 400)


def test_other_http_methods(alibaba):
    assert outcome(alibaba.v3("DescribeRegions", method="PUT")) == ("UnsupportedHTTPMethod", 403)


def test_v3_parameters_in_a_form(alibaba):
    body = "RegionId=cn-hangzhou&InvokeId=t-none"
    assert alibaba.v3("DescribeInvocations", body=body).json()["Invocations"] == {"Invocation": []}


def test_v3_a_changed_parameter_is_noticed(alibaba):
    alibaba.url += "/?InvokeId=t-other#"  # comes before the signed query and hides it
    assert outcome(alibaba.v3("DescribeInvocations", {"RegionId": "cn-hangzhou"}))[0] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("options", [{"sent": {"SignatureType": ""}}, {"method": "POST", "in_form": True}])
def test_v1_is_accepted(alibaba, options):
    assert outcome(alibaba.v1("DescribeRegions", **options)) == ACCEPTED


def test_unknown_action(send):
    assert outcome(send("Nonsense")) == ("InvalidAction.NotFound", 404)


@pytest.mark.parametrize("format_", ["XML", None])
def test_v1_xml(alibaba, control, format_):
    control.create("alibaba", count=2, status="Running", name="a <b> & c")
    response = alibaba.v1("DescribeInvocations", {"RegionId": "cn-hangzhou"}, sent={"Format": format_})
    root = ElementTree.fromstring(response.content)
    assert root.tag == "DescribeInvocationsResponse"
    assert root.findtext("Invocations/Invocation/CommandName") == "a <b> & c"
    assert root.findtext("Invocations/Invocation/Timed") == "false"
    instances = root.findall("Invocations/Invocation/InvokeInstances/InvokeInstance")
    assert [each.findtext("InvocationStatus") for each in instances] == ["Running", "Running"]


def test_xml_error(alibaba):
    for response in (
        alibaba.v1("Nonsense", sent={"Format": "XML"}),
        alibaba.v3("Nonsense", headers={"accept": "application/xml"}),
    ):
        assert response.status_code == 404
        assert response.headers["Content-Type"] == "text/xml;charset=utf-8"
        root = ElementTree.fromstring(response.content)
        assert (root.tag, root.findtext("Code")) == ("Error", "InvalidAction.NotFound")
        assert root.findtext("RequestId") and root.findtext("HostId")


def test_letters_that_no_envelope_can_carry(alibaba):
    response = alibaba.v1("DescribeRegions", {"\x01<": "x"}, sent={"Format": "XML"})
    assert ElementTree.fromstring(response.content).findtext("Code") == "UnsupportedParameter"


# The examples that are published; that the emulator agrees with the vendor's own signers is shown by test_sdk.py


def test_published_v3():
    signed = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    canonical = auth.v3_canonical_request("POST", query.items(), signed, signed["x-acs-content-sha256"])
    assert auth.v3_signature(canonical, "YourAccessKeySecret") == (
        "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_published_v1():
    sent = {
        "Timestamp": "2016-02-23T12:46:24Z",
        "Format": "XML",
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "Version": "2014-05-26",
        "SignatureVersion": "1.0",
        "Signature": "left out",
    }
    text = auth.v1_string_to_sign("GET", sent.items())
    assert auth.v1_signature(text, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


# What is ordered has the documented status


@pytest.mark.parametrize(
    ("version", "action", "target", "statuses"),
    [
        (
            ECS,
            "StopInvocation",
            "InvokeId",
            {400: "InvalidInstance.NoClient", 403: "Operation.Forbidden", 500: "InternalError.Dispatch"},
        ),
        (
            OOS,
            "CancelExecution",
            "ExecutionId",
            {
                400: "InvalidStsToken ExpiredStsToken InvalidAccountType InvalidVersion InvalidAction.NotFound"
                " InvalidSecurityToken.Expired Throttling.User",
                401: "User.NoPermission",
                403: "ExecutionCancelFailed",
                404: "EntityNotExist.Execution",
                503: "ServiceUnavailable",
            },
        ),
        (
            ROS,
            "StopStackGroupOperation",
            "OperationId",
            {
                400: "InvalidParameter MissingParameter MultipleParameter Invalid InvalidValue MismatchNextToken"
                " InvalidIdempotenceParameter NotSupported LastTokenProcessing RequestLimitExceeded"
                " AssumeRoleFailure UnknownError Throttling Throttling.User",
                403: "Forbidden",
                404: "StackGroupOperationNotFound StackGroupNotFound",
                409: "StackGroupOperationInProgress",
                500: "InternalError",
                503: "ServiceUnavailable",
            },
        ),
    ],
)
def test_statuses_of_codes(alibaba, control, version, action, target, statuses):
    for status, codes in statuses.items():
        for code in codes.split():
            control.fault("error", code=code, action=action)
            assert alibaba.of(version).code(action, **{target: "x"}) == (code, status)
