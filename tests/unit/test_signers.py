# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signers against every vector of the providers' references, and what holds for all requests."""

from __future__ import annotations

import json
import time
from datetime import datetime, timezone
from urllib.parse import quote, urlencode, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.signer import (
    Acs3Auth,
    canonical_query,
    percent_encode,
)
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._tencent.signer import Tc3Auth

from ._wire import acs3_signature, authorization, sha256, tc3_signature

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ALIBABA = Credentials("LTAIEXAMPLEID", "EXAMPLESECRETKEY")
TENCENT = Credentials("AKIDEXAMPLE", "EXAMPLESECRETKEY")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.integers(min_value=0, max_value=4102444800)


def epoch(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def acs3(
    parameters,
    *,
    host,
    action="StopInvocation",
    version="2014-05-26",
    date,
    nonce,
    credentials=ALIBABA,
    body=b"",
    **more,
):
    """A prepared and signed request to Alibaba Cloud."""
    url = f"https://{host}/?{urlencode(parameters, quote_via=quote, safe='~')}"
    headers = {"x-acs-action": action, "x-acs-version": version, **more}
    auth = Acs3Auth(credentials, lambda: epoch(date) if isinstance(date, str) else date, lambda: nonce)
    return requests.Request("POST", url, headers=headers, data=body, auth=auth).prepare()


def tc3(payload, *, timestamp=1704164645, host="tat.tencentcloudapi.com", service="tat", credentials=TENCENT, **more):
    """A prepared and signed request to Tencent Cloud. C(more) are headers, written with underscores."""
    headers = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in more.items()}}
    auth = Tc3Auth(credentials, service, lambda: timestamp)
    return requests.Request("POST", f"https://{host}/", headers=headers, data=payload, auth=auth).prepare()


# Alibaba Cloud: ACS3-HMAC-SHA256

COMMON = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"


def test_acs3_vector_0_published():
    request = acs3(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"},
        host="ecs.cn-shanghai.aliyuncs.com",
        action="RunInstances",
        date="2023-10-26T10:22:32Z",
        nonce="3156853299f313e23d1673dc12e1703d",
        credentials=Credentials("YourAccessKeyId", "YourAccessKeySecret"),
    )
    assert request.headers["Authorization"] == (
        f"ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={COMMON},"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )
    assert request.headers["x-acs-content-sha256"] == EMPTY
    assert request.headers["x-acs-date"] == "2023-10-26T10:22:32Z"


def test_acs3_vector_a_two_instances():
    request = acs3(
        {
            "RegionId": "cn-hangzhou",
            "InvokeId": "t-hz0example0001",
            "InstanceId.1": "i-bp1example0001",
            "InstanceId.2": "i-bp1example0002",
        },
        host="ecs-cn-hangzhou.aliyuncs.com",
        date="2024-01-02T03:04:05Z",
        nonce="nonce-0001",
    )
    assert canonical_query(urlsplit(request.url).query) == (
        "InstanceId.1=i-bp1example0001&InstanceId.2=i-bp1example0002&InvokeId=t-hz0example0001&RegionId=cn-hangzhou"
    )
    assert request.headers["Authorization"] == (
        f"ACS3-HMAC-SHA256 Credential=LTAIEXAMPLEID,SignedHeaders={COMMON},"
        "Signature=af25f3ed424403a43047d0bbb1fd2e91f5cfeed49973cc605693a411e5e6e126"
    )


def test_acs3_vector_b_security_token():
    request = acs3(
        {"OperationId": "6da106ca-1784-4a6f-a7e1-000000000001", "RegionId": "cn-hangzhou"},
        host="ros.aliyuncs.com",
        action="StopStackGroupOperation",
        version="2019-09-10",
        date="2024-01-02T03:04:05Z",
        nonce="nonce-0002",
        credentials=Credentials("STS.EXAMPLEID", "EXAMPLESECRETKEY", "CAIS+example/token=="),
    )
    assert request.headers["x-acs-security-token"] == "CAIS+example/token=="
    assert request.headers["x-acs-accesskey-id"] == "STS.EXAMPLEID"
    assert request.headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=STS.EXAMPLEID,SignedHeaders=host;x-acs-accesskey-id;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version,"
        "Signature=1567498623786ca579afbc0d14be15f67fb5b0e139a417ae65dec88c3da421f4"
    )


