# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""How long to wait before something is tried again."""

from __future__ import annotations

import random

# Waits grow from the first to the second figure, in seconds.
BACKOFF = (0.25, 8.0)


def backoff(attempt: int, rng: random.Random, first: float = BACKOFF[0], most: float = BACKOFF[1]) -> float:
    """Seconds to wait before try C(attempt + 2): doubled each time, capped, and half of it left to chance."""
    ceiling: float = min(most, first * 2 ** min(attempt, 10))
    return ceiling * rng.uniform(0.5, 1.0)
