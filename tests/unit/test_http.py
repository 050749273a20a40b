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
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from itertools import repeat
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import trustme
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import Deadline, SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Noted
from ansible_collections.cloudops.halt.plugins.module_utils._core.retry import backoff
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials
from ansible_collections.cloudops.halt.plugins.module_utils._http.pacing import Pacer

from ..support.providers import words
from ..support.scripted import PATIENCE, cut_off, hang, hang_up, nobody, raw, reply, reset, serving, tunnel
from ..support.wire import REQUEST_ID, SECRET, FakeClock, connection, wires

# For what has nothing to do with the provider.
ANY = wires()[0]


@pytest.fixture(params=wires(), ids=lambda wire: wire.name)
def wire(request):
    return request.param


def failure(client, action=None, **how):
    """The error of a call that is to fail, of a read unless said otherwise. It never holds the secret."""
    with pytest.raises(ApiError) as caught:
        client.call(action or words(client.connection.platform.name).describe, {}, **how)
    error = caught.value
    assert SECRET not in repr(error.as_result()) + str(error) + repr(error) + repr(client.connection)
    return error


# What a call looks like


@pytest.mark.parametrize("token", [None, "EXAMPLETOKEN"])
def test_what_arrives_is_signed_well(wire, token):
    parameters = {"CommandName": "测试 100% a+b*c~d/&=?#", "Tags": '{"env":"a b"}'}
    with serving(wire.ok()) as server:
        wire.client(server.url, token=token).call(wire.read_action, parameters)
    (request,) = server.received
    assert (request.method, urlsplit(request.path).path) == ("POST", "/")
    assert request.headers["host"] == server.url.removeprefix("http://")
    assert request.headers.get(wire.token_header) == token
    assert wire.is_signed_well(request)


def test_calls_share_one_connection_and_every_try_is_counted_by_its_action(wire):
    with serving(wire.error("throttled"), wire.ok(TotalCount=3), wire.ok()) as server:
        client = wire.client(server.url)
        # Without its envelope.
        assert client.call(wire.read_action, {}) == {"RequestId": REQUEST_ID, "TotalCount": 3}
        client.call(wire.stop_action, {}, repeatable=False)
    assert client.calls == {wire.read_action: 2, wire.stop_action: 1}
    assert len({request.port for request in server.received}) == 1


