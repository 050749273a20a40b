# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """What every module says of itself."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what a run would do, without doing it.
  diff_mode:
    description: Returns what has changed, or would change in check mode, when in C(diff) mode.
  idempotent:
    description: When run twice in a row with the same options, the second run changes nothing.
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module only reads.
  diff_mode:
    support: N/A
    details:
      - This module only reads.
  idempotent:
    support: full
    details:
      - This module only reads. Its results change with the state of the operations.
"""

    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/cloudops.halt.all), or another group, in C(module_defaults) to set options for the group.
    support: full
"""
