# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is particular to calls of AWS: two ways to write them and to read what comes back, its clock and its rates."""

from __future__ import annotations

import json
import random
import time
from contextlib import nullcontext
from dataclasses import replace
from email.utils import formatdate
from itertools import repeat

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Noted
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials, Renewable
from ansible_collections.cloudops.halt.plugins.module_utils._http.reply import objects
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.client import AwsClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.services import (
    CLOUDFORMATION,
    EC2,
    SSM,
)

from ...support.scripted import reply, serving
from ...support.wire import REQUEST_ID, SECRET, FakeClock
from .wire import WIRE, bad, is_signed_well

SERVICES = {"ssm": SSM, "ec2": EC2, "cloudformation": CLOUDFORMATION}


def client(service, url=None, **more):
    """A client of another service than that of the shared tests."""
    made = replace(WIRE, connect=lambda conn, clock, rng: AwsClient(conn, SERVICES[service], clock, rng))
    return made.client(url, **more)


def xml(action, inside):
    return reply(f'<?xml version="1.0"?><{action}Response xmlns="http://x/">{inside}</{action}Response>'.encode())


def called(service, act, action, parameters, **more):
    """What a call comes to, and the request that arrived."""
    with serving(act) as server:
        answer = client(service, server.url, retries=0, **more).call(action, parameters)
    return answer, *server.received


def refused(service, *acts, action="ListStackSets", **more):
    with serving(*acts) as server, pytest.raises(ApiError) as caught:
        client(service, server.url, retries=0, **more).call(action, {})
    return caught.value


# How calls are written


@pytest.mark.parametrize(
    ("service", "version", "parameters", "form"),
    [
        ("ec2", "2016-11-15", {"ImportTaskId": ["a", "b"]}, "ImportTaskId.1=a&ImportTaskId.2=b"),
        (
            "ec2",
            "2016-11-15",
            {"Filters": [{"Name": "task-state", "Value": ["active", "deleting"]}], "MaxResults": 100},
            "Filters.1.Name=task-state&Filters.1.Value.1=active&Filters.1.Value.2=deleting&MaxResults=100",
        ),
        ("ec2", "2016-11-15", {"DryRun": True, "Ids": [], "NextToken": ""}, "DryRun=true&NextToken="),
        (
            "cloudformation",
            "2010-05-15",
            {"Filters": [{"Name": "OPERATION_RESULT_STATUS", "Values": "RUNNING"}], "CallAs": None},
            "Filters.member.1.Name=OPERATION_RESULT_STATUS&Filters.member.1.Values=RUNNING",
        ),
        ("cloudformation", "2010-05-15", {"RetainStacks": False, "Ids": []}, "RetainStacks=false&Ids="),
        ("cloudformation", "2010-05-15", {"A": {"B": "a b+~*é"}}, "A.B=a+b%2B~%2A%C3%A9"),
    ],
)
def test_a_call_of_the_others_is_a_form(service, version, parameters, form):
    _, request = called(service, xml("Do", "<requestId>r-1</requestId>"), "Do", parameters)
    assert request.body.decode() == f"Action=Do&Version={version}&{form}"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=utf-8"
    # Some services would answer with JSON to whom that is as welcome.
    assert request.headers["accept"] == "text/xml"
    assert is_signed_well(request) and f"/eu-central-1/{service}/aws4" in request.headers["authorization"]


# How answers are read

METADATA = "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"


@pytest.mark.parametrize(
    ("service", "act"),
    [
        ("cloudformation", xml("Do", f"<DoResult/>{METADATA}")),
        ("cloudformation", xml("Do", METADATA)),
        ("ssm", reply(b"", 200, {"x-amzn-requestid": "r-1"})),
        ("ssm", reply({}, 200, {"X-Amzn-RequestId": "r-1"})),
        ("cloudformation", reply(b"", 200, {"x-amzn-RequestId": "r-1"})),
    ],
)
def test_an_answer_may_say_nothing_but_its_id(service, act):
    noted = Noted()
    with serving(act) as server:
        assert client(service, server.url).call("Do", {}, noted=noted) == {}
    assert noted.request_ids == ["r-1"]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "act",
    [
        reply(b""),
        reply(b"{}"),
        reply(b"<html><body>Sign in</body></html>"),
        reply(b"<html><RequestId>r-1</RequestId></html>"),
        reply(b"<DoResponse>truncated"),
        reply(b"<OtherResponse><requestId>r-1</requestId></OtherResponse>"),
        reply(b'<!DOCTYPE a [<!ENTITY b "r-1">]><DoResponse><requestId>&b;</requestId></DoResponse>'),
    ],
)
def test_what_could_be_anybodys_is_no_answer(service, act):
    error = refused(service, act, action="Do")
    assert (error.code, error.error_class, error.http_status) == ("NotAnAnswer", "lost", 200)


