# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role says of its variables is what they are, and what a form sends is read or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.halt.plugins.filter.from_form import from_form

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "bulk_cancel"

SCOPES = [{"provider": "alibaba", "region": "cn-hangzhou"}, {"provider": "tencent", "region": "ap-guangzhou"}]
TARGET = {"kind": "cloud_invocation", "provider": "tencent", "region": "ap-guangzhou", "id": "inv-example1"}


def test_the_documented_defaults_are_the_defaults():
    options = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {name: option["default"] for name, option in options.items()} == defaults


def test_the_readme_names_every_example():
    examples = {path.stem for path in (ROOT / "playbooks").glob("*.yml")} - {"drill"}
    text = (ROLE / "README.md").read_text()
    assert len(examples) >= 5 and not [name for name in examples if f"`cloudops.halt.{name}`" not in text]


@pytest.mark.parametrize(
    ("what", "given", "read"),
    [
        ("scopes", "alibaba/cn-hangzhou, tencent/ap-guangzhou", SCOPES),
        ("scopes", "alibaba/cn-hangzhou\n\n tencent/ap-guangzhou \n", SCOPES),
        ("scopes", "- alibaba/cn-hangzhou\n- {provider: tencent, region: ap-guangzhou}", SCOPES),
        ("scopes", '{"provider": "alibaba", "region": "cn-hangzhou"}', SCOPES[:1]),
        ("scopes", SCOPES, SCOPES),
        ("scopes", ["alibaba/cn-hangzhou", SCOPES[1]], SCOPES),
        ("scopes", None, []),
        ("targets", "cloud_invocation/tencent/ap-guangzhou/inv-example1", [TARGET]),
        ("targets", TARGET, [TARGET]),
        ("targets", " \n", []),
        ("select", "name: nightly-*\nolder_than: ''\nkinds:", {"name": "nightly-*"}),
        ("select", {"instance_ids": [], "include_scheduled": False}, {"instance_ids": [], "include_scheduled": False}),
        ("select", "", {}),
        ("words", "one two, three\n four,,", ["one two", "three", "four"]),
        ("words", ["one, two", 3, ""], ["one, two", "3"]),
        ("words", None, []),
    ],
)
def test_what_a_form_sends_is_read(what, given, read):
    assert from_form(given, what) == read


@pytest.mark.parametrize(
    ("what", "given", "reason"),
    [
        ("scopes", "alibaba/cn-hangzhou/SECRET", "scopes: number 1 is not written as provider/region."),
        ("scopes", ["tencent/ap-guangzhou", ["SECRET"]], "scopes: number 2 is not written as provider/region."),
        ("scopes", "tencent/", "scopes: number 1 is not written as provider/region."),
        ("scopes", "- provider: alibaba\n  key: {SECRET", "scopes: the text is neither YAML nor JSON at line 2"),
        ("targets", 7, "targets: a list is needed, or kind/provider/region/id, not 7."),
        ("select", "nightly-*", "select: filters are needed, such as 'name: nightly-*', not 'nightly-*'."),
        ("words", 7, "words: a list of words is needed, or words with commas between them, not 7."),
        ("fields", "", "from_form reads scopes, targets, select, words, not 'fields'."),
    ],
)
def test_what_cannot_be_read_is_refused_without_repeating_a_key(what, given, reason):
    with pytest.raises(AnsibleFilterError) as refused:
        from_form(given, what)
    assert reason in str(refused.value) and "SECRET" not in str(refused.value)
