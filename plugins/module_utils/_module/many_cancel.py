# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Many targets of any kind in one task: checked and merged, stopped side by side, each reported."""

from __future__ import annotations

import os
import random
import typing as t
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from ansible.module_utils.basic import AnsibleModule

from .._core import messages, parser
from .._core.adapter import Adapter, stop_calls
from .._core.errors import OptionError
from .._core.halt import Halt
from .._core.kinds import KINDS, OWN_OPTIONS, RUNS_ON_INSTANCES
from .._core.model import StopOptions, Target
from .._core.part import WHOLE
from .._core.record import Record
from .._core.report import MOST_ROWS, Report, counted, outcomes_of
from .._core.selection import excluded
from .._core.states import LIVING, count
from .._core.times import seconds_of, utc_text_of
from .._engine.bulk import Bulk, Guard
from .._engine.progress import Progress
from .._engine.workers import Threads
from .._providers.register import PROVIDERS, check
from . import progress_file as _progress_file
from .argspec import many_stop_spec
from .exit import exit_module
from .interrupt import interruptible
from .options import Module
from .scopes import Options, Scopes, account_of, at
from .single import (
    CLOCK,
    instance_ids,
    need_requests,
    stop_options,
    within_of,
)

# Threads that a module may have, unless it takes more for each adapter to have one. They mostly wait.
_MOST_THREADS = 256

# Seconds for which a run may rest on what its preview has found out.
_FRESH = 60.0
# What names a target in a preview; the last ones are there where its kind has them.
_KEY = ("kind", "provider", "region", "account", "id", *OWN_OPTIONS)


@dataclass(frozen=True)
class _Order:
    """One target as it is to be stopped."""

    adapter: Adapter[t.Any]
    account: str
    target: Target
    options: StopOptions

    def as_result(self) -> dict[str, t.Any]:
        """The RV(results[].target) of a result. It has no keys, so that it may be shown and kept."""
        return {
            "kind": self.adapter.kind,
            "provider": self.adapter.provider,
            "region": self.adapter.region,
            "account": self.account,
            "credentials_source": self.adapter.credentials_source,
            "id": self.target.id,
            "instance_ids": list(self.target.instance_ids),
            "include_children": self.target.include_children,
            "expected_name": self.options.expected_name,
            **self.adapter.own_options(self.target.within),
        }

    @property
    def title(self) -> str:
        return f"{self.adapter.kind} {self.target.id} ({self.adapter.provider}, {self.adapter.region})"


def run_inflight_cancel() -> None:
    """Stop all targets of the options, and exit."""
    module = Module(many_stop_spec(tuple(PROVIDERS)))
    need_requests(module)
    started = CLOCK.monotonic()
    with interruptible(module) as run:
        try:
            places = Scopes(module)
            given = _orders(module, places)
            run.used += places.adapters
            orders = _merged(given)
            exclusion = _Exclusion(tuple(module.params["exclude"] or ()))
            limit = _limit(module, orders, exclusion)
            _check_progress(module.params["progress"])
            halts = [Halt(order.adapter, order.target, order.options, CLOCK, random.Random()) for order in orders]
            records = [halt.record for halt in halts]
            is_previewed = _recall(module, orders, records, exclusion)
        except OptionError as error:
            exit_module(module, run.used, msg=f"{error} Nothing was stopped.", failed=True)
        for halt in halts:
            halt.record.excludes = exclusion.has
            halt.counts = limit is not None and not any(halt.record.counted or ())
            halt.compares_names = bool(exclusion.words) and not is_previewed
        merged = len(given) - len(orders)

        def result() -> dict[str, t.Any]:
            reports = [halt.so_far() for halt in halts]
            found = _result(module, orders, reports, places, exclusion)
            stops = (record.times.first_stop for record in records)
            first = min((moment for moment in stops if moment is not None), default=None)
            found["summary"].update(
                merged=merged,
                seconds=round(CLOCK.monotonic() - started, 3),
                seconds_to_first_stop=None if first is None else round(first - started, 3),
            )
            if module.check_mode and found["changed"]:
                found["preview"] = _preview(orders, records, reports, exclusion)
            return found

        run.so_far = result
        lanes = len(places.adapters)
        threads = min(module.params["concurrency"] * lanes, max(_MOST_THREADS, lanes))
        progress = _progress(module, halts)
        bulk = Bulk(
            halts,
            CLOCK,
            Threads(CLOCK, threads),
            concurrency=module.params["concurrency"],
            guard=_guard(exclusion, [] if is_previewed else records, limit) if exclusion.words or limit else None,
            patience=0.0 if is_previewed else module.params["request_timeout"],
            silent=module.params["silent"] or (),
            on_tick=progress.tick if progress else None,
            tick=module.params["progress"],
        )
        reports = bulk.run()
        if exclusion.words:
            exclusion.learn(records)
    exit_module(
        module,
        run.used,
        failed=any(report.failed for report in reports),
        warnings=[
            *([messages.merged(merged)] if merged else []),
            *(messages.children_go_on(left) for left in _living_children(reports)),
            *(warning for report in reports for warning in report.warnings),
        ],
        **result(),
    )


