# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent, the answer is an answer of the provider: rightly signed nonsense never breaks the emulator."""

from __future__ import annotations

import json
import threading
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.alibaba import ecs_cloud_assistant as ecs
from emulator.alibaba import ecs_tasks, oos, ros
from emulator.tencent import tat

ANYTHING = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-10, 10**12),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(["inv-00000001", "ins-1", "cmd-1", "invt-00000002", "invocation-id", "instance-id"]),
        st.text(max_size=8),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["Name", "Values", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)
WORDS = st.one_of(
    st.sampled_from(["true", "10", "-1", "0", "t-1", "i-1", "Running", "Base64", "rate(5m)", "cn-hangzhou"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
WORDS_OF_ECS = [
    f"{name}{number}{field}"
    for name, parameter in {
        **ecs.SERVICE.actions["RunCommand"].parameters,
        "MaxResults": None,
        "NextToken": None,
    }.items()
    for number in ("", ".1", ".2")
    for field in ("", ".Key", ".Value")
]


@pytest.mark.parametrize("action", sorted(tat.SERVICE.actions))
def test_tat(tencent, control, action):
    control.settings(rate_limit=0)
    control.create("tencent", id="inv-00000001", instances=["ins-1"], command_id="cmd-1")
    names = [*tat.SERVICE.actions[action].parameters, "Unknown"]

    @ANYTHING
    @given(st.dictionaries(st.sampled_from(names), JSON, max_size=4))
    def check(parameters):
        body = tencent.send(action, parameters).json()["Response"]
        assert body["RequestId"]
        assert body.get("Error", {"Code": ""})["Code"] != "InternalError"

    check()


@pytest.mark.parametrize("action", sorted(ecs.SERVICE.actions))
@pytest.mark.parametrize("wire", ["v3", "v1"])
def test_ecs(alibaba, control, action, wire):
    control.create("alibaba", id="t-1", instances=["i-1"])
    names = [*ecs.SERVICE.actions[action].parameters, *WORDS_OF_ECS]

    @ANYTHING
    @given(st.dictionaries(st.sampled_from(names), WORDS, max_size=6))
    def check(parameters):
        response = getattr(alibaba, wire)(action, {"RegionId": "cn-hangzhou", **parameters})
        assert response.json()["RequestId"]
        assert response.status_code < 500
        assert "SignatureDoesNotMatch" not in response.text

    check()


SERVICES = {"ecs": ecs_tasks.SERVICE, "oos": oos.SERVICE, "ros": ros.SERVICE}
WORDS_OF_OPERATIONS = st.one_of(
    WORDS,
    st.sampled_from(["exec-1", "t-1,t-2", "g", "00000000-0000-0000-0000-000000000000", "2026-01-01T00:00:00Z"]),
    st.sampled_from(["EndDate", "Ascending", "RootDepth", "Other", "IMPORT_IMAGE", "ACTIVE", "WyIiLDFd", '["1","2"]']),
    JSON.map(json.dumps),
    st.dictionaries(
        st.sampled_from(["MaxConcurrentCount", "FailureTolerancePercentage", "RegionIdsOrder", "AccountIds"]), JSON
    ).map(json.dumps),
)


@pytest.mark.parametrize(
    ("name", "action"), [(name, action) for name in SERVICES for action in sorted(SERVICES[name].actions)]
)
def test_operations(alibaba, control, name, action):
    control.create("alibaba", kind="automation_execution", id="exec-1", children=1, invocation_ids=["t-2"])
    control.create("alibaba", kind="image_task", id="t-1")
    control.create("alibaba", kind="stack_group_operation", id="00000000-0000-0000-0000-000000000000", group="g")
    service = SERVICES[name]
    names = [*service.actions[action].parameters, "Tags.1.Key", "Tags.1.Value", "ResourceIds.1"]

    @ANYTHING
    @given(st.dictionaries(st.sampled_from(names), WORDS_OF_OPERATIONS, max_size=6))
    def check(parameters):
        wanted = {"RegionId": "cn-hangzhou", **parameters}
        if action.endswith("StackInstances"):
            wanted = {"StackGroupName": "g", "RegionIds": '["a"]', "AccountIds": '["1"]', **wanted}
        response = alibaba.v3(action, wanted, headers={"x-acs-version": service.version})
        assert response.json()["RequestId"]
        assert response.status_code < 500
        assert "SignatureDoesNotMatch" not in response.text

    check()


@ANYTHING
@given(st.text(max_size=60), st.binary(max_size=60))
def test_nonsense_in_the_authorization(alibaba, tencent, text, body):
    text = text.encode("ascii", "ignore").decode()
    text = "".join(letter for letter in text if letter.isprintable()).strip()
    for prefix, header in (("ACS3-HMAC-SHA256 ", "x-acs-action"), ("TC3-HMAC-SHA256 ", "x-tc-action")):
        headers = {"Authorization": f"{prefix}{text}", header: "DescribeRegions"}
        response = alibaba.session.post(f"{alibaba.url}/", data=body, headers=headers)
        assert response.status_code in (200, 400)
        assert "RequestId" in response.text


def test_letters_that_no_envelope_can_carry(alibaba, tencent):
    assert tencent.code("DescribeInvocations", {"\ud800": 1}) == "UnknownParameter"
    response = alibaba.v1("DescribeRegions", {"\x01<": "x"}, sent={"Format": "XML"})
    assert ElementTree.fromstring(response.content).findtext("Code") == "UnsupportedParameter"


def test_many_clients_at_once(alibaba, tencent, control):
    control.settings(rate_limit=0, stopping_seconds=0)
    target = control.create("tencent", count=200, status="PENDING")
    codes = []

    def cancel(instance_ids):
        for each in instance_ids:
            codes.append(tencent.code("CancelInvocation", {"InvocationId": target["id"], "InstanceIds": [each]}))

    threads = [
        threading.Thread(target=cancel, args=(target["instance_ids"][begin : begin + 20],))
        for begin in range(0, 200, 20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [""] * 200
    assert set(control.statuses(target["id"]).values()) == {"CANCELLED"}
    assert len(control.get("requests")) == 200
