# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator against AWS's own client, boto3, unmodified; every answer is held to the client's own models, too.

What each action does is tested in test_emulated_*; here it is understood."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone

import pytest

from emulator.aws import PROVIDER, ec2_images, ssm_automation, ssm_commands, stack_sets

from . import shapes

boto3 = pytest.importorskip("boto3", reason="boto3, the vendor's client, is not installed", exc_type=ImportError)
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

ACTIONS = {name: set[str]() for name in ("ssm", "ec2", "cloudformation")}
for _service in PROVIDER.services:
    ACTIONS[_service.name] |= set(_service.actions)
UNKNOWN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(autouse=True)
def environment(cloud, machine, monkeypatch):
    for name, value in {**cloud.environment, "AWS_DEFAULT_REGION": cloud.region}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def called():
    """How often each operation was answered well, by name."""
    return Counter[str]()


@pytest.fixture(scope="module")
def loaded():
    """One session for all, since the models are large."""
    return boto3.session.Session()


@pytest.fixture
def connect(cloud, called, loaded):
    """A client of a service, as users make it: address, region and keys come from the environment."""

    def connect_as(service, key=None, attempts=1, **more):
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        named = dict(zip(names, cloud.keys[key].values() if key else (), strict=False))
        config = Config(retries={"total_max_attempts": attempts, "mode": "standard"})
        client = loaded.client(service, config=config, **named, **more)

        def check(operation_model, response_dict, **_more):
            shapes.check(operation_model, response_dict["status_code"], response_dict["body"])
            called[operation_model.name] += response_dict["status_code"] == 200

        client.meta.events.register("before-parse", check)
        return client

    return connect_as


@pytest.fixture
def ssm(connect):
    return connect("ssm")


@pytest.fixture
def ec2(connect):
    return connect("ec2")


@pytest.fixture
def cloudformation(connect):
    return connect("cloudformation")


def pages(client, operation, **sent):
    return list(client.get_paginator(operation).paginate(**sent))


def code(call, **sent):
    with pytest.raises(ClientError) as caught:
        call(**sent)
    error = caught.value.response
    assert error["ResponseMetadata"]["RequestId"] and error["Error"]["Message"]
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]


# Every action


def test_commands(ssm, called):
    nodes = [f"i-0{number:016}" for number in range(3)]
    sent = ssm.send_command(
        DocumentName="AWS-RunShellScript",
        InstanceIds=nodes,
        Comment="back up*~ 测试",
        Parameters={"commands": ["sleep 1000"]},
        TimeoutSeconds=600,
    )["Command"]
    assert sent["RequestedDateTime"] <= datetime.now(timezone.utc) < sent["ExpiresAfter"]
    ssm.cancel_command(CommandId=sent["CommandId"], InstanceIds=nodes[:2])
    (seen,) = ssm.list_commands(CommandId=sent["CommandId"])["Commands"]
    assert (seen["Status"], seen["CompletedCount"], seen["Comment"]) == ("InProgress", 2, "back up*~ 测试")
    found = pages(ssm, "list_command_invocations", CommandId=sent["CommandId"], Details=True)
    statuses = [each["Status"] for page in found for each in page["CommandInvocations"]]
    assert statuses == ["Cancelled", "Cancelled", "InProgress"]
    one = ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=nodes[0])
    assert (one["Status"], one["ResponseCode"]) == ("Cancelled", 137)
    assert set(called) <= set(ssm_commands.SERVICE.actions) == set(called)


def test_automation(ssm, called):
    made = ssm.start_automation_execution(
        DocumentName="restart-fleet",
        TargetParameterName="InstanceId",
        Targets=[{"Key": "ParameterValues", "Values": ["i-1", "i-2"]}],
        MaxConcurrency="1",
    )["AutomationExecutionId"]
    ssm.stop_automation_execution(AutomationExecutionId=made, Type="Cancel")
    seen = ssm.get_automation_execution(AutomationExecutionId=made)["AutomationExecution"]
    assert (seen["AutomationExecutionStatus"], seen["TargetsSummary"]["TotalCount"]) == ("Cancelled", 2)
    children = [{"Key": "ParentExecutionId", "Values": [made]}]
    (page,) = pages(ssm, "describe_automation_executions", Filters=children)
    assert {each["AutomationExecutionStatus"] for each in page["AutomationExecutionMetadataList"]} == {"InProgress"}
    (page,) = pages(ssm, "describe_automation_step_executions", AutomationExecutionId=made)
    assert len(page["StepExecutions"]) == 3
    assert set(called) == set(ssm_automation.SERVICE.actions)


