# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each code of Tencent Cloud means, as documented."""

from __future__ import annotations

from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.errors import error_class

LISTED = {
    "throttled": (
        "RequestLimitExceeded RequestLimitExceeded.IPLimitExceeded RequestLimitExceeded.UinLimitExceeded"
        " RequestLimitExceeded.GlobalRegionUinLimitExceeded"
    ),
    "transient": "InternalError ServiceUnavailable",
    "auth": (
        "AuthFailure AuthFailure.SecretIdNotFound AuthFailure.InvalidSecretId AuthFailure.SignatureFailure"
        " AuthFailure.SignatureExpire AuthFailure.TokenFailure AuthFailure.InvalidAuthorization AuthFailure.MFAFailure"
        " UnauthorizedOperation.InvalidToken UnauthorizedOperation.MFAExpired UnauthorizedOperation.MFANotFound"
    ),
    "denied": (
        "AuthFailure.UnauthorizedOperation UnauthorizedOperation UnauthorizedOperation.CamAuthFailed"
        " UnauthorizedOperation.AssumeRoleUnauthorized UnauthorizedOperation.NeedApproval OperationDenied"
        " IpInBlacklist IpNotInWhitelist"
    ),
    "not_found": (
        "ResourceNotFound ResourceNotFound.InvocationNotFound ResourceNotFound.CommandNotFound"
        " ResourceNotFound.InstanceNotFound ResourceNotFound.RoleNotFound"
        " ResourceNotFound.RegisterInstanceNotFoundCode InvalidParameterValue.InstanceIsNotRelatedToInvocation"
    ),
    "bad_input": (
        "InvalidParameter InvalidParameterValue MissingParameter UnknownParameter InvalidAction ActionOffline"
        " NoSuchVersion NoSuchProduct UnsupportedOperation UnsupportedProtocol UnsupportedRegion InvalidRequest"
        " RequestSizeLimitExceeded ResponseSizeLimitExceeded LimitExceeded LimitExceeded.FilterValueExceeded"
        " InvalidParameterValue.InvalidInvocationId InvalidParameterValue.InvalidInstanceId"
        " InvalidParameterValue.LimitExceeded InvalidParameterValue.TooLong InvalidParameter.ConflictParameter"
        " InvalidParameterValue.InvalidCommandId InvalidParameterValue.InvalidFilter"
        " InvalidParameterValue.InvalidInvocationTaskId InvalidFilter InvalidParameterValue.ID"
        " InvalidParameterValue.InconsistentID InvalidParameterValue.InconsistentInstance InvalidParameterValue.Range"
        " InvalidParameterValue.TooLarge InvalidParameterValue.TooSmall InvalidParameterValue.InvalidInvokerId"
        " InvalidParameterValue.InvalidTimeFormat"
    ),
    # States of resources, and failures behind the service: nothing to repeat blindly.
    "unexpected": (
        "ResourceUnavailable ResourceUnavailable.AgentNotInstalled ResourceUnavailable.AgentStatusNotOnline"
        " ResourceUnavailable.InstanceStateNotRunning ResourceUnavailable.LighthouseUnsupportedRegion"
        " ResourceUnavailable.CommandInExecuting ResourceUnavailable.CommandInInvoker ResourceInsufficient"
        " ResourceInUse FailedOperation FailedOperation.CVMError FailedOperation.LighthouseError DryRunOperation"
    ),
}
# The first level tells the class of a code that nobody has listed.
UNKNOWN = [
    *((f"{code}.NewKind", 200, each) for each, codes in LISTED.items() for code in codes.split() if "." not in code),
    *((code, 200, "unexpected") for code in ("Surprise", "", ".", "Surprise.InternalError", "InternalErrorOfAnother")),
]


def class_of(code: str, _status: int) -> str:
    return error_class(code)


def spellings(code: str) -> tuple[str, ...]:
    return (code,)
