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
      - Whether to read the target until it has ended.
      - If V(false), the module returns as soon as the provider has accepted the stop, without checking whether the
        target ends.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait for the end, counted from the responses to the first stop calls. A stop that the
        provider throttles, or whose response is lost, is also retried within this time.
      - When the time has elapsed, the task fails and returns the results so far, with RV(ignore:changed) unaffected. No
        target takes longer than one O(request_timeout) after that.
    type: float
    default: 300.0
  wait_interval:
    description:
      - Maximum number of seconds between two reads while waiting.
      - The first reads follow sooner, because most stops take effect within a second. Shortly before the time has
        elapsed, the interval is also shorter.
    type: float
    default: 2.0
  fail_if_not_running:
    description:
      - Whether to fail if the target is no longer in flight.
    type: bool
    default: false
  ignore_not_found:
    description:
      - Whether to accept a target that the provider does not know.
      - The providers forget operations some time after they have ended, so a later run may not find its target.
    type: bool
    default: false
  return_instances:
    description:
      - Which parts of the target, such as its instances, the result lists. The numbers in RV(ignore:summary) always
        include all parts that were read.
      - V(not_stopped) leaves out those that were stopped.
      - V(none) lists none, and reads no more of them than is needed to determine the outcome.
    type: str
    default: all
    choices: [all, not_stopped, none]
"""

    NAME = r"""
options:
  expected_name:
    description:
      - The name that the target must have. If its name differs, the task fails and nothing is stopped.
      - This protects against a wrong id.
    type: str
"""
