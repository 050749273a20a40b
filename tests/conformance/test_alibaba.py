# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba's own clients: alibabacloud-ecs20140526 (signs by V3) and aliyun-python-sdk-core (signs by V1)."""

from __future__ import annotations

import json

import pytest
from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.exceptions import (
    AlibabaCloudException,
    ClientException,
    ServerException,
    ThrottlingException,
)
from alibabacloud_tea_openapi.models import Config
from aliyunsdkcore.acs_exception.exceptions import ServerException as CoreException
from aliyunsdkcore.auth.credentials import AccessKeyCredential, StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

REGION = "cn-hangzhou"


@pytest.fixture
def client(host, keys):
    def connect(key="default", signature_algorithm=None):
        pair = keys["alibaba"][key]
        return Client(
            Config(
                access_key_id=pair["access_key_id"],
                access_key_secret=pair["access_key_secret"],
                security_token=pair.get("security_token"),
                region_id=REGION,
                endpoint=host,
                protocol="HTTP",
                signature_algorithm=signature_algorithm,
            )
        )

    return connect


@pytest.fixture(params=[None, "v2"], ids=["V3", "V1-by-tea"])
def ecs(client, request):
    return client(signature_algorithm=request.param)


def run(ecs, count=3, **more):
    request = models.RunCommandRequest(
        region_id=REGION,
        type="RunShellScript",
        name="back up*~ 测试",
        command_content="sleep 1000",
        timeout=3600,
        instance_id=[f"i-{number:04}" for number in range(count)],
        **more,
    )
    return ecs.run_command(request).body


def test_run_stop_and_read(ecs):
    started = run(ecs)
    assert started.request_id and started.command_id
    stop = models.StopInvocationRequest(region_id=REGION, invoke_id=started.invoke_id, instance_id=["i-0000"])
    assert ecs.stop_invocation(stop).body.request_id

    described = ecs.describe_invocations(
        models.DescribeInvocationsRequest(region_id=REGION, invoke_id=started.invoke_id, max_results=50)
    ).body
    (invocation,) = described.invocations.invocation
    assert invocation.command_name == "back up*~ 测试"
    assert (invocation.invocation_status, invocation.repeat_mode, invocation.timed) == ("Running", "Once", False)
    assert invocation.timeout == 3600
    first, second, _ = invocation.invoke_instances.invoke_instance
    assert (first.instance_id, first.invocation_status, first.repeats) == ("i-0000", "Running", 1)
    assert first.stop_time.endswith("Z") and not second.stop_time

    results = ecs.describe_invocation_results(
        models.DescribeInvocationResultsRequest(region_id=REGION, invoke_id=started.invoke_id, max_results=2)
    ).body.invocation
    assert [each.invocation_status for each in results.invocation_results.invocation_result] == ["Running"] * 2
    last = ecs.describe_invocation_results(
        models.DescribeInvocationResultsRequest(
            region_id=REGION, invoke_id=started.invoke_id, max_results=2, next_token=results.next_token
        )
    ).body.invocation
    assert [each.instance_id for each in last.invocation_results.invocation_result] == ["i-0002"]
    assert not last.next_token


def test_not_started_work_is_cancelled(ecs, control):
    target = control("POST", "operations", provider="alibaba", count=120, status="Pending")
    for begin in range(0, 120, 50):
        named = target["instance_ids"][begin : begin + 50]
        ecs.stop_invocation(models.StopInvocationRequest(region_id=REGION, invoke_id=target["id"], instance_id=named))
    seen = ecs.describe_invocations(models.DescribeInvocationsRequest(region_id=REGION, invoke_status="Stopped")).body
    (invocation,) = seen.invocations.invocation
    assert {each.invocation_status for each in invocation.invoke_instances.invoke_instance} == {"Cancelled"}


def test_a_schedule(ecs):
    run(ecs, count=1, frequency="rate(5m)", repeat_mode="Period", timed=True)
    request = models.DescribeInvocationsRequest(region_id=REGION, timed=True, page_number=1, page_size=10)
    described = ecs.describe_invocations(request).body
    assert (described.total_count, described.page_number, described.page_size) == (1, 1, 10)
    assert described.invocations.invocation[0].frequency == "rate(5m)"


def test_tags(ecs):
    tags = [models.RunCommandRequestTag(key="team", value="red")]
    started = run(ecs, count=1, tag=tags)
    request = models.DescribeInvocationsRequest(
        region_id=REGION, tag=[models.DescribeInvocationsRequestTag(key="team", value="red")]
    )
    (found,) = ecs.describe_invocations(request).body.invocations.invocation
    assert found.invoke_id == started.invoke_id
    assert (found.tags.tag[0].tag_key, found.tags.tag[0].tag_value) == ("team", "red")


