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


def test_settings_that_cannot_be_right(ansible, cloud):
    """What can be told without asking the provider: not even a read is sent."""
    words = cloud.words
    command = cloud.run(count=2)
    other = {"alibaba": "inv-abcd1234", "tencent": "t-hz0abcd1234"}[cloud.provider]
    other_instance = {"alibaba": "ins-abcd1234", "tencent": "i-bp1abcd1234"}[cloud.provider]
    # The library would look for a role of this machine.
    no_keys = {"access_key_id": None, "access_key_secret": None, "credentials": "static"}
    cases: list[Case] = [
        ("missing region", {"region": None}, f"region is missing.*{words.env['region']}"),
        ("missing keys", no_keys, f"access_key_id is missing.*{words.env['access_key_id']}"),
        ("only the id", {"access_key_secret": None}, "required together: access_key_id, access_key_secret"),
        ("only the secret", {"access_key_id": None}, "required together: access_key_id, access_key_secret"),
        ("empty secret", {"access_key_secret": ""}, "access_key_secret is missing"),
        ("id of the other provider", {"invocation_id": other}, f"{other} is the id of an? .*Cloud invocation"),
        ("instance of the other", {"instance_ids": [other_instance]}, f"{other_instance} is the id of an? .*instance"),
        ("empty instance id", {"instance_ids": [command.instance_ids[0], ""]}, "instance_ids contains an empty id"),
    ]

    run = ansible.play(*(cloud.cancel(command, **options) for _, options, _ in cases))

    check(cases, run)
    assert cloud.requests() == []
    assert set(cloud.statuses(command).values()) == {words.running}


def test_options_that_cannot_be_right(ansible, alibaba):
    """The same for both providers."""
    cloud = alibaba
    cases: list[Case] = [
        ("empty region", {"region": ""}, "region is missing"),
        ("region that is none", {"region": "cn-hangzhou.evil.example/"}, "region is .*not a region id"),
        ("secret with a line feed", {"access_key_secret": "abc\n"}, "access_key_secret .*copy it again"),
        ("provider that is none", {"provider": "aws"}, "value of provider must be one of: alibaba, tencent, got: aws"),
        ("missing provider", {"provider": None}, "missing required arguments: provider"),
        ("missing id", {"invocation_id": None}, "missing required arguments: invocation_id"),
        ("empty id", {"invocation_id": " "}, "invocation_id is empty.*Nothing was stopped"),
        ("only a blank instance id", {"instance_ids": [" "]}, "instance_ids contains an empty id"),
        ("null as instance id", {"instance_ids": [None]}, "instance_ids"),
        ("endpoint without a scheme", {"endpoint_url": "ecs.example.com"}, "endpoint_url is not a whole URL"),
        ("endpoint of another scheme", {"endpoint_url": "ftp://127.0.0.1"}, "endpoint_url is not a whole URL"),
        ("endpoint with a wrong port", {"endpoint_url": "http://127.0.0.1:99999"}, "endpoint_url is not a whole URL"),
        ("endpoint with a path", {"endpoint_url": f"{cloud.url}/api"}, "endpoint_url must end after the host"),
        ("plain HTTP to elsewhere", {"endpoint_url": "http://127.0.0.1.example"}, "https://, or set allow_http=true"),
        ("proxy that is none", {"proxy": "127.0.0.1:3128"}, "proxy is not a whole URL"),
        ("negative time-out", {"wait_timeout": -1}, "wait_timeout is -1"),
        ("NaN as time-out", {"wait_timeout": "nan"}, "wait_timeout is nan"),
        ("endless time-out", {"wait_timeout": "inf"}, "wait_timeout is inf"),
        ("NaN as interval", {"wait_interval": "nan"}, "wait_interval is nan"),
        ("no interval", {"wait_interval": 0}, "wait_interval is 0"),
        ("no request time-out", {"request_timeout": 0}, "request_timeout is 0"),
        ("negative retries", {"retries": -1}, "retries is -1"),
        ("time-out in words", {"wait_timeout": "ten"}, "wait_timeout"),
        ("option that is none", {"instance_id": "x"}, "Unsupported parameters .*instance_id"),
    ]

    run = ansible.play(*(cloud.cancel("t-hz00001", **options) for _, options, _ in cases))

    check(cases, run)
    assert cloud.requests() == []


def test_request_timeouts_that_are_no_number_of_seconds(ansible, alibaba):
    cases: list[Case] = [
        ("NaN", {"request_timeout": "nan"}, "request_timeout is nan"),
        ("endless", {"request_timeout": "inf"}, "request_timeout is inf"),
    ]

    run = ansible.play(*(alibaba.cancel("t-hz00001", **options) for _, options, _ in cases))

    check(cases, run)
    assert alibaba.requests() == []


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
    no_keys = {"access_key_id": None, "access_key_secret": None, "credentials": "static"}
    cases: list[Case] = [
        ("missing region", {"region": None}, "region is missing"),
        ("missing keys", no_keys, "access_key_id is missing"),
        ("wrong secret", {"access_key_secret": "not-the-secret"}, "Could not read.*Check access_key_id"),
        ("unreachable", {"endpoint_url": f"http://127.0.0.1:{closed_port}", "retries": 0}, "Could not read.*Unreach"),
    ]

    run = ansible.play(*(tencent.info(**options) for _, options, _ in cases))

    check(cases, run)
    assert run.results[2]["error"]["class"] == "auth"


def test_a_wrong_secret_is_told_without_the_text_that_was_signed(ansible, cloud):
    """The providers repeat it in their message, for those who write clients; the session token may be in it."""
    result = ansible.play(cloud.cancel(cloud.run(), access_key_secret="not-the-secret")).result

    assert "not match" in result["error"]["message"]
    assert "Signed text" not in result["error"]["message"]
    assert "Check access_key_id, access_key_secret" in result["msg"]
    assert "x-acs-" not in result["msg"] and "x-tc-" not in result["msg"] and "\\n" not in result["msg"]
