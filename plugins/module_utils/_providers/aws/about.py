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
                "A command on AWS has no name of its own. Its comment is used as its name, or else the name of its"
                " document, such as C(AWS-RunShellScript).",
                "AWS only attempts to cancel a command, and promises neither that it ends nor that its processes end."
                " What happens on a node whose agent is offline is not documented.",
                "Cancelling a command on AWS does not prevent a State Manager association or a maintenance window from"
                " starting the next one, and the command does not show which of them started it.",
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
                "On AWS, an execution is stopped with C(Type=Cancel). If a step defines clean-up steps for this case,"
                " it may take a long time to end.",
                "AWS does not document whether a stop also reaches child executions, and commands that steps have"
                " started. The module returns those that it finds in RV(children) and RV(invocations). Children in"
                " other accounts and regions cannot be seen from here.",
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
                "On AWS, the prefix of the id determines the type of the task and therefore the call. It is"
                " V(import-ami-), V(import-snap-), V(export-ami-) or V(export-i-).",
                "AWS refuses to cancel an export that is complete or is transferring its final disk image. According to"
                " AWS, a cancelled export leaves nothing behind. What happens to the snapshots of a cancelled import is"
                " not documented.",
                "On AWS, a failed import may have the status C(deleted), as a cancelled one does. After an accepted"
                " cancel it counts as stopped. If it had that status before, it counts as failed if it has a message.",
                "AWS reports no times for these tasks, so C(older_than) leaves them out, with a warning.",
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
                "After a stop, AWS starts no further stacks and waits for those that are being worked on. This may"
                " take as long as the update of a stack.",
            ),
        ),
    },
    profile_files=(
        "C(~/.aws/credentials), then C(~/.aws/config), or the files that E(AWS_SHARED_CREDENTIALS_FILE) and"
        " E(AWS_CONFIG_FILE) name instead"
    ),
    profile_notes=(
        "A profile of AWS that is in both files counts as one. Its keys are those in the first file. If it has a role"
        " or SSO, or no key at all, it is passed to the library, even if it is named.",
        "C(ca_bundle), C(endpoint_url), C(services), C(use_dualstack_endpoint) and C(use_fips_endpoint) of an AWS"
        " profile are read as well. They apply where its key does, after the options and the environment. With"
        " C(ignore_configured_endpoint_urls) in the profile, or with E(AWS_IGNORE_CONFIGURED_ENDPOINT_URLS), URLs are"
        " taken from O(endpoint_url) only.",
    ),
    library=f"{LIBRARY} {NEEDED.version}",
    access_control="IAM",
    policy=_policy,
    services={"ssm": "SSM", "ec2": "EC2", "cloudformation": "CloudFormation"},
    stated_rates={
        "ec2": "AWS's page about EC2 throttling: the rate at which a bucket is refilled, not its initial size.",
    },
    own_rates={
        "ssm": "Our own. AWS publishes no rates for these.",
        "cloudformation": "Our own. AWS publishes no rates for these.",
    },
    private_host_notes=(
        "AWS has no V(vpc): name the host of an interface endpoint, such as"
        " C(https://vpce-example.ssm.eu-central-1.vpce.amazonaws.com), in C(endpoint_url).",
        "On AWS, the hosts for V(dualstack), V(fips) and V(dualstack_fips) follow AWS's naming rules, in all of its"
        " partitions. Not every region has them for every service.",
        "If C(endpoint_type) is left out, E(AWS_USE_DUALSTACK_ENDPOINT) and E(AWS_USE_FIPS_ENDPOINT), or else the AWS"
        " profile, select these hosts if they are V(true).",
    ),
)
