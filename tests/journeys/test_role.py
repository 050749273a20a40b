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
import sys
import time
from pathlib import Path

import pytest

ROLE = "cloudops.halt.bulk_cancel"
# No pace and no long waits, because nobody minds here.
QUICK = {"wait_interval": 0.1, "wait_timeout": 20, "rate": 0, "progress": 0}
BOTH = "alibaba/cn-hangzhou, tencent/ap-guangzhou"
REPORT = Path(__file__).resolve().parents[2] / "roles" / "bulk_cancel" / "REPORT.md"


def named(variables):
    return {f"bulk_cancel_{name}": value for name, value in variables.items()}


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
    role = {"ansible.builtin.include_role": {"name": ROLE}, "vars": named({**QUICK, **variables})}
    return {"block": [role, note("")], "rescue": [note("{{ ansible_failed_result.msg }}")]}


@pytest.fixture
def play(ansible, environment):
    """Runs these tasks, and gives the run and how each use of the role has ended, for the first host."""

    def play(*tasks, flags=(), hosts="localhost", **keywords):
        write = {
            "ansible.builtin.copy": {"content": "{{ uses | to_json }}", "dest": str(ansible.folder / "uses.json")},
            **{"run_once": True, "delegate_to": "localhost", "check_mode": False, "changed_when": False},
        }
        book = [{"hosts": hosts, "connection": "local", "gather_facts": False, **keywords, "tasks": [*tasks, write]}]
        (ansible.folder / "play.json").write_text(json.dumps(book))
        run = ansible.run("ansible-playbook", *flags, "play.json", environment=environment)
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


def stopped(*commands):
    return not [command.id for cloud, command in commands if living(cloud, command)]


def position(run, text):
    assert text in run.stdout, run.output
    return run.stdout.index(text)


# What is refused


def test_what_cannot_be_meant_is_refused_before_anything_is_stopped(play, alibaba, tencent):
    commands = [(cloud, cloud.run(name="nightly-cleanup", count=3)) for cloud in (alibaba, tencent)]
    one, other = (word(*each) for each in commands)
    select = {"name": "nightly-*"}
    yes = {"confirm": True, "scopes": BOTH}
    refusals = [
        (use(), "Nothing is selected, so nothing was stopped"),
        (use(targets="", select="", scopes="", exclude="", confirm=True), "Nothing is selected"),
        (use(select={"name": ""}, **yes), "Nothing is selected"),
        (use(targets=one, select=select, **yes), "are both set, so nothing was stopped"),
        (
            use(select={"nmae": "nightly-*", "older_than": "1h"}, **yes),
            "has no filter named nmae, so nothing was stopped",
        ),
        (use(select={"kinds": ["cloud_invocation"]}, **yes), "would select everything, so nothing was stopped"),
        (use(select="{name: nightly", **yes), "select: the text is neither YAML nor JSON at line 1, column"),
        (use(targets=f"{one}, alibaba/cn-hangzhou"), "targets: number 2 is not written as kind/provider/region/id."),
        (use(targets=one, exclude="t-hz*"), "bulk_cancel_exclude has t-hz*, so nothing was stopped"),
        (use(select={"instance_ids": []}, **yes), "instance_ids is empty"),
        (use(select={"name": "x", "older_than": "soon"}, **yes), "older_than"),
        (use(select={"name": "x", "kinds": "command"}, **yes), "value of kinds must be one or more of"),
        (use(select=select, confirm=True, scopes="azure/westeurope"), "value of provider must be one of"),
        (use(select=select, confirm=True), "provider is missing"),
        (use(targets=one.replace("cloud_invocation", "command")), "value of kind must be one of"),
        (use(targets=one, wait_timeout="soon"), "wait_timeout"),
        (use(targets=f"{one}, {other}", max_targets=1), "Nothing was stopped."),
        (use(targets=one, max_targets=0), "max_targets is 0"),
        (use(select=select, max_targets="5", **yes), "Nothing was stopped."),
        (use(select=select, scopes=BOTH), "nobody has confirmed it, so nothing was stopped"),
        (use(select=select, scopes=BOTH, confirm="maybe"), "nobody has confirmed it"),
    ]

    _run, uses = play(*(task for task, _reason in refusals))

    for end, (_task, reason) in zip(uses, refusals, strict=True):
        assert reason in end["failure"], end["failure"]
        assert not end["result"].get("changed") and not end["still_running"]
    assert not alibaba.stops() and not tencent.stops()
    assert all(len(living(*each)) == 3 for each in commands)


