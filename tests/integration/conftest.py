# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real `ansible` and `ansible-playbook` runs of the built and installed collection, against the emulator.

A run takes a second, a task half of one, so a test describes many tasks and runs them as one playbook. Each test has
an emulator of its own, so the tests may run side by side.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from emulator import Emulator

CANCEL = "cloudops.halt.cloud_invocation_cancel"
INFO = "cloudops.halt.cloud_invocation_info"
CANCEL_MANY = "cloudops.halt.inflight_cancel"
INFO_MANY = "cloudops.halt.inflight_info"

# What a whole run may take; a module that hangs must not hang the tests.
LONGEST_RUN = 100

Task = dict[str, Any]
Result = dict[str, Any]


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)


def marked(marker: str) -> dict[int, str]:
    """The processes that have the marker in their environment, with their command lines."""
    found: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and marker.encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            # It has ended, or is somebody else's.
            continue
    return found


@dataclass(frozen=True)
class Words:
    """What differs between the providers, as far as these tests meet it."""

    stop: str
    """The provider's name of the stop call."""
    describe: str
    limit: int
    """Instance ids that a stop call may name."""
    env: dict[str, str]
    """Environment variables by option."""
    pending: str
    running: str
    stopping: str
    succeeded: str
    failed: str
    cancelled: str
    terminated: str
    unknown_id: str
    """An invocation id that is well formed and belongs to nothing."""
    unknown_instance: str
    denied: str
    """The code that says that this identity may not."""
    throttled: str


WORDS = {
    "alibaba": Words(
        stop="StopInvocation",
        describe="DescribeInvocations",
        limit=50,
        env={
            "region": "ALIBABA_CLOUD_REGION_ID",
            "access_key_id": "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "access_key_secret": "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "security_token": "ALIBABA_CLOUD_SECURITY_TOKEN",
            "endpoint_url": "ALIBABA_CLOUD_ENDPOINT_URL",
        },
        pending="Pending",
        running="Running",
        stopping="Stopping",
        succeeded="Success",
        failed="Failed",
        cancelled="Cancelled",
        terminated="Terminated",
        unknown_id="t-hz0nobody00001",
        unknown_instance="i-bp1nobody0001",
        denied="Forbidden.RAM",
        throttled="Throttling.User",
    ),
    "tencent": Words(
        stop="CancelInvocation",
        describe="DescribeInvocations",
        limit=100,
        env={
            "region": "TENCENTCLOUD_REGION",
            "access_key_id": "TENCENTCLOUD_SECRET_ID",
            "access_key_secret": "TENCENTCLOUD_SECRET_KEY",
            "security_token": "TENCENTCLOUD_TOKEN",
            "endpoint_url": "TENCENTCLOUD_ENDPOINT_URL",
        },
        pending="PENDING",
        running="RUNNING",
        stopping="CANCELLING",
        succeeded="SUCCESS",
        failed="FAILED",
        cancelled="CANCELLED",
        terminated="TERMINATED",
        unknown_id="inv-nobody01",
        unknown_instance="ins-nobody01",
        denied="UnauthorizedOperation.CamAuthFailed",
        throttled="RequestLimitExceeded",
    ),
}


@dataclass(frozen=True)
class Command:
    """An invocation that the emulator runs."""

    id: str
    instance_ids: list[str]


