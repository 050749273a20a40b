# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options and environment to the connection in force."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.client import ALIBABA, AlibabaClient
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._connection import (
    Connection,
    connect,
    secrets_of,
)
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.client import TENCENT, TencentClient
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.tat import TAT

from ._wire import FakeClock

PLATFORMS = [ALIBABA, TENCENT]
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
ENVIRONMENT = {
    "alibaba": {
        "ALIBABA_CLOUD_REGION_ID": "env-region",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "ENV-ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "env-key",
        "ALIBABA_CLOUD_SECURITY_TOKEN": "env-token",
        "ALIBABA_CLOUD_ENDPOINT_URL": "https://env.example",
    },
    "tencent": {
        "TENCENTCLOUD_REGION": "env-region",
        "TENCENTCLOUD_SECRET_ID": "ENV-ID",
        "TENCENTCLOUD_SECRET_KEY": "env-key",
        "TENCENTCLOUD_TOKEN": "env-token",
        "TENCENTCLOUD_ENDPOINT_URL": "https://env.example",
    },
}
PREFIXES = {"alibaba": "ALIBABA_CLOUD_", "tencent": "TENCENTCLOUD_"}


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.name)
def platform(request):
    return request.param


@pytest.fixture
def environ(platform):
    return dict(ENVIRONMENT[platform.name])


def refusal(platform, environ=None, **options):
    """What is said of options that cannot be right."""
    with pytest.raises(OptionError) as caught:
        connect({**GIVEN, **options}, platform, environ or {})
    return str(caught.value)


def is_one_sentence(text):
    return text.endswith(".") and "\n" not in text and ". " not in text


# Option, then environment


def test_options_alone_are_enough(platform):
    connection = connect({**GIVEN, "security_token": "hidden-token"}, platform, {})
    assert connection == Connection("cn-here", Credentials("ID", "hidden-key", "hidden-token", source="options"))


def test_the_environment_alone_is_enough(platform, environ):
    connection = connect({**GIVEN, **NO_KEY, "region": None}, platform, environ)
    credentials = Credentials("ENV-ID", "env-key", "env-token", source="environment")
    assert connection == Connection("env-region", credentials, endpoint_url="https://env.example")


def test_options_win_over_the_environment(platform, environ):
    connection = connect({**GIVEN, "endpoint_url": "https://given.example"}, platform, environ)
    assert connection.region == "cn-here"
    assert connection.endpoint_url == "https://given.example"
    assert connection.credentials.access_key_id == "ID"


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_option_is_one_that_was_left_out(platform, environ, empty):
    options = dict.fromkeys(("region", "access_key_id", "access_key_secret", "security_token", "endpoint_url"), empty)
    connection = connect({**GIVEN, **options}, platform, environ)
    assert connection.region == "env-region"
    assert connection.credentials.source == "environment"


def test_an_empty_variable_is_one_that_is_not_set(platform, environ):
    connection = connect(GIVEN, platform, dict.fromkeys(environ, ""))
    assert connection.endpoint_url is None
    assert "region is missing" in refusal(platform, dict.fromkeys(environ, ""), region=None)


def test_one_provider_never_reads_the_environment_of_the_other(platform):
    other = ENVIRONMENT["tencent" if platform is ALIBABA else "alibaba"]
    assert "access_key_id is missing" in refusal(platform, other, **NO_KEY)
    assert connect(GIVEN, platform, other).endpoint_url is None


def test_tencent_token_has_two_names_of_which_the_vendors_own_wins():
    keys = {"TENCENTCLOUD_SECRET_ID": "ENV-ID", "TENCENTCLOUD_SECRET_KEY": "env-key"}
    options = {**GIVEN, **NO_KEY}
    second = connect(options, TENCENT, {**keys, "TENCENTCLOUD_SECURITY_TOKEN": "second"})
    both = connect(options, TENCENT, {**keys, "TENCENTCLOUD_TOKEN": "first", "TENCENTCLOUD_SECURITY_TOKEN": "second"})
    assert (second.credentials.current().security_token, both.credentials.current().security_token) == (
        "second",
        "first",
    )