def of_ec2(code, message="said so", status=400):
    inside = (
        f"<Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>r-1</RequestID>"
    )
    return reply(f"<Response>{inside}</Response>".encode(), status)


def of_cloudformation(code, message="said so", status=400):
    inside = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return reply(f'<ErrorResponse xmlns="x">{inside}<RequestId>r-1</RequestId></ErrorResponse>'.encode(), status)


NAMED = {"x-amzn-RequestId": "r-1"}


def of_ssm(status=400, more=NAMED, **body):
    return reply(body, status, more)


ELSEWHERE = {**NAMED, "x-amzn-ErrorType": "ThrottlingException:http://a.b/#c"}


@pytest.mark.parametrize(
    ("service", "act", "code", "error_class"),
    [
        ("ec2", of_ec2("InvalidExportTaskID.NotFound"), "InvalidExportTaskID.NotFound", "not_found"),
        ("ec2", of_ec2("RequestLimitExceeded", status=503), "RequestLimitExceeded", "throttled"),
        ("ec2", of_ec2("Unavailable", status=200), "Unavailable", "transient"),
        ("cloudformation", of_cloudformation("Throttling"), "Throttling", "throttled"),
        ("cloudformation", of_cloudformation("StackSetNotFound", status=404), "StackSetNotFound", "not_found"),
        ("ssm", bad("InvalidCommandId", "said so", 400), "InvalidCommandId", "not_found"),
        ("ssm", of_ssm(__type="a.b#InvalidCommandId:x", Message="said so"), "InvalidCommandId", "not_found"),
        ("ssm", of_ssm(more=ELSEWHERE, message="said so"), "ThrottlingException", "throttled"),
        ("ssm", of_ssm(403, message="said so"), "HTTP403", "unexpected"),
        ("ssm", of_ssm(503, message="said so"), "HTTP503", "transient"),
        ("ssm", of_ssm(429, message="said so"), "HTTP429", "throttled"),
    ],
)
def test_an_error_is_read_wherever_its_code_is(service, act, code, error_class):
    error = refused(service, act)
    assert (error.code, error.message, error.error_class) == (code, "said so", error_class)
    assert error.request_id in ("r-1", REQUEST_ID)


@pytest.mark.parametrize(
    ("service", "act", "error_class"),
    [
        # A gateway on the way.
        ("ssm", reply({"message": "Forbidden"}, 403), "bad_input"),
        ("ssm", reply(b"", 503), "transient"),
        ("ssm", reply(b"", 400, NAMED), "bad_input"),
        ("ec2", reply(b"<html><body>Service unavailable</body></html>", 503), "transient"),
        ("ec2", reply(b"<h1>Slow down", 429), "throttled"),
        ("cloudformation", reply(b"<ErrorResponse/>", 500), "transient"),
    ],
)
def test_an_error_of_somebody_else_is_no_answer(service, act, error_class):
    error = refused(service, act)
    assert (error.code, error.error_class) == ("NotAnAnswer", error_class)


def test_the_secret_part_of_a_refusal_is_not_shown():
    blob = "You are not authorized to do this. Encoded authorization failure message: dGhlIHNlY3JldA"
    assert refused("ec2", of_ec2("UnauthorizedOperation", blob, 403)).message == "You are not authorized to do this."
    text = "The signature does not match. The canonical string is:\n\nPOST\nx-amz-security-token:hidden"
    assert "hidden" not in refused("cloudformation", of_cloudformation("SignatureDoesNotMatch", text, 403)).message


# Lists


