# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of Alibaba Cloud, some of them as its documents leave them open, too."""

from __future__ import annotations

from dataclasses import replace

from ...support.kinds import Kind

_CODES = {
    "throttled": "Throttling.User",
    "wrong_clock": "InvalidTimeStamp.Expired",
    "expired_token": "InvalidSecurityToken.Expired",
}

_CLOUD_INVOCATION = Kind(
    "alibaba",
    "cloud_invocation",
    read="DescribeInvocations",
    codes=_CODES,
    running="Running",
    stopping="Stopping",
    succeeded="Success",
    failed="Failed",
    ended=("Success", "Failed", "Error", "Timeout", "Cancelled", "Terminated"),
    unknown_id="t-hz0nobody00001",
    refusals=("Operation.Forbidden", "Forbidden.RAM"),
    name="nightly-cleanup",
    described={"name": "nightly-cleanup", "count": 2},
    settings={"started_runs": "end"},
)
_AUTOMATION_EXECUTION = Kind(
    "alibaba",
    "automation_execution",
    read="ListExecutions",
    read_left_behind="ListTaskExecutions",
    codes={**_CODES, "expired_token": "ExpiredStsToken"},
    own_codes_because="OOS has a code of its own",
    running="Running",
    succeeded="Success",
    failed="Failed",
    ended=("Success", "Failed", "Cancelled"),
    unknown_id="exec-nobody",
    refusals=("ExecutionCancelFailed", "User.NoPermission"),
    name="restart-fleet",
    described={"name": "restart-fleet"},
)
_IMAGE_TASK = Kind(
    "alibaba",
    "image_task",
    read="DescribeTasks",
    codes=_CODES,
    running="Processing",
    succeeded="Finished",
    failed="Failed",
    ended=("Finished", "Failed", "Deleted"),
    unknown_id="t-hz0nobody00001",
    refusals=("CancelTaskFailed", "InvalidTaskId.IncorrectTaskStatus", "TaskActionNotSupport", "Forbidden.RAM"),
    name="ExportImage",
    described={"action": "ExportImage"},
)
_STACK_GROUP_OPERATION = Kind(
    "alibaba",
    "stack_group_operation",
    read="GetStackGroupOperation",
    read_parts="ListStackGroupOperationResults",
    codes=_CODES,
    running="RUNNING",
    stopping="STOPPING",
    succeeded="SUCCEEDED",
    failed="FAILED",
    ended=("SUCCEEDED", "FAILED", "STOPPED"),
    unknown_id="6da106ca-1784-4a6f-a7e1-000000000001",
    refusals=("InvalidParameter", "RequestLimitExceeded", "Forbidden"),
    name="landing-zone",
    described={"group": "landing-zone", "accounts": ["1", "2"], "regions": ["cn-beijing", "cn-hangzhou"]},
)

KINDS = [
    _CLOUD_INVOCATION,
    replace(
        _CLOUD_INVOCATION,
        variant="strict",
        settings={"started_runs": "end", "stop_of_finished": "forbidden", "unknown_id": "error"},
    ),
    _AUTOMATION_EXECUTION,
    replace(
        _AUTOMATION_EXECUTION,
        variant="slow",
        settings={"cancel_is_immediate": False, "unknown_id": "error"},
    ),
    _IMAGE_TASK,
    replace(
        _IMAGE_TASK,
        variant="old-words",
        settings={
            "cancel_task_codes": "2017",
            "task_set": "list",
            "support_cancel": "boolean",
            "task_action_spelling": "IMPORT_IMAGE",
            "task_times": "minutes",
        },
    ),
    _STACK_GROUP_OPERATION,
    replace(
        _STACK_GROUP_OPERATION,
        variant="strict",
        settings={"ros_pairs_in_flight": "cut", "ros_stop_of_finished": "InvalidParameter"},
    ),
]
