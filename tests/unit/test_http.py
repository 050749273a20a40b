# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls over real HTTP to a server that does as it is told: retries, time-outs, and everything that is no answer."""

from __future__ import annotations

import gzip
import json
import random
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import repeat
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import trustme
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.client import AlibabaClient
from ansible_collections.cloudops.halt.plugins.module_utils._alibaba.ecs import ECS
from ansible_collections.cloudops.halt.plugins.module_utils._clock import Deadline, SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._credentials import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._http import backoff

from ._wire import (
    PATIENCE,
    REQUEST_ID,
    SECRET,
    WIRE_ALIBABA,
    WIRE_TENCENT,
    WIRES,
    FakeClock,
    connection,
    cut_off,
    drip,
    drip_head,
    hang,
    hang_up,
    is_signed_well,
    nobody,
    raw_server,
    reply,
    reset,
    serving,
)


@pytest.fixture(params=WIRES, ids=lambda wire: wire.name)
def wire(request):
    return request.param


def throttled(wire):
    return wire.bad(wire.throttled, "slow down", 400)


def transient(wire):
    return wire.bad(wire.transient, "try again", 500)


def failure(client, action="DescribeInvocations", **how):
    """The error of a call that is to fail."""
    with pytest.raises(ApiError) as caught:
        client.call(action, {}, **how)
    return caught.value


def alibaba_client(url, clock):
    return AlibabaClient(connection(endpoint_url=url), ECS, clock, random.Random(0))


# What a call looks like


@pytest.mark.parametrize("token", [None, "EXAMPLETOKEN"])
def test_what_arrives_is_signed_well(wire, token):
    parameters = {"CommandName": "测试 100% a+b*c~d/&=?#", "Tags": '{"env":"a b"}'}
    with serving(wire.ok()) as server:
        wire.client(server.url, token=token).call(wire.read_action, parameters)
    (request,) = server.received
    assert request.method == "POST"
    assert (request.headers.get("x-acs-security-token") or request.headers.get("x-tc-token")) == token
    assert urlsplit(request.path).path == "/"
    assert request.headers["host"] == server.url.removeprefix("http://")
    assert is_signed_well(request)


def test_alibaba_call_is_written_in_the_query():
    with serving(WIRE_ALIBABA.ok()) as server:
        parameters = {"InvokeId": "t-1", "InstanceId": ["i-1", "i-2"], "Timed": False, "NextToken": None, "N": 5}
        WIRE_ALIBABA.client(server.url).call("StopInvocation", parameters)
    (request,) = server.received
    assert parse_qs(urlsplit(request.path).query) == {
        "RegionId": ["cn-hangzhou"],
        "InvokeId": ["t-1"],
        "InstanceId.1": ["i-1"],
        "InstanceId.2": ["i-2"],
        "Timed": ["false"],
        "N": ["5"],
    }
    assert request.body == b""
    assert request.headers["x-acs-action"] == "StopInvocation"
    assert request.headers["x-acs-version"] == "2014-05-26"
    assert request.headers["accept"] == "application/json"


def test_tencent_call_is_written_in_the_body():
    with serving(WIRE_TENCENT.ok()) as server:
        WIRE_TENCENT.client(server.url).call("CancelInvocation", {"InvocationId": "inv-1", "InstanceIds": ["ins-1"]})
    (request,) = server.received
    assert json.loads(request.body) == {"InvocationId": "inv-1", "InstanceIds": ["ins-1"]}
    assert request.path == "/"
    sent = {name: request.headers[name] for name in ("content-type", "x-tc-action", "x-tc-version", "x-tc-region")}
    assert sent == {
        "content-type": "application/json",
        "x-tc-action": "CancelInvocation",
        "x-tc-version": "2020-10-28",
        "x-tc-region": "ap-guangzhou",
    }


def test_an_answer_is_returned_without_its_envelope(wire):
    with serving(wire.ok(TotalCount=3)) as server:
        answer = wire.client(server.url).call(wire.read_action, {})
    assert answer == {"RequestId": REQUEST_ID, "TotalCount": 3}


