# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call at Alibaba, by both signatures, and what each refusal looks like."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest

from emulator import Emulator


def error_of(response):
    body = response.json()
    assert body["RequestId"] and body["Message"] and body["HostId"] and body["Recommend"]
    return body["Code"], response.status_code


@pytest.fixture(params=["v3", "v1"])
def send(request, alibaba):
    return getattr(alibaba, request.param)


def test_both_signatures_are_accepted(send):
    response = send("DescribeRegions")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/json")
    assert response.json()["Regions"]["Region"][0]["RegionId"] == "cn-hangzhou"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_both_methods(send, method):
    assert send("DescribeRegions", method=method).status_code == 200


@pytest.mark.parametrize(
    ("key", "code", "status"),
    [
        ("denied", "Forbidden.RAM", 403),
        ("inactive", "InvalidAccessKeyId.Inactive", 400),
        ("expired", "InvalidSecurityToken.Expired", 400),
        ({"access_key_id": "LTAIunknown", "access_key_secret": "x"}, "InvalidAccessKeyId.NotFound", 404),
        ({"access_key_id": "LTAIEmulatorDefault", "access_key_secret": "x"}, "SignatureDoesNotMatch", 400),
    ],
)
def test_keys(send, key, code, status):
    assert error_of(send("DescribeRegions", key=key)) == (code, status)


def test_session(send, alibaba):
    assert send("DescribeRegions", key="session").status_code == 200
    pair = alibaba.keys["session"]
    for token, code in (
        (None, "MissingSecurityToken"),
        ("nonsense", "InvalidSecurityToken.Malformed"),
        ("CAISsomebody/elses==", "InvalidSecurityToken.MismatchWithAccessKey"),
    ):
        assert error_of(send("DescribeRegions", key={**pair, "security_token": token}))[0] == code


def test_denied_says_why(send):
    assert send("DescribeRegions", key="denied").json()["AccessDeniedDetail"]["AuthAction"] == "ecs:DescribeRegions"


@pytest.mark.parametrize(("minutes", "accepted"), [(-14, True), (14, True), (-16, False), (16, False)])
def test_clock(send, control, minutes, accepted):
    control.settings(clock_skew=minutes * 60.0)
    response = send("DescribeRegions")
    if accepted:
        assert response.status_code == 200
    else:
        assert error_of(response) == ("InvalidTimeStamp.Expired", 400)


def test_answers_carry_the_clock_that_judges(alibaba, control):
    control.settings(clock_skew=3600.0)
    date = alibaba.v3("DescribeRegions").headers["Date"]
    seen = time.mktime(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")) - time.mktime(time.gmtime())
    assert 3590 < seen < 3610


def test_v3_timestamp_form(alibaba):
    response = alibaba.v3("DescribeRegions", headers={"x-acs-date": "2024-01-02 03:04:05"})
    assert error_of(response) == ("InvalidTimeStamp.Format", 400)


def test_v1_timestamp_form(alibaba):
    response = alibaba.v1("DescribeRegions", sent={"Timestamp": "yesterday"})
    assert error_of(response) == ("InvalidTimeStamp.Format", 400)


def test_v3_nonce_is_good_once(alibaba):
    headers = {"x-acs-signature-nonce": "again"}
    assert alibaba.v3("DescribeRegions", headers=headers).status_code == 200
    assert error_of(alibaba.v3("DescribeRegions", headers=headers)) == ("SignatureNonceUsed", 400)
    assert alibaba.v3("DescribeRegions", headers=headers, key="session").status_code == 200


def test_v1_nonce_is_good_once(alibaba):
    sent = {"SignatureNonce": "again"}
    assert alibaba.v1("DescribeRegions", sent=sent).status_code == 200
    assert error_of(alibaba.v1("DescribeRegions", sent=sent)) == ("SignatureNonceUsed", 400)


def test_a_refused_signature_uses_up_no_nonce(alibaba):
    headers = {"x-acs-signature-nonce": "mine"}
    wrong = {"access_key_id": "LTAIEmulatorDefault", "access_key_secret": "x"}
    assert error_of(alibaba.v3("DescribeRegions", headers=headers, key=wrong))[0] == "SignatureDoesNotMatch"
    assert alibaba.v3("DescribeRegions", headers=headers).status_code == 200


@pytest.mark.parametrize("name", ["x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"])
def test_v3_missing_header(alibaba, name):
    assert error_of(alibaba.v3("DescribeRegions", afterwards={name: None})) == ("MissingParameter", 400)


def test_v3_missing_action(alibaba):
    assert error_of(alibaba.v3("DescribeRegions", afterwards={"x-acs-action": None})) == ("MissingParameter", 400)


@pytest.mark.parametrize("name", ["host", "x-acs-action", "x-acs-date", "x-acs-content-sha256"])
def test_v3_what_must_be_signed(alibaba, name):
    assert error_of(alibaba.v3("DescribeRegions", unsigned=("accept", name))) == ("IncompleteSignature", 400)


def test_v3_content_type_must_be_signed_when_sent(alibaba):
    response = alibaba.v3("DescribeRegions", afterwards={"content-type": "application/json"})
    assert error_of(response) == ("IncompleteSignature", 400)


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("ACS3-HMAC-SHA256 Credential=x,Signature=y", "IncompleteSignature"),
        ("ACS3-HMAC-SHA256", "IncompleteSignature"),
        ("ACS3-RSA-SHA256 Credential=x,SignedHeaders=host,Signature=y", "InvalidSignatureMethod"),
        (None, "InvalidSignatureMethod"),
    ],
)
def test_v3_malformed_authorization(alibaba, authorization, code):
    assert error_of(alibaba.v3("DescribeRegions", afterwards={"authorization": authorization})) == (code, 400)


