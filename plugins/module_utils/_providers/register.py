# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Every kind at every provider. A new one joins by its import and its line."""

from __future__ import annotations

import typing as t

from .._core.adapter import Adapter
from .alibaba.automation_execution import (
    AlibabaAutomationExecution,
)
from .alibaba.cloud_invocation import AlibabaCloudInvocation
from .alibaba.image_task import AlibabaImageTask
from .alibaba.stack_group_operation import (
    AlibabaStackGroupOperation,
)
from .tencent.cloud_invocation import TencentCloudInvocation

_ADAPTERS: tuple[type[Adapter[t.Any]], ...] = (
    AlibabaCloudInvocation,
    AlibabaAutomationExecution,
    AlibabaImageTask,
    AlibabaStackGroupOperation,
    TencentCloudInvocation,
)

ADAPTERS = {(adapter.kind, adapter.platform.name): adapter for adapter in _ADAPTERS}
KINDS = tuple(dict.fromkeys(kind for kind, _provider in ADAPTERS))
PROVIDERS = tuple(dict.fromkeys(provider for _kind, provider in ADAPTERS))


def providers_of(kind: str) -> list[str]:
    """The providers that have this kind."""
    return [provider for each, provider in ADAPTERS if each == kind]
