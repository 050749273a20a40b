# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which calls of a provider's API a module may make, read from the code of the adapters.

An adapter's methods name their calls as texts. From what a module asks of an adapter, the methods that those methods
call are followed, and the names of calls on the way are collected.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Iterable
from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._kinds import ADAPTERS

# What each sort of module asks of an adapter.
STOPS_ONE = ("read", "look_up", "stop", "left_behind")
READS_ONE_OR_LISTS = ("read", "look_up", "find")
STOPS_MANY = (*STOPS_ONE, "glance")
LISTS_MANY = ("find",)

_SUFFIXES = {"_cancel": STOPS_ONE, "_stop": STOPS_ONE, "_info": READS_ONE_OR_LISTS}


def calls_of(adapter: type[Adapter[Any]], methods: Iterable[str]) -> set[str]:
    """The calls, by the provider's names, that these methods may make."""
    found, left, seen = set[str](), list(methods), set[str]()
    while left:
        name = left.pop()
        method = getattr(adapter, name, None)
        if name in seen or not inspect.isfunction(method):
            continue
        seen.add(name)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method)))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
                left.append(node.attr)
                if node.attr == "stop_action":
                    found.add(adapter.stop_action)
            if isinstance(node, ast.Call):
                found.update(_named(node))
    return found


def _named(node: ast.Call) -> Iterable[str]:
    """The call that an expression makes: the client's call, pages and numbered_pages, and what hands on to them."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and _looks_like_a_call(first.value):
        yield first.value


def _looks_like_a_call(text: str) -> bool:
    return text.isalpha() and text.startswith(("Describe", "List", "Get", "Stop", "Cancel")) and text != text.lower()


@functools.cache
def permissions() -> dict[tuple[str, str], set[str]]:
    """By module and provider, what the access control of the provider calls these calls."""
    needed: dict[tuple[str, str], set[str]] = {}
    for (kind, provider), adapter in ADAPTERS.items():
        service = adapter.permission.partition(":")[0]

        def named(methods: Iterable[str], adapter: Any = adapter, service: str = service) -> set[str]:
            return {f"{service}:{call}" for call in calls_of(adapter, methods)}

        stops = "stop" if kind == "stack_group_operation" else "cancel"
        needed[f"{kind}_{stops}", provider] = named(_SUFFIXES[f"_{stops}"])
        needed[f"{kind}_info", provider] = named(_SUFFIXES["_info"])
        needed.setdefault(("inflight_cancel", provider), set()).update(named(STOPS_MANY))
        needed.setdefault(("inflight_info", provider), set()).update(named(LISTS_MANY))
    return needed
