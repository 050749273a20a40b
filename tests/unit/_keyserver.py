# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hands out keys inside a cloud, on this machine: the metadata services, the token services, a credentials URI.

The vendors' libraries reach the metadata services through it as their HTTP proxy, so that nothing in them is replaced.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROLE = "halt-role"


@dataclass
class KeyServer:
    """Answers with each of C(keys) once, and with the last of them for ever."""

    keys: list[dict[str, str]]
    refuses: str | None = None
    """The code of the error that the token services answer with, if they do."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """What the token services were asked, and the paths of everything else."""

    def __enter__(self) -> KeyServer:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def issue(self) -> dict[str, str]:
        return self.keys.pop(0) if len(self.keys) > 1 else self.keys[0]

    def answer(self, path: str, asked: dict[str, str], action: str | None) -> str | dict[str, Any]:
        self.asked.append(asked or {"path": path})
        if path == "/latest/api/token":
            return "metadata-token"
        if path.endswith("/security-credentials/"):
            return ROLE
        if action:
            return self._tencent_sts()
        key = self.issue() if path != "/" or not self.refuses else self.keys[0]
        if "/cam/" in path:
            return {"Code": "Success", **_tencent(key), "ExpiredTime": int(time.time()) + 7200}
        whole: dict[str, Any] = {"Code": "Success", **_alibaba(key)}
        if path == "/":
            text_with_secrets = f"signed with {key['access_key_secret']}"
            refusal = {"Code": self.refuses, "Message": text_with_secrets}
            whole = refusal if self.refuses else {"Credentials": whole}
        return whole

    def _tencent_sts(self) -> dict[str, Any]:
        if self.refuses:
            return {"Response": {"Error": {"Code": self.refuses, "Message": "no, and no secret"}, "RequestId": "r-1"}}
        key = _tencent(self.issue())
        return {"Response": {"Credentials": key, "ExpiredTime": int(time.time()) + 7200, "RequestId": "r-1"}}


def _alibaba(key: dict[str, str]) -> dict[str, str]:
    return {
        "AccessKeyId": key["access_key_id"],
        "AccessKeySecret": key["access_key_secret"],
        "SecurityToken": key["security_token"],
        "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7200)),
    }


def _tencent(key: dict[str, str]) -> dict[str, str]:
    return {
        "TmpSecretId": key["access_key_id"],
        "TmpSecretKey": key["access_key_secret"],
        "Token": key["security_token"],
    }


def _handler(server: KeyServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # As a proxy it is asked for a whole URL.
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            action = self.headers.get("X-TC-Action")
            asked = {"Action": action, **json.loads(body)} if action else query
            answer = server.answer(url.path, asked, action)
            content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(403 if url.path == "/" and not action and server.refuses else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_PUT = do_POST = do_GET

        def log_message(self, *_args: object) -> None:
            pass

    return Handler
