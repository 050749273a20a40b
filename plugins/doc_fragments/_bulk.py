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
      - The provider of whatever does not name its own.
    type: str
    # words: choices
    choices:
      - alibaba
      - tencent
      - aws
    # end of words
  concurrency:
    description:
      - How many calls may be under way at once for one kind in one region with one key; in a search, for all of them
        together.
      - A stop of many has 256 calls under way at most. Kinds, regions and keys that are not done share them evenly, so
        that 25 of them have 10 each.
    type: int
    default: 16
  rate:
    description:
      - How many calls a second may be made of one operation of the provider's API, in one region with one key.
      - If left out, what the provider states for the call, such as 20 on Tencent Cloud, or 100 in 60 seconds for calls
        of ROS on Alibaba Cloud, and a careful rate where nothing is stated, such as 10 on Alibaba Cloud. Which is which
        is in R(Speed, ansible_collections.cloudops.halt.docsite.speed).
      - V(0) lifts the limit. At most 1000.
      - After a throttling the calls slow down by themselves, and come back to this rate in a few seconds.
    type: float
"""

    STOP = r"""
options:
  exclude:
    description:
      - Leave these alone. Names, globs and ids of operations and of child executions, as a list, or as text with commas
        or line feeds between the words.
      - A word that is exactly the name or the id of an operation means that alone, and is no glob then.
      - RV(ignore:excluded_nothing) has the words that exclude nothing.
    type: list
    elements: str
  include_children:
    description:
      - Whether to stop child executions that are still in flight, too. If not, the result names them.
    type: bool
    default: false
  max_targets:
    description:
      - Refuse to stop anything if more than this many operations, or more than this many instances, are named or would
        be stopped.
      - This waits one O(request_timeout) for places that do not answer, whose targets then count as the instances that
        they name. They are read on, and stopped only if that is still no more than this.
    type: int
  silent:
    description:
      - Places, such as V(alibaba/cn-hangzhou), that have not answered a moment ago, as in
        RV(cloudops.halt.inflight_info#module:silent). They are asked, and not waited for as others are.
    type: list
    elements: str
  preview:
    description:
      - RV(ignore:preview) of the same task in check mode. It counts for 60 seconds, and not in check mode.
      - What it has counted for O(max_targets) and compared with O(exclude) is not found out again before the first
        stop.
        Each target is read and stopped at once. None waits for another, or for a place that does not answer.
    type: dict
    suboptions:
      time:
        description: When it was made, in UTC.
        type: str
        required: true
      exclude_patterns:
        description: The words of O(exclude) that are nobody's name or id.
        type: list
        elements: str
        required: true
      targets:
        description: What was counted of each target.
        type: list
        elements: dict
        required: true
  progress:
    description:
      - Every how many seconds to show a line that tells how far the stop is, and which places have not answered. V(0)
        shows none.
      - The lines are shown while the task runs, if it runs on the controller itself. They are no part of the result.
    type: float
    default: 5.0
"""
