# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example playbooks, by name from the installed collection, as their first lines say."""

from __future__ import annotations

import csv
import json
import threading

import pytest

DAY = 24 * 3600
# No pace and no long waits, because nobody minds here.
QUICK = ("-e", "bulk_cancel_rate=0 bulk_cancel_wait_interval=0.1 bulk_cancel_progress=0")


@pytest.fixture
def example(ansible, environment):
    """Runs one of the playbooks with these variables."""

    def example(name, *flags, **variables):
        return ansible.run(
            "ansible-playbook",
            f"cloudops.halt.{name}",
            *QUICK,
            *("-e", json.dumps(variables)),
            *flags,
            environment=environment,
        )

    return example


def report(folder):
    return json.loads((folder / "report.json").read_text())


def living(cloud, *commands):
    return [command.id for command in commands if cloud.words.running in cloud.statuses(command).values()]


def test_the_panic_button(ansible, example, alibaba, tencent):
    wild = [
        (alibaba, alibaba.run(name="nightly-one", count=3)),
        (alibaba, alibaba.run(name="nightly-two", region="cn-beijing")),
        (tencent, tencent.run(name="nightly-three", count=2)),
    ]
    execution = alibaba.start("automation_execution", name="nightly-four")
    other = tencent.run(name="shop-reindex")

    looked = example("panic_button", panic_name="nightly-*")
    assert looked.returncode == 2
    assert "4 operations" in looked.words and "set bulk_cancel_confirm=true" in looked.words
    assert not alibaba.stops() and not tencent.stops()

    pressed = example("panic_button", panic_name="nightly-*", bulk_cancel_confirm="true")

    assert pressed.returncode == 0, pressed.output
    assert not [command.id for cloud, command in wild if living(cloud, command)]
    assert alibaba.status(execution) == "Cancelled"
    assert living(tencent, other) == [other.id]
    assert report(ansible.folder / "halt-report")["summary"]["stopped"] == 7


@pytest.mark.parametrize("given_as", ["file", "list"])
def test_one_command_on_thousands_of_instances(ansible, example, alibaba, tencent, given_as):
    cloud = {"file": alibaba, "list": tencent}[given_as]
    command = cloud.run(count=4000)
    spared, *chosen = command.instance_ids
    (ansible.folder / "ids.txt").write_text("\n".join(chosen) + "\n")
    ids = {"file": {"stop_instance_ids_file": "ids.txt"}, "list": {"stop_instance_ids": chosen}}[given_as]

    run = example(
        "stop_one_invocation",
        stop_provider=cloud.provider,
        stop_region=cloud.region,
        stop_invocation_id=command.id,
        **ids,
    )

    assert run.returncode == 0, run.output
    statuses = cloud.statuses(command)
    assert statuses.pop(spared) == cloud.words.running
    assert len(statuses) == 3999 and cloud.words.running not in statuses.values()
    folder = ansible.folder / "halt-report"
    (result,) = report(folder)["results"]
    assert sorted(each["instance_id"] for each in result["instances"]) == sorted(chosen)
    with (folder / "report.csv").open(newline="") as file:
        assert sorted(row["part"] for row in csv.DictReader(file)) == sorted(chosen)


def test_one_command_without_ids_is_left_alone(example, alibaba):
    command = alibaba.run(count=2)

    run = example("stop_one_invocation", stop_invocation_id=command.id)

    assert run.returncode == 2
    assert "instance_ids is empty" in run.words and "Nothing was stopped." in run.words
    assert not alibaba.stops()


def test_the_clean_up_of_executions(ansible, example, alibaba):
    old, kept = (
        alibaba.start("automation_execution", name=name, age=DAY + 60) for name in ("restart-fleet", "long-migration")
    )
    young = alibaba.start("automation_execution", name="restart-fleet", age=60)
    command = alibaba.run(age=2 * DAY)

    first = example("clean_up_executions", clean_up_exclude="long-*")
    second = example("clean_up_executions", clean_up_exclude="long-*")

    assert (first.returncode, second.returncode) == (0, 0), first.output + second.output
    assert "changed=1" in first.stdout and "changed=0" in second.stdout
    assert [alibaba.status(each) for each in (old, kept, young)] == ["Cancelled", "Running", "Running"]
    assert living(alibaba, command) == [command.id]
    (folder,) = (ansible.folder / "halt-reports").iterdir()
    data = report(folder)
    assert folder.name == data["started"].partition("T")[0]
    assert [each["id"] for each in data["excluded"]] == [kept]
    assert data["reason"] == "Scheduled clean-up: older than 1d"
    assert data["results"] == [] and not data["failed"], "the second run of the day found nothing"


