# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator against Alibaba Cloud's own clients: those of ECS, OOS and ROS, which sign by V3, or by V1 if told so,
and the older aliyun-python-sdk-core. What each action does is tested in tests/emulator; here it is understood."""

from __future__ import annotations

import json
import re

import pytest
from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_oos20190601 import models as oos_models
from alibabacloud_oos20190601.client import Client as OosClient
from alibabacloud_ros20190910 import models as ros_models
from alibabacloud_ros20190910.client import Client as RosClient
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

from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.oos import OOS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ros import ROS

REGION = "cn-hangzhou"
SERVICES = {"ecs": (EcsClient, ecs_models), "oos": (OosClient, oos_models), "ros": (RosClient, ros_models)}


@pytest.fixture(params=[None, "v2"], ids=["V3", "V1"])
def connect(cloud, request, monkeypatch):
    """A function that calls an action of a service by its name: the request's fields in, the answer's body out."""

    def connect_to(service, key="default"):
        kind, models = SERVICES[service]
        config = Config(
            **cloud.keys[key],
            region_id=REGION,
            endpoint=cloud.url.removeprefix("http://"),
            protocol="HTTP",
            signature_algorithm=request.param,
        )
        client, call_api, answers = kind(config), kind.call_api, []

        def call_and_keep(*arguments):
            answers.append(call_api(client, *arguments))
            return answers[-1]

        monkeypatch.setattr(client, "call_api", call_and_keep)

        def call(action, **fields):
            wanted = getattr(models, f"{action}Request")(**fields)
            if hasattr(wanted, "region_id"):
                wanted.region_id = wanted.region_id or REGION
            method = re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()
            body = getattr(client, method)(wanted).body
            assert body.request_id
            assert body.to_map() == answers[-1]["body"], "the vendor's model does not know all that was answered"
            return body

        return call

    return connect_to


@pytest.fixture
def ecs(connect):
    return connect("ecs")


def refusal(call, action, **fields):
    with pytest.raises(AlibabaCloudException) as caught:
        call(action, **fields)
    return caught.value.code, caught.value.status_code


def test_hosts_are_those_of_the_vendor():
    config = Config(access_key_id="a", access_key_secret="b", region_id=REGION)
    assert ECS.hosts == EcsClient(config)._endpoint_map
    ours = [service.endpoint(REGION) for service in (ECS, OOS, ROS)]
    assert ours == [f"https://{kind(config)._endpoint}" for kind, _models in SERVICES.values()]
    # What has no host of its own.
    assert ECS.endpoint("new-9") == "https://ecs.new-9.aliyuncs.com"


RUN = {"type": "RunShellScript", "name": "back up*~ 测试", "command_content": "sleep 1000"}


def test_invocations(ecs, cloud):
    instances = [f"i-{number:04}" for number in range(3)]
    invocation = {"invoke_id": ecs("RunCommand", instance_id=instances, **RUN).invoke_id}
    ecs("StopInvocation", **invocation, instance_id=["i-0000"])

    (seen,) = ecs("DescribeInvocations", **invocation, max_results=50).invocations.invocation
    assert (seen.command_name, seen.invocation_status) == ("back up*~ 测试", "Running")
    stopped = [bool(each.stop_time) for each in seen.invoke_instances.invoke_instance]
    assert stopped == [True, False, False]

    results = ecs("DescribeInvocationResults", **invocation, max_results=2).invocation
    token = results.next_token
    last = ecs("DescribeInvocationResults", **invocation, max_results=2, next_token=token).invocation
    pages = [page.invocation_results.invocation_result for page in (results, last)]
    assert [[each.instance_id for each in page] for page in pages] == [instances[:2], instances[2:]]

    waiting = cloud.run(count=120, status="Pending")
    for begin in range(0, 120, 50):
        ecs("StopInvocation", invoke_id=waiting.id, instance_id=waiting.instance_ids[begin : begin + 50])
    (seen,) = ecs("DescribeInvocations", invoke_status="Stopped").invocations.invocation
    assert {each.invocation_status for each in seen.invoke_instances.invoke_instance} == {"Cancelled"}
    assert REGION in [region.region_id for region in ecs("DescribeRegions").regions.region]


def test_schedules_with_tags(ecs):
    tags = [ecs_models.RunCommandRequestTag(key="team", value="red")]
    ecs("RunCommand", instance_id=["i-1"], **RUN, tag=tags, frequency="rate(5m)", repeat_mode="Period", timed=True)
    tags = [ecs_models.DescribeInvocationsRequestTag(key="team", value="red")]
    described = ecs("DescribeInvocations", tag=tags, timed=True, page_number=1, page_size=10)
    (found,) = described.invocations.invocation
    assert (described.total_count, found.frequency, found.tags.tag[0].tag_value) == (1, "rate(5m)", "red")


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("Operation.Forbidden", 403, ClientException),
        ("InternalError.Dispatch", 500, ServerException),
        ("RegionId.ApiNotSupported", 400, ClientException),
        ("InstanceIds.ExceedLimit", 403, ClientException),
        ("Throttling.User", 400, ThrottlingException),
    ],
)
def test_errors_by_order(ecs, cloud, code, status, kind):
    cloud.fault("error", code=code) if kind is not ThrottlingException else cloud.fault("throttle", retry_after=3)
    with pytest.raises(kind) as caught:
        ecs("StopInvocation", invoke_id="t-x")
    assert (caught.value.code, caught.value.status_code) == (code, status)
    assert caught.value.request_id == cloud.requests()[-1]["request_id"]
    assert getattr(caught.value, "retry_after", None) == (3 if kind is ThrottlingException else None)


def test_keys(connect):
    connect("ecs", "session")("DescribeInvocations")
    with pytest.raises(ClientException) as caught:
        connect("ecs", "denied")("RunCommand", instance_id=["i-1"], **RUN)
    assert (caught.value.code, caught.value.access_denied_detail["AuthAction"]) == ("Forbidden.RAM", "ecs:RunCommand")


def test_executions(connect):
    oos = connect("oos")
    note, tags = '{"note": "a b*~ 测试"}', {"team": "red"}
    started = oos("StartExecution", template_name="T", parameters=note, tags=tags, mode="Automatic").execution
    execution = {"execution_id": started.execution_id}
    (seen,) = oos("ListExecutions", **execution, tags=tags, include_child_execution=True).executions
    assert (started.parameters, seen.parameters, seen.tags, seen.status) == (note, json.loads(note), tags, "Running")
    oos("CancelExecution", **execution)
    (seen,) = oos("ListExecutions", **execution).executions
    assert seen.status == "Cancelled" and seen.end_date.endswith("Z")
    assert refusal(oos, "CancelExecution", **execution) == ("ExecutionCancelFailed", 403)
    assert refusal(oos, "CancelExecution", execution_id="exec-unknown") == ("EntityNotExist.Execution", 404)


def test_children_tasks_and_invocations_of_executions(connect, cloud):
    oos = connect("oos")
    made = cloud.start("automation_execution", children=11, invocation_ids=["t-1"], waiting="Approve")
    oos("StartExecution", template_name="T", parent_execution_id=made)
    listing = {"parent_execution_id": made, "max_results": 10}
    first = oos("ListExecutions", **listing)
    second = oos("ListExecutions", **listing, next_token=first.next_token)
    assert (len(first.executions), len(second.executions), first.total_count) == (10, 2, 12)
    (task,) = oos("ListTaskExecutions", execution_id=made, task_name="task1", max_results=20).task_executions
    invocations = oos("ListTaskExecutionInvocations", task_execution_id=task.task_execution_id)
    assert [each.invocation_id for each in invocations.task_execution_invocations] == ["t-1"]
    (waiting,) = oos("ListExecutions", status="Waiting", depth="RootDepth").executions
    assert waiting.waiting_status == "Approve"


def test_image_tasks(ecs, cloud):
    disk = ecs_models.ImportImageRequestDiskDeviceMapping(ossbucket="images", ossobject="a b.vhd", format="VHD")
    imported = ecs("ImportImage", image_name="测试", disk_device_mapping=[disk])
    exported = ecs("ExportImage", image_id="m-1", ossbucket="images", image_format="qcow2").task_id
    tasks = ecs("DescribeTasks", task_ids=f"{imported.task_id},{exported}", page_size=100).task_set.task
    assert [(each.task_action, each.support_cancel) for each in tasks] == [
        ("ExportImage", "true"),
        ("ImportImage", "true"),
    ]
    assert tasks[1].resource_id == imported.image_id
    ecs("CancelTask", task_id=exported)
    detail = ecs("DescribeTaskAttribute", task_id=exported)
    (progress,) = detail.operation_progress_set.operation_progress
    assert detail.task_status == "Deleted"
    assert {each.name: each.value for each in progress.related_item_set.related_item}["ImageFormat"] == "qcow2"
    assert refusal(ecs, "CancelTask", task_id=exported) == ("InvalidTaskId.IncorrectTaskStatus", 403)
    cloud.settings(cancel_task_codes="2017")
    assert refusal(ecs, "CancelTask", task_id=exported) == ("IncorrectTaskStatus", 403)
    assert refusal(ecs, "CancelTask", task_id="t-unknown") == ("InvalidTaskId.NotFound", 400)


def test_stack_group_operations(connect, cloud):
    ros = connect("ros")
    tags = [ros_models.CreateStackGroupRequestTags(key="team", value="red")]
    made = ros("CreateStackGroup", stack_group_name="g", template_body='{"a": "b c"}', tags=tags)
    regions = ["cn-beijing", "cn-shanghai"]
    instances = {"stack_group_name": "g", "account_ids": [*"012345"], "region_ids": regions}
    preferences = {"MaxConcurrentCount": 2, "FailureTolerancePercentage": 50, "RegionIdsOrder": regions[1:]}
    wanted = {"operation_id": ros("CreateStackInstances", operation_preferences=preferences, **instances).operation_id}
    assert refusal(ros, "UpdateStackInstances", **instances) == ("StackGroupOperationInProgress", 409)

    (group,) = ros("ListStackGroups", status="ACTIVE").stack_groups
    assert (group.stack_group_id, group.tags[0].value) == (made.stack_group_id, "red")
    assert ros("GetStackGroup", stack_group_id=made.stack_group_id).stack_group.stack_group_name == "g"
    operation = ros("GetStackGroupOperation", **wanted).stack_group_operation
    told = operation.operation_preferences
    assert (operation.status, told.max_concurrent_count, told.region_ids_order) == ("RUNNING", 2, regions[::-1])

    ros("StopStackGroupOperation", **wanted)
    (listed,) = ros("ListStackGroupOperations", stack_group_name="g").stack_group_operations
    assert listed.status == "STOPPED" and listed.end_time
    results = ros("ListStackGroupOperationResults", **wanted, page_size=5)
    statuses = [each.status for each in results.stack_group_operation_results]
    assert (results.total_count, statuses) == (12, ["SUCCEEDED"] * 2 + ["STOPPED"] * 3)
    cloud.settings(ros_stop_of_finished="InvalidParameter")
    assert refusal(ros, "StopStackGroupOperation", **wanted) == ("InvalidParameter", 400)
    assert refusal(ros, "StopStackGroupOperation", operation_id="x") == ("StackGroupOperationNotFound", 404)
    assert ros("UpdateStackInstances", **instances).operation_id != wanted["operation_id"]


# aliyun-python-sdk-core


@pytest.fixture(params=["GET", "POST"])
def core(cloud, request):
    def connect(key="default"):
        # Id, secret, and a token if it has one.
        values = list(cloud.keys[key].values())
        credential = (StsTokenCredential if len(values) == 3 else AccessKeyCredential)(*values)
        client = AcsClient(region_id=REGION, credential=credential, auto_retry=False)

        def send(action, **parameters):
            wanted = CommonRequest()
            wanted.set_domain(cloud.url.removeprefix("http://"))
            wanted.set_protocol_type("http")
            wanted.set_version("2014-05-26")
            wanted.set_action_name(action)
            wanted.set_method(request.param)
            for name, value in {"RegionId": REGION, **parameters}.items():
                wanted.add_query_param(name.replace("__", "."), value)
            return json.loads(client.do_action_with_exception(wanted))

        return send

    return connect


@pytest.mark.parametrize("key", ["default", "session"])
def test_core(core, key):
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
def test_errors_of_core(core, cloud, key, expected):
    with pytest.raises(CoreException) as caught:
        core(key)("StopInvocation", InvokeId="t-x")
    assert (caught.value.get_error_code(), caught.value.get_http_status()) == expected
    assert caught.value.get_request_id() == cloud.requests()[-1]["request_id"]