def test_calls_share_one_connection(wire):
    with serving(wire.ok(), throttled(wire), wire.ok(), wire.ok()) as server:
        client = wire.client(server.url)
        for _ in range(3):
            client.call(wire.read_action, {})
    assert len(server.received) == 4
    assert len({request.port for request in server.received}) == 1


def test_every_try_is_counted_by_its_action(wire):
    with serving(wire.ok(), throttled(wire), wire.ok()) as server:
        client = wire.client(server.url)
        client.call(wire.read_action, {})
        client.call(wire.stop_action, {}, repeatable=False)
    assert client.calls == {wire.read_action: 1, wire.stop_action: 2}


@pytest.mark.parametrize("content_type", ["application/json;charset=utf-8", "text/json", "text/plain", ""])
def test_answers_are_utf8_whatever_their_content_type_says(wire, content_type):
    body = json.dumps(wire.good({"CommandName": "命令"}), ensure_ascii=False).encode()
    with serving(reply(body, headers={"Content-Type": content_type})) as server:
        assert wire.client(server.url).call(wire.read_action, {})["CommandName"] == "命令"


def test_a_compressed_answer_is_read(wire):
    body = gzip.compress(json.dumps(wire.good({"TotalCount": 7})).encode())
    with serving(reply(body, headers={"Content-Encoding": "gzip"})) as server:
        assert wire.client(server.url).call(wire.read_action, {})["TotalCount"] == 7


# Errors that the provider reports


def test_an_error_keeps_what_the_provider_said(wire):
    with serving(wire.bad(wire.denied, "you may not", 403)) as server:
        error = failure(wire.client(server.url), wire.stop_action)
    assert error.as_result() == {
        "code": wire.denied,
        "message": "you may not",
        "class": "denied",
        "http_status": 200 if wire is WIRE_TENCENT else 403,
        "request_id": REQUEST_ID,
        "action": wire.stop_action,
        "provider": wire.name,
    }
    assert len(server.received) == 1


def test_alibaba_error_keys_in_lower_case_are_read():
    body = {"requestId": "r-1", "code": "Forbidden.RAM", "message": "not you"}
    with serving(reply(body, 403)) as server:
        error = failure(WIRE_ALIBABA.client(server.url))
    assert (error.code, error.message, error.request_id, error.error_class) == (
        "Forbidden.RAM",
        "not you",
        "r-1",
        "denied",
    )


def test_alibaba_code_in_an_answer_with_status_200_is_an_error():
    with serving(reply({"RequestId": "r-1", "Code": "InvalidInvokeId.NotFound", "Message": "gone"})) as server:
        error = failure(WIRE_ALIBABA.client(server.url))
    assert (error.code, error.error_class, error.http_status) == ("InvalidInvokeId.NotFound", "not_found", 200)


@pytest.mark.parametrize(("status", "expected"), [(400, "unexpected"), (500, "transient"), (503, "transient")])
def test_alibaba_error_without_a_code_is_called_by_its_http_status(status, expected):
    with serving(reply({"RequestId": "r-1"}, status)) as server:
        error = failure(WIRE_ALIBABA.client(server.url, retries=0))
    assert (error.code, error.error_class, error.request_id) == (f"HTTP{status}", expected, "r-1")


def test_tencent_error_comes_with_status_200():
    with serving(WIRE_TENCENT.bad("ResourceNotFound.InvocationNotFound", "gone", 0)) as server:
        error = failure(WIRE_TENCENT.client(server.url))
    assert (error.http_status, error.error_class, error.request_id) == (200, "not_found", REQUEST_ID)


@pytest.mark.parametrize("said", [{}, {"Code": None}, "broken", ["Code"], {"Message": "no code"}])
def test_tencent_error_of_any_shape_is_an_error(said):
    with serving(reply({"Response": {"Error": said, "RequestId": "r-1"}})) as server:
        error = failure(WIRE_TENCENT.client(server.url))
    assert (error.error_class, error.request_id) == ("unexpected", "r-1")


