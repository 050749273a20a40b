# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call the emulated Alibaba Cloud, by both signatures, and what each refusal looks like."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest

from ...support.control import URL, new_session
from .client import Client, outcome

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


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        *(
            ({"afterwards": {name: None}}, ("MissingParameter", 400))
            for name in ("x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "x-acs-action")
        ),
        *(
            ({"unsigned": ("accept", name)}, ("IncompleteSignature", 400))
            for name in ("host", "x-acs-action", "x-acs-date", "x-acs-content-sha256")
        ),
        ({"afterwards": {"content-type": "application/json"}}, ("IncompleteSignature", 400)),
        ({"afterwards": {"authorization": "ACS3-HMAC-SHA256"}}, ("IncompleteSignature", 400)),
        (
            {"afterwards": {"authorization": "ACS3-HMAC-SHA256 Credential=x,Signature=y"}},
            ("IncompleteSignature", 400),
        ),
        (
            {"afterwards": {"authorization": "ACS3-RSA-SHA256 Credential=x,SignedHeaders=host,Signature=y"}},
            ("InvalidSignatureMethod", 400),
        ),
        ({"afterwards": {"authorization": None}}, ("InvalidSignatureMethod", 400)),
        ({"headers": {"x-acs-date": "2024-01-02 03:04:05"}}, ("InvalidTimeStamp.Format", 400)),
        ({"headers": {"x-acs-version": "2000-01-01"}}, ("InvalidVersion", 400)),
        ({"body": "RegionId=x", "headers": {"x-acs-content-sha256": "0" * 64}}, ("SignatureDoesNotMatch", 400)),
        ({"method": "PUT"}, ("UnsupportedHTTPMethod", 403)),
    ],
)
def test_v3_refusals(alibaba, options, expected):
    assert outcome(alibaba.v3("DescribeRegions", **options)) == expected


def test_v3_parameters_in_a_form(alibaba):
    body = "RegionId=cn-hangzhou&InvokeId=t-none"
    assert alibaba.v3("DescribeInvocations", body=body).json()["Invocations"] == {"Invocation": []}


def test_v3_a_changed_parameter_is_noticed(alibaba):
    alibaba.url += "/?InvokeId=t-other#"  # comes before the signed query and hides it
    assert outcome(alibaba.v3("DescribeInvocations", {"RegionId": "cn-hangzhou"}))[0] == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        *(
            ({"sent": {name: None}}, ("MissingParameter", 400))
            for name in ("SignatureNonce", "Timestamp", "SignatureMethod", "Version", "AccessKeyId", "Action")
        ),
        ({"afterwards": {"Signature": None}}, ("IncompleteSignature", 400)),
        ({"afterwards": {"SignatureVersion": None}}, ("IncompleteSignature", 400)),
        ({"sent": {"SignatureMethod": "HMAC-SHA256"}}, ("InvalidSignatureMethod", 400)),
        ({"sent": {"Timestamp": "yesterday"}}, ("InvalidTimeStamp.Format", 400)),
        ({"sent": {"Format": "JSON", "SignatureType": ""}}, ACCEPTED),
        ({"method": "POST", "in_form": True}, ACCEPTED),
    ],
)
def test_v1(alibaba, options, expected):
    assert outcome(alibaba.v1("DescribeRegions", **options)) == expected


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
