# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes a report of what the modules have returned, on the controller."""

from __future__ import annotations

import getpass
import json
import os
import secrets
import socket
import tempfile
import time
import typing as t
from collections.abc import Mapping
from pathlib import Path

from ansible.plugins.action import ActionBase
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import PROVIDERS
from ansible_collections.cloudops.halt.plugins.module_utils._role.page import view
from ansible_collections.cloudops.halt.plugins.module_utils._role.report import report, table
from ansible_collections.cloudops.halt.plugins.module_utils._role.text import markdown

_TEMPLATES = Path(__file__).resolve().parents[2] / "roles" / "bulk_cancel" / "templates"
_SPEC = {
    "result": {"type": "raw", "required": True},
    "path": {"type": "path"},
    "title": {"type": "str"},
    "reason": {"type": "str"},
    "started": {"type": "str"},
    "selection": {"type": "dict"},
    "show_accounts": {"type": "bool", "default": False},
    "stats": {"type": "bool", "default": False},
}
_MODE = 0o640
_PLAN = "plan.json"


class ActionModule(ActionBase):  # type: ignore[misc]
    """Returns the paths of the files, and the text for a chat. Hands it to the next node of a workflow, too."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _checked, options = self.validate_argument_spec(_SPEC)
        variables = task_vars or {}
        about = {
            "title": variables.get("ansible_play_name"),
            "by": _who(variables),
            "job": _job(variables),
            "host": variables.get("inventory_hostname"),
            "check_mode": variables.get("ansible_check_mode"),
            **{name: value for name, value in options.items() if value is not None},
        }
        try:
            data = report(options["result"], about, time.time())
        except ValueError as error:
            return {**result, "failed": True, "msg": f"result: {error}."}
        plan = options["result"].get("plan") if isinstance(options["result"], Mapping) else None
        result["markdown"] = markdown(data)
        if options["stats"]:
            result["ansible_stats"] = {"data": _stats(data, plan), "per_host": False, "aggregate": True}
        if not options["path"]:
            return {**result, "changed": False}
        folder = Path(options["path"]).expanduser().resolve()
        files = files_of(data, plan, folder, show_accounts=options["show_accounts"])
        if not self._task.check_mode:
            try:
                _write(folder, files)
            except OSError as error:
                return {**result, "failed": True, "msg": f"path: {folder} cannot be written: {error.strerror}."}
        return {
            **result,
            "changed": True,
            "path": str(folder / "report.html"),
            "files": [str(folder / name) for name in files],
        }


def files_of(data: dict[str, t.Any], plan: t.Any, folder: Path, *, show_accounts: bool) -> dict[str, str]:
    """The contents of the files, by their names."""
    consoles = {name: entry.platform.consoles for name, entry in PROVIDERS.items()}
    page = view(data, consoles, show_accounts=show_accounts, plan=str(folder / _PLAN) if plan else "")
    return {
        "report.html": rendered(page),
        "report.md": markdown(data) + "\n",
        "report.csv": table(data["results"]),
        "report.json": json.dumps(data, indent=4, sort_keys=True) + "\n",
        **({_PLAN: json.dumps(plan, indent=4, sort_keys=True) + "\n"} if plan else {}),
    }


def _stats(data: dict[str, t.Any], plan: t.Any) -> dict[str, t.Any]:
    """What the next node of a workflow sees, which sees no facts. These names are none of the role's variables."""
    return {
        "halt_summary": data["summary"],
        "halt_still_running": data["still_running"],
        "halt_plan": plan,
        "halt_text": markdown(data),
    }


def rendered(page: dict[str, t.Any]) -> str:
    """The page. What others have named is escaped, all of it, and never read as a template."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(page=page, nonce=secrets.token_urlsafe())


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Each file at once, so that nobody reads half of one. Raises OSError."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    for name, text in files.items():
        descriptor, path = tempfile.mkstemp(dir=folder, prefix=".report-")
        try:
            with open(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            os.chmod(path, _MODE)
            os.replace(path, folder / name)
        except BaseException:
            os.unlink(path)
            raise
    if _PLAN not in files:
        # Nobody must take the plan of an earlier run for that of this one.
        (folder / _PLAN).unlink(missing_ok=True)


def _awx(variables: Mapping[str, t.Any], name: str) -> str:
    """A variable that AWX hands to a job, under either of its names."""
    return str(variables.get(f"awx_{name}") or variables.get(f"tower_{name}") or "")


def _who(variables: Mapping[str, t.Any]) -> str:
    if user := _awx(variables, "user_name"):
        return user
    try:
        return f"{getpass.getuser()} at {socket.gethostname()}"
    except (KeyError, OSError):
        return ""


def _job(variables: Mapping[str, t.Any]) -> str:
    number, name = _awx(variables, "job_id"), _awx(variables, "job_template_name")
    return " ".join(filter(None, (number, f"({name})" if name and number else name)))