PARAMETERS_C = {"RegionId": "cn-hangzhou", "Tags": '{"env":"a b*c~d"}'}
VECTOR_C = {
    "parameters": PARAMETERS_C,
    "body": b"ExecutionId=exec-example0001&Note=a+b%2Ac~d",
    "date": "2024-01-02T03:04:05Z",
    "nonce": "nonce-0003",
    "accept": "application/json",
    "user-agent": "demo-agent/1.0",
    "content-type": "application/x-www-form-urlencoded",
    "host": "oos.cn-hangzhou.aliyuncs.com",
    "action": "CancelExecution",
    "version": "2019-06-01",
}


def test_acs3_vector_c_body_and_special_characters():
    # The vector signs "accept" and "user-agent" as well, which Acs3Auth leaves out because proxies rewrite them.
    # So the reference computation is held against the vector, and Acs3Auth against that computation.
    request = acs3(**VECTOR_C)
    query = urlsplit(request.url).query
    assert canonical_query(query) == "RegionId=cn-hangzhou&Tags=%7B%22env%22%3A%22a%20b%2Ac~d%22%7D"
    assert request.headers["x-acs-content-sha256"] == "56d735950d4d8b6e5e397ac228f21f65bebbcb4277e45d5df8fde7744ed6f0c9"
    arrived = {name.lower(): str(value) for name, value in request.headers.items()}
    all_signed = {n: v for n, v in arrived.items() if n not in ("authorization", "content-length")}
    pairs = PARAMETERS_C.items()
    expected = acs3_signature(ALIBABA.access_key_secret, "POST", pairs, all_signed, request.body)
    assert expected == "e4902bae4f4a526ce1177e5209896b35f8546e32799dd416b4dd48ed6344abff"

    said = authorization(request.headers["Authorization"])
    assert said["SignedHeaders"] == f"content-type;{COMMON}"
    fewer = {name: arrived[name] for name in said["SignedHeaders"].split(";")}
    assert said["Signature"] == acs3_signature(ALIBABA.access_key_secret, "POST", pairs, fewer, request.body)


@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=8), st.randoms(use_true_random=False))
def test_acs3_the_order_of_parameters_does_not_matter(parameters, rng):
    shuffled = list(parameters.items())
    rng.shuffle(shuffled)
    fixed = {"host": "ecs.cn-beijing.aliyuncs.com", "date": 1704164645, "nonce": "n"}
    one, other = acs3(parameters, **fixed), acs3(dict(shuffled), **fixed)
    assert one.headers["Authorization"] == other.headers["Authorization"]


@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=8), MOMENTS)
def test_acs3_signature_is_the_one_that_a_server_computes_from_the_decoded_parameters(parameters, moment):
    request = acs3(parameters, host="ecs.cn-beijing.aliyuncs.com", date=moment, nonce="n")
    said = authorization(request.headers["Authorization"])
    signed = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    expected = acs3_signature(ALIBABA.access_key_secret, "POST", parameters.items(), signed, b"")
    assert said["Signature"] == expected


@given(st.dictionaries(TEXT.filter(bool), TEXT, min_size=1, max_size=4), TEXT)
def test_acs3_another_value_gives_another_signature(parameters, value):
    changed = {**parameters, next(iter(parameters)): value}
    fixed = {"host": "ecs.cn-beijing.aliyuncs.com", "date": 1704164645, "nonce": "n"}
    same = acs3(parameters, **fixed).headers["Authorization"] == acs3(changed, **fixed).headers["Authorization"]
    assert same == (parameters == changed)


def test_acs3_each_preparation_has_a_nonce_and_a_date_of_its_own():
    moments, nonces = iter((1704164645.9, 1704164646.0)), iter(("first", "second"))
    auth = Acs3Auth(ALIBABA, lambda: next(moments), lambda: next(nonces))
    request = requests.Request("POST", "https://ecs.cn-beijing.aliyuncs.com/?RegionId=cn-beijing", auth=auth)
    one, other = request.prepare(), request.prepare()
    assert (one.headers["x-acs-signature-nonce"], one.headers["x-acs-date"]) == ("first", "2024-01-02T03:04:05Z")
    assert (other.headers["x-acs-signature-nonce"], other.headers["x-acs-date"]) == ("second", "2024-01-02T03:04:06Z")
    assert one.headers["Authorization"] != other.headers["Authorization"]


