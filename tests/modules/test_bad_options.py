# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be told to be wrong without asking the provider: one clear sentence, and not even a read is sent."""

from __future__ import annotations

import re

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import PROVIDERS

from ..support.providers import NAMES, part, words
from .offline import Cloud, run

# The library would look for a role of this machine.
NO_KEYS = {"access_key_id": None, "access_key_secret": None, "credentials": "static"}

# The options that make it, and what the message says.
OF_EVERY_STOP = [
    (NO_KEYS, "access_key_id is missing.*{access_key_id}"),
    ({"access_key_secret": None}, "required together: access_key_id, access_key_secret"),
    ({"access_key_id": None}, "required together: access_key_id, access_key_secret"),
    ({"access_key_secret": ""}, "access_key_secret is missing"),
    ({"access_key_secret": "abc\n"}, "access_key_secret .*copy it again"),
    ({"region": None}, "region is missing.*{region}"),
    ({"region": "cn-hangzhou.evil.example/"}, "region is .*not a region id"),
    ({"provider": "nobody"}, f"value of provider must be one of: {', '.join(PROVIDERS)}, got: nobody"),
    ({"provider": None}, "missing required arguments: provider"),
    ({"invocation_id": None}, "missing required arguments: invocation_id"),
    ({"invocation_id": " "}, "invocation_id is empty.*Nothing was stopped"),
    ({"instance_ids": [None]}, "instance_ids is neither a name nor an id"),
    ({"instance_ids": "x-1,'x-2"}, 'instance_ids has a quote that is not closed.*"'),
    ({"endpoint_url": "ecs.example.com"}, "endpoint_url is not a complete URL"),
    ({"endpoint_url": "http://127.0.0.1.example"}, "https://, or set allow_http=true"),
    ({"proxy": "127.0.0.1:3128"}, "proxy is not a complete URL"),
    ({"wait_timeout": -1}, "wait_timeout is -1"),
    ({"wait_timeout": "nan"}, "wait_timeout is nan"),
    ({"wait_timeout": "inf"}, "wait_timeout is inf"),
    ({"wait_timeout": "ten"}, "wait_timeout"),
    ({"wait_interval": "nan"}, "wait_interval is nan"),
    ({"wait_interval": 0}, "wait_interval is 0"),
    ({"request_timeout": 0}, "request_timeout is 0"),
    ({"retries": -1}, "retries is -1"),
    ({"instance_id": "x"}, "Unsupported parameters .*instance_id"),
]


def foreign(provider):
    """Ids of the other providers."""
    (kind,) = (each for each in part(provider, "adapters").KINDS if each.adapter.kind == "cloud_invocation")
    for option, ids in kind.foreign.items():
        for each, said in ids.items():
            yield {option: each if option == "invocation_id" else [each]}, f"{option}: {each} is .*{re.escape(said)}"


def without_none(options):
    """A list of ids may have it: Ansible passes it on."""
    return {
        name: [without_none(each) if isinstance(each, dict) else each for each in value]
        if isinstance(value, list)
        else value
        for name, value in options.items()
        if value is not None
    }


def refused(module, options, said):
    """The module fails with these words, and has asked nobody. An option given as None is left out."""
    cloud = Cloud()
    cloud.take_log()
    result = run(module, without_none(options), cloud)
    assert result["failed"] and not result.get("changed")
    assert "results" not in result and "operations" not in result
    assert cloud.take_log() == []
    assert "\n" not in result["msg"] and len(result["msg"]) < 1000
    assert re.search(said, result["msg"]), result["msg"]


CONNECTIONS = {provider: Cloud().connection(provider) for provider in NAMES}


@pytest.mark.parametrize(
    ("provider", "options", "said"),
    [(provider, *case) for provider in NAMES for case in (*OF_EVERY_STOP, *foreign(provider))],
)
def test_a_stop(provider, options, said):
    about = words(provider)
    fine = {**CONNECTIONS[provider], "invocation_id": about.unknown_id}
    refused("cloud_invocation_cancel", {**fine, **options}, said.format(**about.env))


