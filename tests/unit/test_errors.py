# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error code that the providers' references list, and the class that the flow decides on."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils import _errors as errors
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.errors import error_class as alibaba_class
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.errors import error_class as tencent_class

from ._wire import WIRE_ALIBABA, WIRE_TENCENT, serving

# Class, then HTTP status and codes as documented.
ALIBABA = {
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

TENCENT = {
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

ALIBABA_ROWS = [
    (code, status, expected)
    for expected, by_status in ALIBABA.items()
    for status, codes in by_status.items()
    for code in codes.split()
]
TENCENT_ROWS = [(code, expected) for expected, codes in TENCENT.items() for code in codes.split()]

# The tables of the two stop calls, which have to arrive in a result with everything that the provider said.
STOP_CODES = [
    *(
        (WIRE_ALIBABA, code, status)
        for code, status in (
            ("RegionId.ApiNotSupported", 400),
            ("InstanceIds.ExceedLimit", 403),
            ("Operation.Forbidden", 403),
            ("InvalidInvokeId.NotFound", 404),
            ("InternalError.Dispatch", 500),
            ("InvalidInstanceId.NotFound", 404),
            ("InvalidRegionId.NotFound", 404),
        )
    ),
    *(
        (WIRE_TENCENT, code, 200)
        for code in (
            "InternalError",
            "InvalidParameter",
            "InvalidParameterValue",
            "InvalidParameterValue.InstanceIsNotRelatedToInvocation",
            "InvalidParameterValue.InvalidInvocationId",
            "InvalidParameterValue.LimitExceeded",
            "InvalidParameterValue.TooLong",
            "LimitExceeded",
            "MissingParameter",
            "ResourceNotFound.InvocationNotFound",
            "UnauthorizedOperation.CamAuthFailed",
            "UnauthorizedOperation.InvalidToken",
            "UnauthorizedOperation.MFAExpired",
            "UnauthorizedOperation.MFANotFound",
            "UnknownParameter",
            "RequestLimitExceeded",
        )
    ),
]


@pytest.mark.parametrize(("code", "status", "expected"), ALIBABA_ROWS)
def test_alibaba_code_has_its_class(code, status, expected):
    assert alibaba_class(code, status) == expected


@pytest.mark.parametrize(("code", "expected"), TENCENT_ROWS)
def test_tencent_code_has_its_class(code, expected):
    assert tencent_class(code) == expected


@pytest.mark.parametrize(("wire", "code", "status"), STOP_CODES, ids=lambda value: getattr(value, "name", value))
def test_error_of_the_stop_call_arrives_with_class_message_request_id_and_action(wire, code, status):
    expected = alibaba_class(code, status) if wire is WIRE_ALIBABA else tencent_class(code)
    with serving(wire.bad(code, "said so", status)) as server:
        client = wire.client(server.url, retries=0)
        with pytest.raises(errors.ApiError) as caught:
            client.call(wire.stop_action, {}, repeatable=False)
    assert caught.value.as_result() == {
        "code": code,
        "message": "said so",
        "class": expected,
        "http_status": status,
        "request_id": "6ef60bec-0242-43af-bb20-270359fb54a7",
        "action": wire.stop_action,
        "provider": wire.name,
    }


@pytest.mark.parametrize("code", ["InvalidAccessKeyId.NotFound", "InvalidRegionId.NotFound", "InvalidAction.NotFound"])
def test_alibaba_not_found_of_something_else_is_not_the_target(code):
    assert alibaba_class(code, 404) != "not_found"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("Throttling.NewKind", 400, "throttled"),
        ("Forbidden.NewKind", 404, "denied"),
        ("InvalidNewThing", 400, "bad_input"),
        ("MissingNewThing", 400, "bad_input"),
        ("InvalidNewThing", 500, "bad_input"),
        ("Surprise", 500, "transient"),
        ("Surprise", 503, "transient"),
        ("Surprise", 400, "unexpected"),
        ("Surprise", 200, "unexpected"),
        ("", 400, "unexpected"),
    ],
)
def test_alibaba_unknown_code_falls_back_by_its_beginning_then_by_the_http_status(code, status, expected):
    assert alibaba_class(code, status) == expected


@given(
    st.sampled_from([(code, expected) for code, expected in TENCENT_ROWS if "." not in code]),
    st.text("ABCDEFGHabcdefgh.", min_size=1, max_size=12),
)
def test_tencent_unknown_code_falls_back_by_its_first_level(row, second):
    code, expected = row
    known = dict(TENCENT_ROWS)
    assert tencent_class(f"{code}.{second}") == known.get(f"{code}.{second}", expected)


@pytest.mark.parametrize("code", ["Surprise", "", ".", "Surprise.InternalError", "InternalErrorOfAnotherKind"])
def test_tencent_unknown_first_level_is_unexpected(code):
    assert tencent_class(code) == "unexpected"


@given(st.text(max_size=30), st.integers(100, 599))
def test_any_code_has_a_class(code, status):
    assert {alibaba_class(code, status), tencent_class(code)} <= set(get_args(errors.ErrorClass))


def test_quota_is_not_rate():
    assert (tencent_class("LimitExceeded"), tencent_class("RequestLimitExceeded")) == ("bad_input", "throttled")


def test_what_may_have_acted_is_not_among_what_did_nothing():
    assert not errors.NOTHING_DONE & errors.MAY_HAVE_ACTED
    assert sorted(errors.NOTHING_DONE) == ["throttled", "unreachable"]
    assert sorted(errors.MAY_HAVE_ACTED) == ["lost", "transient"]


def test_an_error_says_who_and_what():
    error = errors.ApiError("gone", code="X.Y", error_class="not_found", provider="alibaba", action="StopInvocation")
    assert str(error) == "StopInvocation: X.Y: gone"
    assert error.as_result() == {
        "code": "X.Y",
        "message": "gone",
        "class": "not_found",
        "http_status": None,
        "request_id": None,
        "action": "StopInvocation",
        "provider": "alibaba",
    }
