# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Tencent Cloud before any call: its names, variables, hosts and ids."""

from __future__ import annotations

import re

from ..._core.ids import Form
from ..._credentials.platform import Platform, ProfileFiles


def _profiles() -> ProfileFiles:
    from . import profiles

    return profiles


TENCENT = Platform(
    name="tencent",
    title="Tencent Cloud",
    region_env=("TENCENTCLOUD_REGION",),
    access_key_id_env=("TENCENTCLOUD_SECRET_ID",),
    access_key_secret_env=("TENCENTCLOUD_SECRET_KEY",),
    # The vendor's command line reads the first name, many other tools the second.
    security_token_env=("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),
    endpoint_url_env=("TENCENTCLOUD_ENDPOINT_URL",),
    load_profiles=_profiles,
    private_sts="sts.internal.tencentcloudapi.com",
    aliases=("tencentcloud",),
    region_example="ap-guangzhou",
    id_example="inv-example1",
    services=("tat", "sts"),
    own_host=re.compile(
        r"(?P<service>[a-z0-9]+)(?:-[a-z0-9-]+)?(?:\.(?:intl|internal|(?P<region>[a-z0-9-]+)))?\.tencentcloudapi\.com"
    ),
    consoles={"cloud_invocation": "https://console.cloud.tencent.com/tat"},
    ids=(
        Form(
            "inv-",
            "a TAT invocation of Tencent Cloud",
            "use cloud_invocation_cancel with provider=tencent",
            kinds=("cloud_invocation",),
        ),
        Form("invt-", "one instance's part of a TAT invocation", "name the invocation, inv-..., and the instance"),
        Form("cmd-", "a TAT command of Tencent Cloud", "cloud_invocation_info lists its runs with command_id"),
        Form("ins-", "an instance of Tencent Cloud", "instances go into instance_ids", is_instance=True),
        Form("lhins-", "an instance of Tencent Cloud", "instances go into instance_ids", is_instance=True),
    ),
)
