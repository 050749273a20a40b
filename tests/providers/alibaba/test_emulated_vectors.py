# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's checks of signatures against every vector of the reference."""

from __future__ import annotations

import hashlib

import pytest

from emulator.alibaba import auth

SECRET = "EXAMPLESECRETKEY"
DATE = "2024-01-02T03:04:05Z"


@pytest.mark.parametrize(
    ("headers", "query", "body", "secret", "signature"),
    [
        pytest.param(
            {
                "host": "ecs.cn-shanghai.aliyuncs.com",
                "x-acs-action": "RunInstances",
                "x-acs-version": "2014-05-26",
                "x-acs-date": "2023-10-26T10:22:32Z",
                "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            },
            {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
            "",
            "YourAccessKeySecret",
            "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
            id="V3-0",
        ),
        pytest.param(
            {
                "host": "ecs-cn-hangzhou.aliyuncs.com",
                "x-acs-action": "StopInvocation",
                "x-acs-version": "2014-05-26",
                "x-acs-signature-nonce": "nonce-0001",
            },
            {
                "RegionId": "cn-hangzhou",
                "InvokeId": "t-hz0example0001",
                "InstanceId.2": "i-bp1example0002",
                "InstanceId.1": "i-bp1example0001",
            },
            "",
            SECRET,
            "af25f3ed424403a43047d0bbb1fd2e91f5cfeed49973cc605693a411e5e6e126",
            id="V3-A",
        ),
        pytest.param(
            {
                "host": "ros.aliyuncs.com",
                "x-acs-action": "StopStackGroupOperation",
                "x-acs-version": "2019-09-10",
                "x-acs-signature-nonce": "nonce-0002",
                "x-acs-accesskey-id": "STS.EXAMPLEID",
                "x-acs-security-token": "CAIS+example/token==",
            },
            {"OperationId": "6da106ca-1784-4a6f-a7e1-000000000001", "RegionId": "cn-hangzhou"},
            "",
            SECRET,
            "1567498623786ca579afbc0d14be15f67fb5b0e139a417ae65dec88c3da421f4",
            id="V3-B",
        ),
        pytest.param(
            {
                "host": "oos.cn-hangzhou.aliyuncs.com",
                "x-acs-action": "CancelExecution",
                "x-acs-version": "2019-06-01",
                "x-acs-signature-nonce": "nonce-0003",
                "accept": "application/json",
                "user-agent": "demo-agent/1.0",
                "content-type": "application/x-www-form-urlencoded",
            },
            {"RegionId": "cn-hangzhou", "Tags": '{"env":"a b*c~d"}'},
            "ExecutionId=exec-example0001&Note=a+b%2Ac~d",
            SECRET,
            "e4902bae4f4a526ce1177e5209896b35f8546e32799dd416b4dd48ed6344abff",
            id="V3-C",
        ),
    ],
)
def test_v3(headers, query, body, secret, signature):
    payload_hash = hashlib.sha256(body.encode()).hexdigest()
    signed = {"x-acs-date": DATE, "x-acs-content-sha256": payload_hash, **headers}
    canonical = auth.v3_canonical_request("POST", query.items(), signed, payload_hash)
    assert auth.v3_signature(canonical, secret) == signature


COMMON = {
    "SignatureMethod": "HMAC-SHA1",
    "SignatureVersion": "1.0",
    "Timestamp": DATE,
    "Format": "JSON",
    "AccessKeyId": "LTAIEXAMPLEID",
    "RegionId": "cn-hangzhou",
    "Version": "2014-05-26",
}
STOP = COMMON | {
    "Action": "StopInvocation",
    "InstanceId.1": "i-bp1example0001",
    "InstanceId.2": "i-bp1example0002",
    "InvokeId": "t-hz0example0001",
    "SignatureNonce": "nonce-0001",
}
LIST = COMMON | {
    "Action": "ListExecutions",
    "SecurityToken": "CAIS+example/token==",
    "SignatureNonce": "nonce-0002",
    "Status": "Running",
    "Tags": '{"env":"a b*c~d"}',
    "Version": "2019-06-01",
}
DESCRIBE = COMMON | {"Action": "DescribeInvocations", "CommandName": "测试 100%", "SignatureNonce": "nonce-0003"}


@pytest.mark.parametrize(
    ("method", "parameters", "signature"),
    [
        pytest.param("POST", STOP, "A8mdQ8hxpbYaDYysLaeupkQbgCw=", id="V1-A"),
        pytest.param("POST", STOP | {"SignatureType": ""}, "Mv4WGrx3oNRwzEdL/CZeDToE1TU=", id="V1-A-SignatureType"),
        pytest.param("GET", LIST, "HRzc/mJeQeWhGEKsRz+YNXbGtos=", id="V1-B"),
        pytest.param("POST", DESCRIBE, "48lncoWDzFBUygwnAjjUSP//tpM=", id="V1-C"),
    ],
)
def test_v1(method, parameters, signature):
    text = auth.v1_string_to_sign(method, [*parameters.items(), ("Signature", "left out")])
    assert auth.v1_signature(text, SECRET) == signature


def test_v1_published():
    sent = {
        "Timestamp": "2016-02-23T12:46:24Z",
        "Format": "XML",
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "Version": "2014-05-26",
        "SignatureVersion": "1.0",
    }
    text = auth.v1_string_to_sign("GET", sent.items())
    assert text == (
        "GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1%26"
        "SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0%26"
        "Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26"
    )
    assert auth.v1_signature(text, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
