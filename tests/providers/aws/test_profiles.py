# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two files of AWS, which of them counts for what, and what of a profile only the library can serve."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.chain import Finder
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.platform import AWS

from .vault import FIRST_FILE, SECOND_FILE, SECRET, first_file, second_file, section


def test_a_key_with_its_token(home):
    file = home.put(FIRST_FILE, first_file() + first_file("other", aws_session_token="hidden-token"))
    assert (home.found(), home.found("default"), home.found("other")) == ("DEFAULT", "DEFAULT", "OTHER")
    credentials = home.read("other").credentials
    assert (credentials.access_key_secret, credentials.security_token) == (SECRET, "hidden-token")
    assert credentials.source == f"profile other ({file})"
    assert home.read().credentials.security_token is None
    home.put(FIRST_FILE, first_file(aws_security_token="hidden-older", aws_session_token="hidden-token"))
    assert home.read().credentials.security_token == "hidden-older", "as the library has it"


def test_only_the_second_file_calls_its_profiles_that(home):
    home.put(FIRST_FILE, first_file("profile one") + first_file("two"))
    home.put(SECOND_FILE, section("three", aws_access_key_id="THREE") + second_file("four") + second_file('"my five"'))
    assert (home.found("two"), home.found("four"), home.found("my five")) == ("TWO", "INI", "INI")
    for name in ("one", "three", "profile four"):
        assert "was not found" in home.refusal(name)


def test_other_sections_and_nested_settings_are_no_profiles(home):
    home.put(
        SECOND_FILE,
        second_file(s3="\n  max_concurrent_requests = 20")
        + section("sso-session mine", sso_region="eu-west-1")
        + section("services mine", ssm="\n  endpoint_url = http://127.0.0.1"),
    )
    assert home.found() == "INI"
    assert home.refusal("mine").endswith("has 'default'.")


def test_a_name_in_both_files_is_one_profile(home):
    first = home.put(FIRST_FILE, first_file())
    home.put(SECOND_FILE, second_file(region="eu-west-1"))
    profile = home.read()
    assert (profile.credentials.access_key_id, profile.file, profile.region) == ("DEFAULT", str(first), "eu-west-1")
    # As the library has it.
    home.put(FIRST_FILE, first_file(region="eu-north-1"))
    assert home.read().region == "eu-north-1"


def test_files_may_be_named_by_variables(home):
    home.put(FIRST_FILE, first_file())
    home.put(SECOND_FILE, section("default", region="eu-west-1"))
    first, second = home.put("a", first_file("default", aws_access_key_id="A")), home.put("b", second_file("only"))
    elsewhere = {"AWS_SHARED_CREDENTIALS_FILE": str(first), "AWS_CONFIG_FILE": str(second)}
    assert (home.found(**elsewhere), home.read(**elsewhere).region, home.found("only", **elsewhere)) == (
        "A",
        None,
        "INI",
    )
    assert home.found(**{**elsewhere, "AWS_SHARED_CREDENTIALS_FILE": "/nowhere"}) is None


ROLE = {"role_arn": "arn:aws:iam::123456789012:role/r", "source_profile": "base"}
SSO = {"sso_session": "mine", "sso_account_id": "123456789012", "sso_role_name": "r"}
LOGIN = {"login_session": "arn:aws:iam::123456789012:user/u"}
PROCESS = {"credential_process": "/usr/bin/keys --for me"}
KEY = {"aws_access_key_id": "ID", "aws_secret_access_key": SECRET}


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ({}, ROLE, "role"),
        (ROLE, {}, "role"),
        (KEY, ROLE, "role"),
        ({}, {**ROLE, **KEY}, "role"),
        ({}, {"role_arn": "r", "web_identity_token_file": "/token"}, "role"),
        ({}, {"role_arn": "r", "credential_source": "Ec2InstanceMetadata"}, "role"),
        ({}, SSO, "SSO"),
        (KEY, SSO, "SSO"),
        ({}, {"sso_start_url": "https://x", "sso_account_id": "1"}, "SSO"),
        # That is for tokens alone.
        (KEY, {"sso_session": "mine"}, "key"),
        ({}, LOGIN, "login"),
        (KEY, LOGIN, "key"),
        ({}, PROCESS, "process"),
        (PROCESS, {}, "process"),
        (KEY, PROCESS, "key"),
        ({**KEY, **PROCESS}, {}, "key"),
        ({}, {**KEY, **PROCESS}, "process"),
        (KEY, {}, "key"),
        ({}, KEY, "key"),
        (KEY, {"role_arn": "", "credential_process": ""}, "key"),
    ],
)
def test_what_counts_of_a_profile_is_what_the_library_takes(home, first, second, kind):
    home.put(FIRST_FILE, section("one", **first) if first else "")
    home.put(SECOND_FILE, section("profile one", **second) if second else "")
    profile = home.read("one")
    assert profile.kind == kind
    assert (profile.credentials and profile.credentials.access_key_id) == ("ID" if kind == "key" else None)
    assert not profile.is_empty


def test_half_a_key_is_an_error_and_not_the_next_source(home):
    for half in KEY:
        home.put(FIRST_FILE, section("default", **{half: KEY[half]}))
        home.put(SECOND_FILE, second_file())
        with pytest.raises(OptionError, match=r"is missing in what profile default \(.*/credentials\) has\."):
            Finder({"HOME": str(home.path)}).find({"credentials": "static"}, AWS)


def test_keys_of_the_environment_win_over_a_profile_of_the_environment_only(home):
    home.put(FIRST_FILE, first_file("one"))
    environ = {"HOME": str(home.path), "AWS_PROFILE": "one"}
    keys = {"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "hidden-env"}
    assert Finder(environ).find({}, AWS).access_key_id == "ONE"
    assert Finder({**environ, **keys}).find({}, AWS).access_key_id == "ENV"
    assert Finder({**environ, **keys}).find({"profile": "one"}, AWS).access_key_id == "ONE"


def test_a_profile_that_says_where_and_not_who_gives_its_region(home):
    home.put(SECOND_FILE, section("default", region="eu-west-1", output="json"))
    profile = Finder({"HOME": str(home.path)}).profile({}, AWS)
    assert profile and profile.is_empty and profile.region == "eu-west-1"


def test_what_only_the_library_can_serve_is_refused_where_it_may_not(home):
    home.put(SECOND_FILE, section("default", **PROCESS))
    with pytest.raises(OptionError, match="is of the kind process, which only botocore can use"):
        Finder({"HOME": str(home.path)}).find({"credentials": "static"}, AWS)
