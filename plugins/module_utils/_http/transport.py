# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""One HTTP exchange: a pooled session, time-outs, and every way of failing in one word."""

from __future__ import annotations

import http.client
import io
import re
import socket
import threading
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz

from .._core.clock import Clock, Deadline
from .._core.errors import ErrorClass
from .certificates import certificate_fault
from .connection import Connection, check_proxy

try:
    import requests
    import urllib3
except ImportError as error:
    REQUESTS_IMPORT_ERROR: ImportError | None = error
else:
    REQUESTS_IMPORT_ERROR = None

USER_AGENT = "cloudops.halt (Ansible collection)"

_MOST_CONNECTIONS = 64
# The exchange that a thread is in, as C(now).
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
    headers: Mapping[str, str]
    """Their names are understood in any case."""
    body: bytes
    is_redirect: bool = False

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "no content type")

    @property
    def date(self) -> float | None:
        """The time of day there, in seconds since 1970, if it was told."""
        return _seconds(self.headers.get("Date"))


class TransportError(Exception):
    """No answer came back whole. C(code) and C(error_class) are those of ApiError."""

    def __init__(self, message: str, code: str, error_class: ErrorClass) -> None:
        super().__init__(message)
        self.code = code
        self.error_class = error_class


class _Exchange:
    """One exchange: the time that it has, and how far it has come."""

    is_taken_up = False
    """Whether somebody took up the connection: the provider's host, or a proxy."""
    is_sent = False
    """Whether anything of the request may have left this machine."""

    def __init__(self, clock: Clock, seconds: float, deadline: Deadline | None, turn: Callable[[], None]) -> None:
        self.seconds = min(seconds, deadline.left) if deadline else seconds
        self._time = Deadline(clock, self.seconds)
        self._clock, self._deadline, self._turn = clock, deadline, turn

    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError if there are none."""
        left = min(self._time.left, self._deadline.left) if self._deadline else self._time.left
        if left <= 0:
            raise TimeoutError("the time limit has been reached")
        return left

    def begin(self) -> None:
        """The way is open: wait for the turn, which takes nothing from the time for the answer."""
        left = self.left()
        self._turn()
        self._time = Deadline(self._clock, left)
        self.is_sent = True


class _Incoming(io.RawIOBase):
    """What comes in through a socket while the exchange has time. The time-out of a socket is for one read: with it
    alone, a server that sends a byte now and then would hold us up for ever."""

    def __init__(self, sock: t.Any, raw: io.RawIOBase) -> None:
        self._sock = sock
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        self._sock.settimeout(_EXCHANGE.now.left())
        size: int | None = self._raw.readinto(buffer)
        # For what reads the socket itself: the handshake of TLS that follows the answer of a proxy.
        self._sock.settimeout(_EXCHANGE.now.left())
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer, of the provider or of a proxy, whose head and body must come in time."""

    def __init__(self, sock: t.Any, *arguments: t.Any, **settings: t.Any) -> None:
        super().__init__(sock, *arguments, **settings)
        self.fp: t.Any = io.BufferedReader(_Incoming(sock, self.fp.detach()))


class _Watched(http.client.HTTPConnection):
    """What the library's connections do in addition: keep the time, and tell how far the exchange has come."""

    response_class = _Response

    def connect(self) -> None:
        # The library gives each address of a host the whole time: a dead one would leave none for the answer of the
        # next, to which the call is sent all the same.
        self.timeout = _EXCHANGE.now.left() / _addresses(self.host, self.port)
        super().connect()

    @property
    def sock(self) -> t.Any:
        return self._sock

    @sock.setter
    def sock(self, sock: t.Any) -> None:
        """Set with each layer that has been opened: the connection, and TLS over it."""
        self._sock = sock
        if sock is not None:
            _EXCHANGE.now.is_taken_up = True
            sock.settimeout(_EXCHANGE.now.left())

    def endheaders(self, *arguments: t.Any, **settings: t.Any) -> None:
        """Send a request. What opens a tunnel does not come here."""
        if self.sock is None:
            self.connect()
        _EXCHANGE.now.begin()
        self.sock.settimeout(_EXCHANGE.now.left())
        super().endheaders(*arguments, **settings)


def _watched(pool: t.Any) -> t.Any:
    """A class of connection pools like this one, whose connections are watched."""
    if issubclass(pool.ConnectionCls, _Watched):
        return pool
    connection = type(pool.ConnectionCls.__name__, (_Watched, pool.ConnectionCls), {})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


def _addresses(host: str, port: int) -> int:
    try:
        return len(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)) or 1
    except (OSError, ValueError):
        # The library looks, too, and has the words for it.
        return 1


