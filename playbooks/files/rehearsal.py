# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage for a team to rehearse on: an emulator in which something goes wrong, and a review of what they did about it.

Usage: rehearsal.py ACT FOLDER. The acts are runaway, goes_on and dead_region; "review" says what has been done so far,
"outside_help" does what a stop cannot, and "end" clears the stage. FOLDER gets environment.sh, for the shell in which
people act. Exits with 1 if something still runs or was stopped by mistake, and with 2 if there is nothing to say.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

try:
    from emulator.providers import all_providers
except ImportError:
    sys.exit(f"The emulator needs Werkzeug: {sys.executable} -m pip install 'werkzeug>=3,<4'")

# Seconds after which a stage clears itself.
LIFETIME = 1800
WILD = "nightly-cleanup"
GOOD = "nightly-backup"
ENDED = ("succeeded", "failed", "stopped")


@dataclass(frozen=True)
class Act:
    story: tuple[str, ...]
    commands: dict[str, int]
    """What runs at each provider, by name: on how many instances."""
    settings: dict[str, str]
    has_dead_region: bool = False


ACTS = {
    "runaway": Act(
        (
            f"The job {WILD} is deleting files that it must not touch, on every cloud.",
            f"The job {GOOD} runs beside it, and has to go on.",
        ),
        {WILD: 200, GOOD: 40},
        {"started_runs": "end"},
    ),
    "goes_on": Act(
        (
            f"The job {WILD} has to be stopped on every cloud.",
            "On one of them, runs that have started continue after a stop.",
        ),
        {WILD: 20},
        {"started_runs": "go-on"},
    ),
    "dead_region": Act(
        (
            f"The job {WILD} has to be stopped on every cloud.",
            "A region of one of them takes connections and does not answer.",
        ),
        {WILD: 30},
        {"started_runs": "end"},
        has_dead_region=True,
    ),
}