def test_images(ec2, called):
    disk = {"Format": "VMDK", "UserBucket": {"S3Bucket": "disks", "S3Key": "web.vmdk"}}
    tags = [{"ResourceType": "import-image-task", "Tags": [{"Key": "team", "Value": "red & blue"}]}]
    image = ec2.import_image(DiskContainers=[disk], Description="a <disk> café", TagSpecifications=tags)
    snapshot = ec2.import_snapshot(DiskContainer=disk, Encrypted=True)
    export = ec2.export_image(ImageId="ami-1", DiskImageFormat="VMDK", S3ExportLocation={"S3Bucket": "exports"})
    target = {"S3Bucket": "exports", "ContainerFormat": "ova", "DiskImageFormat": "VMDK"}
    wanted = {"InstanceId": "i-1", "TargetEnvironment": "vmware", "ExportToS3Task": target}
    instance = ec2.create_instance_export_task(**wanted)["ExportTask"]
    assert image["Tags"] == [{"Key": "team", "Value": "red & blue"}] and image["Description"] == "a <disk> café"
    for task_id in (image["ImportTaskId"], snapshot["ImportTaskId"]):
        answer = ec2.cancel_import_task(ImportTaskId=task_id, CancelReason="100% wrong")
        assert (answer["ImportTaskId"], answer["PreviousState"], answer["State"]) == (task_id, "active", "deleted")
    for task_id in (export["ExportImageTaskId"], instance["ExportTaskId"]):
        assert set(ec2.cancel_export_task(ExportTaskId=task_id)) == {"ResponseMetadata"}
    deleted = [{"Name": "task-state", "Values": ["deleted"]}]
    (page,) = pages(ec2, "describe_import_image_tasks", Filters=deleted)
    assert [each["Status"] for each in page["ImportImageTasks"]] == ["deleted"]
    (page,) = pages(ec2, "describe_import_snapshot_tasks", ImportTaskIds=[snapshot["ImportTaskId"]])
    assert [each["SnapshotTaskDetail"]["Status"] for each in page["ImportSnapshotTasks"]] == ["deleted"]
    (page,) = pages(ec2, "describe_export_image_tasks", Filters=deleted)
    assert [each["Status"] for each in page["ExportImageTasks"]] == ["deleted"]
    (task,) = ec2.describe_export_tasks(ExportTaskIds=[instance["ExportTaskId"]])["ExportTasks"]
    assert (task["State"], task["InstanceExportDetails"]["InstanceId"]) == ("cancelled", "i-1")
    ec2.get_waiter("export_task_cancelled").wait(ExportTaskIds=[instance["ExportTaskId"]])
    assert set(called) == set(ec2_images.SERVICE.actions)


def test_stack_sets(cloudformation, called):
    cloudformation.create_stack_set(
        StackSetName="landing-zone",
        TemplateBody="{}",
        Capabilities=["CAPABILITY_IAM"],
        Tags=[{"Key": "team", "Value": "red"}],
        Parameters=[],
    )
    named = {"StackSetName": "landing-zone"}
    first = cloudformation.create_stack_instances(
        **named,
        Accounts=["111111111111", "222222222222"],
        Regions=["eu-west-1", "us-east-1"],
        OperationPreferences={"RegionOrder": ["us-east-1", "eu-west-1"], "MaxConcurrentPercentage": 50},
    )["OperationId"]
    again = {**named, "UsePreviousTemplate": True}
    assert code(cloudformation.update_stack_set, **again) == ("OperationInProgressException", 409)
    (page,) = pages(cloudformation, "list_stack_set_operation_results", **named, OperationId=first)
    shown = [(each["Region"], each["Status"]) for each in page["Summaries"]]
    assert shown == [("us-east-1", "RUNNING"), ("us-east-1", "PENDING"), *[("eu-west-1", "PENDING")] * 2]
    cloudformation.stop_stack_set_operation(**named, OperationId=first, CallAs="SELF")
    seen = cloudformation.describe_stack_set_operation(**named, OperationId=first)["StackSetOperation"]
    assert (seen["Status"], seen["StatusDetails"]["TotalStackInstancesCount"]) == ("STOPPED", 4)
    assert seen["CreationTimestamp"] <= seen["EndTimestamp"]
    cancelled = [{"Name": "OPERATION_RESULT_STATUS", "Values": "CANCELLED"}]
    (page,) = pages(cloudformation, "list_stack_set_operation_results", **named, OperationId=first, Filters=cancelled)
    assert len(page["Summaries"]) == 3
    second = cloudformation.update_stack_set(**again)["OperationId"]
    (page,) = pages(cloudformation, "list_stack_set_operation_results", **named, OperationId=second)
    assert len(page["Summaries"]) == 4, "an update is of what there is"
    (page,) = pages(cloudformation, "list_stack_set_operations", **named)
    assert [each["OperationId"] for each in page["Summaries"]] == [second, first]
    (page,) = pages(cloudformation, "list_stack_sets", Status="ACTIVE")
    assert [each["StackSetName"] for each in page["Summaries"]] == ["landing-zone"]
    assert set(called) == set(stack_sets.SERVICE.actions)


# Every status, every page


