# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How AWS has requests signed, and what it publishes of that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlencode

import requests

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.signer import SigV4Auth

CREDENTIALS = Credentials("AKIDEXAMPLE", "EXAMPLESECRETKEY")
HOST = "ssm.us-east-1.amazonaws.com"
JSON = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.CancelCommand"}
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
# The last second of a day and the first of the next, as they are written.
MIDNIGHT = ("20231231T235959Z", "20240101T000000Z")


def auth(now: Callable[[], float]) -> SigV4Auth:
    return SigV4Auth(CREDENTIALS, "ssm", "us-east-1", now)


def signed(
    now: float = 1704164645,
    payload: str | bytes = "{}",
    *,
    method: str = "POST",
    url: str = f"https://{HOST}/",
    service: str = "ssm",
    region: str = "us-east-1",
    credentials: Credentials = CREDENTIALS,
    headers: Mapping[str, str] = JSON,
) -> Any:
    """A prepared and signed request."""
    auth = SigV4Auth(credentials, service, region, lambda: now)
    return requests.Request(method, url, headers=headers, data=payload, auth=auth).prepare()


def of(now: float, parameters: Mapping[str, str]) -> Any:
    """With any parameters, in either form."""
    if len(parameters) % 2:
        return signed(now, json.dumps(parameters).encode())
    return signed(now, urlencode(parameters).encode(), headers=FORM)


SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJ=+token=="
MOMENTS = {"morning": datetime(2026, 1, 2, 3, 4, 5), "midnight": datetime(2025, 12, 31, 23, 59, 59)}
SUITE = {"now": 1440938160, "payload": "", "url": "https://example.amazonaws.com/", "service": "service", "headers": {}}
ONE = {"payload": "Param1=value1", "headers": {"content-type": "application/x-www-form-urlencoded"}}
# Letter of the reference and what departs from the usual; body; signature.
REFERENCE = r"""
A target=CancelCommand
{"CommandId": "11111111-2222-3333-4444-555555555555", "InstanceIds": ["i-0123456789abcdef0", "mi-0123456789abcdef1"]}
cdd9aaccb7d508e2b33cd55fa82753e1e10dc249eda9f06a81246827edaffc50
B target=CancelCommand token=yes
{"CommandId": "11111111-2222-3333-4444-555555555555"}
06e697bbeb43e90e2cca00a267f923a61376cf7106697baf2b704b66fb675ebe
C target=ListCommands region=eu-central-1
{"MaxResults": 50, "Filters": [{"key": "ExecutionStage", "value": "Executing"}]}
f28140cbcedb072454ce0537b817ef3518393f3b56aa9894de6d1d0240b8dd74
D target=ListCommandInvocations region=cn-north-1 host=ssm.cn-north-1.amazonaws.com.cn
{"CommandId": "11111111-2222-3333-4444-555555555555", "MaxResults": 50, "NextToken": "AbC+/=="}
4918ef68c7f67d0080cbe5d2160d37f6c3edc5ab4ec3384e3a2b90461d77ff25
E target=ListCommands
{"Filters": [{"key": "DocumentName", "value": "\u590d\u5236 caf\u00e9 \ud83d\ude80"}]}
9dfbe88f753e30947a202a90ce733d028dcf03faeefee0df78fdcc48e9cbc79b
F target=StopAutomationExecution region=us-gov-west-1 token=yes
{"AutomationExecutionId": "11111111-2222-3333-4444-555555555555", "Type": "Complete"}
219931dce0c44b85c90593ae14ad71c4380f666fa2603f4d491ac78c84eafdf7
G target=DescribeAutomationExecutions
{}
a6adc020c6f3b225fc659dae5b7a3452b6fedefc35c29e9aa7d95f36297eb6dc
H service=ec2
Action=CancelImportTask&Version=2016-11-15&ImportTaskId=import-ami-0123456789abcdef0&CancelReason=stop+~now%2A+%28it%27s+100%25+wrong%29+%2B+caf%C3%A9%2F%E6%AD%A2%E3%82%81%E3%82%8B
c4204a4c84953f07e101d3798704eea8b253465f852ad91f25a4c6660167648c
I service=ec2 token=yes
Action=CancelExportTask&Version=2016-11-15&ExportTaskId=export-ami-0123456789abcdef0
7b9f6b9055a358efb3413bea4958f69e154fbf3c3aa9a17121299e3f4b67081e
J service=ec2 region=us-west-2
Action=DescribeImportImageTasks&Version=2016-11-15&ImportTaskId.1=import-ami-1&ImportTaskId.2=import-ami-2&Filters.1.Name=task-state&Filters.1.Value.1=active&Filters.1.Value.2=deleting&MaxResults=100
f156b02c442b98157b18873b12b8688f3f79be053bcda567cc0a2f147ce233f4
K service=ec2 region=eu-west-1
Action=DescribeExportImageTasks&Version=2016-11-15&Filter.1.Name=task-state&Filter.1.Value.1=active&NextToken=
0031cb5696cbdaf0b560ec95cdb65064baeb914b287d162ca86ebc4e07b5729e
L service=cloudformation
Action=StopStackSetOperation&Version=2010-05-15&StackSetName=my-set&OperationId=61806005-bde9-46f1-949d-6791example
499f25c95575a3f82010ec8e30a1f505e8ef6f72ff96e123ac916602e9100e93
M service=cloudformation region=ap-southeast-1 token=yes
Action=ListStackSetOperationResults&Version=2010-05-15&StackSetName=my-set%3Ac491985e-df0e-449c-8821-c353f610e93e&OperationId=op-1&MaxResults=100&CallAs=DELEGATED_ADMIN&Filters.member.1.Name=OPERATION_RESULT_STATUS&Filters.member.1.Values=RUNNING
3681c4b2ca685fb1751827ab914416800a171e8a4df20a98d150915df9d37c42
N service=cloudformation
Action=ListStackSets&Version=2010-05-15&Status=ACTIVE&NextToken=a+b%2Bc~d%2Ae%3D%C3%BC
87b83f3fc4ced5d1fea35bd2098d4c7852e8bd842fa579601391885f4ce930d2
O service=sts
Action=GetCallerIdentity&Version=2011-06-15
b57eccc771c57ff3d2d1121eb0768f9b5a596f1e2aa97e452275256232edfb15
P target=CancelCommand moment=midnight
{"CommandId": "11111111-2222-3333-4444-555555555555"}
debe1b85d1f8ebada569efa8dc171facf3b0352d9506e3df094b805374d04a48
Q target=CancelCommand host=127.0.0.1:8765
{"CommandId": "11111111-2222-3333-4444-555555555555"}
1070e3bd813979a312969842fb3b4e1197ebeed0f16035e6fc9aa532621942a6
R target=CancelCommand host=vpce-0example.ssm.us-east-1.vpce.amazonaws.com
{"CommandId": "11111111-2222-3333-4444-555555555555"}
813caddcccfdd1f25dd41c880e212284146da68e7331321ac16985bd68a26120
"""