def test_regions(ecs):
    regions = ecs.describe_regions(models.DescribeRegionsRequest()).body.regions.region
    assert REGION in [region.region_id for region in regions]


@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_session_token(client, algorithm):
    assert run(client("session", algorithm)).invoke_id
    with pytest.raises(AlibabaCloudException) as caught:
        run(client("expired", algorithm))
    assert caught.value.code == "InvalidSecurityToken.Expired"


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("Operation.Forbidden", 403, ClientException),
        ("InternalError.Dispatch", 500, ServerException),
        ("RegionId.ApiNotSupported", 400, ClientException),
        ("InstanceIds.ExceedLimit", 403, ClientException),
        ("Throttling.User", 400, ClientException),
    ],
)
def test_errors_by_order(ecs, control, code, status, kind):
    control("POST", "faults", kind="error", code=code)
    with pytest.raises(kind) as caught:
        ecs.stop_invocation(models.StopInvocationRequest(region_id=REGION, invoke_id="t-x"))
    assert (caught.value.code, caught.value.status_code) == (code, status)
    assert caught.value.request_id == control("GET", "requests")[-1]["request_id"]


def test_throttling_says_when_to_come_back(ecs, control):
    control("POST", "faults", kind="throttle", retry_after=3)
    with pytest.raises(ThrottlingException) as caught:
        ecs.stop_invocation(models.StopInvocationRequest(region_id=REGION, invoke_id="t-x"))
    assert (caught.value.code, caught.value.retry_after) == ("Throttling.User", 3)


def test_errors_by_behaviour(ecs, client):
    many = [f"i-{number}" for number in range(51)]
    for request, code in (
        ({"region_id": REGION, "invoke_id": "t-x"}, "InvalidInvokeId.NotFound"),
        ({"region_id": REGION, "invoke_id": "t-x", "instance_id": many}, "InstanceIds.ExceedLimit"),
        ({"region_id": "cn-edge-1", "invoke_id": "t-x"}, "RegionId.ApiNotSupported"),
        ({"region_id": REGION}, "MissingParameter.InvokeId"),
    ):
        with pytest.raises(ClientException) as caught:
            ecs.stop_invocation(models.StopInvocationRequest(**request))
        assert caught.value.code == code
    with pytest.raises(ClientException) as caught:
        run(client("denied"))
    assert caught.value.code == "Forbidden.RAM"
    assert caught.value.access_denied_detail["AuthAction"] == "ecs:RunCommand"


# aliyun-python-sdk-core


@pytest.fixture
def core(host, keys):
    def connect(key="default"):
        pair = keys["alibaba"][key]
        id_, secret, token = pair["access_key_id"], pair["access_key_secret"], pair.get("security_token")
        credential = StsTokenCredential(id_, secret, token) if token else AccessKeyCredential(id_, secret)
        client = AcsClient(region_id=REGION, credential=credential, auto_retry=False)

        def send(action, method="POST", **parameters):
            request = CommonRequest()
            request.set_domain(host)
            request.set_protocol_type("http")
            request.set_version("2014-05-26")
            request.set_action_name(action)
            request.set_method(method)
            for name, value in {"RegionId": REGION, **parameters}.items():
                request.add_query_param(name.replace("__", "."), value)
            return json.loads(client.do_action_with_exception(request))

        return send

    return connect


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", ["default", "session"])
def test_core(core, method, key):
    send = core(key)
    run = {"Type": "RunShellScript", "CommandContent": "echo 'a b*~' 测试", "Timeout": 600}
    started = send("RunCommand", method, InstanceId__1="i-1", InstanceId__2="i-2", **run)
    assert send("StopInvocation", method, InvokeId=started["InvokeId"], InstanceId__1="i-2")["RequestId"]
    (seen,) = send("DescribeInvocations", method, InvokeId=started["InvokeId"])["Invocations"]["Invocation"]
    assert [bool(each["StopTime"]) for each in seen["InvokeInstances"]["InvokeInstance"]] == [False, True]
    results = send("DescribeInvocationResults", method, InvokeId=started["InvokeId"])["Invocation"]
    assert len(results["InvocationResults"]["InvocationResult"]) == 2


@pytest.mark.parametrize(
    ("key", "code", "status"),
    [
        ("default", "InvalidInvokeId.NotFound", 404),
        ("denied", "Forbidden.RAM", 403),
        ("inactive", "InvalidAccessKeyId.Inactive", 400),
        ("expired", "InvalidSecurityToken.Expired", 400),
    ],
)
def test_core_errors(core, control, key, code, status):
    with pytest.raises(CoreException) as caught:
        core(key)("StopInvocation", InvokeId="t-x")
    assert (caught.value.get_error_code(), caught.value.get_http_status()) == (code, status)
    assert caught.value.get_request_id() == control("GET", "requests")[-1]["request_id"]
