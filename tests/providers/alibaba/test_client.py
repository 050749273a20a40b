# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is particular to calls of Alibaba Cloud: how they are written, what is an error, and how lists end."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.client import AlibabaClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.oos import OOS
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.ros import ROS

from ...support.scripted import reply, serving
from ...support.wire import FakeClock
from .wire import WIRE


def test_a_call_is_written_in_the_query():
    with serving(WIRE.ok()) as server:
        parameters = {"InvokeId": "t-1", "InstanceId": ["i-1", "i-2"], "Timed": False, "NextToken": None, "N": 5}
        replace(WIRE, region="cn-beijing").client(server.url).call("StopInvocation", parameters)
    (request,) = server.received
    assert parse_qs(urlsplit(request.path).query) == {
        "RegionId": ["cn-beijing"],
        "InvokeId": ["t-1"],
        "InstanceId.1": ["i-1"],
        "InstanceId.2": ["i-2"],
        "Timed": ["false"],
        "N": ["5"],
    }
    assert request.body == b""
    sent = {name: request.headers[name] for name in ("accept", "x-acs-action", "x-acs-version")}
    assert sent == {"accept": "application/json", "x-acs-action": "StopInvocation", "x-acs-version": "2014-05-26"}


@pytest.mark.parametrize(
    ("service", "action", "made", "seconds"),
    [
        (ECS, "DescribeInvocations", 100, 9.36),
        (ECS, "StopInvocation", 100, 6.0),
        (ROS, "ListStackGroups", 100, 9.36),
        (ROS, "ListStackGroups", 101, 60.04),
        (ROS, "ListStackGroups", 201, 120.08),
    ],
)
def test_what_is_stated_for_a_minute_may_come_in_bursts_but_not_all_at_once(service, action, made, seconds):
    clock = FakeClock()
    begun = clock.now
    connection = WIRE.client("http://127.0.0.1:1", clock).connection
    client = AlibabaClient(connection, service, clock, random.Random(0))
    for _ in range(made):
        client.take_turn(action, None)
    assert clock.now - begun == pytest.approx(seconds, abs=0.05)


@pytest.mark.parametrize(
    ("service", "region", "public", "private"),
    [
        (ECS, "cn-beijing", "ecs.cn-beijing.aliyuncs.com", "ecs-vpc.cn-beijing.aliyuncs.com"),
        (ECS, "cn-hangzhou", "ecs-cn-hangzhou.aliyuncs.com", "ecs-vpc.cn-hangzhou.aliyuncs.com"),
        (OOS, "cn-hangzhou", "oos.cn-hangzhou.aliyuncs.com", "oos-vpc.cn-hangzhou.aliyuncs.com"),
        (ROS, "cn-hangzhou", "ros.aliyuncs.com", "ros.vpc-proxy.aliyuncs.com"),
        (ROS, "me-central-1", "ros.aliyuncs.com", "ros-intl.vpc-proxy.aliyuncs.com"),
    ],
)
def test_hosts_are_public_or_private(service, region, public, private):
    assert [service.endpoint(region, way) for way in ("public", "vpc")] == [f"https://{public}", f"https://{private}"]


def test_a_private_host_that_is_not_known_is_not_guessed():
    with pytest.raises(OptionError, match=r"no such host of ros is known for cn-new-9: name it .*\{ros: https://"):
        ROS.endpoint("cn-new-9", "vpc")
    with pytest.raises(OptionError, match="serves ecs in cn-beijing alone, and ecs in cn-hangzhou is to be called"):
        WIRE.client("https://ecs-vpc.cn-beijing.aliyuncs.com", vendor_hosts=(WIRE.platform.own_host,))


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        # Some gateways write the keys in lower case.
        (
            {"requestId": "r-1", "code": "Forbidden.RAM", "message": "not you"},
            403,
            ("Forbidden.RAM", "not you", "denied"),
        ),
        (
            {"RequestId": "r-1", "Code": "InvalidInvokeId.NotFound", "Message": "gone"},
            200,
            ("InvalidInvokeId.NotFound", "gone", "not_found"),
        ),
        ({"RequestId": "r-1"}, 400, ("HTTP400", "no message", "unexpected")),
        ({"RequestId": "r-1"}, 500, ("HTTP500", "no message", "transient")),
        ({"RequestId": "r-1"}, 503, ("HTTP503", "no message", "transient")),
    ],
)
def test_an_error_of_any_shape_is_read(body, status, expected):
    with serving(reply(body, status)) as server, pytest.raises(ApiError) as caught:
        WIRE.client(server.url, retries=0).call("StopInvocation", {})
    error = caught.value
    assert (error.code, error.message, error.error_class) == expected
    assert (error.request_id, error.http_status) == ("r-1", status)


def test_pages_that_repeat_are_an_error():
    with serving(*(WIRE.ok(NextToken=token) for token in "abab")) as server, pytest.raises(ApiError) as caught:
        client: Any = WIRE.client(server.url)
        list(client.pages("DescribeInvocations", {}, lambda page: page.get("Rows", [])))
    assert (caught.value.code, len(server.received)) == ("EndlessList", 3)
