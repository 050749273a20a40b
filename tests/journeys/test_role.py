# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role: what it finds, shows, refuses, stops, reports and leaves behind.

A use of the role takes seconds, so a run has many of them.
"""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import textwrap
import threading
import unicodedata
from pathlib import Path

import pytest
import yaml

from ..support.ansible import PLAYBOOK
from ..support.processes import marked, wait_until

# No pace and no long waits, because nobody minds here.
QUICK = {"wait_interval": 0.1, "wait_timeout": 20, "rate": 0, "progress": 0}
BOTH = "alibaba/cn-hangzhou, tencent/ap-guangzhou"
ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "roles" / "bulk_cancel" / "REPORT.md"


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
def playbook_of(ansible):
    """A playbook of these tasks, which writes how each use of the role has ended, for the first host."""

    def playbook_of(*tasks, hosts="localhost"):
        write = {
            "ansible.builtin.copy": {"content": "{{ uses | to_json }}", "dest": str(ansible.folder / "uses.json")},
            **{"run_once": True, "delegate_to": "localhost", "check_mode": False, "changed_when": False, "diff": False},
        }
        return ansible.write(*tasks, write, hosts=hosts, connection="local")

    return playbook_of


@pytest.fixture
def play(ansible, environment, playbook_of):
    """Runs these tasks, and gives the run and how each use of the role has ended, for the first host."""

    def play(*tasks, flags=(), hosts="localhost", **more):
        playbook = playbook_of(*tasks, hosts=hosts)
        run = ansible.in_workers(*flags, str(playbook), environment={**environment, **more})
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


def control(cloud, path, body):
    """A task that changes something at the emulator."""
    url = f"{cloud.url}/_emulator/operations{path}"
    return {"ansible.builtin.uri": {"url": url, "method": "POST", "body_format": "json", "body": body}}


def shown_by(run, task):
    """What a task has printed."""
    return run.stdout.partition(f"[cloudops.halt.bulk_cancel : {task}]")[2].partition("\nTASK [")[0]


def test_what_cannot_be_meant_is_refused_before_anything_is_stopped(ansible, play, alibaba, tencent):
    commands = [(cloud, cloud.run(name="nightly-cleanup", count=3)) for cloud in (alibaba, tencent)]
    one, other = (word(*each) for each in commands)
    name = {"name": "nightly-*"}
    yes = {"confirm": True, "scopes": BOTH}
    (ansible.folder / "plan.json").write_text("no plan")
    refusals = [
        (use(targets="", exclude="", **yes), "Nothing is selected: name what to stop in bulk_cancel_targets"),
        (use(name="{{ job_name }}", older_than="30s", **yes), "bulk_cancel_name is set but empty"),
        (use(targets={**tencent.target(commands[1][1]), "instance_ids": []}), "instance_ids is empty"),
        (use(excludes="nightly-*", **name, **yes), "There is no variable bulk_cancel_excludes. Did you mean"),
        (use(targets=f"{one}, {other}", max_targets=1), "are named, and bulk_cancel_max_targets=1 allows 1 of each"),
        (use(**name, confirm=True), "bulk_cancel_scopes says where to search"),
        (use(**name, **yes, max_targets=1), "bulk_cancel_max_targets=1 allows 1 of each"),
        (use(plan="plan.json"), "bulk_cancel_plan is not JSON"),
        (use(plan="nowhere/plan.json", confirm=True), "nowhere/plan.json cannot be read: No such file"),
    ]

    _run, uses = play(*(task for task, _ in refusals), flags=("-e", "job_name="))

    for end, (_, reason) in zip(uses, refusals, strict=True):
        assert reason in end["failure"], end["failure"]
        assert "Nothing was stopped." in end["failure"], end["failure"]
        assert not end["result"].get("changed") and not end["still_running"]
    assert not alibaba.stops() and not tencent.stops()
    assert all(len(living(*each)) == 3 for each in commands)


def test_a_selection_is_shown_planned_approved_and_stopped(ansible, play, alibaba, tencent):
    commands = [(cloud, cloud.run(name="nightly-cleanup", count=3)) for cloud in (alibaba, tencent)]
    kept = [(alibaba, alibaba.run(name="nightly-backup")), (tencent, tencent.run(name="nightly-longer", count=2))]
    execution = alibaba.start("automation_execution", name="nightly-restart")
    passing = alibaba.start("automation_execution", name="nightly-passing")
    folder = ansible.folder / "made" / "report"
    selection = {
        "name": "nightly-*",
        "kinds": ["cloud_invocation", "automation_execution"],
        **{"scopes": BOTH.split(", "), "exclude": ["nightly-b*", kept[1][1].id, "shop"], "report": "made/report"},
    }

    # A look stops nothing. Nobody has to confirm it, and what it tells is what a run would.
    look, (end,) = play(use(**selection), flags=("--check", "--diff"))
    assert (end["failure"], end["result"]["changed"]) == ("", True)
    data = report(folder)
    assert (data["check_mode"], data["summary"]["would_stop"]) == (True, 8)
    assert {row["outcome"] for row in rows(folder)} == {"would_stop"}
    assert "changed=1 " in look.stdout
    for command in (command for _, command in commands):
        instance_id = command.instance_ids[0]
        assert re.search(rf'^-.*"{instance_id}": "running"', look.stdout, re.MULTILINE), look.stdout
        assert re.search(rf'^\+.*"{instance_id}": "stopped"', look.stdout, re.MULTILINE)
    assert "asked to stop" not in look.output, "nothing was asked"
    assert not alibaba.stops() and not tencent.stops() and alibaba.status(execution) == "Running"

    stale = ansible.folder / "nothing" / "plan.json"
    stale.parent.mkdir()
    stale.write_text("{}")
    come = {"provider": "alibaba", "kind": "cloud_invocation", "name": "nightly-new", "count": 1}
    run, (unconfirmed, first, second, nothing) = play(
        use(**selection),
        control(alibaba, "", come),
        control(alibaba, f"/{passing}/finish", {"status": "Success"}),
        use(
            plan="made/report/plan.json", exclude="nightly-rest*", confirm="yes", reason="<Why?>", report="made/report"
        ),
        use(plan="{{ uses[0].result.plan }}", confirm=True, report="second"),
        use(**{**selection, "name": "nightly", "report": "nothing"}, confirm=True, reason=""),
    )

    assert (
        "with bulk_cancel_confirm=true. To stop exactly" in unconfirmed["failure"]
        and not unconfirmed["result"]["changed"]
    )
    preview = shown_by(run, "Show what would be stopped")
    order = ["Would stop 4 operations", "nightly-cleanup", "Ids: ", "Excluded: ", "exclude: shop matches nothing"]
    assert sorted(order, key=preview.find) == order and all(text in preview for text in order), preview
    plan = unconfirmed["result"]["plan"]
    planned = {*(command.id for _, command in commands), execution, passing}
    assert {each["id"] for each in plan["targets"]} == planned
    assert not re.search(r"access_key|secret|EXAMPLE", json.dumps(plan))

    assert (first["failure"], first["result"]["changed"], first["still_running"]) == ("", True, [])
    assert re.search(r"Since the plan, 1 operation appeared .*nightly-new.*1 operation ended: " + passing, run.words)
    assert not any(living(*each) for each in commands) and all(living(*each) for each in kept)
    data, table = report(folder), rows(folder)
    assert data["summary"]["stopped"] == first["result"]["summary"]["stopped"] == 6
    instances = [each["instance_id"] for result in data["results"] for each in result["instances"]]
    assert sorted(instances) == sorted(each for _, command in commands for each in command.instance_ids)
    assert sorted(row["part"] for row in table) == sorted([*instances, "", ""]), "the executions have no parts"
    assert {row["outcome"] for row in table} == {"stopped", "already_finished", "skipped"}
    assert (data["schema"], data["reason"], data["host"]) == ("cloudops.halt.bulk_cancel/1", "<Why?>", "localhost")
    assert data["started"] <= data["finished"]
    documented = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", REPORT.read_text(), re.MULTILINE)
    assert set(data) <= {name for cell in documented for name in re.findall(r"\w+", cell)}
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    names = ("plan.json", "report.csv", "report.html", "report.json", "report.md")
    assert modes == dict.fromkeys(names, 0o640)
    # The same plan once more, now without that exclusion.
    assert (second["failure"], second["result"]["changed"]) == ("", True)
    assert alibaba.status(execution) == "Cancelled"
    summary = report(ansible.folder / "second")["summary"]
    assert (summary["already_finished"], summary["stopped"]) == (7, 1)
    # Nothing found is a sentence with numbers.
    assert (nothing["failure"], nothing["result"]["changed"]) == ("", False)
    assert nothing["result"]["msg"].startswith(
        "None of the 3 operations in flight in 2 scopes matches nightly (did you"
    )
    data = report(ansible.folder / "nothing")
    assert not stale.exists(), "a plan lies beside its own report only"
    assert (data["results"], data["failed"], data["reason"], rows(ansible.folder / "nothing")) == ([], False, None, [])
    assert {each["place"]: each["seen"] for each in data["searched"]} == {
        "alibaba/cn-hangzhou": 2,
        "tencent/ap-guangzhou": 1,
    }


def test_words_of_people_and_forms_mean_what_they_say(ansible, play, alibaba, tencent):
    def run(name, cloud=tencent, **more):
        return cloud, cloud.run(name=name, **more)

    stopped = [run(name) for name in ("job-a", "job-b", "0123", "backup [prod]", "a-x", "b-x", "loop-1", "loop-2")]
    spared = [run(name) for name in ("nightly-backup", "job-c", "83", "backup p", "keep-x")]
    spared += [run("many", alibaba, count=1080), run("wide")]
    texts = {"wait_interval": "0.1", "wait_timeout": "20", "rate": "0", "progress": "0", "concurrency": "4"}
    texts |= {"wait": "yes", "fail_if_not_running": "no", "ignore_not_found": "false", "confirm": "true"}
    unanswered = dict.fromkeys([*texts, "targets", "scopes", "exclude", "max_targets", "reason", "report", "plan"], "")
    place = {"scopes": "- tencent/ap-guangzhou\n", "confirm": "true"}
    loop = use(name="loop-{{ item }}", **place, reason="Number {{ item }}", report="loop/{{ item }}")
    # A block has no loop.
    loop = {**loop["block"][0], "loop": [1, 2]}
    both = [word(*each) for each in (stopped[1], spared[1])]

    _run, uses = play(
        use(name="job-a, nightly-backup", exclude='["nightly-backup"]', max_targets="7", **{**texts, **place}),
        use(targets=f"{both[0]} ,\n {both[1]}\n", exclude="'job-c'"),
        use(name="0123", **place),
        use(name=["backup [prod]"], **place),
        use(name="*-x", exclude="keep-x", **place),
        use(name="wide", exclude=["nothing-like-this", "wide"], **place),
        use(**{**unanswered, "targets": word(*spared[5])}),
        loop,
        use(targets=word(*stopped[0]), max_targets="none"),
        flags=("-v",),
    )

    first, second, figures, brackets, glob, excluded, too_many, again = uses
    assert [each["failure"] for each in (first, second, figures, brackets, glob, excluded, again)] == [""] * 7
    counts = [each["result"]["summary"].get("stopped", 0) for each in (first, second, figures, brackets, glob)]
    assert counts == [1, 1, 1, 1, 2]
    assert excluded["result"]["excluded_nothing"] == ["nothing-like-this"]
    assert [each["name"] for each in excluded["result"]["excluded"]] == ["wide"]
    assert "1080" in too_many["failure"] and "bulk_cancel_max_targets" in too_many["failure"]
    assert not [each for each in stopped if living(*each)] and all(living(*each) for each in spared)
    assert "censored" not in _run.output
    assert [report(ansible.folder / "loop" / each)["reason"] for each in "12"] == ["Number 1", "Number 2"]


def test_children_are_stopped_unless_they_are_excluded_or_left_out(play, alibaba):
    """The modules' own tests have more of them, and the runs of triggers."""

    def start(name, **more):
        return alibaba.start("automation_execution", name=name, **more)

    alibaba.settings(children_on_cancel="live")
    lonely, mixed = start("lonely"), start("mixed")
    its_child = start("lonely-child", parent=lonely)
    kept_child, other_child = (start(name, parent=mixed) for name in ("keep-me", "go-away"))
    place = {"scopes": "alibaba/cn-hangzhou", "confirm": True}

    run, uses = play(
        use(name="lonely", include_children=False, **place),
        use(name="mixed", exclude="keep-me", **place),
    )

    assert [each["failure"] for each in uses] == ["", ""]
    assert f"1 child execution is still running: {its_child}" in run.words
    assert {alibaba.status(each) for each in (lonely, mixed, other_child)} == {"Cancelled"}
    assert {alibaba.status(each) for each in (its_child, kept_child)} == {"Running"}


