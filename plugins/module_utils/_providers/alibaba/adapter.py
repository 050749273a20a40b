# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the adapters of all kinds at Alibaba Cloud have in common."""

from __future__ import annotations

import random
import typing as t

from ..._core.adapter import Adapter
from ..._core.clock import Clock
from ..._http.connection import Connection
from ..._http.pacing import Pacer
from .client import ALIBABA, AlibabaClient, Service


class AlibabaAdapter(Adapter[AlibabaClient]):
    """A kind at Alibaba Cloud, in one region."""

    platform = ALIBABA
    service: t.ClassVar[Service]

    @classmethod
    def connect(
        cls, connection: Connection, clock: Clock, rng: random.Random, pacer: Pacer | None = None
    ) -> AlibabaAdapter:
        return cls(AlibabaClient(connection, cls.service, clock, rng, pacer))
