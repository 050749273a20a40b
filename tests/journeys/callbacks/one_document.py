# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stdout callback as programs want it, such as ansible.posix.json: one JSON document, at the end."""

from __future__ import annotations

import json
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: one_document
type: stdout
short_description: One JSON document
description: The outcome of each task, by its name.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Keeps what each task has returned, and prints it all."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "one_document"

    def __init__(self) -> None:
        super().__init__()
        self._tasks: list[dict[str, Any]] = []

    def _keep(self, result: Any, **_: Any) -> None:
        self._tasks.append({"task": result._task.get_name(), "failed": result.is_failed(), **result._result})

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_skipped = _keep

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._display.display(json.dumps(self._tasks, default=str))
