# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Option specs that add up, each with its own constraints."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence
from dataclasses import dataclass

from .._core.kinds import HAS_CHILDREN, KINDS, OWN_OPTIONS, RUNS_ON_INSTANCES
from .._core.states import STATES


@dataclass(frozen=True)
class ArgumentSpec:
    """Options and the rules between them. Specs are joined with C(+)."""

    options: dict[str, dict[str, t.Any]]
    mutually_exclusive: tuple[tuple[str, ...], ...] = ()
    required_together: tuple[tuple[str, ...], ...] = ()

    def __add__(self, other: ArgumentSpec) -> ArgumentSpec:
        return ArgumentSpec(
            {**self.options, **other.options},
            self.mutually_exclusive + other.mutually_exclusive,
            self.required_together + other.required_together,
        )

    def as_kwargs(self) -> dict[str, t.Any]:
        """As C(AnsibleModule) takes them."""
        return {
            "argument_spec": self.options,
            "mutually_exclusive": self.mutually_exclusive,
            "required_together": self.required_together,
        }


_CONNECTION: dict[str, dict[str, t.Any]] = {
    "region": {"type": "str"},
    "access_key_id": {"type": "str", "aliases": ["secret_id", "access_key"], "no_log": False},
    "access_key_secret": {"type": "str", "aliases": ["secret_key"], "no_log": True},
    "security_token": {"type": "str", "aliases": ["token", "session_token"], "no_log": True},
    "profile": {"type": "str"},
    "credentials": {"type": "str", "choices": ["auto", "static", "sdk"], "default": "auto"},
    # One URL, or a dictionary of them.
    "endpoint_url": {"type": "raw"},
    "endpoint_type": {"type": "str", "choices": ["public", "vpc", "dualstack", "fips", "dualstack_fips"]},
    "allow_http": {"type": "bool", "default": False},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    # For the password in it: when Ansible refuses other options, or a check fails before this one, all are shown.
    "proxy": {"type": "str", "no_log": True},
    "request_timeout": {"type": "float", "default": 10.0},
    "retries": {"type": "int", "default": 5},
}
_KEY_PAIR = (("access_key_id", "access_key_secret"),)


def connection_spec(providers: Sequence[str], *, any_provider: bool = False) -> ArgumentSpec:
    """How to reach a provider. It never has a default, so that a second one of a kind breaks no playbook, and may be
    left out only where each target or scope can name its own (C(any_provider))."""
    provider = {"type": "str", "choices": list(providers), "required": not any_provider}
    return ArgumentSpec({"provider": provider, **_CONNECTION}, required_together=_KEY_PAIR)


def _place_spec(
    option: str, providers: Sequence[str], own: dict[str, dict[str, t.Any]], *, required: bool = False
) -> ArgumentSpec:
    """A list of things at places of their own. What a place leaves out of the connection comes from the module."""
    connection = {
        name: {key: value for key, value in spec.items() if key != "default"} for name, spec in _CONNECTION.items()
    }
    options = {
        **own,
        "provider": {"type": "str", "choices": list(providers)},
        "account": {"type": "str"},
        **connection,
    }
    return ArgumentSpec(
        {
            option: {
                "type": "list",
                "elements": "dict",
                "options": options,
                "required_together": _KEY_PAIR,
                "required": required,
            }
        }
    )


TOLERANT_STOP = ArgumentSpec(
    {
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "float", "default": 300.0},
        "wait_interval": {"type": "float", "default": 2.0},
        "fail_if_not_running": {"type": "bool", "default": False},
        "ignore_not_found": {"type": "bool", "default": False},
        "return_instances": {"type": "str", "default": "all", "choices": ["all", "not_stopped", "none"]},
    }
)

FIND = ArgumentSpec(
    {
        "name": {"type": "list", "elements": "str"},
        "older_than": {"type": "str"},
        "instance_ids": {"type": "list", "elements": "str"},
        "include_scheduled": {"type": "bool", "default": False},
        "include_children": {"type": "bool", "default": True},
        "exclude": {"type": "list", "elements": "str"},
        "max_results": {"type": "int"},
        "scope_timeout": {"type": "float"},
        "fail_on_error": {"type": "bool", "default": True},
    }
)

