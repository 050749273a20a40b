# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Alibaba Cloud has requests signed, and what it publishes of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import requests

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.signer import Acs3Auth

CREDENTIALS = Credentials("LTAIEXAMPLEID", "EXAMPLESECRETKEY")
JANUARY = 1704164645  # 2024-01-02T03:04:05Z
# The last second of a day and the first of the next, as they are written.
MIDNIGHT = ("2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z")


def auth(now: Callable[[], float]) -> Acs3Auth:
    return Acs3Auth(CREDENTIALS, now, lambda: "nonce")


def signed(
    now: float = JANUARY,
    parameters: Mapping[str, str] | None = None,
    *,
    host: str = "ecs.cn-beijing.aliyuncs.com",
    credentials: Credentials = CREDENTIALS,
    nonce: str = "nonce",
    action: str = "StopInvocation",
    version: str = "2014-05-26",
) -> Any:
    """A prepared and signed request."""
    url = f"https://{host}/?{urlencode(parameters or {}, quote_via=quote, safe='~')}"
    headers = {"x-acs-action": action, "x-acs-version": version}
    return requests.Request(
        "POST", url, headers=headers, auth=Acs3Auth(credentials, lambda: now, lambda: nonce)
    ).prepare()


def of(now: float, parameters: Mapping[str, str]) -> Any:
    """With any parameters."""
    return signed(now, parameters, host="127.0.0.1:8899")


VECTORS: dict[str, tuple[dict[str, Any], str]] = {
    "published": (
        {
            "now": 1698315752,  # 2023-10-26T10:22:32Z
            "parameters": {
                "RegionId": "cn-shanghai",
                "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            },
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "action": "RunInstances",
            "nonce": "3156853299f313e23d1673dc12e1703d",
            "credentials": Credentials("YourAccessKeyId", "YourAccessKeySecret"),
        },
        "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    ),
    "two instances": (
        {
            "parameters": {
                "RegionId": "cn-hangzhou",
                "InvokeId": "t-hz0example0001",
                "InstanceId.1": "i-bp1example0001",
                "InstanceId.2": "i-bp1example0002",
            },
            "host": "ecs-cn-hangzhou.aliyuncs.com",
            "nonce": "nonce-0001",
        },
        "af25f3ed424403a43047d0bbb1fd2e91f5cfeed49973cc605693a411e5e6e126",
    ),
    "security token": (
        {
            "parameters": {"OperationId": "6da106ca-1784-4a6f-a7e1-000000000001", "RegionId": "cn-hangzhou"},
            "host": "ros.aliyuncs.com",
            "action": "StopStackGroupOperation",
            "version": "2019-09-10",
            "nonce": "nonce-0002",
            "credentials": Credentials("STS.EXAMPLEID", "EXAMPLESECRETKEY", "CAIS+example/token=="),
        },
        "1567498623786ca579afbc0d14be15f67fb5b0e139a417ae65dec88c3da421f4",
    ),
}
