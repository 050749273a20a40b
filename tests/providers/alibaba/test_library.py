# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba Cloud's real credential library. Its token service only speaks TLS under a name of its own: here the test
replaces how the library writes a URL."""

from __future__ import annotations

import json
import sys
from urllib.parse import urlencode

import alibabacloud_credentials
import pytest
from alibabacloud_credentials.utils import auth_util
from Tea.core import TeaCore

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.chain import Finder
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.platform import ALIBABA

from ...support.keyserver import (
    ROLE,
    assert_no_role_is_found,
    assert_not_installed,
    assert_renewed,
    find,
    issued,
    program,
    refusal,
)

LIBRARY = "alibabacloud-credentials"
LASTING = {"access_key_id": "LTAIEXAMPLE", "access_key_secret": "hidden-lasting"}
METADATA = "/latest/meta-data/ram/security-credentials"


@pytest.fixture(autouse=True)
def home_of_the_library(machine, monkeypatch):
    monkeypatch.setattr("alibabacloud_credentials.utils.auth_constant.HOME", machine["HOME"])


@pytest.fixture
def services(keyserver, monkeypatch):
    write_url = TeaCore.compose_url

    keyserver.hosts = []

    def compose_url(request):
        keyserver.hosts.append(request.headers.get("host"))
        is_for_tokens = "Action" in request.query
        return f"{keyserver.url}/?{urlencode(request.query)}" if is_for_tokens else write_url(request)

    monkeypatch.setattr(TeaCore, "compose_url", compose_url)
    return keyserver


@pytest.fixture
def profile(tmp_path):
    """Writes profiles, of which the first is the default. Returns their file."""

    def write(*entries):
        file = tmp_path / ".aliyun" / "config.json"
        file.parent.mkdir()
        file.write_text(json.dumps({"current": entries[0]["name"], "profiles": entries}))
        return file

    return write


def test_the_role_of_the_machine(services):
    keys = find(ALIBABA)
    assert keys.current() == issued(1, "sdk (default/ecs_ram_role)")
    assert services.asked[-1]["path"] == f"{METADATA}/{ROLE}"
    assert_renewed(keys)


def test_a_credentials_uri(services, monkeypatch):
    # Read from the environment when the library was loaded.
    monkeypatch.setattr(auth_util, "environment_credentials_uri", f"{services.url}/keys")
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    assert find(ALIBABA, credentials="sdk").current() == issued(1, "sdk (default/credential_uri)")


FIRST = {"name": "first", "mode": "RamRoleArn", **LASTING, "ram_role_arn": "acs:ram::1:role/first"}
SECOND = {"name": "second", "mode": "ChainableRamRoleArn", "source_profile": "first", "ram_role_arn": "second"}
POD = {"name": "pod", "mode": "OIDC", "ram_role_arn": "pod", "oidc_provider_arn": "p", "oidc_token_file": "token"}
MACHINE = {"name": "ecs", "mode": "EcsRamRole", "ram_role_name": "other"}
# Profiles; what the library calls them; and which role was asked for with which key.
PROFILES = [
    ([MACHINE], "ecs_ram_role", [(f"{METADATA}/other", None)]),
    ([FIRST], "ram_role_arn/static_ak", [("acs:ram::1:role/first", "LTAIEXAMPLE")]),
    (
        [FIRST, SECOND],
        "ram_role_arn/ram_role_arn/static_ak",
        [("acs:ram::1:role/first", "LTAIEXAMPLE"), ("second", "STS.EXAMPLE1")],
    ),
    ([POD], "oidc_role_arn", [("pod", None)]),
]


@pytest.mark.parametrize(("entries", "source", "expected"), PROFILES, ids=[each[1] for each in PROFILES])
def test_a_role_of_a_profile(services, machine, profile, tmp_path, monkeypatch, entries, source, expected):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text("hidden-oidc-token")
    file = profile(*entries)
    name = entries[-1]["name"]
    keys = find(ALIBABA, machine, profile=name)
    assert keys.current() == issued(len(expected), f"profile {name} ({file}), sdk (cli_profile/{source})")
    asked = [(each.get("RoleArn", each["path"]), each.get("AccessKeyId")) for each in services.asked]
    assert asked[-len(expected) :] == expected
    assert_renewed(keys)


def test_a_credentials_uri_of_a_profile_and_of_its_source(services, machine, profile):
    uri = {"name": "uri", "mode": "credentialsURI", "credentials_uri": f"{services.url}/keys"}
    file = profile(uri, {**SECOND, "mode": "chainableramrolearn", "source_profile": "uri"})
    assert find(ALIBABA, machine).current() == issued(1, f"profile uri ({file}), sdk (cli_profile/credential_uri)")
    keys = find(ALIBABA, machine, profile="second")
    assert keys.source == f"profile second ({file}), sdk (cli_profile/ram_role_arn/credential_uri)"


def test_the_host_of_the_token_service_may_be_another(services, machine, profile):
    profile(FIRST)
    Finder(machine).find({"profile": "first"}, ALIBABA, "sts-vpc.cn-here.aliyuncs.com")
    assert services.hosts[-1] == "sts-vpc.cn-here.aliyuncs.com"


def test_an_old_library_is_called_that(machine, silent, profile, monkeypatch):
    profile(MACHINE)
    monkeypatch.setitem(sys.modules, "alibabacloud_credentials.provider", None)
    monkeypatch.setattr(alibabacloud_credentials, "__version__", "0.3.6")
    for options in ({}, {"credentials": "sdk"}):
        said = refusal(ALIBABA, machine, **options)
        assert f"{LIBRARY} 0.3.6 is too old: 1.0.0 or later is needed" in said


def test_a_role_of_an_ini_file(services, tmp_path):
    file = tmp_path / "my.ini"
    file.write_text(
        "[default]\ntype=ram_role_arn\naccess_key_id=LTAIEXAMPLE\naccess_key_secret=hidden-lasting\n"
        "role_arn=acs:ram::1:role/r\nrole_session_name=s\n"
    )
    keys = find(ALIBABA, {"ALIBABA_CLOUD_CREDENTIALS_FILE": str(file)})
    assert keys.source == f"profile default ({file}), sdk (profile/ram_role_arn/static_ak)"


def test_a_plain_profile_through_the_library(machine, profile):
    profile({"name": "default", "mode": "AK", **LASTING})
    keys = find(ALIBABA, machine, profile="default", credentials="sdk")
    assert keys.access_key_id == "LTAIEXAMPLE" and ", sdk (" in keys.source


def external(tmp_path, act):
    return {"name": "ext", "mode": "External", "process_command": program(tmp_path, act)}


def test_an_external_program_is_not_run_for_each_request(machine, profile, tmp_path):
    printed = json.dumps({"mode": "StsToken", "access_key_id": "EXT", "access_key_secret": "k", "sts_token": "t"})
    profile(external(tmp_path, f"print({printed!r})"))
    keys = find(ALIBABA, machine)
    assert {keys.current().access_key_id for _ in range(100)} == {"EXT"}
    assert (tmp_path / "runs").read_text() == "x\n"


# What goes wrong


@pytest.mark.parametrize("act", ["print('hidden')", "sys.exit('hidden')", "print('{}')"])
def test_an_external_program_that_fails(machine, silent, profile, tmp_path, act):
    file = profile(external(tmp_path, act))
    said = f"profile ext ({file}): {LIBRARY} found no credentials: its process_command has failed, or printed something"
    assert refusal(ALIBABA, machine).startswith(said)


ENDED = "its {0} session is missing or has expired. Run aliyun configure --mode {0} --profile mine."


@pytest.mark.parametrize(
    ("mode", "entry", "meaning"),
    [
        ("CloudSSO", {"cloud_sso_sign_in_url": "https://sso.example"}, ENDED.format("CloudSSO")),
        ("OAuth", {"oauth_site_type": "hidden"}, ENDED.format("OAuth")),
        ("ChainableRamRoleArn", {"source_profile": "nowhere"}, "no key was handed out for its role. Check the role"),
        ("EcsRamRole", {}, "the metadata service of this machine has handed out no key (404). Check that"),
    ],
)
def test_a_profile_that_cannot_be_used_says_why(services, machine, silent, profile, mode, entry, meaning):
    services.refuses = "Hidden"
    file = profile({"name": "mine", "mode": mode, **entry})
    assert refusal(ALIBABA, machine).startswith(f"profile mine ({file}): {LIBRARY} found no credentials: {meaning}")


def test_a_refusal_of_the_token_service_is_told_by_its_code(services, machine, silent, profile):
    profile(FIRST)
    services.refuses = "EntityNotExist.Role"
    assert "no key was handed out for its role (403, EntityNotExist.Role). Check " in refusal(ALIBABA, machine)


def test_a_token_file_that_is_missing_is_named(machine, silent, profile):
    profile({**POD, "oidc_token_file": "/nowhere/token"})
    assert "found no credentials (No such file or directory: /nowhere/token)." in refusal(ALIBABA, machine)


def test_a_library_that_is_not_installed(machine, profile, monkeypatch):
    monkeypatch.setitem(sys.modules, "alibabacloud_credentials.provider", None)
    assert_not_installed(ALIBABA)
    profile(MACHINE)
    assert "-m pip install alibabacloud-credentials" in refusal(ALIBABA, machine)


def test_no_role_on_this_machine(silent, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert_no_role_is_found(ALIBABA)