ALIBABA, TENCENT = (CONNECTIONS[provider] for provider in ("alibaba", "tencent"))
KEY = {name: ALIBABA[name] for name in ("access_key_id", "access_key_secret")}
KEYLESS = [{**each, **dict.fromkeys(KEY)} for each in (ALIBABA, TENCENT)]


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
def test_a_look(options, said):
    refused("cloud_invocation_info", {**ALIBABA, **options}, said)


def target(**more):
    return {"kind": "cloud_invocation", "id": "t-hz0example001", **ALIBABA, **more}


@pytest.mark.parametrize(
    ("targets", "options", "said"),
    [
        ([target(), target(id=" ")], {}, r"targets\[1\]: id is empty"),
        ([target(instance_ids=["i-1", ""])], {}, r"targets\[0\]: instance_ids\[1\] is an empty text"),
        ([target(instance_ids="")], {}, r"targets\[0\]: instance_ids is an empty text"),
        (
            [target(kind="automation_execution", id="exec-1", instance_ids=["i-1"])],
            {},
            "cannot be stopped on some",
        ),
        ([target(kind="image_task", **TENCENT)], {}, "tencent has no image_task"),
        ([target(provider=None)], {}, r"targets\[0\]: provider is missing"),
        ([target(region=None)], {}, "region is missing"),
        ([target(id=None)], {}, "missing required arguments: id"),
        ([target(instanceids=["i-1"])], {}, "instanceids"),
        (
            [target(kind="cloud_invocations")],
            {},
            r"targets\[0\]: .*'cloud_invocations' \(did you mean cloud_invocation\?",
        ),
        ([target(id="inv-example1")], {}, r"targets\[0\]: .*TAT invocation of Tencent Cloud: use .*provider=tencent"),
        ([target(expected_name="b"), target(expected_name="a")], {}, "with the expected_name 'a' and 'b'"),
        ([target(**KEYLESS[0]), target(**KEYLESS[1], id="inv-1")], KEY, "access_key_id is set for the whole task"),
        ([target()], {"wait_timeout": -1}, "wait_timeout is -1"),
        ([target()], {"progress": -1}, "progress is -1"),
        ([target()], {"concurrency": 0}, "concurrency is 0"),
    ],
)
def test_a_stop_of_many(targets, options, said):
    refused("inflight_cancel", {"targets": targets, **options}, said)


@pytest.mark.parametrize(
    ("scopes", "options", "said"),
    [
        ([ALIBABA], {"older_than": "3 weeks"}, "'3 weeks' is not an age"),
        ([ALIBABA], {"max_results": 0}, "max_results is 0"),
        ([{**ALIBABA, "regoin": "cn-beijing"}], {}, "regoin"),
        ([ALIBABA, {**ALIBABA, "region": None}], {}, r"scopes\[1\]: region is missing"),
        ([{**ALIBABA, "provider": None}], {}, r"scopes\[0\]: provider is missing"),
        ([TENCENT], {"kinds": ["image_task", "cloud_invocation"]}, "no provider of the scopes has image_task"),
        ([ALIBABA], {"kinds": ["image_task"], "instance_ids": ["i-1"]}, "instance_ids selects commands on instances"),
        ([TENCENT, ALIBABA], {"instance_ids": ["ins-1"]}, r"scopes\[1\]: instance_ids: ins-1 is"),
        (KEYLESS, KEY, r"scopes\[1\]: access_key_id is set for the whole task"),
        ([ALIBABA], {"concurrency": 0}, "concurrency is 0"),
        ([ALIBABA], {"rate": -1}, "rate is -1"),
        ([ALIBABA], {"scope_timeout": 0}, "scope_timeout is 0"),
        ([ALIBABA], {"scope_timeout": "nan"}, "scope_timeout is nan"),
        ([ALIBABA], {"rate": 1e30}, r"rate is 1e\+30"),
        ([{**ALIBABA, "access_key_secret": None}], {}, "access_key_id, access_key_secret"),
        ([{**KEYLESS[0], "security_token": "MARKER-token"}], {}, "security_token is set without its key"),
    ],
)
def test_a_search(scopes, options, said):
    refused("inflight_info", {"scopes": scopes, **options}, said)
