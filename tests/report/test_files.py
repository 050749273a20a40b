# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as files: the data, the table, and what the page is made of."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from . import scenes

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "bulk_cancel"
COLUMNS = (
    *("provider", "kind", "region", "account", "operation_id", "name", "part", "before", "after", "status"),
    *("outcome", "exit_code", "error", "created", "stop_accepted"),
)


def cell(value):
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else str(value)


def told(error):
    if not isinstance(error, dict):
        return error
    return ": ".join(filter(None, [error.get("code"), error.get("message")]))


def expected_rows(data):
    """The rows of the table, from the data."""
    for one in data["results"] or []:
        target, operation, times = (one.get(key) or {} for key in ("target", "operation", "times"))
        whole = {
            **{"after": operation.get("state"), "status": operation.get("status")},
            **{"outcome": one.get("outcome"), "error": one.get("error")},
        }
        for part in scenes.parts_of(one) or [whole]:
            pair = [part.get("account_id"), part.get("region_id")]
            row = (
                *(target.get(key) or operation.get(key) for key in ("provider", "kind", "region")),
                *(target.get("account"), target.get("id") or operation.get("id"), operation.get("name")),
                part.get("instance_id") or part.get("execution_id") or "/".join(filter(None, pair)),
                *(part.get(key) for key in ("before", "after", "status", "outcome", "exit_code")),
                *(told(part.get("error")), operation.get("created"), times.get("stop_accepted")),
            )
            yield [cell(value) for value in row]


def read_table(folder):
    with (folder / "report.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


@pytest.mark.parametrize("scene", ["mixed", "hostile", "nulls", "empty", "preview"])
def test_the_data_and_the_table_are_exact(written, scene):
    folder, data = written(scene), getattr(scenes, scene)()

    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == data
    assert read_table(folder) == [list(COLUMNS), *expected_rows(data)]


@given(texts=st.lists(st.text(st.sampled_from("\"'=+-@\t\r\n,;{}%# \\aé火\u2028\x85\x00")), min_size=60, max_size=60))
@settings(
    max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_any_text_comes_back_from_the_table(write, texts):
    rows = [scenes.part(text, "stopped", status=text, error=text) for text in texts]
    data = scenes.report(scenes.result(texts[0], instances=rows))

    assert read_table(write(data)) == [list(COLUMNS), *expected_rows(data)]


def test_lines_end_in_one_way(written):
    table = (written("mixed") / "report.csv").read_bytes()

    assert b"\r" not in table
    assert table.endswith(b"\n")


def test_check_mode_leaves_a_report_and_diff_mode_does_not_show_it(write):
    folder = write(scenes.preview(), "--check", "--diff")

    assert {path.name for path in folder.iterdir()} == {"report.html", "report.csv", "report.json"}


def test_nobody_else_reads_it(written):
    folder = written("mixed")

    assert folder.stat().st_mode & 0o777 == 0o750
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o640}


def test_every_output_of_the_page_is_escaped():
    template = (ROLE / "templates" / "report.html.j2").read_text()
    outputs = re.findall(r"\{\{-?\s*(.*?)\s*-?\}\}", re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL), re.DOTALL)
    macros = re.findall(r"\{% macro (\w+)", template)
    # A macro escapes what it writes; badges has what the macro badge has written.
    made_of_macros = re.compile(rf"(?:{'|'.join(macros)})\(.*\)$|badges\[.*\]$", re.DOTALL)

    assert len(outputs) > 50
    assert [output for output in outputs if not output.endswith("| e") and not made_of_macros.match(output)] == []


def test_the_page_is_self_contained(written):
    page = (written("mixed") / "report.html").read_text(encoding="utf-8")

    assert page.startswith("<!DOCTYPE html>\n")
    assert re.search(r"<(link|img|iframe|object|embed|base)\b|\bsrc=|url\(|@import|https?://", page) is None
    assert re.search(r"\s(style|on\w+)=", page) is None


def test_the_documentation_names_every_key_and_column():
    text = (ROLE / "REPORT.md").read_text()

    def keys(value):
        if isinstance(value, dict):
            for key, each in value.items():
                yield key
                yield from keys(each)
        elif isinstance(value, list):
            for each in value:
                yield from keys(each)

    assert sorted({name for name in (*keys(scenes.mixed()), *COLUMNS) if f"`{name}`" not in text}) == []
