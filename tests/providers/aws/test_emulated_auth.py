# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call the emulated AWS, how often, and the rules of requests and parameters that hold for every action."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import Emulator
from emulator.aws import auth, rates

from ...support.control import URL, new_session

STRANGER = {"access_key_id": "AKIAunknown", "access_key_secret": "x"}
READS = {"ssm": "ListCommands", "ec2": "DescribeImportImageTasks", "cloudformation": "ListStackSets"}


@pytest.fixture(params=READS)
def client(ssm, request):
    """Of each service."""
    return ssm.of(request.param)


@pytest.fixture
def refusal(client):
    """Code and HTTP status of a read at the service."""

    def refusal(**options):
        return client.refusal(READS[client.service], **options)

    return refusal


def by_service(ssm, ec2, cloudformation):
    return {"ssm": ssm, "ec2": ec2, "cloudformation": cloudformation}


UNKNOWN = by_service(("UnrecognizedClientException", 400), ("AuthFailure", 401), ("InvalidClientTokenId", 403))
MISMATCH = by_service(
    ("InvalidSignatureException", 400), ("SignatureDoesNotMatch", 403), ("SignatureDoesNotMatch", 403)
)
INCOMPLETE = by_service(
    ("IncompleteSignatureException", 400), ("IncompleteSignature", 400), ("IncompleteSignature", 400)
)
EXPIRED = by_service(("ExpiredTokenException", 400), ("RequestExpired", 400), ("ExpiredToken", 403))
LATE = by_service(("InvalidSignatureException", 400), ("RequestExpired", 400), ("RequestExpired", 400))
DENIED = by_service(("AccessDeniedException", 400), ("UnauthorizedOperation", 403), ("AccessDenied", 403))
# Without its type a form is none, and names no action.
MALFORMED = by_service(("SerializationException", 400), ("InvalidAction", 400), ("InvalidAction", 400))
NO_ACTION = by_service(("UnknownOperationException", 400), ("InvalidAction", 400), ("InvalidAction", 400))
NO_TOKEN = by_service(
    ("MissingAuthenticationTokenException", 400),
    ("MissingAuthenticationToken", 403),
    ("MissingAuthenticationToken", 403),
)
ACCEPTED = by_service(("", 200), ("", 200), ("", 200))


@pytest.mark.parametrize(
    ("key", "changes", "expected"),
    [
        ("session", {}, ACCEPTED),
        ("expired", {}, EXPIRED),
        ("inactive", {}, UNKNOWN),
        ("denied", {}, DENIED),
        ("default", STRANGER, UNKNOWN),
        ("default", {"access_key_secret": "x"}, MISMATCH),
        ("default", {"security_token": "x"}, UNKNOWN),
        ("session", {"security_token": None}, UNKNOWN),
        ("session", {"security_token": "another"}, UNKNOWN),
    ],
)
def test_keys(client, refusal, key, changes, expected):
    assert refusal(key={**client.keys[key], **changes}) == expected[client.service]


@pytest.mark.parametrize(("seconds", "words"), [(880.0, None), (-880.0, None), (920.0, "expired"), (-920.0, "current")])
def test_clock(client, control, refusal, seconds, words):
    control.settings(clock_skew=seconds)
    assert refusal() == (LATE if words else ACCEPTED)[client.service]
    if words:
        text = client.send(READS[client.service]).text
        assert ("Signature expired" in text) == (words == "expired") != ("not yet current" in text)


