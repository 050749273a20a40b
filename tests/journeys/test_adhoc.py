# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as pytest-ansible runs them: for users who test their own playbooks and roles with it.

It runs inside of this process, with the collection of the checkout; all other tests here use the installed one.
"""

from __future__ import annotations

from ..support.emulated import CANCEL, INFO
from ..support.results import verdict


def test_results_are_those_of_the_modules(ansible_adhoc, tencent):
    hosts = ansible_adhoc(inventory="localhost,", connection="local", host_pattern="localhost")
    command = tencent.run(count=2, name="runaway")

    def run(name, **options):
        return getattr(hosts.localhost, name)(**tencent.connection, **options)["localhost"]

    found = run(INFO)
    stopped = run(CANCEL, invocation_id=command.id, wait_interval=0.1)
    unknown = run(CANCEL, invocation_id=tencent.words.unknown_id)

    assert [each["name"] for each in found["operations"]] == ["runaway"]
    assert (stopped["changed"], stopped["outcome"]) == (True, "stopped")
    assert verdict(unknown) == ("not_found", False, True), "a failure is a result too"
    assert len(tencent.stops()) == 1
