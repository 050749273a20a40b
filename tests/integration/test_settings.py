# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the connection's settings may come from: options, module defaults, the environment."""

from __future__ import annotations

import json

CANCEL = "cloudops.halt.cloud_invocation_cancel"
INFO = "cloudops.halt.cloud_invocation_info"


def test_a_playbook_sets_the_connection_once_for_all_modules(ansible, cloud):
    command = cloud.run(count=2, name="runaway")

    run = ansible.playbook("playbooks/stop.yml", cloud=cloud.connection, invocation_id=command.id)

    assert run.returncode == 0, run.output[-4000:]
    assert len(cloud.stops(command)) == 1
    assert set(cloud.statuses(command).values()) == {cloud.words.terminated}


def test_the_command_line_of_the_readme(ansible, cloud):
    """Keys of the environment, all else on one line; run from a folder that has nothing to do with the collection."""
    command = cloud.run(count=2)
    keys = {cloud.words.env[name]: value for name, value in cloud.keys["default"].items()}
    line = (
        f"provider={cloud.provider} region={cloud.region} invocation_id={command.id} endpoint_url={cloud.url}"
        " wait_interval=0.1"
    )

    first = ansible.adhoc(CANCEL, line, environment=keys)
    second = ansible.adhoc(CANCEL, line, environment=keys)

    assert (first.returncode, first.result["changed"], first.result["outcome"]) == (0, True, "stopped")
    assert first.stdout.startswith("localhost | CHANGED =>")
    assert (second.returncode, second.result["changed"], second.result["outcome"]) == (0, False, "already_finished")
    assert second.stdout.startswith("localhost | SUCCESS =>")
    assert len(cloud.stops()) == 1


def test_everything_may_come_from_the_environment(ansible, cloud):
    command = cloud.run()
    settings = {"region": cloud.region, "endpoint_url": cloud.url, **cloud.keys["session"]}
    environment = {cloud.words.env[name]: value for name, value in settings.items()}
    nothing = dict.fromkeys(("region", "endpoint_url", "access_key_id", "access_key_secret"))

    shown, stopped = ansible.play(
        cloud.info(invocation_id=command.id, **nothing), cloud.cancel(command, **nothing), environment=environment
    ).results

    assert [each["id"] for each in shown["operations"]] == [command.id]
    assert (stopped["changed"], stopped["outcome"]) == (True, "stopped")
    assert {each["key"] for each in cloud.requests()} == {"session"}


def test_options_win_over_the_environment_and_a_token_never_joins_a_key_from_elsewhere(ansible, cloud):
    command = cloud.run()
    wrong = {"region": "nowhere-1", "endpoint_url": "http://127.0.0.1:9", **cloud.keys["session"]}

    result = ansible.play(
        cloud.info(invocation_id=command.id),
        environment={cloud.words.env[name]: value for name, value in wrong.items()},
    ).result

    assert [each["id"] for each in result["operations"]] == [command.id]
    assert {(each["key"], each["code"]) for each in cloud.requests()} == {("default", None)}


def test_the_options_have_the_vendors_own_names_too(ansible, cloud):
    session = cloud.keys["session"]
    options = {
        "provider": cloud.provider,
        "region": cloud.region,
        "endpoint_url": cloud.url,
        "secret_id": session["access_key_id"],
        "secret_key": session["access_key_secret"],
        "token": session["security_token"],
    }

    run = ansible.adhoc(INFO, json.dumps(options))

    assert run.result["operations"] == []
    assert {(each["key"], each["code"]) for each in cloud.requests()} == {("session", None)}