def test_cloudformation_may_say_it_otherwise(cloudformation, control):
    control.settings(clock_skew=1000.0, aws_late_code="SignatureDoesNotMatch")
    assert cloudformation.refusal("ListStackSets") == ("SignatureDoesNotMatch", 403)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"afterwards": {"authorization": "AWS4-HMAC-SHA256 Credential=x"}}, None),
        ({"unsigned": ("host",)}, INCOMPLETE),
        ({"unsigned": ("x-amz-date",)}, INCOMPLETE),
        ({"headers": {"x-amz-date": "20260102T030405"}}, INCOMPLETE),
        ({"headers": {"x-amz-date": "20260102T036105Z"}, "date": "20260102"}, INCOMPLETE),
        ({"afterwards": {"x-amz-more": "x"}}, INCOMPLETE),
        ({"headers": {"x-amz-more": "a  b"}}, MISMATCH),  # blanks within a value count as one
        ({"date": "20200101"}, MISMATCH),
        ({"region": "nowhere-1"}, MISMATCH),
        ({"afterwards": {"content-type": "application/x-www-form-urlencoded"}}, MISMATCH),
        ({"headers": {"content-type": "text/plain"}}, MALFORMED),
        # Accepted
        ({"unsigned": ("content-type",)}, ACCEPTED),
        ({"headers": {"x-amz-more": "a b"}}, ACCEPTED),
        ({"headers": {"user-agent": "x"}, "unsigned": ("user-agent",)}, ACCEPTED),
        ({"region": "cn-north-1"}, ACCEPTED),
    ],
)
def test_requests(client, refusal, options, expected):
    if expected is None:  # without a scope nobody knows whom it is for
        expected = {**INCOMPLETE, "ssm": ("IncompleteSignature", 400)}
    assert refusal(**options) == expected[client.service]


def test_what_is_not_signed(client, refusal):
    code, status = refusal(afterwards={"authorization": None})
    assert (code, status) == ("MissingAuthenticationToken", 403)


def test_the_service_is_that_of_the_signature(ssm, ec2):
    assert ssm.code("ListCommands", service="s3") == "SignatureDoesNotMatch"
    assert ssm.code("ListCommands", service="ec2") == "InvalidAction"
    assert ec2.code("DescribeImportImageTasks", service="ssm") == "UnknownOperationException"
    assert ec2.code("ListStackSets") == "InvalidAction"
    assert ec2.code("DescribeImportImageTasks", version="2014-01-01") == "InvalidAction"
    assert ssm.code("ListCommands", headers={"x-amz-target": "ListCommands"}) == "UnknownOperationException"


def test_unknown_actions(client):
    assert client.refusal("Nonsense") == NO_ACTION[client.service]


def test_forms_may_be_sent_as_a_query(ec2, cloudformation):
    assert ec2.refusal("DescribeImportImageTasks", {"NextToken": "", "DryRun": "false"}, method="GET") == ("", 200)
    assert cloudformation.refusal("ListStackSets", {"Status": "ACTIVE"}, method="GET") == ("", 200)
    assert ec2.refusal("DescribeImportImageTasks", method="PUT") == ("InvalidAction", 400)


def test_a_changed_body_or_query_is_noticed(ec2, ssm):
    ec2.url += "/?MaxResults=5#"
    assert ec2.code("DescribeImportImageTasks", method="GET") == "SignatureDoesNotMatch"
    ssm.url += "/?a=b#"
    assert ssm.code("ListCommands") == "InvalidSignatureException"


def test_what_only_others_sign_is_not_recognised(ssm, control):
    scoped = "AWS4-HMAC-SHA256 Credential=x/20260102/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0"
    for headers, sent in (
        ({}, {"Action": "DescribeRegions", "Version": "2014-05-26"}),
        ({}, {"SignatureVersion": "1.0", "SignatureMethod": "HMAC-SHA1"}),
        ({"x-acs-action": "DescribeRegions"}, {}),
        ({"x-tc-action": "DescribeRegions"}, {}),
    ):
        ssm.session.post(f"{ssm.url}/", data=sent, headers={"authorization": scoped, **headers})
    assert {each["provider"] for each in control.get("requests")} == {"aws"}
    assert ssm.session.post(f"{ssm.url}/", headers={"authorization": "AWS Credential=x"}).status_code == 404
    assert ssm.session.post(f"{ssm.url}/bucket", headers={"authorization": scoped}).status_code == 404


@given(st.text(max_size=60), st.binary(max_size=60), st.sampled_from(["", "AmazonSSM.ListCommands"]))
def test_nonsense_is_refused(text, body, target):
    text = "".join(letter for letter in text.encode("ascii", "ignore").decode() if letter.isprintable()).strip()
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {text}", **({"x-amz-target": target} if target else {})}
    with new_session() as session:
        response = session.post(f"{URL}/", data=body, headers=headers)
    assert response.status_code in (400, 403) and response.headers["x-amzn-RequestId"]


