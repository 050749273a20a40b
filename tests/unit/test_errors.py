# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The classes that the flow decides on, and what an error says. The codes stand with their providers."""

from __future__ import annotations

from ansible_collections.cloudops.halt.plugins.module_utils._core import errors


def test_what_may_have_acted_is_not_among_what_did_nothing():
    assert sorted(errors.NOTHING_DONE) == ["throttled", "unreachable"]
    assert sorted(errors.MAY_HAVE_ACTED) == ["lost", "transient"]


def test_an_error_says_who_and_what():
    error = errors.ApiError("gone", code="X.Y", error_class="not_found", provider="nimbus", action="StopIt")
    assert str(error) == "StopIt: X.Y: gone"
    assert error.as_result() == {
        "code": "X.Y",
        "message": "gone",
        "class": "not_found",
        "http_status": None,
        "request_id": None,
        "action": "StopIt",
        "provider": "nimbus",
    }
