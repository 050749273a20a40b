# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often one key may call an action in a region: token buckets at EC2, as published; nothing is, elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ..wire import Action, ApiError, Call
from ..world import World
from .settings import AwsSettings

# Tokens of a full bucket, and those that come back in a second.
_READS = (100, 20)
_CHANGES = (50, 5)


@dataclass
class _Bucket:
    tokens: float
    since: float


def check(world: World, call: Call, action: Action) -> None:
    """Takes a token from the bucket of this call. The setting `rate_limit` only turns this off."""
    if not world.settings.rate_limit:
        return
    if call.service and call.service.name == "ec2":
        size, refill = _READS if action.effect == "read" else _CHANGES
    else:
        size = refill = world.own(AwsSettings).aws_unpublished_rate
    if not size:
        return
    now, name = time.monotonic(), f"{call.key.name if call.key else ''}/{call.action}"
    with world.lock:
        bucket = world.records.setdefault(("bucket", call.region or "", name), _Bucket(size, now))
        bucket.tokens = min(size, bucket.tokens + refill * (now - bucket.since))
        bucket.since = now
        if bucket.tokens < 1:
            raise throttled()
        bucket.tokens -= 1


def throttled() -> ApiError:
    return ApiError("Throttling", "Rate exceeded")
