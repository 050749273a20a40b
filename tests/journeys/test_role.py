# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role: what it finds, shows, refuses, stops, reports and leaves behind.

A use of the role takes seconds, so a run has many of them.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

# No pace and no long waits, because nobody minds here.
QUICK = {"wait_interval": 0.1, "wait_timeout": 20, "rate": 0, "progress": 0}
BOTH = "alibaba/cn-hangzhou, tencent/ap-guangzhou"
REPORT = Path(__file__).resolve().parents[2] / "roles" / "bulk_cancel" / "REPORT.md"


def note(failure):
    """A task that notes how a use of the role has ended."""
    noted = {
        "failure": failure,
        "result": "{{ bulk_cancel_result | default({}) }}",
        "still_running": "{{ bulk_cancel_still_running | default([]) }}",
    }
    return {"ansible.builtin.set_fact": {"uses": "{{ uses | default([]) + [noted] }}"}, "vars": {"noted": noted}}


def use(**variables):
    """One use of the role. Its end is noted, and the play goes on."""
    role = {
        "ansible.builtin.include_role": {"name": "cloudops.halt.bulk_cancel"},
        "vars": {f"bulk_cancel_{name}": value for name, value in {**QUICK, **variables}.items()},
    }
    return {"block": [role, note("")], "rescue": [note("{{ ansible_failed_result.msg }}")]}


@pytest.fixture
def play(ansible, environment):
    """Runs these tasks, and gives the run and how each use of the role has ended, for the first host."""

    def play(*tasks, flags=(), hosts="localhost"):
        write = {
            "ansible.builtin.copy": {"content": "{{ uses | to_json }}", "dest": str(ansible.folder / "uses.json")},
            **{"run_once": True, "delegate_to": "localhost", "check_mode": False, "changed_when": False},
        }
        playbook = ansible.write(*tasks, write, hosts=hosts, connection="local")
        run = ansible.run("ansible-playbook", *flags, str(playbook), environment=environment)
        assert run.returncode == 0, run.output
        return run, json.loads((ansible.folder / "uses.json").read_text())

    return play


def report(folder):
    return json.loads((folder / "report.json").read_text())


