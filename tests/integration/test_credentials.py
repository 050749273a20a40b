# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys from profile files and from the vendors' libraries, in real runs. No secret shows, however much is asked for."""

from __future__ import annotations

import json
import re

import pytest

from ..support.emulated import CANCEL_MANY, INFO_MANY
from ..support.keyserver import KeyServer

VERBOSE = ("-vvvv", "--diff")
NO_KEY = {"access_key_id": None, "access_key_secret": None}
LIBRARY = {"alibaba": "alibabacloud-credentials", "tencent": "tencentcloud-sdk-python-common"}
ROLE = {"alibaba": "default/ecs_ram_role", "tencent": "CVMRoleCredential"}
PROFILE_VARIABLE = {"alibaba": "ALIBABA_CLOUD_PROFILE", "tencent": "TCCLI_PROFILE"}


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


@pytest.fixture
def profiles(ansible, alibaba, tencent):
    """A home with a profile for each of the emulator's keys. Returns the file of a profile."""
    home = ansible.folder
    config = home / ".aliyun" / "config.json"
    entries = []
    for name, key in alibaba.keys.items():
        mode = {"mode": "StsToken", "sts_token": key["security_token"]} if "security_token" in key else {"mode": "AK"}
        pair = {part: key[part] for part in ("access_key_id", "access_key_secret")}
        entries.append({"name": name, "region_id": "cn-nowhere", **mode, **pair})
    write(config, {"current": "session", "profiles": entries})
    for name, key in tencent.keys.items():
        names = {"access_key_id": "secretId", "access_key_secret": "secretKey", "security_token": "token"}
        entry = {names[part]: value for part, value in key.items() if part in names}
        write(home / ".tccli" / f"{name}.credential", entry)
    return lambda cloud, name: config if cloud.provider == "alibaba" else home / ".tccli" / f"{name}.credential"


@pytest.fixture
def assert_hidden(alibaba, tencent):
    """The values of all keys but their ids."""
    secrets = {
        value
        for cloud in (alibaba, tencent)
        for key in cloud.keys.values()
        for part, value in key.items()
        if part in ("access_key_secret", "security_token")
    }

    def check(run):
        shown = [line[:500] for line in run.output.splitlines() if any(secret in line for secret in secrets)]
        assert not shown, shown[0]
        assert "Traceback" not in run.output

    return check


def test_a_profile_stops_and_shows(ansible, cloud, profiles, assert_hidden):
    command, other, third = (cloud.run(count=2) for _ in range(3))
    run = ansible.play(
        cloud.info(**NO_KEY, profile="session"),
        cloud.cancel(command, **NO_KEY, profile="session"),
        cloud.cancel(other, **NO_KEY, profile="default", credentials="static"),
        cloud.cancel(third, **NO_KEY, profile="default", credentials="sdk"),
        cloud.info(),
        cloud.info(**NO_KEY, profile="nobody"),
        cloud.info(profile="session"),
        flags=VERBOSE,
    )
    shown, stopped, static, sdk, options, nobody, both = run.results

    session = f"profile session ({profiles(cloud, 'session')})"
    plain = f"profile default ({profiles(cloud, 'default')})"
    assert [each["credentials_source"] for each in (shown, stopped, static, options)] == [
        *[session] * 2,
        plain,
        "options",
    ]
    assert sdk["credentials_source"].startswith(f"{plain}, sdk (")
    assert [each["outcome"] for each in (stopped, static, sdk)] == ["stopped"] * 3
    assert nobody["failed"] and re.match(r"profile 'nobody' was not found: .* has .*'default'", nobody["msg"])
    assert both["failed"] and "access_key_id is set, and profile is session" in both["msg"]
    assert_hidden(run)


def test_the_environment_comes_before_the_default_profile(ansible, cloud, profiles, assert_hidden):
    key = {cloud.words.env[part]: value for part, value in cloud.keys["default"].items() if part in cloud.words.env}
    profile = {PROFILE_VARIABLE[cloud.provider]: "session"}
    tasks = [cloud.info(**NO_KEY), cloud.info(**NO_KEY, profile="default")]

    by_key = ansible.play(*tasks, environment={**key, **profile}, flags=VERBOSE)
    by_name = ansible.play(*tasks, environment=profile, flags=VERBOSE)

    default = f"profile default ({profiles(cloud, 'default')})"
    session = f"profile session ({profiles(cloud, 'session')})"
    assert [each["credentials_source"] for each in by_key.results] == ["environment", default]
    assert [each["credentials_source"] for each in by_name.results] == [session, default]
    assert_hidden(by_key)
    assert_hidden(by_name)


