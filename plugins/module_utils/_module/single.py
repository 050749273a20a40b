# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The edge: between AnsibleModule and the flow. Only here are options read and results handed over."""

from __future__ import annotations

import math
import os
import random
import sys
import typing as t
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._core import messages
from .._core.adapter import Adapter
from .._core.clock import SystemClock
from .._core.errors import ApiError, OptionError
from .._core.halt import Halt
from .._core.kinds import KINDS
from .._core.model import Operation, Query, StopOptions, Target
from .._core.selection import matches, meant
from .._core.states import IN_FLIGHT
from .._core.times import parse_age, parse_time
from .._core.warnings import unknown_status
from .._credentials.chain import Finder
from .._engine.bulk import CONCURRENCY, Bulk, counted
from .._engine.workers import Threads
from .._http.connection import Connection, secrets_of
from .._http.connection import connect as connection_for
from .._http.transport import REQUESTS_IMPORT_ERROR
from .._providers.register import PLATFORMS, PROVIDERS, check, connect, place_of, providers_of
from .argspec import info_spec, stop_spec
from .exit import exit_module
from .interrupt import interruptible
from .options import Module

CLOCK = SystemClock()


def run_stop(kind: str) -> None:
    """Stop the one operation of a kind that the options name, and exit."""
    module = Module(stop_spec(kind, providers_of(kind)))
    rng = random.Random()
    with interruptible(module) as run:
        try:
            adapter = _connected(module, kind, rng)
            run.used.append(adapter)
            include_children = bool(module.params.get("include_children"))
            target = Target(
                _identifier(module, adapter.id_option),
                instance_ids(module.params.get("instance_ids")),
                include_children,
                within_of(kind, module.params),
            )
            check(target, adapter)
            options = stop_options(module)
        except OptionError as error:
            exit_module(module, run.used, msg=f"{error} Nothing was stopped.", failed=True)
        halt = Halt(adapter, target, options, CLOCK, rng)

        def result() -> dict[str, t.Any]:
            report = counted(halt.so_far(), adapter)
            source = {"credentials_source": adapter.credentials_source}
            return {**report.as_result(adapter, diff=module._diff), **source, "warnings": report.warnings}

        run.so_far = result
        Bulk([halt], CLOCK, Threads(CLOCK, CONCURRENCY)).run()
    exit_module(module, run.used, failed=halt.so_far().failed, **result())


def run_info(kind: str) -> None:
    """Read the one operation of a kind that the options name, or list those that they select, and exit."""
    module = Module(info_spec(kind, providers_of(kind)))
    with interruptible(module) as run:
        try:
            adapter = _connected(module, kind, random.Random())
            run.used.append(adapter)
            ageless: list[Operation] = []
            operations = list(_found(module, adapter, KINDS[kind].details, ageless))
        except OptionError as error:
            exit_module(module, run.used, msg=str(error), failed=True)
        except ApiError as error:
            exit_module(
                module,
                run.used,
                msg=f"Could not read. {messages.explain(error, adapter)}",
                failed=True,
                error=error.as_result(),
                credentials_source=adapter.credentials_source,
            )
    unknown = sorted({operation.status for operation in operations if operation.state == "unknown"})
    exit_module(
        module,
        run.used,
        msg=messages.found(adapter, operations),
        warnings=[
            *(warning for operation in operations for warning in operation.warnings),
            *(unknown_status(adapter.title, status) for status in unknown),
            *([messages.ageless(module.params["older_than"], len(ageless))] if ageless else []),
        ],
        changed=False,
        operations=[_shown(module, adapter, operation) for operation in operations],
        credentials_source=adapter.credentials_source,
    )


def _connected(module: AnsibleModule, kind: str, rng: random.Random) -> Adapter[t.Any]:
    """The adapter for the provider of the options. Secrets that did not come as options are made known as such."""
    need_requests(module)
    connection = connection_of(module, module.params, module.params["provider"], finder_of(module))
    place = place_of(kind, module.params["provider"], module.params)
    return connect(kind, connection, CLOCK, rng, place=place)


def need_requests(module: AnsibleModule) -> None:
    """Fail if the one library that the modules need is not there."""
    if REQUESTS_IMPORT_ERROR:
        exit_module(module, (), msg=missing_required_lib("requests"), failed=True, exception=str(REQUESTS_IMPORT_ERROR))


def finder_of(module: AnsibleModule) -> Finder:
    """What finds credentials and makes them known as secrets, those that come up later, too."""
    return Finder(os.environ, module.no_log_values.update)


def connection_of(module: AnsibleModule, options: Mapping[str, t.Any], provider: str, finder: Finder) -> Connection:
    """The connection for these C(options). Raises OptionError."""
    platform = PROVIDERS[provider].platform
    module.no_log_values.update(secrets_of(options, platform, os.environ))
    return connection_for(options, platform, os.environ, finder, PLATFORMS)


