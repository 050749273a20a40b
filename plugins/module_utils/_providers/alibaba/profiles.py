# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Profiles of Alibaba Cloud's command line and SDKs, and its credential library.

Source: alibabacloud-credentials, default chain and profile files.
"""

from __future__ import annotations

import shlex
import typing as t
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from ..._core.errors import OptionError
from ..._credentials.keys import Credentials, Getter
from ..._credentials.platform import Profile, profile_source
from ..._credentials.profiles import (
    Shelf,
    choose,
    home_of,
    ini_shelf,
    read_ini,
    read_json,
    text_of,
)
from ..._credentials.sdk import NO_ROLE, NOTHING_FOUND, UNREACHABLE, Fault, Faults, Needed, of_program, opener

PROFILE_ENV: tuple[str, ...] = ("ALIBABA_CLOUD_PROFILE",)
LIBRARY = "alibabacloud-credentials"

NEEDED = Needed("1.0.0", "alibabacloud_credentials")

# The modes of the command line: those that hold a key, those that the library or the collection can serve, and those
# for which there is another way.
_KEYS = ("AK", "StsToken")
_SERVED = ("RamRoleArn", "EcsRamRole", "OIDC", "ChainableRamRoleArn", "CloudSSO", "OAuth", "External", "CredentialsURI")
_WAYS_OUT = {
    "RsaKeyPair": "the vendor has discontinued it: configure the profile with the mode AK or OAuth",
    "RamRoleArnWithRoleName": "the vendor has discontinued it: configure the profile with the mode ChainableRamRoleArn",
    "BearerToken": "it has no key to sign with: configure the profile with another mode, such as AK or OAuth",
    "Anonymous": "it has no key to sign with: configure the profile with another mode, such as AK or OAuth",
}
# The command line compares without regard to case.
_MODES = {mode.casefold(): mode for mode in (*_KEYS, *_SERVED, *_WAYS_OUT)}
# What the command line takes an entry without a mode for: the first mode of which it has all of these.
_TELLING = {
    "StsToken": ("access_key_id", "access_key_secret", "sts_token"),
    "RamRoleArn": ("access_key_id", "access_key_secret", "ram_role_arn"),
    "AK": ("access_key_id", "access_key_secret"),
    "RsaKeyPair": ("private_key", "key_pair_name"),
    "EcsRamRole": ("ram_role_name",),
    "External": ("process_command",),
    "OIDC": ("oidc_provider_arn", "oidc_token_file", "ram_role_arn"),
    "CloudSSO": ("cloud_sso_sign_in_url",),
    "BearerToken": ("bearer_token",),
}
_NO_MACHINE_ROLE = Fault(
    "the metadata service of this machine has handed out no key", "Check that the machine has this RAM role."
)
_OF_MODE = {
    "EcsRamRole": _NO_MACHINE_ROLE,
    "ecs_ram_role": _NO_MACHINE_ROLE,
    "CredentialsURI": Fault("its credentials_uri has not answered with a key", "Check credentials_uri."),
}
# What the library raises for nearly everything.
_REFUSED = "CredentialException"
_INI_KINDS = ("ram_role_arn", "oidc_role_arn", "ecs_ram_role", "rsa_key_pair")


def find_profile(name: str | None, environ: Mapping[str, str], sts: str = "") -> Profile | None:
    """The profile of this name, or the default: an empty one only if there is no other. Raises OptionError.

    C(sts) is the host at which its library asks for the keys of a role, if not at its own.
    """
    return choose(_shelves(environ, sts), name)


def open_library() -> Getter:
    """The library's own search. Raises OptionError."""

    def load() -> Callable[[], Credentials]:
        from alibabacloud_credentials.provider import DefaultCredentialsProvider

        return _getter(DefaultCredentialsProvider())

    return opener(LIBRARY, load, NEEDED, {_REFUSED: NOTHING_FOUND})()


