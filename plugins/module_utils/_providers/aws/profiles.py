# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Profiles of AWS's command line and SDKs, and botocore, which gets the keys of those that hold none.

Source: botocore, default chain; the two files, and which of them counts for what.
"""

from __future__ import annotations

import os
import shlex
import sys
import typing as t
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from ..._core.errors import OptionError
from ..._credentials.keys import Credentials, Getter
from ..._credentials.platform import Profile, profile_source
from ..._credentials.profiles import Shelf, choose, home_of, read_ini
from ..._credentials.sdk import NO_ROLE, NOTHING_FOUND, UNREACHABLE, Fault, Faults, Needed, of_program, opener

PROFILE_ENV: tuple[str, ...] = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
LIBRARY = "botocore"

# The first to know AWS_ENDPOINT_URL_STS.
NEEDED = Needed("1.31.0", "botocore")

# By what only the library can serve, the entries that ask for it: those that come before the keys of both files, and
# those that come before the keys of the second file alone.
_FIRST = {"role": ("role_arn",), "SSO": ("sso_account_id", "sso_role_name")}
_LATER = {"login": ("login_session",), "process": ("credential_process",)}
_SWITCHES = {
    "dualstack": "use_dualstack_endpoint",
    "fips": "use_fips_endpoint",
    "no_urls": "ignore_configured_endpoint_urls",
}
# Where a token service is asked if nobody names a region. What it gives is good for all regions of its partition.
_USUAL_REGION = "us-east-1"

_Entry = Mapping[str, str]


def find_profile(name: str | None, environ: Mapping[str, str], sts: str = "") -> Profile | None:
    """The profile of this name, or the default: an empty one only if there is no other. Raises OptionError.

    C(sts) is the host at which its library asks for the keys of a role, if not at its own.
    """
    return choose(_shelves(environ, sts), name)


def open_library() -> Getter:
    """The library's own search. Raises OptionError."""
    return opener(LIBRARY, partial(_search, None), NEEDED, _faults())()


def _shelves(environ: Mapping[str, str], sts: str) -> Iterator[Shelf]:
    credentials_path = _path(environ, "AWS_SHARED_CREDENTIALS_FILE", "credentials")
    config_path = _path(environ, "AWS_CONFIG_FILE", "config")
    credentials = read_ini(credentials_path) if credentials_path else None
    sections = read_ini(config_path) if config_path else None
    # All profiles of the second file but the default are called that.
    default = {name: entry for name, entry in (sections or {}).items() if name == "default"}
    config = None if sections is None else {**default, **_called("profile", sections)}
    services = _called("services", sections or {})
    for path, entries in (credentials_path, credentials), (config_path, config):
        if entries is None:
            continue
        profiles = {}
        for name, entry in entries.items():
            # It may stand in both files, and is one.
            whole = {**(config or {}).get(name, {}), **(credentials or {}).get(name, {})}
            is_first = entries is credentials
            profiles[name] = partial(_profile, str(path), name, entry, whole, is_first, sts, services, config_path)
        yield Shelf(str(path), profiles, "default")


def _path(environ: Mapping[str, str], variable: str, usual: str) -> Path | None:
    if environ.get(variable):
        return Path(environ[variable]).expanduser()
    home = home_of(environ)
    return home / ".aws" / usual if home else None


def _called(word: str, sections: Mapping[str, _Entry]) -> dict[str, _Entry]:
    """The sections that are called C(word) and a name, by that."""
    parts = ((section.partition(" "), entry) for section, entry in sections.items())
    return {name.strip().strip("\"'"): entry for (first, _blank, name), entry in parts if first == word and name}


def _profile(
    path: str,
    name: str,
    entry: _Entry,
    whole: _Entry,
    is_first: bool,
    sts: str,
    services: Mapping[str, _Entry],
    services_path: Path | None,
) -> Profile:
    """A profile as one of the files has it: what comes first counts."""
    key_id, key = entry.get("aws_access_key_id", ""), entry.get("aws_secret_access_key", "")
    kind = _kind(_FIRST, whole)
    if not kind and not (is_first and (key_id or key)):
        kind = _kind(_LATER, whole)
    token = entry.get("aws_security_token") or entry.get("aws_session_token")
    is_empty = not kind and not (key_id or key)
    named = whole.get("services")
    if named and named not in services:
        raise OptionError(
            f"{profile_source(name, path)} has services = {named}, and {services_path} has no section"
            f" [services {named}]."
        )
    return Profile(
        name,
        path,
        kind or "key",
        None if kind or is_empty else Credentials(key_id, key, token or None, source=profile_source(name, path)),
        opener(LIBRARY, partial(_search, name, sts), NEEDED, _faults(kind, whole.get("source_profile") or name)),
        whole.get("region") or None,
        is_empty,
        is_used_empty=True,
        endpoint_url=whole.get("endpoint_url") or None,
        endpoint_urls=dict(_urls_of(services[named])) if named else {},
        urls_from=f"[services {named}] in {services_path}",
        ca_path=whole.get("ca_bundle") or None,
        switches={switch: whole.get(key, "") for switch, key in _SWITCHES.items()},
    )


