# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The profiles of Tencent Cloud's command line and SDKs, and which of them counts."""

from __future__ import annotations

import pytest

from .vault import FIRST_FILE, SECOND_FILE, first_file, second_file


def test_profiles_of_the_command_line(home):
    file = home.put(FIRST_FILE, first_file())
    home.put(".tccli/session.credential", first_file(secretId="SESSION", token="hidden-token", type="sso"))
    home.put(".tccli/default.configure", {"_sys_param": {"region": "ap-guangzhou"}})
    assert (home.found(), home.found("session")) == ("DEFAULT", "SESSION")
    assert home.read("session").credentials.security_token == "hidden-token"
    assert home.read("default").source == f"profile default ({file})"


def test_beside_a_file_of_ones_own_that_of_the_machine_does_not_count(home):
    """As the vendor's SDK has it."""
    home.put("etc/credentials", second_file(key_id="SHARED") + second_file("shared"))
    assert home.found() == "SHARED"
    home.put(SECOND_FILE, second_file(key_id="OWN") + second_file("more"))
    assert (home.found(), home.found("more")) == ("OWN", "INI")
    assert "has 'default' and 'more'." in home.refusal("shared")
    home.put(SECOND_FILE, second_file("more"))
    assert home.found() is None


@pytest.mark.parametrize(
    ("kind", "more"), [("role-arn", {"role-arn": "qcs::cam::uin/1:roleName/r"}), ("cvm-role", {"type": "cvm-role"})]
)
def test_profiles_for_the_library(home, kind, more):
    home.put(FIRST_FILE, first_file(**more))
    assert (home.read().kind, home.found()) == (kind, None)


def test_what_is_not_known_or_does_not_go_together(home):
    home.put(FIRST_FILE, first_file(type="new"))
    assert "has the type 'new', which is not known here" in home.refusal()
    home.put(FIRST_FILE, first_file(token="hidden-token", **{"role-arn": "r"}))
    assert "has a token beside its role-arn" in home.refusal()