# One source for id, secret and token


def test_a_token_of_the_environment_is_not_used_with_a_key_of_the_options(platform, environ):
    credentials = connect(GIVEN, platform, environ).credentials
    assert credentials == Credentials("ID", "hidden-key", None, source="options")


def test_a_token_of_the_options_is_not_used_with_a_key_of_the_environment(platform, environ):
    said = refusal(platform, environ, **NO_KEY, security_token="given")
    assert said.startswith("security_token is set without its key")


@pytest.mark.parametrize("option", ["access_key_id", "access_key_secret"])
def test_half_a_key_is_not_completed_from_the_environment(platform, environ, option):
    said = refusal(platform, environ, **{option: None})
    assert said.startswith(f"{option} is missing")
    assert is_one_sentence(said)


def test_half_a_key_in_the_environment_is_not_enough(platform, environ):
    del environ[platform.access_key_secret_env[0]]
    said = refusal(platform, environ, **NO_KEY)
    assert "access_key_secret is missing" in said
    assert platform.access_key_secret_env[0] in said


parts = st.sampled_from([None, "", "a"])


@given(st.sampled_from(PLATFORMS), st.tuples(parts, parts, parts), st.tuples(parts, parts, parts))
def test_credentials_come_from_one_source_or_not_at_all(platform, options, variables):
    names = (platform.access_key_id_env[0], platform.access_key_secret_env[0], platform.security_token_env[0])
    environ = {name: f"env-{value}" for name, value in zip(names, variables, strict=True) if value}
    names = ("access_key_id", "access_key_secret", "security_token")
    given_options = {name: f"opt-{value}" if value else value for name, value in zip(names, options, strict=True)}
    try:
        credentials = connect({**GIVEN, **given_options}, platform, environ).credentials.current()
    except OptionError:
        assert not (options[0] and options[1])
        assert options[0] or options[1] or options[2] or not (variables[0] and variables[1])
        return
    found = (credentials.access_key_id, credentials.access_key_secret, credentials.security_token)
    assert len({value[:4] for value in found if value}) == 1
    assert {"options": "opt-", "environment": "env-"}[credentials.source] == found[0][:4]


# Values that cannot be right


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("region", None),
        ("region", "cn hangzhou"),
        ("region", "cn-hangzhou\n"),
        ("region", "cn-hangzhou/../x"),
        ("region", "evil.example#"),
        ("region", "-cn"),
        ("access_key_id", None),
        ("access_key_secret", None),
        ("access_key_id", "ID\n"),
        ("access_key_id", "I D"),
        ("access_key_secret", "key\n"),
        ("access_key_secret", " key"),
        ("access_key_secret", "k\tey"),
        ("access_key_secret", "kéy"),
        ("security_token", "token\r\n"),
        ("endpoint_url", "ecs.aliyuncs.com"),
        ("endpoint_url", "ftp://host"),
        ("endpoint_url", "https://"),
        ("endpoint_url", "https:///path"),
        ("endpoint_url", "https://host:port"),
        ("endpoint_url", "https://host:0"),
        ("endpoint_url", "https://host:70000"),
        ("endpoint_url", "http://[::1"),
        ("endpoint_url", "https://host/path"),
        ("endpoint_url", "https://host?query"),
        ("endpoint_url", "https://host#fragment"),
        ("endpoint_url", "https://user@host"),
        ("endpoint_url", "https://user:hidden-word@host"),
        ("endpoint_url", "https://:hidden-word@host"),
        ("endpoint_url", "https://ho st"),
        ("endpoint_url", "https://host "),
        ("endpoint_url", "https://.example.com"),
        ("proxy", "proxy.example:3128"),
        ("proxy", "socks5://proxy.example"),
        ("proxy", "http://user:hidden-word@"),
        ("proxy", "http://proxy.example/path"),
        ("request_timeout", 0),
        ("request_timeout", -1.0),
        ("request_timeout", float("nan")),
        ("request_timeout", float("inf")),
        ("request_timeout", 1e300),
        ("retries", -1),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_its_option(platform, option, value):
    said = refusal(platform, **{option: value})
    assert said.startswith(option)
    assert is_one_sentence(said)
    assert "hidden-word" not in said