def test_places_have_profiles_of_their_own(ansible, alibaba, tencent, profiles, assert_hidden):
    commands = [(cloud, cloud.run(count=2)) for cloud in (alibaba, tencent)]
    place = {**NO_KEY, "profile": "session"}
    targets = [cloud.target(command, **place) for cloud, command in commands]
    scopes = [cloud.place(**place) for cloud in (alibaba, tencent)]
    for each in (*targets, *scopes):
        each.pop("security_token", None)
    again = [{**alibaba.target(alibaba.run(), **place), "credentials": "static"} for _ in range(2)]

    run = ansible.play(
        {INFO_MANY: {"scopes": scopes, "kinds": ["cloud_invocation"]}},
        {CANCEL_MANY: {"targets": [*targets, *again], "wait_interval": 0.1}},
        {CANCEL_MANY: {"targets": [{**targets[0], "profile": "nobody"}]}},
        # What a target leaves out comes from the task, but not a part of its key.
        {CANCEL_MANY: {"targets": targets[:1], **alibaba.keys["default"]}},
        flags=VERBOSE,
    )
    found, stopped, nobody, own = run.results

    sources = {cloud.provider: f"profile session ({profiles(cloud, 'session')})" for cloud in (alibaba, tencent)}
    assert len(found["operations"]) == 4
    for operation in found["operations"]:
        assert operation["credentials_source"] == sources[operation["provider"]]
    assert [each["target"]["credentials_source"] for each in stopped["results"]] == [
        sources[each["target"]["provider"]] for each in stopped["results"]
    ]
    assert stopped["summary"]["stopped"] == 6
    assert nobody["msg"].startswith("targets[0]: profile 'nobody' was not found")
    assert own["results"][0]["target"]["credentials_source"] == sources["alibaba"]
    assert_hidden(run)


def test_a_file_that_cannot_be_read_stops_nothing(ansible, cloud, profiles, assert_hidden):
    command = cloud.run()
    file = profiles(cloud, "default")
    write(file, file.read_text()[:-10])
    run = ansible.play(cloud.cancel(command, **NO_KEY, profile="default"), flags=VERBOSE)
    assert run.result["msg"] == (
        f"{file} is no JSON file of profiles: correct it or move it away. Nothing was stopped."
    )
    assert not cloud.requests()
    assert_hidden(run)


@pytest.fixture
def keyserver(cloud):
    """A metadata service whose first key has run out."""
    with KeyServer([cloud.keys["expired"], cloud.keys["session"]]) as running:
        yield running


def role_environment(keyserver):
    # The switch for debugging of the vendors' libraries, which then log what they send and get.
    return {"http_proxy": keyserver.url, "NO_PROXY": "127.0.0.1", "DEBUG": "sdk"}


def test_a_role_of_the_machine_is_renewed_underneath(ansible, cloud, keyserver, assert_hidden):
    command = cloud.run(count=150)
    run = ansible.play(
        cloud.cancel(command, **NO_KEY, retries=0),
        cloud.info(**NO_KEY, credentials="sdk"),
        flags=VERBOSE,
        environment=role_environment(keyserver),
    )
    stopped, shown = run.results
    assert (stopped["outcome"], stopped["summary"]["stopped"]) == ("stopped", 150), stopped
    assert {each["credentials_source"] for each in run.results} == {f"sdk ({ROLE[cloud.provider]})"}
    assert not shown["failed"]
    assert_hidden(run)


def test_many_places_share_the_role_of_the_machine(ansible, cloud, keyserver, assert_hidden):
    commands = [cloud.run() for _ in range(20)]
    targets = [cloud.target(command, **NO_KEY) for command in commands]
    run = ansible.play(
        {CANCEL_MANY: {"targets": targets, "wait_interval": 0.1, "retries": 0}},
        flags=VERBOSE,
        environment=role_environment(keyserver),
    )
    assert run.result["summary"]["stopped"] == 20
    keys = [each for each in keyserver.asked if each["path"].endswith("/halt-role")]
    # The one that had run out, and the one after it.
    assert len(keys) == 2
    assert_hidden(run)


def test_a_role_whose_key_has_run_out_for_good(ansible, cloud, keyserver, assert_hidden):
    keyserver.keys = [cloud.keys["expired"]]
    run = ansible.play(cloud.info(**NO_KEY), flags=VERBOSE, environment=role_environment(keyserver))
    assert run.result["error"]["class"] == "auth"
    assert len(cloud.requests()) == 1
    assert_hidden(run)


def test_a_library_that_is_not_installed(ansible, cloud, profiles):
    blocked = "('alibabacloud_credentials', 'tencentcloud')"
    write(
        ansible.folder / "blocker" / "sitecustomize.py",
        f"import sys\nsys.modules.update(dict.fromkeys({blocked}))\n",
    )
    run = ansible.play(
        cloud.info(**NO_KEY, profile="default"),
        cloud.info(**NO_KEY, credentials="sdk"),
        cloud.info(**NO_KEY, profile="default", credentials="sdk"),
        environment={"PYTHONPATH": str(ansible.folder / "blocker")},
    )
    plain, *without = run.results
    assert not plain["failed"]
    package = LIBRARY[cloud.provider]
    for result in without:
        interpreter = ansible.environment["ANSIBLE_PYTHON_INTERPRETER"]
        assert result["msg"] == (
            f"{package} is not installed for {interpreter}: run {interpreter} -m pip install {package}."
        )
