# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Calls of a provider's API, tried again by error class. The providers' clients build on it."""

from __future__ import annotations

import functools
import math
import random
import threading
import typing as t
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .._core.clock import Clock, Deadline
from .._core.errors import (
    MAY_HAVE_ACTED,
    NOTHING_DONE,
    RATE_KEPT,
    ApiError,
    ErrorClass,
    OptionError,
)
from .._core.listing import CUT_SHORT, MOST_PAGES, Listing, TokenListing
from .._core.model import Noted
from .._core.retry import BACKOFF, backoff
from .._credentials.keys import Credentials
from .connection import Connection
from .pacing import Pacer, Rate
from .reply import decoded_json, number, text
from .transport import Answer, Call, Transport, TransportError


@dataclass(frozen=True)
class Service:
    """One of a provider's services: its API version and the rates of its calls."""

    name: str
    version: str
    rates: Mapping[str, Rate]

    def endpoint(self, region: str, endpoint_type: str = "public") -> str:
        """The vendor's URL for a region, of one of its endpoint types. Raises OptionError if none is known."""
        raise NotImplementedError

    def no_private_host(self, region: str) -> OptionError:
        """For a region without a known host in the vendor's own networks."""
        return OptionError(
            f"endpoint_type is vpc, and no such host of {self.name} is known for {region}: name it in endpoint_url,"
            f" as in {{{self.name}: https://...}}."
        )


def rates_of(service: Service, action: str, default: float | None) -> Sequence[Rate]:
    """What the provider states and, where that is for longer than a second, a pace that keeps calls from coming all at
    once."""
    stated = service.rates.get(action)
    if stated and stated.seconds <= 1:
        return (stated,)
    pace = max(default or 0.0, stated.a_second if stated else 0.0)
    return tuple(filter(None, (Rate(pace) if pace else None, stated)))


