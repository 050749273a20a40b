# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Resource Orchestration Service: one central host, the region travels as a parameter.

Source: ROS API 2019-09-10.
"""

from __future__ import annotations

from ..._http.pacing import Rate
from .client import AlibabaService

_PRIVATE_HOSTS = {
    "ros.vpc-proxy.aliyuncs.com": (
        "ap-northeast-1 ap-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-5 cn-beijing cn-chengdu"
        " cn-guangzhou cn-hangzhou cn-heyuan cn-hongkong cn-huhehaote cn-qingdao cn-shanghai cn-shanghai-finance-1"
        " cn-shenzhen cn-shenzhen-finance-1 cn-wulanchabu cn-zhangjiakou eu-central-1 eu-west-1 us-east-1 us-west-1"
    ),
    "ros-intl.vpc-proxy.aliyuncs.com": (
        "ap-northeast-2 ap-southeast-6 ap-southeast-7 cn-fuzhou cn-nanjing cn-zhengzhou-jva me-central-1"
    ),
}

ROS = AlibabaService(
    name="ros",
    version="2019-09-10",
    # The vendor's table of rates, which has nothing for ListStackGroupOperationResults and StopStackGroupOperation.
    rates=dict.fromkeys(("GetStackGroupOperation", "ListStackGroups", "ListStackGroupOperations"), Rate(100, 60)),
    central_host="ros.aliyuncs.com",
    private_hosts={region: host for host, regions in _PRIVATE_HOSTS.items() for region in regions.split()},
)
