# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the providers' `runaways` have in common: they start what never ends, so that the drill has something to stop.

They call through the collection's clients, which the emulator itself does not need; it imports none of this.
"""

from __future__ import annotations

import base64
import os
import random
from collections.abc import Iterator
from typing import Any

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._http.client import ApiClient
from ansible_collections.cloudops.halt.plugins.module_utils._http.connection import connect
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import PROVIDERS

SCRIPT = base64.b64encode(b"while true; do sleep 1; done").decode()
TIMEOUT = 3600  # seconds

# Of what was started, its kind and id, and of a command the number of instances.
Started = Iterator[dict[str, Any]]


def client(provider: str, kind: str) -> ApiClient:
    """Makes the calls of the service that has this kind, with address, region and keys from the environment."""
    entry = PROVIDERS[provider]
    options = {"validate_certs": True, "request_timeout": 10.0, "retries": 5}
    connection = connect(options, entry.platform, os.environ)
    return entry.load().client(connection, entry.adapter(kind).service, SystemClock(), random.Random(), None)


def groups(pattern: str, count: int, limit: int) -> Iterator[list[str]]:
    """Ids for C(count) instances, in groups of what one RunCommand may name."""
    ids = [pattern.format(number) for number in range(count)]
    return (ids[start : start + limit] for start in range(0, count, limit))


def command(command_id: Any, instance_ids: list[str]) -> dict[str, Any]:
    return {"kind": "cloud_invocation", "id": command_id, "instances": len(instance_ids)}
