# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: operations that run, and the contenders that stop them."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.providers import NAMES, words

from .cloud import ROOT, Cloud, Setting
from .playbook import ModuleProcess, Task
from .process import Failed, Run, run

MODULE = "cloudops.halt.cloud_invocation_cancel"
BULK = "cloudops.halt.inflight_cancel"
_RIVALS = ROOT / "benchmarks" / "rivals"
PROVIDERS = {name: words(name) for name in NAMES if (_RIVALS / f"{name}.py").exists()}
"""Those with a contender, and what is known of them."""
_STOPPED = {"Cancelled", "Terminated", "CANCELLED", "TERMINATED", "Deleted", "STOPPED"}


@dataclass(frozen=True)
class Invocation:
    """A command that runs on so many instances."""

    provider: str
    count: int = 1
    number: int = 1

    @property
    def id(self) -> str:
        return PROVIDERS[self.provider].command_id.format(self.number)

    @property
    def instance_ids(self) -> list[str]:
        return [PROVIDERS[self.provider].instance_id.format(number) for number in range(self.count)]

    @property
    def described(self) -> dict[str, Any]:
        """For the emulator."""
        return {"provider": self.provider, "id": self.id, "instances": self.instance_ids}

    @property
    def least_calls(self) -> int:
        """Of the whole: one read, one stop, and the pages of its list."""
        return 2 + self.pages

    @property
    def least_by_name(self) -> int:
        """The stops of all by name, and what shows them before and after: the invocation itself, or these pages."""
        return self.pages + 2 * (1 if PROVIDERS[self.provider].instances_come_along else self.pages)

    @property
    def pages(self) -> int:
        """A page of its list is as long as the list of ids that one stop call may name."""
        return math.ceil(self.count / PROVIDERS[self.provider].limit)


@dataclass
class Stage:
    """Sets the same scene again before every run, and looks whether the run has done what it should."""

    cloud: Cloud
    calls: int = 0
    """Of the last run."""
    _descriptions: Sequence[dict[str, Any]] = field(default_factory=list)

    def set(self, setting: Setting, descriptions: Sequence[dict[str, Any]]) -> None:
        """A world in which these operations run."""
        self._descriptions = descriptions
        self.cloud.begin(setting)
        for description in descriptions:
            self.cloud.start(description)

    def repeat(
        self, times: int, setting: Setting, descriptions: Sequence[dict[str, Any]], act: Callable[[], Run]
    ) -> list[Run]:
        """Set the scene and act, so many times. Raises Failed."""
        runs = []
        for _time in range(times):
            self.set(setting, descriptions)
            runs.append(act())
            self.calls = sum(self.cloud.calls().values())
            self.check()
        return runs

    def check(self) -> None:
        """Raise Failed if something still runs."""
        for description in self._descriptions:
            living = self.cloud.statuses(description["id"]) - _STOPPED
            if living:
                raise Failed(f"{description['id']} is {living}")


def module_process(stage: Stage, setting: Setting, descriptions: Sequence[dict[str, Any]], task: Task) -> ModuleProcess:
    """The process of this task; making it runs the task once."""
    stage.set(setting, descriptions)
    return ModuleProcess(task)


def script(cloud: Cloud, invocation: Invocation, workers: int, *, whole: bool = False) -> Run:
    """The script on the vendor's SDK; for the C(whole) invocation, or for its instances by name."""
    order = {**cloud.connection(invocation.provider), "id": invocation.id, "workers": workers, "whole": whole}
    return run([sys.executable, str(_RIVALS / f"{invocation.provider}.py")], json.dumps(order))