# What is found and stopped


def test_a_selection_is_shown_confirmed_stopped_and_reported(ansible, play, alibaba, tencent):
    commands = [(cloud, cloud.run(name="nightly-cleanup", count=3)) for cloud in (alibaba, tencent)]
    kept = [(alibaba, alibaba.run(name="nightly-backup")), (tencent, tencent.run(name="nightly-longer", count=2))]
    execution = alibaba.start("automation_execution", name="nightly-restart")
    folder = ansible.folder / "made" / "report"
    selection = {
        "select": {"name": "nightly-*", "kinds": ["cloud_invocation", "automation_execution"]},
        **{"scopes": BOTH.split(", "), "exclude": ["nightly-b*", kept[1][1].id], "report": "made/report"},
    }

    # A look stops nothing. In check mode nobody has to confirm it, and its report says that it is a preview.
    look, (end,) = play(use(**selection), flags=("--check",))
    assert (end["failure"], end["result"]["changed"]) == ("", True)
    data = report(folder)
    assert data["check_mode"] is True and data["summary"]["would_stop"] == 7
    assert {row["outcome"] for row in rows(folder)} == {"would_stop"}
    assert "changed=0" in look.stdout
    _run, (end,) = play(use(**selection, confirm=True), check_mode=True)
    assert end["failure"] == "" and report(folder)["check_mode"] is True
    assert not alibaba.stops() and not tencent.stops() and alibaba.status(execution) == "Running"

    run, ends = play(use(**selection, confirm=True, reason="A drill"), use(**selection, confirm=True, reason=""))

    steps = ("would stop: cloud_invocation", "left out: ", "TASK [cloudops.halt.bulk_cancel : Stop all of them]")
    shown = [position(run, text) for text in steps]
    assert shown == sorted(shown), "the preview comes first"
    first, second = ends
    assert first["failure"] == second["failure"] == ""
    assert (first["result"]["changed"], second["result"]["changed"]) == (True, False)
    assert first["result"]["summary"]["stopped"] == 7 and first["still_running"] == []
    assert second["result"]["msg"] == "Found nothing in flight that was selected."
    assert stopped(*commands) and alibaba.status(execution) == "Cancelled"
    assert all(living(*each) for each in kept)
    # The second has found nothing, and says so in a report all the same.
    data = report(folder)
    assert (data["results"], data["failed"], data["reason"], rows(folder)) == ([], False, None, [])
    assert {each["id"] for each in data["excluded"]} == {command.id for _cloud, command in kept}


def test_what_is_left_out_of_explicit_targets(play, alibaba, tencent):
    chosen, spared = (alibaba, alibaba.run(count=2)), (tencent, tencent.run(count=2))

    _run, (mixed, nothing) = play(
        use(targets=[word(*chosen), word(*spared)], exclude=[spared[1].id]),
        use(targets=word(*spared), exclude=spared[1].id),
    )

    assert (mixed["failure"], nothing["failure"]) == ("", "")
    assert mixed["result"]["summary"]["stopped"] == 2
    assert nothing["result"]["msg"] == "bulk_cancel_exclude has all of bulk_cancel_targets, so nothing was stopped."
    assert stopped(chosen) and len(living(*spared)) == 2


