# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be told to be wrong without asking the provider: one clear sentence, and not even a read is sent.

Whole modules in this process; tests/integration/test_bad_input.py shows some of them as Ansible does.
"""

from __future__ import annotations

import re

import pytest

from ._modules import Cloud, run

# The library would look for a role of this machine.
NO_KEYS = {"access_key_id": None, "access_key_secret": None, "credentials": "static"}

# What it is about, the options that make it, and what the message says.
OF_BOTH = [
    ("missing keys", NO_KEYS, "access_key_id is missing.*{access_key_id}"),
    ("only the id", {"access_key_secret": None}, "required together: access_key_id, access_key_secret"),
    ("only the secret", {"access_key_id": None}, "required together: access_key_id, access_key_secret"),
    ("empty secret", {"access_key_secret": ""}, "access_key_secret is missing"),
    ("missing region", {"region": None}, "region is missing.*{region}"),
    ("empty region", {"region": ""}, "region is missing"),
    ("region that is none", {"region": "cn-hangzhou.evil.example/"}, "region is .*not a region id"),
    ("secret with a line feed", {"access_key_secret": "abc\n"}, "access_key_secret .*copy it again"),
    ("provider that is none", {"provider": "aws"}, "value of provider must be one of: alibaba, tencent, got: aws"),
    ("missing provider", {"provider": None}, "missing required arguments: provider"),
    ("missing id", {"invocation_id": None}, "missing required arguments: invocation_id"),
    ("empty id", {"invocation_id": " "}, "invocation_id is empty.*Nothing was stopped"),
    ("empty instance id", {"instance_ids": ["{instance}", ""]}, "instance_ids contains an empty id"),
    ("only a blank instance id", {"instance_ids": [" "]}, "instance_ids contains an empty id"),
    ("null as instance id", {"instance_ids": [None]}, "instance_ids"),
    ("endpoint without a scheme", {"endpoint_url": "ecs.example.com"}, "endpoint_url is not a whole URL"),
    ("endpoint of another scheme", {"endpoint_url": "ftp://127.0.0.1"}, "endpoint_url is not a whole URL"),
    ("endpoint with a wrong port", {"endpoint_url": "http://127.0.0.1:99999"}, "endpoint_url is not a whole URL"),
    ("endpoint with a path", {"endpoint_url": "http://127.0.0.1/api"}, "endpoint_url must end after the host"),
    ("plain HTTP to elsewhere", {"endpoint_url": "http://127.0.0.1.example"}, "https://, or set allow_http=true"),
    ("proxy that is none", {"proxy": "127.0.0.1:3128"}, "proxy is not a whole URL"),
    ("negative time-out", {"wait_timeout": -1}, "wait_timeout is -1"),
    ("NaN as time-out", {"wait_timeout": "nan"}, "wait_timeout is nan"),
    ("endless time-out", {"wait_timeout": "inf"}, "wait_timeout is inf"),
    ("time-out in words", {"wait_timeout": "ten"}, "wait_timeout"),
    ("NaN as interval", {"wait_interval": "nan"}, "wait_interval is nan"),
    ("no interval", {"wait_interval": 0}, "wait_interval is 0"),
    ("no request time-out", {"request_timeout": 0}, "request_timeout is 0"),
    ("NaN as request time-out", {"request_timeout": "nan"}, "request_timeout is nan"),
    ("endless request time-out", {"request_timeout": "inf"}, "request_timeout is inf"),
    ("negative retries", {"retries": -1}, "retries is -1"),
    ("option that is none", {"instance_id": "x"}, "Unsupported parameters .*instance_id"),
]
OF_ONE = {
    "alibaba": [
        (
            "id of the other provider",
            {"invocation_id": "inv-abcd1234"},
            "inv-abcd1234 is the id of a Tencent Cloud invocation",
        ),
        (
            "instance of the other",
            {"instance_ids": ["ins-abcd1234"]},
            "ins-abcd1234 is the id of a Tencent Cloud instance",
        ),
    ],
    "tencent": [
        (
            "id of the other provider",
            {"invocation_id": "t-hz0abcd1234"},
            "t-hz0abcd1234 is the id of an Alibaba Cloud invocation",
        ),
        (
            "instance of the other",
            {"instance_ids": ["i-bp1abcd1234"]},
            "i-bp1abcd1234 is the id of an Alibaba Cloud instance",
        ),
    ],
}
WORDS = {
    "alibaba": {
        "access_key_id": "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "region": "ALIBABA_CLOUD_REGION_ID",
        "instance": "i-bp1abcd1234",
    },
    "tencent": {
        "access_key_id": "TENCENTCLOUD_SECRET_ID",
        "region": "TENCENTCLOUD_REGION",
        "instance": "ins-abcd1234",
    },
}

CONNECTIONS = {provider: Cloud().connection(provider) for provider in WORDS}


def without_none(options):
    """A list of ids may have it: Ansible passes it on."""
    return {
        name: [without_none(each) if isinstance(each, dict) else each for each in value]
        if isinstance(value, list)
        else value
        for name, value in options.items()
        if value is not None
    }


def filled(value, words):
    """The value with the words of a provider in it."""
    if isinstance(value, list):
        return [filled(each, words) for each in value]
    return value.format(**words) if isinstance(value, str) and "{" in value else value


@pytest.fixture
def refused(monkeypatch, tmp_path):
    """Runs a module with these options, and gives the message of its refusal. An option given as None is left out."""
    monkeypatch.setenv("HOME", str(tmp_path))

    def refused(module, options):
        cloud = Cloud()
        cloud.take_log()
        result = run(module, without_none(options), cloud)
        assert result["failed"] and not result.get("changed")
        assert "results" not in result and "operations" not in result
        assert cloud.take_log() == []
        assert "\n" not in result["msg"] and len(result["msg"]) < 1000
        return result["msg"]

    return refused


@pytest.mark.parametrize(
    ("provider", "options", "said"),
    [
        pytest.param(provider, options, said, id=f"{provider}: {name}")
        for provider in WORDS
        for name, options, said in (*OF_BOTH, *OF_ONE[provider])
    ],
)
def test_a_stop(refused, provider, options, said):
    words = WORDS[provider]
    fine = {"invocation_id": {"alibaba": "t-hz00001", "tencent": "inv-00001abc"}[provider]}
    wrong = {name: filled(each, words) for name, each in options.items()}

    msg = refused("cloud_invocation_cancel", {**CONNECTIONS[provider], **fine, **wrong})

    assert re.search(said.format(**words), msg), msg


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"region": None}, "region is missing"),
        (NO_KEYS, "access_key_id is missing"),
        ({"older_than": "2 weeks"}, "older_than: '2 weeks' is not an age"),
        ({"max_results": 0}, "max_results is 0"),
        ({"state": ["busy"]}, "value of state must be one or more of"),
        ({"invocation_id": " "}, "invocation_id is empty"),
        ({"invocation_id": "t-hz00001", "name": "x"}, "mutually exclusive"),
    ],
)
def test_a_look(refused, options, said):
    assert said in refused("cloud_invocation_info", {**CONNECTIONS["alibaba"], **options})


ALIBABA, TENCENT = (CONNECTIONS[provider] for provider in ("alibaba", "tencent"))
KEY = {name: ALIBABA[name] for name in ("access_key_id", "access_key_secret")}
KEYLESS = [{**each, **dict.fromkeys(KEY)} for each in (ALIBABA, TENCENT)]
TARGET = {"kind": "cloud_invocation", "id": "t-hz0example001", **ALIBABA}


@pytest.mark.parametrize(
    ("targets", "options", "said"),
    [
        ([], {}, "targets is empty"),
        ([TARGET, {**TARGET, "id": " "}], {}, "targets[1]: id is empty"),
        ([{**TARGET, "instance_ids": []}], {}, "targets[0]: instance_ids is empty"),
        ([{**TARGET, "instance_ids": ["i-1", ""]}], {}, "instance_ids contains an empty id"),
        (
            [{**TARGET, "kind": "automation_execution", "id": "exec-example", "instance_ids": ["i-1"]}],
            {},
            "automation_execution cannot be stopped on some instances only",
        ),
        ([{**TENCENT, "kind": "image_task", "id": "t-1"}], {}, "tencent has no image_task"),
        ([{**TARGET, "provider": None}], {}, "targets[0]: provider is missing"),
        ([{**TARGET, "region": None}], {}, "region is missing"),
        ([{**TARGET, "id": None}], {}, "missing required arguments: id"),
        ([{**TARGET, "instanceids": ["i-1"]}], {}, "instanceids"),
        ([{**TARGET, "kind": "cloud_invocations"}], {}, "cloud_invocations"),
        ([{**TARGET, "id": "inv-example1"}], {}, "the id of a Tencent Cloud invocation"),
        (
            [{**TARGET, "expected_name": "b"}, {**TARGET, "expected_name": "a"}],
            {},
            "with the expected_name 'a' and 'b'",
        ),
        (
            [
                {"kind": "cloud_invocation", "id": "t-hz0example001", **KEYLESS[0]},
                {"kind": "cloud_invocation", "id": "inv-example1", **KEYLESS[1]},
            ],
            KEY,
            "access_key_id is set for the whole task",
        ),
        ([TARGET], {"wait_timeout": -1}, "wait_timeout is -1"),
        ([TARGET], {"progress": -1}, "progress is -1"),
        ([TARGET], {"concurrency": 0}, "concurrency is 0"),
    ],
)
def test_a_stop_of_many(refused, targets, options, said):
    assert said in refused("inflight_cancel", {"targets": targets, **options})


@pytest.mark.parametrize(
    ("scopes", "options", "said"),
    [
        ([], {}, "scopes is empty"),
        ([ALIBABA], {"kinds": []}, "kinds is empty"),
        ([TENCENT], {"instance_ids": []}, "instance_ids is empty"),
        ([ALIBABA], {"name": ""}, "name is empty"),
        ([ALIBABA], {"older_than": ""}, "older_than is empty"),
        ([ALIBABA], {"older_than": "3 weeks"}, "'3 weeks' is not an age"),
        ([ALIBABA], {"max_results": 0}, "max_results is 0"),
        ([ALIBABA], {"kinds": ["image_taks"]}, "image_taks"),
        ([{**ALIBABA, "regoin": "cn-beijing"}], {}, "regoin"),
        ([ALIBABA, {**ALIBABA, "region": None}], {}, "scopes[1]: region is missing"),
        ([{**ALIBABA, "provider": None}], {}, "scopes[0]: provider is missing"),
        (
            [TENCENT],
            {"kinds": ["image_task", "cloud_invocation"]},
            "no provider of the scopes has image_task",
        ),
        (
            [ALIBABA],
            {"kinds": ["image_task"], "instance_ids": ["i-1"]},
            "instance_ids selects commands on instances",
        ),
        ([TENCENT, ALIBABA], {"instance_ids": ["ins-1"]}, "scopes[1]: instance_ids: ins-1 is"),
        (KEYLESS, KEY, "scopes[1]: access_key_id is set for the whole task"),
        ([ALIBABA], {"concurrency": 0}, "concurrency is 0"),
        ([ALIBABA], {"rate": -1}, "rate is -1"),
        ([ALIBABA], {"rate": 1e30}, "rate is 1e+30"),
        ([{**ALIBABA, "access_key_secret": None}], {}, "access_key_id, access_key_secret"),
        ([{**KEYLESS[0], "security_token": "MARKER-token"}], {}, "security_token is set without its key"),
    ],
)
def test_a_search(refused, scopes, options, said):
    assert said in refused("inflight_info", {"scopes": scopes, **options})
