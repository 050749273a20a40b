# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""CloudOps Orchestration Service, formerly Operation Orchestration Service.

Source: OOS API 2019-06-01.
"""

from __future__ import annotations

from .client import AlibabaService

# Its table of rates has 300 in 60 s for most calls. No figure was found for those that are used here.
OOS = AlibabaService(name="oos", version="2019-06-01", rates={})