# What is sent again


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_throttled_call_is_sent_again_even_if_it_stops_something(wire, repeatable):
    with serving(throttled(wire), throttled(wire), wire.ok()) as server:
        client = wire.client(server.url)
        assert client.call(wire.stop_action, {}, repeatable=repeatable)["RequestId"] == REQUEST_ID
    assert len(server.received) == 3


@pytest.mark.parametrize(
    "trouble", [transient, lambda _wire: hang_up, lambda _wire: reset, lambda w: cut_off(w.good({}))]
)
def test_a_read_is_sent_again_after_a_fault_or_a_lost_connection(wire, trouble):
    with serving(trouble(wire), wire.ok()) as server:
        assert wire.client(server.url).call(wire.read_action, {})["RequestId"] == REQUEST_ID
    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (transient, "transient"),
        (lambda _wire: hang_up, "lost"),
        (lambda _wire: reset, "lost"),
        (lambda wire: cut_off(wire.good({})), "lost"),
        (lambda _wire: reply(b"<html>busy</html>", 503, {"Content-Type": "text/html"}), "transient"),
        (lambda _wire: reply(b"<html>hello</html>", 200, {"Content-Type": "text/html"}), "lost"),
    ],
)
def test_a_stop_that_may_have_acted_is_not_sent_again(wire, trouble, expected):
    with serving(trouble(wire), wire.ok()) as server:
        error = failure(wire.client(server.url), wire.stop_action, repeatable=False)
    assert error.error_class == expected
    assert len(server.received) == 1


def test_the_ids_of_all_tries_are_kept(wire):
    with serving(throttled(wire), throttled(wire), wire.ok()) as server:
        request_ids: list[str] = []
        wire.client(server.url, FakeClock()).call(wire.read_action, {}, repeatable=False, request_ids=request_ids)
    assert len(request_ids) == 3
    assert all(isinstance(request_id, str) and request_id for request_id in request_ids)


@pytest.mark.parametrize("request_id", [None, 5, ""])
def test_json_without_the_id_of_a_request_is_no_answer_of_a_provider(wire, request_id):
    """A status page, say. For a stop it must not pass as accepted, nor for a read as an empty list."""
    with serving(wire.ok(RequestId=request_id)) as server:
        error = failure(wire.client(server.url, FakeClock(), retries=0))
    assert (error.code, error.error_class) == ("NotAnAnswer", "lost")


@pytest.mark.parametrize("again", [throttled, transient])
@pytest.mark.parametrize("retries", [0, 3])
def test_after_all_retries_the_last_error_is_raised(wire, again, retries):
    with serving(*repeat(again(wire), 9)) as server:
        error = failure(wire.client(server.url, retries=retries))
    assert error.request_id == REQUEST_ID
    assert len(server.received) == retries + 1


@pytest.mark.parametrize("code", ["denied", "auth", "bad_input", "not_found", "unexpected"])
def test_what_cannot_succeed_is_not_sent_again(wire, code):
    codes = {
        "alibaba": {
            "auth": "SignatureDoesNotMatch",
            "bad_input": "MissingParameter",
            "not_found": "InvalidInvokeId.NotFound",
            "unexpected": "Surprise",
        },
        "tencent": {
            "auth": "AuthFailure.SignatureFailure",
            "bad_input": "MissingParameter",
            "not_found": "ResourceNotFound",
            "unexpected": "Surprise",
        },
    }[wire.name]
    with serving(wire.bad(codes.get(code, wire.denied), "no", 400), wire.ok()) as server:
        error = failure(wire.client(server.url))
    assert error.error_class == code
    assert len(server.received) == 1


def test_every_try_is_dated_and_signed_anew(wire):
    clock = FakeClock()
    with serving(*repeat(throttled(wire), 5), wire.ok()) as server:
        wire.client(server.url, clock).call(wire.read_action, {})
    assert len(server.received) == 6
    assert all(map(is_signed_well, server.received))
    assert sum(clock.sleeps) > 2
    dates = [request.headers.get("x-acs-date") or request.headers["x-tc-timestamp"] for request in server.received]
    assert dates == sorted(dates)
    assert dates[0] < dates[-1]
    if wire is WIRE_ALIBABA:
        nonces = [request.headers["x-acs-signature-nonce"] for request in server.received]
        assert len(set(nonces)) == 6
        assert all(len(nonce) >= 32 for nonce in nonces)


