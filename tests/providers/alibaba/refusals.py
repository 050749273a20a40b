# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Alibaba Cloud refuses, and with which codes."""

from __future__ import annotations

WRONG_SECRET = "SignatureDoesNotMatch"
UNKNOWN_KEY = "InvalidAccessKeyId.NotFound"
NO_TOKEN = "MissingSecurityToken"

NOWHERE = "cn-edge-1"
NO_SUCH_REGION = "RegionId.ApiNotSupported"

# Options that only the provider finds wrong, and what is said then.
MALFORMED: list[tuple[dict[str, str], str]] = []

# Class and HTTP status of each code in the table of the stop call.
STOP = {
    "RegionId.ApiNotSupported": ("bad_input", 400),
    "InstanceIds.ExceedLimit": ("bad_input", 403),
    "Operation.Forbidden": ("denied", 403),
    "InvalidInvokeId.NotFound": ("not_found", 404),
    "InternalError.Dispatch": ("transient", 500),
    "Throttling.User": ("throttled", 400),
}
