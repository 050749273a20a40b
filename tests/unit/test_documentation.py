# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules say of themselves is what they do, and says the same everywhere."""

from __future__ import annotations

import contextlib
import importlib
from pathlib import Path
from unittest import mock

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import get_docstring

from ansible_collections.cloudops.halt.plugins import modules as package
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import OUTCOMES

COLLECTION = "cloudops.halt"
FOLDER = Path(package.__path__[0])
# That of the role has neither options nor a provider.
# These two tell of no operations.
OTHERS = ("__init__", "bulk_cancel_request", "inflight_report")
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in OTHERS)
# For one operation of one kind, and for many of any kind.
SINGLE = [name for name in MODULES if not name.startswith("inflight_")]
BULK = [name for name in MODULES if name.startswith("inflight_")]
STOPPING = [name for name in SINGLE if not name.endswith("_info")]
READING = [name for name in SINGLE if name.endswith("_info")]
RUNTIME = yaml.safe_load((FOLDER.parents[1] / "meta" / "runtime.yml").read_text())
GROUPS = RUNTIME["action_groups"]
ACTION = f"{COLLECTION}.inflight_cancel"


class Loaded:
    """The documentation of one module, fragments included, as ansible-doc reads it, and what it asks Ansible for."""

    def __init__(self, name):
        path = str(FOLDER / f"{name}.py")
        self.doc, _, self.returned, _ = get_docstring(
            path, fragment_loader, collection_name=COLLECTION, plugin_type="module"
        )
        # Where an operation is described: by itself, in a list, or as a part of a result.
        self.result = self.returned.get("results", {}).get("contains") or self.returned
        self.operation = (self.result.get("operation") or self.returned["operations"])["contains"]
        module = importlib.import_module(f"{package.__name__}.{name}")
        with mock.patch.object(AnsibleModule, "__init__", side_effect=InterruptedError) as asked:
            with contextlib.suppress(InterruptedError):
                module.main()
            self.asked = asked.call_args.kwargs


LOADED = {name: Loaded(name) for name in MODULES}


def test_all_modules_are_looked_at():
    assert len(SINGLE) >= 8 and len(BULK) == 2
    assert {name.rpartition("_")[0] for name in STOPPING} == {name.rpartition("_")[0] for name in READING}


# Options. That they are those of the argument spec, `ansible-test sanity` shows.


@pytest.mark.parametrize("name", MODULES)
def test_check_mode_is_supported_as_documented(name):
    assert LOADED[name].asked["supports_check_mode"] is True
    assert LOADED[name].doc["attributes"]["check_mode"]["support"] == "full"


NO_FILTERS = {"include_children", "include_instances", "include_results_by_target", "stack_group_name", "call_as"}


@pytest.mark.parametrize("name", READING)
def test_filters_and_the_id_exclude_each_other_as_documented(name):
    (id_option,), filters = map(set, zip(*LOADED[name].asked["mutually_exclusive"], strict=True))
    own = set(LOADED[name].doc["options"]) - set.intersection(*(set(LOADED[each].doc["options"]) for each in SINGLE))
    assert filters == own - {id_option} - NO_FILTERS
    assert id_option.endswith("_id")
    assert "Mutually exclusive with the filters." in LOADED[name].doc["options"][id_option]["description"]


# What is returned


def without_samples(part):
    if not isinstance(part, dict):
        return part
    return {key: without_samples(value) for key, value in part.items() if key != "sample"}


def test_the_summary_has_the_keys_of_the_flow():
    for name in STOPPING:
        sample = LOADED[name].returned["summary"]["sample"]
        assert set(sample) == {*OUTCOMES, "requested", "calls", "stop_calls", "seconds", "seconds_to_first_stop"}


@pytest.mark.parametrize("name", STOPPING)
def test_an_operation_is_described_alike_where_it_is_stopped_and_where_it_is_shown(name):
    stopped = LOADED[name].operation
    shown = LOADED[companion(name).removeprefix(f"{COLLECTION}.")].operation
    assert set(stopped) <= set(shown) and len(shown) <= len(stopped) + 1
    assert without_samples(stopped) == without_samples({key: shown[key] for key in stopped})


def test_the_parts_of_a_bulk_result_are_described_as_those_of_a_single_one():
    bulk, single = LOADED["inflight_cancel"], LOADED["cloud_invocation_cancel"]
    assert bulk.result["instances"]["contains"].keys() == single.returned["instances"]["contains"].keys()


# Groups, companions


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_in_the_groups_of_its_providers(name):
    loaded = LOADED[name]
    expected = {"all", *loaded.doc["options"]["provider"]["choices"]}
    assert {group for group, members in GROUPS.items() if name in members} == expected
    membership = loaded.doc["attributes"]["action_group"]["membership"]
    assert sorted(membership) == sorted(f"{COLLECTION}.{group}" for group in expected)


def test_groups_have_no_other_members():
    for members in GROUPS.values():
        assert members == sorted(set(members))
        assert set(members) <= set(MODULES)


def test_every_module_ends_with_ansible():
    """By the action plugin, which one module has by its name."""
    routed = {name: routing["action_plugin"] for name, routing in RUNTIME["plugin_routing"]["modules"].items()}
    assert {**routed, "inflight_cancel": ACTION} == dict.fromkeys(MODULES, ACTION)


def companion(name):
    """The module that reads what this one stops, or the other way round."""
    kind, _, verb = name.rpartition("_")
    others = [other for other in MODULES if other.rpartition("_")[0] == kind and other != name]
    (other,) = [other for other in others if (verb == "info") != other.endswith("_info")]
    return f"{COLLECTION}.{other}"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_points_to_its_companion(name):
    seealso = [each.get("module") for each in LOADED[name].doc["seealso"]]
    assert companion(name) in seealso
    assert {each.removeprefix(f"{COLLECTION}.") for each in seealso if each} <= set(MODULES)
