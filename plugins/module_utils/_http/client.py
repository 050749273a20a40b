# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Calls of a provider's API, tried again by error class. The providers' clients build on it."""

from __future__ import annotations

import functools
import json
import math
import random
import threading
import typing as t
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .._core.clock import Clock, Deadline
from .._core.errors import (
    MAY_HAVE_ACTED,
    NOTHING_DONE,
    ApiError,
    ErrorClass,
    OptionError,
)
from .._core.listing import CUT_SHORT, Listing, TokenListing
from .._credentials.chain import Credentials
from .connection import Connection
from .pacing import Pacer, Rate
from .reply import text
from .transport import Answer, Call, Transport, TransportError

# Waits grow from the first to the second figure, in seconds.
_BACKOFF_FIRST, _BACKOFF_MOST = 0.25, 8.0

# Our code for a call that was not made, since its turn would have come too late.
_RATE_KEPT = "RateKept"


def backoff(attempt: int, rng: random.Random, first: float = _BACKOFF_FIRST, most: float = _BACKOFF_MOST) -> float:
    """Seconds to wait before try C(attempt + 2): doubled each time, capped, and half of it left to chance."""
    ceiling: float = min(most, first * 2 ** min(attempt, 10))
    return ceiling * rng.uniform(0.5, 1.0)


@dataclass
class Noted:
    """What is kept of the answers to the tries of one call."""

    request_ids: list[str] = field(default_factory=list)
    """The provider's ids of the requests."""
    at: float | None = None
    """When the last answer came, by the provider's own clock (whole seconds since 1970), if it told."""


