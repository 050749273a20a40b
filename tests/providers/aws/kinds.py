# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of AWS, image tasks with both of their stop calls."""

from __future__ import annotations

from dataclasses import replace

from ...support.kinds import Kind

_SSM = {
    "throttled": "ThrottlingException",
    "wrong_clock": "InvalidSignatureException",
    "expired_token": "ExpiredTokenException",
}
_EC2 = {"throttled": "RequestLimitExceeded", "wrong_clock": "RequestExpired", "expired_token": "RequestExpired"}
_CLOUDFORMATION = {
    "throttled": "Throttling",
    "wrong_clock": "RequestExpired",
    "expired_token": "ExpiredToken",
}
_BECAUSE = "each service of AWS has its own protocol"

_IMAGE_TASK = Kind(
    "aws",
    "image_task",
    read="DescribeImportImageTasks",
    codes=_EC2,
    own_codes_because=_BECAUSE,
    running="active",
    stopping="deleting",
    succeeded="completed",
    failed="deleted",
    ended=("completed", "deleted"),
    unknown_id="import-ami-0000000000nobody1",
    refusals=("IncorrectState", "UnauthorizedOperation"),
    name="ImportImage",
    described={"action": "ImportImage"},
    stop_action="CancelImportTask",
)

KINDS = [
    Kind(
        "aws",
        "cloud_invocation",
        read="ListCommands",
        read_parts="ListCommandInvocations",
        codes=_SSM,
        running="InProgress",
        stopping="Cancelling",
        succeeded="Success",
        failed="Failed",
        ended=("Success", "Failed", "TimedOut", "Cancelled"),
        unknown_id="00000000-0000-0000-0000-000000nobody",
        refusals=("DuplicateInstanceId", "AccessDeniedException"),
        name="nightly-cleanup",
        described={"name": "nightly-cleanup", "count": 2},
    ),
    Kind(
        "aws",
        "automation_execution",
        read="GetAutomationExecution",
        read_left_behind="DescribeAutomationStepExecutions",
        codes=_SSM,
        running="InProgress",
        stopping="Cancelling",
        succeeded="Success",
        failed="Failed",
        ended=("Success", "Failed", "TimedOut", "Cancelled"),
        unknown_id="00000000-0000-0000-0000-000000nobody",
        refusals=("InvalidAutomationStatusUpdateException", "AccessDeniedException"),
        name="restart-fleet",
        described={"name": "restart-fleet"},
    ),
    _IMAGE_TASK,
    replace(
        _IMAGE_TASK,
        variant="export",
        read="DescribeExportImageTasks",
        stop_action="CancelExportTask",
        unknown_id="export-ami-0000000000nobody1",
        name="ExportImage",
        described={"action": "ExportImage"},
    ),
    Kind(
        "aws",
        "stack_group_operation",
        read="ListStackSets",
        read_again="DescribeStackSetOperation",
        read_parts="ListStackSetOperationResults",
        codes=_CLOUDFORMATION,
        own_codes_because=_BECAUSE,
        running="RUNNING",
        stopping="STOPPING",
        succeeded="SUCCEEDED",
        failed="FAILED",
        ended=("SUCCEEDED", "FAILED", "STOPPED"),
        unknown_id="00000000-0000-0000-0000-000000nobody",
        refusals=("InvalidOperationException", "AccessDenied"),
        name="landing-zone",
        described={"group": "landing-zone", "accounts": ["1", "2"], "regions": ["eu-west-1"]},
    ),
]
