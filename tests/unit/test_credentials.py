# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which source of keys counts, and how keys are renewed while they are used."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count, repeat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import Deadline, SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Noted
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.chain import Finder
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import (
    Credentials,
    MissingLibrary,
    Renewable,
)
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.platform import Platform, Profile
from ansible_collections.cloudops.halt.plugins.module_utils._http.client import ApiClient, Service
from ansible_collections.cloudops.halt.plugins.module_utils._http.connection import Connection, inherited

from ..support.wire import FakeClock


class ProfileFiles:
    """Two profiles with keys, one that needs the library, and a library that may be missing."""

    PROFILE_ENV = ("NIMBUS_PROFILE",)
    LIBRARY = "nimbus-credentials"

    find_profile: Any
    open: Any

    def __init__(self, default=None, installed=True):
        self.find_profile = self.find
        self.open = self.get_ready
        self.default = default
        self.installed = installed
        self.token = "token-1"
        self.opened = 0

    def find(self, name, environ):
        name = name or self.default
        if name is None:
            return None
        if name == "empty":
            return Profile(name, "/file", "Plain", None, lambda: self.open(name), is_empty=True)
        if name not in ("plain", "session", "role"):
            raise OptionError(f"profile {name!r} was not found: /file has 'plain', 'session' and 'role'.")
        source = f"profile {name} (/file)"
        token = self.token if name == "session" else None
        found = None if name == "role" else Credentials(f"{name}-id", f"{name}-key", token, source)
        return Profile(name, "/file", "Role" if name == "role" else "Plain", found, lambda: self.open(name))

    def open_library(self):
        return self.open("library")

    def get_ready(self, name):
        if not self.installed:
            raise MissingLibrary("nimbus-credentials is not installed.")
        self.opened += 1
        number = self.opened
        return lambda: Credentials(f"{name}-id", "lib-key", f"lib-token-{number}", "sdk (nimbus)")


def nimbus(files):
    options = ("region", "access_key_id", "access_key_secret", "security_token", "endpoint_url")
    variables: Any = {f"{option}_env": (f"NIMBUS_{option.upper()}",) for option in options}
    return Platform("nimbus", "Nimbus", **variables, load_profiles=lambda: files)


OPTIONS = {"access_key_id": "opt-id", "access_key_secret": "opt-key", "security_token": "opt-token"}
ENVIRONMENT = {f"NIMBUS_{name.upper()}": value.replace("opt", "env") for name, value in OPTIONS.items()}
PLAIN, SESSION, ROLE, SDK = {"profile": "plain"}, {"profile": "session"}, {"profile": "role"}, {"credentials": "sdk"}

OF_ROLE = "profile role (/file)"

# What is there: options, whether the environment has a key, the default profile, whether the library is installed.
# What each way of searching then finds: the beginning of the id, or of what is said.
PRECEDENCE = [
    # options   env    default  lib    auto               static             sdk
    (OPTIONS, True, "plain", True, "opt-id", "opt-id", "!access_key_id is set, and credentials is sdk"),
    ({}, True, "plain", True, "env-id", "env-id", "library-id"),
    ({}, False, "plain", True, "plain-id", "plain-id", "library-id"),
    ({}, False, "role", True, "role-id", "!profile role (/file) is of the kind Role", "library-id"),
    ({}, False, None, True, "library-id", "!access_key_id is missing", "library-id"),
    ({}, False, None, False, "!access_key_id is missing", "!access_key_id is missing", "!nimbus-credentials is not"),
    ({}, False, "plain", False, "plain-id", "plain-id", "!nimbus-credentials is not"),
    # A profile that holds nothing does not end the search, unless it is named.
    ({}, False, "empty", True, "library-id", "!access_key_id is missing", "library-id"),
    ({"profile": "empty"}, True, None, True, *["!profile empty (/file) has no key"] * 3),
    (
        {},
        False,
        "role",
        False,
        f"!{OF_ROLE}: nimbus-credentials is",
        f"!{OF_ROLE} is of the",
        "!nimbus-credentials is not",
    ),
    # A profile that is named comes before the environment.
    (PLAIN, True, None, True, "plain-id", "plain-id", "plain-id"),
    (ROLE, True, None, True, "role-id", "!profile role (/file) is of the kind Role", "role-id"),
    ({"profile": "x"}, True, "plain", True, "!profile 'x' was not", "!profile 'x' was not", "!profile 'x' was not"),
    ({**OPTIONS, **PLAIN}, True, None, True, *["!access_key_id is set, and profile is plain"] * 3),
    ({"security_token": "t"}, True, "plain", True, *["!security_token is set without its key"] * 3),
    # Half a key is not completed; what is empty is left out.
    ({"access_key_id": "i"}, True, None, True, *["!access_key_secret is missing"] * 2, "!access_key_id is set, and"),
    ({"access_key_secret": "k"}, True, None, True, *["!access_key_id is missing"] * 2, "!access_key_id is set, and"),
    (dict.fromkeys(OPTIONS, ""), True, None, True, "env-id", "env-id", "library-id"),
]


