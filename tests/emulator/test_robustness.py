# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent, the answer is an answer of the provider: rightly signed nonsense never breaks the emulator."""

from __future__ import annotations

import json
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.alibaba import PROVIDER
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
GROUP_OPERATION = "00000000-0000-0000-0000-000000000000"
PREFERENCES = ("MaxConcurrentCount", "FailureTolerancePercentage", "RegionIdsOrder", "AccountIds")
WORDS = st.one_of(
    st.sampled_from(["true", "10", "-1", "0", "t-1", "i-1", "Running", "Base64", "rate(5m)", "cn-hangzhou"]),
    st.sampled_from(["exec-1", "t-1,t-2", "g", GROUP_OPERATION, "2026-01-01T00:00:00Z"]),
    st.sampled_from(["EndDate", "Ascending", "RootDepth", "Other", "IMPORT_IMAGE", "ACTIVE", "WyIiLDFd", '["1","2"]']),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    JSON.map(json.dumps),
    st.dictionaries(st.sampled_from(PREFERENCES), JSON).map(json.dumps),
)


@pytest.mark.parametrize("action", sorted(tat.SERVICE.actions))
def test_tencent(tencent, control, action):
    control.settings(rate_limit=0)
    control.create("tencent", id="inv-00000001", instances=["ins-1"], command_id="cmd-1")
    names = [*tat.SERVICE.actions[action].parameters, "Unknown"]

    @ANYTHING
    @given(st.dictionaries(st.sampled_from(names), JSON, max_size=4))
    def check(parameters):
        assert tencent.code(action, parameters) != "InternalError"

    check()


@pytest.mark.parametrize(
    ("service", "action"),
    [
        pytest.param(service, action, id=f"{service.name}-{action}")
        for service in PROVIDER.services
        for action in sorted(service.actions)
    ],
)
def test_alibaba(alibaba, control, service, action):
    control.create("alibaba", id="t-1", instances=["i-1"])
    control.create("alibaba", kind="automation_execution", id="exec-1", children=1, invocation_ids=["t-2"])
    control.create("alibaba", kind="image_task", id="t-2")
    control.create("alibaba", kind="stack_group_operation", id=GROUP_OPERATION, group="g")
    client = alibaba.of(service.version)
    names = ["Unknown"]
    for name, parameter in service.actions[action].parameters.items():
        fields = [f".{field}" for field in parameter.fields] or [""]
        names += [name, *(f"{name}.{number}{field}" for number in (1, 2) for field in fields)]

    @ANYTHING
    @given(
        st.sampled_from([client.v3, client.v1]),
        st.dictionaries(st.sampled_from(names), WORDS, max_size=6),
    )
    def check(send, parameters):
        wanted = {"RegionId": "cn-hangzhou", **parameters}
        if action.endswith("StackInstances"):
            wanted = {"StackGroupName": "g", "RegionIds": '["a"]', "AccountIds": '["1"]', **wanted}
        response = send(action, wanted)
        assert response.json()["RequestId"]
        assert response.status_code < 500
        assert "SignatureDoesNotMatch" not in response.text

    check()


@ANYTHING
@given(st.text(max_size=60), st.binary(max_size=60))
def test_nonsense_in_the_authorization(alibaba, text, body):
    text = text.encode("ascii", "ignore").decode()
    text = "".join(letter for letter in text if letter.isprintable()).strip()
    for prefix, header in (("ACS3", "x-acs-action"), ("TC3", "x-tc-action"), ("AWS4", "x-amz-target"), ("AWS4", "x")):
        headers = {"Authorization": f"{prefix}-HMAC-SHA256 {text}", header: "DescribeRegions"}
        response = alibaba.session.post(f"{alibaba.url}/", data=body, headers=headers)
        assert response.status_code in (200, 400, 403)
        assert "RequestId" in f"{response.text} {response.headers}"


def test_what_no_provider_recognises(alibaba):
    assert alibaba.session.get(f"{alibaba.url}/").status_code == 404
    assert alibaba.session.post(f"{alibaba.url}/", json={"Limit": 1}).status_code == 404
    alibaba.url += "/V2"
    assert alibaba.v3("DescribeRegions").status_code == 404


SCOPED = "GOOG4-HMAC-SHA256 Credential=x@example/20260102/auto/storage/goog4_request, SignedHeaders=host, Signature=0"
OLDER = {"AWSAccessKeyId": "x", "Signature": "x", "SignatureMethod": "HmacSHA256", "SignatureVersion": "2"}


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({"Authorization": SCOPED}, {"Action": "DescribeRegions", "Version": "2014-05-26"}),
        ({"Authorization": SCOPED}, {"SignatureVersion": "1.0", "SignatureMethod": "HMAC-SHA1"}),
        *(({"Authorization": SCOPED, name: "DescribeRegions"}, {}) for name in ("x-acs-action", "x-tc-action")),
        ({}, {"Action": "DescribeRegions", **OLDER}),
        ({}, {"Action": "DescribeRegions", "AccessKeyId": "x"}),
    ],
)
def test_what_is_signed_for_another_provider_is_not_recognised(alibaba, control, headers, sent):
    assert alibaba.session.post(f"{alibaba.url}/", data=sent, headers=headers).status_code == 404
    assert control.get("requests") == []


def test_many_clients_at_once(tencent, control):
    control.settings(rate_limit=0, stopping_seconds=0)
    target = control.create("tencent", count=200, status="PENDING")
    codes = []

    def cancel(instance_ids):
        for each in instance_ids:
            codes.append(tencent.code("CancelInvocation", {"InvocationId": target["id"], "InstanceIds": [each]}))

    parts = [target["instance_ids"][begin : begin + 20] for begin in range(0, 200, 20)]
    threads = [threading.Thread(target=cancel, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [""] * 200
    assert set(control.statuses(target["id"])) == {"CANCELLED"}
    assert len(control.get("requests")) == 200
