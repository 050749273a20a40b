# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options and environment to the connection in force."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.chain import Finder
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._http.connection import (
    Connection,
    check_proxy,
    connect,
    secrets_of,
)
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import PLATFORMS

from ..support.providers import having, part, words
from ..support.wire import wires

GIVEN = {
    "region": "cn-here",
    "access_key_id": "ID",
    "access_key_secret": "hidden-key",
    "security_token": None,
    "profile": None,
    "credentials": "static",
    "endpoint_url": None,
    "endpoint_type": "public",
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
        connect({**GIVEN, **options}, platform, environ or {}, platforms=PLATFORMS)
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said and ". " not in said, "it is not one sentence"
    return said


# Option, then environment


def test_options_alone_are_enough(platform):
    connection = connect({**GIVEN, "security_token": "hidden-token"}, platform, {})
    credentials = Credentials("ID", "hidden-key", "hidden-token", source="options")
    assert connection == Connection(platform, "cn-here", credentials, vendor_hosts=(platform.own_host,))


@pytest.mark.parametrize("empty", [None, ""])
def test_the_environment_stands_in_for_what_is_left_out_or_empty(platform, environ, empty):
    connection = connect({**GIVEN, **dict.fromkeys(IN_ENVIRONMENT, empty)}, platform, environ)
    credentials = Credentials("ENV-ID", "env-key", "env-token", source="environment")
    assert connection == Connection(
        platform, "env-region", credentials, endpoint_url="https://env.example", vendor_hosts=(platform.own_host,)
    )


def test_options_win_over_the_environment_and_are_not_completed_by_its_token(platform, environ):
    connection = connect({**GIVEN, "endpoint_url": "https://given.example"}, platform, environ)
    credentials = Credentials("ID", "hidden-key", None, source="options")
    assert connection == Connection(
        platform, "cn-here", credentials, endpoint_url="https://given.example", vendor_hosts=(platform.own_host,)
    )


def test_an_empty_variable_is_one_that_is_not_set(platform, environ):
    assert connect(GIVEN, platform, dict.fromkeys(environ, "")).endpoint_url is None
    assert "region is missing" in refusal(platform, dict.fromkeys(environ, ""), region=None)


def test_one_provider_never_reads_the_environment_of_another(platform):
    others = {
        key: value for name in having("words") if name != platform.name for key, value in environment(name).items()
    }
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
    for option, said in (
        ("endpoint_url", "is not a complete URL"),
        ("region", "is 'no sense', which is not a region id"),
    ):
        variable = f"{option}, from {wire.words.env[option]},"
        assert refusal(platform, environment(wire.name, **{option: "no sense"}), **{option: None}).startswith(
            f"{variable} {said}"
        )


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


# Hosts


class Asked(Finder):
    """Notes the token service."""

    def find(self, options, platform, sts=""):
        self.sts = sts
        return super().find(options, platform, sts)


def test_keys_are_asked_for_at_the_token_service_of_the_task(platform):
    named = {"endpoint_url": {"sts": "https://sts.example"}}
    cases: list[tuple[dict[str, Any], str]] = [({}, ""), (named, "sts.example")]
    if "vpc" in platform.endpoint_types:
        private = {"endpoint_type": "vpc"}
        cases += [(private, platform.private_sts.format(region="cn-here")), ({**private, **named}, "sts.example")]
    for options, host in cases:
        finder = Asked({})
        connect({**GIVEN, **options}, platform, {}, finder, PLATFORMS)
        assert finder.sts == host


def hosts(wire, **options):
    """The host that each of the provider's services is called at, or what is said instead."""
    try:
        connection = connect({**GIVEN, "region": wire.region, **options}, wire.platform, {}, platforms=PLATFORMS)
        return connection.url_of("ecs", "https://usual.example"), connection.url_of("tat", "https://usual.example")
    except OptionError as error:
        return str(error)


@pytest.mark.parametrize(
    ("url", "ecs", "tat"),
    [
        (None, "https://usual.example", "https://usual.example"),
        ("https://one", "https://one", "https://one"),
        ({"ecs": "https://one"}, "https://one", "https://usual.example"),
        ({"ECS ": "https://one", "tat": "https://two", "sts": None}, "https://one", "https://two"),
        ('{"ecs": "https://one", "tat": ""}', "https://one", "https://usual.example"),
        ("{tat: https://two}", "https://usual.example", "https://two"),
        ({"ecs": ""}, "https://usual.example", "https://usual.example"),
    ],
)
def test_an_endpoint_is_one_for_all_or_one_for_each_service(wire, url, ecs, tat):
    assert hosts(wire, endpoint_url=url) == (ecs, tat)
    connection = connect({**GIVEN, "endpoint_url": url}, wire.platform, {}, platforms=PLATFORMS)
    assert isinstance(hash(connection), int), "places with the same connection share it"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ({"ecss": "https://x"}, "endpoint_url: there is no service 'ecss' (did you mean ecs?). One of: ecs, oos"),
        ({"ecs": 7}, "endpoint_url.ecs is a int: write a URL"),
        (["https://x"], "endpoint_url is a list: write one URL, or a dictionary of URLs by service"),
        ({"ecs": "x"}, "endpoint_url.ecs is not a complete URL"),
        ({"ecs": "http://host"}, "endpoint_url.ecs is http:// to another machine"),
        ({"oos": "https://user:hidden-word@host"}, "endpoint_url.oos must not carry a user name or password"),
        ({"sts": "http://127.0.0.1"}, "endpoint_url.sts is not https://"),
    ],
)
def test_a_wrong_endpoint_of_a_service_is_named(wire, url, said):
    assert hosts(wire, endpoint_url=url).startswith(said)


