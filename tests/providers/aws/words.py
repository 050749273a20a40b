# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of AWS that the shared tests meet."""

from __future__ import annotations

from ...support.providers import Words

WORDS = Words(
    stop="CancelCommand",
    describe="ListCommands",
    limit=50,
    env={
        "region": "AWS_REGION",
        "access_key_id": "AWS_ACCESS_KEY_ID",
        "access_key_secret": "AWS_SECRET_ACCESS_KEY",
        "security_token": "AWS_SESSION_TOKEN",
        "endpoint_url": "AWS_ENDPOINT_URL",
    },
    pending="Pending",
    running="InProgress",
    stopping="Cancelling",
    succeeded="Success",
    failed="Failed",
    cancelled="Cancelled",
    terminated="Cancelled",
    unknown_id="00000000-0000-0000-0000-0000nobody01",
    unknown_instance="i-00000000nobody001",
    denied="AccessDeniedException",
    throttled="ThrottlingException",
    title="AWS",
    aliases=("amazon",),
    region="us-east-1",
    elsewhere="eu-central-1",
    command_id="11111111-2222-3333-4444-{:012}",
    instance_id="i-0bench{:011}",
    defined_as="wanted-document",
    instances_come_along=False,
    tells_the_end=False,
    services=("ssm", "ec2", "cloudformation"),
    rate=5,
    sdk="boto3",
)

# What is refused, and with which codes.
WRONG_SECRET = "InvalidSignatureException"
UNKNOWN_KEY = "UnrecognizedClientException"
NO_TOKEN = "UnrecognizedClientException"

NOWHERE = "eu-nowhere-1"
NO_SUCH_REGION = "InvalidSignatureException"

# Options that only the provider finds wrong, and what is said then.
MALFORMED: list[tuple[dict[str, str], str]] = []

# Class and HTTP status of each code in the table of the stop call.
STOP = {
    "DuplicateInstanceId": ("bad_input", 400),
    "InvalidCommandId": ("not_found", 400),
    "InvalidInstanceId": ("not_found", 400),
    "InternalServerError": ("transient", 500),
    "AccessDeniedException": ("denied", 400),
    "ThrottlingException": ("throttled", 400),
}