class _Exclusion:
    """What the words of O(exclude) keep from being stopped: by id from the start, by name once everything was read."""

    def __init__(self, given: tuple[str, ...]) -> None:
        self.words = given
        self.nothing: list[str] = []
        self.patterns: list[str] = []
        """The words that are nobody's name or id, as far as anybody knows."""

    def has(self, identifier: str, name: str | None) -> bool:
        keys = {identifier, name} - {None}
        # What has such a name may come later than the words were looked up, as children do.
        if keys & set(self.words):
            return True
        return any(fnmatchcase(str(key), pattern) for key in keys for pattern in self.patterns)

    def learn(self, records: Sequence[Record]) -> None:
        """What each word means, now that the names are known."""
        found = excluded(self.words, [thing for record in records for thing in _things(record)])
        self.nothing, self.patterns = found.nothing, found.patterns


# Before the first call


def _orders(module: AnsibleModule, places: Scopes) -> list[_Order]:
    orders = []
    for number, own in enumerate(module.params["targets"]):
        try:
            _check_own_options(own)
            orders.append(_order(module, places, places.from_scope(own)))
        except OptionError as error:
            raise at("targets", number, error) from None
    return orders


def _check_own_options(own: Options) -> None:
    """Raise OptionError for an option that only targets of other kinds have."""
    for name in OWN_OPTIONS:
        if own[name] is not None and name not in KINDS[own["kind"]].own_options:
            raise OptionError(f"{name} is set, and {own['kind']} has no such option: leave it out.")


def _order(module: AnsibleModule, places: Scopes, own: Options) -> _Order:
    provider = places.provider_of(own, own["kind"])
    identifier = own["id"].strip()
    if not identifier:
        raise OptionError("id is empty.")
    children = own["include_children"] if own["include_children"] is not None else module.params["include_children"]
    target = Target(
        identifier,
        instance_ids(parser.words(own["instance_ids"], "instance_ids")),
        children,
        within_of(own["kind"], own),
    )
    if target.instance_ids and own["kind"] != RUNS_ON_INSTANCES:
        raise OptionError(f"instance_ids is set, and {own['kind']} cannot be stopped on some instances only.")
    adapter = places.adapter(own["kind"], provider, own)
    check(target, adapter)
    options = stop_options(
        module,
        expected_name=own["expected_name"],
        **({} if own["retries"] is None else {"retries": own["retries"]}),
    )
    return _Order(adapter, account_of(own, adapter), target, options)


