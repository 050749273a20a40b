# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba's own clients of OOS, ROS and the image tasks of ECS; and aliyun-python-sdk-core for all three."""

from __future__ import annotations

import json

import pytest
from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_oos20190601 import models as oos_models
from alibabacloud_oos20190601.client import Client as OosClient
from alibabacloud_ros20190910 import models as ros_models
from alibabacloud_ros20190910.client import Client as RosClient
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config
from aliyunsdkcore.acs_exception.exceptions import ServerException as CoreException
from aliyunsdkcore.auth.credentials import AccessKeyCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

REGION = "cn-hangzhou"


@pytest.fixture(params=[None, "v2"], ids=["V3", "V1-by-tea"])
def connect(host, keys, request):
    def client(kind, key="default"):
        pair = keys["alibaba"][key]
        return kind(
            Config(
                access_key_id=pair["access_key_id"],
                access_key_secret=pair["access_key_secret"],
                security_token=pair.get("security_token"),
                region_id=REGION,
                endpoint=host,
                protocol="HTTP",
                signature_algorithm=request.param,
            )
        )

    return client


def refusal(call, *arguments):
    with pytest.raises(AlibabaCloudException) as caught:
        call(*arguments)
    return caught.value.code, caught.value.status_code


# OOS


def test_executions(connect):
    oos = connect(OosClient)
    started = oos.start_execution(
        oos_models.StartExecutionRequest(
            region_id=REGION,
            template_name="MyTemplate",
            parameters='{"note": "a b*~ 测试"}',
            tags={"team": "red"},
            mode="Automatic",
        )
    ).body.execution
    assert (started.status, started.parameters) == ("Started", '{"note": "a b*~ 测试"}')
    listing = oos_models.ListExecutionsRequest(
        region_id=REGION, execution_id=started.execution_id, tags={"team": "red"}, include_child_execution=True
    )
    (seen,) = oos.list_executions(listing).body.executions
    assert (seen.status, seen.category, seen.is_parent) == ("Running", "Other", False)
    assert (seen.parameters, seen.tags) == ({"note": "a b*~ 测试"}, {"team": "red"})
    assert seen.counters == {"Total": 1, "Running": 1}
    cancel = oos_models.CancelExecutionRequest(execution_id=started.execution_id)
    assert oos.cancel_execution(cancel).body.request_id
    (seen,) = oos.list_executions(listing).body.executions
    assert seen.status == "Cancelled" and seen.end_date.endswith("Z")
    assert refusal(oos.cancel_execution, cancel) == ("ExecutionCancelFailed", 403)
    unknown = oos_models.CancelExecutionRequest(execution_id="exec-unknown")
    assert refusal(oos.cancel_execution, unknown) == ("EntityNotExist.Execution", 404)


def test_children_tasks_and_invocations(connect, control):
    oos = connect(OosClient)
    made = control(
        "POST",
        "operations",
        provider="alibaba",
        kind="automation_execution",
        children=12,
        invocation_ids=["t-1"],
        waiting="Approve",
    )
    listing = oos_models.ListExecutionsRequest(parent_execution_id=made["id"], max_results=10)
    first = oos.list_executions(listing).body
    assert (len(first.executions), first.total_count, first.max_results) == (10, 12, 10)
    listing.next_token = first.next_token
    assert len(oos.list_executions(listing).body.executions) == 2
    request = oos_models.ListTaskExecutionsRequest(execution_id=made["id"], task_name="task1", max_results=20)
    (task,) = oos.list_task_executions(request).body.task_executions
    assert (task.status, task.loop, task.execution_id) == ("Waiting", {}, made["id"])
    invocations = oos.list_task_execution_invocations(
        oos_models.ListTaskExecutionInvocationsRequest(task_execution_id=task.task_execution_id)
    ).body.task_execution_invocations
    assert [(each.invocation_id, each.status) for each in invocations] == [("t-1", "Waiting")]
    (waiting,) = oos.list_executions(
        oos_models.ListExecutionsRequest(status="Waiting", depth="RootDepth")
    ).body.executions
    assert waiting.waiting_status == "Approve"


@pytest.mark.parametrize(
    ("key", "expected"), [("denied", ("User.NoPermission", 401)), ("expired", ("ExpiredStsToken", 400))]
)
def test_keys_at_oos(connect, key, expected):
    oos = connect(OosClient, key)
    assert refusal(oos.list_executions, oos_models.ListExecutionsRequest()) == expected


# ECS tasks


def test_image_tasks(connect, control):
    ecs = connect(EcsClient)
    disk = ecs_models.ImportImageRequestDiskDeviceMapping(ossbucket="images", ossobject="a b.vhd", format="VHD")
    imported = ecs.import_image(
        ecs_models.ImportImageRequest(region_id=REGION, image_name="测试", disk_device_mapping=[disk])
    ).body
    exported = ecs.export_image(
        ecs_models.ExportImageRequest(region_id=REGION, image_id="m-1", ossbucket="images", image_format="qcow2")
    ).body
    assert imported.image_id and imported.region_id == exported.region_id == REGION
    ids = f"{imported.task_id},{exported.task_id}"
    body = ecs.describe_tasks(ecs_models.DescribeTasksRequest(region_id=REGION, task_ids=ids, page_size=100)).body
    assert (body.total_count, body.page_number, body.page_size) == (2, 1, 100)
    assert [(each.task_action, each.task_status, each.support_cancel) for each in body.task_set.task] == [
        ("ExportImage", "Processing", "true"),
        ("ImportImage", "Processing", "true"),
    ]
    cancel = ecs_models.CancelTaskRequest(region_id=REGION, task_id=exported.task_id)
    assert ecs.cancel_task(cancel).body.request_id
    detail = ecs.describe_task_attribute(
        ecs_models.DescribeTaskAttributeRequest(region_id=REGION, task_id=exported.task_id)
    ).body
    assert (detail.task_status, detail.task_process, detail.support_cancel) == ("Deleted", "0%", "true")
    (progress,) = detail.operation_progress_set.operation_progress
    assert {each.name: each.value for each in progress.related_item_set.related_item}["ImageFormat"] == "qcow2"
    assert refusal(ecs.cancel_task, cancel) == ("InvalidTaskId.IncorrectTaskStatus", 403)
    control("PUT", "settings", cancel_task_codes="2017")
    assert refusal(ecs.cancel_task, cancel) == ("IncorrectTaskStatus", 403)
    unknown = ecs_models.CancelTaskRequest(region_id=REGION, task_id="t-unknown")
    assert refusal(ecs.cancel_task, unknown) == ("InvalidTaskId.NotFound", 400)


