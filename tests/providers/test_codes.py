# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The class of every code that a provider documents, and of those that it does not."""

from __future__ import annotations

import pytest

from ..support.providers import having, part

NAMES = having("codes")
LISTED = [
    (name, code, each) for name in NAMES for each, codes in part(name, "codes").LISTED.items() for code in codes.split()
]
UNKNOWN = [(name, said, expected) for name in NAMES for *said, expected in part(name, "codes").UNKNOWN]


@pytest.mark.parametrize(("name", "code", "expected"), LISTED)
def test_a_code_has_its_class_with_any_http_status(name, code, expected):
    """Generations and pages disagree on the status; EC2 tells a rate with that of a fault."""
    known = part(name, "codes")
    statuses = (400, 401, 403, 404, 409, 500, 503)
    assert {known.class_of(each, status) for each in known.spellings(code) for status in statuses} == {expected}


@pytest.mark.parametrize(("name", "said", "expected"), UNKNOWN)
def test_a_code_that_nobody_has_listed_is_taken_for_what_it_looks_like(name, said, expected):
    assert part(name, "codes").class_of(*said) == expected
