# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Elastic Compute Service, which also holds Cloud Assistant and image tasks.

Source: ECS API 2014-05-26, endpoints.
"""

from __future__ import annotations

from ..._http.pacing import Rate
from .client import AlibabaService

# Regions that other hosts serve.
_HOSTS = {
    "ecs-cn-hangzhou.aliyuncs.com": (
        "cn-hangzhou cn-shanghai-finance-1 cn-shenzhen-finance-1 cn-beijing-nu16-b01 cn-fujian cn-haidian-cm12-c01"
        " cn-hangzhou-bj-b01 cn-hangzhou-internal-prod-1 cn-hangzhou-internal-test-1 cn-hangzhou-internal-test-2"
        " cn-hangzhou-internal-test-3 cn-hangzhou-test-306 cn-shanghai-et15-b01 cn-shanghai-et2-b01"
        " cn-shanghai-internal-test-1 cn-shenzhen-st4-d01 cn-shenzhen-su18-b01 cn-zhangbei-na61-b01"
    ),
    "ecs.aliyuncs.com": (
        "cn-north-2-gov-1 ap-northeast-2-pop cn-beijing-finance-pop cn-beijing-gov-1 cn-hangzhou-finance"
        " cn-hongkong-finance-pop cn-shanghai-inner cn-shenzhen-inner cn-wuhan cn-yushanfang cn-zhangbei rus-west-1-pop"
    ),
    "ecs.cn-qingdao-nebula.aliyuncs.com": "cn-edge-1 cn-huhehaote-nebula-1 cn-zhengzhou-nebula-1",
    "ecs.cn-zhangjiakou.aliyuncs.com": "cn-zhangjiakou-na62-a01",
    "ecs.cn-shenzhen-cloudstone.aliyuncs.com": "eu-west-1-oxs",
}

ECS = AlibabaService(
    name="ecs",
    version="2014-05-26",
    # The page of the call. No figure was found for DescribeInvocations, DescribeInvocationResults, DescribeTasks and
    # CancelTask.
    rates={"StopInvocation": Rate(1000, 60)},
    hosts={region: host for host, regions in _HOSTS.items() for region in regions.split()},
    counts_by_token=False,
)
