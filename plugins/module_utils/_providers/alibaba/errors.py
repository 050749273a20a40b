# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Alibaba Cloud's error codes in our classes; one table for all of its services.

Source: the common error table of the gateway and the error tables of each operation.
"""

from __future__ import annotations

from ..._core.errors import ErrorClass

# Whole codes. Only these ".NotFound" codes mean that the thing to stop is gone.
_CODES: dict[str, ErrorClass] = {
    "InvalidInvokeId.NotFound": "not_found",
    "InvalidInstanceId.NotFound": "not_found",
    "EntityNotExist.Execution": "not_found",
    "InvalidTaskId.NotFound": "not_found",
    "StackGroupOperationNotFound": "not_found",
    "StackGroupNotFound": "not_found",
    # Each is also said for other reasons than the end, so that a look decides.
    "ExecutionCancelFailed": "finished",
    "InvalidTaskId.IncorrectTaskStatus": "finished",
    "IncorrectTaskStatus": "finished",
    "InvalidTaskId.TaskActionNotSupport": "denied",
    "TaskActionNotSupport": "denied",
    "CancelTaskFailed": "denied",
    "AssumeRoleFailure": "denied",
    # The size of a request at ROS, although it is a rate elsewhere.
    "RequestLimitExceeded": "bad_input",
    "StackGroupOperationInProgress": "transient",
    "MultipleParameter": "bad_input",
    "MismatchNextToken": "bad_input",
    "NotSupported": "bad_input",
    "InvalidAccessKeyId.NotFound": "auth",
    "InvalidAccessKeyId.Inactive": "auth",
    "Forbidden.AccessKeyDisabled": "auth",
    "SignatureDoesNotMatch": "auth",
    "IncompleteSignature": "auth",
    "InvalidSignatureMethod": "auth",
    "IllegalTimestamp": "auth",
    "MissingSecurityToken": "auth",
    "InvalidStsToken": "auth",
    "ExpiredStsToken": "auth",
    # A nonce is new for each try, so one that was used before is a copy of a request made on the way.
    "SignatureNonceUsed": "transient",
    "Operation.Forbidden": "denied",
    "OperationDenied": "denied",
    "NoPermission": "denied",
    "User.NoPermission": "denied",
    "ActionUnauthorized": "denied",
    "InvalidAccountType": "denied",
    "Rejected.Throttling": "throttled",
    "ServiceUnavailable": "transient",
    "ServiceUnavailableTemporary": "transient",
    "InternalError": "transient",
    "InternalError.Dispatch": "transient",
    "InternalFailure": "transient",
    "SystemBusy": "transient",
    "OperationConflict": "transient",
    "LastTokenProcessing": "transient",
    "InstanceIds.ExceedLimit": "bad_input",
    "RegionId.ApiNotSupported": "bad_input",
    "RegionId.NotFound": "bad_input",
    "NoSuchVersion": "bad_input",
    "IdempotentParameterMismatch": "bad_input",
}

# Beginnings of codes, the longer before the shorter.
_PREFIXES: tuple[tuple[str, ErrorClass], ...] = (
    ("Throttling", "throttled"),
    ("InvalidTimeStamp", "auth"),
    ("InvalidSecurityToken", "auth"),
    ("Forbidden", "denied"),
    ("Missing", "bad_input"),
    ("Invalid", "bad_input"),
    ("Unsupported", "bad_input"),
    ("NumberExceed", "bad_input"),
    ("Duplicate", "bad_input"),
)


# Copies of the documents differ in upper and lower case.
_BY_CODE = {code.lower(): found for code, found in _CODES.items()}


WAYS_OUT = {
    "CancelTaskFailed": "The provider could not cancel it: run the task again, or ask its support.",
    "InvalidTaskId.TaskActionNotSupport": "Tasks of this action cannot be cancelled.",
    "TaskActionNotSupport": "Tasks of this action cannot be cancelled.",
    "IllegalTimestamp": "Set the clock of the machine that runs the module.",
    "InvalidTimeStamp.Expired": "Set the clock of the machine that runs the module.",
}


def error_class(code: str, http_status: int) -> ErrorClass:
    """The class of an error C(code). The HTTP status only helps with codes that nobody listed: pages disagree on it."""
    folded = code.lower()
    if folded in _BY_CODE:
        return _BY_CODE[folded]
    for prefix, found in _PREFIXES:
        if folded.startswith(prefix.lower()):
            return found
    if http_status == 429:
        return "throttled"
    return "transient" if http_status >= 500 else "unexpected"