def _reference() -> Iterator[tuple[str, tuple[dict[str, Any], str]]]:
    lines = REFERENCE.strip().splitlines()
    for head, body, expected in zip(*[iter(lines)] * 3, strict=True):
        letter, *words = head.split()
        given = {"service": "ssm", "region": "us-east-1", **dict(word.split("=") for word in words)}
        host = given.get("host", "{service}.{region}.amazonaws.com".format(**given))
        how = {
            "now": MOMENTS[given.get("moment", "morning")].replace(tzinfo=timezone.utc).timestamp(),
            "payload": body,
            "url": f"https://{host}/",
            "service": given["service"],
            "region": given["region"],
            "credentials": Credentials("AKIDEXAMPLE", SECRET, TOKEN if "token" in given else None),
            "headers": {**JSON, "x-amz-target": f"AmazonSSM.{given['target']}"} if "target" in given else FORM,
        }
        yield letter, (how, expected)


VECTORS: dict[str, tuple[dict[str, Any], str]] = {
    name: ({**SUITE, "credentials": Credentials("AKIDEXAMPLE", SECRET), **how}, expected)
    for name, how, expected in (
        ("get", {"method": "GET"}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("post", {}, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "query",
            {"method": "GET", "url": f"{SUITE['url']}?Param2=value2&Param1=value1"},
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        ("form", ONE, "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    )
} | dict(_reference())
