# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in every place where they can be, looked for in every place where they must not be.

While a module runs, Ansible itself keeps its options in a file that only its user can read. That file is none of the
places, but it must be gone in the end.
"""

from __future__ import annotations

import base64
import os
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ..support.emulated import CANCEL_MANY, INFO_MANY
from ..support.providers import part

# Written so that it looks different in a URL and in base64.
MARKER = "Marker/of+{}/secret=="
RUN = "HALT_TEST_RUN"


def forms(secret):
    """The secret as it is, in a URL, and in base64 wherever it begins there."""
    plain = secret.encode()
    inside = [base64.b64encode(b"." * before + plain).decode()[4 if before else 0 :][:-4] for before in range(3)]
    return {secret, quote(secret, safe=""), quote(secret), *inside}


def descends_from_here(process):
    """Whether it is one of this process's children, or of theirs."""
    while process != "0":
        if process == str(os.getpid()):
            return True
        try:
            process = Path("/proc", process, "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            break
    return False


class Watch:
    """Looks at the command lines and environments of what this test has started, again and again."""

    def __init__(self, run, secrets, of_the_environment):
        self.shown = set()
        self.seen = set()
        self._run = f"{RUN}={run}".encode()
        self._secrets = {form.encode() for secret in secrets for form in forms(secret)}
        self._inherited = {form.encode() for secret in of_the_environment for form in forms(secret)}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _watch(self):
        while not self._over.wait(0.03):
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    command, environment = ((folder / name).read_bytes() for name in ("cmdline", "environ"))
                except OSError:
                    continue
                was_given = self._run in environment
                # What has lost its parent still has the environment.
                if not (was_given or descends_from_here(folder.name)):
                    continue
                self.seen.add(folder.name)
                everything = self._secrets | self._inherited
                # Whoever was given the environment has it; nobody else, and nothing that came in another way.
                foreign = self._secrets if was_given else everything
                if any(form in command for form in everything) or any(form in environment for form in foreign):
                    self.shown.add(command)


def put_profiles(home, clouds):
    """Profiles with keys that work, in the files of the vendors' command lines."""
    for cloud in clouds:
        for name, content in part(cloud.provider, "vault").files(cloud.keys).items():
            (home / name).parent.mkdir(exist_ok=True)
            (home / name).write_text(content)


def tasks_of(alibaba, tencent, report):
    """Right and wrong, single and bulk, with a marker of its own in each place."""
    session = {cloud.provider: cloud.keys["session"] for cloud in (alibaba, tencent)}
    nothing = {"access_key_id": None, "access_key_secret": None}
    secret = {"access_key_secret": MARKER.format("options")}
    own = {"access_key_secret": MARKER.format("target")}
    token = {"security_token": MARKER.format("token")}
    proxy = {"proxy": f"http://user:{quote(MARKER.format('proxy'), safe='')}@127.0.0.1:9", "retries": 0}
    userinfo = {"endpoint_url": f"http://user:{quote(MARKER.format('endpoint'), safe='')}@127.0.0.1:9"}
    quick = {"wait_timeout": 20, "wait_interval": 0.1, "retries": 0, "progress": 0.1}

    def place(cloud, **more):
        return cloud.place(**{**session[cloud.provider], **more})

    def target(cloud, **more):
        return {**place(cloud, **more), "kind": "cloud_invocation", "id": cloud.run(stopping_seconds=0.5).id}

    single = [
        cloud.cancel(cloud.run(), **{**session[cloud.provider], **more})
        for cloud, more in (
            *((alibaba, more) for more in ({}, secret, token)),
            *((tencent, more) for more in (secret, proxy, userinfo, {**secret, "nonsense": 1})),
        )
    ]
    of_files = [cloud.cancel(cloud.run(), **nothing, profile="session") for cloud in (alibaba, tencent)]
    of_environment = [cloud.cancel(cloud.run(), **nothing) for cloud in (alibaba, tencent)]
    wrong = (own, {**own, **token}, proxy)
    orders = (
        [target(alibaba), target(tencent), *(target(tencent, **each) for each in wrong)],
        [target(alibaba), target(alibaba, **userinfo)],
        [{**target(alibaba, **own), "nonsense": 1}],
    )
    searches = (
        [place(alibaba), place(tencent), *(place(tencent, **each) for each in wrong)],
        [place(alibaba, **userinfo)],
    )
    many = [{CANCEL_MANY: {**quick, "targets": targets}} for targets in orders]
    many += [{INFO_MANY: {"scopes": scopes}} for scopes in searches]
    tencent.run(name="nightly-1")
    selections: list[dict[str, Any]] = [
        {"scopes": [place(tencent), place(alibaba, **own)], "name": "nightly-*", "confirm": True},
        {"targets": [target(alibaba), target(tencent, **own), target(tencent, **proxy)]},
        {"targets": f"{{broken: {MARKER.format('text')}"},
    ]
    role = [
        {
            "ansible.builtin.include_role": {"name": "cloudops.halt.bulk_cancel"},
            "vars": {f"bulk_cancel_{name}": value for name, value in {**each, "wait_interval": 0.1, **report}.items()},
        }
        for each in selections
    ]
    return {"single": [*single, *of_files, *of_environment], "many": many, "role": role}


# What a run of each must have shown, to have been one.
SHOWN = {"single": "SignatureDoesNotMatch", "many": " of 5 ended", "role": "Report: "}


@pytest.mark.parametrize("tasks", SHOWN)
def test_no_secret_shows_anywhere(ansible, alibaba, tencent, tasks):
    home = ansible.folder / "home"
    home.mkdir()
    sessions = alibaba.keys["session"], tencent.keys["session"]
    put_profiles(home, (alibaba, tencent))
    report = ansible.folder / "report"
    shown = SHOWN[tasks]
    tasks = tasks_of(alibaba, tencent, {"report": str(report)})[tasks]
    rescue = [{"ansible.builtin.debug": {"var": "ansible_failed_result"}}]
    playbook = ansible.write(*({"block": [task], "rescue": rescue} for task in tasks), name="home/playbook.json")
    given = [MARKER.format(name) for name in ("options", "target", "token", "proxy", "endpoint", "text")]
    given += [each[name] for each in sessions for name in ("access_key_secret", "security_token")]
    given.append(tencent.keys["default"]["access_key_secret"])
    inherited = [MARKER.format("environment"), MARKER.format("environments-token")]
    environment = {
        "HOME": str(home),
        "ANSIBLE_REMOTE_TMP": str(ansible.folder / "remote"),
        "ANSIBLE_LOG_PATH": str(ansible.folder / "ansible.log"),
        RUN: str(ansible.folder),
    }
    for cloud in (alibaba, tencent):
        names = cloud.words.env
        environment[names["access_key_id"]] = "AKnobody"
        environment[names["access_key_secret"]], environment[names["security_token"]] = inherited

    with Watch(ansible.folder, given, inherited) as watch:
        run = ansible.run("ansible-playbook", str(playbook), "-vvvv", "--diff", environment=environment)

    assert run.returncode == 0, run.output[-2000:]
    assert not watch.shown
    # Ansible, its workers and the modules, at least those that were caught in a look.
    assert len(watch.seen) > len(tasks)
    for word in ("outcome", "SignatureFailure", shown):
        assert word in run.output, run.output[-2000:]
    texts = {"stdout": run.stdout, "stderr": run.stderr}
    for path in ansible.folder.rglob("*"):
        if path.is_file() and home not in path.parents:
            texts[str(path)] = path.read_text(errors="replace")
    assert str(ansible.folder / "ansible.log") in texts
    for secret in (*given, *inherited):
        for place, text in texts.items():
            for form in forms(secret):
                at = text.find(form)
                assert at < 0, f"{secret} shows in {place}: {text[max(0, at - 300) : at + 60]}"
