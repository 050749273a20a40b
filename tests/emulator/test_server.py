# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a program and as a server: ready line, options, ends, transport, and the faults of the transport."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

import emulator as package
from emulator import Emulator
from emulator.providers import all_providers

FOLDER = Path(package.__file__).parent.parent
PROGRAM = [sys.executable, "-m", "emulator", "--port"]


@pytest.fixture
def emulator():
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def url(emulator):
    return emulator.url


# The program


def start(*arguments):
    process = subprocess.Popen(
        [*PROGRAM, "0", *arguments], cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, json.loads(process.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_program(number, session):
    process, ready = start("--started-runs", "end", "--rate-limit", "7", "--nullable", "true")
    try:
        assert set(ready) == {"url", "scopes", "environment", "note", *(each.name for each in all_providers())}
        assert ready["alibaba"]["region"] == "cn-hangzhou" and ready["tencent"]["region"] == "ap-guangzhou"
        assert ready["note"] == "agreement with the providers' documents; not verified against a live cloud"
        settings = session.get(f"{ready['url']}/_emulator/settings").json()
        assert (settings["started_runs"], settings["rate_limit"], settings["nullable"]) == ("end", 7, True)
        session.put(f"{ready['url']}/_emulator/settings", json={"started_runs": "go-on"})
        session.post(f"{ready['url']}/_emulator/reset")
        assert session.get(f"{ready['url']}/_emulator/settings").json()["started_runs"] == "end"
        process.send_signal(number)  # while the session keeps its connection open
        assert process.wait(10) == 0
    finally:
        process.kill()
    assert process.communicate() == ("", "")


def test_its_environment_can_be_pasted_into_a_shell(session):
    process = subprocess.Popen([*PROGRAM, "0", "--shell"], cwd=FOLDER, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stdout.readline().startswith("# ")
        first = process.stdout.readline()
        script = f'{first}echo "$ALIBABA_CLOUD_ENDPOINT_URL"'
        shell = subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=True)
        assert session.get(f"{shell.stdout.strip()}/_emulator/settings").ok
    finally:
        process.kill()
        process.communicate()


def refused_start(port, **environment):
    done = subprocess.run([*PROGRAM, port], cwd=FOLDER, capture_output=True, text=True, check=False, **environment)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    return done.stderr


@pytest.mark.parametrize("setting", [("--started-runs", "perhaps"), ("--rate-limit", "many")])
def test_a_setting_that_cannot_be(setting):
    done = subprocess.run([*PROGRAM, "0", *setting], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "") and setting[1] in done.stderr


def test_port_is_taken(emulator):
    port = emulator.url.rpartition(":")[2]
    assert f"port {port}" in refused_start(port)


def test_werkzeug_is_missing(tmp_path):
    (tmp_path / "werkzeug.py").write_text("raise ImportError\n")
    assert "pip install" in refused_start("0", env={"PYTHONPATH": str(tmp_path)})


def test_tls(tmp_path):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
        f" -keyout {key} -out {certificate}".split(),
        check=True,
        capture_output=True,
    )
    process, ready = start("--cert", str(certificate), "--key", str(key))
    try:
        assert ready["url"].startswith("https://127.0.0.1:")
        url = f"{ready['url']}/_emulator/clock"
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url)
        # A client that never speaks keeps nobody else out.
        with socket.create_connection(("127.0.0.1", int(ready["url"].rpartition(":")[2]))):
            assert requests.get(url, verify=str(certificate), timeout=10).json()["mode"] == "real"
    finally:
        process.terminate()
    assert process.communicate(timeout=10) == ("", "")


def test_a_stopped_emulator_answers_nobody(session):
    with Emulator() as emulator:
        assert session.get(f"{emulator.url}/_emulator/clock").status_code == 200
    with pytest.raises(requests.ConnectionError):
        session.get(f"{emulator.url}/_emulator/clock")


def test_unknown_setting():
    with pytest.raises(ValueError, match="no setting 'colour'"):
        Emulator(colour="red")


# The transport


def test_connections_are_kept(emulator):
    host = emulator.url.partition("//")[2]
    connection = http.client.HTTPConnection(host)
    connection.request("GET", "/_emulator/clock")
    first = connection.sock
    connection.getresponse().read()
    for path in ("/_emulator/clock", "/nothing", "/"):
        connection.request("POST", path, body=b"x" * 100_000)
        assert connection.getresponse().read()
        assert connection.sock is first
    connection.close()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"PATCH /_emulator/settings HTTP/1.1\r\nHost: x\r\n\r\n", b"501"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_odd_requests(emulator, head, status):
    host, port = emulator.url.partition("//")[2].split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head)
        connection.settimeout(10)
        assert status in connection.recv(4096)


# Its faults


@pytest.mark.parametrize(
    ("fault", "status"), [("reset", "Pending"), ("reset_after", "Stopped"), ("truncate", "Stopped")]
)
def test_no_whole_answer(alibaba, control, fault, status):
    target = control.create("alibaba", count=1, status="Pending", stopping_seconds=0)["id"]
    control.fault(fault, action="StopInvocation")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        alibaba.refusal("StopInvocation", {"InvokeId": target})
    assert control.status(target) == status
    assert alibaba.refusal("StopInvocation", {"InvokeId": target}) == ("", 200)


@pytest.mark.parametrize(("fault", "head"), [("latency", 0.18), ("drip", 0), ("drip_head", 0.18)])
def test_slow_answers(alibaba, control, fault, head):
    control.fault(fault, seconds=0.2)
    control.get("clock")  # only the providers' calls meet faults
    begin = time.monotonic()
    response = alibaba.v3("DescribeRegions")
    assert time.monotonic() - begin >= 0.18 and response.elapsed.total_seconds() >= head
    assert response.json()["Regions"]


def test_another_form_of_an_answer(alibaba, control):
    control.fault("content_type", content_type="text/html")
    control.fault("gzip")
    response = alibaba.v3("DescribeInvocations", {"RegionId": "cn-hangzhou"})
    assert (response.headers["Content-Type"], response.headers["Content-Encoding"]) == ("text/html", "gzip")
    assert response.json()["Invocations"] == {"Invocation": []}


def test_a_delay_delays_nobody_else_and_does_not_outlive_the_emulator(alibaba, control, emulator):
    control.fault("hang", seconds=60)
    failed = threading.Event()

    def call():
        try:
            alibaba.v3("DescribeRegions")
        except requests.ConnectionError:
            failed.set()

    waiting = threading.Thread(target=call)
    waiting.start()
    begin = time.monotonic()
    while control.get("faults"):
        time.sleep(0.01)
    emulator.stop()
    for thread in (waiting, *(each for each in threading.enumerate() if "process_request" in each.name)):
        thread.join(6)
        assert not thread.is_alive()
    assert failed.is_set() and time.monotonic() - begin < 6
