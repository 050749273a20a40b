# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Everything in flight, over kinds and places, read side by side, and what of it is selected."""

from __future__ import annotations

import math
import typing as t
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ansible.module_utils.basic import AnsibleModule

from .._core import messages
from .._core.adapter import Adapter
from .._core.clock import Deadline
from .._core.errors import ApiError, OptionError
from .._core.kinds import HAS_CHILDREN, KINDS, RUNS_ON_INSTANCES
from .._core.model import Operation, Query, Target
from .._core.selection import Selected, Selection, matches, select
from .._core.states import IN_FLIGHT
from .._core.warnings import unknown_status
from .._engine.workers import Threads
from .._providers.register import PROVIDERS, check, providers_of
from .argspec import many_info_spec
from .exit import exit_module
from .interrupt import interruptible
from .options import Module
from .scopes import Options, Scopes, account_of, at
from .single import (
    CLOCK,
    check_filters,
    instance_ids,
    need_requests,
    seconds_of,
)

# The detail of an operation that names the one it belongs to.
_PARENT = "parent_execution_id"


@dataclass
class _Search:
    """One kind at one place."""

    scope: int
    account: str
    adapter: Adapter[t.Any]
    patience: float
    """Seconds that the place has for its first answer."""
    found: dict[tuple[str, str], Operation] = field(default_factory=dict)
    on: dict[str, list[str]] = field(default_factory=dict)
    """By operation, the instances that were asked for and that it runs on."""
    error: ApiError | None = None
    is_over: bool = False

    def begin(self, workers: Threads, ids: Sequence[str]) -> None:
        self._silence = Deadline(CLOCK, self.patience)
        workers.start(partial(self.run, ids), lambda: None)

    def silence_left(self, share: float = 1.0) -> float:
        """Seconds until the place has been silent for this share of the patience with it; no end once it answers."""
        return math.inf if self.adapter.has_answered else self._silence.left - (1 - share) * self.patience

    def unanswered(self) -> _Search:
        """The same as a search that has failed. What still runs of this one is not looked at any more."""
        error = ApiError(
            f"{self.place} has not answered within {self.patience:g} seconds, the limit of scope_timeout",
            code="NoAnswer",
            error_class="unreachable",
            provider=self.adapter.provider,
            action="search",
        )
        return replace(self, found={}, on={}, error=error)

    def run(self, ids: Sequence[str]) -> None:
        """Keep what is found before an error, and the error."""
        try:
            for instance_id in ids or (None,):
                self._find(Query(frozenset((*IN_FLIGHT, "unknown")), instance_id=instance_id))
        except ApiError as error:
            self.error = error
        self.is_over = True

    def _find(self, query: Query) -> None:
        now = CLOCK.wall()
        for operation in self.adapter.find(query):
            if matches(operation, query, now):
                self.found[operation.key] = operation
                if query.instance_id:
                    self.on.setdefault(operation.id, []).append(query.instance_id)

    def result_of(self, operation: Operation) -> dict[str, t.Any]:
        return {
            **operation.as_result(),
            "account": self.account,
            "credentials_source": self.adapter.credentials_source,
            "scope": self.scope,
            **self.adapter.place,
            **({"instance_ids": self.on[operation.id]} if operation.id in self.on else {}),
        }

    def target_of(self, operation: Operation, include_children: bool) -> dict[str, t.Any]:
        """What a stop of this operation needs, but for the keys."""
        return {
            "kind": operation.kind,
            "provider": operation.provider,
            "region": operation.region,
            "account": self.account,
            "id": operation.id,
            **self.adapter.own_options(operation.within),
            **({"instance_ids": self.on[operation.id]} if operation.id in self.on else {}),
            **({"include_children": include_children} if operation.kind == HAS_CHILDREN else {}),
        }

    @property
    def place(self) -> str:
        return self.adapter.scope


def run_inflight_info() -> None:
    """List what the options select, and exit."""
    module = Module(many_info_spec(tuple(PROVIDERS)))
    need_requests(module)
    params = module.params
    with interruptible(module) as run:
        try:
            check_filters(params)
            ids = instance_ids(params["instance_ids"])
            selection = Selection(
                names=tuple(params["name"]) if params["name"] else None,
                older_than=seconds_of(params["older_than"]),
                age=params["older_than"] or "",
                include_scheduled=params["include_scheduled"],
                exclude=tuple(params["exclude"] or ()),
            )
            searches = _searches(module, ids)
            run.used += [search.adapter for search in searches]
        except OptionError as error:
            exit_module(module, run.used, msg=str(error), failed=True)
        searches = _run(searches, ids, params["concurrency"])
    _exit(module, searches, selection)


def _searches(module: AnsibleModule, ids: Sequence[str]) -> list[_Search]:
    """One search for each kind at each place, each once. Raises OptionError."""
    places = Scopes(module)
    scopes: list[Options] = module.params["scopes"] or [{}]
    patience = module.params["scope_timeout"]
    if patience is not None and not 0 < patience < math.inf:
        raise OptionError(f"scope_timeout is {patience}: it must be a number of seconds, more than 0.")
    searches: dict[int, _Search] = {}
    wanted = _kinds(module, ids)
    for number, scope in enumerate(scopes):
        try:
            provider = places.provider_of(scope)
            for kind in wanted:
                if provider in providers_of(kind):
                    adapter = places.adapter(kind, provider, scope)
                    if ids:
                        check(Target("", tuple(ids)), adapter)
                    search = _Search(number, account_of(scope, adapter), adapter, patience or adapter.request_timeout)
                    searches.setdefault(id(adapter), search)
        except OptionError as error:
            raise (at("scopes", number, error) if module.params["scopes"] else error) from None
    nowhere = [kind for kind in wanted if kind not in {search.adapter.kind for search in searches.values()}]
    if module.params["kinds"] and nowhere:
        raise OptionError(f"kinds: no provider of the scopes has {' or '.join(nowhere)}.")
    return list(searches.values())


