# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tencent Cloud's real credential library. Its token service only speaks TLS under a name of its own: here the test
replaces its endpoint and protocol."""

from __future__ import annotations

import functools
import json
import sys
import urllib.request
from importlib import metadata

import pytest
from tencentcloud.common import credential as library

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.chain import Finder
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.platform import TENCENT

from ...support.keyserver import (
    ROLE,
    assert_no_role_is_found,
    assert_not_installed,
    assert_renewed,
    find,
    issued,
    refusal,
)

LIBRARY = "tencentcloud-sdk-python-common"
LASTING = {"secretId": "AKIDEXAMPLE", "secretKey": "hidden-lasting"}
METADATA = "/latest/meta-data/cam/security-credentials"


@pytest.fixture(autouse=True)
def nothing_of_this_machine(machine, monkeypatch):
    for name in ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN", "TCCLI_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    # The library keeps the proxies of the first request.
    monkeypatch.setattr(urllib.request, "_opener", None)


@pytest.fixture
def services(keyserver, monkeypatch):
    for provider in (library.STSAssumeRoleCredential, library.OIDCRoleArnCredential):
        monkeypatch.setattr(provider, "_endpoint", keyserver.address)
    monkeypatch.setattr(library, "HttpProfile", functools.partial(library.HttpProfile, protocol="http"))
    return keyserver


@pytest.fixture
def profile(tmp_path):
    """Writes a profile. Returns its file."""

    def write(name="default", **entry):
        file = tmp_path / ".tccli" / f"{name}.credential"
        file.parent.mkdir()
        file.write_text(json.dumps(entry))
        return file

    return write


def test_the_role_of_the_machine(services):
    keys = find(TENCENT)
    assert keys.current() == issued(1, "sdk (CVMRoleCredential)")
    assert services.asked[-1]["path"] == f"{METADATA}/{ROLE}"
    assert_renewed(keys)


def test_the_role_of_the_machine_by_a_profile(services, machine, profile):
    file = profile(type="cvm-role")
    assert find(TENCENT, machine).source == f"profile default ({file}), sdk (CVMRoleCredential)"


def test_a_role_of_a_profile(services, machine, profile):
    role = {"role-arn": "qcs::cam::uin/1:roleName/r", "role-session-name": "mine"}
    file = profile("role", **LASTING, **role)
    keys = find(TENCENT, machine, profile="role")
    assert keys.current() == issued(1, f"profile role ({file}), sdk (STSAssumeRoleCredential)")
    asked = services.asked[-1]
    expected = ("AssumeRole", role["role-arn"], "mine")
    assert (asked["x-tc-action"], asked["RoleArn"], asked["RoleSessionName"]) == expected
    assert_renewed(keys)


def test_the_host_of_the_token_service_may_be_another(services, machine, profile, monkeypatch):
    monkeypatch.setattr(library.STSAssumeRoleCredential, "_endpoint", "127.0.0.1:9")
    profile(**LASTING, **{"role-arn": "r"})
    found = Finder(machine).find({"profile": "default"}, TENCENT, services.address)
    assert "STSAssumeRoleCredential" in found.source


def test_an_old_library_is_called_that(machine, silent, profile, monkeypatch):
    profile(**LASTING)
    monkeypatch.delattr(library.Credential, "get_credential_info")
    monkeypatch.setattr(metadata, "version", lambda package: "3.0.600")
    said = refusal(TENCENT, machine, profile="default", credentials="sdk")
    assert f"{LIBRARY} 3.0.600 is too old: 3.0.1450 or later is needed" in said


def test_a_role_of_a_cluster(services, tmp_path, monkeypatch):
    (tmp_path / "token").write_text("hidden-oidc-token")
    # The metadata service, which comes first in the library's search, is not there.
    monkeypatch.setattr(library.CVMRoleCredential, "_role_endpoint", "http://127.0.0.1:9/")
    for name, value in (("REGION", "ap-guangzhou"), ("PROVIDER_ID", "p"), ("ROLE_ARN", "r")):
        monkeypatch.setenv(f"TKE_{name}", value)
    monkeypatch.setenv("TKE_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    assert find(TENCENT, credentials="sdk").current() == issued(1, "sdk (OIDCRoleArnCredential)")
    assert services.asked[-1]["x-tc-action"] == "AssumeRoleWithWebIdentity"


def test_a_plain_profile_through_the_library(machine, profile):
    profile(**LASTING, token="t")
    keys = find(TENCENT, machine, profile="default", credentials="sdk")
    assert keys.access_key_id == "AKIDEXAMPLE" and ", sdk (" in keys.source


def test_a_refusal_of_the_token_service_is_told_by_its_code(services, machine, silent, profile):
    profile(**LASTING, **{"role-arn": "r"})
    services.refuses = "AuthFailure.SecretIdNotFound"
    said = refusal(TENCENT, machine)
    assert "no key was handed out for its role (AuthFailure.SecretIdNotFound). Check " in said


def test_a_machine_without_a_role_is_called_that(machine, silent, profile, monkeypatch):
    monkeypatch.setattr(library.CVMRoleCredential, "_role_endpoint", "http://127.0.0.1:9/")
    file = profile(type="cvm-role")
    said = f"profile default ({file}): {LIBRARY} found no credentials: the metadata service of this machine has handed"
    assert refusal(TENCENT, machine).startswith(said)


def test_a_library_that_is_not_installed(monkeypatch):
    for name in ("tencentcloud.common", "tencentcloud.common.credential"):
        monkeypatch.setitem(sys.modules, name, None)
    assert_not_installed(TENCENT)


def test_no_role_on_this_machine(silent, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert_no_role_is_found(TENCENT)
