# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Which operations are meant. Pure, and the last word after whatever a provider was asked for.

A word that some operation has as its literal name, or as its id where ids count, means that operation alone. It is a
pattern only where none has it.
"""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from glob import escape

from .model import Operation, Query
from .parser import near
from .times import parse_time

_WILDCARDS = frozenset("*?[")
# Names that a sentence lists at most.
_MOST_NAMES = 5


class Named(t.Protocol):
    """What words are about."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str | None:
        """Its name, if it has one."""


Thing = t.TypeVar("Thing", bound=Named)


def meant(word: str, things: Iterable[Thing], *, ids: bool = False) -> list[Thing]:
    """The C(things) that a word means by their names, and by their C(ids) where these count. A thing without a name is
    never meant by one."""
    keys = [(thing, {thing.name, thing.id if ids else None} - {None}) for thing in things]
    literal = [thing for thing, own in keys if word in own]
    return literal or [thing for thing, own in keys if any(fnmatchcase(str(key), word) for key in own)]


@dataclass(frozen=True)
class Excluded(t.Generic[Thing]):
    """What words keep from being stopped."""

    things: list[Thing]
    nothing: list[str]
    """The words that exclude nothing."""
    patterns: list[str]
    """The words that are nobody's name or id, so that they may exclude by their pattern."""


def excluded(words: Sequence[str], things: Sequence[Thing]) -> Excluded[Thing]:
    """What the C(words) exclude by name or id."""
    found = {word: meant(word, things, ids=True) for word in words}
    kept = {id(thing) for each in found.values() for thing in each}
    keys = {key for thing in things for key in (thing.id, thing.name)}
    return Excluded(
        [thing for thing in things if id(thing) in kept],
        [word for word in words if not found[word]],
        [word for word in words if word not in keys],
    )


@dataclass(frozen=True)
class Selection:
    """What somebody wants to find among all that is in flight. C(None) asks for nothing."""

    names: tuple[str, ...] | None = None
    older_than: float | None = None
    """Least age in seconds."""
    age: str = ""
    """The same as it was written."""
    include_scheduled: bool = False
    exclude: tuple[str, ...] = ()


@dataclass
class Selected:
    """What came of a selection. Every operation that was seen is in one of these lists, or was not meant."""

    operations: list[Operation]
    excluded: list[Operation] = field(default_factory=list)
    excluded_nothing: list[str] = field(default_factory=list)
    exclude_patterns: list[str] = field(default_factory=list)
    """The exclusion for who sees only a part of what was seen here: what is somebody's name or id means that alone."""
    scheduled: list[Operation] = field(default_factory=list)
    """Meant, and left alone because they are schedules."""
    ageless: list[Operation] = field(default_factory=list)
    """Meant, and left out because nobody can tell their age."""
    unmatched: dict[str, str] = field(default_factory=dict)
    """Words for names that match nothing, each with what may have been meant, as in C( (did you mean nightly*?))."""


def select(selection: Selection, seen: Sequence[Operation], now: float) -> Selected:
    """Sort what was C(seen) in flight by what the selection says of it; C(now) is in seconds since 1970."""
    chosen = list(seen)
    unmatched: dict[str, str] = {}
    if selection.names is not None:
        by_word = {word: meant(word, seen) for word in selection.names}
        named = {id(operation) for found in by_word.values() for operation in found}
        chosen = [operation for operation in seen if id(operation) in named]
        unmatched = {word: _hint(word, seen) for word, found in by_word.items() if not found}
    out = excluded(selection.exclude, seen)
    kept = {id(operation) for operation in out.things}
    patterns = [word if word in out.patterns else escape(word) for word in selection.exclude]
    result = Selected([], excluded_nothing=out.nothing, exclude_patterns=patterns, unmatched=unmatched)
    for operation in chosen:
        age = _age(operation, now)
        if selection.older_than is not None and age is not None and age < selection.older_than:
            continue
        if id(operation) in kept:
            result.excluded.append(operation)
        elif selection.older_than is not None and age is None:
            result.ageless.append(operation)
        elif operation.is_schedule and not selection.include_scheduled:
            result.scheduled.append(operation)
        else:
            result.operations.append(operation)
    return result


def matches(operation: Operation, query: Query, now: float) -> bool:
    """Whether one operation of a list of its kind is asked for.

    What is not known does not match: an operation without a name or a time is never selected by one. Which instances an
    operation runs on is left to the adapter, because a list need not show all of them.
    """
    age = _age(operation, now)
    return (
        operation.whole.state in query.states
        and (query.older_than is None or (age is not None and age >= query.older_than))
        and (query.is_schedule is None or operation.is_schedule is query.is_schedule)
        and all(operation.details.get(key) == value for key, value in query.details.items())
    )


def census(operations: Iterable[Operation]) -> str:
    """The names in flight, the most frequent first, as in C(nightly-cleanup (4), shop-reindex (3))."""
    counts = Counter(operation.name or "without a name" for operation in operations)
    told = [f"{name} ({count})" for name, count in counts.most_common(_MOST_NAMES)]
    more = len(counts) - len(told)
    return ", ".join(told) + (f" and {more} more names" if more > 0 else "")


def _hint(word: str, seen: Sequence[Operation]) -> str:
    names = {operation.name for operation in seen if operation.name}
    guess = _guess(word, names)
    return f" (did you mean {guess}?)" if guess else ""


def _guess(word: str, names: Collection[str]) -> str | None:
    """What would have matched something: the same in another case or with a star, or a name that is nearly the same."""
    folded: Mapping[str, str] = {name.casefold(): name for name in names}
    if word.casefold() in folded:
        return folded[word.casefold()]
    if not _WILDCARDS & set(word):
        for pattern in (f"{word}*", f"*{word}*"):
            if any(fnmatchcase(name, pattern) for name in names):
                return pattern
    if any(fnmatchcase(name, word.lower()) for name in names):
        return word.lower()
    for folded_name, name in folded.items():
        if fnmatchcase(folded_name, word.casefold()):
            return name
    return near(word, names)


def _age(operation: Operation, now: float) -> float | None:
    created = parse_time(operation.created)
    return now - created.timestamp() if created else None
