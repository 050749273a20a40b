# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acme, in its own words."""

from __future__ import annotations

from ...support.providers import Words

WORDS = Words(
    stop="Halt",
    describe="Show",
    limit=0,
    env={"region": "ACME_REGION", "access_key_id": "ACME_ID", "access_key_secret": "ACME_SECRET"},
    pending="waits",
    running="works",
    stopping="works",
    succeeded="done",
    failed="done",
    cancelled="halted",
    terminated="halted",
    unknown_id="x-nobody",
    unknown_instance="",
    denied="Acme.denied",
    throttled="Acme.throttle",
    title="Acme",
    aliases=(),
    region="here",
    elsewhere="there",
    command_id="",
    instance_id="",
    defined_as="",
    instances_come_along=True,
    tells_the_end=True,
    services=("images",),
    rate=0,
    sdk="",
)