def test_everything_that_a_form_sends_as_text_is_understood(ansible, play, alibaba, tencent):
    commands = [(cloud, cloud.run(name=f"nightly-{number}")) for number, cloud in enumerate((alibaba, tencent) * 4)]
    by_name, by_words, by_lines, by_json = (commands[start : start + 2] for start in range(0, 8, 2))
    numbers = {"wait_interval": "0.1", "wait_timeout": "20", "rate": "0", "progress": "0", "concurrency": "4"}
    booleans = {"wait": "yes", "fail_if_not_running": "no", "ignore_not_found": "false", "confirm": "true"}
    texts = {"exclude": "nothing-*,\n  nothing else", "max_targets": "7", "reason": "A form", "report": "texts"}
    unanswered = dict.fromkeys(set(numbers) | set(booleans) | set(texts) | {"targets", "select", "scopes"}, "")
    yaml = "name: nightly-[01]\nkinds: [cloud_invocation]\nolder_than: ''\ninclude_scheduled: 'no'\n"
    targets = [
        {"kind": "cloud_invocation", "provider": cloud.provider, "region": cloud.region, "id": command.id}
        for cloud, command in by_json
    ]

    _run, uses = play(
        use(**numbers, **booleans, **texts, select=yaml, scopes="- alibaba/cn-hangzhou\n- tencent/ap-guangzhou\n"),
        use(**{**unanswered, "targets": ", ".join(word(*each) for each in by_words)}),
        use(**{**unanswered, "targets": "\n".join(word(*each) for each in by_lines) + "\n"}),
        use(**{**unanswered, "targets": json.dumps(targets)}),
        use(
            **{
                **unanswered,
                "select": '{"name": "nightly-*"}',
                "scopes": '{"provider": "alibaba", "region": "cn-hangzhou"}',
            }
        ),
    )

    assert [each["failure"] for each in uses] == [""] * 5
    assert [each["result"]["summary"].get("stopped", 0) for each in uses] == [2, 2, 2, 2, 0]
    assert stopped(*by_name, *by_words, *by_lines, *by_json)
    assert report(ansible.folder / "texts")["selection"] == {
        **{"name": "nightly-[01]", "kinds": ["cloud_invocation"], "include_scheduled": "no"},
    }


# What goes wrong


def test_a_failure_and_a_region_that_cannot_be_searched_shield_nothing_else(ansible, play, alibaba, tencent):
    commands = [(cloud, cloud.run(name="nightly-cleanup", count=2)) for cloud in (alibaba, tencent)]
    nobody = "cloud_invocation/alibaba/cn-hangzhou/t-hz0nobody00001"

    run, (partly, elsewhere, after) = play(
        use(targets=f"{nobody}, {word(*commands[0])}", report="partly"),
        use(select="name: nightly-*", scopes=f"alibaba/cn-nowhere, {BOTH}", confirm=True, report="elsewhere"),
        use(targets=word(*commands[1]), report="after"),
    )

    assert stopped(*commands)
    for end, name, found in ((partly, "partly", 1), (elsewhere, "elsewhere", 1)):
        data = report(ansible.folder / name)
        assert data["failed"] and data["changed"] and data["msg"] == end["result"]["msg"] == end["failure"]
        assert end["result"]["failed"] and end["result"]["summary"]["stopped"] == 2 * found
    assert "t-hz0nobody00001" in partly["failure"]
    assert [each["outcome"] for each in report(ansible.folder / "partly")["results"]] == ["not_found", "stopped"]
    assert "cn-nowhere: InvalidRegionId.NotFound" in elsewhere["failure"]
    assert {each["region"] for each in report(ansible.folder / "elsewhere")["errors"]} == {"cn-nowhere"}
    assert "could not be searched: cloud_invocation at alibaba in cn-nowhere" in run.stdout
    # A later use knows nothing of an earlier one.
    data = report(ansible.folder / "after")
    assert (after["failure"], data["errors"], data["selection"], data["failed"]) == ("", [], None, False)


def test_what_still_runs_is_the_target_of_a_second_use(ansible, play, alibaba, tencent):
    alibaba.settings(started_runs="go-on")
    slow, quick = (alibaba, alibaba.run(count=3)), (tencent, tencent.run())
    second = {"targets": "{{ bulk_cancel_still_running }}", "report": "second"}
    end_it = {
        "ansible.builtin.uri": {
            "url": f"{alibaba.url}/_emulator/operations/{slow[1].id}/finish",
            **{"method": "POST", "body_format": "json", "body": {"status": "Success"}},
        }
    }

    _run, (first, last, none) = play(
        use(targets=[word(*slow), word(*quick)], wait_timeout=1, report="first"), end_it, use(**second), use(**second)
    )

    assert "3 still running" in first["failure"]
    assert [(each["id"], each["instance_ids"]) for each in first["still_running"]] == [
        (slow[1].id, slow[1].instance_ids)
    ]
    assert (last["failure"], last["still_running"]) == ("", [])
    assert last["result"]["summary"]["already_finished"] == 3
    data = report(ansible.folder / "second")
    assert [each["target"]["id"] for each in data["results"]] == [slow[1].id], "not what was left by the use itself"
    assert data["msg"] == last["result"]["msg"]
    assert "Nothing is selected" in none["failure"] and none["result"] == {}


