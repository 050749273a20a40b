# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the drill starts at the emulated AWS, here through the client of these tests."""

from __future__ import annotations

from collections import Counter
from itertools import chain

from emulator.aws import runaways

SERVICES = {"image_task": "ec2", "stack_group_operation": "cloudformation"}


def test_one_of_every_kind_is_started_and_runs(client, control, monkeypatch):
    def call(kind, action, parameters):
        return client.of(SERVICES.get(kind, "ssm")).ok(action, **parameters)

    monkeypatch.setattr(runaways, "_call", call)
    started = list(chain(runaways.start_commands("nightly"), runaways.start_others("nightly")))
    assert Counter(each["kind"] for each in started) == {
        "cloud_invocation": 3,
        "automation_execution": 1,
        "image_task": 1,
        "stack_group_operation": 1,
    }
    assert [each["instances"] for each in started[:3]] == [50, 50, 20]
    control.advance(3000)
    shown = [control.shown(each["id"]) for each in started]
    assert {each["status"] for each in shown} == {"InProgress", "active", "RUNNING"}
    assert {each["name"] for each in shown} == {"nightly", "ExportImage"}
