# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's real library, with services on this machine."""

from __future__ import annotations

import json
import sys

import pytest
from botocore import session

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.chain import Finder
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.platform import AWS

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
from .vault import FIRST_FILE, SECOND_FILE, first_file, section

METADATA = "/latest/meta-data/iam/security-credentials"
HALT = "arn:aws:iam::123456789012:role/halt"
LASTING = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "hidden-lasting"}


@pytest.fixture(autouse=True)
def home_of_the_library(machine, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture
def services(keyserver, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", keyserver.url)
    return keyserver


@pytest.fixture
def profiles(tmp_path):
    """Writes the files of profiles. Returns the second."""

    def write(*sections):
        (tmp_path / ".aws").mkdir()
        (tmp_path / FIRST_FILE).write_text(first_file("lasting", **LASTING))
        (tmp_path / SECOND_FILE).write_text("".join(sections))
        return tmp_path / SECOND_FILE

    return write


def test_the_role_of_the_machine(services):
    keys = find(AWS)
    assert keys.current() == issued(1, "sdk (iam-role)")
    assert services.asked[-1]["path"] == f"{METADATA}/{ROLE}"
    assert_renewed(keys)


def test_a_named_profile_without_a_key_leaves_the_search_to_the_library(services, machine, profiles, monkeypatch):
    file = profiles(section("profile place", region="eu-west-1"))
    named = find(AWS, machine, profile="place")
    assert named.source == f"profile place ({file}), sdk (iam-role)"
    # The library's own search comes to the same without us.
    assert session.Session(profile="place").get_credentials().method == "iam-role"
    monkeypatch.setenv("AWS_PROFILE", "place")
    assert find(AWS, {**machine, "AWS_PROFILE": "place"}).source == "sdk (iam-role)"
    said = refusal(AWS, machine, profile="place", credentials="static")
    assert said.startswith("access_key_id is missing") and f"; profile place ({file}) has no key" in said


def test_the_role_of_a_container(services, monkeypatch):
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container")
    assert find(AWS, credentials="sdk").current() == issued(1, "sdk (container-role)")


def test_the_identity_of_a_pod(services, tmp_path, monkeypatch):
    (tmp_path / "token").write_text("hidden-oidc-token")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", HALT)
    assert find(AWS).current() == issued(1, "sdk (assume-role-with-web-identity)")
    assert services.asked[-1]["Action"] == "AssumeRoleWithWebIdentity"


def test_a_role_of_a_profile(services, machine, profiles):
    file = profiles(section("profile role", role_arn=HALT, source_profile="lasting", external_id="e-1"))
    keys = find(AWS, machine, profile="role")
    assert keys.current() == issued(1, f"profile role ({file}), sdk (assume-role)")
    asked = services.asked[-1]
    assert (asked["Action"], asked["RoleArn"], asked["ExternalId"]) == ("AssumeRole", HALT, "e-1")
    assert_renewed(keys)


@pytest.mark.parametrize(
    ("settings", "environ", "region"),
    [
        ({}, {}, "us-east-1"),
        ({}, {"AWS_REGION": "eu-north-1"}, "eu-north-1"),
        ({"region": "eu-west-1"}, {"AWS_REGION": "eu-north-1"}, "eu-west-1"),
        ({}, {"AWS_REGION": "eu-north-1", "AWS_DEFAULT_REGION": "eu-south-1"}, "eu-south-1"),
    ],
)
def test_the_token_service_is_that_of_a_region(services, machine, profiles, monkeypatch, settings, environ, region):
    profiles(section("profile role", role_arn=HALT, source_profile="lasting", **settings))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    find(AWS, machine, profile="role")
    assert f"/{region}/sts/aws4_request" in services.asked[-1]["authorization"]


def test_the_host_of_the_token_service_may_be_another(services, machine, profiles, monkeypatch):
    made = []
    create_client = session.Session.create_client

    def note(self, *arguments, **settings):
        made.append(settings.pop("endpoint_url", None))
        return create_client(self, *arguments, **settings)

    monkeypatch.setattr(session.Session, "create_client", note)
    profiles(section("profile role", role_arn=HALT, source_profile="lasting"))
    Finder(machine).find({"profile": "role"}, AWS, "sts.example")
    assert made == ["https://sts.example"]


def external(tmp_path, act):
    return section("default", credential_process=program(tmp_path, act))


def test_a_program_is_not_run_for_each_request(machine, profiles, tmp_path):
    printed = json.dumps({"Version": 1, "AccessKeyId": "EXT", "SecretAccessKey": "hidden-ext", "SessionToken": "t"})
    file = profiles(external(tmp_path, f"print({printed!r})"))
    keys = find(AWS, machine)
    assert keys.source == f"profile default ({file}), sdk (custom-process)"
    assert {keys.current().access_key_id for _ in range(100)} == {"EXT"}
    assert (tmp_path / "runs").read_text() == "x\n"


def test_a_plain_profile_through_the_library(machine, profiles):
    profiles()
    keys = find(AWS, machine, profile="lasting", credentials="sdk")
    assert keys.access_key_id == "AKIDEXAMPLE" and keys.source.endswith("sdk (shared-credentials-file)")


# What goes wrong


@pytest.mark.parametrize("act", ["print('hidden')", "sys.exit('hidden')", "print('{}')"])
def test_a_program_that_fails(machine, silent, profiles, tmp_path, act):
    file = profiles(external(tmp_path, act))
    said = f"profile default ({file}): botocore found no credentials: its credential_process has failed, or printed"
    assert refusal(AWS, machine).startswith(said)


def test_a_refusal_of_the_token_service_is_told_by_its_code(services, machine, silent, profiles):
    profiles(section("default", role_arn=HALT, source_profile="lasting"))
    services.refuses = "AccessDenied"
    assert "no key was handed out for its role (AccessDenied). Check " in refusal(AWS, machine)


SSO = {"sso_account_id": "123456789012", "sso_role_name": "r", "sso_region": "eu-central-1"}
SIGNED_OUT = {"sso_start_url": "https://mine.awsapps.com/start", **SSO}
# A profile, and what is said of it.
UNUSABLE = [
    (SIGNED_OUT, "nobody has signed in to SSO yet. Run aws sso login --profile 'my own'."),
    (SSO, "its settings for SSO are not complete, or name a session that is not there. Check sso_session, "),
    ({**SSO, "sso_session": "hidden"}, "its settings for SSO are not complete, or name a session that is not there. C"),
    ({"role_arn": HALT, "source_profile": "out"}, "nobody has signed in to SSO yet. Run aws sso login --profile out."),
    ({"role_arn": HALT, "source_profile": "hidden"}, "its source_profile or credential_source is not there, has no"),
    ({"role_arn": HALT, "source_profile": "my own"}, "its source_profile or credential_source is not there, has no"),
    ({"role_arn": HALT}, "it does not say who asks for its role. Add a source_profile or a credential_source."),
    ({"role_arn": HALT, "credential_source": "Environment"}, "its credential_source has no key. Correct "),
    (
        {"role_arn": HALT, "source_profile": "mfa"},
        "its role asks for the code of an MFA device (mfa_serial), which nobody can type here. Name a ",
    ),
]


@pytest.mark.parametrize(("entries", "meaning"), UNUSABLE, ids=[each[1] for each in UNUSABLE])
def test_a_profile_that_cannot_be_used_says_why(services, machine, silent, profiles, entries, meaning):
    mfa = section("profile mfa", role_arn=HALT, source_profile="lasting", mfa_serial="arn:aws:iam::1:mfa/me")
    file = profiles(section("profile 'my own'", **entries), section("profile out", **SIGNED_OUT), mfa)
    said = f"profile my own ({file}): botocore found no credentials: {meaning}"
    assert refusal(AWS, machine, profile="my own").startswith(said)


def test_a_session_that_has_expired_says_how_to_begin_another(machine, silent, profiles, monkeypatch):
    cached = {"accessToken": "hidden", "expiresAt": "2020-01-01T00:00:00Z"}
    monkeypatch.setattr("botocore.utils.SSOTokenLoader.__call__", lambda *_, **__: cached)
    profiles(section("profile out", **SIGNED_OUT))
    assert refusal(AWS, machine, profile="out").endswith(
        ": the SSO session has expired or was ended. Run aws sso login --profile out."
    )


def test_a_token_service_that_cannot_be_reached(machine, silent, profiles, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    profiles(section("default", role_arn=HALT, source_profile="lasting"))
    assert "the service that hands out the key cannot be reached. Check region, " in refusal(AWS, machine)


def test_a_library_that_is_not_installed(machine, profiles, monkeypatch):
    for name in ("botocore", "botocore.session"):
        monkeypatch.setitem(sys.modules, name, None)
    assert_not_installed(AWS)
    file = profiles(
        section("default", role_arn=HALT, source_profile="lasting"), section("profile place", output="json")
    )
    assert "-m pip install botocore" in refusal(AWS, machine)
    said = refusal(AWS, machine, profile="place")
    assert said.endswith(f"; profile place ({file}) has no key; for a role of this machine, install botocore.")


def test_no_role_on_this_machine(silent, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert_no_role_is_found(AWS)
