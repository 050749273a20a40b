# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as pytest-ansible runs them: for users who test their own playbooks and roles with it.

It runs inside of this process, with the collection of the checkout; all other tests here use the installed one.
"""

from __future__ import annotations

import pytest

CANCEL = "cloudops.halt.cloud_invocation_cancel"
INFO = "cloudops.halt.cloud_invocation_info"


@pytest.fixture
def module(ansible_adhoc):
    """A function that runs a module on localhost and gives its result."""
    hosts = ansible_adhoc(inventory="localhost,", connection="local", host_pattern="localhost")

    def run(name, **options):
        return getattr(hosts.localhost, name)(**options)["localhost"]

    return run


def test_a_stop_and_a_second_run(module, cloud):
    command = cloud.run(count=2, name="runaway")

    found = module(INFO, **cloud.connection)
    first = module(CANCEL, **cloud.connection, invocation_id=command.id, wait_interval=0.1)
    second = module(CANCEL, **cloud.connection, invocation_id=command.id)

    assert [each["name"] for each in found["operations"]] == ["runaway"]
    assert (first["changed"], first["outcome"]) == (True, "stopped")
    assert (second["changed"], second["outcome"]) == (False, "already_finished")
    assert len(cloud.stops(command)) == 1


def test_a_failure_is_a_result_too(module, cloud):
    result = module(CANCEL, **cloud.connection, invocation_id=cloud.words.unknown_id)

    assert (result["failed"], result["changed"], result["outcome"]) == (True, False, "not_found")
    assert cloud.stops() == []
