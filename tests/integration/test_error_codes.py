# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error code of the providers' tables for the stop calls, as the result of a task."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.any_core

# code: (class, HTTP status)
CODES = {
    "alibaba": {
        "RegionId.ApiNotSupported": ("bad_input", 400),
        "InstanceIds.ExceedLimit": ("bad_input", 403),
        "Operation.Forbidden": ("denied", 403),
        "InvalidInvokeId.NotFound": ("not_found", 404),
        "InternalError.Dispatch": ("transient", 500),
        "Throttling.User": ("throttled", 400),
    },
    "tencent": {
        "InternalError": ("transient", 200),
        "InvalidParameter": ("bad_input", 200),
        "InvalidParameterValue": ("bad_input", 200),
        "InvalidParameterValue.InstanceIsNotRelatedToInvocation": ("not_found", 200),
        "InvalidParameterValue.InvalidInvocationId": ("bad_input", 200),
        "InvalidParameterValue.LimitExceeded": ("bad_input", 200),
        "InvalidParameterValue.TooLong": ("bad_input", 200),
        "LimitExceeded": ("bad_input", 200),
        "MissingParameter": ("bad_input", 200),
        "ResourceNotFound.InvocationNotFound": ("not_found", 200),
        "UnauthorizedOperation.CamAuthFailed": ("denied", 200),
        "UnauthorizedOperation.InvalidToken": ("auth", 200),
        "UnauthorizedOperation.MFAExpired": ("auth", 200),
        "UnauthorizedOperation.MFANotFound": ("auth", 200),
        "UnknownParameter": ("bad_input", 200),
        "RequestLimitExceeded": ("throttled", 200),
    },
}


def test_every_code_of_the_stop_call_is_mapped_and_shown(ansible, cloud):
    codes = CODES[cloud.provider]
    targets = {code: cloud.run(name=code) for code in codes}
    for code in codes:
        cloud.fault("error", action=cloud.words.stop, code=code, message=f"This is {code}.")

    run = ansible.playbook(
        "playbooks/error_codes.yml",
        cloud=cloud.connection,
        stop_action=cloud.words.stop,
        cases=[
            {"code": code, "class": codes[code][0], "http_status": codes[code][1], "id": command.id}
            for code, command in targets.items()
        ],
    )

    assert run.returncode == 0, run.output[-4000:]
    for code, command in targets.items():
        (stop,) = cloud.stops(command)
        assert stop["code"] == code
        assert stop["request_id"] in run.stdout
        assert set(cloud.statuses(command).values()) == {cloud.words.running}
