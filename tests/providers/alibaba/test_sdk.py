# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator against Alibaba Cloud's own clients of ECS, OOS and ROS, which sign by V3, or by V1 if told so."""

from __future__ import annotations

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

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.oos import OOS
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.ros import ROS

REGION = "cn-hangzhou"
SERVICES = {"ecs": (EcsClient, ecs_models), "oos": (OosClient, oos_models), "ros": (RosClient, ros_models)}


@pytest.fixture(params=[None, "v2"], ids=["V3", "V1"])
def connect(cloud, request):
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
        client = kind(config)

        def call(action, **fields):
            wanted = getattr(models, f"{action}Request")(**fields)
            if hasattr(wanted, "region_id"):
                wanted.region_id = wanted.region_id or REGION
            method = re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()
            return getattr(client, method)(wanted).body

        return call

    return connect_to


@pytest.fixture
def ecs(connect):
    return connect("ecs")


def run(ecs, count=3, **more):
    return ecs(
        "RunCommand",
        type="RunShellScript",
        name="back up*~ 测试",
        command_content="sleep 1000",
        timeout=3600,
        instance_id=[f"i-{number:04}" for number in range(count)],
        **more,
    )


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


# Cloud Assistant


def test_run_stop_and_read(ecs):
    started = run(ecs)
    assert started.request_id and started.command_id
    assert ecs("StopInvocation", invoke_id=started.invoke_id, instance_id=["i-0000"]).request_id

    described = ecs("DescribeInvocations", invoke_id=started.invoke_id, max_results=50)
    (invocation,) = described.invocations.invocation
    assert (invocation.command_name, invocation.timeout) == ("back up*~ 测试", 3600)
    assert (invocation.invocation_status, invocation.repeat_mode, invocation.timed) == ("Running", "Once", False)
    first, second, _ = invocation.invoke_instances.invoke_instance
    assert (first.instance_id, first.invocation_status, first.repeats) == ("i-0000", "Running", 1)
    assert first.stop_time.endswith("Z") and not second.stop_time

    page = {"invoke_id": started.invoke_id, "max_results": 2}
    results = ecs("DescribeInvocationResults", **page).invocation
    assert [each.invocation_status for each in results.invocation_results.invocation_result] == ["Running"] * 2
    last = ecs("DescribeInvocationResults", **page, next_token=results.next_token).invocation
    assert [each.instance_id for each in last.invocation_results.invocation_result] == ["i-0002"]
    assert not last.next_token


def test_not_started_work_is_cancelled(ecs, cloud):
    target = cloud.run(count=120, status="Pending")
    for begin in range(0, 120, 50):
        ecs("StopInvocation", invoke_id=target.id, instance_id=target.instance_ids[begin : begin + 50])
    (invocation,) = ecs("DescribeInvocations", invoke_status="Stopped").invocations.invocation
    assert {each.invocation_status for each in invocation.invoke_instances.invoke_instance} == {"Cancelled"}


def test_schedules_tags_and_regions(ecs):
    run(ecs, count=1, frequency="rate(5m)", repeat_mode="Period", timed=True)
    described = ecs("DescribeInvocations", timed=True, page_number=1, page_size=10)
    assert (described.total_count, described.page_number, described.page_size) == (1, 1, 10)
    assert described.invocations.invocation[0].frequency == "rate(5m)"

    started = run(ecs, count=1, tag=[ecs_models.RunCommandRequestTag(key="team", value="red")])
    tag = ecs_models.DescribeInvocationsRequestTag(key="team", value="red")
    (found,) = ecs("DescribeInvocations", tag=[tag]).invocations.invocation
    assert found.invoke_id == started.invoke_id
    assert (found.tags.tag[0].tag_key, found.tags.tag[0].tag_value) == ("team", "red")

    assert REGION in [region.region_id for region in ecs("DescribeRegions").regions.region]


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
def test_errors_by_order(ecs, cloud, code, status, kind):
    cloud.fault("error", code=code)
    with pytest.raises(kind) as caught:
        ecs("StopInvocation", invoke_id="t-x")
    assert (caught.value.code, caught.value.status_code) == (code, status)
    assert caught.value.request_id == cloud.requests()[-1]["request_id"]


