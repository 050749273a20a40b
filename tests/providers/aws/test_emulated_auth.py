# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call the emulated AWS, how often, and the rules of requests and parameters that hold for every action."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from emulator.aws import rates

STRANGER = {"access_key_id": "AKIAunknown"}
READS = {"ssm": "ListCommands", "ec2": "DescribeImportImageTasks", "cloudformation": "ListStackSets"}


@pytest.fixture
def ssm(client):
    return client


@pytest.fixture
def ec2(client):
    return client.of("ec2")


@pytest.fixture
def cloudformation(client):
    return client.of("cloudformation")


@pytest.fixture(params=READS)
def service(client, request):
    """Each of them."""
    return client.of(request.param)


@pytest.fixture
def refusal(service):
    """Code and HTTP status of a read at the service."""
    return lambda **options: service.refusal(READS[service.service], **options)


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
def test_keys(service, refusal, key, changes, expected):
    assert refusal(key={**service.keys[key], **changes}) == expected[service.service]


@pytest.mark.parametrize(("seconds", "words"), [(880.0, None), (-880.0, None), (920.0, "expired"), (-920.0, "current")])
def test_clock(service, control, refusal, seconds, words):
    control.settings(clock_skew=seconds)
    assert refusal() == (LATE if words else ACCEPTED)[service.service]
    if words:
        text = service.send(READS[service.service]).text
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
        ({"headers": {"x-amz-more": "a b"}, "afterwards": {"x-amz-more": "a  c"}}, MISMATCH),
        ({"date": "20200101"}, MISMATCH),
        ({"region": "nowhere-1"}, MISMATCH),
        ({"afterwards": {"content-type": "application/x-www-form-urlencoded"}}, MISMATCH),
        ({"headers": {"content-type": "text/plain"}}, MALFORMED),
        # Accepted
        ({"unsigned": ("content-type",)}, ACCEPTED),
        # Blanks within a value count as one.
        ({"headers": {"x-amz-more": "a b"}, "afterwards": {"x-amz-more": "a  b"}}, ACCEPTED),
        ({"headers": {"user-agent": "x"}, "unsigned": ("user-agent",)}, ACCEPTED),
        ({"region": "cn-north-1"}, ACCEPTED),
    ],
)
def test_requests(service, refusal, options, expected):
    if expected is None:  # without a scope nobody knows whom it is for
        expected = {**INCOMPLETE, "ssm": ("IncompleteSignature", 400)}
    assert refusal(**options) == expected[service.service]


def test_what_is_not_signed(service, refusal):
    code, status = refusal(afterwards={"authorization": None})
    assert (code, status) == ("MissingAuthenticationToken", 403)


def test_the_service_is_that_of_the_signature(ssm, ec2):
    assert ssm.code("ListCommands", service="s3") == "SignatureDoesNotMatch"
    assert ssm.code("ListCommands", service="ec2") == "InvalidAction"
    assert ec2.code("DescribeImportImageTasks", service="ssm") == "UnknownOperationException"
    assert ec2.code("ListStackSets") == "InvalidAction"
    assert ec2.code("DescribeImportImageTasks", version="2014-01-01") == "InvalidAction"
    assert ssm.code("ListCommands", headers={"x-amz-target": "ListCommands"}) == "UnknownOperationException"


def test_unknown_actions(service):
    assert service.refusal("Nonsense") == NO_ACTION[service.service]


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


# Rates


@pytest.fixture
def moment(control, monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(rates, "time", clock)
    control.settings(rate_limit=20)
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


def test_a_refusal_says_when_to_come_again(service, control):
    control.fault("throttle", retry_after=3)
    response = service.send(READS[service.service])
    assert response.headers["x-amz-retry-after"] == "3000"
    assert ("Rate exceeded" in response.text) and "Retry-After" not in response.headers
