# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keys and the rest of a connection come from: options, environment, profile files, the vendors' libraries."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest

from ..support.emulated import CANCEL_MANY, INFO_MANY, Cloud
from ..support.keyserver import KeyServer
from ..support.modules import play, run
from ..support.providers import NAMES, part
from ..support.results import ids

NO_KEY = {"access_key_id": None, "access_key_secret": None}
NOTHING = {**NO_KEY, "region": None, "endpoint_url": None}


def exported(cloud, **settings):
    """These options, as a user exports them."""
    return {cloud.words.env[option]: value for option, value in settings.items()}


# Options and environment


def test_the_options_have_the_vendors_own_names_too(cloud):
    session = cloud.keys["session"]
    own = {"access_key_id": "secret_id", "access_key_secret": "secret_key", "security_token": "token"}
    place = {name: value for name, value in cloud.connection.items() if name not in own}

    result = run("cloud_invocation_info", {**place, **{own[name]: value for name, value in session.items()}})

    assert not result["failed"]
    assert {(each["key"], each["code"]) for each in cloud.requests()} == {("session", None)}


# Profiles


@pytest.fixture
def home(tmp_path, emulator):
    """The environment of a home with a profile for each of the emulator's keys."""
    for cloud in (Cloud(name, emulator) for name in NAMES):
        for name, content in part(cloud.provider, "vault").files(cloud.keys).items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(content)
    return {"HOME": str(tmp_path)}


def source(home, cloud, profile):
    """What a result says of a key that was found there."""
    return f"profile {profile} ({home['HOME']}/{part(cloud.provider, 'vault').keys_file(profile)})"


def test_a_profile_stops_and_shows(cloud, home):
    command, other, third = (cloud.run(count=2) for _ in range(3))

    shown, stopped, static, sdk, options, nobody, both = play(
        cloud.info(**NO_KEY, profile="session"),
        cloud.cancel(command, **NO_KEY, profile="session"),
        cloud.cancel(other, **NO_KEY, profile="default", credentials="static"),
        cloud.cancel(third, **NO_KEY, profile="default", credentials="sdk"),
        cloud.info(),
        cloud.info(**NO_KEY, profile="nobody"),
        cloud.info(profile="session"),
        environment=home,
    )

    session, plain = source(home, cloud, "session"), source(home, cloud, "default")
    sources = [each["credentials_source"] for each in (shown, stopped, static, options)]
    assert sources == [session, session, plain, "options"]
    assert sdk["credentials_source"].startswith(f"{plain}, sdk (")
    assert [each["outcome"] for each in (stopped, static, sdk)] == ["stopped"] * 3
    assert nobody["failed"] and re.match(r"profile 'nobody' was not found: .* has .*'default'", nobody["msg"])
    assert both["failed"] and "access_key_id is set, and profile is session" in both["msg"]


def test_places_have_profiles_of_their_own(alibaba, tencent, home):
    clouds = (alibaba, tencent)
    place = {**NO_KEY, "profile": "session"}
    targets = [cloud.target(cloud.run(count=2), **place) for cloud in clouds]
    again = [{**alibaba.target(alibaba.run(), **place), "credentials": "static"} for _ in range(2)]

    found, stopped, nobody, own = play(
        {INFO_MANY: {"scopes": [cloud.place(**place) for cloud in clouds], "kinds": ["cloud_invocation"]}},
        {CANCEL_MANY: {"targets": [*targets, *again], "wait_interval": 0.1}},
        {CANCEL_MANY: {"targets": [{**targets[0], "profile": "nobody"}]}},
        # What a target leaves out comes from the task, but not a part of its key.
        {CANCEL_MANY: {"targets": targets[:1], **alibaba.keys["default"]}},
        environment=home,
    )

    sources = {cloud.provider: source(home, cloud, "session") for cloud in clouds}
    assert len(found["operations"]) == 4
    told = [*found["operations"], *(each["target"] for each in stopped["results"])]
    assert [each["credentials_source"] for each in told] == [sources[each["provider"]] for each in told]
    assert stopped["summary"]["stopped"] == 6
    assert nobody["msg"].startswith("targets[0]: profile 'nobody' was not found")
    assert own["results"][0]["target"]["credentials_source"] == sources["alibaba"]


# The role of this machine, through the vendors' libraries


def test_a_role_of_the_machine_is_renewed_underneath(cloud, monkeypatch, tmp_path):
    # Alibaba Cloud's library keeps the home of its import, and Tencent Cloud's the proxies of its first request.
    monkeypatch.setattr("alibabacloud_credentials.utils.auth_constant.HOME", str(tmp_path))
    monkeypatch.setattr(urllib.request, "_opener", None)
    command = cloud.run(count=150)
    # A metadata service whose first key has run out.
    with KeyServer([cloud.keys["expired"], cloud.keys["session"]]) as keyserver:
        # DEBUG is the switch of the vendors' libraries, which then log what they send and get.
        with_role = {"http_proxy": keyserver.url, "NO_PROXY": "127.0.0.1", "DEBUG": "sdk"}
        stopped, shown = play(
            cloud.cancel(command, **NO_KEY, retries=0),
            cloud.info(**NO_KEY, credentials="sdk"),
            environment=with_role,
        )

    assert (stopped["outcome"], stopped["summary"]["stopped"], shown["failed"]) == ("stopped", 150, False)
    role = f"sdk ({part(cloud.provider, 'vault').ROLE})"
    assert [each["credentials_source"] for each in (stopped, shown)] == [role, role]


# Hosts and proxies


def test_a_url_for_each_service_reaches_all_of_them(cloud):
    command = cloud.run()
    urls = {name: cloud.url for name in cloud.words.services}
    place = cloud.place(endpoint_url=urls)

    found, found_by_text, stopped = play(
        {INFO_MANY: {"scopes": [place]}},
        {INFO_MANY: {"scopes": json.dumps([place])}},
        cloud.cancel(command, endpoint_url=json.dumps(urls)),
    )

    assert (ids(found), ids(found_by_text), stopped["outcome"]) == ([command.id], [command.id], "stopped")


@pytest.mark.parametrize(
    "proxy", ["http://user:MARK/ER@127.0.0.1:9", "http://user:MARK#ER@127.0.0.1:9", "u:MARK?ER@h:9"]
)
def test_no_piece_of_a_password_in_a_torn_url_is_shown(cloud, proxy):
    command = cloud.run()
    results = [
        *play(cloud.info(proxy=proxy), cloud.cancel(command, proxy=proxy), cloud.info(endpoint_url=proxy)),
        *play(
            {INFO_MANY: {"scopes": [cloud.place(proxy=proxy)]}},
            {CANCEL_MANY: {"targets": [cloud.target(command)]}},
            environment={"http_proxy": proxy},
        ),
        # Ansible refuses these itself, and shows all options.
        *play(cloud.info(endpoint_url=proxy, unknown=1), cloud.info(endpoint_url={"ecs": proxy}, unknown=1)),
    ]

    assert [each["failed"] for each in results] == [True] * 7
    assert "MARK" not in str(results)
    assert "%2F" in results[0]["msg"] and "the proxy of the environment is not a complete URL" in results[4]["msg"]
    assert cloud.requests() == []
