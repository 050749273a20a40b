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
import re
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._core.adapter import Adapter

# What each sort of module asks of an adapter.
STOPS_ONE = ("read", "look_up", "page", "stop", "left_behind")
READS_ONE_OR_LISTS = ("read_all", "find")
STOPS_MANY = (*STOPS_ONE, "read_many")
LISTS_MANY = ("find",)

_CALL = re.compile(r"(Describe|List|Get|Stop|Cancel)[A-Za-z]*[A-Z][A-Za-z]*")


def calls_of(adapter: type[Adapter[Any]], methods: Iterable[str]) -> set[str]:
    """The calls, by the provider's names, that these methods may make."""
    found, left, seen = set[str](), list(methods), set[str]()
    while left:
        name = left.pop()
        method = getattr(adapter, name, None)
        if name in seen or not inspect.isfunction(method):
            continue
        seen.add(name)
        for node in _nodes(method):
            match node:
                case ast.Attribute(ast.Name("self"), attribute):
                    left.append(attribute)
                    named = _texts(getattr(adapter, attribute, None))
                    found.update(named if attribute == "stop_actions" else filter(_CALL.fullmatch, named))
                case ast.Call(ast.Attribute(attr="call"), [ast.Constant(str(text)), *_]):
                    found.add(text)
                # The client's pages and numbered_pages, and what hands on to them.
                case ast.Call(args=[ast.Constant(str(text)), *_]) if _CALL.fullmatch(text):
                    found.add(text)
    return found


@functools.cache
def _nodes(method: Callable[..., Any]) -> list[ast.AST]:
    """The syntax of a method, flat."""
    return list(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(method)))))


def _texts(value: Any) -> list[str]:
    """All texts of what an adapter has in place of names in its methods."""
    if isinstance(value, tuple):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def stop_permissions(adapter: type[Adapter[Any]]) -> list[str]:
    """What the access control of the provider calls the stop calls."""
    return [*map(adapter.permission_for, adapter.stop_actions)]


def permissions(adapters: Iterable[type[Adapter[Any]]]) -> dict[tuple[str, str], set[str]]:
    """By module and provider, what the access control of the provider calls these calls."""
    needed: dict[tuple[str, str], set[str]] = {}
    for adapter in adapters:
        kind = adapter.kind
        for module, methods in (
            (f"{kind}_stop" if kind == "stack_group_operation" else f"{kind}_cancel", STOPS_ONE),
            (f"{kind}_info", READS_ONE_OR_LISTS),
            ("inflight_cancel", STOPS_MANY),
            ("inflight_info", LISTS_MANY),
        ):
            calls = set(map(adapter.permission_for, calls_of(adapter, methods)))
            needed.setdefault((module, adapter.provider), set()).update(calls)
    return needed
