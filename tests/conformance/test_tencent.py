# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tencent's own client: tencentcloud-sdk-python-tat, by POST and by GET."""

from __future__ import annotations

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tat.v20201028 import models
from tencentcloud.tat.v20201028.tat_client import TatClient

REGION = "ap-guangzhou"


@pytest.fixture(params=["POST", "GET"])
def method(request):
    return request.param


@pytest.fixture
def client(host, keys, method):
    def connect(key="default", region=REGION, unsigned_payload=False):
        pair = keys["tencent"][key]
        profile = ClientProfile(
            httpProfile=HttpProfile(protocol="http", endpoint=host, reqMethod=method, reqTimeout=10)
        )
        profile.unsignedPayload = unsigned_payload
        credential = Credential(pair["access_key_id"], pair["access_key_secret"], pair.get("security_token"))
        return TatClient(credential, region, profile)

    return connect


@pytest.fixture
def tat(client):
    return client()


def make(kind, **fields):
    request = kind()
    for name, value in fields.items():
        setattr(request, name, value)
    return request


def run(tat, count=3):
    names = [f"ins-{number:08}" for number in range(count)]
    return tat.RunCommand(
        make(
            models.RunCommandRequest, Content="c2xlZXA=", InstanceIds=names, Timeout=3600, CommandName="back up*~ 测试"
        )
    )


def by_filter(name, *values):
    return make(models.Filter, Name=name, Values=list(values))


def test_run_cancel_and_read(tat):
    started = run(tat)
    assert started.CommandId and started.RequestId
    cancel = make(
        models.CancelInvocationRequest, InvocationId=started.InvocationId, InstanceIds=["ins-00000000", "ins-00000001"]
    )
    assert tat.CancelInvocation(cancel).RequestId

    described = tat.DescribeInvocations(make(models.DescribeInvocationsRequest, InvocationIds=[started.InvocationId]))
    assert described.TotalCount == 1
    (invocation,) = described.InvocationSet
    assert (invocation.InvocationStatus, invocation.CommandName) == ("RUNNING", "back up*~ 测试")
    statuses = [each.TaskStatus for each in invocation.InvocationTaskBasicInfoSet]
    assert statuses == ["TERMINATED", "TERMINATED", "RUNNING"]

    tasks = tat.DescribeInvocationTasks(
        make(
            models.DescribeInvocationTasksRequest,
            Filters=[by_filter("invocation-id", started.InvocationId), by_filter("instance-id", "ins-00000001")],
            Limit=100,
            Offset=0,
            HideOutput=True,
        )
    )
    (task,) = tasks.InvocationTaskSet
    assert (task.InstanceId, task.TaskStatus) == ("ins-00000001", "TERMINATED")
    assert task.EndTime and task.TaskResult.ExitCode == 0 and task.CommandDocument.Timeout == 3600


def test_cancel_all(tat, control):
    target = control("POST", "operations", provider="tencent", count=150, status="DELIVERING")
    tat.CancelInvocation(make(models.CancelInvocationRequest, InvocationId=target["id"]))
    (seen,) = tat.DescribeInvocations(models.DescribeInvocationsRequest()).InvocationSet
    assert seen.InvocationStatus == "CANCELLED"
    pages = [
        tat.DescribeInvocationTasks(make(models.DescribeInvocationTasksRequest, Limit=100, Offset=offset))
        for offset in (0, 100)
    ]
    assert [len(page.InvocationTaskSet) for page in pages] == [100, 50]
    assert {task.TaskStatus for page in pages for task in page.InvocationTaskSet} == {"CANCELLED"}


def test_null_fields(tat, control):
    control("PUT", "settings", nullable=True)
    run(tat, 1)
    (seen,) = tat.DescribeInvocations(models.DescribeInvocationsRequest()).InvocationSet
    assert seen.EndTime is None and seen.StartTime


def test_regions(tat):
    answer = tat.DescribeRegions(models.DescribeRegionsRequest())
    assert REGION in [each.Region for each in answer.RegionSet]


def test_unsigned_payload(client):
    assert run(client(unsigned_payload=True)).InvocationId


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("session", None),
        ("expired", "AuthFailure.TokenFailure"),
        ("denied", "UnauthorizedOperation.CamAuthFailed"),
        ("inactive", "AuthFailure.SecretIdNotFound"),
        ("mfa_expired", "UnauthorizedOperation.MFAExpired"),
        ("mfa_not_found", "UnauthorizedOperation.MFANotFound"),
        ("invalid_token", "UnauthorizedOperation.InvalidToken"),
    ],
)
def test_keys(client, key, code):
    if code is None:
        assert run(client(key)).InvocationId
        return
    with pytest.raises(TencentCloudSDKException) as caught:
        run(client(key))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"InvocationId": "inv-zzzzzzzz"}, "ResourceNotFound.InvocationNotFound"),
        ({"InvocationId": "nonsense"}, "InvalidParameterValue.InvalidInvocationId"),
        ({"InvocationId": "inv-" + "z" * 99}, "InvalidParameterValue.TooLong"),
        (
            {"InvocationId": "inv-zzzzzzzz", "InstanceIds": [f"ins-{number}" for number in range(101)]},
            "InvalidParameterValue.LimitExceeded",
        ),
        ({}, "MissingParameter"),
    ],
)
def test_errors_by_behaviour(tat, control, fields, code):
    with pytest.raises(TencentCloudSDKException) as caught:
        tat.CancelInvocation(make(models.CancelInvocationRequest, **fields))
    assert caught.value.code == code
    assert caught.value.requestId == control("GET", "requests")[-1]["request_id"]


@pytest.mark.parametrize("code", ["InternalError", "RequestLimitExceeded", "LimitExceeded", "FailedOperation"])
def test_errors_by_order(tat, control, code):
    control("POST", "faults", kind="error", code=code)
    with pytest.raises(TencentCloudSDKException) as caught:
        tat.CancelInvocation(make(models.CancelInvocationRequest, InvocationId="inv-zzzzzzzz"))
    assert caught.value.code == code


def test_foreign_instance(tat):
    started = run(tat)
    request = make(
        models.CancelInvocationRequest, InvocationId=started.InvocationId, InstanceIds=["ins-00000000", "ins-foreign"]
    )
    with pytest.raises(TencentCloudSDKException) as caught:
        tat.CancelInvocation(request)
    assert caught.value.code == "InvalidParameterValue.InstanceIsNotRelatedToInvocation"


def test_region(client):
    with pytest.raises(TencentCloudSDKException) as caught:
        run(client(region="nowhere"))
    assert caught.value.code == "UnsupportedRegion"
