# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Resource Orchestration Service: one central host, the region travels as a parameter.

Source: ROS API 2019-09-10.
"""

from __future__ import annotations

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.client import Service

ROS = Service("ros", "2019-09-10", central_host="ros.aliyuncs.com")
