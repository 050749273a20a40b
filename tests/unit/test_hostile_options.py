# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any value for any option of any module gives one clear sentence or does what it says: see what `run` checks."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ._modules import Cloud, run, spec_of

# What each module is about: the option that names it, and the kind with its provider.
STOPPING = {
    "cloud_invocation_cancel": ("invocation_id", "cloud_invocation/tencent"),
    "automation_execution_cancel": ("execution_id", "automation_execution/alibaba"),
    "image_task_cancel": ("task_id", "image_task/alibaba"),
    "stack_group_operation_stop": ("operation_id", "stack_group_operation/alibaba"),
}
READING = {
    "cloud_invocation_info": "alibaba",
    "automation_execution_info": "alibaba",
    "image_task_info": "alibaba",
    "stack_group_operation_info": "alibaba",
}
BULK = ("inflight_cancel", "inflight_info")
# Whole runs are too slow to look for the smallest example.
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)

MODULES = (*STOPPING, *READING, *BULK)

# Ansible itself falls over these for whole numbers.
ENDLESS: dict[str, tuple[str, ...]] = {"float": ("nan", "inf", "-inf"), "int": ()}

_ODD = [
    "",
    " ",
    "\0",
    "\n",
    "\x1b[31m",
    "a\r\nb: c",
    "{{ 1 }}",
    "../../etc/passwd",
    "http://[",
    "https://a:b@c",
    "取消",
]
_FIGURE_LIKE = ["٣", "nan", "-1", "1d", "99999999999d", "9" * 400]
_LONG = ["x" * 20_000, "*" * 500, "[" * 500]
TEXTS = st.sampled_from([*_ODD, *_FIGURE_LIKE, *_LONG])
FIGURES = st.sampled_from([0, -1, 1, 2**31, 2**63, 10**300, -(10**300), 0.0, 1e-300, 1e300])
SCALARS = st.none() | st.booleans() | FIGURES | TEXTS | st.text(max_size=5)
VALUES: st.SearchStrategy[t.Any] = (
    SCALARS
    | st.lists(SCALARS, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "kind", "region", ""]), SCALARS, max_size=2)
    | st.just([{}])
    | st.just([[[[]]]])
    | st.just(["i-1"] * 3000)
)


def values_for(spec: dict[str, t.Any]) -> st.SearchStrategy[t.Any]:
    """Ansible itself falls over three figures in place of a whole number: a Decimal can be made of them."""
    if spec["type"] == "int":
        return VALUES.filter(lambda value: not (isinstance(value, list) and len(value) == 3))
    return VALUES


def fine_options(module: str, cloud: Cloud) -> dict[str, t.Any]:
    quick = {"wait_timeout": 3, "wait_interval": 1}
    if module in STOPPING:
        option, kind = STOPPING[module]
        return {**cloud.connection(kind.partition("/")[2]), **quick, option: cloud.ids[kind]}
    if module in READING:
        return cloud.connection(READING[module])
    if module == "inflight_info":
        return {"scopes": [cloud.connection("alibaba"), cloud.connection("tencent")]}
    return {**quick, "targets": [target(cloud, kind) for kind in cloud.ids]}


def target(cloud: Cloud, kind: str) -> dict[str, t.Any]:
    name, _, provider = kind.partition("/")
    return {**cloud.connection(provider), "kind": name, "id": cloud.ids[kind]}


@pytest.mark.parametrize("module", MODULES)
@settings(max_examples=15, phases=QUICK, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_value_for_any_option(monkeypatch, tmp_path, module, data):
    monkeypatch.setenv("HOME", str(tmp_path))
    cloud = Cloud()
    options = fine_options(module, cloud)
    spec = spec_of(module)
    for name in data.draw(st.lists(st.sampled_from(sorted(spec)), min_size=1, max_size=3, unique=True)):
        aliases = [name, *spec[name].get("aliases", ())]
        options[data.draw(st.sampled_from(aliases))] = data.draw(values_for(spec[name]))
    run(module, {**options, "_ansible_check_mode": data.draw(st.booleans())}, cloud)


@pytest.mark.parametrize(("module", "places"), [("inflight_cancel", "targets"), ("inflight_info", "scopes")])
@settings(max_examples=30, phases=QUICK, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_value_for_any_option_of_a_place(monkeypatch, tmp_path, module, places, data):
    """What is wrong with one of many places stops nothing at any of them."""
    monkeypatch.setenv("HOME", str(tmp_path))
    cloud = Cloud()
    options = fine_options(module, cloud)
    own = spec_of(module)[places]["options"]
    for name in data.draw(st.lists(st.sampled_from(sorted(own)), min_size=1, max_size=3, unique=True)):
        data.draw(st.sampled_from(options[places]))[name] = data.draw(values_for(own[name]))
    result = run(module, options, cloud)
    if "results" not in result and "operations" not in result:
        assert cloud.calls == 0


@pytest.mark.parametrize("module", MODULES)
def test_every_value_for_every_figure(module):
    """The figures one by one, since each has bounds of its own."""
    for name, spec in spec_of(module).items():
        if spec["type"] in ("int", "float"):
            for value in (0, -1, 10**300, 1e300, "1_0", "²", [], *ENDLESS[spec["type"]]):
                cloud = Cloud()
                run(module, {**fine_options(module, cloud), name: value}, cloud)