def test_throttling_says_when_to_come_back(ecs, cloud):
    cloud.fault("throttle", retry_after=3)
    with pytest.raises(ThrottlingException) as caught:
        ecs("StopInvocation", invoke_id="t-x")
    assert (caught.value.code, caught.value.retry_after) == ("Throttling.User", 3)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"invoke_id": "t-x"}, ("InvalidInvokeId.NotFound", 404)),
        (
            {"invoke_id": "t-x", "instance_id": [f"i-{number}" for number in range(51)]},
            ("InstanceIds.ExceedLimit", 403),
        ),
        ({"invoke_id": "t-x", "region_id": "cn-edge-1"}, ("RegionId.ApiNotSupported", 400)),
        ({}, ("MissingParameter.InvokeId", 400)),
    ],
)
def test_errors_by_behaviour(ecs, fields, expected):
    assert refusal(ecs, "StopInvocation", **fields) == expected


def test_keys(connect):
    assert run(connect("ecs", "session")).invoke_id
    assert refusal(connect("ecs", "expired"), "DescribeInvocations") == ("InvalidSecurityToken.Expired", 400)
    assert refusal(connect("oos", "expired"), "ListExecutions") == ("ExpiredStsToken", 400)
    assert refusal(connect("oos", "denied"), "ListExecutions") == ("User.NoPermission", 401)
    with pytest.raises(ClientException) as caught:
        run(connect("ecs", "denied"))
    assert caught.value.code == "Forbidden.RAM"
    assert caught.value.access_denied_detail["AuthAction"] == "ecs:RunCommand"


# OOS


def test_executions(connect):
    oos = connect("oos")
    note = '{"note": "a b*~ 测试"}'
    started = oos(
        "StartExecution", template_name="MyTemplate", parameters=note, tags={"team": "red"}, mode="Automatic"
    ).execution
    assert (started.status, started.parameters) == ("Started", note)
    listing = {"execution_id": started.execution_id, "tags": {"team": "red"}, "include_child_execution": True}
    (seen,) = oos("ListExecutions", **listing).executions
    assert (seen.status, seen.category, seen.is_parent) == ("Running", "Other", False)
    assert (seen.parameters, seen.tags) == ({"note": "a b*~ 测试"}, {"team": "red"})
    assert seen.counters == {"Total": 1, "Running": 1}
    assert oos("CancelExecution", execution_id=started.execution_id).request_id
    (seen,) = oos("ListExecutions", **listing).executions
    assert seen.status == "Cancelled" and seen.end_date.endswith("Z")
    again = refusal(oos, "CancelExecution", execution_id=started.execution_id)
    unknown = refusal(oos, "CancelExecution", execution_id="exec-unknown")
    assert (again, unknown) == (("ExecutionCancelFailed", 403), ("EntityNotExist.Execution", 404))


def test_children_tasks_and_invocations(connect, cloud):
    oos = connect("oos")
    made = cloud.start("automation_execution", children=12, invocation_ids=["t-1"], waiting="Approve")
    listing = {"parent_execution_id": made, "max_results": 10}
    first = oos("ListExecutions", **listing)
    assert (len(first.executions), first.total_count, first.max_results) == (10, 12, 10)
    assert len(oos("ListExecutions", **listing, next_token=first.next_token).executions) == 2
    (task,) = oos("ListTaskExecutions", execution_id=made, task_name="task1", max_results=20).task_executions
    assert (task.status, task.loop, task.execution_id) == ("Waiting", {}, made)
    invocations = oos("ListTaskExecutionInvocations", task_execution_id=task.task_execution_id)
    found = [(each.invocation_id, each.status) for each in invocations.task_execution_invocations]
    assert found == [("t-1", "Waiting")]
    (waiting,) = oos("ListExecutions", status="Waiting", depth="RootDepth").executions
    assert waiting.waiting_status == "Approve"


