# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """How to stop, and what counts as stopped."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to read the target back until it has ended.
      - Without it the module returns as soon as the provider has accepted the stop. That says nothing about the end.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait for the end, counted from when the first stop calls were answered. A stop that the
        provider refuses for its rate, or whose answer is lost, is tried again in this time, too.
      - If the time is over, the task fails and returns how far it got, with RV(ignore:changed) as it is. No target goes
        on for longer than one O(request_timeout) after that.
    type: float
    default: 300.0
  wait_interval:
    description:
      - Seconds between two looks while waiting, at most.
      - The first looks come sooner, since most stops take effect within a second. Shortly before the time is over they
        come closer together, too.
    type: float
    default: 2.0
  fail_if_not_running:
    description:
      - Whether to fail if nothing of the target is in flight any more.
    type: bool
    default: false
  ignore_not_found:
    description:
      - Whether to accept a target that the provider does not know.
      - The providers forget operations some time after their end, so that a late second run may not find its target.
    type: bool
    default: false
  return_instances:
    description:
      - Which parts of the target a result lists, such as its instances. The numbers in RV(ignore:summary) are of all
        parts that were read.
      - V(not_stopped) leaves out those that were stopped.
      - V(none) lists none, and reads no more of them than the outcome needs.
    type: str
    default: all
    choices: [all, not_stopped, none]
"""

    NAME = r"""
options:
  expected_name:
    description:
      - The name that the target must have. If its name differs, the task fails and nothing is stopped.
      - Protects against a wrong id.
    type: str
"""
