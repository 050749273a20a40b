# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for the signature of every provider."""

from __future__ import annotations

import time

import pytest

from ..support.providers import having, part


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles"])
@pytest.mark.parametrize("provider", having("signed"))
def test_dates_are_those_of_utc_in_every_time_zone(monkeypatch, provider, zone):
    signed = part(provider, "signed").signed
    expected = signed(1704153599).headers
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert signed(1704153599).headers == expected
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("provider", having("signed"))
def test_the_secret_is_in_no_header(provider):
    assert "EXAMPLESECRETKEY" not in str(part(provider, "signed").signed().headers)
