# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """Which operations to list."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - Only operations in one of these states.
      - If left out, V(pending), V(scheduled), V(running), V(stopping) and V(unknown), which are all the states that may
        be in flight.
      - If the provider can list only what is in flight, this is used; it then does not return a status that this
        release does not know. V(unknown) alone, or any state that is not in flight, requires reading the entire
        history.
    type: list
    elements: str
    choices:
      - pending
      - scheduled
      - running
      - stopping
      - succeeded
      - failed
      - stopped
      - unknown
  older_than:
    description:
      - Only operations that were started at least this long ago, written as V(90s), V(15m), V(2h) or V(1d).
    type: str
  max_results:
    description:
      - Stop reading after this many operations. The providers do not promise an order.
    type: int
"""