@pytest.mark.parametrize(
    ("url", "region", "said"),
    [
        ("https://ecs-vpc.cn-here.aliyuncs.com", "cn-here", "serves ecs in cn-here alone, and tat in cn-here"),
        ("https://ecs.cn-here.aliyuncs.com/", "cn-there", "ecs in cn-here alone, and ecs in cn-there"),
        ("https://ecs-cn-hangzhou.aliyuncs.com", "cn-here", "serves ecs alone, and tat"),
        ("https://ros.vpc-proxy.aliyuncs.com", "cn-here", "serves ros alone, and ecs in cn-here"),
        ("https://tat.intl.tencentcloudapi.com", "cn-here", "serves tat alone, and ecs in cn-here"),
        (
            {"tat": "https://cvm.tencentcloudapi.com"},
            "cn-here",
            "endpoint_url.tat is https://cvm.",
        ),
        ({"ecs": "https://ecs.cn-here.aliyuncs.com"}, "cn-here", None),
        ({"tat": "https://tat.internal.tencentcloudapi.com"}, "cn-here", None),
        # What may well serve all.
        ("https://ep-1.cn-here.privatelink.aliyuncs.com", "cn-there", None),
        ("https://aliyuncs.com.example", "cn-here", None),
    ],
)
def test_a_host_of_the_vendor_serves_what_it_is_for(wire, url, region, said):
    found = hosts(wire, region=region, endpoint_url=url)
    if said is None:
        assert isinstance(found, tuple)
    else:
        assert said in found
        assert ("endpoint_type=vpc" in found) == ("vpc" in wire.platform.endpoint_types)


def test_the_region_of_the_profile_stands_in(wire, tmp_path):
    profiles = part(wire.name, "vault")
    for path, content in profiles.with_region("ap-profile").items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content if isinstance(content, str) else json.dumps(content))
    home, options = {"HOME": str(tmp_path)}, {**GIVEN, **NO_KEY, "region": None}
    for more in ({}, {"profile": "default"}):
        assert connect({**options, **more}, wire.platform, home).region == "ap-profile"
    assert connect({**options, "region": "given"}, wire.platform, home).region == "given"
    # A key from elsewhere is not used where a profile says.
    assert "region is missing" in refusal(wire.platform, home, region=None)


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


# What the libraries take apart at the wrong place.
TORN = ["hid/den", "hid#den", "hid?den", "71/82", "hid@den/hid", "[hid"]


@pytest.mark.parametrize("password", TORN)
@pytest.mark.parametrize("form", ["http://user:{}@host:3128", "user:{}@host:3128"])
def test_a_password_that_tears_its_url_is_refused_and_known_whole(wire, platform, password, form):
    proxy = form.format(password)
    with pytest.raises(OptionError) as caught:
        check_proxy("HTTPS_PROXY", proxy)
    for said in (refusal(platform, proxy=proxy), str(caught.value)):
        assert not [piece for piece in re.findall(r"\w+", password) if piece in said]
    for options, environ in (({"proxy": proxy}, {}), ({}, {"HTTPS_PROXY": proxy}), ({"endpoint_url": proxy}, {})):
        assert password in secrets_of({**GIVEN, **options}, platform, environ)


@pytest.mark.parametrize(
    "proxy", [None, "", "host:3128", "http://user:pa%2Fss@host:1/", "socks5h://u:p@h", "http://u:p@a@h"]
)
def test_a_whole_proxy_is_none_of_these(proxy):
    check_proxy("HTTPS_PROXY", proxy)


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