def _identifier(module: AnsibleModule, option: str) -> str:
    identifier: str = module.params[option].strip()
    if not identifier:
        raise OptionError(f"{option} is empty.")
    return identifier


def within_of(kind: str, options: Mapping[str, t.Any]) -> str:
    """What an operation belongs to, if an option names that. Raises OptionError."""
    option = KINDS[kind].within
    named = options[option] if option else None
    if named is not None and not named.strip():
        raise OptionError(f"{option} is empty: leave it out, or give it a value.")
    return (named or "").strip()


def instance_ids(given: Iterable[str] | None) -> tuple[str, ...]:
    """Each id once, in the order given."""
    return tuple(map(sys.intern, dict.fromkeys(given or ())))


def stop_options(module: AnsibleModule, **own: t.Any) -> StopOptions:
    """How to stop; C(own) replaces options of the module."""
    names = (
        "wait",
        "wait_timeout",
        "wait_interval",
        "fail_if_not_running",
        "ignore_not_found",
        "return_instances",
        "expected_name",
        "retries",
    )
    params = {**module.params, **own}
    for name, least in (("wait_timeout", 0.0), ("wait_interval", 0.1)):
        value = params[name]
        if not math.isfinite(value) or value < least:
            raise OptionError(f"{name} is {value}: it must be a number of seconds, at least {least:g}.")
    return StopOptions(**{name: params[name] for name in names}, check_mode=module.check_mode)


def _found(
    module: AnsibleModule, adapter: Adapter[t.Any], details: Iterable[str], ageless: list[Operation]
) -> Iterable[Operation]:
    """What is asked for. What only has no age, so that nobody knows, goes to C(ageless)."""
    if module.params[adapter.id_option] is not None:
        include_children = bool(module.params.get("include_children"))
        within = within_of(adapter.kind, module.params)
        target = Target(_identifier(module, adapter.id_option), (), include_children, within)
        check(target, adapter)
        operation = adapter.read_all(target)
        return [operation] if operation else []
    query = _query(module, tuple(details))
    check(Target("", tuple(filter(None, [query.instance_id]))), adapter)
    now = CLOCK.wall()

    def matching() -> Iterator[Operation]:
        for operation in adapter.find(query):
            if matches(operation, query, now):
                yield operation
            elif parse_time(operation.created) is None and matches(operation, replace(query, older_than=None), now):
                ageless.append(operation)

    found: Iterable[Operation] = matching()
    if module.params["name"]:
        # What a word means depends on all that there is.
        every = list(found)
        named = {id(each) for word in module.params["name"] for each in meant(word, every)}
        found = (operation for operation in every if id(operation) in named)
    if module.params.get("include_instances"):
        # Not every provider shows them along with the list.
        found = (each if each.parts else adapter.with_parts(each, Target(each.id)) for each in found)
    return islice(found, min(module.params["max_results"] or sys.maxsize, sys.maxsize))


def _query(module: AnsibleModule, details: Iterable[str]) -> Query:
    params = module.params
    check_filters(params, details)
    return Query(
        states=frozenset(params["state"] or (*IN_FLIGHT, "unknown")),
        instance_id=params.get("instance_id"),
        older_than=seconds_of(params["older_than"]),
        is_schedule=params.get("is_schedule"),
        details={name: params[name] for name in details if params[name] is not None},
    )


def check_filters(params: Mapping[str, t.Any], details: Iterable[str] = ()) -> None:
    """Raise OptionError for a filter that can select nothing, or that a template without a value has left empty."""
    for name in ("instance_id", "older_than", *details):
        if params.get(name) == "":
            raise OptionError(f"{name} is empty: leave it out, or give it a value.")
    if params["max_results"] is not None and params["max_results"] < 1:
        raise OptionError(f"max_results is {params['max_results']}: it must be a number of operations, at least 1.")


def seconds_of(older_than: str | None) -> float | None:
    """The least age. Raises OptionError."""
    try:
        return parse_age(older_than) if older_than is not None else None
    except ValueError as error:
        raise OptionError(f"older_than: {error}.") from None


def _shown(module: AnsibleModule, adapter: Adapter[t.Any], operation: Operation) -> dict[str, t.Any]:
    result = {**operation.as_result(), **adapter.place}
    if adapter.parts_key and module.params.get(f"include_{adapter.parts_key}"):
        result[adapter.parts_key] = [
            {
                **adapter.part_id(part),
                "status": reading.status,
                "state": reading.state,
                "exit_code": reading.exit_code,
                "error": reading.error,
            }
            for part, reading in operation.parts.items()
        ]
    return result