def _merged(orders: Sequence[_Order]) -> list[_Order]:
    """Each operation once, with all the instances that were named for it, or whole if that was asked for, too."""
    merged: dict[tuple[str, ...], _Order] = {}
    for order in orders:
        # However it is connected to: with other time limits or retries it remains the same operation.
        adapter = order.adapter
        where = (adapter.provider, adapter.region, adapter.url, adapter.identity, *adapter.place.values())
        key = (adapter.kind, *where, order.target.within, order.target.id)
        merged[key] = _joined(merged[key], order) if key in merged else order
    return list(merged.values())


def _joined(first: _Order, second: _Order) -> _Order:
    names = {order.options.expected_name for order in (first, second)} - {None}
    if len(names) > 1:
        both = " and ".join(sorted(map(repr, names)))
        raise OptionError(f"targets: {first.target.id} is named twice, with the expected_name {both}.")
    whole = not (first.target.instance_ids and second.target.instance_ids)
    ids = () if whole else tuple(dict.fromkeys(first.target.instance_ids + second.target.instance_ids))
    children = first.target.include_children or second.target.include_children
    return replace(
        first,
        target=replace(first.target, instance_ids=ids, include_children=children),
        options=replace(first.options, expected_name=next(iter(names), None)),
    )


def _limit(module: AnsibleModule, orders: Sequence[_Order], exclusion: _Exclusion) -> int | None:
    """How much may be stopped; refuses what names more. Raises OptionError."""
    most: int | None = module.params["max_targets"]
    if most is None:
        return None
    if most < 1:
        raise OptionError(f"max_targets is {most}: it must be a number of operations and instances, at least 1.")
    wanted = [order for order in orders if not exclusion.has(order.target.id, None)]
    named = sum(len(order.target.instance_ids) for order in wanted)
    if len(wanted) > most or named > most:
        raise OptionError(messages.too_many(len(wanted), named, most, "are named"))
    return most


def _guard(exclusion: _Exclusion, every: Sequence[Record], most: int | None) -> Guard:
    """What keeps a stop that is too wide from starting, once all that is excluded is known: by the names of C(every)
    one, if they were not known before."""

    def guard(counted: Sequence[Record]) -> str | None:
        if every:
            exclusion.learn(every)
        weights = [record.weight for record in counted]
        operations, instances = (sum(each) for each in zip(*weights, strict=True))
        if most is None or (operations <= most and instances <= most):
            return None
        return messages.too_many(operations, instances, most, "would be stopped") + " Nothing was stopped."

    return guard


def _preview(
    orders: Sequence[_Order], records: Sequence[Record], reports: Sequence[Report], exclusion: _Exclusion
) -> dict[str, t.Any]:
    """The RV(preview) of a result: what a run that follows at once need not find out again."""
    targets = []
    for order, record, report in zip(orders, records, reports, strict=True):
        if record.operation:
            operations, instances = record.weight if report.changed else (0, 0)
            known = {"operations": operations, "instances": instances, "has_all_named": not record.missing}
            targets.append({**_named(order.as_result()), **known})
    return {"time": utc_text_of(CLOCK.wall()), "exclude_patterns": exclusion.patterns, "targets": targets}


def _recall(module: AnsibleModule, orders: Sequence[_Order], records: Sequence[Record], exclusion: _Exclusion) -> bool:
    """Take over what a preview has found out just now. Returns whether there is one."""
    preview = module.params["preview"]
    if not preview or module.check_mode:
        return False
    read = seconds_of(preview["time"])
    if read is None:
        raise OptionError(f"preview.time is {preview['time']!r}, which is not a time.")
    if not 0 <= CLOCK.wall() - read < _FRESH:
        return False
    exclusion.patterns = preview["exclude_patterns"]
    targets = {tuple(_named(target).items()): target for target in preview["targets"]}
    for order, record in zip(orders, records, strict=True):
        if known := targets.get(tuple(_named(order.as_result()).items())):
            record.counted = known["operations"], known["instances"]
            record.members_are_known = known["has_all_named"]
    return True