def _kinds(module: AnsibleModule, ids: Sequence[str]) -> list[str]:
    kinds = list(module.params["kinds"] or KINDS)
    if ids:
        # Nothing else runs on instances.
        kinds = [kind for kind in kinds if kind == RUNS_ON_INSTANCES]
        if not kinds:
            raise OptionError(f"instance_ids selects commands on instances, so kinds must include {RUNS_ON_INSTANCES}.")
    return kinds


def _run(searches: Sequence[_Search], ids: Sequence[str], concurrency: int) -> list[_Search]:
    """Run them side by side, and return them, without those of places that do not answer.

    A silent place is not waited for. It makes room early enough for every search to begin within the patience with one.
    """
    workers = Threads(CLOCK, concurrency)
    share = 1 / math.ceil(len(searches) / concurrency) if searches else 1.0
    waiting, under_way = deque(searches), list[_Search]()
    while waiting or under_way:
        room = concurrency - sum(search.silence_left(share) > 0 for search in under_way)
        for _number in range(min(room, len(waiting))):
            under_way.append(waiting.popleft())
            under_way[-1].begin(workers, ids)
        left = (left for search in under_way for left in (search.silence_left(share), search.silence_left()))
        workers.wait(min((seconds for seconds in left if 0 < seconds < math.inf), default=None))
        under_way = [search for search in under_way if not search.is_over and search.silence_left() > 0]
    return [search if search.is_over else search.unanswered() for search in searches]


def _exit(module: AnsibleModule, searches: Sequence[_Search], selection: Selection) -> None:
    by = {id(operation): search for search in searches for operation in search.found.values()}
    seen = [operation for search in searches for operation in search.found.values()]
    chosen = select(selection, seen, CLOCK.wall())
    if module.params["include_children"]:
        # The runs of a trigger that is stopped itself are stopped with it.
        parents = {operation.id for operation in chosen.operations}
        chosen.operations = [each for each in chosen.operations if each.details.get(_PARENT) not in parents]

    def shown(operations: Iterable[Operation]) -> list[dict[str, t.Any]]:
        return [by[id(operation)].result_of(operation) for operation in sorted(operations, key=_oldest_first)]

    listed = sorted(chosen.operations, key=_oldest_first)[: module.params["max_results"]]
    failed = [search for search in searches if search.error]
    errors = [_error(search) for search in failed]
    fails = bool(failed and module.params["fail_on_error"])
    searched = _searched(searches, chosen)
    telling = {(search.place, search.account) for search in searches if search.found or not search.error}
    silent = len(searched) - len(telling)
    exit_module(
        module,
        [search.adapter for search in searches],
        msg=messages.searched(
            selection, chosen, seen, len(searched), silent, module.params["max_results"], len(searches), failed
        ),
        failed=fails,
        warnings=[
            *(warning for operation in seen for warning in operation.warnings),
            *_unknown(by, seen),
            *messages.selection_warnings(selection, chosen),
        ],
        changed=False,
        operations=shown(listed),
        targets=[by[id(each)].target_of(each, module.params["include_children"]) for each in listed],
        excluded=shown(chosen.excluded),
        excluded_nothing=chosen.excluded_nothing,
        exclude_patterns=chosen.exclude_patterns,
        scheduled=shown(chosen.scheduled),
        searched=searched,
        silent=sorted({search.place for search in failed if not search.adapter.has_answered}),
        total=len(chosen.operations),
        errors=errors,
        **({"error": errors[0]["error"]} if fails else {}),
    )


def _oldest_first(operation: Operation) -> tuple[bool, str, str]:
    """What does not tell its age comes last."""
    return operation.created is None, operation.created or "", operation.id


def _unknown(by: Mapping[int, _Search], seen: Iterable[Operation]) -> list[str]:
    found = {operation.status: by[id(operation)].adapter for operation in seen if operation.state == "unknown"}
    return [unknown_status(adapter.title, status) for status, adapter in found.items()]


def _searched(searches: Sequence[_Search], chosen: Selected) -> list[dict[str, t.Any]]:
    """What was seen and what was selected at each place, all kinds together."""
    selected = {id(operation) for operation in chosen.operations}
    places: dict[tuple[str, ...], dict[str, t.Any]] = {}
    for search in searches:
        where = {"place": search.place, "account": search.account}
        nothing = {"seen": 0, "matched": 0, "kinds": [], "not_searched": []}
        place = places.setdefault(tuple(where.values()), {**where, **nothing})
        kinds = place["not_searched" if search.error else "kinds"]
        # Scopes that differ in an option of one kind are one place.
        if search.adapter.kind not in kinds:
            kinds.append(search.adapter.kind)
        place["seen"] += len(search.found)
        place["matched"] += sum(id(operation) in selected for operation in search.found.values())
    return list(places.values())


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
