# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only stack group operations have: one call for one of them, and lists with numbers, group by group."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Query, Target
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.stack_group_operation import (
    AlibabaStackGroupOperation,
)

from ...support.answers import refusal, scripted
from .adapters import STACK_OPERATION, got, groups, operation, operations


def ros(*answers):
    """The adapter and its script."""
    return scripted(AlibabaStackGroupOperation, *answers)


OF_ONE_GROUP = Query(details={"stack_group_name": "landing-zone"})


@pytest.mark.parametrize("found", [{}, {"StackGroupOperation": None}, {"StackGroupOperation": [operation()]}])
def test_an_answer_without_the_operation_that_was_asked_for_is_not_taken_for_not_found(found):
    """An unknown id is an error of its own at ROS."""
    with pytest.raises(ApiError) as caught:
        ros({"RequestId": "r-1", **found})[0].look_up(Target(STACK_OPERATION))
    assert (caught.value.code, caught.value.error_class) == ("NotAnAnswer", "lost")


def test_the_operation_that_was_asked_for_needs_no_id_in_the_answer():
    assert ros(got(operation(None)))[0].read(Target(STACK_OPERATION)).id == STACK_OPERATION


def test_operations_are_listed_over_all_active_groups_but_those_that_are_deleted_meanwhile():
    adapter, script = ros(groups("gone", "landing-zone"), refusal("not_found"), operations(operation()))
    assert [found.id for found in adapter.find(Query())] == [STACK_OPERATION]
    page = {"PageNumber": 1, "PageSize": 50}
    assert script.asked == [
        ("ListStackGroups", {"Status": "ACTIVE", **page}),
        ("ListStackGroupOperations", {"StackGroupName": "gone", **page}),
        ("ListStackGroupOperations", {"StackGroupName": "landing-zone", **page}),
    ]


def test_operations_of_one_group_need_no_list_of_groups():
    adapter, script = ros(operations(operation()))
    assert [found.id for found in adapter.find(OF_ONE_GROUP)] == [STACK_OPERATION]
    asked = {"StackGroupName": "landing-zone", "PageNumber": 1, "PageSize": 50}
    assert script.asked == [("ListStackGroupOperations", asked)]


def test_a_group_that_was_named_and_is_not_there_is_an_error():
    with pytest.raises(ApiError, match="no"):
        list(ros(refusal("not_found"))[0].find(OF_ONE_GROUP))