def _named(target: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {name: target[name] for name in _KEY if name in target}


class _Thing(t.NamedTuple):
    """An operation or a child, as words mean it."""

    id: str
    name: str | None


def _things(record: Record) -> list[_Thing]:
    name = record.operation.name if record.operation else None
    children = record.parts.items() if record.adapter.parts_are_operations else ()
    return [_Thing(record.target.id, name), *(_Thing(key, part.now.name) for key, part in children if key != WHOLE)]


def _living_children(reports: Sequence[Report]) -> list[list[str]]:
    """The children that each stop has left alone."""
    return [left for report in reports if (left := report.left_behind.get("living_children"))]


def _check_progress(seconds: float) -> None:
    if not 0 <= seconds < float("inf"):
        raise OptionError(f"progress is {seconds}: it must be a number of seconds, or 0 for none.")


def _progress(module: AnsibleModule, halts: Sequence[Halt]) -> Progress | None:
    if not module.params["progress"]:
        return None
    return Progress(os.path.join(module.tmpdir, _progress_file.NAME), halts, CLOCK)


def _calls(places: Scopes) -> int:
    return sum(sum(adapter.calls.copy().values()) for adapter in places.adapters)


# After the last


def _result(
    module: AnsibleModule,
    orders: Sequence[_Order],
    reports: Sequence[Report],
    places: Scopes,
    exclusion: _Exclusion,
) -> dict[str, t.Any]:
    results = [_target_result(order, report) for order, report in zip(orders, reports, strict=True)]
    outcomes = [
        outcome for order, report in zip(orders, reports, strict=True) for outcome in outcomes_of(order.adapter, report)
    ]
    summary = {
        **count(outcomes),
        "requested": len(outcomes),
        "operations": {**count(report.outcome for report in reports), "requested": len(reports)},
        "calls": _calls(places),
        "stop_calls": stop_calls(places.adapters),
    }
    failed = [report for report in reports if report.failed]
    error = next((report.error for report in failed if report.error), None)
    return {
        "changed": any(report.changed for report in reports),
        "msg": messages.bulk_verdict(summary, [report.msg for report in failed], exclusion.nothing),
        "results": results,
        "summary": summary,
        "still_running": _still_running(orders, reports),
        "excluded_nothing": exclusion.nothing,
        "request_ids": [request_id for report in reports for request_id in report.request_ids],
        **({"diff": _diff(orders, reports)} if module._diff else {}),
        **({"error": error.as_result()} if error else {}),
    }


def _target_result(order: _Order, report: Report) -> dict[str, t.Any]:
    result = report.as_result(order.adapter, diff=False)
    return {
        "target": order.as_result(),
        "failed": report.failed,
        "instances": [],
        **result,
        "times": report.times.as_result(),
    }


def _still_running(orders: Sequence[_Order], reports: Sequence[Report]) -> list[dict[str, t.Any]]:
    """What is left, as targets for another try."""
    left = []
    for order, report in zip(orders, reports, strict=True):
        if report.outcome not in LIVING:
            continue
        target = {key: value for key, value in order.as_result().items() if value and key != "credentials_source"}
        if order.adapter.stop_limit is not None:
            ids = [row["instance_id"] for row in report.rows if row["outcome"] in LIVING]
            target.update({"instance_ids": ids} if ids else {})
        left.append(target)
    return left


def _diff(orders: Sequence[_Order], reports: Sequence[Report]) -> dict[str, t.Any]:
    """The states of each target that could be read; in one line for each if there are many."""
    read = [(order.title, report.diff) for order, report in zip(orders, reports, strict=True) if report.operation]
    brief = len(read) + sum(report.diff_rows for report in reports) > MOST_ROWS
    return {
        side: {title: _line(diff[side]) if brief else diff[side] for title, diff in read}
        for side in ("before", "after")
    }


def _line(states: dict[str, t.Any]) -> str:
    """As in C(running, instances: 12 running)."""
    return ", ".join(told if key == "state" else f"{key}: {told}" for key, told in counted(states).items())
