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

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.action.inflight_report import files_of

from ..support.ansible import Ansible
from . import scenes

ROLE = Path(__file__).resolve().parents[2] / "roles" / "bulk_cancel"
FACTS = {"bulk_cancel_result": "{{ lookup('ansible.builtin.file', 'result.json') | from_json }}"}
NONCE = re.compile(r"nonce-[\w-]+|nonce=\"[\w-]+")
COLUMNS = (
    *("provider", "kind", "region", "account", "operation_id", "name", "part", "before", "after", "status"),
    *("outcome", "exit_code", "error", "created", "stop_accepted"),
)


def render(name, data, plan=None, folder=Path()):
    return files_of(data, plan, folder, show_accounts=False)[name]


def table(text):
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("scene", ["mixed", "hostile", "nulls", "empty", "preview"])
def test_the_data_is_whole_and_every_part_has_a_row(scene):
    data = getattr(scenes, scene)()
    text = render("report.csv", data)

    assert json.loads(render("report.json", data)) == data
    header, *rows = table(text)
    assert tuple(header) == COLUMNS and {len(row) for row in rows} <= {len(COLUMNS)}
    assert len(rows) == sum(len(scenes.parts_of(one)) or 1 for one in data["results"])
    assert text.endswith("\n") and ("\r" in text) == (scene == "hostile")


def test_a_row_has_what_is_known_of_a_part_or_of_a_whole():
    before, after = ["2026-01-02T02:10:00Z", "2026-01-02T03:04:08Z"], ["2026-01-02T02:10:00Z", ""]
    rows = {(row[4], row[6]): row for row in table(render("report.csv", scenes.mixed()))}
    command = ["alibaba", "cloud_invocation", "cn-hangzhou", "prod", "t-hz0mixed", "nightly-cleanup"]
    ended = ["running", "stopped", "Cancelled", "finished_meanwhile", "-1", ""]
    refused = ["running", "running", "Running", "failed", "", "Forbidden.RAM: Not allowed."]
    image = ["alibaba", "image_task", "cn-hangzhou", "prod", "t-bp1image01", "nightly-cleanup", "", "", "stopped"]
    pair = "1512666876910000/cn-beijing"

    assert rows["t-hz0mixed", "i-bp1ended001"] == [*command, "i-bp1ended001", *ended, *after]
    assert rows["t-hz0mixed", "i-bp1refused1"] == [*command, "i-bp1refused1", *refused, *after]
    assert rows["t-bp1image01", ""] == [*image, "Stopped", "still_running", "", "", *before]
    assert rows["6da106ca-stack", pair][6:11] == [pair, "running", "stopped", "Cancelled", "stopped"]


@given(texts=st.lists(st.text(st.sampled_from("\"'=+-@\t\r\n,;{}%# \\aé火\u2028\x85\x00")), min_size=1))
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_text_comes_back_from_the_table_and_is_no_formula(texts):
    parts = [scenes.part("i-1", "stopped", status=text, error=text) for text in texts]
    _header, *rows = table(render("report.csv", scenes.report(scenes.result("t-1", instances=parts))))

    safe = [f"'{text}" if text.startswith(tuple("=+-@\t\r")) else text for text in texts]
    assert [(row[9], row[12]) for row in rows] == list(zip(safe, safe, strict=True))


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
