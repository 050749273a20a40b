# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules and the library for roles against moto, an emulation of AWS by other people. Nothing ever runs there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.platform import AWS

from ...support.keyserver import find
from ...support.modules import run
from .vault import FIRST_FILE, first_file, section

REGION = "eu-central-1"
KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "hidden"}
NODE = "i-0123456789abcdef0"
SERVE = """
import os, threading
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
# It ends by itself, whatever becomes of the tests.
threading.Timer(300, os._exit, [1]).start()
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Where moto serves, in a process of its own."""
    environment = {"HOME": str(tmp_path_factory.mktemp("moto")), "MOTO_DOCKER_DEFAULT": "0"}
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


@pytest.fixture
def connect(url):
    return lambda service: boto3.client(service, REGION, endpoint_url=url, **KEYS)


@pytest.fixture
def module(url):
    """Runs a module at moto."""
    place = {
        "provider": "aws",
        "region": REGION,
        "endpoint_url": url,
        "access_key_id": KEYS["aws_access_key_id"],
        "access_key_secret": KEYS["aws_secret_access_key"],
        "retries": 0,
    }
    return lambda name, **options: run(name, {**place, **options})


def test_commands_are_listed_and_a_page_in_place_of_an_answer_is_told(connect, module):
    sent = connect("ssm").send_command(
        InstanceIds=[NODE], DocumentName="AWS-RunShellScript", Comment="nightly", Parameters={"commands": ["true"]}
    )["Command"]["CommandId"]

    listed = module("cloud_invocation_info", state=["succeeded"])
    ended = module("cloud_invocation_cancel", invocation_id=sent, instance_ids=[NODE])
    unknown = module("cloud_invocation_cancel", invocation_id="11111111-2222-3333-4444-555555555555")

    (command,) = listed["operations"]
    assert (command["id"], command["name"], command["state"]) == (sent, "nightly", "succeeded")
    # It has no ListCommandInvocations: a page of HTML comes, with status 500.
    assert (ended["failed"], ended["changed"], ended["error"]["action"]) == (True, False, "ListCommandInvocations")
    assert ended["error"]["code"] == "NotAnAnswer" and "HTTP 500 and text/html" in ended["msg"], ended["msg"]
    assert (unknown["outcome"], unknown["changed"]) == ("not_found", False)


def test_operations_of_stack_sets_are_found_and_read(connect, module):
    cloudformation = connect("cloudformation")
    cloudformation.create_stack_set(StackSetName="landing-zone", TemplateBody='{"Resources": {}}')
    made = cloudformation.create_stack_instances(
        StackSetName="landing-zone", Accounts=["123456789012"], Regions=["eu-west-1", "us-east-1"]
    )["OperationId"]

    listed = module("stack_group_operation_info", state=["succeeded"])
    whole = module("stack_group_operation_info", operation_id=made, include_results_by_target=True)
    done = module("stack_group_operation_stop", operation_id=made)

    (operation,) = listed["operations"]
    assert (operation["id"], operation["name"], operation["action"]) == (made, "landing-zone", "CREATE")
    (read,) = whole["operations"]
    pairs = {(each["account_id"], each["region_id"]) for each in read["results_by_target"]}
    assert pairs == {("123456789012", "eu-west-1"), ("123456789012", "us-east-1")}
    assert (done["outcome"], done["changed"]) == ("already_finished", False)


def test_the_token_service_lends_a_role(url, machine, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
    role = {"role_arn": "arn:aws:iam::123456789012:role/halt", "source_profile": "lasting"}
    file = Path(tmp_path) / FIRST_FILE
    file.parent.mkdir()
    file.write_text(first_file("lasting", **KEYS) + section("role", region=REGION, **role))

    key = find(AWS, machine, profile="role").current()

    assert key.security_token and key.source.endswith("sdk (assume-role)")
