# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""One HTTP exchange: a pooled session, time-outs, and every way of failing in one word."""

from __future__ import annotations

import functools
import http.client
import io
import re
import socket
import ssl
import threading
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz

from ansible_collections.cloudops.halt.plugins.module_utils._certificates import certificate_fault
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock, Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection, check_proxy
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ErrorClass

try:
    import requests
    import urllib3
except ImportError as error:
    REQUESTS_IMPORT_ERROR: ImportError | None = error
else:
    REQUESTS_IMPORT_ERROR = None

USER_AGENT = "cloudops.halt (Ansible collection)"

_MOST_CONNECTIONS = 64
# The shortest time-out that a socket is given, in seconds: none at all would mean not to wait.
_LEAST = 0.001
# The deadline of the exchange that a thread is in, as C(in_time).
_EXCHANGE = threading.local()
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
    date: float | None = None
    """The time of day there, in seconds since 1970, if it was told."""


class TransportError(Exception):
    """No answer came back whole. C(code) and C(error_class) are those of ApiError."""

    def __init__(self, message: str, code: str, error_class: ErrorClass) -> None:
        super().__init__(message)
        self.code = code
        self.error_class = error_class


class _Incoming(io.RawIOBase):
    """What comes in through a socket while the exchange has time. The time-out of a socket is for one read: with it
    alone, a server that sends a byte now and then would hold us up for ever."""

    def __init__(self, sock: t.Any, raw: io.RawIOBase) -> None:
        self._sock = sock
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        self._allow_what_is_left()
        size: int | None = self._raw.readinto(buffer)
        # For what reads the socket itself: the handshake of TLS that follows the answer of a proxy.
        self._allow_what_is_left()
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _allow_what_is_left(self) -> None:
        left = _EXCHANGE.in_time.left
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)


class _Response(http.client.HTTPResponse):
    """An answer, of the provider or of a proxy, whose head and body must come in time."""

    def __init__(self, sock: t.Any, *arguments: t.Any, **settings: t.Any) -> None:
        super().__init__(sock, *arguments, **settings)
        self.fp: t.Any = io.BufferedReader(_Incoming(sock, self.fp.detach()))


@functools.cache
def _in_time(pool: t.Any) -> t.Any:
    """A class of connection pools like this one, where answers must come in time."""
    if pool.ConnectionCls.response_class is _Response:
        return pool
    connection = pool.ConnectionCls

    def open_in_time(self: t.Any) -> t.Any:
        # The library gives each address of a host the whole time: a dead one would leave none for the answer of the
        # next, to which the call is sent all the same.
        self.timeout = max(_EXCHANGE.in_time.left, _LEAST) / _addresses(self._dns_host, self.port)
        sock = connection._new_conn(self)
        if _EXCHANGE.in_time.left <= 0:
            sock.close()
            raise urllib3.exceptions.ConnectTimeoutError(self, "no time is left to send anything")
        # For the handshake of TLS.
        sock.settimeout(_EXCHANGE.in_time.left)
        return sock

    keeping_time = {"response_class": _Response, "_new_conn": open_in_time}
    return type(pool.__name__, (pool,), {"ConnectionCls": type(connection.__name__, (connection,), keeping_time)})


def _addresses(host: str, port: int) -> int:
    try:
        return len(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)) or 1
    except (OSError, ValueError):
        # The library looks, too, and has the words for it.
        return 1


def _keep_time(manager: t.Any) -> None:
    """Have all pools that this manager opens from now on keep the time."""
    manager.pool_classes_by_scheme = {scheme: _in_time(pool) for scheme, pool in manager.pool_classes_by_scheme.items()}


if REQUESTS_IMPORT_ERROR is None:

    class _Adapter(requests.adapters.HTTPAdapter):
        """Sends as the library does, and keeps the time on every way: directly, and through each proxy."""

        def init_poolmanager(self, *arguments: t.Any, **settings: t.Any) -> None:
            super().init_poolmanager(*arguments, **settings)
            _keep_time(self.poolmanager)

        def proxy_manager_for(self, *arguments: t.Any, **settings: t.Any) -> t.Any:
            manager = super().proxy_manager_for(*arguments, **settings)
            _keep_time(manager)
            return manager


