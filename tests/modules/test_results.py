# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules return, through whole runs: the keys that are documented, the calls, short messages, the diff."""

from __future__ import annotations

import functools
import json
import time
import typing as t
from collections import Counter
from dataclasses import dataclass
from unittest import mock

import pytest
from ansible.plugins.callback import CallbackBase

from ansible_collections.cloudops.halt.docs.words.calls import permissions
from ansible_collections.cloudops.halt.plugins.module_utils._core.kinds import KINDS, OWN_OPTIONS
from ansible_collections.cloudops.halt.plugins.module_utils._engine.workers import Threads
from emulator.wire import ApiError

from ..support.kinds import ADAPTERS
from ..support.providers import NAMES
from ..unit.test_documentation import LOADED, SINGLE
from .offline import MODULES, READING, RUNS, STOPPING, Change, Cloud, Options, run, spec_of
from .test_hostile_answers import refuse, unknown_words

# What Ansible says of these is true of every module.
OF_ANSIBLE = {"changed", "failed", "warnings"}
# These have keys of their own in each run.
FREE = {"calls", "diff"}
TYPES: dict[str, t.Any] = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict}


@dataclass
class End:
    """A run and what the emulator has noted of it."""

    cloud: Cloud
    result: Options
    requests: list[tuple[str, str]]
    late: int


def nasty(action: str, body: t.Any) -> t.Any:
    """An error in words that a terminal would obey, and more of them than anybody reads."""
    return ApiError("Forbidden.RAM", "no\n\x1b[2J\x9b31m\u2028no " + "and on " * 200)


def unheard_of(action: str, body: t.Any) -> t.Any:
    """Statuses that are not one line."""
    return json.loads(json.dumps(unknown_words(action, body)).replace("Dreaming", "Dream\\n\\u001b[31ming"))


def unchanged(action: str, body: t.Any) -> t.Any:
    return body


def interrupt(action: str, body: t.Any) -> t.Any:
    raise KeyboardInterrupt


def interrupted_wait(threads: Threads, seconds: float | None) -> None:
    """Ctrl-C, once the calls that are under way have come back: threads go on without a module otherwise."""
    while threads._finished.qsize() < threads.under_way:
        time.sleep(0.001)
    raise KeyboardInterrupt


def without_children(options: Options) -> Options:
    """The same options, where the children of executions are left alone."""
    if "targets" in options:
        return {**options, "targets": [{**each, "include_children": False} for each in options["targets"]]}
    return {**options, "include_children": False}


def cloud_with(change: Change) -> Cloud:
    """With what a result can tell of an execution: its children, and the commands that it has started."""
    cloud = Cloud(change)
    parent = cloud.start(
        "alibaba", kind="automation_execution", children=1, invocation_ids=[cloud.ids["cloud_invocation/alibaba"]]
    )
    cloud.start("alibaba", kind="automation_execution", parent=parent, status="Failed")
    cloud.ids["automation_execution/alibaba"] = parent
    return cloud


def options_of(name: str, cloud: Cloud, provider: str = "") -> Options:
    options = cloud.options(name, provider)
    if name == "automation_execution_cancel":
        options["include_children"] = True
    for each in options.get("targets", ()):
        each["include_children"] = each["kind"] == "automation_execution"
    return options


def one_of(name: str, cloud: Cloud, provider: str) -> Options:
    """What makes a module that lists a kind read a single operation, with all that belongs to it."""
    kind = READING[name]
    included = {option: True for option in spec_of(name) if option.startswith("include_")}
    return {KINDS[kind].id_option: cloud.ids[f"{kind}/{provider}"], **included}


