# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tencent Cloud's kinds, with answers as its references write them."""

from __future__ import annotations

import typing as t

from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Reading

from ...support.adapters import Item, Kind
from ...support.answers import Answer


def invocation(invocation_id: t.Any = "inv-1", *tasks: Item, **more: t.Any) -> Item:
    return {
        "InvocationId": invocation_id,
        "InvocationStatus": "RUNNING",
        "CommandId": "cmd-1",
        "CommandName": "nightly-cleanup",
        "CreatedTime": "2024-01-02T03:04:05+00:00",
        "EndTime": None,
        "InvocationSource": "USER",
        "InvocationTaskBasicInfoSet": list(tasks),
        **more,
    }


def task(instance_id: str, status: str = "RUNNING", **more: t.Any) -> Item:
    return {"InvocationId": "inv-1", "InstanceId": instance_id, "TaskStatus": status, **more}


def invocations(*items: Item, total: int | None = None) -> Answer:
    return {"RequestId": "r-1", "TotalCount": len(items) if total is None else total, "InvocationSet": list(items)}


def tasks(*items: Item, total: int | None = None) -> Answer:
    return {"RequestId": "r-1", "TotalCount": len(items) if total is None else total, "InvocationTaskSet": list(items)}


FIRST_TASKS = (
    "DescribeInvocationTasks",
    {"Filters": [{"Name": "invocation-id", "Values": ["inv-1"]}], "HideOutput": True, "Limit": 100, "Offset": 0},
)
INVOCATION = Kind(
    "tencent",
    "cloud_invocation",
    id="inv-1",
    item=invocation,
    reading=lambda item, *parts: [invocations(item), tasks(*parts)],
    long_reading=[
        invocations(invocation()),
        tasks(*[task(f"ins-{number}") for number in range(100)], total=101),
        tasks(task("ins-100"), total=101),
    ],
    listing=lambda *items, more=False: [invocations(*items, total=len(items) + more)],
    endless=lambda number: invocations(*[invocation(f"inv-{number}")] * 100, total=10**9),
    shown={"name": "nightly-cleanup", "status": "RUNNING", "command_id": "cmd-1", "source": "USER"},
    reads=[("DescribeInvocations", {"InvocationIds": ["inv-1"], "Limit": 100}), FIRST_TASKS],
    status="InvocationStatus",
    states={
        "pending": "PENDING",
        "running": "RUNNING",
        "stopping": "CANCELLING",
        "succeeded": "SUCCESS",
        "failed": "TIMEOUT FAILED PARTIAL_FAILED",
        "stopped": "CANCELLED PARTIAL_CANCELLED",
    },
    ended=lambda created, finished: invocation(InvocationStatus="SUCCESS", CreatedTime=created, EndTime=finished),
    stops={"InvocationId": "inv-1"},
    stops_some={"InvocationId": "inv-1", "InstanceIds": ["x-1", "x-2"]},
    stop_limit=100,
    foreign={
        "invocation_id": {
            "t-1": "use cloud_invocation_cancel or image_task_cancel with provider=alibaba",
            "exec-1": "use automation_execution_cancel with provider=alibaba",
            "cmd-1": "cloud_invocation_info lists its runs with command_id",
            "invt-1": "name the invocation, inv-..., and the instance",
            "ins-1": "instances go into instance_ids",
        },
        "instance_ids": {
            "i-1": "an instance of Alibaba Cloud, or of an instance of AWS, and not of an instance at tencent"
        },
    },
    own={"invocation_id": ["inv-1", "anything"], "instance_ids": ["ins-1", "lhins-1", "rins-1", "at-all"]},
    parts={
        "ins-1": task("ins-1"),
        "ins-2": task("ins-2", "FAILED", TaskResult={"ExitCode": 7, "Output": "aGk="}, ErrorInfo="exit code 7"),
    },
    readings={"ins-1": Reading("RUNNING", "running"), "ins-2": Reading("FAILED", "failed", 7, "exit code 7")},
    parts_key="instances",
    part_named={"instance_id": "ins-1"},
    part_status="TaskStatus",
    part_states={
        "pending": "PENDING DELIVERING DELIVER_DELAYED",
        "running": "RUNNING",
        "stopping": "CANCELLING",
        "succeeded": "SUCCESS",
        "failed": "DELIVER_FAILED START_FAILED FAILED TIMEOUT TASK_TIMEOUT",
        "stopped": "CANCELLED TERMINATED",
    },
    exits={"TaskResult": {"ExitCode": 0}},
    part_ended=lambda moment: {"TaskStatus": "SUCCESS", "EndTime": moment},
    inside=lambda part: {"InvocationTaskBasicInfoSet": [task(part)]},
    counts=FIRST_TASKS,
    glances=[("DescribeInvocations", {"InvocationIds": ["one", "two", "three"], "Limit": 100})],
)

KINDS = [INVOCATION]
