# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Option specs that add up, each with its own constraints."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence
from dataclasses import dataclass

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
    "endpoint_type": {"type": "str", "choices": ["public", "vpc"], "default": "public"},
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


def scope_spec(providers: Sequence[str]) -> ArgumentSpec:
    """The places to search, or where targets are."""
    return _place_spec("scopes", providers, {})


def kinds_spec(kinds: Sequence[str]) -> ArgumentSpec:
    """What to search for."""
    return ArgumentSpec({"kinds": {"type": "list", "elements": "str", "choices": list(kinds)}})


def target_spec(kinds: Sequence[str], providers: Sequence[str]) -> ArgumentSpec:
    """The operations to stop, each at a place of its own."""
    own: dict[str, dict[str, t.Any]] = {
        "kind": {"type": "str", "required": True, "choices": list(kinds)},
        "id": {"type": "str", "required": True},
        "instance_ids": {"type": "list", "elements": "str"},
        "include_children": {"type": "bool"},
        "expected_name": {"type": "str"},
    }
    return _place_spec("targets", providers, own, required=True)


def id_spec(option: str) -> ArgumentSpec:
    """The one operation that a stopping module is about."""
    return ArgumentSpec({option: {"type": "str", "required": True}})


CHILDREN = ArgumentSpec({"include_children": {"type": "bool", "default": False}})
INSTANCES = ArgumentSpec({"instance_ids": {"type": "list", "elements": "str"}})

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
STOP = TOLERANT_STOP + ArgumentSpec({"expected_name": {"type": "str"}})

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


def select_spec(id_option: str, *own: str, schedules: bool = False) -> ArgumentSpec:
    """One operation by its id, or those that the filters select. C(own) are filters of this kind alone."""
    options: dict[str, dict[str, t.Any]] = {name: {"type": "str"} for name in own}
    if schedules:
        options["is_schedule"] = {"type": "bool"}
    exclusive = tuple((id_option, name) for name in (*SELECT.options, *options))
    return SELECT + ArgumentSpec({id_option: {"type": "str"}, **options}, mutually_exclusive=exclusive)


def show_spec(parts: str) -> ArgumentSpec:
    """Whether to show the parts of an operation, too."""
    return ArgumentSpec({f"include_{parts}": {"type": "bool", "default": False}})
