# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clients have in common that ask the emulator as each provider is asked: none of them is ours."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import requests

Sent = dict[str, str | None]


class Client(ABC):
    """Signs and sends. What a test wants to be wrong it gives as `headers` (signed) or `afterwards` (not)."""

    service = ""
    """The one that is called unless another is asked for."""
    refuses = 400
    """The HTTP status of a refusal for which no other is documented."""

    def __init__(self, url: str, keys: dict[str, dict[str, str]], session: requests.Session, service: str = "") -> None:
        self.url, self.keys, self.session = url, keys, session
        self.host = url.partition("//")[2]
        self.service = service or self.service

    def of(self, service: str) -> Any:
        return type(self)(self.url, self.keys, self.session, service)

    def pair(self, key: str | dict[str, Any]) -> dict[str, Any]:
        return self.keys[key] if isinstance(key, str) else key

    @abstractmethod
    def send(self, *call: Any, **options: Any) -> requests.Response:
        """C(call) is the name of an action, and parameters."""

    @abstractmethod
    def read(self, action: str, response: requests.Response) -> tuple[str, Any]:
        """The code of a refusal or nothing, and the answer."""

    @abstractmethod
    def next_page(self, sent: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """What asks for the page behind this one, if there is one."""

    def ok(self, action: str, **parameters: Any) -> dict[str, Any]:
        response = self.send(action, parameters)
        code, answer = self.read(action, response)
        assert not code, response.text
        return dict(answer)

    def refusal(self, action: str, parameters: dict[str, Any] | None = None, **options: Any) -> tuple[str, int]:
        """Code and HTTP status; no code for a success."""
        response = self.send(action, parameters, **options)
        return self.read(action, response)[0], response.status_code

    def code(self, action: str, parameters: dict[str, Any] | None = None, **options: Any) -> str:
        return self.refusal(action, parameters, **options)[0]

    def found(self, action: str, path: str, **parameters: Any) -> Any:
        """What stands at this path of the answer, such as Executions.ExecutionId; in a list, of each of its rows."""
        return dig(self.ok(action, **parameters), path)

    def first(self, action: str, path: str, **parameters: Any) -> Any:
        """The same of the first row, if there is one."""
        return next(iter(self.found(action, path, **parameters)), None)

    def pages(self, action: str, path: str, **parameters: Any) -> list[Any]:
        """The same of every page."""
        seen: list[Any] = []
        more: dict[str, Any] = {}
        while not seen or more:
            parameters |= more
            answer = self.ok(action, **parameters)
            seen.append(dig(answer, path))
            more = self.next_page(parameters, answer)
        return seen


def dig(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = [each.get(name) for each in value] if isinstance(value, list) else value[name] or []
    return value


def in_pages(rows: list[Any], size: int) -> list[list[Any]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
