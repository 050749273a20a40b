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
        given = ("-e", json.dumps(variables))
        return ansible.in_workers(f"cloudops.halt.{name}", *QUICK, *given, *flags, environment=environment)

    return example


def report(folder):
    return json.loads((folder / "report.json").read_text())


def living(cloud, *commands):
    return [command.id for command in commands if cloud.words.running in cloud.statuses(command).values()]


def test_the_panic_button(ansible, example, alibaba, tencent, aws):
    wild = [
        (alibaba, alibaba.run(name="nightly-one", count=3)),
        (alibaba, alibaba.run(name="nightly-two", region="cn-beijing")),
        (tencent, tencent.run(name="nightly-three", count=2)),
        (aws, aws.run(name="nightly-five", region="eu-central-1")),
    ]
    executions = [alibaba.start("automation_execution", name="nightly-four") for _ in range(5)]
    other = tencent.run(name="shop-reindex")

    pressed = example("panic_button", panic_name="nightly-*", bulk_cancel_confirm="true")

    assert pressed.returncode == 0, pressed.output
    assert not [command.id for cloud, command in wild if living(cloud, command)]
    assert {alibaba.status(each) for each in executions} == {"Cancelled"}
    assert living(tencent, other) == [other.id]
    assert report(ansible.folder / "halt-report")["summary"]["stopped"] == 12
    of_the_role = pressed.stdout[pressed.stdout.index("TASK [") : pressed.stdout.index("PLAY RECAP")]
    assert "9 operations" in of_the_role and len(of_the_role.splitlines()) <= 40, "one screen"
    assert f"stopped. Report: {ansible.folder / 'halt-report' / 'report.html'}" in of_the_role


def test_one_command_on_the_instances_of_a_file(ansible, example, alibaba):
    command = alibaba.run(count=1200)
    spared, *chosen = command.instance_ids
    (ansible.folder / "ids.txt").write_text("\n".join(chosen) + "\n")

    run = example("stop_one_invocation", stop_invocation_id=command.id, stop_instance_ids_file="ids.txt")

    assert run.returncode == 0, run.output
    assert alibaba.statuses(command) == {spared: "Running", **dict.fromkeys(chosen, "Terminated")}
    folder = ansible.folder / "halt-report"
    (result,) = report(folder)["results"]
    assert sorted(each["instance_id"] for each in result["instances"]) == sorted(chosen)
    with (folder / "report.csv").open(newline="") as file:
        assert sorted(row["part"] for row in csv.DictReader(file)) == sorted(chosen)


def test_one_command_on_a_list_of_instances_which_must_not_be_empty(example, tencent):
    command = tencent.run(count=3)
    spared, *chosen = command.instance_ids
    place = {"stop_provider": "tencent", "stop_region": tencent.region, "stop_invocation_id": command.id}

    refused = example("stop_one_invocation", **place, stop_report="")
    assert refused.returncode == 2 and not tencent.stops()
    assert "instance_ids is empty" in refused.words and "Nothing was stopped." in refused.words

    run = example("stop_one_invocation", **place, stop_report="", stop_instance_ids=chosen)
    assert run.returncode == 0, run.output
    assert tencent.statuses(command) == {spared: "RUNNING", **dict.fromkeys(chosen, "TERMINATED")}


def test_the_clean_up_of_executions(ansible, example, alibaba):
    started = [("restart-fleet", DAY + 60), ("long-migration", DAY + 60), ("restart-fleet", 60)]
    old, kept, young = (alibaba.start("automation_execution", name=name, age=age) for name, age in started)
    command = alibaba.run(age=2 * DAY)

    run = example("clean_up_executions", clean_up_exclude='["long-migration"]')

    assert run.returncode == 0, run.output
    assert "changed=1" in run.stdout
    assert [alibaba.status(each) for each in (old, kept, young)] == ["Cancelled", "Running", "Running"]
    assert living(alibaba, command) == [command.id]
    (folder,) = (ansible.folder / "halt-reports").iterdir()
    data = report(folder)
    assert folder.name == data["started"].partition("T")[0]
    assert [each["id"] for each in data["excluded"]] == [kept]
    assert data["reason"] == "Scheduled clean-up: older than 1d"


def test_all_accounts(ansible, example, alibaba, tencent):
    # Where each account has its command, and its key.
    places = {
        "green": (alibaba, "cn-beijing", "default"),
        "poor": (tencent, "ap-shanghai", "denied"),
    }
    commands = {host: cloud.run(name="nightly-one", region=region) for host, (cloud, region, _) in places.items()}
    hosts = {
        host: {
            "account_scopes": f"{cloud.provider}/{region}",
            "account_key_id": cloud.keys[key]["access_key_id"],
            "account_key_secret": cloud.keys[key]["access_key_secret"],
        }
        for host, (cloud, region, key) in places.items()
    }
    (ansible.folder / "accounts.yml").write_text(json.dumps({"all": {"hosts": hosts}}))

    run = example(
        "all_accounts", "-i", "accounts.yml", "-f", "2", "-vvv", accounts_name="nightly-*", bulk_cancel_confirm=True
    )

    assert run.returncode == 2, "one account may do nothing"
    assert [host for host, (cloud, _, _) in places.items() if living(cloud, commands[host])] == ["poor"]
    reports = {host: report(ansible.folder / "halt-report" / host) for host in hosts}
    stopped = {host: [each["target"]["id"] for each in data["results"]] for host, data in reports.items()}
    assert stopped == {"green": [commands["green"].id], "poor": []}
    assert [(data["host"], data["failed"]) for data in reports.values()] == [
        ("green", False),
        ("poor", True),
    ]
    assert reports["poor"]["errors"][0]["error"]["code"] == tencent.words.denied
    written = "".join(path.read_text() for path in (ansible.folder / "halt-report").rglob("report.*"))
    for host in hosts.values():
        assert host["account_key_secret"] not in run.output + written


