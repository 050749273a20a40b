# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook, with modules run inside of Ansible's worker processes: in_workers.py [option ...] playbook

For what is about playbooks and options. That a module starts in a process of its own, which takes most of the time of
a task, is shown by the journeys of single tasks.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import time
import warnings
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from ansible.cli.playbook import main
from ansible.module_utils import basic
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import init_plugin_loader


def run_module(action: Any, module_name: str = "", module_args: Any = None, task_vars: Any = None, **how: Any) -> Any:
    """In place of ActionBase._execute_module. A worker runs one task, so what is changed here stays in that task."""
    task = action._task
    assert not task.async_val and not any(task.environment), "this is not understood here"
    name = module_name or task.action
    options = dict(task.args if module_args is None else module_args)
    loose = {key: value for key, value in how.items() if key == "ignore_unknown_opts"}
    action._update_module_args(name, options, task_vars or {}, **loose)
    path = action._shared_loader_obj.module_loader.find_plugin(name, ".py", collection_list=task.collections)
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
    # Since ansible-core 2.19: how results are written.
    basic._ANSIBLE_PROFILE = "legacy"
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        exec(compile(Path(path).read_bytes(), path, "exec"), {"__name__": "__main__"})
    return json.loads(out.getvalue())


if __name__ == "__main__":
    # Imported here once, what modules use is there in every worker.
    init_plugin_loader()
    utils = importlib.import_module("ansible_collections.cloudops.halt.plugins.module_utils")
    used = {name: importlib.import_module(name) for _, name, _ in walk_packages(utils.__path__, f"{utils.__name__}.")}
    if "REAL_TIME" not in os.environ:
        # What is stopped here ends soon.
        used[f"{utils.__name__}._core.clock"].SystemClock.sleep = lambda _clock, seconds: time.sleep(min(seconds, 0.02))
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    ActionBase._execute_module = run_module
    main()
