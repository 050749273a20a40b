# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of operation that are emulated: how a client starts, reads and stops one of each."""

from __future__ import annotations

from emulator.tencent import tat

from ...support.control import Kind

ELSEWHERE = "ap-singapore"

KINDS = [
    Kind(
        "tencent",
        "cloud_invocation",
        tat.WORDS,
        ("PENDING", "RUNNING", "SUCCESS", "FAILED"),
        start=lambda client: client.ok("RunCommand", Content="eA==", InstanceIds=["ins-1"])["InvocationId"],
        stop=lambda client, operation_id: client.code("CancelInvocation", {"InvocationId": operation_id}),
        read=lambda client, operation_id: client.first(
            "DescribeInvocations", "InvocationSet.InvocationStatus", InvocationIds=[operation_id]
        ),
    ),
]

overall_status = tat.overall_status
# How the words for instances add up to that for a command.
OVERALL = {
    "PENDING DELIVERING DELIVER_DELAYED": "PENDING",
    "PENDING SUCCESS": "RUNNING",
    "RUNNING CANCELLING": "CANCELLING",
    "SUCCESS SUCCESS": "SUCCESS",
    "SUCCESS FAILED": "PARTIAL_FAILED",
    "FAILED TIMEOUT": "FAILED",
    "TIMEOUT TIMEOUT": "TIMEOUT",
    "CANCELLED TERMINATED": "CANCELLED",
    "CANCELLED SUCCESS": "PARTIAL_CANCELLED",
    "CANCELLED FAILED": "PARTIAL_FAILED",
    "BRANDNEW": "RUNNING",
}
# The same where a failure is shown at once.
OVERALL_EARLY = {"FAILED RUNNING": "PARTIAL_FAILED", "SUCCESS RUNNING": "RUNNING", "FAILED FAILED": "FAILED"}
