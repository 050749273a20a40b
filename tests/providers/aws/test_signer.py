# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is particular to the signature of AWS: hosts, blanks, and tokens that go."""

from __future__ import annotations

from typing import Any, cast

import pytest
import requests

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.signer import SigV4Auth

from ...support.wire import authorization
from .signed import HOST, JSON, signed


def signature(**how):
    return authorization(signed(**how).headers["Authorization"])["Signature"]


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
    assert signed(url=url).headers["host"] == host
    assert signature(url=url) == signature(url=f"https://{host}/" if ":" not in host else url)


def test_blanks_in_a_header_count_once():
    one, other = (
        signature(headers={**JSON, "content-type": f"text/plain;{blanks}charset=utf-8"}) for blanks in (" ", "   ")
    )
    assert one == other


def test_a_token_that_is_no_longer_there_is_not_sent_again():
    keys = iter((Credentials("ID", "EXAMPLE", "first"), Credentials("ID", "EXAMPLE")))

    class Changing:
        def current(self):
            return next(keys)

    auth = SigV4Auth(cast(Any, Changing()), "ssm", "us-east-1", lambda: 0.0)
    request = requests.Request("POST", f"https://{HOST}/", headers=JSON, data=b"{}", auth=auth).prepare()
    assert request.headers["x-amz-security-token"] == "first"
    assert "x-amz-security-token" not in auth(request).headers