@pytest.mark.parametrize("content_type", ["application/json;charset=utf-8", "text/json", "text/plain", ""])
@pytest.mark.parametrize(("pack", "encoding"), [(bytes, "identity"), (gzip.compress, "gzip")])
def test_answers_are_utf8_whatever_their_content_type_says(wire, content_type, pack, encoding):
    body = json.dumps(wire.good({"CommandName": "命令"}), ensure_ascii=False).encode()
    head = {**wire.head({"RequestId": REQUEST_ID}), "Content-Type": content_type, "Content-Encoding": encoding}
    with serving(reply(pack(body), 200, head)) as server:
        assert wire.client(server.url).call(wire.read_action, {})["CommandName"] == "命令"


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Tue, 02 Jan 2024 03:04:05 GMT", 1704164645.0),
        ("Tue, 02 Jan 2024 11:04:05 +0800", 1704164645.0),
        ("Tue, 02 Jan 2024 03:04:05", 1704164645.0),
        ("Tue, 99 Jan 99999999999 03:04:05 GMT", None),
        ("soon", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("answer", ["ok", "denied"])
def test_the_time_at_the_provider_is_noted_with_what_it_answers(wire, answer, date, at):
    noted = Noted()
    act = dated(wire.ok() if answer == "ok" else wire.error(answer, 403), date)
    with serving(hang_up, act) as server:
        client = wire.client(server.url, retries=0)
        failure(client, noted=noted)
        assert (client.has_answered, noted.at) == (False, None)
        with suppress(ApiError):
            client.call(wire.read_action, {}, noted=noted)
    assert (client.has_answered, noted.at) == (True, at)


def dated(act, date):
    """The act, at this time of day for the server; at none if there is none."""

    def at_that_time(handler):
        send_header = handler.send_header
        handler.date_time_string = lambda: date
        handler.send_header = lambda name, value: None if value is None else send_header(name, value)
        act(handler)

    return at_that_time


# What is sent again


def html(status):
    return lambda _wire: reply(b"<html>Sign in</html>", status, {"Content-Type": "text/html"})


# What the server does; then code, class and HTTP status of the error.
TROUBLE = {
    "hang up": (lambda _wire: hang_up, "ConnectionLost", "lost", None),
    "reset": (lambda _wire: reset, "ConnectionLost", "lost", None),
    "cut off": (lambda wire: cut_off(wire.good({})), "ConnectionLost", "lost", None),
    "not gzip": (lambda _wire: reply(b"{}", 200, {"Content-Encoding": "gzip"}), "ConnectionLost", "lost", None),
    "not HTTP": (lambda _wire: raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "ConnectionLost", "lost", None),
    "HTML 200": (html(200), "NotAnAnswer", "lost", 200),
    "HTML 400": (html(400), "NotAnAnswer", "bad_input", 400),
    "HTML 404": (html(404), "NotAnAnswer", "bad_input", 404),
    "HTML 502": (html(502), "NotAnAnswer", "transient", 502),
    "HTML 503": (html(503), "NotAnAnswer", "transient", 503),
    **{
        f"the JSON {body!r}": (lambda _wire, body=body: reply(body), "NotAnAnswer", "lost", 200)
        for body in ([], ["a"], "text", 5, None, True)
    },
    **{
        f"the bytes {body[:8]!r}": (lambda _wire, body=body: reply(body), "NotAnAnswer", "lost", 200)
        for body in (b"", b"{", b"\xff\xfe\x00", b"\x00" * 8, b"[" * 100_000)
    },
    # A status page, say. For a stop it must not pass as accepted, nor for a read as an empty list.
    **{
        f"the id {value!r}": (lambda wire, value=value: wire.ok(RequestId=value), "NotAnAnswer", "lost", 200)
        for value in (None, 5, "")
    },
}


@pytest.mark.parametrize(("act", "code", "error_class", "status"), TROUBLE.values(), ids=TROUBLE)
def test_a_stop_that_may_have_acted_is_not_sent_again_but_a_read_is(wire, act, code, error_class, status):
    with serving(*repeat(act(wire), 2), wire.ok()) as server:
        client = wire.client(server.url, retries=1)
        error = failure(client, wire.stop_action, repeatable=False)
        stops = len(server.received)
        if error_class == "bad_input":
            failure(client)
        else:
            client.call(wire.read_action, {})
    assert (error.code, error.error_class, error.http_status) == (code, error_class, status)
    assert "Sign in" not in error.message
    assert (stops, len(server.received)) == (1, 2 if error_class == "bad_input" else 3)


@pytest.mark.parametrize("retries", [0, 3])
@pytest.mark.parametrize(
    ("error_class", "status", "is_sent_again"),
    [
        ("throttled", 400, True),
        ("transient", 500, True),
        ("denied", 403, False),
        ("auth", 400, False),
        ("bad_input", 400, False),
        ("not_found", 404, False),
        ("unexpected", 400, False),
    ],
)
def test_the_last_error_is_raised_after_all_tries_that_are_of_use(wire, error_class, status, is_sent_again, retries):
    with serving(*repeat(wire.error(error_class, status), 9)) as server:
        error = failure(wire.client(server.url, retries=retries))
        reads = len(server.received)
        failure(wire.client(server.url, retries=retries), wire.stop_action, repeatable=False)
    assert error.as_result() | {"http_status": None} == {
        "code": wire.codes[error_class],
        "message": "said so",
        "class": error_class,
        "http_status": None,
        "request_id": REQUEST_ID,
        "action": wire.read_action,
        "provider": wire.name,
    }
    assert reads == (retries + 1 if is_sent_again else 1)
    # Whether a stop may be sent again is for those to decide who can look.
    assert len(server.received) - reads == 1


def test_every_try_is_dated_and_signed_anew(wire):
    clock = FakeClock()
    with serving(*repeat(wire.error("throttled"), 5), wire.ok()) as server:
        wire.client(server.url, clock).call(wire.read_action, {})
    assert [wire.is_signed_well(request) for request in server.received] == [True] * 6
    assert sum(clock.sleeps) > 2
    dates = [request.headers[wire.date_header] for request in server.received]
    assert dates == sorted(dates) and dates[0] < dates[-1]


def test_waits_between_tries_grow_up_to_a_cap_and_are_left_to_chance(wire):
    clocks = [FakeClock() for _ in range(2)]
    for seed, clock in enumerate(clocks):
        with serving(*repeat(wire.error("throttled"), 9)) as server:
            failure(wire.client(server.url, clock, seed=seed, retries=8))
        first, most = wire.throttled_backoff
        ceilings = [min(most, first * 2**attempt) for attempt in range(8)]
        assert all(c / 2 <= w <= c for w, c in zip(clock.sleeps, ceilings, strict=True))
    assert clocks[0].sleeps != clocks[1].sleeps


@given(st.integers(min_value=0, max_value=5000), st.integers())
def test_backoff_is_positive_and_capped_for_any_number_of_tries(attempt, seed):
    wait = backoff(attempt, random.Random(seed))
    assert 0.125 <= wait <= 8
    assert wait >= min(8, 0.25 * 2 ** min(attempt, 9)) / 2


# Deadlines and time-outs. The clock is the server's to move on; a wrong time-out would wait until the server gives up,
# and then fail in other words.


def test_no_wait_goes_past_the_deadline(wire):
    clock = FakeClock()
    with serving(*repeat(wire.error("throttled"), 20)) as server:
        error = failure(wire.client(server.url, clock, retries=19), deadline=Deadline(clock, 3.0))
    assert error.error_class == "throttled"
    assert 1 < sum(clock.sleeps) < 3
    assert len(server.received) == len(clock.sleeps) + 1


@pytest.mark.parametrize(("seconds", "deadline"), [(0.1, 50), (50, 0.1)])
def test_the_first_of_time_out_and_deadline_ends_the_wait_for_an_answer(seconds, deadline):
    clock = SystemClock()
    with serving(hang) as server:
        client = ANY.client(server.url, clock, request_timeout=seconds, retries=0)
        error = failure(client, deadline=Deadline(clock, deadline))
    assert (error.code, error.error_class) == ("ConnectionLost", "lost")
    assert "no complete response within 0." in error.message


HEAD = b"HTTP/1.1 200 OK\r\n"


def slowly(clock, seconds, start):
    """An answer of which a byte comes every so many seconds."""

    def act(handler):
        handler.wfile.write(start)
        for _ in range(99):
            clock.now += seconds
            handler.wfile.write(b" ")

    return act


def late(clock, seconds, start, then=b" "):
    """An answer of which a part comes after so many seconds, and then nothing.

    A time-out for each read would start anew with that part.
    """

    def act(handler):
        handler.wfile.write(start)
        clock.now += seconds
        handler.wfile.write(then)
        hang(handler)

    return act


DROPS = {
    "body": (slowly, 20, HEAD + b"Content-Length: 99\r\n\r\n"),
    "head": (slowly, 20, HEAD + b"X-Slow: "),
    "body, then nothing": (late, 49.95, HEAD + b"Content-Length: 99\r\n\r\n"),
    "head, then nothing": (late, 49.95, HEAD + b"X-Slow: "),
}


@pytest.fixture(params=DROPS)
def dripping(request):
    act, *how = DROPS[request.param]
    clock = FakeClock()
    return act(clock, *how), clock


def in_time(clock, url, deadline=None, **more):
    """A call that must end after 50 seconds, of which little is left by the time that a real one begins to run."""
    client = ANY.client(url, clock, **{"request_timeout": 50, "retries": 0, **more})
    started = time.monotonic()
    error = failure(client, deadline=deadline and Deadline(clock, deadline))
    assert time.monotonic() - started < PATIENCE / 2
    return error


# How the server is reached, and the settings for it.
WAYS: dict[str, tuple[str | None, dict[str, Any]]] = {
    "time-out": (None, {}),
    "deadline": (None, {"request_timeout": 1000, "deadline": 50}),
    "TLS": (None, {"verify": False}),
    "proxy": ("http://api.example.test", {}),
    "tunnel": ("https://api.example.test", {}),
}
# What opens a tunnel has no body.
TIMED = [(way, drops) for way in WAYS for drops in DROPS if way != "tunnel" or "head" in drops]


@pytest.mark.parametrize(("way", "dripping"), TIMED, indirect=["dripping"])
def test_a_slow_answer_does_not_go_past_the_time(way, dripping, tls):
    act, clock = dripping
    elsewhere, how = WAYS[way]
    with serving(act, tls=tls if way == "TLS" else None) as server:
        proxy = server.url if elsewhere else None
        error = in_time(clock, elsewhere or server.url, proxy=proxy, **how)
    if way == "tunnel":
        assert error.error_class == "unreachable"
    else:
        assert error.error_class == "lost" and "no complete response within 50 seconds" in error.message


def test_a_handshake_behind_a_slow_proxy_has_the_time_that_is_left():
    clock = FakeClock()
    with serving(late(clock, 49.95, b"", HEAD + b"\r\n")) as proxy:
        assert in_time(clock, None, proxy=proxy.url).error_class == "unreachable"


@pytest.mark.parametrize("seconds", [49.9, 50])
def test_a_handshake_has_the_time_that_a_slow_connection_has_left(monkeypatch, seconds):
    clock = FakeClock()
    connect_slowly(monkeypatch, clock, seconds)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        error = in_time(clock, f"https://127.0.0.1:{mute.getsockname()[1]}")
    assert error.error_class == "unreachable"


def connect_slowly(monkeypatch, clock, seconds):
    """Every connection takes so long to open."""
    connect = urllib3.util.connection.create_connection

    def slow(*arguments, **settings):
        clock.now += seconds
        return connect(*arguments, **settings)

    monkeypatch.setattr(urllib3.util.connection, "create_connection", slow)


def test_answers_side_by_side_have_a_time_out_each():
    """One client for many threads, and connections that are used again."""
    clock = FakeClock()

    def meanwhile(handler):
        assert client.call(ANY.read_action, {})["RequestId"] == REQUEST_ID
        slowly(clock, 0.2, HEAD + b"Content-Length: 99\r\n\r\n")(handler)

    with serving(ANY.ok(), meanwhile, ANY.ok()) as server:
        client = ANY.client(server.url, clock, retries=0, request_timeout=50)
        client.call(ANY.read_action, {})
        error = failure(client, deadline=Deadline(clock, 10))
    assert "no complete response within 10 seconds" in error.message
    assert len(server.received) == 3


def test_a_connection_that_does_not_come_about_never_reached_the_provider(wire, monkeypatch):
    timeouts = []

    def slow(address, timeout=None, *more, **settings):
        timeouts.append(timeout)
        raise TimeoutError("timed out")

    monkeypatch.setattr(urllib3.util.connection, "create_connection", slow)
    error = failure(wire.client("http://127.0.0.1:9", request_timeout=1.5, retries=1))
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


def resolve(monkeypatch, *addresses):
    """Whatever is looked up has these addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", each) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)


def test_all_addresses_of_a_host_together_have_one_time_out(monkeypatch):
    started = time.monotonic()
    with dead_address() as dead:
        resolve(monkeypatch, *repeat(dead, 20))
        error = failure(ANY.client("http://many.example", SystemClock(), request_timeout=0.2, retries=0))
    assert (error.code, error.error_class) == ("Unreachable", "unreachable")
    assert time.monotonic() - started < 2


def test_a_dead_address_leaves_time_for_the_next(monkeypatch):
    """Time to connect to it, and to read the answer: the stop would be sent in any case."""
    with serving(ANY.ok()) as server, dead_address() as dead:
        resolve(monkeypatch, dead, server.server_address)
        client = ANY.client("http://two.example", SystemClock(), request_timeout=0.8, retries=0)
        assert client.call(ANY.stop_action, {}, repeatable=False) == {"RequestId": REQUEST_ID}


def test_waiting_for_a_key_takes_nothing_from_the_time_for_the_answer(wire):
    clock = FakeClock()

    class Slow(Credentials):
        def current(self, seconds=None):
            clock.now += 30
            return self

    with serving(wire.ok()) as server:
        known = connection(wire.platform, endpoint_url=server.url, request_timeout=20)
        slow = replace(known, credentials=Slow("id", SECRET))
        client = wire.connect(slow, clock, random.Random(0))
        assert client.call(wire.stop_action, {}, repeatable=False) == {"RequestId": REQUEST_ID}


# Rates


def pressed(stamps, rate):
    """Whether more calls came within a second than the rate allows."""
    return any(later - sooner < 1 for sooner, later in zip(stamps, stamps[rate:], strict=False))


def test_a_rate_is_kept_where_calls_arrive_however_long_it_takes_to_connect(wire, monkeypatch):
    clock = FakeClock()
    connect_slowly(monkeypatch, clock, 0.5)
    stamps = []

    def stamped(handler):
        stamps.append(clock.now)
        wire.ok()(handler)

    with serving(*repeat(stamped, 12)) as server:
        client = wire.client(server.url, clock)
        client._pacer = Pacer(clock, 2)
        for _ in range(12):
            client.call(wire.read_action, {})
    assert not pressed(stamps, 2), stamps
    assert stamps[-1] - stamps[0] < 6


def test_a_rate_is_kept_by_calls_side_by_side_through_a_slow_proxy(tls, folder):
    clock = SystemClock()
    stamps = []

    def stamped(handler):
        stamps.append(time.monotonic())
        ANY.ok()(handler)

    with (
        serving(*repeat(stamped, 24), tls=tls) as server,
        serving(*repeat(tunnel(server.url, 0.3), 6)) as proxy,
        ThreadPoolExecutor(6) as workers,
    ):
        client = ANY.client(server.url, clock, proxy=proxy.url, verify=str(folder / "ca.pem"))
        client._pacer = Pacer(clock, 12)
        list(workers.map(lambda _number: client.call(ANY.read_action, {}), range(24)))
    assert not pressed(sorted(stamps), 12)
    assert len(proxy.received) <= 6


def test_a_turn_takes_nothing_from_the_time_for_the_answer_but_keeps_the_deadline():
    clock = FakeClock()
    with serving(*repeat(ANY.ok(), 3)) as server:
        client = ANY.client(server.url, clock, request_timeout=3)
        client._pacer = Pacer(clock, 0.2)
        client.call(ANY.read_action, {})
        client.call(ANY.read_action, {}, deadline=Deadline(clock, 9))
        error = failure(client, deadline=Deadline(clock, 2))
    assert (error.code, error.error_class, len(server.received)) == ("RateKept", "throttled", 2)
    # It went to no other pace for that, and did not wait in vain.
    assert len(clock.sleeps) == 1


def test_a_try_whose_turn_would_come_too_late_hides_nothing_of_the_one_before():
    clock = FakeClock()
    with serving(*repeat(html(503)(ANY), 2)) as server:
        client = ANY.client(server.url, clock)
        client._pacer = Pacer(clock, 0.2)
        error = failure(client, deadline=Deadline(clock, 4))
    assert (error.code, error.http_status, len(server.received)) == ("NotAnAnswer", 503, 1)


@pytest.mark.parametrize("first", ["throttled", "denied"])
def test_after_a_throttling_fewer_calls_may_come_at_once(wire, first):
    clock = FakeClock()
    with serving(wire.error(first), *repeat(wire.ok(), 9)) as server:
        client = wire.client(server.url, clock)
        client._pacer = Pacer(clock, 10)
        failure(client, wire.stop_action, repeatable=False)
        for _ in range(9):
            client.call(wire.stop_action, {}, repeatable=False)
    assert bool(clock.sleeps) == (first == "throttled")


# Trouble on the way


def test_a_refused_connection_never_reached_the_provider(wire):
    clock = FakeClock()
    with nobody() as url:
        client = wire.client(url, clock, retries=2)
        error = failure(client, wire.read_action)
        failure(client, wire.stop_action, repeatable=False)
    assert (error.code, error.error_class) == ("Unreachable", "unreachable")
    assert "refused" in error.message and url in error.message
    assert (client.calls, len(clock.sleeps)) == ({wire.read_action: 3, wire.stop_action: 1}, 2)


def test_a_host_name_that_cannot_be_is_an_api_error():
    # A region id of this length makes such a host, too.
    error = failure(ANY.client("http://ecs." + "a" * 70 + ".example.com", retries=0))
    assert error.error_class in ("bad_input", "unreachable")


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_signature_goes_nowhere_else(wire, status):
    with serving(wire.ok()) as other, serving(reply(b"", status, {"Location": f"{other.url}/?a=b"})) as server:
        error = failure(wire.client(server.url))
    assert (error.code, error.error_class, error.http_status) == ("Redirected", "bad_input", status)
    assert (len(server.received), other.received) == (1, [])


@pytest.mark.parametrize("location", ["http://[", "//", "http://user:pw@", "http://ho st/", "\x7f"])
def test_a_redirect_to_nonsense_is_an_api_error(location):
    with serving(reply(b"", 302, {"Location": location})) as server:
        error = failure(ANY.client(server.url))
    assert (error.error_class, len(server.received)) == ("bad_input", 1)


# TLS


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def tls(authority):
    return context_of(authority, "127.0.0.1")


def context_of(authority, host):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


@pytest.fixture
def folder(tmp_path, authority):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    (tmp_path / "empty.pem").write_text("nothing")
    return tmp_path


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("ca", ["ca.pem", None])
def test_a_certificate_is_checked_against_ca_path_alone_or_not_at_all(wire, tls, folder, monkeypatch, ca):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "of-somebody-else.pem"))
    with serving(wire.ok(), tls=tls) as server:
        answer = wire.client(server.url, verify=str(folder / ca) if ca else False).call(wire.read_action, {})
    assert answer["RequestId"] == REQUEST_ID


@pytest.mark.parametrize(
    ("host", "ca", "code", "said"),
    [
        ("127.0.0.1", None, "CertificateNotTrusted", ("{url}", "certificate")),
        ("somewhere.example", "ca.pem", "CertificateNotValid", ("{url}", "is for another host", "mismatch")),
        ("127.0.0.1", "missing.pem", "Unreachable", ("missing.pem",)),
        ("127.0.0.1", "empty.pem", "Unreachable", ("ca_path has no certificates",)),
    ],
)
def test_without_trust_nothing_is_sent(wire, authority, folder, host, ca, code, said):
    with serving(wire.ok(), tls=context_of(authority, host)) as server:
        client = wire.client(server.url, verify=str(folder / ca) if ca else True)
        error = failure(client)
    assert (error.code, error.error_class) == (code, "bad_input")
    assert all(words.format(url=server.url) in error.message for words in said), error.message
    assert (server.received, client.calls[wire.read_action]) == ([], 1)


def test_a_server_without_tls_is_not_blamed_on_its_certificate():
    with serving(ANY.ok()) as server:
        error = failure(ANY.client(server.url.replace("http:", "https:"), retries=0))
    assert (error.code, error.error_class, server.received) == ("Unreachable", "unreachable", [])


def test_a_tls_handshake_that_breaks_off_never_reached_the_provider(monkeypatch):
    with serving() as server:
        monkeypatch.setattr(server, "verify_request", lambda *_arguments: False)
        error = failure(ANY.client(server.url.replace("http:", "https:"), retries=0))
    assert error.error_class in ("unreachable", "lost")


# Proxies


def test_an_explicit_proxy_is_used_before_that_of_the_environment(monkeypatch):
    with serving(ANY.ok()) as proxy, nobody() as refused:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, refused)
        ANY.client("http://api.example.test", proxy=proxy.url).call(ANY.read_action, {})
    (request,) = proxy.received
    assert request.path.startswith("http://api.example.test/")
    assert request.headers["host"] == "api.example.test"


def test_the_proxy_of_the_environment_is_used_but_where_no_proxy_says_otherwise(monkeypatch):
    with serving(ANY.ok()) as proxy, serving(ANY.ok()) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        ANY.client("http://api.example.test").call(ANY.read_action, {})
        ANY.client(server.url).call(ANY.read_action, {})
    assert (len(proxy.received), len(server.received)) == (1, 1)


@pytest.mark.parametrize("url", ["http://api.example.test", "https://api.example.test"])
def test_a_dead_proxy_is_named_as_such_and_its_password_stays_hidden(url):
    with nobody() as refused:
        client = ANY.client(url, proxy=refused.replace("//", "//user:hidden-word@"))
        error = failure(client, ANY.stop_action, repeatable=False)
    assert (error.code, error.error_class) == ("Unreachable", "unreachable")
    assert error.message.startswith(f"no connection to the proxy {refused[7:]} (") and "refused" in error.message
    assert "hidden" not in str(error.as_result())


@pytest.mark.parametrize("way", ["direct", "proxy", "tunnel"])
@pytest.mark.parametrize("is_used_again", [False, True])
@pytest.mark.parametrize("trouble", [hang_up, reset, hang, cut_off("answer")])
def test_what_has_left_this_machine_may_have_acted_on_every_way(way, trouble, is_used_again, tls, folder):
    script = [*[ANY.ok()] * is_used_again, trouble, ANY.ok()]
    with ExitStack() as stack:
        server = stack.enter_context(serving(*script, tls=tls if way == "tunnel" else None))
        how: dict[str, Any] = {}
        if way == "tunnel":
            proxy = stack.enter_context(serving(*repeat(tunnel(server.url), 3)))
            how = {"proxy": proxy.url, "verify": str(folder / "ca.pem")}
        url = "http://halt.invalid" if way == "proxy" else server.url
        if way == "proxy":
            how = {"proxy": server.url}
        client = ANY.client(url, SystemClock(), retries=1, request_timeout=0.5, **how)
        if is_used_again:
            client.call(ANY.read_action, {})
        error = failure(client, ANY.stop_action, repeatable=False)
    assert (error.code, error.error_class) == ("ConnectionLost", "lost")
    assert len(server.received) == 1 + is_used_again


def test_https_goes_through_a_tunnel_that_never_sees_the_request(wire):
    with serving(*repeat(reply(b"", 403), 2)) as proxy:
        error = failure(wire.client(None, proxy=proxy.url, retries=0))
    (request,) = proxy.received
    assert (request.method, request.path) == ("CONNECT", f"{wire.host}:443")
    assert "authorization" not in request.headers
    assert error.error_class == "unreachable"
    assert f"{wire.host}/ through the proxy {proxy.url[7:]} (" in error.message and "403" in error.message


@pytest.mark.parametrize(
    "raised", [requests.exceptions.InvalidHeader("bad"), requests.exceptions.RetryError("bad"), OSError("bad")]
)
def test_no_exception_of_the_http_library_comes_through(wire, monkeypatch, raised):
    def broken(*_args, **_settings):
        raise raised

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", broken)
    assert failure(wire.client("http://127.0.0.1:9", retries=0)).provider == wire.name