def test_waits_between_tries_grow_up_to_a_cap_and_are_left_to_chance(wire):
    clocks = [FakeClock() for _ in range(2)]
    for seed, clock in enumerate(clocks):
        with serving(*repeat(throttled(wire), 9)) as server:
            failure(wire.client(server.url, clock, seed=seed, retries=8))
    for clock in clocks:
        assert len(clock.sleeps) == 8
        first, most = {"alibaba": (1, 32), "tencent": (0.25, 8)}[wire.name]
        ceilings = [min(most, first * 2**attempt) for attempt in range(8)]
        assert all(c / 2 <= w <= c for w, c in zip(clock.sleeps, ceilings, strict=True))
    assert clocks[0].sleeps != clocks[1].sleeps


@given(st.integers(min_value=0, max_value=5000), st.integers())
def test_backoff_is_positive_and_capped_for_any_number_of_tries(attempt, seed):
    wait = backoff(attempt, random.Random(seed))
    assert 0.125 <= wait <= 8
    assert wait >= min(8, 0.25 * 2 ** min(attempt, 9)) / 2


# Deadlines and time-outs


def test_no_wait_goes_past_the_deadline(wire):
    clock = FakeClock()
    deadline = Deadline(clock, 3.0)
    with serving(*repeat(throttled(wire), 20)) as server:
        error = failure(wire.client(server.url, clock, retries=19), deadline=deadline)
    assert error.error_class == "throttled"
    assert 1 < sum(clock.sleeps) < 3
    assert len(server.received) == len(clock.sleeps) + 1


def test_a_deadline_shortens_the_time_out(wire):
    clock = SystemClock()
    with serving(hang) as server:
        started = time.monotonic()
        error = failure(wire.client(server.url, clock, retries=0), deadline=Deadline(clock, 0.2))
    assert error.error_class == "lost"
    assert time.monotonic() - started < PATIENCE / 2


# Everything comes in drops, or one drop comes just before the end of the time and then nothing.
DROPS = {
    "body": drip(3),
    "head": drip_head(3),
    "body, then nothing": drip(3, every=0.9),
    "head, then nothing": drip_head(3, every=0.9),
}


@pytest.fixture(params=DROPS)
def dripping(request):
    return DROPS[request.param]


@contextmanager
def all_in_a_second():
    started = time.monotonic()
    yield
    # A time-out for each read would let a drop that comes late go on to nearly two seconds.
    assert 0.9 < time.monotonic() - started < 1.6


def in_a_second(wire, url, **more):
    """A call of C(url), that must end in a second with the words of a time-out."""
    client = wire.client(url, SystemClock(), retries=0, **{"request_timeout": 1.0, **more})
    error = failure(client)
    assert (error.code, error.error_class) == ("ConnectionLost", "lost")
    assert "no whole answer within" in error.message


def test_a_slow_answer_does_not_go_past_the_deadline(wire, dripping):
    clock = SystemClock()
    with serving(dripping) as server, all_in_a_second():
        error = failure(wire.client(server.url, clock, retries=0), deadline=Deadline(clock, 1.0))
    assert error.error_class == "lost"


def test_a_slow_answer_does_not_go_past_the_time_out(dripping):
    with serving(dripping) as server, all_in_a_second():
        in_a_second(WIRE_ALIBABA, server.url)


def test_a_slow_answer_over_tls_does_not_go_past_the_time_out(dripping, tls):
    with serving(dripping, tls=tls) as server, all_in_a_second():
        in_a_second(WIRE_ALIBABA, server.url, verify=False)


def test_a_slow_answer_through_a_proxy_does_not_go_past_the_time_out(dripping):
    with serving(dripping) as proxy, all_in_a_second():
        in_a_second(WIRE_ALIBABA, "http://api.example.test", proxy=proxy.url)


@pytest.mark.parametrize("dripping", ["head", "head, then nothing"], indirect=True)
def test_a_proxy_that_opens_its_tunnel_slowly_does_not_go_past_the_time_out(dripping):
    with serving(dripping) as proxy, all_in_a_second():
        failure(WIRE_ALIBABA.client(None, SystemClock(), retries=0, request_timeout=1.0, proxy=proxy.url))


