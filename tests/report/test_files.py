# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as files: the data, the table, and what the page is made of."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.action.inflight_report import files_of
from ansible_collections.cloudops.halt.plugins.module_utils._role.report import report
from ansible_collections.cloudops.halt.plugins.module_utils._role.text import markdown

from ..support.ansible import Ansible
from . import scenes

ROLE = Path(__file__).resolve().parents[2] / "roles" / "bulk_cancel"
FACTS = {"bulk_cancel_result": "{{ lookup('ansible.builtin.file', 'result.json') | from_json }}"}
NONCE = re.compile(r"nonce-[\w-]+|nonce=\"[\w-]+")
COLUMNS = (
    *("provider", "kind", "region", "account", "operation_id", "name", "part", "before", "after", "status"),
    *("outcome", "exit_code", "error", "created", "stop_accepted"),
)


def cell(value):
    if isinstance(value, dict):
        value = ": ".join(filter(None, [value.get("code"), value.get("message")]))
    formula = isinstance(value, str) and value[:1] in tuple("=+-@\t\r")
    return "" if value is None else f"'{value}" if formula else str(value)


def expected_rows(data):
    """The rows of the table, from the data."""
    for one in data["results"] or []:
        target, operation, times = (one.get(key) or {} for key in ("target", "operation", "times"))
        whole = {"after": operation.get("state"), "status": operation.get("status")}
        for part in scenes.parts_of(one) or [{**one, **whole}]:
            pair = [part.get("account_id"), part.get("region_id")]
            row = (
                *(target.get(key) or operation.get(key) for key in ("provider", "kind", "region")),
                *(target.get("account"), target.get("id") or operation.get("id"), operation.get("name")),
                part.get("instance_id") or part.get("execution_id") or "/".join(filter(None, pair)),
                *(part.get(key) for key in ("before", "after", "status", "outcome", "exit_code", "error")),
                *(operation.get("created"), times.get("stop_accepted")),
            )
            yield list(map(cell, row))


def render(name, data, plan=None, folder=Path()):
    return files_of(data, plan, folder, show_accounts=False)[name]


def table(text):
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("scene", ["mixed", "hostile", "nulls", "empty", "preview"])
def test_the_data_and_the_table_are_exact(scene):
    data = getattr(scenes, scene)()
    text = render("report.csv", data)

    assert json.loads(render("report.json", data)) == data
    assert table(text) == [list(COLUMNS), *expected_rows(data)]
    assert text.endswith("\n") and ("\r" in text) == (scene == "hostile")


@given(texts=st.lists(st.text(st.sampled_from("\"'=+-@\t\r\n,;{}%# \\aé火\u2028\x85\x00")), min_size=1))
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_text_comes_back_from_the_table(texts):
    rows = [scenes.part(text, "stopped", status=text, error=text) for text in texts]
    data = scenes.report(scenes.result(texts[0], instances=rows))

    assert table(render("report.csv", data)) == [list(COLUMNS), *expected_rows(data)]


def test_the_role_writes_these_files_for_nobody_else_to_read(tmp_path, installed_collections):
    """In check mode too. In diff mode they are not shown; and they are written here, whatever host the play is for."""
    data, folder = scenes.hostile(), tmp_path / "made" / "report"
    plan = {"schema": "cloudops.halt.plan/1", "exclude": list(scenes.HOSTILE)}
    (tmp_path / "result.json").write_text(json.dumps({**data, "summary": {}, "plan": plan}))
    asked = {"bulk_cancel_report": str(folder), "bulk_cancel_name": "nightly-*"}
    tasks = [
        {"cloudops.halt.bulk_cancel_request": None, "vars": asked, "register": "_bulk_cancel_request"},
        {"ansible.builtin.set_fact": FACTS, "no_log": True},
        {"ansible.builtin.include_role": {"name": "cloudops.halt.bulk_cancel", "tasks_from": "report"}},
    ]
    # Nobody answers there: everything must happen on the controller, and without privileges.
    play = {"hosts": "192.0.2.1", "become": True, "become_user": "nobody", "gather_facts": False, "tasks": tasks}
    # As AWX runs a job.
    job = {"awx_job_id": 7, "awx_job_template_name": "Stop many", "awx_user_name": "alice"}
    (tmp_path / "play.json").write_text(json.dumps([{"name": "Stop all", **play, "vars": job}]))
    command = ("ansible-playbook", "-i", "192.0.2.1,", "--check", "--diff", "play.json")

    run = Ansible(tmp_path, installed_collections).run(*command)

    assert run.returncode == 0 and "changed=0" in run.output, run.output
    assert "DOCTYPE" not in run.output
    assert folder.stat().st_mode & 0o777 == 0o750
    names = ("report.html", "report.md", "report.csv", "report.json", "plan.json")
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(names, 0o640)
    assert json.loads((folder / "plan.json").read_text()) == plan
    written = json.loads((folder / "report.json").read_text())
    assert written["results"] == data["results"] and written["check_mode"]
    assert [written[key] for key in ("title", "by", "job")] == ["Stop all", "alice", "7 (Stop many)"]
    for name in names:
        text = (folder / name).read_bytes().decode()
        assert NONCE.sub("", text) == NONCE.sub("", render(name, written, plan, folder)), name