BULK_READ = ArgumentSpec(
    {
        "concurrency": {"type": "int", "default": 16},
        "rate": {"type": "float"},
    }
)
BULK_STOP = BULK_READ + ArgumentSpec(
    {
        "exclude": {"type": "list", "elements": "str"},
        "include_children": {"type": "bool", "default": False},
        "max_targets": {"type": "int"},
        "silent": {"type": "list", "elements": "str"},
        "preview": {
            "type": "dict",
            "options": {
                "time": {"type": "str", "required": True},
                "exclude_patterns": {"type": "list", "elements": "str", "required": True},
                # As the module itself has written them, and not to be read once more.
                "targets": {"type": "list", "elements": "dict", "required": True},
            },
        },
        "progress": {"type": "float", "default": 5.0},
    }
)

SELECT = ArgumentSpec(
    {
        "state": {"type": "list", "elements": "str", "choices": list(STATES)},
        "name": {"type": "list", "elements": "str"},
        "older_than": {"type": "str"},
        "max_results": {"type": "int"},
    }
)

# What only some kinds have: of what is to be stopped, and as a filter of those that are listed.
_PART_OF: dict[str, ArgumentSpec] = {
    RUNS_ON_INSTANCES: ArgumentSpec({"instance_ids": {"type": "list", "elements": "str"}}),
    HAS_CHILDREN: ArgumentSpec({"include_children": {"type": "bool", "default": False}}),
}
_PLACE: dict[str, dict[str, t.Any]] = {
    name: {"type": "str", "choices": list(choices)} for about in KINDS.values() for name, choices in about.place.items()
}
_OWN: dict[str, dict[str, t.Any]] = {name: _PLACE.get(name, {"type": "str"}) for name in OWN_OPTIONS}
_FILTERS: dict[str, dict[str, dict[str, t.Any]]] = {RUNS_ON_INSTANCES: {"instance_id": {"type": "str"}}}


def stop_spec(kind: str, providers: Sequence[str]) -> ArgumentSpec:
    """What the module that stops one operation of a kind takes."""
    one: dict[str, dict[str, t.Any]] = {
        KINDS[kind].id_option: {"type": "str", "required": True},
        "expected_name": {"type": "str"},
        **{name: _OWN[name] for name in KINDS[kind].own_options},
    }
    spec = connection_spec(providers) + ArgumentSpec(one) + TOLERANT_STOP
    return spec + _PART_OF[kind] if kind in _PART_OF else spec


def info_spec(kind: str, providers: Sequence[str]) -> ArgumentSpec:
    """What the module that reads a kind takes: one operation by its id, or filters."""
    about = KINDS[kind]
    filters = {**SELECT.options, **{name: {"type": "str"} for name in about.details}, **_FILTERS.get(kind, {})}
    if about.has_schedules:
        filters["is_schedule"] = {"type": "bool"}
    own = {name: _OWN[name] for name in about.own_options}
    options: dict[str, dict[str, t.Any]] = {about.id_option: {"type": "str"}, **filters, **own}
    if about.parts:
        options[f"include_{about.parts}"] = {"type": "bool", "default": False}
    exclusive = tuple((about.id_option, name) for name in filters if name not in own)
    return connection_spec(providers) + ArgumentSpec(options, mutually_exclusive=exclusive)


def many_stop_spec(providers: Sequence[str]) -> ArgumentSpec:
    """What the module that stops many operations takes: each at a place of its own."""
    own: dict[str, dict[str, t.Any]] = {
        "kind": {"type": "str", "required": True, "choices": list(KINDS)},
        "id": {"type": "str", "required": True},
        "instance_ids": {"type": "list", "elements": "str"},
        "include_children": {"type": "bool"},
        "expected_name": {"type": "str"},
        **_OWN,
    }
    places = _place_spec("targets", providers, own, required=True) + _place_spec("scopes", providers, _PLACE)
    return connection_spec(providers, any_provider=True) + places + TOLERANT_STOP + BULK_STOP


def many_info_spec(providers: Sequence[str]) -> ArgumentSpec:
    """What the module that searches takes: the places, and what is selected there."""
    kinds = ArgumentSpec({"kinds": {"type": "list", "elements": "str", "choices": list(KINDS)}})
    scopes = _place_spec("scopes", providers, _PLACE)
    return connection_spec(providers, any_provider=True) + scopes + kinds + FIND + BULK_READ
