# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real `ansible` and `ansible-playbook` runs of the built and installed collection, against the emulator.

They show what only Ansible can show. A run takes a second, a task half of one, so a test describes many tasks and runs
them as one playbook; where it is about the playbook, modules take no process of their own. Each test has an emulator of
its own, so the tests may run side by side.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import Emulator

from ..support.ansible import Ansible
from ..support.emulated import Cloud


@pytest.fixture
def ansible(tmp_path: Path, installed_collections: Path) -> Ansible:
    return Ansible(tmp_path, installed_collections)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An emulator where a stop ends what runs. Its rate limit is off: the client keeps its pace all the same."""
    with Emulator(started_runs="end", rate_limit=0, stopping_seconds=0.1) as running:
        yield running


@pytest.fixture
def alibaba(emulator: Emulator) -> Cloud:
    return Cloud("alibaba", emulator)


@pytest.fixture
def tencent(emulator: Emulator) -> Cloud:
    return Cloud("tencent", emulator)


@pytest.fixture
def aws(emulator: Emulator) -> Cloud:
    return Cloud("aws", emulator)


@pytest.fixture
def environment(alibaba: Cloud, tencent: Cloud, aws: Cloud) -> dict[str, str]:
    """All clouds, as a user exports them, and less waiting for Ansible."""
    return {**alibaba.environment, **tencent.environment, **aws.environment, "ANSIBLE_PIPELINING": "true"}


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python without any library, as a managed machine may have."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin" / "python")
