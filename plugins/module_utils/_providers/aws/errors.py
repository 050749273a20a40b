# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The error codes of AWS in our classes; one table for all of its services.

Source: the common errors and the error tables of each operation; "Error codes for the Amazon EC2 API"; the rules by
which botocore repeats a call.
"""

from __future__ import annotations

from ..._core.errors import AMBIGUOUS, ErrorClass

# Codes of JSON services may end with "Exception" where others, and other pages, leave it out.
_ENDING = "Exception"
_CODES: dict[str, ErrorClass] = {
    # Systems Manager. One code for an id that is not known and for one that cannot be.
    "InvalidCommandId": "not_found",
    "InvocationDoesNotExist": "not_found",
    "AutomationExecutionNotFound": "not_found",
    # Said of a status that does not allow it, so that a look decides.
    "InvalidAutomationStatusUpdate": "finished",
    "DuplicateInstanceId": "bad_input",
    # Said for a whole batch where one of its nodes is gone, so that the others are tried by themselves.
    "InvalidInstanceId": "not_found",
    # EC2. The two explanations of export tasks have been swapped on its page.
    "InvalidExportTaskID.NotFound": "not_found",
    "InvalidExportTaskID.Malformed": "not_found",
    "InvalidConversionTaskId": "not_found",
    "InvalidConversionTaskId.Malformed": "not_found",
    "DeleteConversionTaskError": "finished",
    "IncorrectState": "finished",
    # CloudFormation
    "StackSetNotFound": "not_found",
    "OperationNotFound": "not_found",
    "InvalidOperation": "finished",
    "OperationInProgress": "transient",
    "StaleRequest": "transient",
    # Rates
    "Throttling": "throttled",
    "Throttled": "throttled",
    "RequestThrottled": "throttled",
    "TooManyRequests": "throttled",
    "RequestLimitExceeded": "throttled",
    "EC2Throttled": "throttled",
    # Faults
    "RequestTimeout": "transient",
    "PriorRequestNotComplete": "transient",
    "InternalServerError": "transient",
    "InternalFailure": "transient",
    "InternalError": "transient",
    "ServerInternal": "transient",
    "ServiceUnavailable": "transient",
    "Unavailable": "transient",
    "BandwidthLimitExceeded": "transient",
    # Who calls
    "UnrecognizedClient": "auth",
    "InvalidClientTokenId": "auth",
    "AuthFailure": "auth",
    "SignatureDoesNotMatch": "auth",
    "InvalidSignature": "auth",
    "IncompleteSignature": "auth",
    "MissingAuthenticationToken": "auth",
    "RequestExpired": "auth",
    "ExpiredToken": "auth",
    # What they may do
    "NotAuthorized": "denied",
    "OptInRequired": "denied",
    "Blocked": "denied",
    "PendingVerification": "denied",
    "AccessDenied": "denied",
    "UnauthorizedOperation": "denied",
    "AuthorizationError": "denied",
    # What can never succeed
    "Validation": "bad_input",
    "ValidationError": "bad_input",
    "UnknownParameter": "bad_input",
    "UnknownOperation": "bad_input",
    "MalformedQueryString": "bad_input",
    "Serialization": "bad_input",
}
# Beginnings of codes that no table lists.
_PREFIXES: tuple[tuple[str, ErrorClass], ...] = (
    ("Invalid", "bad_input"),
    ("Missing", "bad_input"),
)

RUN_OUT = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
"""Said of temporary credentials that have run out. The last one is said of a wrong clock, too."""
SET_THE_CLOCK = "Set the clock of the machine that runs the module."
WAYS_OUT = {
    "RequestExpired": (
        "Get a new session token (security_token) if it has run out, or set the clock of the machine that runs the"
        " module."
    ),
    # Ours, for an operation that several stack sets have.
    AMBIGUOUS: "Name one of them in stack_group_name.",
    "StackSetNotFoundException": "Check stack_group_name, call_as and region.",
    "OptInRequired": "Enable the region or the service for this account.",
    "UnrecognizedClientException": "Check access_key_id, its security_token if the key is temporary, and region.",
    "InvalidClientTokenId": "Check access_key_id, its security_token if the key is temporary, and region.",
}

# What depends on the clock, and the seconds that it may be wrong: they allow for fifteen minutes.
_DATED = ("RequestExpired", "SignatureDoesNotMatch", "InvalidSignatureException")
_TOLERATED = 600.0
_OF_THE_CLOCK = ("signature expired", "signature not yet current")


def error_class(code: str, http_status: int, message: str = "") -> ErrorClass:
    """The class of an error C(code). The HTTP status only helps with codes that nobody listed."""
    if code == "AuthFailure" and "not authorized" in message.lower():
        return "denied"
    short = code.removesuffix(_ENDING)
    if code in _CODES or short in _CODES:
        return _CODES.get(code) or _CODES[short]
    for prefix, found in _PREFIXES:
        if code.startswith(prefix):
            return found
    if http_status == 429:
        return "throttled"
    return "transient" if http_status >= 500 else "unexpected"


def is_of_the_clock(code: str, message: str, ahead: float | None) -> bool:
    """Whether this is said because the clock is wrong, which is C(ahead) of the provider's by so many seconds."""
    if code not in _DATED:
        return False
    off = ahead is not None and abs(ahead) > _TOLERATED
    return off or message.lower().startswith(_OF_THE_CLOCK)
