# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Tencent Cloud has requests signed, and what it publishes of that."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import requests

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.signer import Tc3Auth

CREDENTIALS = Credentials("AKIDEXAMPLE", "EXAMPLESECRETKEY")
# The last second of a day and the first of the next, as they are written.
MIDNIGHT = ("1704067199", "1704067200")


def auth(now: Callable[[], float]) -> Tc3Auth:
    return Tc3Auth(CREDENTIALS, "tat", now)


def signed(
    now: float = 1704164645,
    payload: str | bytes = "{}",
    *,
    method: str = "POST",
    query: str = "",
    host: str = "tat.tencentcloudapi.com",
    service: str = "tat",
    credentials: Credentials = CREDENTIALS,
    **more: str,
) -> Any:
    """A prepared and signed request. C(more) are headers, written with underscores."""
    headers = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in more.items()}}
    made = requests.Request(method, f"https://{host}/{query}", headers=headers, data=payload)
    made.auth = Tc3Auth(credentials, service, lambda: now)
    return made.prepare()


def of(now: float, parameters: Mapping[str, str]) -> Any:
    """With any parameters."""
    return signed(now, json.dumps(parameters).encode(), x_tc_action="CancelInvocation")


UTF_8 = "application/json; charset=utf-8"
KEY = "Gu5t9xGARNpq86cd98joQYCN3"
PUBLISHED = {
    "now": 1551113065,
    "payload": r'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
    "host": "cvm.tencentcloudapi.com",
    "service": "cvm",
    "content_type": UTF_8,
    "x_tc_version": "2017-03-12",
    "x_tc_region": "ap-guangzhou",
}
DESCRIBE = {**PUBLISHED, "x_tc_action": "DescribeInstances"}
EXAMPLE, MASKED, STARS = (
    {"credentials": Credentials("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secret)}
    for secret in (f"{KEY}EXAMPLE", f"{KEY}*******", "*" * 32)
)
ABROAD = {
    "host": "tat.intl.tencentcloudapi.com",
    "credentials": Credentials("AKIDEXAMPLETMP", "EXAMPLETMPKEY", "EXAMPLETOKEN"),
}
CANCEL = {"payload": '{"InvocationId": "inv-ib2lld37", "InstanceIds": ["ins-zcewfho0", "ins-zcewfho1"]}'}
LISTED = {"payload": '{"InvocationIds": ["inv-ib2lld37"], "Limit": 1, "Offset": 0}'}
FORM = {
    "method": "GET",
    "payload": "",
    "query": "?Filters.0.Name=invocation-id&Filters.0.Values.0=inv-ib2lld37&Limit=100&Offset=0",
    "content_type": "application/x-www-form-urlencoded",
}
# By its letter in the reference. The collection signs every payload, so that of G, which is none, is given as one.
VECTORS: dict[str, tuple[dict[str, Any], str]] = {
    "published 1": (PUBLISHED | EXAMPLE, "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"),
    "published 2": (PUBLISHED | MASKED, "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"),
    "published 3": (DESCRIBE | EXAMPLE, "644be983de9a8a3f00db8eadaba61467c3b429e2215758ba897b738ca469fd26"),
    "published 4": (DESCRIBE | STARS, "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"),
    "A": (CANCEL, "d1e0725738c6b4547104ba5c6a6819f7174bef485e01ccc7e58f650174584b34"),
    "A2": (
        {**CANCEL, "content_type": UTF_8, "x_tc_action": "CancelInvocation"},
        "8779cbf89a1fbdd0062269ab7f7e6b33b6dd1c3da4fafcb9f47ef4d1ff15edbc",
    ),
    "B": (LISTED | ABROAD, "935745688e8d5b30284b743cfe5cae47809de01faedd7cb97ad37e99d6bfbfd8"),
    "C": (FORM, "f13aca9a2ceee3bf262711b2d2c90896f23f49431b0c000963cf7f88fc0c8858"),
    "D": ({}, "4da48da11e11fbce97c3cb744346da13b649d200ffe95951dabef4cc2fda06b8"),
    "F": ({**CANCEL, "now": 1704153599}, "bea668237a4c157380712cf0f999f288a18b4041e6c9fffead515af7bc138210"),
    "G": ({"payload": "UNSIGNED-PAYLOAD"}, "1c066535fe0c394667311617561523aacadec483924b6f7007a54af753932d07"),
    "H": (
        {"payload": '{"Filters": [{"Name": "command-id", "Values": ["命令"]}]}'},
        "8931e7eb875339f99a13f1aba57192e6f34a252121660cad9e019e66d31c5eb4",
    ),
}
