# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where calls go by profiles and variables: botocore reads the same ones, and must come to the same."""

from __future__ import annotations

import itertools

import pytest
from botocore import exceptions, session

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._http.connection import connect
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.platform import AWS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.services import CLOUDFORMATION, EC2, SSM

from .vault import FIRST_FILE, SECOND_FILE, first_file, section

SERVICES = {each.name: each for each in (SSM, EC2, CLOUDFORMATION)}
OPTIONS = {"validate_certs": True, "request_timeout": 10.0, "retries": 5}
URL = "endpoint_url"
NESTED = section("services mine", ssm=f"\n  {URL} = https://ssm.example", ec2="\n  another = 1")
MINE = {"services": "mine", URL: "https://all.example"}
SWITCHES = ("AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT")
IGNORED = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"


@pytest.fixture(scope="module")
def loader():
    """One for all, since it keeps the models."""
    return session.get_session().get_component("data_loader")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Writes the second file, beside keys in the first; returns the environment."""
    for name in (*SWITCHES, IGNORED, URL.upper(), "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".aws").mkdir()

    def write(second="", first=None, **environ):
        (tmp_path / FIRST_FILE).write_text(first_file() + first_file("other") if first is None else first)
        (tmp_path / SECOND_FILE).write_text(second)
        found = {"HOME": str(tmp_path), **environ}
        for name, value in found.items():
            monkeypatch.setenv(name, value)
        return found

    return write


def ours(environ, **options):
    """Where each service is called, and whose certificates are trusted."""
    connection = connect({**OPTIONS, **options}, AWS, environ)
    urls = [
        connection.url_of(name, each.endpoint(connection.region, connection.endpoint_type))
        for name, each in SERVICES.items()
    ]
    return urls, connection.verify


def theirs(loader, profile=None):
    found = session.Session(profile=profile)
    found.register_component("data_loader", loader)
    urls = [found.create_client(name).meta.endpoint_url for name in SERVICES]
    return urls, found.get_config_variable("ca_bundle") or True


@pytest.mark.parametrize(
    ("entries", "environ"),
    [
        ({}, {}),
        ({"ca_bundle": "/profile.pem"}, {}),
        ({"ca_bundle": "/profile.pem"}, {"AWS_CA_BUNDLE": "/variable.pem"}),
        ({URL: "https://all.example"}, {}),
        ({"services": "mine"}, {}),
        (MINE, {}),
        (MINE, {"AWS_ENDPOINT_URL": "https://variable.example"}),
        (MINE, {"AWS_ENDPOINT_URL_EC2": "https://ec2.example"}),
        ({"services": "mine"}, {"AWS_ENDPOINT_URL_SSM": "https://variable.example"}),
        (MINE, {IGNORED: "true"}),
        (MINE, {IGNORED: "True", "AWS_ENDPOINT_URL": "https://variable.example"}),
        ({}, {IGNORED: "true", "AWS_ENDPOINT_URL_SSM": "https://variable.example"}),
        ({**MINE, "ignore_configured_endpoint_urls": "true"}, {}),
        ({**MINE, "ignore_configured_endpoint_urls": "true"}, {IGNORED: "false"}),
        ({"ignore_configured_endpoint_urls": "true"}, {"AWS_ENDPOINT_URL": "https://variable.example"}),
        ({**MINE, "ignore_configured_endpoint_urls": "1"}, {}),
        ({"use_fips_endpoint": "true"}, {}),
        ({"use_dualstack_endpoint": "TRUE"}, {}),
        ({"use_fips_endpoint": "true", "use_dualstack_endpoint": "true"}, {}),
        ({"use_fips_endpoint": "true"}, {"AWS_USE_FIPS_ENDPOINT": "false"}),
        ({"use_fips_endpoint": "true"}, {"AWS_USE_DUALSTACK_ENDPOINT": "true"}),
        ({**MINE, "use_fips_endpoint": "true"}, {}),
        ({}, {"AWS_USE_FIPS_ENDPOINT": "true"}),
        ({}, {"AWS_USE_FIPS_ENDPOINT": "1"}),
    ],
)
@pytest.mark.parametrize("name", [None, "other"])
def test_a_profile_says_where_as_the_library_has_it(home, loader, name, entries, environ):
    called = f"profile {name}" if name else "default"
    environ = home(section(called, region="eu-central-1", **entries) + NESTED, **environ)
    assert ours(environ, **({"profile": name} if name else {})) == theirs(loader, name)
    if name:
        home(**{"AWS_PROFILE": name}, second=section(called, region="eu-central-1", **entries) + NESTED)
        assert ours({**environ, "AWS_PROFILE": name}) == theirs(loader)


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"])
@pytest.mark.parametrize("switches", list(itertools.product(("false", "true"), repeat=2)))
def test_hosts_are_those_of_the_library(home, loader, region, switches):
    environ = home(AWS_DEFAULT_REGION=region, **dict(zip(SWITCHES, switches, strict=True)))
    assert ours(environ) == theirs(loader)


def test_options_win():
    environ = {"AWS_USE_FIPS_ENDPOINT": "true", IGNORED: "true", "AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "k"}
    at_fips, _verify = ours(environ, region="eu-central-1")
    assert at_fips[0] == "https://ssm-fips.eu-central-1.amazonaws.com"
    public, _verify = ours(environ, region="eu-central-1", endpoint_type="public")
    assert public[0] == "https://ssm.eu-central-1.amazonaws.com"
    named, _verify = ours(environ, region="eu-central-1", endpoint_url={"ssm": "https://option.example"})
    assert (named[0], named[1]) == ("https://option.example", "https://ec2-fips.eu-central-1.amazonaws.com")


def test_what_a_profile_says_counts_where_its_key_does(home):
    environ = home(section("default", region="eu-central-1", **MINE) + NESTED, AWS_REGION="eu-west-1")
    assert ours(environ)[0][0] == "https://ssm.example"
    keys = {"AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "k"}
    assert ours({**environ, **keys})[0][0] == "https://ssm.eu-west-1.amazonaws.com"


PROFILE = r"profile default \(/.*/\.aws/credentials\)"


@pytest.mark.parametrize(
    ("entries", "nested", "environ", "said"),
    [
        ({URL: "http://other.example"}, "", {}, rf"endpoint_url, from {PROFILE}, is http:// to another machine"),
        ({URL: "https://user:hidden@other.example"}, "", {}, rf"endpoint_url, from {PROFILE}, must not carry a user"),
        (
            {URL: "https://ec2.eu-west-1.amazonaws.com"},
            "",
            {},
            rf"endpoint_url, from {PROFILE}, is .*, which serves ec2",
        ),
        (MINE, "hidden", {}, r"endpoint_url\.ssm, from \[services mine\] in /.*/\.aws/config, is not a complete URL"),
        (MINE, "https://ec2.api.aws", {}, r"endpoint_url\.ssm, from \[services mine\] in .*, is .*, which serves ec2"),
        ({}, "", {"AWS_ENDPOINT_URL": "hidden"}, "endpoint_url, from AWS_ENDPOINT_URL, is not a complete URL"),
        (
            MINE,
            "",
            {"AWS_ENDPOINT_URL_SSM": "x"},
            r"endpoint_url\.ssm, from AWS_ENDPOINT_URL_SSM, is not a complete URL",
        ),
        (
            {"region": "hid den"},
            "",
            {"AWS_REGION": ""},
            rf"region, from {PROFILE}, is 'hid den', which is not a region",
        ),
    ],
)
def test_what_cannot_be_is_told_with_where_it_is_written(home, entries, nested, environ, said):
    written = section("services mine", ssm=f"\n  {URL} = {nested}")
    environ = home(section("default", **{"region": "eu-central-1", **entries}) + written, **environ)
    with pytest.raises(OptionError, match=f"^{said}") as caught:
        ours(environ)
    assert "user:hidden" not in str(caught.value)


def test_services_that_are_not_there_are_an_error_at_both(home, loader):
    environ = home(section("default", region="eu-central-1", services="hidden"))
    with pytest.raises(exceptions.InvalidConfigError):
        theirs(loader)
    said = rf"^{PROFILE} has services = hidden, and /.*/\.aws/config has no section \[services hidden\]\.$"
    with pytest.raises(OptionError, match=said):
        ours(environ)


def test_two_variables_name_a_profile(home):
    second = section("profile one", region="one-region-1") + section("profile two", region="two-region-1")
    environ = home(second, first_file("one") + first_file("two"))
    for variables, region in (
        ({"AWS_DEFAULT_PROFILE": "one"}, "one-region-1"),
        ({"AWS_PROFILE": "two", "AWS_DEFAULT_PROFILE": "one"}, "two-region-1"),
        ({"AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": "one"}, "one-region-1"),
    ):
        connection = connect(OPTIONS, AWS, {**environ, **variables})
        assert (connection.region, connection.credentials.access_key_id) == (region, region[:3].upper())