def test_acs3_a_request_signed_again_is_signed_as_if_it_was_new():
    nonces = iter(("first", "second", "second"))
    auth = Acs3Auth(ALIBABA, lambda: 1704164645, lambda: next(nonces))
    request = requests.Request("POST", "https://ecs.cn-beijing.aliyuncs.com/", auth=auth)
    again = auth(request.prepare())
    assert again.headers["Authorization"] == request.prepare().headers["Authorization"]


def test_acs3_without_a_token_no_token_headers():
    request = acs3({}, host="ecs.cn-beijing.aliyuncs.com", date=1704164645, nonce="n")
    assert not {"x-acs-security-token", "x-acs-accesskey-id"} & {name.lower() for name in request.headers}


def test_acs3_host_has_the_port_that_is_called():
    request = acs3({}, host="127.0.0.1:8899", date=1704164645, nonce="n")
    assert request.headers["host"] == "127.0.0.1:8899"
    assert "host;" in request.headers["Authorization"]


@given(TEXT)
def test_percent_encoding_leaves_only_unreserved_characters(text):
    encoded = percent_encode(text)
    unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
    assert encoded == "".join(c if c in unreserved else "".join(f"%{b:02X}" for b in c.encode()) for c in text)


def test_a_parameter_without_a_value_is_signed_as_empty():
    assert canonical_query("b=&a=1") == "a=1&b="


# Tencent Cloud: TC3-HMAC-SHA256

PUBLISHED = r'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'


@pytest.mark.parametrize(
    ("action", "secret", "signature"),
    [
        (
            None,
            "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
            "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
        ),
        (
            None,
            "Gu5t9xGARNpq86cd98joQYCN3*******",
            "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c",
        ),
        ("DescribeInstances", "*" * 32, "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"),
        (
            "DescribeInstances",
            "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
            "644be983de9a8a3f00db8eadaba61467c3b429e2215758ba897b738ca469fd26",
        ),
    ],
)
def test_tc3_published_example(action, secret, signature):
    assert sha256(PUBLISHED) == "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    request = tc3(
        PUBLISHED,
        timestamp=1551113065,
        host="cvm.tencentcloudapi.com",
        service="cvm",
        credentials=Credentials("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secret),
        content_type="application/json; charset=utf-8",
        x_tc_version="2017-03-12",
        x_tc_region="ap-guangzhou",
        **({"x_tc_action": action} if action else {}),
    )
    names = "content-type;host;x-tc-action" if action else "content-type;host"
    assert request.headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request,"
        f" SignedHeaders={names}, Signature={signature}"
    )
    assert request.headers["x-tc-timestamp"] == "1551113065"


CANCEL = '{"InvocationId": "inv-ib2lld37", "InstanceIds": ["ins-zcewfho0", "ins-zcewfho1"]}'


@pytest.mark.parametrize(
    ("payload", "more", "signature"),
    [
        pytest.param(CANCEL, {}, "d1e0725738c6b4547104ba5c6a6819f7174bef485e01ccc7e58f650174584b34", id="A"),
        pytest.param(
            CANCEL,
            {"content_type": "application/json; charset=utf-8", "x_tc_action": "CancelInvocation"},
            "8779cbf89a1fbdd0062269ab7f7e6b33b6dd1c3da4fafcb9f47ef4d1ff15edbc",
            id="A2",
        ),
        pytest.param(
            '{"InvocationIds": ["inv-ib2lld37"], "Limit": 1, "Offset": 0}',
            {
                "host": "tat.intl.tencentcloudapi.com",
                "credentials": Credentials("AKIDEXAMPLETMP", "EXAMPLETMPKEY", "EXAMPLETOKEN"),
            },
            "935745688e8d5b30284b743cfe5cae47809de01faedd7cb97ad37e99d6bfbfd8",
            id="B",
        ),
        pytest.param("{}", {}, "4da48da11e11fbce97c3cb744346da13b649d200ffe95951dabef4cc2fda06b8", id="D"),
        pytest.param(
            CANCEL,
            {"timestamp": 1704153599},
            "bea668237a4c157380712cf0f999f288a18b4041e6c9fffead515af7bc138210",
            id="F",
        ),
        pytest.param(
            '{"Filters": [{"Name": "command-id", "Values": ["命令"]}]}',
            {},
            "8931e7eb875339f99a13f1aba57192e6f34a252121660cad9e019e66d31c5eb4",
            id="H",
        ),
    ],
)
@pytest.mark.parametrize("encode", [str, str.encode], ids=["text", "bytes"])
def test_tc3_vector(payload, more, signature, encode):
    request = tc3(encode(payload), **more)
    assert authorization(request.headers["Authorization"])["Signature"] == signature


