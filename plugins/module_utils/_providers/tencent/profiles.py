# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Profiles of Tencent Cloud's command line and SDKs, and the credential providers of its Python SDK.

Source: tencentcloud-sdk-python-common, default chain; tccli, files of a profile.
"""

from __future__ import annotations

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
from ..._credentials.sdk import NO_ROLE, NOTHING_FOUND, Fault, Needed, opener

PROFILE_ENV: tuple[str, ...] = ("TCCLI_PROFILE",)
LIBRARY = "tencentcloud-sdk-python-common"

NEEDED = Needed("3.0.1450", "tencentcloud")

# What the library raises where it has no key; the last is ours.
_ERRORS = ("TencentCloudSDKException", "OSError", "LookupError")
_NO_MACHINE_ROLE = Fault(
    "the metadata service of this machine has handed out no key", "Check that the machine has a CVM role."
)
_SHARED = Path("/etc/tencentcloud/credentials")
_DEFAULT = "default"
_SUFFIX = ".credential"
_CVM_ROLE = "cvm-role"
# The command line keeps a key in the file for each of these. It renews those of the last two.
_KEPT = ("", "default", "sso", "oauth")


def find_profile(name: str | None, environ: Mapping[str, str], sts: str = "") -> Profile | None:
    """The profile of this name, or the default: an empty one only if there is no other. Raises OptionError.

    C(sts) is the host at which its library asks for the keys of a role, if not at its own.
    """
    return choose(_shelves(environ, sts), name)


def open_library() -> Getter:
    """The library's own search. Raises OptionError."""

    def load() -> Callable[[], Credentials]:
        from tencentcloud.common.credential import DefaultCredentialProvider

        return _getter(DefaultCredentialProvider().get_credential())

    return opener(LIBRARY, load, NEEDED, dict.fromkeys(_ERRORS, NOTHING_FOUND))()


def _shelves(environ: Mapping[str, str], sts: str) -> Iterator[Shelf]:
    home = home_of(environ)
    if home:
        yield from _cli_shelf(home / ".tccli", sts)
    if environ.get("TENCENTCLOUD_CREDENTIALS_FILE"):
        paths = [Path(environ["TENCENTCLOUD_CREDENTIALS_FILE"])]
    else:
        paths = [*([home / ".tencentcloud" / "credentials"] if home else []), _SHARED]
    for path in paths:
        sections = read_ini(path)
        if sections is not None:
            yield ini_shelf(str(path), sections, _ini_profile)
            # The other one does not count then.
            return


def _cli_shelf(folder: Path, sts: str) -> Iterator[Shelf]:
    try:
        names = [path.name.removesuffix(_SUFFIX) for path in folder.iterdir() if path.name.endswith(_SUFFIX)]
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise OptionError(f"{folder} cannot be read ({error.strerror}).") from None
    yield Shelf(str(folder), {name: partial(_cli_profile, folder, name, sts) for name in names}, _DEFAULT)


def _cli_profile(folder: Path, name: str, sts: str) -> Profile:
    file = folder / f"{name}{_SUFFIX}"
    entry, path = read_json(file) or {}, str(file)
    kind = text_of(entry, "type", path, name)
    role = text_of(entry, "role-arn", path, name)
    session = text_of(entry, "role-session-name", path, name)
    said = [text_of(entry, part, path, name) for part in ("secretId", "secretKey", "token")]
    # A question of the command line that was left without an answer leaves the word None.
    key_id, key, token = ("" if word == "None" else word for word in said)
    held = Credentials(key_id, key, token or None, source=profile_source(name, path))
    if kind not in (*_KEPT, _CVM_ROLE):
        raise OptionError(f"{profile_source(name, path)} has the type {kind!r}, which is not known here.")
    if role and kind != _CVM_ROLE and held.security_token:
        raise OptionError(
            f"{profile_source(name, path)} has a token beside its role-arn, and {LIBRARY} can take on a role with a"
            " lasting key only."
        )

    def load() -> Callable[[], Credentials]:
        from tencentcloud.common import credential

        if kind == _CVM_ROLE:
            return _getter(credential.CVMRoleCredential())
        if role:
            return _getter(
                credential.STSAssumeRoleCredential(
                    held.access_key_id,
                    held.access_key_secret,
                    role,
                    session or "cloudops-halt",
                    **({"endpoint": sts} if sts else {}),
                )
            )
        return _getter(credential.Credential(held.access_key_id, held.access_key_secret, held.security_token))

    is_plain = kind != _CVM_ROLE and not role
    is_empty = kind != _CVM_ROLE and not (key_id or key)
    return Profile(
        name,
        path,
        "role-arn" if role else kind,
        held if is_plain and not is_empty else None,
        opener(LIBRARY, load, NEEDED, dict.fromkeys(_ERRORS, _NO_MACHINE_ROLE if kind == _CVM_ROLE else NO_ROLE)),
        _region(folder, name),
        is_empty,
    )


def _region(folder: Path, name: str) -> str | None:
    """The region of a profile, which the command line keeps in a file of its own."""
    file = folder / f"{name}.configure"
    settings = (read_json(file) or {}).get("_sys_param")
    return (text_of(settings, "region", str(file), name) or None) if isinstance(settings, dict) else None


def _ini_profile(path: str, name: str, entry: Mapping[str, str]) -> Profile:
    held = Credentials(entry.get("secret_id", ""), entry.get("secret_key", ""), source=profile_source(name, path))

    def load() -> Callable[[], Credentials]:
        from tencentcloud.common.credential import Credential

        return _getter(Credential(held.access_key_id, held.access_key_secret))

    is_empty = not (held.access_key_id or held.access_key_secret)
    return Profile(name, path, "default", None if is_empty else held, opener(LIBRARY, load, NEEDED), is_empty=is_empty)


def _getter(credential: t.Any) -> Callable[[], Credentials]:
    def get() -> Credentials:
        # All three at once, because a renewal may fall between two questions.
        key_id, key, token = credential.get_credential_info()
        if not (key_id or key):
            # The library goes on without a key where the metadata service has none.
            raise LookupError
        return Credentials(key_id or "", key or "", token or None, source=f"sdk ({type(credential).__name__})")

    return get
