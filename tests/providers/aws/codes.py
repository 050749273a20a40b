# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each code of AWS means, as documented."""

from __future__ import annotations

from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.errors import error_class as class_of

__all__ = ["LISTED", "UNKNOWN", "class_of", "spellings"]

LISTED = {
    "throttled": (
        "ThrottlingException Throttling ThrottledException RequestThrottledException RequestThrottled"
        " TooManyRequestsException RequestLimitExceeded EC2ThrottledException"
    ),
    "transient": (
        "RequestTimeout RequestTimeoutException PriorRequestNotComplete InternalServerError InternalFailure"
        " InternalError ServerInternal ServiceUnavailable Unavailable BandwidthLimitExceeded"
        " OperationInProgressException StaleRequestException"
    ),
    "auth": (
        "UnrecognizedClientException InvalidClientTokenId AuthFailure SignatureDoesNotMatch InvalidSignatureException"
        " RequestExpired ExpiredToken ExpiredTokenException IncompleteSignature MissingAuthenticationToken"
        " MissingAuthenticationTokenException"
    ),
    "denied": (
        "NotAuthorized OptInRequired Blocked PendingVerification AccessDenied AccessDeniedException"
        " UnauthorizedOperation AuthorizationErrorException"
    ),
    "not_found": (
        "InvalidCommandId InvalidInstanceId InvocationDoesNotExist AutomationExecutionNotFoundException"
        " InvalidExportTaskID.NotFound"
        " InvalidExportTaskID.Malformed InvalidConversionTaskId InvalidConversionTaskId.Malformed"
        " StackSetNotFoundException StackSetNotFound OperationNotFoundException OperationNotFound"
    ),
    "finished": (
        "InvalidAutomationStatusUpdateException DeleteConversionTaskError IncorrectState InvalidOperationException"
        " InvalidOperation"
    ),
    "bad_input": (
        "ValidationException ValidationError InvalidParameter InvalidParameterValue InvalidParameterCombination"
        " MissingParameter UnknownParameter InvalidAction MalformedQueryString SerializationException"
        " UnknownOperationException DuplicateInstanceId InvalidFilterKey InvalidFilterValue"
        " InvalidNextToken InvalidPluginName MissingAction"
    ),
}
# The HTTP status helps with those that nobody has listed, and the words of EC2 tell two failures apart.
UNKNOWN = [
    ("AuthFailure", 401, "AWS was not able to validate the provided access credentials", "auth"),
    ("AuthFailure", 401, "Not authorized for images: [ami-0]", "denied"),
    # A call that would have succeeded is none that we make.
    ("DryRunOperation", 412, "unexpected"),
    ("OperationIdAlreadyExistsException", 409, "unexpected"),
    ("Surprise", 429, "throttled"),
    *(("Surprise", status, "transient") for status in (500, 502, 503, 504)),
    *(("Surprise", status, "unexpected") for status in (200, 400, 403, 404, 409)),
    ("", 400, "unexpected"),
    ("Exception", 400, "unexpected"),
    ("InvalidSurprise", 400, "bad_input"),
]


def spellings(code: str) -> tuple[str, ...]:
    return (code,)
