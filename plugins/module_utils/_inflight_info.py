# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Everything in flight, over kinds and places, read side by side."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.cloudops.halt.plugins.module_utils import _words as words
from ansible_collections.cloudops.halt.plugins.module_utils._adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._crew import Threads
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._exit import leave
from ansible_collections.cloudops.halt.plugins.module_utils._interrupt import interruptible
from ansible_collections.cloudops.halt.plugins.module_utils._kinds import ADAPTERS, KINDS
from ansible_collections.cloudops.halt.plugins.module_utils._model import Operation, Query, Target
from ansible_collections.cloudops.halt.plugins.module_utils._module import (
    CLOCK,
    check_filters,
    instance_ids,
    need_requests,
    seconds_of,
)
from ansible_collections.cloudops.halt.plugins.module_utils._place import Options, Places, account_of, at
from ansible_collections.cloudops.halt.plugins.module_utils._selection import matches
from ansible_collections.cloudops.halt.plugins.module_utils._states import IN_FLIGHT


@dataclass
class _Search:
    """One kind at one place."""

    scope: int
    account: str
    adapter: Adapter[t.Any]
    found: dict[str, Operation] = field(default_factory=dict)
    on: dict[str, list[str]] = field(default_factory=dict)
    """By operation, the instances that were asked for and that it runs on."""
    error: ApiError | None = None

    def run(self, query: Query, ids: Sequence[str]) -> None:
        """Keep what is found before an error, and the error."""
        try:
            for instance_id in ids or (None,):
                self._find(replace(query, instance_id=instance_id))
        except ApiError as error:
            self.error = error

    def _find(self, query: Query) -> None:
        now = CLOCK.wall()
        for operation in self.adapter.find(query):
            if matches(operation, query, now):
                self.found[operation.id] = operation
                if query.instance_id:
                    self.on.setdefault(operation.id, []).append(query.instance_id)

    def results(self) -> list[dict[str, t.Any]]:
        return [
            {
                **operation.as_result(),
                "account": self.account,
                "credentials_source": self.adapter.credentials_source,
                "scope": self.scope,
                **({"instance_ids": self.on[operation.id]} if operation.id in self.on else {}),
            }
            for operation in self.found.values()
        ]


def run_inflight_info(module: AnsibleModule) -> None:
    """List what the options select, and exit."""
    need_requests(module)
    params = module.params
    with interruptible(module) as used:
        try:
            check_filters(params)
            if params["instance_ids"] == []:
                raise OptionError("instance_ids is empty: name the instances, or leave it out.")
            ids = instance_ids(params["instance_ids"])
            query = Query(
                states=frozenset((*IN_FLIGHT, "unknown")),
                name=params["name"],
                older_than=seconds_of(params["older_than"]),
                is_schedule=None if params["include_scheduled"] else False,
            )
            searches = _searches(module, ids)
            used += [search.adapter for search in searches]
        except OptionError as error:
            leave(module, used, msg=str(error), failed=True)
        _run(searches, query, ids, params["concurrency"])
    _exit(module, searches)


def _searches(module: AnsibleModule, ids: Sequence[str]) -> list[_Search]:
    """One search for each kind at each place, each once. Raises OptionError."""
    places = Places(module)
    scopes: list[Options] = [{}] if module.params["scopes"] is None else module.params["scopes"]
    if not scopes:
        raise OptionError("scopes is empty: name the providers and regions to search, or leave it out.")
    searches: dict[int, _Search] = {}
    wanted = _kinds(module, ids)
    for number, scope in enumerate(scopes):
        try:
            provider = places.provider_of(scope)
            for kind in wanted:
                if (kind, provider) in ADAPTERS:
                    adapter = places.adapter(kind, provider, scope)
                    if ids:
                        adapter.check(Target("", tuple(ids)))
                    searches.setdefault(id(adapter), _Search(number, account_of(scope, adapter), adapter))
        except OptionError as error:
            raise (at("scopes", number, error) if module.params["scopes"] else error) from None
    nowhere = [kind for kind in wanted if kind not in {search.adapter.kind for search in searches.values()}]
    if module.params["kinds"] and nowhere:
        raise OptionError(f"kinds: no provider of the scopes has {' or '.join(nowhere)}.")
    return list(searches.values())


def _kinds(module: AnsibleModule, ids: Sequence[str]) -> list[str]:
    if module.params["kinds"] == []:
        raise OptionError("kinds is empty: name the kinds to search for, or leave it out.")
    kinds = list(dict.fromkeys(module.params["kinds"] or KINDS))
    if ids:
        # Nothing else runs on instances.
        kinds = [kind for kind in kinds if kind == "cloud_invocation"]
        if not kinds:
            raise OptionError("instance_ids selects commands on instances, so that kinds must have cloud_invocation.")
    return kinds


def _run(searches: Sequence[_Search], query: Query, ids: Sequence[str], concurrency: int) -> None:
    crew = Threads(CLOCK, concurrency)
    for search in searches:
        crew.start(partial(search.run, query, ids), lambda: None)
        while crew.under_way >= crew.most:
            crew.wait(None)
    while crew.under_way:
        crew.wait(None)


def _exit(module: AnsibleModule, searches: Sequence[_Search]) -> None:
    found = [(search, operation) for search in searches for operation in search.found.values()]
    unknown = {operation.status: search.adapter for search, operation in found if operation.state == "unknown"}
    everything = sorted(
        (result for search in searches for result in search.results()),
        # Whatever does not tell its age comes last.
        key=lambda result: (result["created"] is None, result["created"] or "", result["id"]),
    )
    spared = module.params["exclude"]
    operations = [operation for operation in everything if not _is_named(operation, spared)]
    failed = [search for search in searches if search.error]
    errors = [_error(search) for search in failed]
    fails = bool(failed and module.params["fail_on_error"])
    leave(
        module,
        [search.adapter for search in searches],
        msg=words.found_in_flight(operations, module.params["max_results"], len(searches), failed),
        failed=fails,
        warnings=[
            *(warning for _search, operation in found for warning in operation.warnings),
            *(words.unknown_status(adapter, status) for status, adapter in unknown.items()),
        ],
        changed=False,
        operations=operations[: module.params["max_results"]],
        targets=[_target(operation) for operation in operations[: module.params["max_results"]]],
        excluded=[operation for operation in everything if _is_named(operation, spared)],
        total=len(operations),
        errors=errors,
        **({"error": errors[0]["error"]} if fails else {}),
    )


def _is_named(operation: dict[str, t.Any], globs: Sequence[str]) -> bool:
    return any(fnmatchcase(operation[key] or "", glob) for glob in globs for key in ("id", "name"))


def _target(operation: dict[str, t.Any]) -> dict[str, t.Any]:
    """What a stop of this operation needs, but for the keys."""
    names = ("kind", "provider", "region", "account", "id", "instance_ids")
    return {name: operation[name] for name in names if name in operation}


def _error(search: _Search) -> dict[str, t.Any]:
    return {
        "provider": search.adapter.provider,
        "region": search.adapter.region,
        "account": search.account,
        "credentials_source": search.adapter.credentials_source,
        "scope": search.scope,
        "kind": search.adapter.kind,
        "error": search.error.as_result() if search.error else None,
    }
