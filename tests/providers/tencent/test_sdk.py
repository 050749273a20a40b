# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator against Tencent Cloud's own client, tencentcloud-sdk-python-tat, by POST and by GET.

What each action does is tested in tests/emulator; here it is understood."""

from __future__ import annotations

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tat.v20201028 import models
from tencentcloud.tat.v20201028.tat_client import TatClient

from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.tat import TAT

REGION = "ap-guangzhou"
# So the client says that its model does not know all that was answered.
pytestmark = pytest.mark.filterwarnings("error:.* are useless")


@pytest.fixture(params=["POST", "GET"])
def connect(cloud, request):
    """A function that calls an action by its name: the request's fields in, the answer out."""

    def connect_as(key="default", region=REGION, unsigned_payload=False):
        host = cloud.url.removeprefix("http://")
        profile = ClientProfile(
            httpProfile=HttpProfile(protocol="http", endpoint=host, reqMethod=request.param, reqTimeout=10)
        )
        profile.unsignedPayload = unsigned_payload
        # Id, secret, and a token if it has one.
        client = TatClient(Credential(*cloud.keys[key].values()), region, profile)

        def call(action, **fields):
            wanted = getattr(models, f"{action}Request")()
            for name, value in fields.items():
                setattr(wanted, name, value)
            answer = getattr(client, action)(wanted)
            assert answer.RequestId
            return answer

        return call

    return connect_as


@pytest.fixture
def tat(connect):
    return connect()


def run(tat, count=3):
    names = [f"ins-{number:08}" for number in range(count)]
    return tat("RunCommand", Content="c2xlZXA=", InstanceIds=names, Timeout=3600, CommandName="back up*~ 测试")


def by_filter(name, *values):
    wanted = models.Filter()
    wanted.Name, wanted.Values = name, list(values)
    return wanted


def refusal(call, action, **fields):
    with pytest.raises(TencentCloudSDKException) as caught:
        call(action, **fields)
    return caught.value


def test_host_and_version_are_those_of_the_vendor():
    assert (TAT.endpoint("ap-guangzhou"), TAT.version) == (f"https://{TatClient._endpoint}", TatClient._apiVersion)


def test_run_cancel_and_read(tat):
    invocation_id = run(tat).InvocationId
    tat("CancelInvocation", InvocationId=invocation_id, InstanceIds=["ins-00000000", "ins-00000001"])
    (seen,) = tat("DescribeInvocations", InvocationIds=[invocation_id]).InvocationSet
    assert (seen.InvocationStatus, seen.CommandName) == ("RUNNING", "back up*~ 测试")
    statuses = [each.TaskStatus for each in seen.InvocationTaskBasicInfoSet]
    assert statuses == ["TERMINATED", "TERMINATED", "RUNNING"]
    filters = [by_filter("invocation-id", invocation_id), by_filter("instance-id", "ins-00000001")]
    (task,) = tat("DescribeInvocationTasks", Filters=filters, Limit=100, Offset=0, HideOutput=True).InvocationTaskSet
    assert (task.TaskStatus, task.TaskResult.ExitCode, task.CommandDocument.Timeout) == ("TERMINATED", 0, 3600)


def test_cancel_all(tat, cloud):
    tat("CancelInvocation", InvocationId=cloud.run(count=150, status="DELIVERING").id)
    (seen,) = tat("DescribeInvocations").InvocationSet
    assert seen.InvocationStatus == "CANCELLED"
    pages = [tat("DescribeInvocationTasks", Limit=100, Offset=offset).InvocationTaskSet for offset in (0, 100)]
    assert [len(page) for page in pages] == [100, 50]
    assert {task.TaskStatus for page in pages for task in page} == {"CANCELLED"}


@pytest.mark.parametrize("how", [{"key": "session"}, {"unsigned_payload": True}])
def test_ways_to_sign(connect, how):
    assert run(connect(**how)).InvocationId


UNKNOWN = {"InvocationId": "inv-zzzzzzzz"}
TOO_MANY = [f"ins-{number}" for number in range(101)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (UNKNOWN, "ResourceNotFound.InvocationNotFound"),
        ({"InvocationId": "nonsense"}, "InvalidParameterValue.InvalidInvocationId"),
        ({"InvocationId": "inv-" + "z" * 99}, "InvalidParameterValue.TooLong"),
        ({**UNKNOWN, "InstanceIds": TOO_MANY}, "InvalidParameterValue.LimitExceeded"),
        ({}, "MissingParameter"),
    ],
)
def test_errors_by_behaviour(tat, cloud, fields, code):
    error = refusal(tat, "CancelInvocation", **fields)
    assert (error.code, error.requestId) == (code, cloud.requests()[-1]["request_id"])