def _shelves(environ: Mapping[str, str], sts: str) -> Iterator[Shelf]:
    home = home_of(environ)
    if home and environ.get("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "").lower() != "true":
        path = home / ".aliyun" / "config.json"
        config = read_json(path)
        if config is not None:
            yield _cli_shelf(str(path), config, sts)
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


def _cli_shelf(path: str, config: Mapping[str, t.Any], sts: str) -> Shelf:
    listed = config.get("profiles")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    # The first of a name counts.
    named = {entry["name"]: entry for entry in reversed(entries) if isinstance(entry.get("name"), str)}
    current = config.get("current")
    return Shelf(
        path,
        {name: partial(_cli_profile, path, name, entry, sts) for name, entry in named.items()},
        default=current if isinstance(current, str) else None,
    )


def _cli_profile(path: str, name: str, entry: Mapping[str, t.Any], sts: str) -> Profile:
    mode = _mode(text_of(entry, "mode", path, name), entry)
    key_id, key = (text_of(entry, part, path, name) for part in ("access_key_id", "access_key_secret"))
    region = text_of(entry, "region_id", path, name) or None

    def load() -> Callable[[], Credentials]:
        return _getter(_cli_provider(path, name, sts))

    is_empty = mode in ("", *_KEYS) and not (key_id or key)
    found = None
    if mode in _KEYS and not is_empty:
        token = _token(entry, path, name) if mode == "StsToken" else None
        found = Credentials(key_id, key, token, source=profile_source(name, path))
    elif mode in _WAYS_OUT:
        raise OptionError(f"{profile_source(name, path)} is of the mode {mode}, and {_WAYS_OUT[mode]}.")
    elif not is_empty and mode not in _SERVED:
        raise _unknown(mode, "mode", name, path)
    return Profile(name, path, mode, found, opener(LIBRARY, load, NEEDED, _faults(mode, name)), region, is_empty)


def _mode(said: str, entry: Mapping[str, t.Any]) -> str:
    """The mode of an entry as the command line understands it."""
    if said:
        return _MODES.get(said.casefold(), said)
    return next((mode for mode, parts in _TELLING.items() if all(map(entry.get, parts))), "")


def _cli_provider(path: str, name: str, sts: str) -> t.Any:
    """What gets the keys of a profile of the command line: the library, where it can."""
    from alibabacloud_credentials.provider import CLIProfileCredentialsProvider, URLCredentialsProvider

    class Provider(CLIProfileCredentialsProvider):  # type: ignore[misc]
        """Knows the modes that the library does not, for the sources of other profiles, too."""

        def _get_credentials_provider(self, config: t.Any, profile_name: str) -> t.Any:
            entries = [{**entry, "mode": _mode(entry.get("mode") or "", entry)} for entry in config.get("profiles", [])]
            entry = next((entry for entry in entries if entry.get("name") == profile_name), {})
            if entry.get("mode") == "CredentialsURI":
                # Where it names none, the library looks at the same variable as the command line.
                return URLCredentialsProvider(uri=entry.get("credentials_uri"))
            found = super()._get_credentials_provider({**config, "profiles": entries}, profile_name)
            if sts and hasattr(found, "_sts_endpoint"):
                found._sts_endpoint = sts
            return found

    return Provider(profile_name=name, profile_file=path)


def _ini_profile(path: str, name: str, entry: Mapping[str, str]) -> Profile:
    values = {key: value.partition("#")[0].strip() for key, value in entry.items()}
    kind = values.get("type", "")

    def load() -> Callable[[], Credentials]:
        from alibabacloud_credentials.provider import ProfileCredentialsProvider

        return _getter(ProfileCredentialsProvider(profile_name=name, profile_file=path))

    key_id, key = values.get("access_key_id", ""), values.get("access_key_secret", "")
    is_empty = kind in ("", "access_key") and not (key_id or key)
    found = None
    if kind == "access_key" and not is_empty:
        found = Credentials(key_id, key, source=profile_source(name, path))
    elif not is_empty and kind not in _INI_KINDS:
        raise _unknown(kind, "type", name, path)
    return Profile(name, path, kind, found, opener(LIBRARY, load, NEEDED, _faults(kind, name)), is_empty=is_empty)


def _faults(mode: str, name: str) -> Faults:
    """What the library's errors mean for a profile of this mode."""
    if mode == "External":
        return of_program("process_command")
    if mode in ("CloudSSO", "OAuth"):
        # It keeps no session alive on its own.
        ended = Fault(
            f"its {mode} session is missing or has expired",
            f"Run aliyun configure --mode {mode} --profile {shlex.quote(name)}.",
        )
        return {_REFUSED: ended, "ValueError": ended, "RetryError": UNREACHABLE}
    return {_REFUSED: _OF_MODE.get(mode, NO_ROLE), "RetryError": UNREACHABLE}


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
