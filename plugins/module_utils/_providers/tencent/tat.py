# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""TencentCloud Automation Tools.

Source: TAT API 2020-10-28; every call used here may be made 20 times a second.
"""

from __future__ import annotations

from ..._http.pacing import Rate
from .client import TencentService

TAT = TencentService(
    "tat",
    "2020-10-28",
    dict.fromkeys(("CancelInvocation", "DescribeInvocations", "DescribeInvocationTasks"), Rate(20)),
)