def test_every_status_is_one_of_the_model(ssm, ec2, cloudformation, cloud):
    for word in ssm_commands.WORDS.phases:
        cloud.start("cloud_invocation", status=word, count=2)
    for word in ssm_automation.WORDS.phases:
        cloud.start("automation_execution", status=word, children=1, steps=2, invocation_ids=[UNKNOWN])
    for action, sort in ec2_images.SORTS.items():
        for word in sort.words.phases:
            cloud.start("image_task", action=action, status=word)
    for word in stack_sets.WORDS.phases:
        cloud.start("stack_group_operation", status=word, group="s", accounts=["111111111111", "222222222222"])
    counts = [
        sum(len(page["Commands"]) for page in pages(ssm, "list_commands")),
        sum(len(page["CommandInvocations"]) for page in pages(ssm, "list_command_invocations", Details=True)),
        sum(len(p["AutomationExecutionMetadataList"]) for p in pages(ssm, "describe_automation_executions")),
        sum(len(page["ImportImageTasks"]) for page in pages(ec2, "describe_import_image_tasks")),
        len(ec2.describe_export_tasks()["ExportTasks"]),
        sum(len(page["Summaries"]) for page in pages(cloudformation, "list_stack_set_operations", StackSetName="s")),
    ]
    commands, executions = len(ssm_commands.WORDS.phases), len(ssm_automation.WORDS.phases)
    tasks, operations = len(ec2_images.WORDS.phases), len(stack_sets.WORDS.phases)
    assert counts == [commands, 2 * commands, 2 * executions, tasks, len(ec2_images.INSTANCE_WORDS.phases), operations]
    for snapshots_and_exports in ("describe_import_snapshot_tasks", "describe_export_image_tasks"):
        pages(ec2, snapshots_and_exports)
    for page in pages(ssm, "describe_automation_executions"):
        for each in page["AutomationExecutionMetadataList"]:
            ssm.get_automation_execution(AutomationExecutionId=each["AutomationExecutionId"])
    for page in pages(cloudformation, "list_stack_set_operations", StackSetName="s"):
        for each in page["Summaries"]:
            named = {"StackSetName": "s", "OperationId": each["OperationId"]}
            assert cloudformation.describe_stack_set_operation(**named)["StackSetOperation"]["Status"] == each["Status"]
            pages(cloudformation, "list_stack_set_operation_results", **named)


@pytest.mark.parametrize("settings", [{}, {"aws_last_token": "empty", "aws_empty_answers": "nothing"}])
def test_pages(cloud, ssm, settings):
    cloud.settings(**settings)
    made = cloud.start("cloud_invocation", count=120)
    found = pages(ssm, "list_command_invocations", CommandId=made, PaginationConfig={"PageSize": 50})
    assert [len(page["CommandInvocations"]) for page in found] == [50, 50, 20]
    assert "CommandId" not in ssm.cancel_command(CommandId=made)


# Ways to sign, and refusals


def test_ways_to_sign(cloud, connect, monkeypatch):
    for service, read in (
        ("ssm", "list_commands"),
        ("ec2", "describe_export_tasks"),
        ("cloudformation", "list_stack_sets"),
    ):
        for more in ({}, {"key": "session"}, {"region_name": "cn-north-1"}):
            getattr(connect(service, **more), read)()
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", cloud.url)
    assert connect("ssm").list_commands()["Commands"] == []


def test_errors_by_behaviour(ssm, ec2, cloudformation):
    assert code(ssm.cancel_command, CommandId=UNKNOWN) == ("InvalidCommandId", 400)
    with pytest.raises(ssm.exceptions.AutomationExecutionNotFoundException):
        ssm.stop_automation_execution(AutomationExecutionId=UNKNOWN)
    assert code(ec2.cancel_import_task, ImportTaskId="import-ami-1") == ("InvalidConversionTaskId", 400)
    assert code(ec2.cancel_import_task, ImportTaskId="x") == ("InvalidConversionTaskId.Malformed", 400)
    named = {"StackSetName": "s", "OperationId": "x"}
    assert code(cloudformation.stop_stack_set_operation, **named) == ("StackSetNotFoundException", 404)
    with pytest.raises(cloudformation.exceptions.StackSetNotFoundException):
        cloudformation.describe_stack_set_operation(**named)


@pytest.mark.parametrize("service", ACTIONS)
@pytest.mark.parametrize("fault", ["throttle", "internal_error"])
def test_the_client_tries_again(cloud, connect, service, fault):
    client = connect(service, attempts=3)
    cloud.fault(fault)
    reads = {"ssm": "list_commands", "ec2": "describe_export_tasks", "cloudformation": "list_stack_sets"}
    assert getattr(client, reads[service])()["ResponseMetadata"]["RetryAttempts"] == 1


def test_the_models_know_every_action(connect):
    for service, actions in ACTIONS.items():
        model = connect(service).meta.service_model
        assert actions <= set(model.operation_names)
        assert model.api_version in {each.version for each in PROVIDER.services if each.name == service}


def test_the_check_sees_mistakes(ssm):
    """Or it would prove nothing."""
    model = ssm.meta.service_model.operation_model("ListCommands")
    shapes.check(model, 200, b'{"Commands": [{"Status": "Pending"}]}')
    for wrong in (
        b'{"Command": []}',
        b'{"Commands": {}}',
        b'{"Commands": [{"Status": "Delayed"}]}',
        b'{"NextToken": 1}',
    ):
        with pytest.raises(AssertionError):
            shapes.check(model, 200, wrong)
