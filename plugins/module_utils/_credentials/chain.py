# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Where keys come from: the options, the environment, profiles, and the vendors' libraries."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from .._core.errors import OptionError
from .keys import Credentials, Getter, Keys, MissingLibrary, Renewable
from .platform import Platform, Profile

IDENTITY = ("access_key_id", "access_key_secret", "security_token", "profile", "credentials")
"""The options that say who calls."""


@dataclass
class Finder:
    """Finds credentials: each once, so that places with the same identity share them."""

    environ: Mapping[str, str]
    hide: Callable[[set[str]], object] = lambda secrets: None
    """Is told of all that must never be shown."""
    _found: dict[Hashable, Keys] = field(default_factory=dict)
    _profiles: dict[Hashable, Profile | None] = field(default_factory=dict)

    def find(self, options: Mapping[str, t.Any], platform: Platform, sts: str = "") -> Keys:
        """Id, secret and token from one source: never the token of one beside the key of another.

        C(sts) is the host of the token service, where the library is to ask another one than its own.
        Raises OptionError.
        """
        asked = (platform.name, sts, *(options.get(name) for name in IDENTITY))
        if asked not in self._found:
            self._found[asked] = self._search(options, platform, sts)
        return self._found[asked]

    def profile(self, options: Mapping[str, t.Any], platform: Platform) -> Profile | None:
        """The profile that the key comes from, or that names no other source of it. Raises OptionError."""
        if not options.get("profile"):
            keys = (*platform.access_key_id_env, *platform.access_key_secret_env)
            given = options.get("access_key_id") or options.get("access_key_secret") or first(self.environ, keys)
            if given or options.get("credentials") == "sdk":
                return None
        asked = (platform.name, options.get("profile"))
        if asked not in self._profiles:
            self._profiles[asked] = self._profile(options, platform)
        return self._profiles[asked]

    def _search(self, options: Mapping[str, t.Any], platform: Platform, sts: str) -> Keys:
        where = options.get("credentials") or "auto"
        given = Credentials(
            options.get("access_key_id") or "",
            options.get("access_key_secret") or "",
            options.get("security_token"),
        )
        has_key = bool(given.access_key_id or given.access_key_secret)
        if has_key and (options.get("profile") or where == "sdk"):
            other = f"profile is {options['profile']}" if options.get("profile") else "credentials is sdk"
            raise OptionError(f"access_key_id is set, and {other}: a key comes from one of the two.")
        if given.security_token and not has_key:
            raise OptionError(
                "security_token is set without its key: set access_key_id and access_key_secret as options, too."
            )
        if where == "sdk":
            return self._from_library(options, platform, sts)
        if has_key:
            return self._checked(given, platform)
        if not options.get("profile"):
            from_environment = Credentials(
                first(self.environ, platform.access_key_id_env),
                first(self.environ, platform.access_key_secret_env),
                first(self.environ, platform.security_token_env) or None,
                source="environment",
            )
            if from_environment.access_key_id or from_environment.access_key_secret:
                return self._checked(from_environment, platform)
        profile = self._profile(options, platform, sts)
        if profile and not profile.is_empty:
            return self._from_profile(profile, options, platform)
        empty = f"; {profile.source} has no key" if profile else ""
        if where == "static":
            raise _missing("access_key_id", platform, empty)
        try:
            return self._from_library(options, platform, sts)
        except MissingLibrary:
            role = f"{empty}; for a role of this machine, install {platform.profiles.LIBRARY}"
            raise _missing("access_key_id", platform, role) from None
        except OptionError as error:
            raise _missing("access_key_id", platform, f"{empty}; {str(error).rstrip('.')}") from None

    def _profile(self, options: Mapping[str, t.Any], platform: Platform, sts: str = "") -> Profile | None:
        name = options.get("profile") or first(self.environ, platform.profiles.PROFILE_ENV) or None
        profile = platform.profiles.find_profile(name, self.environ, *filter(None, [sts]))
        if name and profile and profile.is_empty and not profile.is_used_empty:
            raise OptionError(f"{profile.source} has no key: write one into it, or name another profile.")
        return profile

    def _from_profile(self, profile: Profile, options: Mapping[str, t.Any], platform: Platform) -> Keys:
        if not profile.credentials:
            if options.get("credentials") == "static":
                raise OptionError(
                    f"{profile.source} is of the kind {profile.kind}, which only {platform.profiles.LIBRARY} can"
                    " use, and credentials is static: set credentials to auto."
                )
            return self._library_for(profile, platform)
        if not profile.credentials.security_token:
            return self._checked(profile.credentials, platform)

        def read_again() -> Getter:
            # The same profile of the same file, whatever has become the default meanwhile.
            again = platform.profiles.find_profile(profile.name, self.environ)
            if not again or again.file != profile.file or not again.credentials:
                raise OptionError(f"{profile.source} has no token any more.")
            found = again.credentials
            return lambda: found

        return Renewable(read_again, lambda found: self._take(found, platform))

    def _from_library(self, options: Mapping[str, t.Any], platform: Platform, sts: str) -> Keys:
        profile = self._profile(options, platform, sts) if options.get("profile") else None
        if profile:
            return self._library_for(profile, platform)
        return Renewable(platform.profiles.open_library, lambda found: self._take(found, platform))

    def _library_for(self, profile: Profile, platform: Platform) -> Keys:
        def open_getter() -> Getter:
            with _of(profile):
                get = profile.open_library()

            def named() -> Credentials:
                with _of(profile):
                    found = get()
                return replace(found, source=f"{profile.source}, {found.source}")

            return named

        return Renewable(open_getter, lambda found: self._take(found, platform))

    def _checked(self, found: Credentials, platform: Platform) -> Credentials:
        self._take(found, platform)
        return found

    def _take(self, found: Credentials, platform: Platform) -> None:
        self.hide(found.secrets)
        for name in ("access_key_id", "access_key_secret"):
            value = getattr(found, name)
            if not value and found.source in ("options", "environment"):
                raise _missing(name, platform)
            if not value:
                raise OptionError(f"{name} is missing in what {found.source} has.")
            _check_key(f"{name} (from {found.source})", value)
        _check_key(f"security_token (from {found.source})", found.security_token or "")


def first(environ: Mapping[str, str], variables: tuple[str, ...]) -> str:
    """The value of the first of these variables that is set; empty if none is."""
    return environ.get(first_set(environ, variables), "")


def first_set(environ: Mapping[str, str], variables: tuple[str, ...]) -> str:
    """The first of these variables that is set; empty if none is."""
    return next((name for name in variables if environ.get(name)), "")


@contextmanager
def _of(profile: Profile) -> Iterator[None]:
    """Errors inside say which profile they are about. One that is empty is none of their reasons."""
    try:
        yield
    except OptionError as error:
        raise type(error)(str(error) if profile.is_empty else f"{profile.source}: {error}") from None


def _missing(option: str, platform: Platform, more: str = "") -> OptionError:
    return OptionError(
        f"{option} is missing for {platform.title}: set the options access_key_id and access_key_secret, the"
        f" environment variables {platform.access_key_id_env[0]} and {platform.access_key_secret_env[0]}, or"
        f" profile{more}."
    )


def _check_key(name: str, value: str) -> None:
    # A copied key often brings a line feed or quotation marks along; the signature would then be refused with a
    # misleading reason.
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or set(" \"'") & set(value):
        raise OptionError(f"{name} contains white space or characters that no key has: copy it again.")
