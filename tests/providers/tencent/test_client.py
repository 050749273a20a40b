# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is particular to calls of Tencent Cloud: how they are written, what is an error, and their rate."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.chain import Finder

from ...support.scripted import reply, serving
from .wire import WIRE


def test_a_call_is_written_in_the_body():
    with serving(WIRE.ok()) as server:
        client = replace(WIRE, region="ap-singapore").client(server.url)
        client.call("CancelInvocation", {"InvocationId": "inv-1", "InstanceIds": ["ins-1"]})
    (request,) = server.received
    assert json.loads(request.body) == {"InvocationId": "inv-1", "InstanceIds": ["ins-1"]}
    assert request.path == "/"
    sent = {name: request.headers[name] for name in ("content-type", "x-tc-action", "x-tc-version", "x-tc-region")}
    assert sent == {
        "content-type": "application/json",
        "x-tc-action": "CancelInvocation",
        "x-tc-version": "2020-10-28",
        "x-tc-region": "ap-singapore",
    }


@pytest.mark.parametrize(
    ("region", "endpoint_type", "host"),
    [
        ("ap-guangzhou", "public", "tat.tencentcloudapi.com"),
        ("ap-guangzhou", "vpc", "tat.internal.tencentcloudapi.com"),
        ("ap-shanghai-fsi", "public", "tat.ap-shanghai-fsi.tencentcloudapi.com"),
        ("ap-shenzhen-fsi", "public", "tat.ap-shenzhen-fsi.tencentcloudapi.com"),
    ],
)
def test_financial_regions_and_private_networks_have_hosts_of_their_own(region, endpoint_type, host):
    client = replace(WIRE, region=region).client(None, endpoint_type=endpoint_type)
    assert client.url == f"https://{host}/"


def test_a_private_host_that_is_not_known_is_not_guessed():
    with pytest.raises(OptionError, match="no such host of tat is known for ap-shanghai-fsi"):
        replace(WIRE, region="ap-shanghai-fsi").client(None, endpoint_type="vpc")


NOT_FOUND = {"Code": "ResourceNotFound.InvocationNotFound", "Message": "gone"}


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({"Response": {"Error": NOT_FOUND, "RequestId": "r-1"}}, 200, ("not_found", "r-1")),
        *(
            ({"Response": {"Error": said, "RequestId": "r-1"}}, 200, ("unexpected", "r-1"))
            for said in ({}, {"Code": None}, "broken", ["Code"], {"Message": "no code"})
        ),
        # Without the envelope it is no answer.
        ({"RequestId": "r-1", "Code": "InvalidAction"}, 200, ("lost", None)),
        ({"RequestId": "r-1", "Code": "InvalidAction"}, 404, ("bad_input", None)),
        ({"RequestId": "r-1", "Code": "InvalidAction"}, 503, ("transient", None)),
    ],
)
def test_an_error_of_any_shape_is_an_error(body, status, expected):
    with serving(reply(body, status)) as server, pytest.raises(ApiError) as caught:
        WIRE.client(server.url, retries=0).call("CancelInvocation", {})
    assert (caught.value.error_class, caught.value.request_id) == expected
    assert (caught.value.http_status, caught.value.code == "NotAnAnswer") == (status, expected[1] is None)


def test_the_token_has_two_names_of_which_the_vendors_own_wins():
    environ = {
        "TENCENTCLOUD_SECRET_ID": "id",
        "TENCENTCLOUD_SECRET_KEY": "key",
        "TENCENTCLOUD_SECURITY_TOKEN": "second",
    }
    for more, token in ({}, "second"), ({"TENCENTCLOUD_TOKEN": "first"}, "first"):
        keys = Finder({**environ, **more}).find({}, WIRE.platform)
        assert keys.current().security_token == token