def _watch(manager: t.Any) -> None:
    """Have the connections watched of all pools that this manager opens from now on."""
    manager.pool_classes_by_scheme = {scheme: _watched(pool) for scheme, pool in manager.pool_classes_by_scheme.items()}


if REQUESTS_IMPORT_ERROR is None:

    class _Adapter(requests.adapters.HTTPAdapter):
        """Sends as the library does, and is watched on every way: directly, and through each proxy."""

        def init_poolmanager(self, *arguments: t.Any, **settings: t.Any) -> None:
            super().init_poolmanager(*arguments, **settings)
            _watch(self.poolmanager)

        def proxy_manager_for(self, *arguments: t.Any, **settings: t.Any) -> t.Any:
            manager = super().proxy_manager_for(*arguments, **settings)
            _watch(manager)
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
        # How messages name the way, without the proxy's password.
        self._where = self._first_hop = url
        proxy = requests.utils.select_proxy(url, self._settings["proxies"])
        check_proxy("the proxy of the environment", proxy)
        if proxy:
            self._first_hop = f"the proxy {proxy.rpartition('@')[2].rpartition('//')[2].rstrip('/')}"
            self._where = f"{url} through {self._first_hop}"
        if connection.verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def post(self, call: Call, deadline: Deadline | None, turn: Callable[[], None]) -> Answer:
        """Sign and send C(call). The whole answer must be there in time. Raises TransportError.

        C(turn) is asked at the last moment, over an open connection: it returns when the call may go, or raises.
        """
        # First, because to sign may be to wait for a new key: what is sent needs its time for the answer.
        request = self._prepare(call)
        exchange = _EXCHANGE.now = _Exchange(self._clock, self._connection.request_timeout, deadline, turn)
        try:
            # By the adapter itself: the session would look at the target of a redirect, which is not to be followed.
            adapter = self._session.get_adapter(self.url)
            with adapter.send(request, timeout=exchange.left(), **self._settings) as response:
                return Answer(
                    response.status_code,
                    response.headers,
                    response.raw.read(decode_content=True),
                    response.is_redirect,
                )
        except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
            raise self._failure(error, exchange) from None

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

    def _failure(self, error: Exception, exchange: _Exchange) -> TransportError:
        """What an exchange that failed is called. Whether the call may be sent again depends on one thing alone."""
        inner = _innermost(error)
        if exchange.is_sent:
            is_late = isinstance(inner, (TimeoutError, urllib3.exceptions.TimeoutError))
            why = f"no complete response within {exchange.seconds:g} seconds" if is_late else _reason(inner)
            return TransportError(f"the connection to {self._where} was lost: {why}", "ConnectionLost", "lost")
        if not isinstance(error, (TimeoutError, requests.ConnectionError, requests.Timeout)):
            # A ca_path or a proxy that cannot be.
            return self._impossible(error)
        if isinstance(error, requests.exceptions.SSLError) and isinstance(inner, ValueError):
            code, fault = certificate_fault(inner)
            return TransportError(f"the certificate of {self._where} {fault}", code, "bad_input")
        if getattr(inner, "library", None) in ("PEM", "X509"):
            # Not the connection failed, but the reading of the file that ca_path names.
            return TransportError(f"ca_path has no certificates ({_reason(inner)})", "Unreachable", "bad_input")
        message = f"no connection to {self._where if exchange.is_taken_up else self._first_hop} ({_reason(inner)})"
        if getattr(inner, "reason", None) in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
            message = f"{self._where} does not speak TLS"
        return TransportError(message, "Unreachable", "unreachable")

    def _impossible(self, error: Exception) -> TransportError:
        return TransportError(f"{self.url} cannot be called ({error})", "Unreachable", "bad_input")


def _seconds(date: str | None) -> float | None:
    """The moment of a date as HTTP writes it, in seconds since 1970; None for nonsense."""
    try:
        parts = parsedate_tz(date or "")
        # A date without a zone is one of GMT.
        return float(mktime_tz((*parts[:9], parts[9] or 0))) if parts else None
    except (ValueError, OverflowError):
        return None


def _innermost(error: BaseException) -> BaseException:
    """The cause below the layers of libraries."""
    inner = next((each for each in (getattr(error, "reason", None), *error.args) if isinstance(each, Exception)), error)
    return error if inner is error else _innermost(inner)


def _reason(inner: BaseException) -> str:
    """The cause in its own words."""
    # Some errors of urllib3 are the connection and the message.
    text = str(getattr(inner, "strerror", None) or (inner.args[-1] if inner.args else inner))
    return _SPEAKER.sub("", text) or type(inner).__name__
