# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error code that the documents of AWS list, and codes that they do not."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.errors import error_class

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
    # A call that would have succeeded is none that we make.
    "unexpected": "DryRunOperation OperationIdAlreadyExistsException",
}


@pytest.mark.parametrize(
    ("code", "expected"), [(code, each) for each, codes in LISTED.items() for code in codes.split()]
)
@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_code_has_its_class_whatever_the_status(code, expected, status):
    assert error_class(code, status) == expected


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        # At EC2 a rate is told with the status of a fault.
        ("RequestLimitExceeded", 503, "throttled"),
        ("InternalServerError", 400, "transient"),
        ("Surprise", 429, "throttled"),
        *(("Surprise", status, "transient") for status in (500, 502, 503, 504)),
        *(("Surprise", status, "unexpected") for status in (200, 400, 403, 404, 409)),
        ("", 400, "unexpected"),
        ("Exception", 400, "unexpected"),
        ("InvalidSurprise", 400, "bad_input"),
    ],
)
def test_the_status_helps_with_codes_that_nobody_listed(code, status, expected):
    assert error_class(code, status) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("AWS was not able to validate the provided access credentials", "auth"),
        ("Not authorized for images: [ami-0]", "denied"),
    ],
)
def test_a_failure_of_authorization_at_ec2_is_told_apart_by_its_words(message, expected):
    assert error_class("AuthFailure", 401, message) == expected