class ApiClient:
    """Calls of one provider's API. A subclass says how a call is written and how its answer is read."""

    provider: t.ClassVar[str]
    title: t.ClassVar[str]
    default_rate: t.ClassVar[float | None] = None
    """Calls a second of an action whose rate a second is not stated; None for no pace."""
    throttled_backoff: t.ClassVar[tuple[float, float]] = (_BACKOFF_FIRST, _BACKOFF_MOST)
    """The first and the longest wait after a throttling, in seconds."""

    def __init__(
        self,
        connection: Connection,
        endpoint: str,
        rates: Mapping[str, Rate],
        clock: Clock,
        rng: random.Random,
        pacer: Pacer | None = None,
    ) -> None:
        self.connection = connection
        self.url = endpoint.rstrip("/") + "/"
        self.calls: Counter[str] = Counter()
        self.has_answered = False
        """Whether the provider has answered any call so far, be it with an error."""
        self._clock = clock
        self._rng = rng
        self._rates = rates
        self._pacer = pacer or Pacer(clock)
        self._lock = threading.Lock()
        self._transport = Transport(self.url, connection, clock)

    def call(
        self,
        action: str,
        parameters: Mapping[str, t.Any],
        *,
        repeatable: bool = True,
        deadline: Deadline | None = None,
        noted: Noted | None = None,
    ) -> dict[str, t.Any]:
        """One call. Returns the provider's answer as a dict.

        A read is tried again where that is of use. C(repeatable=False) is for calls that change something: whether one
        of those may be sent again is for the caller to decide, who can look. With a C(deadline) neither a try nor a
        wait goes past it. C(noted) is told of every answer. Raises ApiError.
        """
        noted = noted or Noted()
        retries = self.connection.retries if repeatable else 0
        renewed = False
        attempt = 0
        while True:
            # Half of the time is for the call itself.
            patience = min(self.connection.request_timeout, max(deadline.left, 0.0) / 2 if deadline else math.inf)
            credentials = self.connection.credentials.current(patience)
            try:
                answer = self._try(action, parameters, deadline, noted)
                noted.request_ids += filter(None, [text(answer, "RequestId")])
                return answer
            except ApiError as error:
                noted.request_ids += filter(None, [error.request_id])
                if error.code == _RATE_KEPT:
                    raise
                if error.error_class == "throttled":
                    self._pacer.slow_down(self._pace_key(action))
                if not renewed and _has_run_out(error) and self._renew(credentials, error, deadline):
                    renewed = True
                    continue
                wait = self.wait_after(error, attempt)
                attempt += 1
                if error.error_class not in NOTHING_DONE | MAY_HAVE_ACTED or attempt > retries:
                    raise
                if deadline and wait >= deadline.left:
                    raise
                self._clock.sleep(wait)

    def wait_after(self, error: ApiError, attempt: int) -> float:
        """Seconds to wait after this error before try C(attempt + 2)."""
        how = self.throttled_backoff if error.error_class == "throttled" else ()
        return backoff(attempt, self._rng, *how)

    def take_turn(self, action: str, deadline: Deadline | None) -> None:
        """Return when a call may reach the provider. Raises ApiError if that is not before the deadline."""
        if not self._pacer.wait(self._pace_key(action), self._rates_of(action), deadline):
            raise self.error(action, _RATE_KEPT, "no time was left to keep the provider's rate", "throttled")

    def error(
        self,
        action: str,
        code: str,
        message: str,
        error_class: ErrorClass,
        http_status: int | None = None,
        request_id: str | None = None,
    ) -> ApiError:
        """An error of a call of this provider."""
        if error_class == "auth":
            # The sentences that follow may repeat the text that was signed, with the session token in it.
            message = message.partition(". ")[0].partition("\n")[0]
        return ApiError(
            message,
            code=code,
            error_class=error_class,
            provider=self.provider,
            action=action,
            http_status=http_status,
            request_id=request_id,
        )

    def endless(self, action: str) -> ApiError:
        """The error for a list whose pages do not end."""
        return self.error(action, "EndlessList", "the pages of this list repeat or do not end", "unexpected")

    def check_whole(self, action: str, listing: Listing | TokenListing) -> None:
        """Raise ApiError for a list that has come to its end and contradicts its total."""
        if listing.shortfall:
            came, total = listing.shortfall
            message = f"the provider's own total of this list is {total}, and what came of it is {came}"
            raise self.error(action, CUT_SHORT, message, "unexpected")

    def not_an_answer(self, action: str, status: int, what: str) -> ApiError:
        """The error for an answer that is not the provider's."""
        error_class: ErrorClass = "bad_input"
        if status >= 500:
            error_class = "transient"
        elif status == 429:
            error_class = "throttled"
        elif status < 300:
            # Cut off or replaced on the way: the call itself may have acted.
            error_class = "lost"
        message = f"{self.url} answered with HTTP {status} and {what} that is not an answer of {self.title}"
        return self.error(action, "NotAnAnswer", message, error_class, status)

    def _write(self, action: str, parameters: Mapping[str, t.Any]) -> Call:
        """The call as this provider wants it."""
        raise NotImplementedError

    def _read(self, action: str, status: int, body: dict[str, t.Any]) -> dict[str, t.Any]:
        """The content of an answer; raises ApiError if C(body), the decoded JSON, reports an error."""
        raise NotImplementedError

    def _renew(self, used: Credentials, error: ApiError, deadline: Deadline | None) -> bool:
        """Whether there are others than the credentials that were C(used). Raises ApiError."""
        try:
            return self.connection.credentials.renew(used, max(deadline.left, 0.0) if deadline else None)
        except OptionError as reason:
            message = f"{error.message.rstrip('. ')}, and could not be renewed: {reason}"
            raise self.error(error.action, error.code, message, "auth", error.http_status, error.request_id) from None

    def _rates_of(self, action: str) -> Sequence[Rate]:
        """What the provider states and, where that is for longer than a second, a pace that keeps calls from coming all
        at once."""
        stated = self._rates.get(action)
        if stated and stated.seconds <= 1:
            return (stated,)
        pace = max(self.default_rate or 0.0, stated.a_second if stated else 0.0)
        return tuple(filter(None, (Rate(pace) if pace else None, stated)))

    def _pace_key(self, action: str) -> tuple[str, ...]:
        """What the provider counts together, as far as the client can tell: an identity stands for its account."""
        return self.provider, self.connection.credentials.access_key_id, self.connection.region, action

    def _try(
        self, action: str, parameters: Mapping[str, t.Any], deadline: Deadline | None, noted: Noted
    ) -> dict[str, t.Any]:
        with self._lock:
            self.calls[action] += 1
        try:
            # A rate is kept where calls arrive, however long it takes to open a connection.
            turn = functools.partial(self.take_turn, action, deadline)
            answer = self._transport.post(self._write(action, parameters), deadline, turn)
        except TransportError as error:
            raise self.error(action, error.code, str(error), error.error_class) from None
        if answer.is_redirect:
            # Followed, it would hand the signed request to a host that nobody named.
            message = f"{self.url} redirects elsewhere, which no provider does"
            raise self.error(action, "Redirected", message, "bad_input", answer.status)
        body = _decoded(answer)
        if not isinstance(body, dict):
            raise self.not_an_answer(action, answer.status, answer.content_type)
        self.has_answered, noted.at = True, answer.date
        return self._read(action, answer.status, body)


def _has_run_out(error: ApiError) -> bool:
    """Whether a call was refused for its session token, so that nothing was done."""
    return error.error_class == "auth" and "token" in error.code.lower()


def _decoded(answer: Answer) -> t.Any:
    """The body as JSON, whatever its content type says; None if it is not JSON."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
