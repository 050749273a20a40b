# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is generated into the documentation is as the register has it, with any number of providers."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from ansible_collections.cloudops.halt.docs.words import sentences
from ansible_collections.cloudops.halt.docs.words.pages import ROOT, filled, pages
from ansible_collections.cloudops.halt.docs.words.texts import Described, Texts, register
from ansible_collections.cloudops.halt.plugins.module_utils._core.kinds import KINDS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import Code

PAGES = pages(Texts(register()))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_generated_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == PAGES[path], "run make words"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_marker_is_found(path):
    found = []
    filled(path, lambda page, words, indented: found.append(words) or "x")
    content = path.read_text(encoding="utf-8")
    assert len(found) == content.count("words: ") == content.count("end of words")


def nimbus():
    """A provider with the kind of the last one, by another name."""
    like = register()[-1]
    (kind,) = like.entry.kinds
    platform = replace(like.platform, name="nimbus", title="Nimbus", region_env=("NIMBUS_REGION", "NIMBUS_ZONE"))
    adapter = type("NimbusAdapter", (like.entry.adapter(kind),), {"provider": "nimbus", "permission": "nimbus:Stop"})
    about = replace(
        like.about,
        kinds={kind: replace(like.about.kinds[kind], notes=("What Nimbus does.",))},
        services=dict.fromkeys(like.about.services, "Nimbus"),
        library="nimbus-credentials 1.0.0",
        profile_notes=("What Nimbus keeps.",),
        private_host_notes=("Where Nimbus is.",),
    )
    entry = replace(like.entry, platform=platform, load=lambda: Code(like.entry.load().client, [adapter]))
    return kind, Described(entry, about)


def test_another_provider_is_everywhere():
    kind, another = nimbus()
    texts = Texts([*register(), another])
    silent = set()

    def write(page, words, indented):
        text = texts(page, words, indented)
        if "nimbus" not in text.casefold():
            silent.add((page, *words))
        return text

    more = {path.name: filled(path, write) for path in PAGES}
    others = tuple(set(KINDS) - {kind})
    # Results have one provider's examples, and this one has the library of the other.
    assert {
        words
        for words in silent
        if not words[0].startswith(others) and not words[-1].startswith(others) and words[1] != "returns"
    } == {("credentials", "install")}
    assert "E(TENCENTCLOUD_REGION) at Tencent Cloud, or E(NIMBUS_REGION) or E(NIMBUS_ZONE) at Nimbus" in " ".join(
        more["_connection.py"].split()
    )
    groups = yaml.safe_load(more["runtime.yml"])["action_groups"]
    assert groups["nimbus"] == groups["tencent"] and f"{kind}_info" in groups["nimbus"]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (["A"], "A"),
        (["A", "B"], "A or B"),
        (["A", "B", "C"], "A, B or C"),
        (["A or B", "C"], "A or B, or C"),
    ],
)
def test_a_sentence_stays_one_with_any_number(parts, sentence):
    assert sentences.either(parts) == sentence


@pytest.mark.parametrize("text", ["plain", "a: b", "a sentence, " * 20 + "with V({a: b}).", "it ends so:"])
def test_an_item_is_what_yaml_reads(text):
    assert yaml.safe_load(sentences.item(text, 6)) == [text]
