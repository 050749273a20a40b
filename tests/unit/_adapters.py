# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the adapters share: clients that answer from a script, and nonsense in place of their answers."""

from __future__ import annotations

import copy
import itertools
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence

from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.client import AlibabaClient
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Deadline
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.client import TencentClient

Answer = dict[str, t.Any]
Asked = tuple[str, dict[str, t.Any]]


class Scripted:
    """In place of real calls: takes the answers from a script, and keeps what was asked."""

    def script(self, answers: Sequence[t.Any]) -> None:
        """C(answers) are given one after the other, each to a call that it fits; then empty ones. A function in their
        place computes each."""
        self.left = list(answers)
        self.answer = answers[0] if callable(answers[0]) else self._next
        self.asked: list[Asked] = []
        self.how: list[tuple[bool, Deadline | None]] = []

    def call(
        self,
        action: str,
        parameters: Mapping[str, t.Any],
        *,
        repeatable: bool = True,
        deadline: Deadline | None = None,
        request_ids: list[str] | None = None,
    ) -> Answer:
        self.asked.append((action, {name: value for name, value in parameters.items() if value is not None}))
        self.how.append((repeatable, deadline))
        answer = self.answer(*self.asked[-1])
        if isinstance(answer, Exception):
            raise answer
        if request_ids is not None:
            request_ids.append(answer["RequestId"])
        return t.cast(Answer, copy.deepcopy(answer))

    def _next(self, action: str, _parameters: t.Any) -> t.Any:
        for number, answer in enumerate(self.left):
            lists = _LISTS.keys() & answer.keys() if isinstance(answer, dict) else set()
            if not lists or any(_LISTS[name] == action for name in lists):
                return self.left.pop(number)
        return {}


# Which call an answer with this list is for.
_LISTS = {
    "Invocations": "DescribeInvocations",
    "Invocation": "DescribeInvocationResults",
    "InvocationSet": "DescribeInvocations",
    "InvocationTaskSet": "DescribeInvocationTasks",
}


class FakeAlibaba(Scripted, AlibabaClient):
    pass


class FakeTencent(Scripted, TencentClient):
    pass


# Nonsense

MISSING = object()
NASTY = st.sampled_from(
    [
        "",
        "Z",
        "--5",
        "-",
        "²",
        "٣",
        "9" * 5000,
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        "inv-1",
        "\x00",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | NASTY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: t.Any, path: tuple[t.Any, ...] = ()) -> Iterator[tuple[t.Any, ...]]:
    """Every place inside a decoded JSON value, as the way to it."""
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def spots(answers: Mapping[str, Answer]) -> st.SearchStrategy[tuple[str, tuple[t.Any, ...]]]:
    return st.sampled_from([(action, path) for action, answer in answers.items() for path in places(answer)])


def planted(value: t.Any, path: tuple[t.Any, ...], other: t.Any) -> t.Any:
    """A copy of C(value) with something else, or nothing, at C(path)."""
    if not path:
        # A client gives nothing but dicts.
        return other if isinstance(other, dict) else {}
    value = copy.deepcopy(value)
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    if other is MISSING:
        del holder[path[-1]]
    else:
        holder[path[-1]] = other
    return value


def for_a_while(answers: Mapping[str, Answer]) -> Callable[[str, Answer], Answer]:
    """Always the same answers, but not for ever."""
    count = itertools.count()
    return lambda action, parameters: answers[action] if next(count) < 30 else {}
