# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Alibaba Cloud before any call: its names, variables, hosts and ids."""

from __future__ import annotations

import re

from ..._core.ids import Form
from ..._credentials.platform import Platform, ProfileFiles


def _profiles() -> ProfileFiles:
    from . import profiles

    return profiles


ALIBABA = Platform(
    name="alibaba",
    title="Alibaba Cloud",
    region_env=("ALIBABA_CLOUD_REGION_ID",),
    access_key_id_env=("ALIBABA_CLOUD_ACCESS_KEY_ID",),
    access_key_secret_env=("ALIBABA_CLOUD_ACCESS_KEY_SECRET",),
    security_token_env=("ALIBABA_CLOUD_SECURITY_TOKEN",),
    endpoint_url_env=("ALIBABA_CLOUD_ENDPOINT_URL",),
    load_profiles=_profiles,
    private_sts="sts-vpc.{region}.aliyuncs.com",
    aliases=("aliyun", "alicloud"),
    region_example="cn-hangzhou",
    id_example="t-hz0example0001",
    services=("ecs", "oos", "ros", "sts"),
    own_host=re.compile(
        r"(?P<service>[a-z0-9]+)(?:-[a-z0-9-]+)?(?:\.(?:vpc-proxy|(?P<region>[a-z0-9-]+)))?\.aliyuncs\.com"
    ),
    consoles={
        "cloud_invocation": "https://ecs.console.aliyun.com/cloud-assistant/region/{region}",
        "automation_execution": "https://oos.console.aliyun.com/{region}/execution/detail/{id}",
    },
    ids=(
        Form(
            "t-",
            "a Cloud Assistant invocation or an image task of Alibaba Cloud",
            "use cloud_invocation_cancel or image_task_cancel with provider=alibaba",
            kinds=("cloud_invocation", "image_task"),
        ),
        Form(
            "exec-",
            "an OOS execution of Alibaba Cloud",
            "use automation_execution_cancel with provider=alibaba",
            kinds=("automation_execution",),
        ),
        Form(
            "c-", "a Cloud Assistant command of Alibaba Cloud", "cloud_invocation_info lists its runs with command_id"
        ),
        Form("i-", "an instance of Alibaba Cloud", "instances go into instance_ids", is_instance=True),
        Form("mi-", "a managed instance of Alibaba Cloud", "instances go into instance_ids", is_instance=True),
    ),
)
