# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the adapters of all kinds at Alibaba Cloud have in common."""

from __future__ import annotations

from ..._core.adapter import Adapter
from .client import AlibabaClient
from .platform import ALIBABA


class AlibabaAdapter(Adapter[AlibabaClient]):
    """A kind at Alibaba Cloud, in one region."""

    provider = ALIBABA.name
    title = ALIBABA.title
