# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An adapter whose client answers from a script."""

from __future__ import annotations

import copy
import random
import typing as t
from collections.abc import Callable, Mapping
from importlib import import_module

from ansible_collections.cloudops.halt.plugins.module_utils._core.adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import Deadline, SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError, ErrorClass
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Noted
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._http.connection import Connection
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import place_of

Answer = dict[str, t.Any]
Asked = tuple[str, dict[str, t.Any]]

REGION = "region-1"


class Script:
    """In place of real calls: gives one answer after the other, then empty ones, and keeps what was asked.

    A function in their place computes each. An error is raised.
    """

    def __init__(self, answers: tuple[t.Any, ...]) -> None:
        left = iter(answers)
        self._answer: Callable[..., t.Any] = (
            answers[0] if callable(answers[0]) else lambda action, parameters: next(left, {})
        )
        self.asked: list[Asked] = []
        self.how: list[tuple[bool, Deadline | None]] = []

    @property
    def actions(self) -> list[str]:
        return [action for action, _parameters in self.asked]

    def call(
        self,
        action: str,
        parameters: Mapping[str, t.Any],
        *,
        repeatable: bool = True,
        deadline: Deadline | None = None,
        noted: Noted | None = None,
    ) -> Answer:
        self.asked.append((action, {name: value for name, value in parameters.items() if value is not None}))
        self.how.append((repeatable, deadline))
        answer = self._answer(*self.asked[-1])
        if isinstance(answer, Exception):
            raise answer
        if noted:
            noted.request_ids.append(answer["RequestId"])
        return t.cast(Answer, copy.deepcopy(answer))


def scripted(made: type[Adapter[t.Any]], *answers: t.Any, **place: str) -> tuple[t.Any, Script]:
    """An adapter of this class, and the script that its client follows. C(place) is as its kind's own options."""
    code = made.__module__.rpartition(".")[0]
    platform = getattr(import_module(f"{code}.platform"), made.provider.upper())
    connection = Connection(platform, REGION, Credentials("EXAMPLEID", "EXAMPLESECRETKEY"))
    client = import_module(f"{code}.adapters").CLIENT(connection, made.service, SystemClock(), random.Random(0))
    adapter = made(client, place_of(made.kind, made.provider, place))
    script = Script(answers)
    adapter._client.call = script.call
    return adapter, script


def refusal(error_class: ErrorClass, code: str = "Example") -> ApiError:
    return ApiError("no", code=code, error_class=error_class, provider="p", action="a", http_status=400)
