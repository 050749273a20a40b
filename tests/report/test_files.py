# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as files: the data, the table, and what the page is made of."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..support.ansible import Ansible
from . import scenes
from .rendering import ROLE, render

NAMES = ("report.html", "report.csv", "report.json")
FACTS = {
    "_bulk_cancel_report_data": "{{ lookup('ansible.builtin.file', 'data.json') | from_json }}",
    "bulk_cancel_result": "{{ lookup('ansible.builtin.file', 'result.json') | from_json }}",
}
NONCE = re.compile(r"nonce-\d+|nonce=\"\d+")
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
    (tmp_path / "data.json").write_text(json.dumps(data))
    (tmp_path / "result.json").write_text(json.dumps({"plan": plan}))
    asked = {"bulk_cancel_report": str(folder), "bulk_cancel_name": "nightly-*"}
    tasks = [
        {"cloudops.halt.bulk_cancel_request": None, "vars": asked, "register": "_bulk_cancel_request"},
        {"ansible.builtin.set_fact": FACTS, "no_log": True},
        {"ansible.builtin.include_role": {"name": "cloudops.halt.bulk_cancel", "tasks_from": "report"}},
    ]
    # Nobody answers there: everything must happen on the controller, and without privileges.
    play = {"hosts": "192.0.2.1", "become": True, "become_user": "nobody", "gather_facts": False, "tasks": tasks}
    (tmp_path / "play.json").write_text(json.dumps([play]))
    command = ("ansible-playbook", "-i", "192.0.2.1,", "--check", "--diff", "play.json")

    run = Ansible(tmp_path, installed_collections).run(*command)

    assert run.returncode == 0 and "changed=0" in run.output, run.output
    assert "DOCTYPE" not in run.output
    assert folder.stat().st_mode & 0o777 == 0o750
    written = (*NAMES, "plan.json")
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == dict.fromkeys(written, 0o640)
    assert json.loads((folder / "plan.json").read_text()) == plan
    for name in NAMES:
        written = (folder / name).read_bytes().decode()
        assert NONCE.sub("", written) == NONCE.sub("", render(name, data)), name


def test_every_output_of_the_page_is_escaped():
    template = (ROLE / "templates" / "report.html.j2").read_text()
    outputs = re.findall(r"\{\{-?\s*(.*?)\s*-?\}\}", re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL), re.DOTALL)
    macros = re.findall(r"\{% macro (\w+)", template)
    # A macro escapes what it writes; badges has what the macro badge has written.
    made_of_macros = re.compile(rf"(?:{'|'.join(macros)})\(.*\)$|badges\[.*\]$", re.DOTALL)

    assert len(outputs) > 50
    assert [output for output in outputs if not output.endswith("| e") and not made_of_macros.match(output)] == []


def test_the_page_is_self_contained():
    page = render("report.html", scenes.mixed())

    assert page.startswith("<!DOCTYPE html>\n")
    assert re.search(r"<(link|img|iframe|object|embed|base)\b|\bsrc=|url\(|@import|https?://", page) is None
    assert re.search(r"\s(style|on\w+)=", page) is None


def test_the_documentation_names_every_key_and_column():
    text = (ROLE / "REPORT.md").read_text()
    keys = re.findall(r'"(\w+)":', json.dumps(scenes.mixed()))

    assert {name for name in (*keys, *COLUMNS) if f"`{name}`" not in text} == set()
