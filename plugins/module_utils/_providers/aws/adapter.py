# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the adapters of all kinds at AWS have in common."""

from __future__ import annotations

from ..._core.adapter import Adapter
from .client import AwsClient
from .platform import AWS


class AwsAdapter(Adapter[AwsClient]):
    """A kind at AWS, in one region."""

    provider = AWS.name
    title = AWS.title