def test_what_goes_wrong_shields_nothing_else_and_is_the_target_of_another_use(ansible, play, alibaba, tencent):
    alibaba.settings(started_runs="go-on")
    slow = (alibaba, alibaba.run(name="slow", count=3))
    quick = [(tencent, tencent.run(name=f"nightly-cleanup{odd}")) for odd in ("\u009b31m", "\u202e")]
    blocked = (tencent, tencent.run(name="blocked"))
    nobody = "cloud_invocation/alibaba/cn-hangzhou/t-hz0nobody00001"
    end_it = control(alibaba, f"/{slow[1].id}/finish", {"status": "Success"})
    again = {"targets": "{{ bulk_cancel_still_running }}", "report": "again"}
    (ansible.folder / "plain").write_text("")

    run, (partly, elsewhere, unwritten, first, last, none) = play(
        use(targets=f"{nobody}, {word(*quick[0])}", report="partly"),
        use(name="nightly-*", scopes=f"alibaba/cn-nowhere, {BOTH}", confirm=True, report="elsewhere"),
        use(targets=word(*blocked), report="plain/report"),
        use(targets=[word(*slow)], wait_timeout=1),
        end_it,
        use(**again),
        use(**again),
    )

    assert not any(living(*each) for each in (*quick, blocked))
    for end, name in ((partly, "partly"), (elsewhere, "elsewhere")):
        data = report(ansible.folder / name)
        assert data["failed"] and data["changed"] and data["msg"] == end["result"]["msg"]
        assert end["failure"] == f"{data['msg']} Report: {ansible.folder / name / 'report.html'}"
        assert end["result"]["summary"]["stopped"] == 1
    assert "t-hz0nobody00001" in partly["failure"]
    assert [each["outcome"] for each in report(ansible.folder / "partly")["results"]] == ["not_found", "stopped"]
    assert re.search(r"in cn-nowhere: .*InvalidRegionId.NotFound", elsewhere["failure"])
    assert {each["region"] for each in report(ansible.folder / "elsewhere")["errors"]} == {"cn-nowhere"}
    # A folder that cannot be made is told first, and keeps nothing from being stopped and told.
    assert (unwritten["failure"], unwritten["result"]["summary"]["stopped"]) == ("", 1)
    warning = "plain/report cannot be made, so there is no report: Not a directory"
    assert warning in run.words

    assert "3 still running" in first["failure"]
    left = [(each["id"], each["instance_ids"]) for each in first["still_running"]]
    assert left == [(slow[1].id, slow[1].instance_ids)]
    assert (last["failure"], last["still_running"]) == ("", [])
    assert last["result"]["summary"]["already_finished"] == 3
    # A later use knows nothing of an earlier one.
    data = report(ansible.folder / "again")
    assert (data["errors"], data["selection"], data["failed"], data["msg"]) == ([], None, False, last["result"]["msg"])
    assert [each["target"]["id"] for each in data["results"]] == [slow[1].id]
    assert "Nothing is selected" in none["failure"] and none["result"] == last["result"]
    # What others have named moves no terminal.
    foreign = {each for each in run.output if unicodedata.category(each) in ("Cc", "Cf") and each not in "\n\t\r"}
    assert not foreign


