# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """Who calls, where an organization shares its stack sets."""

    DOCUMENTATION = r"""
options:
  call_as:
    description:
      - The role in which calls are made for a stack set with service-managed permissions - V(self) for the management
        account, V(delegated_admin) for a delegated administrator of the organization. The default is V(self).
      - Only for stack sets on AWS.
    type: str
    choices:
      - self
      - delegated_admin
"""
