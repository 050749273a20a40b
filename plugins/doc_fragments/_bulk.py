# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """How much at once, and how fast."""

    DOCUMENTATION = r"""
options:
  provider:
    description:
      - The provider of targets and scopes that do not set their own.
    type: str
    # words: choices
    choices:
      - alibaba
      - tencent
      - aws
    # end of words
  concurrency:
    description:
      - How many calls may be in progress at the same time for one kind in one region with one key; in a search, the
        limit for all of them together.
      - When many operations are stopped, at most 256 calls are in progress. Kinds, regions and keys that are not
        finished share them evenly, so 25 of them have 10 each.
    type: int
    default: 16
  rate:
    description:
      - How many calls a second may be made to one operation of the provider's API, in one region with one key.
      - If left out, the rate that the provider publishes for the call, such as 20 on Tencent Cloud, or 100 in 60
        seconds for calls to ROS on Alibaba Cloud. Where none is published, a careful rate is used, such as 10 on
        Alibaba Cloud. All rates are listed in R(Speed, ansible_collections.cloudops.halt.docsite.speed).
      - V(0) removes the limit. The maximum is 1000.
      - When calls are throttled, they slow down automatically, and return to this rate within a few seconds.
    type: float
"""

    STOP = r"""
options:
  exclude:
    description:
      - Do not stop these. Names, globs and ids of operations and of child executions, as a list, or as text separated
        by commas or newlines.
      - A value that is exactly the name or the id of an operation matches only that, and is not treated as a glob.
      - RV(ignore:excluded_nothing) has the values that match nothing.
    type: list
    elements: str
  include_children:
    description:
      - Whether to stop child executions that are still in flight as well. If not, the result lists them.
    type: bool
    default: false
  max_targets:
    description:
      - Refuse to stop anything if more than this many operations, or more than this many instances, are listed or would
        be stopped.
      - This waits one O(request_timeout) for regions that do not respond. Their targets then count as the number of
        instances that they list. The module continues to read them, and stops them only if this limit is still not
        exceeded.
    type: int
  silent:
    description:
      - Regions, such as V(alibaba/cn-hangzhou), that did not respond a moment ago, as in
        RV(cloudops.halt.inflight_info#module:silent). They are called, but the module does not wait for them as for
        others.
    type: list
    elements: str
  preview:
    description:
      - RV(ignore:preview) of the same task in check mode. It is valid for 60 seconds, and has no effect in check mode.
      - What it has counted for O(max_targets) and compared with O(exclude) is not determined again before the first
        stop. Each target is read and stopped immediately, without waiting for another, or for a region that does not
        respond.
    type: dict
    suboptions:
      time:
        description: When it was created, in UTC.
        type: str
        required: true
      exclude_patterns:
        description: The values of O(exclude) that are not the name or id of any operation.
        type: list
        elements: str
        required: true
      targets:
        description: What was counted for each target.
        type: list
        elements: dict
        required: true
  progress:
    description:
      - How often to show a line with the progress of the stop, and with the regions that have not responded, in
        seconds. V(0) shows none.
      - The lines are shown while the task is running, if it runs on the controller itself. They are not part of the
        result.
    type: float
    default: 5.0
"""
