# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret shows in any output, whatever goes wrong and however much is asked for."""

from __future__ import annotations

import base64
import socket
from urllib.parse import quote

import pytest

VERBOSE = ("-vvvv", "--diff")
FOUND = "cloudops.halt.inflight_info"
MANY = "cloudops.halt.inflight_cancel"


def assert_hidden(run, *secrets):
    assert "cloud_invocation" in run.stdout, run.output
    for secret in secrets:
        forms = {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")}
        shown = [line for line in run.output.splitlines() if any(form in line for form in forms)]
        assert not shown, f"{secret} shows in {shown[0][:500]}"


@pytest.fixture
def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_secrets_of_the_options_stay_hidden(ansible, cloud):
    command = cloud.run(count=2)
    session = cloud.keys["session"]
    marker = "MARKER-secret-of-the-options"

    run = ansible.play(
        cloud.info(**session),
        cloud.cancel(command, **session),
        # The provider's answer repeats what was signed, the token included.
        cloud.cancel(command, **{**session, "access_key_secret": marker}),
        cloud.cancel(command, **session, region=None),
        cloud.cancel(command, **session, wait_timeout=-1),
        cloud.cancel(command, **{**session, "access_key_secret": f"{marker} with a blank"}),
        cloud.cancel(command, access_key_id=None, access_key_secret=marker),
        cloud.cancel(command, **session, nonsense=True),
        flags=VERBOSE,
    )

    shown, stopped, *failures = run.results
    assert (shown["failed"], stopped["changed"]) == (False, True)
    assert [each["failed"] for each in failures] == [True] * 6
    assert failures[0]["error"]["class"] == "auth"
    assert_hidden(run, session["access_key_secret"], session["security_token"], marker)


def test_secrets_of_the_environment_stay_hidden(ansible, cloud):
    command = cloud.run(count=2)
    session = cloud.keys["session"]
    names = cloud.words.env
    nothing = {"access_key_id": None, "access_key_secret": None}
    marker = "MARKER-secret-of-the-environment"

    right = ansible.play(
        cloud.info(**nothing),
        cloud.cancel(command, **nothing),
        cloud.cancel(command, **nothing, region="?"),
        flags=VERBOSE,
        environment={names[name]: value for name, value in session.items()},
    )
    wrong = ansible.play(
        cloud.info(**nothing),
        cloud.cancel(command, **nothing),
        flags=VERBOSE,
        environment={names[name]: value for name, value in {**session, "access_key_secret": marker}.items()},
    )

    assert [each["failed"] for each in right.results] == [False, False, True]
    assert [each["error"]["class"] for each in wrong.results] == ["auth", "auth"]
    assert_hidden(right, session["access_key_secret"], session["security_token"])
    assert_hidden(wrong, marker, session["security_token"])


def test_the_password_of_a_proxy_stays_hidden(ansible, cloud, closed_port):
    command = cloud.run()
    marker = "MARKER-proxy-password"
    proxy_port = cloud.url.rpartition(":")[2]
    elsewhere = {"endpoint_url": "http://halt.invalid", "allow_http": True}
    # The emulator answers a request to a proxy, too; the endpoint's host need not exist.
    through = {**elsewhere, "proxy": f"http://user:{marker}@127.0.0.1:{proxy_port}"}
    closed = {**elsewhere, "proxy": f"http://user:{marker}@127.0.0.1:{closed_port}"}

    run = ansible.play(
        cloud.cancel(command, **through),
        cloud.cancel(command, **closed, retries=0),
        cloud.info(**closed, retries=0),
        flags=VERBOSE,
    )

    assert [each["failed"] for each in run.results] == [False, True, True]
    assert run.results[0]["outcome"] == "stopped"
    assert_hidden(run, marker)


def test_the_password_of_a_proxy_stays_hidden_when_another_option_is_wrong(ansible, alibaba, tencent):
    marker = "MARKER-proxy-password"
    proxy = f"http://user:{marker}@127.0.0.1:9"

    run = ansible.play(
        alibaba.cancel("t-hz00001", proxy=proxy, region=None),
        alibaba.cancel("t-hz00001", proxy=proxy, access_key_id=None, access_key_secret=None, credentials="static"),
        alibaba.cancel("t-hz00001", proxy=f"{proxy}/path"),
        alibaba.cancel("t-hz00001", proxy=f"socks9://user:{marker}@127.0.0.1:9"),
        # Refused by Ansible itself.
        alibaba.cancel("t-hz00001", proxy=proxy, nonsense=True),
        alibaba.cancel("t-hz00001", proxy=proxy, retries="many"),
        # Refused before the proxy is looked at.
        {FOUND: {**alibaba.place(proxy=proxy), "older_than": "long"}},
        {FOUND: {"scopes": [{"region": "cn-hangzhou"}, alibaba.place(proxy=proxy)]}},
        {MANY: {"targets": [{**alibaba.target("t-hz00001"), "id": ""}, {**alibaba.target("x"), "proxy": proxy}]}},
        # Of a place that nothing is asked of.
        {FOUND: {"scopes": [alibaba.place(), tencent.place(proxy=proxy)], "kinds": ["automation_execution"]}},
        flags=VERBOSE,
    )

    assert [each["failed"] for each in run.results] == [True] * 9 + [False]
    assert_hidden(run, marker)


def test_the_password_of_the_environments_proxy_stays_hidden(ansible, alibaba, closed_port):
    marker = "MARKER-proxy-password"
    proxy = f"http://user:{marker}@127.0.0.1:{closed_port}"

    run = ansible.play(
        alibaba.info(endpoint_url="http://halt.invalid", allow_http=True, retries=0),
        alibaba.info(endpoint_url="https://halt.invalid", retries=0),
        flags=VERBOSE,
        environment={"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "http_proxy": proxy, "https_proxy": proxy},
    )

    assert [each["error"]["code"] for each in run.results] == ["Unreachable", "Unreachable"]
    assert_hidden(run, marker)


def test_a_password_that_was_put_into_the_endpoint_stays_hidden(ansible, alibaba):
    marker = "MARKER-endpoint-password"

    run = ansible.play(alibaba.info(endpoint_url=f"http://user:{marker}@127.0.0.1:9"), flags=VERBOSE)

    assert run.result["failed"] and "endpoint_url must not carry a user name or password" in run.result["msg"]
    assert_hidden(run, marker)
