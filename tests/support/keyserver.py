# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metadata and token services on this machine, for the vendors' real credential libraries, and what these then find."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager
from itertools import repeat
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.chain import Finder
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials, Keys
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.platform import Platform

from .providers import having, part
from .scripted import Handler, Server, reply, serving

ROLE = "halt-role"
Key = dict[str, str]


class KeyServer:
    """Answers with each of C(keys) once, and with the last of them for ever."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys
        self.refuses: str | None = None
        """The code of the error that the token services answer with, if they do."""
        self.asked: list[dict[str, Any]] = []
        """The path, headers and parameters of each request."""
        self._serving: AbstractContextManager[Server] = serving(*repeat(self._answer, 1000))

    def __enter__(self) -> KeyServer:
        self.url = self._serving.__enter__().url
        self.address = self.url.removeprefix("http://")
        return self

    def __exit__(self, *exc: Any) -> None:
        self._serving.__exit__(*exc)

    def issue(self) -> Key:
        return self.keys.pop(0) if len(self.keys) > 1 else self.keys[0]

    def _answer(self, handler: Handler) -> None:
        request = handler.asked
        # As a proxy it is asked for a whole URL.
        url = urlsplit(request.path)
        is_json = request.body.startswith(b"{")
        body = json.loads(request.body) if is_json else dict(parse_qsl(request.body.decode()))
        asked = {"path": url.path, **request.headers, **dict(parse_qsl(url.query)), **body}
        self.asked.append(asked)
        answers = (part(name, "keyserver").answer(self, asked) for name in having("keyserver"))
        next(filter(None, answers), reply(b"", 404))(handler)


def key(number: int) -> Key:
    return {
        "access_key_id": f"STS.EXAMPLE{number}",
        "access_key_secret": f"hidden-key-{number}",
        "security_token": f"hidden-token-{number}",
    }


def issued(number: int, source: str) -> Credentials:
    return Credentials(**key(number), source=source)


def find(platform: Platform, environ: dict[str, str] | None = None, **options: Any) -> Keys:
    return Finder(environ or {}).find(options, platform)


def refusal(platform: Platform, environ: dict[str, str] | None = None, **options: Any) -> str:
    with pytest.raises(OptionError) as caught:
        find(platform, environ, **options)
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said and "hidden" not in said
    return said


def assert_renewed(keys: Keys) -> None:
    used = keys.current()
    assert keys.renew(used)
    assert keys.current().source == used.source
    assert keys.current().security_token not in (None, used.security_token)


def assert_no_role_is_found(platform: Platform) -> None:
    failed = f"{platform.profiles.LIBRARY} found no credentials: "
    assert refusal(platform, credentials="sdk").startswith(failed)
    said = refusal(platform)
    assert said.startswith("access_key_id is missing") and f"; {failed}" in said


def assert_not_installed(platform: Platform) -> None:
    package = platform.profiles.LIBRARY
    said = f"{package} is not installed for {sys.executable}: run {sys.executable} -m pip install {package}."
    assert refusal(platform, credentials="sdk") == said
    assert refusal(platform).endswith(f"for a role of this machine, install {package}.")


def program(folder: Path, act: str) -> str:
    """The command line of a program that does this, and leaves a line in a file C(runs) each time."""
    script = folder / "program.py"
    note = f"print('x', file=open({str(folder / 'runs')!r}, 'a'))"
    script.write_text(f"import sys\n{note}\nprint('hidden-on-stderr', file=sys.stderr)\n{act}\n")
    # The Python beneath, since the libraries split at blanks, of which the path of a checkout may have some.
    return f"{Path(sys.executable).resolve()} {script}"
