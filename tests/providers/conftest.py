# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of several providers ask for. None of them depends on the machine, its speed or its environment."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import settings

from emulator import Emulator

from ..support.control import URL, Control, Kind, new_session
from ..support.emulated import Cloud
from ..support.homes import Home
from ..support.keyserver import KeyServer, key
from ..support.providers import having, part, words

# Examples may take as long as a busy machine lets them.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with new_session() as session:
        yield session


@pytest.fixture
def control(session: requests.Session) -> Control:
    """Of an emulator whose clock stands still until a test moves it, and that limits no rate."""
    control = Control(URL, session)
    control.ok("POST", "clock", {"mode": "manual"})
    control.settings(rate_limit=0)
    return control


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> Kind:
    """What the tests of this file are about: its KIND at the provider in whose folder it is."""
    wanted = getattr(request.module, "KIND", "cloud_invocation")
    kinds: list[Kind] = part(request.path.parent.name, "emulated").KINDS
    return next(each for each in kinds if each.name == wanted)


@pytest.fixture
def client(kind: Kind, control: Control) -> Any:
    """Asks the service of this kind."""
    made = part(kind.provider, "client").Client(URL, control.get("keys")[kind.provider], control.session)
    return made.of(kind.service)


@pytest.fixture
def create(kind: Kind, control: Control) -> Callable[..., str]:
    """Starts one; gives its id."""
    return partial(kind.create, control)


@pytest.fixture
def stop(kind: Kind, client: Any) -> Callable[[str], None]:
    """Has a stop accepted."""

    def stop(operation_id: str) -> None:
        assert kind.stop(client, operation_id) == ""

    return stop


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxies, authorities, keys or regions from outside."""
    prefixes = {variable.partition("_")[0] for name in having("words") for variable in words(name).env.values()}
    for name in list(os.environ):
        if name.upper().endswith(("_PROXY", "_CA_BUNDLE")) or name.partition("_")[0] in prefixes:
            monkeypatch.delenv(name)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of a machine without profiles, for the vendors' libraries. Logs and output are as before then."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    yield {"HOME": str(tmp_path)}
    logging.disable(logging.NOTSET)


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Where profiles of the provider are in whose folder the test is."""
    return Home(part(request.path.parent.name, "vault").VAULT, tmp_path, monkeypatch)


@pytest.fixture
def keyserver(machine: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyServer]:
    """Metadata services, reached as a proxy, and token services, reached by their address."""
    with KeyServer([key(number) for number in (1, 2, 3, 4)]) as running:
        monkeypatch.setenv("http_proxy", running.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield running


@pytest.fixture(params=["info", "debug"])
def silent(
    machine: dict[str, str],
    request: pytest.FixtureRequest,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Nothing reaches the output, neither as it is nor with the libraries' own switch for debugging."""
    if request.param == "debug":
        monkeypatch.setenv("DEBUG", "sdk")
    yield
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """The provider in whose folder the test is, at an emulator of its own."""
    with Emulator(rate_limit=0, stopping_seconds=0.0) as emulator:
        yield Cloud(request.path.parent.name, emulator)
