# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for the files of profiles of every provider, right and wrong."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from ..support.homes import Home
from ..support.providers import having, part

NAMES = having("vault")

everywhere = pytest.mark.parametrize("known", [part(name, "vault") for name in NAMES], ids=NAMES)


@pytest.fixture
def home(known, tmp_path, monkeypatch):
    return Home(known.VAULT, tmp_path, monkeypatch)


@everywhere
def test_no_files_are_no_profile(home, known):
    assert home.found() is home.profiles.find_profile(None, {}) is None
    assert home.refusal("one") == "profile 'one' was not found: there is no file of profiles."
    assert home.found(HOME=str(home.put("file", ""))) is None


@everywhere
def test_a_file_named_by_a_variable_comes_in_place_of_the_other_and_after_the_command_line(home, known):
    home.put(known.SECOND_FILE, known.second_file())
    elsewhere = {known.SECOND_VARIABLE: str(home.put("else/where", known.second_file(key_id="ELSEWHERE")))}
    assert (home.found(), home.found(**elsewhere)) == ("INI", "ELSEWHERE")
    home.put(known.FIRST_FILE, known.first_file())
    assert home.found(**elsewhere) == "DEFAULT"


@everywhere
def test_a_profile_without_a_key_does_not_end_the_search(home, known):
    for empty in known.EMPTY:
        file = home.put(known.FIRST_FILE, known.first_file(**empty))
        assert home.read().is_empty and home.read("default").is_empty
        home.put(known.SECOND_FILE, known.second_file())
        assert home.found() == home.found("default") == "INI"
        home.put(known.SECOND_FILE, re.sub("= .*(?:KEY|key|INI).*", "=", known.second_file()))
        assert str(file) in home.read().source, "the first is named"
        (home.path / known.SECOND_FILE).unlink()


@everywhere
def test_who_else_may_read_a_file_is_not_our_affair(home, known):
    home.put(known.FIRST_FILE, known.first_file()).chmod(0o666)
    assert home.found() == "DEFAULT"


@everywhere
def test_a_profile_that_is_nowhere_names_the_files_and_what_they_have(home, known):
    home.put(known.FIRST_FILE, known.first_file())
    second = home.put(known.SECOND_FILE, known.second_file("one") + known.second_file("two"))
    first = home.path / known.READ_FIRST
    expected = f"profile 'four' was not found: {first} has 'default', {second} has 'one' and 'two'."
    assert home.refusal("four") == expected
    home.put(known.SECOND_FILE, "".join(known.second_file(f"p{number:03}") for number in range(100)))
    assert home.refusal("four").endswith("'p019' and 80 more.")
    home.put(known.SECOND_FILE, "")
    assert home.refusal("four").endswith(f"{second} has none.")


@everywhere
@pytest.mark.parametrize("name", ["../other", "/etc/passwd", "a\nb", "x" * 500, "."])
def test_a_hostile_name_reaches_no_other_file(home, known, name):
    home.put(known.FIRST_FILE, known.first_file())
    home.put("other.credential", known.first_file())
    assert "was not found" in home.refusal(name)


SECRET = "hidden-key"
UNFINISHED = f'{{"profiles": [{{"access_key_secret": "{SECRET}"'
BROKEN_JSON = ["", "{", "[]", "null", '"text"', UNFINISHED, "[" * 100_000, "\0\0", "\ufeff{}"]
BROKEN_INI = [
    f"access_key_secret = {SECRET}\n",
    f"[default\naccess_key_secret = {SECRET}\n",
    f"[default]\n{SECRET}\n",
    f"[default]\na = {SECRET}\na = {SECRET}\n",
    f"[default]\na = {SECRET}\n[default]\n",
]


@everywhere
@pytest.mark.parametrize("place", [0, 1])
def test_a_broken_file_is_named_and_not_shown(home, known, place):
    form = known.FORMS[place]
    for content in {"JSON": BROKEN_JSON, "INI": BROKEN_INI}[form]:
        file = home.put((known.FIRST_FILE, known.SECOND_FILE)[place], content)
        assert home.refusal() == f"{file} is not a file of profiles in {form} format: correct it or move it away."


@everywhere
@pytest.mark.parametrize("value", [7, True, ["x"], {SECRET: 1}])
def test_a_value_of_another_type_is_named(home, known, value):
    for key in known.KEYS:
        home.put(known.FIRST_FILE, known.first_file(**{key: value}))
        assert f"{key} of profile default" in home.refusal()


@everywhere
def test_a_file_that_may_not_be_read(home, known, monkeypatch):
    def denied(path, *_args, **_more):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    home.put(known.FIRST_FILE, known.first_file())
    # Root, which tests often run as, may read everything.
    monkeypatch.setattr(Path, "read_text", denied)
    monkeypatch.setattr(Path, "iterdir", denied)
    assert home.refusal() == f"{home.path / known.READ_FIRST} cannot be read (Permission denied)."


@everywhere
def test_what_is_no_file_or_no_text_or_without_end(home, known):
    file = home.put(known.SECOND_FILE, "")
    file.write_bytes(b"\xff\xfe{}")
    assert home.refusal() == f"{file} cannot be read (it is not text)."
    for make in (lambda: file.write_text(" " * (1 << 21)), lambda: os.mkfifo(file), file.mkdir):
        file.unlink()
        make()
        assert home.refusal() == f"{file} is not a file of profiles."
        if file.is_dir():
            file.rmdir()
