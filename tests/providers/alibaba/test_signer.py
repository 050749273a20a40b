# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ACS3-HMAC-SHA256 against every vector of the reference, and what holds for all requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.signer import (
    Acs3Auth,
    canonical_query,
)

from ...support.wire import authorization
from .signed import CREDENTIALS, HOST, signed
from .wire import acs3_signature

SECRET = CREDENTIALS.access_key_secret
JANUARY = 1704164645  # 2024-01-02T03:04:05Z
COMMON = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
WITH_TOKEN = (
    "host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce"
    ";x-acs-version"
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)

VECTORS: dict[str, Any] = {
    "published": (
        1698315752,  # 2023-10-26T10:22:32Z
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"},
        {
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "action": "RunInstances",
            "nonce": "3156853299f313e23d1673dc12e1703d",
            "credentials": Credentials("YourAccessKeyId", "YourAccessKeySecret"),
        },
        COMMON,
        "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    ),
    "two instances": (
        JANUARY,
        {
            "RegionId": "cn-hangzhou",
            "InvokeId": "t-hz0example0001",
            "InstanceId.1": "i-bp1example0001",
            "InstanceId.2": "i-bp1example0002",
        },
        {"host": "ecs-cn-hangzhou.aliyuncs.com", "nonce": "nonce-0001"},
        COMMON,
        "af25f3ed424403a43047d0bbb1fd2e91f5cfeed49973cc605693a411e5e6e126",
    ),
    "security token": (
        JANUARY,
        {"OperationId": "6da106ca-1784-4a6f-a7e1-000000000001", "RegionId": "cn-hangzhou"},
        {
            "host": "ros.aliyuncs.com",
            "action": "StopStackGroupOperation",
            "version": "2019-09-10",
            "nonce": "nonce-0002",
            "credentials": Credentials("STS.EXAMPLEID", "EXAMPLESECRETKEY", "CAIS+example/token=="),
        },
        WITH_TOKEN,
        "1567498623786ca579afbc0d14be15f67fb5b0e139a417ae65dec88c3da421f4",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_of_the_reference(name):
    now, parameters, how, names, signature = VECTORS[name]
    headers = signed(now, parameters, **how).headers
    credentials = how.get("credentials", CREDENTIALS)
    assert headers["Authorization"] == (
        f"ACS3-HMAC-SHA256 Credential={credentials.access_key_id},SignedHeaders={names},Signature={signature}"
    )
    assert headers["x-acs-content-sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    token = {name: headers.get(name) for name in ("x-acs-security-token", "x-acs-accesskey-id")}
    assert token == {
        "x-acs-security-token": credentials.security_token,
        "x-acs-accesskey-id": credentials.security_token and credentials.access_key_id,
    }


def test_the_vector_with_a_body_and_special_characters():
    # The vector signs "accept" and "user-agent" as well, which Acs3Auth leaves out because proxies rewrite them.
    # So the reference computation is held against the vector, and Acs3Auth against that computation.
    parameters = {"RegionId": "cn-hangzhou", "Tags": '{"env":"a b*c~d"}'}
    form: dict[str, Any] = {"content-type": "application/x-www-form-urlencoded"}
    request = signed(
        JANUARY,
        parameters,
        host="oos.cn-hangzhou.aliyuncs.com",
        action="CancelExecution",
        version="2019-06-01",
        nonce="nonce-0003",
        body=b"ExecutionId=exec-example0001&Note=a+b%2Ac~d",
        **{"accept": "application/json", "user-agent": "demo-agent/1.0", **form},
    )
    query = canonical_query(urlsplit(request.url).query)
    assert query == "RegionId=cn-hangzhou&Tags=%7B%22env%22%3A%22a%20b%2Ac~d%22%7D"
    assert request.headers["x-acs-content-sha256"] == "56d735950d4d8b6e5e397ac228f21f65bebbcb4277e45d5df8fde7744ed6f0c9"

    def expected(names):
        arrived = {name.lower(): str(value) for name, value in request.headers.items()}
        return acs3_signature(SECRET, "POST", parameters.items(), {name: arrived[name] for name in names}, request.body)

    names = ["content-type", *COMMON.split(";")]
    vector = "e4902bae4f4a526ce1177e5209896b35f8546e32799dd416b4dd48ed6344abff"
    assert expected(["accept", "user-agent", *names]) == vector
    said = authorization(request.headers["Authorization"])
    assert (said["SignedHeaders"], said["Signature"]) == (";".join(names), expected(names))


@settings(deadline=None)
@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=8), st.integers(min_value=0, max_value=4102444800))
def test_the_signature_is_the_one_that_a_server_computes_from_the_decoded_parameters(parameters, moment):
    request = signed(moment, parameters, host="127.0.0.1:8899")
    said = authorization(request.headers["Authorization"])
    headers = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    assert headers["host"] == "127.0.0.1:8899"
    assert said["Signature"] == acs3_signature(SECRET, "POST", parameters.items(), headers, b"")
    # The order in which they were given does not matter.
    again = signed(moment, dict(reversed(parameters.items())), host="127.0.0.1:8899")
    assert again.headers["Authorization"] == request.headers["Authorization"]


def test_each_preparation_has_a_nonce_and_a_date_of_its_own():
    moments, nonces = iter((1704164645.9, 1704164646.0, 1704164646.0)), iter(("first", "second", "second"))
    auth = Acs3Auth(CREDENTIALS, lambda: next(moments), lambda: next(nonces))
    request = requests.Request("POST", f"https://{HOST}/?RegionId=cn-beijing", auth=auth)
    one, other = request.prepare(), request.prepare()
    dated = [(each.headers["x-acs-signature-nonce"], each.headers["x-acs-date"]) for each in (one, other)]
    assert dated == [("first", "2024-01-02T03:04:05Z"), ("second", "2024-01-02T03:04:06Z")]
    assert one.headers["Authorization"] != other.headers["Authorization"]
    # Signed again, a request is as if it was new.
    assert auth(one).headers == other.headers
