# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Files of profiles, read with care: no error repeats what is in them."""

from __future__ import annotations

import configparser
import json
import stat
import typing as t
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .._core.errors import OptionError
from .platform import Profile, profile_source

# No file of profiles is as long, in bytes.
_LONGEST = 1 << 20
# Names that one sentence tells at most.
_NAMED = 20


@dataclass(frozen=True)
class Shelf:
    """One place that holds profiles."""

    path: str
    profiles: Mapping[str, Callable[[], Profile]]
    """By name, what reads one. Raises OptionError."""
    default: str | None = None
    """The profile that counts where nobody names one."""


def choose(shelves: Iterable[Shelf], name: str | None) -> Profile | None:
    """The profile of this name from the first place that has it, or else the first default that there is.

    One without a key does not end the search: it is what is found if there is no other. Raises OptionError for a name
    that is nowhere.
    """
    looked_at: dict[str, list[str]] = {}
    empty: Profile | None = None
    for shelf in shelves:
        wanted = name or shelf.default
        if wanted is not None and wanted in shelf.profiles:
            profile = shelf.profiles[wanted]()
            if not profile.is_empty:
                return profile
            empty = empty or profile
        looked_at[shelf.path] = sorted(shelf.profiles)
    if empty or not name:
        return empty
    found = [f"{path} has {_listing(names)}" for path, names in looked_at.items()]
    raise OptionError(f"profile {name!r} was not found: {', '.join(found) or 'there is no file of profiles'}.")


def read_json(path: Path) -> dict[str, t.Any] | None:
    """The object in a file; None if there is no file. Raises OptionError."""
    content = _read(path)
    if content is None:
        return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise OptionError(f"{path} is not a file of profiles in JSON format: correct it or move it away.")
    return found


def read_ini(path: Path) -> dict[str, dict[str, str]] | None:
    """The sections of a file; None if there is no file. Raises OptionError."""
    content = _read(path)
    if content is None:
        return None
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(content)
    except configparser.Error:
        # The parser's own words would repeat the line.
        raise OptionError(f"{path} is not a file of profiles in INI format: correct it or move it away.") from None
    return {section: dict(parser.items(section)) for section in parser.sections()}


def ini_shelf(
    path: str,
    sections: Mapping[str, Mapping[str, str]],
    read: Callable[[str, str, Mapping[str, str]], Profile],
) -> Shelf:
    """The sections of a file as profiles; C(read) takes the path, the name and the entries of one."""
    return Shelf(path, {name: partial(read, path, name, entry) for name, entry in sections.items()}, "default")


def text_of(entry: Mapping[str, t.Any], key: str, path: str, name: str) -> str:
    """A value of a profile, empty where it has none. Raises OptionError."""
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise OptionError(f"{key} of {profile_source(name, path)} is not text.")
    return value or ""


def home_of(environ: Mapping[str, str]) -> Path | None:
    return Path(environ["HOME"]) if environ.get("HOME") else None


def _read(path: Path) -> str | None:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > _LONGEST:
            raise OptionError(f"{path} is not a file of profiles.")
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise OptionError(f"{path} cannot be read ({why}).") from None


def _listing(names: list[str]) -> str:
    more = len(names) - _NAMED
    shown = " and ".join(map(repr, names[:_NAMED]))
    return (shown or "none") + (f" and {more} more" if more > 0 else "")
