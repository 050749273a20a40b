# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is particular to calls of AWS: two ways to write them and to read what comes back, its hosts, its clock and its
rates."""

from __future__ import annotations

import json
import random
import time
from contextlib import nullcontext
from dataclasses import replace
from email.utils import formatdate
from itertools import repeat
from urllib.parse import parse_qsl

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Noted
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.chain import Finder
from ansible_collections.cloudops.halt.plugins.module_utils._credentials.keys import Credentials, Renewable
from ansible_collections.cloudops.halt.plugins.module_utils._http.connection import connect
from ansible_collections.cloudops.halt.plugins.module_utils._http.reply import objects
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.client import AwsClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.aws.platform import AWS
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


def test_a_call_of_systems_manager_is_json():
    parameters = {"CommandId": "c", "InstanceIds": ["i-1"], "Details": True, "MaxResults": 50, "NextToken": None}
    _, request = called("ssm", WIRE.ok(), "CancelCommand", parameters)
    assert json.loads(request.body) == {name: value for name, value in parameters.items() if value is not None}
    assert request.path == "/"
    assert request.headers["content-type"] == "application/x-amz-json-1.1"
    assert request.headers["x-amz-target"] == "AmazonSSM.CancelCommand"


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

TASKS = (
    "<requestId>r-1</requestId><importImageTaskSet>"
    "<item><importTaskId>import-ami-1</importTaskId><progress>28</progress><tagSet/></item>"
    "<item><importTaskId>import-ami-2</importTaskId></item></importImageTaskSet><nextToken>more</nextToken>"
)
METADATA = "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"


READ = {
    "requestId": "r-1",
    "importImageTaskSet": [
        {"importTaskId": "import-ami-1", "progress": "28", "tagSet": ""},
        {"importTaskId": "import-ami-2"},
    ],
    "nextToken": "more",
}
SUMMARIES = f"<DoResult><Summaries><member><A>b</A></member></Summaries></DoResult>{METADATA}"


@pytest.mark.parametrize(
    ("service", "act", "expected"),
    [
        ("ec2", xml("Do", TASKS), READ),
        ("ec2", xml("Do", "<requestId>r-1</requestId><return>true</return>"), {"requestId": "r-1", "return": "true"}),
        ("cloudformation", xml("Do", SUMMARIES), {"Summaries": [{"A": "b"}]}),
        ("cloudformation", xml("Do", f"<DoResult/>{METADATA}"), {}),
        ("cloudformation", xml("Do", METADATA), {}),
        ("ssm", reply(b"", 200, {"x-amzn-requestid": "r-1"}), {}),
        ("ssm", reply({}, 200, {"X-Amzn-RequestId": "r-1"}), {}),
        ("cloudformation", reply(b"", 200, {"x-amzn-RequestId": "r-1"}), {}),
    ],
)
def test_an_answer_comes_without_what_is_around_it(service, act, expected):
    noted = Noted()
    with serving(act) as server:
        assert client(service, server.url).call("Do", {}, noted=noted) == expected
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


def rows(tag, count):
    return f"<{tag}><a>b</a></{tag}>" * count


PAGES = {
    "ssm": ("Commands", lambda count, token: reply({"Commands": [{"a": "b"}] * count, "NextToken": token}, 200, NAMED)),
    "ec2": (
        "taskSet",
        lambda count, token: xml(
            "Do", f"<requestId>r</requestId><taskSet>{rows('item', count)}</taskSet><nextToken>{token}</nextToken>"
        ),
    ),
    "cloudformation": (
        "Summaries",
        lambda count, token: xml(
            "Do",
            f"<DoResult><Summaries>{rows('member', count)}</Summaries><NextToken>{token}</NextToken></DoResult>"
            f"{METADATA}",
        ),
    ),
}


@pytest.mark.parametrize("service", PAGES)
def test_a_list_is_read_by_its_tokens(service):
    items, page = PAGES[service]
    with serving(page(1, "t+1/="), page(0, "t-2"), page(2, ""), WIRE.ok()) as server:
        pages = client(service, server.url).pages("Do", {"Name": "n"}, lambda each: objects(each, items), size=7)
        assert [len(objects(each, items)) for each in pages] == [1, 0, 2]
    asked = [
        json.loads(each.body) if service == "ssm" else dict(parse_qsl(each.body.decode())) for each in server.received
    ]
    assert [each.get("NextToken") for each in asked] == [None, "t+1/=", "t-2"]
    assert {(each["Name"], int(each["MaxResults"])) for each in asked} == {("n", 7)}


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


# Hosts


@pytest.mark.parametrize(
    ("region", "public", "dualstack", "fips"),
    [
        ("eu-central-1", "ec2.R.amazonaws.com", "ec2.R.api.aws", "ec2-fips.R.amazonaws.com"),
        ("xx-new-1", "ec2.R.amazonaws.com", "ec2.R.api.aws", "ec2-fips.R.amazonaws.com"),
        (
            "cn-northwest-1",
            "ec2.R.amazonaws.com.cn",
            "ec2.R.api.amazonwebservices.com.cn",
            "ec2-fips.R.amazonaws.com.cn",
        ),
        # Its plain hosts are the validated ones.
        ("us-gov-west-1", "ec2.R.amazonaws.com", "ec2.R.api.aws", "ec2.R.amazonaws.com"),
        ("eusc-de-east-1", "ec2.R.amazonaws.eu", "ec2.R.api.amazonwebservices.eu", "ec2-fips.R.amazonaws.eu"),
        ("us-iso-east-1", "ec2.R.c2s.ic.gov", "ec2.R.api.aws.ic.gov", "ec2-fips.R.c2s.ic.gov"),
        ("us-isob-east-1", "ec2.R.sc2s.sgov.gov", "ec2.R.api.aws.scloud", "ec2-fips.R.sc2s.sgov.gov"),
        ("us-isof-south-1", "ec2.R.csp.hci.ic.gov", "ec2.R.api.aws.hci.ic.gov", "ec2-fips.R.csp.hci.ic.gov"),
        ("eu-isoe-west-1", "ec2.R.cloud.adc-e.uk", "ec2.R.api.cloud-aws.adc-e.uk", "ec2-fips.R.cloud.adc-e.uk"),
    ],
)
def test_hosts_are_those_of_the_partition(region, public, dualstack, fips):
    for endpoint_type, host in (("public", public), ("dualstack", dualstack), ("fips", fips)):
        assert EC2.endpoint(region, endpoint_type) == f"https://{host.replace('R', region)}"


GIVEN = {
    "region": "eu-central-1",
    "access_key_id": "ID",
    "access_key_secret": SECRET,
    "validate_certs": True,
    "request_timeout": 10.0,
    "retries": 5,
}


def urls(environ=None, **options):
    """Where each service is called with these options and variables."""
    connection = connect({**GIVEN, **options}, AWS, environ or {})
    found = {}
    for name, service in SERVICES.items():
        found[name] = connection.url_of(name, service.endpoint(connection.region, connection.endpoint_type))
    return found


def test_endpoint_types_are_hosts_of_their_own_and_there_are_no_private_ones():
    assert urls(endpoint_type="dualstack")["ssm"] == "https://ssm.eu-central-1.api.aws"
    assert urls(endpoint_type="fips")["ssm"] == "https://ssm-fips.eu-central-1.amazonaws.com"
    with pytest.raises(OptionError) as caught:
        urls(endpoint_type="vpc")
    said = "endpoint_type is vpc, and AWS has no such hosts: use public, dualstack, fips or dualstack_fips."
    assert str(caught.value) == said


def test_a_url_may_be_named_by_a_variable_of_its_service():
    usual = urls()
    one, other = "https://one.example", "http://127.0.0.1:4566"
    environ = {"AWS_ENDPOINT_URL_CLOUDFORMATION": one, "AWS_ENDPOINT_URL_EC2": ""}
    assert urls(environ) == {**usual, "cloudformation": one}
    environ["AWS_ENDPOINT_URL"] = other
    assert urls(environ) == {"ssm": other, "ec2": other, "cloudformation": one}
    # What is asked for in the task counts alone.
    assert urls(environ, endpoint_url=other) == dict.fromkeys(SERVICES, other)
    assert urls(environ, endpoint_url={"ssm": other}) == {**usual, "ssm": other}


def test_what_a_variable_names_is_checked_and_its_password_is_known():
    with pytest.raises(
        OptionError, match=r"^endpoint_url\.ssm, from AWS_ENDPOINT_URL_SSM, is http:// to another machine"
    ):
        urls({"AWS_ENDPOINT_URL_SSM": "http://host"})
    # Plain HTTP to this machine, which only the library calls.
    assert urls({"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:4566"}) == urls()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://ssm.eu-west-1.amazonaws.com", "serves ssm in eu-west-1 alone, and ssm in eu-central-1"),
        ("https://ssm.eu-central-1.amazonaws.com", "serves ssm in eu-central-1 alone, and ec2 in eu-central-1"),
        ("https://vpce-0a1b-c2.ssm.eu-central-1.vpce.amazonaws.com", "serves ssm in eu-central-1 alone, and ec2"),
        ("https://ec2-fips.eu-central-1.amazonaws.com.cn", "serves ec2 in eu-central-1 alone, and ssm"),
        ("https://sts.amazonaws.com", "serves sts alone, and ssm"),
        ("https://ssm.eu-central-1.api.aws", "serves ssm in eu-central-1 alone, and ec2"),
        # What may well serve all.
        ("https://lb-1.eu-west-1.elb.amazonaws.com", None),
        ("https://ec2-1-2-3-4.eu-west-1.compute.amazonaws.com", None),
        ("https://ec2-1-2-3-4.compute-1.amazonaws.com", None),
        ("https://abc123.execute-api.eu-west-1.amazonaws.com", None),
    ],
)
def test_a_host_of_the_vendor_serves_what_it_is_for(url, said):
    if said is None:
        assert urls(endpoint_url=url) == dict.fromkeys(SERVICES, url)
    else:
        with pytest.raises(OptionError) as caught:
            urls(endpoint_url=url)
        assert said in str(caught.value) and "endpoint_type" not in str(caught.value)


def test_authorities_may_be_named_by_a_variable():
    environ = {"AWS_CA_BUNDLE": "/ca.pem"}
    assert connect(GIVEN, AWS, environ).verify == "/ca.pem"
    assert connect({**GIVEN, "ca_path": "/mine.pem"}, AWS, environ).verify == "/mine.pem"
    assert connect({**GIVEN, "validate_certs": False}, AWS, environ).verify is False


@pytest.mark.parametrize(("first", "second"), [("AWS_REGION", "AWS_DEFAULT_REGION")])
def test_the_region_has_two_names_and_so_has_the_token(first, second):
    options = {**GIVEN, "region": None}
    assert connect(options, AWS, {second: "second"}).region == "second"
    assert connect(options, AWS, {second: "second", first: "first"}).region == "first"
    environ = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_SECURITY_TOKEN": "second"}
    for more, token in ({}, "second"), ({"AWS_SESSION_TOKEN": "first"}, "first"):
        assert Finder({**environ, **more}).find({}, AWS).current().security_token == token
