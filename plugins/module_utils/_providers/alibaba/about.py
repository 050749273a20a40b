# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the documentation says of Alibaba Cloud."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from ..about import About, AboutKind
from .platform import ALIBABA
from .profiles import LIBRARY, NEEDED


def _policy(actions: Sequence[str]) -> dict[str, t.Any]:
    return {"Version": "1", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


ABOUT = About(
    kinds={
        "cloud_invocation": AboutKind(
            many="commands on instances (Cloud Assistant)",
            one="an invocation of Cloud Assistant",
            id=ALIBABA.id_example,
            stop_page="https://www.alibabacloud.com/help/en/ecs/developer-reference/api-stopinvocation",
            list_call="DescribeInvocations",
            list_page="https://www.alibabacloud.com/help/en/ecs/developer-reference/api-describeinvocations",
            notes=(
                "Alibaba Cloud documents that runs of a one-off command that have already started continue after"
                " C(StopInvocation). In practice they may end as C(Terminated). This module promises neither. It"
                " returns V(still_running) for an instance until a read shows that its run has ended.",
                "Stopping a periodic invocation of Alibaba Cloud ends its schedule.",
            ),
            resource="acs:ecs:{region}:{account}:instance/{instanceId}",
        ),
        "automation_execution": AboutKind(
            many="automation executions (OOS)",
            one="an execution of CloudOps Orchestration Service (OOS)",
            id="exec-example0001",
            stop_page="https://www.alibabacloud.com/help/doc-detail/120776.htm",
            list_call="ListExecutions",
            list_page="https://www.alibabacloud.com/help/en/operation-orchestration-service/latest/listexecutions",
            notes=(
                "On Alibaba Cloud, an execution with a trigger (a timer, an event or an alarm) is a schedule. Stopping"
                " it prevents further runs. The runs that it has started are its child executions.",
                "Alibaba Cloud does not document what happens to child executions and to Cloud Assistant commands that"
                " the execution has started. The module returns those that it finds in RV(children) and"
                " RV(invocations).",
            ),
            resource="acs:oos:{region}:{account}:execution/{executionId}",
        ),
        "image_task": AboutKind(
            many="image imports and exports",
            one="a task of ECS that imports or exports an image",
            id="t-bp1example0001",
            stop_page="https://www.alibabacloud.com/help/tc/doc-detail/25624.htm",
            list_call="DescribeTasks",
            list_page="https://www.alibabacloud.com/help/en/ecs/developer-reference/api-describetasks",
            notes=(
                "On Alibaba Cloud, only tasks of the actions C(ImportImage) and C(ExportImage) can be cancelled. Any"
                " other task is refused, and no stop call is sent.",
                "Alibaba Cloud does not document which status a cancelled task has. After an accepted cancel, a task"
                " that is read back as V(Deleted) or V(Failed) counts as stopped.",
                "Alibaba Cloud does not document whether a cancelled task leaves part of an image or of a file in OSS"
                " behind.",
            ),
        ),
        "stack_group_operation": AboutKind(
            many="stack group operations (ROS)",
            one="an operation of a stack group of Resource Orchestration Service (ROS)",
            id="6da106ca-1784-4a6f-a7e1-000000000001",
            stop_page=(
                "https://www.alibabacloud.com/help/en/ros/developer-reference/api-ros-2019-09-10-stopstackgroupoperation"
            ),
            list_call="ListStackGroupOperations",
            list_page=(
                "https://www.alibabacloud.com/help/en/ros/developer-reference/api-ros-2019-09-10-liststackgroupoperations"
            ),
            notes=(
                "Alibaba Cloud documents neither whether stacks that are being worked on are finished or interrupted"
                " by a stop, nor whether anything is rolled back. See RV(results_by_target).",
            ),
            resource="acs:ros:{region}:{account}:stackgroupoperation/{operationId}",
        ),
    },
    profile_files=(
        "C(~/.aliyun/config.json), unless E(ALIBABA_CLOUD_CLI_PROFILE_DISABLED) is V(true), then"
        " C(~/.alibabacloud/credentials.ini) and C(~/.alibabacloud/credentials), or the file that"
        " E(ALIBABA_CLOUD_CREDENTIALS_FILE) names instead of the last two"
    ),
    profile_notes=(
        "In C(config.json) of Alibaba Cloud, the default is the current profile. The modes in that file are not"
        " case-sensitive, just as in the CLI.",
    ),
    library=f"{LIBRARY} {NEEDED.version}",
    access_control="RAM",
    policy=_policy,
    services={"ecs": "ECS", "oos": "OOS", "ros": "ROS"},
    stated_rates={
        "ecs": "The page of the call at Alibaba Cloud's OpenAPI portal",
        "ros": (
            "Alibaba Cloud's table of ROS rates; the rate per second is our own. If more than a hundred calls of one"
            " kind are needed, the rest follow a minute later."
        ),
    },
    own_rates={
        "ecs": (
            "Our own. Alibaba Cloud has a table of ECS rates, in which these calls were not found. Most of the others"
            " have 1,000 in 60 s."
        ),
        "oos": (
            "Our own. Alibaba Cloud has a table of OOS rates, in which these calls were not found. Many of the others"
            " have 300 in 60 s: set C(rate: 5) if long runs are throttled."
        ),
        "ros": "Our own. These calls were not found in that table.",
    },
)
