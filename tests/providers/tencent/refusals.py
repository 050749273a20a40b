# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Tencent Cloud refuses, and with which codes."""

from __future__ import annotations

WRONG_SECRET = "AuthFailure.SignatureFailure"
UNKNOWN_KEY = "AuthFailure.SecretIdNotFound"
NO_TOKEN = "AuthFailure.TokenFailure"

NOWHERE = "ap-nowhere"
NO_SUCH_REGION = "UnsupportedRegion"

# Options that only the provider finds wrong, and what is said then.
MALFORMED = [({"invocation_id": "inv-TOO-LONG"}, "InvalidParameterValue.InvalidInvocationId")]

# Class and HTTP status of each code in the table of the stop call.
STOP = {
    "InternalError": ("transient", 200),
    "InvalidParameter": ("bad_input", 200),
    "InvalidParameterValue": ("bad_input", 200),
    "InvalidParameterValue.InstanceIsNotRelatedToInvocation": ("not_found", 200),
    "InvalidParameterValue.InvalidInvocationId": ("bad_input", 200),
    "InvalidParameterValue.LimitExceeded": ("bad_input", 200),
    "InvalidParameterValue.TooLong": ("bad_input", 200),
    "LimitExceeded": ("bad_input", 200),
    "MissingParameter": ("bad_input", 200),
    "ResourceNotFound.InvocationNotFound": ("not_found", 200),
    "UnauthorizedOperation.CamAuthFailed": ("denied", 200),
    "UnauthorizedOperation.InvalidToken": ("auth", 200),
    "UnauthorizedOperation.MFAExpired": ("auth", 200),
    "UnauthorizedOperation.MFANotFound": ("auth", 200),
    "UnknownParameter": ("bad_input", 200),
    "RequestLimitExceeded": ("throttled", 200),
}
