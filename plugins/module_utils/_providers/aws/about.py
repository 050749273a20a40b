# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the documentation says of AWS."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from ..about import About, AboutKind
from .platform import AWS
from .profiles import LIBRARY, NEEDED

_SSM = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_{call}.html"
_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_{call}.html"
_CLOUDFORMATION = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_{call}.html"


def _policy(actions: Sequence[str]) -> dict[str, t.Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


ABOUT = About(
    kinds={
        "cloud_invocation": AboutKind(
            many="commands on nodes (Run Command)",
            one="a command of Systems Manager Run Command",
            id=AWS.id_example,
            stop_page=_SSM,
            list_call="ListCommands",
            list_page=_SSM,
            notes=(
                "A command of AWS has no name of its own. Its name here is its comment, or else that of its document,"
                " such as C(AWS-RunShellScript).",
                "AWS only attempts to cancel a command, and promises neither that it ends nor that its processes do."
                " What becomes of a node whose agent is offline is not documented.",
                "Cancelling a command of AWS does not keep a State Manager association or a maintenance window from"
                " starting the next one, and the command does not tell which of them has started it.",
            ),
        ),
        "automation_execution": AboutKind(
            many="automation executions (Automation)",
            one="an execution of a runbook of Systems Manager Automation",
            id=AWS.id_example,
            stop_page=_SSM,
            list_call="DescribeAutomationExecutions",
            list_page=_SSM,
            notes=(
                "At AWS an execution is stopped by C(Type=Cancel). A step that has clean-up steps for that may take"
                " long to end.",
                "AWS does not document whether a stop reaches child executions and what steps have started, such as"
                " commands. The module returns those that it finds, under RV(children) and RV(invocations). Children in"
                " other accounts and regions are not seen from here.",
            ),
        ),
        "image_task": AboutKind(
            many="image and snapshot imports, image and instance exports",
            one="a task of VM Import/Export that imports an image or a snapshot, or exports an image or an instance",
            id="import-ami-example0001",
            stop_page=_EC2,
            list_call="DescribeImportImageTasks",
            list_page=_EC2,
            notes=(
                "At AWS the beginning of the id tells the sort of the task and so the call, which is V(import-ami-),"
                " V(import-snap-), V(export-ami-) or V(export-i-).",
                "AWS refuses to cancel an export that is complete or transfers its final disk image. A cancelled export"
                " leaves nothing behind, AWS says. What becomes of the snapshots of a cancelled import is not"
                " documented.",
                "At AWS a failed import may have the status C(deleted) of a cancelled one. After an accepted cancel it"
                " counts as stopped. Found so, it counts as failed if it has a message.",
                "AWS tells no times of these tasks, so that C(older_than) leaves them out, with a warning.",
            ),
        ),
        "stack_group_operation": AboutKind(
            many="stack set operations (CloudFormation)",
            one="an operation of a CloudFormation stack set",
            id=AWS.id_example,
            stop_page=_CLOUDFORMATION,
            list_call="ListStackSetOperations",
            list_page=_CLOUDFORMATION,
            notes=(
                "AWS starts no further stacks after a stop, and waits for those that are being worked on. That may take"
                " as long as the update of a stack.",
            ),
        ),
    },
    profile_files=(
        "C(~/.aws/credentials), then C(~/.aws/config), or the files that E(AWS_SHARED_CREDENTIALS_FILE) and"
        " E(AWS_CONFIG_FILE) name instead"
    ),
    profile_notes=(
        "A profile of AWS that stands in both files is one. Its keys are those of the first. With a role or SSO in it,"
        " it is handed to the library, and so it is without a key, even if it is named.",
        "Of a profile of AWS, C(ca_bundle), C(endpoint_url), C(services), C(use_dualstack_endpoint) and"
        " C(use_fips_endpoint) are read, too. They count where its key does, after the options and the environment."
        " With C(ignore_configured_endpoint_urls) in it, or with E(AWS_IGNORE_CONFIGURED_ENDPOINT_URLS), only"
        " O(endpoint_url) names URLs.",
    ),
    library=f"{LIBRARY} {NEEDED.version}",
    access_control="IAM",
    policy=_policy,
    services={"ssm": "SSM", "ec2": "EC2", "cloudformation": "CloudFormation"},
    stated_rates={
        "ec2": "AWS's page about the throttling of EC2: what a bucket is refilled with, not what it holds at first.",
    },
    own_rates={
        "ssm": "Ours. AWS publishes no rates for these.",
        "cloudformation": "Ours. AWS publishes no rates for these.",
    },
    private_host_notes=(
        "AWS has no V(vpc): name the host of an interface endpoint, such as"
        " C(https://vpce-example.ssm.eu-central-1.vpce.amazonaws.com), in C(endpoint_url).",
        "At AWS, E(AWS_USE_DUALSTACK_ENDPOINT) and E(AWS_USE_FIPS_ENDPOINT), or else the profile, ask for such hosts if"
        " they are V(true) and C(endpoint_type) is left out.",
        "Hosts for V(dualstack), V(fips) and V(dualstack_fips) at AWS are named by AWS's rules, in all of its"
        " partitions. Not every region has them for every service.",
    ),
)
