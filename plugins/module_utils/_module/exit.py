# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The one way out of a module: what every result has, good or bad."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterable

from ansible.module_utils.basic import AnsibleModule

from .._core import messages
from .._core.adapter import Adapter


def exit_module(
    module: AnsibleModule,
    used: Iterable[Adapter[t.Any]],
    *,
    msg: str,
    failed: bool = False,
    warnings: Iterable[str] = (),
    **result: t.Any,
) -> t.NoReturn:
    """End the module, with the calls that were made through the adapters it has C(used)."""
    for warning in dict.fromkeys(map(messages.one_line, warnings)):
        module.warn(warning)
    whole = {"msg": messages.one_line(msg), **result, "calls": calls_of(used)}
    if failed:
        module.fail_json(**whole)
    module.exit_json(**whole)
    raise SystemExit


def calls_of(adapters: Iterable[Adapter[t.Any]]) -> dict[str, dict[str, int]]:
    """Requests sent so far, by provider and the provider's name of the call."""
    calls: dict[str, Counter[str]] = {}
    for adapter in adapters:
        # A copy, because after an interruption calls may still be under way.
        for action, number in adapter.calls.copy().items():
            calls.setdefault(adapter.provider, Counter())[action] += number
    return {provider: dict(sorted(counts.items())) for provider, counts in sorted(calls.items())}
