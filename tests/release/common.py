# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks before a release have in common."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
GALAXY: dict[str, Any] = yaml.safe_load((ROOT / "galaxy.yml").read_text())
VERSION: str = GALAXY["version"]
ARTEFACT = ROOT / "build" / f"cloudops-halt-{VERSION}.tar.gz"
BIN = Path(sys.executable).parent


def environment(**more: object) -> dict[str, str]:
    """The caller's, without its settings of Ansible and without a proxy to this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    no_proxy = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1")
    path = f"{BIN}:{os.environ['PATH']}"
    return {**kept, **no_proxy, "PATH": path, **{name: str(value) for name, value in more.items()}}


def run(*command: object, **settings: Any) -> str:
    """What a program prints. It has to succeed."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **settings,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout
