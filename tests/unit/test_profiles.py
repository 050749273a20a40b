# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of profiles, right and wrong, and which of them counts."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba import profiles as alibaba
from ansible_collections.cloudops.halt.plugins.module_utils._errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._tencent import profiles as tencent

SECRET = "hidden-key"
VAULTS = [alibaba, tencent]


@pytest.fixture(params=VAULTS, ids=["alibaba", "tencent"])
def vault(request):
    return request.param


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(tencent, "_SHARED", tmp_path / "etc" / "credentials")
    return tmp_path


def put(home, path, content):
    """A file of profiles. A dict or list is written as JSON."""
    file = home / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def read(vault: Any, home: Path, name: str | None = None, **environ: str) -> Any:
    return vault.find_profile(name, {"HOME": str(home), **environ})


def found(vault, home, name=None, **environ):
    profile = read(vault, home, name, **environ)
    return profile and profile.credentials and profile.credentials.access_key_id


def refusal(vault, home, name=None, **environ):
    with pytest.raises(OptionError) as caught:
        vault.find_profile(name, {"HOME": str(home), **environ})
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said
    assert SECRET not in said
    return said


def cli(*profiles, **top):
    return {"current": profiles[0]["name"], "profiles": list(profiles), **top}


def ak(name, key_id=None, **more):
    return {"name": name, "mode": "AK", "access_key_id": key_id or name.upper(), "access_key_secret": SECRET, **more}


def ini(section, key_id=None, kind="access_key"):
    return f"[{section}]\ntype = {kind}\naccess_key_id = {key_id or section.upper()}\naccess_key_secret = {SECRET}\n"


def tccli(key_id, **more):
    return {"secretId": key_id, "secretKey": SECRET, **more}


def tencent_ini(section, key_id):
    return f"[{section}]\nsecret_id = {key_id}\nsecret_key = {SECRET}\n"


# What is read


def test_no_files_are_no_profile(vault, home):
    assert found(vault, home) is None
    assert vault.find_profile(None, {}) is None


def test_alibaba_command_line_profiles(home):
    sts = {**ak("sts"), "mode": "StsToken", "sts_token": "hidden-token"}
    file = put(home, ".aliyun/config.json", cli(ak("first"), sts, ak("other"), current="other"))

    assert found(alibaba, home) == "OTHER"
    profile = read(alibaba, home, "sts")
    assert profile.source == profile.credentials.source == f"profile sts ({file})"
    assert (profile.credentials.access_key_secret, profile.credentials.security_token) == (SECRET, "hidden-token")
    assert read(alibaba, home, "first").credentials.security_token is None


def test_the_token_of_a_lasting_key_is_left_alone(home):
    """The command line leaves one behind when the mode changes."""
    put(home, ".aliyun/config.json", cli(ak("first", sts_token="old")))
    assert read(alibaba, home).credentials.security_token is None


def test_alibaba_ini_files(home):
    put(home, ".alibabacloud/credentials", ini("default", "SHORT") + ini("only-here"))
    assert found(alibaba, home) == "SHORT"
    put(home, ".alibabacloud/credentials.ini", ini("default", "LONG # mine"))
    assert (found(alibaba, home), found(alibaba, home, "only-here")) == ("LONG", "ONLY-HERE")
    elsewhere = put(home, "else/where", ini("default", "ELSEWHERE"))
    assert found(alibaba, home, ALIBABA_CLOUD_CREDENTIALS_FILE=str(elsewhere)) == "ELSEWHERE"


def test_alibaba_command_line_comes_before_ini_and_can_be_turned_off(home):
    put(home, ".alibabacloud/credentials.ini", ini("default", "INI") + ini("both", "INI-BOTH"))
    put(home, ".aliyun/config.json", cli(ak("default", "CLI"), ak("both", "CLI-BOTH")))
    assert (found(alibaba, home), found(alibaba, home, "both")) == ("CLI", "CLI-BOTH")
    off = {"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "True"}
    assert (found(alibaba, home, **off), found(alibaba, home, "both", **off)) == ("INI", "INI-BOTH")


def test_a_file_without_a_default_leaves_it_to_the_next(home):
    put(home, ".aliyun/config.json", cli(ak("one"), current="gone"))
    put(home, ".alibabacloud/credentials.ini", ini("default", "INI"))
    assert found(alibaba, home) == "INI"


def test_tencent_command_line_profiles(home):
    file = put(home, ".tccli/default.credential", tccli("DEFAULT"))
    put(home, ".tccli/session.credential", tccli("SESSION", token="hidden-token", type="sso"))
    put(home, ".tccli/default.configure", {"_sys_param": {"region": "ap-guangzhou"}})

    assert found(tencent, home) == "DEFAULT"
    profile = read(tencent, home, "session")
    assert profile.credentials.security_token == "hidden-token"
    assert read(tencent, home, "default").source == f"profile default ({file})"


def test_tencent_ini_files(home):
    put(home, "etc/credentials", tencent_ini("default", "SHARED"))
    assert found(tencent, home) == "SHARED"
    put(home, ".tencentcloud/credentials", tencent_ini("default", "OWN") + tencent_ini("more", "MORE"))
    assert (found(tencent, home), found(tencent, home, "more")) == ("OWN", "MORE")
    # As the vendor's SDK has it: beside a file of one's own that of the machine does not count.
    put(home, "etc/credentials", tencent_ini("default", "SHARED") + tencent_ini("shared", "SHARED"))
    assert "has 'default' and 'more'." in refusal(tencent, home, "shared")
    put(home, ".tencentcloud/credentials", tencent_ini("more", "MORE"))
    assert found(tencent, home) is None
    elsewhere = put(home, "elsewhere", tencent_ini("default", "ELSEWHERE"))
    assert found(tencent, home, TENCENTCLOUD_CREDENTIALS_FILE=str(elsewhere)) == "ELSEWHERE"
    put(home, ".tccli/default.credential", tccli("CLI"))
    assert found(tencent, home, TENCENTCLOUD_CREDENTIALS_FILE=str(elsewhere)) == "CLI"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o666])
