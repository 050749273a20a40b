# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the variables of the role bulk_cancel, on the controller and before anything else."""

from __future__ import annotations

import os
import time
import typing as t
from pathlib import Path

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._core.times import utc_text_of
from ansible_collections.cloudops.halt.plugins.module_utils._role.request import PREFIX, read_request


class ActionModule(ActionBase):  # type: ignore[misc]
    """Returns the request, or fails with a sentence about a variable."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        try:
            request = read_request(self._given(variables), _read)
        except OptionError as error:
            return {**result, "failed": True, "msg": f"{error} Nothing was stopped."}
        folder, warning = _report_folder(request["report"], variables)
        if warning:
            result["warnings"] = [*result.get("warnings", []), warning]
        return {**result, **request, "report": folder, "started": utc_text_of(time.time()), "changed": False}

    def _given(self, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        """The role's variables by their names without the prefix. Raises OptionError for one that has no value."""
        # A job of AWX hands on what came of it, unless it is told not to.
        given: dict[str, t.Any] = {"stats": bool({"awx_job_id", "tower_job_id"} & variables.keys())}
        for name in variables:
            if name.startswith(PREFIX) and not name.endswith(("_result", "_still_running")):
                try:
                    given[name.removeprefix(PREFIX)] = self._templar.template(variables[name])
                except AnsibleError as error:
                    raise OptionError(f"{name} cannot be evaluated: {error}.") from None
        return given


def _read(path: str) -> str:
    """The plan in a file on the controller. Raises OptionError."""
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise OptionError(f"{PREFIX}plan: {path} cannot be read: {reason}.") from None


def _report_folder(report: str, variables: dict[str, t.Any]) -> tuple[str, str]:
    """The folder of the report, and a warning in its place if it cannot be written. Hosts have a folder each.

    A relative path begins where ansible-playbook was started, as it does in a shell.
    """
    if not report:
        return "", ""
    folder = Path(report).expanduser().resolve()
    if len(variables.get("ansible_play_hosts_all", ())) > 1:
        folder /= variables["inventory_hostname"]
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        return "", f"{PREFIX}report: {folder} cannot be made, so there is no report: {error.strerror}."
    if not os.access(folder, os.W_OK | os.X_OK):
        return "", f"{PREFIX}report: {folder} cannot be written, so there is no report."
    return str(folder), ""
