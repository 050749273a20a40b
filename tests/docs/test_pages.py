# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages say of the code is so: permissions, messages, outcomes, and where pages are listed."""

from __future__ import annotations

import ast
import json
import re
from itertools import chain
from typing import get_args
from urllib.parse import urlsplit

import pytest
import yaml

from ansible_collections.cloudops.halt.plugins.module_utils import _words
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._kinds import ADAPTERS
from ansible_collections.cloudops.halt.plugins.module_utils._states import OUTCOMES, STATES
from emulator import Emulator

from ..support.emulated import Cloud
from .blocks import PAGES, PLUGINS, READMES, ROOT, blocks_of
from .calls import permissions

TITLES = {adapter.platform.title: adapter.platform.name for adapter in ADAPTERS.values()}
PAGE = {path.stem: path for path in PAGES}


# Permissions


def policies():
    """The actions of each policy of the page, by module and provider, and how the policy is made."""
    found = {}
    for block in blocks_of(PAGE["permissions"]):
        assert block.language == "json", block.where
        module, _at, title = block.caption.partition(" at ")
        assert (module, TITLES[title]) not in found, block.where
        found[module, TITLES[title]] = json.loads(block.text)
    return found


def test_there_is_a_policy_for_each_module_at_each_provider():
    assert set(policies()) == set(permissions())
    modules = {path.stem for path in PLUGINS if path.suffix == ".py"}
    assert {module for module, _provider in policies()} == modules


@pytest.mark.parametrize(("module", "provider"), sorted(permissions()))
def test_a_policy_allows_the_calls_of_the_module_and_no_others(module, provider):
    policy = policies()[module, provider]
    if provider == "alibaba":
        assert set(policy) == {"Version", "Statement"} and policy["Version"] == "1"
        (statement,) = policy["Statement"]
        assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
        actions = statement["Action"]
    else:
        assert set(policy) == {"version", "statement"} and policy["version"] == "2.0"
        (statement,) = policy["statement"]
        assert (statement["effect"], statement["resource"]) == ("allow", ["*"])
        actions = statement["action"]
    assert actions == sorted(permissions()[module, provider])


def test_the_calls_that_were_read_from_the_code_exist():
    """The reading is not fooled: the emulator has each of the calls, and the stop is there where a module stops."""
    with Emulator() as emulator:
        about = Cloud("alibaba", emulator)._control("GET", "")["providers"]
    known = {
        provider: {f"{each['service'].lower()}:{action}" for each in services for action in each["actions"]}
        for provider, services in about.items()
    }
    for (module, provider), actions in permissions().items():
        assert actions <= known[provider], (module, provider)
        stops = {adapter.permission for (_kind, place), adapter in ADAPTERS.items() if place == provider} & actions
        assert bool(stops) != module.endswith("_info"), module


# Messages


def templates():
    """The texts of the code, with an ellipsis for each value."""
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                said.update(id(each) for each in ast.walk(node) if each is not node)
                yield "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in node.values)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                yield node.value
    for path in sorted((ROOT / "roles").rglob("tasks/*.yml")):
        for text in _texts(yaml.safe_load(path.read_text(encoding="utf-8"))):
            yield re.sub(r"{{.*?}}", "…", text)


def _texts(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, (list, dict)):
        yield from chain.from_iterable(map(_texts, data.values() if isinstance(data, dict) else data))


def quoted():
    """The messages of the page: the terms of its lists."""
    return re.findall(r"^``(.+)``$", PAGE["troubleshooting"].read_text(encoding="utf-8"), re.MULTILINE)


def test_each_message_is_one_that_the_code_says():
    said = {" ".join(text.split()) for text in templates()}
    messages = quoted()
    assert len(messages) > 30 and len(messages) == len(set(messages))
    strange = [message for message in messages if not any(message in text for text in said)]
    assert not strange


def test_each_way_out_of_a_failed_call_is_explained():
    messages = " ".join(quoted())
    for way_out in {*_words._WAY_OUT.values(), *_words._WAY_OUT_BY_CODE.values()}:
        if way_out not in SAME_AS:
            assert way_out in messages, way_out


# Those that a longer one explains.
SAME_AS = {
    "Check endpoint_url.",
    "Check endpoint_url, region, proxy, ca_path and the network.",
    "Tasks of this action cannot be cancelled.",
}


# Words


def terms(page, title):
    """The first column of the table below a title."""
    content = PAGE[page].read_text(encoding="utf-8")
    section = content[content.index(f"\n{title}\n") :].split("\n.. list-table::", 1)[1]
    rows = []
    for line in section.splitlines():
        if line and not line.startswith(" "):
            break
        rows += re.findall(r"^   \* - ``(\w+)``$", line)
    return rows


def test_the_tables_have_the_words_of_the_code():
    assert terms("outcomes_and_errors", "Outcomes") == list(OUTCOMES)
    assert sorted(terms("outcomes_and_errors", "States")) == sorted(STATES)
    assert terms("outcomes_and_errors", "Error classes") == list(get_args(ErrorClass))


# The site


def test_each_page_is_listed_once_and_has_its_label():
    sections = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text())["sections"]
    listed = [page for section in sections for page in section["toctree"]]
    assert sorted(listed) == sorted(PAGE)
    for name, path in PAGE.items():
        label = f".. _ansible_collections.cloudops.halt.docsite.{name}:\n"
        assert path.read_text(encoding="utf-8").count(label) == 1


def test_links_out_of_the_pages_are_whole_and_encrypted():
    found = set()
    for path in (*PAGES, *READMES, *PLUGINS):
        found.update(re.findall(r"\bhttps?://\w[^\s`'\"<>)\]]*", path.read_text(encoding="utf-8")))
    for url in found:
        parts = urlsplit(url.rstrip(".,"))
        # Addresses of this machine, and of examples.
        local = str(parts.hostname) in ("127.0.0.1", "host") or str(parts.hostname).endswith("example.com")
        assert parts.scheme == "https" or local, url
