# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The providers' time stamps and our ages."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_FORM = "%Y-%m-%dT%H:%M:%SZ"
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_time(written: object) -> datetime | None:
    """A provider's time stamp as UTC: ISO 8601 text with C(Z), an offset or neither, or seconds since 1970. None for
    nothing or anything else."""
    try:
        if isinstance(written, (int, float)) and not isinstance(written, bool):
            return datetime.fromtimestamp(written, timezone.utc)
        if not isinstance(written, str):
            return None
        # Python 3.10 does not know the "Z".
        moment = datetime.fromisoformat(written.strip().replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def utc_text(written: object) -> str | None:
    """The same moment in the one form that we return: C(2026-01-02T03:04:05Z)."""
    moment = parse_time(written)
    return moment.strftime(_FORM) if moment else None


def seconds_of(written: object) -> float | None:
    """The same moment in seconds since 1970."""
    moment = parse_time(written)
    return moment.timestamp() if moment else None


def utc_text_of(seconds: float | None) -> str | None:
    """A moment of our own, in seconds since 1970, in the same form."""
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).strftime(_FORM)


def parse_age(text: str) -> float:
    """Seconds of an age such as V(90s), V(15m), V(2h) or V(1d). Raises ValueError for anything else."""
    match = _AGE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not an age: write a number and one of s, m, h or d, such as 90s, 15m, 2h or 1d")
    return float(match[1]) * _SECONDS[match[2]]