# Parameters


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "SerializationException"),
        ("[]", "SerializationException"),
        ('{"MaxResults": "20"}', "SerializationException"),
        ('{"MaxResults": true}', "SerializationException"),
        ('{"Filters": {}}', "SerializationException"),
        ('{"Filters": ["x"]}', "SerializationException"),
        ('{"CommandId": 1}', "SerializationException"),
        ('{"Region": "us-east-1"}', "ValidationException"),
        ('{"Filters": [{"Key": "Status", "Value": "Pending"}]}', "ValidationException"),
        ('{"Filters": [{"key": "Status"}]}', "ValidationException"),
        ('{"Filters": []}', "ValidationException"),
        ('{"MaxResults": 0}', "ValidationException"),
        ('{"MaxResults": 51}', "ValidationException"),
        ('{"\\ud800": 1}', "ValidationException"),
        ("", ""),
        ('{"MaxResults": null}', ""),
    ],
)
def test_json(ssm, body, code):
    assert ssm.code("ListCommands", body=body) == code


@pytest.mark.parametrize(
    ("service", "sent", "code"),
    [
        ("ec2", {"ImportTaskIds.1": "import-ami-1"}, "UnknownParameter"),
        ("ec2", {"Filter.1.Name": "task-state"}, "UnknownParameter"),  # Filters here
        ("ec2", {"ImportTaskId": "import-ami-1"}, "MalformedQueryString"),
        ("ec2", {"ImportTaskId.member.1": "import-ami-1"}, "MalformedQueryString"),
        ("ec2", {"ImportTaskId.2": "import-ami-1"}, "MalformedQueryString"),
        ("ec2", {"ImportTaskId": "x", "ImportTaskId.1": "x"}, "MalformedQueryString"),
        ("ec2", {"MaxResults": "many"}, "MalformedQueryString"),
        ("ec2", {"DryRun": "True"}, "MalformedQueryString"),
        ("ec2", {"Filters.1.Value.1": "active"}, "MissingParameter"),
        ("ec2", {"Filters.1.Name": "task-state", "Filters.1.Value.1": "new"}, "InvalidParameterValue"),
        ("ec2", {"Filters.1.Name": "status", "Filters.1.Value.1": "active"}, "InvalidParameterValue"),
        ("ec2", {"NextToken": "nonsense"}, "InvalidParameterValue"),
        ("cloudformation", {"StackSet": "x"}, "ValidationError"),
        ("cloudformation", {"Status": "NEW"}, "ValidationError"),
        ("cloudformation", {"CallAs": "self"}, "ValidationError"),
        ("cloudformation", {"MaxResults": "101"}, "ValidationError"),
        ("cloudformation", {"NextToken": "nonsense"}, "ValidationError"),
        ("cloudformation", {"NextToken": "x" * 1025}, "ValidationError"),
    ],
)
def test_forms(ssm, service, sent, code):
    assert ssm.of(service).code(READS[service], sent) == code


def test_lists_of_cloudformation(cloudformation):
    cloudformation.ok("CreateStackSet", StackSetName="s", TemplateBody="{}")

    def code(**sent):
        return cloudformation.code("CreateStackInstances", {"StackSetName": "s", **sent})

    assert code(**{"Accounts.1": "123456789012", "Regions.member.1": "us-east-1"}) == "MalformedQueryString"
    assert code(**{"Accounts.member.1": "1", "Regions.member.1": "us-east-1"}) == "ValidationError"
    assert code(**{"Accounts.member.1": "123456789012", "Regions": ""}) == "ValidationError"  # an empty list


# Rates


