# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of Alibaba Cloud that the shared tests meet."""

from __future__ import annotations

from ...support.providers import Words

WORDS = Words(
    stop="StopInvocation",
    describe="DescribeInvocations",
    limit=50,
    env={
        "region": "ALIBABA_CLOUD_REGION_ID",
        "access_key_id": "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "access_key_secret": "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "security_token": "ALIBABA_CLOUD_SECURITY_TOKEN",
        "endpoint_url": "ALIBABA_CLOUD_ENDPOINT_URL",
    },
    pending="Pending",
    running="Running",
    stopping="Stopping",
    succeeded="Success",
    failed="Failed",
    cancelled="Cancelled",
    terminated="Terminated",
    unknown_id="t-hz0nobody00001",
    unknown_instance="i-bp1nobody0001",
    denied="Forbidden.RAM",
    throttled="Throttling.User",
    title="Alibaba Cloud",
    aliases=("aliyun", "alicloud"),
    region="cn-hangzhou",
    elsewhere="cn-shanghai",
    command_id="t-hz0bench{:07}",
    instance_id="i-bp1bench{:07}",
    defined_as="c-hz0wanted0001",
    instances_come_along=True,
    tells_the_end=True,
    services=("ecs", "oos", "ros"),
    rate=10,
    sdk="alibabacloud-ecs20140526",
)

# What is refused, and with which codes.
WRONG_SECRET = "SignatureDoesNotMatch"
UNKNOWN_KEY = "InvalidAccessKeyId.NotFound"
NO_TOKEN = "MissingSecurityToken"

NOWHERE = "cn-edge-1"
NO_SUCH_REGION = "RegionId.ApiNotSupported"

# Options that only the provider finds wrong, and what is said then.
MALFORMED: list[tuple[dict[str, str], str]] = []

# Class and HTTP status of each code in the table of the stop call.
STOP = {
    "RegionId.ApiNotSupported": ("bad_input", 400),
    "InstanceIds.ExceedLimit": ("bad_input", 403),
    "Operation.Forbidden": ("denied", 403),
    "InvalidInvokeId.NotFound": ("not_found", 404),
    "InternalError.Dispatch": ("transient", 500),
    "Throttling.User": ("throttled", 400),
}