@functools.cache
def ends(name: str) -> list[End]:
    """Runs that come to different ends."""
    found: list[End] = []

    def play(cloud: Cloud, options: Options, **how: bool) -> None:
        cloud.take_log()
        result = run(name, options, cloud, diff=True, **how)
        found.append(End(cloud, result, cloud.take_log(), cloud.late))

    def play_to_an_interruption() -> None:
        cloud = cloud_with(interrupt if name in READING else unchanged)
        with mock.patch.object(Threads, "wait", interrupted_wait):
            play(cloud, options_of(name, cloud))

    for change in (unchanged, refuse, nasty, unheard_of):
        cloud = cloud_with(change)
        options = options_of(name, cloud)
        play(cloud, options, check=True)
        play(cloud, options)
        play(cloud, options)
        play(cloud, {**options, "retries": -1})
        if name in READING:
            play(cloud, {**options, **one_of(name, cloud, options["provider"])})
    for module, provider in RUNS:
        # What only some providers tell.
        if module == name and provider:
            cloud = cloud_with(unchanged)
            options = options_of(name, cloud, provider)
            play(cloud, options)
            if name in READING:
                play(cloud, {**options, **one_of(name, cloud, provider)})
    cloud = cloud_with(unchanged)
    cloud.ids["cloud_invocation/alibaba"] = cloud.start("alibaba", count=2, status="Failed")
    play(cloud, options_of(name, cloud))
    if name in ("automation_execution_cancel", "inflight_cancel"):
        cloud = cloud_with(unchanged)
        play(cloud, without_children(options_of(name, cloud)))
    play_to_an_interruption()
    if name == "inflight_info":
        place = cloud.connection("alibaba")
        play(cloud, {**options_of(name, cloud), "scopes": [place], "instance_ids": ["i-bp10000000000000001"]})
    return found


# The keys


def documented(returned: Options) -> dict[str, Options]:
    return {**returned, **{key: {"type": None} for key in OF_ANSIBLE - returned.keys()}}


def keys_inside(about: Options) -> Options | None:
    """What the documentation says of the keys inside; None if it leaves them open."""
    if "contains" in about:
        return t.cast(Options, about["contains"])
    sample = about.get("sample")
    return {key: {"type": None} for key in sample} if isinstance(sample, dict) else None


def walk(returned: Options, value: Options, path: str, seen: set[str]) -> None:
    """Check what a run has returned, and add what was seen of the documented keys."""
    extra = value.keys() - returned.keys()
    if path in (".operations[]", ".excluded[]", ".results[].operation"):
        # With what is particular to its kind.
        extra -= set().union(*(LOADED[single].operation for single in SINGLE))
    if path == ".results[].target":
        extra -= set(OWN_OPTIONS)
    assert not extra, f"{path} has {sorted(extra)}, which is not documented"
    for key, about in returned.items():
        where = f"{path}.{key}"
        if key not in value:
            assert about.get("returned") != "always", f"{where} is missing"
            continue
        seen.add(where)
        inner = value[key]
        if inner is None or about["type"] is None:
            continue
        assert isinstance(inner, TYPES[about["type"]]), where
        inside = None if key in FREE else keys_inside(about)
        if inside is not None:
            for each in inner if isinstance(inner, list) else [inner]:
                walk(inside, each, where + "[]" * isinstance(inner, list), seen)


def paths_of(returned: Options, path: str = "") -> t.Iterator[str]:
    for key, about in returned.items():
        yield f"{path}.{key}"
        inside = None if key in FREE else keys_inside(about)
        yield from paths_of(inside or {}, f"{path}.{key}" + "[]" * (about.get("type") == "list"))


@pytest.mark.parametrize("name", MODULES)
def test_what_is_returned_is_documented_and_what_is_documented_is_returned(name):
    seen: set[str] = set()
    for end in ends(name):
        walk(documented(LOADED[name].returned), end.result, "", seen)
    assert set(paths_of(LOADED[name].returned)) - seen == set()


# The calls