def test_a_handshake_behind_a_slow_proxy_has_the_time_that_is_left():
    def open_late(handler):
        handler.server.gone.wait(0.8)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        handler.server.gone.wait(PATIENCE)

    with serving(open_late) as proxy, all_in_a_second():
        failure(WIRE_ALIBABA.client(None, SystemClock(), retries=0, request_timeout=1.0, proxy=proxy.url))


def test_slow_answers_side_by_side_have_a_time_out_each():
    """One client for many threads, and connections that are used again."""
    answers = (WIRE_ALIBABA.ok(), WIRE_ALIBABA.ok(), *repeat(drip(3), 4))
    with serving(*answers) as server, ThreadPoolExecutor(4) as threads:
        client = WIRE_ALIBABA.client(server.url, SystemClock(), retries=0, request_timeout=1.0)
        list(threads.map(lambda _: client.call("DescribeInvocations", {}), range(2)))
        with all_in_a_second():
            errors = list(threads.map(lambda _: failure(client), range(4)))
    assert {error.code for error in errors} == {"ConnectionLost"}


def test_pacing_does_not_go_past_the_deadline():
    clock = FakeClock()
    with serving(*repeat(WIRE_TENCENT.ok(), 21)) as server:
        client = WIRE_TENCENT.client(server.url, clock)
        for _ in range(20):
            client.call("DescribeInvocations", {})
        started = clock.now
        try:
            client.call("DescribeInvocations", {}, deadline=Deadline(clock, 0.3))
        except ApiError as error:
            assert error.error_class in ("throttled", "lost", "unreachable")
    assert clock.now - started <= 0.3


def test_pages_end_at_the_deadline():
    clock = FakeClock()

    def slow(number):
        def act(handler):
            clock.now += 1.0
            reply({"NextToken": f"page-{number}"})(handler)

        return act

    with serving(*map(slow, range(30))) as server:
        client = alibaba_client(server.url, clock)
        with pytest.raises(ApiError):
            list(client.pages("DescribeInvocations", {}, deadline=Deadline(clock, 5.0)))
    assert len(server.received) <= 6


def test_an_answer_that_does_not_come_is_a_lost_connection(wire):
    with serving(hang) as server:
        error = failure(wire.client(server.url, request_timeout=0.1, retries=0))
    assert (error.code, error.error_class) == ("ConnectionLost", "lost")
    assert "0.1 seconds" in error.message


def test_a_connection_that_does_not_come_about_never_reached_the_provider(wire, monkeypatch):
    timeouts = []

    def slow(address, timeout=None, *more, **settings):
        timeouts.append(timeout)
        raise TimeoutError("timed out")

    monkeypatch.setattr(urllib3.util.connection, "create_connection", slow)
    error = failure(wire.client("http://127.0.0.1:9", request_timeout=1.5, retries=1), repeatable=False)
    assert (error.code, error.error_class) == ("Unreachable", "unreachable")
    assert timeouts == [1.5, 1.5]
    assert "(Connection to 127.0.0.1 timed out" in error.message


@contextmanager
def dead_address():
    """An address where nobody takes up connections: the queue is full."""
    with socket.socket() as full, ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            caller = waiting.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        yield full.getsockname()


def test_all_addresses_of_a_host_together_have_one_time_out(wire, monkeypatch):
    with dead_address() as dead, all_in_a_second():
        resolved = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", dead)] * 5
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: resolved)
        client = wire.client("http://many.example", SystemClock(), request_timeout=1.0, retries=0)
        error = failure(client, wire.stop_action, repeatable=False)
    assert (error.code, error.error_class) == ("Unreachable", "unreachable")


def test_a_dead_address_leaves_time_for_the_next(wire, monkeypatch):
    """Time to connect to it, and to read the answer: the stop would be sent in any case."""
    with serving(wire.ok()) as server, dead_address() as dead:
        resolved = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", each) for each in (dead, server.server_address)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: resolved)
        client = wire.client("http://two.example", SystemClock(), request_timeout=1.0, retries=0)
        assert client.call(wire.stop_action, {}, repeatable=False) == {"RequestId": REQUEST_ID}