def begin(act: str, folder: Path) -> list[str]:
    """Set the stage; returns the story. The stage before it is cleared."""
    with contextlib.suppress(LookupError):
        end(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pid, ready = _start_emulator()
    try:
        _set_stage(ACTS[act], folder, pid, ready)
    except OSError:
        os.kill(pid, signal.SIGTERM)
        raise
    return [
        *ACTS[act].story,
        f"Run this in the shell in which you act: source {shlex.quote(str(folder.resolve() / 'environment.sh'))}",
        f"The stage is cleared after {LIFETIME // 60} minutes.",
    ]


def _set_stage(play: Act, folder: Path, pid: int, ready: dict[str, Any]) -> None:
    url = ready["url"]
    stage = {"url": url, "pid": pid, "began": time.time()}
    (folder / "stage.json").write_text(json.dumps(stage), encoding="utf-8")
    places = [{"provider": each.name, "region": each.default_region} for each in all_providers()]
    control(url, "PUT", "settings", {"stopping_seconds": 3, **play.settings})
    for place, (name, count) in itertools.product(places, play.commands.items()):
        control(url, "POST", "operations", {**place, "name": name, "count": count, "age": 1800})
    if play.has_dead_region:
        control(url, "POST", "faults", {**places[0], "kind": "hang", "seconds": LIFETIME, "times": None})
    environment = {**ready["environment"], "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    # The shell may have keys, profiles and addresses of real accounts.
    families = "\\|".join(sorted({name.partition("_")[0] for name in ready["environment"]}))
    names = f"env | sed -n 's/^\\(\\({families}\\)_[A-Za-z0-9_]*\\)=.*/\\1/p'"
    lines = [f'for name in $({names}); do unset "$name"; done\n']
    lines += [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()]
    (folder / "environment.sh").write_text("".join(lines), encoding="utf-8")


def review(folder: Path) -> tuple[bool, list[str]]:
    """Whether all is well, and what has been done so far, by the emulator's own account."""
    stage = _stage(folder)
    began = stage["began"]
    operations = control(stage["url"], "GET", "operations")
    wild = [each for each in operations if each["name"] == WILD]
    instances = [instance for each in wild for instance in each["instances"]]
    alive = {_title(each): left for each in wild if (left := _alive(each))}
    mistaken = [each for each in operations if each["name"] != WILD and any(_accepted(each))]
    accepted = [moment for each in wild for moment in _accepted(each)]
    ended = len(instances) - sum(alive.values())
    lines = [
        f"Since the stage was set: {_duration(time.time() - began)}",
        f"Ended: {ended} of {len(instances)} instances of {WILD}",
    ]
    if accepted:
        first, last = (_duration(moment - began) for moment in (min(accepted), max(accepted)))
        lines.append(f"First stop accepted after {first}, the last after {last}")
    lines += [f"Still running: {title}, {left} instances" for title, left in alive.items()]
    lines += [f"Stopped by mistake: {_title(each)}" for each in mistaken]
    actions = [each["action"] for each in control(stage["url"], "GET", "requests")]
    stops = _stop_actions()
    lines.append(f"Calls: {len(actions)}, of which {sum(action in stops for action in actions)} to stop")
    return not alive and not mistaken, lines


def outside_help(folder: Path) -> list[str]:
    """What somebody else can do: the region answers again, and what went on after a stop is ended."""
    stage = _stage(folder)
    control(stage["url"], "DELETE", "faults")
    left = [each for each in control(stage["url"], "GET", "operations") if _alive(each) and any(_accepted(each))]
    for operation in left:
        control(stage["url"], "POST", f"operations/{operation['id']}/finish")
    ended = [f"Ended on its instances, since it was still running after a stop: {_title(each)}" for each in left]
    return ["Every region responds.", *ended]


def end(folder: Path) -> list[str]:
    """Clear the stage."""
    stage = _stage(folder)
    os.kill(stage["pid"], signal.SIGTERM)
    (folder / "stage.json").unlink()
    return ["The stage has been cleared."]


def _start_emulator() -> tuple[int, dict[str, Any]]:
    """Its process id, and what it says of itself once it is ready."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--stop-after", str(LIFETIME)]
    process = subprocess.Popen(
        command,
        cwd=Path(__file__).parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # It prints one line, and no more after that.
    said = process.stdout.readline() if process.stdout else b""
    if not said:
        raise LookupError(f"The emulator does not start. Try it: {shlex.join(command)}")
    return process.pid, json.loads(said)


def _stage(folder: Path) -> dict[str, Any]:
    """What is on now. Raises LookupError if there is nothing, or its emulator is gone."""
    try:
        stage: dict[str, Any] = json.loads((folder / "stage.json").read_text(encoding="utf-8"))
        control(stage["url"], "GET", "")
    except (OSError, ValueError, KeyError, TypeError):
        raise LookupError(f"No act is in progress in {folder}. Start one: {', '.join(ACTS)}.") from None
    return stage


def control(url: str, method: str, path: str, body: Any = None) -> Any:
    """Ask the control interface of the emulator at this address."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{url}/_emulator/{path}", data, method=method)
    with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
        return json.load(answer)


def _alive(operation: dict[str, Any]) -> int:
    return sum(instance["phase"] not in ENDED for instance in operation["instances"])


def _accepted(operation: dict[str, Any]) -> Iterator[float]:
    """When stops of its instances were accepted."""
    return (each["stop_accepted_at"] for each in operation["instances"] if each["stop_accepted_at"] is not None)


def _stop_actions() -> set[str]:
    services = [service for provider in all_providers() for service in provider.services]
    return {name for service in services for name, action in service.actions.items() if action.effect == "stop"}


def _title(operation: dict[str, Any]) -> str:
    return f"{operation['name']} {operation['id']} ({operation['provider']}/{operation['region']})"


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def main(act: str, folder: Path) -> int:
    well = True
    try:
        if act in ACTS:
            lines = begin(act, folder)
        elif act == "review":
            well, lines = review(folder)
        elif act == "outside_help":
            lines = outside_help(folder)
        elif act == "end":
            lines = end(folder)
        else:
            raise LookupError(f"The act {act!r} is none of {', '.join(ACTS)}, review, outside_help and end.")
    except (LookupError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
