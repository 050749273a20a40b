# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to the emulator that is long, or leads nowhere."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from urllib.parse import urlsplit


class Way:
    """Passes connections on to a URL of this machine. Use it as a context manager."""

    def __init__(self, url: str, seconds: float = 0.0) -> None:
        """What a client sends first is passed on after so many C(seconds): with TLS, it takes longer to connect."""
        parts = urlsplit(url)
        self.is_dead = False
        """Whether connections are taken, and nothing is ever answered."""
        self._there = ("127.0.0.1", parts.port or 80)
        self._seconds = seconds
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._open = [self._listener]
        self.url = f"{parts.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Way:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """From now on, connections are refused; those that are open end."""
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _address = self._listener.accept()
                self._open.append(here)
                if not self.is_dead:
                    threading.Thread(target=self._pass_on, args=(here,), daemon=True).start()

    def _pass_on(self, here: socket.socket) -> None:
        time.sleep(self._seconds)
        there = socket.create_connection(self._there)
        there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        here.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_copy, args=(there, here), daemon=True).start()
        _copy(here, there)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
