# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How soon the first stop is sent, and how soon all is known: large operations, dead places and long ways."""

from __future__ import annotations

import bisect
import contextlib
import ssl
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import trustme

from .cloud import Cloud, Setting
from .figures import Figure, Line, line
from .playbook import ModuleProcess, Task, play_until
from .report import Table
from .scene import BULK, PROVIDERS, Invocation, Stage, module_process, script
from .way import Way

LATENCIES = (0.0, 0.05, 0.2)
"""Calls a second of one action, as the collection keeps them."""
WORKERS = 16
FIRST_STOP = "The first stop of a whole invocation"
DEAD_PLACE = "A dead place beside a healthy one"
ROLE_BESIDE_DEAD = "role `bulk_cancel`: search, preview and stop, with the start of Ansible"
LONG_WAY = "Connections that take 0.3 s to open"
_LONG = 0.3
# Instances that the list inside of an invocation shows, so that the others must be read page by page.
_EMBEDDED = 10
# Seconds that the rate alone makes of a list: the least and the longest latency are measured then.
_SLOW = 30


def tables(stage: Stage, quick: bool) -> list[Table]:
    """What the limits are, and how near the collection comes to them."""
    modules = {
        provider: module_process(
            stage, Setting(), [Invocation(provider).described], _task(stage.cloud.connection(provider), provider)
        )
        for provider in PROVIDERS
    }
    return [
        _first_stop(stage, modules, quick),
        *_accounts(stage, modules, quick),
        _dead_place(stage),
        _long_way(quick),
    ]


def account_title(provider: str, count: int, latency: float, rate: int) -> str:
    """Of a table of the account of a whole invocation."""
    limit = f"{rate} calls/s" if rate else "no limit"
    return f"{PROVIDERS[provider].title}, whole: {count:,} instances, {latency * 1000:.0f} ms, {limit}"


def _task(connection: dict[str, Any], provider: str, rate: int | None = None) -> Task:
    target = {"kind": "cloud_invocation", "id": Invocation(provider).id, **connection}
    return {BULK: {"targets": [target], "rate": PROVIDERS[provider].rate if rate is None else rate, "progress": 0}}


def _first_stop(stage: Stage, modules: dict[str, ModuleProcess], quick: bool) -> Table:
    rows, calls, trips = [], [], []
    for provider in PROVIDERS:
        for count in (10, 1_000) if quick else (10, 1_000, 10_000, 100_000):
            for latency in LATENCIES:
                invocation = Invocation(provider, count)
                stage.set(Setting(latency, embedded=_EMBEDDED), [invocation.described])
                began = modules[provider].until(partial(_stops, stage, provider))
                # A call of the run before may be answered only now.
                arrivals = [moment for moment in stage.cloud.arrivals() if moment >= began]
                stop = _stops(stage, provider)[0]
                after = stop - arrivals[0]
                calls.append(1 + bisect.bisect_left(arrivals, stop))
                if latency == max(LATENCIES):
                    trips.append(after / latency)
                rows.append(
                    [
                        PROVIDERS[provider].title,
                        f"{count:,}",
                        f"{latency * 1000:.0f} ms",
                        str(calls[-1]),
                        f"{stop - began:.2f}",
                        f"{after:.3f}",
                        f"{after / latency:.2f}" if latency else "",
                    ]
                )
    head = ["", "instances", "latency", "call", "seconds from the start", "after the first call", "in round trips"]
    return Table(FIRST_STOP, head, rows, {"call": Figure(tuple(calls)), "trips": Figure(tuple(trips))})


def _stops(stage: Stage, provider: str) -> list[float]:
    """When its stop calls arrived."""
    return stage.cloud.arrivals(PROVIDERS[provider].stop)


def _accounts(stage: Stage, modules: dict[str, ModuleProcess], quick: bool) -> Iterator[Table]:
    for provider in PROVIDERS:
        invocation = Invocation(provider, 1_000 if quick else 10_000)
        is_slow = invocation.pages / PROVIDERS[provider].rate > _SLOW
        for latency in LATENCIES[1:2] if quick else LATENCIES[::2] if is_slow else LATENCIES:
            yield _account(stage, invocation, latency, modules[provider])
    if not quick:
        unlimited = module_process(
            stage, Setting(), [Invocation("tencent").described], _task(stage.cloud.connection("tencent"), "tencent", 0)
        )
        yield _account(stage, Invocation("tencent", 100_000), 0.0, unlimited, rate=0)