# ROS


def test_stack_group_operations(connect, control):
    ros = connect(RosClient)
    tags = [ros_models.CreateStackGroupRequestTags(key="team", value="red")]
    group_id = ros.create_stack_group(
        ros_models.CreateStackGroupRequest(
            region_id=REGION, stack_group_name="g", template_body='{"a": "b c"}', tags=tags
        )
    ).body.stack_group_id
    accounts, regions = [f"{number}" for number in range(6)], ["cn-beijing", "cn-shanghai"]
    wanted = {"region_id": REGION, "stack_group_name": "g", "account_ids": accounts, "region_ids": regions}
    operation_id = ros.create_stack_instances(
        ros_models.CreateStackInstancesRequest(
            operation_preferences={"MaxConcurrentCount": 2, "FailureTolerancePercentage": 50},
            operation_description="roll out",
            **wanted,
        )
    ).body.operation_id
    update = ros_models.UpdateStackInstancesRequest(**wanted)
    assert refusal(ros.update_stack_instances, update) == ("StackGroupOperationInProgress", 409)

    (group,) = ros.list_stack_groups(
        ros_models.ListStackGroupsRequest(region_id=REGION, status="ACTIVE")
    ).body.stack_groups
    assert (group.stack_group_id, group.tags[0].value) == (group_id, "red")
    by_id = ros_models.GetStackGroupRequest(region_id=REGION, stack_group_id=group_id)
    assert ros.get_stack_group(by_id).body.stack_group.stack_group_name == "g"

    get = ros_models.GetStackGroupOperationRequest(region_id=REGION, operation_id=operation_id)
    operation = ros.get_stack_group_operation(get).body.stack_group_operation
    assert (operation.status, operation.action, operation.operation_description) == ("RUNNING", "CREATE", "roll out")
    assert operation.operation_preferences.max_concurrent_count == 2
    assert operation.operation_preferences.region_ids_order == regions

    stop = ros_models.StopStackGroupOperationRequest(region_id=REGION, operation_id=operation_id)
    assert ros.stop_stack_group_operation(stop).body.request_id
    listing = ros_models.ListStackGroupOperationsRequest(region_id=REGION, stack_group_name="g")
    (listed,) = ros.list_stack_group_operations(listing).body.stack_group_operations
    assert listed.status == "STOPPED" and listed.end_time
    results = ros.list_stack_group_operation_results(
        ros_models.ListStackGroupOperationResultsRequest(region_id=REGION, operation_id=operation_id, page_size=5)
    ).body
    assert results.total_count == 12
    assert [each.status for each in results.stack_group_operation_results] == ["SUCCEEDED"] * 2 + ["STOPPED"] * 3
    control("PUT", "settings", ros_stop_of_finished="InvalidParameter")
    assert refusal(ros.stop_stack_group_operation, stop) == ("InvalidParameter", 400)
    unknown = ros_models.StopStackGroupOperationRequest(region_id=REGION, operation_id="x")
    assert refusal(ros.stop_stack_group_operation, unknown) == ("StackGroupOperationNotFound", 404)
    assert ros.update_stack_instances(update).body.operation_id != operation_id


# aliyun-python-sdk-core


@pytest.fixture(params=["GET", "POST"])
def core(host, keys, request):
    pair = keys["alibaba"]["default"]
    credential = AccessKeyCredential(pair["access_key_id"], pair["access_key_secret"])
    client = AcsClient(region_id=REGION, credential=credential, auto_retry=False)

    def send(version, action, **parameters):
        wanted = CommonRequest()
        wanted.set_domain(host)
        wanted.set_protocol_type("http")
        wanted.set_version(version)
        wanted.set_action_name(action)
        wanted.set_method(request.param)
        for name, value in {"RegionId": REGION, **parameters}.items():
            wanted.add_query_param(name, value)
        return json.loads(client.do_action_with_exception(wanted))

    return send


@pytest.mark.parametrize(
    ("version", "kind", "action", "parameter", "again"),
    [
        ("2019-06-01", "automation_execution", "CancelExecution", "ExecutionId", ("ExecutionCancelFailed", 403)),
        ("2014-05-26", "image_task", "CancelTask", "TaskId", ("InvalidTaskId.IncorrectTaskStatus", 403)),
        ("2019-09-10", "stack_group_operation", "StopStackGroupOperation", "OperationId", ("InvalidParameter", 400)),
    ],
)
def test_core(core, control, version, kind, action, parameter, again):
    control("PUT", "settings", ros_stop_of_finished="InvalidParameter")
    target = control("POST", "operations", provider="alibaba", kind=kind)["id"]
    assert core(version, action, **{parameter: target})["RequestId"]
    with pytest.raises(CoreException) as caught:
        core(version, action, **{parameter: target})
    assert (caught.value.get_error_code(), caught.value.get_http_status()) == again
    assert caught.value.get_request_id() == control("GET", "requests")[-1]["request_id"]
