# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests signed for Tencent Cloud."""

from __future__ import annotations

from typing import Any

import requests

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.tencent.signer import Tc3Auth

CREDENTIALS = Credentials("AKIDEXAMPLE", "EXAMPLESECRETKEY")
HOST = "tat.tencentcloudapi.com"


def signed(
    now: float = 1704164645,
    payload: str | bytes = "{}",
    *,
    host: str = HOST,
    service: str = "tat",
    credentials: Credentials = CREDENTIALS,
    **more: Any,
) -> Any:
    """A prepared and signed request. C(more) are headers, written with underscores."""
    headers = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in more.items()}}
    auth = Tc3Auth(credentials, service, lambda: now)
    return requests.Request("POST", f"https://{host}/", headers=headers, data=payload, auth=auth).prepare()