class Cloud:
    """One provider of an emulator: sets the scene over the control interface, and tells what has been asked of it."""

    def __init__(self, provider: str, emulator: Emulator) -> None:
        self.provider = provider
        self.words = WORDS[provider]
        self.url = emulator.url
        self.keys: dict[str, dict[str, str]] = self._control("GET", "keys")[provider]
        self.region = emulator.keys[provider]["region"]

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.load(answer)

    # Setting the scene

    def run(self, **description: Any) -> Command:
        """Start a command, on one instance unless said otherwise."""
        if not {"count", "instances"} & set(description):
            description["count"] = 1
        made = self._control("POST", "operations", {"provider": self.provider, **description})
        return Command(made["id"], made["instance_ids"])

    def start(self, kind: str, **description: Any) -> str:
        """Something of another kind in flight; returns its id."""
        made = self._control("POST", "operations", {"provider": self.provider, "kind": kind, **description})
        return str(made["id"])

    def run_in_states(self, *statuses: str, **description: Any) -> Command:
        """A command with one instance in each of these statuses."""
        prefix = self.words.unknown_instance.partition("nobody")[0]
        instances = [
            {"instance_id": f"{prefix}{number:04}", "status": status} for number, status in enumerate(statuses)
        ]
        return self.run(instances=instances, **description)

    def settings(self, **changes: Any) -> None:
        self._control("PUT", "settings", changes)

    def fault(self, kind: str, **details: Any) -> None:
        self._control("POST", "faults", {"kind": kind, "provider": self.provider, **details})

    def fault_now(self, kind: str, **details: Any) -> Task:
        """A task that orders a fault, so that it strikes in the task that follows."""
        return {
            "ansible.builtin.uri": {
                "url": f"{self.url}/_emulator/faults",
                "method": "POST",
                "body_format": "json",
                "body": {"kind": kind, "provider": self.provider, **details},
            }
        }

    def finish(self, command: Command, status: str) -> None:
        self._control("POST", f"operations/{command.id}/finish", {"status": status})

    @contextlib.contextmanager
    def finish_after_reads(self, command: Command, status: str, reads: int) -> Iterator[None]:
        """Let the command end once it has been read so often, however long that takes."""
        left = threading.Event()

        def watch() -> None:
            while not left.wait(0.05):
                if len(self.requests(command)) >= reads:
                    self.finish(command, status)
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            left.set()
            watcher.join()

    # What has happened

    def statuses(self, command: Command) -> dict[str, str]:
        shown = self._control("GET", f"operations/{command.id}")
        return {each["instance_id"]: each["status"] for each in shown["instances"]}

    def status(self, operation_id: str) -> str:
        """The overall status of an operation of any kind."""
        return str(self._control("GET", f"operations/{operation_id}")["status"])

    def requests(self, about: Command | None = None, action: str | None = None) -> list[dict[str, Any]]:
        """The requests so far, in order: all of them, or those that name a command."""
        asked = self._control("GET", f"requests?provider={self.provider}" + (f"&action={action}" if action else ""))
        return [each for each in asked if about is None or about.id in json.dumps(each["parameters"])]

    def stops(self, about: Command | None = None) -> list[dict[str, Any]]:
        return self.requests(about, self.words.stop)

    # Tasks

    @property
    def connection(self) -> dict[str, Any]:
        return {
            "provider": self.provider,
            "region": self.region,
            "endpoint_url": self.url,
            **self.keys["default"],
        }

    @property
    def environment(self) -> dict[str, str]:
        """Keys and address, as a user exports them. A region is not among them."""
        connection = self.connection
        return {
            variable: connection[option]
            for option, variable in self.words.env.items()
            if option != "region" and option in connection
        }

    def place(self, key: str = "default", **more: Any) -> dict[str, Any]:
        """A scope, or where a target is, with keys of its own. An option given as None is left out."""
        whole = {**self.connection, **self.keys[key], **more}
        return {name: value for name, value in whole.items() if value is not None}

    def target(self, target: Command | str, kind: str = "cloud_invocation", **more: Any) -> dict[str, Any]:
        """One of the targets of a task that stops many."""
        return self.place(kind=kind, id=target.id if isinstance(target, Command) else target, **more)

    def cancel(self, target: Command | str, keywords: Task | None = None, **options: Any) -> Task:
        """A task that stops, soon done unless the options say otherwise. An option given as None is left out."""
        quick = {"wait_timeout": 20, "wait_interval": 0.1, "retries": 2}
        given = {"invocation_id": target.id if isinstance(target, Command) else target}
        return self._task(CANCEL, {**quick, **given, **options}, keywords)

    def info(self, keywords: Task | None = None, **options: Any) -> Task:
        return self._task(INFO, {"retries": 2, **options}, keywords)

    def _task(self, module: str, options: dict[str, Any], keywords: Task | None) -> Task:
        given = {name: value for name, value in {**self.connection, **options}.items() if value is not None}
        return {module: given, **(keywords or {})}


