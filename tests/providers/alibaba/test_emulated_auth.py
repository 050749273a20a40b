# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated gateway of Alibaba Cloud: both signatures, keys, nonces, clocks, JSON and XML."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest

from ...support.control import refusals

ACCEPTED = ("", 200)
WRONG_SECRET = {"access_key_id": "LTAIEmulatorDefault", "access_key_secret": "x"}
HERE = {"RegionId": "cn-hangzhou"}


@pytest.fixture(params=["v3", "v1"])
def refusal(request, client):
    """Code and HTTP status, with either signature."""

    def refusal(action="DescribeRegions", parameters=None, **options):
        return client.refusal(action, parameters, wire=request.param, **options)

    return refusal


@pytest.mark.parametrize(
    ("key", "changes", "expected"),
    [
        ("session", {}, ACCEPTED),
        ("denied", {}, ("Forbidden.RAM", 403)),
        ("inactive", {}, ("InvalidAccessKeyId.Inactive", 400)),
        ("expired", {}, ("InvalidSecurityToken.Expired", 400)),
        ("default", {"access_key_id": "LTAIunknown"}, ("InvalidAccessKeyId.NotFound", 404)),
        ("default", WRONG_SECRET, ("SignatureDoesNotMatch", 400)),
        ("session", {"security_token": None}, ("MissingSecurityToken", 400)),
        ("session", {"security_token": "nonsense"}, ("InvalidSecurityToken.Malformed", 400)),
        ("session", {"security_token": "CAISother/one=="}, ("InvalidSecurityToken.MismatchWithAccessKey", 400)),
    ],
)
def test_keys(refusal, client, key, changes, expected):
    assert refusal(key={**client.keys[key], **changes}) == expected


@pytest.mark.parametrize(("minutes", "accepted"), [(-14, True), (14, True), (-16, False), (16, False)])
def test_clock(refusal, control, minutes, accepted):
    control.settings(clock_skew=minutes * 60.0)
    assert refusal() == (ACCEPTED if accepted else ("InvalidTimeStamp.Expired", 400))


def test_answers_carry_the_clock_that_judges(client, control):
    control.settings(clock_skew=3600.0)
    date = client.send("DescribeRegions").headers["Date"]
    seen = time.mktime(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")) - time.mktime(time.gmtime())
    assert 3500 < seen < 3700


def test_a_nonce_is_good_once_for_a_key_that_signs(refusal):
    assert refusal(nonce="again", key=WRONG_SECRET)[0] == "SignatureDoesNotMatch"
    assert refusal(nonce="again") == ACCEPTED
    assert refusal(nonce="again") == ("SignatureNonceUsed", 400)
    assert refusal(nonce="again", key="session") == ACCEPTED


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
            ("UnsupportedHTTPMethod", 403): [{"method": "PUT"}],
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
            ACCEPTED: [{"sent": {"SignatureType": ""}}, {"method": "POST", "in_form": True}],
        },
    ),
)
def test_requests(client, wire, options, code):
    expected = code if isinstance(code, tuple) else (code, 400)
    assert client.refusal("DescribeRegions", wire=wire, **options) == expected


def test_v3_parameters_in_a_form(client):
    body = "RegionId=cn-hangzhou&InvokeId=t-none"
    assert client.v3("DescribeInvocations", body=body).json()["Invocations"] == {"Invocation": []}


def test_v3_a_changed_parameter_is_noticed(client):
    client.url += "/?InvokeId=t-other#"  # comes before the signed query and hides it
    assert client.code("DescribeInvocations") == "SignatureDoesNotMatch"


def test_unknown_action(refusal):
    assert refusal("Nonsense") == ("InvalidAction.NotFound", 404)


@pytest.mark.parametrize("form", ["XML", None])
def test_v1_xml(client, create, form):
    create(count=2, status="Running", name="a <b> & c")
    root = ElementTree.fromstring(client.v1("DescribeInvocations", HERE, sent={"Format": form}).content)
    assert root.tag == "DescribeInvocationsResponse"
    assert root.findtext("Invocations/Invocation/CommandName") == "a <b> & c"
    assert root.findtext("Invocations/Invocation/Timed") == "false"
    instances = root.findall("Invocations/Invocation/InvokeInstances/InvokeInstance")
    assert [each.findtext("InvocationStatus") for each in instances] == ["Running", "Running"]


def test_xml_error(client):
    for response in (
        client.v1("Nonsense", sent={"Format": "XML"}),
        client.v3("Nonsense", headers={"accept": "application/xml"}),
    ):
        assert response.status_code == 404
        assert response.headers["Content-Type"] == "text/xml;charset=utf-8"
        root = ElementTree.fromstring(response.content)
        assert (root.tag, root.findtext("Code")) == ("Error", "InvalidAction.NotFound")
        assert root.findtext("RequestId") and root.findtext("HostId")


def test_letters_that_no_envelope_can_carry(client):
    response = client.v1("DescribeRegions", {"\x01<": "x"}, sent={"Format": "XML"})
    assert ElementTree.fromstring(response.content).findtext("Code") == "UnsupportedParameter"