def family(pid):
    """A process and all that it has started; newer releases of Ansible put their workers into sessions of their own."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from family(int(child))


def test_a_run_that_was_killed_is_ended_by_the_next(ansible, play, alibaba, environment):
    command = (alibaba, alibaba.run(count=300))
    target = {"kind": "cloud_invocation", "provider": "alibaba", "region": "cn-hangzhou", "id": command[1].id}
    targets = [{**target, "instance_ids": command[1].instance_ids}]
    alibaba.fault("latency", seconds=1, action=alibaba.words.stop, times=1000)
    book = [{"hosts": "localhost", "gather_facts": False, "tasks": [use(targets=targets, concurrency=1)]}]
    (ansible.folder / "killed.json").write_text(json.dumps(book))
    killed = subprocess.Popen(
        [str(Path(sys.executable).with_name("ansible-playbook")), "killed.json"],
        cwd=ansible.folder,
        env={**ansible.environment, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while len(alibaba.stops()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        for pid in list(family(killed.pid)):
            os.kill(pid, signal.SIGKILL)
        killed.wait()
    assert 0 < len(living(*command)) < 300, "it was killed on its way"
    alibaba._control("DELETE", "faults")

    _run, (end,) = play(use(targets=targets))

    assert end["failure"] == "" and stopped(command)
    assert end["result"]["summary"]["stopped"] > 0 and end["result"]["summary"]["already_finished"] > 0


# What is shown and kept


def test_keys_show_nowhere_and_everything_is_reported_once(ansible, play, alibaba, tencent):
    commands = [(cloud, cloud.run(name="nightly-cleanup", count=120)) for cloud in (alibaba, tencent)]
    session = [{**cloud.place("session"), "account": cloud.provider} for cloud, _command in commands]
    nowhere = alibaba.place("session", region="cn-nowhere", account="nowhere")
    targets = [alibaba.target("t-hz0nobody00001", **alibaba.keys["session"])]

    run, (found, given, *unreadable) = play(
        use(select="name: nightly-*", scopes=[*session, nowhere], confirm=True, report="keys", reason="<Why?>"),
        use(targets=json.dumps(targets), report="given"),
        use(targets=[["alibaba", session[0]]]),
        use(scopes=json.dumps(session)[:-5], select="name: nightly-*"),
        use(select={"name": "x"}, scopes=[{**session[0], "nonsense": True}]),
        flags=("-vvv", "--diff"),
    )

    assert stopped(*commands) and all(each["failure"] for each in (found, given, *unreadable))
    folder = ansible.folder / "keys"
    data, table = report(folder), rows(folder)
    ids = sorted(each for _cloud, command in commands for each in command.instance_ids)
    assert sorted(each["instance_id"] for result in data["results"] for each in result["instances"]) == ids
    assert sorted(row["part"] for row in table) == ids
    assert {row["account"] for row in table} == {"alibaba", "tencent"}
    assert (data["schema"], data["reason"], data["host"]) == ("cloudops.halt.bulk_cancel/1", "<Why?>", "localhost")
    assert data["started"] <= data["finished"] and data["summary"]["stopped"] == len(ids)
    documented = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", REPORT.read_text(), re.MULTILINE)
    assert set(data) <= {name for cell in documented for name in re.findall(r"\w+", cell)}
    written = "".join(path.read_text() for name in ("keys", "given") for path in (ansible.folder / name).iterdir())
    for each in session:
        for secret in (each["access_key_secret"], each["security_token"]):
            assert secret not in run.output + written
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        **{"report.csv": 0o640, "report.html": 0o640, "report.json": 0o640},
    }


def test_hosts_of_one_play_have_their_own_targets_and_reports(ansible, play, alibaba, tencent):
    commands = {"one": (alibaba, alibaba.run()), "two": (tencent, tencent.run()), "three": (alibaba, alibaba.run())}
    hosts = {host: {"target": word(*each)} for host, each in commands.items()}
    hosts["three"]["target"] = word(alibaba, tencent.run())
    (ansible.folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": hosts}}))

    play(use(targets="{{ target }}", report="{{ playbook_dir }}/reports"), hosts="all", flags=("-i", "hosts.yml"))

    data = {host: report(ansible.folder / "reports" / host) for host in hosts}
    assert [host for host in hosts if data[host]["failed"]] == ["three"]
    assert stopped(commands["one"], commands["two"]) and living(*commands["three"])
    for host in ("one", "two"):
        assert [each["target"]["id"] for each in data[host]["results"]] == [commands[host][1].id]
