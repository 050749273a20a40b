# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS refuses, and with which codes."""

from __future__ import annotations

WRONG_SECRET = "InvalidSignatureException"
UNKNOWN_KEY = "UnrecognizedClientException"
NO_TOKEN = "UnrecognizedClientException"

NOWHERE = "eu-nowhere-1"
NO_SUCH_REGION = "InvalidSignatureException"

# Options that only the provider finds wrong, and what is said then.
MALFORMED: list[tuple[dict[str, str], str]] = []

# Class and HTTP status of each code in the table of the stop call.
STOP = {
    "DuplicateInstanceId": ("bad_input", 400),
    "InvalidCommandId": ("not_found", 400),
    "InvalidInstanceId": ("not_found", 400),
    "InternalServerError": ("transient", 500),
    "AccessDeniedException": ("denied", 400),
    "ThrottlingException": ("throttled", 400),
}
