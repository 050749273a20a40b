# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in this process, its control interface, and what its own tests need to know of a kind of operation."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from werkzeug import Request
from werkzeug.test import EnvironBuilder

from emulator.app import Application

URL = "http://emulated"


class InThisProcess(BaseAdapter):
    """Takes the requests of a session to an emulator without a socket; what the transport does is not seen here."""

    def __init__(self) -> None:
        super().__init__()
        self.application = Application()

    def send(self, request: requests.PreparedRequest, *_arguments: Any, **_options: Any) -> requests.Response:
        builder = EnvironBuilder(
            path=request.path_url,
            method=str(request.method),
            headers=request.headers.items(),
            data=request.body or b"",
        )
        answer = self.application.answer(Request(builder.get_environ())).response
        assert answer is not None, "only a served emulator can reset a connection"
        response = requests.Response()
        response.request, response.url = request, str(request.url)
        response.status_code, response.encoding = answer.status_code, "utf-8"
        response.headers.update(answer.headers)
        response.raw = io.BytesIO(answer.get_data())
        return response

    def close(self) -> None:
        """Nothing is open."""


def new_session(adapter: BaseAdapter | None = None) -> requests.Session:
    """A session that meets an emulator of its own at URL."""
    session = requests.Session()
    session.trust_env = False
    session.mount(URL, adapter or InThisProcess())
    return session


class Control:
    def __init__(self, url: str, session: requests.Session) -> None:
        self.url, self.session = f"{url}/_emulator", session

    def send(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(method, f"{self.url}/{path}", json=body)

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        response = self.send(method, path, body)
        assert response.status_code == 200, response.text
        return response.json()

    def refusal(self, method: str, path: str, body: Any = None) -> str:
        response = self.send(method, path, body)
        assert response.status_code == 400, response.text
        return str(response.json()["error"])

    def get(self, path: str) -> Any:
        return self.ok("GET", path)

    def create(self, provider: str, **description: Any) -> dict[str, Any]:
        return dict(self.ok("POST", "operations", {"provider": provider, **description}))

    def fault(self, kind: str, **options: Any) -> None:
        self.ok("POST", "faults", {"kind": kind, **options})

    def settings(self, **changes: Any) -> None:
        self.ok("PUT", "settings", changes)

    def finish(self, operation_id: str, **how: Any) -> None:
        self.ok("POST", f"operations/{operation_id}/finish", how)

    def advance(self, seconds: float) -> None:
        self.ok("POST", "clock", {"advance": seconds})

    def now(self) -> float:
        return float(self.get("clock")["now"])

    def shown(self, operation_id: str) -> dict[str, Any]:
        return dict(self.get(f"operations/{operation_id}"))

    def status(self, operation_id: str) -> str:
        return str(self.shown(operation_id)["status"])

    def statuses(self, operation_id: str) -> list[str]:
        """Those of its instances."""
        return [each["status"] for each in self.shown(operation_id)["instances"]]

    def accepted(self, operation_id: str) -> list[bool]:
        """On which of its instances a stop has been accepted."""
        return [each["stop_accepted_at"] is not None for each in self.shown(operation_id)["instances"]]

    def follow(self, operation_id: str, course: str, **events: Callable[[], Any]) -> None:
        """Hold an operation against a course such as "Running 4 stop Running 6 Stopped/Terminated".

        Numbers move the clock, the names of events let them happen, and all else is how it stands: as a whole, and on
        its first instance where that differs.
        """
        seen = []
        for word in course.split():
            if word in events:
                events[word]()
            elif word[0].isdigit():
                self.advance(float(word))
            else:
                shown = self.shown(operation_id)
                both = [shown["status"], *(each["status"] for each in shown.get("instances", [])[:1])]
                word = "/".join(dict.fromkeys(both))
            seen.append(word)
        assert " ".join(seen) == course


@dataclass(frozen=True)
class Kind:
    """A kind of operation, as the tests of the emulator meet it; `client` is the provider's signed client."""

    provider: str
    name: str
    words: Any
    """The emulator's own table of its statuses."""
    course: tuple[str, str, str, str]
    """What it shows before it begins, while it goes on, when it has ended well, and when it has failed."""
    start: Callable[[Any], str]
    """How a client starts one; gives the id."""
    stop: Callable[[Any, str], str]
    """The code of a refusal, or nothing."""
    read: Callable[[Any, str], str | None]
    """The status that the provider tells; None for what it does not know."""
    ended: str = ""
    """The code that a stop of what has ended is refused with."""
    service: str = ""
    """That of its provider's client which is asked about it."""
    pairs: Callable[[Any, str], list[dict[str, str]]] | None = None
    """What is listed of its accounts and regions."""
    waits: str | None = None
    """How a pair is listed that has not been reached, if it is."""
    left_out: str = ""
    """And one that a stop has left out."""

    def create(self, control: Control, **description: Any) -> str:
        number = {"count": 1} if self.name == "cloud_invocation" and "instances" not in description else {}
        return str(control.create(self.provider, kind=self.name, **{**number, **description})["id"])


# Tests from tables


def refusals(**tables: dict[Any, list[dict[str, Any]]]) -> list[Any]:
    """The cases of a test, from a table for each action of what a code refuses: the action, what is sent, the code."""
    return [
        pytest.param(action, sent, code, id=f"{action}-{code}-{str(sent)[:60]}")
        for action, table in tables.items()
        for code, many in table.items()
        for sent in many
    ]


def refusing(scene: dict[str, Any], right: dict[str, dict[str, Any]], **tables: Any) -> Any:
    """A test that what is wrong is refused and changes nothing, where this is going on. C(right) is what such an action
    is sent beside what is wrong. A code may come with its HTTP status."""

    @pytest.mark.parametrize(("action", "sent", "code"), refusals(**tables))
    def test(client: Any, control: Control, create: Callable[..., str], action: str, sent: Any, code: Any) -> None:
        create(**scene)
        before = control.get("operations")
        expected = code if isinstance(code, tuple) else (code, client.refuses)
        assert client.refusal(action, {**right.get(action, {}), **sent}) == expected
        assert control.get("operations") == before

    return test


def going(*table: tuple[dict[str, Any], dict[str, Any], str], **events: Callable[[Any, str], Any]) -> Any:
    """A test of operations that take their course: settings, a description, and the course with stops and other events,
    which are given a client and the id."""

    @pytest.mark.parametrize(("settings", "description", "course"), table)
    def test(
        client: Any,
        control: Control,
        create: Callable[..., str],
        stop: Callable[[str], None],
        settings: Any,
        description: Any,
        course: str,
    ) -> None:
        control.settings(**settings)
        made = create(**description)
        happen = {name: partial(event, client, made) for name, event in events.items()}
        control.follow(made, course, stop=partial(stop, made), **happen)

    return test