@pytest.mark.parametrize("name", MODULES)
def test_the_calls_are_those_that_the_provider_has_noted(name):
    for end in ends(name):
        expected: dict[str, Counter[str]] = {}
        for provider, action in end.requests:
            expected.setdefault(provider, Counter())[action] += 1
        told = {provider: Counter(calls) for provider, calls in end.result["calls"].items()}
        # What had not begun when the result was written may come after it.
        more = sum((noted - told.get(provider, Counter())).total() for provider, noted in expected.items())
        assert told == expected or (0 < more <= end.late and all(told[name] <= expected[name] for name in told))
        if "summary" in end.result:
            assert len(end.requests) - more == end.result["summary"]["calls"]
    # Runs of every kind are compared: with calls and without, and in good and bad ends.
    calls = [end.result["calls"] for end in ends(name)]
    failed = [end.result["calls"] for end in ends(name) if end.result["failed"]]
    assert {} in failed and any(failed) and all(calls[:3])
    assert len(calls[0]) == (len(NAMES) if name.startswith("inflight_") else 1)


@pytest.mark.parametrize("name", MODULES)
def test_the_calls_are_those_that_its_policy_allows_and_the_sample_has_real_ones(name):
    needed = permissions(ADAPTERS.values())
    may = {
        at: {each.partition(":")[2] for each in actions} for (module, at), actions in needed.items() if module == name
    }
    made = {request for end in ends(name) for request in end.requests}
    assert {provider for provider, _action in made} == set(may)
    assert {f"{provider} {action}" for provider, action in made if action not in may[provider]} == set()
    sample = LOADED[name].returned["calls"]["sample"]
    assert sample
    for provider, calls in sample.items():
        assert set(calls) <= may[provider]


# The words


@pytest.mark.parametrize("name", MODULES)
def test_a_message_is_one_short_line_that_no_terminal_obeys(name):
    assert next(iter(LOADED[name].returned)) == "msg"
    for end in ends(name):
        inner = [each["msg"] for each in end.result.get("results", [])]
        for text in (end.result["msg"], *inner, *end.result.get("warnings", [])):
            assert text.isprintable() and text == text.strip()
            assert 0 < len(text) < 1000, text


@pytest.mark.parametrize("name", MODULES)
def test_the_secrets_of_a_module_are_marked_as_such(name):
    spec = spec_of(name)
    for each in (spec, *(spec[name]["options"] for name in ("scopes", "targets") if name in spec)):
        secret = {option for option, about in each.items() if about.get("no_log")}
        assert secret == {"access_key_secret", "security_token", "proxy"}
    for end in ends(name):
        keys = end.cloud.keys.values()
        assert not any(key["access_key_secret"] in json.dumps(end.result) for key in keys)


# The diff


def lines_of(result: Options) -> list[str]:
    """What Ansible shows of it."""
    return [line for line in CallbackBase()._get_diff(result["diff"]).splitlines() if line.startswith(("+", "-"))]


@pytest.mark.parametrize("name", STOPPING)
def test_a_diff_names_the_operation_and_shows_its_states(name):
    cloud = Cloud()
    options, kind = cloud.options(name), STOPPING[name]
    shown = lines_of(run(name, options, cloud, diff=True))
    assert shown[0] == f"--- before: {kind} {options[KINDS[kind].id_option]}"
    assert any("running" in line for line in shown if line[0] == "-")
    assert any("stopped" in line for line in shown if line[0] == "+")


def test_a_diff_of_many_instances_counts_them():
    cloud = Cloud()
    cloud.ids["cloud_invocation/tencent"] = cloud.start("tencent", count=150, name="nightly")
    options = cloud.options("cloud_invocation_cancel", "tencent")
    one = run("cloud_invocation_cancel", options, cloud, check=True, diff=True)
    assert one["diff"]["before"] == {"state": "running", "instances": "150 running"}
    assert one["diff"]["after"] == {"state": "stopped", "instances": "150 stopped"}
    many = run("inflight_cancel", cloud.options("inflight_cancel"), cloud, check=True, diff=True)
    title = f"cloud_invocation {cloud.ids['cloud_invocation/tencent']} (tencent, {cloud.keys['tencent']['region']})"
    assert many["diff"]["before"][title] == "running, instances: 150 running"
    assert many["diff"]["after"][title] == "stopped, instances: 150 stopped"
    changed = [line for line in lines_of(many) if not line.startswith(("+++", "---"))]
    assert len(changed) == 2 * len(cloud.ids)