def test_all_accounts(ansible, example, alibaba, tencent):
    blue, green = alibaba.run(name="nightly-one"), alibaba.run(name="nightly-two", region="cn-beijing")
    shop, poor = tencent.run(name="nightly-three"), tencent.run(name="nightly-four", region="ap-shanghai")

    def account(cloud, region, key):
        keys = cloud.keys[key]
        return {
            "account_scopes": f"{cloud.provider}/{region}",
            "account_key_id": keys["access_key_id"],
            "account_key_secret": keys["access_key_secret"],
        }

    hosts = {
        "blue": account(alibaba, "cn-hangzhou", "default"),
        "green": account(alibaba, "cn-beijing", "default"),
        "shop": account(tencent, "ap-guangzhou", "default"),
        "poor": account(tencent, "ap-shanghai", "denied"),
    }
    (ansible.folder / "accounts.yml").write_text(json.dumps({"all": {"hosts": hosts}}))

    run = example(
        "all_accounts", "-i", "accounts.yml", "-f", "2", "-vvv", accounts_name="nightly-*", bulk_cancel_confirm=True
    )

    assert run.returncode == 2, "one account may do nothing"
    assert not living(alibaba, blue, green) and not living(tencent, shop)
    assert living(tencent, poor) == [poor.id]
    reports = {host: report(ansible.folder / "halt-report" / host) for host in hosts}
    assert {host: [each["target"]["id"] for each in data["results"]] for host, data in reports.items()} == {
        **{"blue": [blue.id], "green": [green.id], "shop": [shop.id], "poor": []},
    }
    assert [host for host, data in reports.items() if data["failed"]] == ["poor"]
    assert reports["poor"]["errors"][0]["error"]["code"] == tencent.words.denied
    assert {data["host"] for data in reports.values()} == set(hosts)
    written = "".join(path.read_text() for path in (ansible.folder / "halt-report").rglob("report.*"))
    for host in hosts.values():
        assert host["account_key_secret"] not in run.output + written


def test_the_follow_up_ends_what_takes_longer(ansible, example, alibaba):
    alibaba.settings(started_runs="go-on")
    command = alibaba.run(count=2)
    folders = [ansible.folder / "halt-report" / name for name in ("first", "second")]
    over = threading.Event()

    def end_it_between_the_tries():
        while not over.wait(0.05):
            if (folders[0] / "report.json").exists():
                alibaba.finish(command, "Success")
                return

    watcher = threading.Thread(target=end_it_between_the_tries, daemon=True)
    watcher.start()
    run = example(
        "follow_up",
        follow_up_targets=f"cloud_invocation/alibaba/cn-hangzhou/{command.id}",
        follow_up_first_wait=1,
        follow_up_second_wait=60,
    )
    over.set()
    watcher.join()

    assert run.returncode == 0, run.output
    first, second = map(report, folders)
    assert first["failed"] and not second["failed"]
    assert [each["outcome"] for each in second["results"]] == ["already_finished"]
    assert first["still_running"][0]["instance_ids"] == command.instance_ids
    assert not (ansible.folder / "halt-report" / "still-running.txt").exists()


def test_the_follow_up_hands_over_what_is_left(ansible, example, alibaba, tencent):
    alibaba.settings(started_runs="go-on")
    stubborn, tame = alibaba.run(count=2), tencent.run()
    words = [
        f"cloud_invocation/{cloud.provider}/{cloud.region}/{each.id}"
        for cloud, each in ((alibaba, stubborn), (tencent, tame))
    ]

    run = example("follow_up", follow_up_targets=words, follow_up_first_wait=1, follow_up_second_wait=1)
    refused = example("follow_up", follow_up_targets="", follow_up_report="other")

    assert (run.returncode, refused.returncode) == (2, 2)
    left = (ansible.folder / "halt-report" / "still-running.txt").read_text().splitlines()
    assert left == [f"alibaba cn-hangzhou {instance_id}" for instance_id in stubborn.instance_ids]
    for instance_id in stubborn.instance_ids:
        assert f"aliyun ecs RebootInstance --RegionId cn-hangzhou --InstanceId {instance_id}" in run.stdout
    second = report(ansible.folder / "halt-report" / "second")
    assert [each["target"]["id"] for each in second["results"]] == [stubborn.id], "only what is left is tried again"
    assert "Nothing is selected, so nothing was stopped" in refused.words
    assert "RebootInstance" not in refused.output and not (ansible.folder / "other").exists()


def test_an_alarm_chooses_among_the_allowed_and_no_more_than_so_many(example, alibaba, tencent):
    command = alibaba.run(name="nightly-cleanup", count=3)
    other = tencent.run(name="payroll")
    allowed = {
        "stop_on_alarm_allowed": "nightly-cleanup, nightly-backup",
        "stop_on_alarm_scopes": "alibaba/cn-hangzhou",
    }

    refused = [example("stop_on_alarm", stop_on_alarm_name=name, **allowed) for name in ("", "payroll", "nightly-*")]
    too_many = example("stop_on_alarm", stop_on_alarm_name="nightly-cleanup", stop_on_alarm_max_targets=2, **allowed)

    assert [run.returncode for run in refused] == [2, 2, 2]
    assert all("is not in stop_on_alarm_allowed. Nothing was stopped." in run.words for run in refused)
    assert too_many.returncode == 2 and not alibaba.stops() and not tencent.stops()

    stopped = example("stop_on_alarm", stop_on_alarm_name="nightly-cleanup", **allowed)

    assert stopped.returncode == 0, stopped.output
    assert living(alibaba, command) == [] and living(tencent, other) == [other.id]