def search(options, environ=None, files=None, hidden=None):
    finder = Finder(environ or {}, (set() if hidden is None else hidden).update)
    return finder.find(options, nimbus(files or ProfileFiles()))


@pytest.mark.parametrize("case", PRECEDENCE, ids=map(str, PRECEDENCE))
@pytest.mark.parametrize(("where", "column"), [("auto", 4), ("static", 5), ("sdk", 6)])
def test_precedence(case, where, column):
    options, in_environment, default, installed = case[:4]
    expected = case[column]
    files = ProfileFiles(default, installed)
    try:
        found = search({**options, "credentials": where}, ENVIRONMENT if in_environment else {}, files)
    except OptionError as error:
        assert str(error).startswith(expected.removeprefix("!")) and expected.startswith("!"), error
    else:
        assert found.access_key_id == expected
        # Of one source, whole.
        current = found.current()
        is_sdk = "sdk" in current.source
        prefix = "lib-" if is_sdk else expected.removesuffix("id")
        assert current.access_key_secret.startswith(prefix)
        assert not current.security_token or current.security_token.startswith(prefix)
        assert files.opened == is_sdk


@pytest.mark.parametrize(
    ("environ", "files", "said"),
    [
        # Somebody else's key must not step in for it.
        ({"NIMBUS_PROFILE": "x"}, ProfileFiles("plain"), "profile 'x' was not found: "),
        ({"NIMBUS_ACCESS_KEY_ID": "id"}, ProfileFiles("plain"), "access_key_secret is missing for Nimbus: "),
        ({"NIMBUS_ACCESS_KEY_SECRET": "key"}, ProfileFiles("plain"), "access_key_id is missing for Nimbus: "),
        ({}, ProfileFiles(installed=False), "; for a role of this machine, install nimbus-credentials."),
        ({}, ProfileFiles(installed=False), "environment variables NIMBUS_ACCESS_KEY_ID and NIMBUS_ACCESS_KEY_SECRET"),
    ],
)
def test_what_is_missing_is_told(environ, files, said):
    with pytest.raises(OptionError, match=re.escape(said)):
        search({}, environ, files)


@pytest.mark.parametrize("value", ["key with blank", " hidden", "hid\tden", "key\n", '"quoted"', "'quoted'", "kéy"])
@pytest.mark.parametrize("part", OPTIONS)
def test_a_bad_key_of_any_source_is_refused_and_not_shown(value, part):
    key = {**OPTIONS, part: value}
    files = ProfileFiles()
    files.open = lambda name: lambda: Credentials(**key, source="sdk (nimbus)")
    environ = {f"NIMBUS_{name.upper()}": value for name, value in key.items()}
    sources = {"options": (key, {}), "environment": ({}, environ), "sdk (nimbus)": (SDK, {})}
    for source, (options, variables) in sources.items():
        with pytest.raises(OptionError) as caught:
            search(options, variables, files)
        assert str(caught.value).startswith(f"{part} (from {source})")
        assert value not in str(caught.value)


def test_a_source_without_a_secret_is_refused():
    files = ProfileFiles()
    files.open = lambda name: lambda: Credentials("id", "", source="sdk (nimbus)")
    with pytest.raises(OptionError, match=r"access_key_secret is missing in what sdk \(nimbus\) has"):
        search(SDK, files=files)


def test_secrets_of_every_source_are_made_known():
    hidden: set[str] = set()
    for options in (PLAIN, SESSION, ROLE, SDK):
        search(options, hidden=hidden)
    assert hidden == {"plain-key", "session-key", "token-1", "lib-key", "lib-token-1"}


def test_the_same_identity_is_found_once_and_shared():
    files = ProfileFiles()
    finder = Finder({})
    platform = nimbus(files)
    first, second = (finder.find({**ROLE, "region": region}, platform) for region in ("here", "there"))
    assert first is second and files.opened == 1
    connection, same = Connection(platform, "here", first), Connection(platform, "here", second)
    assert (hash(connection), connection) == (hash(same), same)
    assert connection != Connection(platform, "here", finder.find(PLAIN, platform))


