# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole modules in this process: the options that Ansible would hand over go in, the JSON of the exit comes out.

The network is real. A run takes some hundredths of a second, where Ansible takes more than a second to start.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import Clock, Deadline, SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._http import transport as _transport
from ansible_collections.cloudops.halt.plugins.module_utils._module import many_info as _inflight_info
from emulator import Emulator

from .emulated import Task

Options = dict[str, Any]
Result = dict[str, Any]

COLLECTION = "cloudops.halt."

# The emulator's secrets, and those that a test makes up: it calls them MARKER.
UNPRINTABLE = re.compile(r"Traceback|emulator-\w+-secret-|CAISemulator|emulator-\w+-token|MARKER")

# AnsibleModule sets the locale of the process from its environment.
_BASICS = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
_MODULES = "ansible_collections.cloudops.halt.plugins.modules."


def run(
    name: str,
    options: Options,
    *,
    check: bool = False,
    diff: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Result:
    """The result of one module, with warnings as plain text, and with C(stderr) where there is any. Whatever it prints,
    no secret is in it.

    The environment holds what is given and nothing else that a module looks at.
    """
    module = importlib.import_module(_MODULES + name.removeprefix(COLLECTION))
    out, err = io.StringIO(), io.StringIO()
    # Ansible collects warnings for the whole process, or shows each once where all of it is loaded.
    warnings: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        internal = {"_ansible_tmpdir": folder, "_ansible_check_mode": check, "_ansible_diff": diff}
        with (
            _arguments({**options, **internal}),
            mock.patch.dict(os.environ, {**_BASICS, "HOME": folder, **(environment or {})}, clear=True),
            mock.patch.object(basic.AnsibleModule, "log"),
            mock.patch.object(basic.AnsibleModule, "warn", lambda _module, warning: warnings.append(warning)),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                module.main()
                raise AssertionError("the module did not exit")
            except SystemExit as end:
                code = end.code
            finally:
                # A module that asks a vendor's library turns it off for good.
                logging.disable(logging.NOTSET)
    printed = out.getvalue() + err.getvalue()
    assert not UNPRINTABLE.search(printed), printed
    result: Result = json.loads(out.getvalue())
    assert (code != 0) == bool(result.get("failed")), result
    more = {"warnings": warnings, "stderr": err.getvalue()}
    return {"failed": False, **result, **{name: value for name, value in more.items() if value}}


def play(*tasks: Task, check: bool = False, diff: bool = False, **how: Any) -> list[Result]:
    """The results of several tasks, one after the other. A task is written as in a playbook, and may have the keywords
    check_mode, diff and environment."""
    results = []
    for task in tasks:
        (name,) = (key for key in task if "." in key)
        keywords = {
            "check": task.get("check_mode", check),
            "diff": task.get("diff", diff),
            "environment": {**how.get("environment", {}), **task.get("environment", {})},
        }
        results.append(run(name, task[name], **keywords))
    return results


@contextlib.contextmanager
def _arguments(options: Options) -> Iterator[None]:
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:
        # Before ansible-core 2.17.
        given = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
        with mock.patch.object(basic, "_ANSIBLE_ARGS", given):
            yield
    else:
        with patch_module_args(options):
            yield


class RealClock(SystemClock):
    """Time that does not leap."""

    def monotonic(self) -> float:
        return time.monotonic()


def skip_waits(patch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    """Let time leap where a module sleeps, for the module and the emulator alike. Between sleeps it is real.

    Threads that sleep side by side leap one after the other, so that less is waited for than time says. What one thread
    leaps is not taken from the exchange that another is in, which is real.
    """
    ahead = 0.0
    lock = threading.Lock()

    def sleep(_clock: SystemClock, seconds: float) -> None:
        nonlocal ahead
        with lock:
            ahead += seconds
            emulator.world.clock.advance(seconds)
            # Signatures are checked against real time otherwise.
            emulator.world.settings.clock_skew = ahead

    def real_deadline(_clock: Clock, seconds: float) -> Deadline:
        return Deadline(RealClock(), seconds)

    patch.setattr(_transport, "Deadline", real_deadline)
    patch.setattr(_inflight_info, "Deadline", real_deadline)
    patch.setattr(SystemClock, "sleep", sleep)
    patch.setattr(SystemClock, "monotonic", lambda _clock: time.monotonic() + ahead)
    patch.setattr(SystemClock, "wall", lambda _clock: time.time() + ahead)
