# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exactly what the words of a selection mean is selected, and whatever is not selected is told."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._core import messages
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Operation, Target
from ansible_collections.cloudops.halt.plugins.module_utils._core.selection import Selection, excluded, meant, select
from ansible_collections.cloudops.halt.plugins.module_utils._module.many_cancel import _Exclusion

NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z


def operation(identifier, name, created="2025-12-31T23:00:00Z", is_schedule=False):
    return Operation(
        kind="cloud_invocation",
        provider="alibaba",
        region="cn-hangzhou",
        id=identifier,
        name=name,
        status="Running",
        state="running",
        created=created,
        is_schedule=is_schedule,
    )


def plain(word, names):
    """What a word means, said in another way: by regular expressions, over all names and ids at once."""
    if word in names:
        return re.compile(re.escape(word))
    pattern, rest = "", word
    while rest:
        group = re.match(r"\[(!?)(\]?[^\]]*)\]", rest)
        if rest[0] == "*":
            pattern, rest = pattern + ".*", rest[1:]
        elif rest[0] == "?":
            pattern, rest = pattern + ".", rest[1:]
        elif group:
            pattern += f"[{'^' if group[1] else ''}{re.escape(group[2])}]"
            rest = rest[group.end() :]
        else:
            pattern, rest = pattern + re.escape(rest[0]), rest[1:]
    return re.compile(pattern, re.DOTALL)


NAMES = st.sampled_from(["a", "ab", "abc", "a*", "a[b]", "b", "nightly", "nightly-x", "Nightly-x", "[a]", "*", "0123"])
WORDS = st.one_of(NAMES, st.sampled_from(["a?", "*b*", "nightly*", "?", "[!a]", "zzz", "id-1", "id-?"]))
OPERATIONS = st.lists(
    st.tuples(
        st.none() | NAMES, st.sampled_from([None, "2025-12-31T23:00:00Z", "2025-12-31T23:59:59Z"]), st.booleans()
    ),
    max_size=8,
).map(lambda rows: [operation(f"id-{number}", *row) for number, row in enumerate(rows)])
SELECTIONS = st.builds(
    Selection,
    names=st.none() | st.lists(WORDS, min_size=1, max_size=3, unique=True).map(tuple),
    older_than=st.none() | st.just(600.0),
    include_scheduled=st.booleans(),
    exclude=st.lists(WORDS, max_size=3, unique=True).map(tuple),
)


@settings(max_examples=3000)
@given(SELECTIONS, OPERATIONS)
def test_what_is_selected_is_what_the_words_mean_and_the_rest_is_told(selection, seen):
    names = {each.name for each in seen if each.name}
    ids = {each.id for each in seen}
    chosen = select(selection, seen, NOW)

    def is_named(each):
        named = selection.names is None or any(
            each.name and plain(word, names).fullmatch(each.name) for word in selection.names
        )
        return named

    def is_excluded(each):
        keys = [key for key in (each.id, each.name) if key]
        return any(plain(word, names | ids).fullmatch(key) for word in selection.exclude for key in keys)

    def is_young(each):
        return selection.older_than is not None and each.created == "2025-12-31T23:59:59Z"

    def is_ageless(each):
        return selection.older_than is not None and each.created is None

    wanted = [each for each in seen if is_named(each) and not is_young(each)]
    left = [each for each in wanted if not is_excluded(each)]
    runs = [each for each in left if not is_ageless(each)]
    assert chosen.excluded == [each for each in wanted if is_excluded(each)]
    assert chosen.ageless == [each for each in left if is_ageless(each)]
    assert chosen.scheduled == [each for each in runs if each.is_schedule and not selection.include_scheduled]
    assert chosen.operations == [each for each in runs if not each.is_schedule or selection.include_scheduled]
    told = {word for word in selection.exclude if not any(is_excluded_by(word, each, names | ids) for each in seen)}
    assert set(chosen.excluded_nothing) == told
    if not chosen.operations and seen:
        said = messages.searched(selection, chosen, seen, 1, 0, None, 1, [])
        begin = f"None of the {len(seen)} operations" if len(seen) > 1 else "None of what is in flight (1 operation"
        assert said.startswith(begin) and "In flight: " in said