def test_who_else_may_read_a_file_is_not_our_affair(home, mode):
    put(home, ".aliyun/config.json", cli(ak("first"))).chmod(mode)
    put(home, ".tccli/default.credential", tccli("DEFAULT")).chmod(mode)
    assert (found(alibaba, home), found(tencent, home)) == ("FIRST", "DEFAULT")


def test_values_are_taken_as_they_are(home):
    put(
        home, ".alibabacloud/credentials.ini", "[default]\ntype=access_key\naccess_key_id=A%(x)s%%\naccess_key_secret=s"
    )
    assert found(alibaba, home) == "A%(x)s%%"


# What only the library can use


@pytest.mark.parametrize(
    "mode", ["RamRoleArn", "EcsRamRole", "OIDC", "ChainableRamRoleArn", "CloudSSO", "OAuth", "External"]
)
def test_alibaba_command_line_profiles_for_the_library(home, mode):
    put(home, ".aliyun/config.json", cli({**ak("role"), "mode": mode}))
    profile = read(alibaba, home, "role")
    assert (profile.kind, profile.credentials) == (mode, None)


@pytest.mark.parametrize("kind", ["ram_role_arn", "oidc_role_arn", "ecs_ram_role", "rsa_key_pair"])
def test_alibaba_ini_profiles_for_the_library(home, kind):
    put(home, ".alibabacloud/credentials.ini", ini("default", kind=kind))
    profile = read(alibaba, home)
    assert (profile.kind, profile.credentials) == (kind, None)


@pytest.mark.parametrize(
    ("kind", "more"), [("role-arn", {"role-arn": "qcs::cam::uin/1:roleName/r"}), ("cvm-role", {"type": "cvm-role"})]
)
def test_tencent_profiles_for_the_library(home, kind, more):
    put(home, ".tccli/default.credential", tccli("ID", **more))
    profile = read(tencent, home)
    assert (profile.kind, profile.credentials) == (kind, None)


# What is not found


def test_a_profile_that_is_nowhere_names_the_files_and_what_they_have(home):
    first = put(home, ".aliyun/config.json", cli(ak("one"), ak("two")))
    second = put(home, ".alibabacloud/credentials.ini", ini("three"))
    said = refusal(alibaba, home, "four")
    assert said == f"profile 'four' was not found: {first} has 'one' and 'two', {second} has 'three'."

    put(home, ".tccli/one.credential", tccli("ONE"))
    file = put(home, ".tencentcloud/credentials", "")
    said = refusal(tencent, home, "four")
    assert said == f"profile 'four' was not found: {home / '.tccli'} has 'one', {file} has none."


def test_a_profile_without_any_file(vault, home):
    assert refusal(vault, home, "one") == "profile 'one' was not found: there is no file of profiles."


def test_long_lists_of_names_are_cut(home):
    put(home, ".aliyun/config.json", cli(*(ak(f"p{number:03}") for number in range(100))))
    assert refusal(alibaba, home, "x").endswith("'p019' and 80 more.")


@pytest.mark.parametrize("name", ["../other", "/etc/passwd", "a\nb", "x" * 500, "."])
def test_a_hostile_name_reaches_no_other_file(vault, home, name):
    put(home, "other.credential", tccli("OTHER"))
    put(home, ".tccli/default.credential", tccli("DEFAULT"))
    put(home, ".aliyun/config.json", cli(ak("default")))
    assert "was not found" in refusal(vault, home, name)


# What cannot be right

BROKEN = [
    "",
    "{",
    "[]",
    "null",
    '"text"',
    f'{{"profiles": [{{"access_key_secret": "{SECRET}"',
    f"access_key_secret = {SECRET}",
    "[" * 100_000,
    "\0\0",
    "\ufeff{}",
]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_json_file_is_named_and_not_shown(home, content):
    file = put(home, ".aliyun/config.json", content)
    assert refusal(alibaba, home) == f"{file} is no JSON file of profiles: correct it or move it away."
    file = put(home, ".tccli/default.credential", content)
    assert refusal(tencent, home) == f"{file} is no JSON file of profiles: correct it or move it away."