def test_waiting_for_a_key_takes_nothing_from_the_time_for_the_answer(wire):
    class Slow(Credentials):
        def current(self):
            time.sleep(0.3)
            return self

    with serving(wire.ok()) as server:
        slow = replace(connection(endpoint_url=server.url, request_timeout=0.2), credentials=Slow("id", SECRET))
        client = wire.connect(slow, SystemClock(), random.Random(0))
        assert client.call(wire.stop_action, {}, repeatable=False) == {"RequestId": REQUEST_ID}


# Trouble on the way


def test_a_refused_connection_is_tried_again_even_for_a_stop(wire):
    clock = FakeClock()
    with nobody() as url:
        client = wire.client(url, clock, retries=2)
        error = failure(client, wire.stop_action, repeatable=False)
    assert (error.code, error.error_class) == ("Unreachable", "unreachable")
    assert "refused" in error.message
    assert url in error.message
    assert client.calls[wire.stop_action] == 3
    assert len(clock.sleeps) == 2


@pytest.mark.parametrize("trouble", [hang_up, reset])
def test_a_broken_connection_is_lost(wire, trouble):
    with serving(trouble) as server:
        error = failure(wire.client(server.url, retries=0))
    assert (error.code, error.error_class, error.http_status) == ("ConnectionLost", "lost", None)


def test_a_name_that_nobody_knows_is_unreachable(wire, monkeypatch):
    def unknown(host, *args, **settings):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure(wire.client("http://nowhere.example", retries=0))
    assert (error.code, error.error_class) == ("Unreachable", "unreachable")
    assert "Name or service not known" in error.message


def test_a_host_name_that_cannot_be_is_an_api_error(wire):
    # A region id of this length makes such a host, too.
    error = failure(wire.client("http://ecs." + "a" * 70 + ".example.com", retries=0))
    assert error.error_class in ("bad_input", "unreachable")


def test_a_cut_off_answer_is_lost(wire):
    with serving(cut_off(wire.good({"TotalCount": 1}))) as server:
        error = failure(wire.client(server.url, retries=0))
    assert error.error_class == "lost"


def test_an_answer_that_cannot_be_unpacked_is_lost(wire):
    with serving(reply(b"not gzip at all", headers={"Content-Encoding": "gzip"})) as server:
        error = failure(wire.client(server.url, retries=0))
    assert error.error_class == "lost"


def test_something_that_is_not_http_is_lost(wire):
    with raw_server(b"SSH-2.0-OpenSSH_9.6\r\n") as address:
        error = failure(wire.client(f"http://{address}", retries=0))
    assert error.error_class == "lost"


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, "lost"), (400, "bad_input"), (403, "bad_input"), (404, "bad_input"), (502, "transient"), (503, "transient")],
)
def test_html_is_not_an_answer(wire, status, expected):
    page = reply(b"<html><title>Sign in</title></html>", status, {"Content-Type": "text/html"})
    with serving(page) as server:
        error = failure(wire.client(server.url, retries=0))
    assert (error.code, error.error_class, error.http_status) == ("NotAnAnswer", expected, status)
    assert f"HTTP {status}" in error.message
    assert "text/html" in error.message
    assert "Sign in" not in error.message


