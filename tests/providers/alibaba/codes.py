# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each code of Alibaba Cloud means, as documented."""

from __future__ import annotations

from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.errors import error_class as class_of

__all__ = ["LISTED", "UNKNOWN", "class_of", "spellings"]

LISTED = {
    "throttled": "Throttling Throttling.User Throttling.Api Rejected.Throttling Throttling.AnythingElse",
    "transient": (
        "ServiceUnavailable InternalError InternalError.Dispatch InternalFailure ServiceUnavailableTemporary"
        " SystemBusy OperationConflict LastTokenProcessing SignatureNonceUsed StackGroupOperationInProgress"
    ),
    "auth": (
        "InvalidTimeStamp.Expired InvalidTimeStamp.Format IllegalTimestamp SignatureDoesNotMatch"
        " IncompleteSignature InvalidSignatureMethod InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive"
        " InvalidSecurityToken.Expired InvalidSecurityToken.Malformed InvalidSecurityToken.MismatchWithAccessKey"
        " MissingSecurityToken InvalidStsToken ExpiredStsToken Forbidden.AccessKeyDisabled"
    ),
    "denied": (
        "Forbidden.RAM Forbidden NoPermission User.NoPermission Forbidden.SubUser Forbidden.NotSupportRAM"
        " ActionUnauthorized Forbidden.RiskControl OperationDenied Operation.Forbidden Forbidden.SomethingNotFound"
        " InvalidAccountType InvalidTaskId.TaskActionNotSupport TaskActionNotSupport CancelTaskFailed"
        " AssumeRoleFailure"
    ),
    "not_found": (
        "InvalidInvokeId.NotFound InvalidInstanceId.NotFound EntityNotExist.Execution InvalidTaskId.NotFound"
        " StackGroupOperationNotFound StackGroupNotFound"
    ),
    "finished": "ExecutionCancelFailed InvalidTaskId.IncorrectTaskStatus IncorrectTaskStatus",
    "bad_input": (
        "MissingParameter MissingParameter.RegionId MissingParameter.InvokeId MissingParameter.InstanceId"
        " MissingRegionId InvalidParameter InvalidParameter.NextToken InvalidParameter.MaxResults"
        " InvalidParam.PageNumber InvalidParam.PageSize InvalidPageSize UnsupportedParameter UnsupportedOperation"
        " UnsupportedHTTPMethod InvalidVersion NoSuchVersion InvalidAction InvalidProtocol.NeedSsl"
        " RegionId.ApiNotSupported IdempotentParameterMismatch InvalidInstance.NoClient NumberExceed.Tags"
        " Duplicate.TagKey InvalidTagKey.Malformed InvalidTagValue.Malformed MissingParameter.TagKey"
        " InstanceIds.ExceedLimit InvalidAction.NotFound InvalidApi.NotFound InvalidProduct.NotFound"
        " InvalidRegionId.NotFound RegionId.NotFound MultipleParameter Invalid InvalidValue"
        " InvalidIdempotenceParameter MismatchNextToken NotSupported RequestLimitExceeded"
    ),
}
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
    # ROS says so with HTTP 400; it is not retryable by itself.
    ("UnknownError", 400, "unexpected"),
]


def spellings(code: str) -> tuple[str, ...]:
    return code, code.lower(), code.upper()
