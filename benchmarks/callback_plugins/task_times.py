# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes how long each task took, as lines of JSON."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """From the moment at which a task is announced to that at which its result is there."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_times"

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._name = task.get_name()
        self._started = time.perf_counter()

    def v2_runner_on_ok(self, result: Any) -> None:
        line = json.dumps({"task": self._name, "seconds": time.perf_counter() - self._started})
        with open(os.environ["TASK_TIMES"], "a") as file:
            file.write(line + "\n")