def test_v3_body_must_have_the_hash(alibaba):
    response = alibaba.v3("DescribeRegions", body="RegionId=cn-hangzhou", headers={"x-acs-content-sha256": "0" * 64})
    assert error_of(response)[0] == "SignatureDoesNotMatch"


def test_v3_parameters_in_a_form(alibaba):
    body = "RegionId=cn-hangzhou&InvokeId=t-none"
    assert alibaba.v3("DescribeInvocations", body=body).json()["Invocations"] == {"Invocation": []}


def test_v3_a_changed_parameter_is_noticed(alibaba, session):
    alibaba.url += "/?InvokeId=t-other#"  # comes before the signed query and hides it
    assert error_of(alibaba.v3("DescribeInvocations", {"RegionId": "cn-hangzhou"}))[0] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("value", ["a b*c~d", "测试 100%", "a+b/c=d&e", '{"env":"x"}'])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_special_characters(send, method, value):
    response = send("DescribeInvocations", {"RegionId": "cn-hangzhou", "CommandName": value}, method=method)
    assert response.status_code == 200, response.text


@pytest.mark.parametrize("name", ["SignatureNonce", "Timestamp", "SignatureMethod", "Version", "AccessKeyId", "Action"])
def test_v1_missing_parameter(alibaba, name):
    assert error_of(alibaba.v1("DescribeRegions", sent={name: None})) == ("MissingParameter", 400)


@pytest.mark.parametrize("name", ["Signature", "SignatureVersion"])
def test_v1_incomplete(alibaba, name):
    assert error_of(alibaba.v1("DescribeRegions", afterwards={name: None})) == ("IncompleteSignature", 400)


def test_v1_method(alibaba):
    sent = {"SignatureMethod": "HMAC-SHA256"}
    assert error_of(alibaba.v1("DescribeRegions", sent=sent)) == ("InvalidSignatureMethod", 400)


def test_v1_empty_signature_type(alibaba):
    assert alibaba.v1("DescribeRegions", sent={"SignatureType": ""}).status_code == 200


def test_v1_in_a_form(alibaba):
    assert alibaba.v1("DescribeRegions", method="POST", in_form=True).status_code == 200


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
        assert root.tag == "Error"
        assert root.findtext("Code") == "InvalidAction.NotFound"
        assert root.findtext("RequestId") and root.findtext("HostId")


def test_unknown_action_and_version(send):
    assert error_of(send("Nonsense")) == ("InvalidAction.NotFound", 404)


def test_unknown_version(alibaba):
    response = alibaba.v3("DescribeRegions", headers={"x-acs-version": "2000-01-01"})
    assert error_of(response) == ("InvalidVersion", 400)


def test_other_http_methods(alibaba):
    assert error_of(alibaba.v3("DescribeRegions", method="PUT")) == ("UnsupportedHTTPMethod", 403)


def test_neither_wire(emulator, session):
    assert session.get(f"{emulator.url}/").status_code == 404
    assert session.post(f"{emulator.url}/", json={"Limit": 1}).status_code == 404


def test_unknown_path(alibaba):
    alibaba.url += "/V2"
    assert alibaba.v3("DescribeRegions").status_code == 404


def test_two_emulators_share_nothing(alibaba, control, session):
    headers = {"x-acs-signature-nonce": "again"}
    assert alibaba.v3("DescribeRegions", headers=headers).status_code == 200
    control.create("alibaba", count=1)
    with Emulator() as other:
        twin = type(alibaba)(other.url, alibaba.keys, session)
        assert twin.v3("DescribeRegions", headers=headers).status_code == 200
        assert twin.ok("DescribeInvocations")["TotalCount"] == 0
