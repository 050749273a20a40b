# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The profiles of Alibaba Cloud's command line and SDKs, and which of them counts."""

from __future__ import annotations

import pytest

from .vault import FIRST_FILE, SECOND_FILE, SECRET, entry, file_of, second_file


def test_profiles_of_the_command_line(home):
    sts = entry("sts", mode="StsToken", sts_token="hidden-token")
    # The command line leaves a token behind when the mode changes.
    file = home.put(
        FIRST_FILE,
        file_of(entry("first", sts_token="old"), sts, entry("other"), entry("other", "SECOND"), current="other"),
    )
    assert home.found() == "OTHER"
    profile = home.read("sts")
    assert profile.source == profile.credentials.source == f"profile sts ({file})"
    assert (profile.credentials.access_key_secret, profile.credentials.security_token) == (SECRET, "hidden-token")
    assert home.read("first").credentials.security_token is None


def test_ini_files_have_two_names(home):
    home.put(".alibabacloud/credentials", second_file(key_id="SHORT") + second_file("only-here"))
    assert home.found() == "SHORT"
    home.put(SECOND_FILE, second_file(key_id="LONG # mine"))
    assert (home.found(), home.found("only-here")) == ("LONG", "INI")
    home.put(SECOND_FILE, second_file(key_id="A%(x)s%%"))
    assert home.found() == "A%(x)s%%"


def test_the_command_line_comes_before_ini_and_can_be_turned_off(home):
    home.put(SECOND_FILE, second_file() + second_file("both"))
    home.put(FIRST_FILE, file_of(entry("default", "CLI"), entry("both", "CLI-BOTH")))
    assert (home.found(), home.found("both")) == ("CLI", "CLI-BOTH")
    off = {"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "True"}
    assert (home.found(**off), home.found("both", **off)) == ("INI", "INI")


@pytest.mark.parametrize("current", ["gone", None, 7, ["one"], {"one": 1}, ""])
def test_a_file_without_a_default_leaves_it_to_the_next(home, current):
    home.put(FIRST_FILE, file_of(entry("one"), current=current))
    assert (home.found(), home.found("one")) == (None, "ONE")
    home.put(SECOND_FILE, second_file())
    assert home.found() == "INI"


@pytest.mark.parametrize(
    "profiles", [None, {}, "text", 7, [], [None, 7, "text", []], [{}], [{"name": None}], [{"name": ["a"]}]]
)
def test_a_list_of_profiles_that_is_none_has_no_profiles(home, profiles):
    home.put(FIRST_FILE, {"current": "a", "profiles": profiles})
    assert home.found() is None
    assert "has none" in home.refusal("a")


FOR_THE_LIBRARY = (
    *("RamRoleArn", "EcsRamRole", "OIDC", "ChainableRamRoleArn", "CloudSSO", "OAuth", "External"),
    "CredentialsURI",
)
NO_KEY = {"mode": "", "access_key_id": "", "access_key_secret": ""}


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        *(({"mode": write(kind)}, kind) for kind in FOR_THE_LIBRARY for write in (str, str.lower, str.upper)),
        *(({"mode": mode}, "AK") for mode in ("ak", "Ak", "", None)),
        # Without a mode it is taken for what it holds.
        ({"mode": "", "sts_token": "hidden-token"}, "StsToken"),
        ({"mode": "", "ram_role_arn": "r"}, "RamRoleArn"),
        ({**NO_KEY, "ram_role_name": "r"}, "EcsRamRole"),
        ({**NO_KEY, "process_command": "p"}, "External"),
    ],
)
def test_a_profile_is_read_as_the_command_line_reads_it(home, more, kind):
    home.put(FIRST_FILE, file_of(entry(region_id="cn-profile", **more)))
    profile = home.read()
    assert (profile.kind, profile.region) == (kind, "cn-profile")
    assert home.found() == ("DEFAULT" if kind in ("AK", "StsToken") else None)


@pytest.mark.parametrize(
    ("mode", "way_out"),
    [
        ("RsaKeyPair", "the mode AK or OAuth"),
        ("ramrolearnwithrolename", "the mode ChainableRamRoleArn"),
        ("BearerToken", "it has no key to sign with"),
        ("Anonymous", "it has no key to sign with"),
    ],
)
def test_modes_that_cannot_be_served_are_named_with_the_way_out(home, mode, way_out):
    home.put(FIRST_FILE, file_of(entry(mode=mode)))
    said = home.refusal()
    assert f"is of the mode {mode}" in said or "is of the mode RamRoleArnWithRoleName" in said
    assert way_out in said


@pytest.mark.parametrize("kind", ["ram_role_arn", "oidc_role_arn", "ecs_ram_role", "rsa_key_pair"])
def test_ini_profiles_for_the_library(home, kind):
    home.put(SECOND_FILE, second_file(kind=kind))
    assert (home.read().kind, home.found()) == (kind, None)


def test_kinds_that_are_not_known_or_lack_something(home):
    home.put(FIRST_FILE, file_of(entry("new", mode="New"), entry("none", mode=None), entry("sts", mode="StsToken")))
    home.put(SECOND_FILE, second_file("ini", kind="sts") + f"[bare]\naccess_key_secret={SECRET}\n")
    assert "has the mode 'New', which is not known here" in home.refusal("new")
    # As the command line takes it.
    assert home.found("none") == "NONE"
    assert "has no sts_token" in home.refusal("sts")
    assert "has the type 'sts', which is not known here" in home.refusal("ini")
    assert "has no type" in home.refusal("bare")
