# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Which pages of the list of an operation's parts to read next, and whether all of it was read. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Iterable, Sequence

from .listing import MOST_PAGES, Listing
from .model import Cursor, Page

# Pages that are asked for at once: a total that is out of all reason must not become as many calls.
_WAVE = 256


class Pages(t.Protocol):
    """The way through one list."""

    @property
    def shortfall(self) -> str | None:
        """How much of the list is missing, in words; None if it is whole, as far as anybody can tell."""

    def next(self) -> Sequence[Cursor]:
        """The pages to read now, side by side; none when the list is over."""

    def add(self, cursor: Cursor, page: Page) -> None:
        """This page was read."""


class Chain:
    """Pages that lead to each other, by a token or by the ids on them."""

    def __init__(
        self,
        first: Iterable[Cursor],
        known: Collection[str] = (),
        page_of: Callable[[str], Cursor] | None = None,
        *,
        may_be_empty: bool = False,
    ) -> None:
        """Where C(page_of) is given, what is C(known) and on none of the pages is asked for by its own page.

        C(may_be_empty) is for lists of which a page before the last one may show nothing, as where a filter comes after
        the pages.
        """
        self._may_be_empty = may_be_empty
        self.shortfall: str | None = None
        self._next = list(first)
        self._asked: set[Cursor] = set(self._next)
        self._missing = dict.fromkeys(known if page_of else ())
        self._page_of = page_of

    def next(self) -> Sequence[Cursor]:
        if not self._next and self._page_of:
            self._follow(map(self._page_of, self._missing))
            self._missing = {}
        cursors, self._next = self._next, []
        return cursors

    def add(self, cursor: Cursor, page: Page) -> None:
        for part in page.parts:
            self._missing.pop(part, None)
        if page.next is not None:
            if page.next in self._asked or len(self._asked) >= MOST_PAGES:
                self.shortfall = "its pages repeat or do not end"
            else:
                self._follow([page.next])
            if not page.rows and not self._may_be_empty:
                self.shortfall = "a page came empty before the end"
        self._follow(page.more)

    def _follow(self, cursors: Iterable[Cursor]) -> None:
        for cursor in cursors:
            if cursor not in self._asked:
                self._asked.add(cursor)
                self._next.append(cursor)


class Numbered:
    """Pages that are asked for by the number of their first row, from 0. The first tells how many rows there are, so
    that the others can be read side by side."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._listing = Listing(size, by_page=True)
        self._is_again = False
        self._found: set[str] = set()
        self._total: int | None = None
        self._count = 0

    def next(self) -> Sequence[int]:
        if self._count >= MOST_PAGES:
            return []
        cursors = self._listing.missing(_WAVE)
        if not cursors and not self._is_again and self._repeats:
            # A part that came while the list was read has pushed another one back to a page that was there before.
            self._is_again = True
            self._listing = Listing(self._size, by_page=True)
            cursors = self._listing.missing(_WAVE)
        return cursors

    def add(self, cursor: Cursor, page: Page) -> None:
        self._listing.add(t.cast(int, cursor), page.rows, page.total)
        self._found.update(page.parts)
        self._total = page.total
        self._count += 1

    @property
    def _repeats(self) -> bool:
        """Whether all rows came, and some of them stood in for others."""
        return self._listing.shortfall is None and self._total is not None and len(self._found) < self._total

    @property
    def is_counted(self) -> bool:
        """Whether the provider says how many rows there are."""
        return self._total is not None

    @property
    def shortfall(self) -> str | None:
        missing = self._listing.shortfall
        if self._repeats and self._total is not None:
            missing = len(self._found), self._total
        if missing:
            came, said = missing
            return f"{came} of {said} came" if came < said else f"{came} came where there should be {said}"
        return "its pages do not end" if self._count >= MOST_PAGES and self._listing.missing(1) else None


class Either:
    """Pages with numbers; and a chain, if the provider does not count the list, or shows less of it that way."""

    def __init__(self, numbered: Numbered, chain: Chain) -> None:
        self._numbered = numbered
        self._chain = chain
        self._way: Numbered | Chain = numbered

    def next(self) -> Sequence[Cursor]:
        cursors = self._way.next()
        if cursors or self._way is self._chain or (self._numbered.is_counted and not self._numbered.shortfall):
            return cursors
        self._way = self._chain
        return self._chain.next()

    def add(self, cursor: Cursor, page: Page) -> None:
        self._way.add(cursor, page)

    @property
    def shortfall(self) -> str | None:
        return self._way.shortfall
