# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the wire share: a clock, connections, a scripted HTTP server, and signatures computed anew."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import socket
import ssl
import struct
import threading
import typing as t
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.client import AlibabaClient
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Clock
from ansible_collections.cloudops.halt.plugins.module_utils._connection import Connection
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._http import ApiClient
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.client import TencentClient
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.tat import TAT

SECRET = "EXAMPLESECRETKEY"
REQUEST_ID = "6ef60bec-0242-43af-bb20-270359fb54a7"

# Whatever a test goes wrong with, its server lets go after this many seconds.
PATIENCE = 5.0


class FakeClock:
    """Time that passes only in C(sleep)."""

    def __init__(self, now: float = 1704164645.0) -> None:
        self.now = now
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


def connection(region: str = "cn-hangzhou", token: str | None = None, **more: t.Any) -> Connection:
    return Connection(region, Credentials("LTAIEXAMPLEID", SECRET, token), **more)


# Answers, and other things that a server can do.

Act = Callable[["Handler"], None]


def reply(body: t.Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Act:
    """A whole answer; what is not bytes is written as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def act(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return act


def cut_off(body: t.Any) -> Act:
    """An answer that ends before its announced length."""

    def act(handler: Handler) -> None:
        content = json.dumps(body).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:-5])
        handler.close_connection = True

    return act


def drip(seconds: float, every: float = 0.05, start: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n") -> Act:
    """An answer of which a byte comes every now and then, each well within any time-out. C(start) comes at once."""

    def act(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(start)
        for _ in range(int(seconds / every)):
            if handler.server.gone.wait(every):
                return
            handler.wfile.write(b" ")

    return act


def drip_head(seconds: float, every: float = 0.05) -> Act:
    """An answer whose head does not come to an end."""
    return drip(seconds, every, b"HTTP/1.1 200 OK\r\nX-Slow: ")


def hang_up(handler: Handler) -> None:
    """No answer: the connection is closed in an orderly way."""
    handler.close_connection = True


def reset(handler: Handler) -> None:
    """No answer: the connection is reset."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # The handler's files hold the socket, too.
    handler.rfile.close()
    handler.connection.close()
    handler.close_connection = True


def hang(handler: Handler) -> None:
    """No answer, for longer than anybody waits."""
    handler.server.gone.wait(PATIENCE)
    handler.close_connection = True


@dataclass
class Received:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    port: int
    """The client's port: the same for requests over the same connection."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    disable_nagle_algorithm = True
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(Received(self.command, self.path, headers, body, self.client_address[1]))
        next(self.server.script, reply(b"nothing more in the script", 599))(self)

    do_GET = do_CONNECT = do_POST

    def log_message(self, format: str, *args: t.Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Does what the script says, one act for each request, and keeps the requests."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Iterable[Act]) -> None:
        self.script = iter(script)
        self.received: list[Received] = []
        self.gone = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """Say nothing: clients that go away are part of the tests."""


@contextmanager
def serving(*script: Act, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(script)
    if tls:
        # The handshake is done in the connection's own thread.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.url = server.url.replace("http:", "https:")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.gone.set()
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


@contextmanager
def nobody() -> Iterator[str]:
    """The URL of a port where nobody listens, and nobody else will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


# Providers.


@dataclass(frozen=True)
class Wire:
    """How one provider's client is made, and how its answers are written."""

    name: str
    region: str
    read_action: str
    stop_action: str
    throttled: str
    transient: str
    denied: str
    connect: Callable[[Connection, Clock, random.Random], ApiClient]
    good: Callable[[Mapping[str, t.Any]], t.Any]
    bad: Callable[[str, str, int], Act]
    """The answer to a call that failed: code, message, and the HTTP status where the provider uses it."""

    def client(self, url: str | None, clock: Clock | None = None, seed: int = 0, **more: t.Any) -> ApiClient:
        conn = connection(self.region, endpoint_url=url, **{"request_timeout": PATIENCE, **more})
        return self.connect(conn, clock or FakeClock(), random.Random(seed))

    def ok(self, **fields: t.Any) -> Act:
        return reply(self.good({"RequestId": REQUEST_ID, **fields}))


def _alibaba_error(code: str, message: str, status: int) -> Act:
    return reply({"RequestId": REQUEST_ID, "Code": code, "Message": message, "HostId": "ecs"}, status)


def _tencent_error(code: str, message: str, status: int) -> Act:
    return reply({"Response": {"Error": {"Code": code, "Message": message}, "RequestId": REQUEST_ID}})


WIRE_ALIBABA = Wire(
    name="alibaba",
    region="cn-hangzhou",
    read_action="DescribeInvocations",
    stop_action="StopInvocation",
    throttled="Throttling.User",
    transient="InternalError.Dispatch",
    denied="Operation.Forbidden",
    connect=lambda conn, clock, rng: AlibabaClient(conn, ECS, clock, rng),
    good=lambda fields: {"RequestId": REQUEST_ID, **fields},
    bad=_alibaba_error,
)
WIRE_TENCENT = Wire(
    name="tencent",
    region="ap-guangzhou",
    read_action="DescribeInvocations",
    stop_action="CancelInvocation",
    throttled="RequestLimitExceeded",
    transient="InternalError",
    denied="UnauthorizedOperation.CamAuthFailed",
    connect=lambda conn, clock, rng: TencentClient(conn, TAT, clock, rng),
    good=lambda fields: {"Response": {"RequestId": REQUEST_ID, **fields}},
    bad=_tencent_error,
)
WIRES = (WIRE_ALIBABA, WIRE_TENCENT)


# Signatures, computed as the references describe them and not as the collection does it.


def sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def acs3_signature(
    secret: str, method: str, query: Iterable[tuple[str, str]], headers: Mapping[str, str], body: bytes
) -> str:
    """Alibaba Cloud's V3 signature; C(headers) are those that are signed, by lower-case name."""
    unreserved = "-_.~"
    lines = [
        method,
        "/",
        "&".join(f"{quote(k, safe=unreserved)}={quote(v, safe=unreserved)}" for k, v in sorted(query)),
        *(f"{name}:{headers[name].strip()}" for name in sorted(headers)),
        "",
        ";".join(sorted(headers)),
        sha256(body),
    ]
    text = "ACS3-HMAC-SHA256\n" + sha256("\n".join(lines))
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


def tc3_signature(
    secret: str, method: str, query: str, headers: Mapping[str, str], body: bytes, timestamp: str, scope: str
) -> str:
    """Tencent Cloud's TC3 signature; C(headers) are those that are signed, by lower-case name."""
    lines = [
        method,
        "/",
        query,
        *(f"{name}:{headers[name].strip().lower()}" for name in sorted(headers)),
        "",
        ";".join(sorted(headers)),
        sha256(body),
    ]
    text = "\n".join(("TC3-HMAC-SHA256", timestamp, scope, sha256("\n".join(lines))))
    key = b"TC3" + secret.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def authorization(header: str) -> dict[str, str]:
    """The parts of an Authorization header, with the algorithm as C(algorithm)."""
    algorithm, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    return {"algorithm": algorithm, **parts}


def is_signed_well(request: Received, secret: str = SECRET) -> bool:
    """Whether a server that knows the secret would accept what arrived."""
    said = authorization(request.headers["authorization"])
    signed = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    query = urlsplit(request.path).query
    if said["algorithm"] == "ACS3-HMAC-SHA256":
        pairs = parse_qsl(query, keep_blank_values=True)
        expected = acs3_signature(secret, request.method, pairs, signed, request.body)
        return said["Signature"] == expected and request.headers["x-acs-content-sha256"] == sha256(request.body)
    timestamp = request.headers["x-tc-timestamp"]
    scope = said["Credential"].partition("/")[2]
    return said["Signature"] == tc3_signature(secret, request.method, query, signed, request.body, timestamp, scope)


@contextmanager
def raw_server(first: bytes) -> Iterator[str]:
    """The address of a server that writes C(first) to whoever connects and closes, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    peer, _ = listener.accept()
                    with peer:
                        peer.settimeout(PATIENCE)
                        peer.recv(65536)
                        peer.sendall(first)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)