def test_what_is_missing_names_the_way_out(platform):
    assert platform.region_env[0] in refusal(platform, region=None)
    said = refusal(platform, **NO_KEY)
    assert platform.access_key_id_env[0] in said
    assert platform.access_key_secret_env[0] in said
    assert platform.title in said


@pytest.mark.parametrize("name", ["access_key_id_env", "access_key_secret_env", "security_token_env"])
def test_a_bad_key_of_the_environment_is_told_apart_and_not_shown(platform, environ, name):
    environ[getattr(platform, name)[0]] = "hidden word"
    said = refusal(platform, environ, **NO_KEY)
    assert said.startswith(f"{name.removesuffix('_env')} (from environment)")
    assert "hidden word" not in said


def test_a_bad_endpoint_of_the_environment_is_refused(platform, environ):
    environ[platform.endpoint_url_env[0]] = "nonsense"
    assert refusal(platform, environ).startswith("endpoint_url is not a whole URL")


@pytest.mark.parametrize(
    "url", ["https://host", "http://host:8899", "https://host/", "HTTPS://Host", "http://[::1]:80"]
)
def test_a_whole_url_is_accepted(platform, url):
    assert connect({**GIVEN, "endpoint_url": url, "allow_http": True}, platform, {}).endpoint_url == url


@pytest.mark.parametrize("url", ["http://localhost:1", "http://LOCALHOST", "http://127.9.9.9", "http://[::1]:80"])
def test_plain_http_to_this_machine_needs_no_permission(platform, environ, url):
    environ[platform.endpoint_url_env[0]] = url
    assert connect({**GIVEN, "region": None}, platform, environ).endpoint_url == url


@pytest.mark.parametrize(
    "url",
    [
        *("http://host", "http://localhost.example", "http://127.0.0.1.example"),
        *("HTTP://10.0.0.1", "http://127.1", "http://[::2]", "http://0.0.0.0", "http://2130706433"),
    ],
)
def test_plain_http_to_another_machine_is_refused(platform, environ, url):
    environ[platform.endpoint_url_env[0]] = url
    assert "set allow_http=true" in refusal(platform, environ)
    assert "set allow_http=true" in refusal(platform, {}, endpoint_url=url)


# Certificates, proxies, figures


@pytest.mark.parametrize(
    ("validate_certs", "ca_path", "verify"),
    [(True, None, True), (True, "/ca.pem", "/ca.pem"), (False, None, False), (False, "/ca.pem", False)],
)
def test_certificates_are_checked_unless_told_otherwise(platform, validate_certs, ca_path, verify):
    options = {**GIVEN, "validate_certs": validate_certs, "ca_path": ca_path}
    assert connect(options, platform, {}).verify == verify


def test_figures_and_proxy_are_taken_over(platform):
    options = {**GIVEN, "request_timeout": 1.5, "retries": 0, "proxy": "http://user:pw@proxy.example:3128"}
    connection = connect(options, platform, {})
    assert (connection.request_timeout, connection.retries) == (1.5, 0)
    assert connection.proxy == "http://user:pw@proxy.example:3128"


# Secrets


@pytest.mark.parametrize("option", ["proxy", "endpoint_url"])
@pytest.mark.parametrize(
    "url", ["http://user:hidden%20word@host", "http://user:hidden%20word@host:x/y", "z://:hidden%20word@"]
)
def test_the_password_of_any_url_is_a_secret_be_the_url_right_or_wrong(platform, option, url):
    assert secrets_of({**GIVEN, option: url}, platform, {}) == {"hidden%20word", "hidden word"}


def test_the_password_of_a_proxy_of_the_environment_is_a_secret(platform):
    assert secrets_of(GIVEN, platform, {"https_proxy": "http://user:hidden-word@proxy"}) == {"hidden-word"}


