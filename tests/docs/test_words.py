# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is generated into the documentation is as the register has it."""

from __future__ import annotations

import re

import pytest
import yaml

from ansible_collections.cloudops.halt.docs.words import sentences
from ansible_collections.cloudops.halt.docs.words.pages import ROOT, filled, pages
from ansible_collections.cloudops.halt.docs.words.texts import Texts, register

PAGES = pages(Texts(register()))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_generated_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == PAGES[path], "run make words"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_marker_is_found(path):
    found = []

    def write(page, words, indented):
        found.append(words)
        return "text"

    filled(path, write)
    comments = re.findall(r"^ *(?:#|\.\.|<!--) (words: |end of words)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert comments == ["words: ", "end of words"] * len(found)


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
