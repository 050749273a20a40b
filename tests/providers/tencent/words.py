# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of Tencent Cloud that the shared tests meet."""

from __future__ import annotations

from ...support.providers import Words

WORDS = Words(
    stop="CancelInvocation",
    describe="DescribeInvocations",
    limit=100,
    env={
        "region": "TENCENTCLOUD_REGION",
        "access_key_id": "TENCENTCLOUD_SECRET_ID",
        "access_key_secret": "TENCENTCLOUD_SECRET_KEY",
        "security_token": "TENCENTCLOUD_TOKEN",
        "endpoint_url": "TENCENTCLOUD_ENDPOINT_URL",
    },
    pending="PENDING",
    running="RUNNING",
    stopping="CANCELLING",
    succeeded="SUCCESS",
    failed="FAILED",
    cancelled="CANCELLED",
    terminated="TERMINATED",
    unknown_id="inv-nobody01",
    unknown_instance="ins-nobody01",
    denied="UnauthorizedOperation.CamAuthFailed",
    throttled="RequestLimitExceeded",
    title="Tencent Cloud",
    aliases=("tencentcloud",),
    region="ap-guangzhou",
    elsewhere="ap-shanghai",
    command_id="inv-{:08}",
    instance_id="ins-bench{:07}",
    defined_as="cmd-wanted01",
    instances_come_along=True,
    tells_the_end=True,
    services=("tat",),
    rate=20,
    sdk="tencentcloud-sdk-python-tat",
)

# What is refused, and with which codes.
WRONG_SECRET = "AuthFailure.SignatureFailure"
UNKNOWN_KEY = "AuthFailure.SecretIdNotFound"
NO_TOKEN = "AuthFailure.TokenFailure"

NOWHERE = "ap-nowhere"
NO_SUCH_REGION = "UnsupportedRegion"

# Options that only the provider finds wrong, and what is said then.
MALFORMED = [({"invocation_id": "inv-TOO-LONG"}, "InvalidParameterValue.InvalidInvocationId")]

# Class and HTTP status of each code in the table of the stop call.
STOP = {
    "InternalError": ("transient", 200),
    "InvalidParameter": ("bad_input", 200),
    "InvalidParameterValue": ("bad_input", 200),
    "InvalidParameterValue.InstanceIsNotRelatedToInvocation": ("not_found", 200),
    "InvalidParameterValue.InvalidInvocationId": ("bad_input", 200),
    "InvalidParameterValue.LimitExceeded": ("bad_input", 200),
    "InvalidParameterValue.TooLong": ("bad_input", 200),
    "LimitExceeded": ("bad_input", 200),
    "MissingParameter": ("bad_input", 200),
    "ResourceNotFound.InvocationNotFound": ("not_found", 200),
    "UnauthorizedOperation.CamAuthFailed": ("denied", 200),
    "UnauthorizedOperation.InvalidToken": ("auth", 200),
    "UnauthorizedOperation.MFAExpired": ("auth", 200),
    "UnauthorizedOperation.MFANotFound": ("auth", 200),
    "UnknownParameter": ("bad_input", 200),
    "RequestLimitExceeded": ("throttled", 200),
}
