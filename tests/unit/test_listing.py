# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which page of a list is asked for next, and when it is whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._core.listing import Listing, TokenListing

SIZE = 10

# What each page has in the order in which they are asked for (offset, rows, total), and what the list says in the end.
BY_POSITION: dict[str, tuple[list[tuple[int, int, int | None]], Any]] = {
    "nothing": ([(0, 0, 0)], None),
    "one page": ([(0, 7, 7)], None),
    "full pages": ([(0, 10, 20), (10, 10, 20)], None),
    "no total": ([(0, 10, None), (10, 3, None)], None),
    "no total, and a full last page": ([(0, 10, None), (10, 0, None)], None),
    "nothing of what is said": ([(0, 0, 7), (0, 0, 7)], (0, 7)),
    "an end before the end": ([(0, 10, 100), *[(10, 0, 100), (20, 0, 100)] * 2], (10, 100)),
    "an end before the end, and no total": ([(0, 10, 10**9), *[(10, 0, None), (20, 0, None)] * 2], (10, 10**9)),
    "an empty page in the middle": ([(0, 10, 30), (10, 0, 30), (20, 10, 30), (10, 0, 30)], (20, 30)),
    "an empty page that is there later": ([(0, 10, 30), (10, 0, 30), (20, 10, 30), (10, 10, 30)], None),
    "a page that is short": ([(0, 10, 25), (10, 6, 25), (16, 9, 25)], None),
    "a total below what came": ([(0, 10, 3), (10, 0, 3)], (10, 3)),
    "a total below what came, and more": ([(0, 10, 3), (10, 4, 14)], None),
    "a total below what came, for ever": ([(10 * page, 10, 3) for page in range(101)], (1010, 3)),
    "a list that grows": ([(0, 10, 15), (10, 10, 22), (20, 2, 22)], None),
    "a list that shrinks": ([(0, 10, 15), (10, 0, 8)], None),
    "a list that is all gone": ([(0, 10, 30), (10, 0, 0)], None),
}


@pytest.mark.parametrize("case", BY_POSITION)
def test_a_list_goes_on_once_where_it_contradicts_its_total(case):
    pages, expected = BY_POSITION[case]
    listing = Listing(SIZE)
    for offset, rows, total in pages:
        assert listing.missing()[:1] == [offset]
        listing.add(offset, rows, total)
    assert (listing.missing(), listing.shortfall) == ([], expected)


def test_pages_that_have_numbers_are_asked_for_as_pages():
    listing = Listing(SIZE, by_page=True)
    for offset, rows, total in [(0, 6, 25), (10, 10, 25), (20, 5, 25), (0, 10, 3)]:
        assert listing.missing()[:1] == [offset]
        listing.add(offset, rows, total)
    assert (listing.missing(), listing.shortfall) == ([30], (25, 3))


def test_all_other_pages_are_missing_once_the_first_has_told_the_total():
    listing = Listing(SIZE)
    listing.add(0, 10, 10**12)
    assert listing.missing(3) == [10, 20, 30] and len(listing.missing()) == 1000
    listing.add(0, 10, 35)
    assert listing.missing() == [10, 20, 30]
    for offset in (30, 10, 20):
        listing.add(offset, 10 if offset < 30 else 5, 35)
    assert (listing.missing(), listing.shortfall) == ([], None)


# Lists of a provider, page by page: how much it grows or shrinks before each answer, which answers are empty, and where
# the caller goes on among what is missing.
STEPS = st.lists(st.tuples(st.integers(-15, 15), st.booleans(), st.integers(0, 50)), max_size=40)


@given(length=st.integers(0, 120), steps=STEPS, by_page=st.booleans(), cap=st.integers(4, SIZE))
def test_whatever_comes_the_list_ends_and_a_list_that_is_told_right_is_whole(length, steps, by_page, cap):
    listing = Listing(SIZE, by_page=by_page)
    cap = SIZE if by_page else cap
    asked: set[int] = set()
    lied = False
    for change, is_empty, choice in [*steps, *[(0, False, 0)] * 200]:
        missing = listing.missing()
        if not missing:
            break
        offset = missing[choice % len(missing)]
        length = max(0, length + (change if asked else 0))
        lies = is_empty and offset < length
        lied |= lies
        listing.add(offset, 0 if lies else max(0, min(cap, length - offset)), length)
        asked.add(offset)
    assert listing.missing() == []
    assert lied or listing.shortfall is None


@given(
    answers=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60)), min_size=1, max_size=5), by_page=st.booleans()
)
def test_a_list_ends_however_its_totals_contradict_what_comes(answers, by_page):
    listing = Listing(SIZE, by_page=by_page)
    asked = 0
    while missing := listing.missing():
        listing.add(missing[0], *answers[min(asked, len(answers) - 1)])
        asked += 1
        assert asked < 200


@given(length=st.integers(0, 120), choices=st.lists(st.integers(0, 50), max_size=40), by_page=st.booleans())
def test_every_page_of_a_list_that_stays_is_asked_for_once(length, choices, by_page):
    listing = Listing(SIZE, by_page=by_page)
    asked = []
    while missing := listing.missing():
        offset = missing[(choices.pop() if choices else 0) % len(missing)]
        asked.append(offset)
        listing.add(offset, max(0, min(SIZE, length - offset)), length)
    assert sorted(asked) == list(range(0, max(length, 1), SIZE))
    assert listing.shortfall is None


# Rows, total and the next token of each page.
BY_TOKEN: dict[str, tuple[list[tuple[int, int | None, str]], Any]] = {
    "no total": ([(5, None, "a"), (5, None, "")], None),
    "whole": ([(5, 8, "a"), (3, 8, "")], None),
    "an empty page in the middle": ([(5, 8, "a"), (0, 8, "b"), (3, 8, "")], None),
    "cut short": ([(5, 8, "a"), (1, 8, ""), (1, 8, "")], (6, 8)),
    "cut short, and there when it is asked again": ([(5, 8, "a"), (0, 8, ""), (3, 8, "")], None),
    "grows": ([(5, 8, "a"), (3, 12, "")], None),
    "shrinks": ([(5, 8, "a"), (1, 6, "")], None),
    "a total that says nothing": ([(5, 0, "a"), (5, 0, "")], None),
}


@pytest.mark.parametrize("case", BY_TOKEN)
def test_a_list_by_token_is_asked_once_more_where_its_total_says_more(case):
    pages, expected = BY_TOKEN[case]
    listing = TokenListing()
    for rows, total, token in pages:
        assert not listing.is_over
        listing.add(rows, total, token)
    assert (listing.is_over, listing.repeats, listing.shortfall) == (True, False, expected)


def test_tokens_that_repeat_are_noticed():
    listing = TokenListing()
    for token in "aba":
        assert not listing.repeats
        listing.add(5, None, token)
    assert listing.repeats and not listing.is_over
