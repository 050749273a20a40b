# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The kinds of Tencent Cloud, and what calls them."""

from __future__ import annotations

from .client import TencentClient
from .cloud_invocation import TencentCloudInvocation

CLIENT = TencentClient
ADAPTERS = (TencentCloudInvocation,)
