# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows how far a bulk stop is while the module works, and ends any module of this collection when Ansible is gone.

Everything else is the module's own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import typing as t
from pathlib import Path

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.cloudops.halt.plugins.module_utils._module import progress_file as _progress_file

# Seconds between two looks at what the module has written.
_LOOK = 0.5

_DISPLAY = Display()


class ActionModule(ActionBase):  # type: ignore[misc]
    """Runs the module, and passes on the lines that it writes meanwhile."""

    # The module's folder must be there, and known, before the module starts.
    TRANSFERS_FILES = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        ended = threading.Event()
        host = (task_vars or {}).get("inventory_hostname", "localhost")
        reader = threading.Thread(target=self._show, args=(host, ended), daemon=True)
        reader.start()
        try:
            result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
        finally:
            ended.set()
            reader.join()
        return result

    def _show(self, host: str, ended: threading.Event) -> None:
        """The lines that are written until the module has ended. None are here if it works on another machine."""
        path = Path(self._connection._shell.tmpdir or "") / _progress_file.NAME
        shown = 0
        # Signals are for the thread that waits for the module: taken here, they would not wake it up.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        ansible = multiprocessing.parent_process()
        while not ended.wait(_LOOK):
            if ansible and ansible.pid != os.getppid():
                # An Ansible that is killed, or an old one that is told to end, leaves its workers running. The module
                # ends with its reader.
                os.kill(os.getpid(), signal.SIGTERM)
            try:
                text = path.read_text(encoding="utf-8")
            except OSError:
                continue
            # A line that is only half written waits for the next look.
            whole = text[shown : text.rfind("\n") + 1]
            shown += len(whole)
            for line in whole.splitlines():
                # Not to stdout: a callback may be writing JSON there.
                _DISPLAY.display(f"{host}: {line}", stderr=True)
