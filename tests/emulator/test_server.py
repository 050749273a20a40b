# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a program: its ready line, its options, its ends, its transport."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

import emulator as package
from emulator import Emulator

FOLDER = Path(package.__file__).parent.parent


def start(*arguments):
    process = subprocess.Popen(
        [sys.executable, "-m", "emulator", "--port", "0", *arguments],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, json.loads(process.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_program(number, session):
    process, ready = start("--started-runs", "end", "--rate-limit", "7")
    try:
        assert set(ready) == {"url", "alibaba", "tencent", "note"}
        assert ready["alibaba"]["region"] == "cn-hangzhou" and ready["tencent"]["region"] == "ap-guangzhou"
        assert ready["note"] == "agreement with the providers' documents; not verified against a live cloud"
        settings = session.get(f"{ready['url']}/_emulator/settings").json()
        assert (settings["started_runs"], settings["rate_limit"]) == ("end", 7)
        session.put(f"{ready['url']}/_emulator/settings", json={"started_runs": "go-on"})
        session.post(f"{ready['url']}/_emulator/reset")
        assert session.get(f"{ready['url']}/_emulator/settings").json()["started_runs"] == "end"
        begin = time.monotonic()
        process.send_signal(number)  # while the session keeps its connection open
        assert process.wait(5) == 0
        assert time.monotonic() - begin < 2
    finally:
        process.kill()
    assert process.communicate() == ("", "")


def test_port_is_taken():
    with Emulator() as running:
        port = running.url.rpartition(":")[2]
        done = subprocess.run(
            [sys.executable, "-m", "emulator", "--port", port], cwd=FOLDER, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and f"port {port}" in done.stderr


def test_werkzeug_is_missing(tmp_path):
    (tmp_path / "werkzeug.py").write_text("raise ImportError\n")
    done = subprocess.run(
        [sys.executable, "-m", "emulator", "--port", "0"],
        cwd=FOLDER,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and "pip install" in done.stderr


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
            assert requests.get(url, verify=str(certificate), timeout=5).json()["mode"] == "real"
        process.terminate()
        assert process.wait(5) == 0
    finally:
        process.kill()
    assert process.communicate() == ("", "")


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


def test_a_stopped_emulator_answers_nobody(session):
    with Emulator() as emulator:
        assert session.get(f"{emulator.url}/_emulator/clock").status_code == 200
    with pytest.raises(requests.ConnectionError):
        session.get(f"{emulator.url}/_emulator/clock")


def test_a_request_is_quick(alibaba, emulator):
    alibaba.ok("DescribeRegions")
    begin = time.perf_counter()
    for _ in range(100):
        alibaba.v3("DescribeRegions")
    assert (time.perf_counter() - begin) / 100 < 0.02  # about 0.002 on a quiet machine


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_odd_requests(emulator, head, status):
    host, port = emulator.url.partition("//")[2].split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head)
        connection.settimeout(5)
        assert status in connection.recv(4096)


def test_unknown_setting():
    with pytest.raises(ValueError, match="no setting 'colour'"):
        Emulator(colour="red")
