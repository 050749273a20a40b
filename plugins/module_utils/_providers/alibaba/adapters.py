# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The kinds of Alibaba Cloud, and what calls them."""

from __future__ import annotations

from .automation_execution import AlibabaAutomationExecution
from .client import AlibabaClient
from .cloud_invocation import AlibabaCloudInvocation
from .image_task import AlibabaImageTask
from .stack_group_operation import AlibabaStackGroupOperation

CLIENT = AlibabaClient
ADAPTERS = (AlibabaAutomationExecution, AlibabaCloudInvocation, AlibabaImageTask, AlibabaStackGroupOperation)
