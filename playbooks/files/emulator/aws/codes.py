# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each service words and weighs the refusals that all of them have; what is its own it raises with its status.

The general names are those of the query protocol.
"""

from __future__ import annotations

from ..wire import ApiError, Call, Codes

SSM: Codes = {
    "AccessDenied": ("AccessDeniedException", 400),
    "ExpiredToken": ("ExpiredTokenException", 400),
    "IncompleteSignature": ("IncompleteSignatureException", 400),
    "InternalFailure": ("InternalServerError", 500),
    "InvalidAction": ("UnknownOperationException", 400),
    "InvalidClientTokenId": ("UnrecognizedClientException", 400),
    "MalformedQueryString": ("SerializationException", 400),
    "MissingAuthenticationToken": ("MissingAuthenticationTokenException", 400),
    "MissingParameter": ("ValidationException", 400),
    "RequestExpired": ("InvalidSignatureException", 400),
    "SignatureDoesNotMatch": ("InvalidSignatureException", 400),
    "Throttling": ("ThrottlingException", 400),
    "UnknownParameter": ("ValidationException", 400),
    "ValidationError": ("ValidationException", 400),
}
QUERY: Codes = {
    "AccessDenied": ("AccessDenied", 403),
    "ExpiredToken": ("ExpiredToken", 403),
    "IncompleteSignature": ("IncompleteSignature", 400),
    "InternalFailure": ("InternalFailure", 500),
    "InvalidAction": ("InvalidAction", 400),
    "InvalidClientTokenId": ("InvalidClientTokenId", 403),
    "MalformedQueryString": ("MalformedQueryString", 400),
    "MissingAuthenticationToken": ("MissingAuthenticationToken", 403),
    "RequestExpired": ("RequestExpired", 400),
    "SignatureDoesNotMatch": ("SignatureDoesNotMatch", 403),
    "Throttling": ("Throttling", 400),
    "ValidationError": ("ValidationError", 400),
}
CLOUDFORMATION: Codes = {
    **QUERY,
    "MissingParameter": ("ValidationError", 400),
    "UnknownParameter": ("ValidationError", 400),
}
EC2: Codes = {
    **QUERY,
    "AccessDenied": ("UnauthorizedOperation", 403),
    # One code for a late call and for a key that has run out.
    "ExpiredToken": ("RequestExpired", 400),
    "InternalFailure": ("InternalError", 500),
    "InvalidClientTokenId": ("AuthFailure", 401),
    "MissingParameter": ("MissingParameter", 400),
    "Throttling": ("RequestLimitExceeded", 503),
    "UnknownParameter": ("UnknownParameter", 400),
    "ValidationError": ("InvalidParameterValue", 400),
}


def in_own_words(call: Call, error: ApiError) -> ApiError:
    """A general refusal as the service of this call words it."""
    code, status = call.codes.get(error.code, (error.code, dict(call.codes.values()).get(error.code)))
    return ApiError(code, error.message, error.http_status or status, headers=error.headers, details=error.details)
