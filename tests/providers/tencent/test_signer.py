# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TC3-HMAC-SHA256 against every vector of the reference, and what holds for all requests."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.signer import Tc3Auth

from ...support.wire import authorization, sha256
from .signed import CREDENTIALS, HOST, signed
from .wire import tc3_signature

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEY = "Gu5t9xGARNpq86cd98joQYCN3"
DESCRIBE = {"x_tc_action": "DescribeInstances"}
PUBLISHED = r'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
CANCEL = '{"InvocationId": "inv-ib2lld37", "InstanceIds": ["ins-zcewfho0", "ins-zcewfho1"]}'


def signature(request):
    return authorization(request.headers["Authorization"])["Signature"]


@pytest.mark.parametrize(
    ("action", "secret", "expected"),
    [
        ({}, KEY + "EXAMPLE", "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"),
        ({}, KEY + "*******", "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"),
        (DESCRIBE, KEY + "EXAMPLE", "644be983de9a8a3f00db8eadaba61467c3b429e2215758ba897b738ca469fd26"),
        (DESCRIBE, "*" * 32, "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"),
    ],
)
def test_the_published_example(action, secret, expected):
    assert sha256(PUBLISHED) == "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    request = signed(
        1551113065,
        PUBLISHED,
        host="cvm.tencentcloudapi.com",
        service="cvm",
        credentials=Credentials("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secret),
        content_type="application/json; charset=utf-8",
        x_tc_version="2017-03-12",
        x_tc_region="ap-guangzhou",
        **action,
    )
    assert request.headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request,"
        f" SignedHeaders=content-type;host{';x-tc-action' if action else ''}, Signature={expected}"
    )
    assert request.headers["x-tc-timestamp"] == "1551113065"


ABROAD = {
    "host": "tat.intl.tencentcloudapi.com",
    "credentials": Credentials("AKIDEXAMPLETMP", "EXAMPLETMPKEY", "EXAMPLETOKEN"),
}
WITH_ACTION = {"content_type": "application/json; charset=utf-8", "x_tc_action": "CancelInvocation"}
LISTED = '{"InvocationIds": ["inv-ib2lld37"], "Limit": 1, "Offset": 0}'
FILTERED = '{"Filters": [{"Name": "command-id", "Values": ["命令"]}]}'
# The collection signs every payload and never sends X-TC-Content-SHA256, so that of G is given as the payload.
UNSIGNED = "UNSIGNED-PAYLOAD"


@pytest.mark.parametrize(
    ("payload", "how", "expected"),
    [
        pytest.param(CANCEL, {}, "d1e0725738c6b4547104ba5c6a6819f7174bef485e01ccc7e58f650174584b34", id="A"),
        pytest.param(CANCEL, WITH_ACTION, "8779cbf89a1fbdd0062269ab7f7e6b33b6dd1c3da4fafcb9f47ef4d1ff15edbc", id="A2"),
        pytest.param(LISTED, ABROAD, "935745688e8d5b30284b743cfe5cae47809de01faedd7cb97ad37e99d6bfbfd8", id="B"),
        pytest.param("{}", {}, "4da48da11e11fbce97c3cb744346da13b649d200ffe95951dabef4cc2fda06b8", id="D"),
        pytest.param(
            CANCEL, {"now": 1704153599}, "bea668237a4c157380712cf0f999f288a18b4041e6c9fffead515af7bc138210", id="F"
        ),
        pytest.param(UNSIGNED, {}, "1c066535fe0c394667311617561523aacadec483924b6f7007a54af753932d07", id="G"),
        pytest.param(FILTERED, {}, "8931e7eb875339f99a13f1aba57192e6f34a252121660cad9e019e66d31c5eb4", id="H"),
    ],
)
def test_the_vectors_of_the_reference(payload, how, expected):
    assert signature(signed(payload=payload, **how)) == signature(signed(payload=payload.encode(), **how)) == expected


def test_the_vector_with_a_query():
    query = "Filters.0.Name=invocation-id&Filters.0.Values.0=inv-ib2lld37&Limit=100&Offset=0"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    auth = Tc3Auth(CREDENTIALS, "tat", lambda: 1704164645)
    request = requests.Request("GET", f"https://{HOST}/?{query}", headers=headers, auth=auth).prepare()
    assert signature(request) == "f13aca9a2ceee3bf262711b2d2c90896f23f49431b0c000963cf7f88fc0c8858"


@settings(deadline=None)
@given(st.dictionaries(TEXT, TEXT, max_size=5), st.integers(min_value=0, max_value=4102444800))
def test_the_signature_is_the_one_that_a_server_computes_from_the_bytes(parameters, moment):
    request = signed(moment, json.dumps(parameters).encode(), x_tc_action="CancelInvocation")
    said = authorization(request.headers["Authorization"])
    headers = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    scope = f"{datetime.fromtimestamp(moment, timezone.utc):%Y-%m-%d}/tat/tc3_request"
    assert request.headers["x-tc-action"] == "CancelInvocation"
    assert said["Credential"] == f"AKIDEXAMPLE/{scope}"
    secret = CREDENTIALS.access_key_secret
    assert said["Signature"] == tc3_signature(secret, "POST", "", headers, request.body, str(moment), scope)


def test_each_preparation_has_a_timestamp_of_its_own_and_the_date_may_change():
    moments = iter((1704153599.99, 1704153600.0, 1704153600.0))
    auth = Tc3Auth(CREDENTIALS, "tat", lambda: next(moments))
    headers = {"content-type": "application/json"}
    request = requests.Request("POST", f"https://{HOST}/", headers=headers, data=b"{}", auth=auth)
    one, other = request.prepare(), request.prepare()
    assert [each.headers["x-tc-timestamp"] for each in (one, other)] == ["1704153599", "1704153600"]
    dates = [each.headers["Authorization"].split("/")[1] for each in (one, other)]
    assert dates == ["2024-01-01", "2024-01-02"]
    # Signed again, a request is as if it was new.
    assert auth(one).headers == other.headers


def test_a_token_is_sent_and_not_signed():
    temporary = Credentials(CREDENTIALS.access_key_id, CREDENTIALS.access_key_secret, "EXAMPLETOKEN")
    with_token, without = signed(credentials=temporary).headers, signed().headers
    assert dict(with_token) == {**without, "x-tc-token": "EXAMPLETOKEN"}
    assert "x-tc-token" not in without