@dataclass
class Run:
    """What a run of Ansible left behind."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return f"{self.stdout}\n{self.stderr}"

    @property
    def words(self) -> str:
        """The output without line breaks, which older releases of Ansible put into their warnings."""
        return " ".join(self.output.split())

    @cached_property
    def results(self) -> list[Result]:
        """The results of the collection's modules, in the order of their tasks."""
        found: list[Result] = []
        for answer in re.finditer(r"^localhost \| ([A-Z]+)!? => (?=\{)", self.stdout, re.MULTILINE):
            result, _ = json.JSONDecoder().raw_decode(self.stdout, answer.end())
            if "censored" not in result:
                found.append({**result, "failed": answer[1] == "FAILED"})
        return found

    @property
    def result(self) -> Result:
        assert len(self.results) == 1, self.output
        return self.results[0]


class Ansible:
    """Runs Ansible as a user does: in a folder of its own, with an environment that the test knows whole."""

    def __init__(self, folder: Path, collections: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "NO_PROXY": "127.0.0.1",
        }

    def run(self, *command: str, environment: dict[str, str] | None = None) -> Run:
        done = subprocess.run(
            [str(Path(sys.executable).with_name(command[0])), *command[1:]],
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def adhoc(
        self, module: str, arguments: dict[str, Any] | str, *flags: str, environment: dict[str, str] | None = None
    ) -> Run:
        """`ansible localhost -m ...`"""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        return self.run("ansible", "localhost", "-m", module, "-a", text, *flags, environment=environment)

    def play(self, *tasks: Task, flags: tuple[str, ...] = (), environment: dict[str, str] | None = None) -> Run:
        """One playbook of all these tasks. It goes on after a failure, and brings back every module's result."""
        # A task of ours always has a result; what sets the scene is silent.
        ours = [bool({CANCEL, INFO, CANCEL_MANY, INFO_MANY} & set(task)) for task in tasks]
        written = [
            {**task, "ignore_errors": True} if is_ours else {**task, "no_log": True, "check_mode": False}
            for task, is_ours in zip(tasks, ours, strict=True)
        ]
        playbook = self.folder / "playbook.json"
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": written}]))
        # The callback of ad-hoc commands prints every result whole, and as JSON.
        environment = {"ANSIBLE_STDOUT_CALLBACK": "minimal", **(environment or {})}
        run = self.run("ansible-playbook", *flags, str(playbook), environment=environment)
        assert (run.returncode, len(run.results)) == (0, sum(ours)), run.output
        return run

    def playbook(self, name: str, *flags: str, **variables: Any) -> Run:
        """One of the playbooks below this folder, which judge for themselves."""
        path = Path(__file__).parent / name
        return self.run("ansible-playbook", str(path), "-e", json.dumps(variables), *flags)


@pytest.fixture
def ansible(tmp_path: Path, installed_collections: Path) -> Ansible:
    return Ansible(tmp_path, installed_collections)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An emulator where a stop ends what runs. Its rate limit is off: the client keeps its pace all the same."""
    with Emulator(started_runs="end", rate_limit=0, stopping_seconds=0.1) as running:
        yield running


@pytest.fixture(params=list(WORDS))
def cloud(request: pytest.FixtureRequest, emulator: Emulator) -> Cloud:
    return Cloud(request.param, emulator)


@pytest.fixture
def alibaba(emulator: Emulator) -> Cloud:
    return Cloud("alibaba", emulator)


@pytest.fixture
def tencent(emulator: Emulator) -> Cloud:
    return Cloud("tencent", emulator)


@pytest.fixture
def environment(alibaba: Cloud, tencent: Cloud) -> dict[str, str]:
    """Both clouds, as a user exports them."""
    return {**alibaba.environment, **tencent.environment}


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python without any library, as a managed machine may have."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin" / "python")


@pytest.fixture
def outcomes() -> Callable[[Result], dict[str, str]]:
    """The outcome of every instance of a result, by its id."""
    return lambda result: {each["instance_id"]: each["outcome"] for each in result["instances"]}
