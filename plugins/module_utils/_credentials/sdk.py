# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The vendors' own credential libraries: loaded when asked for, kept silent, and waited for so long."""

from __future__ import annotations

import logging
import re
import sys
import threading
import typing as t
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata

from .._core.errors import OptionError
from .keys import Credentials, Found, Getter, MissingLibrary, within

# Seconds that one question may take. Not all of the libraries' own requests have a time-out.
_PATIENCE = 30.0

# What the providers say is wrong, as the libraries repeat it: the code of an error, or the HTTP status. Nothing else
# of their words is told.
_CODE = re.compile(
    r"""(?i:\b|http_?)(?i:code)["']?\s*[:=]\s*["']?([A-Z][a-z]+[A-Za-z]*(?:\.[A-Z][A-Za-z]*){0,3}|[1-5]\d\d)(?=["',\s}]|$)"""
)
_CODE_IN_BRACKETS = re.compile(r"error occurred \(([A-Z][A-Za-z.]{1,60})\)")


@dataclass(frozen=True)
class Needed:
    """The first release of a package that serves, and the module that says which one is there."""

    version: str
    module: str


class Fault(t.NamedTuple):
    """What an error of a library means, as the end of a sentence, and what to do about it, as a sentence."""

    meaning: str
    way_out: str = ""


Faults = Mapping[str, Fault]
"""By the name of the error's class, or of one that it is derived from."""


# What is the same at all of them.
NOTHING_FOUND = Fault("none of the places that it searches has any")
NO_ROLE = Fault(
    "no key was handed out for its role",
    "Check the role and who asks for it, and that the role's trust policy allows that.",
)
UNREACHABLE = Fault("the service that hands out the key cannot be reached", "Check region, proxy and the network.")


def of_program(setting: str) -> Faults:
    """For a profile with a program of its own in this setting: whatever goes wrong is the program's."""
    return {
        "Exception": Fault(
            f"its {setting} has failed, or printed something other than a key",
            "Run that program by hand, as the user that runs the module, to see why.",
        )
    }


def opener(
    package: str,
    load: Callable[[], Callable[[], Credentials]],
    needed: Needed | None = None,
    faults: Faults | None = None,
) -> Callable[[], Getter]:
    """Opens what C(load) brings from C(package). Both it and what it brings may raise anything and print anything."""

    def open_getter() -> Getter:
        get = _ask(package, load, needed, faults or {})
        return lambda: _ask(package, get, needed, faults or {})

    return open_getter


def _ask(package: str, act: Callable[[], Found], needed: Needed | None, faults: Faults) -> Found:
    """What C(act) gets. Raises OptionError, in words that are ours: those of the libraries may hold secrets."""

    def ask() -> Found:
        try:
            return act()
        except BaseException as error:
            raise _error(package, error, needed, faults) from None

    _silence()
    return within(_PATIENCE, package, ask)


def _error(package: str, error: BaseException, needed: Needed | None, faults: Faults) -> OptionError:
    """What an error of the library means."""
    # What an old one lacks may be a module, a function or an argument.
    if needed and isinstance(error, (ImportError, AttributeError, TypeError)):
        version = _version(package, needed.module)
        if version and _numbers(version) < _numbers(needed.version):
            return OptionError(
                f"{package} {version} is too old: {needed.version} or later is needed, run {sys.executable} -m pip"
                f" install '{package}>={needed.version}'."
            )
    if isinstance(error, ImportError):
        return MissingLibrary(
            f"{package} is not installed for {sys.executable}: run {sys.executable} -m pip install {package}."
        )
    names, codes = [kind.__name__ for kind in type(error).__mro__], _codes(error)
    fault = next((faults[name] for name in names if name in faults), None)
    if not fault:
        # The name of a class is little, and yet more than nothing.
        told = codes if codes and isinstance(error, OSError) else [names[0], *codes]
        return OptionError(f"{package} found no credentials ({', '.join(told)}).")
    said = f" ({', '.join(codes)})" if codes else ""
    return OptionError(f"{package} found no credentials: {fault.meaning}{said}. {fault.way_out}".rstrip())


def _version(package: str, module: str) -> str:
    """The release that is installed; empty if none is."""
    versions = [getattr(sys.modules.get(module), "__version__", "")]
    with suppress(metadata.PackageNotFoundError):
        versions.append(metadata.version(package))
    # Where several packages share a module, the last to be installed has written its own number there.
    return min(filter(None, versions), key=_numbers, default="")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


class _OfMainThread:
    """A stream to which only the main thread writes: that of the module, while libraries are asked in others."""

    def __init__(self, stream: t.TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if threading.current_thread() is threading.main_thread():
            return self._stream.write(text)
        return len(text)

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._stream, name)


def _silence() -> None:
    """Keep to itself what the libraries print and log: they log answers whole, some of it from threads of their own."""
    logging.disable(logging.CRITICAL)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, _OfMainThread):
            setattr(sys, name, _OfMainThread(stream))


def _codes(error: BaseException) -> list[str]:
    """What may be told of its words."""
    if isinstance(error, OSError) and error.strerror:
        return [f"{error.strerror}: {error.filename}" if error.filename else error.strerror]
    said = str(error)
    return list(dict.fromkeys(_CODE.findall(said) + _CODE_IN_BRACKETS.findall(said)))
