# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Keys, and how those that run out are renewed."""

from __future__ import annotations

import threading
import time
import typing as t
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from .._core.errors import OptionError

Found = t.TypeVar("Found")

# Seconds for which the answer of a vendor's library serves. The libraries renew minutes before the end.
_SERVES = 30.0


@dataclass(frozen=True)
class Credentials:
    """A key pair, and where it came from. The secrets stay out of C(repr())."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    source: str = "options"

    def current(self, seconds: float | None = None) -> Credentials:
        """The credentials to sign with now."""
        return self

    def renew(self, rejected: Credentials, seconds: float | None = None) -> bool:
        """Whether there are others than those that the provider has rejected as run out. Raises OptionError."""
        return False

    @property
    def secrets(self) -> set[str]:
        return {secret for secret in (self.access_key_secret, self.security_token) if secret}


def within(seconds: float | None, what: str, act: Callable[[], Found]) -> Found:
    """What C(act) gets. With a limit it is done in a thread of its own, which is waited for so long at most.

    Raises what it raises, or OptionError.
    """
    if seconds is None:
        return act()
    found: list[Found] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            found.append(act())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not found:
        raise OptionError(f"{what} did not answer within {seconds:.3g} seconds.")
    return found[0]


Getter = Callable[[], Credentials]
"""Gets credentials, the same or others than the last time. Raises OptionError."""


class Renewable:
    """Credentials that change while they are used. Threads may ask side by side.

    C(open_getter) starts anew, without anything that was kept. C(take) is told of all credentials before their use.
    """

    def __init__(
        self,
        open_getter: Callable[[], Getter],
        take: Callable[[Credentials], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open = open_getter
        self._take = take
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._ask_at = 0.0
        self._failed_at = 0.0
        self._failure = ""
        self.source = ""
        self._ask(None, anew=True)
        self.source = self._last.source
        self.access_key_id = self._last.access_key_id
        """The id of the first key: those that follow are of the same identity."""

    def current(self, seconds: float | None = None) -> Credentials:
        """The credentials to sign with now. Newer ones are waited for so long at most."""
        # What was got last serves until the provider rejects it.
        with suppress(OptionError), self._alone(seconds):
            if self._monotonic() >= self._ask_at:
                self._ask(seconds)
        return self._last

    def renew(self, rejected: Credentials, seconds: float | None = None) -> bool:
        """Whether there are others than those that the provider has rejected as run out. Raises OptionError, also if
        that takes longer than so many seconds."""
        asked_at = self._monotonic()
        with self._alone(seconds):
            if self._last == rejected:
                if asked_at < self._failed_at:
                    # It was tried in vain while this thread waited. One after the other, each would wait as long again.
                    raise OptionError(self._failure)
                try:
                    self._ask(seconds, anew=True)
                except OptionError as error:
                    self._failure, self._failed_at = str(error), self._monotonic()
                    raise
            return self._last != rejected

    @contextmanager
    def _alone(self, seconds: float | None) -> Iterator[None]:
        if not self._lock.acquire(timeout=-1 if seconds is None else seconds):
            raise OptionError(f"{self._what} did not answer another call yet.")
        try:
            yield
        finally:
            self._lock.release()

    def _ask(self, seconds: float | None, *, anew: bool = False) -> None:
        def ask() -> tuple[Getter, Credentials]:
            get = self._open() if anew else self._get
            return get, get()

        try:
            get, found = within(seconds, self._what, ask)
        finally:
            self._ask_at = self._monotonic() + _SERVES
        if self.source and found.source != self.source:
            # Half of a run must not be somebody else's.
            raise OptionError(f"the key came from {self.source}, and would come from {found.source} now.")
        self._take(found)
        self._get, self._last = get, found

    @property
    def _what(self) -> str:
        return f"what gave the key ({self.source})"


Keys: t.TypeAlias = Credentials | Renewable


class MissingLibrary(OptionError):
    """The vendor's library is not installed."""