class ApiClient:
    """Calls of one service in one region. A subclass says how its provider's calls are written and answers are read."""

    default_rate: t.ClassVar[float | None] = None
    """Calls a second of an action whose rate a second is not stated; None for no pace."""
    throttled_backoff: t.ClassVar[tuple[float, float]] = BACKOFF
    """The first and the longest wait after a throttling, in seconds."""
    ways_out: t.ClassVar[Mapping[str, str]] = {}
    """What to do about an error, as a sentence, by the provider's code."""
    most_pages: t.ClassVar[int] = MOST_PAGES
    """After which a list is taken for endless."""

    def __init__(
        self,
        connection: Connection,
        service: Service,
        clock: Clock,
        rng: random.Random,
        pacer: Pacer | None = None,
    ) -> None:
        self.connection = connection
        self.service = service
        url = connection.url_of(service.name, service.endpoint(connection.region, connection.endpoint_type))
        self.url = url.rstrip("/") + "/"
        self.calls: Counter[str] = Counter()
        self.has_answered = False
        """Whether the provider has answered any call so far, be it with an error."""
        self._clock = clock
        self._rng = rng
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
        former: ApiError | None = None
        while True:
            # Half of the time is for the call itself.
            patience = min(self.connection.request_timeout, max(deadline.left, 0.0) / 2 if deadline else math.inf)
            credentials = self.connection.credentials.current(patience)
            try:
                return self._try(action, parameters, deadline, noted)
            except ApiError as error:
                if error.code == RATE_KEPT:
                    # What came of the try before says more.
                    raise (former or error) from None
                if error.error_class == "throttled":
                    self._pacer.slow_down(self._pace_key(action))
                if not renewed and self._has_run_out(error) and self._renew(credentials, error, deadline):
                    renewed = True
                    continue
                wait = self.wait_after(error, attempt)
                attempt += 1
                if error.error_class not in NOTHING_DONE | MAY_HAVE_ACTED or attempt > retries:
                    raise
                if deadline and wait >= deadline.left:
                    raise
                self._clock.sleep(wait)
                former = error

    def wait_after(self, error: ApiError, attempt: int) -> float:
        """Seconds to wait after this error before try C(attempt + 2)."""
        how = self.throttled_backoff if error.error_class == "throttled" else ()
        return backoff(attempt, self._rng, *how)

    @property
    def region(self) -> str:
        return self.connection.region

    @property
    def request_timeout(self) -> float:
        """Seconds that one request may take."""
        return self.connection.request_timeout

    @property
    def identity(self) -> str:
        """The id of the key that the calls are signed with."""
        return self.connection.credentials.access_key_id

    @property
    def credentials_source(self) -> str:
        """Where the key came from."""
        return self.connection.credentials.source

    def take_turn(self, action: str, deadline: Deadline | None) -> None:
        """Return when a call may reach the provider. Raises ApiError if that is not before the deadline."""
        if not self._pacer.wait(self._pace_key(action), rates_of(self.service, action, self.default_rate), deadline):
            raise self.error(action, RATE_KEPT, "no time was left to keep the provider's rate", "throttled")

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
            provider=self.connection.platform.name,
            action=action,
            http_status=http_status,
            request_id=request_id,
            way_out=self.ways_out.get(code, ""),
        )

    def token_pages(
        self,
        action: str,
        parameters: Mapping[str, t.Any],
        items_of: Callable[[dict[str, t.Any]], list[t.Any]],
        deadline: Deadline | None = None,
        *,
        counts: bool = True,
    ) -> Iterator[dict[str, t.Any]]:
        """All pages of a list, each of which hands out the token of the next.

        C(counts) says whether its total means anything. Raises ApiError, after all pages if the list is shorter.
        """
        listing = TokenListing()
        for _page in range(self.most_pages):
            page = self.call(action, {**parameters, "NextToken": listing.token}, deadline=deadline)
            yield page
            total = number(page, "TotalCount") if counts else None
            listing.add(len(items_of(page)), total, text(page, "NextToken", "nextToken"))
            if listing.is_over:
                return self.check_whole(action, listing)
            if listing.repeats:
                break
        raise self.endless(action)

    def endless(self, action: str) -> ApiError:
        """The error for a list whose pages do not end."""
        return self.error(action, "EndlessList", "the pages of this list repeat or do not end", "unexpected")

    def check_whole(self, action: str, listing: Listing | TokenListing) -> None:
        """Raise ApiError for a list that has come to its end and contradicts its total."""
        if listing.shortfall:
            came, total = listing.shortfall
            message = f"the provider's own total of this list is {total}, but the number received is {came}"
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
        title = self.connection.platform.title
        message = f"{self.url} answered with HTTP {status} and {what} that is not an answer of {title}"
        return self.error(action, "NotAnAnswer", message, error_class, status)

    def _write(self, action: str, parameters: Mapping[str, t.Any]) -> Call:
        """The call as this provider wants it."""
        raise NotImplementedError

    def _decode(self, answer: Answer) -> t.Any:
        """The content of an answer, whatever its content type says; None if it cannot be the provider's."""
        return decoded_json(answer.body)

    def _request_id(self, answer: Answer, content: dict[str, t.Any]) -> str | None:
        """The provider's id of the request."""
        raise NotImplementedError

    def _read(self, action: str, answer: Answer, content: dict[str, t.Any], request_id: str | None) -> dict[str, t.Any]:
        """What the provider answers; raises ApiError if that is an error."""
        raise NotImplementedError

    def _has_run_out(self, error: ApiError) -> bool:
        """Whether a call was refused for its session token, so that nothing was done."""
        return error.error_class == "auth" and "token" in error.code.lower()

    def _renew(self, used: Credentials, error: ApiError, deadline: Deadline | None) -> bool:
        """Whether there are others than the credentials that were C(used). Raises ApiError."""
        try:
            return self.connection.credentials.renew(used, max(deadline.left, 0.0) if deadline else None)
        except OptionError as reason:
            message = f"{error.message.rstrip('. ')}, and could not be renewed: {reason}"
            raise self.error(error.action, error.code, message, "auth", error.http_status, error.request_id) from None

    def _pace_key(self, action: str) -> tuple[str, ...]:
        """What the provider counts together, as far as the client can tell: an identity stands for its account."""
        return self.connection.platform.name, self.identity, self.connection.region, action

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
        content = self._decode(answer)
        if not isinstance(content, dict):
            raise self.not_an_answer(action, answer.status, answer.content_type)
        self.has_answered, noted.at = True, answer.date
        request_id = self._request_id(answer, content)
        noted.request_ids += filter(None, [request_id])
        return self._read(action, answer, content, request_id)
