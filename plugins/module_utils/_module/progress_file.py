# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Where a module writes how far it is, and the action plugin reads it.

Alone here, because Ansible compiles what an action plugin imports again for every task.
"""

from __future__ import annotations

# In the module's own folder.
NAME = "halt-progress"