@pytest.mark.parametrize("body", [[], ["a"], "text", 5, None, True])
def test_json_that_is_not_an_object_is_not_an_answer(wire, body):
    with serving(reply(body)) as server:
        error = failure(wire.client(server.url, retries=0))
    assert (error.code, error.http_status) == ("NotAnAnswer", 200)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\x00", b"\x00" * 8, b"[" * 100_000])
def test_bytes_that_are_not_json_are_not_an_answer(wire, body):
    with serving(reply(body)) as server:
        error = failure(wire.client(server.url, retries=0))
    assert error.code == "NotAnAnswer"


@pytest.mark.parametrize(("status", "expected"), [(200, "lost"), (404, "bad_input"), (503, "transient")])
def test_tencent_answer_without_its_envelope_is_not_an_answer(status, expected):
    with serving(reply({"RequestId": "r-1", "Code": "InvalidAction"}, status)) as server:
        error = failure(WIRE_TENCENT.client(server.url, retries=0))
    assert (error.code, error.error_class, error.http_status) == ("NotAnAnswer", expected, status)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(st.binary(max_size=60), st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=5)),
    status=st.sampled_from([200, 201, 302, 400, 401, 404, 429, 500, 503]),
)
def test_any_answer_is_a_dict_or_an_api_error(wire, body, status):
    with serving(reply(body, status)) as server:
        try:
            answer = wire.client(server.url, retries=0).call(wire.read_action, {})
        except ApiError as error:
            answer = error.as_result()
    assert isinstance(answer, dict)
    assert len(server.received) == 1


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_signature_goes_nowhere_else(wire, status):
    with serving(wire.ok()) as other, serving(reply(b"", status, {"Location": f"{other.url}/?a=b"})) as server:
        error = failure(wire.client(server.url))
    assert (error.code, error.error_class, error.http_status) == ("Redirected", "bad_input", status)
    assert other.received == []
    assert len(server.received) == 1


@pytest.mark.parametrize("location", ["http://[", "//", "http://user:pw@", "http://ho st/", "\x7f"])
def test_a_redirect_to_nonsense_is_an_api_error(wire, location):
    with serving(reply(b"", 302, {"Location": location})) as server:
        error = failure(wire.client(server.url))
    assert error.error_class == "bad_input"
    assert len(server.received) == 1


# TLS


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_certificate_of_an_unknown_authority_is_not_trusted(wire, tls):
    with serving(wire.ok(), tls=tls) as server:
        client = wire.client(server.url)
        error = failure(client)
    assert (error.code, error.error_class) == ("CertificateNotTrusted", "bad_input")
    assert server.url in error.message
    assert "self-signed" in error.message.replace("self signed", "self-signed") or "unable to get" in error.message
    assert server.received == []
    assert client.calls[wire.read_action] == 1


def test_the_authority_of_ca_path_is_trusted(wire, tls, authority, tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "of-somebody-else.pem"))
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with serving(wire.ok(), tls=tls) as server:
        answer = wire.client(server.url, verify=str(tmp_path / "ca.pem")).call(wire.read_action, {})
    assert answer["RequestId"] == REQUEST_ID


def test_a_certificate_for_another_host_is_not_trusted(wire, authority, tmp_path):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("somewhere.example").configure_cert(context)
    with serving(wire.ok(), tls=context) as server:
        error = failure(wire.client(server.url, verify=str(tmp_path / "ca.pem")))
    assert (error.code, error.error_class) == ("CertificateNotTrusted", "bad_input")
    assert server.received == []


@pytest.mark.filterwarnings("error")
def test_without_validation_any_certificate_will_do_and_nothing_is_said(wire, tls, tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with serving(wire.ok(), tls=tls) as server:
        answer = wire.client(server.url, verify=False).call(wire.read_action, {})
    assert answer["RequestId"] == REQUEST_ID


def test_a_ca_path_that_does_not_exist_is_named(wire, tls, tmp_path):
    missing = str(tmp_path / "missing.pem")
    with serving(wire.ok(), tls=tls) as server:
        client = wire.client(server.url, verify=missing)
        error = failure(client)
    assert error.error_class == "bad_input"
    assert missing in error.message
    assert server.received == []
    assert client.calls[wire.read_action] == 1


def test_a_ca_path_without_certificates_is_bad_input(wire, tls, tmp_path):
    (tmp_path / "empty.pem").write_text("nothing")
    with serving(wire.ok(), tls=tls) as server:
        error = failure(wire.client(server.url, verify=str(tmp_path / "empty.pem")))
    assert error.error_class == "bad_input"
    assert server.received == []


def test_a_server_without_tls_is_not_blamed_on_its_certificate(wire):
    with serving(wire.ok()) as server:
        error = failure(wire.client(server.url.replace("http:", "https:"), retries=0))
    assert error.code != "CertificateNotTrusted"
    assert server.received == []


def test_a_tls_handshake_that_breaks_off_never_reached_the_provider(wire):
    with raw_server(b"") as address:
        error = failure(wire.client(f"https://{address}", retries=0))
    assert error.error_class in ("unreachable", "lost")


# Proxies


def test_an_explicit_proxy_is_used_before_that_of_the_environment(wire, monkeypatch):
    with serving(wire.ok()) as proxy, nobody() as refused:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, refused)
        wire.client("http://api.example.test", proxy=proxy.url).call(wire.read_action, {})
    (request,) = proxy.received
    assert request.path.startswith("http://api.example.test/")
    assert request.headers["host"] == "api.example.test"


