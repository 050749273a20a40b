# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signature of every provider: its published examples, any request, and the moment at which it is made."""

from __future__ import annotations

import time

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials

from ..support.providers import having, part
from ..support.scripted import Received
from ..support.wire import authorization

NAMES = having("signed")
SECRET = "EXAMPLESECRETKEY"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VECTORS = [
    pytest.param(name, how, expected, id=f"{name}-{label}")
    for name in NAMES
    for label, (how, expected) in part(name, "signed").VECTORS.items()
]
everywhere = pytest.mark.parametrize("name", NAMES)


def signed(name, **how):
    return part(name, "signed").signed(**how)


def is_signed_well(name, request, secret=SECRET):
    """Whether the emulator would say so."""
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    body = (request.body or "").encode() if not isinstance(request.body, bytes) else request.body
    arrived = Received(request.method, request.path_url, headers, body, 0)
    return part(name, "wire").WIRE.is_signed_well(arrived, secret)


@pytest.mark.parametrize(("name", "how", "expected"), VECTORS)
def test_the_vectors_of_the_reference(name, how, expected):
    request = signed(name, **how)
    said = authorization(request.headers["Authorization"])
    assert said["Signature"] == expected
    key = how.get("credentials", part(name, "signed").CREDENTIALS)
    assert said["Credential"].partition("/")[0] == key.access_key_id
    assert is_signed_well(name, request, key.access_key_secret)
    if "payload" in how:
        again = signed(name, **{**how, "payload": how["payload"].encode()})
        assert again.headers == request.headers


@everywhere
@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=6), st.integers(min_value=0, max_value=4102444800))
def test_the_signature_is_the_one_that_a_server_computes(name, parameters, moment):
    assert is_signed_well(name, part(name, "signed").of(moment, parameters))


@everywhere
def test_each_preparation_has_a_moment_of_its_own_and_the_date_may_change(name):
    known, wire = part(name, "signed"), part(name, "wire").WIRE
    moments = iter((1704067199.99, 1704067200.0, 1704067200.0))
    template = signed(name)
    auth = known.auth(lambda: next(moments))
    request = requests.Request("POST", template.url, headers={"content-type": "x"}, data=b"{}", auth=auth)
    one, other = request.prepare(), request.prepare()
    assert (one.headers[wire.date_header], other.headers[wire.date_header]) == known.MIDNIGHT
    assert is_signed_well(name, one) and is_signed_well(name, other)
    assert one.headers["Authorization"] != other.headers["Authorization"]
    # Signed again, a request is as if it was new.
    assert auth(one).headers == other.headers


@everywhere
def test_a_token_is_sent_and_the_secret_is_not(name):
    header = part(name, "wire").WIRE.token_header
    request = signed(name, credentials=Credentials("ID", SECRET, "EXAMPLETOKEN"))
    assert request.headers[header] == "EXAMPLETOKEN" and is_signed_well(name, request)
    assert header not in signed(name).headers
    assert SECRET not in str(request.headers)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles"])
@everywhere
def test_dates_are_those_of_utc_in_every_time_zone(monkeypatch, name, zone):
    expected = signed(name, now=1704153599).headers
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert signed(name, now=1704153599).headers == expected
    finally:
        monkeypatch.undo()
        time.tzset()
