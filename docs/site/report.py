# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Photograph the report of a run with mixed results, made against the emulator: python docs/site/report.py PICTURE"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rehearsal import control

from emulator import Emulator

WIDTH, HEIGHT = 1280, 728
PLAYBOOK = "cloudops.halt.panic_button"
REASON = "The clean-up deletes what it should keep. A rehearsal against the emulator."
SCOPES = ["alibaba/cn-hangzhou", "tencent/ap-guangzhou", "aws/eu-central-1"]
_NAME = "nightly-cleanup"


def _instances(form: str, count: int, status: str) -> list[dict[str, str]]:
    return [{"instance_id": form.format(number), "status": status} for number in range(count)]


OPERATIONS: list[dict[str, Any]] = [
    # What has started goes on after the stop, as Alibaba Cloud documents it.
    {
        "provider": "alibaba",
        "id": "t-hz0example0001",
        "name": _NAME,
        "region": "cn-hangzhou",
        "instances": [
            *_instances("i-bp1example{:04}", 3, "Running"),
            *_instances("i-bp1example1{:03}", 197, "Pending"),
        ],
    },
    {
        "provider": "tencent",
        "id": "inv-example1",
        "name": _NAME,
        "region": "ap-guangzhou",
        "instances": _instances("ins-example{:03}", 300, "RUNNING"),
    },
    {
        "provider": "aws",
        "id": "11111111-2222-3333-4444-000000000001",
        "name": _NAME,
        "region": "eu-central-1",
        "instances": _instances("i-0d0000000000001{:02}", 40, "InProgress"),
    },
    {
        "provider": "alibaba",
        "kind": "automation_execution",
        "id": "exec-example0001",
        "name": _NAME,
        "region": "cn-hangzhou",
        "children": 2,
    },
    {
        "provider": "aws",
        "kind": "stack_group_operation",
        "id": "11111111-2222-3333-4444-555555555555",
        "region": "eu-central-1",
        "group": _NAME,
    },
]
# One provider refuses one stop.
FAULT = {
    "kind": "error",
    "action": "StopStackSetOperation",
    "code": "AccessDenied",
    "http_status": 403,
    "message": "User is not authorized to perform: cloudformation:StopStackSetOperation",
}


def write_report(folder: Path) -> Path:
    """The page of a run that leaves something for people to do."""
    with Emulator(0, started_runs="go-on") as emulator:
        for operation in OPERATIONS:
            control(emulator.url, "POST", "operations", {"age": 5400, **operation})
        control(emulator.url, "POST", "faults", FAULT)
        variables = {
            "panic_name": _NAME,
            "panic_scopes": SCOPES,
            "panic_report": str(folder),
            "bulk_cancel_confirm": True,
            "bulk_cancel_reason": REASON,
            "bulk_cancel_wait_timeout": 4,
            # Who ran it, as AWX would tell it.
            "awx_user_name": "operator",
        }
        command = [str(Path(sys.executable).with_name("ansible-playbook")), PLAYBOOK, "-e", json.dumps(variables)]
        done = subprocess.run(
            command, env={**os.environ, **emulator.environment}, capture_output=True, text=True, check=False
        )
    page = folder / "report.html"
    if not page.exists():
        sys.exit(done.stdout + done.stderr)
    return page


def main(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = write_report(Path(folder))
        subprocess.run(
            [
                "chromium",
                *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
                *(f"--user-data-dir={folder}/browser", f"--window-size={WIDTH},{HEIGHT}"),
                *(f"--screenshot={picture.resolve()}", page.as_uri()),
            ],
            stderr=subprocess.DEVNULL,
            check=True,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
