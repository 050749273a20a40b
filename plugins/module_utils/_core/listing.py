# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Which page of a list is asked for next, and whether all of it came. Pure, and the same for all providers.

A list that contradicts its own total is not whole: what came short is asked for once more, and what comes behind the
total is read, within bounds. A list may grow or shrink while it is read, which is no contradiction: each page is judged
by the total that came with it. What began after the first page need not be found. Only numbers are compared: whether
rows repeat, because a list has shifted, is for who knows their ids.
"""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from .errors import ApiError
from .model import Operation

Row = t.TypeVar("Row")

# The code of the error for a list that is not whole. It is raised after all that came.
CUT_SHORT = "ListCutShort"

# No list of the providers is as long as this many pages; one that goes on is at fault.
MOST_PAGES = 5000

# After so many answers without a row behind the last one, a list has no more, whatever its total says.
_FRUITLESS = 2

# So many pages are read on behind a total that denies them.
_MOST_BEHIND = 100


class Listing:
    """A list that is read by position, in pages that may come in any order.

    Ask for what is C(missing), from the first page on, until nothing is. Then C(shortfall) is C(None) if it is whole.
    """

    def __init__(self, size: int, *, by_page: bool = False) -> None:
        """C(size) rows are asked for at once. C(by_page) is for lists that can only be asked for whole pages."""
        self._size = size
        self._by_page = by_page
        self._asked: Counter[int] = Counter()
        self._rows: dict[int, int] = {}
        self._total: int | None = None
        self._furthest = 0
        """Where the last row that came ends."""
        self._fruitless: list[int] = []
        """Where pages were empty that should have rows by the total."""
        self._overrun = 0
        """Where a page ended that had more rows than its own total allows."""
        self._behind = 0
        """How many pages came from behind such a one, and had such rows as well."""

    def add(self, offset: int, rows: int, total: int | None) -> None:
        """A page came: how many rows, and how many the whole list has, if that is said."""
        self._asked[offset] += 1
        self._rows[offset] = max(rows, self._rows.get(offset, 0))
        if rows:
            self._furthest = max(self._furthest, offset + rows)
        if total is not None:
            self._total = max(total, 0)
            if rows and offset + rows > total:
                self._behind += 0 < self._overrun <= offset
                self._overrun = max(self._overrun, offset + rows)
        if not rows and offset < (self._total or 0):
            self._fruitless.append(offset)

    def missing(self, most: int = 1000) -> list[int]:
        """Offsets to ask for, those under way included, C(most) at most: what nobody has asked for, and when all of
        that has come, once more what came short."""
        fresh = list(islice((offset for offset in self._wanted() if not self._asked[offset]), most))
        # With nothing fresh there are no more of them than answers.
        return fresh or [offset for offset in self._wanted() if self._asked[offset] == 1][:most]

    @property
    def shortfall(self) -> tuple[int, int] | None:
        """How many rows came, and how many there are by the provider's account, where the two disagree."""
        if self._total is None:
            return None
        if self._overrun > self._total:
            return self._furthest - _length(self._gaps(self._furthest)), self._total
        lacking = _length(self._gaps(self._total))
        return (self._total - lacking, self._total) if lacking else None

    def _wanted(self) -> Iterator[int]:
        """Offsets that the list should have, and has not in full."""
        furthest = self._furthest
        behind = -(-furthest // self._size) * self._size if self._by_page else furthest
        if self._total is None:
            # Without a total, a full page says that there is more.
            if not self._rows or self._rows[max(self._rows)] >= self._size:
                yield behind
            return
        fruitless = sum(offset >= furthest for offset in self._fruitless)
        for start, end in self._gaps(self._total):
            for offset in range(start - start % self._size if self._by_page else start, end, self._size):
                if offset >= furthest and fruitless >= _FRUITLESS and not self._asked[offset]:
                    return
                yield offset
        if self._overrun > self._total and self._behind < _MOST_BEHIND and not self._asked[behind]:
            yield behind

    def _gaps(self, until: int) -> Iterator[tuple[int, int]]:
        """Where the rows begin and end that have not come, of those before C(until)."""
        reached = 0
        for offset in sorted(self._rows):
            if offset >= until:
                break
            if offset > reached:
                yield reached, offset
            reached = max(reached, offset + self._rows[offset])
        if reached < until:
            yield reached, until


def _length(gaps: Iterator[tuple[int, int]]) -> int:
    return sum(end - start for start, end in gaps)


class TokenListing:
    """A list that is read in order: each page hands out the C(token) of the next, and the last one has none.

    An empty page does not end it. Its total is a second witness for its end, and no more than that.
    """

    def __init__(self) -> None:
        self.token: str | None = None
        """Of the page to ask for."""
        self.is_over = False
        self.repeats = False
        """Whether a token came twice, so that the list would never end."""
        self._seen: set[str] = set()
        self._came = 0
        self._last = 0
        self._total: int | None = None
        self._went_on = False

    def add(self, rows: int, total: int | None, token: str) -> None:
        """The page came that was asked for: how many rows, and how many the whole list has, if that is said. The token
        of the next page is empty where there is none."""
        # The last page may have been asked for again.
        self._last = max(self._last, rows)
        if total is not None:
            self._total = total if self._total is None else min(self._total, total)
        if token:
            self.repeats = token in self._seen
            self._seen.add(token)
            self.token = token
            self._came, self._last = self._came + self._last, 0
        elif self.shortfall and not self._went_on:
            self._went_on = True
        else:
            self.is_over = True

    @property
    def shortfall(self) -> tuple[int, int] | None:
        """How many rows came, and how many there are by the provider's account, where these are more."""
        came = self._came + self._last
        return (came, self._total) if self._total is not None and came < self._total else None


def without_children(listed: Iterable[Operation]) -> Iterator[Operation]:
    """Those of what is in flight that no other one stands for: a run is part of the execution that has started it,
    unless that has ended, or is a schedule. What came before an error comes before it here, too."""
    found: list[Operation] = []
    broken: ApiError | None = None
    try:
        for operation in listed:
            found.append(operation)
    except ApiError as error:
        broken = error
    standing = {operation.id for operation in found if not operation.is_schedule}
    yield from (operation for operation in found if operation.details["parent_execution_id"] not in standing)
    if broken:
        raise broken


def one_by_one(lists: Iterable[Iterator[Row]]) -> Iterator[Row]:
    """The rows of all C(lists). One that is cut short hides none of the others: its error comes at the end."""
    cut_short: ApiError | None = None
    for each in lists:
        try:
            yield from each
        except ApiError as error:
            if error.code != CUT_SHORT:
                raise
            cut_short = cut_short or error
    if cut_short:
        raise cut_short
