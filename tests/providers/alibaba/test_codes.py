# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error code that Alibaba Cloud's references list, and the class that the flow decides on."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.errors import error_class

# Class, then HTTP status and codes as documented.
LISTED = {
    "throttled": {
        400: "Throttling Throttling.User Throttling.Api Rejected.Throttling",
        429: "Throttling.User Throttling.AnythingElse",
        503: "Throttling.User",
    },
    "transient": {
        500: "ServiceUnavailable InternalError InternalError.Dispatch InternalFailure",
        503: "ServiceUnavailable ServiceUnavailableTemporary",
        400: "SystemBusy OperationConflict LastTokenProcessing SignatureNonceUsed",
        409: "OperationConflict",
    },
    "auth": {
        400: (
            "InvalidTimeStamp.Expired InvalidTimeStamp.Format IllegalTimestamp SignatureDoesNotMatch"
            " IncompleteSignature InvalidSignatureMethod InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive"
            " InvalidSecurityToken.Expired InvalidSecurityToken.Malformed InvalidSecurityToken.MismatchWithAccessKey"
            " MissingSecurityToken InvalidStsToken ExpiredStsToken"
        ),
        403: (
            "SignatureDoesNotMatch Forbidden.AccessKeyDisabled InvalidSecurityToken.Expired"
            " InvalidSecurityToken.Malformed InvalidSecurityToken.MismatchWithAccessKey MissingSecurityToken"
        ),
        404: "InvalidAccessKeyId.NotFound",
    },
    "denied": {
        403: (
            "Forbidden.RAM Forbidden NoPermission User.NoPermission Forbidden.SubUser Forbidden.NotSupportRAM"
            " ActionUnauthorized Forbidden.RiskControl OperationDenied Operation.Forbidden Forbidden.SomethingNotFound"
        ),
        401: "NoPermission ActionUnauthorized",
        400: "InvalidAccountType",
    },
    # ROS says so with HTTP 400; it is not retryable by itself.
    "unexpected": {400: "UnknownError"},
    "not_found": {404: "InvalidInvokeId.NotFound InvalidInstanceId.NotFound", 400: "InvalidInvokeId.NotFound"},
    "bad_input": {
        400: (
            "MissingParameter MissingParameter.RegionId MissingParameter.InvokeId MissingParameter.InstanceId"
            " MissingRegionId InvalidParameter InvalidParameter.NextToken InvalidParameter.MaxResults"
            " InvalidParam.PageNumber InvalidParam.PageSize InvalidPageSize UnsupportedParameter UnsupportedOperation"
            " UnsupportedHTTPMethod InvalidVersion NoSuchVersion InvalidAction InvalidProtocol.NeedSsl"
            " RegionId.ApiNotSupported IdempotentParameterMismatch InvalidInstance.NoClient NumberExceed.Tags"
            " Duplicate.TagKey InvalidTagKey.Malformed InvalidTagValue.Malformed MissingParameter.TagKey"
        ),
        403: "InstanceIds.ExceedLimit UnsupportedOperation",
        404: (
            "InvalidAction.NotFound InvalidApi.NotFound InvalidProduct.NotFound InvalidProtocol.NeedSsl"
            " InvalidRegionId.NotFound RegionId.NotFound NoSuchVersion"
        ),
    },
}

ROWS = [
    (code, status, expected)
    for expected, by_status in LISTED.items()
    for status, codes in by_status.items()
    for code in codes.split()
]
# Of those that nobody has listed, the beginning tells the class, or else the HTTP status.
UNKNOWN = [
    ("Throttling.NewKind", 400, "throttled"),
    ("Forbidden.NewKind", 404, "denied"),
    ("InvalidNewThing", 400, "bad_input"),
    ("MissingNewThing", 400, "bad_input"),
    ("InvalidNewThing", 500, "bad_input"),
    ("Surprise", 500, "transient"),
    ("Surprise", 503, "transient"),
    ("Surprise", 429, "throttled"),
    ("Surprise", 400, "unexpected"),
    ("Surprise", 200, "unexpected"),
    ("", 400, "unexpected"),
]


@pytest.mark.parametrize(("code", "status", "expected"), [*ROWS, *UNKNOWN])
def test_a_code_has_its_class(code, status, expected):
    assert error_class(code, status) == expected
