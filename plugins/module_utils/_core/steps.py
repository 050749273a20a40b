# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What the flow asks for and how it is answered. The flow itself makes no call and lets no time pass."""

from __future__ import annotations

import typing as t
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from .clock import Deadline
from .errors import ApiError
from .model import Cursor, Operation, StopCall, Target


@dataclass(frozen=True)
class Look:
    """Read the target as a whole. The answer is the Operation, with the parts that the provider shows along with it,
    None if the provider does not know it, or an ApiError."""

    target: Target
    deadline: Deadline | None = None


@dataclass(frozen=True)
class Fetch:
    """Read these pages of the operation's parts, in any order. The answer is a list with a Page or an ApiError for
    each."""

    operation: Operation
    cursors: Sequence[Cursor]
    deadline: Deadline | None = None
    limit: float | None = None
    """The seconds that each may take once it has begun, where there is no deadline."""


@dataclass(frozen=True)
class Stop:
    """Send these calls, in any order. The answer is a list with one Sent for each."""

    calls: Sequence[StopCall]
    request_ids: list[str]
    """Takes the provider's ids of the requests."""
    deadline: Deadline | None = None


@dataclass(frozen=True)
class Sent:
    """What became of a stop call."""

    error: ApiError | None
    at: float = 0.0
    """When its answer came, in seconds since 1970."""
    provider_at: float | None = None
    """No later than when the provider accepted it, by its own clock, if it told the time."""
    begun: float | None = None
    """When it was sent, by the clock that only goes forward."""
    was_sent: bool = True
    """False if it was given up because others before it had failed."""


@dataclass(frozen=True)
class Pause:
    """Let time pass. The answer is None."""

    seconds: float


@dataclass(frozen=True)
class Gate:
    """Ask whether what was read may be stopped. The answer is None, or why not, as a sentence."""


@dataclass(frozen=True)
class LeftBehind:
    """List what the stop does not reach. The answer is None, or an ApiError."""

    operation: Operation
    parts: Sequence[str]
    """The parts to ask about, beside the operation itself."""
    found: dict[str, t.Any]
    """Takes what is found, for the result, even if the rest cannot be read."""
    deadline: Deadline


# Ansible's sanity tests take "|" between classes for something that older Pythons do not have.
Step = t.Union[Look, Fetch, Stop, Pause, Gate, LeftBehind]  # noqa: UP007
Result = t.TypeVar("Result")
# A generator that yields steps, is sent their answers, and returns a result.
Flow = Generator[Step, t.Any, Result]
