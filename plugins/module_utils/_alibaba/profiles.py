# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Profiles of Alibaba Cloud's command line and SDKs, and its credential library.

Source: alibabacloud-credentials, default chain and profile files.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from ansible_collections.cloudops.halt.plugins.module_utils._credentials import (
    Credentials,
    Getter,
    Profile,
    profile_source,
)
from ansible_collections.cloudops.halt.plugins.module_utils._errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._library import opener
from ansible_collections.cloudops.halt.plugins.module_utils._profiles import (
    Shelf,
    choose,
    home_of,
    ini_shelf,
    read_ini,
    read_json,
    text_of,
)

PROFILE_ENV = "ALIBABA_CLOUD_PROFILE"
LIBRARY = "alibabacloud-credentials"

_CLI_KINDS = ("RamRoleArn", "EcsRamRole", "OIDC", "ChainableRamRoleArn", "CloudSSO", "OAuth", "External")
_INI_KINDS = ("ram_role_arn", "oidc_role_arn", "ecs_ram_role", "rsa_key_pair")


def find_profile(name: str | None, environ: Mapping[str, str]) -> Profile | None:
    """The profile of this name, or the default. Raises OptionError."""
    return choose(_shelves(environ), name)


def open_library() -> Getter:
    """The library's own search. Raises OptionError."""

    def load() -> Callable[[], Credentials]:
        from alibabacloud_credentials.provider import DefaultCredentialsProvider

        return _getter(DefaultCredentialsProvider())

    return opener(LIBRARY, load)()


def _shelves(environ: Mapping[str, str]) -> Iterator[Shelf]:
    home = home_of(environ)
    if home and environ.get("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "").lower() != "true":
        path = home / ".aliyun" / "config.json"
        config = read_json(path)
        if config is not None:
            yield _cli_shelf(str(path), config)
    if environ.get("ALIBABA_CLOUD_CREDENTIALS_FILE"):
        paths = [Path(environ["ALIBABA_CLOUD_CREDENTIALS_FILE"])]
    else:
        # The SDKs do not agree on the name.
        folder = home / ".alibabacloud" if home else None
        paths = [folder / "credentials.ini", folder / "credentials"] if folder else []
    for path in paths:
        sections = read_ini(path)
        if sections is not None:
            yield ini_shelf(str(path), sections, _ini_profile)


def _cli_shelf(path: str, config: Mapping[str, t.Any]) -> Shelf:
    listed = config.get("profiles")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    # The first of a name counts.
    named = {entry["name"]: entry for entry in reversed(entries) if isinstance(entry.get("name"), str)}
    current = config.get("current")
    return Shelf(
        path,
        {name: partial(_cli_profile, path, name, entry) for name, entry in named.items()},
        default=current if isinstance(current, str) else None,
    )


def _cli_profile(path: str, name: str, entry: Mapping[str, t.Any]) -> Profile:
    kind = text_of(entry, "mode", path, name)

    def load() -> Callable[[], Credentials]:
        from alibabacloud_credentials.provider import CLIProfileCredentialsProvider

        return _getter(CLIProfileCredentialsProvider(profile_name=name, profile_file=path))

    found = None
    if kind in ("AK", "StsToken"):
        found = Credentials(
            text_of(entry, "access_key_id", path, name),
            text_of(entry, "access_key_secret", path, name),
            _token(entry, path, name) if kind == "StsToken" else None,
            source=profile_source(name, path),
        )
    elif kind not in _CLI_KINDS:
        raise _unknown(kind, "mode", name, path)
    return Profile(name, path, kind, found, opener(LIBRARY, load))


def _ini_profile(path: str, name: str, entry: Mapping[str, str]) -> Profile:
    values = {key: value.partition("#")[0].strip() for key, value in entry.items()}
    kind = values.get("type", "")

    def load() -> Callable[[], Credentials]:
        from alibabacloud_credentials.provider import ProfileCredentialsProvider

        return _getter(ProfileCredentialsProvider(profile_name=name, profile_file=path))

    found = None
    if kind == "access_key":
        found = Credentials(
            values.get("access_key_id", ""), values.get("access_key_secret", ""), source=profile_source(name, path)
        )
    elif kind not in _INI_KINDS:
        raise _unknown(kind, "type", name, path)
    return Profile(name, path, kind, found, opener(LIBRARY, load))


def _token(entry: Mapping[str, t.Any], path: str, name: str) -> str:
    token = text_of(entry, "sts_token", path, name)
    if not token:
        raise OptionError(f"{profile_source(name, path)} is of the mode StsToken and has no sts_token.")
    return token


def _unknown(kind: str, key: str, name: str, path: str) -> OptionError:
    said = f"has the {key} {kind!r}, which is not known here" if kind else f"has no {key}"
    return OptionError(f"{profile_source(name, path)} {said}.")


def _getter(provider: t.Any) -> Callable[[], Credentials]:
    def get() -> Credentials:
        found = provider.get_credentials()
        return Credentials(
            found.get_access_key_id(),
            found.get_access_key_secret(),
            found.get_security_token() or None,
            source=f"sdk ({found.get_provider_name()})",
        )

    return get
