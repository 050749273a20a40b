# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options and environment to the connection in force."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection, connect, secrets_of
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._errors import OptionError

from ..support.providers import NAMES, words
from ..support.wire import wires

GIVEN = {
    "region": "cn-here",
    "access_key_id": "ID",
    "access_key_secret": "hidden-key",
    "security_token": None,
    "profile": None,
    "credentials": "static",
    "endpoint_url": None,
    "allow_http": False,
    "validate_certs": True,
    "ca_path": None,
    "proxy": None,
    "request_timeout": 10.0,
    "retries": 5,
}
NO_KEY = {"access_key_id": None, "access_key_secret": None}
IN_ENVIRONMENT = {
    "region": "env-region",
    "access_key_id": "ENV-ID",
    "access_key_secret": "env-key",
    "security_token": "env-token",
    "endpoint_url": "https://env.example",
}


def environment(name, **changes):
    """The variables of one provider."""
    return {words(name).env[option]: value for option, value in {**IN_ENVIRONMENT, **changes}.items()}


@pytest.fixture(params=wires(), ids=lambda wire: wire.name)
def wire(request):
    return request.param


@pytest.fixture
def platform(wire):
    return wire.platform


@pytest.fixture
def environ(wire):
    return environment(wire.name)


def refusal(platform, environ=None, **options):
    """What is said of options that cannot be right."""
    with pytest.raises(OptionError) as caught:
        connect({**GIVEN, **options}, platform, environ or {})
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said and ". " not in said, "it is not one sentence"
    return said


# Option, then environment


def test_options_alone_are_enough(platform):
    connection = connect({**GIVEN, "security_token": "hidden-token"}, platform, {})
    assert connection == Connection("cn-here", Credentials("ID", "hidden-key", "hidden-token", source="options"))


@pytest.mark.parametrize("empty", [None, ""])
def test_the_environment_stands_in_for_what_is_left_out_or_empty(platform, environ, empty):
    connection = connect({**GIVEN, **dict.fromkeys(IN_ENVIRONMENT, empty)}, platform, environ)
    credentials = Credentials("ENV-ID", "env-key", "env-token", source="environment")
    assert connection == Connection("env-region", credentials, endpoint_url="https://env.example")


def test_options_win_over_the_environment_and_are_not_completed_by_its_token(platform, environ):
    connection = connect({**GIVEN, "endpoint_url": "https://given.example"}, platform, environ)
    credentials = Credentials("ID", "hidden-key", None, source="options")
    assert connection == Connection("cn-here", credentials, endpoint_url="https://given.example")


def test_an_empty_variable_is_one_that_is_not_set(platform, environ):
    assert connect(GIVEN, platform, dict.fromkeys(environ, "")).endpoint_url is None
    assert "region is missing" in refusal(platform, dict.fromkeys(environ, ""), region=None)


def test_one_provider_never_reads_the_environment_of_another(platform):
    others = {key: value for name in NAMES if name != platform.name for key, value in environment(name).items()}
    assert "access_key_id is missing" in refusal(platform, others, **NO_KEY)
    assert connect(GIVEN, platform, others).endpoint_url is None


# Values that cannot be right

# The keys are those of test_credentials.
WRONG: dict[str, list[Any]] = {
    "region": [None, "cn hangzhou", "cn-hangzhou\n", "cn-hangzhou/../x", "evil.example#", "-cn"],
    "endpoint_url": [
        "ecs.aliyuncs.com",
        "ftp://host",
        "https://",
        "https:///path",
        "https://host:port",
        "https://host:0",
        "https://host:70000",
        "http://[::1",
        "https://host/path",
        "https://host?query",
        "https://host#fragment",
        "https://user@host",
        "https://user:hidden-word@host",
        "https://:hidden-word@host",
        "https://ho st",
        "https://host ",
        "https://.example.com",
    ],
    "proxy": [
        "proxy.example:3128",
        "socks5://proxy.example",
        "http://user:hidden-word@",
        "http://proxy.example/path",
    ],
    "request_timeout": [0, -1.0, float("nan"), float("inf"), 1e300],
    "retries": [-1],
}


