# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator against aliyun-python-sdk-core, which signs by V1."""

from __future__ import annotations

import json

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import AccessKeyCredential, StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

REGION = "cn-hangzhou"


@pytest.fixture(params=["GET", "POST"])
def core(cloud, request):
    def connect(key="default", version="2014-05-26"):
        # Id, secret, and a token if it has one.
        values = list(cloud.keys[key].values())
        credential = (StsTokenCredential if len(values) == 3 else AccessKeyCredential)(*values)
        client = AcsClient(region_id=REGION, credential=credential, auto_retry=False)

        def send(action, **parameters):
            wanted = CommonRequest()
            wanted.set_domain(cloud.url.removeprefix("http://"))
            wanted.set_protocol_type("http")
            wanted.set_version(version)
            wanted.set_action_name(action)
            wanted.set_method(request.param)
            for name, value in {"RegionId": REGION, **parameters}.items():
                wanted.add_query_param(name.replace("__", "."), value)
            return json.loads(client.do_action_with_exception(wanted))

        return send

    return connect


def refusal(cloud, send, action, **parameters):
    with pytest.raises(ServerException) as caught:
        send(action, **parameters)
    assert caught.value.get_request_id() == cloud.requests()[-1]["request_id"]
    return caught.value.get_error_code(), caught.value.get_http_status()


@pytest.mark.parametrize("key", ["default", "session"])
def test_run_stop_and_read(core, key):
    send = core(key)
    run = {"Type": "RunShellScript", "CommandContent": "echo 'a b*~' 测试", "Timeout": 600}
    invocation = {"InvokeId": send("RunCommand", InstanceId__1="i-1", InstanceId__2="i-2", **run)["InvokeId"]}
    assert send("StopInvocation", **invocation, InstanceId__1="i-2")["RequestId"]
    (seen,) = send("DescribeInvocations", **invocation)["Invocations"]["Invocation"]
    assert [bool(each["StopTime"]) for each in seen["InvokeInstances"]["InvokeInstance"]] == [False, True]
    results = send("DescribeInvocationResults", **invocation)["Invocation"]
    assert len(results["InvocationResults"]["InvocationResult"]) == 2


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("default", ("InvalidInvokeId.NotFound", 404)),
        ("denied", ("Forbidden.RAM", 403)),
        ("inactive", ("InvalidAccessKeyId.Inactive", 400)),
        ("expired", ("InvalidSecurityToken.Expired", 400)),
    ],
)
def test_errors(core, cloud, key, expected):
    assert refusal(cloud, core(key), "StopInvocation", InvokeId="t-x") == expected


@pytest.mark.parametrize(
    ("version", "kind", "action", "parameter", "again"),
    [
        ("2019-06-01", "automation_execution", "CancelExecution", "ExecutionId", ("ExecutionCancelFailed", 403)),
        ("2014-05-26", "image_task", "CancelTask", "TaskId", ("InvalidTaskId.IncorrectTaskStatus", 403)),
        ("2019-09-10", "stack_group_operation", "StopStackGroupOperation", "OperationId", ("InvalidParameter", 400)),
    ],
)
def test_stops_of_other_kinds(core, cloud, version, kind, action, parameter, again):
    cloud.settings(ros_stop_of_finished="InvalidParameter")
    send, target = core(version=version), {parameter: cloud.start(kind)}
    assert send(action, **target)["RequestId"]
    assert refusal(cloud, send, action, **target) == again
