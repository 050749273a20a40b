# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""One HTTP exchange: a pooled session, time-outs, and every way of failing in one word."""

from __future__ import annotations

import re
import ssl
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ErrorClass

try:
    import requests
    import urllib3
except ImportError as error:
    REQUESTS_IMPORT_ERROR: ImportError | None = error
else:
    REQUESTS_IMPORT_ERROR = None

USER_AGENT = "cloudops.halt (Ansible collection)"

_CHUNK = 65536
_MOST_CONNECTIONS = 64
# urllib3 begins its messages with the connection, in one of two forms.
_SPEAKER = re.compile(r"^(<.*>|\w+\(.*?\)): ")


@dataclass(frozen=True)
class Call:
    """One call as a provider wants it written: always a POST to the path C(/)."""

    auth: Callable[[t.Any], t.Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    is_redirect: bool
    body: bytes


class TransportError(Exception):
    """No answer came back whole. C(code) and C(error_class) are those of ApiError."""

    def __init__(self, message: str, code: str, error_class: ErrorClass) -> None:
        super().__init__(message)
        self.code = code
        self.error_class = error_class


class Transport:
    """Exchanges with one host."""

    def __init__(self, url: str, connection: Connection, clock: Clock) -> None:
        self.url = url
        self._connection = connection
        self._clock = clock
        self._session = requests.Session()
        # As many connections as a bulk stop has calls under way; the library keeps ten, and opens the others each time.
        self._session.mount(url, requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=_MOST_CONNECTIONS))
        if connection.verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def post(self, call: Call, deadline: Deadline | None) -> Answer:
        """Sign and send C(call). The whole answer must be there in time. Raises TransportError."""
        seconds = self._connection.request_timeout
        if deadline:
            seconds = min(seconds, deadline.left)
        if seconds <= 0:
            raise TransportError("the time to wait was over before this call", "ConnectionLost", "lost")
        in_time = Deadline(self._clock, seconds)
        try:
            response = self._send(self._prepare(call), seconds)
            with response:
                return Answer(
                    response.status_code,
                    response.headers.get("Content-Type", "no content type"),
                    response.is_redirect,
                    b"".join(_chunks(response, in_time)),
                )
        except requests.exceptions.Timeout as error:
            if isinstance(error, requests.exceptions.ConnectTimeout):
                raise self._unreachable(error) from None
            raise self._lost(f"no whole answer within {seconds:g} seconds") from None
        except requests.exceptions.ProxyError as error:
            raise self._unreachable(error) from None
        except requests.exceptions.SSLError as error:
            raise self._tls(error) from None
        except requests.exceptions.ConnectionError as error:
            raise (self._unreachable(error) if _never_connected(error) else self._lost(_reason(error))) from None
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            raise self._lost(f"the answer broke off: {_reason(error)}") from None
        except (OSError, ValueError) as error:
            # A URL, a header or a ca_path that cannot be: nothing was sent.
            raise TransportError(f"{self.url} cannot be called ({error})", "Unreachable", "bad_input") from None
        except urllib3.exceptions.HTTPError as error:
            raise self._lost(f"the answer broke off: {_reason(error)}") from None

    def _prepare(self, call: Call) -> requests.PreparedRequest:
        url = f"{self.url}?{call.query}" if call.query else self.url
        headers = {"user-agent": USER_AGENT, "accept": "application/json", **call.headers}
        return self._session.prepare_request(
            requests.Request("POST", url, headers=headers, data=call.body, auth=call.auth)
        )

    def _send(self, request: requests.PreparedRequest, seconds: float) -> requests.Response:
        # Given for each request, because settings of the session lose against variables such as REQUESTS_CA_BUNDLE.
        proxies = {"http": self._connection.proxy, "https": self._connection.proxy} if self._connection.proxy else {}
        settings: t.Any = self._session.merge_environment_settings(
            request.url, proxies, True, self._connection.verify, None
        )
        # The adapter itself, because the session would look at the target of a redirect, which is not to be followed.
        return self._session.get_adapter(self.url).send(request, timeout=seconds, **settings)

    def _unreachable(self, error: BaseException) -> TransportError:
        return TransportError(f"no connection to {self.url} ({_reason(error)})", "Unreachable", "unreachable")

    def _lost(self, why: str) -> TransportError:
        return TransportError(f"the connection to {self.url} was lost: {why}", "ConnectionLost", "lost")

    def _tls(self, error: BaseException) -> TransportError:
        inner = _innermost(error)
        if isinstance(inner, ssl.SSLCertVerificationError):
            message = f"the certificate of {self.url} is not trusted ({inner.verify_message})"
            return TransportError(message, "CertificateNotTrusted", "bad_input")
        if getattr(inner, "library", None) in ("PEM", "X509"):
            # Not the connection failed, but the reading of the file that ca_path names.
            return TransportError(f"ca_path has no certificates ({_reason(error)})", "Unreachable", "bad_input")
        if getattr(inner, "reason", None) in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
            return TransportError(f"{self.url} does not speak TLS", "Unreachable", "unreachable")
        return self._lost(f"TLS failed: {_reason(error)}")


def _chunks(response: requests.Response, in_time: Deadline) -> t.Iterator[bytes]:
    """The body as it comes in. A server that sends a byte now and then must not hold us up for ever."""
    # Before 2.2, urllib3 cannot hand out less than it was asked for, so that the time is taken for each part only.
    read = getattr(response.raw, "read1", None) or response.raw.read
    while chunk := read(_CHUNK, decode_content=True):
        yield chunk
        if in_time.left <= 0:
            raise requests.exceptions.Timeout
    # Released to the pool by its end.


def _never_connected(error: BaseException) -> bool:
    """Whether a connection error came before anything was sent."""
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), urllib3.exceptions.NewConnectionError)


def _innermost(error: BaseException) -> BaseException:
    """The cause below the layers of libraries."""
    while True:
        inner = getattr(error, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((argument for argument in error.args if isinstance(argument, BaseException)), None)
        if inner is None or inner is error:
            return error
        error = inner


def _reason(error: BaseException) -> str:
    """The cause in its own words."""
    inner = _innermost(error)
    text = str(getattr(inner, "strerror", None) or inner)
    return _SPEAKER.sub("", text) or type(inner).__name__
