# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the vendors' real credential libraries share. The libraries are as they are installed, and find the
services of this machine in place of the clouds'."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._connection import Platform
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Credentials, Finder, Keys
from ansible_collections.cloudops.halt.plugins.module_utils._errors import OptionError

from .keyserver import Key


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
    failed = f"{platform.vault.LIBRARY} found no credentials ("
    assert refusal(platform, credentials="sdk").startswith(failed)
    said = refusal(platform)
    assert said.startswith("access_key_id is missing") and f"; {failed}" in said


def assert_not_installed(platform: Platform) -> None:
    package = platform.vault.LIBRARY
    said = f"{package} is not installed for {sys.executable}: run {sys.executable} -m pip install {package}."
    assert refusal(platform, credentials="sdk") == said
    assert refusal(platform).endswith(f"for a role of this machine, install {package}.")
