# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests signed for Alibaba Cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import requests

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.signer import Acs3Auth

CREDENTIALS = Credentials("LTAIEXAMPLEID", "EXAMPLESECRETKEY")
HOST = "ecs.cn-beijing.aliyuncs.com"


def signed(
    now: float = 1704164645,
    parameters: Mapping[str, str] | None = None,
    *,
    host: str = HOST,
    credentials: Credentials = CREDENTIALS,
    nonce: str = "nonce",
    body: bytes = b"",
    action: str = "StopInvocation",
    version: str = "2014-05-26",
    **more: Any,
) -> Any:
    """A prepared and signed request. C(more) are headers."""
    url = f"https://{host}/?{urlencode(parameters or {}, quote_via=quote, safe='~')}"
    headers = {"x-acs-action": action, "x-acs-version": version, **more}
    auth = Acs3Auth(credentials, lambda: now, lambda: nonce)
    return requests.Request("POST", url, headers=headers, data=body, auth=auth).prepare()
