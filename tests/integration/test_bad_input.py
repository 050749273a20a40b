# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input gives one clear sentence and stops nothing."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
import trustme

from emulator import Emulator

# What it is about, the options that make it, and what the message says.
Case = tuple[str, dict[str, Any], str]


@pytest.fixture
def closed_port():
    """A port of this machine where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def check(cases, run):
    """Each case failed without a change, and said what is wrong in words that a user can read."""
    for (name, _, said), result in zip(cases, run.results, strict=True):
        assert (result["failed"], result.get("changed", False)) == (True, False), name
        assert re.search(said, result["msg"]), f"{name}: {result['msg']}"
        assert "\n" not in result["msg"] and len(result["msg"]) < 1000, name
        assert "MODULE FAILURE" not in result["msg"] and "Traceback" not in str(result), name
    assert "Traceback (most recent call last)" not in run.output


def test_options_that_cannot_be_right(ansible, tencent):
    """Some of tests/unit/test_bad_options.py, as Ansible shows them: not even a read is sent."""
    command = tencent.run(count=2)
    # The library would look for a role of this machine.
    no_keys = {"access_key_id": None, "access_key_secret": None, "credentials": "static"}
    cases: list[Case] = [
        ("missing region", {"region": None}, "region is missing.*TENCENTCLOUD_REGION"),
        ("missing keys", no_keys, "access_key_id is missing.*TENCENTCLOUD_SECRET_ID"),
        ("only the id", {"access_key_secret": None}, "required together: access_key_id, access_key_secret"),
        ("id of the other provider", {"invocation_id": "t-hz0abcd1234"}, "the id of an Alibaba Cloud invocation"),
        ("provider that is none", {"provider": "aws"}, "value of provider must be one of: alibaba, tencent, got: aws"),
        ("missing id", {"invocation_id": None}, "missing required arguments: invocation_id"),
        ("null as instance id", {"instance_ids": [None]}, "instance_ids"),
        ("NaN as time-out", {"wait_timeout": "nan"}, "wait_timeout is nan"),
        ("time-out in words", {"wait_timeout": "ten"}, "wait_timeout"),
        ("option that is none", {"instance_id": "x"}, "Unsupported parameters .*instance_id"),
    ]

    run = ansible.play(*(tencent.cancel(command, **options) for _, options, _ in cases))

    check(cases, run)
    assert tencent.requests() == []
    assert set(tencent.statuses(command).values()) == {tencent.words.running}


@pytest.mark.any_core
def test_what_only_the_provider_can_tell(ansible, cloud, closed_port):
    words = cloud.words
    command = cloud.run(count=2)
    stranger = words.unknown_instance
    no_key = {"access_key_id": "AKnobody", "access_key_secret": "not-a-secret"}
    tokenless = cloud.keys["session"] | {"security_token": None}
    codes = {
        "alibaba": {
            "wrong": "SignatureDoesNotMatch",
            "unknown": "InvalidAccessKeyId.NotFound",
            "tokenless": "MissingSecurityToken",
            "region": "RegionId.ApiNotSupported",
        },
        "tencent": {
            "wrong": "AuthFailure.SignatureFailure",
            "unknown": "AuthFailure.SecretIdNotFound",
            "tokenless": "AuthFailure.TokenFailure",
            "region": "UnsupportedRegion",
        },
    }[cloud.provider]
    region = {"alibaba": "cn-edge-1", "tencent": "ap-nowhere"}[cloud.provider]
    closed = f"http://127.0.0.1:{closed_port}"
    cases: list[Case] = [
        ("unknown id", {"invocation_id": words.unknown_id}, f"{words.unknown_id} was not found .*check invocation_id"),
        ("instance elsewhere", {"instance_ids": [command.instance_ids[0], stranger]}, f"Not part of .*{stranger}, so"),
        ("wrong secret", {"access_key_secret": "not-the-secret"}, f"{codes['wrong']}.*Check access_key_id"),
        ("unknown key", no_key, f"{codes['unknown']}.*Check access_key_id"),
        ("missing token", tokenless, f"{codes['tokenless']}.*Check access_key_id.*security_token"),
        ("key that may not", cloud.keys["denied"], f"{words.denied}.*permission .*:{words.stop}"),
        ("region without the service", {"region": region}, codes["region"]),
        (
            "unreachable endpoint",
            {"endpoint_url": closed, "retries": 1},
            "Unreachable: no connection to .*refused.*Check endpoint_url",
        ),
    ]
    if cloud.provider == "alibaba":
        # These come before anything that is particular to a provider.
        nowhere = {"endpoint_url": "http://halt.invalid", "allow_http": True, "retries": 0}
        cases += [
            ("host that does not exist", nowhere, "Unreachable: no connection to http://halt.invalid/.*Check endpoint"),
            ("unreachable proxy", {**nowhere, "proxy": closed}, "Unreachable: .*Check endpoint_url, region, proxy"),
            (
                "missing CA",
                {"ca_path": "/no/such/file", "endpoint_url": "https://127.0.0.1:9"},
                "/no/such/file.*ca_p",
            ),
        ]
    else:
        malformed = {"invocation_id": "inv-TOO-LONG"}
        cases.append(("malformed id", malformed, "InvalidParameterValue.InvalidInvocationId"))

    run = ansible.play(*(cloud.cancel(command, **options) for _, options, _ in cases))

    check(cases, run)
    assert cloud.stops() == []
    assert set(cloud.statuses(command).values()) == {words.running}
    for (name, options, _), result in zip(cases, run.results, strict=True):
        if options.get("access_key_secret"):
            assert result["error"]["class"] == ("denied" if name == "key that may not" else "auth"), name
            assert result["error"]["request_id"] in result["msg"], name


@pytest.mark.any_core
def test_answers_that_are_none(ansible, cloud):
    faults: list[Case] = [
        ("HTML", {"kind": "not_json"}, "NotAnAnswer: .*HTTP 200 and text/html.*proxy or a login page"),
        ("a list", {"kind": "not_json", "body": "[]"}, "NotAnAnswer"),
        ("nothing", {"kind": "not_json", "body": ""}, "NotAnAnswer"),
        ("404 of a web server", {"kind": "http_error", "http_status": 404}, "NotAnAnswer: .*HTTP 404"),
        ("a redirect", {"kind": "redirect", "location": "http://127.0.0.1:9/"}, "Redirected: .*Check endpoint_url"),
        # Without the fields that an answer has, nothing is there.
        ("somebody else's JSON", {"kind": "not_json", "body": '{"a": 1}', "times": None}, "was not found|NotAnAnswer"),
    ]
    command = cloud.run()
    for _, fault, _ in faults:
        cloud.fault(**fault, action=cloud.words.describe)

    # Each task reads once, and so meets one fault, in order.
    run = ansible.play(*(cloud.cancel(command, retries=0) for _ in faults))

    check(faults, run)
    assert cloud.stops() == []


def test_certificates(ansible, tmp_path, cloud):
    authority, stranger = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    stranger.cert_pem.write_to_path(tmp_path / "stranger.pem")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    for number, part in enumerate(certificate.cert_chain_pems):
        part.write_to_path(tmp_path / "server.pem", append=number > 0)

    with Emulator(certificate=str(tmp_path / "server.pem"), certificate_key=str(tmp_path / "key.pem")) as secure:
        unknown, wrong, stop, right, unchecked = ansible.play(
            cloud.info(endpoint_url=secure.url),
            cloud.info(endpoint_url=secure.url, ca_path=str(tmp_path / "stranger.pem")),
            cloud.cancel("x", endpoint_url=secure.url),
            cloud.info(endpoint_url=secure.url, ca_path=str(tmp_path / "ca.pem")),
            cloud.info(endpoint_url=secure.url, validate_certs=False),
            # A variable of the environment must not win over the option.
            environment={"REQUESTS_CA_BUNDLE": str(tmp_path / "stranger.pem")},
        ).results

    for result in (unknown, wrong, stop):
        assert result["failed"] and result["error"]["code"] == "CertificateNotTrusted"
        assert "ca_path" in result["msg"] and "\n" not in result["msg"]
    for result in (right, unchecked):
        assert (result["failed"], result["operations"]) == (False, [])


def test_a_machine_without_the_requests_library(ansible, cloud, bare_python):
    command = cloud.run()
    bare = {"vars": {"ansible_python_interpreter": bare_python}}

    run = ansible.play(cloud.cancel(command, keywords=bare), cloud.info(keywords=bare))

    for result in run.results:
        assert result["failed"]
        assert re.search(
            r"Failed to import the required Python library \(requests\) on .*Python .*bin/python", result["msg"]
        )
    assert "Traceback (most recent call last)" not in run.output
    assert cloud.requests() == []


def test_the_info_module_says_as_plainly_what_is_wrong(ansible, tencent, closed_port):
    cases: list[Case] = [
        ("missing region", {"region": None}, "region is missing"),
        ("wrong secret", {"access_key_secret": "not-the-secret"}, "Could not read.*Check access_key_id"),
        ("unreachable", {"endpoint_url": f"http://127.0.0.1:{closed_port}", "retries": 0}, "Could not read.*Unreach"),
    ]

    run = ansible.play(*(tencent.info(**options) for _, options, _ in cases))

    check(cases, run)
    assert run.results[1]["error"]["class"] == "auth"


def test_a_wrong_secret_is_told_without_the_text_that_was_signed(ansible, cloud):
    """The providers repeat it in their message, for those who write clients; the session token may be in it."""
    result = ansible.play(cloud.cancel(cloud.run(), access_key_secret="not-the-secret")).result

    assert "not match" in result["error"]["message"]
    assert "Signed text" not in result["error"]["message"]
    assert "Check access_key_id, access_key_secret" in result["msg"]
    assert "x-acs-" not in result["msg"] and "x-tc-" not in result["msg"] and "\\n" not in result["msg"]
