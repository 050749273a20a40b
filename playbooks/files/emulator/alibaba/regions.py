# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions of Alibaba Cloud that the emulator knows; not every one has every service."""

from __future__ import annotations

REGIONS = {
    "cn-hangzhou": "华东1 (杭州)",
    "cn-shanghai": "华东2 (上海)",
    "cn-beijing": "华北2 (北京)",
    "cn-zhangjiakou": "华北3 (张家口)",
    "cn-shenzhen": "华南1 (深圳)",
    "cn-hongkong": "中国香港",
    "ap-southeast-1": "新加坡",
    "ap-northeast-1": "日本 (东京)",
    "eu-central-1": "德国 (法兰克福)",
    "us-east-1": "美国 (弗吉尼亚)",
    "us-west-1": "美国 (硅谷)",
    # A region that exists and has no Cloud Assistant here, so that RegionId.ApiNotSupported can be met.
    "cn-edge-1": "边缘1",
}
