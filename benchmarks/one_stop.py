# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One stop: beside the smallest HTTP task of Ansible, and beside a script on the vendor's SDK."""

from __future__ import annotations

from .cloud import Setting
from .figures import Figure, Line, line
from .playbook import ModuleProcess, Task, task_times
from .report import Table
from .scene import MODULE, PROVIDERS, Invocation, Stage, module_process, script

# Seconds from the acceptance of a stop to its end, where it does not take effect at once.
_TAKES = 0.3


def tables(stage: Stage, quick: bool) -> list[Table]:
    """The tasks, then the processes."""
    rounds = 2 if quick else 7
    return [_tasks(stage, rounds), *(_processes(stage, provider, rounds) for provider in PROVIDERS)]


def _tasks(stage: Stage, rounds: int) -> Table:
    tasks: list[Task] = []
    descriptions = []
    for number in range(rounds):
        tasks += [
            {"name": "an empty task (ansible.builtin.ping)", "ansible.builtin.ping": {}},
            {
                "name": "ansible.builtin.uri, one request",
                "ansible.builtin.uri": {"url": f"{stage.cloud.url}/_emulator/clock"},
            },
        ]
        for provider, about in PROVIDERS.items():
            for wait in (False, True):
                invocation = Invocation(provider, number=2 * number + wait)
                descriptions.append(invocation.described)
                options = {**stage.cloud.connection(provider), "invocation_id": invocation.id, "wait": wait}
                what = "verified" if wait else "wait: false"
                tasks.append({"name": f"one stop at {about.title}, {what}", MODULE: options})
    stage.set(Setting(), descriptions)
    # The first round fills the caches of the disk.
    times = {name: Figure(tuple(seconds[1:] or seconds)) for name, seconds in task_times(tasks).items()}
    stage.check()
    empty, smallest = (next(figure for name, figure in times.items() if what in name) for what in ("ping", "uri"))
    rows = [
        [
            name,
            figure.text(3),
            figure.less(empty).text(3),
            f"{figure.median / smallest.median:.2f}",
        ]
        for name, figure in times.items()
    ]
    return Table(
        f"One stop: the task, {max(1, rounds - 1)} times",
        ["task", "seconds", "less an empty task's", "times `uri`"],
        rows,
        times,
    )


def _processes(stage: Stage, provider: str, rounds: int) -> Table:
    invocation = Invocation(provider)
    at_once = [invocation.described]

    def process(setting: Setting, wait: bool) -> ModuleProcess:
        options = {**stage.cloud.connection(provider), "invocation_id": invocation.id, "wait": wait}
        return module_process(stage, setting, at_once, {MODULE: options})

    nothing = ModuleProcess({"ansible.builtin.ping": {}})
    smallest = ModuleProcess({"ansible.builtin.uri": {"url": f"{stage.cloud.url}/_emulator/clock"}})
    lines: list[Line] = [
        line("`ping`, a module that does nothing", [nothing.run() for _ in range(rounds)], 0, 0),
        line("`uri`, one request", [smallest.run() for _ in range(rounds)], 1, 1),
    ]
    for what, setting, wait, least in (
        ("one stop, `wait: false`", Setting(), False, 3),
        ("one stop, verified", Setting(), True, 4),
        (f"one stop that takes {_TAKES} s, verified", Setting(stopping=_TAKES), True, 4),
    ):
        module = process(setting, wait)
        runs = stage.repeat(rounds, setting, at_once, module.run)
        lines.append(line(what, runs, stage.calls, least, f"payload {module.size / 1024:.0f} KB"))
    runs = stage.repeat(rounds, Setting(), at_once, lambda: script(stage.cloud, invocation, 1))
    lines.append(line("script on the vendor's SDK, verified", runs, stage.calls, 4))
    return Table.of_lines(f"One stop at {PROVIDERS[provider].title}: the process, {rounds} times", lines)