def test_the_proxy_of_the_environment_is_used(wire, monkeypatch):
    with serving(wire.ok()) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        wire.client("http://api.example.test").call(wire.read_action, {})
    assert len(proxy.received) == 1


def test_no_proxy_of_the_environment_is_honoured(wire, monkeypatch):
    with serving(wire.ok()) as server, nobody() as refused:
        monkeypatch.setenv("http_proxy", refused)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        wire.client(server.url).call(wire.read_action, {})
    assert len(server.received) == 1


@pytest.mark.parametrize("url", ["http://api.example.test", "https://api.example.test"])
def test_a_proxy_that_refuses_is_unreachable_and_its_password_stays_hidden(wire, url):
    with nobody() as refused:
        proxy = refused.replace("//", "//user:hidden-word@")
        client = wire.client(url, proxy=proxy, retries=1)
        error = failure(client, wire.stop_action, repeatable=False)
    assert (error.code, error.error_class) == ("Unreachable", "unreachable")
    assert "hidden-word" not in str(error.as_result())
    assert client.calls[wire.stop_action] == 2


@pytest.mark.parametrize("trouble", [hang_up, reset])
def test_a_proxy_that_breaks_off_may_have_passed_the_stop_on(wire, trouble):
    with serving(trouble, wire.ok()) as server:
        client = wire.client("http://halt.invalid", proxy=server.url, retries=1)
        error = failure(client, wire.stop_action, repeatable=False)
    assert (error.code, error.error_class, len(server.received)) == ("ConnectionLost", "lost", 1)


def test_https_goes_through_a_tunnel_that_never_sees_the_request(wire):
    with serving(*repeat(reply(b"", 403), 2)) as proxy:
        error = failure(wire.client(None, proxy=proxy.url, retries=0))
    (request,) = proxy.received
    host = "ecs-cn-hangzhou.aliyuncs.com" if wire is WIRE_ALIBABA else "tat.tencentcloudapi.com"
    assert (request.method, request.path) == ("CONNECT", f"{host}:443")
    assert "authorization" not in request.headers
    assert error.error_class == "unreachable"


# Endless lists


def test_alibaba_pages_that_repeat_are_an_error():
    pages = [WIRE_ALIBABA.ok(NextToken=token) for token in ("a", "b", "a", "b")]
    with serving(*pages) as server:
        client = alibaba_client(server.url, FakeClock())
        with pytest.raises(ApiError) as caught:
            list(client.pages("DescribeInvocations", {}))
    assert caught.value.code == "EndlessList"
    assert len(server.received) == 3


# Secrets


@pytest.mark.parametrize("trouble", [hang_up, reset, reply(b"<html>", 500), reply({"Code": "X", "Message": "m"}, 400)])
def test_no_error_holds_the_secret(wire, trouble):
    with serving(trouble) as server:
        client = wire.client(server.url, retries=0)
        error = failure(client)
    assert SECRET not in repr(error.as_result()) + str(error) + repr(error) + repr(client.connection)


def test_no_exception_of_the_http_library_comes_through(wire, monkeypatch):
    for raised in (requests.exceptions.InvalidHeader("bad"), requests.exceptions.RetryError("bad"), OSError("bad")):

        def broken(*args, error=raised, **settings):
            raise error

        monkeypatch.setattr(requests.Session, "send", broken)
        assert failure(wire.client("http://127.0.0.1:9", retries=0)).provider == wire.name
