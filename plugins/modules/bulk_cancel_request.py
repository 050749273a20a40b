#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bulk_cancel_request
short_description: Check the variables of the role bulk_cancel
version_added: 1.0.0
description:
  - The first task of the role P(cloudops.halt.bulk_cancel#role). It is of no use without the role.
  - Reads the role's variables on the controller, refuses what cannot be meant, and makes the folder of the report.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
attributes:
  check_mode:
    support: full
    details: The folder of the report is made in check mode, too.
  diff_mode:
    support: none
  idempotent:
    support: full
notes:
  - It has no options; the variables of the role are its input.
seealso:
  - module: cloudops.halt.inflight_cancel
"""

EXAMPLES = r"""
- name: Look at what was asked
  cloudops.halt.bulk_cancel_request:
"""

RETURN = r"""
mode:
  description: How the role was told what to stop.
  returned: success
  type: str
  choices:
    - selection
    - targets
    - plan
  sample: selection
selection:
  description: What is searched for; null if nothing is.
  returned: success
  type: dict
  sample:
    name:
      - nightly-*
exclude:
  description: The words of what must go on.
  returned: success
  type: list
  elements: str
  sample:
    - nightly-backup
confirmed:
  description: Whether the stop may begin.
  returned: success
  type: bool
  sample: false
report:
  description: The folder of the report; empty if there is none.
  returned: success
  type: str
  sample: /home/ops/halt-report
"""
