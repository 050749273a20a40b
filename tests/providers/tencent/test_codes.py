# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error code that Tencent Cloud's references list, and the class that the flow decides on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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

ROWS = [(code, expected) for expected, codes in LISTED.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "expected"), ROWS)
def test_a_code_has_its_class(code, expected):
    assert error_class(code) == expected


@given(
    st.sampled_from([(code, expected) for code, expected in ROWS if "." not in code]),
    st.text("ABCDEFGHabcdefgh.", min_size=1, max_size=12),
)
def test_an_unknown_code_has_the_class_of_its_first_level(row, second):
    code, expected = row
    assert error_class(f"{code}.{second}") == dict(ROWS).get(f"{code}.{second}", expected)


@pytest.mark.parametrize("code", ["Surprise", "", ".", "Surprise.InternalError", "InternalErrorOfAnotherKind"])
def test_an_unknown_first_level_is_unexpected(code):
    assert error_class(code) == "unexpected"
