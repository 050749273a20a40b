# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""An end before the end: by Ctrl-C or a kill, with the terminal, or because nobody waits for the result any more."""

from __future__ import annotations

import os
import select
import signal
import threading
import typing as t
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from ansible.module_utils.basic import AnsibleModule

from .._core import messages
from .._core.adapter import Adapter, stop_calls
from .exit import exit_module

# Seconds between two looks at whether anybody still reads what the module prints.
_LOOK = 1.0
_STDOUT = 1
# The last is sent when a terminal or the connection to it is closed.
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Run:
    """What an interrupted module needs to tell all that it knows."""

    used: list[Adapter[t.Any]] = field(default_factory=list)
    """The adapters whose calls count."""
    so_far: Callable[[], dict[str, t.Any]] = dict
    """The result of what was done until now."""


@contextmanager
def interruptible(module: AnsibleModule) -> Iterator[Run]:
    """What happens inside may be interrupted. The module then fails, with the result so far and in words that count the
    stops that were sent."""
    run = Run()
    handlers: dict[signal.Signals, t.Any] = {}

    def interrupt(*_: object) -> t.NoReturn:
        # Once is enough: what follows ends by itself.
        for number in handlers:
            signal.signal(number, signal.SIG_IGN)
        handlers.clear()
        raise KeyboardInterrupt

    for number in _ENDS:
        # What was started with nohup goes on.
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            handlers[number] = signal.signal(number, interrupt)
    over = threading.Event()
    threading.Thread(target=_watch, args=(over,), daemon=True).start()
    was_interrupted = False
    try:
        yield run
    except KeyboardInterrupt:
        was_interrupted = True
    finally:
        over.set()
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if was_interrupted:
        if not module._keep_remote_files:
            # Ansible's folder for this module has the options in a file, keys among them, and who would remove it may
            # be gone.
            for name in os.listdir(module.tmpdir):
                with suppress(OSError):
                    os.unlink(os.path.join(module.tmpdir, name))
        sent = stop_calls(run.used)
        # What the calls that were under way have done, nobody knows.
        result = {**run.so_far(), "msg": messages.interrupted(sent), "changed": sent > 0, "interrupted": True}
        exit_module(module, run.used, failed=True, **result)


def _watch(over: threading.Event) -> None:
    """Interrupt this process when its reader has gone. A killed Ansible leaves its modules running."""
    # Signals are for the thread that works: taken here, they would not wake it up.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    output = select.poll()
    output.register(_STDOUT, 0)
    while not over.wait(_LOOK):
        if any(event & (select.POLLERR | select.POLLHUP) for _file, event in output.poll(0)):
            # Whatever is still said fails nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)
            os.kill(os.getpid(), signal.SIGTERM)
            return
