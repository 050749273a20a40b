# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people write is read as they mean it, or refused in a sentence that names the option."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._core import parser
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._module import words

READ = [
    ("nightly-*", ["nightly-*"]),
    (" a , b\n c,, ", ["a", "b", "c"]),
    (["a", " b ", "a"], ["a", "b"]),
    ('["nightly-backup"]', ["nightly-backup"]),
    ('["a, b", "c"]', ["a, b", "c"]),
    ("[a, b]", ["a", "b"]),
    ('"a, b", c', ["a, b", "c"]),
    ("[a, 'b, c']", ["a", "b, c"]),
    ('"nightly-backup", shop', ["nightly-backup", "shop"]),
    ("'it''s', \"say \\\"hi\\\"\"", ["it's", 'say "hi"']),
    ("bob's job, x", ["bob's job", "x"]),
    ("- a\n- b, c\n-\n- 'd'", ["a", "b, c", "d"]),
    ("[[a]", ["[[a]"]),
    ("backup [prod], backup [weekly]", ["backup [prod]", "backup [weekly]"]),
    ("[a], [b]", ["[a]", "[b]"]),
    ("*-x", ["*-x"]),
    ("0123, 1.10, 007, on, 20:30, 1_000, null", ["0123", "1.10", "007", "on", "20:30", "1_000", "null"]),
    ("[0123, 1.10, 7, true, null]", ["0123", "1.10", "7", "true", "null"]),
    ("[1.10, 7, true, null]", ["1.10", "7", "true", "null"]),
    ([12, "x"], ["12", "x"]),
    (12, ["12"]),
    (None, None),
]


@pytest.mark.parametrize(("value", "words"), READ, ids=repr)
def test_words_are_read_as_they_are_meant(value, words):
    assert parser.words(value, "name") == words


REFUSED = [
    ("", "name is empty"),
    (" , ", "name is empty"),
    ([], "name is empty"),
    ("[]", "name is empty"),
    (["a", ""], r"name\[1\] is an empty text"),
    (["a", None], r"name\[1\] is neither a name nor an id"),
    ({"a": 1}, "name is neither a name nor an id"),
    ([True], "name is True, which is how YAML"),
    (1.1, "name is 1.1, which is how YAML"),
    ('"a', "quote that is not closed"),
    ('"a" b', "text after one"),
    ("- 'a", "quote that is not closed"),
    ('["a", b', "a list that does not end"),
]


@pytest.mark.parametrize(("value", "says"), REFUSED, ids=repr)
def test_words_that_cannot_be_meant_are_refused(value, says):
    with pytest.raises(OptionError, match=says):
        parser.words(value, "name")


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1, unique=True))
def test_whatever_is_a_word_can_be_written(words):
    assert parser.words(json.dumps(words), "name") == words
    assert parser.words(words, "name") == words


SCOPES = [
    ("alibaba/cn-hangzhou tencent/ap-guangzhou", ["alibaba/cn-hangzhou", "tencent/ap-guangzhou"]),
    ("- alibaba/cn-hangzhou\n- aliyun/cn-beijing", ["alibaba/cn-hangzhou", "alibaba/cn-beijing"]),
    ('["tencentcloud/ap-guangzhou"]', ["tencent/ap-guangzhou"]),
    ("- provider: alicloud\n  region: cn-hangzhou", ["alibaba/cn-hangzhou"]),
    ('{"provider": "tencent", "region": "ap-guangzhou"}', ["tencent/ap-guangzhou"]),
    ([{"provider": " alibaba ", "region": "cn-hangzhou "}], ["alibaba/cn-hangzhou"]),
]


@pytest.mark.parametrize(("value", "places"), SCOPES, ids=repr)
def test_scopes_are_words_or_dictionaries(value, places):
    read = words.scopes(value, "scopes") or []
    assert [f"{each['provider']}/{each['region']}" for each in read] == places


def test_what_a_form_writes_as_yaml_stays_text():
    text = "{provider: alibaba, region: cn-hangzhou, account: 0123, validate_certs: on}"
    (scope,) = words.scopes(text, "scopes") or []
    assert (scope["account"], scope["validate_certs"]) == ("0123", "on")


def test_targets_are_words_or_dictionaries():
    written = "cloud_invocation/aliyun/cn-hangzhou/t-1, image_task/alibaba/cn-hangzhou/t-2"
    first, second = words.targets(written, "targets") or []
    assert first == {"kind": "cloud_invocation", "provider": "alibaba", "region": "cn-hangzhou", "id": "t-1"}
    assert second["id"] == "t-2"
    assert words.targets(json.dumps([first]), "targets") == words.targets([first], "targets") == [first]


WRONG_PLACES = [
    ("scopes", "alibaba", r"scopes\[0\] is 'alibaba': it must have the form provider/region, such as"),
    ("scopes", "alibab/cn-hangzhou", r"no provider 'alibab' \(did you mean alibaba\?\)"),
    ("scopes", "", "scopes is empty"),
    ("scopes", [3], r"scopes\[0\] is a int"),
    ("scopes", "a: b: c", "neither YAML nor JSON at line 1"),
    ("targets", "t-hz0example0001", r"targets\[0\] is 't-hz0example0001': it must have the form kind/provider"),
    ("targets", "cloud-invocation/alibaba/r/t-1", r"no kind 'cloud-invocation' \(did you mean cloud_invocation"),
    ("kinds", "image-task", r"kinds: there is no kind 'image-task' \(did you mean image_task\?\)"),
]


@pytest.mark.parametrize(("read", "value", "says"), WRONG_PLACES, ids=repr)
def test_what_is_no_place_or_kind_is_refused_with_the_right_form(read, value, says):
    with pytest.raises(OptionError, match=says):
        getattr(words, read)(value, read)


def test_what_may_be_a_key_is_not_repeated():
    key = "EXAMPLEsecretEXAMPLEsecretEXAMPLE"
    with pytest.raises(OptionError) as refused:
        words.scopes(key, "scopes")
    assert not re.search("EXAMPLE", str(refused.value))
