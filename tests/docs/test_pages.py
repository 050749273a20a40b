# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages say of the code is so: permissions, messages, outcomes, and where pages are listed."""

from __future__ import annotations

import ast
import re
from typing import get_args
from urllib.parse import urlsplit

import yaml

from ansible_collections.cloudops.halt.docs.words.calls import permissions, stop_permissions
from ansible_collections.cloudops.halt.plugins.module_utils._core import messages as _words
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import OUTCOMES, STATES
from ansible_collections.cloudops.halt.plugins.module_utils._role.request import PREFIX
from emulator import Emulator

from ..mistakes.table import mistakes
from ..support.emulated import control
from ..support.kinds import ADAPTERS
from .blocks import PAGES, PLUGINS, READMES, ROOT, blocks_of

TITLES = {adapter.provider: adapter.title for adapter in ADAPTERS.values()}
PAGE = {path.stem: path for path in PAGES}
PERMISSIONS = permissions(ADAPTERS.values())


# Permissions


def test_there_is_a_policy_for_each_module_at_each_provider():
    captions = [block.caption for block in blocks_of(PAGE["permissions"])]
    assert sorted(captions) == sorted(f"{module} on {TITLES[provider]}" for module, provider in PERMISSIONS)
    modules = {path.stem for path in PLUGINS if path.suffix == ".py"}
    # These two make no calls.
    assert {module for module, _at in PERMISSIONS} == modules - {"bulk_cancel_request", "inflight_report"}


def test_the_calls_that_were_read_from_the_code_exist():
    """The reading is not fooled: the emulator has each of the calls, and the stop is there where a module stops."""
    with Emulator() as emulator:
        about = control(emulator.url, "GET", "")["providers"]
    known = {
        provider: {f"{each['service'].lower()}:{action}" for each in services for action in each["actions"]}
        for provider, services in about.items()
    }
    for (module, provider), actions in PERMISSIONS.items():
        assert actions <= known[provider], (module, provider)
        here = (adapter for (_kind, place), adapter in ADAPTERS.items() if place == provider)
        stops = {action for adapter in here for action in stop_permissions(adapter)} & actions
        assert bool(stops) != module.endswith("_info"), module


# Messages


def said():
    """The texts of the code, with an ellipsis for each value."""
    for path in (ROOT / "plugins").rglob("*.py"):
        parts = set[int]()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            # They are walked through from the outside to the inside.
            if isinstance(node, ast.JoinedStr):
                parts.update(map(id, ast.walk(node)))
                yield "".join(map(told, node.values))
            elif isinstance(node, ast.Expr):
                parts.add(id(node.value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                yield node.value
    for path in (ROOT / "roles").rglob("tasks/*.yml"):
        for value in yaml.parse(path.read_text(encoding="utf-8")):
            if isinstance(value, yaml.ScalarEvent):
                yield re.sub(r"{{.*?}}", "…", value.value)


def told(part):
    """A part of a text with values in it."""
    if isinstance(part, ast.Constant):
        return str(part.value)
    return PREFIX if ast.unparse(part.value) == "PREFIX" else "…"


def quoted():
    """The messages of the page: the terms of its lists."""
    return re.findall(r"^``(.+)``$", PAGE["troubleshooting"].read_text(encoding="utf-8"), re.MULTILINE)


def test_each_message_is_one_that_the_code_says():
    texts = {" ".join(text.split()) for text in said()}
    messages = quoted()
    assert len(messages) > 30 and len(messages) == len(set(messages))
    assert [message for message in messages if not any(message in text for text in texts)] == []


def test_each_way_out_of_a_failed_call_is_explained():
    messages = " ".join(quoted())
    ways = {*_words._WAY_OUT.values(), *_words._WAY_OUT_BY_CODE.values()}
    assert {way_out for way_out in ways if way_out not in messages} <= SAME_AS


# Those that a longer one explains.
SAME_AS = {
    "Check endpoint_url.",
    "Check endpoint_url, region, proxy, ca_path and the network.",
    "Tasks of this action cannot be cancelled.",
}


# Numbers


def test_the_numbers_of_tests_are_those_that_there_are():
    page = PAGE["testing"].read_text(encoding="utf-8")
    (combinations,) = re.findall(r"This makes (\d+) combinations", PAGE["faults"].read_text(encoding="utf-8"))
    assert f"in {combinations} combinations of fault" in " ".join(page.split())
    assert f"{len(mistakes())} deliberate mistakes" in page


# Words


def terms(title):
    """The first column of the table below a title."""
    content = PAGE["outcomes_and_errors"].read_text(encoding="utf-8")
    table = content.partition(f"\n{title}\n")[2].partition("\n.. list-table::")[2]
    # It ends where a line is not indented.
    inside = re.split(r"^(?=\S)", table, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^   \* - ``(\w+)``$", inside, re.MULTILINE)


def test_the_tables_have_the_words_of_the_code():
    assert terms("Outcomes") == list(OUTCOMES)
    assert sorted(terms("States")) == sorted(STATES)
    assert terms("Error classes") == list(get_args(ErrorClass))


# The site


def test_each_page_is_listed_once_and_has_its_label():
    sections = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text())["sections"]
    listed = [page for section in sections for page in section["toctree"]]
    assert sorted(listed) == sorted(PAGE)
    for name, path in PAGE.items():
        label = f".. _ansible_collections.cloudops.halt.docsite.{name}:\n"
        assert path.read_text(encoding="utf-8").count(label) == 1


def test_links_of_the_readmes_to_files_lead_there():
    for path in READMES:
        links = re.findall(r"\]\((?!https:)([^)#]+)", path.read_text(encoding="utf-8"))
        assert [link for link in links if not (path.parent / link).is_file()] == [], path


def test_links_out_of_the_pages_are_whole_and_encrypted():
    found = set()
    for path in (*PAGES, *READMES, *PLUGINS):
        found.update(re.findall(r"\bhttps?://\w[^\s`'\"<>)\]]*", path.read_text(encoding="utf-8")))
    for url in found:
        parts = urlsplit(url.rstrip(".,"))
        # Addresses of this machine, and of examples.
        local = str(parts.hostname) in ("127.0.0.1", "host") or str(parts.hostname).endswith("example.com")
        assert parts.scheme == "https" or local, url