def rows(folder):
    with (folder / "report.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def word(cloud, command):
    return f"cloud_invocation/{cloud.provider}/{cloud.region}/{command.id}"


def living(cloud, command):
    return [each for each, status in cloud.statuses(command).items() if status == cloud.words.running]


def test_what_cannot_be_meant_is_refused_before_anything_is_stopped(play, alibaba, tencent):
    commands = [(cloud, cloud.run(name="nightly-cleanup", count=3)) for cloud in (alibaba, tencent)]
    one, other = (word(*each) for each in commands)
    select = {"name": "nightly-*"}
    yes = {"confirm": True, "scopes": BOTH}
    refusals = [
        (use(targets="", select={"name": ""}, exclude="", **yes), "Nothing is selected, so nothing was stopped"),
        (use(targets=one, select=select, **yes), "are both set, so nothing was stopped"),
        (use(select={"nmae": "nightly-*", "older_than": "1h"}, **yes), "has no filter named nmae, so nothing was"),
        (use(select={"kinds": ["cloud_invocation"]}, **yes), "would select everything, so nothing was stopped"),
        (use(select="{name: nightly", **yes), "select: the text is neither YAML nor JSON at line 1, column"),
        (use(targets=one, exclude="t-hz*"), "bulk_cancel_exclude has t-hz*, so nothing was stopped"),
        (use(targets=f"{one}, {other}", max_targets=1), "Nothing was stopped."),
        (use(select=select, scopes=BOTH, confirm="maybe"), "nobody has confirmed it, so nothing was stopped"),
    ]

    _run, uses = play(*(task for task, _ in refusals))

    for end, (_, reason) in zip(uses, refusals, strict=True):
        assert reason in end["failure"], end["failure"]
        assert not end["result"].get("changed") and not end["still_running"]
    assert not alibaba.stops() and not tencent.stops()
    assert all(len(living(*each)) == 3 for each in commands)


def test_a_selection_is_shown_confirmed_stopped_and_reported(ansible, play, alibaba, tencent):
    commands = [(cloud, cloud.run(name="nightly-cleanup", count=3)) for cloud in (alibaba, tencent)]
    kept = [(alibaba, alibaba.run(name="nightly-backup")), (tencent, tencent.run(name="nightly-longer", count=2))]
    execution = alibaba.start("automation_execution", name="nightly-restart")
    folder = ansible.folder / "made" / "report"
    selection = {
        "select": {"name": "nightly-*", "kinds": ["cloud_invocation", "automation_execution"]},
        **{"scopes": BOTH.split(", "), "exclude": ["nightly-b*", kept[1][1].id], "report": "made/report"},
    }

    # A look stops nothing. Nobody has to confirm it, and its report says that it is a preview.
    look, (end,) = play(use(**selection), flags=("--check",))
    assert (end["failure"], end["result"]["changed"]) == ("", True)
    data = report(folder)
    assert (data["check_mode"], data["summary"]["would_stop"]) == (True, 7)
    assert {row["outcome"] for row in rows(folder)} == {"would_stop"}
    assert "changed=0" in look.stdout
    assert not alibaba.stops() and not tencent.stops() and alibaba.status(execution) == "Running"

    run, (first, second) = play(
        use(**selection, confirm=True, reason="<Why?>"),
        use(**{**selection, "report": "second"}, confirm="yes", reason=""),
    )

    shown = [run.stdout.find(text) for text in ("would stop: cloud_invocation", "left out: ", " : Stop all of them]")]
    assert shown == sorted(shown) and shown[0] >= 0, "the preview comes first"
    assert (first["failure"], first["result"]["changed"], first["still_running"]) == ("", True, [])
    assert not any(living(*each) for each in commands) and alibaba.status(execution) == "Cancelled"
    assert all(living(*each) for each in kept)
    data, table = report(folder), rows(folder)
    assert data["summary"]["stopped"] == first["result"]["summary"]["stopped"] == 7
    instances = [each["instance_id"] for result in data["results"] for each in result["instances"]]
    assert sorted(instances) == sorted(each for _, command in commands for each in command.instance_ids)
    assert sorted(row["part"] for row in table) == sorted([*instances, ""]), "the execution has no parts"
    assert {row["outcome"] for row in table} == {"stopped"}
    assert (data["schema"], data["reason"], data["host"]) == ("cloudops.halt.bulk_cancel/1", "<Why?>", "localhost")
    assert {each["id"] for each in data["excluded"]} == {command.id for _, command in kept}
    assert data["started"] <= data["finished"]
    documented = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", REPORT.read_text(), re.MULTILINE)
    assert set(data) <= {name for cell in documented for name in re.findall(r"\w+", cell)}
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == dict.fromkeys(("report.csv", "report.html", "report.json"), 0o640)
    # The second has found nothing, and says so in a report all the same.
    assert (second["failure"], second["result"]["changed"]) == ("", False)
    assert second["result"]["msg"] == "Found nothing in flight that was selected."
    data = report(ansible.folder / "second")
    assert (data["results"], data["failed"], data["reason"], rows(ansible.folder / "second")) == ([], False, None, [])


def test_what_a_form_sends_as_text_is_understood(ansible, play, alibaba, tencent):
    commands = [(cloud, cloud.run(name=f"nightly-{number}")) for number, cloud in enumerate((alibaba, tencent) * 2)]
    spared = (tencent, tencent.run())
    texts = {"wait_interval": "0.1", "wait_timeout": "20", "rate": "0", "progress": "0", "concurrency": "4"}
    texts |= {"wait": "yes", "fail_if_not_running": "no", "ignore_not_found": "false", "confirm": "true"}
    texts |= {"exclude": "nothing-*,\n  nothing else", "max_targets": "7", "report": "texts"}
    unanswered = dict.fromkeys([*texts, "targets", "select", "scopes", "reason"], "")
    yaml = "name: nightly-[01]\nkinds: [cloud_invocation]\nolder_than: ''\ninclude_scheduled: 'no'\n"

    _run, (selected, named, mixed, nothing) = play(
        use(**texts, select=yaml, scopes="- alibaba/cn-hangzhou\n- tencent/ap-guangzhou\n"),
        use(**{**unanswered, "targets": f"{word(*commands[2])}\n"}),
        use(targets=", ".join(map(lambda each: word(*each), (commands[3], spared))), exclude=spared[1].id),
        use(targets=word(*spared), exclude=[spared[1].id]),
    )

    assert [each["failure"] for each in (selected, named, mixed, nothing)] == [""] * 4
    assert [each["result"]["summary"]["stopped"] for each in (selected, named, mixed)] == [2, 1, 1]
    assert nothing["result"]["msg"] == "bulk_cancel_exclude has all of bulk_cancel_targets, so nothing was stopped."
    assert not any(living(*each) for each in commands) and living(*spared)
    selection = report(ansible.folder / "texts")["selection"]
    assert selection == {"name": "nightly-[01]", "kinds": ["cloud_invocation"], "include_scheduled": "no"}


def test_what_goes_wrong_shields_nothing_else_and_is_the_target_of_another_use(ansible, play, alibaba, tencent):
    alibaba.settings(started_runs="go-on")
    slow = (alibaba, alibaba.run(name="slow", count=3))
    quick = [(tencent, tencent.run(name="nightly-cleanup")) for _ in range(2)]
    nobody = "cloud_invocation/alibaba/cn-hangzhou/t-hz0nobody00001"
    end_it = {
        "ansible.builtin.uri": {
            "url": f"{alibaba.url}/_emulator/operations/{slow[1].id}/finish",
            **{"method": "POST", "body_format": "json", "body": {"status": "Success"}},
        }
    }
    again = {"targets": "{{ bulk_cancel_still_running }}", "report": "again"}

    run, (partly, elsewhere, first, last, none) = play(
        use(targets=f"{nobody}, {word(*quick[0])}", report="partly"),
        use(select="name: nightly-*", scopes=f"alibaba/cn-nowhere, {BOTH}", confirm=True, report="elsewhere"),
        use(targets=[word(*slow)], wait_timeout=1),
        end_it,
        use(**again),
        use(**again),
    )

    assert not any(living(*each) for each in quick)
    for end, name in ((partly, "partly"), (elsewhere, "elsewhere")):
        data = report(ansible.folder / name)
        assert data["failed"] and data["changed"] and data["msg"] == end["result"]["msg"] == end["failure"]
        assert end["result"]["summary"]["stopped"] == 1
    assert "t-hz0nobody00001" in partly["failure"]
    assert [each["outcome"] for each in report(ansible.folder / "partly")["results"]] == ["not_found", "stopped"]
    assert "cn-nowhere: InvalidRegionId.NotFound" in elsewhere["failure"]
    assert {each["region"] for each in report(ansible.folder / "elsewhere")["errors"]} == {"cn-nowhere"}
    assert "could not be searched: cloud_invocation at alibaba in cn-nowhere" in run.stdout

    assert "3 still running" in first["failure"]
    left = [(each["id"], each["instance_ids"]) for each in first["still_running"]]
    assert left == [(slow[1].id, slow[1].instance_ids)]
    assert (last["failure"], last["still_running"]) == ("", [])
    assert last["result"]["summary"]["already_finished"] == 3
    # A later use knows nothing of an earlier one.
    data = report(ansible.folder / "again")
    assert (data["errors"], data["selection"], data["failed"], data["msg"]) == ([], None, False, last["result"]["msg"])
    assert [each["target"]["id"] for each in data["results"]] == [slow[1].id]
    assert "Nothing is selected" in none["failure"] and none["result"] == {}


def test_hosts_of_one_play_have_their_own_targets_and_reports(ansible, play, alibaba, tencent):
    command = alibaba.run()
    hosts = {"one": {"target": word(alibaba, command)}, "two": {"target": word(alibaba, tencent.run())}}
    (ansible.folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": hosts}}))

    play(use(targets="{{ target }}", report="{{ playbook_dir }}/reports"), hosts="all", flags=("-i", "hosts.yml"))

    data = {host: report(ansible.folder / "reports" / host) for host in hosts}
    assert [data[host]["failed"] for host in hosts] == [False, True]
    assert [result["target"]["id"] for result in data["one"]["results"]] == [command.id]
    assert not living(alibaba, command)
