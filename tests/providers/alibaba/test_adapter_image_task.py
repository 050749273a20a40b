# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only image tasks have: actions with two spellings, of which two may be cancelled."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Query, Target
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import STATES
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.image_task import AlibabaImageTask

from ...support.answers import scripted
from .adapters import KINDS, task, tasks


def image(*answers):
    """The adapter and its script."""
    return scripted(AlibabaImageTask, *answers)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("ImportImage", "ImportImage"),
        ("IMPORT_IMAGE", "ImportImage"),
        ("EXPORT_IMAGE", "ExportImage"),
        ("export_image", "ExportImage"),
        ("RedeployInstance", "RedeployInstance"),
        ("MODIFY_DISK_SPEC", "MODIFY_DISK_SPEC"),
        ("", ""),
    ],
)
def test_an_action_has_one_spelling_and_only_two_may_be_cancelled(spelling, name):
    # A sample of the documents has a list around the object that holds the tasks.
    adapter, _ = image({"TaskSet": [{"Task": [task("t-0"), task(TaskAction=spelling)]}]})
    operation = adapter.read(Target("t-1"))
    assert operation.name == name
    objection = adapter.objection(operation)
    if name in ("ImportImage", "ExportImage"):
        assert objection is None
    else:
        assert "t-1" in objection and name in objection and "ImportImage and ExportImage" in objection


@pytest.mark.parametrize("query", [Query(), Query(states=frozenset(STATES))])
def test_tasks_are_asked_for_by_action_in_all_statuses_and_others_are_left_out(query):
    redeployed = task("t-9", TaskAction="RedeployInstance")
    adapter, script = image(tasks(task("t-1", TaskAction="IMPORT_IMAGE"), redeployed), tasks(task("t-2")))
    assert [operation.id for operation in adapter.find(query)] == ["t-1", "t-2"]
    assert script.asked == [
        ("DescribeTasks", {"TaskAction": action, "PageNumber": 1, "PageSize": 100})
        for action in ("ImportImage", "ExportImage")
    ]


def test_only_a_cancelled_image_task_may_show_as_failed():
    assert [kind.adapter.kind for kind in KINDS if kind.adapter.stop_may_show_as_failed] == ["image_task"]