class Transport:
    """Exchanges with one host."""

    def __init__(self, url: str, connection: Connection, clock: Clock) -> None:
        self.url = url
        self._connection = connection
        self._clock = clock
        self._session = requests.Session()
        # As many connections as a bulk stop has calls under way; the library keeps ten, and opens the others each time.
        self._session.mount(url, _Adapter(pool_connections=1, pool_maxsize=_MOST_CONNECTIONS))
        # Given with each request, because settings of the session lose against variables such as REQUESTS_CA_BUNDLE.
        proxies = {"http": connection.proxy, "https": connection.proxy} if connection.proxy else {}
        self._settings: t.Any = self._session.merge_environment_settings(url, proxies, True, connection.verify, None)
        check_proxy("the proxy of the environment", requests.utils.select_proxy(url, self._settings["proxies"]))
        if connection.verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def post(self, call: Call, deadline: Deadline | None) -> Answer:
        """Sign and send C(call). The whole answer must be there in time. Raises TransportError."""
        # First, because to sign may be to wait for a new key: what is sent needs its time for the answer.
        request = self._prepare(call)
        seconds = self._connection.request_timeout
        if deadline:
            seconds = min(seconds, deadline.left)
        if seconds <= 0:
            raise TransportError("the time to wait was over before this call", "ConnectionLost", "lost")
        _EXCHANGE.in_time = Deadline(self._clock, seconds)
        try:
            response = self._send(request, seconds)
            with response:
                return Answer(
                    response.status_code,
                    response.headers.get("Content-Type", "no content type"),
                    response.is_redirect,
                    response.raw.read(decode_content=True),
                    _seconds(response.headers.get("Date")),
                )
        except requests.exceptions.ConnectTimeout as error:
            raise self._unreachable(error) from None
        except (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError):
            raise self._lost(f"no whole answer within {seconds:g} seconds") from None
        except requests.exceptions.ProxyError as error:
            # A tunnel that was not opened has let nothing through. Without one, the proxy may have passed the call on.
            is_sent = self.url.lower().startswith("http:") and not isinstance(
                _innermost(error), (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.NewConnectionError)
            )
            raise (self._lost(_reason(error)) if is_sent else self._unreachable(error)) from None
        except requests.exceptions.SSLError as error:
            raise self._tls(error) from None
        except requests.exceptions.ConnectionError as error:
            raise (self._unreachable(error) if _never_connected(error) else self._lost(_reason(error))) from None
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            raise self._lost(f"the answer broke off: {_reason(error)}") from None
        except (OSError, ValueError) as error:
            # A ca_path or a proxy that cannot be: nothing was sent.
            raise self._impossible(error) from None
        except urllib3.exceptions.HTTPError as error:
            raise self._lost(f"the answer broke off: {_reason(error)}") from None

    def _prepare(self, call: Call) -> requests.PreparedRequest:
        url = f"{self.url}?{call.query}" if call.query else self.url
        headers = {"user-agent": USER_AGENT, "accept": "application/json", **call.headers}
        try:
            return self._session.prepare_request(
                requests.Request("POST", url, headers=headers, data=call.body, auth=call.auth)
            )
        except (OSError, ValueError) as error:
            # A URL or a header that cannot be.
            raise self._impossible(error) from None

    def _send(self, request: requests.PreparedRequest, seconds: float) -> requests.Response:
        # The adapter itself, because the session would look at the target of a redirect, which is not to be followed.
        return self._session.get_adapter(self.url).send(request, timeout=seconds, **self._settings)

    def _unreachable(self, error: BaseException) -> TransportError:
        return TransportError(f"no connection to {self.url} ({_reason(error)})", "Unreachable", "unreachable")

    def _impossible(self, error: BaseException) -> TransportError:
        return TransportError(f"{self.url} cannot be called ({error})", "Unreachable", "bad_input")

    def _lost(self, why: str) -> TransportError:
        return TransportError(f"the connection to {self.url} was lost: {why}", "ConnectionLost", "lost")

    def _tls(self, error: BaseException) -> TransportError:
        inner = _innermost(error)
        if isinstance(inner, ssl.SSLCertVerificationError):
            code, fault = certificate_fault(inner)
            return TransportError(f"the certificate of {self.url} {fault}", code, "bad_input")
        if getattr(inner, "library", None) in ("PEM", "X509"):
            # Not the connection failed, but the reading of the file that ca_path names.
            return TransportError(f"ca_path has no certificates ({_reason(error)})", "Unreachable", "bad_input")
        if getattr(inner, "reason", None) in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
            return TransportError(f"{self.url} does not speak TLS", "Unreachable", "unreachable")
        return self._lost(f"TLS failed: {_reason(error)}")


def _seconds(date: str | None) -> float | None:
    """The moment of a date as HTTP writes it, in seconds since 1970; None for nonsense."""
    try:
        parts = parsedate_tz(date or "")
        # A date without a zone is one of GMT.
        return float(mktime_tz((*parts[:9], parts[9] or 0))) if parts else None
    except (ValueError, OverflowError):
        return None


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
    # Some errors of urllib3 are the connection and the message.
    text = str(getattr(inner, "strerror", None) or (inner.args[-1] if inner.args else inner))
    return _SPEAKER.sub("", text) or type(inner).__name__
