# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only a provider, or the way there, can tell to be wrong gives one clear sentence and stops nothing."""

from __future__ import annotations

import re

import pytest

from ..support.emulated import CANCEL_MANY, INFO_MANY
from ..support.modules import play
from ..support.providers import part
from ..support.scripted import nobody

NOWHERE = {"endpoint_url": "http://halt.invalid", "allow_http": True, "retries": 0}
MARKED = "http://user:MARKER@127.0.0.1:9"
NO_PATH = {"endpoint_url": "https://127.0.0.1:9", "ca_path": "/no/such/file"}
ANSWERS = {
    "HTML": ({"kind": "not_json"}, "NotAnAnswer: .*HTTP 200 and text/html.*proxy or a login page"),
    "a list": ({"kind": "not_json", "body": "[]"}, "NotAnAnswer"),
    "nothing": ({"kind": "not_json", "body": ""}, "NotAnAnswer"),
    "404 of a web server": ({"kind": "http_error", "http_status": 404}, "NotAnAnswer: .*HTTP 404"),
    "a redirect": ({"kind": "redirect", "location": "http://127.0.0.1:9/"}, "Redirected: .*Check endpoint_url"),
    # Without the fields that an answer has, nothing is there.
    "somebody else's JSON": ({"kind": "not_json", "body": '{"a": 1}', "times": None}, "was not found|NotAnAnswer"),
}


def check(result, said):
    """It failed without a change, and says what is wrong in words that a user can read."""
    assert (result["failed"], result.get("changed", False)) == (True, False)
    assert re.search(said, result["msg"]), result["msg"]
    assert "\n" not in result["msg"] and len(result["msg"]) < 1000


def test_what_the_provider_refuses(cloud):
    command = cloud.run(count=2)
    words, refusals = cloud.words, part(cloud.provider, "words")
    cases = [
        ({"access_key_secret": "MARKER"}, f"{refusals.WRONG_SECRET}.*Check access_key_id, access_key_secret"),
        ({"access_key_id": "AKnobody", "access_key_secret": "MARKER"}, f"{refusals.UNKNOWN_KEY}.*Check access_key_id"),
        (cloud.keys["session"] | {"security_token": None}, f"{refusals.NO_TOKEN}.*Check access_key_id.*security_token"),
        (cloud.keys["denied"], f"{words.denied}.*permission [a-z]+:{words.describe}\\."),
        ({"region": refusals.NOWHERE}, refusals.NO_SUCH_REGION),
        *refusals.MALFORMED,
    ]

    results = play(*(cloud.cancel(command, **options) for options, _ in cases))
    (search,) = play(cloud.info(access_key_secret="MARKER"))

    check(search, "Could not read.*Check access_key_id")
    for (_, said), result in zip(cases, results, strict=True):
        check(result, said)
    assert [each["error"]["class"] for each in (search, *results[:4])] == ["auth"] * 4 + ["denied"]
    for each in results[:4]:
        assert each["error"]["request_id"] in each["msg"]
    # The providers repeat what was signed in their message, for those who write clients.
    assert "not match" in results[0]["error"]["message"] and "Signed text" not in results[0]["error"]["message"]
    assert not re.search(r"x-acs-|x-tc-|x-amz-|\\n", results[0]["msg"])
    assert cloud.stops() == []
    assert set(cloud.statuses(command).values()) == {words.running}


def test_what_is_wrong_on_the_way(cloud):
    refused = "Unreachable: no connection to .*refused.*Check endpoint_url"
    unknown = "Unreachable: no connection to http://halt.invalid/.*Check endpoint"
    with nobody() as closed:
        proxy = closed.replace("//", "//user:MARKER@")
        cases = [
            (cloud.cancel("x-1", endpoint_url=closed, retries=1), refused),
            (cloud.info(endpoint_url=closed, retries=0), f"Could not read.*{refused}"),
            (cloud.cancel("x-1", **NOWHERE), unknown),
            (cloud.cancel("x-1", **NOWHERE, proxy=proxy), "Unreachable: .*Check endpoint_url, region, proxy"),
            (cloud.cancel("x-1", **NO_PATH), "/no/such/file.*ca_path"),
            (cloud.info(endpoint_url=MARKED), "endpoint_url must not carry a user name or password"),
            (cloud.cancel("x-1", proxy=f"{MARKED}/path"), "proxy"),
            (cloud.cancel("x-1", proxy="socks9://user:MARKER@127.0.0.1:9"), "proxy"),
        ]
        results = play(*(task for task, _ in cases))

    for (_, said), result in zip(cases, results, strict=True):
        check(result, said)
    assert cloud.requests() == []


@pytest.mark.parametrize(("fault", "said"), ANSWERS.values(), ids=ANSWERS)
def test_answers_that_are_none(cloud, fault, said):
    cloud.fault(**fault, action=cloud.words.describe)

    (result,) = play(cloud.cancel(cloud.run(), retries=0))

    check(result, said)
    assert cloud.stops() == []


def test_secrets_that_nobody_comes_to_use_are_not_shown(alibaba, tencent):
    """Every place that a refused task names is looked through before anything is printed."""
    hidden = {"proxy": MARKED, "access_key_secret": "MARKER"}
    refused = play(
        alibaba.cancel("t-hz00001", **hidden, region=None),
        alibaba.cancel("t-hz00001", proxy=MARKED, access_key_id=None, access_key_secret=None, credentials="static"),
        alibaba.cancel("t-hz00001", **hidden, access_key_id=None),
        alibaba.cancel("t-hz00001", **{**hidden, "access_key_secret": "MARKER with a blank"}),
        alibaba.cancel("t-hz00001", **hidden, wait_timeout=-1),
        # Refused by Ansible itself.
        alibaba.cancel("t-hz00001", **hidden, nonsense=True),
        alibaba.cancel("t-hz00001", **hidden, retries="many"),
        {INFO_MANY: {**alibaba.place(**hidden), "older_than": "long"}},
        {INFO_MANY: {"scopes": [{"region": "cn-hangzhou"}, alibaba.place(**hidden)]}},
        {CANCEL_MANY: {"targets": [alibaba.target(""), alibaba.target("x", **hidden)]}},
        {CANCEL_MANY: {"targets": [alibaba.target("x", **hidden, nonsense=True)]}},
    )
    # Of a place that nothing is asked of.
    (searched,) = play({INFO_MANY: {"scopes": [alibaba.place(), tencent.place(**hidden)], "kinds": ["image_task"]}})

    assert [each["failed"] for each in refused] == [True] * len(refused)
    assert not searched["failed"]