def test_the_host_of_the_token_service_goes_to_the_profile():
    asked = []
    files = ProfileFiles()

    def find(name, environ, sts=""):
        asked.append(sts)
        return files.find(name, environ)

    files.find_profile = find
    finder = Finder({})
    keys = [finder.find(ROLE, nimbus(files), sts) for sts in ("", "sts.here", "sts.there", "sts.here")]
    assert asked == ["", "sts.here", "sts.there"]
    assert keys[1] is keys[3]


# Scopes inherit


KEY = {"access_key_id": "a", "access_key_secret": "b"}


@pytest.mark.parametrize(
    ("own", "general", "identity"),
    [
        ({}, OPTIONS, OPTIONS),
        ({}, PLAIN, PLAIN),
        (PLAIN, OPTIONS, PLAIN),
        (KEY, PLAIN, KEY),
        (KEY, OPTIONS, KEY),
        (KEY, SDK, KEY),
        (PLAIN, {"credentials": "static"}, {**PLAIN, "credentials": "static"}),
        (PLAIN, SDK, {**PLAIN, **SDK}),
        (SDK, OPTIONS, SDK),
        (SDK, PLAIN, SDK),
        ({"credentials": "static"}, {**PLAIN, "credentials": "auto"}, {**PLAIN, "credentials": "static"}),
        # Templates without a value leave out what they would have set.
        (dict.fromkeys(OPTIONS, ""), OPTIONS, OPTIONS),
        ({"profile": ""}, PLAIN, PLAIN),
    ],
)
def test_who_calls_comes_whole_from_one_place(own, general, identity):
    found = inherited({**own, "region": "here"}, {"region": "there", "retries": 5, **general})
    found = {name: value for name, value in found.items() if value is not None}
    assert found == {**identity, "region": "here", "retries": 5}


def test_a_token_of_a_place_needs_its_key():
    with pytest.raises(OptionError, match="security_token is set without its key: set access_key_id and"):
        inherited({"security_token": "t"}, OPTIONS)


# Renewal


def numbered(number, source="sdk"):
    return Credentials("id", "key", f"token-{number}", source)


def renewable(clock, *answers):
    """Keys of a library that gives these answers, one each time it is asked, and then none any more."""
    left = iter(answers)

    def get():
        found = next(left, None)
        if not found:
            raise OptionError("no answer")
        return found

    return Renewable(lambda: get, lambda found: None, clock.monotonic)


def test_the_library_is_asked_again_after_a_while():
    clock = FakeClock()
    keys = renewable(clock, numbered(0), numbered(1))
    assert [keys.current() for _ in range(3)] == [numbered(0)] * 3
    clock.now += 31
    assert [keys.current() for _ in range(3)] == [numbered(1)] * 3


def test_what_was_got_last_serves_while_the_library_fails():
    clock = FakeClock()
    keys = renewable(clock, numbered(0))
    clock.now += 31
    assert keys.current() == numbered(0)
    with pytest.raises(OptionError, match="no answer"):
        keys.renew(numbered(0))
    assert keys.current() == numbered(0)


def test_a_library_that_hangs_holds_up_no_call_beyond_its_deadline():
    clock, end = FakeClock(), threading.Event()
    asked = count()

    def get():
        if next(asked):
            end.wait(10)
        return numbered(0)

    cloud = Cloud(Renewable(lambda: get, lambda found: None, clock.monotonic))
    clock.now += 31
    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(cloud.call, "Read", {}, deadline=Deadline(SystemClock(), 0.5)) for _ in range(4)]
        errors = [str(call.exception()) for call in calls]
    assert time.monotonic() - started < 2
    end.set()
    # They were signed with what was got last. It was rejected, and nothing else came in time.
    assert cloud.tokens == ["token-0"] * 4
    assert all("could not be renewed: what gave the key (sdk) did not answer" in each for each in errors)


def test_a_run_never_goes_on_with_the_key_of_another_source():
    clock = FakeClock()
    first = numbered(0, "sdk (one)")
    keys = renewable(clock, first, *repeat(numbered(1, "sdk (two)"), 2))
    clock.now += 31
    assert keys.current() == first
    with pytest.raises(OptionError, match=r"the key came from sdk \(one\), and would come from sdk \(two\) now"):
        keys.renew(first)
    assert (keys.current(), keys.source) == (first, "sdk (one)")


def test_credentials_that_do_not_change_are_not_renewed():
    same = numbered(0)
    assert not same.renew(same)
    assert not renewable(FakeClock(), same, same).renew(same)


def test_a_renewal_starts_anew_and_only_once_for_all_threads():
    opened = count()

    def open_getter():
        number = next(opened)
        return lambda: numbered(number)

    keys = Renewable(open_getter, lambda found: None)
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _: keys.renew(numbered(0)), range(100)))
    assert (keys.current(), next(opened)) == (numbered(1), 2)


