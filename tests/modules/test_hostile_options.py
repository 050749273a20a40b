# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any value for any option of any module gives one clear sentence or does what it says: see what `run` checks."""

from __future__ import annotations

import functools
import typing as t

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .offline import MODULES, Cloud, run, spec_of

# Whole runs are too slow to look for the smallest example.
quick = functools.partial(
    settings,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
    deadline=None,
)

_ODD = ["", " ", "\0", "\n", "\x1b[31m", "a\r\nb: c", "{{ 1 }}", "../../etc/passwd", "http://[", "https://a:b@c"]
_FIGURE_LIKE = ["取消", "٣", "nan", "-1", "1d", "99999999999d", "9" * 400]
_LONG = ["x" * 20_000, "*" * 500, "[" * 500]
TEXTS = st.sampled_from([*_ODD, *_FIGURE_LIKE, *_LONG])
FIGURES = st.sampled_from([0, -1, 1, 2**31, 2**63, 10**300, -(10**300), 0.0, 1e-300, 1e300])
SCALARS = st.none() | st.booleans() | FIGURES | TEXTS | st.text(max_size=5)
VALUES: st.SearchStrategy[t.Any] = (
    SCALARS
    | st.lists(SCALARS, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "kind", "region", ""]), SCALARS, max_size=2)
    | st.sampled_from([[{}], [[[[]]]], ["i-1"] * 3000])
)


def values_for(spec: dict[str, t.Any]) -> st.SearchStrategy[t.Any]:
    """Ansible itself falls over three figures in place of a whole number: a Decimal can be made of them. And it looks
    for suboptions inside of a figure, and of what is in a list."""
    if spec["type"] == "dict":
        return VALUES.filter(lambda value: not isinstance(value, (int, float, list)))
    if spec["type"] == "int":
        return VALUES.filter(lambda value: not (isinstance(value, list) and len(value) == 3))
    return VALUES


def some_of(specs: dict[str, t.Any]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(specs)), min_size=1, max_size=3, unique=True)


@pytest.mark.parametrize("module", MODULES)
@quick(max_examples=15)
@given(data=st.data())
def test_any_value_for_any_option(module, data):
    cloud = Cloud()
    options = cloud.options(module)
    spec = spec_of(module)
    for name in data.draw(some_of(spec)):
        aliases = [name, *spec[name].get("aliases", ())]
        options[data.draw(st.sampled_from(aliases))] = data.draw(values_for(spec[name]))
    run(module, options, cloud, check=data.draw(st.booleans()))


@pytest.mark.parametrize(("module", "places"), [("inflight_cancel", "targets"), ("inflight_info", "scopes")])
@quick(max_examples=30)
@given(data=st.data())
def test_any_value_for_any_option_of_a_place(module, places, data):
    """What is wrong with one of many places stops nothing at any of them."""
    cloud = Cloud()
    options = cloud.options(module)
    own = spec_of(module)[places]["options"]
    for name in data.draw(some_of(own)):
        data.draw(st.sampled_from(options[places]))[name] = data.draw(values_for(own[name]))
    result = run(module, options, cloud)
    if "results" not in result and "operations" not in result:
        assert cloud.calls == 0


@pytest.mark.parametrize("module", MODULES)
def test_every_value_for_every_figure(module):
    """The figures one by one, since each has bounds of its own."""
    for name, spec in spec_of(module).items():
        # Ansible itself falls over the endless ones for whole numbers.
        endless = {"float": ("nan", "inf", "-inf"), "int": ()}.get(spec["type"])
        for value in (0, -1, 10**300, 1e300, "1_0", "²", [], *endless) if endless is not None else ():
            cloud = Cloud()
            run(module, {**cloud.options(module), name: value}, cloud)