@pytest.fixture
def moment(control, monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(rates, "time", clock)
    return clock


def test_buckets_of_ec2(ec2, control, moment):
    read = "DescribeImportImageTasks"
    assert [ec2.code(read) for _ in range(101)] == [""] * 100 + ["RequestLimitExceeded"]
    assert ec2.refusal(read) == ("RequestLimitExceeded", 503)
    # By action, key and region
    assert ec2.code("DescribeExportTasks") == ec2.code(read, key="session") == ec2.code(read, region="eu-west-1") == ""
    moment.now += 0.5
    assert [ec2.code(read) for _ in range(11)] == [""] * 10 + ["RequestLimitExceeded"]
    cancels = [ec2.code("CancelExportTask", {"ExportTaskId": "export-i-1"}) for _ in range(51)]
    assert cancels == ["InvalidExportTaskID.NotFound"] * 50 + ["RequestLimitExceeded"]
    control.settings(rate_limit=0)
    assert ec2.code(read) == ""


def test_rates_that_nobody_publishes(ssm, control, moment):
    assert not any(ssm.code("ListCommands") for _ in range(60))
    control.settings(aws_unpublished_rate=3)
    assert [ssm.code("ListCommands") for _ in range(4)] == [""] * 3 + ["ThrottlingException"]
    moment.now += 1
    assert ssm.code("ListCommands") == ""
    control.settings(aws_unpublished_rate=1)
    cloudformation = ssm.of("cloudformation")
    assert [cloudformation.refusal("ListStackSets") for _ in range(2)] == [("", 200), ("Throttling", 400)]


def test_the_date_of_an_answer_is_that_of_the_moments_in_it(client, control):
    control.advance(86400)  # and signatures are still judged by the real time
    answer = client.send(READS[client.service])
    shown = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert answer.status_code == 200 and shown == pytest.approx(control.now(), abs=1)


def test_a_refusal_says_when_to_come_again(client, control):
    control.fault("throttle", retry_after=3)
    response = client.send(READS[client.service])
    assert response.headers["x-amz-retry-after"] == "3000"
    assert ("Rate exceeded" in response.text) and "Retry-After" not in response.headers


def test_faults(client, control, refusal):
    expected = {
        "throttle": by_service(("ThrottlingException", 400), ("RequestLimitExceeded", 503), ("Throttling", 400)),
        "denied": DENIED,
        "expired_token": EXPIRED,
        "internal_error": by_service(("InternalServerError", 500), ("InternalError", 500), ("InternalFailure", 500)),
    }
    for fault, codes in expected.items():
        control.fault(fault)
        assert refusal() == codes[client.service]
    assert refusal() == ("", 200)


def test_requests_are_logged(ssm, ec2, control):
    ssm.code("CancelCommand", {"CommandId": "x", "InstanceIds": ["i-00000001", "i-00000002"]})
    ec2.send("DescribeImportImageTasks", {"ImportTaskId.1": "import-ami-1"}, region="eu-west-1", key="session")
    one, two = control.get("requests?provider=aws")
    assert (one["action"], one["region"], one["ids"], one["code"]) == (
        "CancelCommand",
        "us-east-1",
        2,
        "InvalidCommandId",
    )
    assert (two["action"], two["region"], two["key"]) == ("DescribeImportImageTasks", "eu-west-1", "session")
    assert two["parameters"] == {"ImportTaskId.1": "import-ami-1"}


# The examples of the reference; that the emulator agrees with the vendor's own signer is shown by test_sdk.py

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJ=+token=="
JSON, FORM = "application/x-amz-json-1.1", "application/x-www-form-urlencoded; charset=utf-8"
COMMAND = '{"CommandId": "11111111-2222-3333-4444-555555555555"}'


@pytest.mark.parametrize(
    ("method", "query", "more", "body", "expected"),
    [
        ("GET", [], {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", [], {}, "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "GET",
            [("Param2", "value2"), ("Param1", "value1")],
            {},
            "",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "POST",
            [],
            {"Content-Type": "application/x-www-form-urlencoded"},
            "Param1=value1",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ],
)
def test_published(method, query, more, body, expected):
    headers = {"Host": "example.amazonaws.com", "X-Amz-Date": "20150830T123600Z", **more}
    canonical = auth.canonical_request(method, query, headers, hashlib.sha256(body.encode()).hexdigest())
    assert auth.signature(canonical, headers["X-Amz-Date"], "us-east-1", "service", SECRET) == expected


@pytest.mark.parametrize(
    ("service", "region", "host", "target", "token", "moment", "body", "expected"),
    [
        (
            *("ssm", "us-east-1", "ssm.us-east-1.amazonaws.com", "CancelCommand", True, "20260102T030405Z", COMMAND),
            "06e697bbeb43e90e2cca00a267f923a61376cf7106697baf2b704b66fb675ebe",
        ),
        (
            *("ssm", "us-east-1", "ssm.us-east-1.amazonaws.com", "CancelCommand", False, "20251231T235959Z", COMMAND),
            "debe1b85d1f8ebada569efa8dc171facf3b0352d9506e3df094b805374d04a48",
        ),
        (
            *("ssm", "us-east-1", "127.0.0.1:8765", "CancelCommand", False, "20260102T030405Z", COMMAND),
            "1070e3bd813979a312969842fb3b4e1197ebeed0f16035e6fc9aa532621942a6",
        ),
        (
            *("ec2", "eu-west-1", "ec2.eu-west-1.amazonaws.com", "", False, "20260102T030405Z"),
            "Action=DescribeExportImageTasks&Version=2016-11-15&Filter.1.Name=task-state&Filter.1.Value.1=active"
            "&NextToken=",
            "0031cb5696cbdaf0b560ec95cdb65064baeb914b287d162ca86ebc4e07b5729e",
        ),
        (
            *("cloudformation", "ap-southeast-1", "cloudformation.ap-southeast-1.amazonaws.com", "", True),
            "20260102T030405Z",
            "Action=ListStackSetOperationResults&Version=2010-05-15"
            "&StackSetName=my-set%3Ac491985e-df0e-449c-8821-c353f610e93e&OperationId=op-1&MaxResults=100"
            "&CallAs=DELEGATED_ADMIN&Filters.member.1.Name=OPERATION_RESULT_STATUS&Filters.member.1.Values=RUNNING",
            "3681c4b2ca685fb1751827ab914416800a171e8a4df20a98d150915df9d37c42",
        ),
    ],
)
def test_vectors(service, region, host, target, token, moment, body, expected):
    headers = {
        "host": host,
        "content-type": JSON if target else FORM,
        "x-amz-date": moment,
        **({"x-amz-target": f"AmazonSSM.{target}"} if target else {}),
        **({"x-amz-security-token": TOKEN} if token else {}),
    }
    canonical = auth.canonical_request("POST", [], headers, hashlib.sha256(body.encode()).hexdigest())
    assert auth.signature(canonical, moment, region, service, SECRET) == expected


def test_the_day_is_that_of_utc(ssm, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        assert ssm.code("ListCommands") == ""
    finally:
        monkeypatch.undo()
        time.tzset()


def curl(*arguments):
    done = subprocess.run(["curl", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


CURL = bool(shutil.which("curl")) and "--aws-sigv4" in curl("--help", "all")[1]


@pytest.mark.skipif(not CURL, reason="there is no curl that signs")
@pytest.mark.parametrize(
    ("service", "headers", "body"),
    [
        ("ssm", ["-HX-Amz-Target: AmazonSSM.ListCommands", f"-HContent-Type: {JSON}"], "{}"),
        ("ec2", [], "Action=DescribeExportImageTasks&Version=2016-11-15&Filter.1.Name=task-state&NextToken="),
        ("cloudformation", [], "Action=ListStackSets&Version=2010-05-15&NextToken="),
    ],
)
def test_curl_signs_alike(service, headers, body):
    with Emulator() as emulator:
        pair = emulator.keys["aws"]
        user = f"{pair['access_key_id']}:{pair['access_key_secret']}"
        signed = ["--aws-sigv4", f"aws:amz:us-east-1:{service}", "--user", user]
        sent = ["--silent", "--fail", "--noproxy", "*", *headers, "--data-raw", body, f"{emulator.url}/"]
        assert curl(*signed, *sent)[0] == 0
        assert curl(*signed, "--user", f"{user}x", *sent)[0] == 22  # refused