def test_a_library_that_fails_is_not_waited_for_by_one_thread_after_the_other():
    threads = 16
    opened: list[int] = []
    asked = threading.Semaphore(0)

    def now():
        asked.release()
        return time.monotonic()

    def open_getter():
        opened.append(len(opened))
        if len(opened) == 1:
            return lambda: numbered(0)
        # All are waiting by now: the start has looked at the clock once, and each of them has.
        for _ in range(threads + 1 if len(opened) == 2 else 0):
            assert asked.acquire(timeout=10)
        raise OptionError("no answer")

    def renew(_):
        with pytest.raises(OptionError, match="no answer"):
            keys.renew(numbered(0))

    keys = Renewable(open_getter, lambda found: None, now)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(renew, range(threads)))
    assert opened == [0, 1]
    # Whoever comes later tries again.
    renew(None)
    assert opened == [0, 1, 2]


def test_a_token_of_a_file_is_read_again_but_a_lasting_key_is_not():
    files = ProfileFiles()
    hidden: set[str] = set()
    session = search(SESSION, files=files, hidden=hidden)
    before = session.current()
    files.token = "token-2"
    assert session.current() == before
    assert session.renew(before)
    assert session.current() == replace(before, security_token="token-2")
    assert "token-2" in hidden
    assert isinstance(search(PLAIN, files=files), Credentials)


def test_a_profile_whose_token_is_gone_is_no_renewal():
    files = ProfileFiles()
    session = search(SESSION, files=files)
    files.find_profile = lambda name, environ: None
    with pytest.raises(OptionError, match=r"profile session \(/file\) has no token any more"):
        session.renew(session.current())


# Renewal under calls


class Anywhere(Service):
    def endpoint(self, region, endpoint_type="public"):
        return "http://halt.invalid"


class Cloud(ApiClient):
    """A provider that accepts one token at a time."""

    def __init__(self, keys, valid=lambda: "never", code="InvalidSecurityToken.Expired"):
        connection = Connection(nimbus(None), "here", keys, retries=0)
        super().__init__(connection, Anywhere("nimbus", "", {}), FakeClock(), random.Random(0))
        self.valid = valid
        self.code = code
        self.tokens = []

    def _try(self, action, parameters, deadline, noted):
        # A signer asks at the moment it signs.
        token = self.connection.credentials.current().security_token
        self.tokens.append(token)
        assert len(self.tokens) < 10_000, "there is no end"
        if token != self.valid():
            noted.request_ids.append("r-1")
            raise self.error(action, self.code, "The token has expired. It was hidden.", "auth", 403, "r-1")
        noted.request_ids.append("r-2")
        return {"RequestId": "r-2"}


def test_a_call_with_a_token_that_has_run_out_is_made_once_more():
    noted = Noted()
    cloud = Cloud(search(SDK), lambda: "lib-token-2")
    assert cloud.call("Stop", {}, repeatable=False, noted=noted) == {"RequestId": "r-2"}
    assert (cloud.tokens, noted.request_ids) == (["lib-token-1", "lib-token-2"], ["r-1", "r-2"])


@pytest.mark.parametrize(
    ("options", "code", "tries"),
    [
        (SDK, "InvalidSecurityToken.Expired", 2),
        (SDK, "ExpiredStsToken", 2),
        (SDK, "AuthFailure.TokenFailure", 2),
        (SDK, "SignatureDoesNotMatch", 1),
        (SDK, "InvalidTimeStamp.Expired", 1),
        (SDK, "AuthFailure.SignatureExpire", 1),
        (OPTIONS, "InvalidSecurityToken.Expired", 1),
    ],
)
def test_it_is_renewed_once_and_only_for_a_token_that_can_be(options, code, tries):
    cloud = Cloud(search(options), code=code)
    with pytest.raises(ApiError, match=code):
        cloud.call("Stop", {})
    assert len(cloud.tokens) == tries


def test_a_renewal_that_fails_says_why():
    files = ProfileFiles()
    cloud = Cloud(search(SDK, files=files))
    files.installed = False
    with pytest.raises(ApiError) as caught:
        cloud.call("Stop", {})
    assert caught.value.message == (
        "The token has expired, and could not be renewed: nimbus-credentials is not installed."
    )
    assert (caught.value.code, caught.value.request_id) == ("InvalidSecurityToken.Expired", "r-1")


def test_no_vendor_library_is_loaded_before_it_is_asked():
    code = (
        "import sys, tests.conftest\n"
        "from ansible_collections.cloudops.halt.plugins.module_utils._module import scopes\n"
        "loaded = [name for name in sys.modules if name.startswith(('alibabacloud', 'tencentcloud', 'Tea'))]\n"
        "print(loaded)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
