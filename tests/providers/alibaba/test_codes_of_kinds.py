# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error codes that the references of the kinds list, and the class that the flow decides on."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._providers.alibaba.errors import error_class

CODES = {
    "finished": "ExecutionCancelFailed InvalidTaskId.IncorrectTaskStatus IncorrectTaskStatus",
    "not_found": (
        "EntityNotExist.Execution InvalidTaskId.NotFound StackGroupOperationNotFound StackGroupNotFound"
        " InvalidInvokeId.NotFound"
    ),
    "denied": (
        "InvalidTaskId.TaskActionNotSupport TaskActionNotSupport CancelTaskFailed AssumeRoleFailure InvalidAccountType"
        " User.NoPermission Forbidden"
    ),
    "transient": "StackGroupOperationInProgress LastTokenProcessing InternalError ServiceUnavailable",
    "throttled": "Throttling Throttling.User",
    "auth": "InvalidStsToken ExpiredStsToken",
    "bad_input": (
        "InvalidVersion InvalidAction.NotFound MissingParameter InvalidRegionId.NotFound RegionId.NotFound"
        " InvalidParameter MultipleParameter Invalid InvalidValue InvalidIdempotenceParameter MismatchNextToken"
        " NotSupported RequestLimitExceeded"
    ),
}


@pytest.mark.parametrize("expected", CODES)
def test_a_code_has_its_class_in_any_case_and_with_any_http_status(expected):
    for code in CODES[expected].split():
        spellings = (code, code.lower(), code.upper())
        # The generations and the pages disagree on the HTTP status.
        found = {error_class(each, status) for each in spellings for status in (400, 401, 403, 404, 409, 500, 503)}
        assert found == {expected}, code
