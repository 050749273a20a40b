# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published signatures of Alibaba Cloud that the collection has no request for: the emulator has to agree with them."""

from __future__ import annotations

from emulator.alibaba import auth

from ...support.wire import sha256


def test_the_vector_with_a_body_and_special_characters():
    # It signs "accept" and "user-agent" as well, which the collection leaves out because proxies rewrite them.
    signed = {
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
        "host": "oos.cn-hangzhou.aliyuncs.com",
        "user-agent": "demo-agent/1.0",
        "x-acs-action": "CancelExecution",
        "x-acs-content-sha256": sha256("ExecutionId=exec-example0001&Note=a+b%2Ac~d"),
        "x-acs-date": "2024-01-02T03:04:05Z",
        "x-acs-signature-nonce": "nonce-0003",
        "x-acs-version": "2019-06-01",
    }
    query = {"RegionId": "cn-hangzhou", "Tags": '{"env":"a b*c~d"}'}
    canonical = auth.v3_canonical_request("POST", query.items(), signed, signed["x-acs-content-sha256"])
    assert "RegionId=cn-hangzhou&Tags=%7B%22env%22%3A%22a%20b%2Ac~d%22%7D" in canonical
    expected = "e4902bae4f4a526ce1177e5209896b35f8546e32799dd416b4dd48ed6344abff"
    assert auth.v3_signature(canonical, "EXAMPLESECRETKEY") == expected


def test_the_published_example_of_the_older_signature():
    sent = {
        "Timestamp": "2016-02-23T12:46:24Z",
        "Format": "XML",
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "Version": "2014-05-26",
        "SignatureVersion": "1.0",
        "Signature": "left out",
    }
    text = auth.v1_string_to_sign("GET", sent.items())
    assert auth.v1_signature(text, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
