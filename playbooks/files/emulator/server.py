# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: HTTP/1.1, kept connections and threads on 127.0.0.1, and the faults that live in the transport."""

from __future__ import annotations

import contextlib
import io
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from werkzeug import Request, Response

from .app import Answer, Application

_LARGEST_BODY = 10 * 1024 * 1024  # as much as any provider documents
_DRIPS = 10


class Emulator:
    """All providers on one port. Use it as a context manager, or call `start` and `stop`."""

    def __init__(
        self,
        port: int = 0,
        *,
        certificate: str | None = None,
        certificate_key: str | None = None,
        **settings: Any,
    ) -> None:
        """Raises OSError if the port is taken. `settings` are by name; see settings.py."""
        self._app = Application(**settings)
        self.world = self._app.world
        self.keys: dict[str, dict[str, str]] = {
            each.name: {**each.keys[0].as_dict(), "region": each.default_region} for each in self._app.providers
        }
        self._server = _Server(port, self._app, _tls(certificate, certificate_key))
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        # As users of the providers export it: address, regions and keys.
        self.environment = {
            variable: {**self.keys[each.name], "endpoint_url": self.url}[option]
            for each in self._app.providers
            for option, variable in asdict(each.variables).items()
        }
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def start(self) -> Emulator:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._app.closing.set()
        if self._thread.is_alive():
            # So that the thread need not come to the end of its wait.
            with contextlib.suppress(OSError):
                self._server.socket.shutdown(socket.SHUT_RDWR)
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.drop_connections()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()


def _tls(certificate: str | None, key: str | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, app: Application, tls: ssl.SSLContext | None) -> None:
        self.app = app
        self.tls = tls
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        # Not HTTPServer's: that asks the name service for the name of the host, which can take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.tls:
            # The handshake happens with the first read, in the thread of the connection.
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._connections_lock:
            self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        with self._connections_lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Clients that go away, or do not trust the certificate, are everyday events; mistakes of ours are not.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "cloudops.halt-emulator"
    sys_version = ""
    # Head and body leave together and at once.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        body = self._read_body()
        if body is None:
            return
        with Request(self._environ(body), populate_request=False) as request:
            answer = self.server.app.answer(request)
        self._send(answer)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def log_message(self, *arguments: Any) -> None:
        """Nothing: the request log is under /_emulator/requests."""

    def _read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            self.close_connection = True
            self.send_error(411)
            return None
        if int(length) > _LARGEST_BODY:
            self.close_connection = True
            self.send_error(413)
            return None
        return self.rfile.read(int(length))

    def _environ(self, body: bytes) -> dict[str, Any]:
        target = urlsplit(self.path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(target.path, "latin-1"),
            "QUERY_STRING": target.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.url_scheme": "https" if self.server.tls else "http",
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
        }
        for name, value in self.headers.items():
            variable = name.upper().replace("-", "_")
            if variable == "CONTENT_TYPE":
                environ[variable] = value
            elif variable != "CONTENT_LENGTH":
                variable = f"HTTP_{variable}"
                environ[variable] = f"{environ[variable]},{value}" if variable in environ else value
        return environ

    def _send(self, answer: Answer) -> None:
        if answer.response is None:
            self._reset()
            return
        body: bytes = answer.response.get_data()
        head = self._head(answer.response, len(body))
        if self.command == "HEAD":
            body = b""
        if answer.truncate:
            # Where there is no body, the first line breaks off: half a head would pass for a whole one.
            head, body = (head, body[: len(body) // 2]) if body else (head[:4], body)
            self.close_connection = True
        self._write(head, answer.head_seconds)
        self._write(body, answer.body_seconds)

    def _head(self, response: Response, length: int) -> bytes:
        response.headers["Content-Length"] = str(length)
        response.headers.setdefault("Date", self.date_time_string())
        lines = [f"{self.protocol_version} {response.status}", *(f"{n}: {value}" for n, value in response.headers)]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")

    def _write(self, data: bytes, seconds: float) -> None:
        """Send this at once, or bit by bit in so many seconds."""
        for part in _parts(data, seconds):
            self.wfile.write(part)
            if seconds:
                self.wfile.flush()
                self.server.app.closing.wait(seconds / _DRIPS)

    def _reset(self) -> None:
        """End the connection with RST, as a firewall or a crashed server does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Not a shutdown, which would send FIN first: closing with a zero linger sends RST.
        self.rfile.close()
        self.connection.close()


def _parts(data: bytes, seconds: float) -> Iterator[bytes]:
    size = max(1, -(-len(data) // _DRIPS)) if seconds else max(1, len(data))
    for start in range(0, len(data), size):
        yield data[start : start + size]
