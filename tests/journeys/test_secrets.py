# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in every place where they can be, looked for in every place where they must not be.

While a module runs, Ansible itself keeps its options in a file that only its user can read. That file is none of the
places, but it must be gone in the end.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

MANY = "cloudops.halt.inflight_cancel"
FOUND = "cloudops.halt.inflight_info"
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
                is_below = descends_from_here(folder.name)
                try:
                    command, environment = ((folder / name).read_bytes() for name in ("cmdline", "environ"))
                except OSError:
                    continue
                was_given = self._run in environment
                # What has lost its parent still has the environment.
                if not (was_given or is_below):
                    continue
                self.seen.add(folder.name)
                everything = self._secrets | self._inherited
                # Whoever was given the environment has it; nobody else, and nothing that came in another way.
                foreign = self._secrets if was_given else everything
                if any(form in command for form in everything) or any(form in environment for form in foreign):
                    self.shown.add(command)


class Recorder(ThreadingHTTPServer):
    """A host that nobody named, and what it was sent."""

    def __init__(self):
        self.received = received = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                received.append((self.command, dict(self.headers)))
                self.send_error(404)

            do_GET = do_CONNECT = do_POST

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def recorder():
    server = Recorder()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def put_profiles(home, alibaba, tencent):
    """Profiles with keys that work, in the files of the vendors' command lines."""
    (home / ".aliyun").mkdir()
    entry = {
        "name": "work",
        "mode": "StsToken",
        "access_key_id": alibaba["access_key_id"],
        "access_key_secret": alibaba["access_key_secret"],
        "sts_token": alibaba["security_token"],
    }
    (home / ".aliyun" / "config.json").write_text(json.dumps({"current": "work", "profiles": [entry]}))
    (home / ".tencentcloud").mkdir()
    key = {"secret_id": tencent["access_key_id"], "secret_key": tencent["access_key_secret"]}
    lines = "".join(f"{name} = {value}\n" for name, value in key.items())
    (home / ".tencentcloud" / "credentials").write_text(f"[work]\n{lines}")


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
        for cloud in (alibaba, tencent)
        for more in ({}, secret, token, proxy, userinfo, {**secret, "region": "?"}, {**secret, "nonsense": 1})
    ]
    of_files = [cloud.cancel(cloud.run(), **nothing, profile="work") for cloud in (alibaba, tencent)]
    of_environment = [cloud.cancel(cloud.run(), **nothing) for cloud in (alibaba, tencent)]
    wrong = (own, {**own, **token}, proxy, userinfo)
    many = [
        {
            MANY: {
                **quick,
                "targets": [target(alibaba), target(tencent), *(target(tencent, **each) for each in wrong[:3])],
            }
        },
        *({MANY: {**quick, "targets": [target(cloud), target(cloud, **wrong[3])]}} for cloud in (alibaba, tencent)),
        {MANY: {**quick, "targets": [{**target(alibaba, **own), "nonsense": 1}]}},
        {FOUND: {"scopes": [place(alibaba), place(tencent), *(place(tencent, **each) for each in wrong[:3])]}},
        {FOUND: {"scopes": [place(alibaba, **userinfo)]}},
    ]
    tencent.run(name="nightly-1")
    selections: list[dict[str, Any]] = [
        {"scopes": [place(tencent), place(alibaba, **own)], "select": {"name": "nightly-*"}, "confirm": True},
        {"targets": [target(alibaba), target(tencent, **own), target(tencent, **proxy)]},
        {"targets": [target(tencent, **userinfo)]},
        {"targets": f"{{broken: {MARKER.format('text')}"},
    ]
    role = [
        {
            "ansible.builtin.include_role": {"name": "cloudops.halt.bulk_cancel"},
            "vars": {f"bulk_cancel_{name}": value for name, value in {**each, "wait_interval": 0.1, **report}.items()},
        }
        for each in selections
    ]
    return [*single, *of_files, *of_environment, *many, *role]


def test_no_secret_shows_anywhere(ansible, alibaba, tencent):
    home = ansible.folder / "home"
    home.mkdir()
    sessions = alibaba.keys["session"], tencent.keys["session"]
    put_profiles(home, sessions[0], tencent.keys["default"])
    report = ansible.folder / "report"
    tasks = tasks_of(alibaba, tencent, {"report": str(report)})
    playbook = home / "playbook.json"
    blocks = [
        {"block": [task], "rescue": [{"ansible.builtin.debug": {"var": "ansible_failed_result"}}]} for task in tasks
    ]
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": blocks}]))
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
    outcome = run.stdout
    assert all(word in outcome for word in ("outcome", "SignatureDoesNotMatch", "SignatureFailure", "done: ")), outcome[
        -2000:
    ]
    assert {path.suffix for path in report.iterdir()} == {".html", ".csv", ".json"}
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


def test_no_other_host_is_shown_a_signed_call(ansible, cloud, recorder):
    """A redirect is not followed, and a proxy on the way to a host with TLS sees the host's name alone."""
    command = cloud.run()
    for number in (301, 302, 303, 307, 308):
        cloud.fault("redirect", location=f"{recorder.url}/{number}", http_status=number)
    through = {"endpoint_url": "https://halt.invalid", "proxy": recorder.url}

    run = ansible.play(
        *(cloud.cancel(command, retries=0) for _ in range(5)), cloud.cancel(command, **through, retries=0)
    )

    assert all(each["failed"] for each in run.results)
    assert [each["error"]["code"] for each in run.results[:5]] == ["Redirected"] * 5
    assert {method for method, _headers in recorder.received} == {"CONNECT"}
    shown = {name.lower() for _method, headers in recorder.received for name in headers}
    assert not {name for name in shown if name == "authorization" or name.startswith(("x-acs-", "x-tc-"))}


def test_plain_http_to_another_machine_needs_permission(ansible, alibaba, tencent):
    elsewhere = "http://halt.invalid"
    targets = [alibaba.target("t-hz0example001"), {**tencent.target("inv-example1"), "endpoint_url": elsewhere}]
    allowed = {**targets[1], "allow_http": True, "retries": 0}
    scopes = [alibaba.place(), tencent.place(endpoint_url=elsewhere)]

    single, of_environment, target, scope, permitted = ansible.play(
        alibaba.info(endpoint_url=elsewhere),
        alibaba.cancel("t-hz0example001", endpoint_url=None),
        {MANY: {"targets": targets}},
        {FOUND: {"scopes": scopes}},
        {MANY: {"targets": [allowed]}},
        environment={alibaba.words.env["endpoint_url"]: elsewhere},
    ).results

    for result in (single, of_environment, target, scope):
        assert result["failed"] and "write https://, or set allow_http=true" in result["msg"], result["msg"]
    assert target["msg"].startswith("targets[1]: ") and scope["msg"].startswith("scopes[1]: ")
    assert alibaba.requests() == tencent.requests() == []
    assert permitted["error"]["code"] == "Unreachable"
