# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted HTTP server: it answers as a provider would, or does anything else that a server can do."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import typing as t
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# Whatever a test goes wrong with, its server lets go after this many seconds.
PATIENCE = 5.0

Act = Callable[["Handler"], None]


def reply(body: t.Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Act:
    """A whole answer; what is not bytes is written as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    written = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}

    def act(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in written.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return act


def cut_off(body: t.Any) -> Act:
    """An answer that ends before its announced length."""
    content = json.dumps(body).encode()
    return reply(content[:-5], headers={"Content-Length": str(len(content)), "Connection": "close"})


def raw(content: bytes) -> Act:
    """These bytes, and then the end of the connection."""

    def act(handler: Handler) -> None:
        handler.wfile.write(content)
        handler.close_connection = True

    return act


# No answer: the connection is closed in an orderly way.
hang_up = raw(b"")


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


def tunnel(url: str, seconds: float = 0.0) -> Act:
    """Open a tunnel to the host of this URL, whatever the CONNECT names, after so many seconds."""

    host = urlsplit(url)

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def act(handler: Handler) -> None:
        handler.server.gone.wait(seconds)
        with socket.create_connection((host.hostname, host.port or 443)) as there:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            threading.Thread(target=pump, args=(there, handler.connection), daemon=True).start()
            pump(handler.connection, there)
        handler.close_connection = True

    return act


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
        self.asked = Received(self.command, self.path, headers, body, self.client_address[1])
        self.server.received.append(self.asked)
        next(self.server.script, reply(b"nothing more in the script", 599))(self)

    do_GET = do_PUT = do_CONNECT = do_POST

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
        # So that the thread need not come to the end of its wait.
        with suppress(OSError):
            server.socket.shutdown(socket.SHUT_RDWR)
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


@contextmanager
def nobody() -> Iterator[str]:
    """The URL of a port where nobody listens, and nobody else will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