def _account(
    stage: Stage, invocation: Invocation, latency: float, module: ModuleProcess, rate: int | None = None
) -> Table:
    """Stopped, and read back to the last instance."""
    provider = invocation.provider
    rate = PROVIDERS[provider].rate if rate is None else rate
    name = account_title(provider, invocation.count, latency, rate)
    print(name, file=sys.stderr, flush=True)
    # The emulator throttles no calls of the others.
    setting = Setting(latency, rate if provider == "tencent" else 0, embedded=_EMBEDDED)
    lines: list[Line] = []
    for who, act in (
        ("`inflight_cancel`, one task", module.run),
        (f"SDK script, {WORKERS} threads", lambda: script(stage.cloud, invocation, WORKERS, whole=True)),
    ):
        runs = stage.repeat(1, setting, [invocation.described], act)
        lines.append(line(who, runs, stage.calls, invocation.least_calls, "once"))
    return Table.of_lines(name, lines)


def _dead_place(stage: Stage) -> Table:
    healthy, lost = Invocation("alibaba", 100), Invocation("tencent", 100)
    figures: dict[str, Figure] = {}
    stops = partial(_stops, stage, healthy.provider)

    with Way(stage.cloud.url) as way:
        connections = {each.provider: stage.cloud.connection(each.provider) for each in (healthy, lost)}
        connections[lost.provider]["endpoint_url"] = way.url
        targets = [
            {"kind": "cloud_invocation", "id": each.id, **connections[each.provider]} for each in (healthy, lost)
        ]
        both = [healthy.described, lost.described]
        for guard in ({}, {"max_targets": 1_000}):
            task = {BULK: {"targets": targets, "progress": 0, **guard}}
            way.is_dead = False
            module = module_process(stage, Setting(), both, task)
            way.is_dead = True
            stage.set(Setting(embedded=_EMBEDDED), both)
            began = module.until(stops)
            who = "`inflight_cancel`, its process" + (", with `max_targets`" if guard else "")
            figures[who] = Figure((stops()[0] - began,))
    with Way(stage.cloud.url) as way:
        way.is_dead = True
        connections[lost.provider]["endpoint_url"] = way.url
        variables = {
            "bulk_cancel_name": "command of *",
            "bulk_cancel_confirm": True,
            "bulk_cancel_scopes": list(connections.values()),
        }
        role: Task = {"ansible.builtin.include_role": {"name": "cloudops.halt.bulk_cancel"}, "vars": variables}
        stage.set(Setting(embedded=_EMBEDDED), both)
        began = play_until(stops, way.close, [role])
        figures[ROLE_BESIDE_DEAD] = Figure((stops()[0] - began,))
    rows = [[who, figure.text(1)] for who, figure in figures.items()]
    return Table(DEAD_PLACE, ["", "seconds to the first stop at the healthy one"], rows, figures)


def _long_way(quick: bool) -> Table:
    """Over TLS, because the client of a plain connection takes it for open at once."""
    invocation = Invocation("tencent", 2_000 if quick else 10_000)
    rate = PROVIDERS["tencent"].rate
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        authority, context = trustme.CA(), ssl.create_default_context()
        authority.configure_trust(context)
        authority.cert_pem.write_to_path(str(folder / "authority"))
        pair = authority.issue_cert("127.0.0.1")
        pair.private_key_and_cert_chain_pem.write_to_path(str(folder / "pair"))
        pem = str(folder / "pair")
        cloud = stack.enter_context(Cloud("--cert", pem, "--key", pem, context=context))
        way = stack.enter_context(Way(cloud.url, _LONG))
        connection = {
            **cloud.connection("tencent"),
            "endpoint_url": way.url,
            "ca_path": str(folder / "authority"),
        }
        stage = Stage(cloud)
        module = module_process(stage, Setting(), [Invocation("tencent").described], _task(connection, "tencent"))
        (run,) = stage.repeat(1, Setting(embedded=_EMBEDDED), [invocation.described], module.run)
        arrivals = cloud.arrivals("DescribeInvocationTasks")
    most = max(bisect.bisect_left(arrivals, moment + 1) - number for number, moment in enumerate(arrivals))
    head = ["", "seconds", "calls", "most arrivals of one call in a second", "allowed"]
    row = [f"{invocation.count:,} instances, whole", f"{run.seconds:.2f}", str(stage.calls), str(most), str(rate)]
    return Table(LONG_WAY, head, [row], {"most": Figure((most,))})