def test_tc3_vector_a_is_written_as_the_reference_writes_it():
    assert tc3(CANCEL).headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2024-01-02/tat/tc3_request, SignedHeaders=content-type;host,"
        " Signature=d1e0725738c6b4547104ba5c6a6819f7174bef485e01ccc7e58f650174584b34"
    )


def test_tc3_vector_c_get_with_a_query():
    url = "https://tat.tencentcloudapi.com/"
    query = "Filters.0.Name=invocation-id&Filters.0.Values.0=inv-ib2lld37&Limit=100&Offset=0"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    auth = Tc3Auth(TENCENT, "tat", lambda: 1704164645)
    request = requests.Request("GET", f"{url}?{query}", headers=headers, auth=auth).prepare()
    said = authorization(request.headers["Authorization"])
    assert said["Signature"] == "f13aca9a2ceee3bf262711b2d2c90896f23f49431b0c000963cf7f88fc0c8858"


def test_tc3_vector_g_has_the_literal_in_place_of_the_payload():
    # The collection signs every payload and never sends X-TC-Content-SHA256, so the literal is given as the payload.
    said = authorization(tc3("UNSIGNED-PAYLOAD").headers["Authorization"])
    assert said["Signature"] == "1c066535fe0c394667311617561523aacadec483924b6f7007a54af753932d07"


@given(st.dictionaries(TEXT, TEXT, max_size=5), MOMENTS)
def test_tc3_signature_is_the_one_that_a_server_computes_from_the_bytes(parameters, moment):
    request = tc3(json.dumps(parameters).encode(), timestamp=moment, x_tc_action="CancelInvocation")
    said = authorization(request.headers["Authorization"])
    signed = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    scope = f"{datetime.fromtimestamp(moment, timezone.utc):%Y-%m-%d}/tat/tc3_request"
    assert said["Credential"] == f"AKIDEXAMPLE/{scope}"
    expected = tc3_signature(TENCENT.access_key_secret, "POST", "", signed, request.body, str(moment), scope)
    assert said["Signature"] == expected


def test_tc3_each_preparation_has_a_timestamp_of_its_own_and_the_date_may_change():
    moments = iter((1704153599.99, 1704153600.0))
    auth = Tc3Auth(TENCENT, "tat", lambda: next(moments))
    headers = {"content-type": "application/json"}
    request = requests.Request("POST", "https://tat.tencentcloudapi.com/", headers=headers, data=b"{}", auth=auth)
    one, other = request.prepare(), request.prepare()
    assert [r.headers["x-tc-timestamp"] for r in (one, other)] == ["1704153599", "1704153600"]
    assert "/2024-01-01/tat/" in one.headers["Authorization"]
    assert "/2024-01-02/tat/" in other.headers["Authorization"]


def test_tc3_token_is_sent_and_not_signed():
    temporary = Credentials("AKIDEXAMPLE", "EXAMPLESECRETKEY", "EXAMPLETOKEN")
    with_token, without = tc3(CANCEL, credentials=temporary), tc3(CANCEL)
    assert with_token.headers["X-TC-Token"] == "EXAMPLETOKEN"
    assert "X-TC-Token" not in without.headers
    assert with_token.headers["Authorization"] == without.headers["Authorization"]


def test_tc3_header_values_are_signed_in_lower_case():
    upper, lower = tc3("{}", x_tc_action="CancelInvocation"), tc3("{}", x_tc_action="cancelinvocation")
    assert upper.headers["Authorization"] == lower.headers["Authorization"]
    assert upper.headers["x-tc-action"] == "CancelInvocation"


# Both


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "UTC"])
def test_dates_are_those_of_utc_in_every_time_zone(monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        alibaba = acs3({}, host="ecs.cn-beijing.aliyuncs.com", date=1704153599, nonce="n")
        tencent = tc3(CANCEL, timestamp=1704153599)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert alibaba.headers["x-acs-date"] == "2024-01-01T23:59:59Z"
    assert tencent.headers["Authorization"].endswith("bea668237a4c157380712cf0f999f288a18b4041e6c9fffead515af7bc138210")


def test_the_secret_is_in_no_header():
    prepared = (acs3({}, host="ecs.cn-beijing.aliyuncs.com", date=1704164645, nonce="n"), tc3(CANCEL))
    assert all("EXAMPLESECRETKEY" not in str(request.headers) for request in prepared)
