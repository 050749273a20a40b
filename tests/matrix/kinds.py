# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one list of what the matrix runs over. A new kind, or a kind at another provider, joins by one entry."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.cloudops.halt.plugins.module_utils._adapter import Adapter
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.automation_execution import (
    AlibabaAutomationExecution,
)
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.cloud_invocation import AlibabaCloudInvocation
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.image_task import AlibabaImageTask
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.stack_group_operation import (
    AlibabaStackGroupOperation,
)
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.cloud_invocation import TencentCloudInvocation


@dataclass(frozen=True)
class Kind:
    """One kind at one provider, in the provider's words."""

    adapter: type[Adapter]
    running: str
    succeeded: str
    """How it ends by itself."""
    ended: tuple[str, ...]
    """Every status of an end."""
    unknown_id: str
    """An id that is well formed and belongs to nothing."""
    refusals: tuple[str, ...]
    """Codes that may refuse the stop of something that runs."""
    name: str
    """What expected_name is compared with."""
    described: Mapping[str, t.Any]
    """How the emulator is told of one with that name."""
    stopping: str | None = None
    """The status between an accepted stop and the end, where the provider has a word for it."""
    settings: Mapping[str, t.Any] = field(default_factory=dict)
    """What the emulator is to assume where the documents leave it open."""
    variant: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.adapter.kind, self.adapter.platform.name, self.variant)))


def _alibaba_cloud_invocation(**more: t.Any) -> Kind:
    return Kind(
        AlibabaCloudInvocation,
        running="Running",
        stopping="Stopping",
        succeeded="Success",
        ended=("Success", "Failed", "Error", "Timeout", "Cancelled", "Terminated"),
        unknown_id="t-hz0nobody00001",
        refusals=("Operation.Forbidden", "Forbidden.RAM"),
        name="nightly-cleanup",
        described={"name": "nightly-cleanup", "count": 2},
        **more,
    )


def _automation_execution(**more: t.Any) -> Kind:
    return Kind(
        AlibabaAutomationExecution,
        running="Running",
        succeeded="Success",
        ended=("Success", "Failed", "Cancelled"),
        unknown_id="exec-nobody",
        refusals=("ExecutionCancelFailed", "User.NoPermission"),
        name="restart-fleet",
        described={"name": "restart-fleet"},
        **more,
    )


def _image_task(**more: t.Any) -> Kind:
    return Kind(
        AlibabaImageTask,
        running="Processing",
        succeeded="Finished",
        ended=("Finished", "Failed", "Deleted"),
        unknown_id="t-hz0nobody00001",
        refusals=("CancelTaskFailed", "InvalidTaskId.IncorrectTaskStatus", "TaskActionNotSupport", "Forbidden.RAM"),
        name="ExportImage",
        described={"action": "ExportImage"},
        **more,
    )


def _stack_group_operation(**more: t.Any) -> Kind:
    return Kind(
        AlibabaStackGroupOperation,
        running="RUNNING",
        stopping="STOPPING",
        succeeded="SUCCEEDED",
        ended=("SUCCEEDED", "FAILED", "STOPPED"),
        unknown_id="6da106ca-1784-4a6f-a7e1-000000000001",
        refusals=("InvalidParameter", "RequestLimitExceeded", "Forbidden"),
        name="landing-zone",
        described={"group": "landing-zone", "accounts": ["1", "2"], "regions": ["cn-beijing", "cn-hangzhou"]},
        **more,
    )


KINDS = (
    _alibaba_cloud_invocation(settings={"started_runs": "end"}),
    _alibaba_cloud_invocation(
        variant="strict", settings={"started_runs": "end", "stop_of_finished": "forbidden", "unknown_id": "error"}
    ),
    Kind(
        TencentCloudInvocation,
        running="RUNNING",
        stopping="CANCELLING",
        succeeded="SUCCESS",
        ended=("SUCCESS", "FAILED", "TIMEOUT", "CANCELLED", "TERMINATED"),
        unknown_id="inv-nobody01",
        refusals=("OperationDenied", "UnauthorizedOperation.CamAuthFailed", "LimitExceeded"),
        name="nightly-cleanup",
        described={"name": "nightly-cleanup", "count": 2},
    ),
    _automation_execution(),
    _automation_execution(variant="slow", settings={"cancel_is_immediate": False, "unknown_id": "error"}),
    _image_task(),
    _image_task(
        variant="old-words",
        settings={
            "cancel_task_codes": "2017",
            "task_set": "list",
            "support_cancel": "boolean",
            "task_action_spelling": "IMPORT_IMAGE",
            "task_times": "minutes",
        },
    ),
    _stack_group_operation(),
    _stack_group_operation(
        variant="strict", settings={"ros_pairs_in_flight": "cut", "ros_stop_of_finished": "InvalidParameter"}
    ),
)
