# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What can go wrong with a call, in classes that the flow decides on. Users see the provider's own code."""

from __future__ import annotations

import typing as t

ErrorClass = t.Literal[
    "finished",  # the target has ended, so there is nothing to stop
    "not_found",  # the target does not exist (any more)
    "denied",  # the identity may not do this, or the provider refuses it for this target
    "auth",  # the credentials are not accepted: no other call will be either
    "bad_input",  # the same call can never succeed
    "throttled",  # refused for its rate: nothing was done, later it will be
    "transient",  # a fault at the provider: the call may or may not have acted
    "lost",  # sent, but no whole answer came: the call may or may not have acted
    "unreachable",  # never reached the provider: nothing was done
    "unexpected",  # a code that no table lists
]

# Nothing was done at the provider: even a stop may be sent again without a look.
NOTHING_DONE: frozenset[ErrorClass] = frozenset(("throttled", "unreachable"))
# The call may have acted: harmless for a read; another stop needs a look first.
MAY_HAVE_ACTED: frozenset[ErrorClass] = frozenset(("transient", "lost"))
# The next look may well succeed.
PASSING: frozenset[ErrorClass] = NOTHING_DONE | MAY_HAVE_ACTED | frozenset[ErrorClass](("not_found", "unexpected"))

# Our code for a call that was not made, since its turn would have come too late.
RATE_KEPT = "RateKept"
# Our code for an id that several operations have: no call has failed, and only the user knows which one is meant.
AMBIGUOUS = "Ambiguous"


class ApiError(Exception):
    """A call that did not succeed.

    RV(error.code) is the provider's own code, or one of ours where no answer came
    (V(ConnectionLost), V(Unreachable), V(CertificateNotTrusted), V(CertificateNotValid), V(NotAnAnswer),
    V(NotUnderstood), V(Redirected)).
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        error_class: ErrorClass,
        provider: str,
        action: str,
        http_status: int | None = None,
        request_id: str | None = None,
        way_out: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.error_class = error_class
        self.provider = provider
        self.action = action
        self.http_status = http_status
        self.request_id = request_id
        self.way_out = way_out
        """What to do about this code, as a sentence, where the provider's client knows."""

    def __str__(self) -> str:
        return f"{self.action}: {self.code}: {self.message}"

    def as_result(self) -> dict[str, t.Any]:
        """The RV(error) of a result."""
        return {
            "code": self.code,
            "message": self.message,
            "class": self.error_class,
            "http_status": self.http_status,
            "request_id": self.request_id,
            "action": self.action,
            "provider": self.provider,
        }


class OptionError(Exception):
    """An option that cannot be right; the message names it and the way out."""