def test_the_follow_up_tries_again_and_hands_over_what_is_left(ansible, example, alibaba, tencent):
    alibaba.settings(started_runs="go-on")
    stubborn, slow, tame = alibaba.run(count=2), alibaba.run(), tencent.run()
    words = [
        f"cloud_invocation/{cloud.provider}/{cloud.region}/{each.id}"
        for cloud, each in ((alibaba, stubborn), (alibaba, slow), (tencent, tame))
    ]
    folder = ansible.folder / "halt-report"
    over = threading.Event()

    def end_it_between_the_tries():
        while not over.wait(0.05):
            if (folder / "first" / "report.json").exists():
                alibaba.finish(slow, "Success")
                return

    watcher = threading.Thread(target=end_it_between_the_tries, daemon=True)
    watcher.start()
    run = example("follow_up", follow_up_targets=words, follow_up_first_wait=1, follow_up_second_wait=5)
    over.set()
    watcher.join()
    refused = example("follow_up", follow_up_targets="", follow_up_report="other")

    assert (run.returncode, refused.returncode) == (2, 2)
    tries = [
        [(each["target"]["id"], each["outcome"]) for each in report(folder / name)["results"]]
        for name in ("first", "second")
    ]
    assert tries == [
        [(stubborn.id, "still_running"), (slow.id, "still_running"), (tame.id, "stopped")],
        # Only what was left is tried again.
        [(stubborn.id, "still_running"), (slow.id, "already_finished")],
    ]
    left = (folder / "still-running.txt").read_text().splitlines()
    assert left == [f"alibaba cn-hangzhou {instance_id}" for instance_id in stubborn.instance_ids]
    for instance_id in stubborn.instance_ids:
        assert f"aliyun ecs RebootInstance --RegionId cn-hangzhou --InstanceId {instance_id}" in run.stdout
    assert "Nothing is selected: name what to stop in bulk_cancel_targets" in refused.words
    assert "RebootInstance" not in refused.output and not (ansible.folder / "other").exists()


def test_an_alarm_chooses_among_the_allowed_and_no_more_than_so_many(example, alibaba, tencent):
    command = alibaba.run(name="nightly-cleanup", count=3)
    near = alibaba.run(name="cleanup1")
    other = tencent.run(name="payroll")
    brackets = {"stop_on_alarm_name": "cleanup[1]", "stop_on_alarm_allowed": ["cleanup[1]"]}
    allowed = {
        "stop_on_alarm_allowed": "nightly-cleanup, nightly-backup",
        "stop_on_alarm_scopes": "alibaba/cn-hangzhou",
    }

    refused = [example("stop_on_alarm", stop_on_alarm_name=name, **allowed) for name in ("", "nightly-*")]
    too_many = example("stop_on_alarm", stop_on_alarm_name="nightly-cleanup", stop_on_alarm_max_targets=2, **allowed)

    missed = example("stop_on_alarm", **{**allowed, **brackets})

    assert [run.returncode for run in refused] == [2, 2]
    assert missed.returncode == 0 and "None of the 2 operations in flight in 1 scope matches" in missed.words
    assert all("is not in stop_on_alarm_allowed. Nothing was stopped." in run.words for run in refused)
    assert too_many.returncode == 2 and not alibaba.stops() and not tencent.stops()

    stopped = example("stop_on_alarm", stop_on_alarm_name="nightly-cleanup", **allowed)

    assert stopped.returncode == 0, stopped.output
    assert living(alibaba, command) == [] and living(tencent, other) == [other.id]
    assert living(alibaba, near) == [near.id]


def test_what_is_running_is_a_table_a_page_and_a_watch(ansible, example, alibaba, tencent):
    for command in range(2):
        alibaba.run(name="nightly-one", count=3, age=2 * DAY - command * 3600)
    alibaba.start("automation_execution", name="nightly-two", age=3600)
    tencent.run(name="shop-reindex", count=4, age=60)
    scopes = "alibaba/cn-hangzhou, tencent/ap-guangzhou"

    calm = example("whats_running", whats_running_scopes=scopes, whats_running_max=4, whats_running_max_age="3d")
    watched = example(
        "whats_running",
        whats_running_scopes=f"{scopes}, alibaba/cn-nowhere",
        whats_running_max=3,
        whats_running_max_age="1d",
        whats_running_report="now",
    )

    assert calm.returncode == 0 and "changed=0" in calm.stdout, calm.output
    table = [
        "4 operations in flight in 2 scopes.",
        "REGION                NAME          KIND                  OPERATIONS  INSTANCES  OLDEST",
        "alibaba/cn-hangzhou   nightly-one   cloud_invocation      2           6          2d0h",
        "alibaba/cn-hangzhou   nightly-two   automation_execution  1           -          1h0m",
        "tencent/ap-guangzhou  shop-reindex  cloud_invocation      1           4          1m",
    ]
    assert [line.strip(' ",') for line in calm.stdout.splitlines() if line.startswith(" " * 8)] == table
    assert watched.returncode == 2
    told = watched.stdout.partition("[Fail if a limit is exceeded]")[2]
    for reason in (
        "Searches that failed",
        "4 operations are in flight, and the limit is 3.",
        "2 operations have been in flight for longer than 1d.",
    ):
        assert reason in told, watched.output
    assert all(line in watched.stdout for line in table[1:]), "what was found is shown all the same"
    page = (ansible.folder / "now" / "report.html").read_text()
    assert "4 operations are in flight" in page and "1 region could not be searched" in page and "2 d" in page
    assert not alibaba.stops() and not tencent.stops()
