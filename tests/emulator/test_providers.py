# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider knows its own requests, words the faults, and is named nowhere but in its folder. That a folder is all
that it needs is shown by tests/providers/test_new_provider.py."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

import emulator as package
from emulator.app import Application
from emulator.providers import all_providers
from emulator.settings import setting
from emulator.world import World

from ..support.kinds import every_kind
from ..support.provider_words import WORDS, places_of
from ..support.providers import NAMES, part

EMULATOR = Path(package.__file__).parent
PLAYBOOKS = EMULATOR.parents[1]


# What every provider owes


@pytest.mark.parametrize("name", NAMES)
def test_a_request_is_recognised_by_its_provider_alone(name, clients, monkeypatch):
    seen = []
    answer = Application.answer

    def watch(application, request):
        request.get_data()  # kept, as the application does before it asks
        seen.append([each.name for each in application.providers if each.recognises(request)])
        return answer(application, request)

    monkeypatch.setattr(Application, "answer", watch)
    for kind in part(name, "emulated").KINDS:
        kind.start(clients[name])
    assert len(seen) >= len(part(name, "emulated").KINDS)
    assert all(each == [name] for each in seen)


@pytest.mark.parametrize("kind", every_kind(), ids=str)
def test_every_service_has_words_for_the_faults(kind, clients, control):
    emulated = next(each for each in part(kind.provider, "emulated").KINDS if each.name == kind.kind)
    codes = {}
    for fault in ("throttle", "denied", "expired_token", "internal_error"):
        control.fault(fault)
        emulated.stop(clients[kind.provider], emulated.create(control))
        codes[fault] = control.get("requests")[-1]["code"]
    internal = codes.pop("internal_error")
    assert codes == {
        "throttle": kind.codes["throttled"],
        "denied": kind.refusals[-1],
        "expired_token": kind.codes["expired_token"],
    }
    assert internal and internal not in codes.values()


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
