# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nonsense in any place of any answer, through whole runs of the modules: see what `run` checks."""

from __future__ import annotations

import copy
import itertools
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.wire import ApiError

from ..support import xml
from ..support.nonsense import JSON, MISSING, places, planted
from .offline import RUNS, STOPS, Cloud, run
from .test_hostile_options import quick

OTHERS = (
    JSON | st.just(MISSING) | st.sampled_from([10**400, "x" * 50_000, [{}] * 2000, {"a": None}, [None] * 500, True])
)


@pytest.mark.parametrize(("module", "provider"), RUNS)
@quick(max_examples=25)
@given(data=st.data())
def test_nonsense_in_any_answer(module, provider, data):
    """From some call on, the same place of that action's answers is wrong, for a while or for ever."""
    first = data.draw(st.integers(0, 4))
    lasts = data.draw(st.sampled_from([1, 3, 10_000]))
    other = data.draw(OTHERS)
    place = data.draw(st.integers(0, 200))
    chosen: dict[str, tuple[t.Any, ...]] = {}
    count = iter(range(1_000_000))

    def change(action, body):
        if not first <= next(count) < first + lasts:
            return body
        ways = list(places(body))
        if not chosen:
            chosen[action] = ways[place % len(ways)]
        path = chosen.get(action)
        return planted(body, path, other) if path in ways else body

    cloud = Cloud(change)
    run(module, cloud.options(module, provider), cloud)


def refuse(action: str, body: t.Any) -> t.Any:
    """The provider's answer to a stop, as if it had refused it."""
    return ApiError("Nonsense", "no") if action in STOPS else body


def fields_of(body: t.Any) -> t.Any:
    """What is inside the envelope of an answer."""
    inside = next((value for name, value in body.items() if name.endswith(("Response", "Result"))), None)
    return fields_of(inside) if isinstance(inside, dict) else body


def endless(action: str, body: t.Any) -> t.Any:
    """Lists that never end, however far they are read, with the same entries again and again."""
    body = copy.deepcopy(body)
    holder = fields_of(body)
    for name in ("TotalCount", "Total"):
        if name in holder:
            holder[name] = 10**9
    if "NextToken" in holder or any(isinstance(value, (list, dict)) for value in holder.values()):
        holder["NextToken"] = holder["nextToken"] = "again"
    return body


def unknown_words(action: str, body: t.Any) -> t.Any:
    """Statuses that nobody has heard of."""

    def put(value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {
                key: "Dreaming" if key.lower().endswith("status") and inner else put(inner)
                for key, inner in value.items()
            }
        return [put(inner) for inner in value] if isinstance(value, list) else value

    return put(body)


# Each is ten of the one before: the last would be gigabytes.
_NAMES = "abcdefghij"
ENTITIES = (
    f"<!DOCTYPE x [<!ENTITY a '{'a' * 1000}'>"
    + "".join(f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in itertools.pairwise(_NAMES))
    + f"]><x>&{_NAMES[-1]};</x>"
)


HABITS = {
    "refused stops": refuse,
    "endless lists": endless,
    "unknown words": unknown_words,
    "empty objects": lambda action, body: {},
    "empty responses": lambda action, body: {"Response": {}},
    "empty results": lambda action, body: {f"{action}Response": {f"{action}Result": {}}},
    "null": lambda action, body: None,
    "not JSON": lambda action, body: b"\xff\xfe<html>",
    "half of it": lambda action, body: json.dumps(body).encode()[:-3],
    "half of it in XML": lambda action, body: xml.written(body).encode()[:-3],
    "too deep": lambda action, body: b"[" * 100_000,
    "too deep in XML": lambda action, body: b"<a>" * 10_000 + b"</a>" * 10_000,
    "entities": lambda action, body: ENTITIES.encode(),
    "long figures": lambda action, body: b'{"TotalCount": ' + b"9" * 10_000 + b"}",
    "a huge list": lambda action, body: {"Response": {"InvocationSet": [{}] * 50_000}},
    "a huge list in XML": lambda action, body: {f"{action}Response": {f"{action}Result": {"Summaries": [{}] * 50_000}}},
}


@pytest.mark.parametrize(("module", "provider"), RUNS)
@pytest.mark.parametrize("habit", HABITS)
def test_a_provider_with_one_bad_habit(module, provider, habit):
    cloud = Cloud(HABITS[habit])
    result = run(module, cloud.options(module, provider), cloud)
    if habit not in ("unknown words", "endless lists"):
        assert not result.get("changed")
