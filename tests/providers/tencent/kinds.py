# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of Tencent Cloud."""

from __future__ import annotations

from ...support.kinds import Kind

KINDS = [
    Kind(
        "tencent",
        "cloud_invocation",
        read="DescribeInvocations",
        codes={
            "throttled": "RequestLimitExceeded",
            "wrong_clock": "AuthFailure.SignatureExpire",
            "expired_token": "AuthFailure.TokenFailure",
        },
        running="RUNNING",
        stopping="CANCELLING",
        succeeded="SUCCESS",
        failed="FAILED",
        ended=("SUCCESS", "FAILED", "TIMEOUT", "CANCELLED", "TERMINATED"),
        unknown_id="inv-nobody01",
        refusals=("OperationDenied", "LimitExceeded", "UnauthorizedOperation.CamAuthFailed"),
        name="nightly-cleanup",
        described={"name": "nightly-cleanup", "count": 2},
    )
]
