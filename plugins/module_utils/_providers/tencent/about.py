# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the documentation says of Tencent Cloud."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from ..about import About, AboutKind
from .platform import TENCENT
from .profiles import LIBRARY, NEEDED


def _policy(actions: Sequence[str]) -> dict[str, t.Any]:
    return {"version": "2.0", "statement": [{"effect": "allow", "action": list(actions), "resource": ["*"]}]}


ABOUT = About(
    kinds={
        "cloud_invocation": AboutKind(
            many="commands on instances (TAT)",
            one="an invocation of TencentCloud Automation Tools (TAT)",
            id=TENCENT.id_example,
            stop_page="https://www.tencentcloud.com/document/product/1147/46703",
            list_call="DescribeInvocations",
            list_page="https://www.tencentcloud.com/document/product/1147/46695",
            notes=(
                "Stopping an invocation that a TAT invoker has started does not disable the invoker. The module warns"
                " about this.",
            ),
        ),
    },
    profile_files=(
        "C(~/.tccli/<profile>.credential), then C(~/.tencentcloud/credentials) or, if there is none,"
        " C(/etc/tencentcloud/credentials), or the file that E(TENCENTCLOUD_CREDENTIALS_FILE) names instead of these"
        " two"
    ),
    library=f"{LIBRARY} {NEEDED.version}",
    access_control="CAM",
    policy=_policy,
    services={"tat": "TAT"},
    stated_rates={"tat": "The page of each call, and Tencent Cloud's table of TAT's calls"},
    own_rates={},
    private_host_notes=(
        "The private host of TAT at Tencent Cloud, C(tat.internal.tencentcloudapi.com), follows the pattern of other"
        " services; the vendor does not document it.",
        "Financial regions of Tencent Cloud, such as V(ap-shanghai-fsi), have hosts of their own, such as"
        " C(tat.ap-shanghai-fsi.tencentcloudapi.com). No V(vpc) host is known for them.",
    ),
)