# ECS tasks


def test_image_tasks(ecs, cloud):
    disk = ecs_models.ImportImageRequestDiskDeviceMapping(ossbucket="images", ossobject="a b.vhd", format="VHD")
    imported = ecs("ImportImage", image_name="测试", disk_device_mapping=[disk])
    exported = ecs("ExportImage", image_id="m-1", ossbucket="images", image_format="qcow2")
    assert imported.image_id and imported.region_id == exported.region_id == REGION
    body = ecs("DescribeTasks", task_ids=f"{imported.task_id},{exported.task_id}", page_size=100)
    assert (body.total_count, body.page_number, body.page_size) == (2, 1, 100)
    assert [(each.task_action, each.task_status, each.support_cancel) for each in body.task_set.task] == [
        ("ExportImage", "Processing", "true"),
        ("ImportImage", "Processing", "true"),
    ]
    assert ecs("CancelTask", task_id=exported.task_id).request_id
    detail = ecs("DescribeTaskAttribute", task_id=exported.task_id)
    assert (detail.task_status, detail.task_process, detail.support_cancel) == ("Deleted", "0%", "true")
    (progress,) = detail.operation_progress_set.operation_progress
    assert {each.name: each.value for each in progress.related_item_set.related_item}["ImageFormat"] == "qcow2"
    assert refusal(ecs, "CancelTask", task_id=exported.task_id) == ("InvalidTaskId.IncorrectTaskStatus", 403)
    cloud.settings(cancel_task_codes="2017")
    assert refusal(ecs, "CancelTask", task_id=exported.task_id) == ("IncorrectTaskStatus", 403)
    assert refusal(ecs, "CancelTask", task_id="t-unknown") == ("InvalidTaskId.NotFound", 400)


# ROS


def test_stack_group_operations(connect, cloud):
    ros = connect("ros")
    tags = [ros_models.CreateStackGroupRequestTags(key="team", value="red")]
    made = ros("CreateStackGroup", stack_group_name="g", template_body='{"a": "b c"}', tags=tags)
    regions = ["cn-beijing", "cn-shanghai"]
    instances = {"stack_group_name": "g", "account_ids": [*"012345"], "region_ids": regions}
    preferences = {"MaxConcurrentCount": 2, "FailureTolerancePercentage": 50}
    description = {"operation_preferences": preferences, "operation_description": "roll out"}
    wanted = {"operation_id": ros("CreateStackInstances", **description, **instances).operation_id}
    assert refusal(ros, "UpdateStackInstances", **instances) == ("StackGroupOperationInProgress", 409)

    (group,) = ros("ListStackGroups", status="ACTIVE").stack_groups
    assert (group.stack_group_id, group.tags[0].value) == (made.stack_group_id, "red")
    assert ros("GetStackGroup", stack_group_id=made.stack_group_id).stack_group.stack_group_name == "g"

    operation = ros("GetStackGroupOperation", **wanted).stack_group_operation
    assert (operation.status, operation.action, operation.operation_description) == ("RUNNING", "CREATE", "roll out")
    assert operation.operation_preferences.max_concurrent_count == 2
    assert operation.operation_preferences.region_ids_order == regions

    assert ros("StopStackGroupOperation", **wanted).request_id
    (listed,) = ros("ListStackGroupOperations", stack_group_name="g").stack_group_operations
    assert listed.status == "STOPPED" and listed.end_time
    results = ros("ListStackGroupOperationResults", **wanted, page_size=5)
    assert results.total_count == 12
    assert [each.status for each in results.stack_group_operation_results] == ["SUCCEEDED"] * 2 + ["STOPPED"] * 3
    cloud.settings(ros_stop_of_finished="InvalidParameter")
    assert refusal(ros, "StopStackGroupOperation", **wanted) == ("InvalidParameter", 400)
    assert refusal(ros, "StopStackGroupOperation", operation_id="x") == ("StackGroupOperationNotFound", 404)
    assert ros("UpdateStackInstances", **instances).operation_id != wanted["operation_id"]