def test_an_interrupted_stop_tells_what_it_knows(ansible, environment, playbook_of, tencent):
    """By somebody who ends the module, and not Ansible."""
    commands = [tencent.run(name="nightly", count=2, stopping_seconds=60) for _ in range(3)]
    playbook = playbook_of(use(targets=[word(tencent, each) for each in commands], report="report"))
    marker = f"HALT_TEST_MARKER={ansible.folder}"

    def modules():
        return [pid for pid, line in marked(marker).items() if "inflight_cancel" in line]

    with subprocess.Popen(
        [PLAYBOOK, playbook],
        cwd=ansible.folder,
        # Without pipelining, so that the module has a command line to be known by.
        env={
            **ansible.environment,
            **environment,
            "ANSIBLE_PIPELINING": "false",
            "HALT_TEST_MARKER": str(ansible.folder),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        wait_until(lambda: len(tencent.stops()) == len(commands))
        for pid in modules():
            os.kill(pid, signal.SIGTERM)
        stdout, stderr = started.communicate(timeout=60)

    assert started.returncode == 0, stdout + stderr
    (end,) = json.loads((ansible.folder / "uses.json").read_text())
    result = end["result"]
    assert "3 stop calls" in result["msg"]
    assert end["failure"] == f"{result['msg']} Report: {ansible.folder / 'report' / 'report.html'}"
    assert (result["changed"], result["failed"], result["summary"]["requested"]) == (True, True, 6)
    assert {each["id"] for each in result["still_running"]} == {each.id for each in commands}
    assert report(ansible.folder / "report")["still_running"] == result["still_running"]


def test_structured_output_stays_so_and_the_example_that_tries_again_does(ansible, environment, alibaba):
    """The example of the page, with a stop that needs the second try; its progress goes to where no program reads."""
    alibaba.settings(started_runs="go-on")
    slow = alibaba.run(name="slow", age=7200)
    page = (ROOT / "docs" / "docsite" / "rst" / "stop_many.rst").read_text()
    block = next(each for each in re.findall(r"code-block:: yaml\n\n((?:   .*\n|\n)+)", page) if "once more" in each)
    tasks = yaml.safe_load(textwrap.dedent(block))
    first = next(each for each in tasks if "block" in each)["block"][0]["cloudops.halt.inflight_cancel"]
    first.update(wait_timeout=1, progress=0.2)
    callback = {
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callbacks")),
        "ANSIBLE_STDOUT_CALLBACK": "one_document",
    }

    def end_it_in_the_second_try():
        wait_until(lambda: len(alibaba.stops()) == 2)
        alibaba.finish(slow, "Success")

    watcher = threading.Thread(target=end_it_in_the_second_try)
    watcher.start()
    run = ansible.run("ansible-playbook", str(ansible.write(*tasks)), environment={**environment, **callback})
    watcher.join()

    assert run.returncode == 0, run.output
    results = json.loads(run.stdout)
    assert [(each["failed"], each.get("summary", {}).get("operations", {}).get("requested")) for each in results] == [
        (False, None),
        (True, 1),
        (False, 1),
    ]
    assert "localhost: 0 of 1 ended" in run.stderr, run.stderr
    assert not living(alibaba, slow)