def _urls_of(services: _Entry) -> Iterator[tuple[str, str]]:
    """The URL of each service, whose entry has lines of its own."""
    for service, lines in services.items():
        for line in lines.splitlines():
            key, _equals, value = line.partition("=")
            if key.strip() == "endpoint_url" and value.strip():
                yield service, value.strip()


def _kind(kinds: Mapping[str, tuple[str, ...]], entry: _Entry) -> str:
    return next((kind for kind, keys in kinds.items() if any(map(entry.get, keys))), "")


_OF_KIND: dict[str, Faults] = {
    "role": {
        "ClientError": NO_ROLE,
        "InvalidConfigError": Fault(
            "its source_profile or credential_source is not there, has no key, or leads back to it",
            "Correct them: a role needs exactly one of the two.",
        ),
        "PartialCredentialsError": Fault(
            "it does not say who asks for its role", "Add a source_profile or a credential_source."
        ),
        "CredentialRetrievalError": Fault("its credential_source has no key", "Correct or replace it."),
        "MfaCodeNeeded": Fault(
            "its role asks for the code of an MFA device (mfa_serial), which nobody can type here",
            "Name a profile with a key that aws sts get-session-token or aws sts assume-role has given.",
        ),
    },
    "SSO": {
        "ClientError": Fault(NO_ROLE.meaning, "Check sso_account_id and sso_role_name."),
        "InvalidConfigError": Fault(
            "its settings for SSO are not complete, or name a session that is not there",
            "Check sso_session, sso_start_url, sso_region, sso_account_id and sso_role_name.",
        ),
    },
    "process": of_program("credential_process"),
}


def _faults(kind: str = "", signed_in: str = "") -> Faults:
    """What the library's errors mean for a profile of this kind; C(signed_in) is the one that somebody has to sign in
    with."""
    option = f" --profile {shlex.quote(signed_in)}" if signed_in else ""
    sso, login = f"Run aws sso login{option}.", f"Run aws login{option}."
    return {
        "NoCredentialsError": NOTHING_FOUND,
        "SSOTokenLoadError": Fault("nobody has signed in to SSO yet", sso),
        "SSOError": Fault("the SSO session has expired or was ended", sso),
        "TokenRetrievalError": Fault("the SSO session has expired and could not be renewed", sso),
        "LoginTokenLoadError": Fault("nobody has signed in yet", login),
        "LoginError": Fault("the session has expired or was ended", login),
        "MissingDependencyException": Fault(
            "this sort of profile needs a further package", f"Run {sys.executable} -m pip install 'botocore[crt]'."
        ),
        "ConnectionError": UNREACHABLE,
        "HTTPClientError": UNREACHABLE,
        "SSLError": Fault(
            "the certificate of the service that hands out the key is not trusted",
            "Name the authority's certificate in AWS_CA_BUNDLE, or in ca_bundle of the profile.",
        ),
        **_OF_KIND.get(kind, {}),
    }


class MfaCodeNeeded(Exception):
    """In place of a question on the terminal."""


def _search(name: str | None, sts: str = "") -> Callable[[], Credentials]:
    """The keys of a profile, or of what comes first."""
    from botocore import exceptions, session

    class Session(session.Session):  # type: ignore[misc]
        """Finds the token service also where the library knows of no region, and at another host."""

        def create_client(self, service_name: str, region_name: str | None = None, **settings: t.Any) -> t.Any:
            if service_name == "sts":
                region_name = region_name or self.get_config_variable("region")
                region_name = region_name or os.environ.get("AWS_REGION") or _USUAL_REGION
                settings = {**settings, **({"endpoint_url": f"https://{sts}"} if sts else {})}
            return super().create_client(service_name, region_name, **settings)

    def ask(_prompt: str) -> str:
        raise MfaCodeNeeded

    asked = Session(profile=name)
    asked.get_component("credential_provider").get_provider("assume-role")._prompter = ask
    found = asked.get_credentials()
    if found is None:
        raise exceptions.NoCredentialsError

    def get() -> Credentials:
        # All three at once, because a renewal may fall between two questions.
        now = found.get_frozen_credentials()
        return Credentials(now.access_key, now.secret_key, now.token or None, source=f"sdk ({found.method})")

    return get