def is_excluded_by(word, each, keys):
    return any(plain(word, keys).fullmatch(key) for key in (each.id, each.name) if key)


def test_a_literal_name_means_that_operation_alone():
    things = [operation("1", "cleanup[1]"), operation("2", "cleanup1")]
    assert [each.id for each in meant("cleanup[1]", things)] == ["1"]
    assert [each.id for each in meant("cleanup[1]", things[1:])] == ["2"]
    assert [each.id for each in excluded(["cleanup[1]", "2"], things).things] == ["1", "2"]


SAID = [
    (
        Selection(("nightly",)),
        "None of the 3 operations in flight in 2 scopes matches nightly (did you mean nightly*?)",
    ),
    (Selection(("Nightly-*",)), "matches Nightly-* (did you mean nightly-*?)"),
    (Selection(("SHOP",)), "matches SHOP (did you mean shop?)"),
    (Selection(("zz", "qq")), "matches zz or qq."),
    (Selection(older_than=7200.0, age="2h"), "is older than 2h"),
    (Selection(("shop",), exclude=("shop",)), "is selected: 1 excluded"),
    (Selection(("nightly-*",), exclude=("x",)), "2 of 3 operations in flight in 2 scopes are selected."),
    (Selection(), "3 operations in flight in 2 scopes."),
]


@pytest.mark.parametrize(("selection", "says"), SAID, ids=lambda value: value if isinstance(value, str) else "")
def test_finding_nothing_says_what_there_is_and_what_may_be_meant(selection, says):
    seen = [operation("1", "nightly-a"), operation("2", "nightly-b"), operation("3", "shop")]
    chosen = select(selection, seen, NOW)
    said = messages.searched(selection, chosen, seen, 2, 0, None, 2, [])
    assert says in said
    assert ("In flight: nightly-a (1), nightly-b (1), shop (1)." in said) == (not chosen.operations)


@pytest.mark.parametrize(
    ("silent", "says"),
    [
        (0, "Nothing is in flight in 2 scopes."),
        (1, "Nothing is in flight in 1 of 2 scopes."),
        (2, "It is not known what is in flight in 2 scopes."),
    ],
)
def test_nothing_in_flight_at_all_is_said_with_the_places_that_have_answered(silent, says):
    nothing = select(Selection(("x",)), [], NOW)
    assert messages.searched(Selection(("x",)), nothing, [], 2, silent, None, 2, []) == says


def test_words_without_effect_are_warned_about():
    seen = [operation("1", "nightly-a"), operation("2", "shop", created=None)]
    selection = Selection(("nightly-*", "shop", "Shop-x"), older_than=60.0, age="1m", exclude=("zzz",))
    assert messages.selection_warnings(selection, select(selection, seen, NOW)) == [
        "exclude: zzz matches nothing.",
        "name: nothing in flight matches Shop-x (did you mean shop?).",
        "older_than=1m leaves out 1 operation whose age is not known.",
    ]


@pytest.mark.parametrize(
    ("key", "is_left_alone"),
    [
        pytest.param(("2", "step[1]"), True, id="its very name"),
        pytest.param(("step[1]", None), True, id="its very id"),
        pytest.param(("2", "step1"), True, id="the pattern"),
        pytest.param(("2", "step2"), False, id="neither"),
        pytest.param(("2", "later"), True, id="a plain name"),
        pytest.param(("2", "early1"), False, id="the pattern of what is somebody's name"),
        pytest.param(("1", "early[1]"), True, id="that one itself"),
    ],
)
def test_an_exclusion_is_for_what_comes_late_too(key, is_left_alone):
    """Children may come when the words have been looked up."""
    exclusion = _Exclusion(("step[1]", "later", "early[1]"))
    seen: Any = SimpleNamespace(
        operation=operation("1", "early[1]"),
        target=Target("1"),
        parts={},
        adapter=SimpleNamespace(parts_are_operations=False),
    )
    exclusion.learn([seen])
    assert exclusion.has(*key) is is_left_alone
    assert exclusion.nothing == ["step[1]", "later"]
