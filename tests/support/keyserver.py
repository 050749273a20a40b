# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metadata and token services on this machine, for the vendors' credential libraries."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from itertools import repeat
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .providers import NAMES, part
from .scripted import Handler, Server, reply, serving

ROLE = "halt-role"
Key = dict[str, str]


class KeyServer:
    """Answers with each of C(keys) once, and with the last of them for ever."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys
        self.refuses: str | None = None
        """The code of the error that the token services answer with, if they do."""
        self.asked: list[dict[str, Any]] = []
        """The path, headers and parameters of each request."""
        self._serving: AbstractContextManager[Server] = serving(*repeat(self._answer, 1000))

    def __enter__(self) -> KeyServer:
        self.url = self._serving.__enter__().url
        self.address = self.url.removeprefix("http://")
        return self

    def __exit__(self, *exc: Any) -> None:
        self._serving.__exit__(*exc)

    def issue(self) -> Key:
        return self.keys.pop(0) if len(self.keys) > 1 else self.keys[0]

    def _answer(self, handler: Handler) -> None:
        request = handler.asked
        # As a proxy it is asked for a whole URL.
        url = urlsplit(request.path)
        body = json.loads(request.body) if request.body.startswith(b"{") else {}
        asked = {"path": url.path, **request.headers, **dict(parse_qsl(url.query)), **body}
        self.asked.append(asked)
        answers = (part(name, "keyserver").answer(self, asked) for name in NAMES)
        next(filter(None, answers), reply(b"", 404))(handler)
