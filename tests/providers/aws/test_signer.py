# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signature of AWS."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any, cast
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.signer import SigV4Auth

from ...support.wire import authorization
from .signed import CREDENTIALS, HOST, JSON, signed
from .wire import signature_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJ=+token=="


def signature(request):
    return authorization(request.headers["Authorization"])["Signature"]


SUITE = [
    ("GET", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("POST", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    (
        "GET",
        "?Param2=value2&Param1=value1",
        "",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    (
        "GET",
        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    ),
    ("POST", "", "Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
]


@pytest.mark.parametrize(("method", "path", "body", "expected"), SUITE)
def test_the_published_suite(method, path, body, expected):
    request = signed(
        1440938160,
        body,
        method=method,
        url=f"https://example.amazonaws.com/{path}",
        service="service",
        credentials=Credentials("AKIDEXAMPLE", SECRET),
        headers={"content-type": "application/x-www-form-urlencoded"} if body else {},
    )
    assert signature(request) == expected
    assert request.headers["x-amz-date"] == "20150830T123600Z"


MORNING = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc).timestamp()
MIDNIGHT = datetime(2025, 12, 31, 23, 59, 59, tzinfo=timezone.utc).timestamp()
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
COMMAND = '{"CommandId": "11111111-2222-3333-4444-555555555555"}'
# Letter of the reference, target of a JSON call, what departs from the usual, body, signature.
VECTORS = [
    (
        "A",
        "CancelCommand",
        {},
        f'{COMMAND[:-1]}, "InstanceIds": ["i-0123456789abcdef0", "mi-0123456789abcdef1"]}}',
        "cdd9aaccb7d508e2b33cd55fa82753e1e10dc249eda9f06a81246827edaffc50",
    ),
    (
        "B",
        "CancelCommand",
        {"token": True},
        COMMAND,
        "06e697bbeb43e90e2cca00a267f923a61376cf7106697baf2b704b66fb675ebe",
    ),
    (
        "C",
        "ListCommands",
        {"region": "eu-central-1"},
        '{"MaxResults": 50, "Filters": [{"key": "ExecutionStage", "value": "Executing"}]}',
        "f28140cbcedb072454ce0537b817ef3518393f3b56aa9894de6d1d0240b8dd74",
    ),
    (
        "D",
        "ListCommandInvocations",
        {"region": "cn-north-1", "host": "ssm.cn-north-1.amazonaws.com.cn"},
        '{"CommandId": "11111111-2222-3333-4444-555555555555", "MaxResults": 50, "NextToken": "AbC+/=="}',
        "4918ef68c7f67d0080cbe5d2160d37f6c3edc5ab4ec3384e3a2b90461d77ff25",
    ),
    (
        "E",
        "ListCommands",
        {},
        '{"Filters": [{"key": "DocumentName", "value": "\\u590d\\u5236 caf\\u00e9 \\ud83d\\ude80"}]}',
        "9dfbe88f753e30947a202a90ce733d028dcf03faeefee0df78fdcc48e9cbc79b",
    ),
    (
        "F",
        "StopAutomationExecution",
        {"region": "us-gov-west-1", "token": True},
        '{"AutomationExecutionId": "11111111-2222-3333-4444-555555555555", "Type": "Complete"}',
        "219931dce0c44b85c90593ae14ad71c4380f666fa2603f4d491ac78c84eafdf7",
    ),
    (
        "G",
        "DescribeAutomationExecutions",
        {},
        "{}",
        "a6adc020c6f3b225fc659dae5b7a3452b6fedefc35c29e9aa7d95f36297eb6dc",
    ),
    (
        "H",
        None,
        {"service": "ec2"},
        "Action=CancelImportTask&Version=2016-11-15&ImportTaskId=import-ami-0123456789abcdef0&CancelReason=stop+~now%2A+%28it%27s+100%25+wrong%29+%2B+caf%C3%A9%2F%E6%AD%A2%E3%82%81%E3%82%8B",
        "c4204a4c84953f07e101d3798704eea8b253465f852ad91f25a4c6660167648c",
    ),
    (
        "I",
        None,
        {"service": "ec2", "token": True},
        "Action=CancelExportTask&Version=2016-11-15&ExportTaskId=export-ami-0123456789abcdef0",
        "7b9f6b9055a358efb3413bea4958f69e154fbf3c3aa9a17121299e3f4b67081e",
    ),
    (
        "J",
        None,
        {"service": "ec2", "region": "us-west-2"},
        "Action=DescribeImportImageTasks&Version=2016-11-15&ImportTaskId.1=import-ami-1&ImportTaskId.2=import-ami-2&Filters.1.Name=task-state&Filters.1.Value.1=active&Filters.1.Value.2=deleting&MaxResults=100",
        "f156b02c442b98157b18873b12b8688f3f79be053bcda567cc0a2f147ce233f4",
    ),
    (
        "K",
        None,
        {"service": "ec2", "region": "eu-west-1"},
        "Action=DescribeExportImageTasks&Version=2016-11-15&Filter.1.Name=task-state&Filter.1.Value.1=active&NextToken=",
        "0031cb5696cbdaf0b560ec95cdb65064baeb914b287d162ca86ebc4e07b5729e",
    ),
    (
        "L",
        None,
        {"service": "cloudformation"},
        "Action=StopStackSetOperation&Version=2010-05-15&StackSetName=my-set&OperationId=61806005-bde9-46f1-949d-6791example",
        "499f25c95575a3f82010ec8e30a1f505e8ef6f72ff96e123ac916602e9100e93",
    ),
    (
        "M",
        None,
        {"service": "cloudformation", "region": "ap-southeast-1", "token": True},
        "Action=ListStackSetOperationResults&Version=2010-05-15&StackSetName=my-set%3Ac491985e-df0e-449c-8821-c353f610e93e&OperationId=op-1&MaxResults=100&CallAs=DELEGATED_ADMIN&Filters.member.1.Name=OPERATION_RESULT_STATUS&Filters.member.1.Values=RUNNING",
        "3681c4b2ca685fb1751827ab914416800a171e8a4df20a98d150915df9d37c42",
    ),
    (
        "N",
        None,
        {"service": "cloudformation"},
        "Action=ListStackSets&Version=2010-05-15&Status=ACTIVE&NextToken=a+b%2Bc~d%2Ae%3D%C3%BC",
        "87b83f3fc4ced5d1fea35bd2098d4c7852e8bd842fa579601391885f4ce930d2",
    ),
    (
        "O",
        None,
        {"service": "sts"},
        "Action=GetCallerIdentity&Version=2011-06-15",
        "b57eccc771c57ff3d2d1121eb0768f9b5a596f1e2aa97e452275256232edfb15",
    ),
    (
        "P",
        "CancelCommand",
        {"now": MIDNIGHT},
        COMMAND,
        "debe1b85d1f8ebada569efa8dc171facf3b0352d9506e3df094b805374d04a48",
    ),
    (
        "Q",
        "CancelCommand",
        {"host": "127.0.0.1:8765"},
        COMMAND,
        "1070e3bd813979a312969842fb3b4e1197ebeed0f16035e6fc9aa532621942a6",
    ),
    (
        "R",
        "CancelCommand",
        {"host": "vpce-0example.ssm.us-east-1.vpce.amazonaws.com"},
        COMMAND,
        "813caddcccfdd1f25dd41c880e212284146da68e7331321ac16985bd68a26120",
    ),
]


def of_vector(target, how, body):
    service, region = how.get("service", "ssm"), how.get("region", "us-east-1")
    host = how.get("host", f"{service}.{region}.amazonaws.com")
    return signed(
        how.get("now", MORNING),
        body,
        url=f"https://{host}/",
        service=service,
        region=region,
        credentials=Credentials("AKIDEXAMPLE", SECRET, TOKEN if "token" in how else None),
        headers={**JSON, "x-amz-target": f"AmazonSSM.{target}"} if target else FORM,
    )


@pytest.mark.parametrize(
    ("target", "how", "body", "expected"), [row[1:] for row in VECTORS], ids=[row[0] for row in VECTORS]
)
def test_the_vectors_of_the_reference(target, how, body, expected):
    request = of_vector(target, how, body)
    assert signature(request) == signature(of_vector(target, how, body.encode())) == expected
    names = [
        "content-type",
        "host",
        "x-amz-date",
        *["x-amz-security-token"] * ("token" in how),
        *["x-amz-target"] * bool(target),
    ]
    date = request.headers["x-amz-date"][:8]
    scope = f"{date}/{how.get('region', 'us-east-1')}/{how.get('service', 'ssm')}/aws4_request"
    assert request.headers["Authorization"] == (
        f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={';'.join(names)}, Signature={expected}"
    )


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (f"https://{HOST}:443/", HOST),
        (f"https://{HOST.upper()}/", HOST),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://127.0.0.1:443/", "127.0.0.1:443"),
        ("https://127.0.0.1:80/", "127.0.0.1:80"),
        ("http://[::1]:8899/", "[::1]:8899"),
    ],
)
def test_a_port_is_part_of_the_host_unless_it_is_the_usual_one(url, host):
    request = signed(url=url)
    assert request.headers["host"] == host
    assert signature(request) == signature(signed(url=f"https://{host}/" if ":" not in host else url))


def test_queries_are_signed_by_name_and_value_as_they_are_encoded():
    one, other = (
        signed(method="GET", url=f"https://{HOST}/?{query}") for query in ("a-b=1&a=%2f&a=+&b", "b=&a=%20&a=%2F&a-b=1")
    )
    assert signature(one) == signature(other) != signature(signed(method="GET", url=f"https://{HOST}/"))


@settings(deadline=None)
@given(st.dictionaries(TEXT, TEXT, max_size=5), st.integers(min_value=0, max_value=4102444800), st.booleans())
def test_the_signature_is_the_one_that_a_server_computes_from_the_bytes(parameters, moment, is_json):
    body = json.dumps(parameters) if is_json else urlencode(parameters)
    request = signed(moment, body.encode(), headers=JSON if is_json else FORM)
    said = authorization(request.headers["Authorization"])
    headers = {name: request.headers[name] for name in said["SignedHeaders"].split(";")}
    scope = f"{datetime.fromtimestamp(moment, timezone.utc):%Y%m%d}/us-east-1/ssm/aws4_request"
    assert said["Credential"] == f"AKIDEXAMPLE/{scope}"
    assert said["Signature"] == signature_of(CREDENTIALS.access_key_secret, headers, request.body or b"", scope)


def test_blanks_in_a_header_count_once():
    spaced = {"content-type": "text/plain;   charset=utf-8", "x-amz-target": "A.B"}
    assert signature(signed(headers=spaced)) == signature(
        signed(headers={**spaced, "content-type": "text/plain; charset=utf-8"})
    )


def test_each_preparation_has_a_time_and_a_token_of_its_own():
    moments = iter((MIDNIGHT, MIDNIGHT + 1, MIDNIGHT + 1))
    keys = iter((Credentials("ID", "EXAMPLE", "first"), *[Credentials("ID", "EXAMPLE")] * 2))

    class Changing:
        def current(self):
            return next(keys)

    auth = SigV4Auth(cast(Any, Changing()), "ssm", "us-east-1", lambda: next(moments))
    request = requests.Request("POST", f"https://{HOST}/", headers=JSON, data=b"{}", auth=auth)
    one, other = request.prepare(), request.prepare()
    assert [each.headers["x-amz-date"] for each in (one, other)] == ["20251231T235959Z", "20260101T000000Z"]
    assert [each.headers["Authorization"].split("/")[1] for each in (one, other)] == ["20251231", "20260101"]
    assert [each.headers.get("x-amz-security-token") for each in (one, other)] == ["first", None]
    # Signed again, a request is as if it was new.
    assert auth(one).headers == other.headers
