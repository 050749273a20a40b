# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Alibaba Cloud's documents leave open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..settings import setting


@dataclass
class AlibabaSettings:
    started_runs: Literal["go-on", "end"] = setting(
        "go-on", "what StopInvocation does to one-off runs that have started; the documents say that they go on"
    )
    stop_of_finished: Literal["success", "forbidden"] = setting(
        "success", "what a stop of a finished invocation is answered with"
    )
    timed_default: Literal["all", "false"] = setting(
        "all", "what DescribeInvocations without Timed shows: all, or only what will not run again"
    )
    children_on_cancel: Literal["live", "cancelled"] = setting(
        "live", "what becomes of child executions when their parent is cancelled"
    )
    cancel_is_immediate: bool = setting(
        True, "Cancelled with the answer to CancelExecution, or Running for stopping_seconds more"
    )
    cancel_task_codes: Literal["current", "2017"] = setting(
        "current", "the error codes of CancelTask's page of today, or of the one of 2017"
    )
    cancelled_task_status: Literal["Deleted", "Failed"] = setting("Deleted", "what a cancelled task ends as")
    cancel_of_waiting_task: Literal["forbidden", "success"] = setting(
        "forbidden", "a stop of a task that waits or is paused; the page says that it must be running"
    )
    task_set: Literal["object", "list"] = setting("object", "the form of TaskSet; samples show both")
    support_cancel: Literal["string", "boolean"] = setting("string", "the form of SupportCancel; samples show both")
    task_action_spelling: Literal["ImportImage", "IMPORT_IMAGE"] = setting(
        "ImportImage", "how TaskAction is spelt; samples show both"
    )
    task_times: Literal["seconds", "minutes"] = setting("seconds", "how exact the times of tasks are")
    ros_pairs_in_flight: Literal["finish", "cut"] = setting(
        "finish", "a stop lets the pairs of account and region in flight finish, or cuts them off"
    )
    ros_stop_of_finished: Literal["success", "InvalidParameter"] = setting(
        "success", "what a stop of an ended stack group operation is answered with"
    )
