# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way through the pages of a list: each is asked for once, and a list that is not whole is said not to be."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._core import pages as _pages
from ansible_collections.cloudops.halt.plugins.module_utils._core.listing import MOST_PAGES
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Page, Reading
from ansible_collections.cloudops.halt.plugins.module_utils._core.pages import Chain, Numbered

RUNS = Reading("Running", "running")
SIZE = 10


def page(*parts, **more):
    return Page(dict.fromkeys(parts, RUNS), len(parts), **more)


def read(pages, answer, rng=None):
    """The parts, and how often each page was asked for, by its number where it has one. Those that are read side by
    side come in any order."""
    found: set[str] = set()
    asked: Counter[Any] = Counter()
    while cursors := list(pages.next()):
        asked.update(cursor // SIZE if isinstance(pages, Numbered) else cursor for cursor in cursors)
        if rng:
            rng.shuffle(cursors)
        for cursor in cursors:
            came = answer(cursor)
            found.update(came.parts)
            pages.add(cursor, came)
    return found, asked


# With numbers


def of(count, total="count", lacks=()):
    """Pages of a list of so many. Of those that it lacks at first, each page shows all when it is asked for again."""
    seen = set()

    def answer(offset):
        number = offset // SIZE
        rows = range(count)[offset : offset + SIZE]
        short = number in lacks and number not in seen
        seen.add(number)
        return page(*map(str, () if short else rows), total=count if total == "count" else total)

    return answer


@given(count=st.integers(0, 400), told=st.booleans(), lacks=st.sets(st.integers(1, 45)), rng=st.randoms())
def test_a_numbered_list_is_read_whole_in_any_order_of_its_pages(count, told, lacks, rng):
    pages = Numbered(SIZE)
    # Without a total, a page that is not full is the last.
    found, asked = read(pages, of(count, "count" if told else None, lacks if told else ()), rng)
    assert found == set(map(str, range(count)))
    assert pages.shortfall is None
    assert set(asked) >= set(range(-(-count // SIZE)))
    if not told or not lacks & set(range(-(-count // SIZE))):
        assert max(asked.values()) == 1


@pytest.mark.parametrize(
    ("count", "total", "asked"),
    [
        # Nothing is asked for in vain where the total is right, or nobody tells it.
        (0, 0, 1),
        (10, 10, 1),
        (25, 25, 3),
        (25, None, 3),
        (20, None, 3),
        # Less than came: the page after the last is asked for, too.
        (25, 3, 4),
        (25, 0, 4),
        (25, -1, 4),
        # More than came: each page that is short is asked for once more.
        (25, 26, 4),
        (25, 45, 8),
    ],
)
def test_a_total_is_believed_as_far_as_it_may_be_true(count, total, asked):
    pages = Numbered(SIZE)
    found, numbers = read(pages, of(count, total))
    assert len(found) == count
    assert sum(numbers.values()) == asked
    said = {3: "25 came where there should be 3", 26: "25 of 26 came", 45: "25 of 45 came"}
    assert total in (0, -1) or pages.shortfall == said.get(total)


def test_an_empty_page_in_the_middle_is_asked_for_once_more_and_then_missed():
    answer = of(50)
    pages = Numbered(SIZE)
    found, asked = read(pages, lambda offset: page(total=50) if offset == 2 * SIZE else answer(offset))
    assert (len(found), pages.shortfall) == (40, "40 of 50 came")
    assert asked == {0: 1, 1: 1, 2: 2, 3: 1, 4: 1}


@given(total=st.integers(10**6, 10**400))
def test_a_total_out_of_all_reason_costs_a_wave_of_calls_and_no_more(total):
    pages = Numbered(SIZE)
    found, asked = read(pages, of(25, total))
    assert (len(found), pages.shortfall) == (25, f"25 of {total} came")
    assert sum(asked.values()) <= 2 * _pages._WAVE + 2


@given(
    answers=st.lists(st.tuples(st.sets(st.integers(0, 60), max_size=SIZE), st.none() | st.integers(-5, 200))),
    rng=st.randoms(),
)
def test_whatever_comes_the_way_through_numbers_ends(answers, rng):
    left = iter(answers)

    def answer(_number):
        parts, total = next(left, ((), None))
        return page(*map(str, parts), total=total)

    pages = Numbered(SIZE)
    found, asked = read(pages, answer, rng)
    assert max(asked.values()) <= 2
    assert found == {str(part) for parts, _total in answers[: sum(asked.values())] for part in parts}


@pytest.mark.parametrize(
    ("total", "shortfall"),
    [
        (None, "its pages do not end"),
        (3, "70 came where there should be 3"),
        (10**9, f"70 of {10**9} came"),
        (70, None),
    ],
)
def test_a_list_that_is_always_full_ends_and_is_a_shortfall_unless_its_total_came(total, shortfall, monkeypatch):
    monkeypatch.setattr(_pages, "MOST_PAGES", 7)
    monkeypatch.setattr(_pages, "_WAVE", 7)
    pages = Numbered(SIZE)
    _found, asked = read(pages, of(10**6, total))
    assert sum(asked.values()) <= 14
    assert (pages.shortfall or "").partition(" ")[2] == (shortfall or "").partition(" ")[2]


def test_a_list_that_has_shifted_while_it_was_read_is_read_once_more():
    pages, names = Numbered(SIZE), [*map(str, range(15))]
    grown = ["new", *names]
    rows = iter([names[:SIZE], grown[SIZE:], grown[:SIZE], grown[SIZE:]])

    def answer(_offset):
        return page(*next(rows), total=len(names) if pages.next() == [0] else len(grown))

    found, asked = read(pages, answer)
    assert (found, pages.shortfall) == (set(grown), None)
    assert asked == {0: 2, 1: 2}


# One by one


def test_a_chain_goes_from_token_to_token():
    tokens = {None: "a", "a": "b", "b": None}
    pages = Chain([None])
    found, asked = read(pages, lambda token: page(f"i-{token}", next=tokens[token]))
    assert found == {"i-None", "i-a", "i-b"}
    assert asked == dict.fromkeys(tokens, 1)
    assert pages.shortfall is None


@pytest.mark.parametrize("tokens", [{None: "a", "a": "a"}, {None: "a", "a": "b", "b": "a"}])
def test_a_token_that_comes_again_ends_the_list_and_is_a_shortfall(tokens):
    pages = Chain([None])
    _found, asked = read(pages, lambda token: page("i-1", next=tokens[token]))
    assert asked == dict.fromkeys(tokens, 1)
    assert pages.shortfall == "its pages repeat or do not end"


def test_an_empty_page_that_goes_on_is_a_shortfall_and_an_empty_one_at_the_end_is_none():
    for token, shortfall in (("a", "a page came empty before the end"), (None, None)):
        pages = Chain([None])
        read(pages, lambda cursor, token=token: page(next=token) if cursor is None else page("i-1"))
        assert pages.shortfall == shortfall


def test_a_chain_that_does_not_end_ends_and_is_a_shortfall(monkeypatch):
    # Room for the largest lists: Alibaba Cloud keeps 100,000 records.
    assert MOST_PAGES * 50 >= 100_000
    monkeypatch.setattr(_pages, "MOST_PAGES", 7)
    pages = Chain([0])
    _found, asked = read(pages, lambda number: page("i-1", next=number + 1))
    assert (len(asked), pages.shortfall) == (7, "its pages repeat or do not end")


@given(tree=st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=4)), rng=st.randoms())
def test_what_is_below_the_parts_of_a_page_is_asked_for_once_though_it_goes_in_circles(tree, rng):
    pages = Chain([0])
    found, asked = read(pages, lambda each: page(*tree.get(each, ()), more=tree.get(each, ())), rng)
    assert set(asked) == {0, *found}
    assert max(asked.values()) == 1
    assert pages.shortfall is None


def test_what_is_known_and_on_no_page_is_asked_for_by_itself_and_with_what_is_below_it():
    below = {"first": ["a"], "own b": ["b"], "below b": ["c", "d"], "own d": [], "own x": []}

    def answer(cursor):
        return page(*below[cursor], more=["below b"] if cursor == "own b" else ())

    pages = Chain(["first"], ["a", "b", "x"], page_of=lambda part: f"own {part}")
    found, asked = read(pages, answer)
    assert found == set("abcd")
    assert list(asked) == ["first", "own b", "own x", "below b"]


@given(known=st.lists(st.text(max_size=3)))
def test_nothing_is_asked_for_twice_that_is_known_and_gone(known):
    pages = Chain(["first"], known, page_of=lambda part: ("own", part))
    _found, asked = read(pages, lambda _cursor: page(), random.Random(0))
    assert asked == Counter(["first", *{("own", part) for part in known}])
