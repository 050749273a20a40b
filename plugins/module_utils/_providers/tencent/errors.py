# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Tencent Cloud's error codes in our classes; one table for all of its services.

Source: the common error codes of API 3.0 and the error tables of each operation.
"""

from __future__ import annotations

from ..._core.errors import ErrorClass

# The whole code decides before its first level, the part before the dot.
_CODES: dict[str, ErrorClass] = {
    "AuthFailure": "auth",
    "AuthFailure.UnauthorizedOperation": "denied",
    "IpInBlacklist": "denied",
    "IpNotInWhitelist": "denied",
    "OperationDenied": "denied",
    "UnauthorizedOperation": "denied",
    "UnauthorizedOperation.InvalidToken": "auth",
    "UnauthorizedOperation.MFAExpired": "auth",
    "UnauthorizedOperation.MFANotFound": "auth",
    "RequestLimitExceeded": "throttled",
    "InternalError": "transient",
    "ServiceUnavailable": "transient",
    "ResourceNotFound": "not_found",
    "InvalidParameterValue.InstanceIsNotRelatedToInvocation": "not_found",
    "InvalidParameter": "bad_input",
    "InvalidParameterValue": "bad_input",
    "MissingParameter": "bad_input",
    "UnknownParameter": "bad_input",
    "InvalidAction": "bad_input",
    "InvalidFilter": "bad_input",
    "InvalidRequest": "bad_input",
    "ActionOffline": "bad_input",
    "NoSuchVersion": "bad_input",
    "NoSuchProduct": "bad_input",
    "UnsupportedOperation": "bad_input",
    "UnsupportedProtocol": "bad_input",
    "UnsupportedRegion": "bad_input",
    "RequestSizeLimitExceeded": "bad_input",
    "ResponseSizeLimitExceeded": "bad_input",
    # A quota, not a rate: waiting does not help.
    "LimitExceeded": "bad_input",
}


WAYS_OUT = {
    "AuthFailure.SignatureExpire": "Set the clock of the machine that runs the module.",
}


def error_class(code: str) -> ErrorClass:
    """The class of an error C(code)."""
    return _CODES.get(code) or _CODES.get(code.partition(".")[0], "unexpected")
