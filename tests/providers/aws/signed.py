# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests as the collection signs them for AWS."""

from __future__ import annotations

from typing import Any

import requests

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.signer import SigV4Auth

CREDENTIALS = Credentials("AKIDEXAMPLE", "EXAMPLESECRETKEY")
HOST = "ssm.us-east-1.amazonaws.com"
JSON = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.CancelCommand"}


def signed(
    now: float = 1704164645,
    payload: str | bytes = "{}",
    *,
    method: str = "POST",
    url: str = f"https://{HOST}/",
    service: str = "ssm",
    region: str = "us-east-1",
    credentials: Credentials = CREDENTIALS,
    headers: dict[str, str] = JSON,
) -> Any:
    """A prepared and signed request."""
    auth = SigV4Auth(credentials, service, region, lambda: now)
    return requests.Request(method, url, headers=headers, data=payload, auth=auth).prepare()
