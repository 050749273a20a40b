# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a vendor's credential library does. The real ones are tested in tests/providers."""

from __future__ import annotations

import io
import logging
import sys
import threading
from importlib import metadata
from types import SimpleNamespace

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import sdk as library
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import MissingLibrary


@pytest.fixture(autouse=True)
def logs_and_output_as_before(monkeypatch):
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    yield
    logging.disable(logging.NOTSET)


def opened(act):
    return library.opener("some-library", lambda: act)()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("hidden"), "ValueError"),
        (SystemExit("hidden"), "SystemExit"),
        (RuntimeError('{"Code": "Some.Code", "Message": "hidden"}'), "RuntimeError, Some.Code"),
        (RuntimeError("HttpCode=404 hidden"), "RuntimeError, 404"),
        (RuntimeError("code: Hidden-key-1"), "RuntimeError"),
        (RuntimeError("code: hidden"), "RuntimeError"),
        (OSError("hidden"), "OSError"),
        (PermissionError(13, "Permission denied", "/file"), "Permission denied: /file"),
    ],
    ids=repr,
)
def test_an_error_is_told_by_its_kind_and_code(error, reason):
    def fail():
        raise error

    with pytest.raises(OptionError) as caught:
        opened(fail)()
    assert str(caught.value) == f"some-library found no credentials ({reason})."
    assert not isinstance(caught.value, MissingLibrary)
    assert caught.value.__suppress_context__


MEANINGS = {"LookupError": library.Fault("it is empty"), "OSError": library.Fault("it is shut", "Open it.")}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LookupError("hidden"), ": it is empty."),
        (KeyError("hidden"), ": it is empty."),
        (TimeoutError("HttpCode=404 hidden"), ": it is shut (404). Open it."),
        (PermissionError(13, "Permission denied", "/file"), ": it is shut (Permission denied: /file). Open it."),
        (ValueError("hidden"), " (ValueError)."),
    ],
    ids=repr,
)
def test_an_error_is_told_by_what_it_means(error, said):
    def fail():
        raise error

    with pytest.raises(OptionError) as caught:
        library.opener("some-library", fail, faults=MEANINGS)()
    assert str(caught.value) == f"some-library found no credentials{said}"


@pytest.mark.parametrize("fault", [ImportError("x"), AttributeError("x"), TypeError("x")], ids=repr)
@pytest.mark.parametrize(
    ("installed", "told", "old"),
    [("0.3.6", None, "0.3.6"), ("0.9", "1.2.0", "0.9"), ("1.2.0", "0.9.9rc1", "0.9.9rc1"), ("1.0.0", None, None)],
)
def test_an_old_library_is_called_that(monkeypatch, fault, installed, told, old):
    def fail():
        raise fault

    monkeypatch.setattr(metadata, "version", lambda package: installed)
    if told:
        monkeypatch.setitem(sys.modules, "some_library", SimpleNamespace(__version__=told))
    with pytest.raises(OptionError) as caught:
        library.opener("some-library", fail, library.Needed("1.0.0", "some_library"))()
    said = str(caught.value)
    if old:
        assert said.startswith(f"some-library {old} is too old: 1.0.0 or later is needed, run ")
        assert said.endswith("-m pip install 'some-library>=1.0.0'.")
    else:
        assert "too old" not in said
    assert isinstance(caught.value, MissingLibrary) == (not old and isinstance(fault, ImportError))


def test_a_library_that_never_answers_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(library, "_PATIENCE", 0.1)
    end = threading.Event()
    with pytest.raises(OptionError, match=r"some-library did not answer within 0\.1 seconds"):
        opened(end.wait)()
    end.set()


def test_only_the_module_itself_is_heard(capsys):
    """Even while libraries are asked, since an interrupted module says so at once."""
    asking, told = threading.Event(), threading.Event()
    # What a library has opened before it was silenced.
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger("credentials").addHandler(handler)

    def noisy():
        print("hidden")
        print("hidden", file=sys.stderr)
        logging.getLogger("credentials").error("hidden")
        asking.set()
        told.wait(10)

    get = opened(noisy)
    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    asking.wait(10)
    print("shown")
    print("shown, too", file=sys.stderr)
    told.set()
    for thread in threads:
        thread.join()
    logging.getLogger("credentials").removeHandler(handler)
    assert capsys.readouterr() == ("shown\n", "shown, too\n")
    assert logged.getvalue() == ""