def test_a_token_that_comes_again_is_a_list_without_end():
    again = reply({"Commands": [], "NextToken": "again"}, 200, NAMED)
    with serving(*repeat(again, 9)) as server, pytest.raises(ApiError) as caught:
        list(client("ssm", server.url).pages("ListCommands", {}, lambda page: objects(page, "Commands")))
    assert (caught.value.code, len(server.received)) == ("EndlessList", 2)
    assert json.loads(server.received[0].body) == {"MaxResults": 50}


# The clock, and tokens that run out


@pytest.mark.parametrize(
    ("code", "message", "ahead", "of_the_clock"),
    [
        ("RequestExpired", "Request has expired.", 1200, True),
        ("RequestExpired", "Request has expired.", -1200, True),
        ("RequestExpired", "Request has expired.", 30, False),
        ("RequestExpired", "Request has expired.", None, False),
        ("SignatureDoesNotMatch", "wrong", 1200, True),
        ("SignatureDoesNotMatch", "wrong", 30, False),
        ("InvalidSignatureException", "Signature expired: 20260102T030405Z is now earlier than ...", 30, True),
        ("InvalidSignatureException", "Signature not yet current: 20260102T030405Z is still later", None, True),
        ("InvalidSignatureException", "The request signature we calculated does not match", 30, False),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", 1200, False),
    ],
)
def test_what_is_said_of_a_wrong_clock_has_that_way_out(code, message, ahead, of_the_clock):
    def act(handler):
        date = None if ahead is None else formatdate(clock.now - ahead, usegmt=True)
        send_header = handler.send_header
        handler.date_time_string = lambda: date
        handler.send_header = lambda name, value: None if value is None else send_header(name, value)
        bad(code, message, 400)(handler)

    clock = FakeClock()
    error = refused("ssm", act, clock=clock)
    assert error.error_class == "auth"
    assert (error.way_out == "Set the clock of the machine that runs the module.") == of_the_clock
    # One that is right has run out of time for another reason: the token.
    assert ("token" in error.way_out) == ((code == "RequestExpired" and not of_the_clock) or "Unrec" in code)


@pytest.mark.parametrize(
    ("code", "clock_is_right", "again"),
    [
        *((code, True, True) for code in ("ExpiredToken", "ExpiredTokenException", "RequestExpired")),
        *((code, False, True) for code in ("ExpiredToken", "ExpiredTokenException")),
        # It may be the clock that is said to be wrong, or the key.
        ("RequestExpired", False, False),
        *((code, True, False) for code in ("InvalidClientTokenId", "UnrecognizedClientException")),
        ("MissingAuthenticationToken", True, False),
    ],
)
def test_a_call_is_made_again_with_a_new_token_where_that_has_run_out(code, clock_is_right, again):
    made = iter([Credentials("ID", SECRET, token, source="s") for token in ("old", "new")])
    keys = Renewable(lambda: lambda: next(made), lambda found: None)
    now = time.time() if clock_is_right else time.time() - 86400
    with serving(bad(code, "ran out", 400), WIRE.ok()) as server:
        conn = replace(WIRE.client(server.url).connection, credentials=keys, retries=0)
        asked = WIRE.connect(conn, FakeClock(now), random.Random(0))
        with nullcontext() if again else pytest.raises(ApiError, match="ran out"):
            asked.call("CancelCommand", {}, repeatable=False)
    assert [each.headers["x-amz-security-token"] for each in server.received] == ["old", *["new"] * again]


# Rates


@pytest.mark.parametrize(
    ("service", "action", "at_once"),
    [
        ("ssm", "CancelCommand", 5),
        ("ec2", "CancelExportTask", 5),
        ("ec2", "DescribeExportTasks", 20),
        ("cloudformation", "StopStackSetOperation", 5),
    ],
)
def test_rates_are_those_that_are_published_or_careful(service, action, at_once):
    clock = FakeClock()
    ok = xml(action, METADATA) if service == "cloudformation" else xml(action, "<requestId>r</requestId>")
    with serving(*repeat(WIRE.ok() if service == "ssm" else ok, at_once + 1)) as server:
        made = client(service, server.url, clock=clock)
        starts = []
        for _ in range(at_once + 1):
            made.call(action, {})
            starts.append(clock.now)
    assert starts[at_once - 1] == starts[0] and starts[at_once] >= starts[0] + 1
