# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verification functions against every signature vector of the references."""

from __future__ import annotations

import hashlib

import pytest

from emulator.alibaba import auth as acs
from emulator.tencent import auth as tc3

EMPTY = hashlib.sha256(b"").hexdigest()
DATE = "2024-01-02T03:04:05Z"


def v3(action, version, host, nonce, secret, query, *, body="", date=DATE, **more):
    payload_hash = hashlib.sha256(body.encode()).hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-version": version,
        "x-acs-date": date,
        "x-acs-signature-nonce": nonce,
        "x-acs-content-sha256": payload_hash,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    canonical = acs.v3_canonical_request("POST", query.items(), headers, payload_hash)
    return hashlib.sha256(canonical.encode()).hexdigest(), acs.v3_signature(canonical, secret)


def test_v3_0_published():
    assert v3(
        "RunInstances",
        "2014-05-26",
        "ecs.cn-shanghai.aliyuncs.com",
        "3156853299f313e23d1673dc12e1703d",
        "YourAccessKeySecret",
        {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
        date="2023-10-26T10:22:32Z",
    ) == (
        "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
        "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    )


def test_v3_a_two_instances():
    query = {
        "RegionId": "cn-hangzhou",
        "InvokeId": "t-hz0example0001",
        "InstanceId.2": "i-bp1example0002",
        "InstanceId.1": "i-bp1example0001",
    }
    host = "ecs-cn-hangzhou.aliyuncs.com"
    assert v3("StopInvocation", "2014-05-26", host, "nonce-0001", "EXAMPLESECRETKEY", query) == (
        "60a71d547e872b074d950753ce786070c4acc2c0d5118d397e790566dab91792",
        "af25f3ed424403a43047d0bbb1fd2e91f5cfeed49973cc605693a411e5e6e126",
    )


def test_v3_b_session_token():
    assert v3(
        "StopStackGroupOperation",
        "2019-09-10",
        "ros.aliyuncs.com",
        "nonce-0002",
        "EXAMPLESECRETKEY",
        {"OperationId": "6da106ca-1784-4a6f-a7e1-000000000001", "RegionId": "cn-hangzhou"},
        x_acs_accesskey_id="STS.EXAMPLEID",
        x_acs_security_token="CAIS+example/token==",
    ) == (
        "3f3c55c6e4a8808fa48cddbfc357efbff8b1086810298a9c59d7ece2439ba462",
        "1567498623786ca579afbc0d14be15f67fb5b0e139a417ae65dec88c3da421f4",
    )


def test_v3_c_body_and_more_headers():
    assert v3(
        "CancelExecution",
        "2019-06-01",
        "oos.cn-hangzhou.aliyuncs.com",
        "nonce-0003",
        "EXAMPLESECRETKEY",
        {"RegionId": "cn-hangzhou", "Tags": '{"env":"a b*c~d"}'},
        body="ExecutionId=exec-example0001&Note=a+b%2Ac~d",
        accept="application/json",
        user_agent="demo-agent/1.0",
        content_type="application/x-www-form-urlencoded",
    ) == (
        "a67700d02cbda2dd81ca0b8a74cef765d27a45cb9a2a5b61f94dfd5d267055cf",
        "e4902bae4f4a526ce1177e5209896b35f8546e32799dd416b4dd48ed6344abff",
    )


COMMON = {"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "Timestamp": DATE, "Format": "JSON"}
STOP = COMMON | {
    "AccessKeyId": "LTAIEXAMPLEID",
    "Action": "StopInvocation",
    "InstanceId.1": "i-bp1example0001",
    "InstanceId.2": "i-bp1example0002",
    "InvokeId": "t-hz0example0001",
    "RegionId": "cn-hangzhou",
    "SignatureNonce": "nonce-0001",
    "Version": "2014-05-26",
}


@pytest.mark.parametrize(
    ("method", "parameters", "secret", "signature"),
    [
        pytest.param(
            "GET",
            {
                "Timestamp": "2016-02-23T12:46:24Z",
                "Format": "XML",
                "AccessKeyId": "testid",
                "Action": "DescribeRegions",
                "SignatureMethod": "HMAC-SHA1",
                "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
                "Version": "2014-05-26",
                "SignatureVersion": "1.0",
            },
            "testsecret",
            "OLeaidS1JvxuMvnyHOwuJ+uX5qY=",
            id="V1-0",
        ),
        pytest.param("POST", STOP, "EXAMPLESECRETKEY", "A8mdQ8hxpbYaDYysLaeupkQbgCw=", id="V1-A"),
        pytest.param(
            "POST",
            STOP | {"SignatureType": ""},
            "EXAMPLESECRETKEY",
            "Mv4WGrx3oNRwzEdL/CZeDToE1TU=",
            id="V1-A-SignatureType",
        ),
        pytest.param(
            "GET",
            COMMON
            | {
                "AccessKeyId": "LTAIEXAMPLEID",
                "Action": "ListExecutions",
                "RegionId": "cn-hangzhou",
                "SecurityToken": "CAIS+example/token==",
                "SignatureNonce": "nonce-0002",
                "Status": "Running",
                "Tags": '{"env":"a b*c~d"}',
                "Version": "2019-06-01",
            },
            "EXAMPLESECRETKEY",
            "HRzc/mJeQeWhGEKsRz+YNXbGtos=",
            id="V1-B",
        ),
        pytest.param(
            "POST",
            COMMON
            | {
                "AccessKeyId": "LTAIEXAMPLEID",
                "Action": "DescribeInvocations",
                "CommandName": "测试 100%",
                "RegionId": "cn-hangzhou",
                "SignatureNonce": "nonce-0003",
                "Version": "2014-05-26",
            },
            "EXAMPLESECRETKEY",
            "48lncoWDzFBUygwnAjjUSP//tpM=",
            id="V1-C",
        ),
    ],
)
def test_v1(method, parameters, secret, signature):
    text = acs.v1_string_to_sign(method, [*parameters.items(), ("Signature", "left out")])
    assert acs.v1_signature(text, secret) == signature


def test_v1_0_string_to_sign():
    assert acs.v1_string_to_sign(
        "GET",
        {
            "Timestamp": "2016-02-23T12:46:24Z",
            "Format": "XML",
            "AccessKeyId": "testid",
            "Action": "DescribeRegions",
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
            "Version": "2014-05-26",
            "SignatureVersion": "1.0",
        }.items(),
    ) == (
        "GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1%26"
        "SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0%26"
        "Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26"
    )


PUBLISHED = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
PUBLISHED_SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"


@pytest.mark.parametrize(
    ("with_action", "secret", "digest", "signature"),
    [
        (
            False,
            PUBLISHED_SECRET,
            "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
            "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
        ),
        (
            False,
            "Gu5t9xGARNpq86cd98joQYCN3*******",
            "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
            "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c",
        ),
        (
            True,
            "*" * 32,
            "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84",
            "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
        ),
        (
            True,
            PUBLISHED_SECRET,
            "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84",
            "644be983de9a8a3f00db8eadaba61467c3b429e2215758ba897b738ca469fd26",
        ),
    ],
)
def test_tc3_published(with_action, secret, digest, signature):
    headers = {"host": "cvm.tencentcloudapi.com", "content-type": "application/json; charset=utf-8"}
    if with_action:
        headers["X-TC-Action"] = "DescribeInstances"
    payload_hash = hashlib.sha256(PUBLISHED.encode()).hexdigest()
    assert payload_hash == "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    canonical = tc3.canonical_request("POST", "", headers, payload_hash)
    assert hashlib.sha256(canonical.encode()).hexdigest() == digest
    assert tc3.signature(canonical, 1551113065, "cvm", secret) == signature


CANCEL = '{"InvocationId": "inv-ib2lld37", "InstanceIds": ["ins-zcewfho0", "ins-zcewfho1"]}'
HOST = "tat.tencentcloudapi.com"


@pytest.mark.parametrize(
    ("payload", "changes", "digest", "signature"),
    [
        pytest.param(
            CANCEL,
            {},
            "e9ed91ae826d7fa4905654fec9e3e96a1e7c6ab37426fb154440be13484f6079",
            "d1e0725738c6b4547104ba5c6a6819f7174bef485e01ccc7e58f650174584b34",
            id="A",
        ),
        pytest.param(
            CANCEL,
            {"headers": {"content-type": "application/json; charset=utf-8", "x-tc-action": "CancelInvocation"}},
            "5c7b63158d9b489e7999e305ea118888769cfb5a3325ab8c1aaf00e3435dd857",
            "8779cbf89a1fbdd0062269ab7f7e6b33b6dd1c3da4fafcb9f47ef4d1ff15edbc",
            id="A2",
        ),
        pytest.param(
            '{"InvocationIds": ["inv-ib2lld37"], "Limit": 1, "Offset": 0}',
            {"headers": {"host": "tat.intl.tencentcloudapi.com"}, "secret": "EXAMPLETMPKEY"},
            "b77791e142fb7e2ce9f16421b036b5466ed57911c3ea175b67dcd0369c5be945",
            "935745688e8d5b30284b743cfe5cae47809de01faedd7cb97ad37e99d6bfbfd8",
            id="B",
        ),
        pytest.param(
            "",
            {
                "method": "GET",
                "headers": {"content-type": "application/x-www-form-urlencoded"},
                "query": "Filters.0.Name=invocation-id&Filters.0.Values.0=inv-ib2lld37&Limit=100&Offset=0",
            },
            "5802431d30b29fbe8fd3dfae1cbe1e0c632798519aeca6db0ad9fda1ecb65111",
            "f13aca9a2ceee3bf262711b2d2c90896f23f49431b0c000963cf7f88fc0c8858",
            id="C",
        ),
        pytest.param(
            "{}",
            {},
            "977b0d29c0b237d2f8110f8aee9e296b9ef656771a1a0cdddd9b3649d231219d",
            "4da48da11e11fbce97c3cb744346da13b649d200ffe95951dabef4cc2fda06b8",
            id="D",
        ),
        pytest.param(
            CANCEL,
            {"timestamp": 1704153599},
            "e9ed91ae826d7fa4905654fec9e3e96a1e7c6ab37426fb154440be13484f6079",
            "bea668237a4c157380712cf0f999f288a18b4041e6c9fffead515af7bc138210",
            id="F",
        ),
        pytest.param(
            "UNSIGNED-PAYLOAD",
            {},
            "c575550b454f08169fc4bb3c7203a3fdb682e7eebdf2476f17828a8ae197a37c",
            "1c066535fe0c394667311617561523aacadec483924b6f7007a54af753932d07",
            id="G",
        ),
        pytest.param(
            '{"Filters": [{"Name": "command-id", "Values": ["命令"]}]}',
            {},
            "7b7760fca7d95ee2b79ee859df3ab1452d12d954873a126eacc934d2d94a5d23",
            "8931e7eb875339f99a13f1aba57192e6f34a252121660cad9e019e66d31c5eb4",
            id="H",
        ),
    ],
)
def test_tc3_tat(payload, changes, digest, signature):
    headers = {"content-type": "application/json", "host": HOST, **changes.get("headers", {})}
    canonical = tc3.canonical_request(
        changes.get("method", "POST"), changes.get("query", ""), headers, hashlib.sha256(payload.encode()).hexdigest()
    )
    assert hashlib.sha256(canonical.encode()).hexdigest() == digest
    secret = changes.get("secret", "EXAMPLESECRETKEY")
    assert tc3.signature(canonical, changes.get("timestamp", 1704164645), "tat", secret) == signature