@pytest.mark.parametrize("secret", ["hidden-key", "hidden-token", "hidden-word"])
def test_the_repr_of_a_connection_shows_no_secret(platform, secret):
    options = {**GIVEN, "security_token": "hidden-token", "proxy": "http://user:hidden-word@proxy.example"}
    assert secret not in repr(connect(options, platform, {}))


def test_secrets_of_the_environment_are_known_too(platform, environ):
    assert secrets_of({**GIVEN, **NO_KEY}, platform, environ) == {"env-key", "env-token"}


def test_what_holds_no_password_is_no_secret(platform):
    assert (
        secrets_of({**GIVEN, "proxy": "http://proxy.example", "endpoint_url": "http://user@host"}, platform, {})
        == set()
    )


# Endpoints


def url_of(platform, region, endpoint_url=None):
    connection = connect({**GIVEN, "region": region, "endpoint_url": endpoint_url}, platform, {})
    if platform is ALIBABA:
        return AlibabaClient(connection, ECS, FakeClock(), random.Random(0)).url
    return TencentClient(connection, TAT, FakeClock(), random.Random(0)).url


EXCEPTIONS = {
    "ecs-cn-hangzhou.aliyuncs.com": (
        "cn-hangzhou cn-shanghai-finance-1 cn-shenzhen-finance-1 cn-beijing-nu16-b01 cn-fujian cn-haidian-cm12-c01"
        " cn-hangzhou-bj-b01 cn-hangzhou-internal-prod-1 cn-hangzhou-internal-test-1 cn-hangzhou-internal-test-2"
        " cn-hangzhou-internal-test-3 cn-hangzhou-test-306 cn-shanghai-et15-b01 cn-shanghai-et2-b01"
        " cn-shanghai-internal-test-1 cn-shenzhen-st4-d01 cn-shenzhen-su18-b01 cn-zhangbei-na61-b01"
    ),
    "ecs.aliyuncs.com": (
        "cn-north-2-gov-1 ap-northeast-2-pop cn-beijing-finance-pop cn-beijing-gov-1 cn-hangzhou-finance"
        " cn-hongkong-finance-pop cn-shanghai-inner cn-shenzhen-inner cn-wuhan cn-yushanfang cn-zhangbei rus-west-1-pop"
    ),
    "ecs.cn-qingdao-nebula.aliyuncs.com": "cn-edge-1 cn-huhehaote-nebula-1 cn-zhengzhou-nebula-1",
    "ecs.cn-zhangjiakou.aliyuncs.com": "cn-zhangjiakou-na62-a01",
    "ecs.cn-shenzhen-cloudstone.aliyuncs.com": "eu-west-1-oxs",
}


@pytest.mark.parametrize(
    ("region", "host"), [(region, host) for host, regions in EXCEPTIONS.items() for region in regions.split()]
)
def test_alibaba_region_with_a_host_of_another_name(region, host):
    assert url_of(ALIBABA, region) == f"https://{host}/"


@pytest.mark.parametrize("region", ["cn-beijing", "cn-shanghai", "us-east-1", "us-west-1", "eu-central-1", "new-9"])
def test_every_other_alibaba_region_has_its_own_host(region):
    assert url_of(ALIBABA, region) == f"https://ecs.{region}.aliyuncs.com/"


@pytest.mark.parametrize("region", ["ap-guangzhou", "ap-singapore", "na-siliconvalley"])
def test_tencent_has_one_host_for_all_regions(region):
    assert url_of(TENCENT, region) == "https://tat.tencentcloudapi.com/"


@pytest.mark.parametrize("region", ["cn-hangzhou", "cn-beijing"])
@pytest.mark.parametrize("given_url", ["http://127.0.0.1:8899", "http://127.0.0.1:8899/"])
def test_endpoint_url_is_over_all_rules(platform, region, given_url):
    assert url_of(platform, region, given_url) == "http://127.0.0.1:8899/"
