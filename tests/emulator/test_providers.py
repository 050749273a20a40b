# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider is a folder: it is found and served, knows its own requests, and is named nowhere else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests

import emulator as package
from emulator.app import Application
from emulator.providers import all_providers
from emulator.settings import setting
from emulator.world import World

from ..acme.emulator import SCHEME, signature
from ..support.control import Control
from ..support.provider_words import WORDS, places_of
from ..support.providers import NAMES, part, words

EMULATOR = Path(package.__file__).parent
PLAYBOOKS = EMULATOR.parents[1]


# A folder is all


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """What an emulator says of itself that has a folder more than ours."""
    copy = tmp_path_factory.mktemp("copy") / "emulator"
    shutil.copytree(EMULATOR, copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(__file__).parents[1] / "acme" / "emulator", copy / "acme")
    command = [sys.executable, "-m", "emulator", "--port", "0", "--halts", "false"]
    process = subprocess.Popen(command, cwd=copy.parent, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def served(ready, session):
    """Its control interface."""
    control = Control(ready["url"], session)
    control.ok("POST", "reset")
    return control


@pytest.fixture
def send(ready, session):
    def send(service, action, *, secret="acme-secret", **parameters):
        request = requests.Request("POST", f"{ready['url']}/", data={"Action": action, **parameters}).prepare()
        signed = signature(secret, str(request.body).encode())
        request.headers["Authorization"] = f"{SCHEME} Credential=acme-id/here/{service}/acme, Signature={signed}"
        return session.send(request)

    return send


def test_a_folder_is_all_that_a_provider_needs(ready, served, send):
    assert ready["acme"] == {"access_key_id": "acme-id", "access_key_secret": "acme-secret", "region": "here"}
    assert ready["scopes"][0] == "acme/here" and len(ready["scopes"]) == 1 + len(NAMES)
    assert {"ACME_URL": ready["url"], "ACME_SECRET": "acme-secret"}.items() <= ready["environment"].items()
    assert [each["service"] for each in served.get("")["providers"]["acme"]] == ["images", "places"]
    target = served.create("acme", kind="image_task", stopping_seconds=0)["id"]
    assert send("places", "Halt", Id=target).status_code == 200
    assert served.status(target) == "works"  # as the command line wants it
    served.settings(halts=True)
    answer = send("places", "Halt", Id=target)
    assert (answer.status_code, answer.content, answer.headers["x-acme-request"]) == (200, b"", "acme-request")
    assert served.status(target) == "halted"
    assert send("images", "Show", Id=target).json() == {"Id": target, "Name": "x", "Status": "halted"}
    assert [(each["action"], each["region"]) for each in served.get("requests?provider=acme")] == [
        *[("Halt", "here")] * 2,
        ("Show", "here"),
    ]


def test_refusals_come_in_the_form_of_the_service(served, send):
    gone, stranger, elsewhere = (
        send("places", "Halt", Id="x"),
        send("places", "Halt", Id="x", secret="x"),
        send("images", "Where", Id="x"),
    )
    assert (gone.status_code, ElementTree.fromstring(gone.content).findtext("Code")) == (404, "Gone")
    assert (stranger.status_code, ElementTree.fromstring(stranger.content).findtext("Code")) == (403, "BadSignature")
    assert (elsewhere.status_code, elsewhere.json()["Code"]) == (400, "NoSuchAction")


@pytest.mark.parametrize("fault", ["throttle", "denied", "expired_token", "internal_error"])
def test_a_provider_words_the_faults(served, send, fault):
    served.fault(fault, **({"retry_after": 3} if fault == "throttle" else {}))
    answer = send("places", "Halt", Id="x")
    assert ElementTree.fromstring(answer.content).findtext("Code") == f"Acme.{fault}"
    assert answer.headers.get("Retry-After") == ("3" if fault == "throttle" else None)


def test_an_empty_answer_can_break_off(served, send):
    target = served.create("acme", kind="image_task", stopping_seconds=0)["id"]
    served.settings(halts=True)
    served.fault("truncate")
    with pytest.raises(requests.ConnectionError):
        send("places", "Halt", Id=target)
    assert served.status(target) == "halted"


# What every provider owes


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def test_a_request_is_recognised_by_its_provider_alone(name, clients, monkeypatch):
    seen = []
    answer = Application.answer

    def watch(application, request):
        seen.append([each.name for each in application.providers if each.recognises(request)])
        return answer(application, request)

    monkeypatch.setattr(Application, "answer", watch)
    for kind in part(name, "emulated").KINDS:
        kind.start(clients[name])
    assert len(seen) >= len(part(name, "emulated").KINDS)
    assert all(each == [name] for each in seen)


def test_a_provider_has_words_for_the_faults(name, clients, control):
    kind = part(name, "emulated").KINDS[0]
    codes = {}
    for fault in ("throttle", "denied", "expired_token", "internal_error"):
        control.fault(fault)
        kind.stop(clients[name], kind.create(control))
        codes[fault] = control.get("requests")[-1]["code"]
    assert codes["denied"] == words(name).denied and codes["throttle"] == words(name).throttled
    assert len(set(codes.values()) - {None}) == len(codes)


def test_a_setting_stands_in_one_table():
    @dataclass
    class Own:
        rate_limit: int = setting(1, "taken")

    with pytest.raises(TypeError, match="'rate_limit'"):
        World([Own])


# No provider is named elsewhere

# By file. Six places are the most that the emulator may have.
ALLOWED = {"tasks/drill.yml": 1}


def test_no_provider_is_named_outside_its_folder():
    files = [*EMULATOR.glob("*.py"), *EMULATOR.parent.glob("*.py"), *PLAYBOOKS.glob("**/drill.yml")]
    assert len(files) > 15
    found = [place for path in sorted(files) for place in places_of(path.read_text(), path.relative_to(PLAYBOOKS))]
    assert Counter(place.partition(":")[0] for place in found) == ALLOWED, "\n".join(found)
    assert sum(ALLOWED.values()) <= 6


def test_the_words_are_those_of_the_folders():
    for provider in all_providers():
        for word in (provider.name, *(each.name for each in provider.services), *asdict(provider.variables).values()):
            assert WORDS.search(word), word