def test_every_output_of_the_page_is_escaped():
    template = (ROLE / "templates" / "report.html.j2").read_text()

    assert re.search(r"\bsafe\b|Markup|autoescape|\{% *(?:set|raw)\b", template) is None
    assert "&lt;script&gt;window.__pwned = 1" in render("report.html", scenes.hostile())


SINGLE: dict[str, Any] = {
    **{"changed": False, "outcome": "failed", "failed": True, "msg": "t-1: failed.", "calls": {"alibaba": {"Stop": 2}}},
    "operation": {"kind": "image_task", "provider": "alibaba", "region": "r", "id": "t-1", "name": None},
}
LISTED = {"msg": "1 operation in flight.", "operations": [{**SINGLE["operation"], "state": "running"}], "errors": []}


@pytest.mark.parametrize(
    ("given", "words", "said"),
    [
        (SINGLE, ["failed"], "**1 operation could not be stopped.**\n- failed: `t-1` (image task, alibaba/r)"),
        ({"results": [SINGLE, {**SINGLE, "outcome": "stopped"}]}, ["failed", "stopped"], "**1 operation could not be"),
        (LISTED, [None], "**1 operation is in flight.**"),
        ([SINGLE, LISTED], ["failed", None], "**1 operation could not be stopped.** 1 operation is in flight."),
        ({"failed": True, "msg": "region is wrong."}, [], "**Nothing was stopped.** region is wrong."),
    ],
    ids=["one module", "a loop", "a search", "a list", "a refusal"],
)
def test_any_registered_result_makes_a_report(given, words, said):
    data = report(given, {"started": "2026-01-02T03:04:05Z"}, 1767323050.0)

    assert [one.get("outcome") for one in data["results"]] == words
    assert data["summary"]["failed"] == words.count("failed") and data["summary"]["requested"] == len(words)
    assert [each["id"] for each in data["still_running"]] == ["t-1"] * words.count("failed")
    assert markdown(data).startswith(said)
    assert render("report.html", data)


def test_the_text_is_short_and_says_what_is_left():
    text = markdown(scenes.five_hundred())

    assert text.startswith("**10 operations could not be stopped and 25 still run.** 465 were stopped.\n- failed: ")
    assert len(text) < 2000 and len(text.splitlines()) < 16
    assert text.endswith(
        "Run: Stop the nightly clean-up · Reason: The nightly clean-up deletes what it should keep."
        " · Started by: alice · Job: 42 (Stop many)"
    )


def test_the_page_loads_nothing_and_is_small():
    page = render("report.html", scenes.mixed())

    assert page.startswith("<!DOCTYPE html>\n")
    assert re.search(r"<(link|img|iframe|object|embed|base)\b|\bsrc=|url\(|@import|\s(style|on\w+)=", page) is None
    hosts = set(re.findall(r"https?://([^/\"]+)", page))
    assert hosts <= {"ecs.console.aliyun.com", "oos.console.aliyun.com", "console.cloud.tencent.com"}
    for scene in ("five_hundred", "all_failed", "many_names", "all_well"):
        assert len(render("report.html", getattr(scenes, scene)()).encode()) < 300_000, scene


def test_the_documentation_names_every_key_and_column():
    text = (ROLE / "REPORT.md").read_text()
    keys = re.findall(r'"(\w+)":', json.dumps(scenes.mixed()))

    assert {name for name in (*keys, *COLUMNS) if f"`{name}`" not in text} == set()
