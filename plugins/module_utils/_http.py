# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""HTTP to a provider: one pooled session, time-outs, retry by error class. The providers' clients build on it."""

from __future__ import annotations

import random
import typing as t
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection
from ansible_collections.cloudops.halt.plugins.module_utils._errors import (
    MAY_HAVE_ACTED,
    NOTHING_DONE,
    ApiError,
    ErrorClass,
)
from ansible_collections.cloudops.halt.plugins.module_utils._pacing import Pacer

try:
    import requests
    import urllib3
except ImportError as error:
    REQUESTS_IMPORT_ERROR: ImportError | None = error
else:
    REQUESTS_IMPORT_ERROR = None

USER_AGENT = "cloudops.halt (Ansible collection)"

# Waits grow from the first to the second figure, in seconds.
_BACKOFF_FIRST, _BACKOFF_MOST = 0.25, 8.0

# No list of the providers is as long as this many pages; one that goes on is at fault.
MOST_PAGES = 5000


def backoff(attempt: int, rng: random.Random) -> float:
    """Seconds to wait before try C(attempt + 2): doubled each time, capped, and half of it left to chance."""
    ceiling: float = min(_BACKOFF_MOST, _BACKOFF_FIRST * 2**attempt)
    return ceiling * rng.uniform(0.5, 1.0)


@dataclass(frozen=True)
class Call:
    """One call as a provider wants it written: always a POST to the path C(/)."""

    auth: Callable[[t.Any], t.Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    body: bytes = b""


class ApiClient:
    """Calls of one provider's API. A subclass says how a call is written and how its answer is read."""

    provider: t.ClassVar[str]
    title: t.ClassVar[str]

    def __init__(
        self, connection: Connection, endpoint: str, rates: Mapping[str, int], clock: Clock, rng: random.Random
    ) -> None:
        self.connection = connection
        self.url = (connection.endpoint_url or endpoint).rstrip("/") + "/"
        self.calls: Counter[str] = Counter()
        self._clock = clock
        self._rng = rng
        self._pacer = Pacer(rates, clock)
        self._session = requests.Session()
        if connection.verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def call(
        self, action: str, parameters: Mapping[str, t.Any], *, repeatable: bool = True, deadline: Deadline | None = None
    ) -> dict[str, t.Any]:
        """One call, tried again where that is safe and of use. Returns the provider's answer as a dict.

        C(repeatable=False) is for calls that change something: they are sent again only if nothing was done.
        With a C(deadline) neither a try nor a wait goes past it. Raises ApiError.
        """
        again = NOTHING_DONE | MAY_HAVE_ACTED if repeatable else NOTHING_DONE
        attempt = 0
        while True:
            self._pacer.wait(action)
            try:
                return self._try(action, parameters, deadline)
            except ApiError as error:
                wait = backoff(attempt, self._rng)
                attempt += 1
                if error.error_class not in again or attempt > self.connection.retries:
                    raise
                if deadline and wait >= deadline.left:
                    raise
                self._clock.sleep(wait)

    def endless(self, action: str) -> ApiError:
        """The error for a list whose pages do not end."""
        return self._error(action, "EndlessList", "the pages of this list repeat or do not end", "unexpected")

    def _write(self, action: str, parameters: Mapping[str, t.Any]) -> Call:
        """The call as this provider wants it."""
        raise NotImplementedError

    def _read(self, action: str, status: int, body: dict[str, t.Any]) -> dict[str, t.Any]:
        """The content of an answer; raises ApiError if C(body), the decoded JSON, reports an error."""
        raise NotImplementedError

    def _try(self, action: str, parameters: Mapping[str, t.Any], deadline: Deadline | None) -> dict[str, t.Any]:
        self.calls[action] += 1
        response = self._send(action, self._write(action, parameters), deadline)
        if response.is_redirect:
            # Followed, it would hand the signed request to a host that nobody named.
            raise self._error(
                action,
                "Redirected",
                f"{self.url} redirects elsewhere, which no provider does",
                "bad_input",
                response.status_code,
            )
        try:
            body = response.json()
        except ValueError:
            raise self._not_an_answer(action, response) from None
        if not isinstance(body, dict):
            raise self._not_an_answer(action, response)
        return self._read(action, response.status_code, body)

    def _send(self, action: str, call: Call, deadline: Deadline | None) -> requests.Response:
        timeout = self.connection.request_timeout
        if deadline:
            timeout = max(0.05, min(timeout, deadline.left))
        url = f"{self.url}?{call.query}" if call.query else self.url
        headers = {"user-agent": USER_AGENT, "accept": "application/json", **call.headers}
        prepared = self._session.prepare_request(
            requests.Request("POST", url, headers=headers, data=call.body, auth=call.auth)
        )
        # Given for each request, because settings of the session lose against variables such as REQUESTS_CA_BUNDLE.
        proxies = {"http": self.connection.proxy, "https": self.connection.proxy} if self.connection.proxy else {}
        settings = self._session.merge_environment_settings(prepared.url, proxies, None, self.connection.verify, None)
        try:
            return self._session.send(prepared, timeout=timeout, allow_redirects=False, **settings)
        except requests.exceptions.SSLError as error:
            raise self._error(
                action,
                "CertificateNotTrusted",
                f"the certificate of {self.url} is not trusted ({_reason(error)})",
                "bad_input",
            ) from None
        except (requests.exceptions.ProxyError, requests.exceptions.ConnectTimeout) as error:
            raise self._error(
                action, "Unreachable", f"no connection to {self.url} ({_reason(error)})", "unreachable"
            ) from None
        except requests.exceptions.ConnectionError as error:
            if _never_connected(error):
                raise self._error(
                    action, "Unreachable", f"no connection to {self.url} ({_reason(error)})", "unreachable"
                ) from None
            raise self._error(action, "ConnectionLost", f"the connection broke ({_reason(error)})", "lost") from None
        except requests.exceptions.Timeout:
            raise self._error(action, "ConnectionLost", f"no answer within {timeout:g} seconds", "lost") from None
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            raise self._error(action, "ConnectionLost", f"the answer broke off ({_reason(error)})", "lost") from None
        except OSError as error:
            # The rest of what requests raises, and a bare OSError for a ca_path that does not exist: nothing was sent.
            raise self._error(action, "Unreachable", str(error), "bad_input") from None

    def _not_an_answer(self, action: str, response: requests.Response) -> ApiError:
        error_class: ErrorClass = "bad_input"
        if response.status_code >= 500:
            error_class = "transient"
        elif response.ok:
            # Cut off or replaced on the way: the call itself may have acted.
            error_class = "lost"
        kind = response.headers.get("Content-Type", "no content type")
        return self._error(
            action,
            "NotAnAnswer",
            f"{self.url} answered with HTTP {response.status_code} and {kind} that is not an answer of {self.title}",
            error_class,
            response.status_code,
        )

    def _error(
        self, action: str, code: str, message: str, error_class: ErrorClass, http_status: int | None = None
    ) -> ApiError:
        return ApiError(
            message, code=code, error_class=error_class, provider=self.provider, action=action, http_status=http_status
        )


def _never_connected(error: Exception) -> bool:
    """Whether a connection error came before anything was sent."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def _reason(error: BaseException) -> str:
    """The innermost cause in its own words, without the layers of libraries around it."""
    while True:
        inner = getattr(error, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        if inner is None or inner is error:
            break
        error = inner
    text = str(getattr(error, "strerror", None) or error)
    return text.rpartition(">: ")[2] or type(error).__name__