@pytest.mark.parametrize(("option", "value"), [(option, value) for option in WRONG for value in WRONG[option]])
def test_a_bad_value_is_one_sentence_that_names_its_option(platform, option, value):
    said = refusal(platform, **{option: value})
    assert said.startswith(option) and "hidden-word" not in said


def test_settings_of_the_environment_are_named_and_checked(wire, platform):
    assert wire.words.env["region"] in refusal(platform, region=None)
    said = refusal(platform, environment(wire.name, endpoint_url="nonsense"))
    assert said.startswith("endpoint_url is not a whole URL")


@pytest.mark.parametrize(
    "url", ["https://host", "http://host:8899", "https://host/", "HTTPS://Host", "http://[::1]:80"]
)
def test_a_whole_url_is_accepted(platform, url):
    assert connect({**GIVEN, "endpoint_url": url, "allow_http": True}, platform, {}).endpoint_url == url


@pytest.mark.parametrize("url", ["http://localhost:1", "http://LOCALHOST", "http://127.9.9.9", "http://[::1]:80"])
def test_plain_http_to_this_machine_needs_no_permission(wire, platform, url):
    assert connect(GIVEN, platform, environment(wire.name, endpoint_url=url)).endpoint_url == url


@pytest.mark.parametrize(
    "url",
    [
        *("http://host", "http://localhost.example", "http://127.0.0.1.example"),
        *("HTTP://10.0.0.1", "http://127.1", "http://[::2]", "http://0.0.0.0", "http://2130706433"),
    ],
)
def test_plain_http_to_another_machine_is_refused(wire, platform, url):
    assert "set allow_http=true" in refusal(platform, environment(wire.name, endpoint_url=url))
    assert "set allow_http=true" in refusal(platform, endpoint_url=url)


@pytest.mark.parametrize("slash", ["", "/"])
def test_endpoint_url_is_over_all_rules_for_a_region(wire, slash):
    url = "http://127.0.0.1:8899"
    assert wire.client(url + slash).url == f"{url}/"
    assert wire.client(None).url == f"https://{wire.host}/"


# Certificates, proxies, figures


@pytest.mark.parametrize(
    ("validate_certs", "ca_path", "verify"),
    [(True, None, True), (True, "/ca.pem", "/ca.pem"), (False, None, False), (False, "/ca.pem", False)],
)
def test_certificates_are_checked_unless_told_otherwise(platform, validate_certs, ca_path, verify):
    options = {**GIVEN, "validate_certs": validate_certs, "ca_path": ca_path}
    assert connect(options, platform, {}).verify == verify


def test_figures_and_proxy_are_taken_over_and_no_secret_is_shown(platform):
    proxy = "http://user:hidden-word@proxy.example:3128"
    more = {"request_timeout": 1.5, "retries": 0, "proxy": proxy}
    connection = connect({**GIVEN, "security_token": "hidden-token", **more}, platform, {})
    assert {name: getattr(connection, name) for name in more} == more
    assert "hidden" not in repr(connection)


# Secrets


@pytest.mark.parametrize("option", ["proxy", "endpoint_url"])
@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        *(
            (url, {"hidden%20word", "hidden word"})
            for url in ("http://user:hidden%20word@host", "http://user:hidden%20word@host:x/y", "z://:hidden%20word@")
        ),
        ("http://host", set()),
        ("http://user@host", set()),
    ],
)
def test_the_password_of_any_url_is_a_secret_be_the_url_right_or_wrong(wire, platform, option, url, secrets):
    assert secrets_of({**GIVEN, option: url}, platform, {}) == secrets
    name = {**wire.words.env, "proxy": "https_proxy"}[option]
    assert secrets_of(GIVEN, platform, {name: url}) == secrets


def test_secrets_of_the_environment_are_known_too(platform, environ):
    assert secrets_of({**GIVEN, **NO_KEY}, platform, environ) == {"env-key", "env-token"}