@pytest.mark.parametrize(
    "content",
    [
        f"access_key_secret = {SECRET}\n",
        f"[default\naccess_key_secret = {SECRET}\n",
        f"[default]\n{SECRET}\n",
        f"[default]\na = {SECRET}\na = {SECRET}\n",
        f"[default]\na = {SECRET}\n[default]\n",
    ],
)
def test_a_broken_ini_file_is_named_and_not_shown(home, content):
    for vault, path in ((alibaba, ".alibabacloud/credentials.ini"), (tencent, ".tencentcloud/credentials")):
        file = put(home, path, content)
        assert refusal(vault, home) == f"{file} is no INI file of profiles: correct it or move it away."


@pytest.mark.parametrize(
    "profiles", [None, {}, "text", 7, [], [None, 7, "text", []], [{}], [{"name": None}], [{"name": ["a"]}]]
)
def test_a_list_of_profiles_that_is_none_has_no_profiles(home, profiles):
    put(home, ".aliyun/config.json", {"current": "a", "profiles": profiles})
    assert found(alibaba, home) is None
    assert "has none" in refusal(alibaba, home, "a")


@pytest.mark.parametrize("current", [None, 7, ["one"], {"one": 1}, ""])
def test_a_current_profile_that_is_no_name_is_none(home, current):
    put(home, ".aliyun/config.json", cli(ak("one"), current=current))
    assert found(alibaba, home) is None
    assert found(alibaba, home, "one") == "ONE"


@pytest.mark.parametrize("value", [7, True, ["x"], {"hidden-key": 1}])
@pytest.mark.parametrize("key", ["mode", "access_key_id", "access_key_secret"])
def test_a_value_of_another_type_is_named(home, key, value):
    put(home, ".aliyun/config.json", cli(ak("one", **{key: value})))
    assert f"{key} of profile one" in refusal(alibaba, home)


@pytest.mark.parametrize("key", ["secretId", "secretKey", "token", "type", "role-arn", "role-session-name"])
def test_a_value_of_another_type_is_named_at_tencent(home, key):
    put(home, ".tccli/default.credential", tccli("ID", **{key: 7}) if key != "secretId" else {"secretId": 7})
    assert f"{key} of profile default" in refusal(tencent, home)


def test_kinds_that_are_not_known(home):
    put(home, ".aliyun/config.json", cli(ak("one", mode="New"), ak("none", mode=None)))
    assert "has the mode 'New', which is not known here" in refusal(alibaba, home, "one")
    assert "has no mode" in refusal(alibaba, home, "none")
    put(home, ".alibabacloud/credentials.ini", ini("ini", kind="sts") + f"[bare]\naccess_key_secret={SECRET}\n")
    assert "has the type 'sts', which is not known here" in refusal(alibaba, home, "ini")
    assert "has no type" in refusal(alibaba, home, "bare")
    put(home, ".tccli/default.credential", tccli("ID", type="new"))
    assert "has the type 'new', which is not known here" in refusal(tencent, home)


def test_parts_that_do_not_go_together(home):
    put(home, ".aliyun/config.json", cli(ak("one", mode="StsToken")))
    assert "has no sts_token" in refusal(alibaba, home)
    put(home, ".tccli/default.credential", tccli("ID", token="hidden-token", **{"role-arn": "r"}))
    assert "has a token beside its role-arn" in refusal(tencent, home)


def test_a_file_that_may_not_be_read(home, monkeypatch):
    def denied(path, *_args, **_more):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    file = put(home, ".aliyun/config.json", cli(ak("one")))
    folder = put(home, ".tccli/default.credential", tccli("ID")).parent
    # Root, which tests often run as, may read everything.
    monkeypatch.setattr(Path, "read_text", denied)
    monkeypatch.setattr(Path, "iterdir", denied)
    assert refusal(alibaba, home) == f"{file} cannot be read (Permission denied)."
    assert refusal(tencent, home) == f"{folder} cannot be read (Permission denied)."


def test_what_is_not_a_file_of_profiles(home):
    folder = home / ".aliyun" / "config.json"
    folder.mkdir(parents=True)
    assert refusal(alibaba, home) == f"{folder} is not a file of profiles."
    put(home, ".tccli/x", "")
    pipe = home / ".tccli" / "default.credential"
    os.mkfifo(pipe)
    assert refusal(tencent, home) == f"{pipe} is not a file of profiles."


def test_a_file_that_is_not_text_or_without_end(home):
    file = put(home, ".aliyun/config.json", "")
    file.write_bytes(b"\xff\xfe{}")
    assert refusal(alibaba, home) == f"{file} cannot be read (it is not text)."
    file.write_text(" " * (1 << 21))
    assert refusal(alibaba, home) == f"{file} is not a file of profiles."


def test_a_home_that_is_a_file(vault, home):
    file = put(home, "file", "")
    assert vault.find_profile(None, {"HOME": str(file)}) is None
